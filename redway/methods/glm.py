"""Regression of counts on a logarithmic scale, which several methods share: Poisson, quasi-Poisson, negative binomial.

    log E(y) = X b + offset      var(y) = phi mu (quasi-Poisson) or mu + alpha mu^2 (negative binomial)

by iteratively reweighted least squares (McCullagh and Nelder, *Generalized Linear Models*, 1989). phi is Pearson's
chi-square over its degrees of freedom. alpha is by maximum likelihood, in turn with b (Venables and Ripley, *Modern
Applied Statistics with S*, 2002, section 7.4: `MASS::glm.nb`, whose theta is 1/alpha); nought where counts vary no
more than independent events. Covariances: by the model; robust to autocorrelation and unequal variance (Newey and
West 1987, *Econometrica* 55, 703-708, Bartlett weights, with n/(n-k) for small samples).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy
from scipy.special import digamma, xlogy

from redway.methods.inputs import Unfit

VERSION = 1

Floats = npt.NDArray[np.float64]
FAMILIES = ("poisson", "quasipoisson", "negbin")
ROUNDS = 60


@dataclass(frozen=True)
class Fit:
    """A fitted regression.

    coefficients  (k,)
    covariance    (k, k) by the model: times phi for quasi-Poisson
    bread         (k, k) the inverse of X'WX
    fitted        (n,) expected counts
    scores        (n, k) what each row adds to the score
    phi           Pearson's chi-square / df: measured whatever the family; NaN where df is 0
    alpha         of the negative binomial; 0 otherwise
    converged     False where the best coefficients lie at infinity, as where a group has no event at all
    """

    coefficients: Floats
    covariance: Floats
    bread: Floats
    fitted: Floats
    scores: Floats
    phi: float
    alpha: float
    df: int
    converged: bool

    @property
    def errors(self) -> Floats:
        """Standard errors by the model, (k,)."""
        return np.asarray(np.sqrt(np.maximum(np.diag(self.covariance), 0)))


def fit(y: Floats, design: Floats, *, offset: Floats | None = None, family: str = "quasipoisson") -> Fit:
    """A regression of counts y (n,) on columns (n, k). Raises Unfit where columns say the same as others together."""
    n, k = design.shape
    if n < k or np.linalg.matrix_rank(design) < k:
        raise Unfit(
            f"terms that differ, and at least {k} rows for {k} of them",
            came=f"{n} rows, whose terms cannot be told apart",
            cause="a term that is the same throughout, or a period with nothing on one side of it.",
        )
    at = np.zeros(n) if offset is None else offset
    coefficients, mu, converged = _irls(y, design, at, 0.0)
    alpha = 0.0
    if family == "negbin" and converged:
        for _ in range(ROUNDS):
            before, alpha = alpha, _alpha(y, mu)
            coefficients, mu, converged = _irls(y, design, at, alpha, coefficients)
            if abs(alpha - before) <= 1e-9 * max(alpha, 1e-6):
                break
    weight = mu / (1 + alpha * mu)
    bread = np.asarray(np.linalg.pinv(design.T @ (design * weight[:, None])), dtype=np.float64)
    df = n - k
    safe = np.maximum(mu, 1e-300)
    phi = float(np.sum((y - mu) ** 2 / (safe * (1 + alpha * mu))) / df) if df else np.nan
    scores = design * ((y - mu) / (1 + alpha * mu))[:, None]
    covariance = bread * (phi if family == "quasipoisson" else 1.0)
    return Fit(coefficients, covariance, bread, mu, scores, phi, alpha, df, converged)


def _irls(
    y: Floats, design: Floats, offset: Floats, alpha: float, start: Floats | None = None
) -> tuple[Floats, Floats, bool]:
    mu = y + 0.5 if start is None else np.exp(np.clip(design @ start + offset, -700, 700))
    eta, coefficients, deviance = np.log(mu), np.zeros(design.shape[1]), np.inf
    for _ in range(ROUNDS):
        weight = np.sqrt(mu / (1 + alpha * mu))
        response = eta - offset + (y - mu) / mu
        coefficients = _least_squares(design * weight[:, None], response * weight)
        eta = np.clip(design @ coefficients + offset, -700, 700)
        mu = np.exp(eta)
        before, deviance = deviance, _deviance(y, mu, alpha)
        if abs(deviance - before) <= 1e-12 * (abs(deviance) + 0.1):
            # a fit that runs to infinity has fitted counts of next to nothing
            return coefficients, mu, bool(mu.min() > 1e-7 * max(1.0, float(y.mean())))
    return coefficients, mu, False


def _least_squares(design: Floats, y: Floats) -> Floats:
    return np.asarray(np.linalg.lstsq(design, y, rcond=None)[0], dtype=np.float64)


def _deviance(y: Floats, mu: Floats, alpha: float) -> float:
    if not alpha:
        return float(2 * np.sum(xlogy(y, y / mu) - (y - mu)))
    r = 1 / alpha
    return float(2 * np.sum(xlogy(y, y / mu) - (y + r) * np.log((y + r) / (mu + r))))


def _alpha(y: Floats, mu: Floats) -> float:
    """The likeliest alpha for given expectations; 0 where counts vary no more than independent ones."""

    def score(log_theta: float) -> float:
        theta = np.exp(log_theta)
        terms = digamma(theta + y) - digamma(theta) + np.log(theta / (theta + mu)) + 1 - (theta + y) / (theta + mu)
        return float(terms.sum())

    if np.sum((y - mu) ** 2 - y) <= 0:  # the slope of the likelihood in alpha, at alpha = 0
        return 0.0
    low, high = np.log(1e-4), np.log(1e7)
    if score(low) <= 0 or score(high) >= 0:
        return 0.0
    return float(np.exp(-scipy.optimize.brentq(score, low, high, xtol=1e-13, rtol=1e-13)))


def newey_west(fitted: Fit, lags: int) -> Floats:
    """The covariance (k, k) that allows for autocorrelation up to so many lags; rows in order of time."""
    scores = fitted.scores
    n, k = scores.shape
    meat = scores.T @ scores
    for lag in range(1, min(lags, n - 1) + 1):
        across = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (across + across.T)
    return np.asarray(fitted.bread @ meat @ fitted.bread * (n / max(n - k, 1)))


def usual_lags(n: int) -> int:
    """How many lags to allow for: 4 (n/100)^(2/9), as is usual."""
    return int(4 * (n / 100) ** (2 / 9))
