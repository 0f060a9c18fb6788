"""Coordinates that are no places: named and refused, wherever a grid is laid; places far apart are not."""

import numpy as np
import pytest

from redway.methods.catalogue import methods
from redway.methods.hot_spots.locations import located
from redway.methods.hot_spots.tables import METHODS
from redway.methods.inputs import Unfit
from tests.methods.test_sentences import NAMED, ordinary


def city(n=400, seed=1, side=12_000):
    rng = np.random.default_rng(seed)
    return 480_000 + rng.uniform(0, side, n), 235_000 + rng.uniform(0, side, n)


def given(name, **settings):
    method = methods()[name]
    return method, {p.name: p.default for p in method.parameters} | settings


def columns(x, y):
    n = len(x)
    date = np.datetime64("2025-01-01") + (np.arange(n) % 360).astype("timedelta64[D]")
    return {"x": x, "y": y, "date": date, "base": np.arange(n) % 2 == 0}


def run(method, x, y):
    settings = {p.name: p.default for p in method.parameters}
    if "boundary" in settings:
        settings["boundary"] = "2025-07-01"
    return method.run(columns(x, y), settings, np.random.default_rng(1))


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
def test_missing_places_are_named_and_refused_by_every_method_of_places(method):
    x, y = city()
    x[7::40] = y[7::40] = 0
    with pytest.raises(
        Unfit, match=r"line 9: expected a place for every row\. What came: x 0, y 0\. 10 rows"
    ) as refused:
        run(method, x, y)
    assert "coordinates are missing" in refused.value.cause


@pytest.mark.parametrize("share", [3, 2])
def test_one_coordinate_of_nought_is_enough_however_many_they_are(share):
    x, y = city()
    x[::share] = 0
    with pytest.raises(Unfit, match="a place for every row") as refused:
        run(methods()["hot-spot-accuracy"], x, y)
    assert refused.value.count == len(x[::share])


def test_a_whole_country_does_not_hide_a_missing_place():
    rng = np.random.default_rng(2)
    x, y = rng.uniform(80_000, 650_000, 500), rng.uniform(5_000, 655_000, 500)
    located(x, y)
    with pytest.raises(Unfit, match="a place for every row"):
        located(np.append(x, 0), np.append(y, 0))


@pytest.mark.parametrize("stray", [(4_850_000, 240_000), (-9999, -9999), (999_999, 999_999)])
def test_points_far_from_all_others_are_refused(stray):
    x, y = city()
    x[3], y[3] = stray
    with pytest.raises(Unfit, match="line 5: expected points of one area") as refused:
        located(x, y)
    assert refused.value.count == 1


def test_what_is_no_place_on_earth_is_refused():
    with pytest.raises(Unfit, match="places on Earth"):
        located([1e14, 5.0], [5.0, 5.0])


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([], []),
        ([0.0], [0.0]),
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
        (np.arange(10.0), np.arange(10.0)),
        (np.arange(0, 50_000, 500.0), np.zeros(100)),
        (np.append(np.zeros(99), 60_000), np.append(np.zeros(99), 0)),
    ],
)
def test_maps_that_begin_at_nought_and_towns_far_apart_are_places(x, y):
    located(x, y)


def test_a_grid_of_too_many_cells_is_refused_before_it_is_made():
    x, y = city()
    method, settings = given("hot-spots", cell_size=1.0)
    with pytest.raises(Unfit, match="at most 5,000,000 cells"):
        method.run(columns(x, y), settings, np.random.default_rng(1))


def test_too_many_cells_times_weeks_are_refused_before_they_are_counted():
    x, y = city()
    for name in ("hot-spot-accuracy", "hot-spot-classes"):
        more = {"period": 1} if name == "hot-spot-classes" else {"boundary": "2025-01-08"}
        method, settings = given(name, cell_size=10.0, **more)
        with pytest.raises(Unfit, match="cells times periods"):
            method.run(columns(x, y), settings, np.random.default_rng(1))


def test_many_records_at_one_point_are_said_to_be_the_cause():
    x, y = city(50)
    x, y = np.append(x, np.full(300_000, x[0])), np.append(y, np.full(300_000, y[0]))
    method, settings = given("hot-spots", cell_size=500.0)
    with pytest.raises(Unfit) as refused:
        method.run(columns(x, y), settings, np.random.default_rng(1))
    assert "share one point" in refused.value.cause


def test_a_bandwidth_far_wider_than_the_area_is_refused():
    x, y = city()
    method, settings = given("kernel-density", cell_size=500.0, bandwidth=1e7)
    with pytest.raises(Unfit, match="bandwidth: no more than the area is across"):
        method.run(columns(x, y) | {"weight": np.ones(len(x))}, settings, np.random.default_rng(1))


def test_a_reach_whose_sums_take_minutes_is_refused():
    x, y = city()
    method, settings = given("hot-spots", cell_size=200.0, reach=12)
    with pytest.raises(Unfit, match="at most 500 neighbours"):
        method.run(columns(x, y), settings, np.random.default_rng(1))


def in_degrees(n=400, seed=3):
    """Records of one town, moved to its points as data.police.uk has them: longitude, latitude."""
    rng = np.random.default_rng(seed)
    place = np.column_stack([rng.uniform(-0.8, -0.7, 120), rng.uniform(52.0, 52.1, 120)]).round(6)
    return place[rng.integers(0, 120, n)].T


OF_PLACES = [m for m in methods().values() if {"x", "y"} <= {c.name for c in m.columns} and m.name != "moved-points"]


@pytest.mark.parametrize("method", OF_PLACES, ids=lambda m: m.name)
def test_degrees_are_never_taken_as_metres(method):
    east, north = in_degrees()
    table = ordinary(method)
    n = len(next(iter(table.values())))
    settings = {p.name: p.default for p in method.parameters} | NAMED.get(method.name, {})
    table.pop("victim", None)
    for x, y in ((east[:n], north[:n]), (north[:n], east[:n])):
        with pytest.raises(Unfit, match="line 2: expected coordinates in metres") as refused:
            method.run(table | {"x": x, "y": y}, settings, np.random.default_rng(0))
        assert "degrees of longitude and latitude" in refused.value.cause


@pytest.mark.parametrize("name", ["knox", "near-repeats"])
def test_moved_records_are_known_in_degrees_where_those_are_wanted(name):
    x, y = in_degrees()
    method, settings = given(name, method="great-circle")
    with pytest.raises(Unfit, match="moved to shared points"):
        method.run(columns(x, y), settings, np.random.default_rng(0))


def test_moved_points_puts_degrees_in_metres_and_says_so():
    x, y = in_degrees()
    method, settings = given("moved-points")
    for east, north in ((x, y), (y, x)):
        answer = method.run({"x": east, "y": north}, settings, None)
        assert answer.rows["moved"] == "yes"
        assert "put in metres" in answer.notes[0]


@pytest.mark.parametrize(("name", "which"), [("hot-spots", "exposure"), ("hot-spot-accuracy", "cells")])
def test_degrees_of_a_second_file_are_said_to_be_its(name, which):
    east, north = in_degrees()
    second = {"x": east, "y": north, "exposure": np.ones(400), "score": np.ones(400)}
    method, settings = given(name, **{which: second}, **({"p_value": "poisson"} if which == "exposure" else {}))
    with pytest.raises(Unfit, match="coordinates in metres") as refused:
        method.run(columns(*city()), settings, np.random.default_rng(0))
    assert refused.value.place.column == f"{which}.x"


def test_a_small_place_measured_from_its_corner_in_whole_metres_is_taken():
    located(np.arange(50.0), np.arange(50.0))
    located([0.5, 4000.0, 900.0], [0.5, 4000.0, 100.0])
