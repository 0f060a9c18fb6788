"""What the reader of a page may choose: the definition of serious violence, and exact counts, who may see them."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from redway.errors import RedwayError
from redway.indicators.definitions import Indicator
from redway.indicators.sets import definitions
from redway.indicators.shown import policy_of
from redway.web.figures.basis import Basis
from redway.web.indicators.about import Link
from redway.work.accounts.roles import Permission
from redway.work.audit.reading import record_small_counts


@dataclass(frozen=True)
class Choices:
    """The links that change what a page shows, with what they are about."""

    definitions: tuple[Link, ...] = ()
    definition_said: str = ""
    exact: Link | None = None
    exact_said: str = ""


def chosen(basis: Basis, request: HttpRequest, indicator: Indicator) -> tuple[Basis, Indicator]:
    """The basis and the indicator that a request asks for.

    `?definition=` names a version of serious violence, 404 for one that there is not. `?exact=1` asks for exact
    counts of partners' data: 404 for whoever may not see them, and written down before anything is shown.
    """
    if (version := request.GET.get("definition", "")) and indicator.definition:
        try:
            indicator = basis.defined(indicator.id, version)
        except RedwayError as unknown:
            raise Http404 from unknown
    if not request.GET.get("exact") or not _hidden(indicator):
        return basis, indicator
    person: Any = request.user
    if not person.may(Permission.SEE_SMALL_COUNTS):
        raise Http404
    dataset = next(name for name in indicator.datasets if policy_of(name))
    record_small_counts(by=person, dataset=dataset, what=f"indicator {indicator.id}", purpose="analysis")
    return basis.exactly, indicator


def choices(basis: Basis, request: HttpRequest, indicator: Indicator) -> Choices:
    """The links of a page, each keeping what else was chosen."""
    here = reverse("indicator", args=[indicator.id])
    versions = definitions(basis.profile).versions if indicator.definition else {}

    def link(text: str, **asked: str) -> Link:
        query = urlencode({name: value for name, value in asked.items() if value})
        return Link(text, f"{here}?{query}" if query else here)

    exact = "1" if basis.exact else ""
    others = tuple(
        link(one.title, definition=name, exact=exact) for name, one in versions.items() if name != indicator.definition
    )
    current = versions.get(indicator.definition)
    said = ""
    if current:
        said = _("Serious violence is counted here as: %(title)s (%(authority)s, %(date)s). See it as:") % {
            "title": current.title,
            "authority": current.authority,
            "date": current.date,
        }
    person: Any = request.user
    if not _hidden(indicator) or not person.may(Permission.SEE_SMALL_COUNTS):
        return Choices(others, said)
    if basis.exact:
        back = link(_("Show what may be shown to everyone"), definition=indicator.definition)
        return Choices(others, said, back, _("These are exact counts. That you saw them is written down."))
    show = link(_("Show exact counts"), definition=indicator.definition, exact="1")
    return Choices(others, said, show, _("It is written down who sees them."))


def query(request: HttpRequest) -> str:
    """What a request asks for, for the address of the same as a file."""
    asked = {name: request.GET[name] for name in ("definition", "exact") if request.GET.get(name)}
    return f"?{urlencode(asked)}" if asked else ""


def _hidden(indicator: Indicator) -> bool:
    return any(policy_of(name) for name in indicator.datasets)
