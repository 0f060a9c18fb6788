"""Working through what waits to be checked or accepted, in a process of its own. docs/decisions/worker.md says why.

Any number of these may run: deliveries are worked on one at a time in a home (`checking.alone`). Kill it anywhere: the
next one goes on.
"""

import logging
import time
from collections.abc import Callable
from threading import Event

from django.db import DatabaseError, close_old_connections

from redway.errors import RedwayError
from redway.store.home import Home
from redway.store.lock import Busy
from redway.work.returns import drafts, quarantine, retention
from redway.work.returns.checking import alone, work_on_next
from redway.work.returns.states import NAMES, State

log = logging.getLogger(__name__)
PAUSE = 1.0  # seconds between looks for something new
SWEPT_EVERY = 3600.0  # seconds
REMINDED_EVERY = 24 * 3600.0  # seconds


def work(*, say: Callable[[str], None], stop: Event, once: bool = False) -> None:
    """Work on whatever waits, until `stop` is set; `once` ends when nothing waits.

    A fault is written to the log, and what it stopped is tried again later, three times at most.
    """
    swept = -SWEPT_EVERY
    reminded = -REMINDED_EVERY
    while not stop.is_set():
        close_old_connections()
        if time.monotonic() - swept > SWEPT_EVERY:
            swept = time.monotonic()
            _sweep(say)
        if time.monotonic() - reminded > REMINDED_EVERY:
            reminded = time.monotonic()
            _remind(say)
        found = _one(say)
        if once and not found:
            return
        if not found:
            stop.wait(PAUSE)


def _one(say: Callable[[str], None]) -> bool:
    """Work on one delivery; whether there was one."""
    try:
        done = work_on_next()
    except Busy:
        return False  # another process is at it
    except DatabaseError:
        log.exception("The database could not be asked for deliveries.")
        return False
    except Exception:
        # Whatever stopped it is the business of who runs Redway; the delivery waits for another attempt.
        log.exception("A delivery could not be worked on.")
        return True
    if done is None:
        return False
    say(f"{done.public_id} ({done.dataset}): {NAMES[State(done.state)]}")
    return True


def _sweep(say: Callable[[str], None]) -> None:
    """Remove what has expired, and what killed processes left."""
    home = Home.current()
    try:
        with alone(home, patience=0):
            removed = quarantine.sweep(home) + drafts.sweep(home)
    except Busy:
        return
    except (DatabaseError, OSError):
        log.exception("What has expired in quarantine could not be removed.")
        return
    if removed:
        say(f"Removed {removed:,} expired or abandoned files from quarantine.")


def _remind(say: Callable[[str], None]) -> None:
    """Say what is past its time. Nothing is destroyed by itself: somebody decides."""
    try:
        said = retention.reminder()
    except (DatabaseError, RedwayError):
        log.exception("What is past its time could not be looked up.")
        return
    if said:
        say(f"{said} Gateways, or redway retention, shows which.")
