"""A publisher's CSV file as rows of text in DuckDB: read strictly, in bounded memory, with faults explained.

Line ends are looked at first: DuckDB can lose rows, without a word, from a file that mixes CRLF and LF, as
files joined together do. Such a file is read from a copy in which every line ends alike.
"""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np

from redway.errors import FileRefused, Place
from redway.store import kinds
from redway.store.kinds import IN_A_SPREADSHEET
from redway.store.query import connect, text

CHUNK = 1 << 20
LINE_END, BLANK, DELETE = ord("\n"), ord(" "), b"\x7f"  # characters below a blank are no text, but for three
LONGEST_LINE = 1_000_000  # bytes; real rows have about 250
LONGEST_HEADING = 65_536
SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
# What reading a file that is no such text can raise. Where few of its columns are asked for, DuckDB can stumble over a
# fault in another, and calls that an error of its own.
FAULTS = (duckdb.InvalidInputException, duckdb.InternalException)
CUT = "the file was cut short, as when a download breaks off. Get it again."


@dataclass(frozen=True)
class CsvFile:
    """A file whose heading was read. `name` is what people call it; `columns` stand in the file's own order; `controls`
    says whether there are characters in it that no text has.
    """

    path: Path
    name: str
    columns: tuple[str, ...]
    line_end: str
    ends_cleanly: bool  # the last row has a line end
    lines: int | None  # under the heading; not told where line ends may stand within quotation marks
    separator: str = ","
    controls: bool = True

    def as_view(self, db: duckdb.DuckDBPyConnection, view: str, *, numbered: bool = False) -> None:
        """Make a view of the rows as text, and `row`: null, or counted from 1 in the file's order when numbered.

        Numbering costs the engine its second thread, so it is for the second look at a faulty file.
        """
        row = "row_number() OVER ()" if numbered else "NULL::BIGINT"
        db.execute(f"CREATE OR REPLACE VIEW {view} AS SELECT {row} AS row, * FROM {self._reading()}")  # noqa: S608

    def _reading(self, extra: str = "") -> str:
        columns = ", ".join(f"{text(name)}: 'VARCHAR'" for name in self.columns)
        return (
            f"read_csv({text(self.path)}, columns={{{columns}}}, auto_detect=false, header=true, "
            f"delim={text(self.separator)}, quote='\"', escape='\"', new_line={text(self.line_end)}, "
            f"max_line_size={LONGEST_LINE}{extra})"
        )

    def refuse_if_lost(self, rows: int) -> None:
        """Raise FileRefused when the engine gave other than every row: its silence is not taken on trust."""
        if self.lines is None or rows == self.lines or rows == self.lines - _blank_lines(self.path):
            return
        raise FileRefused(
            f"{self.lines:,} rows, as many as there are lines under the heading",
            came=f"{rows:,} that can be told apart",
            cause="stray line ends within rows, or a damaged file.",
            place=Place(self.name),
        )

    def explain(self) -> FileRefused:
        """Why DuckDB could not read the file: reads it again, noting every fault.

        In a database of its own: one that met FAULTS may answer nothing more.
        """
        with TemporaryDirectory() as spill, connect(Path(spill)) as db:
            return self._explained(db)

    def _explained(self, db: duckdb.DuckDBPyConnection) -> FileRefused:
        # Cells are decoded only where they are asked for, hence max() of every column.
        try:
            db.execute(f"SELECT max(COLUMNS(*)) FROM {self._reading(', store_rejects=true')}").fetchall()  # noqa: S608
        except FAULTS:
            return FileRefused(
                "rows and columns",
                came="bytes that no table in text has",
                cause="a damaged file, or one of another kind under this name.",
                place=Place(self.name),
            )
        faults = db.execute("SELECT line, error_type, error_message FROM reject_errors ORDER BY line").fetchall()
        if not faults:
            return FileRefused("rows and columns", came="text that cannot be split into them", place=Place(self.name))
        line, kind, message = faults[0]
        lines = {fault[0] for fault in faults}
        expected, came, cause = self._fault(kind, message, line == max(lines))
        return FileRefused(expected, came=came, cause=cause, place=Place(self.name, line - 1), count=len(lines))

    def _fault(self, kind: str, message: str, last: bool) -> tuple[str, str, str]:
        """A kind of fault in words: what was expected, what came, the likely cause."""
        cut = last and not self.ends_cleanly
        if kind == "INVALID ENCODING":
            return (
                "text in UTF-8",
                "bytes that are not",
                f"the file was saved in another encoding. {IN_A_SPREADSHEET}",
            )
        if kind == "LINE SIZE OVER MAXIMUM":
            return (
                f"rows of at most {LONGEST_LINE:,} bytes",
                "a longer one",
                "this is no table, or its line ends were lost.",
            )
        if kind == "UNQUOTED VALUE":
            return (
                "cells whose quotation marks are closed",
                "one that is opened and never closed",
                CUT if cut else "a stray quotation mark in a cell.",
            )
        if kind in ("MISSING COLUMNS", "TOO MANY COLUMNS"):
            cells = message.rsplit(" ", 1)[-1]
            cause = (
                CUT
                if cut
                else f"{SEPARATORS[self.separator]} inside a cell without quotation marks, "
                "or a file damaged or edited by hand."
            )
            return f"{len(self.columns)} cells in every row", f"{cells} cell{'' if cells == '1' else 's'}", cause
        return "rows and columns", message, "a damaged file."


def opened(path: Path, *, name: str, work: Path, separators: str = ",") -> CsvFile:
    """Look at a file's heading and line ends. Raises FileRefused for what is no CSV text or has no heading.

    work        folder for a copy with even line ends, where one is needed
    separators  what may part cells: the first of them that parts the heading does
    """
    place = Place(name)
    with path.open("rb") as file:
        start = file.read(LONGEST_HEADING)
    if not start.strip():
        raise FileRefused(
            "a heading and rows", came="an empty file", cause="a download or an export that failed.", place=place
        )
    refuse_other_kinds(path, name)
    _refuse_unfilled(path, place)
    tried = [(_heading(start, place, separator), separator) for separator in separators]
    columns, separator = next((found for found in tried if len(found[0]) > 1), tried[0])
    seen = _lines(path, place)
    if 0 < seen.crlf < seen.ends:
        path = _with_even_line_ends(path, work)
    even_crlf = seen.crlf == seen.ends > 0
    unknown = seen.quoted or len(columns) == 1
    lines = None if unknown else seen.ends + (not seen.ends_cleanly) - 1
    line_end = "\\r\\n" if even_crlf else "\\n"
    return CsvFile(path, name, columns, line_end, seen.ends_cleanly, lines, separator, seen.controls)


def refuse_other_kinds(path: Path, name: str) -> None:
    """Raise FileRefused, saying what it is, for what is no text in one byte a letter."""
    if other := kinds.by_content(path):
        came, cause = other
        raise FileRefused("a CSV file in UTF-8", came=came, cause=cause, place=Place(name))


def _refuse_unfilled(path: Path, place: Place) -> None:
    """Raise FileRefused for a file that ends in zero bytes: room that was kept for it and never filled."""
    with path.open("rb") as file:
        file.seek(-min(CHUNK, path.stat().st_size), os.SEEK_END)
        end = file.read()
    if not end.endswith(b"\0"):
        return
    count = len(end) - len(end.rstrip(b"\0"))
    raise FileRefused(
        "text up to the end of the file",
        came=f"{'at least ' if count == CHUNK else ''}{count:,} zero bytes at its end",
        cause="a download or a copy that broke off, or a disk that failed. Get the file again.",
        place=place,
    )


def _heading(start: bytes, place: Place, separator: str) -> tuple[str, ...]:
    line, found, _ = start.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    if not found and len(start) == LONGEST_HEADING:
        raise FileRefused(
            "a heading, then one row a line",
            came=f"a first line of more than {LONGEST_HEADING:,} bytes",
            cause="this is no table, or its line ends were lost.",
            place=place,
        )
    if b"\r" in line.rstrip(b"\r"):
        raise FileRefused(
            "lines that end in LF or CRLF",
            came="lines that end in CR alone",
            cause=f"an old program's way of ending lines. {IN_A_SPREADSHEET}",
            place=place,
        )
    try:
        return tuple(cell.strip() for cell in next(csv.reader([line.decode().strip("\r")], delimiter=separator), []))
    except UnicodeDecodeError:
        raise FileRefused(
            "a heading in UTF-8",
            came="bytes that are not",
            cause=f"the file was saved in another encoding, or is no CSV file. {IN_A_SPREADSHEET}",
            place=place,
        ) from None
    except csv.Error:
        raise FileRefused(
            "lines that end in LF or CRLF",
            came="a heading with other line ends in it",
            cause=f"the file was saved for an old Macintosh, or is no CSV file. {IN_A_SPREADSHEET}",
            place=place,
        ) from None


@dataclass
class _Lines:
    """What a first look at the bytes shows."""

    crlf: int = 0  # line ends that are CRLF
    ends: int = 0  # line ends of either kind
    quoted: bool = False  # a quotation mark somewhere: line ends may lie within cells
    ends_cleanly: bool = False
    controls: bool = False  # characters that no text has


def _lines(path: Path, place: Place) -> _Lines:
    """Count lines in bounded memory. Raises FileRefused for one too long to be a row, which DuckDB can drop unsaid."""
    seen = _Lines()
    length = 0  # of the line that is not finished yet
    last = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            first_end, last_end = chunk.find(b"\n"), chunk.rfind(b"\n")
            length += len(chunk) if first_end < 0 else first_end
            if length > LONGEST_LINE:
                raise FileRefused(
                    f"rows of at most {LONGEST_LINE:,} bytes",
                    came="a longer one",
                    cause="this is no table, or its line ends were lost.",
                    place=Place(place.file, seen.ends),
                )
            if last_end >= 0:
                length = len(chunk) - 1 - last_end
            letters = np.frombuffer(chunk, np.uint8)
            ends = int(np.count_nonzero(letters == LINE_END))  # faster than bytes.count
            allowed = ends + sum(
                chunk.count(mark) for mark in (b"\r", b"\t") if mark in chunk
            )  # seldom: to look is fast
            seen.ends += ends
            seen.controls = seen.controls or int(np.count_nonzero(letters < BLANK)) > allowed or DELETE in chunk
            if last == b"\r" and first_end == 0:  # a line end split over two chunks
                seen.crlf += 1
            if b"\r" in chunk:
                seen.crlf += chunk.count(b"\r\n")
            seen.quoted = seen.quoted or b'"' in chunk
            last = chunk[-1:]
    seen.ends_cleanly = last == b"\n"
    return seen


def _blank_lines(path: Path) -> int:
    """Lines with nothing in them, which are no rows."""
    with path.open("rb") as file:
        return sum(line in (b"\n", b"\r\n") for line in file)


def _with_even_line_ends(path: Path, work: Path) -> Path:
    even = work / f"{path.stem}.even{path.suffix}"
    with path.open("rb") as reading, even.open("wb") as writing:
        while chunk := reading.read(CHUNK):
            if chunk.endswith(b"\r"):
                chunk += reading.read(1)
            writing.write(chunk.replace(b"\r\n", b"\n"))
    return even


def refuse_other_columns(file: CsvFile, wanted: Sequence[str], *, where_from: str) -> None:
    """Raise FileRefused, naming them, when columns are missing, renamed, unknown or there twice."""
    missing = [name for name in wanted if name not in file.columns]
    extra = [name for name in file.columns if name not in wanted]
    twice = sorted({name for name in file.columns if file.columns.count(name) > 1})
    if not (missing or extra or twice):
        return
    cause = where_from
    renamed = [(name, near[0]) for name in missing if (near := get_close_matches(name, extra, 1, 0.5))]
    if len(file.columns) == 1 and any(mark in file.columns[0] for mark in ";\t"):
        cause = f"the file's cells are parted by semicolons or tabs. {IN_A_SPREADSHEET}"
    elif renamed and 2 * len(renamed) >= len(missing):  # of another file's columns one or two are alike by chance
        cause = "renamed columns: " + ", ".join(f"“{was}” is now “{now}”" for was, now in renamed) + "."
    what = [
        f"{words} {_quoted(names)}"
        for words, names in (("no", missing), ("an unknown", extra), ("more than one", twice))
        if names
    ]
    raise FileRefused(f"the columns {_quoted(wanted)}", came=" and ".join(what), cause=cause, place=Place(file.name))


def _quoted(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name[:60]}”" for name in names[:12])
    return shown + (f" and {len(names) - 12} more" if len(names) > 12 else "")
