"""The result of a delivery in words: its first sentence, for pages and commands alike, and the whole as plain text."""

from dataclasses import dataclass
from typing import Protocol

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from redway.errors import plain
from redway.periods import in_words
from redway.sources.dataset import dataset
from redway.work.returns import overtaking
from redway.work.returns.models import Delivery
from redway.work.returns.receipt import Outcome
from redway.work.returns.replacing import received
from redway.work.returns.report import DeliveryReport, Item, rows_in_words
from redway.work.returns.states import NAMES, OPEN, State

FILES = 3  # names of files that are shown, where there are more


BECAME = {
    Outcome.ACCEPTED: gettext_lazy("was accepted"),
    Outcome.SUPERSEDED: gettext_lazy("was accepted, and took the place of an older copy"),
    Outcome.UNCHANGED: gettext_lazy("was accepted before, and changed nothing"),
    Outcome.TWICE: gettext_lazy("has the same rows as another file sent with it, and counts once"),
    Outcome.RENOTED: gettext_lazy("was accepted before; what its publisher writes of it is new"),
    Outcome.RESTORED: gettext_lazy("was put back: its file had been lost"),
}
WOULD = {
    Outcome.ACCEPTED: gettext_lazy("would be new"),
    Outcome.SUPERSEDED: gettext_lazy("would take the place of an older copy"),
    Outcome.UNCHANGED: gettext_lazy("was accepted before, and would change nothing"),
    Outcome.TWICE: BECAME[Outcome.TWICE],
    Outcome.RENOTED: gettext_lazy("was accepted before; what its publisher writes of it would be new"),
    Outcome.RESTORED: gettext_lazy("would be put back: its file was lost"),
}
NOT_TAKEN = frozenset({State.REFUSED, State.DISCARDED, State.OVERTAKEN})


class Counts(Protocol):
    """How numbers of rows are shown to somebody: as they are, or rounded (`exact` is then False)."""

    @property
    def exact(self) -> bool: ...

    def __call__(self, number: int) -> str: ...


@dataclass(frozen=True)
class Exactly:
    """Numbers as they are, for a return's sender and for analysts."""

    exact: bool = True

    def __call__(self, number: int) -> str:
        return f"{number:,}"


EXACTLY = Exactly()


def headline(delivery: Delivery, report: DeliveryReport, counts: Counts = EXACTLY) -> str:
    """What became of it, in one or two sentences, the same on pages, by command and for programs:
    `Accepted 30 of 31 rows. 1 was refused, for one reason.`
    """
    state = State(delivery.state)
    if state in (State.RECEIVED, State.CHECKING):
        return _("It is waiting to be checked.")
    if report.fault:
        return _("Nothing of it was accepted.") + _refused(report, counts, named=False)
    if state in ENDED:
        return str(ENDED[state])
    if not delivery.report:
        return f"{NAMES[state]}."
    if state is State.ACCEPTED and delivery.version is None:
        return _("Nothing changed: these rows were accepted before.")
    if report.items and not report.rows_read and counts.exact:
        return _("It says that there was nothing to report.")
    rows = _rows(report, counts)
    if state is State.ACCEPTED:
        return _("Accepted %(rows)s.") % {"rows": rows} + _refused(report, counts)
    if state is State.REFUSED:
        said = _("A second person refused it. %(rows)s had passed the checks.")
        return said % {"rows": begin(rows)} + _refused(report, counts)
    number = report.rows_accepted if counts.exact else 2
    fine = ngettext("%(rows)s is as it should be.", "%(rows)s are as they should be.", number) % {"rows": begin(rows)}
    return f"{fine}{_refused(report, counts)}{_to_look_into(report, state)} {_('Nothing is accepted yet.')}"


ENDED = {
    State.DISCARDED: gettext_lazy("Its sender took it back before it was accepted."),
    State.OVERTAKEN: gettext_lazy("A newer copy of it was accepted first, so nothing of this one was."),
    State.WITHDRAWN: gettext_lazy("It was accepted and has since been withdrawn."),
}


def begin(words: str) -> str:
    """Words at the beginning of a sentence: `Under 5 rows`."""
    return words[:1].upper() + words[1:]


def _rows(report: DeliveryReport, counts: Counts) -> str:
    """`14 of 15 rows`; of two rounded numbers that read alike only the one: `under 5 rows`."""
    told = {"read": counts(report.rows_read), "taken": counts(report.rows_accepted)}
    if not counts.exact:
        alike = told["read"] == told["taken"]
        return (_("%(taken)s rows") if alike else _("%(taken)s of %(read)s rows")) % told
    return ngettext("%(taken)s of %(read)s row", "%(taken)s of %(read)s rows", report.rows_read) % told


def _refused(report: DeliveryReport, counts: Counts, *, named: bool = True) -> str:
    """` 49 were refused, for 3 reasons.`; empty where none were.

    named  whether the sentence before it says that rows are counted
    """
    if not report.rows_refused:
        return ""
    reasons = len(report.reasons)
    why = ngettext("one reason", "%(reasons)s reasons", reasons) % {"reasons": f"{reasons:,}"}
    number = report.rows_refused if counts.exact else 2  # of a rounded number not even that it is one is said
    many = ngettext("%(n)s was refused, for %(why)s.", "%(n)s were refused, for %(why)s.", number)
    if not named:
        many = ngettext("%(n)s row was refused, for %(why)s.", "%(n)s rows were refused, for %(why)s.", number)
    return " " + many % {"n": begin(counts(report.rows_refused)), "why": why}


def _to_look_into(report: DeliveryReport, state: State) -> str:
    """` There is one warning to look into.`, while that waits for somebody."""
    if state is not State.TO_ACKNOWLEDGE or not report.warnings:
        return ""
    number = len(report.warnings)
    words = ngettext("There is one warning to look into.", "There are %(n)s warnings to look into.", number)
    return " " + words % {"n": f"{number:,}"}


def told(delivery: Delivery, sender: str) -> str:
    """The whole result as plain text, as the page of it has it.

    sender  the name of the agency
    """
    report = DeliveryReport.of_json(delivery.report)
    blocks = [
        _about(delivery, sender),
        headline(delivery, report),
        _("Why: %s") % plain(delivery.reason) if delivery.reason else "",
        str(report.fault) if report.fault else "",
        _reasons(report),
        _list(delivery),
        "\n".join(copies(delivery)),
        _warnings(delivery, report),
        _notes(report),
        _items(report, State(delivery.state)),
        _next(delivery),
    ]
    return "\n\n".join(block for block in blocks if block)


def copies(delivery: Delivery) -> list[str]:
    """What to know of other copies of it, in sentences: which overtook it, or which wait beside it."""
    found = []
    if newer := overtaking.overtook(delivery):
        told = _("A newer copy was accepted: %(copy)s. Send again what that one has not.")
        if newer.state == State.WITHDRAWN:
            told = _("A newer copy was accepted, and was withdrawn since: %(copy)s. All of this one has to go again.")
        found.append(told % {"copy": named(newer)})
    if delivery.state in OPEN or delivery.state == State.ACCEPTED:
        for other in overtaking.beside(delivery):
            state = str(NAMES[State(other.state)])
            found.append(
                _("Another return of this period is not decided yet: %(copy)s. It is “%(state)s”.")
                % {"copy": named(other), "state": state}
            )
        if found and delivery.state in OPEN:
            found.append(_("The one that was sent last counts: once it is accepted, an older one cannot be."))
    return found


def named(one: Delivery) -> str:
    """The files and the moment of a delivery, which tell it from another of the same period."""
    moment = date_format(timezone.localtime(one.sent_at), "j F Y, H:i:s")
    return _("%(files)s, sent on %(moment)s") % {"files": plain(listed(one.file_names)), "moment": moment}


def listed(names: list[str]) -> str:
    """Names of files: a few, and how many more."""
    more = len(names) - FILES
    return ", ".join(names[:FILES]) + (_(" and %s more") % f"{more:,}" if more > 0 else "")


def _about(delivery: Delivery, sender: str) -> str:
    periods = delivery.periods or ([delivery.period] if delivery.period else [])
    of = ", ".join(in_words(period) for period in periods)
    lines = [
        f"{dataset(delivery.dataset).title}{f', {sender}' if sender else ''}{f': {of}' if of else ''}",
        _("Files: %s") % ", ".join(delivery.file_names),
        _("Delivery: %s") % delivery.public_id,
    ]
    return "\n".join(lines)


def _reasons(report: DeliveryReport) -> str:
    lines = []
    for one in report.reasons:
        line = _("line %s") % f"{one.line:,}" if one.line is not None else ""
        place = ", ".join(part for part in (one.file, line, f"“{one.column}”" if one.column else "") if part)
        lines += [f"  {one.count:,}: {plain(one.reason)}", "    " + _("First: %s") % plain(place)]
        lines += ["    " + _("What was there: “%s”") % plain(one.came)] if one.came else []
        lines += ["    " + _("What is expected: %s") % one.expected] if one.expected else []
        lines += ["    " + _("How to mend it: %s") % one.mend] if one.mend else []
    return "\n".join([_("Refused rows, by reason:"), *lines]) if lines else ""


def _list(delivery: Delivery) -> str:
    if not delivery.refused_rows or not delivery.refused_rows_until:
        return ""
    until = date_format(delivery.refused_rows_until, "j F Y")
    return _("A list of every refused row is kept for the sender until %s.") % until


def _warnings(delivery: Delivery, report: DeliveryReport) -> str:
    if not report.warnings:
        return ""
    head = _("Warnings to acknowledge:") if delivery.state == State.TO_ACKNOWLEDGE else _("Warnings:")
    return "\n".join([head, *(f"  {plain(w.text)}" for w in report.warnings)])


def _notes(report: DeliveryReport) -> str:
    lines = [
        f"  {note.count:,} {note.words}" + (f". {_('First: %s') % plain(note.first)}" if note.first else "")
        for note in report.notes
    ]
    return "\n".join([_("Good to know:"), *lines]) if lines else ""


def _items(report: DeliveryReport, state: State) -> str:
    lines = []
    for one in report.items:
        taken = {"accepted": f"{one.rows_accepted:,}", "read": rows_in_words(one.rows_read)}
        of = in_words(one.period) if one.period else _("no period")
        fine = _("%(accepted)s of %(read)s as they should be") % taken
        lines.append(f"  {plain(one.file)}, {of}: {fine}; {became(one, state, EXACTLY)}")
        lines += [f"    {sentence}" for sentence in replacement(one) if state not in NOT_TAKEN]
    return "\n".join([_("File by file:"), *lines]) if lines else ""


def became(item: Item, state: State, counts: Counts) -> str:
    """What became of one period of a delivery as it stands, or what would: `would be new`."""
    if state in NOT_TAKEN:
        return _("was not accepted")
    decided = state in (State.ACCEPTED, State.WITHDRAWN)
    if item.superseded and counts.exact and not item.replaced:
        words = _("was accepted, and took the place of %(copy)s") if decided else _("would take the place of %(copy)s")
        return words % {"copy": item.superseded}
    return str((BECAME if decided else WOULD)[Outcome(item.outcome)])


def replacement(item: Item) -> list[str]:
    """What accepting it replaces, in sentences with exact numbers; none where nothing was accepted before."""
    found = item.replaced
    if found is None:
        return []
    said = {"day": received(found), "before": rows_in_words(found.rows_before), "now": rows_in_words(found.rows_now)}
    lines = [_("It replaces the copy of %(day)s: %(now)s in place of %(before)s.") % said]
    if found.gone is None or found.new is None or found.changed is None:
        return [*lines, _("The file of that copy is damaged, so their rows cannot be compared.")]
    said |= {"gone": f"{found.gone:,}", "new": f"{found.new:,}", "changed": f"{found.changed:,}"}
    said["same"] = f"{found.rows_before - found.gone - found.changed:,}"
    if found.told_by:
        said["by"] = ", ".join(f"“{plain(heading)}”" for heading in found.told_by)
        told = _(
            "Rows told apart by %(by)s: %(gone)s fall away, %(changed)s have other cells, %(same)s stay as they were, "
            "%(new)s are new."
        )
    else:
        told = _("Of the rows before, %(gone)s fall away and %(same)s stay; %(new)s are new.")
    lines.append(told % said)
    if found.rows_lost:
        more = found.gone - len(found.rows_lost)
        listed = "; ".join(found.rows_lost) + (_(" and %s more") % f"{more:,}" if more > 0 else "")
        lines.append(_("What falls away: %s.") % listed)
    if found.columns_lost:
        listed = ", ".join(f"“{plain(heading)}”" for heading in found.columns_lost)
        lines.append(_("Columns that had something and are empty now: %s.") % listed)
    return lines


def _next(delivery: Delivery) -> str:
    """What has to happen now."""
    if delivery.state == State.TO_ACKNOWLEDGE:
        return _(
            "Read the warnings. If all is as it should be, acknowledge them; else take this back and send it mended."
        )
    if delivery.state == State.TO_ACCEPT:
        return _("A second person has to accept it.")
    if delivery.state == State.ACCEPTED and delivery.version is not None:
        return _("Data version %s was made.") % delivery.version
    return ""
