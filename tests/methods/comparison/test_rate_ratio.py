import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from redway.methods.comparison.rate_ratio import rate_ratio
from redway.methods.inputs import Unfit


def test_equal_to_r_poisson_test():
    """`poisson.test(c(11, 6+8+7), c(800, 1083+1050+878))`, the example of its help page."""
    found = rate_ratio([11, 21], [800, 3011], [True, False], family="exact")
    assert found.value == pytest.approx(1.971488, abs=1e-6)
    assert (found.low, found.high) == pytest.approx((0.8584264, 4.2772659), abs=1e-6)
    assert found.p == pytest.approx(0.07967, abs=5e-6)


def rows(rng, ratio, *, alpha=0.0, n=24, mean=20):
    mu = np.where(np.arange(2 * n) < n, ratio, 1.0) * mean
    return rng.poisson(mu * (rng.gamma(1 / alpha, alpha, 2 * n) if alpha else 1)), np.arange(2 * n) < n


@pytest.mark.parametrize("family", ["quasipoisson", "negbin"])
def test_clustered_events_get_an_interval_that_holds_and_p_that_is_uniform(family):
    rng, covered, ps = np.random.default_rng(3), 0, []
    for _ in range(300):
        y, first = rows(rng, 1.5, alpha=0.2)
        found = rate_ratio(y, np.ones(y.size), first, family=family)
        covered += found.low <= 1.5 <= found.high
        same, _ = rows(rng, 1.0, alpha=0.2)
        ps.append(rate_ratio(same, np.ones(y.size), first, family=family).p)
    assert 0.91 <= covered / 300 <= 0.985
    assert stats.kstest(ps, "uniform").pvalue > 0.01


def test_the_negative_binomial_is_its_likelihood_s_summit():
    y, first = rows(np.random.default_rng(5), 1.4, alpha=0.3)

    def minus(at):
        mu, theta = np.exp(at[0] + at[1] * first), np.exp(-at[2])
        return -stats.nbinom.logpmf(y, theta, theta / (theta + mu)).sum()

    best = optimize.minimize(
        minus, [3, 0, -1], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 9999}
    )
    found = rate_ratio(y, np.ones(y.size), first, family="negbin")
    assert np.log(found.value) == pytest.approx(best.x[1], abs=1e-6)
    assert np.log(found.alpha) == pytest.approx(best.x[2], abs=1e-4)


@given(st.permutations(range(12)))
def test_order_of_rows_does_not_matter(order):
    y, e = np.arange(12) + 3, np.arange(12) + 1.0
    first, at = np.arange(12) % 2 == 0, np.array(order)
    one, other = rate_ratio(y, e, first), rate_ratio(y[at], e[at], first[at])
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), rel=1e-9)


def test_groups_without_events():
    nothing = rate_ratio([0, 0], [1, 1], [True, False])
    assert "no event in either group" in nothing.sentence
    above = rate_ratio([5, 0], [1, 1], [True, False])
    assert "only a lower limit" in above.sentence
    assert above.high == np.inf
    below = rate_ratio([0, 5], [1, 1], [True, False])
    assert (below.value, below.low) == (0, 0)
    assert "different" not in rate_ratio([0, 50], [1, 1], [True, False]).sentence


def test_too_few_rows_to_measure_dispersion_is_said():
    assert "needs 3 rows of each group" in rate_ratio([5, 7], [1, 1], [True, False]).sentence


def test_never_surer_than_independent_events():
    found = rate_ratio([20] * 12, [1.0] * 12, np.arange(12) < 6)
    assert found.phi == 1
    assert "not statistically different" in found.sentence


def test_bad_input_is_refused():
    for events, exposure, first in (([1.5, 2], [1, 1], [1, 0]), ([1, 2], [0, 1], [1, 0]), ([1, 2], [1, 1], [1, 1])):
        with pytest.raises(Unfit):
            rate_ratio(events, exposure, first)


@pytest.mark.filterwarnings("error")
def test_an_interval_without_an_end_says_so_and_warns_of_nothing():
    found = rate_ratio([5, 999_999_999_999_999, 7, 7, 9, 4], np.ones(6), np.arange(6) < 3)
    assert (found.low, found.high) == (0, np.inf)
    assert "to no limit" in found.sentence
