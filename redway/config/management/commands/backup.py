"""`redway backup`: the whole home in one sealed file."""

import getpass
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from redway.config import backing_up
from redway.config.command import RedwayCommand
from redway.config.passphrase import opening, passphrase
from redway.store.archive import Sealing
from redway.store.home import Home

EXAMPLES = """examples:
  redway backup /mnt/backups/2026-11-22.redway                      asks for a passphrase
  redway backup /mnt/backups/2026-11-22.redway --to age1ql3z7…      for the owner of a key; asks for nothing
  redway backup --check /mnt/backups/2026-11-22.redway

The file holds everything of the partnership, the keys included: whoever opens it has all of it. For a timer, use --to
(it may be given more than once; `age-keygen` makes a key), or put the passphrase into REDWAY_BACKUP_PASSPHRASE. A lost
passphrase or key cannot be replaced by anyone. People can go on working; imports wait for a moment.
"""


class Command(RedwayCommand):
    help = "Write the whole partnership into one sealed file, or check such a file."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a new file, best on another disk")
        parser.add_argument("--to", action="append", default=[], metavar="KEY", help="public key (age1…) that opens it")
        parser.add_argument("--check", action="store_true", help="read a backup from end to end instead")
        parser.add_argument("--key", type=Path, metavar="KEYFILE", help="with --check: the secret key that opens it")

    def handle(self, *, file: Path, to: list[str], check: bool, key: Path | None, **_: Any) -> None:
        file = file.expanduser()
        if check:
            found = backing_up.check(file, opening(file, key))
            self.stdout.write(
                f"{file} is whole: {found.files:,} files, {found.size / 1e6:,.1f} MB. It can be restored."
            )
            return
        sealing = Sealing.to_keys(to) if to else Sealing.by_passphrase(passphrase(new=True))
        made = backing_up.back_up(
            Home.current(),
            file,
            sealing=sealing,
            by=getpass.getuser(),
            progress=lambda line: print(line, file=sys.stderr),
        )
        self.stdout.write(f"{made.path}: {made.files:,} files, {made.size / 1e6:,.1f} MB.")
        self.stdout.write("It holds everything, the keys included. Keep it as you keep the data.")
        for missing in made.without:
            self.stdout.write(f"Not in it: {missing}. Keep that too.")
        if os.environ.get("REDWAY_DATABASE"):
            self.stdout.write("The PostgreSQL database is in it; its roles and passwords are not.")
