"""Grids: the peers' cells, every point in the nearest cell once, and faults with words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.methods.hot_spots.grids import grid_over
from redway.methods.inputs import Unfit


@pytest.mark.peers
def test_cells_and_counts_are_sfhotspots(memphis, peer):
    reference, x, y = memphis
    grid = grid_over(x, y, 500, origin=(reference.x0, reference.y0))
    ours, theirs = set(zip(grid.x, grid.y, strict=True)), set(zip(reference.x, reference.y, strict=True))
    assert theirs < ours
    # their circle is a polygon that falls 13 mm short to the west, and 1 mm to the south: one cell each
    assert sorted(ours - theirs) == [
        (reference.x.min() - 500, reference.y.min() + 6000),
        (reference.x.min() + 10500, reference.y.min() - 500),
    ]
    assert reference.count(x, y).tolist() == peer("memphis_count500")["n"].tolist()
    for name in ("memphis_grid500", "memphis_gistar500"):
        assert peer(name)["cx"].tolist() == pytest.approx(reference.x.tolist(), abs=1e-6)
        assert peer(name)["cy"].tolist() == pytest.approx(reference.y.tolist(), abs=1e-6)
    assert len(grid_over(x, y, 500)) == len(reference)


@pytest.mark.parametrize("kind", ["square", "hex"])
@pytest.mark.parametrize("area", ["hull", "box"])
def test_every_point_is_counted_once_in_the_nearest_cell(kind, area):
    rng = np.random.default_rng(1)
    x, y = rng.normal(3000, 900, (2, 500))
    grid = grid_over(x, y, 130, grid_type=kind, area=area)
    far = (grid.x[:, None] - x) ** 2 + (grid.y[:, None] - y) ** 2
    if kind == "square":
        far = np.maximum(abs(grid.x[:, None] - x), abs(grid.y[:, None] - y))
    assert grid.count(x, y).tolist() == np.bincount(far.argmin(axis=0), minlength=len(grid)).tolist()
    assert grid.count(x, y, weights=np.full(500, 0.5)).sum() == 250


def test_a_hull_is_what_touches_it():
    shapely = pytest.importorskip("shapely")
    rng = np.random.default_rng(3)
    for _ in range(20):
        x, y = rng.uniform(0, 5000, (2, rng.integers(3, 12)))
        grid = grid_over(x, y, 217.0)
        hull = shapely.MultiPoint(np.column_stack([x, y])).convex_hull
        box = grid_over(x, y, 217.0, area="box", origin=(grid.x0, grid.y0))
        half = 108.5
        for g, inside in ((grid, True), (box, None)):
            near = hull.buffer(half, quad_segs=30)
            cell = shapely.box(g.x - half, g.y - half, g.x + half, g.y + half)
            touching = shapely.distance(near, cell) < 1e-6
            if inside:
                assert touching.all()
            else:
                assert set(zip(g.x[touching], g.y[touching], strict=True)) <= set(zip(grid.x, grid.y, strict=True))


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=30), st.randoms())
def test_the_order_of_points_and_the_place_on_earth_change_nothing(points, random):
    x, y = np.array(points, dtype=float).T
    grid = grid_over(x, y, 64)
    order = random.sample(range(len(x)), len(x))
    again = grid_over(x[order] + 1024, y[order] + 512, 64)
    assert again.cells.tolist() == grid.cells.tolist()
    assert grid.count(x, y).tolist() == again.count(x[order] + 1024, y[order] + 512).tolist()
    assert grid.count(x, y).sum() == len(x)


@pytest.mark.parametrize(
    "points", [([5.0], [5.0]), ([1.0, 1.0, 1.0], [2.0, 2.0, 2.0]), ([0.0, 9.0, 3.0], [0.0, 9.0, 3.0])]
)
@pytest.mark.parametrize("kind", ["square", "hex"])
def test_one_point_one_place_and_one_line_have_cells(points, kind):
    grid = grid_over(*points, 10, grid_type=kind)
    assert grid.count(*points).sum() == len(points[0])


def test_the_automatic_size_is_a_fiftieth_in_full_hundreds():
    assert grid_over([0, 21000], [0, 40000]).cell_size == 400
    assert grid_over([0, 10], [0, 10]).cell_size == 100


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (([], []), "at least one point"),
        (([1, np.nan], [1, 1]), "line 3"),
        (([1, 2], [1]), "one length"),
        (([1, 2], [1, 2], 0), "above nought"),
        (([1, 2], [1, 2], np.inf), "above nought"),
        (([0, 1e6], [0, 1e6], 10), "at most 5,000,000 cells"),
    ],
)
def test_what_cannot_be_gridded_is_refused_in_words(given, told):
    with pytest.raises(Unfit, match=told):
        grid_over(*given)


def test_points_outside_are_in_no_cell(square):
    assert square(2, 2).count([0, 1, 5], [0, 1, 0]).tolist() == [1, 0, 0, 1]
