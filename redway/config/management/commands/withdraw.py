"""`redway withdraw`: take what was accepted out of use."""

from argparse import ArgumentParser
from typing import Any

from django.utils.formats import date_format

from redway.config.acting import delivery_for, person_acting
from redway.config.command import RedwayCommand
from redway.config.given import period
from redway.sources.dataset import names
from redway.work.accounts.roles import Permission
from redway.work.returns.deliveries import withdraw
from redway.work.returns.states import State
from redway.work.returns.versions import everything
from redway.work.returns.withdrawing import withdraw_open

EXAMPLES = """examples:
  redway withdraw 3f2a8c1e-5b7d-4e9a-9c61-0d2f4b6a8e10 --reason "the file was of another area" --by ana
  redway withdraw police-street --period 2025-01 --provider "Thames Valley Police" --reason "no crimes" --by ana
  redway withdraw deprivation-2019 --reason "File 1, which has no domains" --by ana

A new data version is made without it. Older versions keep it, and what it had superseded does not come back by itself:
send or import that again. The result of an import names the delivery; open data, which come in none, are named by
dataset, period and provider.
"""


class Command(RedwayCommand):
    help = "Withdraw a delivery that was accepted: a new data version without it."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", metavar="DELIVERY|DATASET", help="the ID of a delivery, or a dataset of open data")
        parser.add_argument(
            "--period",
            metavar="P",
            type=period,
            default="",
            help="of open data: which period, where there are several",
        )
        parser.add_argument(
            "--provider", metavar="NAME", default="", help="of open data: whose, where there are several"
        )
        parser.add_argument("--reason", required=True, help="why, for whoever reads this later")
        parser.add_argument("--by", metavar="NAME", default="", help="your sign-in name (default: your login)")

    def handle(self, *, what: str, reason: str, by: str, period: str, provider: str, **_: Any) -> None:
        person = person_acting(by, Permission.ACCEPT_RETURNS)
        if what in names():
            made = withdraw_open(dataset=what, period=period, provider=provider, reason=reason, by=person)
            self.stdout.write(f"Withdrawn. Data version {made.number} is without it.")
            return
        one = delivery_for(person, what)
        if one.state == State.WITHDRAWN:
            when = date_format(one.decided_at, "j F Y") if one.decided_at else ""
            self.stdout.write(f"Nothing was done: {one.decided_by} withdrew it already, on {when}. Why: {one.reason}")
            return
        withdraw(delivery=one, reason=reason, by=person)
        self.stdout.write(f"Withdrawn. Data version {everything().number} is without it.")
