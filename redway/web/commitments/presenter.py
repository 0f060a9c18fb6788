"""Commitments as the pages show them: what was published joined with how it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redway.web.figures import promises
from redway.web.figures.promises import published_owner
from redway.web.jinja import day
from redway.work.strategy import policies
from redway.work.strategy.actions import owner_words
from redway.work.strategy.models import CommitmentState, standing, standings
from redway.work.strategy.profile import Commitment, Part, Strategy
from redway.work.strategy.states import NAMES, State

TAGS = {
    State.NOT_STARTED: "govuk-tag--grey",
    State.UNDER_WAY: "govuk-tag--blue",
    State.DONE: "govuk-tag--green",
    State.STOPPED: "govuk-tag--yellow",
}

# The list in the order in which it wants attention.
SECTIONS: dict[str, Any] = {
    "neither": gettext_lazy("With neither an owner nor a date"),
    "overdue": gettext_lazy("Overdue"),
    "no-owner": gettext_lazy("Without an owner, with a date"),
    "no-date": gettext_lazy("Without a date, with an owner"),
    "on-course": gettext_lazy("With an owner and a date"),
    "closed": gettext_lazy("Done or stopped"),
}


@dataclass(frozen=True)
class Line:
    """One commitment."""

    published: Commitment
    now: CommitmentState
    part: Part
    owner: str  # given since, else published; empty for nobody
    due: str  # given since, else published; empty for none
    section: str

    @property
    def id(self) -> str:
        return self.published.id

    @property
    def state(self) -> str:
        return str(NAMES[State(self.now.state)])

    @property
    def tag(self) -> dict[str, str]:
        """GOV.UK's tag for how it stands; overdue says so in words."""
        if self.section == "overdue":
            return {"text": _("Overdue"), "classes": "govuk-tag--orange"}
        return {"text": self.state, "classes": TAGS[State(self.now.state)]}

    @property
    def hint(self) -> str:
        """One line below its text."""
        return " · ".join(
            (
                self.part.reference,
                _("Owner: %(owner)s") % {"owner": self.owner or _("nobody")},
                _("Due: %(due)s") % {"due": self.due or _("no date")},
            )
        )


def line(strategy: Strategy, published: Commitment, today: date, now: CommitmentState | None = None) -> Line:
    """One commitment as it stands."""
    now = now or standing(published.id)
    given = owner_words(strategy, now.owner, now.owner_person)
    return Line(
        published,
        now,
        strategy.part(published.part),
        given or published_owner(published),
        day(now.due) or published.due_published,
        _section(now, published, today),
    )


def lines(strategy: Strategy, today: date) -> list[Line]:
    """Every commitment: those with neither owner nor date first, then by what wants attention, then by date."""
    known = standings()
    order = list(SECTIONS)
    found = [line(strategy, c, today, known.get(c.id, CommitmentState(commitment=c.id))) for c in strategy.commitments]
    return sorted(found, key=lambda one: (order.index(one.section), one.now.due or date.max))


def _section(now: CommitmentState, published: Commitment, today: date) -> str:
    if now.is_closed:
        return "closed"
    if now.is_overdue(today):
        return "overdue"
    owner, dated = policies.has_owner(now, published), policies.has_date(now, published)
    if not owner and not dated:
        return "neither"
    if not owner:
        return "no-owner"
    return "on-course" if dated else "no-date"


def answer(strategy: Strategy, today: date) -> str:
    """The page's first sentences: the totals as Home and Priorities say them, then what is closed."""
    found = promises.promises(strategy, strategy.commitments, standings(), today)
    closed = sum(one.closed for one in found)
    if not closed or closed == len(found):
        return promises.sentence(found)
    return promises.sentence(found) + " " + _("Done or stopped: %(closed)s.") % {"closed": closed}


def sections(found: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """The lines under their headings; headings with nothing under them are left out."""
    kept = list(found)
    grouped = [(str(title), [one for one in kept if one.section == name]) for name, title in SECTIONS.items()]
    return [(title, those) for title, those in grouped if those]


COLUMNS = (
    "id",
    "commitment",
    "part",
    "section",
    "owner",
    "owner_published",
    "due",
    "due_published",
    "state",
    "reason",
    "overdue",
)


def rows(strategy: Strategy, found: Iterable[Line]) -> list[tuple[str, ...]]:
    """The lines as rows of a CSV file."""
    return [
        (
            one.id,
            one.published.text,
            one.part.title,
            one.published.section,
            owner_words(strategy, one.now.owner, one.now.owner_person),
            one.published.owner_published,
            one.now.due.isoformat() if one.now.due else "",
            one.published.due_published,
            one.now.state,
            one.now.reason,
            "yes" if one.section == "overdue" else "no",
        )
        for one in found
    ]
