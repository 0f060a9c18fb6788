"""Editions of tables: one row for each that was asked for. Its figures, with the counts it was made of, lie in a file
of the home's folder `released/`, which the row names once it has left.
"""

import uuid
from typing import NoReturn

from django.db import models

from redway.work.releases.states import LEFT, State


class TableEdition(models.Model):
    """One table for one period, as it was proposed and, once a second person agreed, released."""

    public_id = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text="in addresses; not to guess"
    )
    table = models.CharField(max_length=60, help_text="its ID in the profile's tables.yaml")
    period = models.CharField(max_length=12)
    number = models.PositiveIntegerField(null=True, blank=True, help_text="of that table and period, from 1")
    state = models.CharField(max_length=20, default=State.PROPOSED.value)
    title = models.CharField(max_length=200)
    dataset = models.CharField(max_length=60)
    key = models.CharField(max_length=24, help_text="a name for what is counted and how it is parted")
    partings = models.JSONField(default=list, help_text="what its rows and its columns part by")
    data_version = models.PositiveIntegerField()
    policy = models.JSONField(help_text="name, hide_from, hide_to, round_to")
    shown = models.CharField(max_length=64, help_text="hash of everything that the public is shown")
    file = models.CharField(max_length=80, blank=True, help_text="its file's name in released/, once it has left")
    digest = models.CharField(max_length=64, blank=True, help_text="hash of that file")

    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.CharField(max_length=150, help_text="sign-in name")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True, help_text="who released or declined it")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    reason = models.TextField(blank=True, help_text="why it was declined or withdrawn")

    class Meta:
        ordering = ["table", "period", "number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["table", "period", "number"], name="edition_number_once"),
            models.UniqueConstraint(
                fields=["table", "period"], condition=models.Q(state="proposed"), name="edition_one_proposal"
            ),
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in State]), name="edition_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state__in=[s.value for s in LEFT])
                | (models.Q(number__isnull=False) & ~models.Q(file="") & ~models.Q(digest="")),
                name="edition_that_left_is_kept",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["declined", "withdrawn"]) | ~models.Q(reason=""),
                name="edition_taken_back_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"table {self.table}/{self.period}/{self.number or 'proposed'}"

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError("An edition of a table is withdrawn, and never removed: what was seen stays seen.")


def left(key: str, period: str) -> list[TableEdition]:
    """Every edition of these counts for a period that anybody can have seen, oldest first: withdrawn ones too, and
    those that were released while the table had another ID.
    """
    return list(TableEdition.objects.filter(key=key, period=period, state__in=LEFT).order_by("decided_at", "pk"))
