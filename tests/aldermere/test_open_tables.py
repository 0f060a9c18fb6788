"""Outcomes, searches, households and the Home Office's table of Aldermere: as published, and one with another."""

import csv
import io
import zipfile
from collections import Counter, defaultdict

import pyarrow.parquet as pq
import pytest

from redway import periods
from redway.aldermere import people, searches, tables, truths
from redway.aldermere.crime import NO_SUSPECT, OPEN
from redway.sources.dataset import Context
from redway.sources.loaders import loader
from redway.store.profile import Profile
from redway.store.snapshot import Snapshot


def rows_of(published, kind):
    """Every row of a kind of the force's files, by month and in their order."""
    found = {}
    for path in sorted(published.glob(f"police-uk/aldermere-{kind}-20*.zip")):
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                found[name[:7]] = list(csv.DictReader(io.StringIO(packed.read(name).decode())))
    return found


@pytest.fixture(scope="module")
def outcomes(published):
    return rows_of(published, "outcomes")


@pytest.fixture(scope="module")
def workbook(tmp_path_factory, written):
    """The workbook, and the extract that it counts."""
    extract = next(path for one, path in written if one.dataset == "police-extract")
    return tables.write(tmp_path_factory.mktemp("tables"), extract), extract


@pytest.fixture
def aldermere(home):
    (home.profile / "profile.yaml").write_text("profile: aldermere\n")
    return home


def test_the_newest_outcome_of_a_crime_is_the_one_that_street_crime_tells(published, outcomes):
    crimes = [row for rows in rows_of(published, "street").values() for row in rows]
    once = Counter(row["Crime ID"] for row in crimes)
    street = {row["Crime ID"]: row for row in crimes if once[row["Crime ID"]] == 1}
    newest = {row["Crime ID"]: row for month in sorted(outcomes) for row in outcomes[month]}
    assert len(newest) > 8_000
    for crime in newest.keys() & street.keys():
        row = newest[crime]
        assert row["Month"] >= street[crime]["Month"]
        assert row["Outcome type"] == street[crime]["Last outcome category"] != OPEN
        assert row["Location"] == street[crime]["Location"]
    first = periods.label(truths.FIRST_OUTCOMES)
    ended = {id for id, row in street.items() if row["Month"] >= first and row["Last outcome category"] != OPEN}
    assert ended <= newest.keys()


def test_some_crimes_have_several_outcomes_and_courts_come_after_charges(outcomes):
    told = defaultdict(list)
    for month in sorted(outcomes):
        for row in outcomes[month]:
            told[row["Crime ID"]].append(row["Outcome type"])
    several = [all_of_it for all_of_it in told.values() if len(all_of_it) > 1]
    assert 0.03 < len(several) / len(told) < 0.12
    assert {tuple(one) for one in several} == {("Suspect charged", "Court result unavailable")}


def test_a_backlog_without_suspects_was_closed_in_one_month(outcomes):
    share = {m: sum(r["Outcome type"] == NO_SUSPECT for r in rows) / len(rows) for m, rows in outcomes.items()}
    assert share.pop(truths.BACKLOG.period) > 0.5
    assert max(share.values()) < 0.4


def test_black_people_are_searched_four_times_as_often_and_nobody_else(published):
    rows = [row for some in rows_of(published, "stop-and-search").values() for row in some]
    assert list(rows[0]) == list(searches.HEADINGS)
    wording = {text: group for group, text in searches.WORDING.items()}
    counted = Counter(wording.get(row["Self-defined ethnicity"], "") for row in rows)
    rate = {group: counted[group] / residents for group, residents in people.residents_by_group().items()}
    assert rate["Black"] / rate["White"] == pytest.approx(truths.SEARCHED_MORE.value, rel=0.2)
    assert all(0.6 < rate[group] / rate["White"] < 1.5 for group in ("Asian", "Mixed", "Other"))
    assert 0.1 < sum(row["Self-defined ethnicity"].endswith("Not stated") for row in rows) / len(rows) < 0.2


def test_the_workbook_counts_the_extract_and_takes_a_revision_below_zero(workbook, aldermere, tmp_path):
    path, extract = workbook
    context = Context(aldermere, Profile.of(aldermere).partnership, Snapshot(0, ()))
    made = loader("recorded-crime-partnership").load(path, file_name=path.name, into=tmp_path, context=context)
    assert [one.period for one in made] == [f"2024/25-Q{q}" for q in (1, 2, 3, 4)] + ["2025/26-Q1", "2025/26-Q2"]
    sent = Counter(
        (periods.quarter(periods.month(row["recorded_date"][:7])), row["offence_code"])
        for row in csv.DictReader(io.StringIO(extract.read_text("utf-8")))
        if row["recorded_date"] >= "2024-04" and row["recorded_date"] < "2025-10"
    )
    sent[truths.REVISION.period, truths.REVISED_CODE] = truths.REVISION.value
    own = Counter()
    for one in made:
        assert not one.refused
        rows = pq.read_table(one.parquet).to_pylist()
        assert {"Aldermere", "Fenmarch", "Unassigned - Aldermere", "Saltwendle"} <= {row["partnership"] for row in rows}
        for row in rows:
            if row["partnership"] == "Aldermere":
                own[row["period"], row["offence_code"]] += row["offences"]
    assert own == sent
    assert made[-1].notes["negative"] >= 1
    assert made[-1].notes["unassigned"] > 0


def test_the_same_extract_gives_the_same_workbook(workbook, tmp_path):
    path, extract = workbook
    again = tables.write(tmp_path, extract)
    with zipfile.ZipFile(path) as one, zipfile.ZipFile(again) as two:
        assert one.read("content.xml") == two.read("content.xml")
