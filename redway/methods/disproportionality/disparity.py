"""Disparity: each group's rate (or share) as a multiple of a reference group's, and what unknowns make of it.

    rates of residents    R = (x/n) / (x0/n0)      SE log R = sqrt(phi (1/x + 1/x0))
    shares of those there R likewise               SE log R = sqrt(1/x - 1/n + 1/x0 - 1/n0)     (`epitools::riskratio`)

(Katz and others 1978, *Biometrics* 34, 469-474.) Of `unknown` events nobody knows the group. Nobody's group is
guessed; the ratio is of those recorded, with bounds beside it: the most it could be if every unknown event were of
the group and none of the reference, and the least, the other way round (Manski 2003, *Partial Identification*). A
finding that stands at both bounds rests on no guess. Groups with fewer events than `minimum`, or with such a
reference, get no ratio.

A ratio says how often and not why: residents are not everybody who is there, and what brings people to notice is itself
uneven. `decision-point` compares like with like.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from redway.methods.inputs import (
    LARGEST,
    Unfit,
    above,
    at_least,
    chosen,
    counts,
    named,
    number,
    probability,
    same_length,
    whole,
)
from redway.methods.wording import figure, interval, several

VERSION = 1

Floats = npt.NDArray[np.float64]
MEASURES = ("rate", "share")
SMALLEST = 1e-9  # a base under it makes rates that overflow


@dataclass(frozen=True)
class Disparity:
    """Ratios of groups (n,) to a reference; NaN for the reference itself and for groups with too few events.

    least, most  bounds over those whose group is not known
    names        of the groups
    """

    names: tuple[str, ...]
    reference: int
    value: Floats
    ratio: Floats
    low: Floats
    high: Floats
    least: Floats
    most: Floats
    unknown: float
    conf_level: float
    cannot_tell: str = ""
    measure: str = "rate"

    @property
    def different(self) -> npt.NDArray[np.bool_]:
        """Whether the interval leaves out a ratio of one; False where there is none."""
        return np.asarray((self.low > 1) | (self.high < 1))

    @property
    def stands(self) -> npt.NDArray[np.bool_]:
        """Whether it lies on the same side of one whatever those not known are."""
        return np.asarray((self.least > 1) | (self.most < 1))

    @property
    def sentence(self) -> str:
        known = np.flatnonzero(np.isfinite(self.ratio))
        if not known.size:
            return f"No ratio can be told: {self.cannot_tell or 'there is no other group'}."
        at = known[np.argmax(np.abs(np.log(self.ratio[known])))]
        limits = interval(self.low[at], self.high[at], self.conf_level)
        told = "" if self.different[at] else "; not statistically different"
        bounds = ""
        if self.unknown:
            verdict = "it holds" if self.stands[at] else "it does not hold"
            spread = f"{figure(self.least[at])} to {figure(self.most[at])}"
            bounds = f"; {verdict} whatever the {several(int(self.unknown), 'event')} of unknown group are ({spread})"
        doubt = f" ({self.cannot_tell})" if self.cannot_tell else ""
        one, other, times = f"“{self.names[at]}”", f"“{self.names[self.reference]}”", figure(self.ratio[at])
        so = "the same" if times == "1" else f"{times} times as high"
        if known.size > 1:
            said = (
                f"Of {known.size:,} groups set beside {other}, {one} differs most: its recorded {self.measure} is {so}"
            )
        else:
            said = f"The recorded {self.measure} of {one} is {so} as that of {other}"
        return f"{said} ({limits}{told}){bounds}{doubt}."


def disparity(
    events: npt.ArrayLike,
    base: npt.ArrayLike,
    names: npt.ArrayLike,
    reference: str,
    *,
    unknown: float = 0,
    unknown_base: float | None = None,
    measure: str = "rate",
    phi: float = 1.0,
    minimum: int = 10,
    conf_level: float = 0.95,
) -> Disparity:
    """Ratios to a reference, from events and residents (rate) or those there (share) of groups (n,).

    unknown       events whose group is not known
    unknown_base  for shares: all those whose group is not known, with the event or without; as `unknown` without it
    phi           over-dispersion of events, at least 1
    minimum       fewest events of a group, and of the reference, for a ratio

    Raises Unfit for counts that are not, a reference that is not there or there twice, and more events than there are.
    """
    x, n = counts(events, "events"), above(base, "base", 0)
    at_least(n, "base", SMALLEST)
    groups = tuple(str(name) for name in np.asarray(names).tolist())
    same_length(events=x, base=n, names=groups)
    chosen(measure, "measure", MEASURES)
    level, phi = probability(conf_level, "conf_level"), number(phi, "phi", least=1, most=1e4)
    least, u = whole(minimum, "minimum", least=1), number(unknown, "unknown", least=0, most=LARGEST)
    ub = number(u if unknown_base is None else unknown_base, "unknown_base", least=u, most=LARGEST)
    named(reference, "reference", groups)
    if groups.count(reference) != 1:
        raise Unfit(
            f"one group “{reference}”, the reference",
            came=f"{groups.count(reference)} of that name",
            cause="a row for each year or area in place of one for each group: add them up first.",
        )
    if measure == "share" and (x > n).any():
        raise Unfit(
            "no more events than the base has",
            came=f"{figure(x[x > n][0])} of {figure(n[x > n][0])}",
            cause="columns that are the other way round.",
        )
    at = groups.index(reference)
    told = (x >= least) & (x[at] >= least)
    told[at] = False
    ratio = np.where(told, x / n / max(x[at] / n[at], 1e-300), np.nan)
    a, b = np.where(told, x, 1.0), max(x[at], 1.0)
    variance = phi * (1 / a + 1 / b) if measure == "rate" else 1 / a - 1 / n + 1 / b - 1 / n[at]
    reach = float(ndtri((1 + level) / 2)) * np.sqrt(np.maximum(variance, 0))
    lowest, highest = _bounds(x, n, at, u, ub, measure)
    few = int((~told).sum()) - 1
    why = f"{several(few, 'group')} with fewer than {least} events" if few and x[at] >= least else ""
    if x[at] < least:
        why = f"the reference has fewer than {least} events"
    return Disparity(
        groups,
        at,
        x / n,
        ratio,
        ratio * np.exp(-reach),
        ratio * np.exp(reach),
        np.where(told, lowest, np.nan),
        np.where(told, highest, np.nan),
        u,
        level,
        why,
        measure,
    )


def _bounds(x: Floats, n: Floats, at: int, u: float, ub: float, measure: str) -> tuple[Floats, Floats]:
    """The least and the most each ratio could be."""
    other, all_of = max(x[at], 1e-300), n[at]
    if measure == "rate":
        return x / n / ((other + u) / all_of), (x + u) / n / (other / all_of)
    without = ub - u
    least = x / (n + without) / ((other + u) / (all_of + u))
    most = (x + u) / (n + u) / (other / (all_of + without))
    return least, most
