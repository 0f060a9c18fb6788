"""From a series to the pictures of it: the control chart of an indicator page, the small chart of a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from redway import periods
from redway.findings import chance, words
from redway.findings.control import Segment, control
from redway.indicators.definitions import Indicator
from redway.indicators.series import Area, Series, Status
from redway.indicators.windows import comparison
from redway.methods.process_control.xmr import Meaning, Rule, Signal
from redway.products import charts
from redway.products.charts import Changes, Chart, Control, Mark, Note, Programmes, Spark, Stretch, Timeline, picture
from redway.products.charts.spc import LATE, WITHHELD
from redway.web.figures.basis import Basis
from redway.web.figures.changes import AreaChanges, drawn
from redway.web.figures.citation import source
from redway.work.strategy.profile import Programme


@dataclass(frozen=True)
class Figure:
    """A picture with its words: the title states the finding, the subtitle measure, place, period and source."""

    title: str
    subtitle: str
    drawings: Mapping[str, SafeString]
    notes: tuple[str, ...] = ()


def row_of(basis: Basis, indicator: Indicator, area: Area) -> Series:
    """The series of one place: the partnership's own, or one area's."""
    whole = area.code == basis.places.partnership.code
    return basis.series(indicator, "partnership" if whole else "area").row(area.code)


def segments_of(basis: Basis, indicator: Indicator, area: Area) -> tuple[Segment, ...]:
    """The control charts of a series, one for each unbroken run."""
    rebases = [periods.month(one.month) for one in indicator.breaks]
    make = lambda: control(row_of(basis, indicator, area), indicator, rebases)  # noqa: E731
    return basis.keep(("control", indicator.key, area.code), make)


def subtitle(basis: Basis, indicator: Indicator, area: Area) -> str:
    """`Crimes recorded each month, Milton Keynes, January 2014 to November 2025. Source: data.police.uk.`"""
    row = row_of(basis, indicator, area)
    months = row.months
    unit = indicator.count.unit if indicator.count else indicator.title
    said = _("%(unit)s each month, %(place)s, %(first)s to %(last)s. Source: %(source)s.") % {
        "unit": unit[:1].upper() + unit[1:],
        "place": area.name,
        "first": periods.words(months[0]),
        "last": periods.words(months[-1]),
        "source": source(basis, indicator),
    }
    return " ".join(filter(None, [said, words.rounded(row.rounded_to)]))


def control_figure(basis: Basis, indicator: Indicator, area: Area) -> Figure:
    """The control chart of one place."""
    row, parts = row_of(basis, indicator, area), segments_of(basis, indicator, area)
    title = parts[-1].sentence if parts else without_months(row)
    under = subtitle(basis, indicator, area)
    gaps = absent(row)
    chart = Control(
        title=title,
        description=" ".join(filter(None, [under, *spoken(parts), gaps])),
        marks=marks(row, parts),
        stretches=tuple(_stretch(part) for part in parts),
        notes=tuple(
            Note(periods.month(one.month), _("counted otherwise"))
            for one in indicator.breaks
            if periods.month(one.month) in row.known
        ),
    )
    breaks = [f"{periods.words(periods.month(one.month))}: {one.why}" for one in indicator.breaks]
    notes = tuple(filter(None, [key(parts), chance.sentence(parts), trial_note(parts), gaps, *breaks]))
    return Figure(title, under, picture(chart, basis.charts).drawings, notes)


def absent(row: Series) -> str:
    """Which months have no count, and why: late, withheld to protect people, not yet come, or never received."""
    said = {
        Status.LATE: _("Late (×): %(months)s."),
        Status.SUPPRESSED: _("Withheld to protect people (□): %(months)s."),
        Status.NOT_YET: _("Not yet come: %(months)s."),
        Status.NOT_AVAILABLE: _("Not available: %(months)s."),
    }
    found = {status: row.months_with(status) for status in said}
    return " ".join(said[status] % {"months": periods.phrase(months)} for status, months in found.items() if months)


def without_months(row: Series) -> str:
    """What stands over a chart without a month."""
    if row.months_with(Status.SUPPRESSED):
        return _("No month can be shown: every one is too few, and withheld to protect people.")
    return comparison(row).reason or _("No month is known yet.")


def spoken(parts: tuple[Segment, ...]) -> list[str]:
    """For the ear: each run's mean, limits and unusual months."""
    said = []
    for part in parts:
        when = {"months": periods.phrase(part.months), "mean": f"{part.chart.centre:,.0f}"}
        if part.chart.refused:
            said.append(_("%(months)s: mean %(mean)s, no limits.") % when)
            continue
        limits = when | {"low": f"{max(0.0, part.chart.lower):,.0f}", "high": f"{part.chart.upper:,.0f}"}
        said.append(_("%(months)s: mean %(mean)s, limits %(low)s to %(high)s.") % limits)
        unusual = [m for m, _signal in part.signals]
        if unusual:
            said.append(_("Unusual: %(months)s.") % {"months": periods.phrase(unusual)})
    return said


def key(parts: tuple[Segment, ...]) -> str:
    """What the marks in this chart mean, only those that are in it."""
    if not parts:
        return ""
    meanings = {mark_of(signal) for part in parts for _month, signal in part.signals}
    named = {
        "concern": _("◆ unusual, in the worse direction"),
        "improvement": _("■ unusual, in the better direction"),
        "higher": _("▲ unusually high"),
        "lower": _("▼ unusually low"),
    }
    shown = [named[m] for m in named if m in meanings]
    if all(part.chart.refused for part in parts):
        return _("Line: each month.")
    base = _("Line: each month. Across: the mean of each unbroken run; dashed: its limits, shaded between.")
    return " ".join([base, "; ".join(shown) + "." if shown else _("No month is unusual by the rules.")])


def trial_note(parts: tuple[Segment, ...]) -> str:
    """Which runs have no limits, in one sentence."""
    short = [part for part in parts if part.chart.refused]
    if not short:
        return ""
    why = _("No mean or limits are drawn for %(months)s: too few months in a row, or counts too small.")
    if any(part.withheld for part in short):
        why = _(
            "No mean or limits are drawn for %(months)s: too few months in a row, as others are withheld to protect "
            "people, or counts too small."
        )
    return why % {"months": periods.phrase([m for part in short for m in part.months])}


ABSENT = {Status.LATE: LATE, Status.SUPPRESSED: WITHHELD}


def mark_of(signal: Signal) -> str:
    """The name of a signal's mark in a chart."""
    if signal.meaning is Meaning.NEUTRAL:
        return "higher" if signal.high else "lower"
    return "concern" if signal.meaning is Meaning.CONCERN else "improvement"


def marks(row: Series, parts: tuple[Segment, ...], *, small: bool = False) -> tuple[Mark, ...]:
    """Every month of the span: None where it is not known. Months outside the limits carry their value in words.

    A small chart marks only those outside the limits, and has no words.
    """
    signals = {m: s for part in parts for m, s in part.signals if not small or s.rule is Rule.OUTSIDE}
    found = []
    for at, month in enumerate(row.months):
        count, status = float(row.counts[0, at]), row.status[0, at]
        if count != count:
            found.append(Mark(month, None, absent="" if small else ABSENT.get(status, "")))
            continue
        signal = signals.get(month)
        label = ""
        if not small and signal and signal.rule is Rule.OUTSIDE:
            label = f"{periods.NAMES[month % 12][:3]} {month // 12}: {count:,.0f}"
        mark = mark_of(signal) if signal else ""
        found.append(Mark(month, count, mark, label, provisional=status == Status.PROVISIONAL))
    return tuple(found)


def _stretch(part: Segment) -> Stretch:
    first, last, chart = part.months[0], part.months[-1], part.chart
    if chart.refused:
        return Stretch(first, last, None, None, None)
    # A count cannot be below nought, so neither is the line.
    return Stretch(first, last, chart.centre, max(0.0, chart.lower), chart.upper, chart.trial)


def spark_figure(
    basis: Basis, indicator: Indicator, area: Area, sentence: str, timeline: Timeline | None = None
) -> Figure:
    """A small chart under its sentence, on an axis it may share with its neighbours."""
    row, parts = row_of(basis, indicator, area), segments_of(basis, indicator, area)
    title = indicator.short_title or indicator.title
    if area.level == "area":
        title = f"{title}, {area.name}"
    chart = Spark(
        title=title,
        description=f"{subtitle(basis, indicator, area)} {' '.join(spoken(parts[-1:]))}",
        marks=marks(row, parts, small=True),
        timeline=timeline,
    )
    return Figure(title, sentence, picture(chart, basis.charts).drawings)


def timeline(basis: Basis, indicators: list[Indicator]) -> Timeline | None:
    """One axis for several indicators of the partnership; None where none has a month."""
    known = {m for i in indicators for m in basis.series(i, "partnership").known}
    return Timeline.of(known) if known else None


def programmes_figure(basis: Basis, axis: Timeline | None, programmes: Sequence[Programme]) -> Figure | None:
    """The programmes whose dates are stated, under the axis of the page's small charts; None where there is neither."""
    rows = tuple(row for one in programmes if (row := _bar(one)))
    if axis is None or not rows:
        return None
    title = _("When the programmes ran, as far as the strategy states it")
    under = _(
        "On the axis of the charts above. Thick: surely; thin: some time in that year. A bar that runs to an edge has "
        "no stated beginning or end."
    )
    said = "; ".join(f"{one.name}: {one.dates}" for one in programmes if _bar(one))
    return Figure(title, under, picture(Programmes(title, f"{under} {said}.", rows, axis), basis.charts).drawings)


def _bar(programme: Programme) -> charts.Programme | None:
    """A programme as a row; None without a stated date. Of some only the end of the money is known."""
    began, ended = _months_of(programme.began), _months_of(programme.ended)
    if began or ended:
        return charts.Programme(programme.name, began, ended)
    paid = _months_of(programme.funding_ended)
    return charts.Programme(_("%(name)s: funding") % {"name": programme.name}, None, paid) if paid else None


def _months_of(stated: str) -> range | None:
    """The months that `2022` or `2022-07` may mean."""
    if not stated:
        return None
    first = periods.month(stated if "-" in stated else f"{stated}-01")
    return range(first, first + (1 if "-" in stated else 12))


def intervals_figure(basis: Basis, found: AreaChanges) -> Figure | None:
    """The areas that differ from their own past, the most unusual first; None where none does."""
    rows = drawn(found)
    if not rows:
        return None
    title = _("Areas that differ from their own past, the most unusual first")
    under = _(
        "%(what)s, %(after)s against %(before)s: change in per cent, with its 95%% interval. Source: %(source)s."
    ) % {
        "what": found.indicator.title,
        "after": found.compared.after_words,
        "before": found.compared.before_words,
        "source": source(basis, found.indicator),
    }
    said = "; ".join(f"{r.name}: {words.percent(r.percent)} ({words.interval(r.low, r.high)})" for r in rows)
    chart: Chart = Changes(title, f"{under} {said}.", rows)
    return Figure(title, under, picture(chart, basis.charts).drawings)
