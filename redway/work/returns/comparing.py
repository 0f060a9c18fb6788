"""Two data versions beside each other: which files came between them, and what that changed in which series."""

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from redway import periods
from redway.errors import NotSetUp
from redway.indicators import definitions
from redway.indicators.definitions import Indicator
from redway.indicators.measures import measured
from redway.indicators.places import Places, places
from redway.indicators.query import series
from redway.sources.dataset import dataset
from redway.store.profile import Profile
from redway.store.snapshot import Part, Snapshot
from redway.work.returns.models import Submission
from redway.work.returns.versions import everything, snapshot
from redway.work.returns.withdrawing import reason_of

WHERE = ("lsoa-lookup", "lsoa-wards", "residents")  # what places rest on, and with them every series
NAMED = {
    "came": "new",
    "superseded": "superseded",
    "renoted": "the same rows, other notes",
    "withdrawn": "withdrawn",
    "removed": "no longer held",
}


@dataclass(frozen=True)
class Arrived:
    """A submission that one version has and the other has not, or not so.

    how     came, superseded, renoted (the same rows, other notes of the publisher), withdrawn, or removed (by retention
            or erasure)
    before, after  rows; None where the version has none of it
    reason  why it was withdrawn
    """

    dataset: str
    provider: str
    period: str
    how: str
    before: int | None
    after: int | None
    file: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Changed:
    """One figure of the partnership as a whole that differs. None: not available in that version.

    period  a month for what is counted; for what is measured as its measure says, with the group
    """

    period: str
    group: str
    before: float | None
    after: float | None

    @property
    def difference(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class Series:
    """An indicator that changed. `partners` are the datasets it reads whose small counts are hidden from most."""

    indicator: str
    title: str
    changed: tuple[Changed, ...]
    partners: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """`same` counts indicators that were computed in both versions, or rest on the same files, and do not differ."""

    first: int
    second: int
    arrived: tuple[Arrived, ...]
    series: tuple[Series, ...]
    same: int


def compare(first: int, second: int, profile: Profile, *, on: dt.date | None = None) -> Comparison:
    """What came, was superseded and was withdrawn from one version to another, and what that changed.

    Series are those that may be read for analysis on a day (today). Raises RedwayError for a version there is not.
    """
    before, after = everything(first), everything(second)
    read = snapshot(first, on=on), snapshot(second, on=on)
    found, same = [], 0
    for indicator in definitions.load(profile).values():
        if not indicator.computable:
            continue
        changed = tuple(_changed(indicator, *read, profile)) if _rests_on_other_files(indicator, *read) else ()
        if changed:
            partners = tuple(name for name in indicator.datasets if dataset(name).suppression != "open")
            found.append(Series(indicator.id, indicator.title, changed, partners))
        else:
            same += 1
    return Comparison(first, second, tuple(_arrived(before, after)), tuple(found), same)


def _arrived(before: Snapshot, after: Snapshot) -> Iterator[Arrived]:
    old, new = _by_key(before.parts), _by_key(after.parts)
    touched = [old.get(key) or new[key] for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)]
    kept = Submission.objects.select_related("delivery").in_bulk(
        [part.submission for key in {_key(p) for p in touched} for part in (old.get(key), new.get(key)) if part]
    )
    for key in sorted(_key(part) for part in touched):
        was, now = old.get(key), new.get(key)
        same = was is not None and now is not None and was.content == now.content
        if was and now and same and _said(kept.get(was.submission)) == _said(kept.get(now.submission)):
            continue
        shown = now or was
        told = kept.get(shown.submission) if shown else None
        how = ("renoted" if same else "superseded") if was and now else "came" if now else "withdrawn"
        reason = _withdrawn_for(told) if told and how == "withdrawn" else ""
        if how == "withdrawn" and not reason:
            how = "removed"
        yield Arrived(
            *key,
            how,
            was.rows if was else None,
            now.rows if now else None,
            told.file_name if told else "",
            reason,
        )


def _withdrawn_for(told: Submission) -> str:
    """Why it, or the newer copy that had taken its place by then, was withdrawn; empty for what never was."""
    copies = Submission.objects.filter(
        dataset=told.dataset, provider=told.provider, period=told.period, pk__gte=told.pk
    )
    return next(filter(None, map(reason_of, copies.select_related("delivery").order_by("pk"))), "")


def _said(told: Submission | None) -> list[str]:
    """What its publisher writes of it."""
    return list(told.facts.get("said", ())) if told else []


def _by_key(parts: Iterable[Part]) -> dict[tuple[str, str, str], Part]:
    return {_key(part): part for part in parts}


def _key(part: Part) -> tuple[str, str, str]:
    return part.dataset, part.provider, part.period


def _rests_on_other_files(indicator: Indicator, before: Snapshot, after: Snapshot) -> bool:
    wanted = (*indicator.datasets, *WHERE)
    return before.digest(*wanted) != after.digest(*wanted) or _late(indicator, before) != _late(indicator, after)


def _late(indicator: Indicator, read: Snapshot) -> dict[tuple[str, str], tuple[str, ...]]:
    """What was late of the datasets that an indicator reads."""
    return {key: periods for key, periods in read.late.items() if key[0] in indicator.datasets}


def _changed(indicator: Indicator, before: Snapshot, after: Snapshot, profile: Profile) -> Iterator[Changed]:
    old, new = _figures(indicator, before, profile), _figures(indicator, after, profile)
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if was != now:
            yield Changed(*key, was, now)


def _figures(indicator: Indicator, read: Snapshot, profile: Profile) -> dict[tuple[str, str], float]:
    """Every figure of the partnership as a whole that there is, by period and group, exact."""
    try:
        if indicator.count is not None:
            found = series(indicator, snapshot=read, partnership=profile.partnership, level="partnership")
            counts: Any = zip(found.months, found.counts[0], strict=True)
            return {(periods.label(m), ""): float(c) for m, c in counts if not math.isnan(c)}
        where: Places = places(read, profile.partnership)
        values = measured(indicator, read, where, profile.partnership.police_force).values
        return {(v.period, v.group): v.value for v in values if v.value is not None}
    except NotSetUp:
        return {}  # nothing of it has come in this version
