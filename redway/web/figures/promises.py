"""Commitments as pages list them: who has it, by when, how it stands; those with neither owner nor date first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway.products import tables
from redway.products.tables import Cell, Column, Table
from redway.work.strategy.models import CommitmentState
from redway.work.strategy.policies import has_date, has_owner
from redway.work.strategy.profile import Commitment, Strategy
from redway.work.strategy.states import NAMES, State


@dataclass(frozen=True)
class Promise:
    """One commitment and how it stands today."""

    commitment: Commitment
    owner: str
    due: str
    state: str
    owned: bool
    dated: bool
    overdue: bool
    closed: bool

    @property
    def wanting(self) -> int:
        """How pressing it is to mend: 0 neither owner nor date, then one of them, then overdue, then the rest."""
        if self.closed:
            return 5
        if not self.owned and not self.dated:
            return 0
        if not self.owned:
            return 1
        return 2 if self.overdue else 3 if not self.dated else 4


def promises(
    strategy: Strategy, commitments: Iterable[Commitment], standings: Mapping[str, CommitmentState], today: date
) -> list[Promise]:
    """The commitments, the most wanting first, otherwise in the strategy's order."""
    found = [_promise(strategy, c, standings.get(c.id) or CommitmentState(commitment=c.id), today) for c in commitments]
    return sorted(found, key=lambda p: p.wanting)


def _promise(strategy: Strategy, commitment: Commitment, now: CommitmentState, today: date) -> Promise:
    return Promise(
        commitment,
        _owner(strategy, commitment, now),
        date_format(now.due, "j F Y") if now.due else commitment.due_published,
        str(NAMES[State(now.state)]),
        has_owner(now, commitment),
        has_date(now, commitment),
        now.is_overdue(today),
        now.is_closed,
    )


def _owner(strategy: Strategy, commitment: Commitment, now: CommitmentState) -> str:
    """Who was given it; else whom the strategy names; else our reading, said to be one; else nobody."""
    given = [strategy.names.get(now.owner, now.owner)] if now.owner else []
    if now.owner_person:
        given.append(now.owner_person.get_full_name())
    if given:
        return ", ".join(given)
    return published_owner(commitment)


def published_owner(commitment: Commitment) -> str:
    """As the strategy says; our reading of it is marked as one, in the same words on every page."""
    owner = commitment.owner_published
    if owner and commitment.owner_inferred:
        perhaps = owner.replace("The ", "the ", 1) if owner.startswith("The ") else owner
        return _("none named (perhaps %(owner)s)") % {"owner": perhaps}
    return owner


def sentence(found: list[Promise]) -> str:
    """How many there are, and how many lack an owner or a date."""
    still = [p for p in found if not p.closed]
    if not found:
        return _("No commitment is recorded.")
    if not still:
        return ngettext(
            "The one commitment is done or stopped.", "All %(n)s commitments are done or stopped.", len(found)
        ) % {"n": len(found)}
    neither = sum(not p.owned and not p.dated for p in still)
    both = ngettext(" (%(n)s has neither)", " (%(n)s have neither)", neither) % {"n": neither} if neither else ""
    return ngettext(
        "%(n)s commitment is still to be done: %(owner)s without an owner, %(date)s without a date%(both)s, "
        "%(over)s overdue.",
        "%(n)s commitments are still to be done: "
        "%(owner)s without an owner, %(date)s without a date%(both)s, %(over)s overdue.",
        len(still),
    ) % {
        "n": len(still),
        "owner": sum(not p.owned for p in still) or _("none"),
        "date": sum(not p.dated for p in still) or _("none"),
        "both": both,
        "over": sum(p.overdue for p in still) or _("none"),
    }


def table(found: Iterable[Promise], caption: str) -> Table:
    """As a table; what is missing says so in words."""
    columns = (Column(_("Commitment")), Column(_("Owner")), Column(_("Due")), Column(_("State")))
    rows = tuple(
        (
            tables.text(f"{p.commitment.id}: {p.commitment.text}", link=reverse("commitment", args=[p.commitment.id])),
            Cell(p.owner or _("No owner"), missing=not p.owned),
            Cell(p.due or _("No date"), missing=not p.dated, note=_("overdue") if p.overdue else ""),
            tables.text(p.state),
        )
        for p in found
    )
    return Table(caption, columns, rows)
