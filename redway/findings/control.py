"""Is this month unusual? A control chart for each unbroken run of a series, and a sentence about the latest.

A chart never reaches over a gap: each run of months has its own mean and limits. A rebase, which a person
makes and gives a reason for, breaks a run in the same way.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.findings.words import count, near
from redway.indicators.definitions import Indicator
from redway.indicators.series import Series, Status
from redway.methods.process_control import xmr as method
from redway.methods.process_control.xmr import Assurance, Meaning, Refusal, Rule, Signal, XmR, assurance, phases

METHOD = f"XmR {method.VERSION}"


@dataclass(frozen=True)
class Segment:
    """One unbroken run of months between gaps and rebases, and its control chart.

    rebased  whether it begins at a rebase rather than at the start or after a gap
    withheld    whether it ends at a month that is withheld to protect people
    rounded_to  what its counts were rounded to before they were shown; 1 for exact ones
    """

    months: range
    chart: XmR
    rebased: bool
    withheld: bool = False
    rounded_to: int = 1

    @property
    def signals(self) -> Iterator[tuple[int, Signal]]:
        """Each unusual month and its signal, in order."""
        return ((m, s) for m, s in zip(self.months, self.chart.signals, strict=True) if s)

    @property
    def sentence(self) -> str:
        """The verdict on its latest month, or why there is none; in the reader's language."""
        if self.chart.refused:
            return _refused(self)
        latest = self.chart.signals[-1]
        said = _ordinary(self) if latest is None else f"{_unusual(self, latest)} {_meaning(latest)}"
        return f"{said} {_trial(self)}" if self.chart.trial else said


ROUNDED_LEAST = 4  # times what counts are rounded to: below such a mean, rounding hides how much months vary


def control(series: Series, indicator: Indicator, rebases: Iterable[int] = ()) -> tuple[Segment, ...]:
    """The control charts of a series of one area, oldest first; the last one holds the verdict of today.

    Of counts that were rounded before they were shown, small ones get no verdict: what looks steady, or jumps, may be
    the rounding.

    rebases are months at which a person broke the line. One that opens a run, or that lies in a gap or
    outside the series, breaks nothing. Raises ValueError for a series of several areas.
    """
    if len(series.areas) != 1:
        raise ValueError(f"expected the series of one area, not of {len(series.areas)}; use Series.row")
    wanted, first = sorted(set(rebases)), series.months.start
    withheld = set(series.months_with(Status.SUPPRESSED))
    segments: list[Segment] = []
    for run in series.runs:
        breaks = [m for m in wanted if m in run and m != run.start]
        values = series.counts[0, run.start - first : run.stop - first]
        starts = [run.start, *breaks]
        charts = phases(values, [m - run.start for m in breaks], better=indicator.better)
        segments += [
            Segment(
                range(start, start + chart.values.size),
                _judged(chart, series.rounded_to),
                rebased=start != run.start,
                withheld=bool(withheld & {run.start - 1, run.stop}),
                rounded_to=series.rounded_to,
            )
            for start, chart in zip(starts, charts, strict=True)
        ]
    return tuple(segments)


def _judged(chart: XmR, rounded_to: int) -> XmR:
    """The chart, without a verdict where rounding is too coarse for its counts."""
    if rounded_to == 1 or chart.refused or chart.centre >= ROUNDED_LEAST * rounded_to:
        return chart
    none = math.nan
    return replace(
        chart,
        lower=none,
        upper=none,
        near_lower=none,
        near_upper=none,
        signals=(None,) * len(chart.signals),
        refused=Refusal.SMALL_COUNTS,
    )


def assurance_sentence(segment: Segment, target: float) -> str:
    """Whether a target is met reliably; empty where that cannot be said."""
    names = {"target": count(target)}
    match assurance(segment.chart, target):
        case Assurance.PASSING:
            return (
                _("The target of %(target)s is met consistently: all of ordinary variation lies on its good side.")
                % names
            )
        case Assurance.FAILING:
            return (
                _("The target of %(target)s is missed consistently: something has to change for it to be met.") % names
            )
        case Assurance.HIT_AND_MISS:
            return _("The target of %(target)s is hit in some months and missed in others by chance alone.") % names
    return ""


def _refused(segment: Segment) -> str:
    names = {
        "months": periods.phrase(segment.months),
        "n": count(len(segment.months)),
        "fewest": count(method.FEWEST),
        "mean": f"{segment.chart.centre:.1f}",
        "least": count(method.SMALLEST_MEAN),
    }
    if segment.chart.refused is Refusal.SMALL_COUNTS and segment.chart.centre >= method.SMALLEST_MEAN:
        return (
            _(
                "No verdict: the counts are rounded to protect people, and too small for a control chart once rounded. "
                "Their mean is %(mean)s a month."
            )
            % names
        )
    if segment.chart.refused is Refusal.TOO_FEW and segment.withheld:
        return (
            ngettext(
                "No verdict: a control chart needs %(fewest)s months in a row. Only %(n)s, %(months)s, can be shown: "
                "its neighbours are withheld to protect people.",
                "No verdict: a control chart needs %(fewest)s months in a row. Only %(n)s, %(months)s, can be shown: "
                "their neighbours are withheld to protect people.",
                len(segment.months),
            )
            % names
        )
    if segment.chart.refused is Refusal.TOO_FEW:
        return (
            _("No verdict: a control chart needs %(fewest)s months without a gap, and has %(n)s: %(months)s.") % names
        )
    return (
        _(
            "No verdict: the counts are too small for a control chart. Their mean is %(mean)s a month; with fewer than "
            "%(least)s, chance alone would often look like a signal."
        )
        % names
    )


def _expected(chart: XmR) -> dict[str, str]:
    """The whole counts inside the limits; a count cannot be below nought, whatever the lower limit."""
    return {"low": count(max(0, math.ceil(chart.lower))), "high": count(math.floor(chart.upper))}


def _ordinary(segment: Segment) -> str:
    names = {"month": periods.words(segment.months[-1]), "months": periods.phrase(segment.months)}
    names |= {"value": near(segment.chart.values[-1], segment.rounded_to)} | _expected(segment.chart)
    if any(segment.chart.signals):
        return (
            _(
                "%(month)s was ordinary: %(value)s, where %(low)s to %(high)s can be expected. "
                "Earlier months of the same run were unusual."
            )
            % names
        )
    return _("Every month from %(months)s was ordinary: %(low)s to %(high)s can be expected.") % names


def _unusual(segment: Segment, signal: Signal) -> str:
    names = {
        "month": periods.words(segment.months[-1]),
        "value": near(segment.chart.values[-1], segment.rounded_to),
        "mean": count(segment.chart.centre),
        **_expected(segment.chart),
    }
    sentences = {
        (Rule.OUTSIDE, True): _("%(month)s was unusually high: %(value)s, where %(low)s to %(high)s can be expected."),
        (Rule.OUTSIDE, False): _("%(month)s was unusually low: %(value)s, where %(low)s to %(high)s can be expected."),
        (Rule.TREND, True): _("The count has risen every month for at least seven months, up to %(month)s."),
        (Rule.TREND, False): _("The count has fallen every month for at least seven months, up to %(month)s."),
        (Rule.TWO_OF_THREE, True): _("Two of the three months up to %(month)s were near the upper limit of %(high)s."),
        (Rule.TWO_OF_THREE, False): _("Two of the three months up to %(month)s were near the lower limit of %(low)s."),
        (Rule.ONE_SIDE, True): _("At least seven months in a row, up to %(month)s, lie above the mean of %(mean)s."),
        (Rule.ONE_SIDE, False): _("At least seven months in a row, up to %(month)s, lie below the mean of %(mean)s."),
    }
    return sentences[signal.rule, signal.high] % names


def _meaning(signal: Signal) -> str:
    return {
        Meaning.IMPROVEMENT: _("This is the better direction."),
        Meaning.CONCERN: _("This is the worse direction."),
        Meaning.NEUTRAL: _("Neither direction is better by itself."),
    }[signal.meaning]


def _trial(segment: Segment) -> str:
    return _("The limits are trial limits: they rest on %(n)s months, and settle at %(needed)s.") % {
        "n": count(len(segment.months)),
        "needed": count(method.TRIAL),
    }
