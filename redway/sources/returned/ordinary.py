"""Ordinary cells: SQL for the value of a cell that is written as most are, null for any other.

Nine cells in ten are ISO dates, codes spelt as the list has them, yes or no. To know one for that and to take its value
is one look at the cell as it came; only what is left is trimmed, and tried in every other way that `cells.py` takes. An
ordinary cell's value is the one that `cells.py` would give.
"""

from collections.abc import Iterable

from redway.sources.dataset import Column
from redway.sources.returned.periods import MONTH
from redway.store.query import text

LSOA = "[EW]01[0-9]{6}"
# Shapes of dates and times. A pattern of the shell is known in a third of the time a regular expression takes.
TWO = "[0-9]" * 2
DATE = f"{TWO}{TWO}-{TWO}-{TWO}"
MINUTE = f"{DATE}[T ]{TWO}:{TWO}"
SECOND = f"{MINUTE}:{TWO}"
# How most cells of a type are written, and what they are then. None of these takes a cell with blanks around it.
FORMS = {
    "date": f"CASE WHEN $c GLOB '{DATE}' THEN try_cast($c AS DATE) END",
    "date-time": f"CASE WHEN (strlen($c) = 16 AND $c GLOB '{MINUTE}') OR (strlen($c) = 19 AND $c GLOB '{SECOND}') "
    "THEN try_cast($c AS TIMESTAMP) END",
    "month": f"CASE WHEN regexp_full_match($c, '{MONTH}') THEN $c END",
    "integer": "CASE WHEN regexp_full_match($c, '-?[0-9]{1,15}') THEN $c::BIGINT END",
    "number": "CASE WHEN regexp_full_match($c, '-?[0-9]{0,15}\\.?[0-9]{1,15}') THEN $c::DOUBLE END",
    "yes-no": "CASE $c WHEN 'yes' THEN true WHEN 'no' THEN false END",
    "pseudonym": "CASE WHEN regexp_full_match($c, '[0-9a-f]{32,64}') THEN $c END",
    "area": f"CASE WHEN regexp_full_match($c, '{LSOA}') THEN $c END",
}


def form(column: Column, cell: str, *, kind: str = "", codes: Iterable[str] = (), areas: bool = False) -> str:
    """SQL for the value of an ordinary cell of a column of any type but text.

    cell   SQL for the cell as it came
    kind   the type of the codes that the column takes
    codes  those codes
    areas  whether the type of known areas was made
    """
    if column.type == "code":
        return _several(cell, codes) if column.many else f"try_cast({cell} AS {kind})"
    if column.type == "area" and areas:
        return f"CASE WHEN try_cast({cell} AS known_areas) IS NOT NULL THEN {cell} END"
    return FORMS[column.type].replace("$c", cell)


def _several(cell: str, codes: Iterable[str]) -> str:
    """SQL for the codes of a cell, in order: of each code whether the cell has it, which is quicker than to part and
    sort the cell. Where those it has are as long together as the cell there is nothing else in it, nor any twice.
    """
    within = f"(';' || {cell} || ';')"  # null of no cell, which takes no time
    each = (
        f"CASE WHEN contains({within}, {text(f';{code};')}) THEN {text(f'{code};')} ELSE '' END"
        for code in sorted(codes)
    )
    found = f"concat({', '.join(each)})"
    return f"CASE WHEN strlen({found}) = strlen({cell}) + 1 THEN rtrim({found}, ';') END"


def trimmed(cell: str) -> str:
    """SQL for a cell without blanks around it, null when nothing is left. To trim takes longer than to look whether
    there is anything to trim; blanks beyond ASCII are trimmed too.
    """
    perhaps = f"starts_with({cell}, ' ') OR ends_with({cell}, ' ') OR strlen({cell}) <> length({cell})"
    return f"nullif(CASE WHEN {perhaps} THEN trim({cell}) ELSE {cell} END, '')"
