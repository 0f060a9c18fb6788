"""Workbooks that are not taken: each with what was expected, what came, and how to mend it. Nothing ends otherwise."""

# ruff: noqa: E501 - a case is a line

import re
import subprocess
import sys
import zipfile
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redway.errors import FileRefused
from redway.store.kinds import COMPOUND, LOCKED
from redway.store.sheets import as_csv
from tests.store.sheets.conftest import FILL, changed, ods, ods_cell, ods_rows, xlsx

ROWS = [["Code", "Count"], ["8N", 1], ["10A", 2]]
SHEET = "xl/worksheets/sheet1.xml"
HIDDEN_STYLE = '<style:style style:name="ta-1"><style:table-properties table:display="false"/></style:style>'


@pytest.fixture
def excel(tmp_path):
    return xlsx(tmp_path / "book.xlsx", {"Data": ROWS})


@pytest.fixture
def libre(tmp_path):
    return ods(tmp_path / "book.ods", {"Data": ROWS})


@pytest.fixture
def refusal(converted):
    """What is said of a workbook that is refused."""

    def said(path):
        with pytest.raises(FileRefused) as refused:
            converted(path)
        fault = refused.value
        assert fault.expected
        assert fault.came
        assert fault.cause
        assert str(fault).startswith(path.name)
        return str(fault)

    return said


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


@pytest.mark.parametrize("case", EXCEL_SHEET)
def test_an_excel_sheet_with(excel, refusal, work, case):
    change, said = EXCEL_SHEET[case]
    if said == "":
        changed(excel, SHEET, change)
        try_or_refuse(excel, work)
    else:
        assert re.search(said, refusal(changed(excel, SHEET, change)))


def try_or_refuse(path, work):
    """Either is right: what matters is that it ends, in a table or in a sentence."""
    with suppress(FileRefused):
        as_csv(path, name=path.name, work=work, wanted=lambda headings: True)


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


@pytest.mark.parametrize("what", PARTS)
def test_an_excel_workbook_that_carries_more_than_its_sheets(excel, refusal, what):
    assert what in refusal(changed(excel, "", add=PARTS[what]))


@pytest.mark.parametrize(("state", "mend"), [("hidden", "Unhide"), ("veryHidden", "new workbook")])
def test_a_hidden_sheet_in_excel(tmp_path, refusal, state, mend):
    path = xlsx(tmp_path / "book.xlsx", {"Data": ROWS, "Names": [["A. Person"]]})
    said = refusal(changed(path, "xl/workbook.xml", swap('name="Names"', f'name="Names" state="{state}"')))
    assert "hidden sheets (“Names”)" in said
    assert mend in said


def test_comments_in_excel(tmp_path, refusal):
    import xlsxwriter

    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, ROWS[0])
        sheet.write_comment("A1", "ask A. Person")
    assert "comments or notes" in refusal(path)


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
        "5,001 or more",
    ),
    "many empty cells between two": (
        swap("<table:table-row>", '<table:table-row><table:table-cell table:number-columns-repeated="16000"/>'),
        "16,002 or more",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LIBRE)
def test_an_opendocument_sheet_with(libre, refusal, case):
    change, said = LIBRE[case]
    assert re.search(said, refusal(changed(libre, "content.xml", change)))


def test_a_hidden_sheet_in_libreoffice(tmp_path, refusal):
    path = ods(tmp_path / "book.ods", {"Data": ROWS, "Names & more": [["A. Person"]]}, styles=HIDDEN_STYLE)
    assert "hidden sheets (“Names & more”)" in refusal(path)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"Basic/Standard/Module1.xml": b"<x/>"}, "macros"),
        ({"Object 1/content.xml": b"<x/>"}, "embedded objects"),
        ({"META-INF/manifest.xml": b"<manifest:encryption-data/>"}, "a workbook without a password"),
    ],
)
def test_an_opendocument_workbook_that_carries_more_than_its_sheets(libre, refusal, more, said):
    assert said in refusal(changed(libre, "", add=more))


def test_a_row_copied_down_to_the_last_is_refused_before_it_fills_the_disk(tmp_path, refusal, monkeypatch):
    monkeypatch.setattr("redway.store.sheets.MOST_TEXT", 1_000_000)
    filled = f'<table:table-row table:number-rows-repeated="1048575">{ods_cell("the same " * 9)}</table:table-row>'
    beyond = FILL.replace("1048570", "1048576") + ods_rows([["Code"]])
    assert "1,048,576 rows" in refusal(ods(tmp_path / "a.ods", {"Data": beyond}))
    assert "0 GB of text" in refusal(ods(tmp_path / "b.ods", {"Data": ods_rows([["Code"]]) + filled}))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "an empty file"),
        (COMPOUND + bytes(512), "the Excel format from before 2007 (.xls)"),
        (COMPOUND + bytes(2_000_000) + LOCKED, "a workbook locked with a password. Likely cause: it was locked"),
        ("Code\tCount\n".encode("utf-16"), "UTF-16 text"),
        (b"%PDF-1.7", "a PDF"),
        (b"\n<html><table>", "a web page"),
        (b"Code,Count\n8N,1\n", "a file of another kind"),
        (b"PK\x03\x04 and no more", "a whole workbook"),
    ],
)
def test_files_that_are_no_workbooks(tmp_path, refusal, content, said):
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    assert said in refusal(path)


def test_a_zip_of_something_else(tmp_path, refusal):
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("word/document.xml", "<x/>")
    assert "a zip of something else" in refusal(path)


@pytest.mark.parametrize("kind", ["excel", "libre"])
def test_a_truncated_workbook(request, refusal, kind):
    path = request.getfixturevalue(kind)
    whole = path.read_bytes()
    for size in range(4, len(whole) - 1, max(1, len(whole) // 40)):
        path.write_bytes(whole[:size])
        refusal(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(["excel", "libre"]), at=st.floats(0, 1), bytes_=st.binary(min_size=1, max_size=8))
def test_damaged_bytes_end_in_a_table_or_a_sentence(request, work, kind, at, bytes_):
    path = request.getfixturevalue(kind)
    whole = path.read_bytes()
    place = int(at * (len(whole) - len(bytes_)))
    path.write_bytes(whole[:place] + bytes_ + whole[place + len(bytes_) :])
    try_or_refuse(path, work)
    path.write_bytes(whole)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["excel", "libre"]),
    at=st.floats(0, 1),
    cut=st.integers(0, 9),
    text=st.text("<>/\"'= rct&;0A1", max_size=9),
)
def test_damaged_xml_ends_in_a_table_or_a_sentence(request, work, kind, at, cut, text):
    path = request.getfixturevalue(kind)
    whole = path.read_bytes()

    def damage(xml):
        place = int(at * len(xml))
        return xml[:place] + text.encode() + xml[place + cut :] + b" "

    changed(path, SHEET if kind == "excel" else "content.xml", damage)
    try_or_refuse(path, work)
    path.write_bytes(whole)


# ------------------------------------------------------------------ Made to fill memory

IN_LITTLE_MEMORY = """
import resource, sys
from pathlib import Path
from redway.errors import FileRefused
from redway.store.sheets import as_csv
limit = int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
path = Path(sys.argv[1])
try:
    as_csv(path, name=path.name, work=Path(sys.argv[2]), wanted=lambda headings: True)
    print("taken")
except FileRefused as fault:
    print(fault)
"""


def in_little_memory(path, work, limit=500_000_000):
    """What becomes of a workbook in a process that may have so many bytes of address space."""
    command = [sys.executable, "-c", IN_LITTLE_MEMORY, str(path), str(work), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def sheet_of(rows):
    return lambda xml: re.sub(
        rb"<sheetData>.*</sheetData>", b"<sheetData>" + rows + b"</sheetData>", xml, flags=re.DOTALL
    )


def test_two_cells_at_opposite_corners_fill_no_memory(excel, work):
    for cells in (
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="ALL1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c><c r="ALL1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v><c r="ALL1048576"><v>1</v></c></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="2">' + b'<c r="ALL1048576"><v>1</v></c>' * 9 + b"</row>",
    ):
        assert "expected" in in_little_memory(changed(excel, SHEET, sheet_of(cells)), work)


def test_wide_rows_fill_no_memory(excel, libre, work):
    one = b'<c r="ALL%d"><v>1</v></c></row>'
    rows = b"".join(b'<row r="%d">' % n + one % n for n in range(1, 20_000))
    assert in_little_memory(changed(excel, SHEET, sheet_of(rows)), work) == "taken\n"
    left = ods_cell(None, ' table:number-columns-repeated="900"')
    wide = f"<table:table-row>{left}{ods_cell(1)}</table:table-row>"
    assert in_little_memory(ods(libre, {"Data": wide * 20_000 + FILL}), work) == "taken\n"


@pytest.mark.parametrize("kind", ["excel", "libre"])
def test_a_zip_bomb_is_not_unpacked(request, refusal, kind):
    path = request.getfixturevalue(kind)
    part = SHEET if kind == "excel" else "content.xml"
    assert "packed into" in refusal(
        changed(path, part, lambda xml: xml.replace(b"<row", b" " * 60_000_000 + b"<row") + b" " * 60_000_000)
    )


def test_a_cell_without_an_end_fills_no_memory(excel, libre, work):
    endless = b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"endless text " * 3_400_000
    for path, part in ((excel, SHEET), (libre, "content.xml")):
        with zipfile.ZipFile(changed(path, part, lambda xml: xml + b" ")) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        start = parts[part].index(b"<row" if part == SHEET else b"<text:p>")
        parts[part] = parts[part][:start] + (endless if part == SHEET else b"<text:p>" + endless[40:])
        with zipfile.ZipFile(path, "w") as out:  # stored: no bomb by its ratio
            for name, content in parts.items():
                out.writestr(name, content)
        assert "expected" in in_little_memory(path, work)
