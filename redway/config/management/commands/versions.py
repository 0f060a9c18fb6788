"""`redway versions`: the data versions there are."""

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format

from redway.config.command import RedwayCommand
from redway.errors import plain
from redway.sources import dataset as datasets
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.returns.destruction import unmade
from redway.work.returns.models import DataVersion
from redway.work.returns.reconcile import missing

EXAMPLES = """examples:
  redway versions
  redway series recorded-burglary --as-at 1
"""
# What receive.py and deliveries.py write into a version's summary.
WORDS = {
    "new": ("file that was not there before", "files that were not there before"),
    "superseded": ("newer copy of a file", "newer copies of files"),
    "renoted": ("file with the same rows and other notes of its publisher", "files with the same rows and other notes"),
    "withdrawn": ("file withdrawn", "files withdrawn"),
}
ONE = rf"[a-z0-9-]+: [0-9]+ (?:{'|'.join(WORDS)})(?:, [0-9]+ (?:{'|'.join(WORDS)}))*"
MORE = re.compile(r"and ([0-9]+) more")
SUMMARY = re.compile(rf"{ONE}(?:; {ONE})*(?:; {MORE.pattern})?")


class Command(RedwayCommand):
    help = "List the data versions, newest first: when each was made, by whom, and what it brought."
    examples = EXAMPLES

    def handle(self, **_: Any) -> None:
        home = Home.current()
        Profile.of(home)
        versions = list(DataVersion.objects.annotate(files=Count("submissions")).order_by("-number"))
        if not versions:
            self.stdout.write("There is no data version yet. redway import makes the first one.")
            return
        for v in versions:
            made = date_format(timezone.localtime(v.made_at), "j F Y, H:i")
            self.stdout.write(f"Version {v.number}: {made}, by {plain(v.made_by)}. {_held(v.files)}")
            self.stdout.write(f"  {in_words(v.summary)}")
        for sentence, lost in _alike(unmade()).items():
            print(f"{_numbered(lost)}: {sentence}", file=sys.stderr)
        for warning in dict.fromkeys(missing(home)):
            print(f"Warning: {warning}", file=sys.stderr)


def _alike(said: Mapping[int, str]) -> dict[str, list[int]]:
    """The versions of which the same is said, by what that is."""
    found: dict[str, list[int]] = {}
    for number, sentence in sorted(said.items()):
        found.setdefault(sentence, []).append(number)
    return found


def _numbered(versions: Sequence[int]) -> str:
    return f"Version{'s' if len(versions) > 1 else ''} {', '.join(map(str, versions))}"


def _held(files: int) -> str:
    return "It holds 1 file." if files == 1 else f"It holds {files:,} files."


def in_words(summary: str) -> str:
    """What a version brought, from its summary: `2 new and 1 newer copy of Street-level crime.`"""
    return " ".join(_clause(part) for part in summary.split("; ")) if SUMMARY.fullmatch(summary) else f"{summary}."


def _clause(part: str) -> str:
    if more := MORE.fullmatch(part):
        return f"And files of {more[1]} more datasets."
    name, _sep, counts = part.partition(": ")
    title = datasets.dataset(name).title if name in datasets.names() else name
    said = []
    for count, what in (one.split(" ", 1) for one in counts.split(", ")):
        one, many = WORDS[what]
        said.append(f"{count} {one if count == '1' else many}")
    return f"{title}: {' and '.join(said)}."
