"""Naming rows by what they hold, so the same rows in another file, line end or column order are known again."""

import hashlib
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

ROWS = 1 << 16  # laid out at once, and to a group of the Parquet file


def content(table: pa.Table) -> str:
    """The SHA-256 of a typed table's rows: its headings and cells as CSV, null and empty text told apart.
    Text, numbers and dates only; shapes are kept as GeoJSON text.

    Rows count in the order they stand, so a loader sorts them first. A column may be a dictionary: its cells count.
    """
    hashed = hashlib.sha256()
    with _csv(_laid_out(table.schema), hashed) as csv:
        for part in _parts(table):
            csv.write_table(part)
    return hashed.hexdigest()


def write(table: pa.Table, into: Path) -> tuple[Path, str]:
    """Write a table into a folder as Parquet named by its content; the path and the content's hash. Dictionaries are
    written as the plain columns they stand for.
    """
    unnamed, schema, hashed = into / "unnamed.parquet", _laid_out(table.schema), hashlib.sha256()
    with (
        pa.parquet.ParquetWriter(unnamed, schema, compression="zstd") as file,
        _csv(schema, hashed) as csv,
        ThreadPoolExecutor(1) as beside,
    ):
        written = []
        for part in _parts(table):
            written.append(beside.submit(file.write_table, part))
            csv.write_table(part)
        for part in written:
            part.result()
    name = hashed.hexdigest()
    return unnamed.replace(into / f"{name}.parquet"), name


def _laid_out(schema: pa.Schema) -> pa.Schema:
    """The types of the cells themselves."""
    return pa.schema([(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in schema])


def _parts(table: pa.Table) -> Iterator[pa.Table]:
    """The table a stretch at a time, laid out; one stretch where it has no rows."""
    schema = _laid_out(table.schema)
    for begin in range(0, max(1, table.num_rows), ROWS):
        yield table.slice(begin, ROWS).cast(schema)


def _csv(schema: pa.Schema, hashed: "hashlib._Hash") -> pa.csv.CSVWriter:
    """What hashes the CSV of the parts that are written to it."""
    return pa.csv.CSVWriter(pa.PythonFile(_Hashing(hashed), mode="w"), schema)


class _Hashing(io.RawIOBase):
    """A file that keeps nothing but the hash of what is written to it."""

    def __init__(self, hashed: "hashlib._Hash"):
        self.hashed = hashed

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.hashed.update(data)
        return len(data)
