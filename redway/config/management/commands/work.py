"""`redway work`: check what was handed in, and accept what people have decided on."""

import os
import sys
from argparse import ArgumentParser
from threading import Event, Thread
from typing import Any

from redway.config.command import RedwayCommand
from redway.config.management.commands.serve import check_database
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.returns.worker import work

EXAMPLES = """examples:
  redway work
  redway work --once

redway serve and redway demo start one by themselves. In production, run it beside the server, under whatever starts
the server again when it dies. It may be killed at any moment: what was half done is begun anew. Ctrl-C stops it.
"""


class Command(RedwayCommand):
    help = "Check the returns that wait, accept those that people have decided on, and remove what has expired."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="end when nothing waits")
        parser.add_argument("--with-parent", action="store_true", help="end when standard input is closed")

    def handle(self, *, once: bool, with_parent: bool, **_: Any) -> None:
        Profile.of(Home.current())  # a home that is not set up is told how
        check_database()
        if with_parent:
            Thread(target=_end_with_parent, daemon=True).start()
        work(say=lambda line: print(line, file=sys.stderr, flush=True), stop=Event(), once=once)


def _end_with_parent() -> None:
    """Wait until whoever started this process is gone, however it ended: the pipe closes then."""
    while sys.stdin.buffer.read(1024):
        pass
    os._exit(0)  # what is half done is begun anew by the next one
