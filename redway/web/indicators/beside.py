"""What stands beside an indicator's months: the same from another table, and what comes closest in the same months.

Hospitals see people hurt whom nobody told the police of: only side by side do two figures tell of that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _

from redway.findings import words
from redway.indicators import windows
from redway.indicators.definitions import Indicator
from redway.indicators.series import Area
from redway.indicators.windows import Comparison
from redway.products.tables import Table
from redway.sources import dataset as datasets
from redway.web.figures.basis import Basis
from redway.web.figures.changes import AreaChanges, short
from redway.web.figures.pictures import row_of
from redway.web.indicators import measuring

TABLE = "beside"  # names it in the address of its file


@dataclass(frozen=True)
class Other:
    """The same indicator out of another dataset: where from, what it says, and all its periods, as a file too."""

    title: str
    said: str
    table: Table
    csv: str


def other(basis: Basis, indicator: Indicator, asked: str) -> Other | None:
    """What an indicator that is followed by month says out of the dataset that it is measured from as well.

    asked  what the address of its file says besides
    """
    if indicator.measure is None or not basis.measures(indicator):
        return None
    found = basis.measured(indicator)
    said = measuring.listed(basis, indicator)
    title = datasets.dataset(indicator.measure.dataset).title
    csv = f"{basis.address('indicator-csv', indicator.id)}?table={TABLE}{asked}"
    return Other(title, said, measuring.table(indicator.measure, found, indicator), csv)


def close(basis: Basis, indicator: Indicator, area: Area, compared: Comparison) -> tuple[str, ...]:
    """How many the open indicators that come closest counted in the same place and months."""
    if indicator.open or compared.kind is None:
        return ()
    counted = [(one, _total(basis, one, area, compared.after)) for one in _closest(basis, indicator)]
    return tuple(
        _("Beside it: “%(title)s” came to %(count)s in %(when)s.")
        % {"title": one.title, "count": words.count(count), "when": compared.after_words}
        for one, count in counted
        if count is not None
    )


def by_area(basis: Basis, indicator: Indicator, areas: AreaChanges) -> tuple[str, Mapping[str, float]]:
    """Of exact counts by area, the closest open indicator and its count in each area; nothing where there is none."""
    for one in _closest(basis, indicator):
        if not areas.alone or not basis.areas_of(one):
            continue
        series = basis.series(one, "area")
        counts = {
            area.code: _in(windows.total(series.row(area.code), areas.compared.after))
            for area in series.areas
            if set(areas.compared.after) <= set(series.months)
        }
        known = {code: count for code, count in counts.items() if count is not None}
        if known:
            return one.title, known
    return "", {}


def most(areas: AreaChanges, beside: tuple[str, Mapping[str, float]]) -> str:
    """The area with most, and how large its share is of the whole; the same of what comes closest."""
    whole = sum(row.after for row in areas.rows)
    if not whole:
        return ""
    top = max(areas.rows, key=lambda row: row.after)
    said = _("The area with most is %(area)s: %(count)s of %(whole)s that were placed in %(when)s, %(share)s.") % {
        "area": short(top.area),
        "count": words.count(top.after),
        "whole": words.count(whole),
        "when": areas.compared.after_words,
        "share": words.percent(100 * top.after / whole),
    }
    title, counts = beside
    if top.area.code not in counts or not sum(counts.values()):
        return said
    there = counts[top.area.code]
    closest = _("Of “%(title)s” it has %(count)s of %(whole)s, %(share)s.") % {
        "title": title,
        "count": words.count(there),
        "whole": words.count(sum(counts.values())),
        "share": words.percent(100 * there / sum(counts.values())),
    }
    return f"{said} {closest}"


def _closest(basis: Basis, indicator: Indicator) -> list[Indicator]:
    named = (basis.indicators.get(name) for name in indicator.related)
    return [one for one in named if one and one.open and basis.follows(one)]


def _total(basis: Basis, indicator: Indicator, area: Area, months: Sequence[int]) -> float | None:
    row = row_of(basis, indicator, area)
    return _in(windows.total(row, months)) if set(months) <= set(row.months) else None


def _in(total: npt.NDArray[np.float64]) -> float | None:
    """A count; None where any of its months is not known."""
    return float(total[0]) if total[0] == total[0] else None
