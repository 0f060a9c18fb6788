"""What stands in a cell, as text: the same whichever program saved the workbook, and nothing lost by writing it."""

import datetime as dt
import re

EXACT = 1e15  # whole numbers of more digits lost some when they were typed
MIDNIGHT = "T00:00:00"  # what is written after a day, where its cell is a date and a time
DURATION = re.compile(r"PT([0-9]+)H([0-9]{1,2})M([0-9]{1,2})(?:[.,][0-9]+)?S")
# A date-time is a fraction of a day in Excel's files, so 14:30 may come a thousandth of a second early.
Value = float | str | dt.time | dt.date | dt.timedelta  # what calamine gives
NEARLY = dt.timedelta(milliseconds=5)


def text(value: float | dt.time | dt.date | dt.timedelta) -> str:
    """A cell's value, other than text, as text: dates as 2025-11-03 or 2025-11-03T14:30:00, times as 14:30:00, TRUE and
    FALSE, numbers in full with at most the 15 digits that spreadsheets keep.

    Spreadsheets keep midnight as the day alone, so of a value by itself it is the date alone. Where its format shows a
    time too, whoever reads the cell writes MIDNIGHT after it (`xlsx`, `ods`).
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, dt.datetime):
        return _date_time(value)
    if isinstance(value, dt.timedelta):
        return _in_hours(round(value.total_seconds()))
    return value.isoformat("seconds") if isinstance(value, dt.time) else value.isoformat()


def number(value: float) -> str:
    """A number without an exponent and without a needless point: 46, 0.25, 12000000000."""
    if value % 1 == 0 and -EXACT < value < EXACT:
        return str(int(value))
    digits = f"{value:.15g}"
    if "e" not in digits:
        return digits
    mantissa, power = digits.split("e")
    whole, _, part = mantissa.lstrip("-").partition(".")
    at = len(whole) + int(power)
    plain = whole + part
    plain = f"0.{'0' * -at}{plain}" if at <= 0 else plain.ljust(at, "0")
    return ("-" if value < 0 else "") + plain


def duration(written: str) -> str:
    """A time of a day or more as ods files write it, PT30H15M00S, as 30:15:00; any other text as it is."""
    found = DURATION.fullmatch(written)
    return _in_hours(int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])) if found else written


def _date_time(value: dt.datetime) -> str:
    whole = (value + dt.timedelta(milliseconds=500)).replace(microsecond=0) if value.microsecond else value
    if abs(whole - value) <= NEARLY:
        value = whole
    if value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat("T", "milliseconds" if value.microsecond else "seconds")


def _in_hours(seconds: int) -> str:
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
