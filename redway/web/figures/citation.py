"""The citation line: what a page's figures rest on, said the same way in the same place everywhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import redway
from redway import periods
from redway.indicators.definitions import Indicator
from redway.indicators.sets import definitions
from redway.sources.dataset import dataset
from redway.store.snapshot import Part
from redway.web.figures.basis import Basis


@dataclass(frozen=True)
class Citation:
    """Sentences, in a fixed order: data, files, definition, method, release."""

    lines: tuple[str, ...]
    version: int  # of the data; 0 before any came
    by_method: bool = False  # whether a method's handbook page says more


def cite(
    basis: Basis,
    *,
    datasets: Sequence[str] = ("police-street",),
    indicators: Iterable[Indicator] = (),
    method: str = "",
) -> Citation:
    """The citation of a page that shows these datasets, by these definitions and this method."""
    lines = [as_at(basis)]
    for name in datasets:
        if parts := basis.snapshot.of(name):
            lines.append(files(basis, name, parts))
    named = [_named(basis, i) for i in indicators]
    if len(named) == 1:
        lines.append(_("Definition: %(name)s.") % {"name": named[0]})
    elif named:
        lines.append(_("Definitions: %(names)s.") % {"names": "; ".join(named)})
    if method:
        lines.append(_("Method: %(method)s") % {"method": method})
    lines.append(_("Redway release %(release)s.") % {"release": redway.__version__})
    return Citation(tuple(lines), basis.snapshot.number, bool(method))


def _named(basis: Basis, indicator: Indicator) -> str:
    said = _("%(title)s, version %(version)s") % {"title": indicator.title, "version": indicator.version}
    if not indicator.definition:
        return said
    serious = definitions(basis.profile).versions[indicator.definition]
    names = {"said": said, "title": serious.title, "authority": serious.authority, "date": serious.date}
    return _("%(said)s, with serious violence as “%(title)s” (%(authority)s; %(date)s)") % names


def as_at(basis: Basis) -> str:
    """`Data as at version 3, made on 22 November 2026.`"""
    if basis.made_at is None:
        return _("No data yet: data version 0.")
    made = date_format(timezone.localtime(basis.made_at), "j F Y")
    return _("Data as at version %(number)s, made on %(made)s.") % {"number": basis.snapshot.number, "made": made}


def files(basis: Basis, name: str, parts: Sequence[Part]) -> str:
    """How many files of a dataset, of which months, and the licence's own words."""
    kind = dataset(name)
    count = ngettext("%(count)s file", "%(count)s files", len(parts)) % {"count": f"{len(parts):,}"}
    # Boundaries come by vintage ("2011", "2021"), which is no month.
    months = sorted({p.period for p in parts if periods.MONTH.fullmatch(p.period)})
    between = ""
    if months:
        first, last = (periods.words(periods.month(m)) for m in (months[0], months[-1]))
        between = _(", %(first)s to %(last)s") % {"first": first, "last": last}
    return _("Files: %(count)s of %(title)s%(between)s. %(licence)s") % {
        "count": count,
        "title": kind.title,
        "between": between,
        "licence": licence(basis, name),
    }


def licence(basis: Basis, name: str) -> str:
    """The attribution a dataset's licence asks for; of a fictional city, that nobody published it."""
    if basis.partnership.fictional:
        return _("Made up by Redway, in the publisher's layout: no real place, no real event.")
    return dataset(name).licence


def source(basis: Basis, indicator: Indicator) -> str:
    """Who a chart's figures come from."""
    return _("made up by Redway") if basis.partnership.fictional else indicator.provider.rstrip(".")
