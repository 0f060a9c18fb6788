"""Variance by replicates: the estimate again and again with some of the sample left out or doubled.

    JK1        each cluster left out in turn: var = (n-1)/n sum((est_r - mean)^2)                  (no strata)
    JKn        within strata: sum over h of (1 - f_h) (n_h - 1)/n_h sum((est_r - mean of h)^2)
    bootstrap  n_h - 1 clusters drawn from the n_h of each stratum, weights times n_h / (n_h - 1) x times drawn;
               var = mean((est_r - mean)^2)  (Rao, Wu and Yue 1992, *Surv. Methodol.* 18, 209-217)

As `survey::as.svrepdesign`. For estimates without a linear score, or to check one. Any function of weights (n,) will
do. R's jackknife leaves out the finite population unless told; so does JK1 here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from redway.methods.inputs import Unfit, chosen, numbers, probability, same_length, whole
from redway.methods.surveys.design import Design, everybody_asked
from redway.methods.surveys.means import ROUNDING
from redway.methods.wording import figure, interval

VERSION = 1

Floats = npt.NDArray[np.float64]
KINDS = ("JK1", "JKn", "bootstrap")


@dataclass(frozen=True)
class Replicated:
    """An estimate with its variance by replicates. replicates: how many."""

    value: float
    se: float
    low: float
    high: float
    replicates: int
    df: int
    kind: str
    conf_level: float
    cannot_tell: str = ""
    note: str = ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"No estimate can be told: {self.cannot_tell}."
        limits = self.note or f"{interval(self.low, self.high, self.conf_level)}, by {self.replicates:,} replicates"
        return f"The estimate is {figure(self.value)} ({limits})."


def replicated(
    sample: Design,
    estimate: Callable[[Floats], float],
    *,
    kind: str = "JKn",
    replicates: int = 500,
    rng: np.random.Generator | None = None,
    mse: bool = False,
    conf_level: float = 0.95,
) -> Replicated:
    """An estimate of weights (n,), as `lambda w: (w * y).sum() / w.sum()`.

    replicates, rng  of the bootstrap
    mse              squares about the estimate itself, not about the mean of the replicates (R: `mse`)

    Raises Unfit for a kind that does not fit the design, and a bootstrap without a generator.
    """
    level = _fits(sample, kind, conf_level)
    value = float(estimate(sample.weights))
    if kind == "bootstrap":
        times = _times(sample, replicates, rng)
        drawn = np.array([estimate(sample.weights * each[sample.psu]) for each in times])
    else:
        drawn = np.array([estimate(w) for w in _left_out(sample)])
    return _told(sample, value, drawn - value, kind, mse, level)


def replicated_mean(
    sample: Design,
    y: npt.ArrayLike,
    *,
    kind: str = "JKn",
    replicates: int = 500,
    rng: np.random.Generator | None = None,
    mse: bool = False,
    conf_level: float = 0.95,
) -> Replicated:
    """The mean of y (n,), as `replicated` gives it, from the sums of clusters: a million of them take seconds.

    Other arguments, and what is raised, as of `replicated`.
    """
    values = numbers(y, "y")
    same_length(weights=sample.weights, y=values)
    level = _fits(sample, kind, conf_level)
    size, w = sample.stratum.size, sample.weights
    value = float((w * values).sum() / w.sum())
    # of what is off the mean, lest sums of a million leave rounding behind where all agree
    people, off = (np.bincount(sample.psu, w * part, size) for part in (np.ones(values.size), values - value))
    if kind == "bootstrap":
        drawn = np.array([float(each @ off) / float(each @ people) for each in _times(sample, replicates, rng)])
    else:
        scale = (sample.size / np.maximum(sample.size - 1, 1))[sample.stratum]
        of_each = []
        for part in (off, people):
            strata = np.bincount(sample.stratum, part, sample.size.size)
            whole_stratum = strata[sample.stratum]
            of_each.append(strata.sum() - whole_stratum + scale * (whole_stratum - part))
        drawn = np.divide(of_each[0], of_each[1], out=np.full(size, np.nan), where=of_each[1] > 0)
    return _told(sample, value, drawn, kind, mse, level)


def _fits(sample: Design, kind: str, conf_level: float) -> float:
    """The level. Raises Unfit for a kind that does not fit the design."""
    chosen(kind, "kind", KINDS)
    level = probability(conf_level, "conf_level")
    if kind == "JK1" and sample.size.size > 1:
        raise Unfit(
            "kind JKn or bootstrap where there are strata",
            came="JK1",
            cause="JK1 leaves out one cluster of all, and knows no strata.",
        )
    if (sample.size < 2).any():
        raise Unfit(
            "two clusters or more in every stratum",
            came="one",
            cause="a stratum of which one cluster was drawn: put it together with one that is like it.",
        )
    return level


def _told(sample: Design, value: float, drawn: Floats, kind: str, mse: bool, level: float) -> Replicated:
    """What an estimate comes to, by how far those of the replicates are from it."""
    if kind == "bootstrap":
        scale = np.full(drawn.size, 1 / drawn.size)
    else:
        scale = ((sample.size - 1) / sample.size)[sample.stratum]
        scale = scale * (1 - sample.fraction[sample.stratum]) if kind == "JKn" else scale
    if not np.isfinite(drawn).all():
        nan = np.nan
        why = "without some clusters there is no estimate"
        return Replicated(value, nan, nan, nan, drawn.size, sample.df, kind, level, why)
    middle = np.zeros(drawn.size) if mse else _middle(sample, drawn, kind)
    se = float(np.sqrt((scale * (drawn - middle) ** 2).sum()))
    if se <= ROUNDING * max(abs(value), float(np.abs(value + drawn).max())) and not everybody_asked(sample):
        nan, why = np.nan, "every replicate is the same, as where all answers agree, so how sure it is cannot be told"
        return Replicated(value, nan, nan, nan, drawn.size, sample.df, kind, level, note=why)
    reach = float(stdtrit(sample.df, (1 + level) / 2)) * se
    return Replicated(value, se, value - reach, value + reach, drawn.size, sample.df, kind, level)


def _middle(sample: Design, drawn: Floats, kind: str) -> Floats:
    """The mean of the replicates, of each stratum where clusters are left out of it."""
    if kind == "bootstrap":
        return np.full(drawn.size, drawn.mean())
    return np.asarray((np.bincount(sample.stratum, drawn) / sample.size)[sample.stratum])


def _left_out(sample: Design) -> Iterator[Floats]:
    """Weights with each cluster left out in turn, the rest of its stratum standing for it."""
    scale = sample.size / (sample.size - 1)
    for cluster in range(sample.stratum.size):
        stratum = sample.stratum[cluster]
        factor = np.where(sample.stratum == stratum, scale[stratum], 1.0)
        factor[cluster] = 0.0
        yield sample.weights * factor[sample.psu]


def _times(sample: Design, replicates: int, rng: np.random.Generator | None) -> Iterator[Floats]:
    """How many times each cluster counts, where one fewer than each stratum has are drawn again: (clusters,) each."""
    if rng is None:
        raise Unfit(
            "a generator of random numbers for the bootstrap",
            came="none",
            cause="rng left out, which only the jackknives can do without.",
        )
    order = np.argsort(sample.stratum, kind="stable")
    ends = np.cumsum(sample.size)
    for _ in range(whole(replicates, "replicates", least=2)):
        times = np.zeros(sample.stratum.size)
        for size, end in zip(sample.size.tolist(), ends.tolist(), strict=True):
            picked = rng.integers(0, size, size - 1)
            times[order[end - size : end]] = np.bincount(picked, minlength=size) * size / (size - 1)
        yield times
