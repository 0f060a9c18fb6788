"""Suppression by name, for tables of anybody's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from redway.errors import Place
from redway.methods.catalogue import Also, Answer, Array, Column, Method, Parameter
from redway.methods.inputs import Unfit, counts
from redway.methods.suppression.audit import crossed
from redway.methods.suppression.cell_key import cell_keys, noise_table, perturb
from redway.methods.suppression.complementary import suppress
from redway.methods.suppression.published import ABSENT, TOTAL, published
from redway.methods.suppression.worked_out import Contradiction, worked_out
from redway.methods.wording import several

Columns = Mapping[str, Array]
Given = Mapping[str, Any]


def _wide(columns: Columns) -> tuple[npt.NDArray[np.float64], Array, Array, tuple[str, ...]]:
    """A long table of down, across and count as one of two ways, noughts where a pair is not there; and what to know of
    pairs that are not there once."""
    for name in ("down", "across"):
        if (blank := np.flatnonzero(columns[name] == "")).size:
            raise Unfit(
                f"a label “{name}” in every row",
                came="an empty cell",
                cause="an empty row, one of totals, or a thing that is not known: call it so.",
                place=Place(row=int(blank[0]) + 1, column=name),
                count=blank.size,
            )
    (rows, i), (kinds, j) = (np.unique(columns[name], return_inverse=True) for name in ("down", "across"))
    if np.isin([TOTAL], np.concatenate([rows, kinds])).any():
        raise Unfit(
            "a table without its totals, which are added up here",
            came=f"rows named “{TOTAL}”",
            cause="a table that was copied with its totals: delete those rows.",
        )
    wide = np.zeros((rows.size, kinds.size))
    np.add.at(wide, (i, j), counts(columns["count"], "count"))
    times = np.zeros(wide.shape, dtype=np.int64)
    np.add.at(times, (i, j), 1)
    notes = []
    if many := int((times > 1).sum()):
        at = np.unravel_index(int(times.argmax()), times.shape)
        what = f"{several(many, 'pair')} of labels {'has' if many == 1 else 'have'} several rows, which were added up"
        notes.append(f"{what} (“{rows[at[0]]}”, “{kinds[at[1]]}” has {times.max():,}).")
    if none := int((times == 0).sum()):
        notes.append(f"{several(none, 'pair')} of {times.size:,} {'has' if none == 1 else 'have'} no row: taken as 0.")
    return wide, rows, kinds, tuple(notes)


def _complementary(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    wide, rows, kinds, said = _wide(columns)
    _refuse_no_protection(given)
    values, sums = crossed(wide)
    small = (values >= given["hide_from"]) & (values <= given["hide_to"])
    body = np.zeros((rows.size + 1, kinds.size + 1), dtype=bool)
    body[:-1, :-1] = True
    primary = small & (body.ravel() if given["totals"] == "shown" else True)
    cost = None if given["cost"] == "cells" else np.maximum(values, 0.5)
    least = np.minimum(values, given["protection"])
    found = suppress(
        values,
        sums,
        primary,
        lower=least,
        upper=given["protection"],
        cost=cost,
        fixed=(values == 0),
        time_limit=given["time_limit"],
    )
    at, across = np.meshgrid(np.append(rows, TOTAL), np.append(kinds, TOTAL), indexing="ij")
    shown = np.where(found.hidden, np.nan, values)
    status = np.where(found.primary, "primary", np.where(found.hidden, "secondary", "shown"))
    if found.cannot_tell:
        shown, status = np.full(values.size, np.nan), np.full(values.size, "withheld")
    told = {"down": at.ravel(), "across": across.ravel(), "value": shown, "status": status}
    notes = ("Safe for this table alone; not beside other tables or earlier releases of the same counts.", *said)
    return Answer(found.sentence, told, notes)


def _refuse_no_protection(given: Given) -> None:
    """Raises Unfit for settings by which nothing would be hidden, or nothing that is hidden would stay so."""
    if not 0 <= given["hide_from"] <= given["hide_to"]:
        raise Unfit(
            "hide_from and hide_to: the smallest and the largest count to hide",
            came=f"{given['hide_from']:g} and {given['hide_to']:g}",
            cause="the two changed places, or a sign too many.",
        )
    if not given["protection"] >= 1:
        raise Unfit(
            "protection: 1 or more, the counts by which a hidden one has to stay unsure",
            came=f"{given['protection']:g}",
            cause="a share in place of a count. With less, subtraction would tell the hidden count exactly.",
        )


def _worked_out(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    """A long table with its totals and marks, as it was published."""
    table = published(columns["down"], columns["across"], columns["value"], **given)
    try:
        found = worked_out(table.known, table.sums, table.hidden, width=given["width"])
    except Contradiction as fault:
        raise table.contradiction(fault) from None
    told = table.listed
    verdict = np.select([~found.hidden, found.exactly, found.too_closely], ["shown", "exactly", "too closely"], "safe")
    rows = {"down": table.down, "across": table.across, "value": table.shown, "low": found.low, "high": found.high}
    return Answer(
        found.sentence, {name: values[told] for name, values in (rows | {"verdict": verdict}).items()}, table.notes
    )


def _keyed(columns: Columns, given: Given, rng: np.random.Generator) -> Answer:
    """Counts by down and across of one row for each record, with its key."""
    (rows, i), (kinds, j) = (np.unique(columns[name], return_inverse=True) for name in ("down", "across"))
    cell = i * kinds.size + j
    size = rows.size * kinds.size
    found = perturb(
        np.bincount(cell, minlength=size),
        cell_keys(columns["key"], cell, size),
        noise_table(given["D"], given["V"], given["js"]),
    )
    at, across = np.meshgrid(rows, kinds, indexing="ij")
    return Answer(found.sentence, {"down": at.ravel(), "across": across.ravel(), "value": found.value})


CELL = (
    Column("down", "what it is in the row of, such as a ward", "text"),
    Column("across", "and in the column of, such as an offence", "text"),
)

METHODS = (
    Method(
        "complementary-suppression",
        "What to hide besides, so that hidden counts cannot be worked out",
        (*CELL, Column("count", "how many; no totals")),
        _complementary,
        (
            Parameter("hide_from", 1, "smallest count that is hidden", int),
            Parameter("hide_to", 7, "largest count that is hidden", int, also=(Also("maxN"),)),
            Parameter("protection", 1.0, "how far below and above a hidden count must seem possible", float),
            Parameter(
                "cost", "values", "what is kept small: values hidden besides, or cells", str, ("values", "cells")
            ),
            Parameter("totals", "hidden", "whether small totals are hidden too, or shown", str, ("hidden", "shown")),
            Parameter("time_limit", 30.0, "seconds to look for the least cost", float),
        ),
        "pytauargus OPT, GaussSuppression::GaussSuppressionFromData",
    ),
    Method(
        "suppression-audit",
        "What can be worked out of a table's hidden figures from those that are shown",
        (
            *CELL,
            Column("value", "the count, or what stands in its place: nothing, or a mark such as *, c or <5", "text"),
        ),
        _worked_out,
        (
            Parameter("total", TOTAL, "what rows and columns of totals are called"),
            Parameter("low", 0, "the least that a reader knows a hidden count to be", int),
            Parameter("high", None, "the most, where a reader knows that all hidden ones are small", int),
            Parameter("width", 2.0, "how wide the range of a hidden count must stay", float),
            Parameter("rounding", 1, "what shown counts are rounded to: 5, or 10", int),
            Parameter("absent", "refuse", "what a pair without a row is", choices=ABSENT),
        ),
        "sdcTable::attack, tau-argus audit",
    ),
    Method(
        "cell-key",
        "Counts moved a little, the same people always alike",
        (*CELL, Column("key", "each record's own key, from 0 to under 1, drawn once and kept")),
        _keyed,
        (
            Parameter("D", 5, "most noise", int),
            Parameter("V", 3.0, "its variance", float),
            Parameter("js", 2, "no count from 1 to this comes out", int),
        ),
        "ptable::create_cnt_ptable, cellKey",
    ),
)
