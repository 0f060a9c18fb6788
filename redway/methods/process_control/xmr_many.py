"""XmR charts of thousands of series at once, the same as `xmr` gives each.

Limits and rules are those of `process_control.xmr`: mean -/+ 2.66 x mean moving range, ranges of at least 3.267 times
their mean left out once, and NHS England's four rules. `xmr_many` takes unbroken runs of one length; `xmr_runs` takes
series with gaps and rebases, cuts them into their unbroken runs, and charts runs of one length together.

Assumes what `xmr` assumes. Source: Wheeler and Chambers, *Understanding Statistical Process Control*, 1992.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.inputs import Floats
from redway.methods.process_control.charts import FEWEST, phases
from redway.methods.process_control.limits import limits
from redway.methods.process_control.rules import NHS, Codes, Rules, signals
from redway.methods.process_control.xmr import SMALLEST_MEAN, all_whole

VERSION = 1

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ManyXmR:
    """centre, lower, upper, refused: (series,). rule, way: (series, points), 0 where ordinary or refused.

    rules  what makes a signal
    """

    centre: Floats
    lower: Floats
    upper: Floats
    rule: Codes
    way: Codes
    refused: Booleans
    rules: Rules = NHS

    @property
    def cannot_tell(self) -> str:
        return f"{_reason(np.isnan(self.centre))}." if self.refused.all() else ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        before = (self.rule[:, :-1] > 0).sum(axis=1)
        points = np.full(len(before), self.rule.shape[1] - 1)
        told = _told(self.rule[:, -1], self.way[:, -1], before, points, self.refused, self.rules)
        return f"{told}; {TOO}."


@dataclass(frozen=True)
class RunsXmR:
    """Arrays (series, points), NaN or 0 where nothing is known: limits are those of the run that a point is in.

    drawn   whether a point is in a run that has limits
    known   whether there is a value
    begins  whether a run begins there
    runs    how many unbroken runs there are
    rules   what makes a signal; None where series have rules of their own
    """

    centre: Floats
    lower: Floats
    upper: Floats
    rule: Codes
    way: Codes
    drawn: Booleans
    known: Booleans
    begins: Booleans
    runs: int
    rules: Rules | None = NHS

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """(runs,) how many points each unbroken run has."""
        return np.bincount(np.cumsum(self.begins.ravel())[self.known.ravel()])[1:]

    @property
    def newest(self) -> npt.NDArray[np.int64]:
        """(series,) the position of the last value; 0 for a series without one."""
        last = self.known.shape[1] - 1 - np.argmax(self.known[:, ::-1], axis=1)
        return np.where(self.known.any(axis=1), last, 0)

    @property
    def cannot_tell(self) -> str:
        return "" if self.drawn.any() else f"{_reason(np.isnan(self.centre[self.known]))}."

    @property
    def newest_cannot_tell(self) -> str:
        """Why nothing can be said of any newest point; "" where something can."""
        if self.cannot_tell or not self._refused.all():
            return self.cannot_tell
        newest = self.newest[:, None]
        short = np.isnan(np.take_along_axis(self.centre, newest, axis=1))
        return f"since the last gap or rebase there are {_reason(short)}."

    @property
    def told(self) -> str:
        """What can be said of newest points and those before them, without a full stop."""
        series = np.arange(len(self.rule))
        newest = self.newest
        before = np.arange(self.rule.shape[1]) < newest[:, None]
        unusual, points = ((which & before).sum(axis=1) for which in (self.rule > 0, self.drawn))
        return _told(self.rule[series, newest], self.way[series, newest], unusual, points, self._refused, self.rules)

    @property
    def sentence(self) -> str:
        why = self.newest_cannot_tell
        return f"Cannot tell: {why}" if why else f"{self.told}; {TOO}."

    @property
    def _refused(self) -> Booleans:
        """(series,) whether the newest point has no limits."""
        return ~np.take_along_axis(self.drawn, self.newest[:, None], axis=1)[:, 0]


TOO = "charts of chance alone show signals too"
SHORT = f"fewer than {FEWEST} points to make limits from"
SMALL = f"counts with a mean under {SMALLEST_MEAN:g}, too small for this chart"


def _reason(short: Booleans) -> str:
    """Why charts were refused, of which some were too short, and the others of small counts."""
    told = [words for words, some in ((SHORT, short.any() or not short.size), (SMALL, not short.all())) if some]
    return ", or ".join(told)


def _told(
    newest: Codes,
    way: Codes,
    before: npt.NDArray[Any],
    points: npt.NDArray[Any],
    refused: Booleans,
    rules: Rules | None,
) -> str:
    """Of newest points (series,), and how many of the points before them are unusual."""
    charts = int((~refused).sum())
    unusual = np.flatnonzero((newest > 0) & ~refused)
    if rules is not None and rules.anhoej:
        if charts > 1:
            return f"In {unusual.size:,} of {charts:,} charts runs are too long, or too few, for chance"
        return f"Runs on one side of the mean are {'too long, or too few, for' if unusual.size else 'as'} chance" + (
            "" if unusual.size else " has them"
        )
    if charts > 1:
        earlier = int((before[~refused] > 0).sum())
        return f"The newest point is unusual in {unusual.size:,} of {charts:,} charts, and one before it in {earlier:,}"
    told = "The newest point is ordinary"
    if unusual.size:
        at = int(unusual[0])
        what = f": {rules.words(int(newest[at]))}, {'high' if way[at] > 0 else 'low'}" if rules else ""
        told = f"The newest point is unusual{what}"
    at = int(np.flatnonzero(~refused)[0])
    return f"{told}; {before[at]:,} of {points[at]:,} before it {'is' if before[at] == 1 else 'are'} unusual"


def xmr_many(
    values: npt.ArrayLike,
    *,
    counts: bool = True,
    baseline: int | None = None,
    screen: bool = True,
    rules: Rules = NHS,
) -> ManyXmR:
    """The charts of values (series, points), in order of time; other arguments as of `xmr`. Unfit for gaps."""
    x = inputs.numbers(values, "values", dimensions=2)
    base = x.shape[1] if baseline is None else min(inputs.whole(baseline, "baseline", least=2), x.shape[1])
    if base < FEWEST:
        none, no = np.full(len(x), np.nan), np.zeros(x.shape, dtype=np.int8)
        return ManyXmR(none, none, none, no, no, np.ones(len(x), dtype=bool), rules)
    lines = limits("xmr", x, x, base, width=rules.width, screen=screen)
    found = signals(lines, rules)
    centre, lower, upper = (line[:, 0].copy() for line in (lines.centre, lines.lower, lines.upper))
    refused = (centre < SMALLEST_MEAN) & counts
    refused[refused] = all_whole(x[refused, :base])
    rule, way = found.rule, found.way
    if refused.any():
        lower[refused] = upper[refused] = np.nan
        rule[refused] = way[refused] = 0
    return ManyXmR(centre, lower, upper, rule, way, refused, rules)


def xmr_runs(
    values: npt.ArrayLike,
    *,
    breaks: Sequence[int] = (),
    counts: bool = True,
    baseline: int | None = None,
    screen: bool = True,
    rules: Rules = NHS,
) -> RunsXmR:
    """The charts of values (series, points), NaN where nothing is known: each unbroken run has limits of its own.

    breaks  positions at which every series begins a new run, known or not: a rebase
    Other arguments as of `xmr_many`; `baseline` is of each run. Raises Unfit for breaks out of order.
    """
    x = inputs.numbers(values, "values", dimensions=2, missing=True)
    known = ~np.isnan(x)
    series, start, length = _runs(known, breaks)
    centre, lower, upper = (np.full(x.shape, np.nan) for _ in range(3))
    rule, way = (np.zeros(x.shape, dtype=np.int8) for _ in range(2))
    drawn = np.zeros(x.shape, dtype=bool)
    for size in np.unique(length):
        these = length == size
        cells = series[these][:, None], start[these][:, None] + np.arange(size)
        found = xmr_many(x[cells], counts=counts, baseline=baseline, screen=screen, rules=rules)
        for whole, part in (
            (centre, found.centre),
            (lower, found.lower),
            (upper, found.upper),
            (drawn, ~found.refused),
        ):
            whole[cells] = part[:, None]
        rule[cells], way[cells] = found.rule, found.way
    begins = np.zeros(x.shape, dtype=bool)
    begins[series, start] = True
    return RunsXmR(centre, lower, upper, rule, way, drawn, known, begins, length.size, rules)


def _runs(known: Booleans, breaks: Sequence[int]) -> tuple[npt.NDArray[np.intp], ...]:
    """The series, first position and length of each unbroken run."""
    edges = phases(known.shape[1], breaks)
    begins = known.copy()
    begins[:, 1:] &= ~known[:, :-1]
    ends = known.copy()
    ends[:, :-1] &= ~known[:, 1:]
    for first, _ in edges[1:]:
        begins[:, first] = known[:, first]
        ends[:, first - 1] = known[:, first - 1]
    series, start = np.nonzero(begins)
    return series, start, np.nonzero(ends)[1] - start + 1
