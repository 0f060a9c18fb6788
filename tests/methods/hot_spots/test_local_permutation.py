"""Shuffled p-values: equal to every way to shuffle, to esda's, and uniform where nothing goes on."""

import itertools

import numpy as np
import pytest
from scipy import stats

from redway.methods.hot_spots.local_permutation import exact_p, permuted_p
from redway.methods.hot_spots.neighbours import neighbours
from redway.methods.inputs import Unfit

COUNTS = np.array([0.0, 1, 3, 0, 2, 5, 1, 0, 0])


def twin(x, near, conditional):
    """Every set of as many other places as there are neighbours, one by one."""
    tails = []
    for i in range(len(x)):
        here = [j for j in range(len(x)) if near[i, j]] + ([] if conditional else [i])
        from_these = [x[j] for j in range(len(x)) if not conditional or j != i]
        seen = sum(x[j] for j in here)
        sums = [sum(chosen) for chosen in itertools.combinations(from_these, len(here))]
        tails.append((np.mean([s >= seen for s in sums]), np.mean([s <= seen for s in sums])))
    return np.array(tails).T


@pytest.mark.parametrize("conditional", [True, False])
def test_exact_is_every_way_to_shuffle(square, conditional):
    grid = square(3, 3)
    near = abs(grid.x[:, None] - grid.x) + abs(grid.y[:, None] - grid.y) == 1
    greater, less = twin(COUNTS, near, conditional)
    found = exact_p(COUNTS, neighbours(grid, diagonal=False), conditional=conditional)
    assert found.greater == pytest.approx(greater, abs=1e-12)
    assert found.less == pytest.approx(less, abs=1e-12)


@pytest.mark.parametrize("conditional", [True, False])
@pytest.mark.parametrize("side", [3, 20])
def test_drawing_comes_near_to_counting(square, conditional, side):
    x = COUNTS if side == 3 else np.random.default_rng(1).poisson(0.7, 400).astype(float)
    around = neighbours(square(side, side), diagonal=False)
    drawn = permuted_p(x, around, np.random.default_rng(2), permutations=20_000, conditional=conditional)
    counted = exact_p(x, around, conditional=conditional)
    for ours, exact in ((drawn.greater, counted.greater), (drawn.less, counted.less)):
        assert (np.abs(ours - exact) < 4.5 * np.sqrt(exact * (1 - exact) / 20_000) + 2e-4).all()


def test_drawing_one_place_at_a_time_gives_the_same_chances(square):
    """The shared draws with their spare seat, against fresh draws from the others, for values that are no counts."""
    rng, around = np.random.default_rng(7), neighbours(square(4, 4))
    x = rng.random(16)
    sums, counts = around.sums(x), around.counts.astype(int)
    fresh = [
        np.mean([rng.choice(np.delete(x, i), counts[i], replace=False).sum() >= sums[i] - 1e-12 for _ in range(4000)])
        for i in range(16)
    ]
    shared = permuted_p(x, around, rng, permutations=20_000).greater
    assert np.abs(shared - fresh).max() < 4.5 * 0.5 / np.sqrt(4000)


@pytest.mark.peers
def test_gi_p_is_esdas(memphis, peer):
    grid, x, y = memphis
    theirs = peer("memphis_esda_glocal_moranlocal")["p_sim"]
    for found in (
        permuted_p(grid.count(x, y), neighbours(grid), np.random.default_rng(1)),
        exact_p(grid.count(x, y), neighbours(grid)),
    ):
        ours = found.p("directed")
        # two Monte Carlo errors against one another
        assert (np.abs(ours - theirs) <= 3 * np.sqrt(2 * np.maximum(theirs * (1 - theirs), 1e-3) / 999)).all()


@pytest.mark.peers
def test_a_directed_p_lists_empty_cells(memphis, peer):
    """esda's default marks 1,463 of 3,307 cells of Memphis at p < 0.05, most of them empty among empty ones."""
    grid, x, y = memphis
    counts = grid.count(x, y)
    found = exact_p(counts, neighbours(grid))
    low = (found.p("directed") < 0.05) & (found.greater > 0.5)
    assert low.sum() > 1000
    assert not (found.less[low] < 0.05).any(), "the tail that counts ties finds no cold spot among these"


def test_p_is_uniform_where_nothing_goes_on(square):
    rng, around = np.random.default_rng(8), neighbours(square(15, 15))
    p = np.concatenate([permuted_p(rng.random(225), around, rng, permutations=399).greater[::31] for _ in range(150)])
    assert stats.kstest(p, "uniform").pvalue > 0.01


@pytest.mark.parametrize("level", [0.05, 0.01])
def test_counts_are_never_listed_more_often_than_stated(square, level):
    rng, around = np.random.default_rng(9), neighbours(square(30, 30))
    p = np.concatenate([exact_p(rng.poisson(0.3, 900).astype(float), around).p() for _ in range(20)])
    assert (p <= level).mean() < level * 1.15


def test_shuffling_the_rows_of_counts_changes_nothing(square):
    x = np.random.default_rng(10).poisson(1, (6, 6)).astype(float)
    one, other = (exact_p(v.ravel(), neighbours(square(6, 6))).greater.reshape(6, 6) for v in (x, x.T))
    assert one == pytest.approx(other.T)


def test_the_same_seed_gives_the_same_p(square):
    x = np.random.default_rng(10).random(36)
    one, other = (permuted_p(x, neighbours(square(6, 6)), np.random.default_rng(3)).greater for _ in range(2))
    assert (one == other).all()


def test_a_million_events_in_one_cell_are_for_drawing(square):
    x = np.zeros(100)
    x[5] = 1e6
    with pytest.raises(Unfit, match="use permutations"):
        exact_p(x, neighbours(square(10, 10)))
    assert permuted_p(x, neighbours(square(10, 10)), np.random.default_rng(1)).greater[5] == 1


@pytest.mark.parametrize("x", [[1.0, np.nan, 0, 0], [-1.0, 0, 0, 0], [0.5, 0, 0, 0], [1.0]])
def test_what_is_no_count_of_a_cell_is_refused(square, x):
    with pytest.raises(Unfit):
        exact_p(x, neighbours(square(2, 2)))


def test_all_the_same_gives_p_of_one(square):
    for found in (
        exact_p(np.zeros(9), neighbours(square(3, 3), diagonal=False)),
        permuted_p(np.zeros(9), neighbours(square(3, 3), diagonal=False), np.random.default_rng(1)),
    ):
        assert found.p().tolist() == [1.0] * 9
    assert "shuffle" in found.sentence
