"""Which datasets may be put together, for which purpose, and why others may not.

No record of one dataset is ever matched with a record of another: senders make pseudonyms with a key for each dataset,
so the same person has another in each, and nothing here looks for them. What is put together are counts: a rate of
people over residents, a table by ward. Each of the datasets has to allow the purpose by itself.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from redway.errors import NotAllowed, NotSetUp, RedwayError
from redway.sources.dataset import dataset as definition_of
from redway.sources.dataset import names
from redway.work.gateways import lawful
from redway.work.gateways.policies import Register
from redway.work.gateways.purposes import Purpose


@dataclass(frozen=True)
class Standing:
    """Whether a dataset may be put together with others for a purpose; `why` not, where it may not."""

    purpose: Purpose
    why: str = ""

    @property
    def allowed(self) -> bool:
        return not self.why


@dataclass(frozen=True)
class Line:
    """One partners' dataset, and how it stands for each purpose, in the order of purposes."""

    dataset: str
    title: str
    standings: tuple[Standing, ...]


def why_not(datasets: Iterable[str], purpose: Purpose, *, on: dt.date, register: Register | None = None) -> list[str]:
    """Why rows or counts of these datasets may not be put together for a purpose, a sentence for each dataset that
    stands against it; none where they may.
    """
    chosen = list(dict.fromkeys(datasets))
    if not any(_of_partners(one) for one in chosen):  # open data alone: no question to ask
        return []
    register = register or Register(on)
    return [why for one in chosen if (why := _why(one, purpose, register))]


def check(datasets: Iterable[str], purpose: Purpose, *, on: dt.date) -> None:
    """Raise NotAllowed unless these datasets may be put together for a purpose."""
    if why := why_not(datasets, purpose, on=on):
        raise NotAllowed(" ".join(why))


def check_read(datasets: Iterable[str], purpose: Purpose, *, on: dt.date) -> None:
    """The same for figures that are made of several datasets, such as a rate. Raises NotSetUp: without them there is
    no figure.
    """
    chosen = list(datasets)
    if len(chosen) > 1 and (why := why_not(chosen, purpose, on=on)):
        raise NotSetUp(
            _("data that may be put together"),
            came=" ".join(why),
            cause=_("no gateway for this purpose is in force. Whoever keeps the register of gateways can say more."),
        )


def lines(on: dt.date) -> list[Line]:
    """Every partners' dataset, by title: for which purposes it may be put together with others that may too."""
    register = Register(on)
    found = [definition_of(name) for name in names() if _of_partners(name)]
    return [
        Line(one.name, one.title, tuple(Standing(p, _why(one.name, p, register)) for p in Purpose))
        for one in sorted(found, key=lambda d: d.title.casefold())
    ]


def _of_partners(name: str) -> bool:
    """Whether a gateway decides: also of a name that nothing describes any more."""
    try:
        return definition_of(name).access != "open"
    except RedwayError:
        return True


def _why(name: str, purpose: Purpose, register: Register) -> str:
    """What can never be comes first: no gateway would change it."""
    if _of_partners(name) and purpose is Purpose.ENFORCEMENT:
        try:
            definition = definition_of(name)
        except RedwayError:
            return register.reading(name, purpose).closed
        if lawful.nature(definition).given_for_support:
            return _("%(title)s was given for support, and can never be read for enforcement.") % {
                "title": definition.title
            }
    return register.reading(name, purpose).closed
