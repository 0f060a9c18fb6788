"""Workbooks that are not taken: each with what was expected, what came, and how to mend it. Nothing ends otherwise."""

import re
import subprocess
import sys
import zipfile
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redway.errors import FileRefused
from redway.store.sheets import as_csv
from tests.hostile_corpus import (
    EXCEL_SHEET,
    HIDDEN_STYLE,
    LIBRE,
    NO_WORKBOOKS,
    OPPOSITE_CORNERS,
    PARTS,
    ROWS,
    SHEET,
    sheet_of,
    swap,
)
from tests.store.sheets.conftest import FILL, changed, ods, ods_cell, ods_rows, xlsx


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


@pytest.mark.parametrize(("content", "said"), NO_WORKBOOKS)
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


def test_two_cells_at_opposite_corners_fill_no_memory(excel, work):
    for cells in OPPOSITE_CORNERS:
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
