"""Data quality by agency: what a data lead can act on, and no small count for whoever may not see it."""

import re
from types import SimpleNamespace

import pytest
from django.urls import reverse

from redway.sources import dataset as datasets
from redway.store.home import Home
from redway.store.profile import Profile
from redway.web.figures import missing
from redway.web.figures.placing import placed
from redway.web.figures.rows import RowCounts
from redway.web.quality import presenter
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.returns.deliveries import withdraw
from redway.work.returns.expected import expected
from redway.work.returns.models import Delivery, Submission

pytestmark = pytest.mark.django_db

COUNCIL = "aldermere-city-council"


def page(client, agency=COUNCIL):
    return client.get(reverse("quality-agency", args=[agency])).content.decode()


def rows_accepted(page, title):
    """The numbers of rows in the table of one return, as they are shown."""
    part = page[page.index(title) :]
    part = part[: part.index("<h2", 10)] if "<h2" in part[10:] else part
    table = part[part.index("Rows accepted") :]
    return re.findall(r'govuk-table__cell--numeric"[^>]*>([^<]*)</td>', table)[::2]


def test_a_chair_sees_rounded_numbers_of_rows_and_their_sender_exact_ones(aldermere_home, signed_in, people):
    exact = {
        f"{s.rows_accepted:,}" for s in Submission.objects.filter(provider=COUNCIL, dataset="modern-slavery-referrals")
    }
    shown = rows_accepted(page(signed_in(Role.CHAIR)), "Referrals for modern slavery")
    assert shown
    assert all(n == "under 5" or int(n.replace(",", "")) % 5 == 0 for n in shown)
    User.objects.filter(pk=people[Role.AGENCY_CONTACT].pk).update(agency=COUNCIL)
    own = rows_accepted(page(signed_in(Role.AGENCY_CONTACT)), "Referrals for modern slavery")
    assert set(own) <= exact


def test_a_return_of_before_any_day_was_agreed_is_neither_late_nor_in_time(aldermere_home, signed_in):
    text = page(signed_in(Role.ANALYST), "aldermere-infirmary")
    part = " ".join(re.sub(r"<[^>]*>", " ", text[text.index('id="hospital-admissions"') :]).split())
    assert re.search(r"January to March 2025 \d+ \d+ 24 days October to December 2024 \d+ \d+ no day agreed", part)


def test_what_is_not_known_of_a_few_rows_is_told_by_its_sender_and_analysts_alone(aldermere_home, signed_in):
    """4% of some 55 rows would be two children, whatever the number of rows is rounded to."""
    found = Submission.objects.filter(provider="youth-justice-service", dataset="youth-justice").order_by("pk")
    for one in found:
        unknown = dict.fromkeys(one.facts["unknown"], 2)
        Submission.objects.filter(pk=one.pk).update(facts=one.facts | {"unknown": unknown}, rows_accepted=53)

    def told(role):
        part = page(signed_in(role), "youth-justice-service")
        part = part[part.index("Rows in which it is not known") :]
        return set(re.findall(r'govuk-table__cell--numeric"[^>]*>([^<]*)</td>', part[: part.index("</table>")]))

    assert told(Role.CHAIR) == {"few or none"}
    assert told(Role.ANALYST) == {"4%"}


def test_rows_outside_the_partnership_are_rounded_too(aldermere_home, signed_in):
    for one in Submission.objects.filter(provider=COUNCIL):
        Submission.objects.filter(pk=one.pk).update(facts=one.facts | {"outside": 13})
    assert "13 rows of the newest return lie outside the partnership" in page(signed_in(Role.ANALYST))
    assert "15 rows of the newest return lie outside the partnership" in page(signed_in(Role.CHAIR))


def test_ethnicity_that_goes_missing_is_pointed_out(aldermere_home, signed_in):
    text = page(signed_in(Role.ANALYST), "aldermere-constabulary")
    assert "“Victim self-defined ethnicity” is not known in" in text


def test_an_agency_contact_sees_their_own_agency_alone(aldermere_home, signed_in, people):
    User.objects.filter(pk=people[Role.AGENCY_CONTACT].pk).update(agency=COUNCIL)
    client = signed_in(Role.AGENCY_CONTACT)
    assert client.get(reverse("quality"))["Location"] == reverse("quality-agency", args=[COUNCIL])
    for other in ("aldermere-infirmary", "mere-homes", "no-such-agency"):
        assert client.get(reverse("quality-agency", args=[other])).status_code == 404


def test_those_with_most_to_look_into_come_first(aldermere_home, signed_in):
    text = signed_in(Role.CHAIR).get(reverse("quality")).content.decode()
    assert text.index("Aldermere Infirmary") < text.index("Mere Recovery")
    assert "has something to look into" in text or "have something to look into" in text


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def accepted_by_delivery(agency, dataset, period):
    """A period's submission, as if it had come by a delivery."""
    one = Submission.objects.get(provider=agency, dataset=dataset, period=period)
    one.delivery = Delivery.objects.create(
        dataset=dataset, agency=agency, period=period, periods=[period], way="web", sent_by="x", state="accepted"
    )
    one.save()
    return one


def withdrawn(agency=COUNCIL, dataset="modern-slavery-referrals", period="2025/26-Q2"):
    """The newest copy of a period, withdrawn, where an older one was superseded by it."""
    older = accepted_by_delivery(agency, dataset, period)
    Submission.objects.create(
        **{f.name: getattr(older, f.name) for f in Submission._meta.fields if f.name not in ("id", "delivery")},
    )
    return withdraw(delivery=older.delivery, reason="The wrong export", by="a test")


def test_what_was_withdrawn_is_missing_on_every_page(aldermere_home, signed_in, people):
    withdrawn()
    User.objects.filter(pk=people[Role.AGENCY_CONTACT].pk).update(agency=COUNCIL)
    client = signed_in(Role.AGENCY_CONTACT)
    said = "1 return is missing: July to September 2025 (withdrawn)"
    quality = words(client.get(reverse("quality-agency", args=[COUNCIL])))
    assert said in quality
    assert "July to September 2025 was withdrawn: “The wrong export”" in quality
    assert "not accepted: withdrawn" in quality
    sending = "/returns/send/modern-slavery-referrals/?agency=aldermere-city-council&amp;period=2025%2F26-Q2"
    assert sending in page(client)
    due = client.get("/returns/")
    assert sending in due.content.decode()
    assert "1 return is late." in words(due)
    assert said in words(signed_in(Role.CHAIR).get("/"))
    assert said in words(client.get(reverse("quality-agency", args=[COUNCIL])))
    assert "/returns/send/" not in page(client)


def test_home_returns_and_quality_count_the_same_missing_returns(aldermere_home, signed_in):
    late = [one for one in expected(Profile.of(Home.current())) if one.missing]
    assert {one.agency for one in late} == {"aldermere-infirmary"}
    client = signed_in(Role.ANALYST)
    said = missing.sentence(late)
    assert said in words(client.get("/"))
    assert said in words(client.get(reverse("quality-agency", args=["aldermere-infirmary"])))
    assert f"{len(late)} return" in words(client.get("/returns/"))
    assert "1 return is missing" not in words(signed_in(Role.MEMBER).get("/"))


def test_a_refused_return_is_missing_and_leads_to_what_was_refused(aldermere_home, signed_in):
    one = Delivery.objects.create(
        dataset="hospital-istv", agency="aldermere-infirmary", period="2025-11", way="web", sent_by="x", state="refused"
    )
    text = page(signed_in(Role.CHAIR), "aldermere-infirmary")
    assert "November 2025 (refused)" in text
    assert reverse("return", args=[one.public_id]) in text
    assert "not accepted: refused" in text


def test_what_to_look_into_leads_to_the_return_and_names_whom_to_ask(aldermere_home, signed_in, people):
    newest = Submission.objects.filter(provider="aldermere-constabulary", dataset="police-extract").latest("period")
    assert "look into it: ask the agency’s contact" in words(
        signed_in(Role.CHAIR).get(reverse("quality-agency", args=["aldermere-constabulary"]))
    )
    came = accepted_by_delivery("aldermere-constabulary", "police-extract", newest.period).delivery
    client = signed_in(Role.ANALYST)
    text = page(client, "aldermere-constabulary")
    assert f'href="{reverse("return", args=[came.public_id])}">See the return' in text
    assert f"/returns/send/police-extract/?agency=aldermere-constabulary&amp;period={newest.period}" in text
    assert ">What to do</th>" in text
    assert "No contact of this agency has an account yet" in text
    User.objects.filter(pk=people[Role.AGENCY_CONTACT].pk).update(agency="aldermere-constabulary")
    name = people[Role.AGENCY_CONTACT].get_full_name()
    assert f"Who can send it or say why: {name}." in words(
        client.get(reverse("quality-agency", args=["aldermere-constabulary"]))
    )


def test_rounded_numbers_of_refused_rows_do_not_say_that_there_were_some(aldermere_home, signed_in):
    assert "none, or under 5" in page(signed_in(Role.CHAIR), "aldermere-city-council")
    assert "none, or under 5" not in page(signed_in(Role.ANALYST), "aldermere-city-council")


@pytest.mark.parametrize(
    ("due", "days", "says"),
    [
        (1, (337,), "The one return due in the past year came 337 days late."),
        (1, (1,), "The one return due in the past year came 1 day late."),
        (12, (3,), "1 of the 12 returns due in the past year came late, by 3 days."),
        (12, (3, 9), "2 of the 12 returns due in the past year came late, by 3 to 9 days."),
        (2, (3, 9), "All 2 returns due in the past year came late, by 3 to 9 days."),
    ],
)
def test_how_late_returns_came(due, days, says):
    assert presenter._late(SimpleNamespace(due=due, late_days=days)) == says


class TestHowSurelyRowsWerePlaced:
    PLACING = re.compile(r"([0-9]+%|few or none) placed")

    def test_the_page_of_the_agency_tells_the_shares_of_each_period(self, aldermere_home, signed_in):
        text = page(signed_in(Role.CHAIR), "aldermere-infirmary")
        part = text[text.index('id="hospital-istv"') :]
        table = part[part.index("How surely the small area was found") :]
        table = " ".join(re.sub(r"<[^>]*>", " ", table[: table.index("</table>")]).split())
        assert "Placed by the hospital Placed surely Placed fairly surely Placed doubtfully Placed nowhere" in table
        assert re.search(
            r"(January|February|March|October|November|December) 20\d\d( (\d+%|few or none|left out)){5}", table
        )

    def test_a_dataset_that_places_nothing_has_no_such_table(self, aldermere_home, signed_in):
        assert "How surely the small area was found" not in page(signed_in(Role.CHAIR))

    def test_a_share_of_a_handful_is_not_told_as_a_number(self):
        words = (
            "placed by the hospital",
            "placed surely",
            "placed fairly surely",
            "placed doubtfully",
            "placed nowhere",
        )
        exact, rounded = RowCounts(exact=True), RowCounts(exact=False)
        notes = dict(zip(words, (0, 37, 50, 10, 3), strict=True))
        found = placed("hospital-istv", [Submission(notes=notes)])
        assert found.shares(exact) == ("0%", "37%", "50%", "10%", "3%")
        assert found.shares(rounded) == ("few or none", "35%", "50%", "10%", "few or none")
        few = placed("hospital-istv", [Submission(notes={"placed surely": 19})])
        assert few.shares(exact) == few.shares(rounded) == ("", "", "", "", "")
        assert placed("hospital-istv", [Submission(notes={})]) is None
        assert placed("fire", [Submission(notes=notes)]) is None

    def test_a_single_hidden_share_is_not_told_by_the_others(self):
        notes = dict(zip(datasets.dataset("hospital-istv").placing, (8, 37, 50, 10, 3), strict=True))
        found = placed("hospital-istv", [Submission(notes=notes)])
        assert found.shares(RowCounts(exact=False)) == ("left out", "32%", "45%", "9%", "few or none")

    def test_its_figures_say_it_of_the_newest_year_and_other_figures_do_not(self, aldermere_home, signed_in):
        client = signed_in(Role.MEMBER)
        text = client.get("/indicators/sharp-object-attendances/").content.decode()
        assert "Small areas and maps rest on places that were found by name." in text
        assert self.PLACING.search(text)
        assert "found by name" not in client.get("/indicators/ambulance-assaults/").content.decode()

    def test_the_list_of_files_below_a_rounded_figure_rounds_their_rows_too(self, aldermere_home, signed_in):
        text = signed_in(Role.MEMBER).get("/indicators/sharp-object-attendances/").content.decode()
        table = text[text.index("Rows accepted") :]
        shown = re.findall(r'govuk-table__cell--numeric"[^>]*>\s*([0-9,]+|under 5)\s*<', table)
        assert shown
        assert all(n == "under 5" or int(n.replace(",", "")) % 5 == 0 for n in shown)
