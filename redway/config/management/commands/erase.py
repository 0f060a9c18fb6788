"""`redway erase`: destroy the rows of one pseudonym in every data version."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.utils.formats import date_format

from redway.config.acting import person_acting
from redway.config.command import RedwayCommand
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.accounts.roles import Permission
from redway.work.returns import erasure
from redway.work.returns.destruction import ERASURE
from redway.work.returns.models import Destruction
from redway.work.returns.senders import name_of_agency

EXAMPLES = """examples:
  redway erase youth-justice --pseudonym 5f2c… --reason "request ER-2026-014" --by ada
  redway erase youth-justice --pseudonym 5f2c… --reason "request ER-2026-014" --run --by ada

Without --run no data are changed: it says how many rows would go, and from which data versions. Whoever looks is told
whether a person is in the data, so that is for the same people as to erase, and the audit has who looked, why and how
much was found. With it they are
destroyed in the accepted files of every version, whatever was derived of the dataset is removed, and returns of the
dataset that are still undecided are discarded: their senders send them again without these rows. The record keeps the
reason and never the pseudonym, so give a reference and name nobody. The pseudonym is of one dataset: ask the provider
for it, once a dataset. Copies of the home made before hold the rows still.
"""


class Command(RedwayCommand):
    help = "Destroy the rows of one pseudonym, lawfully, in every data version."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", metavar="DATASET", help="a dataset whose rows bear pseudonyms")
        parser.add_argument("--pseudonym", metavar="P", required=True, help="as the provider's files have it")
        parser.add_argument("--reason", metavar="TEXT", required=True, help="why: a reference, and no name")
        parser.add_argument("--run", action="store_true", help="destroy them; without it, no data are changed")
        parser.add_argument("--by", metavar="NAME", default="", help="your sign-in name (default: your login)")

    def handle(self, *, dataset: str, pseudonym: str, reason: str, run: bool, by: str, **_: Any) -> None:
        Profile.of(Home.current())
        person = person_acting(by, Permission.MANAGE_GATEWAYS)
        if not run:
            self.stdout.write(told(erasure.look(dataset=dataset, pseudonym=pseudonym, reason=reason, by=person)))
            print("No data were changed: --run destroys them. That you looked is in the audit.", file=sys.stderr)
            return
        done = erasure.erase(dataset=dataset, pseudonym=pseudonym, reason=reason, by=person)
        if done.rows:
            said = f"{rows(done.rows)} of {dataset} destroyed in every data version."
        else:
            said = f"Nothing was destroyed: nothing of this person is held in {dataset}.{_before(done)}"
        self.stdout.write(f"{said} The record is {done} of the audit.")


def _before(done: Destruction) -> str:
    """The last erasure of the dataset that did destroy rows, which may have been of the same pseudonym."""
    last = Destruction.objects.filter(kind=ERASURE, dataset=done.dataset, rows__gt=0).first()
    if last is None:
        return ""
    return f" It may have been erased already: the last erasure was on {date_format(last.at, 'j F Y')} ({last.reason})."


def told(found: erasure.Found) -> str:
    """What an erasure would do, in a sentence for each place."""
    lines = [f"{name_of_agency(s.provider)}, {s.period}: {rows(n)}" for s, n in found.rows]
    versions = ", ".join(map(str, found.versions)) or "none"
    if not found.rows:
        lines.append("Nothing of this person is held in what was accepted.")
    else:
        lines.append(
            f"{rows(found.count)} in all. Data versions that would no longer be re-made as they were: {versions}."
        )
    if found.undecided:
        lines.append(f"Returns still undecided, which would be discarded: {len(found.undecided):,}.")
    return "\n".join(lines)


def rows(count: int) -> str:
    """`1 row`, `1,204 rows`."""
    return "1 row" if count == 1 else f"{count:,} rows"
