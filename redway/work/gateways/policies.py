"""What the register allows: which columns of which dataset may be taken in and read, for what, by whom, today.

Each rule that refuses raises NotAllowed with the sentence that the screen shows. Open data carries a licence
instead: nothing here closes it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from redway.errors import NotAllowed, RedwayError
from redway.sources.dataset import Dataset
from redway.sources.dataset import dataset as definition_of
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.gateways import lawful
from redway.work.gateways.bodies import held_in_health_or_social_care
from redway.work.gateways.law import law
from redway.work.gateways.models import Gateway, ever_in_force
from redway.work.gateways.purposes import NAMES, Purpose
from redway.work.gateways.states import Standing, State
from redway.work.gateways.terms import Terms

WARNED = (90, 30, 7)  # days before it expires


@dataclass(frozen=True)
class Reading:
    """What one purpose may read of one dataset on a day.

    columns  those it may read; None: open data, all
    gateway  the version in force; None for open data, and where none is
    closed   why nothing may be read, one sentence; empty where something may
    """

    columns: frozenset[str] | None
    gateway: Gateway | None = None
    closed: str = ""


class Register:
    """The register as it stands on a day: one question to the database, then any number of answers."""

    def __init__(self, on: dt.date, gateways: Iterable[Gateway] | None = None):
        self.on = on
        self._versions: dict[tuple[str, str], list[Gateway]] = {}
        for one in ever_in_force() if gateways is None else gateways:
            self._versions.setdefault((one.dataset, one.purpose), []).append(one)

    @property
    def key(self) -> tuple[tuple[int, str], ...]:
        """What stands in force on the day: the same key, the same answers."""
        return tuple(sorted((g.pk, g.standing(self.on).value) for g in self.newest))

    @property
    def newest(self) -> list[Gateway]:
        """The version that counts on the day, of every dataset and purpose there is one for."""
        chosen = (self.latest(dataset, Purpose(purpose)) for dataset, purpose in self._versions)
        return [one for one in chosen if one is not None]

    def latest(self, dataset: str, purpose: Purpose, on: dt.date | None = None) -> Gateway | None:
        """The newest version that had begun by the day (or another), whatever became of it since; else the next to
        begin.

        A newer version replaces an older one for good: when it ends, the older does not come back.
        """
        versions = self._versions.get((dataset, purpose), [])
        begun = [g for g in versions if g.begins is not None and g.begins <= (on or self.on)]
        return begun[-1] if begun else (versions[0] if versions else None)

    def reading(self, dataset: str, purpose: Purpose) -> Reading:
        """What a purpose may read of a dataset. A dataset that nothing describes any more is closed."""
        try:
            definition = definition_of(dataset)
        except RedwayError:
            return Reading(
                frozenset(), closed=_("Nothing describes the dataset “%(name)s” any more.") % {"name": dataset}
            )
        if definition.access == "open":
            return Reading(None)
        gateway = self.latest(dataset, purpose)
        if why := self._closed(definition, purpose, gateway):
            return Reading(frozenset(), gateway, why)
        assert gateway is not None  # else it were closed
        return Reading(columns_of(gateway, definition), gateway)

    def _closed(self, definition: Dataset, purpose: Purpose, gateway: Gateway | None) -> str:
        said = {"title": definition.title, "purpose": str(NAMES[purpose]).lower()}
        if gateway is None:
            return _("%(title)s: no gateway lets it be read for %(purpose)s.") % said
        standing = gateway.standing(self.on)
        if standing is Standing.NOT_BEGUN:
            return _("%(title)s: the gateway that lets it be read for %(purpose)s begins on %(day)s.") % (
                said | {"day": day(gateway.begins)}
            )
        if standing is Standing.EXPIRED:
            return _(
                "%(title)s: the gateway that let it be read for %(purpose)s expired on %(day)s. It can be read again "
                "when the gateway is renewed."
            ) % (said | {"day": day(gateway.expires)})
        if standing is Standing.ENDED:
            return _("%(title)s: the gateway that let it be read for %(purpose)s was ended on %(day)s.") % (
                said | {"day": day(timezone.localtime(gateway.ended_at).date() if gateway.ended_at else None)}
            )
        if never := barred(gateway.terms, definition):
            return _("%(title)s: its gateway for %(purpose)s cannot stand. %(why)s") % (said | {"why": never[0]})
        return ""


def barred(terms: Terms, definition: Dataset) -> list[str]:
    """As lawful.barred, by the law and the agencies of this home."""
    held = held_in_health_or_social_care(terms.dataset, terms.controllers)
    return lawful.barred(terms, definition, law(), health_or_social_care=held)


def faults(terms: Terms) -> list[str]:
    """As lawful.faults, by the law and the agencies of this home: what keeps these terms from being put in force."""
    held = held_in_health_or_social_care(terms.dataset, terms.controllers)
    return lawful.faults(terms, definition_of(terms.dataset), law(), health_or_social_care=held)


def doubts(terms: Terms) -> list[str]:
    """As lawful.doubts: what is lawful and seldom right, or makes the gateway of little use."""
    return lawful.doubts(terms, definition_of(terms.dataset), law())


def columns_of(gateway: Gateway, definition: Dataset) -> frozenset[str]:
    """The columns of the accepted file that a gateway lets be read: its fields, and what Redway works out of them."""
    fields = set(gateway.fields)
    if definition.period_from in fields:
        fields |= {"month", "period"}
    if definition.area_from in fields:
        # How sure the area is, where it was found from words.
        fields |= {"lsoa_code", f"{definition.area_from}_confidence"}
    return frozenset(fields)


def permitted(dataset: str, *, on: dt.date, purpose: Purpose | None = None) -> frozenset[str] | None:
    """The columns of a dataset that may be taken in: those of every gateway in force, or of one purpose alone.

    None for open data: all of them. Raises NotAllowed where no gateway is in force, and RedwayError for a dataset
    there is not.
    """
    definition = definition_of(dataset)
    if definition.access == "open":
        return None
    register = Register(on, ever_in_force(dataset))
    purposes = list(Purpose) if purpose is None else [purpose]
    readings = [register.reading(dataset, one) for one in purposes]
    opened = [r for r in readings if not r.closed]
    if not opened:
        said = [r.closed for r in readings if purpose is not None or r.gateway is not None]
        none = _("%(title)s: no gateway is in force, so nothing of it can be taken in.") % {"title": definition.title}
        raise NotAllowed(said[0] if said else none)
    return frozenset().union(*(r.columns or frozenset() for r in opened))


def may_read(person: User, dataset: str, purpose: Purpose, *, on: dt.date) -> bool:
    """Whether a person may see records of a dataset, or what comes close to them, for a purpose.

    Their role has to be among the recipients, and the agency of whoever belongs to one too. Anybody who is signed
    in may see open data.
    """
    if not person.is_active:
        return False
    reading = Register(on, ever_in_force(dataset)).reading(dataset, purpose)
    if reading.closed:
        return False
    gateway = reading.gateway
    if gateway is None:
        return True
    return person.role in gateway.roles and (not person.agency or person.agency in gateway.agencies)


@dataclass(frozen=True)
class Ending:
    """A gateway in force that ends soon and that no newer version takes over from."""

    gateway: Gateway
    days: int  # left after today; 0: today is its last day
    within: int  # the warning it falls under: 90, 30 or 7 days


def ending_soon(on: dt.date, register: Register | None = None) -> list[Ending]:
    """Gateways in force that expire within 90, 30 or 7 days, the soonest first. One that a newer version, put in
    force already, takes over from without a gap is no cause for worry.
    """
    register = register or Register(on)
    found = []
    for gateway in register.newest:
        if gateway.standing(on) is not Standing.IN_FORCE or gateway.expires is None:
            continue
        days = (gateway.expires - on).days
        after = register.latest(gateway.dataset, Purpose(gateway.purpose), gateway.expires + dt.timedelta(1))
        renewed = after is not None and after.pk != gateway.pk
        if days <= max(WARNED) and not renewed:
            found.append(Ending(gateway, days, min(w for w in WARNED if days <= w)))
    return sorted(found, key=lambda e: (e.days, e.gateway.dataset, e.gateway.purpose))


def expired(on: dt.date, register: Register | None = None) -> list[Gateway]:
    """Gateways that have expired, or were ended, and that nothing took the place of: their data cannot be read."""
    chosen = (register or Register(on)).newest
    return [g for g in chosen if g.standing(on) in (Standing.EXPIRED, Standing.ENDED)]


def check_draft(now: Gateway) -> None:
    """Raise NotAllowed for one that is no draft: an amendment is a new version."""
    if now.state != State.DRAFT:
        raise NotAllowed(_("Only a draft can be changed. Draft a new version instead: the old one stays as it was."))


def check_seen(now: Gateway, seen: int) -> None:
    """A form that was opened before somebody else's change does not overwrite it."""
    if seen != now.edits:
        raise NotAllowed(
            _("Somebody else changed this gateway while you had it open. Look at how it stands now, then try again.")
        )


def check_can_be_put_in_force(now: Gateway, by: str) -> None:
    """Raise NotAllowed unless the terms can stand in law, are whole, and another person drafted them."""
    check_draft(now)
    if found := faults(now.terms):
        raise NotAllowed(" ".join(found))
    if by in now.writers:
        raise NotAllowed(_("You wrote in this draft. Another person has to read it and put it in force."))


def waits_for(person: User) -> list[Gateway]:
    """The drafts that this person can put in force, the oldest first: whole, fit to stand in law, and others' words."""
    if not person.may(Permission.MANAGE_GATEWAYS):
        return []
    found = []
    for one in Gateway.objects.filter(state=State.DRAFT).order_by("drafted_at", "pk"):
        with suppress(RedwayError):  # its terms lack something, or nothing describes its dataset any more
            check_can_be_put_in_force(one, person.username)
            found.append(one)
    return found


def check_can_end(now: Gateway, on: dt.date) -> None:
    """Raise NotAllowed for one that is not in force, nor to come."""
    if now.standing(on) not in (Standing.IN_FORCE, Standing.NOT_BEGUN):
        raise NotAllowed(_("This gateway is not in force, so there is nothing to end."))


def check_new_draft(dataset: str, purpose: Purpose, drafts: Mapping[tuple[str, str], Gateway]) -> None:
    """One draft at a time for a dataset and purpose; none for open data, nor for what can never be."""
    definition = definition_of(dataset)
    if definition.access == "open":
        raise NotAllowed(
            _("%(title)s is open data: it carries a licence and has no gateway.") % {"title": definition.title}
        )
    if (dataset, purpose) in drafts:
        raise NotAllowed(_("There is a draft for this dataset and purpose already. Change that one, or discard it."))


def day(date: dt.date | None) -> str:
    """`3 May 2026`."""
    return date_format(date, "j F Y") if date else ""
