"""Quantiles of everybody, from a sample with its design.

The smallest value at or below which the weights hold the share asked (R: qrule `math`). The interval is Woodruff's
(1952, *J. Am. Stat. Assoc.* 47, 635-646): the share at or below that value has an interval as a mean, share -/+ t SE,
and its ends are turned back into values. SE is its width over 2 t, as `survey::svyquantile` (interval.type `mean`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from redway.methods.inputs import Unfit, numbers, probability, same_length, whole
from redway.methods.surveys.design import Design, everybody_asked
from redway.methods.surveys.means import ALIKE, MINIMUM, mean
from redway.methods.wording import figure, interval, several

VERSION = 1

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Quantile:
    """A quantile and its interval. NaN where `cannot_tell` says why, or, of the interval alone, `note`."""

    share: float
    value: float
    se: float
    low: float
    high: float
    base: int
    conf_level: float
    cannot_tell: str = ""
    note: str = ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"No quantile can be told: {self.cannot_tell}."
        limits = self.note or interval(self.low, self.high, self.conf_level)
        return (
            f"{figure(100 * self.share)}% of everybody are at or below {figure(self.value)} "
            f"({limits}, {several(self.base, 'answer')})."
        )


def quantile(
    sample: Design, y: npt.ArrayLike, share: float = 0.5, *, conf_level: float = 0.95, minimum: int = MINIMUM
) -> Quantile:
    """The value (of y, (n,)) at or below which a share of everybody is. Raises Unfit for values not finite.

    Where every answer is the same there is no interval: such a sample cannot tell how answers spread.
    """
    values = numbers(y, "y")
    same_length(weights=sample.weights, y=values)
    level, at, least = (
        probability(conf_level, "conf_level"),
        probability(share, "share"),
        whole(minimum, "minimum", least=1),
    )
    if values.size < least or not sample.df:
        why = f"fewer than {least} answers" if values.size < least else "as many strata as clusters"
        return Quantile(at, np.nan, np.nan, np.nan, np.nan, values.size, level, why)
    if (values == values[0]).all() and not everybody_asked(sample):
        return Quantile(at, values[0], np.nan, np.nan, np.nan, values.size, level, note=ALIKE)
    t = float(stdtrit(sample.df, (1 + level) / 2))
    if t < 1e-9:
        raise Unfit(
            "conf_level: how often such intervals hold the truth, such as 0.95",
            came=f"{level:g}",
            cause="percent in place of a share, or alpha in place of the level.",
        )
    order = np.argsort(values, kind="stable")
    ranked, held = values[order], np.cumsum(sample.weights[order]) / sample.weights.sum()
    middle = _at(ranked, held, at)
    below = mean(sample, (values <= middle).astype(float), minimum=1, conf_level=level)
    low, high = (_at(ranked, held, min(max(float(end[0]), 0.0), 1.0)) for end in (below.low, below.high))
    return Quantile(at, middle, (high - low) / (2 * t), low, high, values.size, level)


def _at(ranked: Floats, held: Floats, share: float) -> float:
    return float(ranked[min(int(np.searchsorted(held, share * (1 - 1e-14))), ranked.size - 1)])
