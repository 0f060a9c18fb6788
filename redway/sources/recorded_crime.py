"""The Home Office's open tables of recorded crime: a workbook with a sheet for each financial year, or a CSV file.

The tables of community safety partnerships and of police forces have one layout but for a column. Its headings have
changed over the years (Force Name, Number of Offences), and its workbooks are large: they are read sheet by sheet.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from redway.errors import FileRefused, Place
from redway.sources.dataset import Dataset, Facts, Loaded, Refusals
from redway.sources.fields import Field, RowCheck
from redway.sources.tabular import load_table, loaded
from redway.store import sheets

WORKBOOKS = (".ods", ".xlsx")
NOTES = "note"  # in the name of a sheet: Notes, Force notes
MOST_LINES, LONGEST_LINE, MOST_NOTES = 200, 500, 20_000  # of notes: rows, characters of one, characters of all
YEAR = re.compile(r"(20[0-9]{2})[/_ -]([0-9]{2})")
# 4.3, 8N, 92A, 105B; several that are counted as one, 1/4.1/4.10/4.2; and senders of fraud reports, UK Finance.
CODE = r"[0-9]{1,3}(\.[0-9]{1,2})?[A-Z]{0,2}(/[0-9]{1,3}(\.[0-9]{1,2})?[A-Z]{0,2})*|[A-Za-z]{2,}[A-Za-z ]*"


def _field(name: str, *headings: str, **more: object) -> Field:
    # Those who pass the tables on put underscores for spaces.
    return Field(name, (*headings, *(heading.replace(" ", "_") for heading in headings)), **more)  # type: ignore[arg-type]


YEAR_FIELD = _field(
    "financial_year",
    "Financial Year",
    like=YEAR.pattern,
    example="a financial year such as 2024/25",
    about="The financial year, from April to March",
)
QUARTER = _field(
    "quarter",
    "Financial Quarter",
    kind="integer",
    least=1,
    most=4,
    example="a quarter from 1 (April to June) to 4",
    about="The quarter of the financial year",
)
FORCE = _field("force", "Police Force", "Force Name")
PARTNERSHIP = _field("partnership", "CSP Name")
OFFENCE = _field("offence", "Offence Description")
GROUP = _field("offence_group", "Offence Group")
SUBGROUP = _field("offence_subgroup", "Offence Subgroup")
CODES = _field(
    "offence_code", "Offence Code", like=CODE, example="an offence code such as 8N, which Excel can turn into a date"
)
COUNT = _field(
    "offences",
    "Offence Count",
    "Number of Offences",
    kind="integer",
    example="a whole number, below zero for a revision",
)

BY_FORCE = (YEAR_FIELD, QUARTER, FORCE, OFFENCE, GROUP, SUBGROUP, CODES, COUNT)
BY_PARTNERSHIP = (YEAR_FIELD, QUARTER, FORCE, PARTNERSHIP, OFFENCE, GROUP, SUBGROUP, CODES, COUNT)


@dataclass(frozen=True)
class Year:
    """The rows of one sheet, or of a CSV file: typed, with `period` (2024/25-Q3) in place of year and quarter.

    `said` are the lines of the workbook's sheets of notes, the same beside each year.
    """

    table: pa.Table
    rows_read: int
    refused: tuple[Refusals, ...]
    said: tuple[str, ...] = ()


def years(path: Path, definition: Dataset, fields: Sequence[Field], *, file_name: str, into: Path) -> Iterator[Year]:
    """The sheets of a workbook that hold a financial year, one after the other, or the one table of a CSV file.

    Sheets of notes are read as text; others without the columns are passed over. Raises FileRefused for a file that
    cannot be read, a sheet named by a year without the columns, a year that stands on two sheets, or too many bad rows.
    """
    if not file_name.lower().endswith(WORKBOOKS):
        yield _year(path, definition, fields, file_name=file_name, into=into, named="")
        return
    seen: dict[str, str] = {}
    with sheets.workbook(path, name=file_name, work=into) as book:
        notes = [sheet for sheet in book.sheets if _of_notes(book, sheet, fields)]
        said = publisher_notes(book, notes)
        for sheet in sheets.but_the_example(book.sheets):
            named = YEAR.fullmatch(sheet.name.strip())
            if sheet in notes or (not named and not _fits(sheets.heading(book, sheet), fields)):
                continue
            given = f"{named[1]}/{named[2]}" if named else ""
            place = f"{file_name}, sheet {sheet.name}"
            text = sheets.write_csv(book, sheet, into / "year.csv", name=file_name)
            year = _year(text, definition, fields, file_name=place, into=into, named=given)
            for label in pc.unique(year.table["financial_year"]).to_pylist():
                if before := seen.get(label):
                    raise FileRefused(
                        "each financial year on one sheet",
                        came=f"{label} on the sheets “{before}” and “{sheet.name}”",
                        cause="a copy of a sheet. Counted twice, every figure would be doubled.",
                        place=Place(file_name),
                    )
                seen[label] = sheet.name
            yield replace(year, said=said)
    if not seen:
        raise FileRefused(
            f"a sheet with the columns of “{definition.title}”",
            came="none",
            cause=f"another workbook. {definition.where_from}",
            place=Place(file_name),
        )


def by_quarter(found: Iterator[Year], definition: Dataset, *, into: Path) -> list[Loaded]:
    """One submission for each quarter, as the publisher's: a later edition supersedes the quarters it holds."""
    made: list[Loaded] = []
    for year in found:
        columns = [name for name in year.table.column_names if name not in ("financial_year", "quarter")]
        for number, period in enumerate(sorted(pc.unique(year.table["period"]).to_pylist())):
            rows = year.table.filter(pc.equal(year.table["period"], period)).select(columns)
            one = loaded(
                rows,
                definition,
                into=into,
                rows_read=rows.num_rows,
                period=period,
                refused=() if number else year.refused,
                notes=_notes(rows),
            )
            bad = 0 if number else sum(reason.count for reason in year.refused)
            made.append(replace(one, rows_read=rows.num_rows + bad, facts=Facts(said=year.said)))
    return made


def _of_notes(book: sheets.Workbook, sheet: sheets.Sheet, fields: Sequence[Field]) -> bool:
    """Whether a sheet is one of notes, by its name, and has no data under its heading."""
    if NOTES not in sheet.name.casefold():
        return False
    try:
        return not _fits(sheets.heading(book, sheet), fields)
    except FileRefused:  # laid out as no data are
        return True


def publisher_notes(book: sheets.Workbook, notes: Sequence[sheets.Sheet]) -> tuple[str, ...]:
    """What stands on sheets of notes, a line for each row, as it is written; blanks evened out.

    Bounded: 200 lines of 500 characters, 20,000 in all; what is left out is said. A sheet that is laid out in a way in
    which no data would be taken (merged cells, formulas) is told to be so, and refuses nothing: it holds no figures.
    """
    lines: list[str] = []
    for sheet in notes:
        rows = book.rows(sheet)
        try:
            for _, cells in rows:
                line = " | ".join(filter(None, (" ".join(cell.split()) for cell in cells)))
                if not line:
                    continue
                if len(lines) >= MOST_LINES or sum(map(len, lines)) + len(line) > MOST_NOTES:
                    return (*lines, f"(More stands on the sheet “{sheet.name[:60]}”, and is not kept here.)")
                lines.append(line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…")
        except FileRefused as fault:
            lines.append(
                f"(The sheet “{sheet.name[:60]}” could not be read to its end: {fault.came or fault.expected}.)"
            )
        finally:
            rows.close()
    return tuple(lines)


def _notes(rows: pa.Table) -> dict[str, int]:
    counted = {"negative": pc.sum(pc.less(rows["offences"], 0)).as_py()}
    if "partnership_code" in rows.column_names:
        unassigned = pc.starts_with(pc.utf8_lower(rows["partnership"]), "unassigned")
        counted["unassigned"] = pc.sum(unassigned).as_py()
        unmatched = pc.and_(pc.is_null(rows["partnership_code"]), pc.invert(unassigned))
        counted["partnership not known"] = pc.sum(unmatched).as_py()
    return {note: count for note, count in counted.items() if count}


def _year(path: Path, definition: Dataset, fields: Sequence[Field], *, file_name: str, into: Path, named: str) -> Year:
    def other(table: pa.Table) -> pa.ChunkedArray:
        return pc.not_equal(_tidy(table["financial_year"]), named)

    checks = [
        RowCheck(
            "not a financial year", _no_year, "financial_year", "two years that follow each other, such as 2024/25"
        )
    ]
    if named:
        checks.append(
            RowCheck("another year than the sheet's", other, "financial_year", f"{named}, as its sheet is named")
        )
    # The publisher gives homicide in four rows (codes 1, 4.1, 4.10, 4.2) alike in all but their counts: no row is
    # doubted for repeating another, and added up they are right.
    key = [field.name for field in fields]
    table, read, refused = load_table(
        path, definition, fields, file_name=file_name, into=into, key=key, checks=checks, repeats=True
    )
    tidy = _tidy(table["financial_year"])
    quarters = pc.cast(table["quarter"], pa.string())
    table = table.set_column(table.column_names.index("financial_year"), "financial_year", tidy)
    return Year(table.append_column("period", pc.binary_join_element_wise(tidy, quarters, "-Q")), read, refused)


def _tidy(years_: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring_regex(years_, "[_ -]", "/")


def _no_year(table: pa.Table) -> pa.ChunkedArray:
    first = pc.cast(pc.utf8_slice_codeunits(table["financial_year"], 2, 4), pa.int64())
    second = pc.cast(pc.utf8_slice_codeunits(table["financial_year"], 5, 7), pa.int64())
    return pc.not_equal(second, pc.if_else(pc.equal(first, 99), 0, pc.add(first, 1)))


def _fits(heading: Sequence[str], fields: Sequence[Field]) -> bool:
    there = {cell.casefold() for cell in heading}
    return all(any(name.casefold() in there for name in field.headings) for field in fields)
