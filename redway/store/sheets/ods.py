"""OpenDocument workbooks: which sheets there are, and the rows of one. One XML file holds them all, read as a stream.

As in `xlsx`, only complete rows reach the reader library, and what is looked for in their bytes is found for certain.
Rows and cells that say how often they repeat are bounded here: every sheet that LibreOffice saves ends in a row that
repeats a million times, and a bomb is made the same way.
"""

import re
import zipfile
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import NamedTuple

from redway.store.sheets import plain_ods, slices
from redway.store.sheets.cells import MIDNIGHT, duration
from redway.store.sheets.container import VALUES_ONLY, Container
from redway.store.sheets.plain import Other
from redway.store.sheets.plain_ods import CLOCK
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

CONTENT = "content.xml"
# Attributes are taken one by one from the tag's name on, so nothing written within one's value is mistaken for another.
ATTRIBUTE = rb"""\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')"""
ROOT = re.compile(rb"<office:document-content(?:" + ATTRIBUTE + rb")*\s*>")
BODY = re.compile(rb"<office:spreadsheet[\s>]")
TABLE = re.compile(rb"<table:table(?:" + ATTRIBUTE + rb")*\s*/?>|</table:table\s*>")
SHEET_TAG = re.compile(rb"table:table[^-]")  # within every tag that TABLE finds, and quicker to look for
NAME = re.compile(rb"""\stable:name\s*=\s*("[^"]*"|'[^']*')""")
STYLE = re.compile(rb"""\stable:style-name\s*=\s*("[^"]*"|'[^']*')""")
ROW = re.compile(rb"<table:table-row(?=[\s/>])")
ROW_REPEATED = re.compile(
    rb"(<table:table-row(?:" + ATTRIBUTE + rb""")*?)\s+table:number-rows-repeated\s*=\s*["']([0-9]{1,9})["']"""
)
ROW_TAG, ROW_END = re.compile(rb"<table:table-row(?:" + ATTRIBUTE + rb")*\s*/?>"), b"</table:table-row>"
CELLS_REPEATED = re.compile(rb"""\stable:number-columns-repeated\s*=\s*["']([0-9]{1,9})["']""")
BLANK_ENDS = re.compile(
    rb"(?:<table:(?:covered-)?table-cell(?:(?!\s+office:)" + ATTRIBUTE + rb")*\s*"
    rb"(?:/>|>\s*</table:(?:covered-)?table-cell\s*>)\s*)+(?=</table:table-row)"
)
UNTYPED = re.compile(rb"(<table:table-cell)((?:(?!\s+office:value-type)" + ATTRIBUTE + rb")*\s*>\s*<text:p)")
# A date without a time of day, and what is shown of it.
DAY_CELL = re.compile(
    rb"<table:table-cell((?:(?!\s+office:date-value)" + ATTRIBUTE + rb""")*)\s+office:date-value\s*=\s*"""
    rb"""["']([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T00:00:00)?["']((?:""" + ATTRIBUTE + rb")*)\s*>\s*<text:p>([^<]*)</text:p>"
)
VALUE_TYPE = re.compile(rb"""\s+(?:office|calcext):value-type\s*=\s*(?:"[^"]*"|'[^']*')""")
BREAK = re.compile(rb"<text:(tab|line-break)(?:" + ATTRIBUTE + rb")*\s*/>")

FORMULA = re.compile(rb"\stable:formula\s*=\s*[\"']")
MERGED = re.compile(rb"""\stable:number-(?:columns|rows)-spanned\s*=\s*["'](?!1["'])""")
HIDDEN = re.compile(
    rb"""<table:table-(row|column)(?=\s)[^<>]*?\stable:visibility\s*=\s*["'](?:collapse|filter)["']"""
    rb"""|<table:table-(row|column)-group(?=\s)[^<>]*?\stable:display\s*=\s*["']false["']"""
)
# What stands beside the sheets' rows and can hold other data than they show.
HIDING = {
    b"<table:tracked-changes": "a record of earlier changes",
    b"<table:data-pilot-table": "a pivot table",
    b"<table:dde-link": "links to other workbooks",
    b"<table:table-source": "links to other workbooks",
    b"<office:dde-source": "links to other workbooks",
    b"<table:scenario": "scenarios, which hold other values than those shown",
}


@dataclass(frozen=True)
class _Table:
    """Where a sheet's rows lie in the XML, in bytes from its start."""

    start: int
    end: int


class Ods:
    """An OpenDocument workbook. `sheets` stand in their own order."""

    def __init__(self, container: Container, work: Path):
        self._zip, self._work = container, work
        if container.has("META-INF/manifest.xml"):
            manifest = container.read("META-INF/manifest.xml", most=4_000_000)
            if b"encryption-data" in manifest:
                raise container.refusal(
                    "a workbook without a password",
                    "one that needs it",
                    "it was locked before sending. Save it without.",
                )
        self._tables: dict[str, _Table] = {}
        self._root = b""
        # Where the last reading of rows got to: a piece of the XML, its place, and what follows it.
        self._chunks, self._held, self._held_at = container.chunks(CONTENT), b"", 0
        self.sheets = tuple(self._listed())

    # ------------------------------------------------------------------ The list of sheets

    def _listed(self) -> Iterator[Sheet]:
        """Every sheet, from one look at the whole of the XML."""
        hidden: set[bytes] = set()
        opened: tuple[bytes, int] | None = None  # the tag that opened a sheet, and where its rows begin
        for at, piece in self._pieces():
            if not self._root:
                hidden = self._head(piece)
            tags = list(TABLE.finditer(piece)) if SHEET_TAG.search(piece) else []
            if tags or not opened:
                self._refuse_hiding(piece)
            for found in tags:
                opens = not found[0].startswith(b"</")
                if opens == (opened is not None):
                    raise self._zip.refusal("sheets one after the other", "a table within another", VALUES_ONLY)
                if opens and not found[0].endswith(b"/>"):
                    opened = found[0], at + found.end()
                elif opened:
                    yield self._sheet(opened[0], _Table(opened[1], at + found.start()), hidden)
                    opened = None
        if opened or not self._tables:
            raise self._zip.refusal("a whole workbook", "one without whole sheets", "a damaged file. Save it again.")

    def _refuse_hiding(self, piece: bytes) -> None:
        for tag, what in HIDING.items():
            if tag in piece:
                raise self._zip.refusal("a workbook that holds nothing but its sheets' cells", what, VALUES_ONLY)

    def _sheet(self, tag: bytes, table: _Table, hidden: set[bytes]) -> Sheet:
        part = str(len(self._tables))
        self._tables[part] = table
        name, style = NAME.search(tag), STYLE.search(tag)
        out_of_sight = style is not None and style[1][1:-1] in hidden
        visible = Visibility.HIDDEN if out_of_sight else Visibility.VISIBLE
        return Sheet(unescape(name[1][1:-1].decode("utf-8", "replace")) if name else "", visible, part)

    def _pieces(self) -> Iterator[tuple[int, bytes]]:
        """The XML in pieces that begin and end between tags, with the place of each; the first holds all before the
        sheets.
        """
        at, waiting, started = 0, bytearray(), False
        for chunk in self._zip.chunks(CONTENT):
            waiting += chunk
            cut = waiting.rfind(b"<")
            started = started or BODY.search(waiting, 0, cut) is not None
            if not started and len(waiting) > MOST_AROUND:
                raise self._zip.refusal(
                    f"styles of at most {MOST_AROUND // 10**6} MB", "more", f"formatting that piled up. {VALUES_ONLY}"
                )
            if started and cut > 0:
                yield at, self._trusted(bytes(waiting[:cut]), at)
                at += cut
                del waiting[:cut]
            if len(waiting) > 2 * MOST_AROUND:
                raise self._zip.refusal("cells of text", "one without an end", "a file made to fill memory.")
        yield at, self._trusted(bytes(waiting), at)
        if not re.search(rb"</office:document-content\s*>\s*$", waiting):
            raise self._zip.refusal("a whole workbook", "one that is cut short", "a damaged file. Save it again.")

    def _trusted(self, piece: bytes, at: int) -> bytes:
        self._zip.refuse_untrusted_xml(piece, start=at == 0)
        return piece

    def _head(self, piece: bytes) -> set[bytes]:
        """Take in what stands before the sheets; the names of the styles that put a sheet out of sight."""
        root, body = ROOT.search(piece), BODY.search(piece)
        if not root or not body:
            raise self._zip.refusal(
                "a spreadsheet", "another kind of document", f"a text or a drawing, or another program. {VALUES_ONLY}"
            )
        self._root = root[0]
        styles = piece[: body.start()].partition(b"<office:automatic-styles")[2].split(b"<style:style ")
        out_of_sight = re.compile(rb"""<style:table-properties(?=\s)[^<>]*?\stable:display\s*=\s*["']false["']""")
        named = re.compile(rb"""style:name\s*=\s*(?:"([^"]*)"|'([^']*)')""")
        return {n[1] or n[2] for style in styles if out_of_sight.search(style) and (n := named.search(style))}

    # ------------------------------------------------------------------ Rows

    def rows(self, sheet: Sheet) -> Generator[Row]:
        """The rows of a sheet that hold anything, as text."""
        number = 1  # of the row that comes next
        for content in self._slices(sheet):
            for times, cells in self._rows(sheet, content):
                if cells and number + times - 1 > MOST_ROWS:
                    raise self._zip.refusal(
                        f"a sheet “{sheet.name}” of at most {MOST_ROWS:,} rows",
                        "more",
                        "a row copied down without end. Delete the rows that are not needed.",
                    )
                if cells:
                    for again in range(times):
                        yield number + again, cells
                number += times

    def _rows(self, sheet: Sheet, content: bytes) -> Iterable[tuple[int, list[str]]]:
        """Each row of a slice: how many times it stands there, and its cells."""
        first = found.start() if (found := ROW.search(content)) else len(content)
        self._refuse(sheet, content[:first])
        try:
            return plain_ods.rows(content[first:])
        except Other:
            return self._looked_at(sheet, content[first:])

    def _looked_at(self, sheet: Sheet, content: bytes) -> Iterator[tuple[int, list[str]]]:
        """The same for rows of all kinds, looked at for what is refused, then read by the reader library."""
        self._refuse(sheet, content)
        content = _plainer(content)
        starts = [found.start() for found in ROW.finditer(content)]
        given = [content[a:b] for a, b in zip(starts, [*starts[1:], len(content)], strict=True)]
        for rows in _fitting([self._bounded(sheet, row) for row in given]):
            found = dict(self._read(b"".join(row.xml for row in rows)))
            yield from ((row.times, found.get(at, [])) for at, row in enumerate(rows, 1))

    def _slices(self, sheet: Sheet) -> Iterator[bytes]:
        """Complete rows, some megabytes at a time; the first slice begins with what stands before the rows."""
        waiting = bytearray()
        enough, cut_of = min(FIRST_SLICE, SLICE), slices.first_cut
        for chunk in self._within(self._tables[sheet.part]):
            waiting += chunk
            if len(waiting) <= enough:
                continue
            if cut := cut_of(ROW, waiting):
                yield bytes(waiting[:cut])
                del waiting[:cut]
                enough, cut_of = SLICE, slices.last
            elif len(waiting) > MOST_AROUND:
                raise self._zip.refusal("rows with an end", "one without", "a file made to fill memory.")
        yield bytes(waiting)

    def _within(self, table: _Table) -> Iterator[bytes]:
        at = table.start
        while at < table.end:
            piece = self._from(at)[: table.end - at]
            at += len(piece)
            yield piece

    def _from(self, at: int) -> bytes:
        """Some bytes of the XML from a place on. Sheets read in their order are unpacked once."""
        if at < self._held_at:
            self._chunks, self._held, self._held_at = self._zip.chunks(CONTENT), b"", 0
        while at >= self._held_at + len(self._held):
            self._held_at += len(self._held)
            if not (chunk := next(self._chunks, b"")):
                raise self._zip.refusal("a whole workbook", "one that is cut short", "a damaged file. Save it again.")
            self._held = chunk
        return self._held[at - self._held_at :]

    def _refuse(self, sheet: Sheet, content: bytes) -> None:
        if b"table:formula" in content and FORMULA.search(content):
            raise formula_refusal(self._zip, sheet, "")
        if b"spanned" in content and MERGED.search(content):
            raise merged_refusal(self._zip, sheet, "")
        if (b"visibility" in content or b"-group" in content) and (found := HIDDEN.search(content)):
            raise hidden_refusal(self._zip, sheet, "rows" if b"row" in (found[1] or found[2]) else "columns")
        if b"<office:annotation" in content:
            raise comment_refusal(self._zip, sheet)
        if b"<table:cell-range-source" in content:
            raise self._zip.refusal(f"a sheet “{sheet.name}” of values", "links to other workbooks", VALUES_ONLY)

    def _bounded(self, sheet: Sheet, row: bytes) -> "_Given":
        """A row that is written once, without the empty cells that fill the sheet to its end."""
        times = 1
        if not row.endswith(ROW_END):
            row = self._ended(row)
        if b"rows-repeated" in row and (found := ROW_REPEATED.match(row)):
            times = int(found[2])
            row = found[1] + row[found.end() :]
        width = _width(row)
        if width > MOST_COLUMNS:
            row = BLANK_ENDS.sub(b"", row)
            if (width := _width(row)) > MOST_COLUMNS:
                raise width_refusal(self._zip, sheet, MOST_COLUMNS, width)
        return _Given(row, times, width)

    def _ended(self, row: bytes) -> bytes:
        """The row alone, without what follows the last row of a group or of a sheet."""
        if (end := row.rfind(ROW_END)) >= 0:
            return row[: end + len(ROW_END)]
        if (tag := ROW_TAG.match(row)) and tag[0].endswith(b"/>"):
            return tag[0]
        raise self._zip.refusal("rows with an end", "one without", f"a damaged file. {VALUES_ONLY}")

    def _read(self, content: bytes) -> Iterator[Row]:
        """Rows of a slice, by way of a workbook that holds nothing else; numbered within the slice."""
        path = self._work / "slice.ods"
        with zipfile.ZipFile(path, "w") as out:
            out.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            out.writestr("META-INF/manifest.xml", "<manifest/>")
            out.writestr(
                CONTENT,
                self._root
                + b'<office:body><office:spreadsheet><table:table table:name="slice">'
                + content
                + b"</table:table>"
                b"</office:spreadsheet></office:body></office:document-content>",
            )
        timed = b"office:time-value" in content
        found = slices.rows(path, self._zip)
        return ((at, [duration(cell) for cell in cells]) for at, cells in found) if timed else found


class _Given(NamedTuple):
    """A row's XML, how many times it stands there, and how many cells it has."""

    xml: bytes
    times: int
    width: int


def _width(row: bytes) -> int:
    cells = row.count(b"table-cell")  # ends of cells too: above what it is, where nothing more is to be known
    if b"columns-repeated" not in row and cells <= MOST_COLUMNS:
        return cells
    cells = row.count(b"<table:table-cell") + row.count(b"<table:covered-table-cell")
    return cells + sum(int(times) - 1 for times in CELLS_REPEATED.findall(row))


def _fitting(rows: list[_Given]) -> Iterator[list[_Given]]:
    """Rows together, as many as fit into the rectangle that memory can hold."""
    start = widest = 0
    for at, row in enumerate(rows):
        widest = max(widest, row.width)
        if widest * (at + 1 - start) > MOST_CELLS:
            yield rows[start:at]
            start, widest = at, row.width
    yield rows[start:]


def _plainer(content: bytes) -> bytes:
    """Rows with what calamine passes over in them spelt in a way that it reads."""
    if b"<text:tab" in content or b"<text:line-break" in content:
        content = BREAK.sub(lambda found: b"\t" if found[1] == b"tab" else b"\n", content)
    if b"office:date-value" in content:
        content = DAY_CELL.sub(_with_midnight, content)
    return UNTYPED.sub(rb'\1 office:value-type="string"\2', content)


def _with_midnight(found: re.Match[bytes]) -> bytes:
    """A day that is shown with a time, as text of both; calamine is not told how a date is shown."""
    before, day, after, shown = found.groups()
    if not CLOCK.search(shown.decode("utf-8", "replace")):
        return found[0]
    given = VALUE_TYPE.sub(b"", before + after)
    text = day + MIDNIGHT.encode()
    return b'<table:table-cell%b office:value-type="string"><text:p>%b</text:p>' % (given, text)
