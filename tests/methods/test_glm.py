"""The regression that many methods share: R's glm, glm.nb and sandwich to the figure, and what it does at the brink."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import nbinom

from redway.methods.glm import fit, newey_west, usual_lags
from redway.methods.inputs import Unfit

X = np.array([0.2, 1.5, 0.7, 2.2, 1.1, 0.4, 1.9, 2.6, 0.9, 1.4, 2.0, 0.1])
E = np.array([100, 120, 80, 150, 95, 110, 130, 70, 105, 90, 140, 60.0])
Y = np.array([3, 11, 2, 25, 4, 7, 9, 14, 2, 12, 8, 1.0])
DESIGN = np.column_stack([np.ones(12), X])


def fitted(family="poisson"):
    return fit(Y, DESIGN, offset=np.log(E), family=family)


def test_poisson_is_r_s():
    """R 4.2.2: glm(y ~ x + offset(log(e)), poisson, control = list(epsilon = 1e-15)); as it stands R stops earlier."""
    found = fitted()
    assert found.coefficients == pytest.approx([-3.713130214005, 0.758863473347], rel=1e-8)
    assert found.errors == pytest.approx([0.282430164312, 0.153032858878], rel=1e-8)
    assert found.fitted[:4] == pytest.approx([2.84002446523, 9.13996666952, 3.32045178009, 19.433623218], rel=1e-8)
    assert (found.df, found.alpha, found.converged) == (10, 0, True)


def test_quasi_poisson_is_r_s():
    """R 4.2.2: summary(glm(..., quasipoisson)): errors and dispersion."""
    found = fitted("quasipoisson")
    assert found.phi == pytest.approx(1.84286161964, rel=1e-8)
    assert found.errors == pytest.approx([0.383404707884, 0.207745226852], rel=1e-8)


def test_the_negative_binomial_is_r_s():
    """R 4.2.2: MASS::glm.nb(y ~ x + offset(log(e))); alpha is 1 / theta."""
    found = fitted("negbin")
    assert found.coefficients == pytest.approx([-3.691343023689, 0.749702773033], rel=1e-7)
    assert found.errors == pytest.approx([0.325270206819, 0.187696971536], rel=1e-6)
    assert found.alpha == pytest.approx(0.0736968480417, rel=1e-6)


def test_the_negative_binomial_is_the_summit_of_its_likelihood():
    def unlikely(at):
        mu = E * np.exp(DESIGN @ at[:2])
        size = np.exp(-at[2])
        return -nbinom.logpmf(Y, size, size / (size + mu)).sum()

    best = minimize(unlikely, [-3.7, 0.7, -2.5], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}).x
    found = fitted("negbin")
    assert [*found.coefficients, np.log(found.alpha)] == pytest.approx(best, rel=1e-4)


def test_the_covariance_robust_to_autocorrelation_is_sandwich_s():
    """R 4.2.2, sandwich 3.0-2: NeweyWest(m, lag = 2, prewhite = FALSE, adjust = TRUE)."""
    assert np.sqrt(np.diag(newey_west(fitted(), 2))) == pytest.approx([0.244324727690, 0.148068854928], rel=1e-9)


def test_a_count_weighs_as_the_rows_it_stands_for():
    """Rows of equal terms added up, with their exposures, are one row of both."""
    twice = fit(np.concatenate([Y, Y]), np.vstack([DESIGN, DESIGN]), offset=np.log(np.tile(E, 2)), family="poisson")
    once = fit(2 * Y, DESIGN, offset=np.log(2 * E), family="poisson")
    assert twice.coefficients == pytest.approx(once.coefficients)
    assert twice.errors == pytest.approx(once.errors)


def test_it_is_newton_s_summit_whatever_the_order_and_unit():
    b = np.array([np.log(Y.sum() / E.sum()), 0.0])
    for _ in range(30):
        mu = E * np.exp(DESIGN @ b)
        b = b + np.linalg.solve((DESIGN.T * mu) @ DESIGN, DESIGN.T @ (Y - mu))
    assert fitted().coefficients == pytest.approx(b, rel=1e-9)
    order = np.random.default_rng(1).permutation(12)
    shuffled = fit(Y[order], DESIGN[order] * [1, 1000], offset=np.log(E[order]), family="poisson")
    assert shuffled.coefficients * [1, 1000] == pytest.approx(b, rel=1e-9)


def test_a_group_without_events_has_no_best_fit_and_says_so():
    """R 4.2.2: glm(c(0, 0, 0, 4, 6, 5) ~ c(0, 0, 0, 1, 1, 1), poisson) stops at -22.3 and calls it a fit."""
    y, design = np.array([0, 0, 0, 4, 6, 5.0]), np.column_stack([np.ones(6), np.repeat([0.0, 1], 3)])
    for family in ("poisson", "quasipoisson", "negbin"):
        found = fit(y, design, family=family)
        assert not found.converged, family
        assert np.isfinite(found.fitted).all()


def test_counts_that_vary_no_more_than_chance_have_no_alpha():
    found = fit(np.full(10, 7.0), np.ones((10, 1)), family="negbin")
    assert (found.alpha, found.converged) == (0, True)
    assert found.phi == pytest.approx(0)
    assert found.errors == pytest.approx(1 / np.sqrt(70))


@pytest.mark.parametrize(
    "design", [np.ones((3, 2)), np.ones((1, 2)), np.column_stack([np.ones(6), np.arange(6), 2 * np.arange(6) + 1])]
)
def test_terms_that_cannot_be_told_apart_are_refused_with_a_cause(design):
    with pytest.raises(Unfit, match="cannot be told apart") as refused:
        fit(np.arange(len(design), dtype=float), design.astype(float))
    assert refused.value.cause


def test_as_many_terms_as_rows_leave_no_dispersion():
    found = fit(np.array([3.0, 8]), np.eye(2))
    assert np.isnan(found.phi)
    assert found.df == 0


def test_usual_lags():
    """4 (n/100)^(2/9), rounded down, as Newey and West (1994) have it."""
    assert [usual_lags(n) for n in (12, 36, 100, 520)] == [2, 3, 4, 5]
