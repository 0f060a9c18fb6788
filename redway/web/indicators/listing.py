"""Shapes the index of indicators: those that can be computed with their answer, those that wait with for whom."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from redway.findings import words
from redway.indicators.definitions import Indicator
from redway.products import tables
from redway.products.tables import Column, Table
from redway.web.figures.basis import Basis
from redway.web.figures.pictures import segments_of
from redway.web.indicators import measuring


@dataclass(frozen=True)
class Group:
    """One part of the strategy, or the indicators of none."""

    id: str
    title: str
    table: Table


@dataclass(frozen=True)
class Listing:
    answer: str
    open: Table
    came: Table | None
    groups: tuple[Group, ...]


def page(basis: Basis) -> Listing:
    """Every indicator once under each part it belongs to; the open ones together on top."""
    every = list(basis.indicators.values())
    open_ones = [i for i in every if i.open]
    partners = [i for i in every if not i.open]
    waiting = [i for i in partners if basis.waits(i)]
    answer = _(
        "%(all)s indicators: %(open)s from open data, %(came)s from what partners and publishers sent, and %(waiting)s "
        "that wait for it."
    ) % {
        "all": len(every),
        "open": len(open_ones),
        "came": len(partners) - len(waiting),
        "waiting": len(waiting),
    }
    came = _came(basis, [i for i in partners if i not in waiting])
    groups = []
    for part in basis.strategy.parts:
        own = [i for i in waiting if i.id in part.indicators or part.id in i.priority]
        if own:
            groups.append(Group(part.id, part.title, _waiting(basis, own, part.title)))
    placed = {i.id for i in waiting for p in basis.strategy.parts if i.id in p.indicators or p.id in i.priority}
    if loose := [i for i in waiting if i.id not in placed]:
        groups.append(Group("others", _("Of no single part"), _waiting(basis, loose, _("Of no single part"))))
    return Listing(answer, _open(basis, open_ones), came if came.rows else None, tuple(groups))


def _came(basis: Basis, indicators: list[Indicator]) -> Table:
    """Those that can be worked out today, with what they say."""
    rows = tuple(
        (tables.text(i.title, link=basis.address("indicator", i.id)), tables.text(sentence(basis, i)))
        for i in indicators
    )
    return Table(
        _("Indicators from partners and publishers"), (Column(_("Indicator")), Column(_("What it says"))), rows
    )


def sentence(basis: Basis, indicator: Indicator) -> str:
    """What an indicator says today: its change where its months came, else its newest measure."""
    if not basis.follows(indicator):
        return measuring.listed(basis, indicator)
    found = basis.changed.of(indicator.id, basis.places.partnership.code)
    if found:
        return found.sentence
    parts = segments_of(basis, indicator, basis.places.partnership)
    if said := basis.changed.not_compared.get(indicator.id):
        return said
    rounded = words.rounded(parts[-1].rounded_to) if parts else ""
    return " ".join(
        filter(None, [parts[-1].sentence if parts else _("Too few to tell a change from chance."), rounded])
    )


def _open(basis: Basis, indicators: list[Indicator]) -> Table:
    columns = (Column(_("Indicator")), Column(_("What the latest comparison says")))
    rows = tuple(
        (
            tables.text(i.title, link=basis.address("indicator", i.id)),
            tables.text(_said(basis, i)),
        )
        for i in indicators
    )
    return Table(_("Indicators from open data"), columns, rows)


def _said(basis: Basis, indicator: Indicator) -> str:
    if not basis.follows(indicator):
        return _("No data yet.")
    found = basis.changed.of(indicator.id, basis.places.partnership.code)
    if found:
        return found.sentence
    return basis.changed.not_compared.get(indicator.id) or _("Too few to tell a change from chance.")


def _waiting(basis: Basis, indicators: list[Indicator], caption: str) -> Table:
    columns = (Column(_("Indicator")), Column(_("The strategy said")), Column(_("Waits for")))
    rows = tuple(
        (
            tables.text(i.title, link=basis.address("indicator", i.id)),
            tables.text(i.published.value if i.published else ""),
            tables.text(i.needs.provider if i.needs else ""),
        )
        for i in indicators
    )
    return Table(_("%(part)s: indicators that wait for data") % {"part": caption}, columns, rows)
