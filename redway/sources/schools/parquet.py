"""A publisher's Parquet file as a table of text, to be checked cell by cell like every other table."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from redway.errors import FileRefused, Place
from redway.sources.dataset import Dataset
from redway.sources.tabular import Field, as_cells, positions
from redway.store import query
from redway.store.files import room_on_disk

MOST_ROWS = 20_000_000
MOST_COLUMNS = 100
# What reading a file that is no Parquet, or a damaged one, can raise.
DAMAGE = (
    duckdb.ConversionException,
    duckdb.IOException,
    duckdb.InvalidInputException,
    duckdb.InternalException,
    duckdb.NotImplementedException,
    duckdb.SerializationException,
)


def read(path: Path, definition: Dataset, fields: Sequence[Field], *, file_name: str, work: Path) -> pa.Table:
    """The fields as text, whole numbers without decimals, empty cells null.

    Raises FileRefused for a file that is no Parquet, is damaged, lacks a column, or is larger than any edition.
    """
    source = f"read_parquet({query.text(path)})"
    with room_on_disk(work), query.connect(work / "spill", threads=2) as db:
        try:
            columns = [(name, kind) for name, kind, *_ in db.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]  # noqa: S608
            _refuse_too_large(db, source, columns, definition, file_name)
            at = positions([name for name, _ in columns], fields, definition, file_name)
            cells = as_cells({name: _text(*columns[place]) for name, place in at.items()}, fields)
            return db.execute(f"SELECT {cells} FROM {source}").to_arrow_table()  # noqa: S608
        except DAMAGE:
            raise FileRefused(
                "a whole Parquet file",
                came="bytes that are none",
                cause=f"a download that broke off, or another file under this name. {definition.where_from}",
                place=Place(file_name),
            ) from None


def _refuse_too_large(
    db: duckdb.DuckDBPyConnection, source: str, columns: Sequence[object], definition: Dataset, file_name: str
) -> None:
    (rows,) = db.execute(f"SELECT count(*) FROM {source}").fetchall()[0]  # noqa: S608
    if rows > MOST_ROWS or len(columns) > MOST_COLUMNS:
        raise FileRefused(
            f"a table of at most {MOST_ROWS:,} rows and {MOST_COLUMNS} columns",
            came=f"{rows:,} rows and {len(columns):,} columns",
            cause=f"another file. {definition.where_from}",
            place=Place(file_name),
        )


def _text(column: str, kind: str) -> str:
    """SQL for a column as text: a number such as 826.0 is a whole one that had gaps beside it."""
    quoted = '"' + column.replace('"', '""') + '"'
    as_text = f"CAST({quoted} AS VARCHAR)"
    if kind not in ("DOUBLE", "FLOAT"):
        return as_text
    whole = f"{quoted} = trunc({quoted}) AND abs({quoted}) < 1e15"
    return f"CASE WHEN {whole} THEN CAST(CAST({quoted} AS BIGINT) AS VARCHAR) ELSE {as_text} END"
