"""`redway token`: keys for programs that hand in an agency's returns."""

import json
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from redway.config.acting import person_acting
from redway.config.command import RedwayCommand
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.accounts.roles import Permission
from redway.work.returns.models import Token
from redway.work.returns.tokens import make_token, revoke_token

JSON_VERSION = 1
EXAMPLES = """examples:
  redway token make --agency hospital --name "integration engine" --by ada
  redway token list
  redway token list --format json
  redway token revoke 3f2a8c1e5b7d --by ada

A token is shown once, when it is made: hand it to the agency on a safe way. Whoever has it can hand in that agency's
returns and read what became of them, and nothing else. The page /api/v1/docs/ says how it is used.
"""


class Command(RedwayCommand):
    help = "Make, list or revoke the keys by which programs hand in an agency's returns."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        make = what.add_parser("make", help="make one, and show it once")
        make.add_argument("--agency", metavar="ID", required=True)
        make.add_argument("--name", required=True, help="what will use it")
        make.add_argument("--by", metavar="NAME", default="", help="your sign-in name (default: your login)")
        listing = what.add_parser("list", help="list all, without their secrets")
        listing.add_argument("--format", choices=["table", "json"], default="table")
        revoke = what.add_parser("revoke", help="end one at once")
        revoke.add_argument("handle", metavar="HANDLE")
        revoke.add_argument("--by", metavar="NAME", default="", help="your sign-in name (default: your login)")

    def handle(self, *, what: str, **options: Any) -> None:
        Profile.of(Home.current())
        if what == "list":
            tokens = list(Token.objects.all())
            self.stdout.write(_json(tokens) if options["format"] == "json" else _table(tokens), ending="")
            return
        person = person_acting(options["by"], Permission.MANAGE_PEOPLE)
        if what == "make":
            made, text = make_token(name=options["name"], agency=options["agency"], by=person)
            self.stdout.write(f"{text}\n\nKeep it now: it cannot be shown again. Its handle is {made.handle}.")
        else:
            self.stdout.write(f"Revoked: {revoke_token(handle=options['handle'], by=person).account}.")


def _row(token: Token) -> dict[str, str | None]:
    revoked = token.revoked_at
    return {
        "handle": token.handle,
        "agency": token.agency,
        "name": token.name,
        "made": timezone.localdate(token.made_at).isoformat(),
        "made_by": token.made_by,
        "last_used": token.used_on.isoformat() if token.used_on else None,
        "revoked": timezone.localdate(revoked).isoformat() if revoked else None,
    }


def _json(tokens: list[Token]) -> str:
    return json.dumps({"version": JSON_VERSION, "tokens": [_row(t) for t in tokens]}, indent=2) + "\n"


def _table(tokens: list[Token]) -> str:
    if not tokens:
        return "There is no token yet. redway token make makes one.\n"
    rows = [_row(token) for token in tokens]
    lines = [[name.replace("_", " ") for name in rows[0]], *([value or "-" for value in row.values()] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "".join(
        "  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )
