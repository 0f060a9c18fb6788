"""What was reported when: events by week and delay, from a list of events or from what was submitted, week after week.

A row says that so many events of a day (`happened`) were reported on another (`reported`): one, or `count`. Or it is
what a submission of that day said of that week so far (`so_far`): what it says beyond the one before has been reported
since, and a count that went down is taken as no new events. Weeks before the first submission are left out, since
nobody knows when their events were reported.

Delays are in whole weeks, and the newest week is the one of the last report.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.inputs import Floats, Integers, Unfit

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST = 5_700  # weeks: about what a hundred years hold
WRONG_YEAR = "a date with a wrong year."


@dataclass(frozen=True)
class History:
    """Events by series, week and delay.

    names   (series,)
    begin   the first day of week 0; other weeks begin on the same weekday
    tables  (series, weeks, longest + 1), NaN where reports are still to come, the newest week last
    """

    names: npt.NDArray[Any]
    begin: np.datetime64
    tables: Floats


def week_of(days: npt.ArrayLike, starts: str) -> np.datetime64:
    """The first day of the week of the first day, weeks beginning on that weekday. Raises Unfit for none."""
    inputs.chosen(starts, "week_starts", WEEKDAYS)
    told = np.asarray(days).astype("datetime64[D]")
    told = told[~np.isnat(told)]
    first = told.min() if told.size else np.datetime64("1970-01-01")
    weekday = (int(first.astype(int)) + 3) % 7  # 1970 began on a Thursday
    return np.datetime64(first - (weekday - WEEKDAYS.index(starts)) % 7)


def history(
    happened: npt.ArrayLike,
    reported: npt.ArrayLike,
    *,
    longest: int,
    series: npt.ArrayLike | None = None,
    count: npt.ArrayLike | None = None,
    so_far: npt.ArrayLike | None = None,
    begin: np.datetime64 | None = None,
    until: np.datetime64 | None = None,
) -> History:
    """What was reported when, from days (rows,); longer delays than `longest` weeks are left out.

    series  the name of each row's series; one series if not given
    count   events of a row, 1 if not given; so_far in its place: events that a submission of `reported` knew of
    begin   a day on which weeks begin; that of the first event if not given
    until   a day of the newest week, where later than the last report

    Raises Unfit for days that are missing, events reported before they happened, dates many years apart, and two
    submissions of one day about one week.
    """
    told, said = (np.asarray(days).astype("datetime64[D]") for days in (happened, reported))
    size = inputs.same_length(happened=told, reported=said)
    if not size or np.isnat(told).any() or np.isnat(said).any():
        raise Unfit(
            "both dates in every row",
            came="none in some rows",
            cause="reports whose day was not written down, or a date in another style.",
        )
    if (early := int((said < told).sum())) and so_far is None:
        raise Unfit(
            "reports no earlier than the events",
            came=f"{early:,} earlier ones",
            cause="columns that are the other way round, or a mistyped year.",
        )
    names, which = np.unique(np.zeros(size, int) if series is None else np.asarray(series), return_inverse=True)
    names = np.array([""]) if series is None else names
    first = told.min() if begin is None else begin.astype("datetime64[D]")
    week, at = ((days - first).astype(int) // 7 for days in (told, said))
    now = int(max(at.max(), week.max() if until is None else int((until - first).astype(int)) // 7))
    events = np.ones(size) if count is None else inputs.at_least(count, "count", 0)
    if so_far is not None:
        _refuse_twice(which, week, said)
        events = _since(which, week, said, inputs.at_least(so_far, "so_far", 0))
    start = int(at.min()) if so_far is not None else int(week.min())
    if now - start >= LONGEST:
        raise Unfit(f"dates within {LONGEST:,} weeks", came=f"{told.min()} to {said.max()}", cause=WRONG_YEAR)
    delay = np.maximum(at - week, 0)
    keep = (week >= start) & (delay <= inputs.whole(longest, "longest", least=1))
    tables = np.zeros((names.size, now + 1 - start, longest + 1))
    np.add.at(tables, (which[keep], week[keep] - start, delay[keep]), events[keep])
    ahead = np.arange(now + 1 - start)[:, None] + np.arange(longest + 1) > now - start
    return History(names, first + 7 * start, np.where(ahead, np.nan, tables))


def _refuse_twice(which: npt.NDArray[Any], week: Integers, said: npt.NDArray[Any]) -> None:
    rows = np.column_stack([which, week, said.astype(np.int64)])
    if twice := len(rows) - len(np.unique(rows, axis=0)):
        raise Unfit(
            "one row for each series, week and submission",
            came=f"{twice:,} more",
            cause="rows of several areas or kinds: name them in a column “series”.",
        )


def _since(which: npt.NDArray[Any], week: Integers, said: npt.NDArray[Any], so_far: Floats) -> Floats:
    """Events that each submission knew of and none before it of the same week did."""
    order = np.lexsort((said, week, which))
    new = np.concatenate([[True], np.diff(which[order]) + np.diff(week[order]) != 0])
    new[1:] |= (np.diff(which[order]) != 0) | (np.diff(week[order]) != 0)
    group = np.cumsum(new)
    above = float(so_far.max(initial=0)) + 1
    most = np.maximum.accumulate(so_far[order] + above * group) - above * group
    before = np.where(new, 0.0, np.concatenate([[0.0], most[:-1]]))
    events = np.empty(so_far.size)
    events[order] = most - before
    return events
