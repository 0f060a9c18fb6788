"""CSV for people and for machines: a block of metadata, an empty line, then the rows.

Spreadsheets run a cell that begins with = + - @ as a formula, so text that does is written with an apostrophe
before it. Numbers are numbers and stay as they are, minus signs included.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from math import isinf

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

Value = str | int | float | None


def escaped(value: Value) -> str:
    """One cell as it is written: None and NaN are empty (the status column says why), text is disarmed."""
    if value is None or value != value:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    if isinstance(value, float) and isinf(value):
        return "infinity" if value > 0 else "-infinity"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def document(columns: Sequence[str], rows: Iterable[Sequence[Value]], about: Mapping[str, Value]) -> str:
    """The whole file: `# name,value` lines of metadata, an empty line, the heading, the rows."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for name, value in about.items():
        writer.writerow([f"# {name}", escaped(value)])
    if about:
        out.write("\r\n")
    writer.writerow(columns)
    writer.writerows([escaped(value) for value in row] for row in rows)
    return out.getvalue()
