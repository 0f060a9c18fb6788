"""Accepted files as they are read back: each one there and whole, or a sentence that says what to do."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from redway.errors import Damaged
from redway.store.snapshot import Part

MARK = b"PAR1"  # how every Parquet file begins and ends (parquet.apache.org/docs/file-format)
LEAST = 12  # bytes: a mark, a footer's length, a mark


def whole(path: Path) -> bool:
    """Whether a Parquet file is there and was not cut short. Cheap: damage in its middle is not seen."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size < LEAST:
            return False
        file.seek(0)
        start = file.read(4)
        file.seek(-8, os.SEEK_END)
        end = file.read(8)
    return start == MARK == end[4:] and int.from_bytes(end[:4], "little") <= size - LEAST


def readable(path: Path, rows: int) -> bool:
    """Whether every cell of an accepted file can be read, and it has as many rows as were accepted."""
    import pyarrow.parquet as pq  # slow to load, and commands that read nothing need `whole` only

    try:
        return whole(path) and pq.read_table(path).num_rows == rows
    except (OSError, ValueError):  # what is no Parquet, and what cannot be unpacked
        return False


@contextmanager
def reading(parts: Iterable[Part]) -> Iterator[list[Path]]:
    """The paths of accepted files, for as long as they are read.

    Raises Damaged, naming the first, for files that are missing or damaged.
    """
    parts = list(parts)
    if missing := [part for part in parts if not part.path.is_file()]:
        raise _lost("missing", missing, parts)
    if cut := [part for part in parts if not whole(part.path)]:
        raise _lost("damaged", cut, parts)
    try:
        yield [part.path for part in parts]
    except (duckdb.Error, OSError, ValueError):
        # A fault of the files is told as such; any other stays what it is.
        if damaged := [part for part in parts if not readable(part.path, part.rows)]:
            raise _lost("damaged", damaged, parts) from None
        raise


def _lost(how: str, which: list[Part], parts: list[Part]) -> Damaged:
    return Damaged(
        f"the accepted file {which[0].path}, whole",
        came=f"{len(which):,} of {len(parts):,} accepted files {how}",
        cause="the home was moved or changed by hand, or its disk failed. Put the files back from a copy of the home, "
        "or import the same files again, which puts back what was lost.",
    )
