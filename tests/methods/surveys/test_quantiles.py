"""Quantiles where samples say little: no interval without width, and no division by nought."""

import numpy as np
import pytest
from scipy import stats

from redway.methods.inputs import Unfit
from redway.methods.surveys.design import design
from redway.methods.surveys.quantiles import quantile
from redway.methods.surveys.replicates import replicated


def test_answers_that_agree_give_no_interval():
    found = quantile(design(np.ones(50)), np.full(50, 4.0))
    assert found.value == 4
    assert np.isnan([found.se, found.low, found.high]).all()
    assert "how sure this is cannot be told" in found.sentence


def test_the_highest_share_has_an_interval():
    found = quantile(design(np.ones(200)), np.arange(200.0), 0.999)
    assert found.value == 199
    assert found.low < 199


def test_a_level_that_no_interval_has_is_refused():
    with pytest.raises(Unfit, match="conf_level"):
        quantile(design(np.ones(50)), np.arange(50.0), conf_level=1e-300)


def test_replicates_that_agree_say_that_nothing_can_be_told():
    y = np.full(40, 0.3)
    found = replicated(design(np.ones(40)), lambda w: float((w * y).sum() / w.sum()))
    assert found.value == pytest.approx(0.3)
    assert np.isnan([found.se, found.low, found.high]).all()
    assert "cannot be told" in found.sentence


def test_it_says_what_the_slow_twin_says():
    """Answers laid end to end by their weights; the share below, its interval cluster by cluster, and back again."""
    rng = np.random.default_rng(3)
    w, y = rng.uniform(1, 4, 60), rng.integers(0, 15, 60).astype(float)
    cluster = np.repeat(np.arange(12), 5)
    for share in (0.25, 0.5, 0.9):
        found = quantile(design(w, ids=cluster), y, share)

        def at(level):
            return next(v for v in sorted(set(y)) if w[y <= v].sum() / w.sum() >= level - 1e-12)

        below = (y <= at(share)) * 1.0
        middle = (w * below).sum() / w.sum()
        scores = np.array([(w * (below - middle))[cluster == c].sum() / w.sum() for c in range(12)])
        reach = stats.t.ppf(0.975, 11) * np.sqrt(12 / 11 * ((scores - scores.mean()) ** 2).sum())
        ends = at(max(middle - reach, 0)), at(min(middle + reach, 1))
        assert (found.value, found.low, found.high) == (at(share), *ends)
        assert found.se == pytest.approx((ends[1] - ends[0]) / (2 * stats.t.ppf(0.975, 11)))
