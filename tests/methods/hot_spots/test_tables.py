"""Hot spots by name: every one runs on a plain table, and moved records bear no fine cells."""

import numpy as np
import pytest

from redway.methods.hot_spots.kde import automatic_bandwidth
from redway.methods.hot_spots.tables import METHODS
from redway.methods.inputs import Unfit

BY_NAME = {method.name: method for method in METHODS}


@pytest.fixture
def columns():
    rng = np.random.default_rng(1)
    x, y = np.concatenate([rng.uniform(0, 5000, (2, 300)), rng.normal(2000, 150, (2, 60))], axis=1)
    date = np.datetime64("2025-01-01") + rng.integers(0, 360, 360).astype("timedelta64[D]")
    return {"x": x, "y": y, "date": date, "base": rng.random(360) < 0.5}


def run(name, columns, **settings):
    method = BY_NAME[name]
    given = {p.name: p.default for p in method.parameters} | settings
    if "boundary" in given:
        given.setdefault("boundary", "")
        given["boundary"] = given["boundary"] or "2025-07-01"
    if "cell_size" in given and "cell_size" not in settings:
        given["cell_size"] = 250.0
    return method.run(columns, given, np.random.default_rng(1))


@pytest.mark.parametrize("name", BY_NAME)
def test_every_method_runs_on_a_table(columns, name):
    answer = run(name, columns)
    assert answer.sentence.endswith(".")
    assert len({len(values) for values in answer.rows.values()}) == 1


@pytest.mark.parametrize("p_value", ["exact", "permutation", "normal", "poisson"])
def test_hot_spots_are_found_where_they_were_put(columns, p_value):
    rows = run("hot-spots", columns, p_value=p_value, grid_type="hex", nsim=9999).rows
    assert rows["hot"].any()
    assert (np.hypot(rows["x"][rows["hot"]] - 2000, rows["y"][rows["hot"]] - 2000) < 900).all()


def test_sfhotspots_ways_can_be_asked_for_and_are_not_ours(columns):
    plain, theirs = (run("hot-spots", columns, p_value="normal", like_sfhotspot=like).rows for like in (False, True))
    assert "as_sfhotspot" not in plain
    inner = theirs["as_sfhotspot"] / theirs["pvalue"]
    assert np.median(inner[theirs["as_sfhotspot"] < 1]) == 10, "nine cells and one, whatever else was looked at"
    assert (theirs["hot"] == plain["hot"]).all()
    stretched = columns | {"y": 3 * columns["y"]}
    ours, like_theirs = (run("kernel-density", stretched, like_sfhotspot=like).rows["kde"] for like in (False, True))
    assert like_theirs.max() > 1.5 * ours.max(), "a bandwidth of x alone is too narrow where y is wide"
    given = run("kernel-density", stretched, like_sfhotspot=True, bandwidth=700.0).rows["kde"]
    assert (given == run("kernel-density", stretched, bandwidth=700.0).rows["kde"]).all()


@pytest.mark.parametrize("name", ["hot-spots", "local-moran", "hot-spot-change", "hot-spot-classes"])
def test_neighbours_may_be_those_within_so_many_metres(columns, name):
    """sfhotspot's nb_dist: at 1.5 cells the eight around, as reach 1 has; at 1.2 the four beside."""
    beside, around, steps = (run(name, columns, **said).rows for said in (
        {"nb_dist": 300.0}, {"nb_dist": 375.0}, {"reach": 1}
    ))  # fmt: skip
    last = [*steps][-2]
    for key, values in steps.items():
        same = np.testing.assert_array_equal if values.dtype.kind in "Ub" else np.testing.assert_allclose
        same(around[key], values)
    assert (beside[last] != steps[last]).any()
    with pytest.raises(Unfit, match="reach in steps, or nb_dist in metres"):
        run(name, columns, nb_dist=375.0, reach=2)
    with pytest.raises(Unfit, match=r"nb_dist: at least the size of a cell \(250 m\)"):
        run(name, columns, nb_dist=100.0)


def test_rows_may_stand_for_several_events(columns):
    heavy = columns | {"weight": np.where(np.arange(360) < 300, 1.0, 2.0)}
    twice = {name: np.concatenate([values, values[300:]]) for name, values in columns.items()}
    assert (run("hot-spots", heavy).rows["pvalue"] == run("hot-spots", twice).rows["pvalue"]).all()
    parts = columns | {"weight": np.full(360, 0.5)}
    with pytest.raises(Unfit, match="weight: whole numbers"):
        run("hot-spots", parts)
    whole = run("hot-spots", columns, p_value="normal").rows["gistar"]
    assert run("hot-spots", parts, p_value="normal").rows["gistar"] == pytest.approx(whole)


def test_a_bandwidth_may_be_so_many_times_the_rule_of_thumb(columns):
    for name in ("kernel-density", "dual-kernel-density"):
        events = ~columns["base"] if name[0] == "d" else np.ones(360, dtype=bool)
        h = automatic_bandwidth(columns["x"][events], columns["y"][events])
        given = run(name, columns, bandwidth=h / 2).rows["kde"]
        assert run(name, columns, bandwidth_adjust=0.5).rows["kde"] == pytest.approx(given, nan_ok=True)
        assert run(name, columns, bandwidth=h, bandwidth_adjust=0.5).rows["kde"] == pytest.approx(given, nan_ok=True)
        with pytest.raises(Unfit, match="bandwidth_adjust"):
            run(name, columns, bandwidth_adjust=0.0)


def test_periods_may_start_on_a_day_and_cells_be_left_out_of_their_own_neighbourhood(columns):
    rows = run("hot-spot-classes", columns, start="2025-03-01").rows
    assert rows["n"].sum() == (columns["date"] >= np.datetime64("2025-03-01")).sum()
    first = run("hot-spot-classes", columns, start=str(columns["date"].min())).rows
    plain = run("hot-spot-classes", columns).rows
    assert all((first[key] == plain[key]).all() for key in plain)
    assert (run("hot-spot-classes", columns, include_self=False).rows["hot"] != plain["hot"]).any()
    with pytest.raises(Unfit, match="events from the day on"):
        run("hot-spot-classes", columns, start="2030-01-01")


def test_drawing_shuffles_of_moran_and_finer_hexagons(columns):
    assert run("local-moran", columns, permutations=99).rows["pvalue"].min() >= 0.01


@pytest.mark.parametrize("name", ["hot-spots", "local-moran", "kernel-density"])
def test_moved_records_bear_no_fine_cells(name):
    x, y = np.random.default_rng(1).integers(0, 30, (2, 2000)) * 80.0
    with pytest.raises(Unfit, match="eight addresses"):
        run(name, {"x": x, "y": y}, cell_size=100.0)
    answer = run(name, {"x": x, "y": y}, cell_size=0.0)
    assert "cannot say which street" in answer.notes[0]
    assert np.diff(np.unique(answer.rows["x"])).min() >= 299.9


@pytest.mark.parametrize("name", ["hot-spot-change", "hot-spot-accuracy"])
@pytest.mark.parametrize("boundary", ["soon", "2030-01-01"])
def test_a_boundary_is_a_day_among_the_events(columns, name, boundary):
    with pytest.raises(Unfit, match="boundary"):
        run(name, columns, boundary=boundary)


def test_no_rows_and_rows_without_a_date_are_refused(columns):
    with pytest.raises(Unfit):
        run("hot-spots", {"x": [], "y": []})
    columns["date"][3] = np.datetime64("NaT")
    with pytest.raises(Unfit, match="a date for every event"):
        run("hot-spot-classes", columns)


def test_a_full_street_in_a_full_quarter_is_no_hot_spot_against_its_residents():
    rng = np.random.default_rng(8)
    people = np.concatenate([rng.uniform(0, 4000, (2, 4000)), rng.normal(1000, 150, (2, 4000))], axis=1)
    events = people[:, rng.integers(0, 8000, 300)]
    odd = rng.normal(3000, 60, (2, 25))
    x, y = np.concatenate([events, odd], axis=1)
    residents = {"x": people[0], "y": people[1], "exposure": np.ones(8000)}
    given = {"cell_size": 400.0, "p_value": "poisson", "moved": "no"}
    alone, against = (
        run("hot-spots", {"x": x, "y": y}, **given, **more).rows for more in ({}, {"exposure": residents})
    )
    full, odd = ((np.hypot(alone["x"] - at, alone["y"] - at) < 300) for at in (1000, 3000))
    assert alone["hot"][full].any()
    assert not against["hot"][full].any()
    assert against["hot"][odd].any()
    with pytest.raises(Unfit, match="p_value poisson"):
        run("hot-spots", {"x": x, "y": y}, exposure=residents)
    with pytest.raises(Unfit, match=r"exposure\.exposure"):
        run("hot-spots", {"x": x, "y": y}, **given, exposure=residents | {"exposure": -np.ones(8000)})


@pytest.mark.parametrize("name", ["hot-spots", "local-moran", "hot-spot-classes"])
@pytest.mark.parametrize("events", [100, 2, 1])
def test_of_one_point_or_one_event_nothing_is_said(columns, name, events):
    few = {key: values[:events] for key, values in columns.items()}
    if events > 2:
        few |= {"x": np.full(events, 500.5), "y": np.full(events, 600.5)}
    answer = run(name, few)
    told = "all 100 events are at one point" if events > 2 else f"only {events} event"
    assert answer.sentence.startswith("Cannot tell")
    assert told in answer.sentence
    assert "hot" not in answer.rows or not answer.rows["hot"].any()


def test_too_few_shuffles_to_list_any_cell_are_said_to_be(columns):
    answer = run("hot-spots", columns, p_value="permutation", nsim=19)
    assert answer.notes[-1].startswith("With 19 shuffles no p is below 0.1, so that none of")
    assert not any("shuffles" in note for note in run("hot-spots", columns, p_value="exact").notes)
