"""Log-linear fits of many series over the same weeks at once: a level for each season, and one trend.

    log m(i) = log e(i) + level(season of i) + slope x t(i)

fitted by weighted maximum (quasi-)likelihood. Given the slope, each level has a closed form: weighted events over
weighted exp(slope t). What is left is a concave function of one number, found by Newton's method for all series
together: the same answer as iteratively reweighted least squares, without its matrices. Per series, week and step it
costs one exp and three multiply-adds for each season.

Source of the profile: Baker (1994), *The Statistician* 43, 495-504. Dispersion is Pearson's (McCullagh and Nelder
1989, section 4.5).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redway.methods.inputs import Floats

STEPS = 60
FIRST = 7  # steps that all series take together; after them, only those that need more
CLOSE = 1e-7  # a step of this size: the next would be of about its square
FARTHEST = 40.0  # a slope that multiplies by exp(40) over the weeks: all events lie at one end, and it has no limit

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Weeks:
    """What all series share: t (n,), -1 for the oldest week and 0 for now; season indicator (n, seasons)."""

    t: Floats
    indicator: Floats

    @property
    def moments(self) -> Floats:
        """Indicator, t x indicator and t^2 x indicator side by side, (n, 3 x seasons)."""
        t = self.t[:, None]
        return np.hstack([self.indicator, t * self.indicator, t**2 * self.indicator])


@dataclass(frozen=True)
class LogLinear:
    """Fits of many series, (rows,) unless said otherwise.

    mean         fitted values, (rows, n)
    events, middle  weighted events of each season, and the mean of t under the fit, (rows, seasons)
    slope, slope_variance  the trend per unit of t, and its variance at a dispersion of 1
    level        of the season of now at t = 0, per unit of exposure
    level_variance         of its logarithm, at a dispersion of 1
    freedom      degrees of freedom left
    settled      whether the fit was found
    """

    mean: Floats
    events: Floats
    middle: Floats
    slope: Floats
    slope_variance: Floats
    level: Floats
    level_variance: Floats
    freedom: Floats
    settled: Booleans


def fit(
    y: Floats, weight: Floats, exposure: Floats | None, weeks: Weeks, *, trend: bool, near: Floats | None = None
) -> LogLinear:
    """Fit counts y (rows, n), weights (rows, n; 0 leaves a week out) and exposure (rows, n), or 1 for all.

    near  slopes (rows,) to begin from, as those of a fit with other weights
    """
    based = weight if exposure is None else weight * exposure
    seasons = weeks.indicator.shape[1]
    moments = weeks.moments
    weighted = weight * y
    events = weighted @ weeks.indicator
    rows = y.shape[0]
    slope, settled = np.zeros(rows), np.ones(rows, dtype=bool)
    if trend:
        begin = slope if near is None else np.where(np.abs(near) < FARTHEST, near, 0.0)
        slope, settled = _slopes(based, weighted @ weeks.t, events, weeks.t, moments, begin)
    growth = np.exp(slope[:, None] * weeks.t) if trend else np.ones((1, weeks.t.size))
    share = based * growth
    zero, one, information = _moments(share @ moments, events, seasons)
    filled = zero > 0
    level = np.divide(events, zero, out=np.zeros_like(events), where=filled)
    mean = (level @ weeks.indicator.T) * growth
    if exposure is not None:
        mean *= exposure
    now_variance = np.divide(1.0, events[:, -1], out=np.full(rows, np.inf), where=events[:, -1] > 0)
    slope_variance = np.full(rows, np.nan)
    if trend:
        settled &= information > 0
        slope_variance = np.divide(1.0, information, out=np.full(rows, np.inf), where=information > 0)
        now_variance = now_variance + np.where(settled, slope_variance, 0.0) * one[:, -1] ** 2
    used = (weight > 0).astype(float) @ weeks.indicator
    freedom = used.sum(axis=1) - (used > 0).sum(axis=1) - trend
    return LogLinear(mean, events, one, slope, slope_variance, level[:, -1], now_variance, freedom, settled)


def leverage(fitted: LogLinear, weight: Floats, weeks: Weeks) -> Floats:
    """How much each week pulls the fit to itself, (rows, n)."""
    inverse = np.divide(1.0, fitted.events, out=np.zeros_like(fitted.events), where=fitted.events > 0)
    pull = inverse @ weeks.indicator.T
    steep = np.where(fitted.settled & np.isfinite(fitted.slope_variance), fitted.slope_variance, 0.0)
    if steep.any():
        pull += (weeks.t - fitted.middle @ weeks.indicator.T) ** 2 * steep[:, None]
    pull *= fitted.mean
    pull *= weight
    return np.asarray(pull)


def dispersion(fitted: LogLinear, y: Floats, weight: Floats) -> Floats:
    """Pearson's chi-square over its degrees of freedom; NaN where there are none."""
    terms = (y - fitted.mean) ** 2 * weight
    squares = np.divide(terms, fitted.mean, out=np.zeros_like(terms), where=fitted.mean > 0).sum(axis=1)
    return np.divide(squares, fitted.freedom, out=np.full_like(squares, np.nan), where=fitted.freedom > 0)


def _slopes(
    based: Floats, along: Floats, events: Floats, t: Floats, moments: Floats, begin: Floats
) -> tuple[Floats, Booleans]:
    """The slopes of all series by Newton's method, and which of them were found."""
    seasons = events.shape[1]
    slope = begin.copy()
    found = np.zeros(along.size, dtype=bool)
    left = np.arange(along.size)
    for step in range(STEPS):
        sums = (based * np.exp(slope[left, None] * t)) @ moments
        _, one, information = _moments(sums, events, seasons)
        score = along - (events * one).sum(axis=1)
        move = np.divide(score, information, out=np.zeros_like(score), where=information > 1e-300)
        move = np.clip(move, -2.0, 2.0)
        slope[left] += move
        found[left] = (np.abs(move) < CLOSE) & (information > 0)
        if found[left].all():
            break
        if step >= FIRST:
            keep = ~found[left] & (np.abs(slope[left]) < FARTHEST)
            left, based, along, events = left[keep], based[keep], along[keep], events[keep]
            if not left.size:
                break
    return slope, found & (np.abs(slope) < FARTHEST)


def _moments(sums: Floats, events: Floats, seasons: int) -> tuple[Floats, Floats, Floats]:
    """Sum and mean of t in each season under the slope, and the information about it."""
    zero, first, second = sums[:, :seasons], sums[:, seasons : 2 * seasons], sums[:, 2 * seasons :]
    safe = np.where(zero > 0, zero, 1.0)
    one = first / safe
    information = (events * (second / safe - one**2)).sum(axis=1)
    return zero, one, information
