"""STL: a series taken apart into trend, season and what is left, for thousands of series at once.

    y = trend + seasonal + remainder

by turns: each calendar month's (week's, hour's) own series is smoothed, its slow part taken out, and the rest is the
season; y less season is smoothed, and is the trend. With `robust`, points far from both count less, by the bisquare of
their remainder over six medians, and all is done again. Windows, degrees and jumps are those of R's `stl`, and so are
its defaults: trend window nextodd(1.5 period / (1 - 1.5 / s_window)), low-pass window nextodd(period), each jump a
tenth of its window, 2 inner and no outer rounds, or 1 and 15 when robust. One thing is not R's unless asked for
(`like_r`): R's median of the remainders is now and then not the median (see `r_middle`), and robust series of an even
number of periods are then a little off.

Assumes effects that add up: where a season grows with the level take logarithms (of counts plus a half) first.

Source: Cleveland, Cleveland, McRae and Terpenning (1990), *J. Official Statistics* 6, 3-73.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.inputs import Floats
from redway.methods.seasonality.loess import beyond, smoother
from redway.methods.seasonality.r_middle import twice_middle
from redway.methods.wording import figure

VERSION = 2

PIECE = 2_000_000  # numbers taken at once
ROUNDING = 1e-9  # of the size of the values: what varies no more does not vary


@dataclass(frozen=True)
class Stl:
    """Arrays (series, periods); weights are 1 where not robust."""

    trend: Floats
    seasonal: Floats
    remainder: Floats
    weights: Floats
    period: int
    cannot_tell: str

    @property
    def only_trend(self) -> npt.NDArray[np.bool_]:
        """By series, whether what is not trend is no more than rounding."""
        apart = np.abs(self.seasonal + self.remainder).max(axis=1, initial=0.0)
        return np.asarray(apart <= ROUNDING * np.abs(self.trend).max(axis=1, initial=0.0))

    @property
    def strength(self) -> Floats:
        """How much of what is not trend is season, 0 to 1, by series: 1 - var(remainder)/var(seasonal + remainder)."""
        both = (self.seasonal + self.remainder).var(axis=1)
        left = self.remainder.var(axis=1)
        some = (both > 0) & ~self.only_trend
        return np.maximum(0.0, 1 - np.divide(left, both, out=np.ones_like(left), where=some))

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        if self.only_trend.all():
            return "Nothing moves but the trend, so there is no season to tell."
        share = 100 * float(np.median(self.strength))
        which = "the series" if len(self.strength) == 1 else "the middle one of the series"
        moves = np.where(self.only_trend, 0.0, np.ptp(self.seasonal[:, -self.period :], axis=1))
        return (
            f"In {which}, the time of year accounts for {share:.0f}% of what is not trend; in the newest year it moves "
            f"the value by {figure(float(np.median(moves)))} from lowest to highest."
        )


def stl(
    values: npt.ArrayLike,
    period: int,
    *,
    s_window: int | str = "periodic",
    s_degree: int = 0,
    t_window: int | None = None,
    t_degree: int = 1,
    l_window: int | None = None,
    l_degree: int | None = None,
    s_jump: int | None = None,
    t_jump: int | None = None,
    l_jump: int | None = None,
    robust: bool = False,
    inner: int | None = None,
    outer: int | None = None,
    like_r: bool = False,
) -> Stl:
    """Take apart values (series, periods) or (periods,), none missing, with `period` of them a year (or other round).

    s_window   how many years' worth of one month are smoothed together, or "periodic": the same every year
    like_r     when robust, take the middle of the remainders where R's stl does, right or wrong
    Others as in R's stl. Raises Unfit for gaps and settings that are none; two rounds and more are needed.
    """
    y = inputs.numbers(np.atleast_2d(np.asarray(values, dtype=float)), "values", dimensions=2)
    of = inputs.whole(period, "period", least=2)
    if y.shape[1] <= 2 * of:
        nothing = np.full(y.shape, np.nan)
        return Stl(nothing, nothing, nothing, nothing, of, f"{y.shape[1]} periods; more than {2 * of} are needed.")
    always = s_window == "periodic"
    season = 10 * y.shape[1] + 1 if always else _odd(inputs.whole(s_window, "s_window", least=3))
    trend = _odd(t_window or np.ceil(1.5 * of / (1 - 1.5 / season)))
    low = _odd(l_window or of)
    degrees = [0 if always else s_degree, t_degree, t_degree if l_degree is None else l_degree]
    for degree in degrees:
        inputs.whole(degree, "degree", most=1)
    windows = (season, trend, low)
    jumps = [
        inputs.whole(-(-window // 10) if given is None else given, "jump", least=1)
        for given, window in zip((s_jump, t_jump, l_jump), windows, strict=True)
    ]
    turns = inputs.whole((1 if robust else 2) if inner is None else inner, "inner", least=1)
    again = inputs.whole((15 if robust else 0) if outer is None else outer, "outer")
    work = _Work(of, windows, tuple(degrees), tuple(jumps), turns, again, like_r)
    size = max(1, PIECE // y.shape[1])
    parts = [work.apart(y[start : start + size]) for start in range(0, max(1, len(y)), size)]
    trends, seasonal, weights = (np.concatenate(kind) for kind in zip(*parts, strict=True))
    if always:
        seasonal = _same_every_year(seasonal, of)
    return Stl(trends, seasonal, y - seasonal - trends, weights, of, "")


def _odd(window: float) -> int:
    """The next odd number."""
    whole = int(np.round(window))
    return whole + 1 - whole % 2


def _same_every_year(seasonal: Floats, period: int) -> Floats:
    place = np.arange(seasonal.shape[1]) % period
    total = np.add.reduceat(seasonal[:, np.argsort(place, kind="stable")], _starts(place, period), axis=1)
    return np.asarray((total / np.bincount(place, minlength=period))[:, place])


def _starts(place: npt.NDArray[np.int64], period: int) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(np.bincount(place, minlength=period))[:-1]])


@dataclass(frozen=True)
class _Work:
    """Settings that are worked out; windows, degrees and jumps of season, trend and low-pass."""

    period: int
    windows: tuple[int, int, int]
    degrees: tuple[int, ...]
    jumps: tuple[int, ...]
    inner: int
    outer: int
    like_r: bool

    def apart(self, y: Floats) -> tuple[Floats, Floats, Floats]:
        """Trend, season and weights."""
        trend, seasonal = np.zeros_like(y), np.zeros_like(y)
        weight: Floats | None = None
        for turn in range(self.outer + 1):
            trend, seasonal = self._round(y, trend, weight)
            if self.outer and turn < self.outer:
                weight = _bisquare(np.abs(y - trend - seasonal), self.like_r)
        return trend, seasonal, np.ones_like(y) if weight is None else weight

    def _round(self, y: Floats, trend: Floats, weight: Floats | None) -> tuple[Floats, Floats]:
        n, period = y.shape[1], self.period
        seasonal = y
        for _ in range(self.inner):
            cycles = self._by_cycle(y - trend, weight)
            slow = _average(_average(_average(cycles, period), period), 3)
            slow = smoother(n, self.windows[2], self.degrees[2], self.jumps[2])(slow)
            seasonal = cycles[:, period : period + n] - slow
            trend = smoother(n, self.windows[1], self.degrees[1], self.jumps[1])(y - seasonal, weight)
        return trend, seasonal

    def _by_cycle(self, x: Floats, weight: Floats | None) -> Floats:
        """Each month's own series smoothed, with one more year at either end: (series, n + 2 periods)."""
        n, period = x.shape[1], self.period
        found = np.empty((len(x), n + 2 * period))
        for month in range(period):
            own = x[:, month::period]
            make = beyond(own.shape[1], self.windows[0], self.degrees[0], self.jumps[0])
            found[:, month::period] = make(own, None if weight is None else weight[:, month::period])
        return found


def _average(x: Floats, length: int) -> Floats:
    """Moving averages, as many as there are whole windows."""
    walk = np.concatenate([np.zeros((len(x), 1)), np.cumsum(x, axis=1)], axis=1)
    return np.asarray((walk[:, length:] - walk[:, :-length]) / length)


def _bisquare(far: Floats, like_r: bool) -> Floats:
    """Weights by how far a point lies: 1 near, 0 beyond six medians."""
    scale = 3 * twice_middle(far) if like_r else 6 * np.median(far, axis=1, keepdims=True)
    ratio = np.divide(far, scale, out=np.zeros_like(far), where=scale > 0)
    weight = np.where(far <= 0.001 * scale, 1.0, np.where(far <= 0.999 * scale, (1 - ratio**2) ** 2, 0.0))
    return np.where(scale > 0, weight, (far == 0).astype(float))
