"""Reading a reference table: a CSV file of some megabytes, plain or gzipped, or a workbook.

Each dataset's `load.py` says which columns it wants and under which headings they may stand (`fields`); everything past
that sees only the canonical names. Faults of the file refuse the file; cells are checked by `table_checks`.
"""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa

from redway.errors import FileRefused, Place
from redway.sources.dataset import Dataset, Loaded, Refusals
from redway.sources.fields import Field, RowCheck
from redway.sources.table_checks import check_table, decoded
from redway.store import csv_file, query
from redway.store.content import write
from redway.store.files import room_on_disk

BIGGEST = 500_000_000  # bytes unpacked; the largest real table has about 40 million
CHUNK = 1 << 20
WORKBOOKS = (".xlsx", ".ods")


def load_table(
    path: Path,
    definition: Dataset,
    fields: Sequence[Field],
    *,
    file_name: str,
    into: Path,
    key: Sequence[str],
    checks: Sequence[RowCheck] = (),
    repeats: bool = False,
) -> tuple[pa.Table, int, tuple[Refusals, ...]]:
    """The typed rows of a file in the order of their key, how many rows it held, and those refused.

    into  folder for work on disk
    key   columns that together name a row, and order it; later rows that repeat it are refused unless `repeats`
    Raises FileRefused for a file that cannot be read, is cut short, lacks a column, or has too many bad rows.
    """
    texts, controls = read_table(path, definition, fields, file_name=file_name, into=into)
    table, read, refused = check_table(
        texts, definition, fields, file_name=file_name, key=key, checks=checks, repeats=repeats, controls=controls
    )
    return decoded(table), read, refused


def read_table(
    path: Path, definition: Dataset, fields: Sequence[Field], *, file_name: str, into: Path
) -> tuple[pa.Table, bool]:
    """The fields of a file as text, empty cells null, and whether there are characters in it that no text has.

    into  folder for work on disk
    Raises FileRefused for a file that cannot be read, is cut short, or lacks a column.
    """
    with room_on_disk(into), query.connect(into / "spill") as db:
        return _texts(db, _as_csv(path, fields, file_name, into), fields, definition, file_name, into)


def loaded(
    table: pa.Table,
    definition: Dataset,
    *,
    into: Path,
    rows_read: int,
    refused: tuple[Refusals, ...] = (),
    provider: str = "",
    period: str = "",
    notes: dict[str, int] | None = None,
) -> Loaded:
    """Write a typed table as Parquet, and say what it holds. The provider is the dataset's unless another is named."""
    path, name = write(table, into)
    return Loaded(
        provider=provider or definition.provider,
        period=period,
        parquet=path,
        content=name,
        rows_read=rows_read,
        rows_accepted=table.num_rows,
        refused=refused,
        notes=notes or {},
    )


def _as_csv(path: Path, fields: Sequence[Field], file_name: str, into: Path) -> Path:
    """The file itself, or what a gzip file holds, or the sheet of a workbook that has the columns wanted.

    Raises FileRefused for a bad gzip file, and for a workbook that cannot be taken.
    """
    if file_name.lower().endswith(WORKBOOKS):
        from redway.store import sheets  # its readers are slow to load, and most tables are CSV

        return sheets.as_csv(path, name=file_name, work=into, wanted=lambda headings: not _find(headings, fields)[1])
    return _unpacked(path, file_name, into) if file_name.lower().endswith(".gz") else path


def _unpacked(path: Path, file_name: str, into: Path) -> Path:
    """What a gzip file holds, in the folder for work. Raises FileRefused for a bad one."""
    plain = into / "unpacked.csv"
    try:
        with gzip.open(path) as packed, plain.open("wb") as writing:
            while chunk := packed.read(CHUNK):
                if writing.tell() > BIGGEST:
                    raise FileRefused(
                        f"a table of at most {BIGGEST // 10**6} MB once unpacked",
                        came="more than that",
                        cause="this is not the reference table it is named after.",
                        place=Place(file_name),
                    )
                writing.write(chunk)
    except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
        cut = isinstance(fault, EOFError)
        raise FileRefused(
            "a whole gzip file",
            came="one that ends too early" if cut else "bytes that gzip cannot unpack",
            cause=csv_file.CUT if cut else "it is not a gzip file, or it was damaged. Get it again.",
            place=Place(file_name),
        ) from None
    return plain


def _texts(
    db: duckdb.DuckDBPyConnection,
    path: Path,
    fields: Sequence[Field],
    definition: Dataset,
    file_name: str,
    into: Path,
) -> tuple[pa.Table, bool]:
    """The wanted columns as text under their canonical names, empty cells null, and whether there are characters in the
    file that no text has.
    """
    file = csv_file.opened(path, name=file_name, work=into)
    at = positions(file.columns, fields, definition, file_name)
    # Publishers repeat headings and leave some blank, so columns are told apart by where they stand.
    file = replace(file, columns=tuple(f"c{i}" for i in range(len(file.columns))))
    file.as_view(db, "sent")
    cells = as_cells({name: f"c{place}" for name, place in at.items()}, fields)
    try:
        return db.execute(f"SELECT {cells} FROM sent").to_arrow_table(), file.controls  # noqa: S608 - our own names
    except csv_file.FAULTS:
        raise file.explain() from None


def as_cells(cells: dict[str, str], fields: Sequence[Field]) -> str:
    """SQL for the fields as text, empty cells null; `cells` is the SQL of each field that the table has."""
    return ", ".join(
        f"nullif(trim({cells[f.name]}), '') AS {f.name}" if f.name in cells else f"NULL::VARCHAR AS {f.name}"
        for f in fields
    )


def _find(headings: Sequence[str], fields: Sequence[Field]) -> tuple[dict[str, int], list[str]]:
    """Where each field stands among the headings, and those that are lacking; case and stray blanks do not matter."""
    known = [" ".join(heading.split()).casefold() for heading in headings]
    found, lacking = {}, []
    for field in fields:
        # The publisher's headings first: our name for one thing is now and then theirs for another.
        named = [(name.casefold(), field.nth) for name in field.headings] + [(field.name.casefold(), 1)]
        at = [places[nth - 1] for name, nth in named if len(places := _places(known, name)) >= nth]
        if at:
            found[field.name] = at[0]
        elif not field.optional:
            lacking.append(" or ".join(f"“{name}”" for name in (*field.headings, field.name)))
    return found, lacking


def _places(known: Sequence[str], name: str) -> list[int]:
    return [place for place, heading in enumerate(known) if heading == name]


def positions(headings: Sequence[str], fields: Sequence[Field], definition: Dataset, file_name: str) -> dict[str, int]:
    """Where each field stands among the headings. Raises FileRefused when one that is needed is lacking."""
    found, lacking = _find(headings, fields)
    if lacking:
        more = f" and {len(headings) - 8} more" if len(headings) > 8 else ""
        raise FileRefused(
            f"the columns of “{definition.title}”: {', '.join(lacking[:4])}",
            came="only " + ", ".join(f"“{heading[:60]}”" for heading in headings[:8]) + more,
            cause=f"another file, or a renamed column. {definition.where_from}",
            place=Place(file_name),
        )
    return found
