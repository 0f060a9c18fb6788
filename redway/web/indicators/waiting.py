"""Shapes the page of an indicator without a series: what it needs and from whom, what was published, what is close."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from redway.indicators.awaited import wanted
from redway.indicators.definitions import Indicator
from redway.web.figures.basis import Basis
from redway.web.indicators.about import Link, definition, parts, published, related


@dataclass(frozen=True)
class WaitingPage:
    """An indicator without a series: what it needs and from whom, what was published, what comes closest."""

    indicator: Indicator
    answer: str
    needs: str
    published: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]
    definition: tuple[tuple[str, str], ...]
    caveats: tuple[str, ...]
    parts: tuple[Link, ...]
    related: tuple[Link, ...]


def awaiting(basis: Basis, indicator: Indicator) -> WaitingPage:
    """The page of an indicator that cannot be computed yet. It shows no zero and no line."""
    needed = indicator.needs
    if indicator.kind == "fact":
        return _waiting(
            basis, indicator, _("This is a fact stated once. There is no series of it."), needed.what if needed else ""
        )
    if shut := next((basis.snapshot.closed[d] for d in indicator.datasets if d in basis.snapshot.closed), ""):
        return _waiting(
            basis, indicator, _("This cannot be shown: %(why)s") % {"why": shut}, needed.what if needed else ""
        )
    said = _("This cannot be computed yet: it needs %(what)s.") % {"what": wanted(needed)} if needed else ""
    return _waiting(basis, indicator, said, needed.what if needed else "")


def no_data(basis: Basis, indicator: Indicator) -> WaitingPage:
    """The page of an indicator that open data can compute, before any has come."""
    said = _("No data have come for this yet.")
    needs = _("It is counted from street-level crime files. Whoever runs this server imports them: redway import.")
    return _waiting(basis, indicator, said, needs)


def _waiting(basis: Basis, indicator: Indicator, answer: str, needs: str) -> WaitingPage:
    return WaitingPage(
        indicator,
        answer,
        needs,
        published(indicator),
        indicator.published.faults if indicator.published else (),
        definition(basis, indicator),
        indicator.caveats,
        parts(basis, indicator),
        related(basis, indicator),
    )
