"""Files that are whole or not there: named by content, safe on disk before their name appears."""

import errno
import hashlib
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from redway.errors import RedwayError

CHUNK = 1 << 20
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class DiskFull(RedwayError):
    """There was no room for what had to be written; nothing was changed."""


@contextmanager
def room_on_disk(folder: Path) -> Iterator[None]:
    """Turn the many ways in which a full disk shows into one sentence."""
    try:
        yield
    except OSError as fault:
        if fault.errno not in FULL:
            raise
        raise _full(folder) from fault
    except duckdb.Error as fault:
        # DuckDB has no error class for it: its message carries the system's own words.
        if not any(os.strerror(number) in str(fault) for number in FULL):
            raise
        raise _full(folder) from fault


def _full(folder: Path) -> DiskFull:
    try:
        free = f"{shutil.disk_usage(folder).free / 1e6:,.0f} MB free"
    except OSError:
        free = "a disk that takes no more"
    return DiskFull(
        f"room on the disk that holds {folder}",
        came=free,
        cause="the disk or your share of it is full. Nothing was changed; make room and try again.",
    )


def put(made: Path, final: Path) -> Path:
    """Give a finished file its final name, once its bytes are safe on disk. Both lie on one disk.

    A file that already bears the name holds the same content, and stays as it is.
    """
    put_all({final: made})
    return final


def put_all(moves: Mapping[Path, Path], *, over: Collection[Path] = ()) -> None:
    """The same for many files (final -> made): their names are safe on disk too when this returns.

    over   names whose file is damaged: it is replaced
    """
    for final, made in moves.items():
        put_one(made, final, over=final in over)
    for folder in {final.parent for final in moves}:
        flush(folder)


def put_one(made: Path, final: Path, *, over: bool = False) -> None:
    """Name one of many files; the name itself is safe only once its folder is flushed."""
    if final.exists() and not over:
        made.unlink()
        return
    make_folder(final.parent)
    flush(made)
    made.replace(final)


def make_folder(folder: Path) -> None:
    """Make a folder, readable by its owner only, safe on disk."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flush(folder.parent)


def copy(source: Path, made: Path) -> str:
    """Copy a file and return the hash of its bytes."""
    hashed = hashlib.sha256()
    with source.open("rb") as reading, made.open("wb") as writing:
        while chunk := reading.read(CHUNK):
            hashed.update(chunk)
            writing.write(chunk)
    return hashed.hexdigest()


def flush(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, are safe on disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows neither needs nor allows it
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
