"""Do hot spots last? Persistent, emerging, intermittent and former hot (and cold) spots over many periods.

Gi* is worked out for every period; a cell is hot (cold) in it if it stands out upwards (downwards). With the share of
periods in which it did, of all periods that can tell, of the recent ones of them and of those before,

    persistent    all >= persistent_prop
    emerging      before < hotspot_prop, and recent >= recent_prop
    former        before >= hotspot_prop, and recent < hotspot_prop
    intermittent  all >= hotspot_prop

the first that fits; a cell with a class both hot and cold is mixed. Recent are the last floor(recent_prop x periods),
at least one.

Standing out is held to a false discovery of `critical_p` over all that was looked at: every cell in every period.
sfhotspot's `hotspot_classify` corrects each cell's p over its own periods (Holm's, which its settings do not ask for: a
method of NULL means the first there is) and for no number of cells; and it counts one period more as recent than it
divides by, the same one also as older: shares up to 1.5. `like_sfhotspot` does all three.

A period in which all cells are alike, as one without an event, can tell nothing and is left out (`empty`), but for
`like_sfhotspot`, which takes it as one in which no cell was hot.

Assumes periods long enough to hold events in most hot cells; in thin ones a hot spot cannot stand out, and is called
former or intermittent for want of events.

Source: Ashby's sfhotspot 1.0, after ESRI's emerging hot spot analysis; thresholds are conventions, not tests.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.false_discovery import benjamini_hochberg
from redway.methods.hot_spots.gi import gi
from redway.methods.hot_spots.neighbours import Neighbours
from redway.methods.inputs import Floats, Unfit
from redway.methods.wording import several

VERSION = 3

KINDS = ("persistent", "emerging", "former", "intermittent")
NONE, MIXED = "no pattern", "mixed hot/coldspot"


@dataclass(frozen=True)
class Classes:
    """Every cell's class.

    category       text array (cells,)
    hot, cold      bool arrays (periods, cells)
    recent         how many periods count as recent
    empty          how many periods say nothing, having no event or the same count everywhere
    """

    category: npt.NDArray[np.str_]
    hot: npt.NDArray[np.bool_]
    cold: npt.NDArray[np.bool_]
    recent: int
    empty: int
    cannot_tell: str = ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell which hot spots last: {self.cannot_tell}."
        told = ", ".join(f"{int((self.category == f'{kind} hotspot').sum()):,} {kind}" for kind in KINDS)
        empty = (
            f" {several(self.empty, 'period')} had nothing to tell and {'is' if self.empty == 1 else 'are'} left out."
            if self.empty
            else ""
        )
        return (
            f"Of {len(self.category):,} cells as hot spots over {len(self.hot)} periods: {told} (the last "
            f"{self.recent} being recent); classes are conventions, and a thin period hides a hot spot.{empty}"
        )


def classify(
    counts: Any,
    around: Neighbours,
    *,
    hotspot_prop: float = 0.1,
    persistent_prop: float = 0.8,
    recent_prop: float = 0.2,
    critical_p: float = 0.05,
    include_self: bool = True,
    like_sfhotspot: bool = False,
) -> Classes:
    """The class of every cell; with `include_self` by Gi*, else by Gi.

    counts: array (periods, cells), periods in order. Raises Unfit for what are no counts and for shares beyond 0 to 1.
    """
    table = inputs.counts(counts, "counts", dimensions=2)
    shares = {"hotspot_prop": hotspot_prop, "persistent_prop": persistent_prop, "recent_prop": recent_prop}
    for name, share in shares.items():
        inputs.number(share, name, least=0, most=1)
    if hotspot_prop > persistent_prop:
        raise Unfit(
            "hotspot_prop: no more than persistent_prop",
            came=f"{hotspot_prop:g}, over {persistent_prop:g}",
            cause="the two changed places. What is persistent is a hot spot to begin with.",
        )
    inputs.probability(critical_p, "critical_p")
    periods, cells = table.shape
    if cells != len(around.counts):
        raise Unfit(f"counts of {len(around.counts):,} cells", came=f"{cells:,}", cause="counts made on another grid.")
    if periods < 2:
        category = np.full(cells, NONE)
        none = np.zeros((periods, cells), dtype=bool)
        return Classes(category, none, none, 0, 0, f"there {'is' if periods else 'are'} {several(periods, 'period')}")
    hot, cold, tells = _standing_out(table, around, critical_p, include_self, like_sfhotspot)
    empty = int((~tells).sum())
    of = np.ones(periods, dtype=bool) if like_sfhotspot else tells
    if of.sum() < 2:
        why = f"of {periods:,} periods {int(of.sum()):,} had something to tell"
        return Classes(np.full(cells, NONE), hot, cold, 0, empty, why)
    recent = min(max(1, int(np.floor(recent_prop * of.sum() + 1e-9))), int(of.sum()) - 1)
    limits = (hotspot_prop, persistent_prop, recent_prop)
    kinds = [_class(stands[of], recent, limits, like_sfhotspot) for stands in (hot, cold)]
    named = [
        np.where(kind == NONE, NONE, np.char.add(kind, f" {what}"))
        for kind, what in zip(kinds, ("hotspot", "coldspot"), strict=True)
    ]
    category = np.where(named[0] == NONE, named[1], np.where(named[1] == NONE, named[0], MIXED))
    return Classes(category, hot, cold, recent, empty)


def _standing_out(
    table: Floats, around: Neighbours, critical_p: float, star: bool, like_sfhotspot: bool
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    found = [gi(row, around, star=star) for row in table]
    upwards, tells = np.array([one.z > 0 for one in found]), np.array([not one.cannot_tell for one in found])
    if like_sfhotspot:
        stands = _holm(np.array([one.p for one in found])) < critical_p
    else:
        stands = np.zeros(table.shape, dtype=bool)
        p = np.array([one.p for one, tell in zip(found, tells, strict=True) if tell])
        stands[tells] = benjamini_hochberg(p.ravel(), critical_p).listed.reshape(p.shape)
    return stands & upwards, stands & ~upwards, tells


def _holm(p: Floats) -> Floats:
    """p-values (periods, cells), each cell's corrected over its periods (Holm 1979)."""
    order = np.argsort(p, axis=0, kind="stable")
    steps = np.arange(len(p), 0, -1)[:, None]
    raised = np.maximum.accumulate(np.minimum(1.0, np.take_along_axis(p, order, axis=0) * steps), axis=0)
    adjusted = np.empty_like(p)
    np.put_along_axis(adjusted, order, raised, axis=0)
    return adjusted


def _class(
    stands: npt.NDArray[np.bool_], recent: int, limits: tuple[float, float, float], overlapping: bool
) -> npt.NDArray[np.str_]:
    hotspot, persistent, lately = limits
    whole, older = stands.mean(axis=0), stands[:-recent].mean(axis=0)
    newest = stands[-recent - overlapping :].sum(axis=0) / recent
    fits = [
        whole >= persistent,
        (older < hotspot) & (newest >= lately),
        (older >= hotspot) & (newest < hotspot),
        whole >= hotspot,
    ]
    return np.select(fits, list(KINDS), NONE)
