"""Quantiles and tails of counts: those of scipy's laws, over the whole range that is met."""

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from redway.methods.emerging.thresholds import at_least, no_past, quantile


@pytest.mark.parametrize("chance", [0.00135, 0.025, 0.5, 0.95, 0.995, 0.99865])
def test_quantiles_are_exact(chance):
    rng = np.random.default_rng(1)
    mean = np.exp(rng.uniform(np.log(1e-3), np.log(1e4), 4000))
    phi = np.where(rng.random(4000) < 0.3, 1.0, 1 + np.exp(rng.uniform(-6, 4, 4000)))
    size = mean / np.where(phi > 1, phi - 1, 1)
    expected = np.where(phi > 1, nbinom.ppf(chance, size, 1 / phi), poisson.ppf(chance, mean))
    assert np.array_equal(quantile(chance, mean, phi), expected)


def test_tails_are_exact():
    rng = np.random.default_rng(2)
    mean, phi, y = rng.uniform(0.1, 50, 500), rng.uniform(1.01, 5, 500), rng.integers(0, 90, 500).astype(float)
    assert at_least(y, mean, phi) == pytest.approx(nbinom.sf(y - 1, mean / (phi - 1), 1 / phi), rel=1e-8)
    assert at_least(y, mean, np.ones(500)) == pytest.approx(poisson.sf(y - 1, mean), rel=1e-8)


def test_a_past_without_events():
    bound, p = no_past(np.arange(5.0), np.full(5, 1 / 36), 0.001)
    assert bound.tolist() == [1] * 5
    assert p == pytest.approx(36.0 ** -np.arange(5))
