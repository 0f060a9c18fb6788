"""The statutory quarterly exchange: which of its items each agency has supplied for a quarter, which not, which late.

The Regulations name information; partners send returns. `exchange.yaml` says which returns, by which columns, carry
each item. Nothing is sent twice: what was accepted for analysis is what was supplied, where a gateway opens it for
the exchange.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Literal

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from redway import periods
from redway.errors import Place, RedwayError
from redway.sources.dataset import dataset as definition_of
from redway.store.profile import SLUG, Profile, Strict, checked, read_yaml
from redway.store.snapshot import Part, Snapshot
from redway.work.gateways.purposes import Purpose
from redway.work.returns.expected import Expected, expected, rules
from redway.work.returns.models import Submission
from redway.work.returns.senders import Sender, senders
from redway.work.returns.states import State
from redway.work.returns.versions import everything, snapshot

FILE = "exchange.yaml"
SHIPPED = Path(__file__).with_name(FILE)
Piece = Literal[
    "category", "time", "date", "location", "postcode", "casualties", "age", "gender", "school", "reason", "number"
]
PIECES = {
    "category": gettext_lazy("category"),
    "time": gettext_lazy("time"),
    "date": gettext_lazy("date"),
    "location": gettext_lazy("location"),
    "postcode": gettext_lazy("first half of the postcode"),
    "casualties": gettext_lazy("adults and children killed, seriously and slightly hurt"),
    "age": gettext_lazy("age"),
    "gender": gettext_lazy("gender"),
    "school": gettext_lazy("name and address of the school"),
    "reason": gettext_lazy("reason"),
    "number": gettext_lazy("number"),
}
Known = Literal["read", "second-hand", "general"]
KNOWN = {
    "second-hand": gettext_lazy("Read in a summary, not in the Regulations: check it."),
    "general": gettext_lazy("From general knowledge, not read in the Regulations: check it."),
}


class Carrier(Strict):
    """A return that carries an item: the columns for each piece, any of which is enough, and those it needs besides."""

    dataset: str
    columns: dict[Piece, tuple[str, ...]]
    needs: tuple[str, ...] = Field(default=(), description="columns without which the item cannot be told from others")
    note: str = ""


class Item(Strict):
    """One description of information in the Schedule."""

    id: str = Field(pattern=SLUG)
    paragraph: str = ""
    known: Known = Field(default="read", description="how what it asks is known: read in the Regulations, or not")
    holder: str
    title: str
    asks: tuple[Piece, ...]
    carried: tuple[Carrier, ...] = ()
    note: str = Field(default="", description="why no return carries it, and what comes nearest")


class Holder(Strict):
    """A kind of body that the Schedule names. Agencies that send one of these returns are of it."""

    title: str
    sends: tuple[str, ...] = ()
    but_not: tuple[str, ...] = Field(default=(), description="returns whose sender is of another kind")
    agencies: tuple[str, ...] = Field(default=(), description="IDs of the agencies of it, in place of what they send")


class Exchange(Strict):
    """The mapping."""

    title: str
    law: str
    note: str = ""
    holders: dict[str, Holder]
    items: tuple[Item, ...]


class Standing(StrEnum):
    """How an item stands with one agency, for one quarter."""

    SUPPLIED = "supplied"
    IN_PART = "in-part"  # in time or not, some months or pieces are missing
    LATE = "late"  # nothing of it came, and it was due
    NOT_YET_DUE = "not-yet-due"  # nothing of it came, and there is time
    NOT_EXPECTED = "not-expected"  # nothing of it came, and the calendar of returns asks for none of the quarter
    CLOSED = "closed"  # it came, and no gateway opens it for the exchange
    NO_SENDER = "no-sender"  # no agency of the profile is named for it
    NOT_CARRIED = "not-carried"  # no return carries it


NAMES = {
    Standing.SUPPLIED: gettext_lazy("Supplied"),
    Standing.IN_PART: gettext_lazy("Supplied in part"),
    Standing.LATE: gettext_lazy("Not supplied, late"),
    Standing.NOT_YET_DUE: gettext_lazy("Not yet due"),
    Standing.NOT_EXPECTED: gettext_lazy("Not expected"),
    Standing.CLOSED: gettext_lazy("Came, and may not be used"),
    Standing.NO_SENDER: gettext_lazy("Nobody sends it"),
    Standing.NOT_CARRIED: gettext_lazy("No return carries it"),
}


@dataclass(frozen=True)
class Supply:
    """One item from one agency, for a quarter.

    dataset   the return that carries it best; "" where none does
    held      the months that came
    missing   the months that did not; `unasked` are those of them that the calendar of returns asks nothing for
    due       the day the last of it is due: as the calendar of returns has it, the law's where that has nothing of it
    lacking   pieces that were asked for and did not come
    unknown   piece -> rows in which it is not known, where that was measured; of `rows`
    came      the day the last of it was first accepted; None where nothing came
    late      whether it came, or has not come, after the day it was due
    why       a sentence of the gateway's, or of the mapping
    """

    item: Item
    agency: Sender | None
    standing: Standing
    due: dt.date
    dataset: str = ""
    held: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    unasked: tuple[int, ...] = ()
    lacking: tuple[Piece, ...] = ()
    unknown: Mapping[Piece, int] | None = None
    rows: int = 0
    came: dt.date | None = None
    late: bool = False
    why: str = ""


def exchange(profile: Profile) -> Exchange:
    """The mapping, the profile's own where it has one. Raises RedwayError for a faulty one."""
    own = profile.file(FILE)
    path = own if own.is_file() else SHIPPED
    found = _read(path, path.stat().st_mtime_ns)
    for name, holder in found.holders.items():
        if missing := [id for id in holder.agencies if id not in senders(profile)]:
            raise RedwayError(
                "IDs of agencies of the profile",
                came=f"“{missing[0]}” in the holder “{name}”",
                cause="a spelling mistake, or an agency that was taken out.",
                place=Place(FILE),
            )
    return found


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int) -> Exchange:
    found = checked(Exchange, read_yaml(path), file=FILE)
    for item in found.items:
        if item.holder not in found.holders:
            raise _wrong("a holder that is listed", item.id, item.holder)
        for carrier in item.carried:
            _check(item, carrier)
    ids = [item.id for item in found.items]
    if twice := [one for one in ids if ids.count(one) > 1]:
        raise _wrong("each item once", twice[0], "twice there")
    return found


def _check(item: Item, carrier: Carrier) -> None:
    """Raises RedwayError for a return, a column or a piece that is not there."""
    known = {column.name for column in definition_of(carrier.dataset).columns if column.kept}
    named = [*carrier.needs, *(column for columns in carrier.columns.values() for column in columns)]
    if unknown := [column for column in named if column not in known]:
        raise _wrong(f"kept columns of {carrier.dataset}", item.id, unknown[0])
    if more := [piece for piece in carrier.columns if piece not in item.asks]:
        raise _wrong("pieces that the item asks for", item.id, more[0])


def _wrong(expected: str, item: str, came: str) -> RedwayError:
    return RedwayError(expected, came=f"“{came}” in the item “{item}”", cause="a spelling mistake.", place=Place(FILE))


def due(quarter: str) -> dt.date:
    """The last day on which a quarter's information is due: the end of the quarter that follows (regulation 3)."""
    return periods.last_day(periods.following(quarter))


def quarters(today: dt.date, number: int = 8) -> list[str]:
    """The quarters that have ended, newest first."""
    month = 12 * today.year + today.month - 1
    return [periods.quarter(month - 3 * back) for back in range(1, number + 1)]


def newest_asked(profile: Profile, *, today: dt.date) -> str:
    """The newest quarter that has ended of which the calendar of returns asks for something, or something came.

    The last one that has ended, where there is none such: then the law alone asks. Raises RedwayError for a faulty
    mapping.
    """
    wanted = {carrier.dataset for item in exchange(profile).items for carrier in item.carried}
    own = {name for sender in senders(profile).values() for name in (sender.id, sender.name)}
    told = [one.period for one in expected(profile, today=today) if one.dataset in wanted]
    told += [p.period for p in everything().parts if p.dataset in wanted and p.period and p.provider in own]
    months = {month for period in told for month in periods.months_of(period)}
    offered = quarters(today)
    return next((one for one in offered if months & {*periods.months_of(one)}), offered[0])


def supplies(profile: Profile, quarter: str, *, today: dt.date | None = None) -> tuple[Supply, ...]:
    """Every item for a quarter such as `2025/26-Q3`, by agency; an item that several hold stands once for each.

    Raises RedwayError for a faulty mapping, and ValueError for a label that is no quarter's.
    """
    if periods.kind_of(quarter) != "quarterly":
        raise ValueError(f"expected a quarter such as 2025/26-Q3, not {quarter!r}")
    day = today or timezone.localdate()
    found = _Quarter(profile, quarter, day)
    return tuple(supply for item in exchange(profile).items for supply in found.of(item))


class _Quarter:
    """What came of a quarter, asked for once."""

    def __init__(self, profile: Profile, quarter: str, day: dt.date):
        self.profile, self.mapping, self.day, self.due = profile, exchange(profile), day, due(quarter)
        self.months = tuple(periods.months_of(quarter))
        self.all = everything()
        self.ruled = {(rule.dataset, rule.agency) for rule in rules(profile)}
        self.awaited: dict[tuple[str, str], list[Expected]] = {}
        for one in expected(profile, today=day):
            if {*periods.months_of(one.period)} & {*self.months}:
                self.awaited.setdefault((one.dataset, one.agency), []).append(one)
        self.open = snapshot(purpose=Purpose.STATUTORY_EXCHANGE, on=day)
        self.senders = tuple(senders(profile).values())
        wanted = {carrier.dataset for item in self.mapping.items for carrier in item.carried}
        self.parts = [p for p in self.all.parts if p.dataset in wanted and p.period and self._covers(p)]
        self.facts = {
            s.pk: s.facts.get("unknown", {})
            for s in Submission.objects.filter(pk__in=[p.submission for p in self.parts])
        }
        # A correction is no late return: the day counts on which a period was accepted first.
        first = Submission.objects.filter(dataset__in=wanted).exclude(delivery__state=State.WITHDRAWN)
        self.came = {
            (row["dataset"], row["provider"], row["period"]): timezone.localdate(row["at"])
            for row in first.values("dataset", "provider", "period").annotate(at=Min("received_at"))
        }

    def _covers(self, part: Part) -> bool:
        return bool({*periods.months_of(part.period)} & {*self.months})

    def of(self, item: Item) -> Iterable[Supply]:
        if not item.carried:
            yield Supply(item, None, Standing.NOT_CARRIED, self.due)
            return
        holding = [sender for sender in self.senders if self._holds(sender, item)]
        for sender in holding:
            yield self._best(item, sender)
        if not holding:
            yield Supply(item, None, Standing.NO_SENDER, self.due)

    def _holds(self, sender: Sender, item: Item) -> bool:
        """Whether an agency is of the kind that holds an item, and sends a return that carries it.

        Of police forces it is the partnership's own: neighbours' open files are no part of its exchange.
        """
        holder, carries = self.mapping.holders[item.holder], any(c.dataset in sender.datasets for c in item.carried)
        if holder.agencies:
            return sender.id in holder.agencies and carries
        force = self.profile.partnership.police_force
        if item.holder == "police" and any(s.name == force for s in self.senders):
            return sender.name == force
        sends = {*sender.datasets}
        return carries and bool(sends & {*holder.sends}) and not sends & {*holder.but_not}

    def _best(self, item: Item, sender: Sender) -> Supply:
        """By the return that brought most of the quarter; the first that may, where none did."""
        able = [c for c in item.carried if c.dataset in sender.datasets] or list(item.carried[:1])
        found = [self._by(item, sender, carrier) for carrier in able]
        return min(found, key=lambda s: (s.standing not in (Standing.SUPPLIED, Standing.IN_PART), -len(s.held)))

    def _by(self, item: Item, sender: Sender, carrier: Carrier) -> Supply:
        # Open data's provider is the publisher's name of the force; a partner's is its ID.
        parts = [p for p in self.parts if p.dataset == carrier.dataset and p.provider in (sender.id, sender.name)]
        held = tuple(m for m in self.months if any(m in periods.months_of(p.period) for p in parts))
        missing = tuple(m for m in self.months if m not in held)
        due, overdue = self._due(carrier.dataset, sender.id)
        if not parts:
            standing = Standing.LATE if overdue else Standing.NOT_YET_DUE
            key = (carrier.dataset, sender.id)
            if key in self.ruled and key not in self.awaited:
                standing = Standing.NOT_EXPECTED
            return Supply(item, sender, standing, due, carrier.dataset, (), missing, (), item.asks, late=overdue)
        came = max(self.came[p.dataset, p.provider, p.period] for p in parts)
        closed = self.open.closed.get(carrier.dataset, "") or self._untold(carrier)
        lacking = self._lacking(item, carrier)
        complete = not missing and not lacking
        standing = Standing.CLOSED if closed else Standing.SUPPLIED if complete else Standing.IN_PART
        return Supply(
            item,
            sender,
            standing,
            due,
            carrier.dataset,
            held,
            missing,
            self._unasked(carrier.dataset, sender.id, missing),
            lacking,
            self._unknown(carrier, parts),
            sum(p.rows for p in parts),
            came,
            late=came > due or (bool(missing) and overdue),
            why=closed or carrier.note,
        )

    def _due(self, dataset: str, agency: str) -> tuple[dt.date, bool]:
        """The day the last of a quarter is due, and whether any of it is late by now. The pages of returns say the
        same: both go by the calendar of returns, and by the law only for what that never asks for.
        """
        if (dataset, agency) not in self.ruled:
            return self.due, self.day > self.due
        awaited = self.awaited.get((dataset, agency), [])
        late = any(one.accepted is None and one.days_late for one in awaited)
        return max((one.due for one in awaited), default=self.due), late

    def _unasked(self, dataset: str, agency: str, missing: Sequence[int]) -> tuple[int, ...]:
        """The months of these that the calendar of returns leaves out; none where it says nothing of the return."""
        if (dataset, agency) not in self.ruled:
            return ()
        asked = {month for one in self.awaited.get((dataset, agency), []) for month in periods.months_of(one.period)}
        return tuple(month for month in missing if month not in asked)

    def _untold(self, carrier: Carrier) -> str:
        """Why an item cannot be told from others of its return; empty where it can."""
        opened = _opened(self.open, carrier.dataset)
        if opened is None or {*carrier.needs} <= opened:
            return ""
        return _("The gateway leaves out what tells these records from others of the return.")

    def _lacking(self, item: Item, carrier: Carrier) -> tuple[Piece, ...]:
        """Pieces that no column carries, or none that a gateway opens."""
        opened = _opened(self.open, carrier.dataset)
        return tuple(
            piece
            for piece in item.asks
            if not any(opened is None or column in opened for column in carrier.columns.get(piece, ()))
        )

    def _unknown(self, carrier: Carrier, parts: Sequence[Part]) -> dict[Piece, int]:
        """Of pieces whose completeness was measured on arrival: the rows in which even the best column is not known."""
        measured = [self.facts[p.submission] for p in parts]
        found: dict[Piece, int] = {}
        for piece, columns in carrier.columns.items():
            if all(column in facts for facts in measured for column in columns):
                found[piece] = sum(min(facts[column] for column in columns) for facts in measured)
        return {piece: rows for piece, rows in found.items() if rows}


def _opened(open: Snapshot, dataset: str) -> frozenset[str] | None:
    """The columns that may be read for the exchange; None: all of them, as of open data."""
    parts = open.of(dataset)
    return parts[0].permitted if parts else None
