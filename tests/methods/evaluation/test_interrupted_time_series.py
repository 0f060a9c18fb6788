import csv

import numpy as np
import pytest

from redway.methods.evaluation.interrupted_time_series import interrupted_time_series
from redway.methods.inputs import Unfit

LAW = 169  # rows before the law on seat belts


def seatbelts(peer_outputs, column):
    with (peer_outputs / "seatbelts_input.csv").open(newline="") as lines:
        return [float(row[column]) for row in csv.DictReader(lines)]


def reference(peer_outputs, name):
    with (peer_outputs / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.peers
def test_equal_to_r_glm(peer_outputs):
    rows = reference(peer_outputs, "its_seatbelts_quasipoisson.csv")
    found = interrupted_time_series(seatbelts(peer_outputs, "DriversKilled"), LAW, errors="model")
    assert found.estimates == pytest.approx([float(r["Estimate"]) for r in rows], abs=1e-10)
    assert found.errors == pytest.approx([float(r["Std..Error"]) for r in rows], abs=1e-10)
    assert found.figures["phi"] == pytest.approx(float(rows[0]["dispersion"]), abs=1e-8)


@pytest.mark.peers
@pytest.mark.parametrize(("model", "errors", "close"), [("ols", "model", 1e-10), ("gls_ar1", "ar1", 1e-6)])
def test_equal_to_r_lm_and_gls(peer_outputs, model, errors, close):
    rows = [r for r in reference(peer_outputs, "its_seatbelts_ols_gls.csv") if r["model"] == model]
    y = seatbelts(peer_outputs, "DriversKilled")
    found = interrupted_time_series(y, LAW, family="lognormal", errors=errors, season="factor")
    assert found.estimates == pytest.approx([float(r["est"]) for r in rows], abs=close)
    assert found.errors == pytest.approx([float(r["se"]) for r in rows], abs=close)


def series(rng, n=60, start=40, effect=-0.25, r=0.0, spread=0.15):
    left = np.zeros(n)
    for t in range(1, n):
        left[t] = r * left[t - 1] + rng.normal(0, spread)
    return rng.poisson(50 * np.exp(left + 0.1 * np.sin(np.arange(n) / 2) + effect * (np.arange(n) >= start)))


@pytest.mark.parametrize("family", ["quasipoisson", "negbin", "lognormal"])
def test_p_is_no_smaller_than_it_should_be_where_nothing_began(family):
    rng = np.random.default_rng(1)
    p = np.array([interrupted_time_series(series(rng, effect=0) + 1, 40, family=family).p for _ in range(150)])
    assert (p < 0.05).mean() <= 0.1
    assert 0.35 <= (p < 0.5).mean() <= 0.62


def test_dependence_makes_the_model_too_sure_and_robust_errors_less_so():
    rng, held = np.random.default_rng(2), {"model": 0, "newey-west": 0}
    for _ in range(120):
        y = series(rng, 120, 90, r=0.5)
        for errors in held:
            found = interrupted_time_series(y, 90, errors=errors)
            held[errors] += found.low <= 100 * np.expm1(-0.25) <= found.high
    assert held["model"] / 120 < 0.88
    assert held["newey-west"] / 120 >= 0.9


def test_dependence_is_told_where_it_is_not_allowed_for():
    y = series(np.random.default_rng(3), 120, 90, r=0.8)
    assert "depend on the one before" in interrupted_time_series(y, 90, errors="model").sentence


def test_a_comparison_takes_out_what_touched_both():
    rng = np.random.default_rng(4)
    drop = np.where(np.arange(80) >= 50, 0.5, 1)
    both = rng.poisson(400 * drop), rng.poisson(300 * drop)
    alone = interrupted_time_series(both[0], 50)
    compared = interrupted_time_series(both[0], 50, comparison=both[1])
    assert alone.different
    assert alone.maryland == 2
    assert not compared.different
    assert compared.maryland == 3
    assert compared.without[50:].mean() == pytest.approx(both[0][50:].mean(), rel=0.1)


def test_what_cannot_be_told_is_said():
    assert "fewer than 8 periods" in interrupted_time_series([5] * 20, 15).sentence
    assert "no event before" in interrupted_time_series([0] * 20 + [4] * 20, 20).sentence
    assert "has no logarithm" in interrupted_time_series([0, *[5] * 39], 20, family="lognormal").sentence
    steady = interrupted_time_series([5] * 48, 24)
    assert " is 0% (" in steady.sentence, "and not what rounding leaves"
    assert "not statistically different" in steady.sentence
    assert "does not vary around its line" in interrupted_time_series([7] * 40, 20, errors="model").sentence
    for errors in ("model", "ar1", "newey-west"):
        still = interrupted_time_series([7] * 40, 20, family="lognormal", errors=errors)
        assert "does not vary around its line" in still.sentence


def test_faults_are_refused():
    with pytest.raises(Unfit, match="ar1"):
        interrupted_time_series([5] * 40, 20, errors="ar1")
    with pytest.raises(Unfit, match="whole"):
        interrupted_time_series([5.5] * 40, 20)
    with pytest.raises(Unfit, match="one length"):
        interrupted_time_series([5] * 40, 20, [1.0] * 39)


def test_strong_dependence_is_warned_of_though_it_is_allowed_for():
    rng, left = np.random.default_rng(21), [0.0]
    for _ in range(119):
        left.append(0.8 * left[-1] + rng.normal(0, 0.2))
    assert "too sure" in interrupted_time_series(rng.poisson(60 * np.exp(left)), 80).sentence
    assert "too sure" not in interrupted_time_series(rng.poisson(60, 120), 80).sentence


@pytest.mark.parametrize("family", ["quasipoisson", "negbin"])
@pytest.mark.parametrize("large", [1e10, 1e13, 1e15])
def test_one_count_that_is_no_count_is_named(family, large):
    y = np.random.default_rng(22).poisson(40, 40).astype(float)
    other, y[3] = y.copy(), large
    assert "beyond any line" in interrupted_time_series(y, 20, family=family).sentence
    assert "beyond any line" in interrupted_time_series(y, 20, comparison=other).sentence


T = np.arange(1, 37)
SERIES_TEXT = """94 90 140 150 122 148 138 94 108 90 130 136 106 130 116 154 154 116 134 118 44 53 29 62 60 112 125
99 126 116 70 81 59 96 100 70"""
SERIES = np.array(SERIES_TEXT.split(), dtype=float)


def test_the_negative_binomial_is_r_s():
    """R 4.2.2: MASS::glm.nb(y ~ t + after + since + sin(a) + cos(a) + sin(2 * a) + cos(2 * a)), a <- pi * t / 6."""
    found = interrupted_time_series(SERIES, 20, family="negbin", errors="model")
    assert found.estimates == pytest.approx(
        [4.68049160674, 0.00879051752, -0.77619416798, 0.02959065941, 0.19979169142, -0.13976612849, -0.04384597177,
         0.00757852081], rel=1e-6)  # fmt: skip
    assert found.errors == pytest.approx(
        [0.08618361748, 0.00716022664, 0.13503859717, 0.01275069924, 0.0455083999, 0.0450164249, 0.0440043,
         0.0441164995],
        rel=1e-6)  # fmt: skip
    assert found.figures["alpha"] == pytest.approx(0.0240383212666, rel=1e-6)


def test_newey_west_by_loops_and_no_term_surer_than_by_the_model():
    """What is asked of errors in words, step by step: of every pair of months up to three apart."""
    angle = np.pi * T / 6
    x = np.column_stack([np.ones(36), T, T > 20, np.maximum(0, T - 20), np.sin(angle), np.cos(angle), np.sin(2 * angle),
                         np.cos(2 * angle)])  # fmt: skip
    found = interrupted_time_series(SERIES, 20, lags=3)
    mu, b = found.fitted, found.estimates
    assert mu == pytest.approx(np.exp(x @ b))
    assert x.T @ (SERIES - mu) == pytest.approx(np.zeros(8), abs=1e-6)
    bread, meat = np.linalg.inv((x.T * mu) @ x), np.zeros((8, 8))
    for i in range(36):
        for j in range(max(0, i - 3), min(36, i + 4)):
            meat += (1 - abs(i - j) / 4) * np.outer(x[i], x[j]) * (SERIES[i] - mu[i]) * (SERIES[j] - mu[j])
    robust = np.diag(bread @ meat @ bread) * 36 / 28
    left = (SERIES - mu) / np.sqrt(mu)
    phi, z = left @ left / 28, left - left.mean()
    r = min(max(sum(z[i] * z[i + 1] for i in range(35)) / (z @ z) + 4 / 36, 0), 0.9)
    model = np.diag(bread) * phi
    assert found.errors**2 == pytest.approx(np.maximum(np.maximum(robust, model), model * (1 + r) / (1 - r)))
