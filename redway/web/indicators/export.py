"""CSV of an indicator: a block that says what it rests on, then the rows the page was drawn from."""

from redway import __version__
from redway.indicators import windows
from redway.indicators.definitions import Indicator
from redway.indicators.series import Area
from redway.products import csv, series_rows
from redway.web.figures.basis import Basis
from redway.web.figures.citation import licence
from redway.web.figures.pictures import row_of
from redway.web.indicators.about import hidden

PERIODS = ("month", "quarter", "rolling-12")
TABLES = {"month": windows.months, "quarter": windows.quarters, "rolling-12": windows.rolling_12}


def document(basis: Basis, indicator: Indicator, area: Area, by: str, level: str, again: str) -> str:
    """The whole file: one place's rows, or every comparable area's. `again`: where these very rows can be had again."""
    series = basis.series(indicator, "area") if level == "area" else row_of(basis, indicator, area)
    name_of = {one.code: one.name for one in series.areas}
    found = series_rows.rows(TABLES[by](series), indicator)
    about: dict[str, csv.Value] = {
        "indicator": indicator.title,
        "definition version": indicator.version,
        "numerator": indicator.numerator,
        "denominator": indicator.denominator,
        "value": f"per {indicator.rate.per:,} {indicator.rate.of}" if indicator.rate else "",
        "serious violence as": indicator.definition,
        "disclosure control": hidden(basis.policy(indicator)) or "none: exact counts",
        "counts rounded to the nearest": series.rounded_to,
        "data version": basis.snapshot.number,
        "data as at": basis.made_at.isoformat() if basis.made_at else "",
        "same data again": again,
        "redway release": __version__,
        "source": licence(basis, indicator.count.dataset) if indicator.count else "",
        "marking": "OFFICIAL",
        "note": "An empty count is never a zero: its status says why it is empty.",
    }
    columns = ("area", "area name", "period", "count", "denominator", "value", "status")
    rows = [(r.area, name_of[r.area], r.period, r.count, r.denominator, r.value, r.status) for r in found]
    return csv.document(columns, rows, about)


def file_name(indicator: Indicator, area: Area, by: str, level: str) -> str:
    """`recorded-shoplifting-E06000042-month`, before what says that it is CSV."""
    return f"{indicator.id}-{'all-areas' if level == 'area' else area.code}-{by}"
