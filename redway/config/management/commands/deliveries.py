"""`redway deliveries`: what was handed in and waits for somebody, and the decisions about it."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from redway.config.acting import delivery_for, person_acting
from redway.config.command import RedwayCommand
from redway.errors import NotAllowed
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.returns import overtaking, policies, result
from redway.work.returns.checking import work_on
from redway.work.returns.deliveries import accept, acknowledge, discard, refuse
from redway.work.returns.models import Delivery
from redway.work.returns.report import DeliveryReport
from redway.work.returns.senders import name_of_agency
from redway.work.returns.states import NAMES, OPEN, State

JSON_VERSION = 1
EXAMPLES = """examples:
  redway deliveries list --by ana
  redway deliveries list --all --format json --by ana
  redway deliveries show 3f2a8c1e-5b7d-4e9a-9c61-0d2f4b6a8e10 --by ana
  redway deliveries acknowledge 3f2a8c1e-5b7d-4e9a-9c61-0d2f4b6a8e10 --note "a station closed in May" --by fay
  redway deliveries accept 3f2a8c1e-5b7d-4e9a-9c61-0d2f4b6a8e10 --by tom
  redway deliveries refuse 3f2a8c1e-5b7d-4e9a-9c61-0d2f4b6a8e10 --reason "last year's file" --by tom
  redway deliveries take-back 3f2a8c1e-5b7d-4e9a-9c61-0d2f4b6a8e10 --by fay

Lists those that are not decided, or all. Show one before you decide: acknowledge says that every warning was read,
and --note what was found of them; accept and refuse are the second person's; take-back takes back what is not accepted.
Each asks for the same role as the pages do. Of several copies of one return the one that was sent last counts: an older
one that waits is overtaken when it is accepted. redway withdraw takes out of use what was accepted.

Exit status: 0 done; 1 it was refused, or cannot be done; 3 it waits for somebody.
"""
TAKE_BACK = "take-back"
DECIDED = {"accept": State.ACCEPTED, "refuse": State.REFUSED, TAKE_BACK: State.DISCARDED}
WAITS = 3  # the exit status where somebody has to decide


class Command(RedwayCommand):
    help = "List what was handed in, and acknowledge, accept, refuse or take it back."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        listing = what.add_parser("list", help="those that are not decided")
        listing.add_argument("--all", action="store_true", help="decided ones too")
        listing.add_argument("--format", choices=["table", "json"], default="table")
        parsers = [listing]
        for name, about in (
            ("show", "the whole result of one"),
            ("acknowledge", "every warning was read: go on"),
            ("accept", "as the second person"),
            ("refuse", "as the second person, with a reason"),
            (TAKE_BACK, "take back what is not accepted"),
        ):
            one = what.add_parser(name, help=about)
            one.add_argument("delivery", metavar="DELIVERY", help="its ID")
            parsers.append(one)
            if name == "refuse":
                one.add_argument("--reason", required=True, help="why, for its sender")
            if name == "acknowledge":
                one.add_argument("--note", default="", help="what you found; name no person, and no number under 5")
        for one in parsers:
            one.add_argument("--by", metavar="NAME", default="", help="your sign-in name (default: your login)")

    def handle(self, *, what: str, by: str, **options: Any) -> None:
        Profile.of(Home.current())
        needed = {
            "list": Permission.SEE_RETURNS,
            "show": Permission.SEE_RETURNS,
            "acknowledge": Permission.SEND_RETURNS,
            TAKE_BACK: Permission.SEND_RETURNS,
        }.get(what, Permission.ACCEPT_RETURNS)
        person = person_acting(by, needed)
        if what == "list":
            self.list(person, options)
            return
        one = delivery_for(person, options["delivery"])
        if what == "show":
            self.show(one, person)
        else:
            self.decide(what, one, person, options.get("reason") or options.get("note") or "")

    def list(self, person: User, options: dict[str, Any]) -> None:
        found = policies.visible(person).order_by("sent_at", "pk")
        rows = [_row(one) for one in (found if options["all"] else found.filter(state__in=OPEN))]
        if options["format"] == "json":
            self.stdout.write(json.dumps({"version": JSON_VERSION, "deliveries": rows}, ensure_ascii=False, indent=2))
        elif not rows:
            self.stdout.write("There is none." if options["all"] else "None waits.")
        for row in rows if options["format"] == "table" else []:
            of = ", ".join(row["periods"]) or "its rows say which period"
            self.stdout.write(f"{row['delivery']}  {row['dataset']}, {row['agency_name'] or '-'}, {of}")
            moment = row["sent_at"][:19].replace("T", " ")
            self.stdout.write(f"  {row['state_in_words']}; sent {moment} by {row['sent_by']}: {row['files']}")
            if row["beside"]:
                self.stdout.write(f"  Of the same period waits: {', '.join(row['beside'])}")

    def show(self, one: Delivery, person: User) -> None:
        if not (person.may(Permission.SEE_SMALL_COUNTS) or person.agency == one.agency != ""):
            raise NotAllowed("The result of a return has exact numbers: its sender and analysts may read it.")
        self.stdout.write(result.told(one, name_of_agency(one.agency)))

    def decide(self, what: str, one: Delivery, person: User, words: str) -> None:
        """Take one decision, go as far as it lets, and end with the status that says how it stands.

        words  the reason, or what was found of the warnings
        """
        if what in ("acknowledge", TAKE_BACK) and not policies.may_send_for(person, one.agency):
            raise NotAllowed("You may decide about returns of your own agency only.")
        already = one.state == DECIDED.get(what)
        if what == "acknowledge":
            keys = [warning.key for warning in DeliveryReport.of_json(one.report).warnings]
            one = acknowledge(delivery=one, warnings=keys, by=person, note=words)
        elif what == "accept":
            one = accept(delivery=one, by=person)
        elif what == "refuse":
            one = refuse(delivery=one, reason=words, by=person)
        else:
            one = discard(delivery=one, by=person)
        now = work_on(one, progress=lambda line: print(line, file=sys.stderr))
        if already:
            self.stdout.write("Nothing was done: this was decided before. How it stands:")
        self.stdout.write(result.told(now, name_of_agency(now.agency)))
        if what != "refuse":
            end_by_state(now)


def end_by_state(now: Delivery) -> None:
    """End with the exit status of a delivery: 1 where it was refused or overtaken, 3 where it waits for somebody."""
    if now.state in (State.REFUSED, State.OVERTAKEN):
        raise SystemExit(1)
    if now.state in OPEN:
        raise SystemExit(WAITS)


def _row(one: Delivery) -> dict[str, Any]:
    return {
        "delivery": str(one.public_id),
        "dataset": one.dataset,
        "agency": one.agency or None,
        "agency_name": name_of_agency(one.agency) or None,
        "periods": one.periods or ([one.period] if one.period else []),
        "state": one.state,
        "state_in_words": str(NAMES[State(one.state)]),
        "sent_by": one.sent_by,
        "sent_at": timezone.localtime(one.sent_at).isoformat(timespec="seconds"),
        "files": ", ".join(one.file_names),
        "beside": [str(other.public_id) for other in overtaking.beside(one)] if one.state in OPEN else [],
        "overtaken_by": str(one.overtaken_by.public_id) if one.overtaken_by else None,
    }
