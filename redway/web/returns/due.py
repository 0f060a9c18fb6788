"""What is due: the expected returns of a person's agency, or of all, that are not accepted yet."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway.store.profile import Profile
from redway.web.returns.presenter import own_only, spanned, title
from redway.work.accounts.models import User
from redway.work.returns import policies
from redway.work.returns.expected import MISSING, Expected, Standing, expected
from redway.work.returns.expected import NAMES as STANDINGS
from redway.work.returns.senders import Sender, senders

COLOURS = {
    Standing.LATE: "govuk-tag--red",
    Standing.REFUSED: "govuk-tag--red",
    Standing.DUE: "govuk-tag--yellow",
    Standing.WAITING: "govuk-tag--yellow",
    Standing.RECEIVED: "govuk-tag--blue",
    Standing.NOT_YET_DUE: "govuk-tag--grey",
    Standing.ACCEPTED: "govuk-tag--green",
}


@dataclass(frozen=True)
class Due:
    """The periods of one agency's return that stand alike: which, when the first was due, and where to send it."""

    dataset: str
    title: str
    agency: str
    agency_name: str
    period: str  # the one to send, where there is one only
    periods: str
    count: int
    due: date
    standing: Standing
    tag: dict[str, str]
    late: str
    note: str
    may_send: bool
    delivery: Any


def awaited(person: User, profile: Profile, today: date) -> list[Due]:
    """What is expected of a person's agency (of every agency, for those who see all) and not accepted yet.

    The soonest due comes first, so the longest late does.
    """
    agency = person.agency if own_only(person) else ""
    if own_only(person) and not agency:
        return []
    alike: dict[tuple[str, str, Standing], list[Expected]] = {}
    for one in expected(profile, today=today, agency=agency):
        if one.accepted is None:
            alike.setdefault((one.dataset, one.agency, one.standing), []).append(one)
    seen = set(policies.visible(person).values_list("pk", flat=True))
    known = senders(profile)
    return [_due(found, known, person, seen) for found in alike.values()]


def _due(found: list[Expected], known: dict[str, Sender], person: User, seen: set[int]) -> Due:
    first, newest = found[0], found[-1].delivery
    return Due(
        first.dataset,
        title(first.dataset),
        first.agency,
        known[first.agency].name,
        first.period if len(found) == 1 else "",
        spanned([one.period for one in found]),
        len(found),
        first.due,
        first.standing,
        {"text": str(STANDINGS[first.standing]), "classes": COLOURS[first.standing]},
        _late(first.days_late, len(found)),
        first.note,
        policies.may_send_for(person, first.agency),
        newest.public_id if newest and newest.pk in seen else None,
    )


def _late(days: int, count: int) -> str:
    """By how much the first of them is late, in a sentence after how they stand."""
    if not days:
        return ""
    if count > 1:
        words = ngettext("The first is %(n)s day late.", "The first is %(n)s days late.", days)
    else:
        words = ngettext("%(n)s day late.", "%(n)s days late.", days)
    return words % {"n": f"{days:,}"}


def answer(due: list[Due]) -> str:
    """What is late, in a sentence: what did not come in time, and what came and was refused."""
    late = sum(one.count for one in due if one.late and one.standing in MISSING)
    if not due:
        return _("Nothing is due.")
    if not late:
        waiting = sum(one.count for one in due if one.late and one.standing is Standing.WAITING)
        if not waiting:
            return _("Nothing is late.")
        words = ngettext(
            "Nothing is missing; %(n)s return that came is not accepted yet, and its day has passed.",
            "Nothing is missing; %(n)s returns that came are not accepted yet, and their day has passed.",
            waiting,
        )
        return words % {"n": waiting}
    return ngettext("%(n)s return is late.", "%(n)s returns are late.", late) % {"n": late}
