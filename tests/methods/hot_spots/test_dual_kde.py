"""Dual densities: sfhotspot's ratio, and what is not known said not to be."""

import numpy as np
import pytest

from redway.methods.hot_spots.dual_kde import dual_kde
from redway.methods.hot_spots.grids import grid_over
from redway.methods.hot_spots.kde import kde
from redway.methods.inputs import Unfit


@pytest.mark.peers
def test_the_ratio_is_sfhotspots(memphis, peer):
    grid, x, y = memphis
    people = peer("memphis_population_utm16n_input")
    events = kde(grid, x, y, bandwidth=2000, scale="sum")
    base = kde(grid, people["x"], people["y"], bandwidth=2000, scale="sum", weights=people["population"])
    found = dual_kde(events, base)
    theirs = np.array([np.nan if r == "NA" else float(r) for r in peer("memphis_dualkde500_bw2000_ratio")["kde"]])
    assert (np.isfinite(theirs) == found.known).all()
    apart = np.abs(found.values - theirs)[found.known] / np.maximum(theirs[found.known], 1e-300)
    # nine figures, but for two cells that one event at the very end of its bandwidth reaches, where 1 - d^2/h^2 is
    # 0.001 and has lost three figures
    faint = events.values[found.known] < 1e-4
    assert apart[~faint].max() < 1e-9
    assert (apart[faint] * theirs[found.known][faint] > 1e-9).sum() == 0
    assert (apart[theirs[found.known] > 0] > 1e-9).sum() == 2


@pytest.fixture
def pair():
    rng = np.random.default_rng(1)
    grid = grid_over([0, 3000], [0, 1000], 100, area="box")
    a = kde(grid, *(rng.uniform(0, 1000, (2, 60))), bandwidth=300)
    return a, kde(grid, rng.uniform(0, 2000, 90), rng.uniform(0, 1000, 90), bandwidth=300)


def test_the_other_ways_to_put_two_together(pair):
    a, b = pair
    assert dual_kde(a, b, method="diff").values == pytest.approx(a.values - b.values)
    assert dual_kde(a, b, method="sum").values == pytest.approx(a.values + b.values)
    log, ratio = dual_kde(a, b, method="log"), dual_kde(a, b)
    assert log.values[log.known] == pytest.approx(np.log(ratio.values[log.known]))


def test_where_there_is_no_base_nothing_is_known(pair):
    found = dual_kde(*pair)
    assert np.isnan(found.values[~found.known]).all()
    assert (~found.known).sum() > 0
    assert "nothing is known" in found.sentence


def test_two_grids_are_refused_and_no_base_gives_no_verdict(pair):
    a, _ = pair
    other = grid_over([0, 1000], [0, 1000], 100)
    with pytest.raises(Unfit):
        dual_kde(a, kde(other, [1.0], [1.0], bandwidth=300))
    grid = grid_over([0, 3000], [0, 1000], 100, area="box")
    assert dual_kde(a, kde(grid, [], [])).sentence.startswith("Cannot tell")


def test_it_says_what_the_slow_twin_says():
    """Every cell with every event and every one of the base, by hand."""
    rng = np.random.default_rng(5)
    grid = grid_over([0, 2000], [0, 1000], 200, area="box")
    points = [(rng.uniform(0, 2000, n), rng.uniform(0, 1000, n)) for n in (40, 80)]
    weights = rng.uniform(1, 5, 80)
    a, b = (kde(grid, *at, bandwidth=350, weights=w) for at, w in zip(points, (None, weights), strict=True))
    found = dual_kde(a, b, method="log")
    for cell in range(len(grid.x)):
        sums = []
        for (x, y), w in zip(points, (np.ones(40), weights), strict=True):
            total = 0.0
            for i in range(len(x)):
                d = ((grid.x[cell] - x[i]) ** 2 + (grid.y[cell] - y[i]) ** 2) ** 0.5 / 350
                total += w[i] * 3 / np.pi * (1 - d * d) ** 2 / 350**2 if d < 1 else 0.0
            sums.append(total)
        assert bool(found.known[cell]) == (min(sums) > 0)
        if min(sums) > 0:
            assert found.values[cell] == pytest.approx(np.log(sums[0] / sums[1]))
