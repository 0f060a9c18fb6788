"""What waits for whoever reads it: a table to release, a return to accept, warnings to read, a gateway to put in force.

Each is told to those who can do it, and to nobody else: what one asked for or sent waits for another person.
"""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.errors import RedwayError
from redway.indicators.tables import tables
from redway.store.home import Home
from redway.web.gateways.presenter import past, words
from redway.web.jinja import day
from redway.web.profile import profile
from redway.web.returns import presenter as returns
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.gateways import policies as gateways
from redway.work.gateways.models import Gateway
from redway.work.releases import policies as releases
from redway.work.releases.models import TableEdition
from redway.work.returns import drafts, retention
from redway.work.returns import policies as deliveries
from redway.work.returns.models import Delivery
from redway.work.returns.senders import senders
from redway.work.returns.states import State

SHOWN = 4  # of one kind; more are counted


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for its reader: what there is to do, where, and since when or by whose asking."""

    text: str
    href: str
    hint: str = ""


@dataclass(frozen=True)
class Waits:
    """Everything that waits for one person. `count` counts also those that are not listed one by one."""

    count: int
    listed: tuple[Waiting, ...]

    @property
    def title(self) -> str:
        return ngettext("%(n)s thing waits for you", "%(n)s things wait for you", self.count) % {"n": self.count}


def waits(person: User, today: date) -> Waits:
    """What waits for a person, what would leave the members first."""
    names = _Names()
    kinds = [
        ([_edition(one, names) for one in releases.waits_for(person)], "releases", _("%(n)s more tables to look at")),
        ([_delivery(one, names) for one in deliveries.waits_for(person)], "returns", _("%(n)s more returns")),
        ([_gateway(one, names) for one in gateways.waits_for(person)], "gateways", _("%(n)s more gateways")),
        (_begun(person), "returns", _("%(n)s more that you began to type")),
        (_past(person, today), "retention", ""),
    ]
    listed: list[Waiting] = []
    for found, room, more in kinds:
        shown = found if len(found) <= SHOWN + 1 else found[:SHOWN]  # never “1 more”, which takes the place of it
        listed += shown
        if others := len(found) - len(shown):
            listed.append(Waiting(more % {"n": others}, reverse(room)))
    return Waits(sum(len(found) for found, *_rest in kinds), tuple(listed))


class _Names:
    """Full names by sign-in names, each asked for once."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, username: str) -> str:
        if username not in self._known:
            found = User.objects.filter(username=username).first()
            self._known[username] = found.get_full_name() if found else username
        return self._known[username]


def _edition(one: TableEdition, names: _Names) -> Waiting:
    text = _("Release, or not: %(title)s, %(period)s") % {"title": one.title, "period": periods.in_words(one.period)}
    hint = _("Asked for by %(who)s on %(when)s.") % {"who": names(one.asked_by), "when": day(one.asked_at)}
    return Waiting(text, _where(one), hint)


def _where(one: TableEdition) -> str:
    """The page of its table; where the profile has that table no more, the page on which it is declined."""
    try:
        known = tables(profile())
    except RedwayError:  # the list of tables says what is wrong with them
        return reverse("releases")
    if one.table not in known:
        return reverse("release-decline", args=[one.public_id])
    return reverse("release-table", args=[one.table], query={"period": one.period})


def _delivery(one: Delivery, names: _Names) -> Waiting:
    line = returns.line(one, senders(profile()))
    text = _("Accept or refuse: %(what)s") if one.state == State.TO_ACCEPT else _("Read the warnings: %(what)s")
    what = _("%(title)s, %(period)s") % {"title": line.title, "period": line.period}
    said = {"agency": line.agency, "when": day(one.sent_at), "who": names(one.sent_by)}
    hint = _("From %(agency)s, sent on %(when)s by %(who)s.") if line.agency else _("Sent on %(when)s by %(who)s.")
    return Waiting(text % {"what": what}, reverse("return", args=[one.public_id]), hint % said)


def _gateway(one: Gateway, names: _Names) -> Waiting:
    href = reverse("gateway", args=[one.dataset, one.purpose])
    text = _("Put in force, or not: the gateway %(what)s") % {"what": words(one)}
    hint = _("Drafted by %(who)s on %(when)s.") % {"who": names(one.drafted_by), "when": day(one.drafted_at)}
    return Waiting(text, href, hint)


def _begun(person: User) -> list[Waiting]:
    """What they have begun to type and not sent."""
    if not person.may(Permission.SEND_RETURNS):
        return []
    those = drafts.begun(person, Home.current())
    return [
        Waiting(
            _("Go on with what you began to type: %(title)s") % {"title": one.title},
            reverse("return-type", args=[one.dataset], query={"draft": str(one.id)}),
            _("Kept on %(when)s.") % {"when": one.kept},
        )
        for one in (returns.unsent(those, returns.offers(person, profile())) if those else ())
    ]


def _past(person: User, today: date) -> list[Waiting]:
    """That accepted files are past their time: to be destroyed by whoever keeps the register."""
    due = retention.due(on=today) if person.may(Permission.MANAGE_GATEWAYS) else []
    return [Waiting(past(len(due)), reverse("retention"))] if due else []
