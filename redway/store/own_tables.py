"""A table of somebody's own as arrays: CSV, xlsx or ods, read strictly, faults with their line and number.

It is no return: nothing of it is kept, and no partnership is needed.
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from redway.errors import FileRefused, Place, RedwayError, did_you_mean, nearest
from redway.methods.catalogue import Column, Kind
from redway.store import csv_file, sheets
from redway.store.query import connect, text

Array = npt.NDArray[Any]
MEMORY = "2GB"
KEPT = "keep."

# What a cell becomes, and what it is called in a refusal. Dates as ISO writes them, or as Britain does.
FORMS = (
    *("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m"),
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S.%f"),
    *("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"),  # as Excel writes a day with a time in Britain
)
DATES = ", ".join(map(text, FORMS))
DAY = f"TRY_STRPTIME({{cell}}, [{DATES}])::DATE"  # 1/11/25 is the year 25 to it, and is refused
READ: Mapping[Kind, tuple[str, str]] = {
    "number": ("TRY_CAST({cell} AS DOUBLE)", "a number"),
    "text": ("coalesce({cell}, '')", "text"),
    "date": (f"CASE WHEN year({DAY}) >= 1000 THEN {DAY} END", "a date such as 2025-11-30 or 30/11/2025"),
    "yes-no": (
        "CASE WHEN lower({cell}) IN ('yes', 'y', 'true', '1') THEN true "
        "WHEN lower({cell}) IN ('no', 'n', 'false', '0') THEN false END",
        "yes or no",
    ),
}


@dataclass(frozen=True)
class Found:
    """A column that is there: its heading in the file, and SQL for its cell and for what that becomes."""

    column: Column
    heading: str
    cell: str

    @property
    def value(self) -> str:
        return READ[self.column.kind][0].format(cell=self.cell)


def read(
    path: Path,
    columns: Sequence[Column],
    *,
    called: Mapping[str, str],
    work: Path,
    of: str = "",
    keep: Sequence[str] = (),
) -> dict[str, Array]:
    """The columns of a table that are there, by the method's names, in the kinds that `Column` says.

    called  what the file calls a column, by the method's name, where it is not the same (capitals are let pass)
    work    folder for work on disk
    of      the setting that names it, where it is a second file
    keep    headings of other columns that are wanted as the text they are, here as KEPT and the heading

    Raises FileRefused for a file that is no table, lacks a column that has to be there, or holds cells that are not
    what their column asks for.
    """
    if not path.is_file():
        raise RedwayError(f"a file at {path}", came="nothing", cause="a mistyped path.")
    name = path.name
    wanted = [_names(column, called) for column in columns if column.required]
    if path.suffix.lower() in sheets.ENDINGS:
        sought = sheets.Sought("the columns " + ", ".join(f"“{one[0]}”" for one in wanted), SHEET)
        path = sheets.as_csv(
            path, name=name, work=work, wanted=lambda headings: _holds(headings, wanted), sought=sought
        )
    file = csv_file.opened(path, name=name, work=work, separators=",;\t")
    found = _headings(file, columns, called, of) + [_kept(file, heading) for heading in keep]
    by_place = replace(file, columns=tuple(f"c{at}" for at in range(len(file.columns))))  # any heading is let pass
    with connect(work, memory=MEMORY) as db:
        by_place.as_view(db, "cells", numbered=True)
        try:
            return _arrays(db, found, name)
        except csv_file.FAULTS:
            raise file.explain() from None


def _names(column: Column, called: Mapping[str, str]) -> tuple[str, ...]:
    """The headings under which a column is looked for: what it was said to be called, else what it usually is."""
    return (called[column.name],) if column.name in called else (column.name, *column.also)


def _holds(headings: Sequence[str], wanted: Sequence[Sequence[str]]) -> bool:
    have = {heading.casefold() for heading in headings}
    return all(any(name.casefold() in have for name in names) for names in wanted)


def _headings(
    file: csv_file.CsvFile, columns: Sequence[Column], called: Mapping[str, str], of: str = ""
) -> list[Found]:
    """Each column that is there. Raises FileRefused for one that is missing, or a heading that could be two columns."""
    if unknown := set(called) - {column.name for column in columns}:
        raise RedwayError(
            f"columns of the method ({', '.join(column.name for column in columns)})",
            came=", ".join(sorted(unknown)),
            cause=_unknown(sorted(unknown), [column.name for column in columns]),
        )
    taken: dict[int, str] = {}
    found, missing = {}, []
    for column in sorted(columns, key=lambda column: column.name not in called):  # what was said comes before a guess
        said = column.name in called
        names = _names(column, called)
        found_at = (at for name in names if (at := _at(file, name, said=said)) is not None)
        at = next((at for at in found_at if said or at not in taken), None)
        if at is not None:
            if at in taken:
                raise _one_for_two(file.columns[at], taken[at], column.name)
            taken[at] = column.name
            found[column.name] = Found(column, file.columns[at], f"nullif(trim(c{at}), '')")
        elif column.required or said:
            missing.append((column.name, names[0]))
    if missing:
        before = f"{of}." if of else ""
        like = [(name, nearest(wanted, file.columns)) for name, wanted in missing]
        meant = [f"--column {shlex.quote(f'{before}{name}={heading}')}" for name, heading in like if heading]
        raise FileRefused(
            "the columns " + ", ".join(f"“{wanted}”" for _, wanted in missing),
            came="a table with " + ", ".join(f"“{name[:60]}”" for name in file.columns[:12]),
            cause="your file has them under other names: say which is which with --column "
            + f"{before}NAME=HEADING"
            + (f", such as {' '.join(meant)}." if meant else "."),
            place=Place(file.name),
        )
    return [found[column.name] for column in columns if column.name in found]


def _at(file: csv_file.CsvFile, name: str, *, said: bool) -> int | None:
    """Where the column of a heading stands, capitals aside; None where there is none.

    said  whether the name was given for this file: then one of two that differ in capitals alone is chosen by it

    Raises FileRefused where it could be two columns.
    """
    alike = [at for at, heading in enumerate(file.columns) if heading.casefold() == name.casefold()]
    if said and len(alike) > 1:
        alike = [at for at in alike if file.columns[at] == name] or alike
    if len(alike) > 1:
        spelt = [file.columns[at] for at in alike]
        raise FileRefused(
            f"one column “{name}”",
            came=f"{len(alike)}: " + ", ".join(f"“{heading[:60]}”" for heading in spelt),
            cause="a column pasted in twice, or two kinds of figures under one heading: give each a heading of its own"
            + (", or say which with --column NAME=HEADING." if len(set(spelt)) == len(spelt) else "."),
            place=Place(file.name),
        )
    return alike[0] if alike else None


def _one_for_two(heading: str, first: str, second: str) -> RedwayError:
    return RedwayError(
        "a column of the file for each of the method's",
        came=f"“{heading}” for “{first}” and for “{second}”",
        cause="the same heading copied into a second --column.",
    )


def _kept(file: csv_file.CsvFile, heading: str) -> Found:
    """A column that is to be kept. Raises FileRefused where it is not there."""
    at = _at(file, heading, said=True)
    if at is None:
        raise FileRefused(
            "a heading of the file, to keep its column",
            came=f"“{heading}”",
            cause=did_you_mean(heading, file.columns),
            place=Place(file.name),
        )
    own = file.columns[at]
    return Found(Column(f"{KEPT}{own}", "", "text", required=False), own, f"nullif(trim(c{at}), '')")


SHEET = (
    "Delete the rows above the headings; where the file has other names, say which is which with --column NAME=HEADING."
)


def _unknown(given: Sequence[str], known: Sequence[str]) -> str:
    """Why a name on the left of = is none of the method's."""
    meant = nearest(given[0], known)
    return (
        f"a spelling mistake. Did you mean “{meant}”?"
        if meant
        else ("the name on the left of = is the method's, the one on the right your file's.")
    )


def _refuse_empty(db: duckdb.DuckDBPyConnection, found: Sequence[Found], name: str) -> None:
    """Raise FileRefused for a table without rows, or without anything in a column that is needed."""
    filled = ", ".join(f"count({one.cell})" for one in found)
    rows, *many = db.execute(f"SELECT count(*), {filled} FROM cells").fetchall()[0]  # noqa: S608
    if not rows:
        raise FileRefused(
            "rows under the heading",
            came="none",
            cause="an export that found nothing, or a heading that was saved alone.",
            place=Place(name),
        )
    for one, filled_cells in zip(found, many, strict=True):
        if one.column.required and not filled_cells:
            raise FileRefused(
                f"something in the column “{one.heading}”",
                came=f"{rows:,} empty cells" if rows > 1 else "an empty cell",
                cause="an export without it, or another column's heading. --column NAME=HEADING names another.",
                place=Place(name, column=one.heading),
            )


def _arrays(db: duckdb.DuckDBPyConnection, found: Sequence[Found], name: str) -> dict[str, Array]:
    _refuse_empty(db, found, name)
    for one in found:
        _refuse_wrong(db, one, name)
    listed = ", ".join(f"{one.value} AS v{at}" for at, one in enumerate(found))
    taken = db.execute(f"SELECT {listed} FROM cells ORDER BY row").fetchnumpy()  # noqa: S608
    return {one.column.name: _plain(taken[f"v{at}"], one.column.kind) for at, one in enumerate(found)}


def _refuse_wrong(db: duckdb.DuckDBPyConnection, one: Found, name: str) -> None:
    """Raise FileRefused for cells that hold something else than their column asks for."""
    empty = f" OR {one.cell} IS NULL" if one.column.kind == "yes-no" else ""
    wrong = f"({one.cell} IS NOT NULL AND {one.value} IS NULL){empty}"
    query = f"SELECT count(*), min(row), arg_min({one.cell}, row) FROM cells WHERE {wrong}"  # noqa: S608
    count, row, came = db.execute(query).fetchall()[0]
    if count:
        raise FileRefused(
            READ[one.column.kind][1],
            came=f"“{came[:60]}”" if came is not None else "an empty cell",
            cause=_cause(came, one.column.kind),
            place=Place(name, row, one.heading),
            count=count,
        )


# What a cell that is no number looks like, and how it came to be so.
NO_NUMBER = (
    (r"(n/?a|nan|null|none|missing|unknown|not (known|available|recorded)|[-–—.*:x]+)", "words for what is not known: "
     "leave such a cell empty."),
    (r"(c|u|z|\*|<\s*\d+|\[[a-z]\])", "a small count that was hidden. It is not known: leave the cell empty."),
    (r"[-+]?\d{1,3}([,\s’']\d{3})+(\.\d*)?", "a mark between thousands: format the column as plain numbers."),
    (r"[-+]?\d+,\d+", "a comma for the decimal point: write 1.5, not 1,5."),
    (r"[-+]?[\d.,]+\s*%", "a percent sign: write the number alone."),
    (r"[-+]?[£$€]\s*[\d.,]+", "a sign of money: write the number alone."),
    (r"#.*", "a spreadsheet's error, saved as it stood in the cell."),
    (r"(sub-?|grand )?totals?\b.*", "a row of totals: delete it."),
)  # fmt: skip
NO_DATE = (
    (r"\d{1,2}/\d{1,2}/\d{2}", "a year of two digits: write all four, 30/11/2025."),
    (r"\d{4,6}(\.\d+)?", "a date that a spreadsheet saved as a number: format the column as dates, and save again."),
    (r"\d{1,2}[-/.](1[3-9]|[23]\d)[-/.]\d{4}.*", "month before day, as in America: write 30/11/2025, or 2025-11-30."),
    (r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}.*", "a day that does not exist, or a time that does not."),
    (
        r"\d{4}-\d{1,2}-\d{1,2}[T ].*(Z|[+-]\d{2}:?\d{2})",
        "a time in Greenwich's or another zone, which in summer can be "
        "of another day: write the day alone, as it was here.",
    ),
    (r"\d{4}-\d{1,2}(-\d{1,2})?.*", "a day or a month that does not exist, or a time that does not."),
    (
        r"(\d{1,2}[- ])?[a-z]{3,9}\.?[- ,]+('?\d{2}|\d{4}|\d{1,2},? \d{4})",
        "a month in letters, as a spreadsheet shows it: format the column as 2025-11-30, and save again.",
    ),
)


def _cause(came: str | None, kind: Kind) -> str:
    """The likely cause of a cell that is not what its column asks for, where it shows; else empty."""
    if came is None:
        return "a row that was not filled in; where it is not known, leave the row out."
    known = {"number": NO_NUMBER, "date": NO_DATE}.get(kind, ())
    return next((cause for pattern, cause in known if re.fullmatch(pattern, came.strip(), re.IGNORECASE)), "")


def _plain(values: Array, kind: Kind) -> Array:
    """Without masks: what is not there is NaN, NaT or empty text."""
    if kind == "number":
        return np.ma.filled(values.astype(np.float64), np.nan)
    if kind == "date":
        return np.ma.filled(values.astype("datetime64[D]"), np.datetime64("NaT"))
    if kind == "yes-no":
        return np.asarray(values, dtype=np.bool_)
    return np.asarray(values, dtype=np.str_)
