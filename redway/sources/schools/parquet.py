"""A publisher's Parquet file as a table of text, to be checked cell by cell like every other table.

Its columns hold few different cells, which the file itself lists: they are read as they stand, by code
(`tabular.coded`).
"""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from redway.errors import FileRefused, Place
from redway.sources.dataset import Dataset
from redway.sources.tabular import BIGGEST, Field, positions

MOST_ROWS = 20_000_000
MOST_COLUMNS = 100
WHOLE = 1e15  # numbers below it that have no decimals are told without them


def read(path: Path, definition: Dataset, fields: Sequence[Field], *, file_name: str) -> pa.Table:
    """The fields as text by code, whole numbers without decimals, empty cells null.

    Raises FileRefused for a file that is no Parquet, is damaged, lacks a column, or is larger than any edition.
    """
    try:
        with pq.ParquetFile(path, arrow_extensions_enabled=False) as file:
            schema, metadata = file.schema_arrow, file.metadata
        unpacked = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
        _refuse_too_large(metadata.num_rows, metadata.num_columns, unpacked, definition, file_name)
        at = positions(schema.names, fields, definition, file_name)
        cells = {name: _texts(column) for name, column in _columns(path, schema, at).items()}
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        raise FileRefused(
            "a whole Parquet file",
            came="bytes that are none",
            cause=f"a download that broke off, or another file under this name. {definition.where_from}",
            place=Place(file_name),
        ) from None
    rows = metadata.num_rows
    for name, texts in cells.items():
        longest = pc.max(pc.binary_length(texts.dictionary)).as_py() or 0
        _refuse_too_large(rows, metadata.num_columns, longest * rows, definition, file_name, column=name)
    none = pa.DictionaryArray.from_arrays(pa.nulls(rows, pa.int32()), pa.array([], pa.string()))
    return pa.table({field.name: cells.get(field.name, none) for field in fields})


def _refuse_too_large(
    rows: int, columns: int, unpacked: int, definition: Dataset, file_name: str, *, column: str = ""
) -> None:
    """A small file may hold much: what it says of itself is asked before it is read, and its texts before they are
    laid out."""
    if rows > MOST_ROWS or columns > MOST_COLUMNS or unpacked > BIGGEST:
        raise FileRefused(
            f"a table of at most {MOST_ROWS:,} rows, {MOST_COLUMNS} columns and {BIGGEST // 10**6} MB once unpacked",
            came=f"{rows:,} rows, {columns:,} columns, {unpacked / 1e6:,.0f} MB",
            cause=f"another file. {definition.where_from}",
            place=Place(file_name, column=column),
        )


def _columns(path: Path, schema: pa.Schema, at: dict[str, int]) -> dict[str, pa.ChunkedArray]:
    """The columns at some places; texts by code. Several may have one heading, and come together."""
    wanted = list(dict.fromkeys(schema.names[place] for place in at.values()))
    kept = [place for one in wanted for place, heading in enumerate(schema.names) if heading == one]
    texts = [schema.names[place] for place in kept if pa.types.is_string(schema.field(place).type)]
    with pq.ParquetFile(path, read_dictionary=texts, arrow_extensions_enabled=False) as file:
        table = file.read(columns=wanted)
    return {name: table.column(kept.index(place)) for name, place in at.items()}


def _texts(cells: pa.ChunkedArray) -> pa.DictionaryArray:
    """A column as text by code. Raises ArrowException for what cannot be told as text."""
    coded = cells.dictionary_encode().unify_dictionaries().combine_chunks()
    different = coded.dictionary
    if pa.types.is_floating(different.type):  # a whole number is one such as 826.0 where a column has gaps
        whole = pc.and_(pc.equal(pc.trunc(different), different), pc.less(pc.abs(different), WHOLE))
        without = pc.cast(pc.if_else(whole, different, None), pa.int64())
        told = pc.coalesce(pc.cast(without, pa.string()), pc.cast(different, pa.string()))
    else:
        told = pc.cast(different, pa.string())
    told.validate(full=True)
    told = pc.utf8_trim(told, " ")
    once = pc.if_else(pc.equal(told, ""), None, told).dictionary_encode()
    return pa.DictionaryArray.from_arrays(once.indices.take(coded.indices), once.dictionary)
