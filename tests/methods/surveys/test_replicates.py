import numpy as np
import pytest

from redway.methods.inputs import Unfit
from redway.methods.surveys.design import design
from redway.methods.surveys.means import mean
from redway.methods.surveys.quantiles import quantile
from redway.methods.surveys.replicates import replicated, replicated_mean


def drawn(seed, strata=4, clusters=10, people=8):
    rng = np.random.default_rng(seed)
    n = strata * clusters * people
    ids, of = np.repeat(np.arange(strata * clusters), people), np.repeat(np.arange(strata), clusters * people)
    y = rng.normal(0, 1, strata * clusters)[ids] + rng.normal(0, 1, n)
    return design(rng.uniform(1, 2, n), ids=ids, strata=of), y


@pytest.mark.parametrize(("kind", "close"), [("JKn", 0.03), ("bootstrap", 0.15)])
@pytest.mark.parametrize("mse", [True, False])
def test_replicates_agree_with_linearisation(kind, close, mse):
    sample, y = drawn(1)
    found = replicated(
        sample, lambda w: (w * y).sum() / w.sum(), kind=kind, rng=np.random.default_rng(2), replicates=800, mse=mse
    )
    assert found.se == pytest.approx(mean(sample, y).se[0], rel=close)


def test_the_jackknife_of_a_total_is_exact():
    sample, y = drawn(3)
    from redway.methods.surveys.means import total

    assert replicated(sample, lambda w: (w * y).sum()).se == pytest.approx(total(sample, y).se[0])


def test_the_same_seed_gives_the_same_answer():
    sample, y = drawn(4)
    one, two = (
        replicated(sample, lambda w: (w * y).sum(), kind="bootstrap", rng=np.random.default_rng(5), replicates=20)
        for _ in range(2)
    )
    assert one == two


def test_what_does_not_fit_is_refused_and_what_has_no_estimate_is_said():
    sample, _y = drawn(6)
    with pytest.raises(Unfit, match="JKn"):
        replicated(sample, lambda w: w.sum(), kind="JK1")
    with pytest.raises(Unfit, match="generator"):
        replicated(sample, lambda w: w.sum(), kind="bootstrap")
    assert "no estimate" in replicated(sample, lambda w: np.nan).sentence


def test_intervals_of_a_median_hold():
    rng, held = np.random.default_rng(7), 0
    for _ in range(300):
        found = quantile(design(np.ones(200)), rng.exponential(1, 200))
        held += found.low <= np.log(2) <= found.high
    assert 0.92 <= held / 300 <= 0.985
    assert "fewer than 30" in quantile(design(np.ones(5)), np.ones(5)).sentence
    assert quantile(design(np.ones(50)), np.ones(50)).value == 1


def test_the_jackknife_is_the_slow_twin_s():
    """Each cluster left out by hand, and the others of its stratum made up for it."""
    sample, y = drawn(6, strata=3, clusters=4, people=5)
    w, cluster = sample.weights, np.repeat(np.arange(12), 5)
    square = 0.0
    for stratum in range(3):
        values = []
        for out in range(4 * stratum, 4 * stratum + 4):
            v = w.copy()
            v[cluster // 4 == stratum] *= 4 / 3
            v[cluster == out] = 0
            values.append((v * y).sum() / v.sum())
        square += 3 / 4 * sum((value - np.mean(values)) ** 2 for value in values)
    assert replicated(sample, lambda w: (w * y).sum() / w.sum()).se == pytest.approx(square**0.5)


@pytest.mark.parametrize("kind", ["JK1", "JKn", "bootstrap"])
@pytest.mark.parametrize("mse", [False, True])
def test_a_mean_from_the_sums_of_clusters_is_that_of_weights_one_by_one(kind, mse):
    rng = np.random.default_rng(3)
    n = 240
    strata = None if kind == "JK1" else rng.integers(0, 4, n)
    sample = design(rng.uniform(0.5, 3, n), ids=rng.integers(0, 9, n), strata=strata, fpc=np.full(n, 60.0))
    y = rng.normal(5, 2, n)
    options = {"kind": kind, "mse": mse, "replicates": 50}
    slow = replicated(sample, lambda w: float((w * y).sum() / w.sum()), rng=np.random.default_rng(9), **options)
    quick = replicated_mean(sample, y, rng=np.random.default_rng(9), **options)
    for name in ("value", "se", "low", "high"):
        assert getattr(quick, name) == pytest.approx(getattr(slow, name), rel=1e-11)
    assert (quick.replicates, quick.df, quick.sentence) == (slow.replicates, slow.df, slow.sentence)


def test_many_answers_that_agree_still_leave_nothing_to_be_sure_of():
    sample = design(np.random.default_rng(1).uniform(0.5, 2, 300_000))
    found = replicated_mean(sample, np.full(300_000, 0.7))
    assert "every replicate is the same" in found.sentence
    with pytest.raises(Unfit, match="a generator"):
        replicated_mean(design(np.ones(4)), np.arange(4.0), kind="bootstrap")
