import csv

import numpy as np
import pytest
from scipy import stats

from redway.methods.evaluation import structural as module
from redway.methods.evaluation.structural import structural
from redway.methods.inputs import Unfit


@pytest.mark.peers
def test_against_causal_impact(peer_outputs):
    with (peer_outputs / "causalimpact_input.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    with (peer_outputs / "causalimpact_summary_5seeds.csv").open(newline="") as lines:
        theirs = list(csv.DictReader(lines))
    found = structural([float(r["y"]) for r in rows], [[float(r["x1"])] for r in rows], 70)
    assert found.value == pytest.approx(float(theirs[0]["AbsEffect"]), abs=0.05)
    assert found.low == pytest.approx(np.mean([float(r["lo"]) for r in theirs]), abs=0.1)
    assert found.high == pytest.approx(np.mean([float(r["hi"]) for r in theirs]), abs=0.1)


def test_the_filter_is_the_joint_normal_distribution():
    """Likelihood and state of one node, from the covariance of all periods at once."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(12, 2)), rng.normal(size=12)
    level, noise = 0.3, 0.8
    loose = np.linalg.inv(0.01 * (0.5 * x.T @ x + 0.5 * np.diag(np.diag(x.T @ x)))) * noise**2
    steps = np.minimum.outer(np.arange(12), np.arange(12)) * level**2
    covariance = 1 + steps + x @ loose @ x.T + noise**2 * np.eye(12)
    mean = np.full(12, y[0])
    likelihood, state, _ = module._filter(y, x, np.array([level]), np.array([noise]))
    assert likelihood[0] == pytest.approx(stats.multivariate_normal(mean, covariance).logpdf(y))
    slope = loose @ x.T @ np.linalg.solve(covariance, y - mean)
    assert state[0, 1:] == pytest.approx(slope)


def series(rng, n=80, start=60, effect=0.0, drift=0.02):
    x = 20 + rng.normal(size=n).cumsum() * 0.5
    return 10 + 1.2 * x + rng.normal(0, drift, n).cumsum() + rng.normal(0, 1, n) + effect * (np.arange(n) >= start), x[
        :, None
    ]


def test_the_interval_holds_and_p_is_uniform():
    rng = np.random.default_rng(2)
    found = [structural(*series(rng), 60) for _ in range(80)]
    assert np.mean([f.low <= 0 <= f.high for f in found]) >= 0.88
    assert 0.35 <= np.mean([f.p < 0.5 for f in found]) <= 0.65


def test_an_effect_is_found_the_same_way_every_time_whatever_the_units():
    y, x = series(np.random.default_rng(3), effect=5)
    one, other = structural(y, x, 60), structural(y * 10 + 3, x * 7 - 2, 60)
    assert one.value == pytest.approx(5, abs=1.5)
    assert one.different
    assert other.value == pytest.approx(10 * one.value, rel=1e-6)
    assert (one.expected_low < one.expected).all()
    assert (one.expected < one.expected_high).all()


def test_a_level_that_drifts_is_warned_of_and_a_wider_prior_widens():
    y, x = series(np.random.default_rng(6), drift=0.6)
    one, wide = structural(y, x, 60), structural(y, x, 60, prior_level_sd=0.1)
    assert "raise prior_level_sd" in one.sentence
    assert wide.high - wide.low > one.high - one.low


def test_what_says_nothing_is_said():
    y, x = series(np.random.default_rng(4))
    assert "under a third" in structural(y, np.random.default_rng(5).normal(size=(80, 1)), 60).sentence
    assert "does not vary" in structural(np.full(80, 5.0), x, 60).sentence
    assert "does not vary" in structural(y, np.full((80, 1), 5.0), 60).sentence
    assert "fewer than 11 periods" in structural(y, x, 8).sentence
    with pytest.raises(Unfit):
        structural(y, x, 80)
    with pytest.raises(Unfit):
        structural(y, x[:50], 60)
