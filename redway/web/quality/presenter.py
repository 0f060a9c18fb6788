"""Shapes the pages of data quality: for each agency and return, what is not known, what was refused, what came late."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.sources import dataset as datasets
from redway.sources.dataset import Dataset, Facts
from redway.store.profile import Profile
from redway.web.figures.rows import RowCounts
from redway.work.returns.expected import Expected, Standing, expected, punctuality
from redway.work.returns.models import DataVersion, Submission
from redway.work.returns.senders import Sender, senders

SHOWN = 12  # periods of each return
FEW = 20  # rows under which a share says little, and may tell of one person
WORSE = 0.10  # by which more is not known than usual, to be pointed out


@dataclass(frozen=True)
class Completeness:
    """How often one column is not known: in the newest return and usually before."""

    column: str
    newest: str
    usual: str
    worse: bool


@dataclass(frozen=True)
class Period:
    """One accepted return."""

    words: str
    rows: str
    refused: str
    late: str


@dataclass(frozen=True)
class Return:
    """How one kind of return of an agency stands."""

    dataset: str
    title: str
    sentences: tuple[str, ...]
    to_look_into: int
    completeness: tuple[Completeness, ...]
    periods: tuple[Period, ...]
    outside: str


@dataclass(frozen=True)
class Agency:
    """An agency and its returns."""

    id: str
    name: str
    returns: tuple[Return, ...]
    late: int

    @property
    def to_look_into(self) -> int:
        return sum(one.to_look_into for one in self.returns)

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


def agencies(profile: Profile, today: date) -> list[Agency]:
    """Every agency that sends partners' data, the one with most to look into first."""
    sending = [s for s in senders(profile).values() if _partners(s)]
    held = _held([s.id for s in sending])
    awaited = expected(profile, today=today)
    found = [_agency(s, held, awaited, today, RowCounts(exact=False)) for s in sending]
    return sorted(found, key=lambda one: (-one.to_look_into, one.name))


def agency(profile: Profile, id: str, today: date, *, counts: RowCounts) -> Agency | None:
    """One agency; None for one that sends no partners' data. `counts` shows numbers of rows as its reader may."""
    sender = senders(profile).get(id)
    if sender is None or not _partners(sender):
        return None
    return _agency(sender, _held([id]), expected(profile, today=today, agency=id), today, counts)


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
        for one in newest.submissions.filter(provider__in=list(agencies)).exclude(period=""):
            found.setdefault((one.provider, one.dataset), []).append(one)
    for held in found.values():
        held.sort(key=lambda one: periods.months_of(one.period)[-1])
    return found


def _agency(
    sender: Sender,
    held: Mapping[tuple[str, str], list[Submission]],
    awaited: Sequence[Expected],
    today: date,
    counts: RowCounts,
) -> Agency:
    mine = [one for one in awaited if one.agency == sender.id]
    returns = []
    for definition in _partners(sender):
        of_it = [one for one in mine if one.dataset == definition.name]
        accepted = held.get((sender.id, definition.name), [])
        if accepted or of_it:
            returns.append(_return(definition, accepted, of_it, today, counts))
    late = sum(one.standing == Standing.LATE for one in mine)
    return Agency(sender.id, sender.name, tuple(returns), late)


def _return(
    definition: Dataset, accepted: Sequence[Submission], awaited: Sequence[Expected], today: date, counts: RowCounts
) -> Return:
    completeness = tuple(_completeness(definition, accepted))
    sentences = [*_lateness(awaited, today), *_unknown(completeness)]
    late_by = {one.period: one.days_late for one in awaited if one.accepted}
    return Return(
        definition.name,
        definition.title,
        tuple(sentences),
        len(sentences),
        completeness,
        tuple(_period(one, late_by.get(one.period, 0), counts) for one in reversed(accepted[-SHOWN:])),
        _outside(accepted, counts),
    )


def _lateness(awaited: Sequence[Expected], today: date) -> list[str]:
    """What is missing now, and how punctual the past year was, where either is to be looked into."""
    found = []
    missing = [one for one in awaited if one.standing == Standing.LATE]
    if missing:
        said = {
            "n": len(missing),
            "first": periods.in_words(missing[0].period),
            "days": f"{missing[0].days_late:,}",
        }
        found.append(
            ngettext(
                "%(n)s return has not come: %(first)s, %(days)s days late.",
                "%(n)s returns have not come; the first, %(first)s, is %(days)s days late.",
                len(missing),
            )
            % said
        )
    for past in punctuality(awaited, today=today):
        if past.late:
            said = {"late": past.late, "due": past.due, "days": f"{past.median_days:.0f}"}
            found.append(
                _(
                    "%(late)s of the %(due)s returns due in the past year came late, half of them by more than "
                    "%(days)s days."
                )
                % said
            )
    return found


def _unknown(completeness: Iterable[Completeness]) -> list[str]:
    return [
        _("“%(column)s” is not known in %(newest)s of the rows of the newest return, where %(usual)s is usual.")
        % {"column": one.column, "newest": one.newest, "usual": one.usual}
        for one in completeness
        if one.worse
    ]


def _completeness(definition: Dataset, accepted: Sequence[Submission]) -> Iterable[Completeness]:
    headings = {column.name: column.heading for column in definition.columns}
    told = [(one.rows_accepted, _facts(one)) for one in accepted]
    for name in definition.watched:
        shares = [facts.unknown[name] / rows for rows, facts in told if rows >= FEW and name in facts.unknown]
        if not shares:
            continue
        newest, before = shares[-1], shares[:-1]
        usual = median(before) if before else None
        yield Completeness(
            headings.get(name, name),
            f"{newest:.0%}",
            f"{usual:.0%}" if usual is not None else _("not known yet"),
            usual is not None and newest - usual >= WORSE,
        )


def _facts(one: Submission) -> Facts:
    return Facts(**one.facts)


def _period(one: Submission, days_late: int, counts: RowCounts) -> Period:
    return Period(
        periods.in_words(one.period),
        counts(one.rows_accepted),
        counts(one.rows_read - one.rows_accepted - _facts(one).outside),
        _("%s days") % f"{days_late:,}" if days_late else _("in time"),
    )


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
