"""Longer periods made of a monthly series: quarters, twelve months, and what can be compared with what.

A window is given only when every month of it is known. Nothing here adds up a part of one. Of a series that was made
to be shown (`shown`) nothing is added up at all: its quarters and years were, before anything was rounded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.indicators.series import Area, Series, Status

COUNTED = frozenset({Status.KNOWN, Status.PROVISIONAL})
CAME = COUNTED | {Status.SUPPRESSED}


@dataclass(frozen=True)
class Windows:
    """Values by area and labelled period.

    labels       period labels as people see them: 2025-11, 2025/26-Q3, YE-2025-11
    counts       float array, areas x labels; NaN wherever status is not `known` or `provisional`
    status       object array of Status, same shape
    denominators float array, one fixed denominator per area; NaN where no fair base is to be had
    rounded_to   what the counts were rounded to before they were shown; 1 for exact ones
    """

    indicator: str
    areas: tuple[Area, ...]
    labels: tuple[str, ...]
    counts: npt.NDArray[np.float64]
    status: npt.NDArray[np.object_]
    denominators: npt.NDArray[np.float64]
    rounded_to: int = 1

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
    """The count of some months by area; NaN where one of them is not known, or their total is not given."""
    return _windows(series, [("", list(wanted))]).counts[:, 0]


def comparison(series: Series) -> Comparison:
    """The latest twelve months against the twelve before; else the months of the latest calendar year of
    data whose namesakes a year earlier are known too; else nothing, and why."""
    if series.totals is not None:
        return _given(series, series.totals)
    known = _known(series)
    if not known:
        return Comparison((), (), None, reason=_without_months(series))
    last = max(known)
    if all(m in known for m in range(last - 23, last + 1)):
        return _years(last)
    year = last // 12
    matched = tuple(m for m in sorted(known) if m // 12 == year and m - 12 in known)
    if not matched:
        reason = _("No month of %(year)s that is known is known for %(before)s too, so there is nothing to compare.")
        return Comparison((), (), None, reason=reason % {"year": year, "before": year - 1})
    return _matched(matched)


def _given(series: Series, totals: Mapping[tuple[int, int], float]) -> Comparison:
    """Of totals made to be shown: the newest year with the one before, else the newest quarter with its namesake."""
    pairs = sorted((last, first) for first, last in totals if (first - 12, last - 12) in totals)
    for length in (12, 3):
        found = [(first, last) for last, first in pairs if last - first + 1 == length]
        if found:
            first, last = found[-1]
            return _years(last) if length == 12 else _matched(tuple(range(first, last + 1)))
    if not series.known and not totals:
        return Comparison((), (), None, reason=_without_months(series))
    return Comparison(
        (),
        (),
        None,
        reason=_("No two years and no two quarters a year apart can be given, so there is nothing to compare."),
    )


def _years(last: int) -> Comparison:
    """The twelve months that end in this one, and the twelve before."""
    after, before = tuple(range(last - 11, last + 1)), tuple(range(last - 23, last - 11))
    ending = _("the year ending %(month)s")
    return Comparison(
        after,
        before,
        "rolling-12",
        ending % {"month": periods.words(after[-1])},
        ending % {"month": periods.words(before[-1])},
    )


def _matched(months: tuple[int, ...]) -> Comparison:
    earlier = tuple(m - 12 for m in months)
    return Comparison(months, earlier, "matched months", periods.phrase(months), periods.phrase(earlier))


def why_no_year(series: Series) -> str:
    """Why no rolling twelve months are complete, and what can be compared instead; empty when some are."""
    if any(last - first == 11 for first, last in series.totals or ()):
        return ""
    known = _known(series) if series.totals is None else {m for m, s in _first_row(series) if s in CAME}
    longest = max(periods.runs(known), key=len, default=range(0))
    if len(longest) >= 12:
        return "" if series.totals is None else _("No twelve months can be given, to protect people.")
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


def _first_row(series: Series) -> Iterable[tuple[int, Status]]:
    return zip(series.months, series.status[0], strict=True)


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
    """Named lists of months, each added up where it may be."""
    shape = len(series.areas), len(wanted)
    counts, status = np.full(shape, np.nan), np.empty(shape, object)
    first = series.months.start
    for at, (_label, members) in enumerate(wanted):
        if not members or not all(m in series.months for m in members):
            status[:, at] = _outside(series, members)
            continue
        columns = [m - first for m in members]
        status[:, at] = _status(series.status[:, columns])
        if series.totals is None or len(members) == 1:
            whole = np.array([one in COUNTED for one in status[:, at]])
            counts[whole, at] = series.counts[whole][:, columns].sum(axis=1)
        elif all(one in CAME for one in series.status[0, columns]):
            # Rounded months are never added up: a total stands as it was made, also where months of it are hidden.
            given = _total_given(series.totals, members)
            counts[:, at] = np.nan if given is None else given
            status[:, at] = Status.SUPPRESSED if given is None else Status.KNOWN
    labels = tuple(name for name, _members in wanted)
    return Windows(series.indicator, series.areas, labels, counts, status, series.denominators, series.rounded_to)


def _total_given(totals: Mapping[tuple[int, int], float], members: Sequence[int]) -> float | None:
    unbroken = len(members) == members[-1] - members[0] + 1
    return totals.get((members[0], members[-1])) if unbroken else None


def _outside(series: Series, members: Sequence[int]) -> Status:
    """What a window is that reaches out of the series: one that lacks only months after it has not come yet."""
    if not members or members[0] not in series.months:
        return Status.NOT_AVAILABLE
    inside = [series.status[0, m - series.months.start] for m in members if m in series.months]
    outside: Status = _status(np.array([[*inside, Status.NOT_YET]], object))[0]
    return outside


def _status(parts: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """What windows are whose months have these statuses (areas x months): what keeps one from being known comes first.

    The status of a sum is that of its parts where they agree.
    """
    alike = (parts == parts[:, :1]).all(axis=1)
    found = np.full(len(parts), None, object)
    found.fill(Status.PROVISIONAL)
    found[alike] = parts[alike, 0]
    for missing in (Status.SUPPRESSED, Status.NOT_YET, Status.NOT_AVAILABLE, Status.LATE):
        found[(parts == missing).any(axis=1)] = missing
    return found
