"""Gi and Gi*: sfhotspot's, spdep's and esda's to the last figures, and what they promise."""

import json

import numpy as np
import pytest
from scipy import stats

from redway.methods.hot_spots.gi import gi
from redway.methods.hot_spots.neighbours import neighbours
from redway.methods.inputs import Unfit


def twin(x, near, star):
    """By plain loops over places, Ord and Getis 1995."""
    z = []
    for i in range(len(x)):
        kept = range(len(x)) if star else [j for j in range(len(x)) if j != i]
        n = len(kept)
        mean = sum(x[j] for j in kept) / n
        s = (sum(x[j] ** 2 for j in kept) / n - mean**2) ** 0.5
        w = [1.0 if near[i, j] or (star and i == j) else 0.0 for j in kept]
        total = sum(w)
        above = sum(a * x[j] for a, j in zip(w, kept, strict=True)) - total * mean
        z.append(above / (s * ((n * total - total**2) / (n - 1)) ** 0.5))
    return z


@pytest.mark.parametrize("star", [True, False])
def test_it_is_what_loops_give(square, star):
    grid, rng = square(5, 6), np.random.default_rng(3)
    x = rng.poisson(2, 30).astype(float)
    near = np.maximum(abs(grid.x[:, None] - grid.x), abs(grid.y[:, None] - grid.y)) == 1
    assert gi(x, neighbours(grid), star=star).z == pytest.approx(twin(x, near, star), abs=1e-12)


@pytest.mark.peers
@pytest.mark.parametrize(
    ("name", "star"),
    [("memphis_gistar500", True), ("memphis_gistar500_cellsize", True), ("memphis_gi_noself500", False)],
)
def test_it_is_sfhotspots(memphis, peer, name, star):
    grid, x, y = memphis
    found = gi(grid.count(x, y), neighbours(grid), star=star)
    assert np.abs(found.z - peer(name)["gistar"]).max() < 1e-10
    assert np.abs(found.p - peer(name)["pvalue"]).max() < 1e-10


@pytest.mark.peers
def test_it_is_esdas_with_binary_weights(memphis, peer, peer_outputs):
    grid, x, y = memphis
    found, theirs = gi(grid.count(x, y), neighbours(grid)), peer("memphis_esda_glocal_moranlocal")
    assert np.abs(found.z - theirs["Zs"]).max() < 1e-10
    assert np.abs(found.p / 2 - theirs["p_norm"]).max() < 1e-10  # theirs is one-sided
    assert hot(found.z, found.p) == json.loads((peer_outputs / "esda_transform_R.json").read_text())["hot_B"]


def hot(z, p):
    return int(((p < 0.05) & (z > 0)).sum())


@pytest.mark.peers
def test_esdas_own_default_of_weights_takes_most_hot_spots_away(memphis, peer_outputs):
    """Weights that sum to one in each row are what it takes unless told otherwise, and its variance is then that of a
    single cell: z is too small by the root of how many cells it is of. Weighed or counted, Gi* is the same."""
    theirs = json.loads((peer_outputs / "esda_transform_R.json").read_text())
    grid, x, y = memphis
    around, n = neighbours(grid), len(grid)
    found = gi(grid.count(x, y), around)
    k = around.sums(np.ones(n)) + 1
    shrunk = np.sqrt((n / k - 1) / (n - 1))
    assert shrunk[k == 9] == pytest.approx(theirs["ratio"])
    assert theirs["ratio"] == pytest.approx(theirs["theory"])
    z = found.z * shrunk
    assert hot(z, 2 * stats.norm.sf(abs(z))) == theirs["hot_R"] < theirs["hot_B"] / 8


@pytest.mark.peers
@pytest.mark.parametrize("name", ["memphis_gistar500_fdr", "memphis_gistar500_bonferroni"])
def test_what_sfhotspot_calls_a_correction_multiplies_each_p_alone(memphis, peer, name):
    grid, x, y = memphis
    found = gi(grid.count(x, y), neighbours(grid))
    assert np.abs(found.as_sfhotspot - peer(name)["pvalue"]).max() < 1e-10
    # what Bonferroni means over 3,307 cells leaves 113 of what its namesake lists, hot or cold
    assert (found.as_sfhotspot < 0.05).sum() == 285
    assert (found.p * len(grid) < 0.05).sum() == 113


def test_turning_and_shifting_the_map_changes_nothing(square):
    x = np.random.default_rng(4).poisson(1, (8, 8)).astype(float)
    straight = gi(x.ravel(), neighbours(square(8, 8))).z.reshape(8, 8)
    turned = gi(np.rot90(x).ravel(), neighbours(square(8, 8))).z.reshape(8, 8)
    assert np.rot90(straight) == pytest.approx(turned)
    assert gi(3 * x.ravel() + 7, neighbours(square(8, 8))).z == pytest.approx(straight.ravel())


def test_the_normal_curve_is_too_generous_where_counts_are_small(square):
    """Measured on 40 maps of nothing but chance, 0.68 events a cell: 1 in 500 where the curve says 1 in 2,000."""
    rng, around = np.random.default_rng(5), neighbours(square(50, 50))
    z = np.concatenate([gi(rng.poisson(0.68, 2500).astype(float), around).z for _ in range(40)])
    assert 0.03 < (z > 1.96).mean() < 0.045
    assert 0.0012 < (z > 3.29).mean() < 0.003


def test_dense_events_that_leave_no_cell_empty_are_no_fault(square):
    """sfhotspot ends in an error there (“column … must be numeric”)."""
    x = np.random.default_rng(7).poisson(40, 400).astype(float) + 1
    found = gi(x, neighbours(square(20, 20)))
    assert np.isfinite(found.z).all()
    assert not found.cannot_tell


@pytest.mark.parametrize(("x", "why"), [([1.0] * 9, "same value"), ([0.0] * 9, "same value")])
def test_nothing_that_varies_gives_no_verdict(square, x, why):
    found = gi(x, neighbours(square(3, 3)))
    assert why in found.cannot_tell
    assert found.sentence.startswith("Cannot tell")
    assert found.p.tolist() == [1.0] * 9


@pytest.mark.parametrize("x", [[], [1.0], [1.0, 2.0]])
def test_one_or_two_cells_give_no_verdict(square, x):
    assert gi(x, neighbours(square(1, len(x)))).cannot_tell


def test_a_neighbourhood_of_everything_stands_out_from_nothing(square):
    found = gi([5.0, 0, 0, 1], neighbours(square(2, 2)))
    assert found.z.tolist() == [0.0] * 4
    assert not found.cannot_tell


@pytest.mark.parametrize("bad", [[np.nan, 1, 1, 1], [np.inf, 1, 1, 1], [1, 2, 3]])
def test_values_that_are_none_are_refused(square, bad):
    with pytest.raises(Unfit):
        gi(bad, neighbours(square(2, 2)))


def test_the_sentence_names_its_doubt(square):
    x = np.random.default_rng(6).poisson(1, 400).astype(float)
    x[[189, 190, 209, 210]] = 20
    assert "false discovery held to 5% over all cells" in gi(x, neighbours(square(20, 20))).sentence
    assert "too generous where counts are small" in gi(x, neighbours(square(20, 20))).sentence
