"""Checking a reference table cell by cell, each different cell of a column once.

Faults of a row refuse the row, and the file too where they are more than the dataset's `refuse_above`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from redway.errors import FileRefused, Place
from redway.sources.dataset import Dataset, Refusals
from redway.sources.fields import NUMBER, Field, RowCheck

CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"  # never in a table that was made for people; ends of lines are none


@dataclass
class Rows:
    """The rows that still stand, each cell by its code (`coded`), the numbers they had in the file (1 is the first),
    and those refused.
    """

    table: pa.Table
    file_name: str
    numbers: npt.NDArray[np.int64]
    refused: list[Refusals]

    def refuse(self, bad: Any, reason: str, *, column: str, expected: str) -> None:
        """Drop the rows where `bad` is true; keep how many they were, and the first."""
        mask = np.asarray(bad, dtype=bool)
        if not mask.any():
            return
        first = int(np.argmax(mask))
        came = str(self.table[column][first].as_py() or "an empty cell")[:80]
        place = Place(self.file_name, int(self.numbers[first]), column)
        self.refused.append(Refusals(reason, int(mask.sum()), place, came, expected))
        self.table, self.numbers = self.table.filter(pa.array(~mask)), self.numbers[~mask]


def check_table(
    texts: pa.Table,
    definition: Dataset,
    fields: Sequence[Field],
    *,
    file_name: str,
    key: Sequence[str],
    checks: Sequence[RowCheck] = (),
    repeats: bool = False,
    controls: bool = True,
) -> tuple[pa.Table, int, tuple[Refusals, ...]]:
    """The same for a table that was read already: its columns are the fields, its cells text, empty ones null. The
    typed rows come as codes, see `coded`.

    controls  whether there may be characters in it that no text has
    """
    read = texts.num_rows
    rows = Rows(coded(texts), file_name, np.arange(1, read + 1), [])
    for field in fields:
        if controls and field.kind == "text" and not field.like:
            _refuse_controls(rows, field)
        _check(rows, field)
    rows.table = pa.table({f.name: _typed(rows.table[f.name].combine_chunks(), f) for f in fields})
    for check in checks:
        wrong = check.wrong(decoded(rows.table))
        rows.refuse(wrong, check.reason, column=check.column, expected=check.expected)
    order = _ordered(rows, key, repeats=repeats)
    _refuse_the_file(rows, read, definition)
    return rows.table.take(order), read, tuple(rows.refused)


def coded(table: pa.Table) -> pa.Table:
    """The same cells, each different one of a column held once: what is asked of a cell is then asked once of all that
    are alike.
    """
    return _by_column(table, pa.Array.dictionary_encode)


def decoded(table: pa.Table) -> pa.Table:
    """The table as it was before `coded`."""
    return _by_column(table, pa.DictionaryArray.dictionary_decode)


def _by_column(table: pa.Table, made: Callable[[Any], pa.Array]) -> pa.Table:
    return pa.table({name: made(table[name].combine_chunks()) for name in table.column_names})


def _refuse_controls(rows: Rows, field: Field) -> None:
    """Refuse the rows with characters that no text has in this column."""
    odd = _where(rows, field, lambda texts: pc.match_substring_regex(texts, CONTROL))
    rows.refuse(odd, f"control characters in {field.name}", column=field.name, expected="text that can be read")


def _check(rows: Rows, field: Field) -> None:
    """Refuse the rows whose cell in this column is not what it should be."""
    if not field.optional:
        empty = pc.is_null(rows.table[field.name])
        rows.refuse(empty, f"no {field.name}", column=field.name, expected=field.needs)
    if _pattern(field):
        unlike = _where(rows, field, lambda texts: pc.invert(_like(texts, field)))
        rows.refuse(unlike, f"malformed {field.name}", column=field.name, expected=field.needs)
    for bound, beyond, words in ((field.least, pc.less, "too small"), (field.most, pc.greater, "too large")):
        if bound is not None:
            outside = _where(rows, field, partial(_beyond, field, beyond, bound))
            rows.refuse(outside, f"{field.name} {words}", column=field.name, expected=field.needs)


def _where(rows: Rows, field: Field, wrong: Callable[[pa.Array], pa.Array]) -> npt.NDArray[np.bool_]:
    """The rows whose cell is one of those that are wrong; each different text is asked about once."""
    cells = rows.table[field.name].combine_chunks()
    found = pc.fill_null(wrong(cells.dictionary), False)
    if not pc.any(found).as_py():
        return np.zeros(len(cells), dtype=bool)
    return np.asarray(pc.fill_null(found.take(cells.indices), False))


def _beyond(field: Field, beyond: Callable[[Any, float], Any], bound: float, texts: pa.Array) -> pa.Array:
    return beyond(pc.cast(_as_type(texts, field), pa.float64(), safe=False), bound)


def _pattern(field: Field) -> str:
    return {"text": field.like, "integer": r"-?[0-9]{1,15}", "number": NUMBER}[field.kind]


def _like(texts: pa.Array, field: Field) -> pa.Array:
    """Whether each text is what the field's cells are."""
    return pc.match_substring_regex(_plain(texts, field), f"^(?:{_pattern(field)})$")


def _plain(texts: pa.Array, field: Field) -> pa.Array:
    """Numbers without separators: publishers write 1,474 in some editions and 1474 in others."""
    return texts if field.kind == "text" else pc.replace_substring(texts, ",", "")


def _typed(cells: pa.DictionaryArray, field: Field) -> pa.DictionaryArray:
    """Checked text as its own type."""
    return pa.DictionaryArray.from_arrays(cells.indices, _as_type(cells.dictionary, field))


def _as_type(texts: pa.Array, field: Field) -> pa.Array:
    """Texts as the field's type; what is none of it, which only refused rows have, is null where it cannot be."""
    if field.kind == "text":
        return texts
    kind = {"integer": pa.int64(), "number": pa.float64()}[field.kind]
    numbers = _plain(texts, field)
    try:
        return pc.cast(numbers, kind)
    except pa.ArrowInvalid:
        return pc.cast(pc.if_else(_like(texts, field), numbers, pa.scalar(None, pa.string())), kind)


def _ordered(rows: Rows, key: Sequence[str], *, repeats: bool) -> npt.NDArray[np.int64]:
    """The order of the rows by their key; those whose key came before are refused unless `repeats`."""
    numbers = _ranked(rows.table, key)
    order = np.argsort(numbers, kind="stable")
    again = np.diff(numbers[order]) == 0
    if repeats or not again.any():
        return order
    repeated = np.zeros(len(order), dtype=bool)
    repeated[order[1:][again]] = True
    rows.refuse(repeated, f"{' and '.join(key)} came before", column=key[0], expected="each once")
    return np.argsort(numbers[~repeated], kind="stable")


def _ranked(table: pa.Table, key: Sequence[str]) -> npt.NDArray[np.int64]:
    """A number for each row: alike for keys that are alike, and in their order, empty cells last. It is quicker to sort
    than texts are.
    """
    numbers, size = np.zeros(table.num_rows, dtype=np.int64), 1
    for name in key:
        cells = table[name].combine_chunks()
        ranks = pc.rank(cells.dictionary, tiebreaker="dense").take(cells.indices)  # from 1
        different = len(cells.dictionary) + 1
        if size * (different + 1) >= 2**63:
            found, numbers = np.unique(numbers, return_inverse=True)
            size = len(found)
        numbers *= different + 1
        numbers += np.asarray(pc.fill_null(ranks, different), dtype=np.int64)
        size *= different + 1
    return numbers


def _refuse_the_file(rows: Rows, read: int, definition: Dataset) -> None:
    """Raise FileRefused when the file has no rows, or more bad ones than its dataset allows."""
    if not read:
        raise FileRefused(
            f"rows of “{definition.title}”",
            came="a heading and no rows",
            cause="a download or an export that failed.",
            place=Place(rows.file_name),
        )
    refuse_too_many(rows.refused, read, definition)


def refuse_too_many(refused: Sequence[Refusals], read: int, definition: Dataset) -> None:
    """Raise FileRefused when more of the rows read were refused than the dataset allows."""
    if sum(r.count for r in refused) <= definition.refuse_above * read:
        return
    worst = max(refused, key=lambda r: r.count)
    raise FileRefused(
        f"{worst.expected} (at most {definition.refuse_above:.1%} of rows may be refused)",
        came=f"{worst.came or 'an empty cell'}, {worst.reason}",
        cause=f"another file, or one that was edited or damaged. {definition.where_from}",
        place=worst.first,
        count=worst.count,
    )
