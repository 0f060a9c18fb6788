"""Stages: at which decision does a disparity arise?

Of each group so many live there, were stopped, searched, arrested, charged: every stage a part of the one before.
With s the share of a group that went on from one stage to the next,

    step ratio = s / s of the reference        total = product of the step ratios

so on logarithms the total is a sum, and each stage has its share of it. SE of a step's logarithm as of a ratio of
shares, sqrt(1/x - 1/n + 1/x0 - 1/n0); of the first, from residents, as of rates, sqrt(1/x + 1/x0), since one person
may be stopped often; of the total the same with all steps: the root of their squares' sum. (The relative rate index;
for the decomposition: Rowe, Garner and others 2018, *Disproportionality in youth justice*.)

A small step ratio at one stage may undo a large one before: a group that is over-stopped is then more often let go.
That is not fairness; it says that the stops found less.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from redway.methods.inputs import Unfit, counts, probability, whole
from redway.methods.wording import figure, interval

VERSION = 1

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Stages:
    """One group against a reference, stage by stage; arrays (steps,), NaN where a stage has too few.

    ratio, low, high  of each step
    share             of the total, on logarithms; shares sum to one, and one may be below nought
    total             with its interval, all steps together
    """

    stages: tuple[str, ...]
    ratio: Floats
    low: Floats
    high: Floats
    share: Floats
    total: float
    total_low: float
    total_high: float
    conf_level: float
    cannot_tell: str = ""

    @property
    def sentence(self) -> str:
        if not np.isfinite(self.ratio).any():
            return f"No stage can be told: {self.cannot_tell}."
        at = int(np.nanargmax(np.abs(np.log(self.ratio))))
        limits = interval(self.low[at], self.high[at], self.conf_level)
        doubt = f"; {self.cannot_tell}" if self.cannot_tell else ""
        same = "" if self.low[at] > 1 or self.high[at] < 1 else ", not statistically different"
        whole_way = ""
        if np.isfinite(self.total):
            ends = interval(self.total_low, self.total_high, self.conf_level)
            whole_way = f"; over all stages {figure(self.total)} times ({ends})"
        return (
            f"The largest difference arises at “{self.stages[at]}”, {figure(self.ratio[at])} times "
            f"({limits}{same}){whole_way}{doubt}."
        )


def stages(
    group: npt.ArrayLike,
    reference: npt.ArrayLike,
    names: npt.ArrayLike,
    *,
    minimum: int = 10,
    conf_level: float = 0.95,
) -> Stages:
    """Step by step, from counts (k,) of a group and a reference at k stages, residents first.

    minimum  fewest of either at a stage, for a ratio of the step to it

    Raises Unfit for counts that are not, fewer than two stages, nobody at the first, and a stage with more than before.
    """
    x, y = counts(group, "group"), counts(reference, "reference")
    told = tuple(str(name) for name in np.asarray(names).tolist())
    least, level = whole(minimum, "minimum", least=1), probability(conf_level, "conf_level")
    if not x.size == y.size == len(told) or x.size < 2:
        raise Unfit(
            "counts of both groups at two stages or more",
            came=f"{x.size}, {y.size} and {len(told)} names",
            cause="a table of one stage, or stages that were laid out as columns and not as rows.",
        )
    if not x[0] or not y[0]:
        raise Unfit(
            "somebody of both groups at the first stage", came="nobody", cause="stages that are not in their order."
        )
    for counted in (x, y):
        if (more := np.diff(counted[1:]) > 0).any():
            raise Unfit(
                "every stage after the first a part of the one before",
                came=f"more at “{told[int(np.argmax(more)) + 2]}” than before it",
                cause="stages of different years, or in another order.",
            )
    known = (x[1:] >= least) & (y[1:] >= least)
    a, b, before, before_y = (np.where(known, part, 1.0) for part in (x[1:], y[1:], x[:-1], y[:-1]))
    ratio = np.where(known, a / before / (b / before_y), np.nan)
    within = 1 / before + 1 / before_y
    within[0] = 0.0
    variance = np.where(known, np.maximum(1 / a + 1 / b - within, 0), np.nan)
    reach = float(ndtri((1 + level) / 2))
    total, spread = float(np.prod(ratio)), reach * float(np.sqrt(variance.sum()))
    logs = np.log(ratio)
    share = logs / logs.sum() if np.isfinite(total) and abs(logs.sum()) > 1e-12 else np.full(logs.size, np.nan)
    why = "" if known.all() else f"fewer than {least} at “{told[int(np.argmin(known)) + 1]}”"
    ends = ratio * np.exp(-reach * np.sqrt(variance)), ratio * np.exp(reach * np.sqrt(variance))
    around = float(total * np.exp(-spread)), float(total * np.exp(spread))
    return Stages(told[1:], ratio, *ends, share, total, *around, level, why)
