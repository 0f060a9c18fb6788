"""Knox's test in full: do events come close in space and time together more often than chance would have it?

For bands of distance s and of time t, the table counts pairs of events whose distance falls in [s_k, s_k+1) and whose
times are [t_l, t_l+1) apart. Chance is the same places with the times dealt out anew, `nrep` times:

    p = (tables with at least as many pairs + 1) / (nrep + 1)        ratio = observed / average

Dealt out among all events, times also lose what every area shares with its own past: a district that had its spate in
spring makes neighbours look like repeats. With `strata` times are dealt out only within one stratum (an area, a
season of an area), so that what is left is closer than area and season explain.

Without strata the average over all ways to deal is known, N_s N_t / (n(n-1)/2), and so is the variance (Mantel 1967).

How: only pairs within the largest distance are looked at (`pairs`); every shuffle is a column of one table of times,
so that one gathering of two rows and one comparison serve all shuffles of a pair at once.

Source: Knox 1964, *Applied Statistics* 13, 25-29; Johnson and others 2007, *Journal of Quantitative Criminology* 23,
201-219; Mantel 1967, *Cancer Research* 27, 209-220. As NearRepeat for R, whose default method is "manhattan".
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from redway.methods import inputs, threads
from redway.methods.false_discovery import FalseDiscovery, benjamini_hochberg
from redway.methods.inputs import Floats, Integers, Unfit
from redway.methods.repeats.pairs import Chunk, Places, candidates, chunks, places
from redway.methods.wording import chance, figure

VERSION = 1

ROWS = 240  # added up at once: fewer than a byte holds
WIDE = 4000  # numbers to a row
BLOCK = 480_000  # numbers at once: few enough for the cache, and enough that threads seldom wait for each other
PIECES = 16  # of the pairs, for threads to take in turn
DEALT = 16  # shuffles from one stream of random numbers
TABLE_BYTES = 128_000_000  # of shuffled times at once
SDS, TDS = (0.0, 0.1, 100.0, 200.0, 400.0), (0.0, 1.0, 8.0, 15.0, 29.0)


@dataclass(frozen=True)
class Knox:
    """The space-time table. All arrays are (distance bands, time bands).

    observed           pairs in each
    p                  chance of at least as many
    sim_mean, sim_sd   over the shuffles
    sim_median         over the shuffles
    expected, sd       over all ways to deal, exactly; NaN with strata, where no formula is
    sds, tds           edges of the bands, closed to the left, open to the right
    """

    observed: Integers
    p: Floats
    sim_mean: Floats
    sim_sd: Floats
    sim_median: Floats
    expected: Floats
    sd: Floats
    sds: tuple[float, ...]
    tds: tuple[float, ...]
    nrep: int
    method: str
    strata: int
    events: int
    cannot_tell: str = ""

    @property
    def ratio(self) -> Floats:
        """Observed over the average of shuffles; NaN where shuffles never had a pair."""
        return np.divide(self.observed, self.sim_mean, out=np.full(self.p.shape, np.nan), where=self.sim_mean > 0)

    def listed(self, q: float = 0.05) -> FalseDiscovery:
        """Cells of the table that stand out, false discovery held to q over the whole table, row by row."""
        return benjamini_hochberg(self.p.ravel(), q)

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell whether events come close together: {self.cannot_tell}."
        strata = f" within {self.strata:,} {'stratum' if self.strata == 1 else 'strata'}" if self.strata else ""
        how = f"{self.nrep:,} shuffles{strata}"
        stands = self.listed().listed.reshape(self.p.shape)
        if not stands.any():
            return (
                f"Pairs of the {self.events:,} recorded events that are close in space and time are not statistically "
                f"more than chance gives (Knox, {how}, false discovery held to 5% over the table)."
            )
        score = np.where(stands, np.nan_to_num(self.ratio, nan=np.inf), -1)
        s, t = np.unravel_index(int(score.argmax()), score.shape)
        ratio = f"{figure(self.ratio[s, t])} times" if self.sim_mean[s, t] > 0 else "where shuffles had none, not"
        warned = "" if self.strata else "; a spate in one area and season can look like this too"
        return (
            f"{int(stands.sum()):,} of {stands.size:,} cells of the table have more pairs than chance gives, most so "
            f"{figure(self.sds[s])} to {figure(self.sds[s + 1])} m and {figure(self.tds[t])} to under "
            f"{figure(self.tds[t + 1])} days apart: {int(self.observed[s, t]):,} pairs, {ratio} what is expected "
            f"({chance(float(self.p[s, t]))}; Knox, {how}, false discovery held to 5%{warned})."
        )


def knox(
    x: Any,
    y: Any,
    time: Any,
    rng: np.random.Generator,
    *,
    sds: Any = SDS,
    tds: Any = TDS,
    method: str = "euclidean",
    nrep: int = 999,
    strata: Any = None,
) -> Knox:
    """The space-time table of events.

    x, y: float arrays (events,), metres (degrees for "great-circle"); time: (events,), days or any one unit; sds,
    tds: rising edges from nought or more; strata: an array of labels (events,), or None.

    Raises Unfit for what is not finite, edges that do not rise, and columns of different lengths.
    """
    when = inputs.numbers(time, "time")
    distances, times = edges(sds, "sds"), edges(tds, "tds")
    shuffles = inputs.whole(nrep, "nrep", least=1)
    held = places(x, y, distances[-1], method)
    inputs.same_length(x=held.x, time=when)
    groups = None if strata is None else _groups(strata, len(when))
    shape = (len(distances) - 1, len(times) - 1)
    kept = len(np.unique(groups)) if groups is not None else 0
    cannot = _cannot_tell(when, groups)
    if cannot:
        none = np.full(shape, np.nan)
        seen = np.zeros(shape, dtype=np.int64)
        if len(when) > 1:
            seen = _tables(held, when, groups, rng, 0, distances, times)[0][0]
        bands = tuple(distances), tuple(times)
        return Knox(seen, none, none, none, none, none, none, *bands, shuffles, method, kept, len(when), cannot)
    tables, degrees = _tables(held, when, groups, rng, shuffles, distances, times)
    observed, drawn = tables[0], tables[1:]
    p = ((drawn >= observed).sum(axis=0) + 1) / (shuffles + 1)
    expected, sd = _moments(degrees, when, times) if groups is None else (np.full(shape, np.nan),) * 2
    spread = drawn.std(axis=0, ddof=1) if shuffles > 1 else np.zeros(shape)
    return Knox(
        observed, p, drawn.mean(axis=0), spread, np.median(drawn, axis=0), expected, sd,
        tuple(distances), tuple(times), shuffles, method, kept, len(when),
        _one_point(held),
    )  # fmt: skip


def seasons(time: Any, length: float) -> Integers:
    """Which stretch of so many days each time falls in, for `strata`. Raises Unfit for a length not above nought."""
    when = inputs.numbers(time, "time")
    if not inputs.number(length, "season", least=0):
        raise Unfit("a season above nought", came="0", cause="a setting left empty.")
    return np.floor((when - when.min(initial=np.inf)) / length).astype(np.int64)


def edges(given: Any, what: str) -> Floats:
    """Rising edges of bands, from nought or more; the last may be infinite for none but times. Raises Unfit."""
    found = inputs.at_least(given, what, 0)
    if len(found) < 2 or (np.diff(found) <= 0).any():
        raise Unfit(
            f"{what}: two edges or more that rise",
            came=", ".join(f"{e:g}" for e in found),
            cause="widths of bands in place of their edges, or edges out of order.",
        )
    return found


def _groups(strata: Any, n: int) -> Integers:
    labels = np.asarray(strata)
    if labels.ndim != 1 or len(labels) != n:
        raise Unfit(
            "a stratum for each event", came=f"{labels.shape} for {n:,} events", cause="strata of another table."
        )
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _cannot_tell(when: Floats, groups: Integers | None) -> str:
    if len(when) < 3:
        return f"there {'is' if len(when) == 1 else 'are'} only {len(when)} event{'' if len(when) == 1 else 's'}"
    if (when == when[0]).all():
        return "all events have the same time, which leaves nothing to shuffle"
    if groups is not None:
        low, high = np.full(groups.max() + 1, np.inf), np.full(groups.max() + 1, -np.inf)
        np.minimum.at(low, groups, when)
        np.maximum.at(high, groups, when)
        if (low == high).all():
            return "within every stratum all events have the same time"
    return ""


def _one_point(held: Places) -> str:
    same = np.ptp(held.x) == 0 and np.ptp(held.y) == 0
    return "all events are at one point, so that all pairs are as far apart" if same else ""


def _tables(
    held: Places, when: Floats, groups: Integers | None, rng: np.random.Generator, nrep: int, sds: Floats, tds: Floats
) -> tuple[Integers, Integers]:
    """Pairs (1 + nrep, distances, times), of which the first is what was observed; and pairs of each event (distances,
    events)."""
    kind = _kind(when)
    base = (when - when.min())[held.order].astype(kind)
    within = None if groups is None else groups[held.order]
    wide = max(1, TABLE_BYTES // (len(base) * base.itemsize))
    found = []
    for begin in range(0, nrep + 1, wide):
        columns = min(wide, nrep + 1 - begin)
        table = _shuffled(base, within, rng, columns, observed=begin == 0)
        counted, degrees = _counted(held, table, sds, tds)
        found.append(counted)
    return np.concatenate(found), degrees


def _kind(when: Floats) -> type[np.generic]:
    """The smallest numbers that hold times exactly."""
    if (when != np.floor(when)).any():
        return np.float64
    longest = np.ptp(when)
    return np.int16 if longest < 32_767 else np.int32 if longest < 2**31 - 1 else np.int64


def _shuffled(
    base: npt.NDArray[Any], groups: Integers | None, rng: np.random.Generator, columns: int, *, observed: bool
) -> npt.NDArray[Any]:
    """Times (events + 2, columns), each column dealt out anew, but the first if it is what was observed; and two rows
    that lie further apart than any two times.

    What takes eight bytes is dealt fastest.
    """
    table = np.empty((len(base) + 2, columns), dtype=base.dtype)
    table[-2:] = [[0], [_longest(base.dtype)]]
    members = []
    if groups is not None:
        order = np.argsort(groups, kind="stable")
        members = np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)

    eight = base.astype(np.result_type(base, np.int64))
    spare: list[npt.NDArray[Any]] = []  # room made once for each thread

    def deal(piece: tuple[int, np.random.Generator]) -> None:
        begin, own = piece
        room = spare.pop() if spare else np.empty((DEALT, len(eight)), dtype=eight.dtype)
        dealt = room[: columns - begin]
        dealt[:] = eight
        if groups is None:
            own.permuted(dealt, axis=1, out=dealt)
        for some in members:
            if len(some) > 1:
                dealt[:, some] = own.permuted(dealt[:, some], axis=1)
        table[:-2, begin : begin + DEALT] = dealt.T
        spare.append(room)

    begins = range(0, columns, DEALT)
    threads.each(deal, list(zip(begins, threads.streams(rng, len(begins)), strict=True)))
    if observed:
        table[:-2, 0] = base
    return table


def _counted(held: Places, table: npt.NDArray[Any], sds: Floats, tds: Floats) -> tuple[Integers, Integers]:
    """Pairs of every column in each cell of the table, and how many each event has in each band of distance."""
    whole = table.dtype.kind == "i"
    limits = [min(np.ceil(t) if whole else t, _longest(table.dtype)) for t in tds]
    fitting = [np.float64(limit).astype(table.dtype) for limit in limits]
    found = chunks(held)
    even = -(-len(found) // PIECES) or 1
    pieces = [found[begin : begin + even] for begin in range(0, len(found), even)]
    spare: list[_Counter] = []  # to make room anew for each piece takes longer than to count in it

    def one(some: list[Chunk]) -> tuple[Integers, Integers]:
        counter = spare.pop() if spare else _Counter(table, fitting)
        counted = _piece(held, counter, some, sds)
        spare.append(counter)
        return counted

    counted = threads.each(one, pieces)
    under, degrees = (sum(part) for part in zip(*counted, strict=True))
    return np.moveaxis(np.diff(under, axis=1), 2, 0), degrees


def _piece(held: Places, counter: "_Counter", some: list[Chunk], sds: Floats) -> tuple[Integers, Integers]:
    """Of some chunks of pairs those under each limit of time, (distance bands, limits, columns); and how many each
    event has in each band of distance."""
    bands = len(sds) - 1
    under = np.zeros((bands, counter.given, counter.columns), dtype=np.int64)
    degrees = np.zeros((bands, len(held.order)), dtype=np.int64)
    for chunk in some:
        one, other, metres = candidates(held, chunk)
        band = np.zeros(len(metres), dtype=np.uint8)
        for edge in sds:
            band += (metres >= edge).view(np.uint8)
        for k in range(bands):
            these = np.flatnonzero(band == k + 1)
            if not len(these):
                continue
            here, there = one[these], other[these]
            counter.add(here, there, under[k])
            for events in (here, there):  # of all few, and near each other
                lowest = events.min()
                many = np.bincount(events - lowest)
                degrees[k, lowest : lowest + len(many)] += many
    return under, degrees


def _longest(kind: np.dtype[Any]) -> float:
    """Longer than any two times are apart."""
    return float(min(np.iinfo(kind).max, 2**62)) if kind.kind == "i" else np.inf


class _Room(NamedTuple):
    """Memory for some pairs, looked at in every shape that counting asks for."""

    times: npt.NDArray[Any]  # (2, pairs, columns)
    one: npt.NDArray[Any]  # (numbers,), as the two that follow
    other: npt.NDArray[Any]
    rows: npt.NDArray[Any]  # (1, rows, wide)
    less: npt.NDArray[np.bool_]  # (limits, rows, wide)
    bytes: npt.NDArray[np.uint8]  # the same


class _Counter:
    """Counts, for all columns at once, pairs of rows whose times differ by less than each limit: a limit of nought has
    none. Few columns are laid side by side, several rows in one, so that what is added up is always long.

    The last two rows of the table are further apart than any two times: pairs of them fill up what is laid side by
    side.
    """

    def __init__(self, table: npt.NDArray[Any], limits: list[Any]):
        self.table, self.columns, self.given = table, table.shape[1], len(limits)
        limits = [limit for limit in limits if limit > 0]
        self.limits = np.array(limits).reshape(-1, 1, 1)
        self.beside = max(1, WIDE // self.columns)
        self.wide = self.beside * self.columns
        rows = min(ROWS, max(1, BLOCK // self.wide))
        size = 2 * rows * self.wide * table.itemsize
        # All in one: the system hands out large stretches of memory in large pages, many times quicker.
        self.memory = np.empty(size + len(limits) * rows * self.wide, dtype=np.uint8)
        self.times, self.less = self.memory[:size].view(table.dtype), self.memory[size:].view(np.bool_)
        self.room = self._room(rows)

    def _room(self, rows: int) -> _Room:
        many = rows * self.wide
        one, other = self.times[:many], self.times[many : 2 * many]
        less = self.less[: len(self.limits) * many].reshape(-1, rows, self.wide)
        times = self.times[: 2 * many].reshape(2, -1, self.columns)
        return _Room(times, one, other, one.reshape(1, rows, -1), less, less.view(np.uint8))

    def add(self, here: Integers, there: Integers, under: Integers) -> None:
        """Add to `under` (limits given, columns).

        Between two calls of the loop threads wait for each other, so there are few, and little besides.
        """
        spare = -len(here) % self.beside
        ends = np.empty((2, len(here) + spare), dtype=np.intp)
        ends[0, : len(here)], ends[1, : len(here)] = here, there
        ends[:, len(here) :] = [[len(self.table) - 2], [len(self.table) - 1]]
        room, pairs = self.room, self.room.times.shape[1]
        begins = range(0, ends.shape[1], pairs)
        sums = np.empty((len(begins), len(self.limits), self.wide), dtype=np.uint8)
        for begin, total in zip(begins, sums, strict=True):
            some = ends[:, begin : begin + pairs]
            if some.shape[1] < pairs:
                room = self._room(some.shape[1] // self.beside)
            self.table.take(some, 0, room.times, "clip")
            np.subtract(room.one, room.other, room.one)
            np.abs(room.one, room.one)
            np.less(room.rows, self.limits, room.less)
            np.add.reduce(room.bytes, 1, np.uint8, total)
        counted = sums.sum(axis=0, dtype=np.int64).reshape(len(self.limits), self.beside, self.columns)
        under[self.given - len(self.limits) :] += counted.sum(axis=1)


def _moments(degrees: Integers, when: Floats, tds: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each cell over all ways to deal out the times (Mantel 1967)."""
    n = len(when)
    times, many = np.unique(when, return_counts=True)
    upto = np.append(0, np.cumsum(many))  # how many events have an earlier time
    beyond = [upto[np.searchsorted(times, times + t, "left")] for t in tds]
    before = [upto[np.searchsorted(times, times - t, "right")] for t in tds]
    later = np.array([high - low for low, high in pairwise(beyond)])
    earlier = np.array([low - high for low, high in pairwise(before)])
    in_time = (later + earlier).astype(np.float64)
    if tds[0] == 0:  # whoever has the same time was counted both ways, and everybody with themselves twice
        in_time[0] -= many + 1
    in_space = degrees.astype(np.float64)
    pairs_s, pairs_t = in_space.sum(axis=1) / 2, in_time @ many / 2
    paths_s, paths_t = (in_space * (in_space - 1)).sum(axis=1), (in_time * (in_time - 1)) @ many
    one = 2 * pairs_t / (n * (n - 1))
    two = paths_t / (n * (n - 1) * (n - 2))
    apart = 4 * (pairs_t**2 - pairs_t - paths_t) / max(1, n * (n - 1) * (n - 2) * (n - 3))
    mean = pairs_s[:, None] * one
    rest = (pairs_s**2 - pairs_s - paths_s)[:, None]
    square = mean + paths_s[:, None] * two + rest * apart
    return mean, np.sqrt(np.maximum(0.0, square - mean**2))
