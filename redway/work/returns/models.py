"""Submissions and data versions: what was accepted, and which files each version holds."""

from django.db import models


class Submission(models.Model):
    """One accepted file for one dataset, provider and period. Rows are never changed; a newer copy supersedes."""

    dataset = models.CharField(max_length=60)
    provider = models.CharField(max_length=120)
    period = models.CharField(max_length=12, blank=True, help_text="month label; empty for reference data")
    content = models.CharField(max_length=64, help_text="hash of the canonical rows")
    file_name = models.CharField(max_length=255, help_text="as it was sent")
    raw = models.CharField(max_length=80, help_text="name of the untouched bytes under raw/")
    parquet = models.CharField(max_length=160, help_text="path under accepted/")
    schema_version = models.PositiveSmallIntegerField(default=1)
    rows_read = models.PositiveIntegerField()
    rows_accepted = models.PositiveIntegerField()
    refused = models.JSONField(default=dict, help_text="reason -> count")
    notes = models.JSONField(default=dict, help_text="what is odd but kept -> count: unlocated, repeated ID ...")
    received_at = models.DateTimeField(auto_now_add=True)
    received_by = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["dataset", "provider", "period"])]


class DataVersion(models.Model):
    """The exact set of accepted submissions at one moment; `number` is what people see: data as at version 7."""

    number = models.PositiveIntegerField(unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.CharField(max_length=150)
    summary = models.CharField(max_length=300)
    submissions = models.ManyToManyField(Submission, related_name="versions")
