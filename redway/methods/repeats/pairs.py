"""Pairs of events that lie within a distance of each other, without looking at all pairs.

Events are sorted into strips half the distance high, and within a strip from left to right. Whoever is within reach
of an event and has not been paired with it yet lies to its right in its own strip, or in one of the two strips above
and no further left or right than the distance: three runs of the sorted list, found by bisection. About 1.6
candidates are looked at for every pair within a circle, in chunks, so that memory does not grow with the pairs.

Distances are Euclidean, Manhattan (|dx| + |dy|, which changes when the map is turned), or great-circle on a sphere of
6,371,008.8 m with x and y in degrees east and north (Moritz 2000, *Journal of Geodesy* 74, 128-162; haversine form of
Sinnott 1984).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from redway.errors import Place
from redway.methods import inputs
from redway.methods.hot_spots.locations import MISSING, located
from redway.methods.inputs import Floats, Integers, Unfit

VERSION = 1

Chunk = tuple[int, int, int]  # a run, and the events it is looked at for: the first, and the one after the last

METHODS = ("euclidean", "manhattan", "great-circle")
EARTH = 6_371_008.8
AT_ONCE = 60_000  # candidates: what is known of them stays in the processor's cache
ISLAND = 5.0  # degrees: no land lies nearer to 0, 0
MOST = 1_000_000_000  # candidates: more would take minutes for the observed pairs alone
STRIPS = 2


@dataclass(frozen=True)
class Places:
    """Events sorted into strips.

    order    int array (events,): which event is at each place of the sorted list
    x, y     float arrays (events,), in that order: metres, or radians for great-circle
    first, last  int arrays (strips + 1, events): the runs of the list to look at for each event
    """

    order: Integers
    x: Floats
    y: Floats
    first: Integers
    last: Integers
    method: str
    within: float


def places(x: Any, y: Any, within: float, method: str = "euclidean") -> Places:
    """Events made ready. Raises Unfit for coordinates that are no places (`located`, `globe`), and more
    pairs than can be looked at."""
    inputs.chosen(method, "method", METHODS)
    east, north = globe(x, y) if method == "great-circle" else located(x, y)
    scale = 1.0
    if method == "great-circle":
        east, north = np.radians(east), np.radians(north)
        scale = max(1e-9, float(np.cos(np.abs(north).max(initial=0.0) + within / EARTH)))
    reach = within / EARTH if method == "great-circle" else within
    order, first, last = _runs(east * scale, north, reach)
    if (many := int((last - first).sum())) > MOST:
        raise Unfit(
            f"at most {MOST:,} pairs of events that may be near each other",
            came=f"{many:,}, within {within:g} m",
            cause="a distance that is too wide, or records that were moved to shared points.",
        )
    return Places(order, east[order], north[order], first, last, method, within)


def globe(x: Any, y: Any) -> tuple[Floats, Floats]:
    """Degrees east and north as float arrays (points,). Raises Unfit for degrees beyond the globe, and for 0, 0 (which
    many systems write where they know no place) far from all others."""
    east, north = inputs.numbers(x, "x"), inputs.numbers(y, "y")
    inputs.same_length(x=east, y=north)
    if len(east) and (np.abs(east).max() > 180 or np.abs(north).max() > 90):
        raise Unfit(
            "degrees east from -180 to 180 and north from -90 to 90",
            came="coordinates beyond them",
            cause="metres (use euclidean), or the two columns the other way round.",
        )
    nowhere = (east == 0) & (north == 0)
    if nowhere.any() and (~nowhere).sum() >= 3 and np.hypot(east[~nowhere], north[~nowhere]).min() > ISLAND:
        first = int(np.argmax(nowhere))
        raise Unfit(
            "a place for every row", came="x 0, y 0", cause=MISSING, place=Place(row=first + 1),
            count=int(nowhere.sum()),
        )  # fmt: skip
    return east, north


def _runs(x: Floats, y: Floats, reach: float) -> tuple[Integers, Integers, Integers]:
    """The sorted order, and for each event the three runs of it that hold its candidates."""
    n = len(x)
    high = reach / STRIPS
    strip = np.floor((y - y.min(initial=np.inf)) / high) if n and high > 0 else np.zeros(n)
    order = np.lexsort((x, strip))
    along, strip = x[order] - x.min(initial=np.inf), strip[order]
    span = float(along.max(initial=0.0)) + 4 * reach + 1
    key = strip * span + along
    slack = 1e-9 * reach + 4 * np.finfo(float).eps * float(key.max(initial=0.0))
    first, last = np.empty((STRIPS + 1, n), dtype=np.int64), np.empty((STRIPS + 1, n), dtype=np.int64)
    first[0] = np.arange(1, n + 1)
    last[0] = np.searchsorted(key, key + reach + slack, side="right")
    for up in range(1, STRIPS + 1):
        first[up] = np.searchsorted(key, key + up * span - reach - slack, side="left")
        last[up] = np.searchsorted(key, key + up * span + reach + slack, side="right")
    return order, first, np.maximum(first, last)


def close_pairs(held: Places) -> Iterator[tuple[Integers, Integers, Floats]]:
    """Each pair within the distance once: places in the sorted list, and metres; in chunks."""
    for chunk in chunks(held):
        yield pairs_in(held, chunk)


def chunks(held: Places) -> list[Chunk]:
    """Events in the order of the sorted list, with about AT_ONCE candidates together in one of their runs."""
    found = []
    for run, many in enumerate(held.last - held.first):
        ends, begin = np.cumsum(many), 0
        while begin < len(many):
            before = int(ends[begin - 1]) if begin else 0
            end = max(begin + 1, int(np.searchsorted(ends, before + AT_ONCE, side="right")))
            found.append((run, begin, end))
            begin = end
    return found


def pairs_in(held: Places, chunk: Chunk) -> tuple[Integers, Integers, Floats]:
    """The pairs of one chunk."""
    one, other, metres = candidates(held, chunk)
    near = np.flatnonzero(metres <= held.within)
    return one[near], other[near], metres[near]


def candidates(held: Places, chunk: Chunk) -> tuple[Integers, Integers, Floats]:
    """All that are looked at in one chunk, as pairs; some are further apart than the distance."""
    run, begin, end = chunk
    first = held.first[run, begin:end]
    many = held.last[run, begin:end] - first
    one = np.repeat(np.arange(begin, end), many)
    other = np.repeat(first - np.cumsum(many) + many, many)
    other += np.arange(len(one))
    return one, other, apart(held, one, other)


def apart(held: Places, one: Integers, other: Integers) -> Floats:
    """Metres between events of two places in the sorted list."""
    across, up = held.x[one], held.y[one]
    across -= held.x[other]  # in place: fresh memory takes longer than the arithmetic
    up -= held.y[other]
    if held.method == "manhattan":
        return np.asarray(np.abs(across) + np.abs(up))
    if held.method == "euclidean":
        across *= across
        up *= up
        across += up
        return np.sqrt(across, across)
    half = np.sin(up / 2) ** 2 + np.cos(held.y[one]) * np.cos(held.y[other]) * np.sin(across / 2) ** 2
    return np.asarray(2 * EARTH * np.arcsin(np.sqrt(np.minimum(1.0, half))))
