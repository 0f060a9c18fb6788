"""Disclosure control: the only way from counts to a table that may leave the members.

The policy, in a minute:

1. Counts from `hide_from` to `hide_to` are hidden, and shown as [c]. A zero is hidden or shown as the policy says.
2. The rest are rounded to the nearest `round_to`.
3. Totals are added up here, from the counts, then hidden and rounded like any count.
4. Whatever else must be hidden, so that nobody can work out a hidden count by subtraction, is hidden too. All that
   rows, columns, totals and earlier releases of the table show together must leave every hidden small count
   anything from `hide_from` to `hide_to`, and any other hidden figure a range as wide.
5. If even that cannot be had, nothing is released, and the error says why.
6. Percentages and rates are worked out of what is shown, never of the counts, and are hidden with it: nobody learns
   from them what the shown counts do not tell already.

`release` gives a `Released`, which nothing else can make; what exports tables takes nothing but a `Released`.
docs/disclosure.md says whom this guards against, and what it does not.
"""

from collections.abc import Sequence
from dataclasses import InitVar, dataclass

import numpy as np
import numpy.typing as npt

from redway.errors import RedwayError
from redway.indicators import hiding
from redway.indicators.counts import TOTAL, Floats, Label, Mark, Table
from redway.methods.suppression.subtraction import Exposed, protect, unproven

Cells = tuple[tuple["Cell", ...], ...]


@dataclass(frozen=True)
class Policy:
    """Which counts are hidden, both ends included, and what the others are rounded to.

    `hide_from` is 0 (a zero is hidden too) or 1 (a zero is shown). A `hide_to` below it hides nothing.
    """

    name: str
    hide_from: int
    hide_to: int
    round_to: int

    def __post_init__(self) -> None:
        if self.hide_from not in (0, 1) or self.hide_to < self.hide_from - 1 or self.round_to < 1:
            raise ValueError("expected to hide from 0 or 1 to no less, and to round to 1 or more")

    def hides(self, count: float) -> bool:
        return self.hide_from <= count <= self.hide_to

    def rounded(self, count: float) -> int:
        """The nearest multiple of `round_to`; halfway goes up."""
        return int((int(count) + self.round_to // 2) // self.round_to * self.round_to)

    def shown(self, count: float) -> "Cell":
        """A count as this policy shows it: hidden, rounded, or [low] where it rounds to a zero that it is not."""
        if self.hides(count):
            return Cell(None, (Mark.CONFIDENTIAL,))
        value = self.rounded(count)
        return Cell(value) if value or not count else Cell(None, (Mark.LOW,))

    def behind(self, cell: "Cell") -> tuple[int, int]:
        """The lowest and the highest count that are shown as this cell, which is not a hidden one."""
        if cell.value == 0:
            return 0, 0
        value = int(cell.value or 0)
        smallest = self.hide_to + 1 if self.hide_to >= self.hide_from else 0
        return max(value - self.round_to // 2, smallest, 1), value - self.round_to // 2 + self.round_to - 1


LOCAL = Policy("local", hide_from=0, hide_to=4, round_to=5)
NHS = Policy("NHS", hide_from=1, hide_to=7, round_to=5)
OPEN = Policy("open", hide_from=1, hide_to=0, round_to=1)


@dataclass(frozen=True)
class Cell:
    """What is shown: a value with marks beside it, or a mark alone. Neither where a total was not asked for."""

    value: float | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def hidden(self) -> bool:
        return Mark.CONFIDENTIAL in self.marks


_SEAL = object()


@dataclass(frozen=True)
class Loss:
    """What a table lost: how many figures it has, how many of them are hidden, and the same of its totals alone."""

    figures: int
    hidden: int
    totals: int
    totals_hidden: int


@dataclass(frozen=True)
class Released:
    """A table that may leave. Only `release` makes one, and what is worked out of one. It holds no count.

    `cells` have totals in a last row and column. `unit` says what they are: counts, percentages, rates.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Cells
    policy: Policy
    unit: str = "count"
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only redway.indicators.release makes a released table")

    def __getitem__(self, at: tuple[Label, Label]) -> Cell:
        """The cell of a row and a column, or TOTAL in place of either. Raises KeyError."""
        try:
            return self.cells[(*self.rows, TOTAL).index(at[0])][(*self.columns, TOTAL).index(at[1])]
        except ValueError:
            raise KeyError(at) from None

    @property
    def loss(self) -> Loss:
        body = [cell for row in self.cells[:-1] for cell in row[:-1]]
        margins = [row[-1] for row in self.cells[:-1]] + list(self.cells[-1])
        totals = [cell for cell in margins if cell != Cell()]
        hidden = sum(cell.hidden for cell in totals)
        return Loss(len(body) + len(totals), hidden + sum(cell.hidden for cell in body), len(totals), hidden)

    def percentages(self, of: str = "row") -> "Released":
        """Each as a percentage of the total of its row, of its column or of the table, to one decimal place."""
        if of not in ("row", "column", "table"):
            raise ValueError("expected percentages of the row, the column or the table")
        bases = [
            [self.cells[-1 if of != "row" else i][-1 if of != "column" else j] for j in range(len(row))]
            for i, row in enumerate(self.cells)
        ]
        return self._over(bases, 100, f"percentage of the {of}")

    def rates(self, people: Sequence[float | None], per: int = 1000) -> "Released":
        """Each for so many people of its row: public figures, one for each row and one for the total; None unknown."""
        if len(people) != len(self.rows) + 1:
            raise ValueError("expected the number of people of each row, then of all together")
        bases = [[Cell(n) if n and n > 0 else Cell(None, (Mark.NOT_AVAILABLE,))] * len(self.cells[0]) for n in people]
        return self._over(bases, per, f"rate per {per:,}")

    def _over(self, bases: Sequence[Sequence[Cell]], times: int, unit: str) -> "Released":
        if self.unit != "count":
            raise ValueError("percentages and rates are worked out of released counts")
        cells = tuple(
            tuple(_quotient(cell, base, times) for cell, base in zip(row, under, strict=True))
            for row, under in zip(self.cells, bases, strict=True)
        )
        return Released(self.rows, self.columns, cells, self.policy, unit, seal=_SEAL)


def _quotient(cell: Cell, base: Cell, times: int) -> Cell:
    if cell == Cell():
        return cell
    if base == Cell():
        raise RedwayError("a table with the totals that percentages are of", came="one released without them")
    for mark in (Mark.CONFIDENTIAL, Mark.NOT_AVAILABLE, Mark.NOT_APPLICABLE):
        if mark in cell.marks or mark in base.marks:
            return Cell(None, (mark,))
    if not base.value:  # of nothing, or of too little to show, there is no share
        return Cell(None, (Mark.NOT_APPLICABLE,))
    if cell.value is None:
        return Cell(None, (Mark.LOW,))
    value = round(times * cell.value / base.value, 1)
    marks = tuple(dict.fromkeys(cell.marks + base.marks))
    return Cell(value, marks) if value or not cell.value else Cell(None, (Mark.LOW,))


class NotReleased(RedwayError):
    """Nothing was released, because a hidden count could be worked out."""


@dataclass(frozen=True, eq=False)
class Edition:
    """What was released, with the counts it was made from: kept by the members, never shown.

    Raises RedwayError where those are not the counts it was made from.
    """

    table: Table
    released: Released

    def __post_init__(self) -> None:
        figures, marks = self.table.figures()
        expected = _cells(figures, marks, self.released.policy, np.zeros(figures.shape, dtype=bool))
        pairs = zip(sum(expected, ()), sum(self.released.cells, ()), strict=False)
        agree = all(_bare(ours) == _bare(theirs) or (theirs.hidden and _can_hide(ours)) for ours, theirs in pairs)
        same = (self.table.rows, self.table.columns) == (self.released.rows, self.released.columns)
        if not same or not agree or self.released.unit != "count":
            raise RedwayError("the counts that the earlier release was made from", came="others")

    @property
    def besides(self) -> int:
        """How many figures are hidden only to protect others. Not for release: it tells small ones apart."""
        small = sum(self.released.policy.hides(count) for count in self.table.figures()[0].ravel())
        return self.released.loss.hidden - small


def kept(table: Table, cells: Cells, policy: Policy) -> Edition:
    """An edition that was released and kept, read back. Raises RedwayError where it was not made from those counts.

    Only for what was written down when `release` had made it (`work/releases`, which knows by a hash that nothing
    was changed since): what would give something away by subtraction is not looked for again.
    """
    return Edition(table, Released(table.rows, table.columns, cells, policy, seal=_SEAL))


def _bare(cell: Cell) -> Cell:
    return Cell(cell.value, tuple(mark for mark in cell.marks if mark is not Mark.REVISED))


def _can_hide(cell: Cell) -> bool:
    """Whether a shown cell may be hidden for the sake of others: a zero may not."""
    return bool(cell.value) or Mark.LOW in cell.marks


def release(table: Table, policy: Policy, *, earlier: Sequence[Edition] = ()) -> Released:
    """The table as it may leave, safe also beside all its earlier releases (oldest first).

    Raises NotReleased where they leave no way to hide enough.
    """
    figures, marks = table.figures()
    before = [_known(edition.table, edition.released.cells, edition.released.policy) for edition in earlier]
    cells = _cells(figures, marks, policy, np.zeros(figures.shape, dtype=bool))
    first = hiding.figures([*before, _known(table, cells, policy)], hide_more=policy.hide_to >= policy.hide_from)
    try:
        protection = protect(first.figures)
    except Exposed as exposed:
        raise _refused(first.names[exposed.figure], bool(earlier)) from None
    cells = _cells(figures, marks, policy, protection.hidden[first.latest] & ~np.isnan(figures))
    released = Released(table.rows, table.columns, _revised(table, cells, earlier), policy, seal=_SEAL)
    # The guard: judged anew, from what is about to leave and not from what was meant to.
    last = hiding.figures([*before, _known(table, released.cells, policy)], hide_more=False)
    left = unproven(last.figures, protection.tables)
    if left.size:
        raise NotReleased("a table that gives no hidden count away", came=f"{left.size} that are not proven safe")
    return released


def _cells(figures: Floats, marks: npt.NDArray[np.object_], policy: Policy, besides: npt.NDArray[np.bool_]) -> Cells:
    """Figures as the policy shows them, some of them hidden besides."""

    def cell(at: tuple[int, int]) -> Cell:
        if np.isnan(figures[at]):
            return Cell(None, (marks[at],)) if marks[at] else Cell()
        shown = Cell(None, (Mark.CONFIDENTIAL,)) if besides[at] else policy.shown(figures[at])
        return Cell(shown.value, (marks[at],)) if marks[at] and shown.value is not None else shown

    return tuple(tuple(cell((i, j)) for j in range(figures.shape[1])) for i in range(figures.shape[0]))


def _known(table: Table, cells: Cells, policy: Policy) -> hiding.Shown:
    """A table as the search takes it: what it is, and what it shows."""
    figures, _ = table.figures()
    hidden = np.array([[cell.hidden for cell in row] for row in cells])
    behind = np.array([[(0, 0) if cell.hidden else policy.behind(cell) for cell in row] for row in cells], dtype=float)
    return hiding.Shown(table.rows, table.columns, figures, hidden, behind, policy.hide_from, policy.hide_to)


def _revised(table: Table, cells: Cells, earlier: Sequence[Edition]) -> Cells:
    """Cells with [r] beside each value that the latest release before showed otherwise."""
    if not earlier:
        return cells
    last = earlier[-1].released

    def cell(row: Label, column: Label, now: Cell) -> Cell:
        of_the_same = (row is not TOTAL or last.rows == table.rows) and (
            column is not TOTAL or last.columns == table.columns
        )
        there = row in (*last.rows, TOTAL) and column in (*last.columns, TOTAL)
        then = last[row, column].value if of_the_same and there else None
        changed = None not in (then, now.value) and then != now.value
        return Cell(now.value, (*now.marks, Mark.REVISED)) if changed else now

    return tuple(
        tuple(cell(row, column, now) for column, now in zip((*table.columns, TOTAL), line, strict=True))
        for row, line in zip((*table.rows, TOTAL), cells, strict=True)
    )


def _refused(name: tuple[Label, Label], earlier: bool) -> NotReleased:
    row, column = (f"“{label}”" if label is not TOTAL else "the total" for label in name)
    return NotReleased(
        "a table from which nobody can work out a hidden count",
        came=f"the figure of {row}, {column} could be worked out, however much else is hidden",
        cause="an earlier release shows it, or what adds up with it, otherwise or under another policy. "
        "Let that one stand, or release the new counts in wider rows or columns under new names."
        if earlier
        else "no way to hide enough was found. Release it in wider rows or columns.",
    )
