"""Subtraction: what can be worked out of hidden figures from others that are shown, and what to hide besides.

Figures are whole numbers that add up: `sums @ truth == 0`. Of each a reader knows a lowest and a highest value.
What can be worked out of one is the range it takes over all the tables of whole numbers that fit everything
known (the audit problem). A hidden figure is safe when that range holds a range wanted for it, and this is
**proven by two such tables**, one at its lower end and one at its upper. Each is checked here by exact
arithmetic, so safety never rests on a solver being right; only what is given up as impossible does.

Where no such table exists as things stand, more must be hidden. One integer programme finds the table that
fits at the least cost, if a shown figure may leave its range at a price; those that left it are then hidden.
A figure that is hidden later only adds tables that fit, so what was once proven stays proven.

Kelly, Golden and Assad 1992, *Networks* 22, 397-417; Fischetti and Salazar 2001, *Management Science* 47,
1008-1027; Hundepool and others, *Statistical Disclosure Control*, 2012, chapter 4. One figure is settled after
another, so it is safe, and not the least that could be hidden.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy
from scipy.sparse import csr_array, hstack

from redway.methods.wording import several

VERSION = 1

MOST_NODES = 20_000  # a search that branches more than this is given up, and so refused

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
LOWEST, HIGHEST = 0, 1  # the two columns of a range


class Exposed(Exception):
    """No more can be hidden, and a figure would still be known too closely. `figure` is its number."""

    def __init__(self, figure: int):
        self.figure = figure
        super().__init__(f"figure {figure} is known too closely whatever else is hidden")


@dataclass(frozen=True)
class Figures:
    """Whole numbers that add up, and what is known of them.

    sums     sparse array (equations, figures) with sums @ truth == 0
    truth    (figures,) what they are
    known    (figures, 2) the range each is known to lie in, as things stand; infinity where there is no end
    veiled   (figures, 2) the range it is known to lie in once hidden; the same where it is, or cannot be
    wanted   (figures, 2) the range that must stay possible; truth twice where nothing is wanted
    wanted_once_hidden  (figures, 2) the same, if it is hidden
    anywhere bool (figures,): any range as wide as the one wanted will do
    cost     (figures,) what it costs to hide one, for each unit it is out of its range
    """

    sums: csr_array
    truth: Floats
    known: Floats
    veiled: Floats
    wanted: Floats
    wanted_once_hidden: Floats
    anywhere: Booleans
    cost: Floats


@dataclass(frozen=True)
class Protection:
    """What must be hidden besides, and what proves that it is enough.

    hidden  bool (figures,): hidden besides those that were
    tables  (tables, figures): whole numbers that fit everything known
    """

    hidden: Booleans
    tables: Floats

    @property
    def sentence(self) -> str:
        besides = several(int(self.hidden.sum()), "figure")
        return f"{besides} to be hidden besides; {several(len(self.tables), 'table')} that fit prove it enough."


def protect(figures: Figures) -> Protection:
    """Hides until every wanted range is possible. Raises Exposed where that cannot be had."""
    search = _Search(figures)
    while search.waiting:
        figure = search.waiting.popleft()
        if not search.settled(figure):
            (search.settle_anywhere if figures.anywhere[figure] else search.settle)(figure)
    return Protection(search.hidden, np.array(search.tables))


def unproven(figures: Figures, tables: Floats) -> npt.NDArray[np.int64]:
    """The numbers of the figures whose wanted range these tables do not prove possible. A table that does not
    fit what is known proves nothing."""
    fits = _fit(figures, tables)
    if not fits.any():
        return np.arange(figures.truth.size)
    reached = np.column_stack([tables[fits].min(axis=0), tables[fits].max(axis=0)])
    return np.flatnonzero(~_reaches(reached, figures.wanted, figures.anywhere).all(axis=1))


def proofs(figures: Figures, tables: Floats) -> Floats | None:
    """Tables that prove every wanted range possible, with nothing more hidden; None where one is not.

    Those given, (tables, figures), serve as far as they fit still. Of wanted ranges that may lie `anywhere` it knows
    nothing: those are for `protect`.
    """
    found = [*tables[_fit(figures, tables)], figures.truth]
    while True:
        reached = np.column_stack([np.min(found, axis=0), np.max(found, axis=0)])
        short = np.argwhere(~_reaches(reached, figures.wanted, np.zeros_like(figures.anywhere)))
        if not short.size:
            return np.unique(np.array(found), axis=0)
        table = _table_at(figures, int(short[0, 0]), int(short[0, 1]), short)
        if table is None:
            return None
        found.append(table)


def _table_at(figures: Figures, figure: int, end: int, short: npt.NDArray[np.int64]) -> Floats | None:
    """A table with a figure at an end of what is wanted of it, and others that fall short as near theirs as may be."""
    known = figures.known.copy()
    other = HIGHEST if end == LOWEST else LOWEST
    known[figure, other] = (min if end == LOWEST else max)(known[figure, other], figures.wanted[figure, end])
    if known[figure, LOWEST] > known[figure, HIGHEST]:
        return None
    aim = np.zeros(figures.truth.size)
    aim[short[short[:, 1] == end, 0]] = 1.0 if end == LOWEST else -1.0
    found = scipy.optimize.milp(
        aim,
        integrality=np.ones(figures.truth.size),
        bounds=(known[:, LOWEST], known[:, HIGHEST]),
        constraints=scipy.optimize.LinearConstraint(figures.sums, 0, 0) if figures.sums.shape[0] else (),
        options={"node_limit": MOST_NODES},
    )
    if found.x is None:
        return None
    table: Floats = np.rint(found.x)
    return table if _fit(figures, table[None, :])[0] and _ends(figures, table, figure, end) else None


def _ends(figures: Figures, table: Floats, figure: int, end: int) -> bool:
    wanted = figures.wanted[figure, end]
    return bool(table[figure] <= wanted if end == LOWEST else table[figure] >= wanted)


class _Search:
    """What is hidden so far, the tables found, and how far they reach. Hiding only ever widens what is known."""

    def __init__(self, figures: Figures):
        self.figures = figures
        self.known, self.wanted = figures.known.copy(), figures.wanted.copy()
        self.hidden = np.zeros(figures.truth.size, dtype=bool)
        self.tables = _scouted(figures)
        self.reached = np.column_stack([np.min(self.tables, axis=0), np.max(self.tables, axis=0)])
        self.waiting = deque(range(figures.truth.size))

    def settled(self, figure: int) -> bool:
        one = slice(figure, figure + 1)
        return bool(_reaches(self.reached[one], self.wanted[one], self.figures.anywhere[one]).all())

    def settle(self, figure: int) -> None:
        """Makes a figure reach both ends of what is wanted of it, at whatever cost."""
        if not all(self._reach(figure, end, self.wanted[figure, end], pay=True) for end in (LOWEST, HIGHEST)):
            raise Exposed(figure)

    def settle_anywhere(self, figure: int) -> None:
        """Makes a figure reach any range as wide as is wanted of it: one that costs nothing, if there is one."""
        width = self.wanted[figure, HIGHEST] - self.wanted[figure, LOWEST]
        for pay in (False, True):
            for lowest in self.figures.truth[figure] - np.arange(width + 1):
                if self._reach(figure, LOWEST, lowest, pay=pay):
                    self._reach(figure, HIGHEST, self.reached[figure, LOWEST] + width, pay=pay)
                if self.settled(figure):
                    return
        raise Exposed(figure)

    def _reach(self, figure: int, end: int, value: float, *, pay: bool) -> bool:
        """Whether a figure reaches a value, if need be through a new table, and hiding what that one says to."""
        if self.reached[figure, LOWEST] <= value <= self.reached[figure, HIGHEST]:
            return True
        table = _cheapest_table(self.figures, self.known, figure, end, value, pay=pay)
        if table is None:
            return False
        newly = np.flatnonzero((table < self.known[:, LOWEST]) | (table > self.known[:, HIGHEST]))
        once_hidden = self.figures.wanted_once_hidden
        self.hidden[newly] = True
        self.known[newly] = self.figures.veiled[newly]
        self.wanted[newly, LOWEST] = np.minimum(self.wanted, once_hidden)[newly, LOWEST]
        self.wanted[newly, HIGHEST] = np.maximum(self.wanted, once_hidden)[newly, HIGHEST]
        self.waiting.extend(int(n) for n in newly)
        self.tables.append(table)
        self.reached[:, LOWEST] = np.minimum(self.reached[:, LOWEST], table)
        self.reached[:, HIGHEST] = np.maximum(self.reached[:, HIGHEST], table)
        return True


def _fit(figures: Figures, tables: Floats) -> Booleans:
    """Which tables (tables, figures) are whole numbers that add up and lie where they are known to."""
    adds_up = ((figures.sums @ tables.T) == 0).all(axis=0)
    inside = (tables >= figures.known[:, LOWEST]) & (tables <= figures.known[:, HIGHEST]) & (tables == np.rint(tables))
    fits: Booleans = adds_up & inside.all(axis=1)
    return fits


def _reaches(reached: Floats, wanted: Floats, anywhere: Booleans) -> Booleans:
    """Whether each end of what is wanted (figures, 2) is reached; both are, if any range as wide will do and is."""
    wide = anywhere & (reached[:, HIGHEST] - reached[:, LOWEST] >= wanted[:, HIGHEST] - wanted[:, LOWEST])
    low, high = reached[:, LOWEST] <= wanted[:, LOWEST], reached[:, HIGHEST] >= wanted[:, HIGHEST]
    return np.column_stack([low | wide, high | wide])


def _scouted(figures: Figures) -> list[Floats]:
    """Tables that fit with nothing more hidden, the truth first, each taking many figures at once to an end of
    what is wanted of them. They only spare time: the ends that they leave are searched for one by one."""
    tables, size = [figures.truth], figures.truth.size
    known, wanted = figures.known, figures.wanted
    asked = wanted[:, LOWEST] < wanted[:, HIGHEST]
    # No further than is wanted, or one figure would take all the room that a total leaves.
    lowest = np.where(asked, np.maximum(known, wanted)[:, LOWEST], known[:, LOWEST])
    highest = np.where(asked, np.minimum(known, wanted)[:, HIGHEST], known[:, HIGHEST])
    left, idle = np.column_stack([asked, asked]), 0
    while left.any() and idle < 2:
        up, down = (2, 1) if len(tables) % 2 else (1, 2)
        found = scipy.optimize.milp(
            down * left[:, LOWEST] - up * left[:, HIGHEST].astype(float),
            integrality=np.ones(size),
            bounds=(lowest, highest),
            constraints=scipy.optimize.LinearConstraint(figures.sums, 0, 0),
            options={"node_limit": MOST_NODES},
        )
        if found.x is None or not _fit(figures, np.rint(found.x)[None, :])[0]:
            break
        tables.append(np.rint(found.x))
        reached = np.column_stack([np.min(tables, axis=0), np.max(tables, axis=0)])
        still = ~_reaches(reached, wanted, figures.anywhere)
        idle = idle + 1 if (still == left).all() else 0
        left = still
    return tables


def _cheapest_table(
    figures: Figures, known: Floats, figure: int, end: int, value: float, *, pay: bool
) -> Floats | None:
    """The table with a figure at or beyond a value that costs least to make possible, or None.

    A figure is a part within its known range, plus what it is over, less what it is under; only those cost.
    Where nothing may be paid, there is room for neither.
    """
    room = np.zeros_like(known)
    if pay:
        finite = np.isfinite(known)
        np.subtract(known[:, LOWEST], figures.veiled[:, LOWEST], out=room[:, 0], where=finite[:, LOWEST])
        np.subtract(figures.veiled[:, HIGHEST], known[:, HIGHEST], out=room[:, 1], where=finite[:, HIGHEST])
    size = figures.truth.size
    one = csr_array(([1.0], ([0], [figure])), shape=(1, size))
    ends = (-np.inf, value) if end == LOWEST else (value, np.inf)
    found = scipy.optimize.milp(
        np.concatenate([np.zeros(size), figures.cost, figures.cost]),
        integrality=np.ones(3 * size),
        bounds=(
            np.concatenate([known[:, LOWEST], np.zeros(2 * size)]),
            np.concatenate([known[:, HIGHEST], room[:, 0], room[:, 1]]),
        ),
        constraints=[
            scipy.optimize.LinearConstraint(hstack([figures.sums, -figures.sums, figures.sums]), 0, 0),
            scipy.optimize.LinearConstraint(hstack([one, -one, one]), *ends),
        ],
        options={"node_limit": MOST_NODES},
    )
    if found.x is None:
        return None
    within, under, over = np.rint(found.x).reshape(3, size)
    table: Floats = within - under + over
    fits = not (figures.sums @ table).any() and ends[0] <= table[figure] <= ends[1]
    fits &= bool(((table >= figures.veiled[:, LOWEST]) & (table <= figures.veiled[:, HIGHEST])).all())
    return table if fits else None
