"""Which periods a return may be of, whichever way it comes: none that has not begun, and no word that nothing happened
in one that is not over.
"""

import datetime as dt
from collections.abc import Callable, Iterable

from redway import periods
from redway.errors import FileRefused, Place, RedwayError
from redway.sources.dataset import Dataset
from redway.sources.returned.periods import period_column
from redway.work.returns.loading import Staged

LENGTHS = {"monthly": "a month", "quarterly": "a quarter", "termly": "a term", "annual": "a year"}
MONTHS_BACK = {"monthly": 18, "quarterly": 24, "termly": 24, "annual": 60}


def is_over(period: str, on: dt.date) -> bool:
    """Whether the last day of a period lies before a day."""
    return periods.last_day(period) < on


def recent_periods(definition: Dataset, on: dt.date) -> list[tuple[str, str]]:
    """The periods that a return is likely to be of, newest first, each with its words: those that were over by a day.

    A period that is still running is offered to nobody: what is sent of it can only be a part.
    """
    label = LABELS.get(definition.cadence)
    if label is None:
        return []
    this = 12 * on.year + on.month - 1
    found = dict.fromkeys(label(month) for month in range(this, this - MONTHS_BACK[definition.cadence], -1))
    return [(one, periods.in_words(one)) for one in found if is_over(one, on)]


def check_period(period: str, on: dt.date, definition: Dataset) -> None:
    """Raises RedwayError for a label that names no period, for a period that had not begun by a day, and for one of a
    length that no return of the dataset has.
    """
    if not period:
        return
    try:
        first = periods.months_of(period)[0]
    except ValueError:
        raise RedwayError(
            "a period such as 2025-11, 2025/26-Q3, YE-2026-03 or 2025-autumn",
            came=f"“{period}”",
            cause="a spelling mistake.",
        ) from None
    if first > 12 * on.year + on.month - 1:
        raise RedwayError(
            "a period that has begun",
            came=f"“{period}”, which is still to come",
            cause="a mistyped year or month.",
        )
    _check_length(period, definition)


def _check_length(period: str, definition: Dataset) -> None:
    """Rows belong to a period of the dataset's own length, or to a longer one that they name themselves: where another
    is named, every row would be refused.
    """
    kind, column = periods.kind_of(period), period_column(definition)
    label = LABELS.get(definition.cadence)
    named_by_rows = column is not None and column.type == "text" and kind != "monthly"
    if label is None or kind == definition.cadence or named_by_rows:
        return
    fitting = list(dict.fromkeys(map(label, periods.months_of(period))))
    instead = fitting[0] if len(fitting) == 1 else f"one of {', '.join(fitting)}"
    raise RedwayError(
        f"a period of this {definition.cadence} return, such as {fitting[0]}",
        came=f"“{period}” ({periods.in_words(period)})",
        cause=f"“{definition.title}” is sent for {LENGTHS[definition.cadence]} as a whole. Name {instead}.",
    )


def check_nothing_to_report(staged: Iterable[Staged], on: dt.date) -> None:
    """Raises FileRefused for a return without a row, of a period that is not over: something may happen in it yet."""
    for s in staged:
        period = s.loaded.period
        if s.definition.access == "open" or s.loaded.rows_accepted or not period or is_over(period, on):
            continue
        raise FileRefused(
            f"rows, or a period that is over ({periods.in_words(period)} ends on {periods.last_day(period)})",
            came="no rows, which would say that nothing happened in a period that is not over",
            cause="another period was meant, or it was sent too early. Send it when the period is over.",
            place=Place(s.file),
        )


def _term(month: int) -> str:
    year, place = divmod(month, 12)
    return f"{year}-{'autumn' if place >= 8 else 'summer' if place >= 3 else 'spring'}"


LABELS: dict[str, Callable[[int], str]] = {
    "monthly": periods.label,
    "quarterly": periods.quarter,
    "termly": _term,
    "annual": lambda month: periods.year_ending(month - (month % 12 - 2) % 12),
}
