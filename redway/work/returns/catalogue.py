"""Every dataset there is, and what of each the newest data version holds."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Sum
from django.utils import timezone

from redway.sources.dataset import Dataset, dataset, names
from redway.store.profile import Profile
from redway.work.gateways.policies import Register
from redway.work.gateways.purposes import Purpose
from redway.work.returns.models import DataVersion
from redway.work.returns.senders import Sender, senders


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
    """A dataset; `held` is None while nothing of it was accepted.

    agencies  IDs of those whose return it is; of open data, none
    gateway   the last day of the gateway by which it may be read for analysis; None for open data, and where none is
              in force
    """

    definition: Dataset
    held: Held | None
    agencies: tuple[str, ...] = ()
    gateway: dt.date | None = None


@dataclass(frozen=True)
class Catalogue:
    """Every dataset by name, as at a data version; version 0 is before the first."""

    version: int
    entries: tuple[Entry, ...]


def catalogue(profile: Profile, *, on: dt.date | None = None) -> Catalogue:
    """Every dataset there is, with what the newest data version holds of it, who sends it, and its gateway on a day
    (today).
    """
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
    register, known = Register(on or timezone.localdate()), senders(profile)
    entries = tuple(_entry(dataset(name), held.get(name), register, known) for name in names())
    return Catalogue(newest.number if newest else 0, entries)


def _entry(definition: Dataset, held: Held | None, register: Register, known: Mapping[str, Sender]) -> Entry:
    if definition.access == "open":
        return Entry(definition, held)
    reading = register.reading(definition.name, Purpose.ANALYSIS)
    until = reading.gateway.expires if reading.gateway and not reading.closed else None
    agencies = tuple(sender.id for sender in known.values() if definition.name in sender.datasets)
    return Entry(definition, held, agencies, until)
