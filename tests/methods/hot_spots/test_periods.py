"""Periods as people write them."""

import numpy as np
import pytest

from redway.methods.catalogue import methods
from redway.methods.hot_spots.periods import numbered
from redway.methods.inputs import Unfit


def of(days, length, first, *, chosen=True):
    dates = np.array(days, "datetime64[D]")
    return numbered(dates, np.datetime64(first, "D").astype(float), length, chosen=chosen).tolist()


@pytest.mark.parametrize("length", ["28", 28, "28 days", "28days", "4 weeks", "4 Weeks", "28 day"])
def test_days_and_weeks_are_counted_from_the_first_day(length):
    assert of(["2025-01-02", "2025-01-29", "2025-01-30", "2025-02-27"], length, "2025-01-02") == [0, 0, 1, 2]


@pytest.mark.parametrize("length", ["1 month", "month", "1 months"])
def test_months_are_the_calendar_s_where_no_first_day_was_chosen(length):
    assert of(["2025-01-20", "2025-01-31", "2025-02-01", "2026-01-01"], length, "2025-01-20", chosen=False) == [
        0,
        0,
        1,
        12,
    ]


def test_months_run_from_the_day_that_was_chosen():
    assert of(["2025-01-20", "2025-02-19", "2025-02-20", "2025-03-19"], "1 month", "2025-01-20") == [0, 0, 1, 1]
    assert of(["2025-01-31", "2025-02-27", "2025-02-28", "2025-03-30", "2025-03-31"], "month", "2025-01-31") == [
        0,
        0,
        1,
        1,
        2,
    ]
    assert of(["2025-01-01", "2025-06-30", "2025-07-01"], "2 quarters", "2025-01-01") == [0, 0, 1]
    assert of(["2025-01-01", "2025-12-31", "2026-01-01"], "1 year", "2025-01-01") == [0, 0, 1]


@pytest.mark.parametrize(
    "length", ["", "0", "-1", "1.5", "0 months", "a month", "1 fortnight", "inf", "nan", "10" * 20, "1 monht"]
)
def test_a_period_that_is_none_is_refused_in_three_parts(length):
    with pytest.raises(Unfit, match="period: so many days") as refused:
        of(["2025-01-01"], length, "2025-01-01")
    assert refused.value.came
    assert refused.value.cause


@pytest.mark.peers
def test_sfhotspots_classes_by_the_month_can_be_had_by_name(memphis, peer):
    """The reference that its own way of saying so, period = "1 month", made."""
    _, x, y = memphis
    method = methods()["hot-spot-classes"]
    table = {"x": x, "y": y, "date": np.array(peer("memphis_robberies_utm16n_input")["date"], "datetime64[D]")}
    given = {p.name: p.default for p in method.parameters} | {"period": "1 month", "cell_size": 500.0}
    found = method.run(table, given | {"like_sfhotspot": True}, None)
    assert (found.rows["hotspot_category"] == peer("memphis_classify500_1month")["hotspot_category"]).all()
