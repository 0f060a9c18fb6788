"""The ledger's rows of recorded crime, worked out of workbooks in the layout of the Home Office's tables by community
safety partnership: Aldermere's own, and one that holds every code. The real ones are large and are not among the open
data that tests read.
"""

from dataclasses import replace

import pytest

from redway.aldermere.recorded_crime import write
from redway.indicators import definitions
from redway.indicators.measures import measured
from redway.indicators.places import places
from redway.sources.dataset import Context
from redway.sources.recorded_crime_partnership.load import load
from redway.store.profile import Profile
from redway.store.snapshot import Part
from redway.work.returns.versions import snapshot

pytestmark = pytest.mark.django_db
TABLES = "recorded-crime-partnership"
ROWS = ["N1", "N2", "N4", "N5", "N6", "N7", "N9", "N10", "N12", "N13", "N14"]
# Victims' sex, days and knives are in no table: these are worked out of the force's own extract.
OF_THE_EXTRACT = ["N3", "N8", "N11"]
PLACES = ("Aldermere", "Unassigned - Aldermere", "Elsewhere")
QUARTERS = ("2024/25-Q1", "2024/25-Q2")


@pytest.fixture(scope="module")
def ledger():
    return {one.ledger: one for one in definitions.load(Profile("milton-keynes")).values() if one.ledger}


def codes_of(indicator):
    return set(indicator.measure.rows.where.get("offence_code", ()))


def tables(ledger):
    """Every offence of these rows and one of none, in each place and quarter; no two counts alike, one below zero."""
    codes = sorted(set().union(*(codes_of(ledger[row]) for row in ROWS)) | {"999"})
    count = 0
    for period in QUARTERS:
        for place in PLACES:
            for code in codes:
                count += 1
                given = -3 if count == 5 else count
                yield (period[:7], int(period[-1]), "Aldermere", place, f"Offence {code}", "A", "B", code, given)


def test_eleven_rows_by_the_tables_and_three_by_the_extract(ledger):
    by_tables = [row for row in ledger if row.startswith("N") and (m := ledger[row].measure) and m.dataset == TABLES]
    assert sorted(by_tables, key=lambda row: int(row[1:])) == ROWS
    for row in OF_THE_EXTRACT:
        assert (ledger[row].count or ledger[row].measure).dataset == "police-extract"


def test_each_is_known_in_every_quarter_of_the_city_s_own_workbook(aldermere_home, ledger):
    version, profile = snapshot(), Profile.of(aldermere_home)
    where = places(version, profile.partnership)
    for row in ROWS:
        found = measured(ledger[row], version, where, profile.partnership.police_force)
        assert len(found.values) == 6, row
        assert all(value.value is not None and value.value > 0 for value in found.values), row


def test_each_is_the_sum_of_its_offences_in_the_partnership_and_nowhere_else(aldermere_home, ledger, tmp_path):
    version, profile = snapshot(), Profile.of(aldermere_home)
    sent = list(tables(ledger))
    path = write(tmp_path / "prc-csp-mar2024-mar2025-tables.ods", {"2024_25": sent})
    (into := tmp_path / "into").mkdir()
    made = load(path, file_name=path.name, into=into, context=Context(aldermere_home, profile.partnership, version))
    parts = tuple(
        Part(TABLES, one.provider, one.period, one.content, one.rows_accepted, one.parquet, 0) for one in made
    )
    assert [part.period for part in parts] == list(QUARTERS)
    version = replace(version, parts=(*(part for part in version.parts if part.dataset != TABLES), *parts))
    where = places(version, profile.partnership)
    for row in ROWS:
        found = measured(ledger[row], version, where, profile.partnership.police_force)
        wanted = codes_of(ledger[row])
        for period in QUARTERS:
            by_hand = sum(
                count
                for year, quarter, _force, place, *_words, code, count in sent
                if (f"{year}-Q{quarter}", place) == (period, "Aldermere") and (not wanted or code in wanted)
            )
            assert [value.value for value in found.values if value.period == period] == [by_hand], (row, period)
