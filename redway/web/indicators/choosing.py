"""What the reader of a page may choose: the definition of serious violence, and exact counts, who may see them."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
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
    counts of partners' data: 404 for whoever may not see them, and written down before anything is shown. Of partners'
    data another definition than the partnership's own is shown only so: two that count nearly the same rows would
    give the few away in which they differ.
    """
    if (version := request.GET.get("definition", "")) and indicator.definition:
        own = definitions(basis.profile).default
        if version != own and _hidden(indicator) and not request.GET.get("exact"):
            raise Http404
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
    older = f" as at data version {basis.as_at.number}" if basis.as_at else ""
    record_small_counts(by=person, dataset=dataset, what=f"indicator {indicator.id}{older}", purpose="analysis")
    return basis.exactly, indicator


def choices(basis: Basis, request: HttpRequest, indicator: Indicator) -> Choices:
    """The links of a page, each keeping what else was chosen."""
    here = basis.address("indicator", indicator.id)
    versions = definitions(basis.profile).versions if indicator.definition else {}

    def link(text: str, **asked: str) -> Link:
        query = urlencode({name: value for name, value in asked.items() if value})
        return Link(text, f"{here}?{query}" if query else here)

    person: Any = request.user
    may = person.may(Permission.SEE_SMALL_COUNTS)
    exact = "1" if basis.exact or _hidden(indicator) else ""
    others = tuple(
        link(one.title, definition=name, exact=exact) for name, one in versions.items() if name != indicator.definition
    )
    current = versions.get(indicator.definition)
    said = ""
    if current:
        said = _("Serious violence is counted here as: %(title)s (%(authority)s, %(date)s).") % {
            "title": current.title,
            "authority": current.authority,
            "date": current.date,
        }
        said = f"{said} {_see(others, hidden=_hidden(indicator), may=may)}"
    if not _hidden(indicator) or not may:
        return Choices(others if may or not _hidden(indicator) else (), said)
    if basis.exact:
        back = link(_("Show what may be shown to everyone"))
        return Choices(others, said, back, _("These are exact counts. That you saw them is written down."))
    show = link(_("Show exact counts"), exact="1")
    return Choices(others, said, show, _("It is written down who sees them."))


def _see(others: tuple[Link, ...], *, hidden: bool, may: bool) -> str:
    """What stands before the links to other definitions, or in their place."""
    if not others:
        return ""
    if not hidden:
        return _("See it as:")
    if may:
        return _("See it in exact counts as:")
    return _(
        "Other definitions count nearly the same rows. Set beside this one they would give the few away in which they "
        "differ, so only who may see small counts sees them."
    )


def query(request: HttpRequest) -> str:
    """What a request asks for, for the address of the same as a file."""
    asked = {name: request.GET[name] for name in ("definition", "exact") if request.GET.get(name)}
    return f"?{urlencode(asked)}" if asked else ""


def _hidden(indicator: Indicator) -> bool:
    return any(policy_of(name) for name in indicator.datasets)
