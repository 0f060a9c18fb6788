"""Like with like: of people at the same decision, in like cases, how often is one group treated so, and another?

Cases fall into strata (offence, place, history) in which they are alike. In stratum i, a of n1 of the group and c of
n0 of the reference were treated so, N = n1 + n0 (Mantel and Haenszel 1959; Greenland and Robins 1985, *Biometrics*
41, 55-68):

    RR = sum(a n0 / N) / sum(c n1 / N)
    var log RR = sum((n1 n0 (a + c) - a c N) / N^2) / (sum(a n0 / N) sum(c n1 / N))

The crude ratio stands beside it: where they differ, unlike cases made part of the crude one. Whether one ratio holds in
all strata: Q = sum((log RR_i - log RR)^2 / var_i), chi-square (Cochran 1954). A stratum with one group only says
nothing, and is counted. e_value: how strongly something not held alike would have to go with both group and outcome
to explain the ratio by itself, RR + sqrt(RR (RR - 1)) (VanderWeele and Ding 2017, *Ann. Intern. Med.* 167, 268-274).

Strata hold alike only what they are made of. Where the stratum is itself uneven (an offence code chosen by the officer,
a history of earlier stops), what is unfair may be hidden in it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, ndtr, ndtri

from redway.methods.inputs import Unfit, counts, probability, same_length, whole
from redway.methods.wording import chance, figure, interval, several

VERSION = 1

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Alike:
    """A ratio of shares among like cases. crude: without regard to strata; q_p: of one ratio for all strata.

    names: of the group and of the reference.
    """

    ratio: float
    low: float
    high: float
    p: float
    crude: float
    q_p: float
    e_value: float
    strata: int
    one_sided: int
    conf_level: float
    cannot_tell: str = ""
    names: tuple[str, str] = ("the group", "the reference")

    @property
    def different(self) -> bool:
        """Whether the interval leaves out a ratio of one."""
        return not self.cannot_tell and (self.low > 1 or self.high < 1)

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Like cannot be compared with like: {self.cannot_tell}."
        told = "" if self.different else "; not statistically different"
        mixed = f"; the ratio differs from stratum to stratum ({chance(self.q_p)})" if self.q_p < 0.05 else ""
        beside = (
            f"; {several(self.one_sided, 'stratum', 'strata')} with one group only say"
            f"{'s' if self.one_sided == 1 else ''} nothing"
            if self.one_sided
            else ""
        )
        one, other = self.names
        times = figure(self.ratio)
        often = "as often as" if times == "1" else f"{times} times as often as"
        return (
            f"Among like cases in {several(self.strata, 'stratum', 'strata')}, cases of {one} were treated so {often} "
            f"those of {other} ({interval(self.low, self.high, self.conf_level)}{told}), where all cases together give "
            f"{figure(self.crude)}{mixed}{beside}."
        )


def decision_point(
    hits: npt.ArrayLike,
    base: npt.ArrayLike,
    reference_hits: npt.ArrayLike,
    reference_base: npt.ArrayLike,
    *,
    minimum: int = 10,
    conf_level: float = 0.95,
    names: tuple[str, str] = ("the group", "the reference"),
) -> Alike:
    """The ratio over strata (n,), from those treated so and all those there, of a group and of a reference.

    minimum  fewest treated so in each group, over the strata that have both
    names    what the group and the reference are called

    Raises Unfit for counts that are not, and more treated than were there.
    """
    columns = ("hits", "base", "reference_hits", "reference_base")
    given = zip((hits, base, reference_hits, reference_base), columns, strict=True)
    a, n1, c, n0 = (counts(values, name) for values, name in given)
    same_length(hits=a, base=n1, reference_hits=c, reference_base=n0)
    least, level = whole(minimum, "minimum", least=1), probability(conf_level, "conf_level")
    if (a > n1).any() or (c > n0).any():
        raise Unfit("no more treated so than were there", came="more", cause="columns that are the other way round.")
    both = (n1 > 0) & (n0 > 0)
    one_sided = int(((n1 > 0) ^ (n0 > 0)).sum())
    a, n1, c, n0 = (part[both] for part in (a, n1, c, n0))
    why = f"fewer than {least} treated so in one group, where both are" if min(a.sum(), c.sum()) < least else ""
    all_or_none = ((a == n1) & (c == n0)) | ((a == 0) & (c == 0))
    if not why and all_or_none.all():
        why = "within every stratum all were treated so, or none, and no share is left to differ"
    if why:
        nan = np.nan
        return Alike(nan, nan, nan, nan, nan, nan, nan, int(both.sum()), one_sided, level, why, names)
    n = n1 + n0
    top, bottom = float((a * n0 / n).sum()), float((c * n1 / n).sum())
    ratio = top / bottom
    variance = max(0.0, float(((n1 * n0 * (a + c) - a * c * n) / n**2).sum())) / (top * bottom)
    error, z = float(np.sqrt(variance)), float(ndtri((1 + level) / 2))
    p = float(2 * ndtr(-abs(np.log(ratio)) / error)) if error else 1.0
    above = max(ratio, 1 / ratio)
    ends = float(ratio * np.exp(-z * error)), float(ratio * np.exp(z * error))
    crude = float(a.sum() / n1.sum() / (c.sum() / n0.sum()))
    return Alike(
        ratio,
        *ends,
        p,
        crude,
        _homogeneity(a, n1, c, n0, ratio),
        float(above + np.sqrt(above * (above - 1))),
        int(both.sum()),
        one_sided,
        level,
        names=names,
    )


def _homogeneity(a: Floats, n1: Floats, c: Floats, n0: Floats, ratio: float) -> float:
    """p of one ratio for all strata; 1 where no two strata have events of both groups."""
    some = (a > 0) & (c > 0)
    a, n1, c, n0 = (part[some] for part in (a, n1, c, n0))
    variance = 1 / a - 1 / n1 + 1 / c - 1 / n0
    clear = variance > 0
    if clear.sum() < 2:
        return 1.0
    logs = np.log(a / n1 / (c / n0))[clear] - np.log(ratio)
    return float(chdtrc(clear.sum() - 1, (logs**2 / variance[clear]).sum()))


def tally(
    group: npt.NDArray[Any], hit: npt.NDArray[Any], stratum: npt.NDArray[Any]
) -> tuple[Floats, Floats, Floats, Floats]:
    """Counts by stratum from one row for each case: hits and base of the group (True), and of the reference."""
    first, so = np.asarray(group, dtype=bool), np.asarray(hit, dtype=bool)
    same_length(group=first, hit=so, stratum=stratum)
    if not first.size:
        return (np.empty(0),) * 4
    _, code = np.unique(stratum, return_inverse=True)
    size = int(code.max()) + 1
    sums = [
        np.asarray(np.bincount(code, part.astype(float), size), dtype=np.float64)
        for part in (first & so, first, ~first & so, ~first)
    ]
    return sums[0], sums[1], sums[2], sums[3]
