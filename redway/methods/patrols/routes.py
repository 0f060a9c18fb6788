"""Rounds: which unit makes which visits, and in what order, within its shift.

A round starts at its first visit and ends at its last; time is visits and the way between them in a straight line at
one speed. Visits are dealt to units by sweeping around the middle of all places, so that each unit has a sector, then
each round is shortened by turning stretches of it round (2-opt). What is left of the shift is spent on being
unforeseeable: two visits change places, or a stretch is turned round, again and again, whenever the round still fits
its shift and no place is visited twice in a row. Such steps go back as easily as forth, so in the long run every
order that fits is as likely.

Source: Gillett and Miller 1974, *Operations Research* 22, 340-349 (sweep); Croes 1958, *ibid.* 6, 791-812 (2-opt);
Metropolis and others 1953, *Journal of Chemical Physics* 21, 1087-1092, for the shuffling.
"""

import numpy as np

from redway.methods.inputs import Floats, Integers

VERSION = 1

SHUFFLES = 40  # steps for each visit of a round


def minutes(places: Integers, x: Floats, y: Floats, visit: float, speed: float) -> float:
    """How long a round takes: visits, and the way from each to the next."""
    if not len(places):
        return 0.0
    way = np.hypot(np.diff(x[places]), np.diff(y[places])).sum()
    return float(len(places) * visit + way / speed)


def dealt(visits: Integers, x: Floats, y: Floats, units: int) -> list[Integers]:
    """Visits (places, some of them several times) for each unit, in sectors; the same place spread over units."""
    different = np.unique(visits)
    turn = np.arctan2(y[different] - y[different].mean(), x[different] - x[different].mean())
    sweep = different[np.argsort(turn, kind="stable")]
    rank = np.empty(int(different.max()) + 1, dtype=np.int64)
    rank[sweep] = np.arange(len(sweep))
    ordered = visits[np.argsort(rank[visits], kind="stable")]
    return [np.asarray(part) for part in np.array_split(ordered, units)]


def shortened(places: Integers, x: Floats, y: Floats) -> Integers:
    """A short round: nearest next, then stretches turned round while that helps; no place twice in a row if it can be.

    Where a place is visited several times, its visits go into laps of their own.
    """
    lap = np.zeros(len(places), dtype=np.int64)
    for place in np.unique(places):
        here = np.flatnonzero(places == place)
        lap[here] = np.arange(len(here))
    out: list[int] = []
    for k in range(int(lap.max(initial=-1)) + 1):
        left = list(places[lap == k])
        while left:
            at = out[-1] if out else left[0]
            far = [float(np.hypot(x[p] - x[at], y[p] - y[at])) + (1e9 if out and p == at else 0.0) for p in left]
            out.append(int(left.pop(int(np.argmin(far)))))
    return _turned(np.array(out, dtype=np.int64), x, y)


def _turned(order: Integers, x: Floats, y: Floats) -> Integers:
    """2-opt on an open round, of rounds short enough for it to matter."""
    n, better = len(order), 3 <= len(order) <= 60

    def way(a: int, b: int) -> float:
        return float(np.hypot(x[a] - x[b], y[a] - y[b])) + (1e9 if a == b else 0.0)

    while better:
        better = False
        for i in range(n - 1):
            for j in range(i + 1, n):
                before = (way(order[i - 1], order[i]) if i else 0) + (way(order[j], order[j + 1]) if j < n - 1 else 0)
                after = (way(order[i - 1], order[j]) if i else 0) + (way(order[i], order[j + 1]) if j < n - 1 else 0)
                if after < before - 1e-9:
                    order[i : j + 1] = order[i : j + 1][::-1].copy()
                    better = True
    return order


def inserted(places: Integers, place: int, x: Floats, y: Floats) -> Integers:
    """A round with one more visit, where it lengthens the way least and follows no visit to the same place."""
    ends = np.concatenate([[-1], places, [-1]])
    before, after = ends[:-1], ends[1:]
    way = np.hypot(x - x[place], y - y[place])
    added = np.where(before >= 0, way[before], 0) + np.where(after >= 0, way[after], 0)
    between = np.hypot(x[before] - x[after], y[before] - y[after])
    added = added - np.where((before >= 0) & (after >= 0), between, 0)
    added[(before == place) | (after == place)] = 1e9
    return np.insert(places, int(np.argmin(added)), place)


def shuffled(
    places: Integers, x: Floats, y: Floats, visit: float, speed: float, shift: float, rng: np.random.Generator
) -> Integers:
    """An order at random among those that fit the shift and visit no place twice in a row."""
    order = places.copy()
    repeats = _in_a_row(order)
    for _ in range(SHUFFLES * len(order)):
        i, j = rng.integers(0, len(order), 2)
        tried = order.copy()
        if rng.random() < 0.5:
            tried[i], tried[j] = order[j], order[i]
        else:
            low, high = min(i, j), max(i, j) + 1
            tried[low:high] = order[low:high][::-1]
        again = _in_a_row(tried)
        if again <= repeats and minutes(tried, x, y, visit, speed) <= shift + 1e-9:
            order, repeats = tried, again
    return order


def _in_a_row(order: Integers) -> int:
    return int((order[1:] == order[:-1]).sum())
