"""What checking a delivery found, in values: stored as JSON with it, and shown by pages, commands and the API alike."""

import dataclasses
import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import ngettext

from redway.errors import NotAllowed, RedwayError, line_of, plain
from redway.sources.dataset import Facts

SCHEMA = 1


def rows_in_words(count: int) -> str:
    """`1 row`, `1,204 rows`."""
    return ngettext("%(count)s row", "%(count)s rows", count) % {"count": f"{count:,}"}


@dataclass(frozen=True)
class Reason:
    """Rows refused for one reason: how many, the first of them, and how to mend them."""

    reason: str
    count: int
    file: str
    row: int | None  # 1 is the first row under the heading
    column: str
    came: str
    expected: str
    mend: str = ""

    @property
    def line(self) -> int | None:
        """The line of the sheet in which the first of them stands: the heading is line 1."""
        return None if self.row is None else line_of(self.row)


@dataclass(frozen=True)
class Note:
    """Accepted rows to know about. `words` follow the count: 'without a location'."""

    words: str
    count: int
    first: str = ""
    came: str = ""
    cause: str = ""


@dataclass(frozen=True)
class Warning:
    """Something that looks wrong and may be true: taken once somebody has acknowledged it.

    kind    rows, totals, completeness, codes, repeated, dates, times, month-first, overlap, replaces, again,
            example, fewer, retention
    text    what was seen, what it was compared with and what to do, in plain words
    """

    kind: str
    text: str
    period: str = ""

    @property
    def key(self) -> str:
        """Its name in what was acknowledged: the same words of the same period are the same warning."""
        return hashlib.sha256(f"{self.kind}\n{self.period}\n{self.text}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Fault:
    """Why nothing of the delivery can be taken.

    looks_like  name of the dataset whose return it seems to be, where that is another
    """

    expected: str
    came: str = ""
    cause: str = ""
    place: str = ""
    count: int = 0
    looks_like: str = ""

    @classmethod
    def of(cls, fault: RedwayError) -> "Fault":
        if isinstance(fault, NotAllowed):  # its sentence stands by itself
            return cls("", cause=plain(str(fault)))
        expected, came, cause, place = map(plain, (fault.expected, fault.came, fault.cause, str(fault.place)))
        return cls(expected, came, cause, place, fault.count, getattr(fault, "looks_like", ""))

    def __str__(self) -> str:
        if not self.expected:
            return self.cause
        where = f"{self.place}: " if self.place else ""
        came = f" What came: {self.came}." if self.came else ""
        many = f" {self.count:,} rows have this fault." if self.count > 1 else ""
        cause = f" Likely cause: {self.cause}" if self.cause else ""
        return f"{where}expected {self.expected}.{came}{many}{cause}"


@dataclass(frozen=True)
class Replaced:
    """What was accepted before of the same period, and what of it a newer copy keeps, changes and leaves out.

    received   the day it came, as 2026-05-03
    delivery   ID of the delivery it came in; empty for none
    gone, new, changed  rows of it that are not in the newer copy, rows that only the newer one has, and rows of both
               whose cells differ; None where the older file cannot be read any more
    told_by    headings of the columns by which a row is known again; none: by all its cells, so none is ever changed
    rows_lost  the first of those that are gone, named; only of datasets that are about no person
    columns_lost  headings of columns that the older copy had filled and the newer one has not
    """

    received: str
    delivery: str
    rows_before: int
    rows_now: int
    gone: int | None = None
    new: int | None = None
    changed: int | None = None
    told_by: tuple[str, ...] = ()
    rows_lost: tuple[str, ...] = ()
    columns_lost: tuple[str, ...] = ()

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> "Replaced":
        """What a report's JSON has of it."""
        lists = ("told_by", "rows_lost", "columns_lost")
        return cls(**(stored | {name: tuple(stored[name]) for name in lists}))


@dataclass(frozen=True)
class Item:
    """What one file gave for one period. `outcome` is a receipt.Outcome; `superseded` tells of the older copy in words,
    and `replaced` of what becomes of its rows.
    """

    file: str
    period: str
    rows_read: int
    rows_accepted: int
    rows_refused: int
    outcome: str
    superseded: str = ""
    facts: Facts = field(default_factory=Facts)
    replaced: Replaced | None = None

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> "Item":
        """What a report's JSON has of it."""
        replaced = stored.get("replaced")  # reports of before this was told have none
        made = {"facts": Facts(**stored["facts"]), "replaced": Replaced.of_json(replaced) if replaced else None}
        return cls(**(stored | made))


@dataclass(frozen=True)
class DeliveryReport:
    """The result of a return. Without a fault, everything in it was or can be accepted."""

    items: tuple[Item, ...] = ()
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Note, ...] = ()
    warnings: tuple[Warning, ...] = ()
    skipped: tuple[tuple[str, str], ...] = field(default=())  # files left aside: name, why
    fault: Fault | None = None
    refused: int = 0  # rows with a fault, where the files could not be taken

    @property
    def rows_read(self) -> int:
        return sum(i.rows_read for i in self.items)

    @property
    def rows_accepted(self) -> int:
        return sum(i.rows_accepted for i in self.items)

    @property
    def rows_refused(self) -> int:
        return sum(i.rows_refused for i in self.items) if self.items else self.refused

    @property
    def periods(self) -> tuple[str, ...]:
        return tuple(sorted({i.period for i in self.items if i.period}))

    def as_json(self) -> dict[str, Any]:
        """As it is stored: dictionaries, lists, text and numbers."""
        return {"schema": SCHEMA, **dataclasses.asdict(self)}

    @classmethod
    def of_json(cls, stored: dict[str, Any] | None) -> "DeliveryReport":
        """What `as_json` gave; an empty report for a delivery that was not checked yet."""
        if not stored:
            return cls()
        return cls(
            tuple(map(Item.of_json, stored["items"])),
            tuple(Reason(**r) for r in stored["reasons"]),
            tuple(Note(**n) for n in stored["notes"]),
            tuple(Warning(**w) for w in stored["warnings"]),
            tuple((name, why) for name, why in stored["skipped"]),
            Fault(**stored["fault"]) if stored["fault"] else None,
            stored["refused"],
        )
