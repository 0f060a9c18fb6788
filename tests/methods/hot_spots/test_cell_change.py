"""Change cell by cell: scipy's binomial, fair under chance, and finding what was planted."""

import numpy as np
import pytest
from scipy import stats

from redway.methods.hot_spots.cell_change import cell_change
from redway.methods.hot_spots.neighbours import neighbours
from redway.methods.inputs import Unfit


def test_p_is_twice_the_smaller_binomial_tail():
    rng = np.random.default_rng(1)
    before, after = rng.poisson(3, (2, 50))
    found = cell_change(before, after, lengths=(52, 26))
    for i in range(50):
        n = before[i] + after[i]
        up = stats.binom.sf(after[i] - 1, n, 1 / 3)
        down = stats.binom.cdf(after[i], n, 1 / 3)
        assert found.p[i] == pytest.approx(min(1, 2 * min(up, down)))
    some = before > 0
    assert found.ratio[some] == pytest.approx(2 * after[some] / before[some])


def test_a_fall_everywhere_is_none_relative_to_the_whole():
    rng = np.random.default_rng(2)
    before, after = rng.poisson(60, 300), rng.poisson(40, 300)
    assert cell_change(before, after).listed().listed.mean() > 0.2
    assert cell_change(before, after, relative=True).listed().listed.mean() < 0.02


def test_where_nothing_changed_little_is_listed_and_clusters_need_phi():
    rng = np.random.default_rng(3)
    plain = [cell_change(*rng.poisson(4, (2, 400))) for _ in range(60)]
    assert np.mean([(f.p < 0.05).mean() for f in plain]) < 0.05
    assert np.mean([f.listed().listed.any() for f in plain]) < 0.06
    clustered = [rng.negative_binomial(20 / 2, 1 / 3, (2, 400)) for _ in range(40)]  # variance 3 times the mean
    assert np.mean([(cell_change(*c).p < 0.05).mean() for c in clustered]) > 0.15
    assert np.mean([(cell_change(*c, phi=3).p < 0.05).mean() for c in clustered]) < 0.06


def test_what_was_planted_is_found_with_its_neighbours(square):
    rng, grid = np.random.default_rng(4), square(20, 20)
    before = rng.poisson(2, 400)
    after = rng.poisson(2 + 4.0 * ((np.abs(grid.x - 10) <= 1) & (np.abs(grid.y - 10) <= 1)))
    alone, together = (cell_change(before, after, around=a) for a in (None, neighbours(grid)))
    assert together.listed().listed[10 * 20 + 10]
    assert together.listed().listed.sum() > alone.listed().listed.sum()
    assert "rose" in together.sentence
    assert (together.difference == after - before).all()


def test_no_event_gives_no_verdict_and_zero_before_no_ratio():
    assert cell_change([0, 0], [0, 0]).sentence.startswith("Cannot tell")
    assert cell_change([3, 0], [0, 0], relative=True).cannot_tell
    found = cell_change([0, 4], [5, 0])
    assert np.isnan(found.ratio[0])
    assert found.risen.tolist() == [True, False]


@pytest.mark.parametrize("given", [([1], [1, 2]), ([-1], [1]), ([0.5], [1]), ([np.nan], [1])])
def test_what_is_no_count_is_refused(given):
    with pytest.raises(Unfit):
        cell_change(*given)
    with pytest.raises(Unfit):
        cell_change([1], [1], lengths=(0, 1))


@pytest.mark.parametrize(
    ("before", "after", "p"), [(3, 9, 0.14599609375), (10, 2, 0.03857421875), (55, 40, 0.15051806389)]
)
def test_periods_of_one_length_are_r_s_binomial_test(before, after, p):
    """R 4.2.2: binom.test(after, before + after, 0.5)$p.value."""
    assert cell_change([before, 1], [after, 1]).p[0] == pytest.approx(p)
