"""`redway watch`: take returns from a folder."""

from argparse import ArgumentParser
from pathlib import Path
from threading import Event
from typing import Any

from redway.config.command import RedwayCommand
from redway.config.management.commands.serve import check_database
from redway.errors import RedwayError
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.returns.watching import QUIET, Watch

EXAMPLES = """examples:
  redway watch /srv/returns
  redway watch /srv/returns --quiet 60
  redway watch /srv/returns --once

Give each agency a folder named by its ID, with a folder for each dataset it sends: /srv/returns/hospital/hospital-istv.
A file that has stopped growing is taken and moved to done/ or refused/ there, with a text beside it that says what
became of it. One that has warnings goes to to-acknowledge/, one that a second person has to accept to to-accept/:
decide with redway deliveries or on the pages, and it is moved on. Files whose names begin with a dot, or end in .part
or .tmp, are left until they are renamed. What lies in done/ and refused/ is the sender's own, whole and not encrypted:
delete it there as soon as it is not needed. Ctrl-C stops it.
"""


class Command(RedwayCommand):
    help = "Take returns that agencies put into a folder."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="FOLDER", type=Path)
        parser.add_argument("--quiet", metavar="SECONDS", type=float, default=QUIET, help=f"default: {QUIET:.0f}")
        parser.add_argument("--once", action="store_true", help="take what lies there now, and end")

    def handle(self, *, folder: Path, quiet: float, once: bool, **_: Any) -> None:
        Profile.of(Home.current())
        check_database()
        folder = folder.expanduser().absolute()
        if not folder.is_dir() or folder.is_symlink():
            raise RedwayError(f"a folder at {folder}", came="none, or a link", cause="a mistyped path.")

        def say(line: str) -> None:
            self.stdout.write(line)
            self.stdout.flush()

        Watch(folder.resolve(), say, quiet=quiet).run(Event(), once=once)
