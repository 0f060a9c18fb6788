"""Long tables (series, date, value) as one array with a row for each series and a column for each period.

Periods are days, weeks (each named by its first day), months, quarters or years, as `frequency` says: 365 or 7, 52, 12,
4, 1. Quarters and years begin in the month that all dates are of (a year from April, by days in April); where dates are
of several, with the calendar's. A period that a series has no row for is not known (NaN), never nought.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redway.errors import Place
from redway.methods import inputs
from redway.methods.catalogue import Array, Column
from redway.methods.inputs import Floats, Unfit

MONTHS = {12: 1, 4: 3, 1: 12}  # of a period, by frequency
YEAR = {frequency: frequency for frequency in (*MONTHS, 52, 365)} | {7: 365}  # periods a year
LONGEST = 40_000  # periods: a hundred years of days

SERIES = Column("series", "what a row is of, where the table holds several series", "text", required=False)
DATE = Column("date", "the day, the first day of the week, or any day of the month, quarter or year", "date")
COUNT = Column("count", "events in that period; a period without a row is not known, so write its 0")


@dataclass(frozen=True)
class BySeries:
    """names (series,), starts (periods,) the first day of each, and values (series, periods) by column, NaN if none."""

    names: npt.NDArray[Any]
    starts: npt.NDArray[np.datetime64]
    values: Mapping[str, Floats]

    def rows(self, of: Mapping[str, Array], periods: Any = slice(None)) -> dict[str, Array]:
        """Arrays (series, periods) as columns of a long table again."""
        starts = self.starts[periods]
        ends: dict[str, Array] = {}
        if self.names.size > 1 or self.names[0]:
            ends["series"] = np.repeat(self.names, starts.size)
        ends["date"] = np.tile(starts.astype("datetime64[D]"), self.names.size)
        return ends | {name: np.asarray(values).reshape(-1) for name, values in of.items()}


def by_series(
    columns: Mapping[str, Array], values: Sequence[str], frequency: int, *, whole: Sequence[str] = ()
) -> BySeries:
    """The table of the columns `series` (may be missing), `date` and those named.

    whole  columns that need a number for every period of every series

    Raises Unfit, with the line of the file, for a row without a date, two rows of one period, numbers that are none (or
    negative, or parts, where they are counts), and gaps in columns that need to be whole.
    """
    dates = columns["date"].astype("datetime64[D]")
    if not dates.size:
        raise Unfit(
            "a date in every row",
            came="no rows",
            cause="a file with its heading line alone, or a filter that left nothing.",
        )
    if (none := np.flatnonzero(np.isnat(dates))).size:
        place = Place(row=int(none[0]) + 1, column="date")
        raise Unfit("a date in every row", came="an empty cell", cause=NO_DATE, place=place, count=none.size)
    for name in values:
        if name in columns:
            (inputs.counts if name == COUNT.name else inputs.numbers)(columns[name], name, missing=True)
    at, starts = _periods(dates, frequency)
    given = columns.get("series")
    names, which = (
        (np.array([""]), np.zeros(dates.size, dtype=int))
        if given is None
        else np.unique(given.astype(str), return_inverse=True)
    )
    cell = which * starts.size + at
    row_of = np.full(names.size * starts.size, -1)
    row_of[cell[::-1]] = np.arange(dates.size)[::-1]  # the first of each
    if (again := np.flatnonzero(row_of[cell] != np.arange(dates.size))).size:
        raise Unfit(
            "one row for each series and period",
            came=f"another for {_named(names, starts, int(cell[again[0]]))}",
            cause=MANY,
            place=Place(row=int(again[0]) + 1, column="date"),
            count=again.size,
        )
    tables = {}
    for name in values:
        if name in columns:
            table = np.full((names.size, starts.size), np.nan)
            table[which, at] = columns[name]
            tables[name] = table
            if name in whole and (gaps := np.flatnonzero(np.isnan(table))).size:
                raise _gap(name, gaps, row_of, _named(names, starts, int(gaps[0])))
    return BySeries(names, starts, tables)


def _gap(name: str, gaps: npt.NDArray[Any], row_of: npt.NDArray[Any], period: str) -> Unfit:
    """What to say of the first gap: an empty cell has a line, a period that was left out has the row before it."""
    first, expected = int(gaps[0]), f"{name}: a number for every period"
    if row_of[first] >= 0:
        place = Place(row=int(row_of[first]) + 1, column=name)
        empty = int((row_of[gaps] >= 0).sum())
        return Unfit(expected, came=f"an empty cell for {period}", cause=NOT_KNOWN, place=place, count=empty)
    before = row_of[first - 1] if first else -1
    place = Place(row=int(before) + 1, column=name) if before >= 0 else Place(column=name)
    told = "after this line no row" if before >= 0 else "no row"
    return Unfit(expected, came=f"{told} for {period}", cause=NOT_KNOWN, place=place)


def _named(names: npt.NDArray[Any], starts: npt.NDArray[np.datetime64], cell: int) -> str:
    """A period of a series in words: the first day, and the series where there are several."""
    series, at = divmod(cell, starts.size)
    return f"{starts[at]}" + (f" of “{names[series]}”" if names.size > 1 else "")


NO_DATE = "an empty row in the table, or one of totals under it."
NOT_KNOWN = "a period that nobody counted, or one without events: write its 0 if it had none; else begin after it."
MANY = "rows of several areas or kinds: name them in a column “series”; or the wrong frequency."


def _periods(dates: npt.NDArray[np.datetime64], frequency: int) -> tuple[npt.NDArray[Any], npt.NDArray[np.datetime64]]:
    """The position of each date's period, and the first day of each period from first to last."""
    year_of(frequency)
    if months := MONTHS.get(frequency):
        month = dates.astype("datetime64[M]").astype(int)
        begins = month % months
        first = int(begins[0]) if (begins == begins[0]).all() else 0
        at = (month - first) // months
        at, earliest = at - at.min(), int(at.min()) * months + first
        _long(at)
        return at, (earliest + months * np.arange(at.max() + 1)).astype("datetime64[M]").astype("datetime64[D]")
    step = 7 if frequency == 52 else 1
    days = (dates - dates.min()).astype(int)
    if (days % step).any():
        raise Unfit(
            "weeks that begin on the same weekday",
            came=f"some {int(days[days % step > 0][0] % step)} days off",
            cause="days or months, not weeks (see frequency), or a mistyped date.",
            place=Place(row=int(np.flatnonzero(days % step)[0]) + 1, column="date"),
        )
    _long(days // step)
    return days // step, dates.min() + step * np.arange(days.max() // step + 1)


def year_of(frequency: int) -> int:
    """How many periods make a year. Raises Unfit for a frequency that is none."""
    if frequency not in YEAR:
        raise Unfit(
            "frequency: 365 or 7 for days, 52 for weeks, 12 for months, 4 for quarters, 1 for years",
            came=f"{frequency}",
            cause="how long the season or the table is, where periods a year are meant.",
        )
    return YEAR[frequency]


def periods_ahead(newest: np.datetime64, h: int, frequency: int) -> npt.NDArray[np.datetime64]:
    """The first days of the h periods after one that begins on that day."""
    steps = np.arange(1, h + 1)
    if months := MONTHS.get(frequency):
        return (newest.astype("datetime64[M]") + months * steps).astype("datetime64[D]")
    return np.asarray(newest + (7 if frequency == 52 else 1) * steps)


def _long(at: npt.NDArray[Any]) -> None:
    if at.max() >= LONGEST:
        raise Unfit(f"at most {LONGEST:,} periods", came=f"{int(at.max()) + 1:,}", cause="a date with a wrong year.")
