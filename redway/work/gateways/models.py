"""The register: one row for each version of a gateway. What was put in force is never reworded."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext as _

from redway.work.accounts.roles import Role
from redway.work.gateways.purposes import NAMES, Purpose
from redway.work.gateways.states import Standing, State
from redway.work.gateways.terms import Terms


class Gateway(models.Model):
    """One version of the gateway for a dataset and a purpose: its terms, and who put it in force."""

    dataset = models.CharField(max_length=60)
    purpose = models.CharField(max_length=30)
    version = models.PositiveIntegerField(help_text="counts the versions for its dataset and purpose, from 1")
    state = models.CharField(max_length=20, default=State.DRAFT.value)

    controllers = models.JSONField(default=list)
    power = models.CharField(max_length=80, blank=True)
    basis = models.CharField(max_length=80, blank=True)
    special_condition = models.CharField(max_length=80, blank=True)
    criminal_condition = models.CharField(max_length=80, blank=True)
    agreement = models.CharField(max_length=300, blank=True)
    dpia = models.CharField(max_length=300, blank=True)
    agencies = models.JSONField(default=list)
    roles = models.JSONField(default=list)
    fields = models.JSONField(default=list)
    keep_months = models.PositiveIntegerField(default=0)
    begins = models.DateField(null=True, blank=True)
    expires = models.DateField(null=True, blank=True, help_text="the last day in force")
    notes = models.TextField(blank=True)

    edits = models.PositiveIntegerField(default=0, help_text="counts changes, so that a stale form is noticed")
    drafted_at = models.DateTimeField(auto_now_add=True)
    drafted_by = models.CharField(max_length=150, help_text="sign-in name, or a service account's")
    writers = models.JSONField(default=list, help_text="sign-in names of everyone who wrote in the draft")
    put_in_force_at = models.DateTimeField(null=True, blank=True)
    put_in_force_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["dataset", "purpose", "version"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "purpose", "version"], name="gateway_version_once"),
            models.UniqueConstraint(
                fields=["dataset", "purpose"], condition=models.Q(state="draft"), name="gateway_one_draft"
            ),
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in State]), name="gateway_state_known"),
            models.CheckConstraint(
                condition=models.Q(purpose__in=[p.value for p in Purpose]), name="gateway_purpose_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["in-force", "ended"])
                | models.Q(begins__isnull=False, expires__isnull=False, put_in_force_at__isnull=False),
                name="gateway_in_force_has_dates",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ended") | ~models.Q(end_reason=""), name="gateway_ended_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"gateway {self.dataset}/{self.purpose}/{self.version}"

    @property
    def words(self) -> str:
        """`hospital-istv for analysis, version 2`."""
        return _("%(dataset)s for %(purpose)s, version %(version)s") % {
            "dataset": self.dataset,
            "purpose": str(NAMES[Purpose(self.purpose)]).lower(),
            "version": self.version,
        }

    @property
    def terms(self) -> Terms:
        """What it says, as a value."""
        return Terms(**{name: getattr(self, name) for name in Terms.model_fields})

    def take(self, terms: Terms) -> None:
        """Write other terms into a draft. The caller saves it."""
        for name, value in terms.model_dump(mode="python").items():
            if isinstance(value, tuple):
                value = [str(one) if isinstance(one, Role) else one for one in value]
            setattr(self, name, str(value) if isinstance(value, Purpose) else value)

    def standing(self, on: dt.date, *, replaced: bool = False) -> Standing:
        """How it stands on a day. `replaced`: whether a newer version in force had begun by then."""
        state = State(self.state)
        if state is not State.IN_FORCE:
            return Standing(state.value)
        if replaced:
            return Standing.REPLACED
        if self.begins is None or on < self.begins:
            return Standing.NOT_BEGUN
        if self.expires is None or on > self.expires:
            return Standing.EXPIRED
        return Standing.IN_FORCE


def ever_in_force(dataset: str = "") -> list[Gateway]:
    """Every version that was put in force, ended early or not, oldest first; of one dataset, or of all."""
    found = Gateway.objects.filter(state__in=[State.IN_FORCE, State.ENDED])
    return list((found.filter(dataset=dataset) if dataset else found).order_by("dataset", "purpose", "version"))
