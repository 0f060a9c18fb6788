"""How each commitment stands. What was promised is the profile's; who has it, by when and how far is here."""

from datetime import date

from django.conf import settings
from django.db import models

from redway.work.strategy.states import CLOSED, State


class CommitmentState(models.Model):
    """One commitment of the strategy. Without a row it stands as published: nobody given, no date, not started."""

    commitment = models.CharField(max_length=20, unique=True, help_text="ID in the profile, A18")
    owner = models.CharField(max_length=80, blank=True, help_text="ID of an agency or group in the profile")
    owner_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=20, default=State.NOT_STARTED.value)
    reason = models.TextField(blank=True, help_text="why it was stopped or taken up again")
    version = models.PositiveIntegerField(default=0, help_text="counts changes, so that a stale form is noticed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in State]), name="commitment_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.STOPPED.value) | ~models.Q(reason=""),
                name="commitment_stopped_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"commitment {self.commitment}"

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED

    def is_overdue(self, today: date) -> bool:
        """Whether its date has passed while it is neither done nor stopped."""
        return self.due is not None and self.due < today and not self.is_closed


def standing(commitment: str) -> CommitmentState:
    """How one commitment stands; unsaved, as published, where nothing was ever recorded."""
    return CommitmentState.objects.filter(commitment=commitment).select_related("owner_person").first() or (
        CommitmentState(commitment=commitment)
    )


def standings() -> dict[str, CommitmentState]:
    """How every commitment stands that anything was recorded of, by its ID."""
    return {s.commitment: s for s in CommitmentState.objects.select_related("owner_person")}
