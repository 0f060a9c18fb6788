"""The pages about commitments: what is shown first, who may answer, and what is said when it is refused."""

import csv
from datetime import date

import pytest

from redway.store.profile import Profile
from redway.work.accounts.roles import Role
from redway.work.audit.models import AuditRow
from redway.work.strategy import actions
from redway.work.strategy.models import CommitmentState, standing
from redway.work.strategy.profile import strategy
from redway.work.strategy.states import State

pytestmark = pytest.mark.django_db
PROMISED = strategy(Profile("milton-keynes"))


@pytest.fixture
def chair(signed_in, milton_keynes):
    return signed_in(Role.CHAIR)


def text(answer):
    return answer.content.decode()


def test_those_with_neither_owner_nor_date_are_first(chair):
    page = text(chair.get("/commitments/"))
    headings = ["With neither an owner nor a date", "Without an owner", "Without a date", "With an owner and a date"]
    places = [page.index(f'<h2 class="govuk-heading-m">{heading}') for heading in headings]
    assert places == sorted(places)
    assert f"{len(PROMISED.commitments)} commitments are still to be done: " in page
    for one in PROMISED.commitments:
        assert f"{one.id}. " in page


def test_one_that_is_overdue_says_so_in_words(chair):
    CommitmentState.objects.create(commitment="A1", due=date(2020, 1, 1), state="under-way")
    page = text(chair.get("/commitments/?standing=overdue"))
    assert "Showing 1 of" in page
    assert "Overdue" in page
    assert "1 January 2020" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("part=domestic-abuse", {c.id for c in PROMISED.commitments if c.part == "domestic-abuse"}),
        ("state=done", {"A2"}),
        (
            "owner=thames-valley-police",
            {c.id for c in PROMISED.commitments if "thames-valley-police" in c.owners} - {"A2"},
        ),
        ("standing=closed", {"A2"}),
        ("part=no-such-part", {c.id for c in PROMISED.commitments}),
        ("", {c.id for c in PROMISED.commitments}),
    ],
)
def test_the_csv_holds_what_the_filters_leave(chair, query, expected):
    CommitmentState.objects.create(commitment="A2", state="done", owner="start")
    answer = chair.get(f"/commitments/csv/?{query}")
    assert answer["Content-Type"].startswith("text/csv")
    assert answer["Content-Disposition"] == 'attachment; filename="commitments.csv"'
    about, _, table = text(answer).partition("\r\n\r\n")
    assert "OFFICIAL" in about
    rows = list(csv.DictReader(table.splitlines()))
    assert {row["id"] for row in rows} == expected


def test_a_cell_of_the_csv_is_never_a_formula(chair):
    CommitmentState.objects.create(commitment="A1", state="stopped", reason="=HYPERLINK(1)")
    assert ",'=HYPERLINK(1)," in text(chair.get("/commitments/csv/"))


def test_one_commitment_shows_what_was_published_what_it_leaves_open_and_its_history(chair, people):
    one = next(c for c in PROMISED.commitments if c.faults and c.owner_published)
    actions.set_due(by=people[Role.CHAIR], strategy=PROMISED, commitment=one.id, due=date(2031, 3, 31), seen=0)
    page = text(chair.get(f"/commitments/{one.id}/"))
    for words in (one.owner_published, one.faults[0], "31 March 2031", "Chair Smith", "set its date to 31 March 2031"):
        assert words.replace("'", "&#39;") in page


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMINISTRATOR])
def test_who_only_reads_is_offered_no_change(signed_in, milton_keynes, role):
    client = signed_in(role)
    assert "/owner/" not in text(client.get("/commitments/A1/"))
    assert client.post("/commitments/A1/date/", {}).status_code == 404
    assert not CommitmentState.objects.exists()


def test_an_unknown_commitment_is_not_there(chair):
    for address in ("/commitments/A999/", "/commitments/A999/owner/"):
        assert chair.get(address).status_code == 404


def test_an_answer_is_saved_and_said(chair, people):
    given = {"owner": "thames-valley-police", "person": people[Role.ANALYST].pk, "seen": 0}
    page = text(chair.post("/commitments/A1/owner/", given, follow=True))
    assert "The owner of A1 was saved." in page
    assert "Thames Valley Police (Analyst Smith)" in page
    again = text(chair.post("/commitments/A1/owner/", given, follow=True))
    assert "Nothing was changed." in again
    assert AuditRow.objects.count() == 1


def due(day="", month="", year="", seen=0):
    return {"due-day": day, "due-month": month, "due-year": year, "seen": seen}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (due("31"), "The date it is due must include a month and a year"),
        (due("31", "3"), "The date it is due must include a year"),
        (due("31", "2", "2031"), "The date it is due must be a real date"),
        (due("x", "2", "2031"), "The date it is due must be a real date"),
        (due("31", "3", "31"), "The year must have four numbers"),
        (due("31", "3", "0000"), "The date it is due must be a real date"),
    ],
)
def test_what_is_wrong_with_a_date_is_said_and_what_was_typed_is_kept(chair, given, said):
    page = text(chair.post("/commitments/A1/date/", given))
    assert said in page
    assert 'href="#due-day"' in page
    assert "<title>Error: A1" in page
    assert f'value="{given["due-day"]}"' in page
    assert not CommitmentState.objects.exists()


@pytest.mark.parametrize("field", ["owner", "person"])
def test_what_is_none_of_the_choices_is_not_repeated(chair, field):
    page = text(chair.post("/commitments/A1/owner/", {field: "x" * 100_000, "seen": 0}))
    assert "Choose one of those listed" in page
    assert "xxxx" not in page
    assert not CommitmentState.objects.exists()


def test_a_day_with_too_many_figures_is_no_real_date(chair):
    assert "must be a real date" in text(chair.post("/commitments/A1/date/", due("9" * 30, "1", "2031")))


def test_a_date_is_set_and_taken_away(chair):
    chair.post("/commitments/A1/date/", due("1", "4", "2031"))
    assert standing("A1").due == date(2031, 4, 1)
    assert 'value="2031"' in text(chair.get("/commitments/A1/date/"))
    chair.post("/commitments/A1/date/", due(seen=1))
    assert standing("A1").due is None


def test_a_page_that_was_open_too_long_tells_of_the_change_and_does_not_overwrite_it(chair, people):
    other = people[Role.ANALYST]
    actions.set_due(by=other, strategy=PROMISED, commitment="A1", due=date(2031, 1, 1), seen=0)
    page = text(chair.post("/commitments/A1/date/", due("1", "4", "2032")))
    assert "Somebody else changed this commitment" in page
    assert "Due: 1 January 2031" in page
    assert standing("A1").due == date(2031, 1, 1)
    # Having read that, the same answer is taken.
    assert 'name="seen" value="1"' in page
    chair.post("/commitments/A1/date/", due("1", "4", "2032", seen=1))
    assert standing("A1").due == date(2032, 4, 1)


def test_only_the_steps_there_are_can_be_chosen_and_stopping_needs_a_reason(chair):
    page = text(chair.get("/commitments/A1/state/"))
    assert 'value="stopped"' in page
    assert 'value="not-started"' not in page
    assert "Say why" in text(chair.post("/commitments/A1/state/", {"state": "stopped", "reason": "", "seen": 0}))
    not_a_step = chair.post("/commitments/A1/state/", {"state": "not-started", "seen": 0})
    assert "Choose one of those listed" in text(not_a_step)
    chair.post("/commitments/A1/state/", {"state": "stopped", "reason": "No money", "seen": 0})
    assert standing("A1").state == State.STOPPED
    assert "No money" in text(chair.get("/commitments/A1/"))


@pytest.mark.parametrize("text_of_person", ["<script>alert(1)</script>", "{{ 7*7 }}", "%(x)s"])
def test_what_people_write_is_shown_as_they_wrote_it_and_never_run(chair, text_of_person):
    chair.post("/commitments/A1/state/", {"state": "stopped", "reason": text_of_person, "seen": 0})
    page = text(chair.get("/commitments/A1/"))
    assert "<script>alert" not in page
    assert text_of_person.replace("<", "&lt;").replace(">", "&gt;") in page
