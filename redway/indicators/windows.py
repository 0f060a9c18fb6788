"""Longer periods made of a monthly series: quarters, twelve months, and what can be compared with what.

A window is given only when every month of it is known. Nothing here adds up a part of one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.indicators.series import Area, Series, Status

COUNTED = frozenset({Status.KNOWN, Status.PROVISIONAL})


@dataclass(frozen=True)
class Windows:
    """Values by area and labelled period.

    labels       period labels as people see them: 2025-11, 2025/26-Q3, YE-2025-11
    counts       float array, areas x labels; NaN wherever status is not `known` or `provisional`
    status       object array of Status, same shape
    denominators float array, one fixed denominator per area; NaN where no fair base is to be had
    """

    indicator: str
    areas: tuple[Area, ...]
    labels: tuple[str, ...]
    counts: npt.NDArray[np.float64]
    status: npt.NDArray[np.object_]
    denominators: npt.NDArray[np.float64]

    def rates(self, per: int) -> npt.NDArray[np.float64]:
        """`per` x count / denominator, areas x labels; of the period itself, never annualised; NaN if unknown."""
        return per * self.counts / self.denominators[:, None]

    @property
    def complete(self) -> tuple[str, ...]:
        """The labels that have a value, in the first area."""
        return tuple(name for name, s in zip(self.labels, self.status[0], strict=True) if s in COUNTED)


@dataclass(frozen=True)
class Comparison:
    """The months that can be set against the same months a year before.

    `kind` is None, and `reason` says why, when there are none to compare. The words name each side in a
    sentence: 'the year ending November 2025', 'January to March 2024'.
    """

    after: tuple[int, ...]
    before: tuple[int, ...]
    kind: str | None
    after_words: str = ""
    before_words: str = ""
    reason: str = ""


def months(series: Series) -> Windows:
    """The months themselves, labelled `2025-11`."""
    return _windows(series, [(periods.label(m), [m]) for m in series.months])


def quarters(series: Series) -> Windows:
    """Financial quarters, labelled `2025/26-Q3`, from the first month's to the last month's."""
    labels = dict.fromkeys(periods.quarter(m) for m in series.months)
    return _windows(series, [(name, periods.quarter_months(name)) for name in labels])


def rolling_12(series: Series) -> Windows:
    """For every month, the twelve months that end in it, labelled `YE-2025-11`."""
    return _windows(series, [(periods.year_ending(m), range(m - 11, m + 1)) for m in series.months])


def total(series: Series, wanted: Iterable[int]) -> npt.NDArray[np.float64]:
    """The count of some months by area; NaN where one of them is not known."""
    return _windows(series, [("", list(wanted))]).counts[:, 0]


def comparison(series: Series) -> Comparison:
    """The latest twelve months against the twelve before; else the months of the latest calendar year of
    data whose namesakes a year earlier are known too; else nothing, and why."""
    known = _known(series)
    if not known and not series.totals:
        return Comparison((), (), None, reason=_without_months(series))
    last = max([*known, *(last for _first, last in series.totals)])
    after, before = range(last - 11, last + 1), range(last - 23, last - 11)
    if all(known.issuperset(year) or (year[0], year[-1]) in series.totals for year in (after, before)):
        ending = _("the year ending %(month)s")
        return Comparison(
            tuple(after),
            tuple(before),
            "rolling-12",
            ending % {"month": periods.words(after[-1])},
            ending % {"month": periods.words(before[-1])},
        )
    if not known:
        return Comparison((), (), None, reason=_without_months(series))
    year = max(known) // 12
    matched = tuple(m for m in sorted(known) if m // 12 == year and m - 12 in known)
    if not matched:
        reason = _("No month of %(year)s that is known is known for %(before)s too, so there is nothing to compare.")
        return Comparison((), (), None, reason=reason % {"year": year, "before": year - 1})
    earlier = tuple(m - 12 for m in matched)
    return Comparison(matched, earlier, "matched months", periods.phrase(matched), periods.phrase(earlier))


def why_no_year(series: Series) -> str:
    """Why no rolling twelve months are complete, and what can be compared instead; empty when some are."""
    known = _known(series)
    longest = max(periods.runs(known), key=len, default=range(0))
    if len(longest) >= 12:
        return ""
    if not known:
        return _without_months(series)
    run = ngettext(
        "No rolling twelve months are complete: the longest unbroken run is %(count)s month, %(months)s.",
        "No rolling twelve months are complete: the longest unbroken run is %(count)s months, %(months)s.",
        len(longest),
    ) % {"count": _in_words(len(longest)), "months": periods.phrase(longest)}
    against = comparison(series)
    if against.kind is None:
        return f"{run} {against.reason}"
    matched = _("Matched months can be compared: %(after)s with %(before)s.")
    return f"{run} {matched % {'after': against.after_words, 'before': against.before_words}}"


def _without_months(series: Series) -> str:
    """Why nothing is said, where no month has a count that can be given."""
    if (series.status == Status.SUPPRESSED).any():
        return _("Every month is too few to show, to protect people.")
    return _("No month is known yet.")


def _in_words(count: int) -> str:
    """A small number as a sentence has it."""
    words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    return words[count] if count < len(words) else f"{count:,}"


def _known(series: Series) -> set[int]:
    """The months known in every area of the series."""
    if not series.areas:
        return set()
    counts: npt.NDArray[np.float64] = series.counts
    everywhere = np.flatnonzero(~np.isnan(counts).any(axis=0))
    return {series.months.start + int(at) for at in everywhere}


def _windows(series: Series, wanted: Sequence[tuple[str, Sequence[int]]]) -> Windows:
    """Add up named lists of months."""
    shape = len(series.areas), len(wanted)
    counts, status = np.full(shape, np.nan), np.empty(shape, object)
    status.fill(Status.NOT_AVAILABLE)
    counted = (series.status == Status.KNOWN) | (series.status == Status.PROVISIONAL)
    first = series.months.start
    for at, (_label, members) in enumerate(wanted):
        if not members or not all(m in series.months for m in members):
            continue
        # A total that was made to be shown stands, also where some of its months are hidden.
        given = series.totals.get((members[0], members[-1])) if len(members) > 1 else None
        if given is not None and len(members) == members[-1] - members[0] + 1:
            counts[:, at], status[:, at] = given, Status.KNOWN
            continue
        columns = [m - first for m in members]
        if (series.status[:, columns] == Status.SUPPRESSED).any():
            status[:, at] = Status.SUPPRESSED
        elif (series.status[:, columns] == Status.LATE).any():
            status[:, at] = Status.LATE
        whole = counted[:, columns].all(axis=1)
        counts[whole, at] = series.counts[whole][:, columns].sum(axis=1)
        # The status of a sum is that of its parts where they agree.
        parts = series.status[:, columns]
        alike = (parts == parts[:, :1]).all(axis=1)
        status[whole, at] = Status.PROVISIONAL
        status[alike, at] = parts[alike, 0]
    labels = tuple(name for name, _members in wanted)
    return Windows(series.indicator, series.areas, labels, counts, status, series.denominators)
