"""Two-way tables of counts, from which released tables are made. They may not leave."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from redway.errors import RedwayError

LARGEST = 10**9  # whole numbers up to here are exact in the search for what subtraction can tell
TOTAL = None  # in place of the label of a row or column

Label = str | None
Floats = npt.NDArray[np.float64]
Parts = tuple[int | slice, int | slice]


class Mark(StrEnum):
    """The shorthand of official statistics."""

    CONFIDENTIAL = "[c]"
    NOT_AVAILABLE = "[x]"
    NOT_APPLICABLE = "[z]"
    LOW = "[low]"
    PROVISIONAL = "[p]"
    REVISED = "[r]"


@dataclass(frozen=True, eq=False)
class Table:
    """Counts that may not leave: rows x columns of whole numbers, NaN where there is none.

    `marks`, by row and column, say why there is none (not available, which is what is taken, or not applicable)
    or that a count is provisional. Totals are those to be shown; one with a part that is not available is not
    available either. Rows and columns must not overlap: each thing counted is in one cell.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Floats
    row_totals: bool = False
    column_totals: bool = False
    grand_total: bool = False
    marks: Mapping[tuple[str, str], Mark] = field(default_factory=dict)

    def __post_init__(self) -> None:
        counts = np.array(self.counts, dtype=float)
        object.__setattr__(self, "counts", counts)
        names = {(row, column) for row in self.rows for column in self.columns}
        if not names or len(names) != len(self.rows) * len(self.columns) or counts.shape != self._shape:
            raise RedwayError(
                "a count, or none, for each pair of a row and a column, all named differently",
                came=f"{len(self.rows)} rows, {len(self.columns)} columns, counts in {counts.shape}",
            )
        known = counts[~np.isnan(counts)]
        if not ((known >= 0) & (known == np.rint(known)) & (known <= LARGEST)).all():
            raise RedwayError(f"counts that are whole numbers from 0 to {LARGEST:,}", came="others among them")
        if not set(self.marks) <= names or not all(self._may_bear(*at) for at in self.marks):
            raise RedwayError("[p] beside a count of the table, or [x] or [z] where there is none")

    @property
    def _shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.columns)

    def _may_bear(self, row: str, column: str) -> bool:
        missing = np.isnan(self.counts[self.rows.index(row), self.columns.index(column)])
        allowed = {Mark.NOT_AVAILABLE, Mark.NOT_APPLICABLE} if missing else {Mark.PROVISIONAL}
        return self.marks[row, column] in allowed

    def figures(self) -> tuple[Floats, npt.NDArray[np.object_]]:
        """Counts with totals in a last row and column, NaN where there is none, and the marks of each or None."""
        marks = np.full((len(self.rows) + 1, len(self.columns) + 1), None, dtype=object)
        body = marks[:-1, :-1]
        body[np.isnan(self.counts)] = Mark.NOT_AVAILABLE
        for (row, column), mark in self.marks.items():
            body[self.rows.index(row), self.columns.index(column)] = mark
        figures = np.full(marks.shape, np.nan)
        figures[:-1, :-1] = self.counts
        for at, parts in totals(*self.counts.shape):
            if self._asks(*at):
                applies = marks[parts] != Mark.NOT_APPLICABLE
                figures[at] = figures[parts][applies].sum() if applies.any() else np.nan
                marks[at] = _of_total(marks[parts])
        return figures, marks

    def _asks(self, i: int, j: int) -> bool:
        """Whether the total there is to be shown."""
        of_row, of_column = j == len(self.columns), i == len(self.rows)
        return self.grand_total if of_row and of_column else self.row_totals if of_row else self.column_totals


def totals(rows: int, columns: int) -> Iterator[tuple[tuple[int, int], Parts]]:
    """Where each total of a body of so many rows and columns lies, if it is there, and where its parts do."""
    body = slice(0, -1)
    yield from (((i, columns), (i, body)) for i in range(rows))
    yield from (((rows, j), (body, j)) for j in range(columns))
    yield (rows, columns), (body, body)


def _of_total(parts: npt.NDArray[np.object_]) -> Mark | None:
    """The mark of a total of parts that bear these."""
    if (parts == Mark.NOT_APPLICABLE).all():
        return Mark.NOT_APPLICABLE
    return next((mark for mark in (Mark.NOT_AVAILABLE, Mark.PROVISIONAL) if (parts == mark).any()), None)
