"""Every dataset there is, and what of each the newest data version holds."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Sum

from redway.sources.dataset import Dataset, dataset, names
from redway.work.returns.models import DataVersion


@dataclass(frozen=True)
class Held:
    """What the newest data version holds of a dataset; periods are month labels, empty for reference data."""

    accepted_at: dt.datetime  # of the file that came last
    files: int
    rows: int
    first_period: str
    last_period: str


@dataclass(frozen=True)
class Entry:
    """A dataset; `held` is None while nothing of it was accepted."""

    definition: Dataset
    held: Held | None


@dataclass(frozen=True)
class Catalogue:
    """Every dataset by name, as at a data version; version 0 is before the first."""

    version: int
    entries: tuple[Entry, ...]


def catalogue() -> Catalogue:
    """Every dataset there is, with what the newest data version holds of it."""
    newest = DataVersion.objects.order_by("-number").first()
    held: dict[str, Held] = {}
    if newest:
        for row in (
            newest.submissions.exclude(parquet="")
            .values("dataset")
            .annotate(
                at=Max("received_at"),
                files=Count("pk"),
                rows=Sum("rows_accepted"),
                first=Min("period"),
                last=Max("period"),
            )
        ):
            held[row["dataset"]] = Held(row["at"], row["files"], row["rows"], row["first"], row["last"])
    return Catalogue(newest.number if newest else 0, tuple(Entry(dataset(name), held.get(name)) for name in names()))
