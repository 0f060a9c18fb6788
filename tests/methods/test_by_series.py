"""Long tables as one array: what is missing is not known, and every fault has the line of the file."""

import numpy as np
import pytest

from redway.methods.by_series import by_series, periods_ahead
from redway.methods.catalogue import methods
from redway.methods.inputs import Unfit

MONTHS = np.arange("2022-01", "2025-01", dtype="datetime64[M]").astype("datetime64[D]")
WEEKS = np.arange("2024-01-01", "2024-12-01", 7, dtype="datetime64[D]")


def two():
    """Two series, the second of which has no February and an empty March; rows in no order."""
    dates = np.array(["2024-03-01", "2024-01-01", "2024-01-09", "2024-02-01", "2024-03-31"], "datetime64[D]")
    names = np.array(["south", "south", "north", "north", "north"])
    return {"series": names, "date": dates, "count": np.array([np.nan, 1, 2, 3, 4])}


def test_what_has_no_row_is_not_known():
    table = by_series(two(), ("count", "weight"), 12)
    assert table.names.tolist() == ["north", "south"]
    assert list(table.values) == ["count"]
    np.testing.assert_array_equal(table.values["count"], [[2, 3, 4], [1, np.nan, np.nan]])


@pytest.mark.parametrize(
    ("frequency", "dates", "starts"),
    [
        (4, ["2024-01-01", "2024-05-31", "2024-10-02"], ["2024-01-01", "2024-04-01", "2024-07-01", "2024-10-01"]),
        (4, ["2023-12-01", "2024-06-01"], ["2023-12-01", "2024-03-01", "2024-06-01"]),
        (1, ["2021-04-01", "2023-04-01"], ["2021-04-01", "2022-04-01", "2023-04-01"]),
        (1, ["2021-03-01", "2022-12-31"], ["2021-01-01", "2022-01-01"]),
        (1, ["1968-06-01", "1970-06-01"], ["1968-06-01", "1969-06-01", "1970-06-01"]),
    ],
)
def test_quarters_and_years_begin_where_their_dates_do(frequency, dates, starts):
    given = {"date": np.array(dates, "datetime64[D]"), "count": np.arange(len(dates)) + 1.0}
    table = by_series(given, ("count",), frequency)
    assert table.starts.astype(str).tolist() == starts
    assert np.nansum(table.values["count"]) == given["count"].sum()
    assert periods_ahead(table.starts[-2], 1, frequency).tolist() == [table.starts[-1].item()]


@pytest.mark.parametrize("frequency", [0, -1, 3, 24, 10**20])
def test_a_frequency_that_is_none_is_refused_with_what_it_may_be(frequency):
    with pytest.raises(Unfit, match="4 for quarters, 1 for years"):
        by_series(two(), ("count",), frequency)


def changed(**columns):
    return two() | {name: np.array(values) for name, values in columns.items()}


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (two(), "line 3, column “count”: .*after this line no row for 2024-02-01 of “south”"),
        (changed(date=MONTHS[[1, 0, 0, 1, 2]]), "line 2, column “count”: .*an empty cell for 2022-02-01 of “south”"),
        (changed(count=[1.0, -1, 2, 3, 4]), "line 3: expected count: numbers of at least 0"),
        (changed(count=[1.0, 1, 2, 3.5, 4]), "line 5: expected count: whole numbers"),
        (changed(date=MONTHS[[2, 0, 0, 1, 1]]), "line 6, column “date”: .*another for 2022-02-01 of “north”"),
        (changed(date=MONTHS[:5], series=["n"] * 4 + ["s"]), "line 2, column “count”: .*an empty cell"),
    ],
)
def test_every_fault_has_its_line(columns, told):
    with pytest.raises(Unfit, match=told):
        by_series(columns, ("count",), 12, whole=("count",))


def test_a_series_that_begins_late_has_no_line_before_it():
    late = {"series": np.array(["b", "a"]), "date": MONTHS[:2], "count": np.ones(2)}
    with pytest.raises(Unfit, match=r"column “count”: .*no row for 2022-01-01 of “a”"):
        by_series(late, ("count",), 12, whole=("count",))


def test_weeks_that_begin_on_another_day_have_their_line():
    dates = WEEKS[:4] + np.array([0, 0, 2, 0])
    with pytest.raises(Unfit, match=r"line 4, column “date”: expected weeks .*some 2 days off"):
        by_series({"date": dates, "count": np.ones(4)}, ("count",), 52)


@pytest.mark.parametrize("name", ["stl", "forecast", "forecast-score", "cusum", "count-scan", "control-chart"])
def test_methods_that_need_every_period_name_the_line(name):
    method = methods()[name]
    settings = {p.name: p.default for p in method.parameters}
    dates = {12: MONTHS, 52: WEEKS}.get(settings["frequency"], MONTHS[0] + np.arange(60))
    of = next(c.name for c in method.columns if c.name in ("value", "count"))
    values = np.random.default_rng(1).poisson(20, dates.size).astype(float)
    for columns, told in (
        ({"date": dates, of: np.where(np.arange(dates.size) == 9, np.nan, values)}, "line 11, column .*an empty cell"),
        ({"date": np.delete(dates, 9), of: np.delete(values, 9)}, "line 10, column .*after this line no row for"),
    ):
        with pytest.raises(Unfit, match=told):
            method.run(columns, settings, np.random.default_rng(1))
