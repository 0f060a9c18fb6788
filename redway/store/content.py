"""Naming rows by what they hold, so the same rows in another file, line end or column order are known again."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet


def content(table: pa.Table) -> str:
    """The SHA-256 of a typed table's rows: its headings and cells as CSV, null and empty text told apart.
    Text, numbers and dates only; shapes are kept as GeoJSON text.

    Rows count in the order they stand, so a loader sorts them first.
    """
    hashed = hashlib.sha256()
    sink = pa.PythonFile(_Hashing(hashed), mode="w")
    pa.csv.write_csv(table, sink)
    return hashed.hexdigest()


def write(table: pa.Table, into: Path) -> tuple[Path, str]:
    """Write a table into a folder as Parquet named by its content; the path and the content's hash."""
    unnamed = into / "unnamed.parquet"
    with ThreadPoolExecutor(1) as beside:
        written = beside.submit(pa.parquet.write_table, table, unnamed, compression="zstd")
        name = content(table)
        written.result()
    return unnamed.replace(into / f"{name}.parquet"), name


class _Hashing(io.RawIOBase):
    """A file that keeps nothing but the hash of what is written to it."""

    def __init__(self, hashed: "hashlib._Hash"):
        self.hashed = hashed

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.hashed.update(data)
        return len(data)
