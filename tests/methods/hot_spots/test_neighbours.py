"""Neighbours' sums against sums over distances, and the diagonal that distances lose."""

import numpy as np
import pytest

from redway.methods.hot_spots.gi import gi
from redway.methods.hot_spots.grids import grid_over
from redway.methods.hot_spots.neighbours import neighbours, neighbours_within, touching
from redway.methods.inputs import Unfit


def twin(grid, reach, diagonal, values):
    """Steps on the lattice by distance of centres, with room for rounding."""
    across, up = abs(grid.x[:, None] - grid.x), abs(grid.y[:, None] - grid.y)
    if grid.kind == "hex":  # steps on hexagons: two columns' worth of rows bring one column along
        rows = up / grid.row_height
        steps = np.maximum(rows, np.round(across / grid.cell_size + rows / 2, 6))
    else:
        steps = np.maximum(across, up) / grid.cell_size if diagonal else (across + up) / grid.cell_size
    near = (steps < reach + 1e-6) & ~np.eye(len(grid), dtype=bool)
    return near @ values


@pytest.mark.parametrize("kind", ["square", "hex"])
@pytest.mark.parametrize("diagonal", [True, False])
@pytest.mark.parametrize("reach", [1, 2, 3, 6, 40])
def test_sums_are_those_of_everyone_within_reach(kind, diagonal, reach):
    rng = np.random.default_rng(2)
    x, y = rng.normal(0, 300, (2, 60))
    grid = grid_over(x, y, 70, grid_type=kind)
    values = rng.integers(0, 9, (3, len(grid))).astype(float)
    around = neighbours(grid, reach, diagonal=diagonal)
    for row in range(3):
        assert around.sums(values)[row] == pytest.approx(twin(grid, reach, diagonal, values[row]))
    assert around.counts == pytest.approx(twin(grid, reach, diagonal, np.ones(len(grid))))


@pytest.mark.parametrize("kind", ["square", "hex"])
@pytest.mark.parametrize("distance", [70.0, 98.995, 140, 200, 333.3, 5000])
def test_sums_are_those_of_everyone_within_a_distance(kind, distance):
    """sfhotspot's nb_dist, corners at just cell size x sqrt(2) among them."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(0, 300, (2, 60))
    grid = grid_over(x, y, 70, grid_type=kind)
    values = rng.integers(0, 9, (3, len(grid))).astype(float)
    around = neighbours_within(grid, distance)
    near = np.hypot(grid.x[:, None] - grid.x, grid.y[:, None] - grid.y) <= distance + 1e-6
    slow = near & ~np.eye(len(grid), dtype=bool)
    assert around.sums(values) == pytest.approx(values @ slow)
    assert around.counts == pytest.approx(slow.sum(axis=1))


def test_within_a_diagonal_of_a_cell_are_the_eight_around_at_every_cell_size(square):
    for size in (300.0, 304.8, 609.6):
        grid = square(20, 30, size)
        assert neighbours_within(grid, size * np.sqrt(2)).counts.tolist() == neighbours(grid).counts.tolist()


@pytest.mark.parametrize("distance", [0.5, 69, 1e9, np.nan])
def test_a_distance_without_neighbours_or_over_the_whole_map_is_refused(square, distance):
    with pytest.raises(Unfit, match="nb_dist"):
        neighbours_within(square(3, 3, 70), distance)


@pytest.mark.parametrize("reach", [1, 5])
def test_a_whole_lattice_counts_as_a_cut_one_does(square, reach):
    around = neighbours(square(7, 9), reach)
    assert around.counts.tolist() == around.sums(np.ones(63)).tolist()


def test_distances_between_centres_lose_corners_and_steps_do_not(square):
    """sfhotspot takes as neighbours centres within cell size x sqrt(2), to the last bit: 304.8 m loses most corners.

    Its own count, on other coordinates: 7,266 of 8,650 cells lost neighbours at 304.8 m and none at 300 m.
    """
    lost = {}
    for size in (300.0, 304.8):
        x = 214703.2404 + size * np.arange(60)
        across = x[1:] - x[:-1]
        lost[size] = float((np.hypot(across[:, None], across[None, :]) > size * np.sqrt(2)).mean())
    assert lost[304.8] > 0.3
    inner = neighbours(square(60, 60, 304.8)).counts.reshape(60, 60)[1:-1, 1:-1]
    assert (inner == 8).all()


def test_areas_of_any_shape_have_pairs():
    around = touching([0, 1, 1], [1, 2, 0], 4)
    assert around.counts.tolist() == [1, 2, 1, 0]
    assert around.sums(np.array([1.0, 2, 4, 8])).tolist() == [2, 5, 2, 0]
    assert around.sums(np.array([[1.0, 2, 4, 8], [0, 1, 0, 0]])).tolist() == [[2, 5, 2, 0], [1, 0, 1, 0]]


@pytest.mark.parametrize("pairs", [([0], [4]), ([1], [1]), ([0, 1], [1]), ([-1], [0])])
def test_pairs_of_places_that_are_not_there_are_refused(pairs):
    with pytest.raises(Unfit):
        touching(*pairs, 3)


def test_a_reach_is_a_whole_number(square):
    with pytest.raises(Unfit):
        neighbours(square(2, 2), 0)


@pytest.mark.peers
def test_hot_cells_are_those_of_eight_true_neighbours_at_every_cell_size(peer):
    """Seventeen runs of sfhotspot: shipped, and mended to have all eight neighbours; 304.8 and 609.6 m are in feet."""
    events = peer("memphis_robberies_utm16n_input")
    rows = peer("sfhotspot_diagonal_bug")
    names = {name.strip('"'): name for name in rows.dtype.names}
    for size, cells, true in {(r[names["cell"]], r[names["cells"]], r[names["hot_true8"]]) for r in rows}:
        grid = grid_over(events["x"], events["y"], float(size))
        found = gi(grid.count(events["x"], events["y"]), neighbours(grid))
        assert (len(grid), int(((found.p < 0.05) & (found.z > 0)).sum())) == (cells, true), size
    assert (rows[names["hot_shipped"]] != rows[names["hot_true8"]]).sum() == 4


@pytest.mark.peers
def test_a_grid_has_eight_neighbours_inside_whatever_its_cell_size(peer_outputs, seeded):
    """How many cells have 2 to 8 neighbours in sfhotspot, on 1,000 seeded events: right where the diagonal of its
    cells happens to be a round number to it (400, 500), and mostly four or six where not."""
    x, y, _ = seeded(1000)
    with (peer_outputs / "sfhotspot_diagonal_synth.txt").open() as file:
        lines = [line.split("card (exact):") for line in file if line.startswith("cell")]
    for cell, cards in lines:
        size, n = float(cell.split()[1]), int(cell.split()[3])
        theirs = {int(k): int(many) for k, many in (pair.split(":") for pair in cards.split())}
        counts = neighbours(grid_over(x, y, size)).counts.astype(int)
        assert abs(counts.size - n) <= 2, "a hull that a cell just touches or not"
        assert (counts == 8).mean() > 0.85
        if size in (400, 500):
            assert dict(zip(*np.unique(counts, return_counts=True), strict=True)) == theirs
        else:
            assert theirs[8] / n < 0.05
