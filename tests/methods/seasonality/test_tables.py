"""Seasonality on tables: every method runs, under the names that R has."""

import numpy as np
import pytest

from redway.methods.catalogue import methods
from redway.methods.inputs import Unfit

MONTHS = np.arange("2018-01", "2024-01", dtype="datetime64[M]").astype("datetime64[D]")


def run(name, columns, **given):
    method = methods()[name]
    parameters = {p.name: p.default for p in method.parameters} | given
    return method.run(columns, parameters, np.random.default_rng(1))


def monthly():
    t = np.arange(72)
    return {"date": MONTHS, "value": np.random.default_rng(2).poisson(40 + 10 * np.sin(t * np.pi / 6)).astype(float)}


def test_series_are_taken_apart():
    both = {key: np.concatenate([column, column]) for key, column in monthly().items()}
    both["series"] = np.repeat(["north", "south"], 72)
    rows = run("stl", both, **{"s.window": "7"}).rows
    assert rows["trend"] + rows["seasonal"] + rows["remainder"] == pytest.approx(rows["value"])
    with pytest.raises(Unfit, match="periodic"):
        run("stl", both, **{"s.window": "wide"})


def test_forecasts_are_dated():
    rows = run("forecast", monthly(), h=3).rows
    assert rows["date"].astype(str).tolist() == ["2024-01-01", "2024-02-01", "2024-03-01"]
    both = {key: np.concatenate([column, column]) for key, column in monthly().items()}
    both["series"] = np.repeat(["north", "south"], 72)
    assert run("forecast", both, h=2, method="naive").rows["series"].tolist() == ["north", "north", "south", "south"]
    with pytest.raises(Unfit, match="one series"):
        run("forecast-score", both)


def test_scores_are_best_first():
    rows = run("forecast-score", monthly(), h=1).rows
    assert (np.diff(rows["mase"]) >= 0).all()
    assert sorted(rows["method"]) == ["harmonic", "naive", "seasonal-naive", "smoothed"]


def test_the_calendar():
    days = np.arange("2022-01-01", "2024-01-01", dtype="datetime64[D]")
    august = days.astype("datetime64[M]").astype(int) % 12 == 7
    counts = np.random.default_rng(3).poisson(np.where(august, 15, 10)).astype(float)
    mixed = np.random.default_rng(4).permutation(days.size)
    answer = run("calendar-effects", {"date": days[mixed], "count": counts[mixed], "school-holiday": august[mixed]})
    assert answer.rows["effect"][-1] == "school holiday"
    assert "weekdays" in answer.notes[0]


def test_series_that_cannot_be_forecast_are_said():
    table = monthly()
    two = {"series": np.repeat(["a", "b"], table["date"].size)} | {name: np.tile(of, 2) for name, of in table.items()}
    assert run("forecast", two, period=1_000_000).sentence.startswith("Cannot tell, of any of 2 series")
    with pytest.raises(Unfit, match="at most 1000"):
        run("forecast", two, h=10**9)


@pytest.mark.parametrize("name", ["forecast", "forecast-score"])
def test_a_value_far_from_all_others_is_noted(name):
    table = monthly()
    assert run(name, table).notes == ()
    table["value"][1] = 1e9
    (note,) = run(name, table).notes
    assert note.startswith("Look at 1,000,000,000 on 2018-02-01: more than 100 times")


def test_the_note_names_the_series_and_counts_the_others():
    both = {key: np.concatenate([column, column]) for key, column in monthly().items()}
    both["series"] = np.repeat(["north", "south"], 72)
    both["value"][[73, 80, 90]] = 1e7
    (note,) = run("forecast", both).notes
    assert note.startswith("Look at 10,000,000 on 2018-02-01 of “south”, and 2 other values: ")
