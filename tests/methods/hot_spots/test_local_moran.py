"""Local Moran: PySAL's, its quadrants, and ties that rounding breaks there."""

import numpy as np
import pytest

from redway.methods.hot_spots.local_moran import local_moran
from redway.methods.hot_spots.local_permutation import exact_p
from redway.methods.hot_spots.neighbours import neighbours, touching
from redway.methods.inputs import Unfit


@pytest.mark.peers
def test_it_is_pysals(memphis, peer):
    grid, x, y = memphis
    theirs = peer("memphis_esda_glocal_moranlocal")
    found = local_moran(grid.count(x, y), neighbours(grid))
    assert np.abs(found.value - theirs["Is"]).max() < 1e-10
    assert (found.quadrant == theirs["ml_q"]).all()


@pytest.mark.peers
def test_its_p_is_pysals_but_for_ties(memphis, peer):
    """PySAL compares sums of products that should tie to the last bit, so a tie counts or not by rounding.

    Its p lies by the tail with ties, or by the one without; 0.001 for an empty corner where 26% of draws are empty.
    """
    grid, x, y = memphis
    counts, theirs = grid.count(x, y), peer("memphis_esda_glocal_moranlocal")["ml_p"]
    around = neighbours(grid)
    tails, below = exact_p(counts, around), counts < counts.mean()
    with_ties = np.where(below, tails.less, tails.greater)
    without = np.where(below, 1 - tails.greater, 1 - tails.less)
    directed = [np.maximum(np.minimum(p, 1 - p), 0.001) for p in (with_ties, without)]
    gaps = [np.abs(p - theirs) - 3.5 * np.sqrt(np.maximum(p * (1 - p), 2e-3) / 999) for p in directed]
    between = (theirs >= np.minimum(*directed)) & (theirs <= np.maximum(*directed))
    assert ((np.minimum(*gaps) <= 0) | between).all()
    assert 0.1 < (gaps[0] > 0).mean() < 0.4, "ties lost in a quarter of cells"


def test_a_heart_an_edge_and_an_outlier(square):
    x = np.zeros((9, 9))
    x[1:4, 1:4] = 10
    x[6, 6] = 9
    x[2, 2] = 0
    found = local_moran(x.ravel(), neighbours(square(9, 9)))
    quadrant, value = found.quadrant.reshape(9, 9), found.value.reshape(9, 9)
    assert (quadrant[2, 1], quadrant[2, 2], quadrant[6, 6], quadrant[8, 0]) == (1, 2, 4, 3)
    assert value[2, 1] > 0 > value[2, 2]
    assert found.p.reshape(9, 9)[2, 2] < 0.01
    assert "1 low among high" in found.sentence


def test_drawing_and_counting_agree(square):
    x = np.random.default_rng(1).poisson(1, 100).astype(float)
    around = neighbours(square(10, 10))
    drawn = local_moran(x, around, np.random.default_rng(2), permutations=9999)
    assert np.abs(drawn.p - local_moran(x, around).p).max() < 0.04


def test_an_island_is_like_nobody():
    found = local_moran([1.0, 2, 3, 9], touching([0, 1], [1, 2], 4), np.random.default_rng(1))
    assert (found.value[3], found.p[3]) == (0, 1)


@pytest.mark.parametrize("x", [[], [1.0], [2.0] * 9])
def test_nothing_that_varies_gives_no_verdict(square, x):
    side = int(len(x) ** 0.5)
    found = local_moran(x, neighbours(square(side, side)))
    assert found.cannot_tell
    assert found.sentence.startswith("Cannot tell")


def test_values_that_are_none_are_refused(square):
    with pytest.raises(Unfit):
        local_moran([1.0, np.inf, 2, 3], neighbours(square(2, 2)), np.random.default_rng(1))


def test_it_says_what_the_slow_twin_says(square):
    """Cell by cell, with its eight neighbours' mean."""
    x = np.random.default_rng(3).poisson(2, (6, 7)).astype(float)
    z = x - x.mean()
    found = local_moran(x.ravel(), neighbours(square(6, 7)))
    value, quadrant = found.value.reshape(6, 7), found.quadrant.reshape(6, 7)
    for i in range(6):
        for j in range(7):
            near = [z[a, b] for a in range(max(0, i - 1), min(6, i + 2)) for b in range(max(0, j - 1), min(7, j + 2))
                    if (a, b) != (i, j)]  # fmt: skip
            lag = sum(near) / len(near)
            assert value[i, j] == pytest.approx(41 * z[i, j] * lag / (z**2).sum())
            assert (
                quadrant[i, j]
                == {(True, True): 1, (False, True): 2, (False, False): 3, (True, False): 4}[z[i, j] > 0, lag > 0]
            )
