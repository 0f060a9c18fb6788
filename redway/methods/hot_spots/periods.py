"""Periods as people write them, 28 days or 1 month, and which one each event falls in.

Days and weeks are counted from the first day. Months, quarters and years run from the same day of the month as the
first day has (31 January to 28 February, and so on); where no first day was chosen, they are the calendar's.
"""

import re
from typing import Any

import numpy as np

from redway.errors import did_you_mean
from redway.methods.catalogue import Array
from redway.methods.inputs import Integers, Unfit

DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
LONGEST = 36_600  # days, or months: a hundred years and more


def numbered(dates: Array, first: float, length: Any, *, chosen: bool) -> Integers:
    """The number of each day's period, from 0.

    dates   datetime64[D] array (events,), none before `first`
    first   days since 1970 of the first day; `chosen` where somebody said so
    length  "28 days", "2 weeks", "1 month", "month", or a number of days

    Raises Unfit for a length that is none.
    """
    many, unit = _read(str(length))
    when = dates.astype("datetime64[D]").astype(np.int64)
    if unit in DAYS:
        return np.asarray((when - int(first)) // (many * DAYS[unit]), dtype=np.int64)
    begins = np.datetime64(int(first), "D")
    month = dates.astype("datetime64[M]")
    months = (month - begins.astype("datetime64[M]")).astype(np.int64)
    if chosen:
        day = (begins - begins.astype("datetime64[M]")).astype(np.int64)
        last = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64) - 1
        months -= (dates.astype("datetime64[D]") - month).astype(np.int64) < np.minimum(day, last)
    return np.asarray(months // (many * MONTHS[unit]), dtype=np.int64)


def _read(length: str) -> tuple[int, str]:
    """How many of which unit."""
    units = (*DAYS, *MONTHS)
    found = re.fullmatch(r"(?:(\d+)\s*)?([a-z]*)", length.strip().casefold())
    many, word = (found[1], found[2]) if found else ("", length)
    unit = word.removesuffix("s") if word else "day"
    if not found or unit not in units or not (many or word) or not 1 <= int(many or 1) <= LONGEST:
        raise Unfit(
            "period: so many days, weeks, months, quarters or years, such as 28 days or 1 month",
            came=f"“{length}”",
            cause=did_you_mean(word, [f"{one}s" for one in units]) if found and word and unit not in units
            else "a number that is no whole one above nought, or other marks among them.",
        )  # fmt: skip
    return int(many or 1), unit
