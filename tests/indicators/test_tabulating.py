"""Counts of a table: each row in one cell, wards by small areas of either vintage, no count of what has not come."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from redway.errors import NotSetUp, RedwayError
from redway.indicators import definitions, sets
from redway.indicators.tables import Definition, counted
from redway.indicators.tabulating import Here, tabulated, whole_periods
from redway.store.profile import Profile
from redway.store.snapshot import Part
from tests.indicators.conftest import row

OLD, SPLIT, NEW, MORE, ALONE = "E01000001", "E01000002", "E01900002", "E01900003", "E01000004"


@pytest.fixture
def here(home, where):
    (home.profile / "profile.yaml").write_text("profile: ''\n")
    (home.profile / "partnership.yaml").write_text(
        "name: Aby\nshort_name: Aby\nplace: Aby\ndistrict: E06000042\npolice_force: Thames Valley Police\n"
    )
    return Here(Profile.of(home), where)


@pytest.fixture
def with_wards(home):
    """A snapshot that knows the wards too: `with_wards(snapshot, {small area of 2021: ward})`."""

    def add(snapshot, wards):
        columns = {
            "lsoa-wards": {"lsoa21_code": list(wards), "ward_name": list(wards.values())},
            "lsoa-lookup": {
                "lsoa11_code": [OLD, SPLIT, SPLIT, ALONE],
                "lsoa21_code": [OLD, NEW, MORE, ALONE],
            },
        }
        parts = []
        for name, held in columns.items():
            path = home.accepted / f"{name}.parquet"
            pq.write_table(pa.table(held), path)
            parts.append(Part(name, "ONS", "", name, len(held), path, 90))
        return replace(snapshot, parts=(*snapshot.parts, *parts))

    return add


def a_table(here, **given):
    ordinary = {"id": "t", "title": "T", "dataset": "police-street", "what": "crimes", "period": "month"}
    ordinary |= {"rows": {"by": "ward"}, "columns": {"column": "crime_type"}}
    return counted(
        Definition.model_validate(ordinary | given), definitions.load(here.profile), sets.definitions(here.profile)
    )


def test_wards_hold_the_small_areas_of_both_vintages(accepted, with_wards, here):
    rows = [row("2025-01", code) for code in (OLD, SPLIT, NEW, NEW, MORE, ALONE, "E01999999")]
    read = with_wards(accepted(rows), {OLD: "North", NEW: "South", MORE: "South", ALONE: "North"})
    made = tabulated(a_table(here), "2025-01", read, here)
    assert (made.rows, made.columns) == (("North", "South"), ("Burglary",))
    assert made.counts.tolist() == [[2], [4]]  # what lies outside the partnership does not count


def test_a_small_area_of_2011_in_two_wards_is_in_neither(accepted, with_wards, here):
    rows = [row("2025-01", code) for code in (OLD, SPLIT, NEW, MORE)]
    read = with_wards(accepted(rows), {OLD: "North", NEW: "South", MORE: "North", ALONE: "North"})
    made = tabulated(a_table(here), "2025-01", read, here)
    assert made.rows == ("North", "South", "Not known")
    assert made.counts.tolist() == [[2], [1], [1]]


def test_areas_are_those_that_both_vintages_share(accepted, here):
    rows = [row("2025-01", code) for code in (OLD, SPLIT, NEW, MORE, ALONE)]
    made = tabulated(a_table(here, rows={"by": "area"}), "2025-01", accepted(rows), here)
    assert dict(zip(made.rows, made.counts[:, 0], strict=True)) == {
        "Aby 001A": 1,
        "Aby 001B and 001C": 3,
        "Aby 001D": 1,
    }


def test_without_wards_it_says_what_to_import(accepted, here):
    with pytest.raises(NotSetUp, match="redway import lsoa-wards"):
        tabulated(a_table(here), "2025-01", accepted([row("2025-01", OLD)]), here)


def test_groups_and_the_rest(accepted, here):
    rows = [row("2025-01", OLD, kind) for kind in ("Burglary", "Robbery", "Robbery", "Drugs", "")]
    axis = {"column": "crime_type", "groups": [{"label": "Theft", "values": ["Burglary", "Robbery"]}], "rest": "Others"}
    made = tabulated(a_table(here, rows={"by": "area"}, columns=axis), "2025-01", accepted(rows), here)
    assert made.columns == ("Theft", "Others", "Not known")
    assert made.counts.sum(axis=0).tolist() == [3, 1, 1]


def test_a_period_that_is_not_whole_is_not_counted(accepted, here):
    rows = [row("2025-01", OLD), row("2025-03", OLD)]
    one = a_table(here, rows={"by": "area"}, period="quarter")
    with pytest.raises(NotSetUp, match="nothing yet of February 2025 from The Thames Valley Police"):
        tabulated(one, "2024/25-Q4", accepted(rows), replace(here, called=lambda agency: f"The {agency}"))
    assert whole_periods(one, accepted(rows), here) == []
    read = accepted([*rows, row("2025-02", OLD, "Robbery")])
    assert whole_periods(one, read, here) == ["2024/25-Q4"]
    assert tabulated(one, "2024/25-Q4", read, here).counts.sum() == 3


def test_a_month_that_has_not_come_is_a_gap_and_no_zero(accepted, here):
    rows = [row("2025-01", OLD), row("2025-03", OLD, "Robbery")]
    one = a_table(here, rows={"column": "crime_type"}, columns={"by": "month"}, period="quarter")
    made = tabulated(one, "2024/25-Q4", accepted(rows), here)
    assert made.columns == ("2025-01", "2025-02", "2025-03")
    np.testing.assert_array_equal(made.counts, [[1, np.nan, 0], [0, np.nan, 1]])


@pytest.fixture
def with_fires(home, accepted):
    """A snapshot with one fire, of a period as it was sent."""

    def make(period):
        path = home.accepted / "fire.parquet"
        rows = {"incident": ["T-1"], "cause": ["deliberate"], "incident_type": ["primary-fire"]}
        pq.write_table(pa.table(rows | {"month": pa.nulls(1, pa.string()), "period": [period]}), path)
        read = accepted([row("2025-01", OLD)])
        return replace(read, parts=(*read.parts, Part("fire", "x", period, "f", 1, path, 91)))

    return make


def test_rows_of_a_quarter_make_a_table_of_quarters_and_none_of_months(with_fires, here):
    read, fires = with_fires("2024/25-Q4"), {"dataset": "fire", "rows": {"column": "incident_type"}}
    made = tabulated(a_table(here, **fires, columns={"column": "cause"}, period="quarter"), "2024/25-Q4", read, here)
    assert made.counts.sum() == 1
    with pytest.raises(RedwayError, match="the return is for longer periods"):
        tabulated(a_table(here, **fires, columns={"by": "month"}, period="quarter"), "2024/25-Q4", read, here)


def test_what_is_written_freely_parts_nothing_of_partners(with_fires, here):
    one = a_table(here, dataset="fire", rows={"column": "incident"}, columns={"column": "cause"})
    with pytest.raises(RedwayError, match="written freely can name somebody"):
        tabulated(one, "2025-01", with_fires("2025-01"), here)
