"""`redway fetch`: bring open data from its publisher."""

import re
import sys
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from typing import Any

from redway import periods
from redway.config.command import RedwayCommand
from redway.errors import RedwayError
from redway.sources import dataset as datasets
from redway.sources.police_street import fetch as police_street
from redway.sources.police_uk.forces import slug
from redway.sources.remote import NotPublished, OutOfReach
from redway.store.home import Home
from redway.store.profile import Partnership, Profile

EXAMPLES = """examples:
  redway fetch reference
  redway fetch police-street --from 2024-01 --to 2025-11
  redway fetch police-street --from 2024-01 --to 2025-11 --force bedfordshire --force northamptonshire

Files come to the partnership's home, in its folder fetched/; the last line says how to import them.
Run it again to go on after a break: street files that are here whole are not fetched again.
"""


class Command(RedwayCommand):
    help = "Fetch open data from its publishers (needs a network)."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "dataset",
            choices=["police-street", "reference"],
            help="street crime by month, or areas, boundaries, look-ups, residents and deprivation",
        )
        parser.add_argument("--from", dest="first", metavar="YYYY-MM", help="first month of street crime")
        parser.add_argument("--to", dest="last", metavar="YYYY-MM", help="last month of street crime")
        parser.add_argument(
            "--force",
            action="append",
            default=[],
            metavar="NAME",
            help="a further force, as the publisher's file names spell it; the partnership's own and the "
            "British Transport Police (btp) are always asked for",
        )

    def handle(self, *, dataset: str, first: str | None, last: str | None, force: list[str], **_: Any) -> None:
        home = Home.current()
        partnership = Profile.of(home).partnership
        into = home.root / "fetched" / dataset
        if dataset == "police-street":
            self._street(partnership, into, _months(first, last), _forces(force))
        elif first or last or force:
            raise RedwayError(
                "`redway fetch reference` alone", came="--from, --to or --force", cause="those are of police-street."
            )
        else:
            self._reference(partnership, into)

    def _reference(self, partnership: Partnership, into: Path) -> None:
        """Every dataset that comes once from its publisher; one that fails does not stop the others."""
        failed = 0
        for name in datasets.names():
            if name == "police-street" or not (datasets.folder(name) / "fetch.py").is_file():
                continue
            fetcher = import_module(f"redway.sources.{datasets.folder(name).name}.fetch")
            try:
                for path in fetcher.fetch(partnership=partnership, into=into):
                    self.stdout.write(f"{name}: {path.name}, {path.stat().st_size:,} bytes")
            except (NotPublished, OutOfReach) as fault:
                failed += 1
                self.stderr.write(f"{name}: {fault}")
        self.stdout.write(f"Now import them: redway setup {partnership_profile()} --data {into}")
        if failed:
            raise RedwayError("every reference dataset", came=f"{failed} could not be fetched", cause="see above.")

    def _street(self, partnership: Partnership, into: Path, months: range, further: list[str]) -> None:
        own = slug(partnership.police_force)
        found = police_street.fetch(
            months=months,
            forces=dict.fromkeys([own, "btp", *further]),
            into=into,
            report=lambda words: print(words, file=sys.stderr),
        )
        self.stdout.write(f"{len(found.new):,} files fetched, {len(found.here):,} were here already.")
        if found.lacking:
            self.stdout.write(f"The publisher has no file for: {', '.join(found.lacking)}.")
        if not found.files:
            raise RedwayError(
                f"street files from {periods.label(months[0])} to {periods.label(months[-1])}",
                came="none at the publisher's",
                cause="months not published yet, or too old to be kept.",
            )
        self.stdout.write(f"Now import them: redway import police-street {into}")


def partnership_profile() -> str:
    """The name that set-up takes for this home: a shipped profile's, else the folder of the partnership's own."""
    home = Home.current()
    return Profile.of(home).name or str(home.profile)


def _forces(given: list[str]) -> list[str]:
    """Names of forces as the publisher spells them. Raises RedwayError for what cannot be one."""
    for name in given:
        if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name):
            raise RedwayError("a force as the publisher's file names spell it, such as thames-valley", came=f"“{name}”")
    return given


def _months(first: str | None, last: str | None) -> range:
    """The months asked for. Raises RedwayError for missing, mistyped or swapped ones."""
    if not first or not last:
        raise RedwayError("--from and --to, months such as 2024-01", came="one or neither of them")
    if wrong := [given for given in (first, last) if not periods.MONTH.fullmatch(given)]:
        raise RedwayError("months such as 2024-01", came=" and ".join(wrong), cause="a mistyped month.")
    months = range(periods.month(first), periods.month(last) + 1)
    if not months:
        raise RedwayError("a first month before the last", came=f"{first} to {last}", cause="they are swapped.")
    if months[0] < police_street.FIRST:
        raise RedwayError(
            f"months from {periods.label(police_street.FIRST)} on",
            came=first,
            cause="the publisher has none before that month.",
        )
    return months
