"""Shapes the page of one return: what became of it, why rows were refused, what to know, and what can be done now.

Whoever may not see exact numbers of its rows reads them rounded, and of its faults and warnings only what they are
about: their sentences name numbers, and cells of people's records.
"""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from redway import periods
from redway.store.profile import Profile
from redway.web.figures.rows import RowCounts, counts_for
from redway.web.returns.presenter import Line, Offer, line, offer, one_period
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.returns import overtaking, policies
from redway.work.returns.models import Delivery
from redway.work.returns.report import DeliveryReport, Item, Reason
from redway.work.returns.result import NOT_TAKEN, became, begin, copies, headline, replacement
from redway.work.returns.senders import senders
from redway.work.returns.states import QUEUED, WAITING, WAY_NAMES, State, Way

ABOUT = {
    "rows": gettext_lazy("The number of rows"),
    "totals": gettext_lazy("A total"),
    "completeness": gettext_lazy("How complete a column is"),
    "codes": gettext_lazy("The codes of a column"),
    "repeated": gettext_lazy("Rows that are there twice"),
    "dates": gettext_lazy("The last date in it"),
    "times": gettext_lazy("The times in it"),
    "month-first": gettext_lazy("Day and month of its dates"),
    "overlap": gettext_lazy("Months that another return covers too"),
    "replaces": gettext_lazy("What it replaces"),
    "again": gettext_lazy("Cases that an earlier return has too"),
    "example": gettext_lazy("Rows of the template's worked example"),
    "fewer": gettext_lazy("Fewer rows than elsewhere"),
    "retention": gettext_lazy("How long it may be kept"),
}


@dataclass(frozen=True)
class Refusal:
    """Rows refused for one reason. `told` are the first of them and how to mend it, by what each is called."""

    title: str
    told: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Held:
    """What the files hold of one period, what became of it or would, and what that replaced, in sentences."""

    period: str
    rows: str
    fine: str
    became: str
    replaced: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """The result of a return: the answer, why rows were refused, what to know, and what can be done now.

    period   the label of its one period, to send it again
    copies   what to know of others of its period; `others` are those that wait, `seen` the one accepted last, `newer`
             the one that overtook it
    rounded  what to say where numbers of rows are rounded; empty where they are exact and all is told
    elsewhere  the return that its file seems to be of, where this person may send that one
    """

    delivery: Delivery
    line: Line
    report: DeliveryReport
    answer: str
    fault: str
    refusals: tuple[Refusal, ...]
    warnings: tuple[str, ...]
    held: tuple[Held, ...]
    notes: tuple[str, ...]
    rounded: str
    way: str
    period: str
    rows_link: bool
    actions: frozenset[str]
    second_person: str
    sent_by: str
    acknowledged_by: str
    copies: tuple[str, ...]
    newer: Delivery | None
    others: tuple[Line, ...]
    seen: str
    elsewhere: Offer | None


def result(one: Delivery, person: User, profile: Profile) -> Result:
    """The page of one return, as this person may read it."""
    report, counts = DeliveryReport.of_json(one.report), counts_for(person, one.agency)
    acting = [one.sent_by, one.acknowledged_by]
    names = {u.username: u.get_full_name() for u in User.objects.filter(username__in=acting)}
    return Result(
        one,
        line(one, senders(profile)),
        report,
        said(one, report, counts),
        _fault(report, counts),
        tuple(_refusal(reason, counts) for reason in report.reasons),
        _warnings(report, counts),
        tuple(_held(item, one, counts) for item in report.items),
        _notes(report, counts),
        counts.note,
        str(WAY_NAMES[Way(one.way)]),
        one_period(one),
        bool(one.refused_rows) and policies.may_read_refused_rows(person, one),
        actions(one, person),
        policies.refusal(lambda: policies.check_second_person(one, person.username))
        if one.state == State.TO_ACCEPT and person.may(Permission.ACCEPT_RETURNS)
        else "",
        names.get(one.sent_by, one.sent_by),
        names.get(one.acknowledged_by, one.acknowledged_by),
        tuple(copies(one)),
        overtaking.overtook(one),
        tuple(line(other, senders(profile)) for other in overtaking.beside(one)),
        seen(one),
        _elsewhere(report, counts, person, profile),
    )


def seen(one: Delivery) -> str:
    """The copy of its period that is accepted as the page is read: whoever decides has to have seen that one."""
    copy = overtaking.accepted_copy(one)
    return str(copy.public_id) if copy else ""


def said(one: Delivery, report: DeliveryReport, counts: RowCounts) -> str:
    """What became of it, as everywhere; and that nobody need wait for it."""
    words = headline(one, report, counts)
    if State(one.state) in (State.RECEIVED, State.CHECKING):
        return words + " " + _("You can leave this page: the result will be here, and in your list.")
    return words


def _fault(report: DeliveryReport, counts: RowCounts) -> str:
    if not report.fault:
        return ""
    return str(report.fault) if counts.exact else _("Its sender and the partnership's analysts are told what is wrong.")


def _elsewhere(report: DeliveryReport, counts: RowCounts, person: User, profile: Profile) -> Offer | None:
    """What to send it as instead: only to who reads the fault, and may send that."""
    if report.fault is None or not report.fault.looks_like or not counts.exact:
        return None
    return offer(person, profile, report.fault.looks_like)


def cells_shown(shown: Result) -> int:
    """How many cells of what was sent the page repeats: one of each reason, to those who are told all."""
    return 0 if shown.rounded else sum(bool(reason.came) for reason in shown.report.reasons)


def _refusal(reason: Reason, counts: RowCounts) -> Refusal:
    what = reason.reason.removeprefix(f"{reason.column}: ")
    number = reason.count if counts.exact else 2  # of a rounded number not even that it is one is said
    if reason.column:
        words = ngettext("%(n)s row, “%(column)s”: %(what)s", "%(n)s rows, “%(column)s”: %(what)s", number)
    else:
        words = ngettext("%(n)s row: %(what)s", "%(n)s rows: %(what)s", number)
    title = begin(words % {"n": counts(reason.count), "column": reason.column, "what": what})
    if not counts.exact:
        return Refusal(title, ())
    came = reason.came or _("an empty cell, or something that is not repeated here")
    told = [(_("The first"), reason_place(reason)), (_("What was there"), came)]
    told += [(_("What is expected"), reason.expected)] if reason.expected else []
    told += [(_("How to mend it"), reason.mend)] if reason.mend else []
    return Refusal(title, tuple(told))


def reason_place(reason: Reason) -> str:
    """Where the first row of a reason is: `line 14 of november.csv, column “Assault method”`."""
    where = reason.file
    if reason.line is not None:
        where = _("line %(line)s of %(file)s") % {"line": f"{reason.line:,}", "file": reason.file}
    column = _("column “%(column)s”") % {"column": reason.column} if reason.column else ""
    return ", ".join(filter(None, [where, column]))


def _warnings(report: DeliveryReport, counts: RowCounts) -> tuple[str, ...]:
    """What looks wrong: in full, or what each is about, with how many are about the same."""
    if counts.exact:
        return tuple(warning.text for warning in report.warnings)
    found = []
    for (kind, period), many in Counter((w.kind, w.period) for w in report.warnings).items():
        about = str(ABOUT.get(kind, kind))
        if period:
            about = _("%(about)s, %(period)s") % {"about": about, "period": periods.in_words(period)}
        words = ngettext("%(about)s: it looked wrong, and may be true.", "%(about)s: %(n)s warnings.", many)
        found.append(words % {"about": about, "n": f"{many:,}"})
    return tuple(found)


def _held(item: Item, one: Delivery, counts: RowCounts) -> Held:
    return Held(
        periods.in_words(item.period) if item.period else _("the whole"),
        counts(item.rows_read),
        counts(item.rows_accepted),
        became(item, State(one.state), counts),
        tuple(replacement(item)) if counts.exact and one.state not in NOT_TAKEN else (),
    )


def _notes(report: DeliveryReport, counts: RowCounts) -> tuple[str, ...]:
    """Accepted rows to know about, in a sentence or three each."""
    found = []
    for note in report.notes:
        told = [f"{begin(counts(note.count))} {note.words}"]
        if note.first and counts.exact:
            told.append(_("The first: %s") % note.first)
        if note.cause and counts.exact:
            told.append(_("Likely cause: %s") % note.cause)
        found.append(". ".join(told))
    return tuple(found)


def actions(one: Delivery, person: User) -> frozenset[str]:
    """What this person may do with it as it stands."""
    state = State(one.state)
    sends = policies.may_send_for(person, one.agency)
    accepts = person.may(Permission.ACCEPT_RETURNS)
    found = set()
    if sends and state == State.TO_ACKNOWLEDGE:
        found.add("acknowledge")
    if accepts and state == State.TO_ACCEPT:
        found |= {"accept", "refuse"}
    if sends and state in QUEUED | WAITING:
        found.add("discard")
    if accepts and state == State.ACCEPTED and one.agency:
        found.add("withdraw")
    return frozenset(found)
