"""`redway withdraw`: take what was accepted out of use."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from redway.config.acting import person_acting
from redway.config.command import RedwayCommand
from redway.errors import RedwayError
from redway.work.accounts.roles import Permission
from redway.work.returns.deliveries import withdraw
from redway.work.returns.models import Delivery
from redway.work.returns.versions import everything

EXAMPLES = """examples:
  redway withdraw 3f2a8c1e-5b7d-4e9a-9c61-0d2f4b6a8e10 --reason "the file was of another area"

A new data version is made without it. Older versions keep it, and what it had superseded does not come back by itself:
send that again. The result of an import names the delivery.
"""


class Command(RedwayCommand):
    help = "Withdraw a delivery that was accepted: a new data version without it."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("delivery", metavar="DELIVERY", help="its ID")
        parser.add_argument("--reason", required=True, help="why, for whoever reads this later")
        parser.add_argument("--by", metavar="NAME", default="", help="your sign-in name (default: your login)")

    def handle(self, *, delivery: str, reason: str, by: str, **_: Any) -> None:
        person = person_acting(by, Permission.ACCEPT_RETURNS)
        withdraw(delivery=_found(delivery), reason=reason, by=person)
        self.stdout.write(f"Withdrawn. Data version {everything().number} is without it.")


def _found(given: str) -> Delivery:
    """Raises RedwayError for what is no ID, and for the ID of none."""
    try:
        found = Delivery.objects.filter(public_id=UUID(given)).first()
    except ValueError:
        found = None
    if found is None:
        raise RedwayError("the ID of a delivery", came=f"“{given}”", cause="a spelling mistake, or another home.")
    return found
