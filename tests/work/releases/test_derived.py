"""Percentages and rates beside released counts: defined in tables.yaml, kept with the edition, shown wherever it is."""

import csv

import pytest
from pydantic import ValidationError

from redway.errors import NotSetUp
from redway.indicators.tables import Definition
from redway.work.releases import kept
from redway.work.releases.actions import approve, ask
from redway.work.releases.preparing import prepare
from redway.work.returns.receive import receive
from tests.work.releases.conftest import MONTH, person

pytestmark = pytest.mark.django_db
COUNTS = [[3, 10, 40], [22, 31, 9], [60, 14, 18]]
TABLE = "fires-by-ward"


@pytest.fixture
def residents(releasing, tmp_path):
    path = tmp_path / "census2021-ts001-lsoa.csv"
    people = {"E01016710": 2070, "E01035001": 900, "E01035002": 1100}
    lines = "".join(f"{code},{number}\n" for code, number in people.items())
    path.write_text(f"geography code,Residence type: Total; measures: Value\n{lines}")
    receive([path], dataset="residents", by="a test")


def test_rates_wait_for_residents(releasing, profile, sent):
    sent(COUNTS)
    with pytest.raises(NotSetUp, match="redway import residents"):
        prepare(profile, TABLE, MONTH)


def test_they_are_worked_out_of_what_is_shown_for_the_residents_of_each_row(releasing, profile, sent, residents):
    sent(COUNTS)
    prepared = prepare(profile, TABLE, MONTH)
    assert prepared.counts.counts.sum() == 207
    assert prepared.public["shares"] == "row"
    named = dict(zip(prepared.public["row_labels"], prepared.public["rate"]["people"], strict=False))
    assert sorted(named.values()) == [2000, 2070]
    assert prepared.public["rate"]["people"][-1] == 4070


def test_a_place_whose_residents_are_no_fair_base_has_no_rate(releasing, profile, sent, residents):
    sent(COUNTS)
    own = releasing.profile / "partnership.yaml"
    own.write_text(own.read_text() + "residents_no_fair_base: [{area: E01016710, why: A station.}]\n")
    people = prepare(type(profile).of(releasing), TABLE, MONTH).public["rate"]["people"]
    assert sorted(people[:-1], key=str) == [2000, None]
    assert people[-1] == 4070


def test_an_edition_keeps_them_and_its_file_has_them(releasing, profile, sent, residents, run, tmp_path):
    sent(COUNTS)
    asked = ask(by=person("ana"), profile=profile, table=TABLE, period=MONTH)
    made = approve(by=person("bo"), profile=profile, edition=asked)
    again = kept.read(made.file, made.digest, releasing)
    assert again.public["rate"]["per"] == 1000
    out, said = run(TABLE)
    assert "Percentage of the row" in out
    assert "For every 1,000 residents" in out
    assert "worked out of the counts as shown" in said
    run(TABLE, "--out", str(tmp_path / "fires.csv"))
    lines = list(csv.reader((tmp_path / "fires.csv").read_text("utf-8").splitlines()))
    head = next(line for line in lines if "Percentage of the row" in line)
    whole = next(line for line in lines if line[:2] == ["Total", "Total"])
    shown = dict(zip(head, whole, strict=True))
    assert shown["count"] == "205"
    assert shown["Percentage of the row"] == "100"
    assert shown["For every 1,000 residents"] == "50.4"  # 205 of 4,070, and not 207


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"shares": "row", "row_totals": False}, "need its total"),
        ({"rate_per": 1000, "columns": {"by": "ward"}}, "of rows"),
        ({"rate_per": -1}, "greater"),
    ],
)
def test_what_cannot_be_worked_out_is_refused_in_the_definition(given, says):
    ordinary = {"id": "a", "title": "A", "dataset": "fire", "what": "fires", "period": "month"}
    ordinary |= {"rows": {"column": "incident_type"}, "columns": {"column": "cause"}}
    with pytest.raises(ValidationError, match=says):
        Definition.model_validate(ordinary | given)
