"""`redway gateways`: the register, and what of it ends soon."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from redway.config.command import RedwayCommand
from redway.sources.dataset import dataset, names
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.gateways import linking
from redway.work.gateways.models import Gateway
from redway.work.gateways.policies import Register, ending_soon, expired
from redway.work.gateways.purposes import Purpose
from redway.work.gateways.states import State

EXAMPLES = """examples:
  redway gateways
  redway gateways --format json
  redway gateways --together              which datasets may be put together, for which purpose, and why not

One line for each dataset and purpose that the register knows. Those that expire within 90, 30 or 7 days, and those
that have expired, are told on stderr. Gateways are drafted and put in force on the page Gateways, by two people.
"""
FORMAT_VERSION = 1


class Command(RedwayCommand):
    help = "List the gateways: by which partners' data may be taken in and read, for what, and until when."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--together", action="store_true", help="which datasets may be put together, for which purpose"
        )
        parser.add_argument("--format", choices=["table", "json"], default="table", help="without it, table")

    def handle(self, *, format: str, together: bool, **_: Any) -> None:
        Profile.of(Home.current())
        if together:
            self.stdout.write(as_json(linking.lines(timezone.localdate())) if format == "json" else beside())
            return
        rows = lines()
        if format == "json":
            self.stdout.write(json.dumps({"version": FORMAT_VERSION, "gateways": rows}, indent=2))
        else:
            self.stdout.write(table(rows))
        for sentence in warnings():
            print(sentence, file=sys.stderr)


def lines() -> list[dict[str, Any]]:
    """Each dataset and purpose with the version that counts today; a draft beside it is told too."""
    today = timezone.localdate()
    everything = list(Gateway.objects.all())
    register = Register(today, [g for g in everything if g.state in (State.IN_FORCE, State.ENDED)])
    drafts = {(g.dataset, g.purpose): g for g in everything if g.state == State.DRAFT}
    found = []
    for key in dict.fromkeys((g.dataset, g.purpose) for g in everything):
        now = register.latest(key[0], Purpose(key[1])) or drafts.get(key)
        if now is not None:
            found.append(
                {
                    "dataset": key[0],
                    "purpose": key[1],
                    "version": now.version,
                    "standing": now.standing(today).value,
                    "begins": now.begins.isoformat() if now.begins else None,
                    "expires": now.expires.isoformat() if now.expires else None,
                    "fields": now.fields,
                    "keep_months": now.keep_months,
                    "draft_waits": key in drafts,
                }
            )
    return found


def table(rows: list[dict[str, Any]]) -> str:
    """The same for people; and the datasets of partners that have none."""
    known = {row["dataset"] for row in rows}
    without = [name for name in names() if name not in known and dataset(name).access == "partners"]
    cells = [("dataset", "purpose", "version", "standing", "expires", "fields")]
    cells += [
        (r["dataset"], r["purpose"], str(r["version"]), r["standing"], r["expires"] or "-", str(len(r["fields"])))
        for r in rows
    ]
    widths = [max(len(row[i]) for row in cells) for i in range(6)]
    text = "\n".join("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells)
    if not rows:
        text = "There is no gateway yet, so no partner's data can be taken in."
    return f"{text}\n\nWithout any: {', '.join(without)}." if without else text


def beside() -> str:
    """Which datasets may be put together: a table, and why not, each reason once."""
    found = linking.lines(timezone.localdate())
    cells = [("dataset", *(p.value for p in Purpose))]
    cells += [(one.dataset, *("yes" if s.allowed else "no" for s in one.standings)) for one in found]
    widths = [max(len(row[at]) for row in cells) for at in range(len(cells[0]))]
    text = "\n".join("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells)
    why = dict.fromkeys(s.why for one in found for s in one.standings if not s.allowed)
    return f"{text}\n\n{TOGETHER}\n" + "\n".join(f"- {reason}" for reason in why)


TOGETHER = (
    "Those with a yes may be put together with each other, and with open data, for that purpose alone: counts beside "
    "counts.\nNo record of one is ever matched with a record of another: each has pseudonyms of its own. Why not:"
)


def as_json(found: list[linking.Line]) -> str:
    """The same for programs."""
    rows = [
        {"dataset": one.dataset, "purpose": s.purpose.value, "allowed": s.allowed, "why_not": s.why}
        for one in found
        for s in one.standings
    ]
    return json.dumps({"version": FORMAT_VERSION, "together": rows}, indent=2)


def warnings() -> list[str]:
    """Sentences about what ends within 90 days and what has ended without a successor."""
    today = timezone.localdate()
    found = [f"Warning: {g} is no longer in force, so its data cannot be read." for g in expired(today)]
    for ending in ending_soon(today):
        found.append(
            f"Warning: {ending.gateway} expires on {ending.gateway.expires}, within {ending.within} days. After that "
            "its data cannot be read."
        )
    return found
