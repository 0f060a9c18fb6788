"""What was planted in Aldermere is told where somebody who works with it would meet it: in words or figures of a page,
and no small count to whoever may not see it.
"""

import html
import json
import re

import pytest
from django.core.management import call_command
from django.urls import reverse

from redway import periods
from redway.aldermere import people as residents
from redway.aldermere import truths as open_truths
from redway.aldermere.city import city
from redway.aldermere.partners import answers, police
from redway.aldermere.partners import truths as planted
from redway.config import demo_returns
from redway.indicators.places import places
from redway.store.profile import Profile
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.returns.expected import expected
from redway.work.returns.models import DataVersion, Delivery, Submission
from redway.work.returns.states import State
from redway.work.returns.versions import snapshot

pytestmark = pytest.mark.django_db
NUMBER = r"(?:about )?([\d,.]+)"


def words(answer):
    """What a page says, without tags and pictures."""
    assert answer.status_code == 200
    page = answer.content.decode()
    page = re.sub(r"<svg.*?</svg>", " ", page[page.index("<main") : page.index("</main>")], flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def numbers(pattern, text):
    """The numbers in the first place that a pattern fits, which has to be there."""
    found = re.search(pattern, text)
    assert found, f"nothing like {pattern} in: {text[:400]}"
    return [float(one.replace(",", "")) for one in found.groups()]


@pytest.fixture
def told(aldermere_home, signed_in):
    """`told("affected-by-knife-crime")`: what a member of the partnership reads about an indicator."""
    client = signed_in(Role.MEMBER)
    return lambda name: words(client.get(reverse("indicator", args=[name])))


@pytest.fixture
def exactly(aldermere_home, signed_in):
    """The same as an analyst reads it who asked for exact counts, area by area."""
    client = signed_in(Role.ANALYST)
    return lambda name: words(client.get(reverse("indicator", args=[name]), {"exact": "1", "order": "count"}))


@pytest.fixture
def short(aldermere_home):
    """The name under which pages tell of an area: `007B (Old Staithe)`."""
    where = places(snapshot(), Profile.of(aldermere_home).partnership)
    return lambda code: where.find(code).name.removeprefix("Aldermere ")


# ------------------------------------------------------------------ What partners send


def test_the_infirmary_and_the_police_both_see_knife_crime_rise(told):
    for name in ("sharp-object-attendances", "knife-crime-recorded"):
        before, after = numbers(rf"rose from {NUMBER} to {NUMBER}: ", told(name))
        assert after > 1.7 * before, name
    since = planted.HOSPITAL_KNIFE.first
    assert since == open_truths.KNIFE_CRIME.first


def test_ethnicity_and_assessments_and_steady_engagement_are_said_with_their_doubt(told):
    disparity = told(planted.DISPARITY.indicator)
    ratio, low, high = numbers(r"Black ([\d.]+) \(([\d.]+) to ([\d.]+)\)", disparity)
    assert 1 < low <= planted.DISPARITY.after <= high
    assert ratio == pytest.approx(planted.DISPARITY.after, rel=0.3)
    assert re.search(r"Of about \d+ more it is not known", disparity)
    fell = told(planted.MISSED_ASSESSMENTS.indicator)
    points, then = re.search(r"That is (\d+) points \([^)]*\) less than in (\w+ to \w+ \d{4})\.", fell).groups()
    assert then == "July to September 2024"
    expected_fall = 100 * (planted.MISSED_ASSESSMENTS.before - planted.MISSED_ASSESSMENTS.after)
    assert abs(int(points) - expected_fall) < 15
    assert "Not statistically different from the year ending" in told(planted.STEADY_ENGAGEMENT.indicator)


def test_a_survey_tells_one_change_and_not_the_other(told):
    newest = answers.WAVES[-1]
    safe, affected = told("feel-safe-after-dark"), told("affected-by-knife-crime")
    assert "Not statistically different from the wave 2024" in safe
    share, low, high = numbers(r"(\d+)% \((\d+)% to (\d+)%\) of those who answered", safe)
    assert low <= 100 * newest.safe <= high
    assert low < share < high
    assert re.search(r"That is \d+ points \([^)]*\) less than in the wave 2024", affected)


def test_exact_counts_name_the_area_of_a_hidden_venue_and_of_small_fires(exactly, short):
    venue = exactly(planted.UNREPORTED_VENUE.indicator)
    seen, all_seen, recorded, all_recorded = numbers(
        rf"The area with most is {re.escape(short(planted.VENUE_AREA))}: {NUMBER} of {NUMBER} that were placed .*? Of "
        rf"“Recorded violence and sexual offences” it has {NUMBER} of {NUMBER}, ",
        venue,
    )
    assert seen > 0.15 * all_seen
    assert recorded / all_recorded < 0.5 * seen / all_seen  # the infirmary sees what the police are not told
    fires = exactly(planted.FIRE_SETTING.indicator)
    where = re.escape(short(open_truths.KNIFE_CRIME.areas[0]))
    before, after = numbers(
        rf"Recorded criminal damage and arson {where} {NUMBER} {NUMBER} [^ ]+ \([^)]*\) More", fires
    )
    assert after > 2 * before
    knife = exactly("knife-crime-recorded")
    docks = [short(code) for code in open_truths.KNIFE_CRIME.areas]
    table = knife[knife.index("Table: all 64 areas") :]
    assert all(re.search(rf"{re.escape(name)} \d+ \d+ \S+ \([^)]*\) More", table) for name in docks)


def test_whoever_may_not_see_small_counts_reads_nothing_by_area(aldermere_home, signed_in):
    client = signed_in(Role.MEMBER)
    for truth in (planted.UNREPORTED_VENUE, planted.FIRE_SETTING, planted.HOSPITAL_KNIFE):
        address = reverse("indicator", args=[truth.indicator])
        assert client.get(address, {"exact": "1"}).status_code == 404
        page = words(client.get(address))
        assert "The area with most" not in page
        assert "By area" not in page
        before, after = numbers(rf"(?:from|came to) {NUMBER}[^:]*? {NUMBER}: ", page)
        assert before % 5 == after % 5 == 0


# ------------------------------------------------------------------ Late, missing, broken and doubtful returns


def test_late_and_missing_returns_are_told_on_every_page_that_they_touch(aldermere_home, signed_in, people, told):
    awaited = [one for one in expected(Profile.of(aldermere_home)) if one.missing]
    assert {one.agency for one in awaited} == {"aldermere-infirmary"}
    chart = told("assault-attendances")
    assert "Late (×): October to November 2025" in chart
    assert "Not received: October to November 2025 from Aldermere Infirmary" in chart
    client = signed_in(Role.ANALYST)
    for agency, days in planted.CAME_LATE.items():
        quality = words(client.get(reverse("quality-agency", args=[agency])))
        assert re.search(rf"September 2025 \d+ \d+ {days} days", quality)
        assert "in time" not in quality
    quality = words(client.get(reverse("quality-agency", args=["aldermere-infirmary"])))
    assert "2 returns are missing: October 2025 and November 2025" in quality
    assert "Aldermere Infirmary" in words(client.get("/"))
    due = words(client.get("/returns/"))
    assert re.search(r"Aldermere Infirmary 2 periods, October 2025 to November 2025 .*?Late", due), due
    User.objects.filter(pk=people[Role.AGENCY_CONTACT].pk).update(agency="aldermere-infirmary")
    assert "2 returns are late" in words(signed_in(Role.AGENCY_CONTACT).get("/returns/"))


def test_ethnicity_that_goes_missing_is_on_the_page_of_the_force(aldermere_home, signed_in):
    page = words(signed_in(Role.ANALYST).get(reverse("quality-agency", args=["aldermere-constabulary"])))
    newest, usual = numbers(
        r"“Victim self-defined ethnicity” is not known in (\d+)% of the rows of the newest return, where (\d+)%", page
    )
    assert newest - usual > 10


def test_ethnicity_that_goes_missing_is_warned_of_on_arrival(aldermere_home, signed_in):
    """The month in which the custody form changed, when it comes: nothing of later months is there yet."""
    truth = planted.UNKNOWN_ETHNICITY
    since = Submission.objects.filter(dataset=truth.dataset, period__gte=periods.label(truth.first))
    DataVersion.objects.latest("number").submissions.remove(*since)
    rows = police.crimes(city(), 7, range(truth.first, truth.first + 1))
    demo_returns._hand_in(truth.dataset, "aldermere-constabulary", "july-2025.csv", rows)
    (made,) = Delivery.objects.all()
    page = words(signed_in(Role.ANALYST).get(reverse("return", args=[made.public_id])))
    assert made.state == State.TO_ACKNOWLEDGE
    newest, usual = numbers(
        r"“Victim self-defined ethnicity” is empty or not known in \d+ of \d+ rows \((\d+)%\), where (\d+)% is usual",
        page,
    )
    assert newest > usual + 10


def test_the_returns_that_the_demo_hands_in_say_what_is_wrong(aldermere_home, signed_in):
    demo_returns.returns()
    client = signed_in(Role.ANALYST)
    page = {one.dataset: words(client.get(reverse("return", args=[one.public_id]))) for one in Delivery.objects.all()}
    state = dict(Delivery.objects.values_list("dataset", "state"))
    assert state == {
        "hospital-istv": State.REFUSED,
        "fire": State.TO_ACKNOWLEDGE,
        "modern-slavery-referrals": State.TO_ACCEPT,
    }
    broken = page["hospital-istv"]
    assert "line 2, column “Arrival date and time”: expected dates with the day first" in broken
    assert "What there was" in broken or "What was there" in broken
    assert "is none of the codes" in broken
    assert "(said)" in broken
    rows, before = numbers(r"this return has (\d+) rows, the one accepted before has (\d+)", page["fire"])
    assert rows < before / 2
    assert "A second person decides" in page["modern-slavery-referrals"]
    assert "codes that none of the 9 returns before had: “positive” (2)" in page["modern-slavery-referrals"]


# ------------------------------------------------------------------ What is published of the city


def test_a_backlog_closed_at_once_leaps_in_its_month(told, capsys):
    page = told(open_truths.BACKLOG.indicator)
    newest = numbers(r"^Crimes that ended without a suspect identified (\d+)% \(", page)[0]
    month = re.findall(r"That is (\d+) points \([^)]*\) more than in (October 2025|November 2024)", page)
    assert [when for _, when in month] == ["October 2025", "November 2024"]
    assert all(int(points) > 20 for points, _ in month)
    call_command("series", open_truths.BACKLOG.indicator, format="json")
    rows = {row["period"]: row for row in json.loads(capsys.readouterr().out)["rows"]}
    leap = rows.pop(open_truths.BACKLOG.period)
    assert round(leap["value"]) == newest
    assert all(row["value"] < leap["value"] - 20 for row in rows.values())


def test_searches_are_four_times_as_often_of_one_group_and_no_other(told):
    page = told(open_truths.SEARCHED_MORE.indicator)
    _, low, high = numbers(r"Black ([\d.]+) \(([\d.]+) to ([\d.]+)\)", page)
    assert 1 < low <= open_truths.SEARCHED_MORE.value <= high
    said = page[: page.index("By group")]
    assert said.count("not statistically different") == 3
    assert re.search(r"Of \d+ more it is not known", said)


def test_burglaries_of_homes_are_for_every_thousand_households(told):
    page = told(open_truths.HOMES.indicator)
    rate, base = numbers(r"([\d.]+) for every 1,000 households in .*? Households: ([\d,]+)", page)
    (burgled,) = numbers(r"The year ending November 2025 about ([\d,]+)", page)
    assert base == open_truths.HOMES.value == residents.HOUSEHOLDS
    assert rate == pytest.approx(1000 * burgled / base, abs=0.06)


def test_the_home_office_s_table_stands_beside_the_extract_with_its_revision(told, capsys):
    page = told(open_truths.REVISION.indicator)
    assert "Recorded crime by community safety partnership" in page
    (newest,) = numbers(
        r"([\d,]+) offences recorded in July to September 2025\. In it is 1 count below zero: more earlier records "
        r"were cancelled than new ones made\. A year before it was",
        page,
    )
    assert re.search(rf"July to September 2025 {newest:.0f} ", page)
    other = told("shoplifting-recorded-by-police")
    assert "below zero" not in other
    assert re.search(r"[\d,]+ offences recorded in July to September 2025", other)
