"""`redway restore`: a home from a backup."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from redway.config import backing_up
from redway.config.command import RedwayCommand
from redway.config.passphrase import opening

EXAMPLES = """examples:
  redway restore /mnt/backups/2026-11-22.redway --home ~/redway-restored
  redway restore /mnt/backups/2026-11-22.redway --home ~/redway-restored --key ~/keys/backup.txt

The folder must not be there, or be empty: a home in use is never written over. Charts and findings are not in a
backup; the first pages make them again. Then start Redway with REDWAY_HOME=FOLDER. A backup with a PostgreSQL
database goes into the empty database that REDWAY_DATABASE names.
"""


class Command(RedwayCommand):
    help = "Make a home from a backup, in an empty folder."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a backup made by redway backup")
        parser.add_argument("--home", type=Path, required=True, metavar="FOLDER", help="a new or empty folder")
        parser.add_argument("--key", type=Path, metavar="KEYFILE", help="the secret key, where it was made for one")

    def handle(self, *, file: Path, home: Path, key: Path | None, **_: Any) -> None:
        file = file.expanduser()
        done = backing_up.restore(
            file, home.expanduser(), opening(file, key), progress=lambda line: print(line, file=sys.stderr)
        )
        self.stdout.write(f"{done.path} is a home again: {done.files:,} files, each as it was.")
        self.stdout.write(f"Start it with: REDWAY_HOME={done.path} redway serve")
