"""Rows of a sheet through python-calamine, some megabytes of XML at a time.

Given a whole workbook, calamine holds its sheet in memory: about 1.2 bytes for each byte of an ods file's XML, 2 for an
xlsx file's, so it passes 1 GB where the XML does. Given a slice of complete rows as a small workbook of its own it
reads as fast and holds one slice. It also sees nothing that was not looked at first (`xlsx`, `ods`).
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import python_calamine

from redway.store.sheets.cells import Value, text
from redway.store.sheets.container import VALUES_ONLY, Container

SLICE = 4_000_000  # bytes of XML
FIRST_SLICE = 64_000  # little, as often no more is wanted of a sheet than its heading
MOST_CELLS = 2_000_000  # of the rectangle around a slice's cells, which calamine lays out in memory: 48 MB
MOST_COLUMNS = 1_000
MOST_ROWS = 1_048_576  # of a sheet, in Excel and LibreOffice
MOST_AROUND = 32_000_000  # bytes before and after a sheet's rows: widths of columns, links, rules of formatting
Row = tuple[int, list[str]]  # its number on the sheet (1 is the first), its cells


def first_cut(row: re.Pattern[bytes], content: bytearray) -> int:
    """Where the first slice ends: before the last row that begins in its few bytes, else as any other."""
    return last(row, content[:FIRST_SLICE]) or last(row, content)


def last(row: re.Pattern[bytes], content: bytearray) -> int:
    """Where the last row of a piece of XML begins; 0 when there is none, or it is the first thing in it."""
    window = 65_536
    while True:
        found = [match.start() for match in row.finditer(content, max(0, len(content) - window))]
        if found or window > len(content):
            return found[-1] if found else 0
        window *= 8


def rows(path: Path, container: Container) -> Iterator[Row]:
    """The rows of a small workbook's first sheet that hold anything, as text, without the empty cells at their ends.

    Raises FileRefused, in the name of the workbook it was cut from, for what calamine cannot read.
    """
    try:
        sheet = python_calamine.load_workbook(str(path)).get_sheet_by_index(0)
        first, values = sheet.start, sheet.to_python()
    except BaseException as fault:
        # Where its Rust code gives up, a class that derives from BaseException and cannot be imported is raised.
        known = isinstance(fault, python_calamine.CalamineError | OSError | ValueError)
        if not known and type(fault).__name__ != "PanicException":
            raise
        why = str(fault).partition("\n")[0][:120] or "no reason given"
        raise container.refusal(
            "cells that can be read", f"some that cannot ({why})", f"a damaged file. {VALUES_ONLY}"
        ) from None
    if first is None:
        return
    left = [""] * first[1]
    for number, row in enumerate(zip(*map(_texts, zip(*values, strict=True)), strict=True), first[0] + 1):
        cells = [*left, *row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def _texts(column: tuple[Value, ...]) -> Sequence[str]:
    """A column as text. Most columns of a slice hold text alone, and are found out together: cells are many."""
    if set(map(type, column)) == {str}:
        return column  # type: ignore[return-value]
    return [value if isinstance(value, str) else text(value) for value in column]
