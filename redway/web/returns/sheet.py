"""Typing a small return on a page: a table of boxes, one row a row. It becomes a CSV file and goes the usual way."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redway.sources.dataset import Column, Dataset
from redway.sources.returned.look_ups import LookUp
from redway.web.returns.typed_words import Written, is_area, is_period

ROWS, MORE, MOST = 5, 5, 100
FILE = "typed.csv"
HINTS = {
    "date": gettext_lazy("Such as 30/11/2025"),
    "date-time": gettext_lazy("Such as 30/11/2025 22:15"),
    "month": gettext_lazy("Such as November 2025"),
}


@dataclass(frozen=True)
class Box:
    """One cell to fill: a list to choose from where the column has one."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]
    hint: str
    fault: str


@dataclass(frozen=True)
class Sheet:
    """What was typed so far: one dictionary a row, by column.

    beyond     how many rows came that are more than a page has: none of them is read
    permitted  names of the columns that a gateway lets in, which alone have boxes; None: every one
    faults     name of a box -> what is wrong with it, in the order of the page
    """

    definition: Dataset
    rows: tuple[dict[str, str], ...]
    look_ups: Mapping[str, LookUp]
    permitted: frozenset[str] | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    beyond: int = 0

    @property
    def full(self) -> str:
        """What to say where no more rows can be added; empty where they can."""
        if len(self.rows) < MOST:
            return ""
        return _("A page has %(most)s rows at most. Send more as a file, or send these and type the others after.") % {
            "most": MOST
        }

    @property
    def columns(self) -> tuple[Column, ...]:
        every = self.definition.columns
        return every if self.permitted is None else tuple(c for c in every if c.name in self.permitted)

    @property
    def numbers(self) -> list[int]:
        """The places of the rows with something in them, from 0."""
        return [number for number, row in enumerate(self.rows) if any(row.values())]

    @property
    def filled(self) -> list[dict[str, str]]:
        return [self.rows[number] for number in self.numbers]

    @property
    def first(self) -> str:
        """The name of the first box with something in its row; of the first box where nothing is typed."""
        return box_name((self.numbers or [0])[0], self.columns[0])

    @property
    def boxes(self) -> list[list[Box]]:
        return [[self._box(i, column, row) for column in self.columns] for i, row in enumerate(self.rows)]

    def _box(self, i: int, column: Column, row: dict[str, str]) -> Box:
        choices = self.look_ups[column.codes].entries if column.codes and not column.many else ()
        return Box(
            box_name(i, column),
            _("%(heading)s (optional)") % {"heading": column.heading} if column.optional else column.heading,
            row[column.name],
            tuple((entry.code, entry.label) for entry in choices),
            self._hint(column),
            self.faults.get(box_name(i, column), ""),
        )

    def _hint(self, column: Column) -> str:
        if is_period(self.definition, column):
            return _("Such as November 2025, 2025/26-Q3 or 2025-autumn")
        if is_area(column):
            return _("The name or code of a ward or small area")
        if column.many:
            labels = "; ".join(entry.label for entry in self.look_ups[column.codes].entries)
            return _("One of these, or several parted by semicolons: %(labels)s") % {"labels": labels}
        return str(HINTS.get(column.type, ""))

    def as_csv(self, written: Written = lambda column, cell: cell) -> bytes:
        """The rows with something in them, under the headings that the page and the template have.

        written   gives a cell as the engine takes it
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([column.heading for column in self.columns])
        writer.writerows([[written(column, row[column.name]) for column in self.columns] for row in self.filled])
        return text.getvalue().encode()


def box_name(row: int, column: Column) -> str:
    return f"{column.name}-{row}"


def sheet(
    definition: Dataset,
    given: Mapping[str, Any],
    look_ups: Mapping[str, LookUp],
    permitted: frozenset[str] | None = None,
) -> Sheet:
    """The table as it was sent, or an empty one, with boxes for what is permitted; `more` adds rows to it."""
    try:
        asked = int(given.get("rows", ROWS))
    except ValueError:
        asked = ROWS
    shown = min(max(asked, 1) + (MORE if "more" in given else 0), MOST)
    empty = Sheet(definition, (), look_ups, permitted)
    rows = ({c.name: str(given.get(box_name(i, c), "")).strip() for c in empty.columns} for i in range(shown))
    return replace(empty, rows=tuple(rows), beyond=max(asked - MOST, 0))


def typed_before(rows: Sequence[Mapping[str, str]], agency: str) -> dict[str, str]:
    """What was typed, as a form would send it: rows, each by column, and the agency they are for."""
    given = {f"{name}-{i}": cell for i, row in enumerate(rows) for name, cell in row.items()}
    return given | {"rows": str(max(len(rows), ROWS)), "agency": agency}
