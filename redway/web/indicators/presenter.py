"""Shapes the page of one indicator: the answer, the pictures, the tables, how we know."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from redway import periods
from redway.findings import changes as findings
from redway.findings import control, words
from redway.findings.finding import Finding
from redway.indicators import windows
from redway.indicators.coverage import coverage
from redway.indicators.definitions import Indicator
from redway.indicators.series import Area, Series, Status
from redway.indicators.windows import Comparison, Windows, comparison, why_no_year
from redway.methods.comparison.change import Change, change
from redway.methods.comparison.dispersion import dispersion
from redway.methods.process_control.xmr import Meaning
from redway.products import tables
from redway.products.tables import Cell, Column, Table
from redway.web.figures import changes, neighbours
from redway.web.figures.basis import Basis
from redway.web.figures.changes import ORDERS, AreaChanges
from redway.web.figures.numbers import period_words, run_words
from redway.web.figures.pictures import Figure, control_figure, intervals_figure, row_of, segments_of
from redway.web.indicators import beside
from redway.web.indicators.about import Link, caveats, definition, files, hidden, parts, published, related, senders
from redway.web.indicators.beside import Other

__all__ = ["METHODS", "ORDERS", "page"]

METHODS = f"{control.METHOD}; {findings.METHOD}."
YEARS = 3
WITHOUT = {Status.SUPPRESSED: tables.suppressed, Status.LATE: tables.late, Status.NOT_YET: tables.not_yet}


@dataclass(frozen=True)
class IndicatorPage:
    """What the template shows, in its order."""

    indicator: Indicator
    area: Area
    whole: bool
    place: str
    answer: str
    figure: Figure
    signals: Table | None
    change: tuple[tuple[str, str], ...]
    no_change: str
    doubt: str
    lacking: str
    three_years: str
    rate: str
    close: tuple[str, ...]
    other: Other | None
    months: Table
    quarters: Table
    rolling: Table | None
    no_year: str
    hidden: str
    published: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]
    areas_possible: bool
    areas: AreaChanges | None
    areas_most: str
    areas_figure: Figure | None
    areas_table: Table | None
    areas_open: bool
    definition: tuple[tuple[str, str], ...]
    caveats: tuple[str, ...]
    parts: tuple[Link, ...]
    related: tuple[Link, ...]
    files: Table
    csv: tuple[Link, ...]


def page(basis: Basis, indicator: Indicator, area: Area, order: str, opened: bool) -> IndicatorPage:
    """The page of an indicator that can be computed, of the partnership or of one area.

    `order` sorts the table of areas; `opened` shows it unfolded, as after a sort. The partnership's pages are kept:
    they are few and asked for most.
    """
    if area.code != basis.places.partnership.code:
        return _page(basis, indicator, area, order, opened)
    key = ("indicator page", indicator.key, order, opened)
    return basis.keep(key, lambda: _page(basis, indicator, area, order, opened))


def _page(basis: Basis, indicator: Indicator, area: Area, order: str, opened: bool) -> IndicatorPage:
    row = row_of(basis, indicator, area)
    whole = area.code == basis.places.partnership.code
    compared = comparison(row)
    found = finding(basis, indicator, area)
    possible = basis.areas_of(indicator)
    areas = changes.area_changes(basis, indicator) if whole and possible else None
    near = beside.by_area(basis, indicator, areas) if areas and areas.rows else ("", {})
    return IndicatorPage(
        indicator=indicator,
        area=area,
        whole=whole,
        place=basis.partnership.place,
        answer=answer(row, indicator, compared, found, basis, area),
        figure=control_figure(basis, indicator, area),
        signals=signals(basis, indicator, area, row),
        change=change_rows(found),
        no_change="" if found else words.opening(no_change(row, compared)),
        doubt=found.doubt if found else "",
        lacking=neighbours.caveat(basis, [*compared.before, *compared.after])
        if indicator.open
        else lacking(basis, indicator),
        hidden=hidden(basis.policy(indicator)),
        published=published(indicator),
        faults=indicator.published.faults if indicator.published else (),
        areas_possible=possible,
        three_years=three_years(row),
        rate=rate(row, indicator, compared),
        close=beside.close(basis, indicator, area, compared),
        other=beside.other(basis, indicator, asked_of(basis, indicator)) if whole else None,
        months=_table(_("Months"), windows.months(row), indicator),
        quarters=_table(_("Financial quarters"), windows.quarters(row), indicator),
        rolling=None if why_no_year(row) else _table(_("Rolling twelve months"), windows.rolling_12(row), indicator),
        no_year=why_no_year(row),
        areas=areas,
        areas_most=beside.most(areas, near) if areas and areas.alone else "",
        areas_figure=intervals_figure(basis, areas) if areas else None,
        areas_table=_areas_table(basis, areas, indicator, order, near) if areas and areas.rows else None,
        areas_open=opened,
        definition=definition(basis, indicator),
        caveats=caveats(basis, indicator, area),
        parts=parts(basis, indicator),
        related=related(basis, indicator),
        files=files(basis, indicator, indicator.count.dataset if indicator.count else ""),
        csv=csv_links(basis, indicator, area, whole),
    )


def lacking(basis: Basis, indicator: Indicator) -> str:
    """Who has not sent which months of what partners send."""
    dataset = indicator.count.dataset if indicator.count else ""
    return senders(basis, coverage(basis.snapshot, dataset, basis.partnership.police_force).gaps)


def finding(basis: Basis, indicator: Indicator, area: Area) -> Finding | None:
    """How the series changed: as found among all, or by itself where it is of another definition, or exact."""
    if not basis.exact and indicator == basis.indicators.get(indicator.id):
        return basis.changed.of(indicator.id, area.code)
    alone = findings.examine([(indicator, row_of(basis, indicator, area))], "")
    return alone.every[0] if alone.every else None


def answer(
    row: Series, indicator: Indicator, compared: Comparison, found: Finding | None, basis: Basis, area: Area
) -> str:
    """The first sentence: how it changed; where that cannot be said, why, and what the newest month says."""
    if found:
        return found.sentence
    newest = segments_of(basis, indicator, area)
    said = [
        words.opening(no_change(row, compared)),
        newest[-1].sentence if newest else "",
        words.rounded(row.rounded_to),
    ]
    return " ".join(filter(None, said))


def no_change(row: Series, compared: Comparison) -> str:
    """Why no change is given."""
    if compared.kind is None:
        return compared.reason
    before, after = windows.total(row, compared.before)[0], windows.total(row, compared.after)[0]
    if before + after >= findings.FEWEST:
        return _(
            "%(after)s in %(when)s against %(before)s in %(then)s. Whether that is chance cannot be told: too "
            "few months can be shown to see how much they vary."
        ) % {
            "after": words.near(after, row.rounded_to),
            "before": words.near(before, row.rounded_to),
            "when": compared.after_words,
            "then": compared.before_words,
        }
    return _(
        "%(after)s in %(when)s against %(before)s in %(then)s: too few to tell a change from chance "
        "(at least %(fewest)s in the two together are needed)."
    ) % {
        "after": words.near(after, row.rounded_to),
        "before": words.near(before, row.rounded_to),
        "when": compared.after_words,
        "then": compared.before_words,
        "fewest": findings.FEWEST,
    }


def change_rows(found: Finding | None) -> tuple[tuple[str, str], ...]:
    """The change as a summary list, both intervals beside each other."""
    if found is None:
        return ()
    one = found.change
    percent = words.percent(one.percent) if one.percent is not None else _("from none: no percentage")
    return (
        (words.opening(found.before_words), words.near(one.before, found.rounded_to)),
        (words.opening(found.after_words), words.near(one.after, found.rounded_to)),
        (_("Change"), percent),
        (_("95% interval, allowing for how much months vary here"), words.interval(one.low, one.high)),
        (_("95% interval if every event were independent"), words.interval(one.poisson_low, one.poisson_high)),
        (_("Dispersion"), f"{one.phi:.1f}"),
    )


def three_years(row: Series) -> str:
    """The change over three years, or why it cannot be said."""
    last = max(row.known, default=None)
    if last is None:
        return ""
    after = _comparable(row, last)
    before = [m - 12 * YEARS for m in after]
    spread = dispersion(row.counts[0], row.months)
    a, b = (float(windows.total(row, months)[0]) if months else math.nan for months in (before, after))
    if a != a or b != b or spread.df < 1:
        return _("Over three years nothing can be said: no month of %(year)s that would be compared is here.") % {
            "year": last // 12 - YEARS
        }
    one: Change = change(a, b, phi=spread.phi, df=spread.df)
    if one.percent is None:
        return ""
    said = _("Over three years: %(before)s in %(then)s, %(after)s in %(now)s, %(percent)s (%(interval)s)%(same)s.")
    return said % {
        "before": words.near(a, row.rounded_to),
        "then": periods.phrase(before),
        "after": words.near(b, row.rounded_to),
        "now": periods.phrase(after),
        "percent": words.percent(one.percent),
        "interval": words.interval(one.low, one.high),
        "same": "" if one.different else _(": not statistically different"),
    }


def _comparable(row: Series, last: int) -> list[int]:
    """The months that are set against those three years before: a year, else months whose namesakes are known."""
    if row.totals is not None:
        return list(comparison(row).after)
    known = set(row.known)
    year = list(range(last - 11, last + 1))
    after = year if known.issuperset(year) else [m for m in range(last // 12 * 12, last + 1) if m in known]
    return [m for m in after if m - 12 * YEARS in known]


def rate(row: Series, indicator: Indicator, compared: Comparison) -> str:
    """The rate of the period compared, or why there is none."""
    if indicator.rate is None:
        return ""
    area = row.areas[0]
    base = float(row.denominators[0])
    homes = indicator.rate.of == "households"
    if base != base and homes and area.level in indicator.rate.levels:
        return _("No rate: how many households there are is not known.")
    if base != base:
        unfair = "" if homes else area.unfair_because
        return unfair or indicator.rate.why_not or _("No rate: how many people live here is not known.")
    if compared.kind is None:
        return ""
    value = indicator.rate.per * float(windows.total(row, compared.after)[0]) / base
    said = (
        _("%(value)s for every %(per)s households in %(when)s, not made annual. Households: %(base)s (Census 2021).")
        if homes
        else _("%(value)s for every %(per)s residents in %(when)s, not made annual. Residents: %(base)s (Census 2021).")
    )
    return said % {
        "value": f"{value:,.1f}",
        "per": f"{indicator.rate.per:,}",
        "when": compared.after_words,
        "base": words.count(base),
    }


def signals(basis: Basis, indicator: Indicator, area: Area, row: Series) -> Table | None:
    """Every unusual month, newest first: its count, the rule it met, and what that means."""
    meaning = {
        Meaning.CONCERN: _("Worse direction"),
        Meaning.IMPROVEMENT: _("Better direction"),
        Meaning.NEUTRAL: _("Neither way is better"),
    }
    found = [(month, signal, part) for part in segments_of(basis, indicator, area) for month, signal in part.signals]
    if not found:
        return None
    rows = tuple(
        (
            tables.text(periods.words(month)),
            tables.number(float(row.counts[0, month - row.months.start])),
            tables.number(part.chart.centre),
            tables.text(_(str(signal.rule))),
            tables.text(meaning[signal.meaning]),
        )
        for month, signal, part in reversed(found)
    )
    columns = (
        Column(_("Month")),
        Column(_("Count"), numeric=True),
        Column(_("Mean of its run"), numeric=True),
        Column(_("Why it is unusual")),
        Column(_("Direction")),
    )
    return Table(_("Unusual months, newest first"), columns, rows)


def _table(caption: str, found: Windows, indicator: Indicator) -> Table:
    """Periods, newest first. A run of periods that are not known is one row that says so."""
    per = indicator.rate.per if indicator.rate else 1
    rates = found.rates(per)[0]
    fair = bool((found.denominators == found.denominators).any())
    rows: list[tuple[Cell, ...]] = []
    gap: list[str] = []
    why: list[Status] = []

    def close() -> None:
        if gap:
            label = run_words(gap[::-1])
            unknown = WITHOUT.get(why[0], tables.not_available)()
            rows.append((tables.text(label), unknown, *([unknown] if fair else [])))
            gap.clear()
            why.clear()

    for at in range(len(found.labels) - 1, -1, -1):
        if found.counts[0, at] != found.counts[0, at]:
            if why and why[0] is not found.status[0, at]:
                close()
            gap.append(found.labels[at])
            why.append(found.status[0, at])
            continue
        close()
        count = tables.number(float(found.counts[0, at]))
        value = [tables.number(float(rates[at]), 2)] if fair else []
        rows.append((tables.text(period_words(found.labels[at])), count, *value))
    close()
    rounded = _("Count, rounded to the nearest %(to)s") % {"to": found.rounded_to}
    columns = [Column(_("Period")), Column(rounded if found.rounded_to > 1 else _("Count"), numeric=True)]
    if fair:
        homes = indicator.rate is not None and indicator.rate.of == "households"
        heading = _("For every %(per)s households") if homes else _("For every %(per)s residents")
        columns.append(Column(heading % {"per": f"{per:,}"}, numeric=True))
    return Table(caption, tuple(columns), tuple(rows), tables.legend(rows))


def _areas_table(
    basis: Basis, areas: AreaChanges, indicator: Indicator, order: str, near: tuple[str, Mapping[str, float]]
) -> Table:
    asked = {"exact": "1", "definition": indicator.definition} if basis.exact else {}
    asked = {name: value for name, value in asked.items() if value}
    sort = {name: basis.address("indicator", indicator.id, order=name, **asked) + "#areas" for name in ORDERS}
    link = basis.address("indicator", indicator.id, **asked)
    link += ("&" if "?" in link else "?") + "area={code}"
    caption = _("%(title)s by area, %(after)s against %(before)s") % {
        "title": indicator.short_title or indicator.title,
        "after": areas.compared.after_words,
        "before": areas.compared.before_words,
    }
    return changes.table(areas, order=order, link=link, sort=sort, caption=caption, beside=near)


def asked_of(basis: Basis, indicator: Indicator) -> str:
    """What the address of a file of this page says besides, so that it holds what the page shows."""
    asked = "&exact=1" if basis.exact else ""
    return f"{asked}&definition={indicator.definition}" if indicator.definition else asked


def csv_links(basis: Basis, indicator: Indicator, area: Area, whole: bool) -> tuple[Link, ...]:
    """Every table of the page as CSV."""
    address = basis.address("indicator-csv", indicator.id)
    at = "" if whole else f"&area={area.code}"
    asked = asked_of(basis, indicator)
    at += asked
    links = [
        Link(_("Months (CSV)"), f"{address}?by=month{at}"),
        Link(_("Quarters (CSV)"), f"{address}?by=quarter{at}"),
        Link(_("Rolling twelve months (CSV)"), f"{address}?by=rolling-12{at}"),
    ]
    if whole and basis.areas_of(indicator):
        links.append(Link(_("Months of every area (CSV)"), f"{address}?by=month&level=area{asked}"))
    return tuple(links)
