"""Excel workbooks: which sheets there are, and the rows of one, its XML read as a stream.

Only complete rows reach the reader library, in slices. What is looked for in their bytes is found for certain: the XML
is UTF-8 without comments, instructions or a document type, and in such XML a “<” can only begin a tag.
"""

import datetime as dt
import posixpath
import re
import zipfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from xml.etree.ElementTree import Element

from redway.errors import FileRefused
from redway.store.sheets import plain_xlsx, slices
from redway.store.sheets.cells import MIDNIGHT
from redway.store.sheets.container import VALUES_ONLY, Container
from redway.store.sheets.plain import Other
from redway.store.sheets.plain_xlsx import column
from redway.store.sheets.sheet import (
    Sheet,
    Visibility,
    comment_refusal,
    formula_refusal,
    hidden_refusal,
    merged_refusal,
    width_refusal,
)
from redway.store.sheets.slices import FIRST_SLICE, MOST_AROUND, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, SLICE, Row

MOST_STRINGS = 128_000_000  # bytes of shared strings; a million rows of references have about 60 million
MOST_HELD = 16_000_000  # bytes of them that are held as texts
PLAIN_FORMATS = frozenset(map(str, (0, 1, 2, 3, 4, 9, 10, 11, 48, 49)))  # Excel's own: 0, 0.00, 0%, 0.00E+00, @
PLAIN_CODES = ("General", "0", "0.00", "#,##0", "@")  # the same as other programs write them out
# What in a format's code is no part of a date or time: texts, escaped characters, colours, places, elapsed hours.
NO_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
DATE_TIME = "22"  # Excel's own format of a date and a time
LAST_DAY = 2_958_465  # 31 December 9999
PREFIX = rb"<(?:[\w.-]+:)?"
DATA = re.compile(PREFIX + rb"sheetData(?=[\s/>])[^<>]*>")
DATA_END = re.compile(rb"</(?:[\w.-]+:)?sheetData\s*>")
LONGEST_END = 100  # bytes of the tag that ends the rows, blanks included
END = re.compile(rb"</(?:[\w.-]+:)?worksheet\s*>\s*$")
ROW = re.compile(PREFIX + rb"row(?=[\s/>])")
# Attributes are taken one by one from the tag's name on, so nothing written within one's value is mistaken for another.
CELL = re.compile(
    PREFIX + rb"""c(?=[\s/>])(?:(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*?"""
    rb"""\s+r\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["'])?"""
)
BLANK = re.compile(PREFIX + rb"c\s[^<>]*/>")  # a cell with a format and no value
FORMULA = re.compile(PREFIX + rb"f[\s/>]")
FORMULA_CELL = re.compile(rb"""\sr\s*=\s*["']([A-Z]+[0-9]+)["'][^<>]*>\s*<(?:[\w.-]+:)?f[\s/>]""")
HIDDEN_ROW = re.compile(PREFIX + rb"""row(?=\s)[^<>]*?\shidden\s*=\s*["'](?:1|true)["']""")
HIDDEN_COLUMN = re.compile(PREFIX + rb"""col(?=\s)[^<>]*?\shidden\s*=\s*["'](?:1|true)["']""")
MERGED = re.compile(PREFIX + rb"""mergeCell(?=\s)[^<>]*?\sref\s*=\s*["']([^"']*)["']""")
TYPE = re.compile(rb"""\st\s*=\s*["']([a-zA-Z]*)["']""")
ERROR = re.compile(rb"""(<(?:[\w.-]+:)?c(?=\s)[^<>]*?\st\s*=\s*["'])e(["'])""")

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
# The workbook that a slice is read as: these parts, its rows, and the formats and strings of the workbook it is from.
AROUND_A_SLICE = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{RELATIONSHIPS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{RELATIONSHIPS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{RELATIONSHIPS}/styles" Target="styles.xml"/>'
    f'<Relationship Id="r3" Type="{RELATIONSHIPS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}
WORKBOOK_OF_A_SLICE = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONSHIPS}"><workbookPr date1904="%d"/>'
    '<sheets><sheet name="slice" sheetId="1" r:id="r1"/></sheets></workbook>'
)


class Xlsx:
    """An Excel workbook. `sheets` stand in their own order."""

    def __init__(self, container: Container, work: Path):
        self._zip, self._work = container, work
        self._root = container.tree("xl/workbook.xml")
        self._related = self._relations("xl/workbook.xml")
        self.sheets = tuple(self._listed())

    def _listed(self) -> Iterator[Sheet]:
        for entry in self._root.iter():
            if _local(entry) != "sheet":
                continue
            relation = next((value for key, value in entry.attrib.items() if key.endswith("}id")), "")
            kind, part = self._related.get(relation, ("", ""))
            if not self._zip.has(part):
                came = f"a sheet “{entry.get('name', '')[:60]}” that is not in it"
                raise self._zip.refusal("a whole workbook", came, "a damaged file.")
            state = entry.get("state", "visible")
            visible = {"visible": Visibility.VISIBLE, "hidden": Visibility.HIDDEN}.get(state, Visibility.VERY_HIDDEN)
            if kind == "worksheet" or visible is not Visibility.VISIBLE:  # a sheet that is all chart has no rows
                yield Sheet(entry.get("name", ""), visible, part)

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to: ID -> the kind of thing, and the name of its part."""
        folder, file = posixpath.split(part)
        path = f"{folder}/_rels/{file}.rels"
        if not self._zip.has(path):
            return {}
        found = {}
        for entry in self._zip.tree(path):
            target = entry.get("Target", "")
            full = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            found[entry.get("Id", "")] = (entry.get("Type", "").rsplit("/", 1)[-1], full)
        return found

    def rows(self, sheet: Sheet) -> Generator[Row]:
        """The rows of a sheet that hold anything, as text."""
        if any(kind in ("comments", "threadedComment") for kind, _ in self._relations(sheet.part).values()):
            raise comment_refusal(self._zip, sheet)
        before = 0
        for content in self._slices(sheet):
            for number, cells in self._rows(sheet, content):
                if not before < number <= MOST_ROWS:
                    raise self._misplaced()
                before = number
                yield number, cells

    def _rows(self, sheet: Sheet, content: bytes) -> Iterable[Row]:
        """The rows of a slice that hold anything."""
        try:
            return plain_xlsx.rows(content, strings=self._texts, numbers=self._numbers)
        except Other:
            return self._looked_at(sheet, content)

    def _looked_at(self, sheet: Sheet, content: bytes) -> Iterator[Row]:
        """The same for rows of all kinds, looked at for what is refused, then read by the reader library."""
        self._refuse(sheet, content)
        for part in self._fitting(sheet, content):
            yield from self._read(part)

    # ------------------------------------------------------------------ The stream

    def _slices(self, sheet: Sheet) -> Iterator[bytes]:
        """Complete rows, some megabytes at a time. What stands before and after them is looked at on the way."""
        chunks = self._zip.chunks(sheet.part)
        start, ended = self._after_head(sheet, chunks)
        waiting = bytearray(start)
        # A slice brings all shared strings along, so it is no smaller than they are, and time stays linear.
        after = max(SLICE, self._zip.size(self._strings) if self._strings else 0)
        enough, cut_of = min(FIRST_SLICE, after), slices.first_cut
        looked = 0  # bytes in which no end was found
        while not ended:
            if waiting.find(b"sheetData", looked) >= 0 and (found := DATA_END.search(waiting, looked)):
                yield bytes(waiting[: found.start()])
                del waiting[: found.end()]
                ended = True
            elif len(waiting) > enough and (cut := cut_of(ROW, waiting)):
                yield bytes(waiting[:cut])
                del waiting[:cut]
                looked, enough, cut_of = 0, after, slices.last
            elif len(waiting) > enough + MOST_AROUND:
                raise self._zip.refusal("rows with an end", "one without", "a file made to fill memory.")
            else:
                looked = max(0, len(waiting) - LONGEST_END)
                waiting += self._more(chunks)
        for chunk in chunks:
            waiting += chunk
            if len(waiting) > MOST_AROUND:
                raise self._zip.refusal(
                    f"at most {MOST_AROUND // 10**6} MB besides the rows of a sheet",
                    "more",
                    f"years of links and rules of formatting that piled up. {VALUES_ONLY}",
                )
        self._refuse_tail(sheet, bytes(waiting))

    def _after_head(self, sheet: Sheet, chunks: Iterator[bytes]) -> tuple[bytes, bool]:
        """What was read of the rows when what stands before them was, and whether there are none."""
        head = self._more(chunks)
        self._zip.refuse_untrusted_xml(head, start=True)
        while not (found := DATA.search(head)):
            if len(head) > MOST_AROUND:
                raise self._zip.refusal("a sheet of rows", "too much before them", "a damaged file.")
            head += self._more(chunks)
        self._zip.refuse_untrusted_xml(head[: found.end()], start=True)
        if HIDDEN_COLUMN.search(head[: found.end()]):
            raise hidden_refusal(self._zip, sheet, "columns")
        return head[found.end() :], found[0].endswith(b"/>")

    def _more(self, chunks: Iterator[bytes]) -> bytes:
        if chunk := next(chunks, b""):
            return chunk
        raise self._zip.refusal("a whole sheet", "one that is cut short", "a damaged file. Save it again.")

    # ------------------------------------------------------------------ The checks

    def _refuse(self, sheet: Sheet, content: bytes) -> None:
        self._zip.refuse_untrusted_xml(content, start=False)
        if (b"<f" in content or b":f" in content) and FORMULA.search(content):
            cell = FORMULA_CELL.search(content)
            raise formula_refusal(self._zip, sheet, cell[1].decode() if cell else "")
        if b"hidden" in content and HIDDEN_ROW.search(content):
            raise hidden_refusal(self._zip, sheet, "rows")

    def _refuse_tail(self, sheet: Sheet, tail: bytes) -> None:
        self._zip.refuse_untrusted_xml(tail, start=False)
        if not END.search(tail):
            raise self._zip.refusal("a whole sheet", "one that is cut short", "a damaged file. Save it again.")
        if found := MERGED.search(tail):
            raise merged_refusal(self._zip, sheet, f" at {found[1][:40].decode('ascii', 'replace')}")

    def _misplaced(self) -> FileRefused:
        return self._zip.refusal(
            "rows in their order and every cell with its place",
            "rows or cells without their places",
            f"a program that writes workbooks in its own way. {VALUES_ONLY}",
        )

    # ------------------------------------------------------------------ The slices

    def _fitting(self, sheet: Sheet, content: bytes) -> Iterator[bytes]:
        """A slice, halved until the rectangle around its cells is one that memory can hold."""
        places = CELL.findall(content)
        if not places:
            return
        columns, numbers = ({cell[i] for cell in places} for i in (0, 1))
        del places
        if b"" in columns:
            raise self._misplaced()
        widest = max(map(column, columns))
        if widest > MOST_COLUMNS:
            content = BLANK.sub(b"", content)
            if (widest := max((column(letters) for letters, _ in CELL.findall(content)), default=0)) > MOST_COLUMNS:
                raise width_refusal(self._zip, sheet, MOST_COLUMNS, widest)
        rows = [int(number) for number in numbers]
        height = max(rows) - min(rows) + 1
        if height == 1 or height * widest <= MOST_CELLS:
            yield content
            return
        starts = [found.start() for found in ROW.finditer(content)]
        if len(starts) < 2:
            raise self._misplaced()
        middle = starts[len(starts) // 2]
        yield from self._fitting(sheet, content[:middle])
        yield from self._fitting(sheet, content[middle:])

    def _read(self, content: bytes) -> Iterator[Row]:
        """Rows of a slice, by way of a workbook that holds nothing else."""
        path = self._work / "slice.xlsx"
        with zipfile.ZipFile(path, "w") as out:
            for part, text in AROUND_A_SLICE.items():
                out.writestr(part, text)
            out.writestr("xl/workbook.xml", WORKBOOK_OF_A_SLICE % self._from_1904)
            out.writestr("xl/styles.xml", self._styles)
            if self._whole_days:
                content = self._whole_days.sub(self._with_midnight, content)
            if b'"e"' in content or b"'e'" in content:
                content = ERROR.sub(rb"\1str\2", content)  # calamine gives errors such as #N/A as nothing, text as text
            sheet = b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>'
            out.writestr("xl/worksheets/sheet1.xml", sheet % (MAIN.encode(), content))
            if self._strings and (b'"s"' in content or b"'s'" in content):
                out.write(self._strings_file, "xl/sharedStrings.xml")
        yield from slices.rows(path, self._zip)

    # ------------------------------------------------------------------ What cells refer to

    def _related_part(self, kind: str) -> str:
        """The part of a kind that the workbook names; empty when there is none."""
        return next((part for k, part in self._related.values() if k == kind and self._zip.has(part)), "")

    @cached_property
    def _from_1904(self) -> bool:
        """Whether days are counted from 1904, as workbooks from old Macintoshes do."""
        return any(_local(e) == "workbookPr" and e.get("date1904") in ("1", "true") for e in self._root)

    @cached_property
    def _styles(self) -> bytes:
        part = self._related_part("styles")
        return self._zip.read(part, most=16_000_000) if part else b"<styleSheet/>"

    @cached_property
    def _strings(self) -> str:
        """The part with the texts of cells, which all sheets share; empty when there is none."""
        part = self._related_part("sharedStrings")
        if part and self._zip.size(part) > MOST_STRINGS:
            raise self._zip.refusal(
                f"at most {MOST_STRINGS // 10**6} MB of text in the cells of a workbook",
                f"{self._zip.size(part) / 1e6:,.0f} MB",
                "very many long texts. Save the sheet as “CSV UTF-8” and send that.",
            )
        return part

    @cached_property
    def _texts(self) -> Sequence[str | None]:
        """The texts of cells, None for one that is more than plain text; empty where they are too many to be held."""
        if not self._strings or self._zip.size(self._strings) > MOST_HELD:
            return ()
        entries = (list(entry) for entry in self._zip.tree(self._strings, most=MOST_HELD) if _local(entry) == "si")
        return [
            _plain(parts[0].text or "") if len(parts) == 1 and _local(parts[0]) == "t" else None for parts in entries
        ]

    @cached_property
    def _numbers(self) -> frozenset[str]:
        """The formats of cells, by their number, in which a number is a number for certain, no date."""
        parts = {_local(part): part for part in self._zip.parsed(self._styles)}
        own = {e.get("numFmtId") for e in parts.get("numFmts", ()) if e.get("formatCode") in PLAIN_CODES}
        others = {e.get("numFmtId") for e in parts.get("numFmts", ())} - own
        plain = (PLAIN_FORMATS | own) - others
        return frozenset(str(at) for at, cell in enumerate(parts.get("cellXfs", ())) if cell.get("numFmtId") in plain)

    @cached_property
    def _whole_days(self) -> re.Pattern[bytes] | None:
        """A cell with a day alone, in a format that shows a time too; None where the workbook has no such format."""
        parts = {_local(part): part for part in self._zip.parsed(self._styles)}
        timed = {e.get("numFmtId") for e in parts.get("numFmts", ()) if _shows_both(e.get("formatCode", ""))}
        cells = [str(n) for n, e in enumerate(parts.get("cellXfs", ())) if e.get("numFmtId") in timed | {DATE_TIME}]
        if not cells:
            return None
        styled = f"""\\ss\\s*=\\s*["'](?:{"|".join(cells)})["']""".encode()
        return re.compile(
            rb"<((?:[\w.-]+:)?)c((?=\s)[^<>]*?" + styled + rb"[^<>]*)>\s*" + PREFIX + rb"v>\s*"
            rb"([0-9]{1,7})(?:\.(?:0+|0{8,}[0-9]+|(9{8,})[0-9]*))?\s*</(?:[\w.-]+:)?v>"
        )

    def _with_midnight(self, found: re.Match[bytes]) -> bytes:
        """A day that is shown with a time, as text of both; calamine is not told how a date is shown."""
        prefix, attributes, whole, nearly = found.groups()
        serial = int(whole) + bool(nearly)
        kind = TYPE.search(attributes)
        # Excel's first two months of 1900 are a day out, and have a 29th of February.
        if (kind and kind[1] != b"n") or serial > LAST_DAY or (serial < 61 and not self._from_1904):
            return found[0]
        first = dt.date(1904, 1, 1) if self._from_1904 else dt.date(1899, 12, 30)
        try:
            day = first + dt.timedelta(serial)
        except OverflowError:
            return found[0]
        given = TYPE.sub(b"", attributes)
        return b'<%bc%b t="str"><%bv>%b</%bv>' % (prefix, given, prefix, f"{day}{MIDNIGHT}".encode(), prefix)

    @cached_property
    def _strings_file(self) -> Path:
        path = self._work / "shared-strings.xml"
        path.write_bytes(self._zip.read(self._strings, most=MOST_STRINGS))
        return path


def _shows_both(code: str) -> bool:
    """Whether a format shows a day and a time of it, in the first of its sections."""
    letters = NO_CODE.sub("", code.split(";")[0]).lower()
    return "h" in letters and ("d" in letters or "y" in letters)


def _plain(shown: str) -> str | None:
    """A shared text that stands for itself: without blanks at its ends, or characters that Excel spells _x000D_."""
    return None if shown != shown.strip() or "_x" in shown else shown


def _local(entry: Element) -> str:
    return entry.tag.rsplit("}", 1)[-1]
