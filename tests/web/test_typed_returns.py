"""A typed return becomes a CSV file under the headings that its page has, so that what is said of it names those."""

import html
import re

import pytest
from django.urls import reverse

from redway.sources.dataset import dataset
from redway.sources.returned.look_ups import folded, look_ups
from redway.web.profile import profile
from redway.web.returns.sheet import box_name, sheet
from redway.web.returns.typed_words import area_names, period_label, reader
from redway.work.accounts.roles import Role
from redway.work.gateways.models import Gateway
from redway.work.returns import checking
from redway.work.returns.models import Delivery
from redway.work.returns.senders import senders
from redway.work.returns.versions import everything


def test_what_is_typed_stands_under_the_headings_of_the_page():
    definition = dataset("agency-counts")
    columns = {column.name: column for column in definition.columns}
    given = {box_name(0, columns["measure"]): "marac-cases", box_name(0, columns["out_of"]): " 9 "}
    made = sheet(definition, given, {})
    heading, row = made.as_csv().decode().splitlines()
    assert heading.split(",") == [column.heading for column in definition.columns]
    assert dict(zip(heading.split(","), row.split(","), strict=True))["Out of"] == "9"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "words"),
    [("agency-counts", "One row for each number."), ("modern-slavery-referrals", "One row for each person or case.")],
)
def test_the_page_says_what_a_row_is_and_a_typed_return_is_typed_again(aldermere_home, signed_in, name, words):
    client = signed_in(Role.ANALYST)
    assert words in client.get(reverse("return-type", args=[name])).content.decode()
    one = Delivery.objects.create(dataset=name, agency="a", way="typed", sent_by="analyst", state="refused")
    shown = client.get(reverse("return", args=[one.public_id])).content.decode()
    assert f'href="{reverse("return-type", args=[name])}?agency=a' in shown


# ------------------------------------------------------------------ Checked before it is handed in

COUNTS = {"rows": "5", "agency": "aldermere-city-council"}
FINE = {"measure-0": "licensing-inspections", "period-0": "2025-10", "count-0": "12", "status-0": "final"}


def typing(client, name, **given):
    return client.post(reverse("return-type", args=[name]), given)


def faults_of(text):
    """The sentences of the error summary, by the box that each leads to."""
    summary = text.partition("govuk-error-summary__list")[2].partition("</ul>")[0]
    return {name: html.unescape(said) for name, said in re.findall(r'<a href="#([^"]+)">([^<]+)</a>', summary)}


@pytest.mark.django_db(transaction=True)
def test_every_mistake_is_told_beside_its_box_and_in_the_summary_and_nothing_is_handed_in(aldermere_home, signed_in):
    rows = {"period-1": "last week", "count-1": "a dozen", "measure-3": "marac-repeat-cases", "count-3": "20"}
    rows |= {"area-1": "Nowhere under Mere", "area-3": "E01"}
    rows |= {"period-3": "2025/26-Q2", "out_of-3": "19", "measure-4": "marac-cases", "period-4": "2025-10"}
    text = typing(signed_in(Role.ANALYST), "agency-counts", **COUNTS, **rows).content.decode()
    told = faults_of(text)
    assert list(told) == ["measure-1", "area-1", "period-1", "count-1", "area-3", "count-3", "count-4"]
    assert told["measure-1"] == "Row 2: choose “Measure” from its list"
    assert told["area-1"] == "Row 2: “Area” is not the name or code of a ward or small area"
    assert told["period-1"] == "Row 2: “Period” is not a period such as November 2025 or 2025/26-Q3"
    assert told["count-1"] == "Row 2: “Number” is not a number. What is expected: a number, 0 or more"
    assert told["count-3"] == ("Row 4, “Number”: more than there were. Look whether the two numbers changed places.")
    assert told["count-4"].startswith("Row 5, “Number”: no number, and no word on why.")
    for name, said in told.items():
        assert f'id="{name}-error"' in text
        assert html.unescape(text).count(said) == 2
    for kept in ('value="last week"', 'value="a dozen"', 'value="marac-repeat-cases" selected'):
        assert kept in text
    assert "<title>Error: " in text
    assert not Delivery.objects.filter(way="typed").exists()
    assert list(aldermere_home.incoming.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_a_period_to_come_is_told_in_a_few_words(aldermere_home, signed_in):
    rows = {**FINE, "period-0": "2099-10"}
    text = typing(signed_in(Role.ANALYST), "agency-counts", **COUNTS, **rows).content.decode()
    assert faults_of(text) == {"period-0": "Row 1: “Period” lies in the future"}


@pytest.mark.django_db(transaction=True)
def test_rows_of_the_worked_example_about_people_are_not_handed_in(aldermere_home, signed_in):
    definition = dataset("modern-slavery-referrals")
    cells = {f"{name}-0": value for name, value in look_up_codes(definition, definition.example[0]).items()}
    sender = next(s for s in senders(profile()).values() if definition.name in s.datasets).id
    client = signed_in(Role.ANALYST)
    text = typing(client, definition.name, rows="5", agency=sender, **cells).content.decode()
    assert faults_of(text) == {
        "referral-0": "1 row is of the template’s worked example. Empty it, and type your agency’s own."
    }
    assert not Delivery.objects.filter(way="typed").exists()


def look_up_codes(definition, row):
    """A row of the worked example as boxes give it: the codes that its words stand for."""
    found = look_ups(definition, profile())
    codes = {column.name: column.codes for column in definition.columns if column.codes and not column.many}
    return {name: found[codes[name]].spellings.get(folded(v), v) if name in codes else v for name, v in row.items()}


@pytest.mark.django_db(transaction=True)
def test_only_columns_that_a_gateway_lets_in_have_boxes(aldermere_home, signed_in):
    client = signed_in(Role.ANALYST)
    every = [column.name for column in dataset("agency-counts").columns]
    let_in("agency-counts", [name for name in every if name not in ("category", "area")])
    shown = client.get(reverse("return-type", args=["agency-counts"])).content.decode()
    assert 'name="count-0"' in shown
    assert 'name="category-0"' not in shown
    assert 'name="area-0"' not in shown
    assert typing(client, "agency-counts", **COUNTS, **FINE, **{"category-0": "staff"}).status_code == 302
    let_in("agency-counts", [name for name in every if name != "out_of"])
    for page in ("return-type", "return-send"):
        closed = client.get(reverse(page, args=["agency-counts"])).content.decode()
        assert "no gateway in force lets in “Out of”, which every return has" in closed
    kept = typing(client, "agency-counts", **COUNTS, **FINE).content.decode()
    assert "no gateway in force lets in “Out of”" in next(iter(faults_of(kept).values()))
    assert 'value="2025-10"' in kept


def let_in(name, fields):
    Gateway.objects.filter(dataset=name).update(fields=fields)


@pytest.mark.django_db(transaction=True)
def test_a_row_there_twice_and_one_empty_in_between_are_numbered_as_on_the_page(aldermere_home, signed_in):
    again = {name.replace("-0", "-2"): value for name, value in FINE.items()}
    text = typing(signed_in(Role.ANALYST), "agency-counts", **COUNTS, **FINE, **again).content.decode()
    told = faults_of(text)
    assert list(told) == ["measure-2"]
    assert told["measure-2"].startswith("Row 3: “Measure” came before (with Area, Period, Category).")


@pytest.mark.django_db(transaction=True)
def test_a_case_is_checked_by_the_rules_of_its_own_return(aldermere_home, signed_in):
    case = {"referral-0": "Jo Bloggs", "referred_on-0": "31/02/2025", "exploitation-0": "labor", "sex-0": "F"}
    client = signed_in(Role.ANALYST)
    sender = next(s for s in senders(profile()).values() if "modern-slavery-referrals" in s.datasets).id
    text = typing(client, "modern-slavery-referrals", rows="5", agency=sender, **case).content.decode()
    told = faults_of(text)
    assert told["referral-0"].startswith("Row 1: “Referral (pseudonym)” is no pseudonym, and may name a person.")
    assert told["referred_on-0"].startswith("Row 1: “Referral date” is a day that does not exist")
    assert "is none of the codes" in told["exploitation-0"]
    assert told["referral_kind-0"] == "Row 1: choose “Kind of referral” from its list"
    assert not Delivery.objects.filter(way="typed").exists()


@pytest.mark.django_db(transaction=True)
def test_a_period_in_words_and_an_area_by_name_are_taken_as_their_label_and_code(aldermere_home, signed_in):
    place = profile().partnership
    names = area_names(everything(), place)
    ward, code = next((name, code) for name, code in names.items() if code.startswith("E05"))
    client = signed_in(Role.ANALYST)
    rows = {**FINE, "period-0": "October  2025", "area-0": ward.upper()}
    assert typing(client, "agency-counts", **COUNTS, **rows).status_code == 302
    while checking.work_on_next():
        pass
    one = Delivery.objects.get(way="typed")
    assert one.periods == ["2025/26-Q3"]
    assert one.state in ("accepted", "to-acknowledge"), one.report
    written = reader(dataset("agency-counts"), everything(), place)
    columns = {column.name: column for column in dataset("agency-counts").columns}
    assert written(columns["area"], ward.upper()) == code
    assert written(columns["area"], "nowhere") == "nowhere"
    assert written(columns["count"], "October 2025") == "October 2025"


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("November 2025", "2025-11"),
        ("nov 2025", "2025-11"),
        ("October to December 2025", "2025/26-Q3"),
        ("2025/26-q3", "2025/26-Q3"),
        ("the year ending March 2026", "YE-2026-03"),
        ("Year ending December 2025", "YE-2025-12"),
        ("Autumn term 2025", "2025-autumn"),
        ("autumn 2025", "2025-autumn"),
        ("Q3 2025/26", "2025/26-Q3"),
        ("2025/26 Q3", "2025/26-Q3"),
        ("11/2025", "2025-11"),
        ("sept 2025", "2025-09"),
        ("2025-11", "2025-11"),
        ("last November", "last November"),
        ("", ""),
    ],
)
def test_a_period_is_known_by_its_words(words, label):
    assert period_label(words) == label


@pytest.mark.django_db
def test_adding_rows_asks_for_nothing_yet_and_keeps_the_agency(aldermere_home, signed_in):
    client = signed_in(Role.ANALYST)
    text = typing(client, "agency-counts", rows="5", more="1", agency="").content.decode()
    assert "There is a problem" not in text
    text = typing(client, "agency-counts", more="1", **COUNTS).content.decode()
    assert 'value="aldermere-city-council" selected' in text


@pytest.mark.django_db(transaction=True)
def test_the_agency_and_the_rows_are_asked_for_together(aldermere_home, signed_in):
    text = typing(signed_in(Role.ANALYST), "agency-counts", rows="5", **{"count-0": "x"}).content.decode()
    assert list(faults_of(text))[:2] == ["id_agency", "measure-0"]
    nothing = typing(signed_in(Role.ANALYST), "agency-counts", **COUNTS).content.decode()
    assert faults_of(nothing) == {"measure-0": "Type at least one row."}


@pytest.mark.django_db(transaction=True)
def test_a_full_page_says_so_and_nothing_beyond_it_is_dropped_unsaid(aldermere_home, signed_in):
    client = signed_in(Role.ANALYST)
    given = {**COUNTS, **FINE}
    full = typing(client, "agency-counts", **given | {"rows": "97", "more": "1"}).content.decode()
    assert 'name="count-99"' in full
    assert "A page has 100 rows at most." in full
    assert "Add rows" not in full
    assert "Add rows" in typing(client, "agency-counts", **given | {"more": "1"}).content.decode()
    beyond = typing(client, "agency-counts", **given | {"rows": "200"}).content.decode()
    assert faults_of(beyond)["measure-0"].startswith("A page has 100 rows at most.")
    forged = typing(client, "agency-counts", **given, period="never").content.decode()
    assert faults_of(forged)["measure-0"] == "Period: Choose one of those listed"
    assert not Delivery.objects.filter(way="typed").exists()
