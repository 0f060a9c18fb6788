"""A map of somebody's own on events that it has not seen: by place or label, and what falls off it is missed."""

import numpy as np
import pytest

from redway.methods.catalogue import methods
from redway.methods.hot_spots.own_map import OUTSIDE, cell_of, own_map
from redway.methods.inputs import Unfit

X, Y = (100.0 * part.ravel() + 50 for part in np.meshgrid(np.arange(10), np.arange(10)))
METHOD = methods()["hot-spot-accuracy"]


def run(columns, **settings):
    given = {p.name: p.default for p in METHOD.parameters} | {"moved": "no"} | settings
    return METHOD.run(columns, given, np.random.default_rng(1))


def later(n=300, seed=1):
    """Events of ten weeks, half of them in the south-west corner's cell."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 1000, (2, n))
    x[: n // 2], y[: n // 2] = rng.uniform(0, 100, (2, n // 2))
    return {"x": x, "y": y, "date": np.datetime64("2025-03-03") + rng.integers(0, 70, n).astype("timedelta64[D]")}


def test_every_point_is_in_the_cell_that_holds_it():
    rng = np.random.default_rng(2)
    x, y = rng.uniform(-200, 1200, (2, 500))
    cells = own_map(np.ones(100), x=X, y=Y)
    assert cells.size == pytest.approx(100)
    inside = (x >= 0) & (x < 1000) & (y >= 0) & (y < 1000)
    expected = np.where(inside, 10 * (y // 100) + x // 100, OUTSIDE)
    assert cell_of(cells, x=x, y=y).tolist() == expected.tolist()
    named = own_map(np.ones(100), label=np.arange(100).astype(str))
    label = np.where(inside, expected, 777).astype(int).astype(str)
    assert cell_of(named, label=label).tolist() == expected.tolist()


def test_hexagons_hold_what_is_nearest():
    rows = np.arange(6)
    x = np.concatenate([100 * np.arange(6) + 50 * (row % 2) for row in rows])
    y = np.repeat(rows * 100 * np.sqrt(3) / 2, 6)
    at = cell_of(own_map(np.ones(36), x=x, y=y), x=[0, 57.0, 320], y=[57.0, 0, 1000], grid_type="hex", cell_size=100)
    assert at.tolist() == [0, 1, OUTSIDE]


def test_hit_rate_and_pai_of_a_map_that_somebody_made():
    cells = {"x": X, "y": Y, "score": -np.hypot(X, Y)}
    answer = run(later(), cells=cells, area_share=0.01)
    assert answer.sentence.startswith("1% of the area held 5")
    assert len(answer.rows["week"]) == 10
    assert answer.rows["events"].sum() == 300
    half = run(later(), cells=cells, area_share=0.01, boundary="2025-04-07")
    assert len(half.rows["week"]) == 5
    columns = later()
    columns["x"] = columns["x"] + 5000 * (np.arange(300) >= 290)
    off = run(columns, cells=cells, area_share=0.01)
    assert "10 events outside the map count as missed" in off.sentence
    assert off.rows["outside"].sum() == 10
    assert off.rows["events"].sum() == 300


def test_two_maps_are_compared_and_labels_serve_as_well_as_places():
    columns = later()
    good, bad = -np.hypot(X, Y), np.hypot(X, Y)
    answer = run(columns, cells={"x": X, "y": Y, "score": good, "score2": bad}, area_share=0.01)
    assert answer.notes[0].startswith("The second map (score2): 1% of the area")
    assert "differs" in answer.notes[1]
    label = (10 * (columns["y"] // 100) + columns["x"] // 100).astype(int).astype(str)
    named = run({"cell": label, "date": columns["date"]}, cells={"cell": np.arange(100).astype(str), "score": good},
                area_share=0.01)  # fmt: skip
    assert named.rows["caught"].tolist() == answer.rows["caught"].tolist()


def test_cells_of_different_area_count_by_it():
    cells = {"x": X, "y": Y, "score": -np.hypot(X, Y), "area": np.where(X + Y == 100, 11.0, 1.0)}
    assert "10% of the area" in run(later(), cells=cells, area_share=0.1).sentence
    alike = run(later(), cells=cells | {"area": np.ones(100)}, area_share=0.1)
    assert alike.rows["caught"].sum() > run(later(), cells=cells, area_share=0.1).rows["caught"].sum()


def test_what_cannot_be_laid_on_a_map_is_refused():
    good = {"x": X, "y": Y, "score": np.ones(100)}
    for cells, columns, told in (
        ({"score": np.ones(3)}, later(), "the middles of cells"),
        ({name: np.append(column, column[0]) for name, column in good.items()}, later(), "one row for each cell"),
        ({"cell": np.array(["a"]), "score": np.ones(1)}, later(), "x and y of events and of cells"),
        (good | {"score": np.full(100, np.nan)}, later(), "score: numbers that are finite"),
        (None, {"date": later()["date"]}, "columns “x” and “y”"),
    ):
        with pytest.raises(Unfit, match=told):
            run(columns, cells=cells)
    with pytest.raises(Unfit, match="from the boundary on"):
        run(later(), cells=good, boundary="2026-01-01")
    points = later()
    points["x"], points["y"] = (np.round(points[name] / 90) * 90 for name in ("x", "y"))
    with pytest.raises(Unfit, match="cells of at least 300 m"):
        run(points, cells=good, moved="judge")
