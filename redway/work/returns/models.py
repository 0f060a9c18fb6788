"""Deliveries, submissions and data versions: what was handed in, what of it was accepted, and which files each
version holds.
"""

import uuid

from django.db import models

from redway.work.returns.states import State, Way


class Delivery(models.Model):
    """What somebody handed in for one dataset, and what became of it. Its files lie sealed in quarantine until then."""

    public_id = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text="in addresses; not to guess"
    )
    dataset = models.CharField(max_length=60)
    agency = models.CharField(max_length=80, blank=True, help_text="ID of an agency in the profile; empty: open data")
    period = models.CharField(max_length=12, blank=True, help_text="the one it is meant to be of; empty: its rows say")
    periods = models.JSONField(default=list, help_text="those it was found to be of, once checked")
    files = models.JSONField(default=list, help_text="name as sent, bytes, SHA-256, and the sealed copy's name")
    way = models.CharField(max_length=10, choices=[(w.value, w.value) for w in Way])
    sent_by = models.CharField(max_length=150, help_text="sign-in name of a person, or name of a service account")
    sent_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=20, default=State.RECEIVED.value)
    checked_at = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(null=True, blank=True, help_text="report.DeliveryReport as values")
    acknowledged = models.JSONField(default=list, help_text="keys of the warnings that were acknowledged")
    acknowledged_by = models.CharField(max_length=150, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_note = models.TextField(blank=True, help_text="what they found, in their words")
    decided_by = models.CharField(max_length=150, blank=True, help_text="who accepted, refused, discarded or withdrew")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="why it was refused by a person or withdrawn")
    overtaken_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="the newer copy accepted"
    )
    version = models.PositiveIntegerField(null=True, blank=True, help_text="the data version that acceptance made")
    refused_rows = models.CharField(max_length=160, blank=True, help_text="the sealed list of them, in quarantine")
    refused_rows_until = models.DateTimeField(null=True, blank=True, help_text="when that list is removed")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="how often a worker has begun this step")
    not_before = models.DateTimeField(null=True, blank=True, help_text="after a fault: when to try again")

    class Meta:
        ordering = ["-sent_at", "-pk"]
        indexes = [models.Index(fields=["dataset", "agency"]), models.Index(fields=["state"])]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in State]), name="delivery_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=State.WITHDRAWN.value) | ~models.Q(reason=""),
                name="delivery_withdrawn_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.public_id}"

    @property
    def file_names(self) -> list[str]:
        """The names of its files as they were sent."""
        return [file["name"] for file in self.files]


class Submission(models.Model):
    """One accepted file for one dataset, provider and period. Rows are never changed; a newer copy supersedes.

    Lawful destruction is the exception (destruction.py): then the file is another, or none, in every version.
    """

    dataset = models.CharField(max_length=60)
    provider = models.CharField(max_length=120)
    period = models.CharField(max_length=12, blank=True, help_text="label of a period; empty for reference data")
    content = models.CharField(max_length=64, help_text="hash of the canonical rows")
    file_name = models.CharField(max_length=255, help_text="as it was sent")
    raw = models.CharField(
        max_length=80, blank=True, help_text="name of the untouched bytes under raw/; empty: partners' data"
    )
    parquet = models.CharField(max_length=160, help_text="path under accepted/; empty: its rows were destroyed")
    schema_version = models.PositiveSmallIntegerField(default=1)
    rows_read = models.PositiveIntegerField()
    rows_accepted = models.PositiveIntegerField()
    refused = models.JSONField(default=dict, help_text="reason -> count")
    notes = models.JSONField(default=dict, help_text="what is odd but kept -> count: unlocated, repeated ID ...")
    facts = models.JSONField(default=dict, help_text="sources.dataset.Facts of the accepted rows")
    received_at = models.DateTimeField(auto_now_add=True)
    received_by = models.CharField(max_length=150)
    erased_rows = models.PositiveIntegerField(default=0, help_text="rows lawfully erased since it was accepted")
    delivery = models.ForeignKey(
        Delivery, null=True, blank=True, on_delete=models.PROTECT, related_name="submissions", help_text="it came in"
    )

    class Meta:
        indexes = [models.Index(fields=["dataset", "provider", "period"])]


class DataVersion(models.Model):
    """The exact set of accepted submissions at one moment; `number` is what people see: data as at version 7."""

    number = models.PositiveIntegerField(unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.CharField(max_length=150)
    summary = models.CharField(max_length=300)
    submissions = models.ManyToManyField(Submission, related_name="versions")


class Destruction(models.Model):
    """What was destroyed in every data version, and why: kept when the rows are gone. It names no person.

    It is written in the transaction that takes the rows out of every version; the files go after it. One that is
    not finished was stopped between the two, and is finished before anything else is done with the home.
    """

    kind = models.CharField(max_length=20, help_text="retention or erasure")
    dataset = models.CharField(max_length=60)
    reason = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)
    rows = models.PositiveIntegerField(help_text="rows destroyed, in all the files")
    contents = models.JSONField(default=list, help_text="content hashes of the files as they were; none may come back")
    files = models.JSONField(default=list, help_text="names under the home to be removed")
    finished_at = models.DateTimeField(null=True, blank=True, help_text="when the last of the files was gone")
    submissions = models.ManyToManyField(Submission, related_name="destructions")

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["retention", "erasure"]) & ~models.Q(reason=""),
                name="destruction_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"destruction {self.pk}"


class Token(models.Model):
    """The key of a program that hands in an agency's returns: a service account. Only a hash of it is kept."""

    name = models.CharField(max_length=80, help_text="what uses it: the hospital's integration engine")
    agency = models.CharField(max_length=80, help_text="ID of an agency in the profile")
    handle = models.CharField(max_length=12, unique=True, help_text="the part of it that is no secret")
    hash = models.CharField(max_length=64, help_text="SHA-256 of all of it")
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.CharField(max_length=150)
    used_on = models.DateField(null=True, blank=True, help_text="the last day on which it was used")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["agency", "name", "pk"]

    def __str__(self) -> str:
        return f"token {self.handle}"

    @property
    def account(self) -> str:
        """The service account as deliveries and the audit name it."""
        return f"{self.name} (token {self.handle})"
