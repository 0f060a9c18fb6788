"""Xbar and s charts: means and spreads of small groups of measurements, such as the response times of each week.

    Xbar   m -/+ k s/(c4 sqrt(n))          m = mean of all values
    s      s' -/+ k s sqrt(1 - c4^2)/c4    s' = c4(n) x sigma, at least 0

where sigma = root of the mean variance within groups, by degrees of freedom, and c4(n) = sqrt(2/(n-1)) gamma(n/2) /
gamma((n-1)/2) takes out the bias of a standard deviation of n values. Groups may differ in size. Spread between groups
has no part in the limits: where groups differ for reasons of their own every point will be outside, and an XmR chart of
the means is the better one.

Assumes independent and nearly normal values within a group. Source: Montgomery, *Introduction to Statistical Quality
Control*, 2012, chapter 6.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from redway.methods import inputs
from redway.methods.inputs import Floats
from redway.methods.process_control.charts import FEWEST
from redway.methods.process_control.limits import Limits
from redway.methods.process_control.rules import NHS, Rules, Signals, signals

VERSION = 1


@dataclass(frozen=True)
class Subgroups:
    """names (groups,) in order; sizes (groups,); lines and signals of both charts as (1, groups)."""

    names: npt.NDArray[Any]
    sizes: npt.NDArray[np.int64]
    means: Limits
    spreads: Limits
    of_means: Signals
    of_spreads: Signals
    sigma: float
    cannot_tell: str

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        means, spreads = int((self.of_means.rule > 0).sum()), int((self.of_spreads.rule > 0).sum())
        have = "has" if means == 1 else "have"
        return (
            f"Of {self.names.size:,} groups {means:,} {have} an unusual mean and {spreads:,} an unusual spread, by "
            f"limits made from the spread within groups."
        )


def xbar_s(values: npt.ArrayLike, groups: npt.ArrayLike, *, rules: Rules = NHS) -> Subgroups:
    """Both charts of values (n,) by groups (n,), which are taken in sorted order. Unfit for values that are none."""
    x = inputs.numbers(values, "values")
    kinds = np.asarray(groups)
    inputs.same_length(values=x, groups=kinds)
    names, which = np.unique(kinds, return_inverse=True)
    number = np.bincount(which, minlength=names.size)
    mean = np.bincount(which, x, names.size) / np.maximum(number, 1)
    square = np.bincount(which, (x - mean[which]) ** 2, names.size)
    freedom = np.maximum(number - 1, 0)
    why = ""
    if names.size < FEWEST:
        why = f"fewer than {FEWEST} groups."
    elif not freedom.sum():
        why = "no group has two values: an XmR chart needs no groups."
    none = Limits(*(np.full((1, names.size), np.nan) for _ in range(6)))
    if why:
        no = Signals(np.zeros((1, names.size), np.int8), np.zeros((1, names.size), np.int8))
        return Subgroups(names, number, none, none, no, no, np.nan, why)
    sigma = float(np.sqrt(square.sum() / freedom.sum()))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(freedom > 0, np.sqrt(square / freedom), np.nan)
    c4 = bias(number)
    of_means = _lines(mean, np.full(names.size, x.mean()), rules.width * sigma / np.sqrt(number), -np.inf)
    of_spreads = _lines(spread, c4 * sigma, rules.width * sigma * np.sqrt(1 - c4**2), 0.0)
    return Subgroups(
        names, number, of_means, of_spreads, signals(of_means, rules), signals(of_spreads, rules), sigma, ""
    )


def bias(number: npt.NDArray[np.int64]) -> Floats:
    """c4: mean of the standard deviation of so many normal values, over the true one; NaN for one value."""
    n = number.astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        c4 = np.sqrt(2 / (n - 1)) * np.exp(gammaln(n / 2) - gammaln((n - 1) / 2))
    return np.where(number > 1, c4, np.nan)


def _lines(drawn: Floats, centre: Floats, reach: Floats, least: float) -> Limits:
    ends = (centre - reach, centre + reach, centre - 2 / 3 * reach, centre + 2 / 3 * reach)
    return Limits(drawn[None], centre[None], *(np.maximum(end, least)[None] for end in ends))
