"""Shapes the page of an indicator that measures: the answer, its picture, every period and group, how we know."""

from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from redway import __version__
from redway.findings import measured as said
from redway.findings import words
from redway.indicators.definitions import Indicator
from redway.indicators.measure import COUNTS, Measure
from redway.indicators.measures import ALL, Measured, Value
from redway.indicators.series import Status
from redway.indicators.shown import policy_of
from redway.methods.comparison import proportion, ratio
from redway.products import csv, measure_rows, tables
from redway.products.charts import Bars, Chart, Groups, Periods, Point, picture
from redway.products.tables import Cell, Column, Table
from redway.web.figures.basis import Basis
from redway.web.figures.citation import licence, source
from redway.web.figures.numbers import period_words
from redway.web.figures.pictures import Figure
from redway.web.indicators.about import Link, caveats, definition, files, hidden, parts, published, related

METHODS = f"proportion {proportion.VERSION}, ratio {ratio.VERSION}."
NEWEST = 24  # periods that a picture shows


@dataclass(frozen=True)
class MeasurePage:
    """What the template shows, in its order."""

    indicator: Indicator
    answer: str
    figures: tuple[Figure, ...]
    missing: str
    hidden: str
    table: Table
    published: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]
    definition: tuple[tuple[str, str], ...]
    caveats: tuple[str, ...]
    parts: tuple[Link, ...]
    related: tuple[Link, ...]
    files: Table
    csv: str


def page(basis: Basis, indicator: Indicator, query: str) -> MeasurePage:
    """The page of a measure; `query` is what its address asks for, to be kept in the address of its file."""
    found, measure = basis.measured(indicator), _measure(indicator)
    policy = basis.policy(indicator)
    return MeasurePage(
        indicator=indicator,
        answer=said.sentence(measure, found),
        figures=figures(basis, indicator, measure, found),
        missing=missing(basis, found),
        hidden=hidden(policy),
        table=table(measure, found, indicator),
        published=published(indicator),
        faults=indicator.published.faults if indicator.published else (),
        definition=definition(basis, indicator),
        caveats=caveats(basis, indicator),
        parts=parts(basis, indicator),
        related=related(basis, indicator),
        files=files(basis, indicator, measure.dataset),
        csv=basis.address("indicator-csv", indicator.id) + query,
    )


def _measure(indicator: Indicator) -> Measure:
    if indicator.measure is None:
        raise ValueError(f"{indicator.id} measures nothing")
    return indicator.measure


def missing(basis: Basis, found: Measured) -> str:
    """Which periods are not whole, and who has not sent all of them."""
    names = basis.strategy.names
    listed = "; ".join(
        _("%(when)s, not all from %(agencies)s")
        % {"when": said.when(label), "agencies": _(" and ").join(names.get(one, one) for one in who)}
        for label, who in found.missing[-6:]
    )
    return _("Not received: %(listed)s.") % {"listed": listed} if listed else ""


def figures(basis: Basis, indicator: Indicator, measure: Measure, found: Measured) -> tuple[Figure, ...]:
    """Over time for everybody or for the one group there is; beside each other for the groups of the newest period."""
    made: list[Chart] = []
    under = []
    lines = [g for g in found.groups if g == ALL] or list(found.groups)[: 1 if len(found.groups) == 1 else 0]
    for group in lines:
        points = tuple(_point(measure, v, said.label(v.period)) for v in found.values if v.group == group)[-NEWEST:]
        title = indicator.short_title or indicator.title
        under.append(_under(basis, indicator, measure, found, points))
        made.append(
            Periods(title, f"{under[-1]} {_spoken(measure, points)}", points, _decimals(measure), _suffix(measure))
        )
    named = [g for g in found.groups if g != ALL]
    latest = found.latest or (found.periods[-1] if found.periods else "")
    if len(named) > 1 and latest:
        values = [v for g in named if (v := found.of(latest, g))]
        points = tuple(_point(measure, v, v.group) for v in values)
        under.append(_under(basis, indicator, measure, found, points))
        made.append(_groups(measure, latest, points, f"{under[-1]} {_spoken(measure, points)}"))
    return tuple(
        Figure(chart.title, words_under, picture(chart, basis.charts).drawings)
        for chart, words_under in zip(made, under, strict=True)
    )


def _groups(measure: Measure, latest: str, points: tuple[Point, ...], description: str) -> Chart:
    """The groups of one period beside each other: bars of intervals, dots of all else."""
    if measure.kind == "histogram":
        return Bars(words.opening(said.when(latest)), description, points)
    title = _("By group, %(when)s") % {"when": said.when(latest)}
    middle = {"rate-ratio": 1.0, "risk-ratio": 1.0, "gap": 0.0}.get(measure.kind)
    return Groups(title, description, points, _decimals(measure), _suffix(measure), middle)


def _under(basis: Basis, indicator: Indicator, measure: Measure, found: Measured, points: tuple[Point, ...]) -> str:
    """What a picture is of: its unit, its intervals where it has any, its source, and that counts were rounded."""
    names = {"unit": measure.unit[:1].upper() + measure.unit[1:], "source": source(basis, indicator)}
    doubt = any(p.low is not None and p.high is not None and p.low != p.high for p in points)
    unit = _("%(unit)s, with 95%% intervals.") if doubt else _("%(unit)s.")
    return " ".join(filter(None, [unit % names, _("Source: %(source)s.") % names, words.rounded(found.rounded_to)]))


def _suffix(measure: Measure) -> str:
    return "%" if measure.percentage and measure.kind != "gap" else ""


def _decimals(measure: Measure) -> int:
    return 0 if measure.percentage or measure.kind in COUNTS else 1


def _point(measure: Measure, value: Value, label: str) -> Point:
    reason = said.why(value) if value.value is None else ""
    return Point(label, value.value, value.low, value.high, reason)


def _spoken(measure: Measure, points: tuple[Point, ...]) -> str:
    """For the ear: each value as tables have it."""
    told = (p.why if p.value is None else said.number(measure, p.value) for p in points)
    return "; ".join(f"{p.label}: {value}" for p, value in zip(points, told, strict=True)) + "."


def table(measure: Measure, found: Measured, indicator: Indicator) -> Table:
    """Every period and group, the newest period first."""
    grouped = any(found.groups)
    counted = measure.kind not in COUNTS
    columns = [Column(_("Period"))]
    if grouped:
        columns.append(Column(_("Group")))
    unit = _("How many") if measure.kind == "histogram" else words.opening(measure.unit)
    rounded = found.rounded_to > 1 and not counted
    nearest = _("%(unit)s, rounded to the nearest %(to)s") % {"unit": unit, "to": found.rounded_to}
    columns.append(Column(nearest if rounded else unit, numeric=True))
    if counted:
        columns.append(Column(_("95% interval"), numeric=True))
        columns.append(Column(_("Counted"), numeric=True))
        columns.append(Column(_("Out of"), numeric=True))
    columns.append(Column(_("Not known"), numeric=True))
    rows = []
    for period in reversed(found.periods):
        for group in found.groups:
            if (value := found.of(period, group)) is not None:
                rows.append(_row(measure, value, grouped=grouped, counted=counted))
    legend = tuple(filter(None, [words.rounded(found.rounded_to), *tables.legend(rows)]))
    return Table(indicator.title, tuple(columns), tuple(rows), legend)


def _row(measure: Measure, value: Value, *, grouped: bool, counted: bool) -> tuple[Cell, ...]:
    cells = [tables.text(period_words(value.period))]
    if grouped:
        cells.append(tables.text(value.group or _("All")))
    cells.append(_cell(measure, value))
    if counted:
        doubt = said.interval(measure, value)
        cells.append(Cell(doubt, numeric=True) if doubt else Cell("–", numeric=True, spoken=_("none given")))
        cells += [_number(value.hits, value), _number(value.base, value)]
    cells.append(
        _number(value.unknown, value) if value.unknown is not None else Cell("–", numeric=True, spoken=_("none"))
    )
    return tuple(cells)


def _cell(measure: Measure, value: Value) -> Cell:
    if value.value is not None:
        return Cell(said.number(measure, value.value), numeric=True)
    if value.status is Status.SUPPRESSED:
        return tables.suppressed()
    if value.status is Status.LATE:
        return tables.late()
    if value.status is Status.NOT_YET:
        return tables.not_yet()
    if value.why:
        return Cell(said.why(value), numeric=True)
    return tables.not_available()


def _number(count: float | None, value: Value) -> Cell:
    if count is not None:
        return tables.number(count)
    if value.status is Status.SUPPRESSED:
        return tables.suppressed()
    return Cell("–", numeric=True, spoken=_("none given"))


def document(basis: Basis, indicator: Indicator, again: str) -> str:
    """CSV of every period and group, below what it rests on. `again`: where these very rows can be had again."""
    found, measure = basis.measured(indicator), _measure(indicator)
    about: dict[str, csv.Value] = {
        "indicator": indicator.title,
        "definition version": indicator.version,
        "serious violence as": indicator.definition,
        "numerator": indicator.numerator,
        "denominator": indicator.denominator,
        "value": measure.unit,
        "disclosure control": hidden(None if basis.exact else policy_of(measure.dataset)) or "none: exact counts",
        "counts rounded to the nearest": found.rounded_to,
        "data version": basis.snapshot.number,
        "data as at": basis.made_at.isoformat() if basis.made_at else "",
        "same data again": again,
        "redway release": __version__,
        "source": licence(basis, measure.dataset),
        "marking": "OFFICIAL",
        "note": "An empty value with a status other than 'known' is not a zero.",
    }
    return csv.document(measure_rows.COLUMNS, [tuple(asdict(r).values()) for r in measure_rows.rows(found)], about)


def listed(basis: Basis, indicator: Indicator) -> str:
    """The sentence of a measure, for lists."""
    return said.sentence(_measure(indicator), basis.measured(indicator))
