"""Straight-line regression whose errors follow the one before: generalised least squares with AR(1), by REML.

    y = X b + u        u_t = r u_{t-1} + e_t        b by least squares on rows differenced by r (Prais and Winsten)

r maximises the restricted likelihood (Patterson and Thompson 1971, *Biometrika* 58, 545-554), as R's `nlme::gls` with
`corAR1` does. `ordinary` is the same with r = 0 (`lm`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from redway.methods.inputs import Unfit

VERSION = 1

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """A regression: estimates and covariance; bread and scores as in `glm`; what is left over, without dependence."""

    estimates: Floats
    covariance: Floats
    bread: Floats
    scores: Floats
    fitted: Floats
    left: Floats
    sigma: float
    correlation: float
    df: int


def ordinary(y: Floats, design: Floats) -> Line:
    """Least squares. Raises Unfit where terms cannot be told apart."""
    n, k = design.shape
    if n <= k or np.linalg.matrix_rank(design) < k:
        raise Unfit(
            f"terms that differ, and more than {k} rows for {k} of them",
            came=f"{n} rows",
            cause="a series shorter than its season has terms: ask for season none, or fewer harmonics.",
        )
    return _line(y, design, 0.0)


def ar1(y: Floats, design: Floats) -> Line:
    """Least squares with errors that follow the one before. Raises Unfit as `ordinary` does."""
    ordinary(y, design)
    best = scipy.optimize.minimize_scalar(
        lambda a: _minus_likelihood(y, design, np.tanh(a)), bounds=(-4, 4), method="bounded", options={"xatol": 1e-10}
    )
    return _line(y, design, float(np.tanh(best.x)))


def _turned(rows: Floats, r: float) -> Floats:
    """Rows whose errors do not depend on one another, and are alike."""
    turned = rows.astype(float).copy()
    turned[1:] -= r * rows[:-1]
    turned[0] *= np.sqrt(1 - r**2)
    return turned


def _minus_likelihood(y: Floats, design: Floats, r: float) -> float:
    x, v = _turned(design, r), _turned(y, r)
    n, k = design.shape
    squares = x.T @ x
    left = v - x @ np.linalg.solve(squares, x.T @ v)
    # errors of variance one after turning have variance 1/(1-r^2) before
    return float(
        (n - k) / 2 * np.log(max(float(left @ left), 1e-300)) + np.linalg.slogdet(squares)[1] / 2 - np.log(1 - r**2) / 2
    )


def _line(y: Floats, design: Floats, r: float) -> Line:
    x, v = _turned(design, r), _turned(y, r)
    n, k = design.shape
    bread = np.asarray(np.linalg.inv(x.T @ x), dtype=np.float64)
    estimates = bread @ x.T @ v
    left = v - x @ estimates
    variance = float(left @ left) / (n - k)
    sigma = float(np.sqrt(variance / (1 - r**2)))
    return Line(estimates, bread * variance, bread, x * left[:, None], design @ estimates, left, sigma, r, n - k)
