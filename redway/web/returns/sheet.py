"""Typing a small return on a page: a table of boxes, one row a row. It becomes a CSV file and goes the usual way."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redway.sources.dataset import Column, Dataset
from redway.sources.returned.look_ups import LookUp

ROWS, MORE, MOST = 5, 5, 100
FILE = "typed.csv"


@dataclass(frozen=True)
class Box:
    """One cell to fill: a list to choose from where the column has one."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sheet:
    """What was typed so far: one dictionary a row, by column."""

    columns: tuple[Column, ...]
    rows: tuple[dict[str, str], ...]
    look_ups: Mapping[str, LookUp]

    @property
    def filled(self) -> list[dict[str, str]]:
        return [row for row in self.rows if any(row.values())]

    @property
    def boxes(self) -> list[list[Box]]:
        return [[self._box(i, column, row) for column in self.columns] for i, row in enumerate(self.rows)]

    def _box(self, i: int, column: Column, row: dict[str, str]) -> Box:
        choices = self.look_ups[column.codes].entries if column.codes and not column.many else ()
        return Box(
            box_name(i, column),
            column.heading,
            row[column.name],
            tuple((entry.code, entry.label) for entry in choices),
        )

    def as_csv(self) -> bytes:
        """The rows with something in them, under the headings that the page and the template have."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([column.heading for column in self.columns])
        writer.writerows([[row[column.name] for column in self.columns] for row in self.filled])
        return text.getvalue().encode()


def box_name(row: int, column: Column) -> str:
    return f"{column.name}-{row}"


def sheet(definition: Dataset, given: Mapping[str, Any], look_ups: Mapping[str, LookUp]) -> Sheet:
    """The table as it was sent, or an empty one; `more` adds rows to it."""
    try:
        asked = int(given.get("rows", ROWS))
    except ValueError:
        asked = ROWS
    shown = min(max(asked, 1) + (MORE if "more" in given else 0), MOST)
    rows = tuple(
        {column.name: str(given.get(box_name(i, column), "")).strip() for column in definition.columns}
        for i in range(shown)
    )
    return Sheet(definition.columns, rows, look_ups)
