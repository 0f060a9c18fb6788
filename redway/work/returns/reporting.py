"""The report of a delivery, from what examining it found."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from redway.errors import plain
from redway.sources.dataset import Example
from redway.store.profile import Profile
from redway.store.snapshot import Part
from redway.work.returns import again, quality, retention, worked_example
from redway.work.returns.arrivals import Arrival, Key
from redway.work.returns.receipt import Outcome, merged
from redway.work.returns.receive import Examined
from redway.work.returns.refused import RefusedRows
from redway.work.returns.replacing import received, replaced
from redway.work.returns.replacing import warnings as replacing_warnings
from redway.work.returns.report import DeliveryReport, Item, Note, Reason, Replaced, Warning
from redway.work.returns.telling import NOTES


def report_of(examined: Examined, refused: RefusedRows) -> DeliveryReport:
    """What was read, accepted, refused and noted, and what looks wrong."""
    arrivals = examined.arrivals
    replacing = _replacing(examined)
    return DeliveryReport(
        items=tuple(_item(arrival, examined, replacing.get(arrival.staged.key)) for arrival in arrivals),
        reasons=refused.reasons or _reasons(arrivals),
        notes=_notes(arrivals),
        warnings=_warnings(examined, replacing),
        skipped=tuple((plain(one.name), one.why) for one in examined.skipped),
    )


def _replacing(examined: Examined) -> dict[Key, Replaced]:
    """What each newer copy takes the place of."""
    profile = Profile.of(examined.home)
    return {
        a.staged.key: replaced(a.staged, _older(a, examined), examined.before, profile, examined.db)
        for a in examined.arrivals
        if a.outcome is Outcome.SUPERSEDED
    }


def _older(arrival: Arrival, examined: Examined) -> Part:
    return next(p for p in examined.before.parts if (p.dataset, p.provider, p.period) == arrival.staged.key)


def _warnings(examined: Examined, replacing: Mapping[Key, Replaced]) -> tuple[Warning, ...]:
    """Of what would change something; what was accepted before was looked at then."""
    new = [a for a in examined.arrivals if a.outcome in (Outcome.ACCEPTED, Outcome.SUPERSEDED)]
    doubts = [Warning("fewer", plain(a.warning), a.staged.loaded.period) for a in new if a.warning]
    for a in new:
        if found := replacing.get(a.staged.key):
            doubts += replacing_warnings(a.staged, found)
    coming = [a.staged for a in new]
    doubts += [Warning("month-first", doubt) for doubt in dict.fromkeys(d for s in coming for d in s.loaded.doubts)]
    doubts += worked_example.warnings((a.staged, a.examples) for a in new)
    doubts += retention.warnings(coming)
    doubts += quality.warnings(coming, examined.before)
    return (*doubts, *again.warnings(coming, examined.before, examined.db))


def _item(arrival: Arrival, examined: Examined, found: Replaced | None) -> Item:
    loaded = arrival.staged.loaded
    return Item(
        plain(arrival.staged.file),
        loaded.period,
        loaded.rows_read,
        loaded.rows_accepted,
        sum(r.count for r in loaded.refused),
        arrival.outcome.value,
        _("the copy of %(day)s with %(rows)s rows") % {"day": received(found), "rows": f"{found.rows_before:,}"}
        if found
        else "",
        loaded.facts,
        found,
    )


def _reasons(arrivals: tuple[Arrival, ...]) -> tuple[Reason, ...]:
    """Reasons of loaders that tell them only summed up."""
    found = merged(r for a in arrivals for r in a.staged.loaded.refused)
    return tuple(
        Reason(r.reason, r.count, plain(r.first.file), r.first.row, r.first.column, plain(r.came), r.expected)
        for r in found
    )


def _notes(arrivals: tuple[Arrival, ...]) -> tuple[Note, ...]:
    counts: dict[str, int] = {}
    examples: dict[str, Example] = {}
    for arrival in arrivals:
        for name, count in arrival.staged.loaded.notes.items():
            counts[name] = counts.get(name, 0) + count
        examples = dict(arrival.staged.loaded.examples) | examples
    return tuple(_note(name, count, examples.get(name)) for name, count in counts.items() if count)


def _note(name: str, count: int, example: Example | None) -> Note:
    words = NOTES.get(name, name)
    return Note(words, count, str(example.first), plain(example.came), example.cause) if example else Note(words, count)
