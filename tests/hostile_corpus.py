"""Files made to do harm, or spoilt as people spoil them: one corpus, for the readers, the loaders, the pages and the API.

Each says what its sender must be told. `every(name)` is cheap and made for each dataset; `books` and `zips` are of one.
"""

# ruff: noqa: E501 - a case is a line

import csv
import gzip
import io
import json
import random
import re
import zipfile
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from redway.sources.dataset import dataset, names
from redway.sources.layouts import layout
from redway.store.kinds import COMPOUND, LOCKED
from tests.store.sheets.conftest import changed, ods, xlsx

SURNAME = "Examplethwaite"  # in what is sent: it must not be found anywhere afterwards
NAMED = f"Jane {SURNAME}"
# The datasets that partners send, as CSV or as a workbook.
PARTNERS = [name for name in names() if dataset(name).access == "partners" and ".csv" in dataset(name).files]
# The open datasets that are tables; the others' files are outlines.
OPEN = [name for name in names() if dataset(name).access == "open"]
OPEN_TABLES = [name for name in OPEN if layout(name)]


@dataclass(frozen=True)
class Hostile:
    """One file: what is wrong with it, its name and bytes, and a pattern of what its sender is told."""

    what: str
    file_name: str
    content: bytes
    says: str


# ------------------------------------------------------------------ Tables


def table(name):
    """The worked example as a sender would write it: a heading and rows."""
    definition = dataset(name)
    if definition.access == "open":
        published = layout(name)
        return [list(published.headings), *map(list, published.rows)]
    used = [c for c in definition.columns if not c.optional or any(c.name in row for row in definition.example)]
    return [[c.heading for c in used], *([row.get(c.name, "") for c in used] for row in definition.example)]


def as_csv(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 if n > 1 else str()};" * 10}">' for n in range(1, 10))
    + "]><workbook>&lol9;</workbook>"
)
HOSTILE_CELLS = [
    "45231", "11/30/2025", "30.11.25", "30-Nov-2025", "2025-13-45", "=cmd|' /C calc'!A0", "@SUM(1)",
    "1.2E+11", "46.0", "Oct-17", "\x07bell", "'; DROP TABLE x; --", "<script>",
    "A" * 300, "نص", "🙂", "-1", "NULL", "#REF!",
]  # fmt: skip


def no_tables(name):
    """Bytes that are no table, under the name of one."""
    rows = table(name)
    whole = as_csv([*rows, [NAMED] * len(rows[0])])
    head, _, body = whole.partition(b"\n")
    named = NAMED.encode()
    found = {
        "an empty file": (b"", "a file with something in it"),
        "ends of lines alone": (b"\n\n\n", "."),
        "zero bytes": (b"\x00" * 2000, "."),
        "zero bytes under a heading": (head + b"\n" + b"\x00" * 500, "."),
        "zero bytes in a cell": (whole[: len(head) + 5] + b"\x00\x00" + whole[len(head) + 5 :], "."),
        "random bytes": (random.Random(3).randbytes(4000) + named, "."),
        "UTF-16": (whole.decode().encode("utf-16"), "UTF-16"),
        "a quotation that never closes": (head + b"\n" + b'"never closed,' + body, "."),
        "a file packed by gzip": (gzip.compress(whole), "."),
        "a zip that is none": (b"PK\x03\x04" + whole, "."),
        "an entity bomb": (f"{BILLION_LAUGHS}{NAMED}".encode(), "."),
        "a PDF": (b"%PDF-1.7\n" + whole, "PDF"),
        "a letter of Windows-1252": (whole.replace(named, "café £5".encode("cp1252")), "Windows-1252"),
        "ends of lines of an old Macintosh": (whole.replace(b"\n", b"\r"), "."),
    }
    return [Hostile(what, "sent.csv", sent, says) for what, (sent, says) in found.items()]


def wrong_headings(name):
    """Tables whose headings are merged, missing, twice, of a name or endless."""
    head, *body = table(name)
    found = {
        "a title over the headings": [["Return of November", *[""] * (len(head) - 1)], head, *body],
        "merged headings": [[head[0], *[""] * (len(head) - 1)], *body],
        "a heading missing": [head[1:], *(row[1:] for row in body)],
        "a heading twice": [[*head, head[0]], *([*row, row[0]] for row in body)],
        "a column of names": [[*head, "Surname"], *([*row, SURNAME] for row in body)],
        "a hundred thousand columns": [[f"column {n}" for n in range(100_000)], ["x"] * 100_000],
    }
    return [Hostile(what, "sent.csv", as_csv(rows), ".") for what, rows in found.items()]


def wrong_rows(name):
    """Tables with the right headings, whose every row is wrong."""
    head, *body = table(name)
    width = len(head)
    names_ = [[NAMED if at == place else cell for at, cell in enumerate(body[0])] for place in range(width)]
    found = {
        "dates in five forms and every cell hostile": [head, *([cell] * width for cell in HOSTILE_CELLS)],
        "a name in each column": [head, *names_],
        "2,500 rows of which every cell is wrong": [head, *[["wrong?"] * width] * 2500],
    }
    return [
        Hostile(what, "sent.csv", as_csv(rows), "may be refused|without direct identifiers")
        for what, rows in found.items()
    ]


def every(name):
    """What is cheap enough for each dataset."""
    return [*no_tables(name), *wrong_headings(name), *wrong_rows(name)]


# ------------------------------------------------------------------ Workbooks

ROWS = [["Code", "Count"], ["8N", 1], ["10A", 2]]  # what the changes below are made to
SHEET = "xl/worksheets/sheet1.xml"
HIDDEN_STYLE = '<style:style style:name="ta-1"><style:table-properties table:display="false"/></style:style>'


def swap(old, new):
    return lambda xml: xml.replace(old.encode(), new.encode(), 1)


EXCEL_SHEET = {
    "a formula": (swap('<c r="B2"><v>', '<c r="B2"><f>1+0</f><v>'), "a formula in cell B2.*values only"),
    "a formula without a result": (swap('<c r="B2"><v>1</v>', '<c r="B2"><f t="shared" si="0"/>'), "a formula"),
    "a formula under a prefix": (swap("<v>1</v>", "<x:f>1</x:f>"), "a formula"),
    "a hidden row": (swap('<row r="2"', '<row r="2" hidden="1"'), "hidden rows.*filter"),
    "a row whose first word is that it is hidden": (swap('<row r="2"', '<row hidden="true" r="2"'), "hidden rows"),
    "a hidden column": (
        swap("<sheetData>", '<cols><col min="2" max="2" hidden="1"/></cols><sheetData>'),
        "hidden columns.*Unhide",
    ),
    "merged headings": (
        swap("</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'),
        "merged cells at A1:B1.*Unmerge",
    ),
    "a column too far right": (swap('r="B2"', 'r="XFD2"'), "16,384 or more"),
    "a cell without its place": (swap('<c r="B2">', "<c>"), "without their places"),
    "a place in the value of another attribute": (swap('<c r="B2">', "<c s=' r=\"B2\"'>"), "without their places"),
    "a row out of order": (swap('r="A2"', 'r="A1"'), ""),
    "a row beyond the last": (lambda xml: re.sub(rb'([AB])3"', rb'\g<1>9999999"', xml), "places"),
    "a document type": (swap("<worksheet", "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet"), "a document type"),
    "an entity bomb among the rows": (swap("<row", "<!ENTITY a '&a;&a;'><row"), "a document type"),
    "a comment in the XML": (swap("<row", "<!-- <f> --><row"), "a comment"),
    "text in another encoding": (
        lambda xml: xml.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        "another encoding",
    ),
    "an encoding that only claims to be another": (swap("UTF-8", "UTF-7"), "another encoding"),
    "rows without an end": (lambda xml: xml[: xml.index(b"</sheetData>")], "cut short"),
    "a sheet without an end": (lambda xml: xml[: xml.index(b"</worksheet>")], "cut short"),
    "a sheet without rows": (lambda xml: b'<?xml version="1.0"?><worksheet></worksheet>', "cut short"),
    "text that is a mistaken number": (swap("<v>1</v>", "<v>one</v>"), ""),
    "a string that is not there": (swap("<v>0</v>", "<v>99</v>"), ""),
}

PARTS = {
    "macros": {"xl/vbaProject.bin": b"x"},
    "links to other workbooks": {"xl/externalLinks/externalLink1.xml": b"<x/>"},
    "a connection": {"xl/connections.xml": b"<x/>"},
    "a pivot table": {"xl/pivotCache/pivotCacheRecords1.xml": b"<x/>"},
    "a data model": {"xl/model/item.data": b"x"},
    "embedded objects": {"xl/embeddings/Microsoft_Excel_Sheet.xlsx": b"x"},
    "a record of earlier changes": {"xl/revisions/revisionLog1.xml": b"<x/>"},
    "two parts of the same name": {"XL/Workbook.xml": b"<x/>"},
}

LIBRE = {
    "a formula": (swap("office:value-type=\"float\"", 'table:formula="of:=1+0" office:value-type="float"'), "a formula"),
    "a hidden row": (swap("<table:table-row>", '<table:table-row table:visibility="filter">'), "hidden rows"),
    "a hidden column": (swap("<table:table-column/>", '<table:table-column table:visibility="collapse"/>'), "hidden columns"),
    "a folded group": (
        swap("<table:table-row>", '<table:table-row-group table:display="false"><table:table-row>'),
        "hidden rows",
    ),
    "merged headings": (
        swap("<table:table-cell", '<table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="1"'),
        "merged cells",
    ),
    "a comment": (
        swap("<text:p>8N", "<office:annotation><text:p>ask A. Person</text:p></office:annotation><text:p>8N"),
        "comments or notes",
    ),
    "a pivot table": (
        swap("</office:spreadsheet>", "<table:data-pilot-table/></office:spreadsheet>"),
        "a pivot table",
    ),
    "tracked changes": (swap("<office:spreadsheet>", "<office:spreadsheet><table:tracked-changes/>"), "earlier changes"),
    "a linked sheet": (swap("<table:table-column/>", "<table:table-source/>"), "links to other workbooks"),
    "a table in a cell": (swap("<text:p>8N", "<table:table></table:table><text:p>8N"), "a table within another"),
    "an entity bomb": (swap("<office:document", "<!DOCTYPE a [<!ENTITY b 'c'>]><office:document"), "a document type"),
    "no end": (lambda xml: xml[:-40], "cut short"),
    "no sheets": (lambda xml: re.sub(rb"<table:table .*</table:table>", b"", xml, flags=re.DOTALL), "without whole sheets"),
    "another kind of document": (swap("office:spreadsheet", "office:text"), "."),
    "a row of many filled cells": (
        swap("<table:table-cell ", '<table:table-cell table:number-columns-repeated="5000" '),
        r"5,0\d\d or more",
    ),
    "many empty cells between two": (
        swap("<table:table-row>", '<table:table-row><table:table-cell table:number-columns-repeated="16000"/>'),
        r"16,0\d\d or more",
    ),
}  # fmt: skip

# Bytes under the name of a workbook, and what is said of them.
NO_WORKBOOKS = (
    (b"", "an empty file"),
    (COMPOUND + bytes(512), "the Excel format from before 2007 (.xls)"),
    (COMPOUND + bytes(2_000_000) + LOCKED, "a workbook locked with a password. Likely cause: it was locked"),
    ("Code\tCount\n".encode("utf-16"), "UTF-16 text"),
    (b"%PDF-1.7", "a PDF"),
    (b"\n<html><table>", "a web page"),
    (b"Code,Count\n8N,1\n", "a file of another kind"),
    (b"PK\x03\x04 and no more", "a whole workbook"),
)


def sheet_of(rows):
    """A change of a sheet's XML: these rows in place of its own."""
    return lambda xml: re.sub(
        rb"<sheetData>.*</sheetData>", b"<sheetData>" + rows + b"</sheetData>", xml, flags=re.DOTALL
    )


# Few bytes that would be a table of a billion cells.
OPPOSITE_CORNERS = (
    b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="ALL1048576"><v>1</v></c></row>',
    b'<row r="1"><c r="A1"><v>1</v></c><c r="ALL1048576"><v>1</v></c></row>',
    b'<row r="1"><c r="A1"><v>1</v><c r="ALL1048576"><v>1</v></c></c></row>',
    b'<row r="1"><c r="A1"><v>1</v></c></row><row r="2">' + b'<c r="ALL1048576"><v>1</v></c>' * 9 + b"</row>",
)


def bomb(xml):
    """A part of 120 MB that packs into next to nothing."""
    return xml.replace(b"<row", b" " * 60_000_000 + b"<row") + b" " * 60_000_000


def books(names_, folder):
    """(dataset, workbook): each holds one thing that none may have, and the surname. The datasets take turns."""

    def excel(change=None, part=SHEET, **more):
        def made(rows):
            path = xlsx(folder / "book.xlsx", {"Data": rows})
            return changed(path, part, change, **more).read_bytes()

        return made

    def libre(change):
        return lambda rows: changed(ods(folder / "book.ods", {"Data": rows}), "content.xml", change).read_bytes()

    def also(rows):
        return {"Data": rows, "Names": [[NAMED]]}

    def hidden_in_excel(rows):
        book = xlsx(folder / "book.xlsx", also(rows))
        return changed(book, "xl/workbook.xml", swap('name="Names"', 'name="Names" state="hidden"')).read_bytes()

    def hidden_in_libre(rows):
        return ods(folder / "book.ods", also(rows), styles=HIDDEN_STYLE).read_bytes()

    makers = [(f"Excel: {what}", "book.xlsx", excel(change), says) for what, (change, says) in EXCEL_SHEET.items()]
    makers += [(f"Excel: {what}", "book.xlsx", excel(add=parts), re.escape(what)) for what, parts in PARTS.items()]
    makers += [(f"LibreOffice: {what}", "book.ods", libre(change), says) for what, (change, says) in LIBRE.items()]
    makers += [("Excel: opposite corners", "book.xlsx", excel(sheet_of(cells)), ".") for cells in OPPOSITE_CORNERS]
    makers += [
        (
            f"{says} as a workbook",
            "book.xlsx",
            lambda rows, sent=sent: sent,
            re.escape(says) if sent else "something in it",
        )
        for sent, says in NO_WORKBOOKS
    ]
    makers += [
        ("Excel: a hidden sheet", "book.xlsx", hidden_in_excel, "hidden sheets.*Names"),
        ("LibreOffice: a hidden sheet", "book.ods", hidden_in_libre, "hidden sheets.*Names"),
        ("Excel: cut short", "book.xlsx", lambda rows: excel(add={"more": b"x"})(rows)[:-300], "cut short"),
        ("Excel: a billion laughs", "book.xlsx", excel(lambda xml: BILLION_LAUGHS.encode(), "xl/workbook.xml"), "."),
        ("Excel: macros by its ending", "book.xlsm", excel(add={"more": b"x"}), "macros"),
        ("Excel: a bomb", "book.xlsx", excel(bomb), "packed into"),
    ]
    found = []
    for at, (what, file_name, make, says) in enumerate(makers):
        name = names_[at % len(names_)]
        content = make([table(name)[0], ["8N", 1, NAMED], ["10A", 2, NAMED]])
        found.append((name, Hostile(what, file_name, content, says or ".")))
    return found


# ------------------------------------------------------------------ Zips


def zipped(files):
    """A zip of these names and contents."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


LEADING_OUT = ("../a.csv", "x/../../a.csv", "/etc/a.csv", "C:/a.csv", "..\\a.csv", "\\\\host\\a.csv")


def zips(name):
    """Zips that are not to be trusted, or that hold none of the dataset."""
    whole = as_csv(table(name))
    inner = zipped({"sent.csv": whole})
    found = {
        f"a name that leads out: {out}": ({"good.csv": whole, out: whole}, "Ask whoever made it") for out in LEADING_OUT
    }
    found |= {
        "a zip in a zip": ({"inner.zip": inner, "sent.csv": whole}, "a zip within it"),
        "a bomb": ({"sent.csv": b"0" * 20_000_000}, "made to fill a disk"),
        "too many files": ({f"{n}.csv": b"" for n in range(10_001)}, "10,001 files"),
        "none of the dataset": ({"readme.txt": NAMED.encode()}, "readme.txt"),
        "nothing": ({}, "no file|none|empty"),
    }
    cut = [Hostile("a zip cut short", "sent.zip", inner[:-30], "cut short")]
    return [Hostile(what, "sent.zip", zipped(files), says) for what, (files, says) in found.items()] + cut


# ------------------------------------------------------------------ Open data


def packed(name):
    """Files packed by gzip that end too early, hold no table, or are another gzip file."""
    whole = gzip.compress(as_csv(table(name)))
    found = {
        "a gzip file cut short": (whole[:-9], "ends too early"),
        "a gzip file of one wrong bit": (whole[:30] + bytes([whole[30] ^ 8]) + whole[31:], "."),
        "plain text under the name of a gzip file": (as_csv(table(name)), "gzip"),
        "a gzip file in a gzip file": (gzip.compress(whole), "."),
        "a workbook packed by gzip": (gzip.compress(b"PK\x03\x04" + bytes(400)), "."),
        "a gmade to fill a disk": (gzip.compress(bytes(3_000_000)), "at most 1 MB once unpacked"),
    }
    return [Hostile(what, "sent.csv.gz", sent, says) for what, (sent, says) in found.items()]


def wide(name):
    """The publisher's headings with very many columns beside them, and its rows as merged cells leave them."""
    head, *body = table(name)
    many = [f"column {n}" for n in range(100_000)]
    found = {
        "a hundred thousand columns more": [[*head, *many], *([*row, *many] for row in body)],
        "rows longer than the heading": [head, *([*row, NAMED, NAMED] for row in body)],
        "rows shorter than the heading": [head, *(row[:1] for row in body)],
        "a heading below empty lines and a title": [
            ["Table 1", *[""] * (len(head) - 1)],
            [""] * len(head),
            head,
            *body,
        ],
    }
    return [Hostile(what, "sent.csv", as_csv(rows), ".") for what, rows in found.items()]


SQUARE = [[[-0.7, 52.0], [-0.7, 52.1], [-0.6, 52.1], [-0.7, 52.0]]]


def area(code="E01999001", name="Aldermere 001A", kind="Polygon", at=SQUARE):
    """One area as the portal writes it."""
    properties = {"LSOA21CD": code, "LSOA21NM": name}
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": at}}


def outlines(*areas):
    return json.dumps({"type": "FeatureCollection", "features": list(areas)}).encode()


def no_outlines():
    """Bytes that are no outlines of areas, under the name of a file of them."""
    good = outlines(area())
    found = {
        "an empty file": b"",
        "cut short": good[:-20],
        "random bytes": random.Random(4).randbytes(4000),
        "a web page": b"<html><body>sign in</body></html>",
        "an entity bomb": BILLION_LAUGHS.encode(),
        "a zip": zipped({"a.geojson": good}),
        "a packed file": gzip.compress(good),
        "zero bytes": bytes(2000),
        "brackets without end": b"[" * 200_000,
        "objects within objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "a number of 5,000 digits": good.replace(b"-0.7", b"9" * 5000, 1),
        "a number beyond all": good.replace(b"-0.7", b"1e999"),
        "no number": good.replace(b"-0.7", b"NaN"),
        "a list": b"[1, 2]",
        "a text": b'"areas"',
        "no areas": outlines(),
        "areas that are none": outlines(1, None, "x"),
        "an area without properties": outlines({"type": "Feature", "geometry": None}),
        "another kind of area": good.replace(b"LSOA21", b"MSOA21"),
        "a name for a code": outlines(area(code=NAMED)),
        "a list for a code": outlines(area(code=["E01999001"])),
        "a number for a name": outlines(area(name=7)),
        "no outline": outlines({**area(), "geometry": None}),
        "a point": outlines(area(kind="Point", at=[-0.7, 52.0])),
        "an outline that never closes": outlines(area(at=[[[-0.7, 52.0], [-0.6, 52.1]]])),
        "texts for places": outlines(area(at=[[[NAMED, NAMED]] * 4])),
        "places within places": outlines(area(at=json.loads("[" * 500 + "]" * 500))),
        "metres": outlines(area(at=[[[489000, 235000], [489100, 235000], [489100, 235100], [489000, 235000]]])),
        "swapped": outlines(area(at=[[[y, x] for x, y in SQUARE[0]]])),
        "the same area twice": outlines(area(), area()),
        "letters of another encoding": good.replace(b"Aldermere 001A", "Caf\u00e9 001A".encode("cp1252")),
    }
    return [Hostile(what, "sent.geojson", content, ".") for what, content in found.items()]


def no_parquet(folder):
    """Bytes that are no Parquet of the department's, under the name of one."""

    def written(columns, **more):
        pq.write_table(pa.table(columns), folder / "made.parquet", **more)
        return (folder / "made.parquet").read_bytes()

    head, *body = table("schools")
    whole = written({heading: [row[at] for row in body] for at, heading in enumerate(head)})
    many = {heading: ["x"] for heading in head}
    found = {
        "an empty file": b"",
        "cut short": whole[:-12],
        "its end without its beginning": whole[len(whole) // 2 :],
        "wrong bits": whole[:40] + bytes(60) + whole[100:],
        "random bytes between its marks": b"PAR1" + random.Random(5).randbytes(500) + b"\x20\x01\x00\x00PAR1",
        "a length that cannot be": b"PAR1" + bytes(40) + b"\xff\xff\xff\x7fPAR1",
        "a CSV file": as_csv(table("schools")),
        "columns missing": written({head[0]: ["x"]}),
        "columns within columns": written(many | {"Values": [{"a": [1, {"b": 2}["b"]]}]}),
        "many columns": written(many | {f"c{n}": ["x"] for n in range(200)}),
        "no rows": written({heading: pa.array([], pa.string()) for heading in head}),
        "names for numbers": written(many | {"Values": [NAMED], "Years": ["2024"], "LA Number": ["826"]}),
        "dates for years": written(many | {"Years": pa.array([45231], pa.date32())}),
        "bytes for text": written(many | {"Values": pa.array([b"\xff\xfe\x00"], pa.binary())}),
    }
    return [Hostile(what, "sent.parquet", content, ".") for what, content in found.items()]
