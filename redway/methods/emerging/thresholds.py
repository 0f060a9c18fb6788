"""How many events are more than expected: upper bounds and p-values about a forecast with doubt.

Given the forecast's mean mu, the variance of its logarithm v and the over-dispersion phi; see `farrington`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammainc, nbdtrik, ndtr, ndtri, pdtrik

from redway.methods.inputs import Floats

Booleans = npt.NDArray[np.bool_]

WALK = 30  # steps
SKEWED = 5.0  # beyond which skewness says nothing of where the quantile is
POWERS = {"2/3": 2 / 3, "1/2": 1 / 2, "none": 1.0}


@dataclass(frozen=True)
class Judged:
    """upper and p, (rows,): the bound, and the chance of as many events or more. NaN where there is no forecast."""

    upper: Floats
    p: Floats


def judged(
    y: Floats, mean: Floats, variance: Floats, phi: Floats, method: str, powertrans: str, alpha: float
) -> Judged:
    """Bound and p-value by one of Farrington's three ways, for means above 0; others come out as they may."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        if method == "delta":
            return _delta(y, mean, variance, phi, POWERS[powertrans], alpha)
        centre = mean if method == "nbPlugin" else mean * np.exp(ndtri(1 - alpha) * np.sqrt(variance))
        usable = np.isfinite(centre) & (centre > 0) & np.isfinite(phi)
        some = np.flatnonzero(usable)
        upper, p = np.full(mean.shape, np.nan), np.full(mean.shape, np.nan)
        upper[some] = quantile(1 - alpha, centre[some], phi[some])
        p[some] = at_least(y[some], centre[some], phi[some])
        return Judged(upper, p)


def _delta(y: Floats, mean: Floats, variance: Floats, phi: Floats, power: float, alpha: float) -> Judged:
    """The normal on the scale of mean^power."""
    tau = phi + variance * mean  # variance of the mean over the mean
    error = power * np.sqrt(mean ** (2 * power - 1) * tau)
    centre = mean**power
    upper = np.maximum(centre + ndtri(1 - alpha) * error, 0.0) ** (1 / power)
    p = ndtr((centre - y**power) / error)
    return Judged(upper, p)


def at_least(y: Floats, mean: Floats, phi: Floats) -> Floats:
    """Chance of y events or more, mean and variance phi x mean: negative binomial, or Poisson where phi is 1."""
    p = np.where(np.isnan(y), np.nan, 1.0)
    some = y > 0
    over = np.flatnonzero(some & (phi > 1))
    p[over] = betainc(np.maximum(y[over], 1.0), mean[over] / (phi[over] - 1), 1 - 1 / phi[over])
    rest = np.flatnonzero(some & ~(phi > 1))
    p[rest] = gammainc(np.maximum(y[rest], 1.0), mean[rest])
    return p


def _at_most(y: Floats, mean: Floats, phi: Floats) -> Floats:
    """Chance of y events or fewer; none of fewer than 0."""
    p = np.zeros(y.shape)
    some = y >= 0
    over = np.flatnonzero(some & (phi > 1))
    p[over] = betainc(mean[over] / (phi[over] - 1), y[over] + 1, 1 / phi[over])
    rest = np.flatnonzero(some & ~(phi > 1))
    p[rest] = 1 - gammainc(y[rest] + 1, mean[rest])
    return p


def quantile(chance: float, mean: Floats, phi: Floats) -> Floats:
    """The smallest number with at least that chance of no more, as R's qnbinom and qpois; (rows,), means above 0."""
    enough = chance * (1 - 1e-14)
    found, sure = _walked(enough, _guessed(chance, mean, phi), mean, phi)
    rest = np.flatnonzero(~sure)
    if rest.size:
        found[rest] = _inverted(chance, enough, mean[rest], phi[rest])
    return found


def _guessed(chance: float, mean: Floats, phi: Floats) -> Floats:
    """A number near the quantile, by the normal law mended for skewness (Cornish and Fisher 1938)."""
    z, spread = ndtri(chance), np.sqrt(mean * phi)
    skewed = np.minimum((2 * phi - 1) / spread, SKEWED)
    return np.asarray(np.maximum(np.floor(mean + spread * (z + skewed * (z * z - 1) / 6)), 0.0))


def _walked(enough: float, near: Floats, mean: Floats, phi: Floats) -> tuple[Floats, Booleans]:
    """From a guess step by step to the quantile, each number's chance from its neighbour's; and where that is sure.

    The chance of k + 1 is that of k, times (k (phi - 1) + mean) / (phi (k + 1)).
    """
    k, upto, below = near.copy(), _at_most(near, mean, phi), _at_most(near - 1, mean, phi)
    one = upto - below
    first = np.maximum(one, 1e-300)
    up, down = np.flatnonzero(upto < enough), np.flatnonzero(below >= enough)
    for _ in range(WALK):
        one[up] *= (k[up] * (phi[up] - 1) + mean[up]) / (phi[up] * (k[up] + 1))
        k[up] += 1
        below[up] = upto[up]
        upto[up] += one[up]
        k[down] -= 1
        one[down] *= phi[down] * (k[down] + 1) / (k[down] * (phi[down] - 1) + mean[down])
        upto[down] = below[down]
        below[down] = np.where(k[down] > 0, below[down] - one[down], 0.0)
        up, down = up[upto[up] < enough], down[below[down] >= enough]
        if not up.size + down.size:
            break
    doubt = 1e-12 + 1e-13 * one / first  # what rounding may have come to
    return k, (upto - enough > doubt) & ((enough - below > doubt) | (k == 0))


def _inverted(chance: float, enough: float, mean: Floats, phi: Floats) -> Floats:
    """The quantile by the law's inverse, mended where it is off."""
    over = phi > 1
    size = np.divide(mean, phi - 1, out=np.ones_like(mean), where=over)
    near = np.where(over, nbdtrik(chance, size, 1 / phi), pdtrik(chance, mean))
    found = np.ceil(np.nan_to_num(near, nan=0.0))
    # it may be off by a hair where it is next to a whole number, and is none in far corners
    left = np.flatnonzero(~(np.abs(near - np.round(near)) > 1e-4))
    while left.size:
        at, of, spread = found[left], mean[left], phi[left]
        low = _at_most(at, of, spread) < enough
        down = ~low & (at > 0) & (_at_most(at - 1, of, spread) >= enough)
        found[left] = at + low - down
        left = left[low | down]
    return np.asarray(found)


def no_past(y: Floats, share: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Bound and p-value where the past has no events: each event falls now with chance `share` of all the time."""
    with np.errstate(invalid="ignore", divide="ignore"):
        bound = np.ceil(np.log(alpha) / np.log(share)) - 1
        return bound, share**y
