"""The zip that a workbook is: its parts, read in bounded memory, once the zip itself has nothing to hide.

A workbook is refused for what its sender cannot see while looking at its sheets: macros, links to other files,
pivot tables (which carry the whole data set they were made from), embedded files, passwords, old formats.
"""

import re
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

from redway.errors import FileRefused, Place
from redway.store import kinds
from redway.store.kinds import ZIP_MARK
from redway.store.unpack import DAMAGE, ENCRYPTED, damage

CHUNK = 1 << 20
MOST_PARTS = 5_000
MOST_BYTES = 6_000_000_000  # unpacked. A Home Office workbook of every partnership and ten years has about 2 GB
# Rows that repeat the same words pack to a hundredth or less: real workbooks of crime do. A bomb packs to a thousandth.
MOST_RATIO = 400
SMALL = 20_000_000
VALUES_ONLY = (
    "Copy the rows into a new workbook (for a return, its template) with “paste special, values only”, and use that."
)

# What a part's name gives away: pattern -> what it is, in words.
HIDING = {
    r"(^|/)vbaproject\.bin$|^basic/|^scripts/|/macrosheets/|/dialogsheets/": "macros",
    r"/externallinks/": "links to other workbooks",
    r"/connections\.xml$|/querytables/": "a connection to another source of data",
    r"/pivotcache/|/pivottables/": "a pivot table, which carries all the rows it was made from",
    r"/model/|/item\.data$": "a data model, which carries tables that no sheet shows",
    r"/embeddings/|/activex/|^object[^/]*/|^objectreplacements/": "embedded objects",
    r"/revisions/": "a record of earlier changes",
}


class Container:
    """The parts of one workbook. Open it with `opened`."""

    def __init__(self, archive: zipfile.ZipFile, name: str):
        self._archive, self.name = archive, name

    @property
    def parts(self) -> list[str]:
        return self._archive.namelist()

    def has(self, part: str) -> bool:
        return part in self._archive.NameToInfo

    def size(self, part: str) -> int:
        """Bytes once unpacked."""
        return self._archive.getinfo(part).file_size

    def chunks(self, part: str) -> Iterator[bytes]:
        """A part bit by bit. Raises FileRefused where its bytes are damaged."""
        try:
            with self._archive.open(part) as reading:
                while chunk := reading.read(CHUNK):
                    yield chunk
        except (*DAMAGE, OSError) as fault:
            raise damage(self.name, fault, what="workbook") from None

    def read(self, part: str, *, most: int) -> bytes:
        """A small part as UTF-8 bytes without a document type. Raises FileRefused for one larger than `most`."""
        if not self.has(part):
            raise self.refusal("a whole workbook", f"one without its part {part}", "a damaged file. Save it again.")
        if self.size(part) > most:
            raise self.refusal(
                f"{_word_for(part)} of at most {most // 10**6} MB",
                f"{self.size(part) / 1e6:,.0f} MB",
                f"years of formatting that piled up, or a file made to fill memory. {VALUES_ONLY}",
            )
        content = b"".join(self.chunks(part))
        self.refuse_untrusted_xml(content, start=True)
        return content

    def tree(self, part: str, *, most: int = 16_000_000) -> ElementTree.Element:
        """A small part as a tree."""
        return self.parsed(self.read(part, most=most))

    def parsed(self, content: bytes) -> ElementTree.Element:
        """XML that `refuse_untrusted_xml` has seen as a tree. Raises FileRefused for what is no XML."""
        try:
            return ElementTree.fromstring(content)  # noqa: S314 - no document type, hence no entities
        except ElementTree.ParseError:
            raise self.refusal(
                "a whole workbook", "parts that cannot be read", "a damaged file. Save it again."
            ) from None

    def refuse_untrusted_xml(self, content: bytes, *, start: bool) -> None:
        """Raise FileRefused for XML in another encoding than UTF-8, with a document type (where entity bombs live),
        or with comments and the like, which the checks of sheets by their bytes rely on not being there.

        start  whether these are the part's first bytes
        """
        if start:
            declared, content = _parted(content)
            if declared is None:
                raise self.refusal(
                    "a workbook whose text is UTF-8, as every office program writes it",
                    "another encoding",
                    f"a program that writes workbooks in its own way. {VALUES_ONLY}",
                )
        # The second character is rare in cells, so it is looked for first: a search for it alone takes no time.
        if (b"!" in content and b"<!" in content) or (b"?" in content and b"<?" in content):
            raise self.refusal(
                "a workbook as office programs write it",
                "a document type, a comment or an instruction within its XML",
                f"a file made to fill memory, or one written by another program. {VALUES_ONLY}",
            )

    def refusal(self, expected: str, came: str, cause: str, *, row: int | None = None, column: str = "") -> FileRefused:
        """A refusal of this workbook."""
        return FileRefused(expected, came=came, cause=cause, place=Place(self.name, row, column))


def _parted(content: bytes) -> tuple[bytes | None, bytes]:
    """The XML declaration (None for an encoding other than UTF-8) and what follows it."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    found = re.match(rb"<\?xml\s[^<>]*\?>", content)
    declaration = found[0] if found else b""
    encoding = re.search(rb"encoding\s*=\s*[\"']([^\"']*)", declaration)
    if not content.lstrip().startswith(b"<") or b"\0" in content[:4]:
        return None, content
    if encoding and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        return None, content
    return declaration, content[len(declaration) :]


def _word_for(part: str) -> str:
    return "formatting and styles" if "style" in part.lower() else f"the part {part}"


@contextmanager
def opened(path: Path, *, name: str) -> Generator[Container]:
    """Open the zip of a workbook. Raises FileRefused, in words, for whatever it should not be or hold."""
    _refuse_other_kinds(path, name)
    with path.open("rb") as file:  # closed with all that still reads from it
        try:
            archive = zipfile.ZipFile(file)
        except (*DAMAGE, OSError) as fault:
            raise damage(name, fault, what="workbook") from None
        container = Container(archive, name)
        _refuse_bombs(container, archive, path.stat().st_size)
        for info in archive.infolist():
            _refuse_hiding(container, info)
        yield container


def _refuse_other_kinds(path: Path, name: str) -> None:
    place = Place(name)
    if not path.stat().st_size:
        raise FileRefused("a workbook", came="an empty file", cause="a download or an export that failed.", place=place)
    with path.open("rb") as file:
        if file.read(len(ZIP_MARK)) == ZIP_MARK:
            return
    cause = "it was renamed, not saved as a workbook. Open it and save it as .xlsx, or send the CSV itself."
    came, cause = kinds.by_content(path) or ("a file of another kind", cause)
    raise FileRefused("a workbook (.xlsx or .ods) without a password", came=came, cause=cause, place=place)


def _refuse_bombs(container: Container, archive: zipfile.ZipFile, packed: int) -> None:
    parts = archive.infolist()
    names = [info.filename for info in parts]
    size = sum(info.file_size for info in parts)
    came = ""
    if len(parts) > MOST_PARTS:
        came = f"{len(parts):,} parts"
    elif len({name.casefold() for name in names}) < len(names):
        came = "two parts of the same name"
    elif size > MOST_BYTES:
        came = f"{size / 1e9:,.1f} GB once unpacked"
    elif size > SMALL and size > MOST_RATIO * packed:
        came = f"{size / 1e6:,.0f} MB packed into {packed / 1e6:,.2f} MB"
    if came:
        raise container.refusal(
            f"a workbook of at most {MOST_BYTES / 1e9:.0f} GB in {MOST_PARTS:,} parts, packed {MOST_RATIO} to 1",
            came,
            "a file made to fill a disk, by mistake or on purpose. Ask whoever made it, and do not open it.",
        )


def _refuse_hiding(container: Container, info: zipfile.ZipInfo) -> None:
    if info.flag_bits & ENCRYPTED:
        raise container.refusal(
            "a workbook without a password", "one that needs it", "it was locked before sending. Save it without."
        )
    for pattern, what in HIDING.items():
        if re.search(pattern, info.filename, re.IGNORECASE) and not info.is_dir():
            raise container.refusal(
                "a workbook that holds nothing but its sheets' cells",
                what,
                f"such a part can hold data that nobody sees on the sheets. {VALUES_ONLY}",
            )
