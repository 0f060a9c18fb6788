"""Which events are near repeats, and where the door stands open now: the live alert.

An event is a near repeat if another came before it, within `distance` metres and `days` days (both ends included; of
two at the same time, neither came first, and they are a pair). Events that hang together through pairs are a chain.
For `days` days after it, an event leaves open the chance of the next one near it: those whose days are not over at
`now` are the alert.

Distance and days are for the area's own history to say: take the bands in which Knox's table stands out. An alert
says where events came close together before, not that the next will come.

Source: Townsley, Homel and Chaseling 2003, *British Journal of Criminology* 43, 615-633; Bowers, Johnson and Pease
2004, *ibid.* 44, 641-658.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.inputs import Floats, Integers, Unfit
from redway.methods.repeats.pairs import close_pairs, places
from redway.methods.wording import figure, several

VERSION = 1

MOST_PAIRS = 20_000_000


@dataclass(frozen=True)
class NearRepeats:
    """Near repeats.

    first, second   int arrays (pairs,): rows of events, the earlier first
    metres, gap     float arrays (pairs,): how far and how long apart
    repeat          bool array (events,): whether an earlier one was near
    chain           int array (events,): events that hang together have one number; -1 for events alone
    open_days       float array (events,): days of the window left at `now`; 0 if it is over or has not begun
    now, distance, days  as asked
    """

    first: Integers
    second: Integers
    metres: Floats
    gap: Floats
    repeat: npt.NDArray[np.bool_]
    chain: Integers
    open_days: Floats
    now: float
    distance: float
    days: float

    @property
    def alert(self) -> Integers:
        """Rows of events whose window is open now, the latest first."""
        rows = np.flatnonzero(self.open_days > 0)
        return np.asarray(rows[np.argsort(-self.open_days[rows], kind="stable")])

    @property
    def together(self) -> int:
        """How many events are near none that came earlier, and near another at the same time."""
        beside = np.zeros(len(self.repeat), dtype=bool)
        beside[self.first[self.gap == 0]] = beside[self.second[self.gap == 0]] = True
        return int((beside & ~self.repeat).sum())

    @property
    def cannot_tell(self) -> str:
        """Why there is no verdict; empty where there is one."""
        return "" if len(self.repeat) else "there is no event"

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell where the next event may be near: {self.cannot_tell}."
        n, chains = len(self.repeat), len(np.unique(self.chain[self.chain >= 0]))
        together = f", {self.together:,} more of one at the same time" if self.together else ""
        return (
            f"{int(self.repeat.sum()):,} of {several(n, 'recorded event')} came within {figure(self.distance)} m and "
            f"{figure(self.days)} days of an earlier one{together}, in {several(chains, 'chain')}; around "
            f"{several(len(self.alert), 'event')} the window is still open, which says where events came close "
            "together before and not that one will come."
        )


def near_repeats(
    x: Any, y: Any, time: Any, *, distance: float, days: float, now: float | None = None, method: str = "euclidean"
) -> NearRepeats:
    """Near repeats and the alert.

    x, y, time: float arrays (events,), metres and days; now: in the same days, None for the newest event's.
    Raises Unfit for what is not finite, and for a distance or days so wide that millions of pairs are near.
    """
    when = inputs.numbers(time, "time")
    reach, window = inputs.number(distance, "distance", least=0), inputs.number(days, "days", least=0)
    held = places(x, y, reach, method)
    inputs.same_length(x=held.x, time=when)
    at = float(when.max(initial=-np.inf)) if now is None else inputs.number(now, "now")
    found: list[tuple[Integers, Integers, Floats]] = []
    kept = 0
    for one, other, far in close_pairs(held):
        a, b = held.order[one], held.order[other]
        near = np.abs(when[a] - when[b]) <= window
        found.append((a[near], b[near], far[near]))
        kept += int(near.sum())
        if kept > MOST_PAIRS:
            raise Unfit(
                f"at most {MOST_PAIRS:,} pairs of near events",
                came=f"more, within {reach:g} m and {window:g} days",
                cause="a distance or days that are too wide, or records that were moved to shared points.",
            )
    found.append((np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)))
    here, there, metres = (np.concatenate(part) for part in zip(*found, strict=True))
    swap = (when[here] > when[there]) | ((when[here] == when[there]) & (here > there))
    first, second = np.where(swap, there, here), np.where(swap, here, there)
    order = np.lexsort((second, first))
    first, second, metres = first[order], second[order], metres[order]
    repeat = np.zeros(len(when), dtype=bool)
    repeat[second[when[first] < when[second]]] = True
    left = when + window - at
    open_days = np.where((when <= at) & (left > 0), left, 0.0)
    chain = _chains(first, second, len(when))
    return NearRepeats(first, second, metres, when[second] - when[first], repeat, chain, open_days, at, reach, window)


def _chains(first: Integers, second: Integers, events: int) -> Integers:
    """The chain of each event, numbered by its first member's row; -1 alone."""
    from scipy.sparse import coo_array  # dear to import
    from scipy.sparse.csgraph import connected_components

    joined = coo_array((np.ones(len(first)), (first, second)), shape=(events, events))
    _, label = connected_components(joined, directed=False)
    alone = np.bincount(label, minlength=1)[label] == 1 if events else np.zeros(0, dtype=bool)
    _, begins, numbered = np.unique(label, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(begins))[numbered] if events else numbered
    renumbered = np.unique(rank[~alone], return_inverse=True)[1]
    chain = np.full(events, -1, dtype=np.int64)
    chain[~alone] = renumbered
    return chain
