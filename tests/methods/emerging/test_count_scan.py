"""The scan of small counts: exact against counting every way events may fall, and as rare as it says."""

import itertools
from math import comb, factorial

import numpy as np
import pytest

from redway.methods.emerging import count_scan as module
from redway.methods.emerging.count_scan import count_scan, count_scans, none_reaches
from redway.methods.inputs import Unfit


def twin(share, total, width, most):
    """Every way that events may fall, one by one."""
    days = np.array(list(itertools.product(range(len(share)), repeat=total)))
    full = [((days >= s) & (days < s + width)).sum(axis=1) for s in range(len(share) - width + 1)]
    return np.asarray(share)[days].prod(axis=1)[np.max(full, axis=0) < most].sum()


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
    found = count_scans(rng.poisson(0.4, (1500, 52)), 3)
    p = found.pvalue[np.isfinite(found.pvalue)]
    assert found.discoveries().listed.sum() <= 1
    assert np.mean(p <= 0.05) < 0.08
    assert np.mean(p <= 0.3) < 0.36


@pytest.mark.parametrize("weights", [None, np.linspace(1, 3, 60), "each"])
def test_many_series_at_once_are_each_alone(weights):
    rng = np.random.default_rng(4)
    counts = rng.poisson(np.repeat([0.05, 0.2, 0.5, 30.0], 3)[:, None], (12, 60)).astype(float)
    counts[0] = 0
    given = (
        np.tile(np.linspace(1, 3, 60), (12, 1)) ** (np.arange(12) % 2)[:, None] if isinstance(weights, str) else weights
    )
    found = count_scans(counts, 3, weights=given, rng=np.random.default_rng(5))
    assert not found.exact.all()
    for at, series in enumerate(counts):
        own = given[at] if isinstance(weights, str) else given
        alone, one = count_scan(series, 3, weights=own, rng=np.random.default_rng(6)), found.one(at)
        near = (
            pytest.approx(alone.pvalue, rel=1e-9, nan_ok=True) if one.exact else pytest.approx(alone.pvalue, abs=0.07)
        )
        assert one.pvalue == near
        names = ("most", "start", "total", "exact", "cannot_tell")
        assert [getattr(one, name) for name in names] == [getattr(alone, name) for name in names]
    assert found.discoveries().listed.size == np.isfinite(found.pvalue).sum()
    assert "false discovery held to 10% over all series" in found.sentence


def test_nothing_can_be_told_of_series_without_events():
    assert count_scans(np.zeros((3, 40)), 2).sentence == (
        "Cannot tell: no series has two events and twice the window's periods."
    )
    with pytest.raises(Unfit, match="weights for every period"):
        count_scans(np.ones((3, 40)), 2, weights=np.ones(39))


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


def test_the_fullest_window_of_hundreds_of_series_is_listed_though_its_p_is_not_exact():
    counts = np.random.default_rng(8).poisson(0.1, (300, 200))
    counts[4, 150:155] += 4
    found = count_scans(counts, 7, rng=np.random.default_rng(1))
    assert (found.exact[4], found.bounded[4]) == (False, True)
    assert found.pvalue[4] < 1e-9
    assert found.discoveries().listed.nonzero()[0].tolist() == [4]
    assert "1 of 300 series" in found.sentence
    assert "bounded from above or simulated" in found.sentence
    assert "held to 1%" in found.said(0.01)
    assert "bounded from above" in found.one(4).sentence


@pytest.mark.parametrize("share", [np.full(40, 1 / 40), np.linspace(1, 4, 40) / np.linspace(1, 4, 40).sum()])
def test_the_bound_lies_little_above_the_exact_p(share):
    for total, width, most in [(10, 3, 6), (14, 4, 8), (14, 1, 5), (20, 3, 9)]:
        exact = 1 - none_reaches(share, total, width, most)
        bound = module._bound(share, total, width, most)
        assert exact <= bound * (1 + 1e-9) <= 1.35 * exact


def test_p_values_are_fair_where_none_is_exact(monkeypatch):
    monkeypatch.setattr(module, "CELLS", 0)
    found = count_scans(np.random.default_rng(2).poisson(0.4, (600, 52)), 3, rng=np.random.default_rng(3))
    assert not found.exact.any()
    assert found.bounded.any()
    assert np.mean(found.pvalue <= 0.01) < 0.02
    assert np.mean(found.pvalue <= 0.05) < 0.08


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


@pytest.mark.parametrize(
    ("people", "days", "together", "published"),
    [(23, 365, 2, 0.507297234324), (10, 52, 2, 0.602866301314), (88, 365, 3, 0.5111)],
)
def test_shared_birthdays(people, days, together, published):
    """R 4.2.2: pbirthday(23), pbirthday(10, classes = 52); three of 88 on one day, Diaconis and Mosteller (1989),
    *J. Am. Stat. Association* 84, 853-861: the least number with an even chance."""
    p = 1 - none_reaches(np.full(days, 1 / days), people, 1, together)
    assert p == pytest.approx(published, abs=1e-10 if together == 2 else 5e-5)


@pytest.mark.parametrize(("n", "days", "window"), [(3, 30, 4), (5, 100, 7), (8, 365, 3), (6, 52, 2)])
def test_two_in_a_window_are_naus_s_closed_form(n, days, window):
    """Naus (1968), *J. Am. Stat. Association* 63, 1412-1418, of almost shared birthdays on a line:
    P(no two within so many days) = C(days - (n - 1)(window - 1), n) n! / days^n."""
    none = comb(days - (n - 1) * (window - 1), n) * factorial(n) / days**n
    assert none_reaches(np.full(days, 1 / days), n, window, 2) == pytest.approx(none, rel=1e-9)
