"""Workbooks (xlsx, ods) read as rows of text: never trusted, in bounded memory.

What is taken in is what people see on the sheet, and all of it: formulas, hidden sheets, rows and columns, comments,
macros, merged cells and whatever else a workbook can carry out of sight refuse it, with a way to mend it.
"""

import csv
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from redway.errors import FileRefused, Place
from redway.store.sheets.container import Container, opened
from redway.store.sheets.ods import Ods
from redway.store.sheets.sheet import Sheet, Visibility
from redway.store.sheets.slices import Row
from redway.store.sheets.xlsx import Xlsx

__all__ = [
    "ENDINGS",
    "Row",
    "Sheet",
    "Sought",
    "Workbook",
    "as_csv",
    "but_the_example",
    "heading",
    "workbook",
    "write_csv",
]

ENDINGS = (".xlsx", ".ods")
EXAMPLE = "Worked example"  # a template's sheet that has the headings and is never what is sent
MOST_BLANK = 1_000  # empty rows between two that hold something
MOST_TEXT = 4_000_000_000  # bytes of the CSV


@dataclass(frozen=True)
class Sought:
    """How a refusal speaks of the sheet that is looked for: its columns, and how to mend one that lacks them."""

    columns: str
    mend: str


RETURN = Sought("the columns of this return", "Redway's template has them right.")


class Workbook(Protocol):
    """An open workbook."""

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Every sheet in its order, hidden ones too."""

    def rows(self, sheet: Sheet) -> Generator[Row]:
        """The rows of a sheet that hold anything: number (1 is the first of the sheet), cells as text.

        Raises FileRefused, at the latest after the last row, for a sheet with formulas, merged cells, comments, hidden
        rows or columns, more than 1,000 columns, or damage.
        """


@contextmanager
def workbook(path: Path, *, name: str, work: Path) -> Generator[Workbook]:
    """Open a workbook. Raises FileRefused for what is no workbook, or one with hidden parts or sheets.

    name  what people call the file
    work  folder for work on disk
    """
    with opened(path, name=name) as container:
        book = _kind(container)(container, work)
        _refuse_hidden_sheets(container, book.sheets)
        yield book


def _kind(container: Container) -> type[Xlsx] | type[Ods]:
    for part, kind in (("xl/workbook.xml", Xlsx), ("content.xml", Ods)):
        if container.has(part):
            return kind
    raise container.refusal(
        "a workbook (.xlsx or .ods)",
        "a zip of something else",
        "a text document, a binary workbook (.xlsb), or a plain zip. Save it as “Excel workbook (.xlsx)”.",
    )


def _refuse_hidden_sheets(container: Container, sheets: Sequence[Sheet]) -> None:
    hidden = [sheet for sheet in sheets if sheet.visible is not Visibility.VISIBLE]
    if not hidden:
        return
    very = any(sheet.visible is Visibility.VERY_HIDDEN for sheet in hidden)
    names = ", ".join(f"“{sheet.name[:60]}”" for sheet in hidden[:5])
    cause = "sheets put out of sight, which are sent all the same. "
    cause += (
        "Excel does not offer to show these: copy the data sheet into a new workbook, as values only."
        if very
        else "Right-click a sheet's name, choose “Unhide”, and delete what is not to be sent."
    )
    raise container.refusal("a workbook whose sheets can all be seen", f"hidden sheets ({names})", cause)


def as_csv(
    path: Path, *, name: str, work: Path, wanted: Callable[[Sequence[str]], bool], sought: Sought = RETURN
) -> Path:
    """The one data sheet of a workbook as CSV in UTF-8, in the folder `work`; the path of it.

    wanted  whether a sheet with these headings (its first row that holds anything, blanks evened out) is the one
    sought  how a refusal speaks of it

    Empty rows between others stay, as rows of empty cells, so that row numbers are those of the sheet counted from its
    heading. A template's “Worked example” is passed over. Raises FileRefused when no other sheet fits or several do,
    and for all that `workbook` and its rows are refused for.
    """
    with workbook(path, name=name, work=work) as book:
        return write_csv(book, _the_one(book, name, wanted, sought), work / "sheet.csv", name=name)


def write_csv(book: Workbook, sheet: Sheet, out: Path, *, name: str) -> Path:
    """One sheet as CSV in UTF-8, from its first row that holds anything; the path of it. Raises FileRefused."""
    with out.open("w", encoding="utf-8", newline="") as writing:
        written = csv.writer(writing, lineterminator="\n")
        rows = _table(book, sheet, name)
        while some := list(islice(rows, 500)):
            written.writerows(some)
            if writing.tell() > MOST_TEXT:
                raise FileRefused(
                    f"at most {MOST_TEXT // 10**9} GB of text on a sheet",
                    came="more than that",
                    cause="the same value copied down or across without end. Delete the rows not needed.",
                    place=Place(name),
                )
    return out


def _the_one(book: Workbook, name: str, wanted: Callable[[Sequence[str]], bool], sought: Sought) -> Sheet:
    """The sheet that fits. Raises FileRefused when none does, or several do."""
    headings = {sheet: heading(book, sheet) for sheet in but_the_example(book.sheets)}
    fitting = [sheet for sheet, row in headings.items() if row and wanted(row)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise FileRefused(
            f"one sheet with {sought.columns}",
            came=", ".join(f"“{sheet.name[:60]}”" for sheet in fitting[:5]),
            cause="a copy of the sheet, or a sheet for each month. Put all rows on one sheet and delete the others.",
            place=Place(name),
        )
    seen = [
        f"“{sheet.name[:60]}” ({', '.join(cell[:40] for cell in row[:6]) or 'empty'}{' …' if len(row) > 6 else ''})"
        for sheet, row in list(headings.items())[:5]
    ]
    raise FileRefused(
        f"a sheet with {sought.columns} in its first row",
        came=f"only {', '.join(seen)}" if seen else "no sheet at all",
        cause=f"renamed columns, a title above the headings, or another workbook. {sought.mend}",
        place=Place(name),
    )


def but_the_example(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets without a template's “Worked example”, which is never what is sent."""
    return [sheet for sheet in sheets if sheet.name.strip().casefold() != EXAMPLE.casefold()]


def heading(book: Workbook, sheet: Sheet) -> list[str]:
    """The first row of a sheet that holds anything, blanks evened out; empty for an empty sheet."""
    rows = book.rows(sheet)
    try:
        return [" ".join(cell.split()) for cell in next(rows, (0, []))[1]]
    finally:
        rows.close()


def _table(book: Workbook, sheet: Sheet, name: str) -> Generator[list[str]]:
    """The heading and the rows under it, each as wide as the heading."""
    rows = book.rows(sheet)
    last, cells = next(rows)
    width = len(cells)
    yield [" ".join(cell.split()) for cell in cells]
    for number, cells in rows:
        if len(cells) > width:
            raise FileRefused(
                "a heading above every cell that holds something",
                came=f"a cell in column {column_letters(len(cells))} of row {number:,} of the sheet “{sheet.name}”, "
                "without a heading",
                cause="a note beside the table, or a heading that was deleted. Delete the cell, or name its column.",
                place=Place(name),
            )
        if number - last > MOST_BLANK:
            raise FileRefused(
                "rows one under the other",
                came=f"{number - last - 1:,} empty rows above row {number:,} of the sheet “{sheet.name}”",
                cause="a stray value far below the table. Delete it, or the empty rows.",
                place=Place(name),
            )
        for _ in range(number - last - 1):
            yield [""] * width
        yield cells if len(cells) == width else cells + [""] * (width - len(cells))
        last = number


def column_letters(number: int) -> str:
    """What a spreadsheet calls a column: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
