"""`redway setup`: create a partnership from a profile."""

import getpass
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from redway.config.command import RedwayCommand
from redway.config.setting_up import SetUp, set_up
from redway.errors import plain

EXAMPLES = """examples:
  redway setup aldermere
  redway setup milton-keynes --data ~/open-data
  redway setup ~/my-partnership --data ~/open-data

A folder of one's own holds a partnership.yaml (see docs/profiles.md). Files of open data are found by their names,
wherever they lie in the folder or in zips in it. Setting up again brings in what was missing and changes
nothing else.
"""


class Command(RedwayCommand):
    help = "Create a partnership from a profile, with the reference data that a folder holds."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("profile", help="name of a shipped profile, or a folder with a partnership.yaml")
        parser.add_argument("--data", type=Path, metavar="FOLDER", help="folder of open data to look in")

    def handle(self, *, profile: str, data: Path | None, **_: Any) -> None:
        done = set_up(
            profile,
            data=data.expanduser() if data else None,
            by=getpass.getuser(),
            progress=briefly(),
        )
        for line in report(done):
            self.stdout.write(line)


def briefly() -> Callable[[str], None]:
    """Progress to the terminal; of a zip with many files, its name alone, once."""
    told: set[str] = set()

    def tell(line: str) -> None:
        archive, inside, _ = line.partition(".zip/")
        words = f"{archive}.zip" if inside else line
        if words not in told:
            told.add(words)
            # One write a line: two files are read at a time.
            sys.stderr.write(f"{words}\n")

    return tell


def report(done: SetUp) -> list[str]:
    """What set-up did, what is missing and what that means, in lines for the terminal."""
    name = done.profile.partnership.name
    lines = [
        f"{name} was set up before, in {done.home.root}. Nothing of yours was changed."
        if done.already
        else f"{name} is set up in {done.home.root}."
    ]
    lines += _came(done)
    if done.places:
        residents = done.places.partnership.residents
        lines.append(
            f"{len(done.places.areas):,} areas, "
            + (f"{residents:,} residents." if residents is not None else "residents not known.")
        )
    return lines + _missing(done)


def _came(done: SetUp) -> list[str]:
    if done.receipt is None:
        return []
    lines = []
    for dataset in dict.fromkeys(result.dataset for result in done.receipt.results):
        results = [result for result in done.receipt.results if result.dataset == dataset]
        rows = sum(result.rows_accepted for result in results)
        outcomes = ", ".join(dict.fromkeys(str(result.outcome) for result in results))
        lines.append(f"  {dataset}: {rows:,} rows, {outcomes}")
    lines += [f"Warning: {plain(warning)}" for warning in done.receipt.told_warnings]
    version = done.receipt.version
    return [*lines, f"Data version {version} holds them." if version else "All of it was here already."]


def _missing(done: SetUp) -> list[str]:
    if not done.missing:
        return []
    lines = ["Missing:"]
    for definition in done.missing:
        lines += [f"  {definition.name}: {definition.without}", f"      {definition.where_from}"]
    return [
        *lines,
        "The strategy, its commitments and the people who sign in work without any of these.",
        "To bring them in: redway fetch reference, where there is a network; or run redway setup again "
        "with --data FOLDER.",
    ]
