"""XmR control charts: is this month unusual against its own past?

Limits (Wheeler and Chambers, *Understanding Statistical Process Control*, 1992), as NHS England's *Making
Data Count* uses them: with x the values of one unbroken run in time order and mR their moving ranges,

    centre = mean(x)        limits = centre +/- 2.66 x mean(mR)

where moving ranges of at least 3.267 x mean(mR) are left out once before the mean is taken again. 2.66 is
3 / d2 and 3.267 is D4 for ranges of two points.

Assumes values whose ordinary variation is roughly even on both sides and not tied to the month before.
Small counts are neither, so charts of counts with a mean under `SMALLEST_MEAN` are refused. The limits are
computed limits: a lower one may be negative although no count is; a drawing may clip it at nought.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
import numpy.typing as npt

from redway.methods.wording import figure

VERSION = 1

LIMIT = 2.66
SCREEN = 3.267
FEWEST = 5  # points, below which there is no verdict
TRIAL = 12  # points, below which limits are trial limits
RUN = 7  # points in a trend, or on one side of the mean

# Below this the lower limit of a steady (Poisson) count, m - 3 sqrt(m), lies under nought for any mean up to 9,
# and the upper one is passed far more often than intended: see handbook/xmr.md for the measured rates.
SMALLEST_MEAN = 5.0

Better = Literal["lower", "higher", "neutral"]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Rule(StrEnum):
    """What makes a point unusual, the most telling first: a point carries the first that it meets."""

    OUTSIDE = "a point outside the limits"
    TREND = "seven points rising or falling in a row"
    TWO_OF_THREE = "two of three points beyond two-thirds of a limit"
    ONE_SIDE = "seven points on one side of the mean"


class Meaning(StrEnum):
    """What a signal means, given which way is better."""

    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEUTRAL = "neutral"


class Refusal(StrEnum):
    """Why there is no verdict; empty, and so false, when one stands."""

    NONE = ""
    TOO_FEW = "fewer than 5 points"
    SMALL_COUNTS = "counts too small for a control chart"


class Assurance(StrEnum):
    """Whether a process can be relied on to meet a target."""

    PASSING = "consistently passing"
    FAILING = "consistently failing"
    HIT_AND_MISS = "hit and miss"


@dataclass(frozen=True)
class Signal:
    """One unusual point. `high` says whether it is unusually high (or rising), else low (or falling)."""

    rule: Rule
    high: bool
    meaning: Meaning


@dataclass(frozen=True)
class XmR:
    """A control chart of one unbroken run.

    values    float array (n,), as given
    centre    their mean over the baseline; NaN when there are no values
    lower, upper, near_lower, near_upper
              the limits, and two-thirds of the way to them; NaN when refused for want of points or size
    screened  how many moving ranges were left out
    signals   one for each point, None where it is ordinary; all None when refused
    trial     fewer than 12 points made the limits: they may still move
    refused   why there is no verdict, in words; empty when there is one
    """

    values: Floats
    better: Better
    centre: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float
    screened: int
    signals: tuple[Signal | None, ...]
    trial: bool
    refused: Refusal

    @property
    def cannot_tell(self) -> str:
        """Why there is no verdict, as `refused`."""
        return str(self.refused)

    @property
    def sentence(self) -> str:
        if self.refused:
            return f"Cannot tell what is unusual: {self.refused}."
        newest, limits = self.signals[-1], f"limits {figure(self.lower)} to {figure(self.upper)}"
        told = f"is unusual: {newest.rule}" if newest else "is ordinary"
        trial = ", which may still move" if self.trial else ""
        before = sum(signal is not None for signal in self.signals[:-1])
        return (
            f"The newest value, {figure(float(self.values[-1]))}, {told} ({limits}{trial}); of the "
            f"{self.values.size - 1:,} before it {before:,} {'is' if before == 1 else 'are'} unusual."
        )


def xmr(
    values: Sequence[float] | Floats,
    *,
    better: Better,
    counts: bool = True,
    baseline: int | None = None,
    screen: bool = True,
) -> XmR:
    """The chart of one unbroken run of values in time order.

    better    which way is an improvement; there is no default, because a chart cannot know
    counts    the values may be counts, so small ones are refused; not where some have parts or are under nought
    baseline  make the limits from this many first points (at least 2; all, of a run that has fewer), held for the rest
    screen    leave out moving ranges of at least 3.267 times their mean, once

    Raises ValueError for values that are not one-dimensional or not finite: a gap ends a run.
    """
    x = np.asarray(values, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all():
        raise ValueError("expected one unbroken run of finite values: a gap ends a run")
    if better not in ("lower", "higher", "neutral"):
        raise ValueError(f"expected better to be lower, higher or neutral, not {better!r}")
    if baseline is not None and baseline < 2:
        raise ValueError(f"expected a baseline of at least 2 points, not {baseline}")
    base = x[:baseline]
    centre = float(base.mean()) if base.size else np.nan
    refused = _refusal(base, counts)
    if refused:
        none = np.nan
        return XmR(x, better, centre, none, none, none, none, 0, (None,) * x.size, base.size < TRIAL, refused)
    spread, screened = _moving_range(base, screen)
    reach = LIMIT * spread
    near = 2 * (LIMIT / 3) * spread
    signals = _signals(x, centre, reach, near, better)
    return XmR(
        x,
        better,
        centre,
        centre - reach,
        centre + reach,
        centre - near,
        centre + near,
        screened,
        signals,
        base.size < TRIAL,
        refused,
    )


def phases(
    values: Sequence[float] | Floats, breaks: Sequence[int], *, better: Better, counts: bool = True
) -> tuple[XmR, ...]:
    """A rebased chart: one chart for each phase, where `breaks` are the positions at which a new phase begins.

    Rules never reach over a break. Raises ValueError for breaks outside the run, out of order or repeated.
    """
    x = np.asarray(values, dtype=float)
    edges = [0, *breaks, x.size]
    if any(later <= earlier for earlier, later in itertools.pairwise(edges)) and x.size:
        raise ValueError(f"expected breaks in order and inside the run of {x.size} points, not {list(breaks)}")
    return tuple(xmr(x[start:stop], better=better, counts=counts) for start, stop in itertools.pairwise(edges))


def assurance(chart: XmR, target: float) -> Assurance | None:
    """Whether the process meets a target: always, never, or now and then by chance.

    A target beyond the limits on the better side is one the process consistently fails, on the other side
    one it consistently passes. None when the chart is refused or neither way is better.
    """
    if chart.refused or chart.better == "neutral":
        return None
    if target > chart.upper:
        return Assurance.PASSING if chart.better == "lower" else Assurance.FAILING
    if target < chart.lower:
        return Assurance.FAILING if chart.better == "lower" else Assurance.PASSING
    return Assurance.HIT_AND_MISS


def _refusal(base: Floats, counts: bool) -> Refusal:
    if base.size < FEWEST:
        return Refusal.TOO_FEW
    if counts and base.mean() < SMALLEST_MEAN and bool(all_whole(base)):
        return Refusal.SMALL_COUNTS
    return Refusal.NONE


def all_whole(values: Floats) -> npt.NDArray[np.bool_]:
    """Whether the last axis holds what counts can be: parts and numbers under nought are measured, not counted."""
    return np.asarray(((values >= 0) & (values == np.floor(values))).all(axis=-1))


def _moving_range(base: Floats, screen: bool) -> tuple[float, int]:
    """The mean moving range after screening, and how many ranges were screened out."""
    ranges = np.abs(np.diff(base))
    mean = ranges.mean()
    if not screen or mean == 0:
        return float(mean), 0
    kept = ranges[ranges < SCREEN * mean]
    return float(kept.mean()), int(ranges.size - kept.size)


def _signals(x: Floats, centre: float, reach: float, near: float, better: Better) -> tuple[Signal | None, ...]:
    """The first rule that each point meets, with its direction and meaning."""
    side = np.sign(x - centre).astype(int)
    outside = (x > centre + reach) | (x < centre - reach)
    beyond_near = (x > centre + near) | (x < centre - near)
    found = (
        (Rule.OUTSIDE, np.where(outside, side, 0)),
        (Rule.TREND, _trend(x)),
        (Rule.TWO_OF_THREE, _two_of_three(beyond_near & ~outside, side)),
        (Rule.ONE_SIDE, _one_side(side)),
    )
    signals: list[Signal | None] = []
    for i in range(x.size):
        met = next(((rule, int(way[i])) for rule, way in found if way[i]), None)
        signals.append(Signal(met[0], met[1] > 0, _meaning(met[1] > 0, better)) if met else None)
    return tuple(signals)


def _meaning(high: bool, better: Better) -> Meaning:
    if better == "neutral":
        return Meaning.NEUTRAL
    return Meaning.IMPROVEMENT if high == (better == "higher") else Meaning.CONCERN


def _windows(condition: npt.NDArray[np.bool_], length: int, size: int) -> npt.NDArray[np.bool_]:
    """Every point of every window that meets a condition; `condition[i]` is of the window that starts at i."""
    marked = np.zeros(size, dtype=bool)
    for start in np.flatnonzero(condition):
        marked[start : start + length] = True
    return marked


def _trend(x: Floats) -> Integers:
    """+1 or -1 for each point of seven that rise or fall strictly; a turning point takes the later direction."""
    way = np.zeros(x.size, dtype=int)
    if x.size < RUN:
        return way
    steps = np.sign(np.diff(x)).astype(int)
    six = np.lib.stride_tricks.sliding_window_view(steps, RUN - 1)
    for start in np.flatnonzero(np.abs(six.sum(axis=1)) == RUN - 1):
        way[start : start + RUN] = six[start, 0]
    return way


def _two_of_three(near: npt.NDArray[np.bool_], side: Integers) -> Integers:
    """+1 or -1 for each point near a limit, in a window of three on one side of which two are near it."""
    if side.size < 3:
        return np.zeros(side.size, dtype=int)
    three = np.lib.stride_tricks.sliding_window_view
    meets = (three(near, 3).sum(axis=1) >= 2) & (np.abs(three(side, 3).sum(axis=1)) == 3)
    return np.where(_windows(meets, 3, side.size) & near, side, 0)


def _one_side(side: Integers) -> Integers:
    """+1 or -1 for each point of seven on one side of the mean."""
    if side.size < RUN:
        return np.zeros(side.size, dtype=int)
    meets = np.abs(np.lib.stride_tricks.sliding_window_view(side, RUN).sum(axis=1)) == RUN
    return np.where(_windows(meets, RUN, side.size), side, 0)
