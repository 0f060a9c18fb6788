"""Expected returns: what each agency has agreed to send, by when, and how each stands.

A profile's `returns.yaml` lists what is expected; nothing is expected that it does not list:

    - dataset: fire
      agency: fire-and-rescue-service
      from: 2025-04        the first period: a month, quarter, year or term, as the dataset's cadence is
      until: 2026-03       the last, where it ends
      due_days: 20         days after the period ends
      note: A proposal; nothing is agreed yet.
"""

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from statistics import median

from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pydantic import ConfigDict, Field

from redway.errors import Place, RedwayError
from redway.periods import following, kind_of, last_day, months_of
from redway.sources.dataset import dataset as definition_of
from redway.store.profile import Profile, Strict, checked, read_yaml
from redway.work.returns.models import DataVersion, Delivery, Submission
from redway.work.returns.senders import senders
from redway.work.returns.states import QUEUED, WAITING, State

FILE = "returns.yaml"
YEAR = dt.timedelta(days=365)

Key = tuple[str, str, str]  # dataset, agency, period


class Rule(Strict):
    """One return that an agency has agreed to send, again and again."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    dataset: str
    agency: str
    first: str = Field(alias="from")
    until: str = ""
    due_days: int = Field(ge=0, le=366)
    note: str = ""

    def periods(self, until: dt.date) -> list[str]:
        """Every period from the first to the one that lies around a day, or to the last that is expected."""
        found = [self.first] if _begins(self.first) <= until else []
        while found and _begins(after := following(found[-1])) <= until and found[-1] != self.until:
            found.append(after)
        return found

    def due(self, period: str) -> dt.date:
        return last_day(period) + dt.timedelta(days=self.due_days)


class Standing(StrEnum):
    """How an expected return stands."""

    NOT_YET_DUE = "not-yet-due"  # its period has not ended
    DUE = "due"
    LATE = "late"
    RECEIVED = "received"  # waiting to be checked, or being checked or accepted
    WAITING = "waiting"  # for warnings to be acknowledged, or a second person
    REFUSED = "refused"
    ACCEPTED = "accepted"


MISSING = frozenset({Standing.LATE, Standing.REFUSED})  # nobody has it in hand

NAMES = {
    Standing.NOT_YET_DUE: _("Not yet due"),
    Standing.DUE: _("Due"),
    Standing.LATE: _("Late"),
    Standing.RECEIVED: _("Received"),
    Standing.WAITING: _("Waiting for somebody"),
    Standing.REFUSED: _("Refused"),
    Standing.ACCEPTED: _("Accepted"),
}


@dataclass(frozen=True)
class Expected:
    """One return of one period.

    accepted   the day its first copy was accepted, while the newest data version holds one; else None
    days_late  days from the due day to that day, or to today where nothing is accepted; 0 when in time
    delivery   the newest delivery of this period, whatever became of it
    withdrawn  the newest delivery that was accepted and withdrawn, where nothing took its place
    """

    dataset: str
    agency: str
    period: str
    due: dt.date
    standing: Standing
    days_late: int = 0
    accepted: dt.date | None = None
    delivery: Delivery | None = None
    note: str = ""
    withdrawn: Delivery | None = None

    @property
    def missing(self) -> bool:
        """Whether it is past its day and nobody has it in hand: it never came, was refused, or was withdrawn."""
        return bool(self.days_late) and self.standing in MISSING


@dataclass(frozen=True)
class Punctuality:
    """How an agency has kept to the due days of one dataset, over returns due in a year.

    median_days, worst_days  lateness of all that came late or are missing; 0 where none
    late_days  by how much those that came were late, the least first
    """

    dataset: str
    agency: str
    due: int
    in_time: int
    late: int
    missing: int
    median_days: float
    worst_days: int
    late_days: tuple[int, ...]


def rules(profile: Profile) -> tuple[Rule, ...]:
    """What the profile expects; nothing where it has no such file. Raises RedwayError for a file that is wrong."""
    path = profile.file(FILE)
    if not path.is_file():
        return ()
    found, known = _read(path, path.stat().st_mtime_ns), senders(profile)
    for rule in found:
        if rule.agency not in known or rule.dataset not in known[rule.agency].datasets:
            raise RedwayError(
                "an agency of agencies.yaml, and a dataset that is listed there among those it sends",
                came=f"{rule.agency}, {rule.dataset}",
                cause="a spelling mistake, or agencies.yaml has to name the dataset too.",
                place=Place(FILE),
            )
    return found


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> tuple[Rule, ...]:
    found = tuple(
        checked(Rule, entry, file=FILE, label=f"in entry {n}, ") for n, entry in enumerate(read_yaml(path) or [], 1)
    )
    for rule in found:
        _check(rule)
    keys = [(rule.dataset, rule.agency) for rule in found]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise RedwayError(
            "one entry for each dataset and agency", came=f"two for {', '.join(twice)}", place=Place(FILE)
        )
    return found


def _check(rule: Rule) -> None:
    """Raises RedwayError for open data, and for periods of another cadence than the dataset's."""
    definition = definition_of(rule.dataset)
    if definition.access == "open":
        raise RedwayError("a return of partners' data", came=f"{rule.dataset}, which is open data", place=Place(FILE))
    for label in filter(None, (rule.first, rule.until)):
        try:
            kind = kind_of(label)
        except ValueError:
            kind = ""
        if kind != definition.cadence:
            raise RedwayError(
                f"a {definition.cadence} period, as {rule.dataset} has",
                came=f"“{label}”",
                cause="months are written 2025-11, quarters 2025/26-Q3, years YE-2026-03, terms 2025-autumn.",
                place=Place(FILE),
            )


def expected(profile: Profile, *, today: dt.date | None = None, agency: str = "") -> tuple[Expected, ...]:
    """Every return that is expected by a day (today), of one agency or all, the soonest due first."""
    day = today or timezone.localdate()
    wanted = [rule for rule in rules(profile) if agency in ("", rule.agency)]
    history = _History([rule.dataset for rule in wanted])
    found = [history.of(rule, period, day) for rule in wanted for period in rule.periods(day)]
    return tuple(sorted(found, key=lambda one: (one.due, one.dataset, one.agency)))


class _History:
    """What was accepted and delivered of some datasets, asked for once."""

    def __init__(self, datasets: Sequence[str]):
        counting = Submission.objects.filter(dataset__in=datasets).exclude(delivery__state=State.WITHDRAWN)
        newest = DataVersion.objects.order_by("-number").values_list("number", flat=True).first()
        held = came(datasets, version=newest or 0)
        self.accepted: dict[Key, dt.date] = {
            key: timezone.localdate(row["at"])
            for row in counting.values("dataset", "provider", "period").annotate(at=Min("received_at"))
            if (key := (row["dataset"], row["provider"], row["period"])) in held
        }
        self.deliveries: dict[Key, Delivery] = {}
        self.withdrawn: dict[Key, Delivery] = {}
        # The report is the one large column, and is not asked about here.
        for one in Delivery.objects.filter(dataset__in=datasets).defer("report").order_by("sent_at", "pk"):
            if one.state != State.DISCARDED:
                for period in one.periods or [one.period]:
                    self.deliveries[one.dataset, one.agency, period] = one
                    if one.state == State.WITHDRAWN:
                        self.withdrawn[one.dataset, one.agency, period] = one

    def of(self, rule: Rule, period: str, day: dt.date) -> Expected:
        key = (rule.dataset, rule.agency, period)
        due, accepted, delivery = rule.due(period), self.accepted.get(key), self.deliveries.get(key)
        late = max(0, ((accepted or day) - due).days)
        standing = self._standing(period, due, day, accepted, delivery)
        withdrawn = None if accepted else self.withdrawn.get(key)
        return Expected(*key, due, standing, late, accepted, delivery, rule.note, withdrawn)

    def _standing(
        self, period: str, due: dt.date, day: dt.date, accepted: dt.date | None, delivery: Delivery | None
    ) -> Standing:
        if accepted:
            return Standing.ACCEPTED
        if delivery and delivery.state in QUEUED:
            return Standing.RECEIVED
        if delivery and delivery.state in WAITING:
            return Standing.WAITING
        if delivery and delivery.state == State.REFUSED:
            return Standing.REFUSED
        if day > due:
            return Standing.LATE
        return Standing.DUE if day > last_day(period) else Standing.NOT_YET_DUE


def came(datasets: Iterable[str], *, version: int) -> set[Key]:
    """What a data version has of some datasets, and what was destroyed lawfully: that came all the same, and versions
    made since hold it no more. A copy that was superseded is not there: withdrawing what took its place does not bring
    it back.
    """
    destroyed = Q(parquet="", versions__number__lt=version) & ~Q(delivery__state=State.WITHDRAWN)
    found = Submission.objects.filter(Q(versions__number=version) | destroyed, dataset__in=set(datasets))
    return set(found.values_list("dataset", "provider", "period"))


def late(wanted: Iterable[Rule], held: Container[Key], on: dt.date) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """What was due by a day and is not held: (dataset, agency) -> periods, the oldest first."""
    found = {}
    for rule in wanted:
        periods = tuple(p for p in rule.periods(on) if rule.due(p) < on and (rule.dataset, rule.agency, p) not in held)
        if periods:
            found[rule.dataset, rule.agency] = periods
    return found


def punctuality(returns: Iterable[Expected], *, today: dt.date | None = None) -> tuple[Punctuality, ...]:
    """How agencies kept to the due days of the past year, by agency and dataset."""
    day = today or timezone.localdate()
    by_kind: dict[tuple[str, str], list[Expected]] = {}
    for one in returns:
        if day - YEAR <= one.due < day:
            by_kind.setdefault((one.agency, one.dataset), []).append(one)
    return tuple(_measured(found) for _, found in sorted(by_kind.items()))


def _measured(found: list[Expected]) -> Punctuality:
    days = [one.days_late for one in found if one.days_late]
    missing = sum(one.accepted is None for one in found)
    in_time = sum(one.accepted is not None and not one.days_late for one in found)
    return Punctuality(
        found[0].dataset,
        found[0].agency,
        len(found),
        in_time,
        len(found) - in_time - missing,
        missing,
        median(days) if days else 0,
        max(days, default=0),
        tuple(sorted(one.days_late for one in found if one.accepted and one.days_late)),
    )


def _begins(period: str) -> dt.date:
    first = months_of(period)[0]
    return dt.date(first // 12, first % 12 + 1, 1)
