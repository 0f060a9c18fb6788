"""`redway import`: take a publisher's or a partner's files in."""

import getpass
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from redway.config.command import RedwayCommand
from redway.errors import RedwayError
from redway.sources import dataset as datasets
from redway.work.returns.receive import receive
from redway.work.returns.telling import told
from redway.work.returns.versions import snapshot

EXAMPLES = """examples:
  redway import police-street 2025-01-thames-valley-street.csv
  redway import police-street downloads/*.zip
  redway import police-street downloads/
  redway import police-outcomes downloads/*.zip
  redway import police-stop-search downloads/*.zip
  redway import lsoa-lookup lookup_lsoa11_lsoa21_ltla22.csv.gz

An import is all or nothing: when one file cannot be taken, none is. Single rows that cannot be taken are
counted and left out; too many of them refuse their file. The same file again changes nothing; a newer copy
of a month supersedes the older one, which stays in older data versions.
"""


class Command(RedwayCommand):
    help = "Import files, zips of them, or folders of either."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", metavar="DATASET", help=f"one of {', '.join(datasets.names())}")
        parser.add_argument("paths", metavar="PATH", nargs="+", type=_path, help="a file, a zip or a folder")
        parser.add_argument("--by", metavar="NAME", default="", help="who hands the files in (default: you)")

    def handle(self, *, dataset: str, paths: list[Path], by: str, **_: Any) -> None:
        receipt = receive(
            paths, dataset=dataset, by=by or getpass.getuser(), progress=lambda line: print(line, file=sys.stderr)
        )
        self.stdout.write(told(receipt, newest=snapshot().number))


def _path(given: str) -> Path:
    """A path as typed. Raises RedwayError for an empty one, which would be the current folder."""
    if not given.strip():
        raise RedwayError(
            "a file, a zip or a folder", came="an empty path", cause="a variable in a script that was never set."
        )
    return Path(given)
