"""From a definition to a series: what is known, what is zero, and what a rate is of."""

import numpy as np
import pytest

from redway import periods
from redway.errors import NotSetUp
from redway.indicators import windows
from redway.indicators.query import series_of
from redway.indicators.series import Status
from redway.store.snapshot import Snapshot
from tests.indicators.conftest import HOME_FORCE, an_indicator, row

BTP = "British Transport Police"
BURGLARY = an_indicator("Burglary")


def status(series):
    return {periods.label(m): str(s) for m, s in zip(series.months, series.status[0], strict=True)}


def count(series):
    return {periods.label(m): None if np.isnan(c) else c for m, c in zip(series.months, series.counts[0], strict=True)}


def test_a_month_whose_file_came_without_such_a_row_is_a_true_zero(accepted, where):
    snapshot = accepted([row("2024-01", "E01000001")], also=[(HOME_FORCE, "2024-02")])
    found = series_of(BURGLARY, snapshot, where, HOME_FORCE, "partnership")
    assert count(found) == {"2024-01": 1, "2024-02": 0}
    assert set(status(found).values()) == {"known"}
    assert {type(s) for s in found.status.flat} == {Status}


def test_a_month_without_a_file_is_not_available_and_never_zero(accepted, where):
    snapshot = accepted([row("2024-01", "E01000001"), row("2024-03", "E01000001")])
    found = series_of(BURGLARY, snapshot, where, HOME_FORCE, "partnership")
    assert count(found) == {"2024-01": 1, "2024-02": None, "2024-03": 1}
    assert status(found)["2024-02"] == "not available"


def test_other_forces_are_counted_in_but_cannot_make_a_month_known(accepted, where):
    rows = [
        row("2024-01", "E01000001"),
        row("2024-01", "E01000001", force=BTP),
        row("2024-02", "E01000001", force=BTP),
        row("2024-03", "E01000001"),
        row("2025-09", "E01000001", force=BTP),
    ]
    found = series_of(BURGLARY, accepted(rows), where, HOME_FORCE, "partnership")
    assert count(found) == {"2024-01": 2, "2024-02": None, "2024-03": 1}


def test_the_partnership_is_the_sum_of_its_areas(accepted, where):
    codes = [*where.area_of, "E01999999", None]
    rows = [row(month, code) for n, code in enumerate(codes) for month in ("2014-01", "2014-03") for _ in range(n)]
    areas = series_of(BURGLARY, accepted(rows), where, HOME_FORCE, "area")
    whole = series_of(BURGLARY, accepted(rows), where, HOME_FORCE, "partnership")
    assert [a.code for a in areas.areas] == [a.code for a in where.areas]
    assert np.array_equal(areas.counts.sum(axis=0, keepdims=True), whole.counts, equal_nan=True)
    assert whole.areas == (where.partnership,)


def test_a_series_runs_on_over_the_change_of_areas_in_2021(accepted, where):
    rows = [row("2019-01", "E01000002")] * 4 + [row("2024-01", "E01900002"), row("2024-01", "E01900003")] * 2
    found = series_of(BURGLARY, accepted(rows), where, HOME_FORCE, "area").row("E01900003")
    assert (count(found)["2019-01"], count(found)["2024-01"]) == (4, 4)
    assert found.denominators.tolist() == [3000.0]


def test_rates_are_given_only_where_residents_are_a_fair_base(accepted, where):
    snapshot = accepted([row("2024-01", "E01000001")])

    def denominators(indicator, level):
        return series_of(indicator, snapshot, where, HOME_FORCE, level).denominators.tolist()

    assert denominators(BURGLARY, "area") == pytest.approx([1000, 3000, np.nan], nan_ok=True)
    assert denominators(BURGLARY, "partnership") == [4050]
    shops = an_indicator("Shoplifting", levels=["partnership"])
    assert np.isnan(denominators(shops, "area")).all()
    assert denominators(shops, "partnership") == [4050]
    assert np.isnan(denominators(an_indicator("Burglary", rate=None), "partnership")).all()


def test_an_older_version_gives_its_older_figures_again(accepted, where):
    first = accepted([row("2024-01", "E01000001")] * 3, number=1)
    second = accepted([row("2024-01", "E01000001")] * 5, number=2)
    counts = [
        count(series_of(BURGLARY, s, where, HOME_FORCE, "partnership"))["2024-01"] for s in (first, second, first)
    ]
    assert counts == [3, 5, 3]


def test_a_series_cannot_be_changed_by_whoever_reads_it(accepted, where):
    found = series_of(BURGLARY, accepted([row("2024-01", "E01000001")]), where, HOME_FORCE, "area")
    with pytest.raises(ValueError, match="read-only"):
        found.counts[0, 0] = 99
    with pytest.raises(ValueError, match="read-only"):
        found.status[0, 0] = Status.SUPPRESSED


def test_before_anything_is_imported_the_error_says_what_to_do(where):
    with pytest.raises(NotSetUp, match=r"Thames Valley Police.*none in data version 0.*redway import police-street"):
        series_of(BURGLARY, Snapshot(0, ()), where, HOME_FORCE, "partnership")


def test_files_of_other_forces_alone_are_not_enough(accepted, where):
    with pytest.raises(NotSetUp, match=r"Thames Valley Police.*British Transport Police only"):
        series_of(BURGLARY, accepted([row("2024-01", "E01000001", force=BTP)]), where, HOME_FORCE, "partnership")


def test_an_indicator_that_awaits_data_says_which_and_from_whom(accepted, where):
    waiting = an_indicator(
        count=None,
        rate=None,
        needs={
            "dataset": "made-up",
            "provider": "the ambulance service",
            "what": "A monthly return of call-outs.",
        },
    )
    with pytest.raises(NotSetUp, match=r"“made-up” from the ambulance service.*A monthly return of call-outs"):
        series_of(waiting, accepted([row("2024-01", "E01000001")]), where, HOME_FORCE, "partnership")


def test_windows_of_areas_keep_their_rows_apart(accepted, where):
    rows = [row(f"2024-{m:02d}", "E01000001") for m in (4, 5, 6)] + [row("2024-05", "E01900003")]
    table = windows.quarters(series_of(BURGLARY, accepted(rows), where, HOME_FORCE, "area"))
    assert table.counts[:, 0].tolist() == [3, 1, 0]
    assert table.rates(1000)[:2, 0].tolist() == pytest.approx([3.0, 1 / 3])
    assert np.isnan(table.rates(1000)[2, 0])
