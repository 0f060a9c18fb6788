"""A publisher's Parquet file as CSV text, so that it is checked cell by cell like every other table."""

from pathlib import Path

import duckdb

from redway.errors import FileRefused, Place
from redway.sources.dataset import Dataset
from redway.store import query

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


def as_csv(path: Path, *, name: str, work: Path, definition: Dataset) -> Path:
    """Every cell as text, whole numbers without decimals, in a new file in the folder `work`.

    name  what people call the file
    Raises FileRefused for a file that is no Parquet, is damaged, or is larger than any edition of the table.
    """
    out, source = work / "table.csv", f"read_parquet({query.text(path)})"
    with query.connect(work / "spill") as db:
        try:
            columns = db.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()  # noqa: S608
            (rows,) = db.execute(f"SELECT count(*) FROM {source}").fetchall()[0]  # noqa: S608
            if rows > MOST_ROWS or len(columns) > MOST_COLUMNS:
                raise FileRefused(
                    f"a table of at most {MOST_ROWS:,} rows and {MOST_COLUMNS} columns",
                    came=f"{rows:,} rows and {len(columns):,} columns",
                    cause=f"another file. {definition.where_from}",
                    place=Place(name),
                )
            cells = ", ".join(_text(column, kind) for column, kind, *_ in columns)
            db.execute(f"COPY (SELECT {cells} FROM {source}) TO {query.text(out)} (FORMAT csv, HEADER, FORCE_QUOTE *)")  # noqa: S608
        except DAMAGE:
            raise FileRefused(
                "a whole Parquet file",
                came="bytes that are none",
                cause=f"a download that broke off, or another file under this name. {definition.where_from}",
                place=Place(name),
            ) from None
    return out


def _text(column: str, kind: str) -> str:
    """SQL for a column as text: a number such as 826.0 is a whole one that had gaps beside it."""
    quoted = '"' + column.replace('"', '""') + '"'
    as_text = f"CAST({quoted} AS VARCHAR)"
    if kind in ("DOUBLE", "FLOAT"):
        as_text = f"regexp_replace({as_text}, '\\.0+$', '')"
    return f"{as_text} AS {quoted}"
