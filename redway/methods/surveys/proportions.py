"""A share of everybody with an interval that stays between 0 and 1, from a sample with its design.

p as a mean with SE s, df clusters less strata, t its quantile, n answers (Korn and Graubard 1998, *Surv. Methodol.* 24,
193-201; Rao and Scott 1984, *Ann. Stat.* 12, 46-60; as `survey::svyciprop`):

    logit       on log(p / (1-p)), whose SE is s / (p (1-p)); t limits, turned back
    likelihood  all p0 with 2 (n-1)/n p (1-p)/s^2 (p log(p/p0) + (1-p) log((1-p)/(1-p0))) <= t^2
    beta        Clopper and Pearson's for n* p of n* answers, n* = p (1-p) / s^2 x (t of n-1 / t of df)^2
    mean        p -/+ t s: may leave 0 to 1; for likeness with other tools

Where everybody or nobody said so there is no SE; the exact binomial limits of that many answers are given, which takes
them as independent, and the sentence says so.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy
from scipy.special import expit, logit, stdtrit, xlogy

from redway.methods.inputs import Unfit, chosen, numbers, probability, whole
from redway.methods.surveys.design import Design
from redway.methods.surveys.means import MINIMUM, exact_limits, mean
from redway.methods.wording import figure, interval, several

VERSION = 1

METHODS = ("logit", "likelihood", "beta", "mean")


@dataclass(frozen=True)
class Proportion:
    """A share of 1. deff: how many times the variance is that of a plain sample. NaN where `cannot_tell` says why."""

    value: float
    se: float
    low: float
    high: float
    base: int
    deff: float
    df: int
    method: str
    conf_level: float
    cannot_tell: str = ""
    note: str = ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"No share can be told: {self.cannot_tell}."
        limits = interval(100 * self.low, 100 * self.high, self.conf_level)
        note = f"; {self.note}" if self.note else ""
        return f"{figure(100 * self.value)}% of everybody ({limits}, {several(self.base, 'answer')}{note})."


def proportion(
    sample: Design, said: npt.ArrayLike, *, method: str = "logit", conf_level: float = 0.95, minimum: int = MINIMUM
) -> Proportion:
    """The share of those who said so, (n,) of 0 and 1.

    minimum  fewest answers, under which no share is given

    Raises Unfit for values that are neither, and a method that there is not.
    """
    y = numbers(said, "said")
    chosen(method, "method", METHODS)
    level = probability(conf_level, "conf_level")
    if not np.isin(y, (0, 1)).all():
        raise Unfit(
            "said: 0 or 1",
            came=f"{y[~np.isin(y, (0, 1))][0]:g}",
            cause="codes such as 1 and 2, or -9 for no answer: write 1 for yes, 0 for no, and nothing for no answer.",
        )
    found = mean(sample, y, conf_level=level, minimum=whole(minimum, "minimum", least=1))
    p, se, n, df = float(found.value[0]), float(found.se[0]), y.size, sample.df
    if found.cannot_tell:
        nan = np.nan
        return Proportion(nan, nan, nan, nan, n, nan, df, method, level, found.cannot_tell)
    if not y.any() or y.all() or not se > 0:
        low, high = exact_limits(p, n, level)
        told = (
            "everybody asked gave the same answer, and they are taken as independent" if not y.any() or y.all() else ""
        )
        return Proportion(
            float(y.mean()) if told else p,
            se,
            low,
            high,
            n,
            np.nan,
            df,
            method,
            level,
            "",
            told or "no variance between clusters; answers are taken as independent",
        )
    t = float(stdtrit(df, (1 + level) / 2))
    low, high = _limits(p, se, n, t, method, level)
    return Proportion(p, se, low, high, n, float(found.deff[0]), df, method, level)


def _limits(p: float, se: float, n: int, t: float, method: str, level: float) -> tuple[float, float]:
    if method == "mean":
        return p - t * se, p + t * se
    if method == "logit":
        reach = t * se / (p * (1 - p))
        return float(expit(logit(p) - reach)), float(expit(logit(p) + reach))
    if method == "beta":
        effective = p * (1 - p) / se**2 * (float(stdtrit(n - 1, (1 + level) / 2)) / t) ** 2
        return exact_limits(p, effective, level)
    effective = p * (1 - p) / se**2 * (n - 1) / n

    def beyond(p0: float) -> float:
        return 2 * effective * float(xlogy(p, p / p0) + xlogy(1 - p, (1 - p) / (1 - p0))) - t**2

    low, high = (scipy.optimize.brentq(beyond, *ends, xtol=1e-15) for ends in ((1e-300, p), (p, 1 - 1e-16)))
    return float(low), float(high)
