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


def shared(n=600):
    """Events at points some 80 m apart, as data.police.uk has them."""
    rng = np.random.default_rng(5)
    at = 430_000 + 80.0 * rng.integers(0, 20, (2, n))
    date = np.datetime64("2025-01-01") + rng.integers(0, 360, n).astype("timedelta64[D]")
    return {"x": at[0], "y": at[1], "date": date}


def test_street_level_claims_are_refused_on_shared_points():
    columns = shared()
    for name, settings in (("knox", {}), ("near-repeats", {}), ("repeat-victims", {})):
        with pytest.raises(Unfit, match="moved to"):
            run(name, columns, **settings)
        assert run(name, columns, **settings | {"moved": "no"}).sentence
    wide = run("knox", columns, sds="0,300,600", nrep=19)
    assert "were moved to 305 shared points" in wide.notes[0]
    assert "shared points" in run("near-repeats", columns, distance=300.0).notes[0]
    with pytest.raises(Unfit, match="On or near"):
        run("repeat-victims", {"victim": np.full(9, "On or near High Street"), "date": columns["date"][:9]})


def test_shared_points_in_degrees_are_known_too():
    columns = shared()
    degrees = columns | {"x": -0.7 + (columns["x"] - 430_000) / 68_700, "y": 52 + (columns["y"] - 430_000) / 111_200}
    with pytest.raises(
        Unfit,
        match=r"bands of distance of at least 300 m.* the usual ones, the narrowest of 0.1 m.*--sds 0,300,600,1200",
    ):
        run("knox", degrees, method="great-circle")


@pytest.mark.parametrize("name", ["knox", "near-repeats", "repeat-victims"])
def test_missing_places_are_named_by_line(columns, name):
    del columns["victim"]
    columns["x"], columns["y"] = columns["x"] + 430_000, columns["y"] + 430_000
    columns["x"][4] = columns["y"][4] = 0
    with pytest.raises(Unfit, match="line 6: expected a place for every row"):
        run(name, columns)


def test_nowhere_in_degrees_is_refused(columns):
    degrees = {"x": -0.7 + columns["x"] / 68_700, "y": 52 + columns["y"] / 111_200, "date": columns["date"]}
    degrees["x"][2] = degrees["y"][2] = 0
    with pytest.raises(Unfit, match="line 4: expected a place for every row"):
        run("near-repeats", degrees, method="great-circle")


def test_a_block_of_flats_is_no_repeat_location(columns):
    hit = np.array(["block"] * 8 + ["house"] * 5 + [f"h{i}" for i in range(30)])
    events = {"victim": hit, "date": columns["date"][: hit.size]}
    places = {
        "victim": np.array(["block", "house", *(f"h{i}" for i in range(500))]),
        "exposure": np.array([120.0, 1, *[1.0] * 500]),
    }
    rows = run("repeat-victims", events, by="place", places=places).rows
    assert rows["place"][:2].tolist() == ["block", "house"]
    assert rows["listed"][:2].tolist() == [False, True]
    alike = run("repeat-victims", events, by="place", at_risk=502.0).rows
    assert alike["listed"][:2].tolist() == [True, True]
    by_column = events | {"exposure": np.where(hit == "block", 120.0, 1.0)}
    own = run("repeat-victims", by_column, by="place", at_risk=621.0)
    assert own.rows["expected"].tolist() == pytest.approx(rows["expected"].tolist())
    assert own.rows["listed"].tolist() == rows["listed"].tolist()
    told = [run("repeat-victims", table, **more).sentence for table, more in (
        (events, {"places": places}), (by_column, {"at_risk": 621.0}), (events, {"at_risk": 502.0}))]  # fmt: skip
    assert told[0] == told[1] != told[2]
    with pytest.raises(Unfit, match="at_risk"):
        run("repeat-victims", by_column)
    with pytest.raises(Unfit, match="an exposure for every place"):
        run("repeat-victims", events, by="place", places={"victim": np.array(["block"]), "exposure": np.ones(1)})


def test_a_day_before_events_is_said_to_be_so(columns):
    early = run("near-repeats", columns, now="2024-12-01", moved="no")
    assert early.notes[-1].startswith("All 120 events came after 2024-12-01")
    assert run("near-repeats", columns, now="2026-12-01", moved="no").notes == ()


def test_events_after_the_last_day_that_was_watched_are_told_by_their_dates(columns):
    columns["date"][:] = np.datetime64("2025-01-01")
    columns["date"][3] = np.datetime64("2025-02-01")
    with pytest.raises(Unfit, match=r"line 5, column “date”: .*2025-01-15, and an event on 2025-02-01"):
        run("repeat-victims", columns, until="2025-01-15")
