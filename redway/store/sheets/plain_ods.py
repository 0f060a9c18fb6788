"""Rows of an ods file in which nothing stands but ordinary cells, read without the reader library.

What stands between the texts of two cells is nearly always one of a few strings of tags. Each such string is looked at
once: it is ordinary when its tags are those listed here, with the attributes listed here, and otherwise the rows are
left to be looked at one thing after another (`ods`). So in ordinary rows there is no formula to look for, nor anything
hidden, merged or commented, and millions of cells need only be told apart.
"""

import datetime as dt
import re
from collections.abc import Sequence
from typing import NamedTuple

from redway.store.sheets.cells import MIDNIGHT, duration, text
from redway.store.sheets.plain import Other, plain_number, plain_text, unescaped
from redway.store.sheets.slices import MOST_CELLS, MOST_COLUMNS

TEXT_END = "</text:p></table:table-cell>"
TAG = re.compile(
    r'\s*(?:<table:table-row(?: table:style-name="[^"<]*")?(?: table:number-rows-repeated="([0-9]{1,7})")?(>)'
    r'|<table:table-cell(?: table:number-columns-repeated="([0-9]{1,5})")?(?: table:style-name="[^"<]*")?'
    r'(?: table:content-validation-name="[^"<]*")?'
    r'(?: office:value-type="(?:string|(float|percentage|date|time|boolean)"'
    r' office:(?:date-|time-|boolean-)?value="([^"<]*))"(?: calcext:value-type="[a-z]*")?)?'
    r"(/>|></table:table-cell>|><text:p>\Z)"
    r"|</table:table-row>)"
)
WIDEST = 16_384  # columns of a sheet in Excel and LibreOffice
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2})?")
DAY = 10  # characters: 2025-11-03
CLOCK = re.compile(r"(?<![0-9])(?:0?0|12):00(?![0-9])")  # as any format shows midnight: 00:00, 0:00:00, 12:00 AM
TIME = re.compile(r"PT[0-9]{2,5}H[0-5][0-9]M[0-5][0-9]S")


def at_midnight(value: str, shown: str) -> bool:
    """Whether a date is shown with a time, which can then only be midnight. The file keeps the day alone."""
    return ":" in shown and value[4] == value[7] == "-" and CLOCK.search(shown) is not None


class Between(NamedTuple):
    """What the tags tell that stand between the texts of two cells, or before the first or after the last."""

    before: Sequence["Row | Cell"]
    times: int  # the cell that has the next text stands there so often; 0 at the end of the rows
    value: str  # of that cell, where it is no text


class Row(NamedTuple):
    """A row begins that stands there so many times; 0 where one ends."""

    times: int


class Cell(NamedTuple):
    """A cell without a text of its own, so many times."""

    times: int
    value: str


def rows(content: bytes) -> list[tuple[int, list[str]]]:
    """Each row of some XML: how many times it stands there, and its cells as text without the empty ones at its end.

    Raises Other.
    """
    *given, rest = plain_text(content).split(TEXT_END)
    known: dict[str, Between] = {}
    reading = _Reading()
    cells = reading.cells
    for piece in given:
        tags, _, shown = piece.rpartition(">")
        before, times, value = known.get(tags) or known.setdefault(tags, _between(f"{tags}>"))
        if "<" in shown:
            raise Other
        if "&" in shown:
            shown = unescaped(shown)
        if before:
            reading.take(before)
            cells = reading.cells
        cell = value or shown
        if len(value) == DAY and at_midnight(value, shown):
            cell = value + MIDNIGHT
        if times == 1:
            cells.append(cell)
        elif times:
            reading.take((Cell(times, cell),))
        else:
            raise Other
    reading.take(_between(rest.rstrip()).before)
    if reading.times:
        raise Other
    return reading.rows


class _Reading:
    """The rows so far, and the one that is being read."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self.cells: list[str] = []
        self.times = 0  # of the row that is being read
        self.held = 0  # cells

    def take(self, tags: Sequence[Row | Cell]) -> None:
        for tag in tags:
            if type(tag) is Cell:
                if len(self.cells) > WIDEST:
                    raise Other
                # Empty cells fill a sheet to its right end: whether they are too many is known once another follows.
                self.cells += [tag.value] * min(tag.times, MOST_COLUMNS + 1)
            elif bool(tag.times) == bool(self.times):
                raise Other
            elif tag.times:
                self.times = tag.times
            else:
                self._ended()

    def _ended(self) -> None:
        cells = self.cells
        while cells and not cells[-1]:
            cells.pop()
        self.held += len(cells)
        if len(cells) > MOST_COLUMNS or self.held > MOST_CELLS:
            raise Other
        self.rows.append((self.times, cells))
        self.cells, self.times = [], 0


def _between(tags: str) -> Between:
    """What some tags tell. Raises Other for one not listed, or a value in an unusual spelling."""
    before: list[Row | Cell] = []
    at, within = 0, True  # a row, until told otherwise
    while at < len(tags):
        if not (tag := TAG.match(tags, at)):
            raise Other
        rows_, row, columns, kind, value, cell = tag.groups()
        at = tag.end()
        if cell and not within:
            raise Other
        if not cell:
            within = bool(row)
            before.append(Row(int(rows_ or 1) if row else 0))
            continue
        given = _text(kind, value) if kind else ""
        if cell == "><text:p>":
            return Between(before, int(columns or 1), given)
        before.append(Cell(int(columns or 1), given))
    return Between(before, 0, "")


def _text(kind: str, value: str) -> str:
    """A value as text."""
    given = ""
    if kind in ("float", "percentage"):
        given = plain_number(value)
    elif kind == "boolean":
        given = {"true": "TRUE", "false": "FALSE"}.get(value, "")
    elif kind == "time":
        given = duration(value) if TIME.fullmatch(value) else ""
    elif DATE.fullmatch(value):
        try:
            given = text(dt.datetime.fromisoformat(value))
        except ValueError:
            given = ""
    if not given:
        raise Other
    return given
