"""Places (or victims) that were hit more often than what there is to be hit there explains.

With E events and q(i) the share of all exposure that place i has (homes at an address, hours open, customers), of N
places at risk of which most had no event,

    expected at i = E q(i)        p = P(X >= events there), X binomial (E, q(i)), exact

A block of forty homes with three burglaries is then no repeat location, and a house with three is. Places at risk
without an event were looked at too: false discovery is held over all N.

Assumes events that come one by one, and exposure that is to the point: residents are not who is in a shop.

Source: Farrell and Pease 1993, *Once Bitten, Twice Bitten*; Park 2015 in Andresen and Farrell (eds), *The
Criminal Act*, for exposure; Benjamini and Hochberg 1995.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from redway.methods import inputs
from redway.methods.false_discovery import FalseDiscovery, benjamini_hochberg
from redway.methods.inputs import Floats, Unfit
from redway.methods.repeats.victims import blank, expected_repeats
from redway.methods.wording import figure, several

VERSION = 1


@dataclass(frozen=True)
class RepeatPlaces:
    """Places with events, the most events first, and how many there are at risk.

    place     text array (places,)
    events, expected, pvalue, adjusted  arrays (places,); adjusted over all places at risk
    at_risk   how many places, those without an event included
    repeats, expected_repeats  events less places hit, and what chance would give
    unnamed   events without a label, which were left out
    """

    place: npt.NDArray[Any]
    events: Floats
    expected: Floats
    pvalue: Floats
    adjusted: Floats
    at_risk: int
    repeats: int
    expected_repeats: float
    unnamed: int

    @property
    def cannot_tell(self) -> str:
        """Why there is no verdict; empty where there is one."""
        return (
            "" if self.events.sum() > 1 else f"there {several(int(self.events.sum()), 'is 1 event', 'are no events')}"
        )

    def listed(self, q: float = 0.05) -> npt.NDArray[np.bool_]:
        """Which were hit more often than their exposure explains, false discovery held to q over all at risk."""
        return np.asarray(self.adjusted <= inputs.probability(q, "q"))

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell which places are hit again and again: {self.cannot_tell}."
        listed = self.listed()
        held = int(self.events[listed].sum())
        share = figure(100 * held / float(self.events.sum()), 2)
        left = f"; {several(self.unnamed, 'event')} without a name left out" if self.unnamed else ""
        return (
            f"{int(listed.sum()):,} of {several(self.at_risk, 'place')} at risk had more events than what there is to "
            f"be hit there explains, {share}% of all events (false discovery held to 5% over all of them); "
            f"{several(self.repeats, 'repeat')} where chance would give {figure(self.expected_repeats, 2)}{left}."
        )


def exposures(of: Any, exposure: Any, what: str = "exposure") -> dict[str, float]:
    """What there is to be hit of each label (rows,), the same in every row of it. Raises Unfit where it is not."""
    amounts = inputs.above(exposure, what, 0)
    labels = np.asarray(of)
    inputs.same_length(labels=labels, exposure=amounts)
    found: dict[str, float] = {}
    for label, amount in dict.fromkeys(zip(labels.tolist(), amounts.tolist(), strict=True)):
        if found.setdefault(str(label), amount) != amount:
            raise Unfit("one exposure for a place", came=f"two for “{label}”", cause="two places with one name.")
    return found


def repeat_places(
    place: Any, exposure: Mapping[str, float] | None = None, *, at_risk: float | None = None
) -> RepeatPlaces:
    """Places that were hit too often.

    place     labels (events,), blank ones left out and counted
    exposure  what there is to be hit, by label; of places without an event too, else they are
    at_risk   how much there is in all: what the labels lack of it is of places of exposure 1 without an event. How many
              places there are, where there is no exposure

    Raises Unfit for a place without an exposure, and for less at risk than was hit.
    """
    who = np.asarray(place)
    if who.ndim != 1:
        raise Unfit(
            "one place for each event", came=f"an array of shape {who.shape}", cause="a table where a column was meant."
        )
    empty = blank(who)
    names, many = np.unique(who[~empty].astype(str), return_counts=True)
    if exposure is None:
        if at_risk is None:
            raise Unfit(
                "exposure, or how many places are at risk (at_risk)",
                came="neither",
                cause="a setting that has to be given: chance cannot be told without it.",
            )
        own, others = np.ones(len(names)), inputs.number(at_risk, "at_risk", least=max(1, len(names))) - len(names)
    else:
        if lacking := [name for name in names.tolist() if name not in exposure]:
            cause = "a place that is spelt in two ways, or one that the list of places leaves out."
            raise Unfit("an exposure for every place", came=f"none for “{lacking[0]}”", cause=cause, count=len(lacking))
        quiet = set(exposure) - set(names.tolist())
        own = np.array([exposure[name] for name in names.tolist()])
        rest = np.array([exposure[name] for name in sorted(quiet)])
        held = float(own.sum() + rest.sum())
        more = 0.0 if not at_risk else inputs.number(at_risk, "at_risk", least=held) - held
        return _judged(names, many, own, rest, more, int(empty.sum()))
    return _judged(names, many, own, np.zeros(0), others, int(empty.sum()))


def _judged(
    names: npt.NDArray[Any], many: npt.NDArray[Any], own: Floats, rest: Floats, more: float, unnamed: int
) -> RepeatPlaces:
    """Places hit, with exposure `own`; places that were not, with `rest`; and `more` others, of 1 each."""
    total, events = float(own.sum() + rest.sum() + more), int(many.sum())
    share = own / total if total else own
    quiet = rest.size + round(more)
    p = np.where(share < 1, betainc(many, events - many + 1.0, np.minimum(share, 1.0)), 1.0)
    listed: FalseDiscovery = benjamini_hochberg(np.concatenate([p, np.ones(quiet)]), 0.05)
    by_chance = expected_repeats(events, np.concatenate([share, rest / total if total else rest]))
    if more:  # those of 1 each, which have no label
        by_chance += round(more) * float(np.expm1(events * np.log1p(-1 / total))) if total > 1 else 0.0
    order = np.lexsort((names, p, -many))
    return RepeatPlaces(
        names[order], many[order].astype(float), (events * share)[order], p[order], listed.adjusted[: len(p)][order],
        len(names) + quiet, events - len(names), by_chance, unnamed,
    )  # fmt: skip
