"""`redway audit`: whether the audit stands as it was written."""

from argparse import ArgumentParser
from typing import Any

from redway.config.command import RedwayCommand
from redway.errors import RedwayError
from redway.work.audit.chain import head, holds, verify

EXAMPLES = """examples:
  redway audit verify
  redway audit verify --head 5f2c…     is a row written down earlier still there?

Each row holds the hash of the row before it. `verify` walks the whole chain and prints its head: keep that
somewhere else, and rows cut off the end will be missed. Exit status 1 when the chain does not hold.
"""


class Command(RedwayCommand):
    help = "Check that no row of the audit was changed, removed or put in."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["verify"])
        parser.add_argument("--head", default="", help="the hash of a row that was written down earlier")

    def handle(self, *args: Any, head: str, **options: Any) -> None:
        if broken := verify():
            raise RedwayError(
                "an audit that stands as it was written",
                came=f"row {broken.number} {broken.why}",
                cause="somebody changed the database by hand, or it was damaged. Keep a copy of it as it is.",
            )
        if head and not holds(head):
            raise RedwayError(
                "a row with the hash that was written down",
                came="none",
                cause="rows were cut off the end of the audit, or the hash was mistyped.",
            )
        self.stdout.write(summary())


def summary() -> str:
    """How many rows there are, and the hash that stands for all of them."""
    newest = head()
    if newest is None:
        return "The audit is empty."
    return f"The audit holds: {newest.number:,} rows. Its head, to be written down elsewhere:\n{newest.hash}"
