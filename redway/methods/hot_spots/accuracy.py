"""How good is a hot spot map? What it catches of events that it has not seen.

Cells are taken from the highest score down until they make up `area_share` of the area. With h of n later events in
them,

    hit rate                           h / n
    prediction accuracy index  PAI     (h / n) / area share          1 is no better than chance
    prediction efficiency      PEI     h / the most that any as large an area caught, week by week
    the same, of one map               h / the most that one area, the same in every week, caught

Cells that tie at the edge are taken in part, all alike, so that no order of rows decides. The interval is of the
hit rate over weeks (as a ratio of sums), since events of one week go together.

Assumes held-out weeks that come after those that made the map, and were not used to choose it.

Source: Chainey, Tompson and Uhlig 2008, *Security Journal* 21, 4-28 (PAI); Hunt 2016 for PEI; Cochran 1977,
*Sampling Techniques*, sect. 6.3, for the interval.
"""

from dataclasses import dataclass, field
from math import sqrt
from typing import Any

import numpy as np
from scipy.special import stdtrit

from redway.methods import inputs
from redway.methods.inputs import Floats, Unfit
from redway.methods.wording import figure, several

VERSION = 1


@dataclass(frozen=True)
class Accuracy:
    """A map's worth on held-out weeks.

    hit_rate, low, high  share of later events in the map's cells, and its interval over weeks (0 to 1 if one week)
    pai, pei, pei_one    as above; 1 is chance, and 1 is the best there could be: by a new map every week, by one map
    area_share           of the area that was taken
    hits, totals, best   float arrays (weeks,); best is the most that any as large an area caught in that week
    outside              later events that no cell of the map holds: they are of the total, and never caught
    cannot_tell          why nothing can be said
    """

    hit_rate: float
    low: float
    high: float
    pai: float
    pei: float
    area_share: float
    hits: Floats
    totals: Floats
    cannot_tell: str = ""
    outside: float = 0.0
    pei_one: float = 0.0
    best: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell how good the map is: {self.cannot_tell}."
        weeks = _weeks(self.totals)
        doubt = (
            f"95% interval over {weeks} weeks {figure(100 * self.low, 2)}% to {figure(100 * self.high, 2)}%"
            if weeks > 1
            else "one week says nothing of how that varies"
        )
        off = f"; {several(round(self.outside), 'event')} outside the map count as missed" if self.outside else ""
        return (
            f"{figure(100 * self.area_share, 2)}% of the area held {figure(100 * self.hit_rate, 2)}% of the later "
            f"recorded events ({doubt}): {figure(self.pai, 2)} times what chance gives, and "
            f"{figure(100 * self.pei, 2)}% of the most that could have been caught"
            + (
                f" with a new map every week, {figure(100 * self.pei_one, 2)}% of the most with one{off}."
                if weeks > 1
                else f"{off}."
            )
        )


def accuracy(
    score: Any,
    held_out: Any,
    *,
    area_share: float = 0.02,
    area: Any = None,
    outside: Any = None,
    level: float = 0.95,
) -> Accuracy:
    """A map on held-out weeks.

    score: float array (cells,), higher is hotter; held_out: counts (weeks, cells); area: (cells,) of each cell, or
    None for cells of one size; outside: counts (weeks,) of events that no cell holds. Raises Unfit for what is no
    number or no count, and for shares beyond 0 to 1.
    """
    high_first, later, sizes = _looked_at(score, held_out, area)
    inputs.probability(level, "level")
    inputs.number(area_share, "area_share", least=0, most=1)
    off = np.zeros(len(later)) if outside is None else inputs.counts(outside, "outside")
    inputs.same_length(held_out=later, outside=off)
    totals = later.sum(axis=1) + off
    if not totals.sum() or not area_share * sizes.sum():
        why = "no event was recorded in the held-out weeks" if not totals.sum() else "no area was taken"
        none = np.zeros(len(totals))
        return Accuracy(0.0, 0.0, 1.0, 0.0, 0.0, area_share, none, totals, why, float(off.sum()), best=none)
    taken = _taken(high_first, sizes, area_share)
    hits = later @ taken
    best = np.array([week @ _taken(week / sizes, sizes, area_share) for week in later])
    rate = float(hits.sum() / totals.sum())
    low, high = _interval(hits, totals, rate, level)
    together = later.sum(axis=0)
    one = float(together @ _taken(together / sizes, sizes, area_share))
    efficiency, of_one = (float(hits.sum() / most) if most else 0.0 for most in (best.sum(), one))
    return Accuracy(
        rate, low, high, rate / area_share, efficiency, area_share, hits, totals,
        outside=float(off.sum()), pei_one=of_one, best=best,
    )  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """Two maps on the same weeks: hit rate of the first less that of the second, with its interval."""

    difference: float
    low: float
    high: float
    weeks: int

    @property
    def cannot_tell(self) -> str:
        """Why there is no verdict; empty where there is one."""
        return "" if self.weeks > 1 else "one week says nothing of how that varies"

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell which map is better: {self.cannot_tell}."
        told = "is not statistically different" if self.low <= 0 <= self.high else "differs"
        return (
            f"What the two maps catch {told}: {figure(100 * self.difference, 2)} points of all later recorded events "
            f"(95% interval over {self.weeks} weeks {figure(100 * self.low, 2)} to {figure(100 * self.high, 2)})."
        )


def compared(first: Accuracy, second: Accuracy, *, level: float = 0.95) -> Comparison:
    """Two maps week by week. Raises Unfit where they were not tried on the same weeks and as large an area."""
    if not np.array_equal(first.totals, second.totals) or first.area_share != second.area_share:
        raise Unfit(
            "two maps tried on the same weeks, with as large an area",
            came="weeks or areas that differ",
            cause="maps whose held-out weeks begin on other days.",
        )
    if not first.totals.sum():
        return Comparison(0.0, -1.0, 1.0, 0)
    difference = first.hit_rate - second.hit_rate
    low, high = _interval(first.hits - second.hits, first.totals, difference, level, floor=-1.0)
    return Comparison(difference, low, high, _weeks(first.totals))


def _looked_at(score: Any, held_out: Any, area: Any) -> tuple[Floats, Floats, Floats]:
    high_first = inputs.numbers(score, "score")
    later = inputs.counts(held_out, "held_out", dimensions=2)
    sizes = np.ones(len(high_first)) if area is None else inputs.above(area, "area", 0)
    inputs.same_length(score=high_first, held_out=later.T, area=sizes)
    return high_first, later, sizes


def _taken(score: Floats, sizes: Floats, share: float) -> Floats:
    """How much of each cell is taken, 0 to 1: all that are higher, none that are lower, an equal part of ties."""
    order = np.argsort(-score, kind="stable")
    held = np.cumsum(sizes[order])
    budget = share * held[-1]
    edge = score[order[min(int(np.searchsorted(held, budget * (1 - 1e-12))), len(order) - 1)]]
    taken, tied = (score > edge).astype(np.float64), score == edge
    part = (budget - sizes[score > edge].sum()) / sizes[tied].sum()
    taken[tied] = min(1.0, max(0.0, float(part)))
    return taken


def _weeks(totals: Floats) -> int:
    """Weeks with an event: one without says nothing of a map, and where dates are of months most are without."""
    return int(np.count_nonzero(totals))


def _interval(hits: Floats, totals: Floats, rate: float, level: float, floor: float = 0.0) -> tuple[float, float]:
    weeks = _weeks(totals)
    if weeks < 2:
        return floor, 1.0
    left = hits - rate * totals
    error = sqrt(weeks / (weeks - 1) * float(left @ left)) / float(totals.sum())
    wide = float(stdtrit(weeks - 1, 0.5 + level / 2)) * error
    return max(floor, rate - wide), min(1.0, rate + wide)
