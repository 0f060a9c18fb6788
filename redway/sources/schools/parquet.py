"""A publisher's Parquet file as a table of text, to be checked cell by cell like every other table.

Its footer is read by one library, which refuses what would break the other, and its cells by the other, which holds
its memory bounded: a small file may hold much.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from redway.errors import FileRefused, Place
from redway.sources.dataset import Dataset
from redway.sources.fields import Field
from redway.sources.table_checks import coded
from redway.sources.tabular import BIGGEST, as_cells, positions
from redway.store import query
from redway.store.files import room_on_disk

MOST_ROWS = 20_000_000
MOST_COLUMNS = 100
LONGEST = 1_000  # bytes of a cell; the longest real one has 337
AT_ONCE = 1 << 16  # rows
# What either library raises for a file that is no Parquet, is damaged, or would take more memory than it may.
DAMAGE = (duckdb.Error, pa.ArrowException, OSError, UnicodeDecodeError)


def read(path: Path, definition: Dataset, fields: Sequence[Field], *, file_name: str, work: Path) -> pa.Table:
    """The fields as text by code (`tabular.coded`), whole numbers without decimals, empty cells null.

    Raises FileRefused for a file that is no Parquet, is damaged, lacks a column, or is larger than any edition.
    """
    try:
        with pq.ParquetFile(path) as file:
            columns = file.metadata.num_columns
        if columns > MOST_COLUMNS:
            raise _too_large(f"{columns:,} columns", definition, Place(file_name))
        with room_on_disk(work), query.connect(work / "spill", threads=2) as db:
            source = f"read_parquet({query.text(path)})"
            described = db.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()  # noqa: S608
            at = positions([name for name, *_ in described], fields, definition, file_name)
            cells = as_cells({name: _text(*described[place][:2]) for name, place in at.items()}, fields)
            rows = db.execute(f"SELECT {cells} FROM {source}").to_arrow_reader(AT_ONCE)  # noqa: S608
            return _coded(rows, definition, file_name)
    except DAMAGE:
        raise FileRefused(
            "a whole Parquet file",
            came="bytes that cannot be read as one",
            cause=f"a download that broke off, or another file under this name. {definition.where_from}",
            place=Place(file_name),
        ) from None


def _coded(read: pa.RecordBatchReader, definition: Dataset, file_name: str) -> pa.Table:
    """What is read as one table by code; each part is coded while the next is read."""
    with ThreadPoolExecutor(1) as beside:
        begun = [beside.submit(coded, pa.table(part)) for part in _bounded(read, definition, file_name)]
    parts, rows = [one.result() for one in begun], 0
    for part in parts:
        _refuse_too_long(part, rows, definition, file_name)
        rows += part.num_rows
    together = pa.concat_tables(parts or [coded(read.schema.empty_table())])
    return together.unify_dictionaries().combine_chunks()


def _bounded(read: pa.RecordBatchReader, definition: Dataset, file_name: str) -> Iterator[pa.RecordBatch]:
    """The parts, as long as they are together no more than any edition would be."""
    rows = size = 0
    for part in read:
        rows, size = rows + part.num_rows, size + part.nbytes
        if rows > MOST_ROWS or size > BIGGEST:
            raise _too_large(f"{rows:,} rows or more, {size / 1e6:,.0f} MB", definition, Place(file_name))
        yield part


def _refuse_too_long(part: pa.Table, before: int, definition: Dataset, file_name: str) -> None:
    for name in part.column_names:
        cells = part[name].chunk(0)
        which = pc.index(pc.greater(pc.binary_length(cells.dictionary), LONGEST), True).as_py()
        if which >= 0:
            row = before + pc.index(cells.indices, pa.scalar(which, pa.int32())).as_py() + 1
            raise _too_large(f"a cell of more than {LONGEST:,} bytes", definition, Place(file_name, row, name))


def _too_large(came: str, definition: Dataset, place: Place) -> FileRefused:
    return FileRefused(
        f"a table of at most {MOST_ROWS:,} rows and {MOST_COLUMNS} columns, {BIGGEST // 10**6} MB once unpacked, with "
        f"cells of at most {LONGEST:,} bytes",
        came=came,
        cause=f"another file. {definition.where_from}",
        place=place,
    )


def _text(column: str, kind: str) -> str:
    """SQL for a column as text: a number such as 826.0 is a whole one that had gaps beside it. A text that is too long
    comes as one that is only just too long, so that it takes no more memory than that.
    """
    quoted = '"' + column.replace('"', '""') + '"'
    as_text = f"CAST({quoted} AS VARCHAR)"
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"{quoted} = trunc({quoted}) AND abs({quoted}) < 1e15"
        as_text = f"CASE WHEN {whole} THEN CAST(CAST({quoted} AS BIGINT) AS VARCHAR) ELSE {as_text} END"
    return f"CASE WHEN strlen({as_text}) > {LONGEST} THEN repeat('-', {LONGEST + 1}) ELSE {as_text} END"
