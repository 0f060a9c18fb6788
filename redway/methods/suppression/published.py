"""A table as it was published: totals among its rows, some figures behind marks; and what a reader knows of each.

A figure is a count, or whatever stands in its place: nothing, a mark (*, c, x, [c]), or one that says how many there
may be (<5, ≤4, under 5, 1-4, 1 to 4, >10). Totals that were not published are not known either.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from redway.errors import Place
from redway.methods import inputs
from redway.methods.inputs import Unfit
from redway.methods.suppression.audit import sums_of
from redway.methods.suppression.worked_out import Contradiction

Array = npt.NDArray[np.str_]
Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

TOTAL = "Total"
ABSENT = ("refuse", "nought", "hidden")
MOST_FIGURES = 200_000
COUNT = re.compile(r"\d+(\.0*)?|\d{1,3}(,\d{3})+")
NUMBER = re.compile(r"[-+]?[\d.,]*\d[\d.,]*%?")
UNDER = re.compile(r"(?:<|under|fewer than|less than)\s*(\d+)", re.IGNORECASE)
UP_TO = re.compile(r"(?:<=|≤|up to)\s*(\d+)", re.IGNORECASE)
OVER = re.compile(r">\s*(\d+)")
BETWEEN = re.compile(r"\[?(\d+)\s*(?:-|–|to)\s*(\d+)\]?", re.IGNORECASE)


@dataclass(frozen=True)
class Published:
    """Arrays (figures,), row by row, totals last.

    known    (figures, 2) the least and the most that a reader knows each to be
    shown    its value, NaN where hidden;  hidden  whether a mark stands in its place
    listed   whether it is in the table, or was taken to be
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    known: Floats
    shown: Floats
    hidden: Booleans
    listed: Booleans
    notes: tuple[str, ...]

    @property
    def down(self) -> Array:
        return np.repeat(np.array(self.rows), len(self.columns))

    @property
    def across(self) -> Array:
        return np.tile(np.array(self.columns), len(self.rows))

    @property
    def sums(self) -> csr_array:
        return sums_of(len(self.rows) - 1, len(self.columns) - 1)

    def contradiction(self, fault: Contradiction) -> Unfit:
        """The fault, with the name of the row or column whose figures cannot add up."""
        if fault.number is None:
            where = "rows and columns, taken together"
        elif fault.number < len(self.rows):
            where = f"the row “{self.rows[fault.number]}”"
        else:
            where = f"the column “{self.columns[fault.number - len(self.rows)]}”"
        return Unfit(f"figures that add up, in {where}", came="a total of others", cause=fault.cause)


def published(
    down: Array,
    across: Array,
    value: Array,
    *,
    total: str = TOTAL,
    low: int = 0,
    high: int | None = None,
    rounding: int = 1,
    absent: str = "refuse",
    **other: object,
) -> Published:
    """The table of rows (n,) of text: what each is in the row and in the column of, and its figure.

    total     what rows and columns of totals are called;  low, high  of a hidden figure whose mark does not say more
    rounding  shown figures are rounded to the nearest of it
    absent    of a pair without a row: refuse, or take it as nought, or as hidden; not of totals, which are not known

    Raises Unfit for a pair twice, a value that is no count, and pairs without a row.
    """
    inputs.chosen(absent, "absent", ABSENT)
    least = inputs.whole(low, "low")
    most = np.inf if high is None else float(inputs.whole(high, "high", least=least))
    half = inputs.whole(rounding, "rounding", least=1) // 2
    rows, i = _in_order(down, total)
    columns, j = _in_order(across, total)
    size = len(rows) * len(columns)
    if size > MOST_FIGURES or not len(value):
        raise Unfit(
            f"from 1 to {MOST_FIGURES:,} figures", came=f"{size if len(value) else 0:,}", cause="no table of two ways."
        )
    cell = i * len(columns) + j
    _refuse_twice(cell, down, across)
    shown, known = np.full(size, np.nan), np.column_stack([np.full(size, float(least)), np.full(size, most)])
    listed, hidden = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    listed[cell] = True
    for row, (at, text) in enumerate(zip(cell.tolist(), value.tolist(), strict=True), 1):
        said = _said(str(text).strip(), row)
        if isinstance(said, float):
            shown[at] = said
            known[at] = max(0.0, said - half), said + half
        else:
            hidden[at] = True
            known[at] = said.get("low", known[at, 0]), said.get("high", known[at, 1])
            if known[at, 0] > known[at, 1]:
                raise Unfit(
                    "low: no more than a mark says",
                    came=f"“{text}”",
                    cause="a low or a high that is meant for marks without a number.",
                    place=Place(row=row, column="value"),
                )
    body = np.zeros((len(rows), len(columns)), dtype=bool)
    body[:-1, :-1] = True
    gaps = np.flatnonzero(body.ravel() & ~listed)
    if gaps.size and absent == "refuse":
        at = divmod(int(gaps[0]), len(columns))
        raise Unfit(
            "a row for every pair",
            came=f"none for “{rows[at[0]]}” and “{columns[at[1]]}”",
            cause="noughts, or hidden ones, that were left out: say which with absent.",
            count=gaps.size,
        )
    listed[gaps] = True
    hidden[gaps] = absent == "hidden"
    if absent == "nought":
        shown[gaps], known[gaps] = 0.0, 0.0
    unsaid = ~body.ravel() & ~listed
    known[unsaid] = 0.0, np.inf
    notes = (f"{int(unsaid.sum()):,} of {int((~body).sum()):,} totals are not in the table, and are not known.",)
    return Published(rows, columns, known, shown, hidden, listed, notes if unsaid.any() else ())


def _in_order(names: Array, total: str) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """Names in the order of the table, that of totals last, and the place of each row's."""
    given = [str(name).strip() for name in names.tolist()]
    sums = {name for name in given if name.casefold() == total.strip().casefold()}
    order = [name for name in dict.fromkeys(given) if name not in sums]
    place = {name: at for at, name in enumerate(order)} | dict.fromkeys(sums, len(order))
    return (*order, total), np.array([place[name] for name in given], dtype=np.int64)


def _refuse_twice(cell: npt.NDArray[np.int64], down: Array, across: Array) -> None:
    _, first = np.unique(cell, return_index=True)
    if first.size < cell.size:
        row = int(np.setdiff1d(np.arange(cell.size), first)[0])
        raise Unfit(
            "one row for a pair",
            came=f"another for “{down[row]}” and “{across[row]}”",
            cause="a table of three ways, or of several periods: audit each by itself.",
            place=Place(row=row + 1, column="down"),
            count=cell.size - first.size,
        )


def _said(text: str, row: int) -> float | Mapping[str, float]:
    """A count; or, of a hidden one, what its mark says of it."""
    if COUNT.fullmatch(text):
        return float(text.replace(",", ""))
    if found := UNDER.fullmatch(text):
        return {"high": float(max(0, int(found[1]) - 1))}
    if found := UP_TO.fullmatch(text):
        return {"high": float(found[1])}
    if found := OVER.fullmatch(text):
        return {"low": float(found[1]) + 1}
    if found := BETWEEN.fullmatch(text):
        return {"low": float(found[1]), "high": float(found[2])}
    if NUMBER.fullmatch(text):
        raise Unfit(
            "value: a count of 0 or more, or a mark",
            came=f"“{text}”",
            cause="rates or shares, which do not add up, or a difference.",
            place=Place(row=row, column="value"),
        )
    return {}
