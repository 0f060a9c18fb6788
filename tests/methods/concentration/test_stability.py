"""Stability: by hand, fair to places that stay as they are, and quick to see those that do not."""

import itertools

import numpy as np
import pytest
from scipy import stats

from redway.methods.concentration import stability as module
from redway.methods.concentration.stability import stability
from redway.methods.concentration.tables import METHODS
from redway.methods.inputs import Unfit


def measured(first, second, seed=1, **settings):
    return stability(first, second, np.random.default_rng(seed), **settings)


def test_the_worked_example():
    found = measured([9, 5, 1, 1, 0, 0, 0, 0, 0, 0], [8, 0, 0, 7, 1, 0, 0, 0, 0, 0], share=0.2)
    assert (found.again, found.held, found.first_held) == pytest.approx((0.5, 0.5, 14 / 16))
    assert found.correlation == pytest.approx(
        stats.spearmanr([9, 5, 1, 1, 0, 0, 0, 0, 0, 0], [8, 0, 0, 7, 1, 0, 0, 0, 0, 0]).statistic
    )


def test_stable_places_are_not_called_unstable():
    rng, low = np.random.default_rng(2), 0
    for seed in range(100):
        rates = rng.gamma(0.4, 3, 300)
        found = measured(rng.poisson(rates), rng.poisson(1.3 * rates), seed, nsim=59)
        low += found.p < 0.05
        assert found.held < found.first_held, "luck leaves the top"
    assert low <= 11


def test_places_that_moved_are_seen_to_have_moved():
    rng = np.random.default_rng(3)
    rates = rng.gamma(0.4, 3, 300)
    found = measured(rng.poisson(rates), rng.poisson(rng.permutation(rates)))
    assert found.p < 0.02
    assert "fewer than the" in found.sentence


def test_the_order_of_places_changes_nothing_that_was_seen():
    rng = np.random.default_rng(4)
    x, y = rng.poisson(rng.gamma(0.4, 3, 200), (2, 200))
    order = rng.permutation(200)
    assert measured(x, y).held == pytest.approx(measured(x[order], y[order]).held)


def test_nothing_to_follow_gives_no_verdict():
    assert measured([0, 0], [1, 0]).sentence.startswith("Cannot tell")
    assert measured([1], [1]).cannot_tell
    once = measured([1, 1, 0, 0] * 5, [0, 0, 1, 0] * 5, share=0.1)
    assert "would not be on top twice" in once.sentence, "where no place has two events, wholly stable ones hold 0%"
    assert np.isnan([measured([1], [1]).p, measured([0, 0], [1, 0]).held]).all()
    with pytest.raises(Unfit):
        measured([1, 2], [1])
    with pytest.raises(Unfit):
        measured([1, -2], [1, 2])


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_method_runs_on_a_table(method):
    rng = np.random.default_rng(1)
    columns = {"value": rng.poisson(2, 60), "first": rng.poisson(2, 60), "second": rng.poisson(2, 60)}
    answer = method.run(columns, {p.name: p.default for p in method.parameters}, rng)
    assert answer.sentence.endswith(".")


def test_ranks_are_scipys_at_any_size():
    x, y = np.array([3, 1, 1, 9_000_000, 3, 0]), np.array([1, 5, 2, 2, 0, 7])
    assert measured(x, y).correlation == pytest.approx(stats.spearmanr(x, y).statistic)


def test_spearman_is_r_s():
    """R 4.2.2: cor(x, y, method = "spearman")."""
    found = measured([9, 5, 1, 1, 0, 0, 3, 0, 2, 0], [8, 0, 0, 7, 1, 0, 4, 0, 0, 2])
    assert found.correlation == pytest.approx(0.307831791733, rel=1e-9)


def test_it_says_what_the_slow_twin_says():
    """Places in every order that ties allow, and the splits of a few events one by one."""
    first, second = np.array([3, 2, 2, 1, 0]), np.array([1, 0, 3, 2, 0])
    held, again = [], []
    for order in itertools.permutations(range(5)):
        if (np.diff(first[list(order)]) <= 0).all():
            top = set(order[:2])
            held.append(sum(second[k] for k in top) / 6)
            there = [set(o[:2]) for o in itertools.permutations(range(5)) if (np.diff(second[list(o)]) <= 0).all()]
            again.append(np.mean([len(top & t) / 2 for t in there]))
    found = measured(first, second, share=0.4)
    assert (found.held, found.again) == pytest.approx((np.mean(held), np.mean(again)))


def test_what_stable_places_would_give_is_every_way_to_split_them():
    """Of 4 and 2 and 1 events each goes to either year by the years' shares: every way, weighed by its chance."""
    first, second = np.array([3, 1, 0]), np.array([1, 1, 1])
    both, share = first + second, 4 / 7
    held, weight = [], []
    for split in itertools.product(*(range(n + 1) for n in both)):
        chance = np.prod(stats.binom.pmf(split, both, share))
        early, late = np.array(split), both - np.array(split)
        tops = early == early.max()
        held.append(late[tops].mean() / late.sum() if late.sum() else 0.0)
        weight.append(chance)
    found = measured(first, second, share=1 / 3, nsim=1500)
    at_most = np.array(held) <= found.held + 1e-12
    assert found.stable_held == pytest.approx(np.average(held, weights=weight), abs=0.02)
    assert found.p == pytest.approx(np.average(at_most, weights=weight), abs=0.03)


def test_places_alike_may_be_counted_once_with_how_many_there_are():
    rng = np.random.default_rng(4)
    x, y, times = rng.poisson(3, 40).astype(float), rng.poisson(3, 40).astype(float), rng.integers(1, 6, 40)
    for share in (0.05, 0.2, 0.5, 1.0):
        whole = module._measured(np.repeat(x, times), np.repeat(y, times), share)
        assert module._measured(x, y, share, times.astype(float)) == pytest.approx(whole, rel=1e-12)


def test_many_places_split_at_once_are_as_those_split_one_by_one(monkeypatch):
    """Means and spreads of 400 draws either way, within four of their errors."""
    both = np.random.default_rng(5).poisson(2.5, 3000)
    at_once = module._stable(both, 0.45, 0.05, 400, np.random.default_rng(6))
    monkeypatch.setattr(module, "MOST_CELLS", 0)
    one_by_one = module._stable(both, 0.45, 0.05, 400, np.random.default_rng(7))
    error = np.sqrt((at_once.var(axis=0) + one_by_one.var(axis=0)) / 400)
    assert (np.abs(at_once.mean(axis=0) - one_by_one.mean(axis=0)) < 4 * error).all()
    assert at_once.std(axis=0) == pytest.approx(one_by_one.std(axis=0), rel=0.2)
