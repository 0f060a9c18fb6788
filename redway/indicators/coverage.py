"""Which periods of a dataset are known: those for which every sender that should send has an accepted file.

Of the open police files the partnership's own force decides. Of partners' data everybody does who has sent the
dataset before, from the first period they sent, and everybody of whom a return is due. A month that one of
several has not sent is not known, because a part is no whole; where their return was due, it is late.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from redway import periods
from redway.errors import NotSetUp
from redway.indicators.series import Status
from redway.sources import dataset as datasets
from redway.store.snapshot import Part, Snapshot


@dataclass(frozen=True)
class Coverage:
    """What has come of a dataset.

    known  the months that everybody sent
    late   month -> who was due to send it and has not
    gaps   month -> who has not sent it, late or not
    """

    known: frozenset[int]
    late: Mapping[int, tuple[str, ...]]
    gaps: Mapping[int, tuple[str, ...]]

    @property
    def months(self) -> range:
        """From the first month to the last that anybody sent or should have."""
        return periods.span([*self.known, *self.gaps])

    def status(self, months: Iterable[int]) -> Status:
        """What a period of these months is: known when all are, else late when one is, else not available.

        One that only lacks months after the newest known one has not come yet.
        """
        months = list(months)
        if months and self.known.issuperset(months):
            return Status.KNOWN
        if any(m in self.late for m in months):
            return Status.LATE
        newest = max(self.known, default=None)
        to_come = bool(months) and newest is not None and all(m in self.known or m > newest for m in months)
        return Status.NOT_YET if to_come else Status.NOT_AVAILABLE


def coverage(snapshot: Snapshot, dataset: str, police_force: str) -> Coverage:
    """What has come of a dataset. Raises NotSetUp before anything has that could be read, saying what to do."""
    if datasets.dataset(dataset).access == "open":
        return _of_open(snapshot, dataset, police_force)
    if dataset in snapshot.closed and not snapshot.has(dataset):
        raise NotSetUp(
            f"{dataset} that may be read for this", came=snapshot.closed[dataset].removesuffix("."), cause=_CLOSED
        )
    sent: dict[str, set[int]] = defaultdict(set)
    for part in snapshot.of(dataset):
        sent[part.provider].update(months_of(part))
    if not sent:
        raise nothing(snapshot, dataset, dataset)
    due = {agency: labels for (name, agency), labels in snapshot.late.items() if name == dataset}
    late: dict[int, list[str]] = defaultdict(list)
    for agency, labels in sorted(due.items()):
        for month in (m for label in labels for m in periods.months_of(label)):
            if month not in sent.get(agency, ()):
                late[month].append(agency)
    every = periods.span([*late, *(m for months in sent.values() for m in months)])
    gaps: dict[int, list[str]] = {month: list(who) for month, who in late.items()}
    for agency, months in sorted(sent.items()):
        for month in every:
            if month >= min(months) and month not in months and agency not in gaps.get(month, ()):
                gaps.setdefault(month, []).append(agency)
    known = frozenset(m for m in every if m not in gaps)
    return Coverage(known, {m: tuple(w) for m, w in late.items()}, {m: tuple(w) for m, w in gaps.items()})


_CLOSED = "no gateway for this purpose is in force. Whoever keeps the register of gateways can say more."


def _of_open(snapshot: Snapshot, dataset: str, police_force: str) -> Coverage:
    """Open data: the force's own files where forces send it, any file where one publisher does."""
    parts = snapshot.of(dataset)
    by_force = dataset.startswith("police-")
    own = frozenset(m for p in parts if p.provider == police_force or not by_force for m in months_of(p))
    if not own:
        raise nothing(snapshot, dataset, f"{dataset} files of {police_force}" if by_force else dataset)
    return Coverage(own, {}, {m: (police_force,) for m in periods.span(own) if m not in own})


def nothing(snapshot: Snapshot, dataset: str, wanted: str) -> NotSetUp:
    """That nothing has come of a dataset, and what to do."""
    others = sorted({p.provider for p in snapshot.of(dataset)})
    return NotSetUp(
        wanted,
        came=f"files of {', '.join(others)} only" if others else f"none in data version {snapshot.number}",
        cause=f"they have not been imported. Run: redway import {dataset} PATH",
    )


def months_of(part: Part) -> Sequence[int]:
    """The months a part covers; none for reference data, whose period is no time."""
    try:
        return periods.months_of(part.period)
    except ValueError:
        return ()


def readable(snapshot: Snapshot, dataset: str, columns: Iterable[str]) -> tuple[Part, ...]:
    """The parts of a dataset, whose columns these may be read.

    Raises NotSetUp where none may be, or where a gateway leaves out a column that is wanted.
    """
    parts = snapshot.of(dataset)
    if not parts and dataset in snapshot.closed:
        raise NotSetUp(
            f"{dataset} that may be read for this", came=snapshot.closed[dataset].removesuffix("."), cause=_CLOSED
        )
    wanted = frozenset(columns) - {"month", "period", "lsoa_code"}  # worked out here, of what was let in
    shut = sorted({c for p in parts if p.permitted is not None for c in wanted - p.permitted})
    if shut:
        raise NotSetUp(
            f"{', '.join(shut)} of {dataset}",
            came="a gateway in force that does not let it be read for this purpose",
            cause="the agreement leaves it out. Whoever keeps the register of gateways can say more.",
        )
    return parts
