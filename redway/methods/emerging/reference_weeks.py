"""Which past weeks Farrington's method compares this week with, and which season each of them stands for.

For week k the weeks from 1 to b years back are found, and w weeks either side of each: those are the season of now.
With `no_periods` above 1 the weeks between these windows are used too, cut into `no_periods` - 1 seasons of nearly
even length, the earlier ones taking what does not divide. The newest `past_weeks_not_included` weeks are left out,
so that what may be an outbreak does not teach the model what to expect.

A year back is `frequency` weeks, or, where the days on which weeks begin are given, the same weekday nearest to the
same date (so 52 or 53 weeks).

Source: Noufaily, Enki, Farrington, Garthwaite, Andrews and Charlett (2013), *Statistics in Medicine* 32, 1206-1222.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redway.methods.inputs import Floats, Integers, Unfit
from redway.methods.wording import several

Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class References:
    """Weeks before now, and the season of each.

    back     int array (n,): how many weeks back, oldest first
    season   int array (n,): 0, 1, ...; the last one is now's
    """

    back: Integers
    season: Integers

    @property
    def seasons(self) -> int:
        return int(self.season.max()) + 1

    @property
    def indicator(self) -> Floats:
        """Which week is of which season, (n, seasons)."""
        return (self.season[:, None] == np.arange(self.seasons)).astype(float)


def references(
    week: int,
    *,
    frequency: int,
    b: int,
    w: int,
    no_periods: int,
    past_weeks_not_included: int,
    starts: Days | None = None,
) -> References:
    """The reference weeks of a week (from 0), or Unfit where there is not enough past."""
    now = week
    years = _years_back(week, frequency, b, starts)
    if years[-1] - w < 0:
        raise Unfit(
            f"{b} years of past before the first week to be judged, and {w} weeks more",
            came=f"a past of {several(week, 'week')} before week {week + 1:,}",
            cause="a series that is too short: judge later weeks, or look back fewer years (b).",
        )
    season = np.full(week + 1, -1)
    season[max(0, now - w) : now + 1] = no_periods - 1
    for later, earlier in itertools.pairwise(years):
        season[earlier - w : earlier + w + 1] = no_periods - 1
        if no_periods > 1:
            between = np.arange(earlier + w + 1, later - w)
            season[between] = _cut(between.size, no_periods - 1)
    season[max(0, week - past_weeks_not_included) :] = -1
    used = np.flatnonzero(season >= 0)
    if not used.size or no_periods - 1 not in season[used]:
        raise Unfit("reference weeks", came="none left", cause="past_weeks_not_included is too large.")
    _, renamed = np.unique(season[used], return_inverse=True)
    return References(week - used, renamed)


def _years_back(week: int, frequency: int, b: int, starts: Days | None) -> list[int]:
    """Now and the same week of each earlier year; an index under 0 where there is none."""
    if starts is None:
        return [week - frequency * year for year in range(b + 1)]
    today = starts[week]
    month = today.astype("datetime64[M]")
    into = today - month.astype("datetime64[D]")
    found = [week]
    for year in range(1, b + 1):
        day = (month - np.timedelta64(12 * year, "M")).astype("datetime64[D]") + into
        off = int((today - day).astype(int)) % 7
        nearest = day + np.timedelta64(off if off <= 3 else off - 7, "D")
        at = int(np.searchsorted(starts, nearest))
        found.append(at if at < starts.size and starts[at] == nearest else -1)
    return found


def _cut(length: int, parts: int) -> Integers:
    """Numbers of parts of nearly even length, the first ones taking what is over."""
    if length < parts:
        raise Unfit(
            "fewer seasons (no_periods)",
            came=f"{parts} for {length} weeks between the windows",
            cause="a window (w) so wide that little of the year is left between.",
        )
    even, over = divmod(length, parts)
    return np.repeat(np.arange(parts), [even + (part < over) for part in range(parts)])


def weekly(starts: npt.ArrayLike, weeks: int) -> Days:
    """The days on which so many weeks begin, seven days apart. Raises Unfit for anything else."""
    try:
        days = np.asarray(starts, dtype="datetime64[D]")
    except ValueError:
        raise Unfit(
            "starts: the day on which each week begins",
            came="something that is no date",
            cause="days written as 31/12/2025: write 2025-12-31.",
        ) from None
    if days.shape != (weeks,) or np.isnat(days).any() or (np.diff(days).astype(int) != 7).any():
        raise Unfit(
            "starts: a day for each week, seven days apart",
            came=f"{days.size:,} days for {weeks:,} weeks",
            cause="a week that is left out: write its 0.",
        )
    return days
