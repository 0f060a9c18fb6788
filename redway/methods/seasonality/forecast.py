"""What the next months will bring if things go on as they do, with intervals that are tried out on the past.

Of counts y with `period` of them a year, h ahead:

    naive             the newest value
    seasonal-naive    the newest value of the same month
    smoothed          sqrt(y + 3/8), whose spread is even for counts, by exponential smoothing with additive season
                      (ETS(A,N,A)); weights of level and season from a grid, by the smallest one-step errors
    harmonic          Poisson regression on a trend, which stops now, and `harmonics` sines and cosines of the year

The interval is not believed from a formula. The method is applied anew at the end of each of the past months (up to
`trials` of them), and how far it was off, h months ahead, is measured on the scale of square roots. The interval takes
the quantile of these with the correction of split conformal prediction, (1 + 1/m) level for m trials; errors of all
horizons are put together, each in units of its own root mean square. So an interval is wide where a method is poor,
whatever its model. Counts come with chance of their own, which a past without change does not show: where whole
numbers were forecast all but exactly (an interval under a fifth of a Poisson count's, z/2 to either side on that
scale), the interval is that of a Poisson count. It always holds its mean.

`score` is how methods did on the last `holdout` months, none of which they had seen: mean absolute error over that of
seasonal naive within the past (MASE), the share of intervals that held the truth, and the interval score.

Assumes that the future is to the past as the newer past was to the older. Sources: Hyndman and Athanasopoulos,
*Forecasting: Principles and Practice*, 2021; Hyndman and Koehler (2006), *Int. J. Forecasting* 22, 679-688; Gneiting
and Raftery (2007), *J. Am. Stat. Association* 102, 359-378; Vovk, Gammerman and Shafer, *Algorithmic Learning in a
Random World*, 2005.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from redway.methods import inputs
from redway.methods.inputs import MISTYPED, Floats, Unfit
from redway.methods.wording import figure

VERSION = 1

METHODS = ("naive", "seasonal-naive", "smoothed", "harmonic")
TRIALS = 24
EXACT = 0.2  # of what chance alone makes, under which past errors show no chance at all
FARTHEST = 1_000  # periods ahead
FAR = 100  # median deviations
GRID_LEVEL = np.array([0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9])
GRID_SEASON = np.array([0.0, 0.05, 0.15, 0.3])


@dataclass(frozen=True)
class Forecast:
    """Arrays (horizon,): what is expected, with its interval; trials says how many past forecasts made the interval."""

    mean: Floats
    low: Floats
    high: Floats
    method: str
    level: float
    trials: int
    cannot_tell: str

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        mean, low, high = (_said(float(part[0])) for part in (self.mean, self.low, self.high))
        how = f"{100 * self.level:g}% interval {low} to {high}, from {self.trials} forecasts of the past"
        if low == high:
            how = f"most of {self.trials} forecasts of the past were exact, so how far off it may be cannot be told"
        return f"The next period is expected to have {mean} ({how}), if things go on as they did."


def _said(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else figure(value, 2)


@dataclass(frozen=True)
class Score:
    """One method on months it had not seen. mase under 1: better than seasonal naive was within the past."""

    method: str
    mase: float
    covered: float
    interval_score: float
    forecasts: int


@dataclass(frozen=True)
class Scores:
    """Methods, the best first, by mase."""

    scores: tuple[Score, ...]
    level: float
    cannot_tell: str

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        best = self.scores[0]
        by = {score.method: score for score in self.scores}
        beside = [
            f"{100 * (1 - best.mase / by[name].mase):.0f}% less far off than {name.replace('-', ' ')}"
            for name in ("naive", "seasonal-naive")
            if name in by and name != best.method and by[name].mase > 0
        ]
        told = [(one.mase, one.covered, one.interval_score) for one in self.scores]
        if len(told) > 1 and np.array_equal(np.array(told), np.array([told[0]] * len(told)), equal_nan=True):
            on = f"On {best.forecasts:,} forecasts of months not seen"
            return f"{on}, none of {len(told)} ways was nearer than another."
        same = " (mase cannot be told: each is as a year before)" if np.isnan(best.mase) else ""
        return (
            f"On {best.forecasts:,} forecasts of months not seen, {best.method.replace('-', ' ')} was nearest"
            f"{': ' + ' and '.join(beside) if beside else ''}{same}; its {100 * self.level:g}% intervals held "
            f"{100 * best.covered:.0f}% of what came."
        )


def forecast(
    values: npt.ArrayLike,
    period: int,
    *,
    h: int = 6,
    method: str = "smoothed",
    level: float = 0.8,
    harmonics: int = 2,
    trials: int = TRIALS,
) -> Forecast:
    """Forecast values (periods,), at least 0 and none missing, h periods ahead; `period` of them make a year.

    Raises Unfit for gaps and negative values; cannot_tell with fewer than two years and eight periods.
    """
    y = inputs.at_least(values, "values", 0)
    of, ahead = inputs.whole(period, "period", least=2), inputs.whole(h, "h", least=1, most=FARTHEST)
    inputs.chosen(method, "method", METHODS)
    inputs.probability(level, "level")
    inputs.whole(harmonics, "harmonics", least=1, most=of // 2)
    first = _first(of, method)
    past = min(inputs.whole(trials, "trials", least=4), y.size - first)
    if past < 8:
        nothing = np.full(ahead, np.nan)
        return Forecast(nothing, nothing, nothing, method, level, 0, f"{y.size:,} periods; {first + 8:,} are needed.")
    off = _errors(y, of, ahead, method, harmonics, past)
    centre = _centre(y, of, ahead, method, harmonics)
    counted = bool((y == np.floor(y)).all())
    low, high = _ends(centre, off, level, float(ndtri((1 + level) / 2)) / 2 if counted else 0.0)
    if counted:
        low, high = np.minimum(np.round(low), np.floor(centre)), np.maximum(np.round(high), np.ceil(centre))
    return Forecast(centre, low, high, method, level, past, "")


def score(
    values: npt.ArrayLike,
    period: int,
    *,
    h: int = 3,
    holdout: int = 12,
    level: float = 0.8,
    harmonics: int = 2,
    methods: tuple[str, ...] = METHODS,
) -> Scores:
    """How methods did at the last `holdout` periods, each 1 to h periods ahead, from what came before alone."""
    y = inputs.at_least(values, "values", 0)
    of, ahead = inputs.whole(period, "period", least=2), inputs.whole(h, "h", least=1, most=FARTHEST)
    test = inputs.whole(holdout, "holdout", least=1)
    for name in methods:
        inputs.chosen(name, "methods", METHODS)
    least = max(_first(of, name) for name in methods) + 8 + ahead
    if y.size - test < least:
        return Scores((), level, f"{y.size:,} periods; {least + test:,} are needed to hold {test:,} of them back.")
    usual = np.abs(y[of : y.size - test] - y[: y.size - test - of]).mean()
    found = [_scored(y, of, ahead, test, level, harmonics, name, float(usual)) for name in methods]
    return Scores(tuple(sorted(found, key=lambda one: one.interval_score if usual == 0 else one.mase)), level, "")


def far_off(values: Floats) -> npt.NDArray[np.bool_]:
    """Which of values (..., periods) lie so far from the median of their series that a typing error is likely.

    The measure is the median deviation from the median, but no less than chance makes of a count: where most values are
    alike, the median deviation is nought.
    """
    middle = np.median(values, axis=-1, keepdims=True)
    off = np.abs(values - middle)
    usual = np.maximum(np.median(off, axis=-1, keepdims=True), np.sqrt(np.maximum(middle, 1)))
    return np.asarray(off > FAR * usual)


def _scored(
    y: Floats, period: int, ahead: int, test: int, level: float, harmonics: int, method: str, usual: float
) -> Score:
    misses, held, width = [], [], []
    for end in range(y.size - test, y.size):
        made = forecast(y[:end], period, h=min(ahead, y.size - end), method=method, level=level, harmonics=harmonics)
        truth = y[end : end + made.mean.size]
        misses += np.abs(truth - made.mean).tolist()
        held += ((truth >= made.low) & (truth <= made.high)).tolist()
        beyond = np.maximum(made.low - truth, 0) + np.maximum(truth - made.high, 0)
        width += (made.high - made.low + 2 / (1 - level) * beyond).tolist()
    mase = float(np.mean(misses)) / usual if usual > 0 else float("nan")
    return Score(method, mase, float(np.mean(held)), float(np.mean(width)), len(misses))


def _first(period: int, method: str) -> int:
    """How much past a forecast needs."""
    return 2 * period if method != "naive" else period


def _centre(y: Floats, period: int, ahead: int, method: str, harmonics: int) -> Floats:
    """The forecasts, (ahead,)."""
    if method == "naive":
        return np.full(ahead, y[-1])
    if method == "seasonal-naive":
        return np.asarray(y[y.size - period + np.arange(ahead) % period])
    if method == "smoothed":
        return _smoothed(y, period, ahead)
    return _harmonic(y, period, ahead, harmonics)


def _errors(y: Floats, period: int, ahead: int, method: str, harmonics: int, past: int) -> Floats:
    """How far past forecasts were off on the scale of square roots, (past, ahead); NaN where not yet known."""
    off = np.full((past, ahead), np.nan)
    for i, end in enumerate(range(y.size - past, y.size)):
        known = min(ahead, y.size - end)
        made = _centre(y[:end], period, known, method, harmonics)
        off[i, :known] = np.sqrt(y[end : end + known] + 0.375) - np.sqrt(made + 0.375)
    return off


def _ends(centre: Floats, off: Floats, level: float, chance: float) -> tuple[Floats, Floats]:
    """The interval about each forecast: errors of all horizons, each in units of its own spread, put together; or
    chance alone, where they are next to none."""
    known = ~np.isnan(off)
    spread = np.sqrt(np.nansum(off**2, axis=0) / np.maximum(known.sum(axis=0), 1))
    spread = np.maximum.accumulate(np.where(known.sum(axis=0) >= 8, spread, 0.0))
    relative = np.divide(np.abs(off), spread, out=np.zeros_like(off), where=known & (spread > 0))[known]
    trials = off.shape[0]  # errors of one origin go together, so they count as one
    reach = np.quantile(relative, min(1.0, level * (1 + 1 / trials)), method="higher") * spread
    reach = np.where(reach < EXACT * chance, chance, reach)
    root = np.sqrt(centre + 0.375)
    low = np.maximum(root - reach, 0.0) ** 2 - 0.375
    # rounding must not leave the forecast itself outside
    return np.clip(low, 0.0, centre), np.maximum((root + reach) ** 2 - 0.375, centre)


def _smoothed(y: Floats, period: int, ahead: int) -> Floats:
    """Exponential smoothing of roots with every pair of weights at once; the best pair forecasts."""
    x = np.sqrt(y + 0.375)
    level_weight, season_weight = (grid.ravel() for grid in np.meshgrid(GRID_LEVEL, GRID_SEASON))
    start = x[: 2 * period].reshape(2, period)
    level: Floats = np.full(level_weight.size, start.mean())
    season = np.tile((start - start.mean(axis=1, keepdims=True)).mean(axis=0), (level_weight.size, 1))
    squares = np.zeros(level_weight.size)
    for t, value in enumerate(x):
        at = t % period
        error = value - level - season[:, at]
        if t >= 2 * period:
            squares += error**2
        level = level + level_weight * error
        season[:, at] += season_weight * (1 - level_weight) * error
    best = int(squares.argmin())
    made: Floats = level[best] + season[best, (y.size + np.arange(ahead)) % period]
    return np.asarray(np.maximum(np.maximum(made, 0.0) ** 2 - 0.375, 0.0))


@lru_cache(maxsize=256)
def _waves(size: int, period: int, ahead: int, harmonics: int) -> Floats:
    """Columns: one, time in years about the end of the past, sines and cosines; past and future in one."""
    t = np.arange(size + ahead)
    turn = 2 * np.pi * t[:, None] * np.arange(1, harmonics + 1) / period
    sines = np.sin(turn)
    if 2 * harmonics == period:  # the fastest sine is nought at every step
        sines = sines[:, :-1]
    return np.column_stack([np.ones(t.size), (t - size) / period, sines, np.cos(turn)])


def _harmonic(y: Floats, period: int, ahead: int, harmonics: int) -> Floats:
    """Log-linear expected counts by iteratively reweighted least squares; the trend stops at the end of the past."""
    columns = _waves(y.size, period, ahead, harmonics)
    past, future = columns[: y.size], columns[y.size :].copy()
    future[:, 1] = 0.0
    mean: Floats = np.maximum(y, 0.1) * 0.5 + max(float(y.mean()), 0.1) * 0.5
    # a pinch on every coefficient keeps a series of noughts in hand
    ridge = 1e-6 * np.eye(columns.shape[1])
    coefficients: Floats = np.zeros(columns.shape[1])
    for _ in range(25):
        working = np.log(mean) + (y - mean) / mean
        normal = (past * mean[:, None]).T @ past + ridge
        new = _solved(normal, past.T @ (mean * working), y)
        mean = np.asarray(np.exp(np.clip(past @ new, -12, 25)), dtype=float)
        done = np.abs(new - coefficients).max() < 1e-8
        coefficients = np.asarray(new, dtype=float)
        if done:
            break
    return np.asarray(np.exp(np.clip(future @ coefficients, -12, 25)))


def _solved(normal: Floats, right: Floats, y: Floats) -> Floats:
    """The coefficients. Raises Unfit where one value outweighs all others, and nothing can be told of these."""
    try:
        return np.asarray(np.linalg.solve(normal, right), dtype=np.float64)
    except np.linalg.LinAlgError:
        middle = float(np.median(y))
        farthest = float(y[np.abs(y - middle).argmax()])
        raise Unfit(
            "values: numbers from which a regression (harmonic) can be made",
            came=f"{farthest:,.15g} among values whose median is {figure(middle)}",
            cause=MISTYPED,
        ) from None
