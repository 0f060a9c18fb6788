"""Reading a reference table: a CSV file of a few megabytes, plain or gzipped, checked cell by cell.

Each dataset's `load.py` says which columns it wants and under which headings they may stand; everything past
that sees only the canonical names. Faults of the file refuse the file. Faults of a row refuse the row.
"""

import csv
import gzip
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from redway.errors import FileRefused, Place
from redway.sources.dataset import Dataset, Loaded, Refusals
from redway.store.content import write

BIGGEST = 500_000_000  # bytes unpacked; the largest real table is about 40 MB
LONGEST_LINE = 1 << 20
Kind = Literal["text", "integer", "number"]
# A row check: the typed table in, True for each row that must be refused.
RowCheck = tuple[str, Callable[[pa.Table], Any]]

LSOA = r"[A-Z]01[0-9]{6}"
LSOA_EXAMPLE = "an LSOA code such as E01016710"
DISTRICT = r"[A-Z]0[6-9][0-9]{6}"
DISTRICT_EXAMPLE = "a local authority district code such as E06000042"


@dataclass(frozen=True)
class Field:
    """One column that is wanted: its canonical name, the headings it may stand under, and what its cells are.

    like      pattern that the whole of a text cell matches; `example` says it in words for the refusal
    least     smallest number taken
    blank     whether a cell may be empty (null then)
    optional  whether the whole column may be absent (null then)
    """

    name: str
    headings: tuple[str, ...] = ()
    kind: Kind = "text"
    like: str = ""
    example: str = ""
    least: float = -np.inf
    blank: bool = False
    optional: bool = False

    @property
    def needs(self) -> str:
        """What a cell should be, in words."""
        if self.example:
            return self.example
        if self.kind == "text":
            return "a text"
        number = "a whole number" if self.kind == "integer" else "a number"
        return number if self.least == -np.inf else f"{number} from {self.least:g} up"


@dataclass
class Rows:
    """The rows of a file that still stand, with the numbers they had in it (1 is the first data row)."""

    table: pa.Table
    numbers: npt.NDArray[np.int64]
    read: int
    file: str
    refused: list[Refusals]

    def refuse(self, bad: npt.NDArray[np.bool_], reason: str, *, column: str = "", expected: str = "") -> None:
        """Drop the rows where `bad` is true, and keep how many and the first."""
        if not bad.any():
            return
        first = int(np.argmax(bad))
        came = (
            str(self.table[column][first].as_py() or "an empty cell")[:80] if column in self.table.column_names else ""
        )
        place = Place(self.file, int(self.numbers[first]), column)
        self.refused.append(Refusals(reason, int(bad.sum()), place, came, expected))
        self.table = self.table.filter(pa.array(~bad))
        self.numbers = self.numbers[~bad]


def load_table(
    path: Path,
    definition: Dataset,
    fields: Sequence[Field],
    *,
    file_name: str,
    key: Sequence[str],
    row_checks: Sequence[RowCheck] = (),
) -> tuple[pa.Table, int, tuple[Refusals, ...]]:
    """The typed rows of a file in the order of their key, how many rows it held, and those refused.

    Raises FileRefused for a file that cannot be read, is cut short, lacks a column, or leaves no row.
    """
    rows = _texts(_decoded(path, file_name), fields, definition, file_name)
    for field in fields:
        _check(rows, field)
    rows.table = pa.table({f.name: _typed(rows.table[f.name], f) for f in fields})
    for reason, wrong in row_checks:
        rows.refuse(np.asarray(pc.fill_null(wrong(rows.table), False)), reason)
    _first_of_each(rows, key)
    if not rows.table.num_rows:
        raise FileRefused(
            f"rows of “{definition.title}”",
            came=f"{rows.read:,} rows, none of which can be taken"
            + (f": {rows.refused[0].reason}, first in {rows.refused[0].first}" if rows.refused else ""),
            cause="an empty table, or another file under this name.",
            place=Place(file_name),
        )
    order = [(name, "ascending") for name in key]
    return rows.table.sort_by(order), rows.read, tuple(rows.refused)


def _decoded(path: Path, file_name: str) -> bytes:
    """The file's bytes, unpacked, known to be UTF-8 and free of the byte order mark."""
    place = Place(file_name)
    try:
        with gzip.open(path) if file_name.endswith(".gz") else path.open("rb") as file:
            data = file.read(BIGGEST + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
        cut = isinstance(fault, EOFError)
        raise FileRefused(
            "a whole gzip file",
            came="one that ends too early" if cut else "bytes that gzip cannot unpack",
            cause="the download broke off; fetch it again." if cut else "it is not a gzip file, or it was damaged.",
            place=place,
        ) from None
    if len(data) > BIGGEST:
        raise FileRefused(
            f"a table of at most {BIGGEST // 10**6} MB",
            came="more than that",
            cause="this is not the reference table it is named after.",
            place=place,
        )
    if not data.strip():
        raise FileRefused("a table", came="an empty file", cause="a download that failed.", place=place)
    try:
        data.decode()
    except UnicodeDecodeError as fault:
        raise FileRefused(
            "text in UTF-8",
            came=f"the byte {data[fault.start]:#04x}",
            cause="the file was saved in another encoding, or is a spreadsheet and no CSV. "
            "In a spreadsheet, choose “CSV UTF-8” when saving.",
            place=Place(file_name, data.count(b"\n", 0, fault.start)),
        ) from None
    return data.removeprefix(b"\xef\xbb\xbf")


def _texts(data: bytes, fields: Sequence[Field], definition: Dataset, file_name: str) -> Rows:
    """The wanted columns as text under their canonical names; rows with too few or too many cells refused."""
    end = data.find(b"\n", 0, LONGEST_LINE)
    heading = data[: end if end >= 0 else min(len(data), LONGEST_LINE)].decode(errors="replace")
    headings = next(csv.reader([heading.rstrip("\r")]), [])
    at = _positions(headings, fields, definition, file_name)
    torn: list[pa.csv.InvalidRow] = []

    def keep(row: pa.csv.InvalidRow) -> str:
        torn.append(row)
        return "skip"

    names = [str(i) for i in range(len(headings))]
    wanted = [names[i] for i in at.values()]
    try:
        table = pa.csv.read_csv(
            pa.py_buffer(data),
            pa.csv.ReadOptions(use_threads=False, column_names=names, skip_rows=1, block_size=64 * LONGEST_LINE),
            pa.csv.ParseOptions(invalid_row_handler=keep, newlines_in_values=True),
            pa.csv.ConvertOptions(
                include_columns=wanted, column_types={n: pa.string() for n in wanted}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        raise FileRefused(
            "rows and columns",
            came="text that cannot be split into them",
            cause="a quotation mark that is opened and never closed, often because the file was cut short.",
            place=Place(file_name),
        ) from None
    _refuse_if_cut(data, torn, len(headings), table.num_rows, file_name)
    read = table.num_rows + len(torn)
    numbers = np.setdiff1d(np.arange(1, read + 1), [row.number - 1 for row in torn])
    columns = {
        f.name: pc.utf8_trim_whitespace(table[names[at[f.name]]])
        if f.name in at
        else pa.nulls(table.num_rows, pa.string())
        for f in fields
    }
    refused = []
    if torn:
        first = torn[0]
        refused = [
            Refusals(
                "too few or too many cells",
                len(torn),
                Place(file_name, first.number - 1),
                f"{first.actual_columns} cells",
                f"{first.expected_columns} cells",
            )
        ]
    return Rows(pa.table(columns), numbers, read, file_name, refused)


def _refuse_if_cut(data: bytes, torn: list[pa.csv.InvalidRow], wide: int, whole: int, file_name: str) -> None:
    """A last row with cells missing and no line end is the mark of a download that broke off."""
    if torn and torn[-1].number - 1 == whole + len(torn) and torn[-1].actual_columns < wide and data[-1:] != b"\n":
        raise FileRefused(
            "a whole file",
            came=f"one whose last row has {torn[-1].actual_columns} of {wide} cells",
            cause="the file was cut short, as when a download breaks off; fetch it again.",
            place=Place(file_name, torn[-1].number - 1),
        )


def _positions(headings: list[str], fields: Sequence[Field], definition: Dataset, file_name: str) -> dict[str, int]:
    """Where each field stands among the headings; case and stray blanks do not matter."""
    known = [" ".join(h.split()).casefold() for h in headings]
    found, lacking = {}, []
    for field in fields:
        places = [i for name in (field.name, *field.headings) for i, h in enumerate(known) if h == name.casefold()]
        if places:
            found[field.name] = places[0]
        elif not field.optional:
            lacking.append(" or ".join(f"“{h}”" for h in (field.name, *field.headings)))
    if lacking:
        shown = ", ".join(f"“{h}”" for h in headings[:8]) + (f" and {len(headings) - 8} more" if headings[8:] else "")
        raise FileRefused(
            f"the columns of “{definition.title}”, {lacking[0]} among them"
            if len(lacking) == 1
            else f"the columns of “{definition.title}”, among them {', '.join(lacking[:4])}",
            came=f"a file with the columns {shown}",
            cause=f"another file than this dataset's, or a renamed column. {definition.where_from}",
            place=Place(file_name),
        )
    return found


def _check(rows: Rows, field: Field) -> None:
    """Refuse the rows whose cell in this column is not what it should be."""
    cells = rows.table[field.name]
    if field.kind != "text":
        # Publishers write 1,474 in some editions and 1474 in others.
        cells = pc.replace_substring(cells, ",", "")
        rows.table = rows.table.set_column(rows.table.column_names.index(field.name), field.name, cells)
    empty = np.asarray(pc.fill_null(pc.equal(cells, ""), True))
    if not field.blank and not field.optional:
        rows.refuse(empty, f"no {field.name}", column=field.name, expected=field.needs)
        cells = rows.table[field.name]
        empty = np.zeros(len(cells), bool)
    like = {"text": field.like, "integer": r"-?[0-9]{1,15}", "number": r"-?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?"}
    if pattern := like[field.kind]:
        fits = np.asarray(pc.fill_null(pc.match_substring_regex(cells, f"^(?:{pattern})$"), False))
        rows.refuse(~fits & ~empty, f"malformed {field.name}", column=field.name, expected=field.needs)
    if field.least > -np.inf:
        values = np.asarray(pc.fill_null(pc.cast(_typed(rows.table[field.name], field), pa.float64()), np.inf))
        rows.refuse(values < field.least, f"{field.name} too small", column=field.name, expected=field.needs)


def _typed(cells: pa.ChunkedArray, field: Field) -> pa.ChunkedArray:
    """Checked text as its own type; empty is null, except in text columns, where it cannot stand."""
    given = pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)
    kinds = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64()}
    return pc.cast(given, kinds[field.kind])


def _first_of_each(rows: Rows, key: Sequence[str]) -> None:
    """Refuse rows whose key came before."""
    at = pa.array(np.arange(rows.table.num_rows))
    firsts = rows.table.select(list(key)).append_column("at", at).group_by(list(key)).aggregate([("at", "min")])
    bad = np.ones(rows.table.num_rows, bool)
    bad[np.asarray(firsts["at_min"])] = False
    rows.refuse(bad, f"{' and '.join(key)} came before", column=key[0], expected="each once")


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
