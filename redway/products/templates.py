"""Templates of returns: a workbook that protects codes from spreadsheets, or a CSV file's heading.

Values are handed in; nothing here knows a dataset. What a workbook is made of: the sheet to fill in, whose cells are
text so that no program makes dates or numbers of codes; a worked example; what each column means; and the codes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any

from redway.products.csv import escaped

DATA, EXAMPLE, COLUMNS, CODES = "Data", "Worked example", "Columns", "Codes"
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # by which Excel knows UTF-8
TEXT = 49  # the number of the built-in format “Text”
LAST_ROW = 1_048_575  # of an Excel sheet, counted from 0
WIDEST, NARROWEST = 60, 12  # characters


@dataclass(frozen=True)
class Code:
    """One code that a column takes, and what it means."""

    code: str
    label: str


@dataclass(frozen=True)
class CodeList:
    """The codes of one look-up, under its name."""

    name: str
    codes: tuple[Code, ...]


@dataclass(frozen=True)
class TemplateColumn:
    """One column to fill in.

    fill     whether and when it has to be filled, in words
    expected what a cell holds, in words
    codes    name of the list whose codes it takes; empty for none
    many     whether a cell may hold several codes, so that no drop-down list is offered
    """

    heading: str
    about: str
    fill: str
    expected: str
    codes: str = ""
    many: bool = False


@dataclass(frozen=True)
class Template:
    """All that a template shows. `example` rows stand in the order of the columns."""

    title: str
    columns: tuple[TemplateColumn, ...]
    lists: tuple[CodeList, ...]
    example: tuple[tuple[str, ...], ...]


def csv(template: Template, *, example: bool = False) -> str:
    """The heading as CSV that Excel opens as UTF-8, with the worked example under it when that is asked for."""
    import csv as writing

    out = StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = writing.writer(out, lineterminator="\r\n")
    writer.writerow([column.heading for column in template.columns])
    if example:
        writer.writerows([_disarmed(cell) for cell in row] for row in template.example)
    return out.getvalue()


def _disarmed(cell: str) -> str:
    """A cell of the example: what a spreadsheet would run is escaped; a number is none, minus sign included."""
    return cell if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell) else escaped(cell)


def xlsx(template: Template) -> bytes:
    """The workbook. Every sheet can be seen, no cells are merged, headings stay in sight while scrolling."""
    import xlsxwriter

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {"title": f"{template.title}: template", "comments": "Fill in the sheet Data and send the file."}
    )
    made = _Sheets(book)
    headings = [column.heading for column in template.columns]
    data = made.sheet(DATA, headings, (), text_below=True)
    made.sheet(EXAMPLE, headings, template.example, text_below=True)
    made.sheet(
        COLUMNS,
        ("Column", "What it is", "Has it to be filled?", "What a cell holds", "List of codes"),
        [(c.heading, c.about, c.fill, c.expected, c.codes) for c in template.columns],
    )
    lines = [(each.name, code.code, code.label) for each in template.lists for code in each.codes]
    if lines:
        made.sheet(CODES, ("List of codes", "Code", "Meaning"), lines)
        _offer(data, template)
    data.activate()
    book.close()
    return out.getvalue()


def _offer(data: Any, template: Template) -> None:
    """A drop-down list of the codes in each column that takes one of them. Other spellings give a warning only: older
    codes are taken too.
    """
    first = {}
    row = 2  # of the sheet of codes, counted from 1; its heading is the first
    for each in template.lists:
        first[each.name] = (row, row + len(each.codes) - 1)
        row += len(each.codes)
    for number, column in enumerate(template.columns):
        if column.codes not in first or column.many:
            continue
        start, end = first[column.codes]
        data.data_validation(
            1,
            number,
            LAST_ROW,
            number,
            {
                "validate": "list",
                "source": f"={CODES}!$B${start}:$B${end}",
                "error_type": "warning",
                "error_title": "Not one of the codes",
                "error_message": f"The codes are on the sheet {CODES}, in the list {column.codes}."[:255],
            },
        )


@dataclass(frozen=True)
class _Sheets:
    """Writes sheets that look alike."""

    book: Any

    def sheet(
        self, name: str, headings: Sequence[str], rows: Sequence[Sequence[str]], *, text_below: bool = False
    ) -> Any:
        """A sheet with a heading that stays in sight, its columns as wide as their text, up to a limit."""
        heading = self.book.add_format(
            {"bold": True, "bottom": 2, "text_wrap": True, "valign": "top", "num_format": TEXT}
        )
        cell = self.book.add_format({"text_wrap": True, "valign": "top", "num_format": TEXT})
        below = self.book.add_format({"num_format": TEXT})
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for number, text in enumerate(headings):
            longest = max([len(text) + 2, *(len(row[number]) + 2 for row in rows)])
            sheet.set_column(number, number, min(max(longest, NARROWEST), WIDEST), below if text_below else None)
            sheet.write_string(0, number, text, heading)
        for at, row in enumerate(rows, 1):
            for number, text in enumerate(row):
                if text:
                    sheet.write_string(at, number, text, below if text_below else cell)
        return sheet
