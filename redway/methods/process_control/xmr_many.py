"""XmR charts of thousands of series at once, the same as `xmr` gives each.

Limits and rules are those of `process_control.xmr`: mean -/+ 2.66 x mean moving range, ranges of at least 3.267 times
their mean left out once, and NHS England's four rules. All series have the same periods, none missing.

Assumes what `xmr` assumes. Source: Wheeler and Chambers, *Understanding Statistical Process Control*, 1992.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.inputs import Floats
from redway.methods.process_control.charts import FEWEST
from redway.methods.process_control.limits import limits
from redway.methods.process_control.rules import NHS, Codes, Rules, signals
from redway.methods.process_control.xmr import SMALLEST_MEAN

VERSION = 1


@dataclass(frozen=True)
class ManyXmR:
    """centre, lower, upper, refused: (series,). rule, way: (series, points), 0 where ordinary or refused."""

    centre: Floats
    lower: Floats
    upper: Floats
    rule: Codes
    way: Codes
    refused: npt.NDArray[np.bool_]

    @property
    def cannot_tell(self) -> str:
        return f"fewer than {FEWEST} points, or counts that are too small." if self.refused.all() else ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        drawn = int((~self.refused).sum())
        newest = int((self.rule[:, -1] > 0).sum())
        return (
            f"The newest point is unusual in {newest:,} of {drawn:,} charts; of charts of chance alone about one in "
            f"five shows a signal somewhere in two years."
        )


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
        return ManyXmR(none, none, none, no, no, np.ones(len(x), dtype=bool))
    lines = limits("xmr", x, x, base, width=rules.width, screen=screen)
    found = signals(lines, rules)
    centre, lower, upper = (line[:, 0].copy() for line in (lines.centre, lines.lower, lines.upper))
    refused = (centre < SMALLEST_MEAN) & counts
    rule, way = found.rule, found.way
    if refused.any():
        lower[refused] = upper[refused] = np.nan
        rule[refused] = way[refused] = 0
    return ManyXmR(centre, lower, upper, rule, way, refused)
