"""`redway datasets`: the datasets Redway can take, and what it holds of each."""

import json
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from redway.config.command import RedwayCommand
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.returns.catalogue import Catalogue, Entry, Held, catalogue

JSON_VERSION = 1
EXAMPLES = """examples:
  redway datasets
  redway datasets --format json

The table says what is held, and until when a gateway lets a partner's dataset in. JSON has all that is known of each
dataset: its title, provider, licence, cadence, the agencies that send it, and every column with what it means.
"""
HEADS = ("dataset", "accepted", "files", "newest", "gateway")
NUMBERS = (2,)


class Command(RedwayCommand):
    help = "List the datasets, when one was last accepted, and the gateway that lets it in."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["table", "json"], default="table", help="without it, table")

    def handle(self, **options: Any) -> None:
        found = catalogue(Profile.of(Home.current()))
        self.stdout.write(as_json(found) if options["format"] == "json" else as_table(found), ending="")


def as_table(found: Catalogue) -> str:
    """Plain aligned text, one line a dataset, as narrow as a terminal."""
    lines = [HEADS, *(_cells(entry) for entry in found.entries)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADS))]
    return "".join(
        "  ".join(
            cell.rjust(width) if i in NUMBERS else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        + "\n"
        for line in lines
    )


def _cells(entry: Entry) -> tuple[str, ...]:
    held = entry.held
    what = (f"{timezone.localtime(held.accepted_at):%Y-%m-%d}", f"{held.files:,}") if held else ("never", "0")
    return (entry.definition.name, *what, (held.last_period if held else "") or "-", _gateway(entry))


def _gateway(entry: Entry) -> str:
    """`to 2027-03-31`, none in force, or open data, which needs none."""
    if entry.definition.access == "open":
        return "open data"
    return f"to {entry.gateway}" if entry.gateway else "none in force"


def as_json(found: Catalogue) -> str:
    """The same for programs, columns in full."""
    document = {
        "version": JSON_VERSION,
        "data_version": found.version,
        "datasets": [_document(entry) for entry in found.entries],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _document(entry: Entry) -> dict[str, Any]:
    d = entry.definition
    facts = ("name", "title", "about", "provider", "cadence", "licence", "where_from", "schema_version")
    return {
        **{fact: getattr(d, fact) for fact in facts},
        "access": d.access,
        "agencies": list(entry.agencies),
        "gateway_until": entry.gateway.isoformat() if entry.gateway else None,
        "columns": [column.model_dump() for column in d.columns],
        "last_accepted": _held(entry.held) if entry.held else None,
    }


def _held(held: Held) -> dict[str, Any]:
    return {
        "at": timezone.localtime(held.accepted_at).isoformat(timespec="seconds"),
        "files": held.files,
        "rows": held.rows,
        "first_period": held.first_period or None,
        "last_period": held.last_period or None,
    }
