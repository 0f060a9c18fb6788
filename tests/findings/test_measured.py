"""How measures say themselves: rounded counts as such, periods as a chart has room for them, why there is none."""

import pytest

from redway.findings import measured as said
from redway.indicators.measure import Measure
from redway.indicators.measures import Measured, Value
from redway.indicators.series import Status

SHARE = Measure(kind="ratio", dataset="agency-counts", by="own", unit="of cases heard", amount="count", over="out_of")
SUM = Measure(kind="sum", dataset="agency-counts", by="own", unit="cases", amount="count")


def found(value, rounded_to):
    return Measured("x", (value,), (value.period,), ("",), rounded_to=rounded_to)


def test_what_a_share_is_made_of_is_about_and_rounded_where_it_is_so():
    value = Value("2025/26-Q2", "", Status.KNOWN, value=40.0, low=33.5, high=46.9, hits=80, base=200)
    assert said.sentence(SHARE, found(value, 5)) == (
        "40% (33% to 47%) of cases heard in July to September 2025: about 80 of 200. "
        "Counts are rounded to the nearest 5."
    )
    assert said.sentence(SHARE, found(value, 1)) == (
        "40% (33% to 47%) of cases heard in July to September 2025: 80 of 200."
    )


def test_a_rounded_sum_is_about_what_it_says():
    value = Value("2025/26-Q2", "", Status.KNOWN, value=15.0, hits=15)
    assert said.sentence(SUM, found(value, 5)) == (
        "About 15 cases in July to September 2025. Counts are rounded to the nearest 5."
    )


def test_a_period_that_is_not_over_is_called_not_yet_come_and_not_withheld():
    assert said.why(Value("2025/26-Q3", "", Status.NOT_YET)) == "not yet come"


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2025-11", "Nov 2025"),
        ("2025/26-Q2", "Jul to Sep 2025"),
        ("YE-2025-11", "Year to Nov 2025"),
        ("2025-autumn", "autumn term 2025"),
        ("wave 3", "wave 3"),
    ],
)
def test_a_period_is_named_in_a_chart_as_beside_it(period, expected):
    assert said.label(period) == expected
