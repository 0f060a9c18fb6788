"""The Milton Keynes strategy is held whole. What is expected was typed from the ledger of the strategy
(`milton_keynes_ledger`), not read from the profile, so a row that goes missing or a figure that changes is seen."""

import csv
import gzip
import io
import math
import re
import zipfile
from collections import Counter

import pytest

from redway.indicators import definitions
from redway.store.profile import Profile
from redway.work.strategy.profile import strategy
from tests.work.milton_keynes_ledger import (
    ALSO_NAMED,
    BODIES,
    COHORTS,
    COMMITMENTS,
    FAULTS,
    NUMBERS,
    PLATFORMS,
    PROGRAMMES,
    PROMISES,
    RELATED,
    ROWS,
    SURVEYS,
    U,
)


def names(listed):
    return [name.strip() for line in listed.splitlines() for name in line.split(";")]


def called(those):
    """Every name and alias, with what it names."""
    return {name: one for one in those for name in (one.name, *one.aliases)}


@pytest.fixture(scope="module")
def profile():
    return Profile("milton-keynes")


@pytest.fixture(scope="module")
def mk(profile):
    return strategy(profile)


@pytest.fixture(scope="module")
def rows(profile):
    return {one.ledger: one for one in definitions.load(profile).values() if one.ledger}


def test_no_row_of_the_ledger_is_missing_and_none_is_there_twice(profile, mk):
    held = Counter(one.ledger for one in definitions.load(profile).values() if one.ledger)
    assert held == Counter(NUMBERS + SURVEYS + COHORTS)
    assert [c.id for c in mk.commitments] == COMMITMENTS
    assert Counter(id for part in mk.parts for id in part.next) == Counter(COMMITMENTS)


def test_this_list_is_whole():
    assert list(ROWS) == NUMBERS + SURVEYS + COHORTS
    assert list(PROMISES) == COMMITMENTS


@pytest.mark.parametrize("row", ROWS)
def test_a_row_stands_as_published(mk, rows, row):
    section, value, period, better, dataset = ROWS[row]
    one = rows[row]
    part = next(p for p in mk.parts if p.code == section)
    assert one.priority[0] == part.id
    assert one.published.section.startswith(part.reference)
    assert value in one.published.value
    assert period in one.published.period
    assert (one.published.period == U) == (period == U)
    assert (one.better, one.needs.dataset) == (better, dataset)
    assert one.provider
    assert one.needs.provider
    assert one.needs.what
    assert one.why_better
    assert one.caveats
    assert one.compute


@pytest.mark.parametrize("row", FAULTS)
def test_the_doubts_about_a_row_go_with_it(rows, row):
    assert any(FAULTS[row] in fault for fault in rows[row].published.faults)


@pytest.mark.parametrize("row", [*NUMBERS, *SURVEYS, *COHORTS[:12]])
def test_the_want_of_target_sample_and_period_is_said(rows, row):
    faults = " ".join(rows[row].published.faults)
    assert "No target and no baseline" in faults
    if row in SURVEYS:
        assert "number of people who answered is not stated" in faults
    if ROWS[row][2] == U:
        assert "months compared are not stated" in faults or "period is not stated" in faults


def test_no_row_is_passed_off_as_street_level_open_data(rows):
    assert not any(one.open for one in rows.values())


def test_every_row_says_how_it_is_worked_out_but_for_facts_stated_once(rows):
    without = {row for row, one in rows.items() if not one.computable}
    assert without == {"C15", "C16", "C17"}
    assert all(rows[row].kind == "fact" for row in without)


@pytest.mark.parametrize("row", RELATED)
def test_the_nearest_open_indicator_is_named_with_how_it_differs(rows, row):
    assert RELATED[row] in rows[row].related
    assert any("pen type" in caveat or "pen street data" in caveat for caveat in rows[row].caveats)


@pytest.mark.parametrize("action", PROMISES)
def test_a_commitment_stands_as_published(mk, action):
    section, word, owner, inferred, due = PROMISES[action]
    one = mk.commitment(action)
    part = mk.part(one.part)
    assert part.code == section
    assert one.section.startswith(part.reference)
    assert word in one.text
    assert owner in one.owners
    assert one.owner_published
    assert one.owner_inferred is inferred
    assert ("No owner is named." in one.faults) is inferred
    assert due in one.due_published
    assert bool(one.due_published) is bool(due)
    assert any("No date is given" in fault for fault in one.faults) or due


def test_the_missing_link_is_said(mk):
    assert any("link" in fault for fault in mk.commitment("A1").faults)


@pytest.mark.parametrize("name", BODIES)
def test_every_body_is_there_with_how_often_it_meets(mk, name):
    body = called(mk.groups)[name]
    assert BODIES[name] in body.cadence
    assert (body.cadence == U) == (BODIES[name] == U)
    assert name == "Safer MK" or (body.receives and body.produces)


@pytest.mark.parametrize(
    ("listed", "where"), [(ALSO_NAMED, "agencies"), (PROGRAMMES, "programmes"), (PLATFORMS, "platforms")]
)
def test_everything_named_is_there_by_that_name(mk, listed, where):
    held = called(getattr(mk, where))
    assert [name for name in names(listed) if name not in held] == []


def test_what_became_of_each_is_said(mk):
    programmes, platforms = called(mk.programmes), called(mk.platforms)
    assert platforms["Thames Valley Together"].status == "yet to deliver"
    assert programmes["Focused Deterrents"].status == "funding ended in 2025; continues scaled down"
    assert any("four years" in fault for fault in programmes["Operation Deter"].faults)
    assert programmes["VAWG education"].dose == "2,394 children"


def test_the_parts_are_five_priorities_two_areas_watched_and_serious_violence(mk):
    assert [p.code for p in mk.of_kind("priority")] == ["P1", "P2", "P3", "P4", "P5"]
    assert [p.code for p in mk.of_kind("monitoring")] == ["MM", "MH"]
    assert [p.code for p in mk.of_kind("serious-violence")] == ["SI", "GO", "EI", "EC", "LE", "CO"]
    for part in mk.parts:
        assert part.know
        assert part.done
        assert part.open_data
        assert part.next or part.next_note


def test_priorities_that_open_data_cannot_reach_say_so(mk, rows):
    for code in ("P1", "P3"):
        part = next(p for p in mk.parts if p.code == code)
        assert not any(id.startswith("recorded-") for id in part.indicators)
        assert "pen data" in part.open_data


def test_every_figure_of_a_statement_is_in_a_row_it_names(mk, rows):
    for part in mk.parts:
        for said in (*part.know, *part.done):
            held = " ".join(rows[row].published.value.replace("−", "").replace("+", "") for row in said.ledger)
            for figure in re.findall(r"[\d.,]*\d%|£[\d,]+|\b\d{1,3},\d{3}\b", said.text):
                assert figure in held, (part.id, figure)


def test_open_indicators_lead_where_there_are_any(mk):
    assert mk.part("anti-social-behaviour").indicators[0] == "recorded-anti-social-behaviour"
    assert mk.part("retail-and-acquisitive-crime").indicators[0] == "recorded-shoplifting"


@pytest.mark.real_data
def test_the_areas_where_residents_are_no_fair_base_are_those_far_out_of_line(open_data, profile):
    def rows_of(raw):
        return csv.DictReader(io.TextIOWrapper(raw, "utf-8"))

    with gzip.open(open_data / "geography" / "lookup_lsoa21_ward24_ltla24.csv.gz") as raw:
        mine = {r["lsoa21_code"] for r in rows_of(raw) if r["ltla24_code"] == profile.partnership.district}
    with gzip.open(open_data / "census" / "ethnicity21_lsoa21.csv.gz") as raw:
        residents = {r["lsoa21_code"]: int(r["total_residents"]) for r in rows_of(raw) if r["lsoa21_code"] in mine}
    recorded = Counter()
    with zipfile.ZipFile(open_data / "police-uk" / "thames-valley-street-2025.zip") as archive:
        for name in archive.namelist():
            if name.endswith("-street.csv"):
                recorded.update(r["LSOA code"] for r in rows_of(archive.open(name)) if r["LSOA code"] in mine)
    district = recorded.total() / sum(residents.values())
    far_out = {code for code in mine if recorded[code] / residents[code] > 5 * district}
    listed = {base.area: base.why for base in profile.partnership.residents_no_fair_base}
    assert far_out == set(listed)
    for code, why in listed.items():
        assert f"{recorded[code]:,}" in why
        assert f"{residents[code]:,}" in why


@pytest.mark.parametrize("row", ["S1", "S9", "S11", "S12"])
def test_how_many_answers_a_wave_needs_follows_from_its_shares(rows, row):
    before, after = (int(share) / 100 for share in re.findall(r"(\d+)%", rows[row].published.value))
    needed = math.ceil(1.96**2 * (before * (1 - before) + after * (1 - after)) / (after - before) ** 2)
    assert any(f"at least {needed:,} people" in fault for fault in rows[row].published.faults)


def test_the_frame_of_the_strategy_is_held(mk):
    assert (mk.period, mk.approved) == ("2025-2029", "October 2025")
    framed = " ".join(mk.frame)
    for law in ("Serious Violence Duty", "Domestic Abuse Act 2021", "Care Act 2014", "March 2025", "under 25"):
        assert law in framed
    risks, tensions = " ".join(mk.risk_factors).lower(), " ".join(mk.tension_drivers).lower()
    for risk in ("poverty", "education", "attendance", "needs", "adverse", "influence", "crime", "identity"):
        assert risk in risks
    for risk in ("adultification", "disproportionality"):
        assert risk in risks
    for driver in ("conflicts", "southport", "grooming gangs", "asylum", "online"):
        assert driver in tensions
    assert any("target" in fault for fault in mk.faults)
