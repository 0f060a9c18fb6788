"""Sessions: whose they are, since when, and when they end. Django's database sessions with those columns beside.

A session ends when nothing was done for a while, when its day's work is over, when its owner ends it, and when its
owner's password, second factor or access changes.
"""

from datetime import timedelta
from enum import Enum
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from redway.work.accounts.models import Session, User

BEGAN, DEVICE = "began", "device"  # what a session itself remembers of its beginning
TOLD_EVERY = timedelta(minutes=1)  # how often it is written down that a session is used
LONGEST_DEVICE = 200


class Over(Enum):
    """Why a session has ended by itself."""

    IDLE = "idle"
    TOO_LONG = "too long"


class SessionStore(DatabaseStore):
    """Django's store; `row` is what was read, so that its limits are checked without asking again."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        self.row = super()._get_session_from_db()  # type: ignore[misc]
        return self.row

    def create_model_instance(self, data: Any) -> Session:
        made = super().create_model_instance(data)
        assert isinstance(made, Session)
        now = timezone.now()
        made.person_id = data.get("_auth_user_id")
        made.began_at = parse_datetime(data.get(BEGAN, "")) or now
        made.seen_at = now
        made.device = data.get(DEVICE, "")
        return made


def began(store: SessionStore, *, person: User, device: str) -> None:
    """A person has signed in: the session says since when and on what, and their oldest ones make room for it."""
    store[BEGAN], store[DEVICE] = timezone.now().isoformat(), device[:LONGEST_DEVICE]
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    others = Session.objects.filter(person=person).exclude(session_key=store.session_key)
    kept = others.order_by("-seen_at").values_list("pk", flat=True)[: settings.SESSIONS_AT_MOST - 1]
    others.exclude(pk__in=list(kept)).delete()


def over(row: Session) -> Over | None:
    """Why a session has ended; None while it goes on."""
    now = timezone.now()
    if now - row.began_at > timedelta(seconds=settings.SESSION_COOKIE_AGE):
        return Over.TOO_LONG
    if now - row.seen_at > timedelta(seconds=settings.SESSION_IDLE_AGE):
        return Over.IDLE
    return None


def touch(row: Session) -> None:
    """Write down that a session is used, now and then: not a write for every page."""
    now = timezone.now()
    if now - row.seen_at > TOLD_EVERY:
        Session.objects.filter(pk=row.pk).update(seen_at=now)


def open_sessions(person: User) -> list[Session]:
    """A person's sessions that go on, the last used first."""
    return [row for row in Session.objects.filter(person=person).order_by("-seen_at") if not over(row)]


def end_all(person: User, *, but: str | None = None) -> None:
    """End a person's sessions, all or but one."""
    Session.objects.filter(person=person).exclude(session_key=but or "").delete()
