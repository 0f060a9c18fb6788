"""What stands in a cell, as text: the same whichever program saved the workbook, and nothing lost by writing it."""

import datetime as dt
import re

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
DURATION = re.compile(r"PT([0-9]+)H([0-9]{1,2})M([0-9]{1,2})(?:[.,][0-9]+)?S")
# A date-time is a fraction of a day in Excel's files, so 14:30 may come a thousandth of a second early.
NEARLY = dt.timedelta(milliseconds=5)


def text(value: Value) -> str:
    """A cell's value as text: dates as 2025-11-03 or 2025-11-03T14:30:00 (midnight is the date alone), times as
    14:30:00, TRUE and FALSE, numbers in full with at most the 15 digits that spreadsheets keep.
    """
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, dt.datetime):
        return _date_time(value)
    if isinstance(value, dt.timedelta):
        return _duration(round(value.total_seconds()))
    return value.isoformat("seconds") if isinstance(value, dt.time) else value.isoformat()


def number(value: float) -> str:
    """A number without an exponent and without a needless point: 46, 0.25, 12000000000."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
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


def _plain(value: str) -> str:
    if found := DURATION.fullmatch(value):  # a time of a day or more in an ods file
        return _duration(int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3]))
    return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value


def _date_time(value: dt.datetime) -> str:
    whole = (value + dt.timedelta(milliseconds=500)).replace(microsecond=0) if value.microsecond else value
    if abs(whole - value) <= NEARLY:
        value = whole
    if value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat("T", "milliseconds" if value.microsecond else "seconds")


def _duration(seconds: int) -> str:
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
