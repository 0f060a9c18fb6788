"""Shapes the map page: the still map, its legend in words, the ranked table, and the same as GeoJSON and CSV."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from redway import __version__
from redway.findings import changes as findings
from redway.indicators.definitions import Indicator
from redway.indicators.places import outlines
from redway.products import csv, maps
from redway.products.maps import FEW, LESS, MORE, SAME, Place
from redway.products.tables import Table
from redway.web.figures import changes, neighbours
from redway.web.figures.absence import Absence, reference
from redway.web.figures.basis import Basis
from redway.web.figures.changes import ORDERS, AreaChanges, area_changes
from redway.web.figures.citation import licence, source

METHOD = f"{findings.METHOD}."
DECIMALS = 5  # of a degree: about a metre


@dataclass(frozen=True)
class Choice:
    """One entry of the form that chooses the indicator."""

    value: str
    text: str
    selected: bool


@dataclass(frozen=True)
class LegendEntry:
    swatch: SafeString
    words: str


@dataclass(frozen=True)
class MapPage:
    indicator: Indicator
    choices: tuple[Choice, ...]
    answer: str
    subtitle: str
    drawing: SafeString | None
    undrawn: str
    legend: tuple[LegendEntry, ...]
    table: Table | None
    areas: str
    csv: str
    note: str


def choices(basis: Basis) -> dict[str, Indicator]:
    """The indicators that can be mapped by ID; the first is shown when none is chosen."""
    found = {name: one for name, one in basis.indicators.items() if one.open}
    return dict(sorted(found.items(), key=lambda item: (item[0] != "recorded-crime", item[1].title)))


def page(basis: Basis, indicator: Indicator, order: str) -> MapPage:
    """Everything on the map page. The drawing is None where no boundary has come."""
    found = area_changes(basis, indicator)
    query = f"?type={indicator.id}"
    sort = {name: f"{basis.address('map')}{query}&order={name}#table" for name in ORDERS}
    drawing = basis.keep(("map", indicator.id), lambda: still(basis, found)) if found.rows else None
    subtitle = _("%(what)s, %(after)s against %(before)s, %(place)s. Source: %(source)s.") % {
        "what": indicator.title,
        "after": found.compared.after_words,
        "before": found.compared.before_words,
        "place": basis.partnership.place,
        "source": source(basis, indicator),
    }
    return MapPage(
        indicator=indicator,
        choices=tuple(
            Choice(name, one.short_title or one.title, name == indicator.id) for name, one in choices(basis).items()
        ),
        answer=found.answer if found.rows else found.compared.reason,
        subtitle=subtitle if found.rows else "",
        drawing=drawing,
        undrawn=_undrawn(basis, found),
        legend=legend(found),
        table=changes.table(
            found,
            order=order,
            link=basis.address("indicator", indicator.id) + "?area={code}",
            sort=sort,
            caption=_("Every area: %(what)s") % {"what": indicator.title},
        )
        if found.rows
        else None,
        areas=basis.address("map-areas") + query,
        csv=basis.address("map-csv") + query,
        note=" ".join(filter(None, [basis.partnership.map_note, _lacking(basis, found)])),
    )


def _lacking(basis: Basis, found: AreaChanges) -> str:
    return neighbours.caveat(basis, [*found.compared.before, *found.compared.after])


def _undrawn(basis: Basis, found: AreaChanges) -> str:
    """Which areas the map leaves out for want of a boundary."""
    if not found.rows:
        return ""
    missing = [row for row in found.rows if row.area.code not in outlines(basis.snapshot, basis.partnership)]
    if len(missing) == len(found.rows):
        return _("No map can be drawn: no boundaries have come. The table has every area.")
    names = ", ".join(row.area.name for row in missing[:5])
    return _("Not drawn, because their boundaries have not come: %(names)s.") % {"names": names} if missing else ""


def still(basis: Basis, found: AreaChanges) -> SafeString | None:
    """The map as SVG; None where no boundary has come."""
    shapes = outlines(basis.snapshot, basis.partnership)
    address = basis.address("indicator", found.indicator.id)
    places = [
        Place(
            row.area.code,
            row.area.name,
            shapes[row.area.code],
            row.shade,
            f"{row.area.name}: {row.words}",
            f"{address}?area={row.area.code}",
            row.stands_out,
        )
        for row in found.rows
        if row.area.code in shapes
    ]
    if not places:
        return None
    title = _("Map of %(place)s: %(what)s against its own past") % {
        "place": basis.partnership.place,
        "what": found.indicator.title,
    }
    return maps.draw(places, title=title, description=found.answer + " " + _("The table has every area."), key="map")


def legend(found: AreaChanges) -> tuple[LegendEntry, ...]:
    """What each shade means, and how many areas have it; only shades that are on the map."""
    said = {
        MORE: _("more than its own past would lead us to expect"),
        LESS: _("less than its own past would lead us to expect"),
        SAME: _("not statistically different"),
        FEW: _("too few recorded to tell"),
    }
    entries = [
        LegendEntry(maps.swatch(shade, f"legend-{shade}"), f"{said[shade]} ({found.count(shade)})")
        for shade in (MORE, LESS, SAME, FEW)
        if found.count(shade)
    ]
    return tuple(entries)


def geojson(basis: Basis, indicator: Indicator) -> dict[str, Any]:
    """The areas with a boundary as a FeatureCollection (WGS 84, as RFC 7946 has it)."""

    def make() -> dict[str, Any]:
        shapes = outlines(basis.snapshot, basis.partnership)
        address = basis.address("indicator", indicator.id)
        features = [
            {
                "type": "Feature",
                "geometry": {"type": shapes[row.area.code]["type"], "coordinates": _rounded(shapes[row.area.code])},
                "properties": {
                    "code": row.area.code,
                    "name": row.area.name,
                    "shade": row.shade,
                    "out": row.stands_out,
                    "words": row.words,
                    "link": f"{address}?area={row.area.code}",
                },
            }
            for row in area_changes(basis, indicator).rows
            if row.area.code in shapes
        ]
        return {"type": "FeatureCollection", "dataVersion": basis.snapshot.number, "features": features}

    return basis.keep(("geojson", indicator.id), make)


def _rounded(outline: Any) -> Any:
    """Coordinates to a metre, which halves the file."""
    exact = json.dumps(outline["coordinates"])
    return json.loads(exact, parse_float=lambda degrees: round(float(degrees), DECIMALS))


def as_csv(basis: Basis, found: AreaChanges, again: str) -> str:
    """Every area and its change, with what the rows rest on. `again`: where these very rows can be had again."""
    about: dict[str, csv.Value] = {
        "indicator": found.indicator.title,
        "after": found.compared.after_words,
        "before": found.compared.before_words,
        "data version": basis.snapshot.number,
        "same data again": again,
        "method": METHOD,
        "redway release": __version__,
        "source": licence(basis, found.indicator.count.dataset) if found.indicator.count else "",
        "marking": "OFFICIAL",
        "note": found.answer or found.compared.reason,
    }
    columns = ("area", "area name", "before", "after", "percent", "low", "high", "result", "stands out")
    rows = (
        (
            row.area.code,
            row.area.name,
            row.before,
            row.after,
            _one(row.change.percent) if row.change else None,
            _one(row.change.low) if row.change else None,
            _one(row.change.high) if row.change else None,
            {MORE: "more", LESS: "less", SAME: "not statistically different", FEW: "too few to tell"}[row.shade],
            "yes" if row.stands_out else "no",
        )
        for row in found.rows
    )
    return csv.document(columns, rows, about)


def _one(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


@dataclass(frozen=True)
class Nothing:
    """The map page before there is anything to map."""

    answer: str
    late: list[Absence]


def nothing(basis: Basis) -> Nothing:
    """What will be here, why it is not yet, and the one thing to do."""
    said = _(
        "The map will show where more is recorded than each area's own past would lead us to expect. Areas or recorded "
        "crime have not come yet."
    )
    return Nothing(said, reference(basis))
