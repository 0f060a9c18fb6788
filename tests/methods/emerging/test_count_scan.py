"""The scan of small counts: exact against counting every way events may fall, and as rare as it says."""

import itertools

import numpy as np
import pytest

from redway.methods.emerging import count_scan as module
from redway.methods.emerging.count_scan import count_scan, none_reaches
from redway.methods.inputs import Unfit


def twin(share, total, width, most):
    """Every way that events may fall, one by one."""
    missed = 0.0
    for days in itertools.product(range(len(share)), repeat=total):
        counts = np.bincount(days, minlength=len(share))
        if max(counts[s : s + width].sum() for s in range(len(share) - width + 1)) < most:
            missed += np.prod([share[d] for d in days])
    return missed


@pytest.mark.parametrize(("total", "width", "most"), [(4, 1, 2), (4, 2, 3), (5, 3, 4), (5, 2, 5), (3, 4, 2)])
@pytest.mark.parametrize("share", [[1 / 8] * 8, [0.3, 0.05, 0.1, 0.05, 0.2, 0.05, 0.2, 0.05]])
def test_it_counts_what_the_slow_twin_counts(total, width, most, share):
    assert none_reaches(np.array(share), total, width, most) == pytest.approx(twin(share, total, width, most))


def test_exact_and_simulated_agree():
    rng = np.random.default_rng(1)
    counts = rng.poisson(0.3, 120)
    found = count_scan(counts, 7)
    assert found.exact
    drawn = rng.multinomial(found.total, np.full(120, 1 / 120), size=4000)
    walk = np.cumsum(np.hstack([np.zeros((4000, 1)), drawn]), axis=1)
    reached = (walk[:, 7:] - walk[:, :-7]).max(axis=1) >= found.most
    assert found.pvalue == pytest.approx(reached.mean(), abs=0.03)


def test_p_values_are_no_smaller_than_they_should_be_where_nothing_happens():
    rng = np.random.default_rng(2)
    p = np.array([count_scan(rng.poisson(0.4, 52), 3).pvalue for _ in range(250)])
    p = p[np.isfinite(p)]
    assert np.mean(p <= 0.05) < 0.08
    assert np.mean(p <= 0.3) < 0.36


def test_a_cluster_is_found_and_said():
    counts = np.zeros(104)
    counts[[5, 20, 40, 60, 90]] = 1
    counts[70:73] = [2, 1, 2]
    found = count_scan(counts, 3)
    assert (found.most, found.start, found.total) == (5, 70, 10)
    assert found.pvalue < 0.001
    assert "more than chance easily gives" in found.sentence


def test_weights_say_where_events_are_usual():
    counts = np.tile([0, 0, 0, 0, 0, 2, 1], 8)
    assert count_scan(counts, 2).pvalue < count_scan(counts, 2, weights=np.tile([1, 1, 1, 1, 1, 9, 9], 8)).pvalue
    reversed_too = count_scan(counts[::-1], 2)
    assert reversed_too.pvalue == pytest.approx(count_scan(counts, 2).pvalue)


def test_frequent_events_are_simulated():
    counts = np.random.default_rng(3).poisson(30, 60)
    found = count_scan(counts, 7, rng=np.random.default_rng(4))
    assert not found.exact
    assert 1 / 1000 <= found.pvalue <= 1
    with pytest.raises(Unfit, match="rng"):
        count_scan(counts, 7)


def test_odd_series_get_an_answer():
    assert count_scan(np.zeros(30), 3).cannot_tell
    assert "fewer than two events" in count_scan([0, 1, 0, 0], 2).sentence
    assert count_scan([5, 5], 2).cannot_tell
    assert count_scan([9, 0, 0, 0, 0, 0], 1).pvalue == pytest.approx(6.0**-8, rel=1e-3)
    for wrong in ([-1, 2], [np.nan, 1], [0.5, 1]):
        with pytest.raises(Unfit):
            count_scan(wrong, 1)
    with pytest.raises(Unfit):
        count_scan([1, 2, 3], 1, weights=[1, 0, 1])
    with pytest.raises(Unfit):
        count_scan([1, 2, 3], 0)


def test_huge_counts_are_simulated_in_bounded_memory_and_said_in_figures(monkeypatch):
    counts = np.random.default_rng(5).poisson(2e4, 150)
    found = count_scan(counts, 7, rng=np.random.default_rng(4))
    assert "e+" not in found.sentence
    monkeypatch.setattr(module, "BLOCK", 1000)
    assert count_scan(counts, 7, rng=np.random.default_rng(4)) == found, "however it is cut"
    assert 0 < count_scan(counts * 1e10, 7, rng=np.random.default_rng(4)).pvalue <= 1
