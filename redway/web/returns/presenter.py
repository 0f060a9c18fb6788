"""Shapes the lists of returns: deliveries in a line each, and what a person may send."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.errors import RedwayError
from redway.sources import dataset as datasets
from redway.sources.dataset import Dataset
from redway.store.home import Home
from redway.store.profile import Profile
from redway.web.jinja import day
from redway.web.returns.sheet import typed_before
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.returns import drafts, policies
from redway.work.returns.drafts import Draft
from redway.work.returns.models import Delivery
from redway.work.returns.overtaking import labels
from redway.work.returns.result import named
from redway.work.returns.senders import Sender, senders
from redway.work.returns.states import NAMES, QUEUED, State

COLOURS = {
    **dict.fromkeys((State.RECEIVED, State.CHECKING, State.ACCEPTING), "govuk-tag--blue"),
    **dict.fromkeys((State.TO_ACKNOWLEDGE, State.TO_ACCEPT), "govuk-tag--yellow"),
    State.ACCEPTED: "govuk-tag--green",
    State.REFUSED: "govuk-tag--red",
    **dict.fromkeys((State.WITHDRAWN, State.DISCARDED, State.OVERTAKEN), "govuk-tag--grey"),
}


@dataclass(frozen=True)
class Line:
    """One delivery in a list. `named` tells it from others of its period, by its files and its moment; `apart` is that
    too where no period is known.
    """

    id: Any
    title: str
    agency: str
    period: str
    apart: str
    named: str
    sent_at: datetime
    state: str
    tag: dict[str, str]


@dataclass(frozen=True)
class Offer:
    """A return that this person may send: one dataset, and the agencies they may send it for."""

    definition: Dataset
    agencies: dict[str, str]


def offers(person: User, profile: Profile) -> list[Offer]:
    """What a person may send, by title. An agency contact sends what their own agency sends."""
    may = {name: policies.may_send(person, name, profile) for name in datasets.names()}
    found = [Offer(datasets.dataset(name), agencies) for name, agencies in may.items() if agencies]
    return sorted(found, key=lambda offer: offer.definition.title)


def offer(person: User, profile: Profile, dataset: str) -> Offer | None:
    """The one of that dataset; None where they may not send it, or there is none."""
    return next((o for o in offers(person, profile) if o.definition.name == dataset), None)


@dataclass(frozen=True)
class BegunBefore:
    """A draft as it is offered: in words, and as a form would send it."""

    draft: Draft
    words: str
    given: dict[str, str]


def begun_before(those: Iterable[Draft], offer: Offer, home: Home) -> list[BegunBefore]:
    """Drafts of a return, opened. One for an agency that its writer may not send for any more is not offered."""
    found = []
    for one in those:
        try:
            begun = drafts.opened(one, home)
        except RedwayError:  # damaged, or the key is elsewhere: it cannot be gone on with
            continue
        if begun.agency and begun.agency not in offer.agencies:
            continue
        rows = sum(any(row.values()) for row in begun.rows)
        name = offer.agencies.get(begun.agency)
        what = _("You began this return for %(agency)s") % {"agency": name} if name else _("You began this return")
        left = ngettext("%(n)s row, kept on %(when)s.", "%(n)s rows, kept on %(when)s.", rows)
        words = f"{what}: {left % {'n': rows, 'when': moment(one.saved_at)}}"
        found.append(BegunBefore(one, words, typed_before(begun.rows, begun.agency)))
    return found


@dataclass(frozen=True)
class Unsent:
    """A return that was begun, in a list: by its title, and when it was kept."""

    dataset: str
    title: str
    id: UUID
    kept: str


def unsent(those: Iterable[Draft], offered: Iterable[Offer]) -> list[Unsent]:
    """What was begun and can still be sent."""
    titles = {offer.definition.name: offer.definition.title for offer in offered}
    return [
        Unsent(one.dataset, titles[one.dataset], one.id, moment(one.saved_at)) for one in those if one.dataset in titles
    ]


def kept_words(one: Draft) -> str:
    """That it was kept, when, and until when."""
    said = {"when": moment(one.saved_at), "until": day(one.until)}
    return _("Kept on %(when)s, for you alone. It is removed when you send it, or on %(until)s.") % said


def moment(at: datetime) -> str:
    """`3 November 2025, 14:05:09`: with seconds, as of deliveries, which tell those of one minute apart."""
    local = timezone.localtime(at)
    return f"{day(local)}, {local:%H:%M:%S}"


def lines(deliveries: Iterable[Delivery], profile: Profile) -> list[Line]:
    known = senders(profile)
    return [line(one, known) for one in deliveries]


def line(one: Delivery, known: dict[str, Sender]) -> Line:
    return Line(
        one.public_id,
        title(one.dataset),
        known[one.agency].name if one.agency in known else one.agency,
        period_words(one),
        "" if labels(one) else named(one),
        named(one),
        one.sent_at,
        str(NAMES[State(one.state)]),
        tag(one),
    )


def title(dataset: str) -> str:
    """A dataset's title; its name where nothing describes it any more."""
    try:
        return datasets.dataset(dataset).title
    except RedwayError:
        return dataset


def tag(one: Delivery) -> dict[str, str]:
    return {"text": str(NAMES[State(one.state)]), "classes": COLOURS[State(one.state)]}


def period_words(one: Delivery) -> str:
    """The periods it was found to be of; before it was checked, the one that was named."""
    found = labels(one)
    if not found:
        return _("period as its rows say") if one.state in QUEUED else _("period not known")
    return spanned(found)


def one_period(one: Delivery) -> str:
    """The label of its period, to send it again; empty where it has several or none is known."""
    found = labels(one)
    return found[0] if len(found) == 1 else ""


def spanned(found: list[str]) -> str:
    """Periods in words: the one, or how many of them and the months from the first to the last of all."""
    if len(found) == 1:
        return periods.in_words(found[0])
    months = [month for label in found for month in periods.months_of(label)]
    return _("%(count)s periods, %(first)s to %(last)s") % {
        "count": len(found),
        "first": periods.in_words(periods.label(min(months))),
        "last": periods.in_words(periods.label(max(months))),
    }


def answer(due: str, *, mine: int, others: int, checking: int) -> str:
    """First sentences of the page: what is late, and how many returns wait for its reader, for others, for checks."""
    sentences = [due]
    if mine:
        sentences.append(ngettext("%(n)s return waits for you.", "%(n)s returns wait for you.", mine) % {"n": mine})
    if others:
        words = ngettext("%(n)s waits for somebody else.", "%(n)s wait for somebody else.", others)
        alone = ngettext("%(n)s return waits for somebody else.", "%(n)s returns wait for somebody else.", others)
        sentences.append((words if mine else alone) % {"n": others})
    if checking:
        sentences.append(ngettext("%(n)s is being checked.", "%(n)s are being checked.", checking) % {"n": checking})
    return " ".join(sentences)


def own_only(person: User) -> bool:
    return person.role == Role.AGENCY_CONTACT
