"""Shapes the page of an indicator without a series: what it needs and from whom, what was published, what is close."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redway.indicators.definitions import Indicator
from redway.web.figures.basis import Basis
from redway.web.indicators.presenter import Link, definition, parts, related

# What indicators wait for that Redway cannot take in yet, by the name of its dataset.
TITLES: dict[str, Any] = {
    "agency-counts": gettext_lazy("counts"),
    "modern-slavery-referrals": gettext_lazy("referrals of modern slavery"),
    "police-extract": gettext_lazy("an extract of police records"),
    "recorded-crime-partnership": gettext_lazy("recorded crime by partnership"),
    "schools": gettext_lazy("school statistics"),
    "survey-responses": gettext_lazy("the answers to a survey"),
    "treatment": gettext_lazy("treatment records"),
    "youth-justice": gettext_lazy("youth justice records"),
}


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
    needed = indicator.awaiting
    said = (
        _("This cannot be computed yet: it needs %(dataset)s from %(provider)s.")
        % {"dataset": TITLES.get(needed.dataset, _("records")), "provider": needed.provider}
        if needed
        else ""
    )
    return _waiting(basis, indicator, said, needed.needs if needed else "")


def no_data(basis: Basis, indicator: Indicator) -> WaitingPage:
    """The page of an indicator that open data can compute, before any has come."""
    said = _("No data have come for this yet.")
    needs = _("It is counted from street-level crime files. Whoever runs this server imports them: redway import.")
    return _waiting(basis, indicator, said, needs)


def _waiting(basis: Basis, indicator: Indicator, answer: str, needs: str) -> WaitingPage:
    said = indicator.published
    published = (
        (
            (_("Value"), said.value),
            *([(_("Direction"), said.direction)] if said.direction else []),
            (_("Period"), said.period),
            (_("Counted among"), said.base),
            (_("Where in the strategy"), said.section),
        )
        if said
        else ()
    )
    return WaitingPage(
        indicator,
        answer,
        needs,
        published,
        said.faults if said else (),
        definition(indicator),
        indicator.caveats,
        parts(basis, indicator),
        related(basis, indicator),
    )
