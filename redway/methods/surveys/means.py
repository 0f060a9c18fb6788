"""Means, shares, totals and ratios of everybody, from a sample with its design; by subgroup, and their differences.

    mean    sum(w y) / sum(w)        score  w (y - mean) / sum(w)
    total   sum(w y)                 score  w y
    ratio   sum(w y) / sum(w x)      score  w (y - ratio x) / sum(w x)

A subgroup is scored over the whole sample, noughts outside, since how many of it were drawn is chance too. Intervals
by t on clusters less strata. A difference of two subgroups of one sample is the difference of their scores, so that
people of one cluster count as alike; two waves are independent samples. deff is the variance over that of a plain
sample of the same size without replacement (`svymean(deff=TRUE)`).

Where all answers of a subgroup agree, or all its clusters, a sample shows no spread and an SE of nought would be an
interval without width: there is no SE, and an interval only of a share of 0 and 1, the exact binomial one of that many
answers taken as independent (as `proportion` gives). Where everybody was asked, nought it is.

Subgroups with fewer answers than `minimum` are refused: no figure. Many differences at once are adjusted by Holm
(1979, *Scand. J. Stat.* 6, 65-70) or for the false discovery rate.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, stdtr, stdtrit

from redway.methods.false_discovery import benjamini_hochberg
from redway.methods.inputs import Unfit, chosen, numbers, probability, same_length, whole
from redway.methods.surveys.design import Design, codes, covariance, everybody_asked, sums, variances
from redway.methods.wording import chance, figure, interval, several

VERSION = 1

Floats = npt.NDArray[np.float64]
ADJUST = ("holm", "fdr", "none")
MINIMUM = 30
ROUNDING = 1e-13  # of the value: an SE under it is what doubles leave over, and none
ALIKE = "all answers are the same, so how sure this is cannot be told"
AGREE = "all answers, or all clusters, agree, so how sure this is cannot be told"


@dataclass(frozen=True)
class Estimates:
    """Estimates by subgroup, arrays (groups,); NaN where a subgroup is too small, as `cannot_tell` says.

    names       of subgroups; one, empty, without any
    base        how many answered; effective: how many plain answers they are worth, where it is a mean
    se, low, high  NaN, too, of a subgroup whose answers or clusters agree, but for shares of 0 and 1, which have limits
    covariance  (groups, groups), as measured: nought where answers agree
    """

    names: tuple[str, ...]
    value: Floats
    se: Floats
    low: Floats
    high: Floats
    base: npt.NDArray[np.int64]
    deff: Floats
    covariance: Floats
    df: int
    kind: str
    conf_level: float
    cannot_tell: str = ""

    @property
    def sentence(self) -> str:
        known = np.flatnonzero(np.isfinite(self.value))
        if not known.size:
            return f"No {self.kind} can be told: {self.cannot_tell}."
        at = known[np.argmax(self.value[known])]
        limits = f"{self._limits(int(at))}, {several(int(self.base[at]), 'answer')}"
        doubt = f"; {self.cannot_tell}" if self.cannot_tell else ""
        bare = int((~np.isfinite(self.low[known])).sum()) if self.df else 0
        if bare and known.size > 1:
            doubt += f"; {several(bare, 'subgroup')} without an interval, all answers or clusters of it agreeing"
        if known.size == 1:
            return f"The {self.kind} is {figure(self.value[at])} ({limits}){doubt}."
        most = f"The highest {self.kind} of {known.size} subgroups is that of “{self.names[at]}”"
        return f"{most}, {figure(self.value[at])} ({limits}){doubt}."

    def _limits(self, at: int) -> str:
        """What is said of how sure a subgroup's estimate is."""
        if not np.isfinite(self.low[at]):
            return AGREE if self.df else "no interval"
        alone = "" if np.isfinite(self.se[at]) else ", its answers agreeing and taken as independent"
        return interval(self.low[at], self.high[at], self.conf_level) + alone


def mean(
    sample: Design,
    y: npt.ArrayLike,
    by: npt.ArrayLike | None = None,
    *,
    conf_level: float = 0.95,
    minimum: int = MINIMUM,
) -> Estimates:
    """The mean of y (n,), or the share where y is 0 or 1, of all or by subgroup. Raises Unfit for values not finite.

    As `survey::svymean` and `svyby`.
    """
    return ratio(sample, y, None, by, conf_level=conf_level, minimum=minimum)


def ratio(
    sample: Design,
    y: npt.ArrayLike,
    x: npt.ArrayLike | None,
    by: npt.ArrayLike | None = None,
    *,
    conf_level: float = 0.95,
    minimum: int = MINIMUM,
) -> Estimates:
    """The ratio of totals of y to x (n,), as `survey::svyratio`. Raises Unfit for values not finite."""
    top, bottom, group, names, base = _columns(sample, y, x, by)
    w, many = sample.weights, len(names)
    wy, wx = w * top, w * bottom if x is not None else w
    totals, below = np.bincount(group, wy, many), np.bincount(group, wx, many)
    value = np.divide(totals, below, out=np.full(many, np.nan), where=below != 0)
    clusters = _by_cluster(sample, wy, wx, np.nan_to_num(value), np.where(below == 0, 1, below), group)
    deff = _deff(sample, top, group, value, base, clusters) if x is None else np.full(many, np.nan)
    kind = "mean" if x is None else "ratio"
    return _told(sample, names, value, clusters, (top, group, base), deff, kind, conf_level, minimum)


def total(
    sample: Design,
    y: npt.ArrayLike,
    by: npt.ArrayLike | None = None,
    *,
    conf_level: float = 0.95,
    minimum: int = MINIMUM,
) -> Estimates:
    """The total of y (n,), as `survey::svytotal`. Raises Unfit for values not finite."""
    top, _, group, names, base = _columns(sample, y, None, by)
    many, wy = len(names), sample.weights * top
    clusters = _by_cluster(sample, wy, None, np.zeros(many), np.ones(many), group)
    value = np.asarray(np.bincount(group, wy, many), dtype=np.float64)
    deff = np.full(many, np.nan)
    return _told(sample, names, value, clusters, (top, group, base), deff, "total", conf_level, minimum)


def _columns(
    sample: Design, y: npt.ArrayLike, x: npt.ArrayLike | None, by: npt.ArrayLike | None
) -> tuple[Floats, Floats, npt.NDArray[np.int64], tuple[str, ...], npt.NDArray[np.int64]]:
    top = numbers(y, "y")
    bottom = numbers(x, "x") if x is not None else np.ones(0)
    same_length(weights=sample.weights, y=top, x=bottom if x is not None else top)
    if by is None:
        return top, bottom, np.zeros(top.size, dtype=np.int64), ("",), np.array([top.size])
    column = np.asarray(by)
    group = codes(column, top.size, "by")
    base = np.bincount(group)
    first = np.zeros(base.size, dtype=np.int64)
    first[group[::-1]] = np.arange(top.size)[::-1]
    return top, bottom, group, tuple(str(v) for v in column[first].tolist()), base


def _by_cluster(
    sample: Design, wy: Floats, wx: Floats | None, value: Floats, below: Floats, group: npt.NDArray[np.int64]
) -> Floats:
    """Scores of every subgroup summed by cluster, (clusters, groups), two passes over the rows for all of them."""
    many, clusters = value.size, sample.stratum.size
    if sample.margins:
        scores = np.zeros((wy.size, many))
        each = (wy - (wx * value[group] if wx is not None else 0)) / below[group]
        scores[np.arange(wy.size), group] = each
        return sums(sample, scores)
    cell = sample.psu * many + group if many > 1 else sample.psu
    table = np.asarray(np.bincount(cell, wy, clusters * many), dtype=np.float64).reshape(clusters, many)
    if wx is not None:
        table = table - np.bincount(cell, wx, clusters * many).reshape(clusters, many) * value
    return np.asarray(table / below)


def _deff(
    sample: Design,
    y: Floats,
    group: npt.NDArray[np.int64],
    value: Floats,
    base: npt.NDArray[np.int64],
    clusters: Floats,
) -> Floats:
    """The variance over that of a plain sample of as many, drawn without replacement from as many as weights say.

    Weights that add up to no more than there are answers (all of them 1, or made to have a mean of 1) do not say how
    many people there are: then the plain sample is one drawn with replacement.
    """
    w, many = sample.weights, value.size
    weight = np.bincount(group, w, many)
    spread = np.bincount(group, w * (y - value[group]) ** 2, many) / weight * base / np.maximum(base - 1, 1)
    said = w.sum() > (1 + 1e-6) * w.size
    plain = spread / base * (np.maximum(1 - base / weight, 0) if said else 1.0)
    return np.divide(variances(sample, clusters), plain, out=np.full(many, np.nan), where=plain > 0)


def _told(
    sample: Design,
    names: tuple[str, ...],
    value: Floats,
    clusters: Floats,
    answers: tuple[Floats, npt.NDArray[np.int64], npt.NDArray[np.int64]],
    deff: Floats,
    kind: str,
    conf_level: float,
    minimum: int,
) -> Estimates:
    level, least = probability(conf_level, "conf_level"), whole(minimum, "minimum", least=1)
    y, group, base = answers
    few = (base < least) | ~np.isfinite(value)
    # of very many subgroups only the variances: nobody asks for a million covariances
    spread = covariance(sample, clusters) if value.size <= 2000 else np.diag(variances(sample, clusters))
    se = np.sqrt(np.maximum(np.diag(spread), 0))
    reach = float(stdtrit(max(sample.df, 1), (1 + level) / 2)) * se if sample.df else np.full(value.size, np.nan)
    low, high = value - reach, value + reach
    flat = _flat(sample, y, group, value, se)
    if flat.any():
        se, low, high = (np.where(flat, np.nan, part) for part in (se, low, high))
        if kind == "mean":
            for at in np.flatnonzero(flat & (base > 0)):
                if np.isin(y[group == at], (0, 1)).all():
                    low[at], high[at] = exact_limits(float(np.clip(value[at], 0, 1)), float(base[at]), level)
    blank = np.where(few, np.nan, 0.0)
    number = int(few.sum())
    why = f"{several(number, 'subgroup')} with fewer than {least} answers" if number and len(names) > 1 else ""
    if number and len(names) == 1:
        why = f"fewer than {least} answers"
    if not sample.df:
        why = "as many strata as clusters, so how sure this is cannot be measured"
    return Estimates(
        names,
        value + blank,
        se + blank,
        low + blank,
        high + blank,
        base,
        deff + blank,
        spread + blank[:, None] + blank[None, :],
        sample.df,
        kind,
        level,
        why,
    )


def _flat(sample: Design, y: Floats, group: npt.NDArray[np.int64], value: Floats, se: Floats) -> npt.NDArray[np.bool_]:
    """Which subgroups show no spread though not everybody was asked: answers that agree, or clusters that do.

    A raked sample has no variance of what its margins fix, which is sure; there, only answers that agree count.
    """
    flat = np.isfinite(value) & (se <= ROUNDING * np.abs(np.nan_to_num(value)))
    if not flat.any() or not sample.df or everybody_asked(sample):
        return np.zeros(value.size, dtype=bool)
    if sample.margins:
        low, high = np.full(value.size, np.inf), np.full(value.size, -np.inf)
        np.minimum.at(low, group, y)
        np.maximum.at(high, group, y)
        flat &= low == high
    return np.asarray(flat)


def exact_limits(p: float, n: float, level: float) -> tuple[float, float]:
    """Clopper and Pearson's limits of a share p of n independent answers."""
    tail = (1 - level) / 2
    low = float(betaincinv(n * p, n * (1 - p) + 1, tail)) if p > 0 else 0.0
    high = float(betaincinv(n * p + 1, n * (1 - p), 1 - tail)) if p < 1 else 1.0
    return low, high


@dataclass(frozen=True)
class Differences:
    """Differences, arrays (pairs,): second less first. adjusted: p as it is among so many looked at."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    value: Floats
    se: Floats
    low: Floats
    high: Floats
    p: Floats
    adjusted: Floats
    df: Floats
    adjust: str
    conf_level: float
    cannot_tell: str = ""

    @property
    def _nothing(self) -> str:
        return AGREE if np.isfinite(self.value).any() else "nothing to compare"

    @property
    def sentence(self) -> str:
        known = np.flatnonzero(np.isfinite(self.p))
        if not known.size:
            return f"No difference can be told: {self.cannot_tell or self._nothing}."
        at = known[np.argmin(self.p[known])]
        told = "" if self.adjusted[at] < 1 - self.conf_level else "; not statistically different"
        ends, names = (self.value[at], self.low[at], self.high[at]), (self.second[at], self.first[at])
        if ends[0] < 0:  # from the higher one, so that nobody needs to turn signs
            ends, names = (-ends[0], -ends[2], -ends[1]), (names[1], names[0])
        limits = interval(ends[1], ends[2], self.conf_level)
        among = f", {chance(self.adjusted[at])} allowing for all {known.size} pairs" if known.size > 1 else ""
        doubt = f"; {self.cannot_tell}" if self.cannot_tell else ""
        which = "The clearest difference: " if known.size > 1 else ""
        return (
            f"{which}“{names[0]}” is {figure(ends[0])} above “{names[1]}” "
            f"({limits}, {chance(self.p[at])}{among}{told}){doubt}."
        )


def subgroup_differences(found: Estimates, *, adjust: str = "holm") -> Differences:
    """Every pair of subgroups of one sample. Raises Unfit for a way to adjust that there is not."""
    chosen(adjust, "adjust", ADJUST)
    a, b = np.triu_indices(len(found.names), 1)
    spread = np.diag(found.covariance)
    se = np.sqrt(np.maximum(spread[a] + spread[b] - 2 * found.covariance[a, b], 0))
    first, second = (tuple(found.names[i] for i in side.tolist()) for side in (a, b))
    df = np.full(a.size, float(max(found.df, 1)))
    return _differences(first, second, found.value[b] - found.value[a], se, df, adjust, found)


def wave_differences(first: Estimates, second: Estimates, *, adjust: str = "holm") -> Differences:
    """The same subgroups in two independent waves, the second less the first.

    Degrees of freedom by Satterthwaite. Raises Unfit for waves without a subgroup in common.
    """
    chosen(adjust, "adjust", ADJUST)
    both = [name for name in first.names if name in second.names]
    if not both:
        raise Unfit(
            "subgroups that both waves have",
            came="none in common",
            cause="names of subgroups that are spelt another way in the second wave.",
        )
    a, b = ([found.names.index(name) for name in both] for found in (first, second))
    # as measured: nought for answers that agree, whose Estimates.se is not known
    v1, v2 = (np.maximum(np.diag(found.covariance)[at], 0) for found, at in ((first, a), (second, b)))
    scale = v1**2 / max(first.df, 1) + v2**2 / max(second.df, 1)
    df = np.divide((v1 + v2) ** 2, scale, out=np.full(len(both), 1.0), where=scale > 0)
    names = tuple(f"{name} after".strip() for name in both), tuple(f"{name} before".strip() for name in both)
    return _differences(names[1], names[0], second.value[b] - first.value[a], np.sqrt(v1 + v2), df, adjust, first)


def _differences(
    first: tuple[str, ...],
    second: tuple[str, ...],
    value: Floats,
    se: Floats,
    df: Floats,
    adjust: str,
    found: Estimates,
) -> Differences:
    there = np.isfinite(found.value)
    if np.isnan(found.se[there]).any():  # where neither side shows any spread, nor does their difference
        level = np.abs(found.value[there]).max()
        se = np.where(se <= ROUNDING * (level + np.abs(value)), np.nan, se)
    reach = stdtrit(df, (1 + found.conf_level) / 2) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(
            se > 0,
            2 * stdtr(df, -np.abs(value) / np.where(se > 0, se, 1)),
            np.where((se == 0) & (value == 0), 1.0, np.nan),
        )
    p = np.where(np.isfinite(value), p, np.nan)
    adjusted, known = np.full(p.size, np.nan), np.isfinite(p)
    if known.any():
        adjusted[known] = _adjusted(p[known], adjust)
    return Differences(
        first,
        second,
        value,
        se,
        value - reach,
        value + reach,
        p,
        adjusted,
        df,
        adjust,
        found.conf_level,
        found.cannot_tell,
    )


def _adjusted(p: Floats, adjust: str) -> Floats:
    if adjust == "fdr":
        return benjamini_hochberg(p, 0.05).adjusted
    if adjust == "none":
        return p
    order = np.argsort(p)
    held = np.empty(p.size)
    held[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1)))
    return held
