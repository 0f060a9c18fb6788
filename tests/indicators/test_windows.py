"""Quarters, twelve months and comparisons: given whole, or not at all."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redway import periods
from redway.indicators import windows
from redway.indicators.series import Area, Series, Status

M = periods.month
MILTON_KEYNES_MONTHS = [  # the 28 that exist
    *range(M("2014-01"), M("2014-11")),
    M("2018-06"),
    *range(M("2018-10"), M("2019-02")),
    *range(M("2024-01"), M("2024-04")),
    *range(M("2025-01"), M("2025-07")),
    *range(M("2025-08"), M("2025-12")),
]


def a_series(known: dict[int, float], **more: dict[int, float]) -> Series:
    """A series of one area (more areas by keyword), known in the months given."""
    rows = [known, *more.values()]
    months = periods.span(m for row in rows for m in row)
    counts = np.array([[row.get(m, np.nan) for m in months] for row in rows])
    status = np.empty(counts.shape, object)
    status.fill(Status.KNOWN)
    status[np.isnan(counts)] = Status.NOT_AVAILABLE
    areas = tuple(Area(f"area {i}", f"Area {i}", "area", 1000) for i in range(len(rows)))
    return Series("recorded-burglary", areas, months, counts, status, np.full(len(rows), 1000.0))


def ones(months):
    return a_series(dict.fromkeys(months, 1.0))


some_months = st.dictionaries(st.integers(M("2020-01"), M("2023-12")), st.integers(0, 50), min_size=1)


@settings(deadline=None)
@given(some_months)
def test_a_window_is_the_sum_of_its_months_or_nothing(known):
    series = a_series(known)
    for name, wanted in [
        *((periods.year_ending(m), range(m - 11, m + 1)) for m in series.months),
        *((q, periods.quarter_months(q)) for q in {periods.quarter(m) for m in series.months}),
    ]:
        table = windows.rolling_12(series) if name.startswith("YE") else windows.quarters(series)
        at = table.labels.index(name)
        if all(m in known for m in wanted):
            assert table.counts[0, at] == sum(known[m] for m in wanted)
            assert table.status[0, at] == Status.KNOWN
        else:
            lacking = [m for m in wanted if m not in known]
            to_come = wanted[0] in series.months and min(lacking) >= series.months.stop
            assert np.isnan(table.counts[0, at])
            assert table.status[0, at] == (Status.NOT_YET if to_come else Status.NOT_AVAILABLE)


@settings(deadline=None)
@given(some_months)
def test_every_period_from_the_first_to_the_last_has_its_label_once_and_in_order(known):
    series = a_series(known)
    assert [M(name) for name in windows.months(series).labels] == list(series.months)
    assert [M(name[3:]) for name in windows.rolling_12(series).labels] == list(series.months)
    quarters = windows.quarters(series).labels
    assert list(quarters) == sorted(set(quarters))
    assert {m for q in quarters for m in periods.quarter_months(q)} >= set(series.months)


@settings(deadline=None)
@given(some_months)
def test_a_comparison_sets_each_month_against_its_namesake_and_only_known_ones(known):
    found = windows.comparison(a_series(known))
    assert set(found.after) | set(found.before) <= set(known)
    assert [m - 12 for m in found.after] == list(found.before)
    assert bool(found.kind) == bool(found.after) == (not found.reason)


@settings(deadline=None)
@given(some_months)
def test_matched_months_are_used_only_where_two_whole_years_are_not_there(known):
    found = windows.comparison(a_series(known))
    last = max(known)
    assert (found.kind == "rolling-12") == all(m in known for m in range(last - 23, last + 1))


def test_financial_quarters_begin_in_april():
    table = windows.quarters(ones(range(M("2025-03"), M("2025-12"))))
    assert table.labels == ("2024/25-Q4", "2025/26-Q1", "2025/26-Q2", "2025/26-Q3")
    assert table.complete == ("2025/26-Q1", "2025/26-Q2")


def test_a_quarter_with_one_month_missing_is_not_available():
    table = windows.quarters(ones([M("2025-04"), M("2025-06")]))
    assert list(table.status[0]) == [Status.NOT_AVAILABLE]
    assert np.isnan(table.counts).all()


def test_thirty_months_with_one_gap_give_nine_rolling_years_and_none_across_the_gap():
    sunderland = [m for m in range(M("2020-05"), M("2022-12")) if m != M("2022-01")]
    table = windows.rolling_12(ones(sunderland))
    assert table.complete == tuple(f"YE-{periods.label(m)}" for m in range(M("2021-04"), M("2022-01")))
    assert windows.why_no_year(ones(sunderland)) == ""


def test_milton_keynes_has_no_year_and_three_months_to_compare():
    series = ones(MILTON_KEYNES_MONTHS)
    assert windows.rolling_12(series).complete == ()
    found = windows.comparison(series)
    assert (found.kind, found.after_words, found.before_words) == (
        "matched months",
        "January to March 2025",
        "January to March 2024",
    )
    assert windows.why_no_year(series) == (
        "No rolling twelve months are complete: the longest unbroken run is ten months, January to October 2014. "
        "Matched months can be compared: January to March 2025 with January to March 2024."
    )


def test_two_whole_years_are_compared_as_years():
    found = windows.comparison(ones(range(M("2023-12"), M("2025-12"))))
    assert found.kind == "rolling-12"
    assert found.after_words == "the year ending November 2025"
    assert found.before_words == "the year ending November 2024"


def test_with_nothing_a_year_apart_there_is_no_comparison_and_a_reason():
    series = ones([M("2024-06"), M("2025-01")])
    assert windows.comparison(series).kind is None
    assert windows.comparison(series).reason == (
        "No month of 2025 that is known is known for 2024 too, so there is nothing to compare."
    )
    assert windows.why_no_year(series).startswith(
        "No rolling twelve months are complete: the longest unbroken run is one month, June 2024."
    )


def test_a_month_missing_in_one_area_is_not_compared_in_any():
    whole = dict.fromkeys(range(M("2023-01"), M("2025-01")), 1.0)
    found = windows.comparison(a_series(whole, another={m: 1.0 for m in whole if m != M("2024-02")}))
    assert found.kind == "matched months"
    assert M("2024-02") not in found.after


def test_totals_are_by_area_and_never_of_a_part():
    series = a_series({M("2025-01"): 2.0, M("2025-02"): 3.0}, another={M("2025-01"): 5.0})
    assert windows.total(series, [M("2025-01")]).tolist() == [2.0, 5.0]
    both = windows.total(series, [M("2025-01"), M("2025-02")])
    assert both[0] == 5.0
    assert np.isnan(both[1])
    assert np.isnan(windows.total(series, [M("2026-01")])).all()


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([Status.KNOWN] * 3, Status.KNOWN),
        ([Status.KNOWN, Status.PROVISIONAL, Status.KNOWN], Status.PROVISIONAL),
        ([Status.KNOWN, Status.SUPPRESSED, Status.KNOWN], Status.SUPPRESSED),
        ([Status.SUPPRESSED] * 3, Status.SUPPRESSED),
        ([Status.KNOWN, Status.LATE, Status.KNOWN], Status.LATE),
        ([Status.KNOWN, Status.NOT_AVAILABLE, Status.KNOWN], Status.NOT_AVAILABLE),
        ([Status.SUPPRESSED, Status.SUPPRESSED, Status.NOT_AVAILABLE], Status.NOT_AVAILABLE),
        ([Status.SUPPRESSED, Status.KNOWN, Status.NOT_YET], Status.NOT_YET),
        ([Status.NOT_AVAILABLE, Status.LATE, Status.NOT_YET], Status.LATE),
    ],
)
def test_the_status_of_a_quarter_is_that_of_its_months(parts, whole):
    series = ones(range(M("2025-04"), M("2025-07")))
    series.status[0] = parts
    table = windows.quarters(series)
    assert table.status[0, 0] is whole
    assert np.isnan(table.counts[0, 0]) == (whole not in windows.COUNTED)


def test_rates_are_of_the_period_itself_and_blank_without_a_denominator():
    series = ones(range(M("2025-04"), M("2025-07")))
    assert windows.quarters(series).rates(1000).tolist() == [[3.0]]
    series.denominators[0] = np.nan
    assert np.isnan(windows.quarters(series).rates(1000)).all()
