"""What makes a point of a control chart unusual, for many charts at once.

The rules of NHS England's *Making Data Count*, most telling first, with runs of 7 points or, as its sheet offers, 6:

    1  outside the limits
    2  one of 7 that rise, or fall, each time
    3  one of two out of three beyond two-thirds of a limit but inside it, all three on one side of the centre
    4  one of 7 on one side of the centre

and those of Anhoej and Olesen (2014, *PLoS One* 9, e113825), for the chart as a whole: its longest run on one side is
longer than round(log2 m) + 3, or it crosses the centre less often than the 5% point of a fair coin, m points being off
the centre.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from redway.methods.inputs import Floats
from redway.methods.process_control.limits import Limits

Booleans = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

WORDS = (
    "",
    "outside the limits",
    "one of {points} rising or falling in a row",
    "one of two out of three near a limit",
    "one of {side} on one side of the centre",
    "in a chart whose runs are too long or too few",
)


@dataclass(frozen=True)
class Rules:
    """Which rules hold, and how strict they are.

    width    of the limits, in standard errors
    trend    points that rise or fall in a row; 0 for none
    near     whether two of three near a limit count
    side     points on one side in a row; 0 for none
    anhoej   longest run and crossings of the whole chart, instead
    """

    width: float = 3.0
    trend: int = 7
    near: bool = True
    side: int = 7
    anhoej: bool = False

    def words(self, code: int) -> str:
        """What a code says."""
        return WORDS[code].format(points=self.trend, side=self.side)


NHS = Rules()
SETS = {
    "nhs": NHS,
    "nhs6": replace(NHS, trend=6, side=6),
    "limits": Rules(trend=0, near=False, side=0),
    "anhoej": Rules(trend=0, near=False, side=0, anhoej=True),
}


@dataclass(frozen=True)
class Signals:
    """Arrays (series, points): the number of the first rule a point meets (0 for none), and 1 high or -1 low."""

    rule: Codes
    way: Codes


def signals(lines: Limits, rules: Rules) -> Signals:
    """Every point's signal in one phase of each series."""
    x = lines.drawn
    above, below = x > lines.centre, x < lines.centre
    rule, way = np.zeros(x.shape, dtype=np.int8), np.zeros(x.shape, dtype=np.int8)
    side = above.astype(np.int8) - below
    over, under = x > lines.upper, x < lines.lower

    def mark(code: int, high: Booleans, low: Booleans) -> None:
        free = rule == 0
        rule[free & (high | low)] = code
        np.copyto(way, high.astype(np.int8) - low.astype(np.int8), where=free & (high | low))

    mark(1, over, under)
    if rules.trend:
        mark(2, *_trends(x, rules.trend))
    if rules.near:
        near = ((x > lines.near_upper) | (x < lines.near_lower)) & ~(over | under)
        meets = _two_of_three(near, side)
        mark(3, meets & above, meets & below)
    if rules.side:
        mark(
            4,
            _marked(_all(above, rules.side), rules.side, x.shape),
            _marked(_all(below, rules.side), rules.side, x.shape),
        )
    if rules.anhoej:
        found = runs(side)
        whole = np.broadcast_to(
            (found.longest > found.allowed) | (found.crossings < found.needed), (x.shape[1], len(x))
        ).T
        mark(5, whole & above, whole & below)
    return Signals(rule, way)


def _all(met: Booleans, length: int) -> Booleans:
    """Whether each window of so many points meets it throughout, by its start."""
    done, window = 1, met
    while done < length and window.shape[1]:
        step = min(done, length - done)
        window = window[:, :-step] & window[:, step:]
        done += step
    return window if done == length else met[:, :0]


def _marked(starts: Booleans, length: int, shape: tuple[int, ...]) -> Booleans:
    """Every point of the windows that begin there."""
    marked = np.zeros(shape, dtype=bool)
    for at in range(length if starts.shape[1] else 0):
        marked[:, at : at + starts.shape[1]] |= starts
    return marked


def _trends(x: Floats, length: int) -> tuple[Booleans, Booleans]:
    """Points of a rise and of a fall; one that turns belongs to the later."""
    steps = np.diff(x, axis=1)
    rises, falls = _all(steps > 0, length - 1), _all(steps < 0, length - 1)
    up, down = _marked(rises, length, x.shape), _marked(falls, length, x.shape)
    both = up & down
    if both.any():
        later_falls = np.zeros_like(both)
        later_falls[:, : falls.shape[1]] = falls
        up &= ~(both & later_falls)
        down &= ~(both & ~later_falls)
    return up, down


def _two_of_three(near: Booleans, side: Codes) -> Booleans:
    """Points near a limit in a window of three on one side of which two are."""
    if near.shape[1] < 3:
        return np.zeros(near.shape, dtype=bool)
    number = near.astype(np.int8)
    many = number[:, :-2] + number[:, 1:-1] + number[:, 2:] >= 2
    meets = many & (np.abs(side[:, :-2] + side[:, 1:-1] + side[:, 2:]) == 3)
    return _marked(meets, 3, near.shape) & near


@dataclass(frozen=True)
class Runs:
    """Arrays (series,): the longest run on one side and the longest allowed; crossings and the fewest needed."""

    longest: npt.NDArray[np.int64]
    allowed: npt.NDArray[np.int64]
    crossings: npt.NDArray[np.int64]
    needed: npt.NDArray[np.int64]
    useful: npt.NDArray[np.int64]


def runs(side: Codes) -> Runs:
    """Runs of points on one side of the centre; those on it do not count and do not break a run."""
    rows = []
    for one in side:
        off = one[one != 0]
        turns = np.flatnonzero(np.diff(off)) + 1
        lengths = np.diff(np.concatenate([[0], turns, [off.size]]))
        rows.append((int(lengths.max(initial=0)), turns.size, off.size))
    longest, crossings, useful = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    safe = np.maximum(useful, 1)
    allowed = np.round(np.log2(safe)).astype(np.int64) + 3
    needed = np.array([_fewest(int(m)) for m in useful], dtype=np.int64)
    return Runs(longest, allowed, crossings, needed, useful)


_FEWEST: dict[int, int] = {}


def _fewest(points: int) -> int:
    """The 5% point of heads in so many less one throws of a fair coin."""
    if points < 2:
        return 0
    if points not in _FEWEST:
        from scipy.special import bdtr

        heads = np.arange(points)
        _FEWEST[points] = int(np.argmax(bdtr(heads, points - 1, 0.5) >= 0.05))
    return _FEWEST[points]
