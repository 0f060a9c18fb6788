"""Writing to the audit."""

from typing import Any, Protocol

from django.db import connection
from django.utils import timezone

from redway.work.audit.models import START, AuditRow, as_text

CHAIN = 0x7265647761  # PostgreSQL's advisory lock on the end of the chain ("redwa")


class Person(Protocol):
    """As much of a person as the audit writes down."""

    @property
    def pk(self) -> Any: ...

    username: str


def record(*, by: Person | str, action: str, subject: str, detail: dict[str, Any] | None = None) -> AuditRow:
    """Add a row to the audit, inside the transaction of the action it tells of: both stand or neither does.

    by       a person, or the name of a service account ("the import command")
    action   a verb in lower case with hyphens: "give-owner"
    subject  the kind and ID of what it was done to: "commitment A18"
    detail   what else is worth knowing; numbers, text, dates, lists and dictionaries of them

    Writers take turns: on PostgreSQL by a lock kept to the end of the transaction, on SQLite because its write
    transactions already exclude each other. So make it the last
    thing an action does. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("audit.record is called inside the transaction of the action it tells of")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN])
    last = AuditRow.objects.order_by("-number").values("number", "hash").first()
    row = AuditRow(
        number=last["number"] + 1 if last else 1,
        at=timezone.now(),
        actor_id=None if isinstance(by, str) else by.pk,
        actor=by if isinstance(by, str) else by.username,
        action=action,
        subject=subject,
        detail_text=as_text(detail or {}),
        previous=last["hash"] if last else START,
    )
    row.hash = row.computed_hash()
    row.save(force_insert=True)
    return row
