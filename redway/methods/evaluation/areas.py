"""Rows of areas by their kind, treated, control and so on, as tables of anybody's own have them."""

import re
from collections.abc import Mapping

import numpy as np

from redway.errors import Place, did_you_mean
from redway.methods.catalogue import Array
from redway.methods.inputs import Unfit

Columns = Mapping[str, Array]


def pairs(columns: Columns, kinds: tuple[str, ...], needed: int) -> dict[str, tuple[float, float]]:
    """Counts before and after of each kind of area, summed over rows."""
    found = {k: columns["kind"] == k for k in kinds}
    if lacking := [k for k in kinds[:needed] if not found[k].any()]:
        raise Unfit(
            f"rows whose kind is {' and '.join(f'“{k}”' for k in kinds[:needed])}",
            came=f"none that is “{lacking[0]}”",
            cause="a kind under another's name, or areas that were left out.",
        )
    return {k: (float(columns["before"][at].sum()), float(columns["after"][at].sum())) for k, at in found.items()}


def spelt(columns: Columns, kinds: tuple[str, ...]) -> Columns:
    """The same with kinds as we spell them, however they are: Treated, DISP treated, disp-control. Raises Unfit for
    a row of the window itself that has another."""
    given, which = np.unique(columns["kind"].astype(str), return_inverse=True)
    kind = np.array([re.sub("[ -]", "_", one.strip().casefold()) for one in given.tolist()], dtype=np.str_)[which]
    unknown = ~np.isin(kind, kinds)
    if "earlier" in columns:
        unknown &= columns["earlier"] == ""
    if unknown.any():
        first = int(np.argmax(unknown))
        came = str(columns["kind"][first])
        raise Unfit(
            f"kind: one of {', '.join(kinds)}",
            came=f"“{came}”" if came else "an empty cell",
            cause=did_you_mean(came, kinds) if came else "a row of totals, or one that was not filled in.",
            place=Place(row=first + 1, column="kind"),
            count=int(unknown.sum()),
        )
    return {**columns, "kind": kind}


def apart(columns: Columns) -> tuple[Columns, Array | None]:
    """The rows of the window itself, and the counts (periods, areas) of rows of earlier periods, if there are any."""
    if "earlier" not in columns or not (columns["earlier"] != "").any():
        return columns, None
    past = columns["earlier"] != ""
    names = [columns[name][past] for name in ("kind", "area") if name in columns]
    periods, period = np.unique(columns["earlier"][past], return_inverse=True)
    areas, area = np.unique(names[0] if len(names) == 1 else np.char.add(np.char.add(names[0], "\0"), names[1]),
                            return_inverse=True)  # fmt: skip
    counts, rows = np.zeros((periods.size, areas.size)), np.zeros((periods.size, areas.size))
    np.add.at(counts, (period, area), columns["before"][past])
    np.add.at(rows, (period, area), 1)
    if (rows != 1).any():
        raise Unfit(
            "one row for every area in every earlier period",
            came=f"{int(rows.max())} of one" if (rows > 1).any() else "none of one",
            cause="several areas of one kind: name them in a column “area”; or a period that is not known everywhere.",
        )
    return {name: values[~past] for name, values in columns.items()}, counts
