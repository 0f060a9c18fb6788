"""Shapes the pages of data quality: for each agency and return, what is not known, what was refused, what came late."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from statistics import median

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.sources import dataset as datasets
from redway.sources.dataset import Dataset, Facts
from redway.store.profile import Profile
from redway.web.figures import missing
from redway.web.figures import placing as placings
from redway.web.figures.rows import RowCounts
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.returns import policies
from redway.work.returns.expected import NAMES, Expected, Punctuality, Standing, expected, punctuality
from redway.work.returns.models import DataVersion, Delivery, Submission
from redway.work.returns.senders import Sender, senders

SHOWN = 12  # periods of each return
FEW = 20  # rows under which a share says little, and may tell of one person
WORSE = 0.10  # by which more is not known than usual, to be pointed out


@dataclass(frozen=True)
class Link:
    """A page to do it with. `hidden` tells links of the same words apart for who hears them."""

    words: str
    href: str
    hidden: str = ""


@dataclass(frozen=True)
class Thing:
    """One thing to look into, and the pages to do it with; without any, its agency's contact is to be asked."""

    text: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Reader:
    """Who reads: what they may send, which deliveries they may see, and how they are shown numbers of rows."""

    person: User
    counts: RowCounts

    @cached_property
    def sees(self) -> frozenset[int]:
        return frozenset(policies.visible(self.person).values_list("pk", flat=True))

    def result(self, words: str, delivery: Delivery | None, hidden: str) -> list[Link]:
        """The result of a delivery, for those who may see it."""
        if delivery is None or delivery.pk not in self.sees:
            return []
        return [Link(words, reverse("return", args=[delivery.public_id]), hidden)]


@dataclass(frozen=True)
class Completeness:
    """How often one column is not known: in the newest return and usually before."""

    column: str
    newest: str
    usual: str
    worse: bool


@dataclass(frozen=True)
class Period:
    """One accepted return, or the gap of one that was due: `gap` says how it stands."""

    words: str
    rows: str = ""
    refused: str = ""
    late: str = ""
    gap: str = ""


@dataclass(frozen=True)
class Placing:
    """How surely the rows of each period were placed: columns, and for each period a share in each."""

    columns: list[tuple[str, bool]]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Return:
    """How one kind of return of an agency stands."""

    dataset: str
    title: str
    things: tuple[Thing, ...]
    completeness: tuple[Completeness, ...]
    newest: tuple[Link, ...]
    periods: tuple[Period, ...]
    outside: str
    placing: Placing | None


@dataclass(frozen=True)
class Agency:
    """An agency and its returns."""

    id: str
    name: str
    returns: tuple[Return, ...]
    contacts: tuple[User, ...]

    @property
    def to_look_into(self) -> int:
        return sum(len(one.things) for one in self.returns)

    @property
    def answer(self) -> str:
        """The first sentence of its page."""
        if not self.returns:
            return _("No return of this agency has been accepted yet.")
        if not self.to_look_into:
            return _("Nothing stands out in what this agency has sent.")
        return ngettext("%(n)s thing to look into.", "%(n)s things to look into.", self.to_look_into) % {
            "n": self.to_look_into
        }


def agencies(profile: Profile, today: date, *, person: User) -> list[Agency]:
    """Every agency that sends partners' data, the one with most to look into first."""
    sending = [s for s in senders(profile).values() if _partners(s)]
    held = _held([s.id for s in sending])
    awaited, reader = expected(profile, today=today), Reader(person, RowCounts(exact=False))
    found = [_agency(s, held, awaited, today, reader) for s in sending]
    return sorted(found, key=lambda one: (-one.to_look_into, one.name))


def agency(profile: Profile, id: str, today: date, *, reader: Reader) -> Agency | None:
    """One agency as a person reads it; None for one that sends no partners' data."""
    sender = senders(profile).get(id)
    if sender is None or not _partners(sender):
        return None
    return _agency(sender, _held([id]), expected(profile, today=today, agency=id), today, reader)


def answer(found: Sequence[Agency]) -> str:
    """The first sentence of the list."""
    some = [one for one in found if one.to_look_into]
    if not some:
        return _("Nothing stands out in what agencies have sent.")
    said = {"n": len(some), "all": len(found)}
    return (
        ngettext(
            "%(n)s of %(all)s agencies has something to look into.",
            "%(n)s of %(all)s agencies have something to look into.",
            len(some),
        )
        % said
    )


def _partners(sender: Sender) -> list[Dataset]:
    """The partners' datasets that an agency sends."""
    known = set(datasets.names())
    found = [datasets.dataset(name) for name in sender.datasets if name in known]
    return [definition for definition in found if definition.access == "partners"]


def _held(agencies: Iterable[str]) -> Mapping[tuple[str, str], list[Submission]]:
    """What the newest data version holds of these agencies, by agency and dataset, the oldest period first."""
    newest = DataVersion.objects.order_by("-number").first()
    found: dict[tuple[str, str], list[Submission]] = {}
    if newest:
        for one in (
            newest.submissions.filter(provider__in=list(agencies))
            .exclude(period="")
            .select_related("delivery")
            .defer("delivery__report")
        ):
            found.setdefault((one.provider, one.dataset), []).append(one)
    for held in found.values():
        held.sort(key=lambda one: periods.months_of(one.period)[-1])
    return found


def _agency(
    sender: Sender,
    held: Mapping[tuple[str, str], list[Submission]],
    awaited: Sequence[Expected],
    today: date,
    reader: Reader,
) -> Agency:
    mine = [one for one in awaited if one.agency == sender.id]
    returns = []
    for definition in _partners(sender):
        of_it = [one for one in mine if one.dataset == definition.name]
        accepted = held.get((sender.id, definition.name), [])
        if accepted or of_it:
            returns.append(_return(definition, accepted, of_it, today, reader))
    contacts = User.objects.filter(agency=sender.id, role=Role.AGENCY_CONTACT, is_active=True).order_by("full_name")
    return Agency(sender.id, sender.name, tuple(returns), tuple(contacts))


def _return(
    definition: Dataset, accepted: Sequence[Submission], awaited: Sequence[Expected], today: date, reader: Reader
) -> Return:
    completeness = tuple(_completeness(definition, accepted, reader.counts))
    links = _newest(definition, accepted[-1], reader) if accepted else ()
    things = [*_missing(awaited, reader), *_lateness(awaited, today)]
    things += [Thing(text, links) for text in _unknown(completeness)]
    return Return(
        definition.name,
        definition.title,
        tuple(things),
        completeness,
        links,
        _periods(accepted, awaited, reader.counts),
        _outside(accepted, reader.counts),
        _placing(definition, accepted, reader.counts),
    )


def _newest(definition: Dataset, newest: Submission, reader: Reader) -> tuple[Link, ...]:
    """Where to look at the newest return, and where to send a better copy, for those who may."""
    hidden = f"{definition.title}, {periods.in_words(newest.period)}"
    links = reader.result(_("See the return"), newest.delivery, hidden)
    if policies.may_send_for(reader.person, newest.provider):
        query = {"agency": newest.provider, "period": newest.period}
        href = reverse("return-send", args=[definition.name], query=query)
        links.append(Link(_("Send a corrected copy"), href, hidden))
    return tuple(links)


def _missing(awaited: Sequence[Expected], reader: Reader) -> list[Thing]:
    """What is missing now: where to send it, what came of what was sent, and why any was withdrawn."""
    found = [one for one in awaited if one.missing]
    if not found:
        return []
    links = []
    if policies.may_send_for(reader.person, found[0].agency):
        period = found[0].period if len(found) == 1 else ""
        query = {"agency": found[0].agency} | ({"period": period} if period else {})
        links.append(Link(_("Send it"), reverse("return-send", args=[found[0].dataset], query=query), _which(found)))
    for one in found:
        if one.standing == Standing.REFUSED:
            links += reader.result(_("See what was refused"), one.delivery, _which([one]))
    things = [Thing(missing.sentence(found), tuple(links))]
    for one in found:
        if one.withdrawn:
            said = {"period": periods.in_words(one.period), "reason": one.withdrawn.reason}
            if one.withdrawn.pk in reader.sees:
                text = _("%(period)s was withdrawn: “%(reason)s”") % said
            else:
                text = _("%(period)s was withdrawn.") % said
            things.append(Thing(text, tuple(reader.result(_("See the return"), one.withdrawn, _which([one])))))
    return things


def _which(found: Sequence[Expected]) -> str:
    """A return in words, for links that are heard out of their place."""
    title = datasets.dataset(found[0].dataset).title
    return f"{title}, {periods.in_words(found[0].period)}" if len(found) == 1 else title


def _lateness(awaited: Sequence[Expected], today: date) -> list[Thing]:
    """How punctual the past year was, where that is to be looked into."""
    return [Thing(_late(past)) for past in punctuality(awaited, today=today) if past.late]


def _late(past: Punctuality) -> str:
    days = past.late_days
    said = {"late": len(days), "due": past.due, "days": f"{days[0]:,}"}
    if past.due == 1:
        return (
            ngettext(
                "The one return due in the past year came %(days)s day late.",
                "The one return due in the past year came %(days)s days late.",
                days[0],
            )
            % said
        )
    if len(days) == 1:
        return (
            ngettext(
                "1 of the %(due)s returns due in the past year came late, by %(days)s day.",
                "1 of the %(due)s returns due in the past year came late, by %(days)s days.",
                days[0],
            )
            % said
        )
    said |= {"least": f"{days[0]:,}", "most": f"{days[-1]:,}"}
    if len(days) == past.due:
        return _("All %(due)s returns due in the past year came late, by %(least)s to %(most)s days.") % said
    return _("%(late)s of the %(due)s returns due in the past year came late, by %(least)s to %(most)s days.") % said


def _unknown(completeness: Iterable[Completeness]) -> list[str]:
    return [
        _("“%(column)s” is not known in %(newest)s of the rows of the newest return, where %(usual)s is usual.")
        % {"column": one.column, "newest": one.newest, "usual": one.usual}
        for one in completeness
        if one.worse
    ]


def _completeness(definition: Dataset, accepted: Sequence[Submission], counts: RowCounts) -> Iterable[Completeness]:
    """By what the reader may see of each number: a share of few rows is their number again."""
    headings = {column.name: column.heading for column in definition.columns}
    told = [(one.rows_accepted, _facts(one)) for one in accepted]
    for name in definition.watched:
        known = [(facts.unknown[name], rows) for rows, facts in told if rows >= FEW and name in facts.unknown]
        if not known:
            continue
        shown, exact = (
            [one.share(number, rows) or 0.0 for number, rows in known] for one in (counts, RowCounts(exact=True))
        )
        yield Completeness(
            headings.get(name, name),
            _share(shown[-1], counts),
            _share(median(shown[:-1]), counts) if shown[:-1] else _("not known yet"),
            bool(exact[:-1]) and exact[-1] - median(exact[:-1]) >= WORSE,
        )


def _share(share: float, counts: RowCounts) -> str:
    return f"{share:.0%}" if share or counts.exact else _("few or none")


def _facts(one: Submission) -> Facts:
    return Facts(**one.facts)


def _periods(accepted: Sequence[Submission], awaited: Sequence[Expected], counts: RowCounts) -> tuple[Period, ...]:
    """What was accepted, the newest first, with a line for each period between that was due and is not there."""
    late_by = {one.period: one.days_late for one in awaited if one.accepted}
    lines = {one.period: _period(one, late_by.get(one.period), counts) for one in accepted}
    for one in awaited:
        if one.accepted is None and one.days_late:
            gap = missing.how(one) or str(NAMES[one.standing]).lower()
            lines[one.period] = Period(periods.in_words(one.period), gap=gap, late=_days(one.days_late))
    newest_first = sorted(lines, key=lambda label: periods.months_of(label)[-1], reverse=True)
    return tuple(lines[label] for label in newest_first[:SHOWN]) if accepted else ()


def _period(one: Submission, days_late: int | None, counts: RowCounts) -> Period:
    """`days_late`: None where no day was agreed for it."""
    refused = one.rows_read - one.rows_accepted - one.erased_rows - _facts(one).outside
    return Period(
        periods.in_words(one.period),
        counts(one.rows_accepted),
        _refused(refused, counts),
        _("no day agreed") if days_late is None else _days(days_late) if days_late else _("in time"),
    )


def _placing(definition: Dataset, accepted: Sequence[Submission], counts: RowCounts) -> Placing | None:
    """How surely each return was placed, the newest first; None where none of them measured it."""
    found = [(one.period, placings.placed(definition.name, [one])) for one in reversed(accepted[-SHOWN:])]
    rows = tuple((periods.in_words(period), placed.shares(counts)) for period, placed in found if placed)
    return Placing([(words[:1].upper() + words[1:], True) for words in definition.placing], rows) if rows else None


def _refused(number: int, counts: RowCounts) -> str:
    """The policy hides a zero as it hides a few, so what is hidden is said to be perhaps none."""
    shown = counts(number)
    return _("none, or under 5") if shown == RowCounts(exact=False)(0) else shown


def _days(number: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", number) % {"n": f"{number:,}"}


def _outside(accepted: Sequence[Submission], counts: RowCounts) -> str:
    """How many rows of the newest return were left out because they lie outside the partnership."""
    if not accepted or not _facts(accepted[-1]).outside:
        return ""
    number = _facts(accepted[-1]).outside
    return ngettext(
        "%(n)s row of the newest return lies outside the partnership and was left out.",
        "%(n)s rows of the newest return lie outside the partnership and were left out.",
        number,
    ) % {"n": counts(number)}
