"""Ordinary rows are read without the reader library, and mean what they mean to it; all others are left to it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redway.errors import FileRefused
from redway.store.sheets import cells, plain_ods, plain_xlsx, slices, workbook
from redway.store.sheets.plain import Other
from tests.store.sheets.conftest import FILL, changed, ods, xlsx

# As LibreOffice and Excel write them; the second of each kind is out of the ordinary.
ODS_CELLS = (
    '<table:table-cell office:value-type="string" calcext:value-type="string"><text:p>Town</text:p></table:table-cell>',
    '<table:table-cell table:style-name="ce1" office:value-type="float" office:value="46" calcext:value-type="float">'
    "<text:p>46.0</text:p></table:table-cell>",
    '<table:table-cell office:value-type="float" office:value="1e-7"><text:p>0</text:p></table:table-cell>',
    '<table:table-cell office:value-type="float" office:value="007"/>',
    '<table:table-cell office:value-type="float" office:value="1_0"/>',
    '<table:table-cell office:value-type="percentage" office:value="0.25"><text:p>25%</text:p></table:table-cell>',
    '<table:table-cell office:value-type="date" office:date-value="2025-11-03"><text:p>3</text:p></table:table-cell>',
    '<table:table-cell office:value-type="date" office:date-value="2025-11-03T14:30:00"/>',
    '<table:table-cell office:value-type="time" office:time-value="PT14H30M00S"><text:p>2</text:p></table:table-cell>',
    '<table:table-cell office:value-type="time" office:time-value="PT30H15M00S"/>',
    '<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>so</text:p></table:table-cell>',
    '<table:table-cell office:value-type="string"><text:p> a &amp; b &lt;c&gt; </text:p></table:table-cell>',
    '<table:table-cell office:value-type="string"><text:p>&#65;&#x42;</text:p></table:table-cell>',
    '<table:table-cell office:value-type="string"><text:p>1 > 0</text:p></table:table-cell>',
    '<table:table-cell office:value-type="string"><text:p>two</text:p><text:p>lines</text:p></table:table-cell>',
    '<table:table-cell office:value-type="string"><text:p>a<text:s/>b</text:p></table:table-cell>',
    '<table:table-cell office:value-type="string"><text:p>a\r\nb</text:p></table:table-cell>',
    '<table:table-cell office:value-type="string"><text:p/></table:table-cell>',
    "<table:table-cell table:style-name='ce1'><text:p>no type</text:p></table:table-cell>",
    "<table:table-cell><text:p>no type</text:p></table:table-cell>",
    '<table:table-cell table:number-columns-repeated="3" office:value-type="string"><text:p>x</text:p>'
    "</table:table-cell>",
    '<table:table-cell table:number-columns-repeated="16000"/>',
    "<table:table-cell/>",
    "<table:table-cell></table:table-cell>",
    "<table:covered-table-cell/>",
)
XLSX_CELLS = (
    '<c r="{}" t="inlineStr"><is><t>Town</t></is></c>',
    '<c r="{}" t="inlineStr"><is><t xml:space="preserve"> Town </t></is></c>',
    '<c r="{}" t="inlineStr"><is><t> Town </t></is></c>',
    '<c r="{}" t="inlineStr"><is><r><t>To</t></r><r><t>wn</t></r></is></c>',
    '<c r="{}" t="s"><v>0</v></c>',
    '<c r="{}" s="1" t="s"><v>1</v></c>',
    '<c r="{}" t="s"><v>2</v></c>',
    '<c r="{}" t="s"><v>3</v></c>',
    '<c r="{}"><v>46</v></c>',
    '<c r="{}" s="2"><v>46.0</v></c>',
    '<c r="{}" s="1"><v>45964.604166666664</v></c>',
    '<c r="{}" s="3" t="n"><v>1.5E-7</v></c>',
    '<c r="{}" s="4" t="n"><v>45964</v></c>',
    '<c r="{}"><v>-0.25</v></c>',
    '<c r="{}"><v>007</v></c>',
    '<c r="{}" t="str"><v>a &amp; b</v></c>',
    '<c r="{}" t="str"><v>a_x000D_b</v></c>',
    '<c r="{}" t="str"><v>1 > 0</v></c>',
    '<c r="{}" t="e"><v>#N/A</v></c>',
    '<c r="{}" t="b"><v>1</v></c>',
    '<c r="{}" s="1"/>',
    '<c r="{}"/>',
    '<c r="{}" ></c>',
    "",
)
STRINGS = "<sst><si><t>shared</t></si><si><t>a &amp; b</t></si><si><r><t>ri</t></r><r><t>ch</t></r></si>"
STRINGS += '<si><t xml:space="preserve"> blanks </t></si></sst>'


@pytest.fixture
def without_the_library(monkeypatch):
    """Reading fails where the reader library is asked."""

    def asked(*given):
        raise AssertionError("the reader library was asked")

    monkeypatch.setattr(slices, "rows", asked)


def sheet_of(path, rows, strings=STRINGS):
    """An Excel workbook whose one sheet has these rows, in XML; formats: 1 and 4 are dates, the others numbers."""
    formats = (
        '<numFmts><numFmt numFmtId="164" formatCode="General"/><numFmt numFmtId="165" formatCode="d/m"/></numFmts>'
    )
    cells_ = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 22, 1, 164, 165))
    styles = f"<styleSheet>{formats}<cellXfs>{cells_}</cellXfs></styleSheet>"

    def with_rows(xml):
        return xml.replace(b"<sheetData/>", f"<sheetData>{rows}</sheetData>".encode())

    changed(xlsx(path, {"Data": [], "Others": [["a text"]]}), "xl/worksheets/sheet1.xml", with_rows)
    changed(path, "xl/styles.xml", lambda _: styles.encode())
    return changed(path, "xl/sharedStrings.xml", lambda _: strings.encode())


def xlsx_row(number, cells_of_it):
    places = zip("ABCDEFGH", cells_of_it, strict=False)
    return f'<row r="{number}">{"".join(cell.format(f"{letter}{number}") for letter, cell in places)}</row>'


def test_ordinary_rows_are_read_without_the_library(tmp_path, read, without_the_library):
    shown = [ODS_CELLS[at] for at in (0, 1, 5, 6, 7, 8, 9, 10, 11, 20, 22, 19)]
    path = ods(tmp_path / "book.ods", {"Data": f"<table:table-row>{''.join(shown)}</table:table-row>{FILL}"})
    values = ["Town", "46", "0.25", "2025-11-03", "2025-11-03T14:30:00", "14:30:00", "30:15:00", "TRUE", " a & b <c> "]
    assert read(path) == [(1, [*values, "x", "x", "x", "", "no type"])]

    shown = [XLSX_CELLS[at] for at in (0, 4, 5, 20, 8, 9, 13, 18)]
    path = sheet_of(tmp_path / "book.xlsx", xlsx_row(9, shown) + xlsx_row(11, shown[:1]))
    values = ["Town", "shared", "a & b", "", "46", "46", "-0.25", "#N/A"]
    assert read(path) == [(9, values), (11, ["Town"])]


def test_rows_as_libre_office_writes_them_for_excel_are_ordinary(tmp_path, read, without_the_library):
    """Its number format “General” is one of the workbook's own, and each row says that it is not hidden."""
    row = '<row r="1" customFormat="false" ht="12.8" hidden="false" customHeight="false" outlineLevel="0" '
    row += 'collapsed="false"><c r="A1" s="3" t="s"><v>0</v></c><c r="B1" s="3" t="n"><v>4</v></c></row>'
    assert read(sheet_of(tmp_path / "book.xlsx", row)) == [(1, ["shared", "4"])]


def test_a_repeated_row_is_read_without_the_library(tmp_path, read, without_the_library):
    twice = f'<table:table-row table:number-rows-repeated="2">{ODS_CELLS[0]}</table:table-row>'
    path = ods(tmp_path / "book.ods", {"Data": f"{twice}<table:table-row><table:table-cell/></table:table-row>{twice}"})
    assert read(path) == [(number, ["Town"]) for number in (1, 2, 4, 5)]


def same(path, work, monkeypatch, reader):
    """What is read in both ways, and that they are the same; whether the rows were ordinary."""
    ordinary = []
    reading = reader.rows

    def told(*given, **named):
        found = reading(*given, **named)
        ordinary.append(True)
        return found

    def never(*given, **named):
        raise Other

    outcomes = []
    for way in (told, never):
        with monkeypatch.context() as patch:
            patch.setattr(reader, "rows", way)
            try:
                with workbook(path, name=path.name, work=work) as book:
                    outcomes.append(list(book.rows(book.sheets[0])))
            except FileRefused as refused:
                outcomes.append(str(refused))
    if ordinary:
        assert outcomes[0] == outcomes[1]
    return bool(ordinary)


MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("cell", ODS_CELLS)
def test_each_cell_of_an_ods_file_means_what_it_means_to_the_library(tmp_path, work, monkeypatch, cell):
    rows = f"<table:table-row>{ODS_CELLS[0]}{cell}{ODS_CELLS[0]}</table:table-row>"
    same(ods(tmp_path / "book.ods", {"Data": rows}), work, monkeypatch, plain_ods)


@MANY
@given(rows=st.lists(st.lists(st.sampled_from(ODS_CELLS), max_size=6), max_size=6))
def test_rows_of_an_ods_file_mean_what_they_mean_to_the_library(tmp_path, work, monkeypatch, rows):
    xml = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)
    same(ods(tmp_path / "book.ods", {"Data": xml + FILL}), work, monkeypatch, plain_ods)


@pytest.mark.parametrize("cell", XLSX_CELLS)
def test_each_cell_of_an_excel_file_means_what_it_means_to_the_library(tmp_path, work, monkeypatch, cell):
    rows = xlsx_row(1, [XLSX_CELLS[0], cell, XLSX_CELLS[0]])
    same(sheet_of(tmp_path / "book.xlsx", rows), work, monkeypatch, plain_xlsx)


@MANY
@given(rows=st.lists(st.lists(st.sampled_from(XLSX_CELLS), max_size=6), max_size=6))
def test_rows_of_an_excel_file_mean_what_they_mean_to_the_library(tmp_path, work, monkeypatch, rows):
    xml = "".join(xlsx_row(number, row) for number, row in enumerate(rows, 1))
    same(sheet_of(tmp_path / "book.xlsx", xml), work, monkeypatch, plain_xlsx)


@pytest.mark.parametrize(
    "rows",
    [
        "<table:table-row>{}",
        "{}</table:table-row>",
        "<table:table-row>{}</table:table-row>{}",
        "<table:table-row><table:table-row>{}</table:table-row></table:table-row>",
        '<table:table-row table:visibility="collapse">{}</table:table-row>',
        '<table:table-row table:number-rows-repeated="99999999">{}</table:table-row>',
        "<table:table-row>" + 1_001 * "{}" + "</table:table-row>",
        '<table:table-row><table:table-cell table:number-columns-repeated="1000"/>{}</table:table-row>',
        '<table:table-row><table:table-cell table:number-columns-repeated="1000"/>' * 20 + "{}</table:table-row>",
        "<table:table-row><table:table-cell/>stray</text:p></table:table-cell></table:table-row>",
        "<table:table-row>{}<office:annotation/></table:table-row>",
        "<table:table-row>{}</table:table-row><table:named-expressions/>",
    ],
)
def test_other_rows_of_an_ods_file_are_not_taken_for_ordinary(rows):
    with pytest.raises(Other):
        plain_ods.rows(rows.replace("{}", ODS_CELLS[0]).encode())


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c>',
        '<row r="1" hidden="1"><c r="A1"><v>1</v></c></row>',
        "<row><c><v>1</v></c></row>",
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>',
        '<row r="1"><c r="A1" t="str"><f>B1</f><v>2</v></c></row>',
        '<row r="1"><c r="ZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>5</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"/>',
        '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>',
    ],
)
def test_other_rows_of_an_excel_file_are_not_taken_for_ordinary(rows):
    with pytest.raises(Other):
        plain_xlsx.rows(rows.encode(), strings=("one",), numbers=frozenset())


@pytest.mark.parametrize(("reader", "cell"), [(plain_ods, ODS_CELLS[0]), (plain_xlsx, '<c r="A1"><v>1</v></c>')])
def test_rows_that_memory_cannot_hold_are_left_to_the_library(monkeypatch, reader, cell):
    monkeypatch.setattr(reader, "MOST_CELLS", 3)
    row = {plain_ods: f"<table:table-row>{cell}</table:table-row>", plain_xlsx: f'<row r="1">{cell}</row>'}[reader]
    named = {} if reader is plain_ods else {"strings": (), "numbers": frozenset()}
    assert len(reader.rows(3 * row.encode(), **named)) == 3
    with pytest.raises(Other):
        reader.rows(4 * row.encode(), **named)


def test_numbers_are_spelt_as_everywhere(tmp_path, read, without_the_library):
    given = (0, 7, -3, 46.0, 0.1 + 0.2, 1.2e11, 123456789012345, 1e-7, 2.5e20)
    rows = xlsx_row(1, ['<c r="{}"><v>%r</v></c>' % value for value in given[:8]])  # noqa: UP031 - {} is the place
    path = sheet_of(tmp_path / "book.xlsx", rows)
    assert read(path) == [(1, [cells.number(value) for value in given[:8]])]
    rows = "".join(f'<table:table-cell office:value-type="float" office:value="{value!r}"/>' for value in given)
    path = ods(tmp_path / "book.ods", {"Data": f"<table:table-row>{rows}</table:table-row>"})
    assert read(path) == [(1, [cells.number(value) for value in given])]
