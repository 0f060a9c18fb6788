"""What a file is that is neither CSV nor a workbook, by its first bytes or its ending, and how to save it right."""

from pathlib import Path

IN_A_SPREADSHEET = "In a spreadsheet, choose “CSV UTF-8” when saving."
AS_XLSX = "Open it and save it as “Excel workbook (.xlsx)”."
ZIP_MARK, UTF_16_MARKS = b"PK\x03\x04", (b"\xff\xfe", b"\xfe\xff")
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Excel before 2007, and a newer workbook with a password
LOCKED = "EncryptedPackage".encode("utf-16-le")  # what a compound file calls a workbook that it keeps locked
CHUNK = 1 << 20
Kind = tuple[str, str]  # what came, the likely cause
WITH_PASSWORD: Kind = (
    "a workbook locked with a password",
    "it was locked before sending. Take the password off (File, Info, Protect workbook, Encrypt with password) and "
    "save it as “Excel workbook (.xlsx)”. It is encrypted here on arrival.",
)
BEFORE_2007: Kind = (
    "a workbook in the Excel format from before 2007 (.xls)",
    f"an old program, or an old file. {AS_XLSX}",
)
OF_ENDINGS: dict[str, Kind] = {
    ".xls": BEFORE_2007,
    ".xlsm": ("a workbook that may hold macros (.xlsm)", f"it was saved with macros. {AS_XLSX}"),
    ".xlsb": ("a binary workbook (.xlsb)", f"a format that Excel alone reads. {AS_XLSX}"),
    ".numbers": ("a workbook of Apple Numbers", "Choose “Export to Excel” and send the file it makes."),
    ".pdf": ("a PDF", "a report was sent in place of the rows. Send the file that it was made from."),
    ".docx": ("a text document", "a table in a text. Copy it into a spreadsheet (for a return, its template)."),
    ".txt": ("a text file (.txt)", f"an export as “Text” or “Unicode text”. {IN_A_SPREADSHEET}"),
    ".tsv": ("a text file whose cells are parted by tabs (.tsv)", f"an export as “Text”. {IN_A_SPREADSHEET}"),
}


def by_ending(name: str) -> Kind | None:
    """What a file with a known other ending is."""
    return OF_ENDINGS.get(Path(name).suffix.lower())


def by_content(path: Path) -> Kind | None:
    """What a file is that is not text in one byte a letter; None for what may be CSV."""
    with path.open("rb") as file:
        start = file.read(1024)
    if start.startswith(COMPOUND):
        return WITH_PASSWORD if _holds(path, LOCKED) else BEFORE_2007
    if start.startswith(ZIP_MARK):
        return "an Excel workbook or a zip", f"a wrong ending. {IN_A_SPREADSHEET}"
    if start.startswith(b"%PDF"):
        return OF_ENDINGS[".pdf"]
    if start.startswith(UTF_16_MARKS) or _looks_like_utf_16(start):
        return "UTF-16 text", f"the file was saved as “Unicode text”, which is UTF-16. {IN_A_SPREADSHEET}"
    if (
        start.lstrip(b"\xef\xbb\xbf \t\r\n")[:200]
        .lower()
        .startswith((b"<html", b"<!doctype html", b"<table", b"<?xml"))
    ):
        return "a web page or XML", f"an export that only looks like a spreadsheet, or a page of an error. {AS_XLSX}"
    return None


def _looks_like_utf_16(start: bytes) -> bool:
    """Whether every other byte is zero, as in UTF-16 of a heading in Latin letters."""
    first = start[:100]
    return len(first) > 2 and any(not any(first[at::2]) and all(first[1 - at :: 2]) for at in (0, 1))


def _holds(path: Path, wanted: bytes) -> bool:
    """Whether these bytes stand anywhere in a file."""
    before = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if wanted in before + chunk:
                return True
            before = chunk[-len(wanted) :]
    return False
