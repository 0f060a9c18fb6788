"""The page of the statutory exchange: before anything came, with some of it, as a file, asked in bad faith."""

import csv
import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.utils import timezone

from redway import periods
from redway.web.exchange.presenter import answer, mine
from redway.work.accounts.roles import Role
from redway.work.returns.exchange import Standing, quarters
from redway.work.returns.models import DataVersion, Submission

pytestmark = pytest.mark.django_db
FIRE = "fire-and-rescue-service"


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def quarter():
    """The last quarter that has ended."""
    return quarters(timezone.localdate())[0]


@pytest.fixture
def came(milton_keynes, quarter):
    """Two months of the fire service's return, in a data version. Neither file is read here."""
    version = DataVersion.objects.create(number=1, made_by="a test", summary="fires")
    for month in list(periods.months_of(quarter))[:2]:
        version.submissions.create(
            dataset="fire",
            provider=FIRE,
            period=periods.label(month),
            content=periods.label(month),
            file_name="fires.csv",
            parquet="fire/none.parquet",
            rows_read=40,
            rows_accepted=40,
            facts={"unknown": {"area": 3}},
            received_by="a test",
        )
    return version


@pytest.fixture
def opened(in_force, settings):
    """A gateway that opens fires for the exchange; pages then ask for a second factor, which the client passes."""
    return in_force("fire", purpose="statutory-exchange")


def passing(client):
    session = client.session
    session["second-factor"] = True
    session.save()
    return client


def test_before_anything_came_it_says_what_is_wanted_and_by_when(milton_keynes, signed_in, quarter):
    page = text(signed_in(Role.CHAIR).get("/exchange/"))
    assert f"For {periods.in_words(quarter)}, 0 of 20 items were supplied in full" in page
    assert "Nobody sends 7 of them." in page
    assert "due by" in page
    assert "Transport incidents" in page
    assert "No return that Redway takes holds it." in page
    assert "2007/1831" in page
    assert 'data-label="How it stands"' in page, "on a phone each row is a block"


def test_what_was_not_read_in_the_law_says_so_and_what_no_return_carries_says_what_comes_nearest(
    milton_keynes, signed_in
):
    page = text(signed_in(Role.CHAIR).get("/exchange/"))
    council = page[page.index(">The council</h2>") : page.index(">Health bodies</h2>")]
    for item in ("Road traffic collisions", "Permanent exclusions and suspensions", "Racial incidents"):
        assert item in council
    assert council.count("Read in a summary, not in the Regulations: check it.") == 4
    assert "which Redway does not read yet" in council
    assert "From general knowledge, not read in the Regulations: check it." in page
    police = page[page.index(">The police</h2>") : page.index(">The fire and rescue service</h2>")]
    assert "check it" not in police


@pytest.fixture
def asked_until(milton_keynes):
    """`asked_until("2025-11")`: the calendar asks the fire service for its months up to this one, and for no later."""

    def write(month):
        rule = f"- {{dataset: fire, agency: {FIRE}, from: 2020-01, until: {month}, due_days: 20}}\n"
        (milton_keynes.profile / "returns.yaml").write_text(rule, "utf-8")

    return write


def test_a_month_that_the_calendar_leaves_out_is_not_said_to_be_wanted(
    came, opened, asked_until, signed_in, people, quarter
):
    people[Role.AGENCY_CONTACT].agency = FIRE
    people[Role.AGENCY_CONTACT].save()
    asked_until(periods.label(periods.months_of(quarter)[-2]))
    page = text(passing(signed_in(Role.AGENCY_CONTACT)).get(f"/exchange/?quarter={quarter}"))
    last = periods.words(periods.months_of(quarter)[-1])
    assert f"The calendar of returns asks nothing for {last}." in page
    assert "did not come." not in page
    own = page[page.index('id="mine"') : page.index("</section>")]
    assert "Everything that is asked of you for this quarter has come." in own


def test_what_came_in_part_is_told_with_what_is_missing(came, opened, asked_until, signed_in, quarter):
    asked_until(periods.label(periods.months_of(quarter)[-1]))
    page = text(passing(signed_in(Role.ANALYST)).get(f"/exchange/?quarter={quarter}"))
    last = periods.words(periods.months_of(quarter)[-1])
    assert "6 in part" in page
    assert f"{last} did not come." in page
    assert "The location is not known in 6 of 80 rows." in page
    rounded = text(passing(signed_in(Role.CHAIR)).get(f"/exchange/?quarter={quarter}"))
    assert "The location is not known in 5 of 80 rows." in rounded


def test_what_no_gateway_opens_is_told_apart_from_what_did_not_come(came, signed_in):
    page = text(signed_in(Role.CHAIR).get("/exchange/"))
    assert "6 came, and no gateway lets them be used for the exchange." in page
    assert "Came, and may not be used" in page


def test_an_agency_contact_reads_first_what_is_wanted_of_their_own(
    came, opened, asked_until, signed_in, people, quarter
):
    asked_until(periods.label(periods.months_of(quarter)[-1]))
    people[Role.AGENCY_CONTACT].agency = FIRE
    people[Role.AGENCY_CONTACT].save()
    page = text(passing(signed_in(Role.AGENCY_CONTACT)).get("/exchange/"))
    own = page[page.index('id="mine"') : page.index("</section>")]
    assert "Fire and rescue service" in own
    assert own.count("<li>") == 1  # six items of one return are one thing to do
    assert "did not come." in own
    assert 'href="/returns/' in own


def test_who_is_of_no_agency_reads_of_none(came, signed_in):
    assert 'id="mine"' not in text(signed_in(Role.CHAIR).get("/exchange/"))


def test_the_file_says_the_same(came, opened, signed_in, quarter):
    answer = passing(signed_in(Role.ANALYST)).get(f"/exchange/exchange.csv?quarter={quarter}")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "/" not in answer["Content-Disposition"].partition("filename=")[2]
    lines = text(answer).split("\r\n\r\n", 1)
    assert f"# quarter,{quarter}" in lines[0]
    rows = list(csv.DictReader(lines[1].splitlines()))
    assert len({row["item"] for row in rows}) == 20
    fires = next(row for row in rows if row["item"] == "attacks-on-crews")
    assert (fires["standing"], fires["agency"], fires["return"]) == ("in-part", FIRE, "fire")
    assert len(fires["months supplied"].split()) == 2
    assert len(fires["months missing"].split()) == 1


def test_every_quarter_offered_can_be_chosen_and_reads_as_months(milton_keynes, signed_in):
    client = signed_in(Role.CHAIR)
    page = text(client.get("/exchange/"))
    for one in quarters(timezone.localdate()):
        words = periods.in_words(one)
        assert f">{words}</option>" in page
        assert words in text(client.get(f"/exchange/?quarter={one}"))


@pytest.mark.parametrize(
    "asked", ["2025-11", "1999/00-Q1", "2999/00-Q1", "x" * 5000, "2025/26-Q3'", "٢٠٢٥/26-Q3", "\x00"]
)
@pytest.mark.parametrize("page", ["/exchange/", "/exchange/exchange.csv"])
def test_a_quarter_that_is_not_offered_is_not_found(milton_keynes, signed_in, page, asked):
    if asked not in quarters(timezone.localdate()):
        assert signed_in(Role.CHAIR).get(page, {"quarter": asked}).status_code == 404


def chosen(page):
    return re.search(r'<option value="([^"]+)" selected', page)[1]


def test_it_opens_on_the_newest_quarter_of_which_something_is_asked(asked_until, signed_in):
    newest, before, older, *_ = quarters(timezone.localdate())
    asked_until(periods.label(periods.months_of(older)[0]))
    client = signed_in(Role.CHAIR)
    page = text(client.get("/exchange/"))
    assert chosen(page) == older
    assert "Later ones can be chosen too." in page
    assert f"# quarter,{older}" in text(client.get("/exchange/exchange.csv"))
    later = text(client.get(f"/exchange/?quarter={before}"))
    assert chosen(later) == before
    assert "Later ones" not in later
    asked_until(periods.label(periods.months_of(newest)[0]))
    page = text(client.get("/exchange/"))
    assert chosen(page) == newest
    assert "Later ones" not in page


def test_it_opens_on_the_newest_quarter_of_which_something_came_though_nothing_is_asked(came, asked_until, signed_in):
    asked_until("2020-01")
    newest, before, *_ = quarters(timezone.localdate())
    assert chosen(text(signed_in(Role.CHAIR).get("/exchange/"))) == newest
    for one, month in zip(came.submissions.order_by("period"), periods.months_of(before), strict=False):
        Submission.objects.filter(pk=one.pk).update(period=periods.label(month))
    assert chosen(text(signed_in(Role.CHAIR).get("/exchange/"))) == before


def test_a_member_sees_nothing_of_it(milton_keynes, signed_in):
    assert signed_in(Role.MEMBER).get("/exchange/").status_code == 404


def test_a_correction_keeps_the_day_of_the_first_copy(came, opened, signed_in, quarter):
    Submission.objects.update(received_at=dt.datetime(2000, 1, 1, 12, tzinfo=dt.UTC))
    page = text(passing(signed_in(Role.CHAIR)).get("/exchange/"))
    assert "1 Jan 2000" in page


@pytest.mark.parametrize("standing", [Standing.NOT_EXPECTED, Standing.NO_SENDER, Standing.NOT_CARRIED])
def test_where_nothing_is_asked_of_anybody_the_answer_says_so_and_not_that_nothing_came(standing):
    nothing = [SimpleNamespace(item=SimpleNamespace(id=n), standing=standing) for n in range(13)]
    told = "The calendar of returns asks nothing of any agency for October to December 2025."
    assert answer(nothing, "2025/26-Q3") == told
    one = SimpleNamespace(item=SimpleNamespace(id="a"), standing=Standing.LATE)
    assert "0 of 14 items were supplied in full" in answer([*nothing, one], "2025/26-Q3")


def test_of_an_agency_of_whom_nothing_is_asked_it_is_not_said_that_everything_came():
    council = SimpleNamespace(id="council", name="The Council")
    supply = SimpleNamespace(agency=council, standing=Standing.NOT_EXPECTED, dataset="fire")
    told = mine([supply], "council")
    assert told.sentences == ("The calendar of returns asks nothing of you for this quarter.",)
