"""`redway retention`: destroy what its gateways' time is over for."""

import sys
from argparse import ArgumentParser
from typing import Any

from redway.config.acting import person_acting
from redway.config.command import RedwayCommand
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.accounts.roles import Permission
from redway.work.returns import retention

EXAMPLES = """examples:
  redway retention                   what would be destroyed, why, and which data versions lose it
  redway retention --run --by ada    destroys it in every data version, for good
  redway retention --remind          for a timer: silent while nothing is past its time, else a sentence and status 3

Gateways say how many months a file is kept after the period it is of. What was destroyed, when, by whom and why
stays in the audit, and the data versions that lose it say that they can no longer be re-made. Copies of the home
made before hold it still: destroy those too, or let them expire. A partner's old backups are the partner's.
"""

PAST = 3  # the exit status where something is past its time: somebody has to decide


class Command(RedwayCommand):
    help = "Say which partners' data are past their time, or destroy them."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        does = parser.add_mutually_exclusive_group()
        does.add_argument("--run", action="store_true", help="destroy them; without it, nothing is changed")
        does.add_argument("--remind", action="store_true", help="say only whether any are, for a timer to pass on")
        parser.add_argument("--by", metavar="NAME", default="", help="your sign-in name (default: your login)")

    def handle(self, *, run: bool, remind: bool, by: str, **_: Any) -> None:
        Profile.of(Home.current())
        if remind:
            self._remind()
            return
        person = person_acting(by, Permission.MANAGE_GATEWAYS) if run or by else None
        if run and person:
            for done in retention.run(by=person):
                rows = "1 row" if done.rows == 1 else f"{done.rows:,} rows"
                self.stdout.write(f"{done.dataset}: {rows} destroyed in every data version. {done.reason}.")
                print(f"The record is {done} of the audit.", file=sys.stderr)
            self.stdout.write("Nothing that is left is past its time.")
            return
        found = retention.due()
        for sentence in retention.words(found):
            self.stdout.write(sentence)
        if not found:
            self.stdout.write("Nothing is past its time.")
            return
        files = "One file is past its" if len(found) == 1 else f"{len(found):,} files are past their"
        print(f"{files} time. Nothing was changed: redway retention --run destroys what is listed.", file=sys.stderr)

    def _remind(self) -> None:
        """Silence, or a sentence and an exit status that a timer passes on."""
        if said := retention.reminder():
            self.stdout.write(said)
            print("See them under Gateways, or by redway retention, and decide.", file=sys.stderr)
            raise SystemExit(PAST)
