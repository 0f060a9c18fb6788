"""The audit: one chain of rows that are added to and never changed.

Each row holds the hash of the row before it, so an edit, a removal or an insertion anywhere breaks the chain
from there on (`verify` says where). The database itself refuses updates and deletions (`triggers.py`). Rows
name people and things in words, without foreign keys: the trail outlives what it describes.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, NoReturn

from django.db import models

START = "0" * 64  # what the first row holds in place of a hash


class AuditRow(models.Model):
    """One thing done: who, what, to what, when."""

    number = models.PositiveBigIntegerField(unique=True, help_text="place in the chain, from 1, without gaps")
    at = models.DateTimeField(db_index=True)
    actor_id = models.BigIntegerField(null=True, help_text="ID of a person; empty for a service account")
    actor = models.CharField(max_length=150, db_index=True, help_text="name of the person or service account")
    action = models.CharField(max_length=60, db_index=True, help_text="give-owner, receive ...")
    subject = models.CharField(max_length=200, db_index=True, help_text="kind and ID: commitment A18, version 7")
    # Text, not a JSON column: PostgreSQL would write numbers its own way, and the hash must not depend on that.
    detail_text = models.TextField(default="{}")
    previous = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["number"]

    @property
    def detail(self) -> dict[str, Any]:
        """What else is worth knowing: values before and after, reasons, counts."""
        read: dict[str, Any] = json.loads(self.detail_text)
        return read

    def computed_hash(self) -> str:
        """The hash this row ought to have, from everything it says and the row before it."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        said = [self.number, at, self.actor_id, self.actor, self.action, self.subject, self.detail_text, self.previous]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            refuse()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        refuse()


def refuse() -> NoReturn:
    raise TypeError("Rows of the audit are added, never changed or removed.")


def as_text(detail: dict[str, Any]) -> str:
    """Detail as the one text that is stored and hashed; dates become ISO text."""
    return json.dumps(detail, sort_keys=True, ensure_ascii=True, allow_nan=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    raise TypeError(f"the audit cannot write down {type(value).__name__}")
