"""Reading a reference table: a CSV file of some megabytes, plain or gzipped, or a workbook, checked cell by cell.

Each dataset's `load.py` says which columns it wants and under which headings they may stand; everything past
that sees only the canonical names. Faults of the file refuse the file. Faults of a row refuse the row, and
the file too where they are more than the dataset's `refuse_above`.
"""

import gzip
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from redway.errors import FileRefused, Place
from redway.sources.dataset import Dataset, Loaded, Refusals
from redway.store import csv_file, query
from redway.store.content import write
from redway.store.files import room_on_disk

BIGGEST = 500_000_000  # bytes unpacked; the largest real table has about 40 million
CHUNK = 1 << 20
WORKBOOKS = (".xlsx", ".ods")

NUMBER = r"-?[0-9]{1,15}(\.[0-9]{0,30})?([eE][-+]?[0-9]{1,2})?"  # never so large that a float cannot hold it
CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"  # never in a table that was made for people; ends of lines are none
LSOA = r"[A-Z]01[0-9]{6}"
LSOA_EXAMPLE = "an LSOA code such as E01016710"
DISTRICT = r"[A-Z]0[6-9][0-9]{6}"
DISTRICT_EXAMPLE = "a local authority district code such as E06000042"


@dataclass(frozen=True)
class Field:
    """One column that is wanted: its canonical name, the headings it may stand under, and what its cells are.

    like      pattern that the whole of a text cell matches; `example` says it in words for the refusal
    least     smallest number taken; `most`, the largest
    optional  the column may be absent, and its cells empty (null then)
    nth       of `headings`, which of several that are alike, counted from 1
    about     what it is, where no column of the dataset has its name
    """

    name: str
    headings: tuple[str, ...] = ()
    kind: Literal["text", "integer", "number"] = "text"
    like: str = ""
    example: str = ""
    least: float | None = None
    most: float | None = None
    optional: bool = False
    nth: int = 1
    about: str = ""

    @property
    def needs(self) -> str:
        """What a cell should be, in words."""
        if self.example or self.kind == "text":
            return self.example or "a text"
        number = "a whole number" if self.kind == "integer" else "a number"
        lowest = "" if self.least is None else f" from {self.least:g}"
        return number + lowest + ("" if self.most is None else f" to {self.most:g}")


@dataclass(frozen=True)
class RowCheck:
    """A rule over several columns: `wrong` is true, in the typed table, for each row to be refused."""

    reason: str
    wrong: Callable[[pa.Table], Any]
    column: str
    expected: str


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


def load_table(
    path: Path,
    definition: Dataset,
    fields: Sequence[Field],
    *,
    file_name: str,
    into: Path,
    key: Sequence[str],
    checks: Sequence[RowCheck] = (),
    repeats: bool = False,
) -> tuple[pa.Table, int, tuple[Refusals, ...]]:
    """The typed rows of a file in the order of their key, how many rows it held, and those refused.

    into  folder for work on disk
    key   columns that together name a row, and order it; later rows that repeat it are refused unless `repeats`
    Raises FileRefused for a file that cannot be read, is cut short, lacks a column, or has too many bad rows.
    """
    texts, controls = read_table(path, definition, fields, file_name=file_name, into=into)
    table, read, refused = check_table(
        texts, definition, fields, file_name=file_name, key=key, checks=checks, repeats=repeats, controls=controls
    )
    return decoded(table), read, refused


def read_table(
    path: Path, definition: Dataset, fields: Sequence[Field], *, file_name: str, into: Path
) -> tuple[pa.Table, bool]:
    """The fields of a file as text, empty cells null, and whether there are characters in it that no text has.

    into  folder for work on disk
    Raises FileRefused for a file that cannot be read, is cut short, or lacks a column.
    """
    with room_on_disk(into), query.connect(into / "spill") as db:
        return _texts(db, _as_csv(path, fields, file_name, into), fields, definition, file_name, into)


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


def loaded(
    table: pa.Table,
    definition: Dataset,
    *,
    into: Path,
    rows_read: int,
    refused: tuple[Refusals, ...] = (),
    provider: str = "",
    period: str = "",
    notes: dict[str, int] | None = None,
) -> Loaded:
    """Write a typed table as Parquet, and say what it holds. The provider is the dataset's unless another is named."""
    path, name = write(table, into)
    return Loaded(
        provider=provider or definition.provider,
        period=period,
        parquet=path,
        content=name,
        rows_read=rows_read,
        rows_accepted=table.num_rows,
        refused=refused,
        notes=notes or {},
    )


def _as_csv(path: Path, fields: Sequence[Field], file_name: str, into: Path) -> Path:
    """The file itself, or what a gzip file holds, or the sheet of a workbook that has the columns wanted.

    Raises FileRefused for a bad gzip file, and for a workbook that cannot be taken.
    """
    if file_name.lower().endswith(WORKBOOKS):
        from redway.store import sheets  # its readers are slow to load, and most tables are CSV

        return sheets.as_csv(path, name=file_name, work=into, wanted=lambda headings: not _find(headings, fields)[1])
    return _unpacked(path, file_name, into) if file_name.lower().endswith(".gz") else path


def _unpacked(path: Path, file_name: str, into: Path) -> Path:
    """What a gzip file holds, in the folder for work. Raises FileRefused for a bad one."""
    plain = into / "unpacked.csv"
    try:
        with gzip.open(path) as packed, plain.open("wb") as writing:
            while chunk := packed.read(CHUNK):
                if writing.tell() > BIGGEST:
                    raise FileRefused(
                        f"a table of at most {BIGGEST // 10**6} MB once unpacked",
                        came="more than that",
                        cause="this is not the reference table it is named after.",
                        place=Place(file_name),
                    )
                writing.write(chunk)
    except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
        cut = isinstance(fault, EOFError)
        raise FileRefused(
            "a whole gzip file",
            came="one that ends too early" if cut else "bytes that gzip cannot unpack",
            cause=csv_file.CUT if cut else "it is not a gzip file, or it was damaged. Get it again.",
            place=Place(file_name),
        ) from None
    return plain


def _texts(
    db: duckdb.DuckDBPyConnection,
    path: Path,
    fields: Sequence[Field],
    definition: Dataset,
    file_name: str,
    into: Path,
) -> tuple[pa.Table, bool]:
    """The wanted columns as text under their canonical names, empty cells null, and whether there are characters in the
    file that no text has.
    """
    file = csv_file.opened(path, name=file_name, work=into)
    at = positions(file.columns, fields, definition, file_name)
    # Publishers repeat headings and leave some blank, so columns are told apart by where they stand.
    file = replace(file, columns=tuple(f"c{i}" for i in range(len(file.columns))))
    file.as_view(db, "sent")
    cells = as_cells({name: f"c{place}" for name, place in at.items()}, fields)
    try:
        return db.execute(f"SELECT {cells} FROM sent").to_arrow_table(), file.controls  # noqa: S608 - our own names
    except csv_file.FAULTS:
        raise file.explain() from None


def as_cells(cells: dict[str, str], fields: Sequence[Field]) -> str:
    """SQL for the fields as text, empty cells null; `cells` is the SQL of each field that the table has."""
    return ", ".join(
        f"nullif(trim({cells[f.name]}), '') AS {f.name}" if f.name in cells else f"NULL::VARCHAR AS {f.name}"
        for f in fields
    )


def _find(headings: Sequence[str], fields: Sequence[Field]) -> tuple[dict[str, int], list[str]]:
    """Where each field stands among the headings, and those that are lacking; case and stray blanks do not matter."""
    known = [" ".join(heading.split()).casefold() for heading in headings]
    found, lacking = {}, []
    for field in fields:
        # The publisher's headings first: our name for one thing is now and then theirs for another.
        named = [(name.casefold(), field.nth) for name in field.headings] + [(field.name.casefold(), 1)]
        at = [places[nth - 1] for name, nth in named if len(places := _places(known, name)) >= nth]
        if at:
            found[field.name] = at[0]
        elif not field.optional:
            lacking.append(" or ".join(f"“{name}”" for name in (*field.headings, field.name)))
    return found, lacking


def _places(known: Sequence[str], name: str) -> list[int]:
    return [place for place, heading in enumerate(known) if heading == name]


def positions(headings: Sequence[str], fields: Sequence[Field], definition: Dataset, file_name: str) -> dict[str, int]:
    """Where each field stands among the headings. Raises FileRefused when one that is needed is lacking."""
    found, lacking = _find(headings, fields)
    if lacking:
        more = f" and {len(headings) - 8} more" if len(headings) > 8 else ""
        raise FileRefused(
            f"the columns of “{definition.title}”: {', '.join(lacking[:4])}",
            came="only " + ", ".join(f"“{heading[:60]}”" for heading in headings[:8]) + more,
            cause=f"another file, or a renamed column. {definition.where_from}",
            place=Place(file_name),
        )
    return found


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
