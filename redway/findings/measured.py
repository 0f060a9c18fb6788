"""How a measure says itself: one plain sentence with its size, its doubt and what is not known.

As in `words`: numbers to the nearest, intervals outwards, and *not statistically different* where chance alone
could have made a difference.
"""

import math

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.findings import words
from redway.indicators.measure import COUNTS, Measure
from redway.indicators.measures import ALL, FEWEST_ANSWERS, Measured, Value
from redway.indicators.series import Status
from redway.methods.comparison.proportion import Difference

FEW = 4  # groups that a sentence names


def sentence(measure: Measure, found: Measured) -> str:
    """What the newest period says; why nothing can be said where nothing can."""
    latest = found.latest
    if not latest:
        return _without(found)
    whole = found.of(latest, ALL)
    to = found.rounded_to
    said = (
        _grouped(measure, found, latest) if whole is None or whole.value is None else _one(measure, whole, latest, to)
    )
    rest = [cancelled(whole), *changes(measure, found), *_year_before(measure, found, latest)]
    rest.append(completeness(measure, found, latest))
    return " ".join(filter(None, [words.opening(said), *rest, words.rounded(to), _newer(found, latest)]))


def number(measure: Measure, value: float) -> str:
    """A value as sentences and tables have it: `73%`, `6.1`, `1,234`."""
    if measure.kind == "gap":
        return f"{words.MINUS if round(value) < 0 else ''}{abs(round(value))}"
    if measure.percentage:
        return words.percent(value)
    if measure.kind in ("rate", "rate-ratio", "risk-ratio", "ratio") or value != round(value):
        return f"{value:,.{decimals(measure, value)}f}"
    return words.count(value)


def decimals(measure: Measure, value: float) -> int:
    """How many decimals a value has: none for counts and percentages, two for what is small."""
    if measure.percentage or (measure.kind in COUNTS and value == round(value)):
        return 0
    return 1 if abs(value) >= 1 else 2


def interval(measure: Measure, value: Value) -> str:
    """`68% to 78%`, rounded outwards; empty where there is none."""
    if value.low is None or value.high is None or value.low == value.high:
        return ""
    if measure.kind == "gap":
        return _("%(low)s to %(high)s") % {
            "low": number(measure, math.floor(value.low)),
            "high": number(measure, math.ceil(value.high)),
        }
    if measure.percentage:
        return words.interval(value.low, value.high)
    places = decimals(measure, value.value or 0)
    scale = 10**places
    return _("%(low)s to %(high)s") % {
        "low": f"{math.floor(value.low * scale) / scale:,.{places}f}",
        "high": f"{math.ceil(value.high * scale) / scale:,.{places}f}",
    }


def when(label: str) -> str:
    """`the year ending November 2025`; a wave by its name."""
    try:
        return periods.in_words(label)
    except ValueError:
        return _("the wave %(name)s") % {"name": label}


def label(period: str) -> str:
    """A period as a chart has room for it: `Nov 2025`, `Jul to Sep 2025`, `Year to Nov 2025`; a wave by its name."""
    try:
        months = periods.months_of(period)
    except ValueError:
        return period
    last = f"{periods.NAMES[months[-1] % 12][:3]} {months[-1] // 12}"
    if periods.kind_of(period) == "termly" or len(months) == 1:
        return last if len(months) == 1 else periods.in_words(period)
    if len(months) == 12:
        return _("Year to %(month)s") % {"month": last}
    return _("%(first)s to %(last)s") % {"first": periods.NAMES[months[0] % 12][:3], "last": last}


def with_doubt(measure: Measure, value: Value, rounded_to: int = 1) -> str:
    """`73% (68% to 78%)`; `about 40` of a count that was rounded before it was shown."""
    if value.value is None:
        return why(value)
    doubt, said = interval(measure, value), number(measure, value.value)
    if rounded_to > 1 and value.value and measure.kind in COUNTS:
        return _("about %(count)s") % {"count": said}
    return f"{said} ({doubt})" if doubt else said


def why(value: Value) -> str:
    """Why there is no value."""
    if value.status is Status.SUPPRESSED:
        return _("withheld to protect people")
    if value.status is Status.LATE:
        return _("late")
    if value.status is Status.NOT_YET:
        return _("not yet come")
    if value.why == "few-answers":
        return _("fewer than %(n)s answers") % {"n": FEWEST_ANSWERS}
    if value.why == "no-base":
        return _("no base to set it against")
    if value.why == "no-ratio":
        return _("none recorded on one side, so no ratio")
    return _("not available")


def _one(measure: Measure, value: Value, latest: str, to: int) -> str:
    names = {"value": with_doubt(measure, value, to), "unit": measure.unit, "when": when(latest)}
    said = _("%(value)s %(unit)s in %(when)s") % names
    if measure.kind == "survey" and value.base:
        base = ngettext("%(n)s answer", "%(n)s answers", round(value.base)) % {"n": words.near(value.base, to)}
        return f"{said}, {_('of %(base)s') % {'base': base}}."
    if value.hits is not None and value.base and measure.percentage:
        counted = _("%(hits)s of %(base)s") % {"hits": words.near(value.hits, to), "base": words.count(value.base)}
        said = f"{said}: {counted}"
    if value.median is not None:
        said = f"{said}; {_('half took %(n)s days or fewer') % {'n': words.count(value.median)}}"
    return f"{said}."


def _grouped(measure: Measure, found: Measured, latest: str) -> str:
    """The groups of the newest period, the largest first; those that others are set against are not named."""
    if measure.kind == "histogram":
        return _intervals(measure, found, latest)
    there = [v for v in found.values if v.period == latest and v.group and v.value is not None]
    told = [v for v in there if v.group != measure.reference]
    told.sort(key=lambda v: -(v.value or 0))
    listed = "; ".join(
        f"{v.group} {with_doubt(measure, v, found.rounded_to)}{_plainly(measure, v)}" for v in told[:FEW]
    )
    names = {"unit": measure.unit, "when": when(latest), "listed": listed}
    return _("In %(when)s, %(unit)s: %(listed)s.") % names


def _intervals(measure: Measure, found: Measured, latest: str) -> str:
    """The intervals of the newest period in their order; last, why others have no number."""
    there = [v for v in found.values if v.period == latest and v.group]
    told = [v for v in there if v.value is not None]
    listed = [f"{words.lowered(v.group)}, {with_doubt(measure, v, found.rounded_to)}" for v in told]
    without = dict.fromkeys(why(v) for v in there if v.value is None)
    listed += [_("the other intervals, %(why)s") % {"why": _(" or ").join(without)}] if without else []
    names = {"unit": measure.unit, "when": when(latest), "listed": "; ".join(listed)}
    return _("In %(when)s, %(unit)s: %(listed)s.") % names


def _plainly(measure: Measure, value: Value) -> str:
    """That a ratio or gap is none that chance could not have made."""
    middle = 1 if measure.kind in ("rate-ratio", "risk-ratio") else 0
    if measure.kind not in ("rate-ratio", "risk-ratio", "gap") or value.low is None or value.high is None:
        return ""
    return f", {_('not statistically different')}" if value.low <= middle <= value.high else ""


def changes(measure: Measure, found: Measured) -> list[str]:
    """How the newest period differs from the one before, for everybody."""
    return [_changed(measure, before, after, gap) for group, before, after, gap in found.changes if group == ALL]


def _changed(measure: Measure, before: str, after: str, gap: Difference) -> str:
    points = measure.per * gap.value
    names = {
        "points": f"{abs(points):.0f}",
        "before": when(before),
        "low": number(measure.model_copy(update={"kind": "gap"}), math.floor(measure.per * gap.low)),
        "high": number(measure.model_copy(update={"kind": "gap"}), math.ceil(measure.per * gap.high)),
    }
    if not gap.different:
        return _("Not statistically different from %(before)s (%(low)s to %(high)s points).") % names
    if points > 0:
        return _("That is %(points)s points (%(low)s to %(high)s) more than in %(before)s.") % names
    return _("That is %(points)s points (%(low)s to %(high)s) less than in %(before)s.") % names


def completeness(measure: Measure, found: Measured, latest: str) -> str:
    """How many could not be judged, beside what was."""
    values = [v for v in found.values if v.period == latest and v.unknown]
    whole = next((v for v in values if v.group == ALL), values[0] if values else None)
    if whole is None or not whole.unknown or measure.amount:
        return ""
    return _("Of %(n)s more it is not known.") % {"n": words.near(whole.unknown, found.rounded_to)}


def cancelled(value: Value | None) -> str:
    """That a sum holds numbers below zero, and so says less than was counted anew."""
    if value is None or not value.below:
        return ""
    return ngettext(
        "In it is %(n)s count below zero: more earlier records were cancelled than new ones made.",
        "In it are %(n)s counts below zero: more earlier records were cancelled than new ones made.",
        value.below,
    ) % {"n": words.count(value.below)}


def _year_before(measure: Measure, found: Measured, latest: str) -> list[str]:
    """Of a plain count: what it was a year before. No verdict: how much such counts vary is not known."""
    try:
        months = [m - 12 for m in periods.months_of(latest)]
    except ValueError:
        return []
    then = next((v for v in found.values if v.group == ALL and _covers(v.period, months)), None)
    if measure.kind not in ("count", "sum") or then is None or then.value is None:
        return []
    return [_("A year before it was %(value)s.") % {"value": with_doubt(measure, then, found.rounded_to)}]


def _covers(label: str, months: list[int]) -> bool:
    try:
        return list(periods.months_of(label)) == months
    except ValueError:
        return False


def _newer(found: Measured, latest: str) -> str:
    """Why the newest period that came has no figure, where an older one is told of instead."""
    newer = [v for v in found.values[found.values.index(_last_of(found, latest)) + 1 :] if v.status in TOLD or v.why]
    if not newer:
        return ""
    return _("In %(when)s: %(why)s.") % {"when": when(newer[-1].period), "why": why(newer[-1])}


TOLD = (Status.SUPPRESSED, Status.LATE)


def _last_of(found: Measured, period: str) -> Value:
    return next(v for v in reversed(found.values) if v.period == period)


def _without(found: Measured) -> str:
    """Why there is no figure at all: the newest reason that is more than that nothing came."""
    told = [v for v in found.values if v.status in TOLD or v.why]
    newest = told[-1] if told else None
    return _("No figure can be given: %(why)s.") % {"why": why(newest) if newest else _("not available")}
