"""Log-linear fits of many series over the same weeks at once: a level for each season, and one trend.

    log m(i) = log e(i) + level(season of i) + slope x t(i)

fitted by weighted maximum (quasi-)likelihood. Given the slope, each level has a closed form: weighted events over
weighted exp(slope t). What is left is a concave function of one number, whose greatest value is found by Halley's
method for all series together: the same answer as iteratively reweighted least squares, without its matrices. Per
series, week and step it costs one exp and four multiply-adds, and what is missing is cubed by each step.

Weeks lie one below another and series side by side, weeks of one season together: so what is summed over a season is
a small matrix product, and what differs by season is added row by row.

Source of the profile: Baker (1994), *The Statistician* 43, 495-504. Dispersion is Pearson's (McCullagh and Nelder
1989, section 4.5).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from redway.methods.inputs import Floats, Integers

STEPS = 60
CLOSE = 3e-4  # a step of this size: what is still missing is of about its cube
FARTHEST = 40.0  # a slope that multiplies by exp(40) over the weeks: all events lie at one end, and it has no limit
FEW = 0.7  # share of the series not yet found, under which they go on alone
PRODUCT = 60_000  # numbers that are multiplied out at once
TINY = 1e-300  # in place of a fitted nought, which has no events to be divided by it

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Weeks:
    """What all series share: t (n,), -1 for the oldest week and 0 for now; season (n,), rising from 0, the last one
    now's."""

    t: Floats
    season: Integers

    @cached_property
    def parts(self) -> tuple[slice, ...]:
        """Where each season's weeks lie."""
        ends = np.cumsum(np.bincount(self.season)).tolist()
        return tuple(slice(begin, end) for begin, end in zip([0, *ends], ends, strict=False))

    @cached_property
    def powers(self) -> Floats:
        """1, t, t^2 and t^3, (4, n)."""
        return np.array([np.ones_like(self.t), self.t, self.t**2, self.t**3])

    def sums(self, values: Floats, powers: int) -> Floats:
        """Sums of values (n, rows) times 1, t, t^2, t^3 over each season, (powers, seasons, rows).

        The products are so small that BLAS does each in the thread that asks.
        """
        rows = values.shape[1]
        found = np.empty((powers, len(self.parts), rows))
        for season, part in enumerate(self.parts):
            step = max(1, PRODUCT // (part.stop - part.start))
            for begin in range(0, rows, step):
                some = slice(begin, begin + step)
                found[:, season, some] = self.powers[:powers, part] @ values[part, some]
        return found


@dataclass(frozen=True)
class LogLinear:
    """Fits of many series, (rows,) unless said otherwise.

    mean         fitted values, (n, rows)
    events, middle  weighted events of each season, and the mean of t under the fit, (seasons, rows)
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
    y: Floats,
    weight: Floats | None,
    exposure: Floats | None,
    weeks: Weeks,
    *,
    trend: bool,
    before: LogLinear | None = None,
) -> LogLinear:
    """Fit counts y (n, rows), weights (n, rows; 0 leaves a week out, where y has to be 0) and exposure (n, rows); None
    is 1 for all.

    before  a fit of the same weeks with other weights, to begin from
    """
    based = weight if exposure is None else exposure if weight is None else weight * exposure
    events, along = weeks.sums(y if weight is None else weight * y, 2)
    rows = y.shape[1]
    slope, settled = np.zeros(rows), np.ones(rows, dtype=bool)
    if trend:
        if before is not None:
            slope = np.where(np.abs(before.slope) < FARTHEST, before.slope, 0.0)
        slope, settled = _slopes(based, along.sum(axis=0), events, weeks, slope)
    growth = _growth(exposure, weeks, slope)
    zero, one, spread = _moments(weeks.sums(growth if weight is None else growth * weight, 3))
    information = (events * spread).sum(axis=0)
    level = np.divide(events, zero, out=np.zeros_like(events), where=zero > 0)
    mean = np.empty_like(y)
    for season, part in enumerate(weeks.parts):
        np.multiply(growth[part], level[season], out=mean[part])
    now_variance = np.divide(1.0, events[-1], out=np.full(rows, np.inf), where=events[-1] > 0)
    slope_variance = np.full(rows, np.nan)
    if trend:
        settled &= information > 0
        slope_variance = np.divide(1.0, information, out=np.full(rows, np.inf), where=information > 0)
        now_variance = now_variance + np.where(settled, slope_variance, 0.0) * one[-1] ** 2
    freedom = _freedom(weight, weeks, rows, trend=trend) if before is None else before.freedom
    return LogLinear(mean, events, one, slope, slope_variance, level[-1], now_variance, freedom, settled)


def leverage(fitted: LogLinear, weight: Floats | None, weeks: Weeks) -> Floats:
    """How much each week pulls the fit to itself, (n, rows)."""
    inverse = np.divide(1.0, fitted.events, out=np.zeros_like(fitted.events), where=fitted.events > 0)
    steep = np.where(fitted.settled & np.isfinite(fitted.slope_variance), fitted.slope_variance, 0.0)
    pull = np.empty_like(fitted.mean)
    for season, part in enumerate(weeks.parts):
        if steep.any():
            np.subtract(weeks.t[part, None], fitted.middle[season], out=pull[part])
            pull[part] *= pull[part]
            pull[part] *= steep
            pull[part] += inverse[season]
        else:
            pull[part] = inverse[season]
    pull *= fitted.mean
    if weight is not None:
        pull *= weight
    return pull


def weights(y: Floats, known: Floats | None, fitted: LogLinear, weeks: Weeks, phi: Floats, threshold: float) -> Floats:
    """Less, a^-2, for weeks whose Anscombe residual a is over a threshold; they add up to as many as weeks, (n, rows).

    a > threshold is y^2 > mu^(1/2) (mu^(1/2) + 2/3 threshold sqrt(phi (1 - h)))^3, which needs no cube roots: these
    are taken of the few weeks alone that this picks.
    """
    scale = 1 - leverage(fitted, known, weeks)
    np.maximum(scale, 1e-12, out=scale)
    scale *= phi
    root = np.sqrt(fitted.mean)
    bound = np.sqrt(scale)
    bound *= threshold / 1.5
    bound += root
    root *= bound
    bound *= bound
    root *= bound
    root *= 1 - 1e-9
    above = np.flatnonzero(y * y > root)
    cube = np.cbrt(fitted.mean.ravel()[above])
    apart = np.cbrt(y.ravel()[above]) ** 2 / np.sqrt(cube) - cube * np.sqrt(cube)
    residual = 1.5 * apart / np.sqrt(scale.ravel()[above])
    weight = np.ones(y.shape) if known is None else known.copy()
    np.put(weight, above, np.where(residual > threshold, np.maximum(residual, 1e-100) ** -2, 1.0))
    total, number = weight.sum(axis=0), y.shape[0] if known is None else known.sum(axis=0)
    weight *= np.divide(number, total, out=np.ones_like(total), where=total > 0)
    return weight


def dispersion(fitted: LogLinear, y: Floats, weight: Floats | None) -> Floats:
    """Pearson's chi-square over its degrees of freedom; NaN where there are none."""
    terms = y - fitted.mean
    terms *= terms
    terms /= np.maximum(fitted.mean, TINY)
    if weight is not None:
        terms *= weight
    squares = terms.sum(axis=0)
    return np.divide(squares, fitted.freedom, out=np.full_like(squares, np.nan), where=fitted.freedom > 0)


def _growth(base: Floats | None, weeks: Weeks, slope: Floats) -> Floats:
    """exp(slope t) times what is given for each week and row, (n, rows); one column where all rows are alike."""
    growth = np.einsum("i,j->ij", weeks.t, slope if slope.any() else slope[:1])
    np.exp(growth, out=growth)
    if base is None:
        return growth
    return np.multiply(growth, base, out=growth if growth.shape == base.shape else None)


def _freedom(weight: Floats | None, weeks: Weeks, rows: int, *, trend: bool) -> Floats:
    if weight is None:
        return np.full(rows, float(weeks.t.size - len(weeks.parts) - trend))
    used = weeks.sums((weight > 0).astype(float), 1)[0]
    return np.asarray(used.sum(axis=0) - (used > 0).sum(axis=0) - trend)


def _slopes(
    based: Floats | None, along: Floats, events: Floats, weeks: Weeks, begin: Floats
) -> tuple[Floats, Booleans]:
    """The slopes of all series by Halley's method, and which of them were found."""
    slope = begin.copy()
    found = np.zeros(along.size, dtype=bool)
    left = np.arange(along.size)
    for _ in range(STEPS):
        sums = weeks.sums(_growth(based, weeks, slope[left]), 4)
        zero, one, spread = _moments(sums[:3])
        skew = sums[3] / np.where(zero > 0, zero, 1.0) - one * (3 * spread + one * one)
        score = along - (events * one).sum(axis=0)
        information = (events * spread).sum(axis=0)
        move = np.divide(score, information, out=np.zeros_like(score), where=information > TINY)
        bent = np.divide(move * (events * skew).sum(axis=0), 2 * information, out=np.zeros_like(score), where=move != 0)
        move = np.clip(move / (1 + np.clip(bent, -0.5, 0.5)), -2.0, 2.0)
        slope[left] += move
        found[left] = (np.abs(move) < CLOSE) & (information > 0)
        going = ~found[left] & (np.abs(slope[left]) < FARTHEST)
        if not going.any():
            break
        if going.mean() < FEW:
            left, along, events = left[going], along[going], events.compress(going, axis=1)
            based = None if based is None else based.compress(going, axis=1)
    return slope, found & (np.abs(slope) < FARTHEST)


def _moments(sums: Floats) -> tuple[Floats, Floats, Floats]:
    """Sum in each season under the slope, and mean and variance of t there."""
    zero, first, second = sums
    safe = np.where(zero > 0, zero, 1.0)
    one = first / safe
    return zero, one, second / safe - one * one
