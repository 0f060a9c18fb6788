"""`redway fetch`: bring open data from its publisher."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand

from redway import periods
from redway.errors import RedwayError
from redway.sources.police_street import fetch as police_street
from redway.store.home import Home
from redway.store.profile import Profile

EXAMPLES = """examples:
  redway fetch police-street --from 2024-01 --to 2025-11
  redway fetch police-street --from 2024-01 --to 2025-11 --force bedfordshire --force northamptonshire

Files come to the partnership's home, in fetched/police-street; the last line says how to import them.
Run it again to go on after a break: what is here whole is not fetched again.
"""


class Command(BaseCommand):
    help = "Fetch open data from its publisher (needs a network)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument("dataset", choices=["police-street"])
        parser.add_argument("--from", dest="first", required=True, metavar="YYYY-MM")
        parser.add_argument("--to", dest="last", required=True, metavar="YYYY-MM")
        parser.add_argument(
            "--force",
            action="append",
            default=[],
            metavar="NAME",
            help="a further force, as the publisher's file names spell it; the partnership's own and the "
            "British Transport Police (btp) are always asked for",
        )

    def handle(self, *, first: str, last: str, force: list[str], **_: Any) -> None:
        try:
            months = range(periods.month(first), periods.month(last) + 1)
        except ValueError as fault:
            raise RedwayError("months such as 2024-01", came=str(fault), cause="a mistyped month.") from None
        if not months:
            raise RedwayError("a first month before the last", came=f"{first} to {last}", cause="they are swapped.")
        home = Home.current()
        own = police_street.slug(Profile.of(home).partnership.police_force)
        into = home.root / "fetched" / "police-street"
        forces = list(dict.fromkeys([own, "btp", *force]))
        found = police_street.fetch(
            months=months, forces=forces, into=into, report=lambda words: print(words, file=sys.stderr)
        )
        self.stdout.write(f"{len(found.new):,} files fetched, {len(found.here):,} were here already.")
        if found.lacking:
            self.stdout.write(f"The publisher has no file for: {', '.join(found.lacking)}.")
        if not found.files:
            raise RedwayError(
                f"street files from {first} to {last}",
                came="none at the publisher's",
                cause="months not published yet, or too old to be kept.",
            )
        self.stdout.write(f"Now import them: redway import police-street {into}")
