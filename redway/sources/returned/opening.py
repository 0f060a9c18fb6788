"""Opening what a partner sends: a CSV file, or the one data sheet of a workbook as CSV."""

import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

from redway.errors import FileRefused, Place
from redway.sources.dataset import Dataset
from redway.store import csv_file
from redway.store.csv_file import CsvFile
from redway.store.kinds import IN_A_SPREADSHEET

BOOKS = (".xlsx", ".ods")
CHUNK = 1 << 20


def opened(
    path: Path, *, dataset: Dataset, file_name: str, into: Path, wanted: Callable[[Sequence[str]], bool]
) -> CsvFile:
    """A file whose heading was read. Raises FileRefused for what is no table, or text in another encoding.

    into    folder for work
    wanted  whether a sheet with these headings is the one to read
    """
    if file_name.lower().endswith(BOOKS):
        from redway.store import sheets  # its readers are slow to load, and most files are CSV

        path = sheets.as_csv(path, name=file_name, work=into, wanted=wanted)
    else:
        csv_file.refuse_other_kinds(path, file_name)
        _refuse_windows_1252(path, file_name)
    return csv_file.opened(path, name=file_name, work=into)


def _refuse_windows_1252(path: Path, file_name: str) -> None:
    """Raise FileRefused for text in the encoding in which Windows saves plain CSV, naming its first such row.

    UTF-8 has a strict form that other encodings break at their first letter beyond English.
    """
    read, left = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            text, left = left + chunk, b""
            if not text.isascii():
                try:
                    text.decode("utf-8")
                except UnicodeDecodeError as fault:
                    if fault.end < len(text) or fault.reason != "unexpected end of data":
                        row = _line_ends(path, read + fault.start)
                        raise _windows_1252(text, fault.start, row, file_name) from None
                    left = text[fault.start :]
            read += len(text) - len(left)


def _line_ends(path: Path, before: int) -> int:
    """How many lines end before a byte of a file."""
    with path.open("rb") as file:
        found = 0
        while before and (chunk := file.read(min(CHUNK, before))):
            found += chunk.count(b"\n")
            before -= len(chunk)
        return found


def _windows_1252(text: bytes, at: int, row: int, file_name: str) -> FileRefused:
    zero = b"\0" in text[max(0, at - 1000) : at + 1000]
    try:
        letter = text[at : at + 1].decode("cp1252")
    except UnicodeDecodeError:
        letter = ""
    if zero or not letter:
        return FileRefused(
            "text in UTF-8",
            came="bytes that are no text",
            cause="a damaged file, or one of another kind under this name.",
            place=Place(file_name, row or None),
        )
    shown = f"the letter “{letter}”" if letter.isprintable() else f"a {unicodedata.name(letter).lower()}"
    return FileRefused(
        "text in UTF-8",
        came=f"{shown} as Windows-1252 writes it",
        cause=f"the file was saved as plain CSV, which keeps only English letters safe. {IN_A_SPREADSHEET}",
        place=Place(file_name, row or None),
    )
