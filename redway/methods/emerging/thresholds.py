"""How many events are more than expected: upper bounds and p-values about a forecast with doubt.

Given the forecast's mean mu, the variance of its logarithm v and the over-dispersion phi; see `farrington`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincc, gammainc, nbdtrik, ndtr, ndtri, pdtrik

from redway.methods.inputs import Floats

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
    size = mean / np.maximum(phi - 1, 1e-300)
    over = phi > 1
    least = np.maximum(y, 1.0)
    p = np.where(over, betainc(least, np.where(over, size, 1.0), 1 - 1 / phi), gammainc(least, mean))
    return np.asarray(np.where(y <= 0, 1.0, np.where(np.isnan(y), np.nan, p)))


def _at_most(y: Floats, mean: Floats, phi: Floats) -> Floats:
    """Chance of y events or fewer, y at least 0."""
    over = phi > 1
    size = np.where(over, mean / np.maximum(phi - 1, 1e-300), 1.0)
    from_poisson = 1 - gammainc(y + 1, mean)
    return np.asarray(np.where(over, betaincc(y + 1, size, 1 - 1 / phi), from_poisson))


def quantile(chance: float, mean: Floats, phi: Floats) -> Floats:
    """The smallest number with at least that chance of no more, as R's qnbinom and qpois; (rows,), means above 0."""
    over = phi > 1
    size = np.where(over, mean / np.maximum(phi - 1, 1e-300), 1.0)
    near = np.where(over, nbdtrik(chance, size, 1 / phi), pdtrik(chance, mean))
    found = np.ceil(np.nan_to_num(near, nan=0.0))
    enough = chance * (1 - 1e-14)
    # the inverse may be off by a hair where it is next to a whole number, and is none in far corners
    left = np.flatnonzero(~(np.abs(near - np.round(near)) > 1e-4))
    while left.size:
        at, of, spread = found[left], mean[left], phi[left]
        low = _at_most(at, of, spread) < enough
        down = ~low & (at > 0) & (_at_most(np.maximum(at - 1, 0), of, spread) >= enough)
        found[left] = at + low - down
        left = left[low | down]
    return np.asarray(found)


def no_past(y: Floats, share: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Bound and p-value where the past has no events: each event falls now with chance `share` of all the time."""
    with np.errstate(invalid="ignore", divide="ignore"):
        bound = np.ceil(np.log(alpha) / np.log(share)) - 1
        return bound, share**y
