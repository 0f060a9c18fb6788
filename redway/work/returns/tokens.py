"""Tokens: by which a program hands in returns for one agency. Made, listed and revoked by command; each is audited.

A token is `redway_HANDLE_SECRET`. The secret has 256 bits, so a plain hash of it is enough: there is nothing to guess.
It is shown once, when it is made.
"""

import hashlib
import hmac
import re
import secrets

from django.db import transaction
from django.utils import timezone

from redway.errors import RedwayError, did_you_mean
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.accounts.models import User
from redway.work.audit.actions import record
from redway.work.returns.deliveries import name_of
from redway.work.returns.models import Token
from redway.work.returns.senders import senders

LONGEST_NAME = 80
LAYOUT = re.compile(r"redway_([0-9a-f]{12})_([A-Za-z0-9_-]{43})", re.ASCII)


@transaction.atomic
def make_token(*, name: str, agency: str, by: User | str) -> tuple[Token, str]:
    """A new token of an agency, and the text of it, which cannot be had again.

    Raises RedwayError for an agency there is not, and for one without a name.
    """
    known = senders(Profile.of(Home.current()))
    if agency not in known:
        cause = did_you_mean(agency, known)
        raise RedwayError(f"the ID of an agency ({', '.join(known)})", came=f"“{agency}”", cause=cause)
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise RedwayError("a name of up to 80 letters that says what will use the token", came=f"“{name[:80]}”")
    handle, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    text = f"redway_{handle}_{secret}"
    made = Token.objects.create(name=name, agency=agency, handle=handle, hash=_hash(text), made_by=name_of(by))
    record(by=by, action="make-token", subject=str(made), detail={"name": name, "agency": agency})
    return made, text


@transaction.atomic
def revoke_token(*, handle: str, by: User | str) -> Token:
    """End a token at once; again changes nothing. Raises RedwayError for a handle there is not."""
    found = Token.objects.select_for_update().filter(handle=handle).first()
    if found is None:
        raise RedwayError("the handle of a token (redway token list)", came=f"“{handle}”", cause="a spelling mistake.")
    if found.revoked_at is None:
        found.revoked_at, found.revoked_by = timezone.now(), name_of(by)
        found.save(update_fields=["revoked_at", "revoked_by"])
        record(by=by, action="revoke-token", subject=str(found), detail={"name": found.name, "agency": found.agency})
    return found


def token_of(text: str) -> Token | None:
    """The token that a program shows, if it is one and was not revoked. Its use is written down, once a day."""
    layout = LAYOUT.fullmatch(text)
    found = Token.objects.filter(handle=layout[1]).first() if layout else None
    # Compared in constant time, also where there is none to compare with.
    right = hmac.compare_digest(_hash(text), found.hash if found else "0" * 64)
    if found is None or not right or found.revoked_at is not None:
        return None
    today = timezone.localdate()
    if found.used_on != today:
        Token.objects.filter(pk=found.pk).update(used_on=today)
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()
