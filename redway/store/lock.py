"""One at a time: a lock on a home that holds across processes, and that the system drops when its holder dies."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from redway.errors import RedwayError

PATIENCE = 600.0  # seconds
PAUSE = 0.1


class Busy(RedwayError):
    """Somebody else holds the lock, and did not let go in time."""


@contextmanager
def only_one(path: Path, *, patience: float = PATIENCE, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock of this file; wait for whoever has it, and call `waiting` once when one must.

    Raises Busy when it is still held after `patience` seconds.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a+b") as file:
        give_up = time.monotonic() + patience
        told = False
        while not _take(file):
            if not told:
                waiting()
                told = True
            if time.monotonic() > give_up:
                raise Busy(
                    "no other import at work in this home",
                    came=f"one that has held {path} for more than {patience:,.0f} seconds",
                    cause="a very large import, or a program that hangs.",
                )
            time.sleep(PAUSE)
        yield  # closing the file lets go of the lock


if os.name == "nt":
    import msvcrt

    def _take(file: BinaryIO) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
