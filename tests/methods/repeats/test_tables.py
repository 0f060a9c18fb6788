"""Repeats by name: each runs on a plain table, and says what is wrong with one that is not."""

import numpy as np
import pytest

from redway.methods.inputs import Unfit
from redway.methods.repeats.tables import METHODS

BY_NAME = {method.name: method for method in METHODS}


@pytest.fixture
def columns():
    rng = np.random.default_rng(1)
    date = np.datetime64("2025-01-01") + rng.integers(0, 360, 120).astype("timedelta64[D]")
    x, y = rng.uniform(0, 3000, (2, 120))
    return {"x": x, "y": y, "date": date, "victim": rng.integers(0, 80, 120).astype(str)}


def run(name, columns, **settings):
    given = {p.name: p.default for p in BY_NAME[name].parameters} | settings
    return BY_NAME[name].run(columns, given, np.random.default_rng(1))


@pytest.mark.parametrize("name", BY_NAME)
def test_every_method_runs_on_a_table(columns, name):
    answer = run(name, columns)
    assert answer.sentence.endswith(".")
    assert len({len(values) for values in answer.rows.values()}) == 1


def test_times_may_stay_in_their_area_and_season(columns):
    columns["area"] = np.where(columns["x"] < 1500, "west", "east")
    rows = run("knox", columns, season=91.0, nrep=19).rows
    assert np.isnan(rows["expected"]).all(), "no formula with strata"


@pytest.mark.parametrize(
    ("name", "settings"),
    [("knox", {"sds": "0,near"}), ("near-repeats", {"now": "today-ish"}), ("repeat-victims", {"until": "2020-01-01"})],
)
def test_settings_that_cannot_be_read_are_refused(columns, name, settings):
    with pytest.raises(Unfit):
        run(name, columns, **settings)


def test_a_missing_date_is_refused(columns):
    columns["date"][0] = np.datetime64("NaT")
    with pytest.raises(Unfit, match="a date for every event"):
        run("knox", columns)
