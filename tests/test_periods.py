"""Months in words."""

import pytest

from redway import periods


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([("2024-01", "2024-03")], "January to March 2024"),
        ([("2025-01", "2025-06"), ("2025-08", "2025-11")], "January to June and August to November 2025"),
        ([("2014-11", "2018-05"), ("2018-07", "2018-09")], "November 2014 to May 2018 and July to September 2018"),
        ([("2018-07", "2018-07"), ("2018-12", "2019-02")], "July 2018 and December 2018 to February 2019"),
        ([], ""),
    ],
)
def test_a_stretch_over_a_new_year_names_both_years(runs, expected):
    months = [m for first, last in runs for m in range(periods.month(first), periods.month(last) + 1)]
    assert periods.phrase(months) == expected
