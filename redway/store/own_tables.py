"""A table of somebody's own as arrays: CSV, xlsx or ods, read strictly, faults with their line and number.

It is no return: nothing of it is kept, and no partnership is needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from redway.errors import FileRefused, Place, RedwayError
from redway.methods.catalogue import Column, Kind
from redway.store import csv_file, sheets
from redway.store.query import connect, text

Array = npt.NDArray[Any]
MEMORY = "2GB"

# What a cell becomes, and what it is called in a refusal. Dates as ISO writes them, or as Britain does.
DATES = ", ".join(text(form) for form in ("%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m"))
READ: Mapping[Kind, tuple[str, str]] = {
    "number": ("TRY_CAST({cell} AS DOUBLE)", "a number"),
    "text": ("coalesce({cell}, '')", "text"),
    "date": (f"TRY_STRPTIME({{cell}}, [{DATES}])::DATE", "a date such as 2025-11-30 or 30/11/2025"),
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


def read(path: Path, columns: Sequence[Column], *, called: Mapping[str, str], work: Path) -> dict[str, Array]:
    """The columns of a table that are there, by the method's names, in the kinds that `Column` says.

    called  what the file calls a column, by the method's name, where it is not the same (capitals are let pass)
    work    folder for work on disk

    Raises FileRefused for a file that is no table, lacks a column that has to be there, or holds cells that are not
    what their column asks for.
    """
    if not path.is_file():
        raise RedwayError(f"a file at {path}", came="nothing", cause="a mistyped path.")
    name = path.name
    wanted = [called.get(column.name, column.name).casefold() for column in columns if column.required]
    if path.suffix.lower() in sheets.ENDINGS:
        path = sheets.as_csv(path, name=name, work=work, wanted=lambda headings: _holds(headings, wanted))
    file = csv_file.opened(path, name=name, work=work)
    found = _headings(file, columns, called)
    by_place = replace(file, columns=tuple(f"c{at}" for at in range(len(file.columns))))  # any heading is let pass
    with connect(work, memory=MEMORY) as db:
        by_place.as_view(db, "cells", numbered=True)
        try:
            return _arrays(db, found, name)
        except duckdb.InvalidInputException:
            raise file.explain(db) from None


def _holds(headings: Sequence[str], wanted: Sequence[str]) -> bool:
    have = {heading.casefold() for heading in headings}
    return have.issuperset(wanted)


def _headings(file: csv_file.CsvFile, columns: Sequence[Column], called: Mapping[str, str]) -> list[Found]:
    """Each column that is there. A heading spelt alike comes before one that differs in capitals."""
    have = {heading.casefold(): at for at, heading in enumerate(file.columns)}
    have |= {heading: at for at, heading in enumerate(file.columns)}
    if unknown := set(called) - {column.name for column in columns}:
        raise RedwayError(
            f"columns of the method ({', '.join(column.name for column in columns)})",
            came=", ".join(sorted(unknown)),
            cause="the name on the left of = is the method's, the one on the right your file's.",
        )
    found, missing = [], []
    for column in columns:
        wanted = called.get(column.name, column.name)
        at = have.get(wanted, have.get(wanted.casefold()))
        if at is not None:
            found.append(Found(column, file.columns[at], f"nullif(trim(c{at}), '')"))
        elif column.required or column.name in called:
            missing.append(wanted)
    if missing:
        raise FileRefused(
            "the columns " + ", ".join(f"“{name}”" for name in missing),
            came="a table with " + ", ".join(f"“{name[:60]}”" for name in file.columns[:12]),
            cause="your file has them under other names: say which is which with --column NAME=HEADING.",
            place=Place(file.name),
        )
    return found


def _arrays(db: duckdb.DuckDBPyConnection, found: Sequence[Found], name: str) -> dict[str, Array]:
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
            place=Place(name, row, one.heading),
            count=count,
        )


def _plain(values: Array, kind: Kind) -> Array:
    """Without masks: what is not there is NaN, NaT or empty text."""
    if kind == "number":
        return np.ma.filled(values.astype(np.float64), np.nan)
    if kind == "date":
        return np.ma.filled(values.astype("datetime64[D]"), np.datetime64("NaT"))
    if kind == "yes-no":
        return np.asarray(values, dtype=np.bool_)
    return np.asarray(values, dtype=np.str_)
