"""What stands in cells, as text: the same from Excel's and LibreOffice's files, however they are cut into slices."""

# ruff: noqa: DTZ001 - a cell knows no time zone

import datetime as dt
import re

import pytest
import python_calamine
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redway.errors import FileRefused
from redway.store.sheets import cells, column_letters, heading, workbook
from redway.store.sheets.ods import Ods
from redway.store.sheets.xlsx import Xlsx
from tests.store.sheets.conftest import FILL, changed, ods, ods_cell, xlsx

HEADING = ["Reference", "Offence code", "Date", "Count"]
KINDS = {"xlsx": xlsx, "ods": ods}


@pytest.fixture(params=sorted(KINDS))
def made(request, tmp_path):
    """Makes a workbook with one sheet of rows, of each kind in turn."""

    def make(rows, name="Data", **options):
        return KINDS[request.param](tmp_path / f"book.{request.param}", {name: rows}, **options)

    return make


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (46, "46"),
        (46.0, "46"),
        (-3, "-3"),
        (0.25, "0.25"),
        (0.1 + 0.2, "0.3"),
        (1.2e11, "120000000000"),
        (123456789012, "123456789012"),
        (1e-7, "0.0000001"),
        (2.5e20, "250000000000000000000"),
        (True, "TRUE"),
        (False, "FALSE"),
        (dt.date(2025, 11, 3), "2025-11-03"),
        (dt.datetime(2025, 11, 3, 14, 30), "2025-11-03T14:30:00"),
        (dt.datetime(2025, 11, 3, 23, 59, 59), "2025-11-03T23:59:59"),
        (dt.datetime(2025, 11, 3), "2025-11-03T00:00:00"),
        (dt.time(14, 30), "14:30:00"),
        ("007", "007"),
        (" E06000042 ", " E06000042 "),
        ("two\nlines", "two\nlines"),
        ('a comma, a "quote" & <less>', 'a comma, a "quote" & <less>'),
        ("=1+1", "=1+1"),
        ("Ynys Môn – 漢字", "Ynys Môn – 漢字"),
        ("PT30", "PT30"),
    ],
)
def test_a_value_is_text_as_people_write_it(made, read, value, text):
    assert read(made([["before", value, "after"]])) == [(1, ["before", text, "after"])]


def test_days_are_counted_from_1904_where_the_workbook_says_so(tmp_path, read):
    days = [[dt.date(2025, 11, 3), dt.datetime(1999, 1, 2, 3, 4, 5)]]
    for from_1904 in (False, True):
        path = xlsx(tmp_path / "book.xlsx", {"Data": days}, date_1904=from_1904)
        assert read(path) == [(1, ["2025-11-03", "1999-01-02T03:04:05"])]


FORMATS = [
    ("dd/mm/yyyy hh:mm", True),
    ("d/m/yy h:mm AM/PM", True),
    ('[$-809]dddd d mmmm yyyy" at "hh:mm;@', True),
    ("yyyy-mm-dd\\Thh:mm:ss", True),
    ("m/d/yy h:mm", True),  # Excel's own, number 22
    ("dd/mm/yyyy", False),
    ('dd/mm/yyyy" hours"', False),
    ("[hh]:mm", False),
    ("[Red]dd mmm yyyy", False),
]


@pytest.mark.parametrize("from_1904", [False, True])
@pytest.mark.parametrize(("form", "timed"), FORMATS)
def test_midnight_in_excel_is_a_time_where_the_format_of_its_cell_shows_one(tmp_path, read, form, timed, from_1904):
    book = xlsxwriter.Workbook(tmp_path / "book.xlsx", {"date_1904": from_1904})
    sheet, shown = book.add_worksheet(), book.add_format({"num_format": form})
    for row, day in enumerate([dt.datetime(2025, 11, 3), dt.datetime(2000, 2, 29)]):
        sheet.write_datetime(row, 0, day, shown)
        sheet.write_string(row, 1, "45964", shown)
        sheet.write_number(row, 2, 45964)
    book.close()
    (_, first), (_, second) = read(tmp_path / "book.xlsx")
    assert (first[0].endswith("T00:00:00"), second[0] == "2000-02-29T00:00:00") == (timed, timed)
    assert first[1:] == second[1:] == ["45964", "45964"]


def test_midnight_with_tags_of_another_prefix_and_a_thousandth_of_a_second_early(tmp_path, read):
    def prefixed(xml):
        xml = re.sub(rb"<v>45964</v>", rb"<v>45963.99999999</v>", xml)
        xml = re.sub(rb"<(/?)(worksheet|sheetData|row|c|v)(?=[\s/>])", rb"<\1x:\2", xml)
        return xml.replace(b"xmlns=", b"xmlns:x=")

    path = xlsx(tmp_path / "book.xlsx", {"Data": [[dt.datetime(2025, 11, 3), "a"]]})
    assert read(changed(path, "xl/worksheets/sheet1.xml", prefixed)) == [(1, ["2025-11-03T00:00:00", "a"])]


SHOWN = [("03/11/2025 00:00", True), ("3/11/25 12:00 AM", True), ("3 Nov 0:00:00", True), ("03/11/2025", False)]


@pytest.mark.parametrize(("shown", "timed"), SHOWN)
@pytest.mark.parametrize("more", ["", " table:style-name='ce1'", " office:currency='x'"])
def test_midnight_in_libreoffice_is_a_time_where_it_is_shown_with_one(tmp_path, read, shown, timed, more):
    cell = f'<table:table-cell office:value-type="date" office:date-value="2025-11-03"{more}><text:p>{shown}</text:p>'
    rows = f"<table:table-row>{cell}</table:table-cell>{ods_cell('12:00')}</table:table-row>"
    text = "2025-11-03T00:00:00" if timed else "2025-11-03"
    assert read(ods(tmp_path / "book.ods", {"Data": rows})) == [(1, [text, "12:00"])]


def test_a_code_that_a_spreadsheet_took_for_a_date_stays_recognisable(tmp_path, read):
    # Offence code 8/6 typed into a cell without the format “Text”.
    assert read(xlsx(tmp_path / "book.xlsx", {"Data": [[dt.date(2025, 6, 8)]]})) == [(1, ["2025-06-08"])]


def test_errors_keep_their_own_text(tmp_path, read):
    def with_error(xml):
        return xml.replace(b'<c r="A1"><v>1</v></c>', b'<c r="A1" t="e"><v>#N/A</v></c>')

    path = changed(xlsx(tmp_path / "book.xlsx", {"Data": [[1]]}), "xl/worksheets/sheet1.xml", with_error)
    assert read(path) == [(1, ["#N/A"])]


def test_a_time_of_more_than_a_day_is_written_in_hours(tmp_path, read):
    cell = '<table:table-cell office:value-type="time" office:time-value="PT30H15M00S"/>'
    path = ods(tmp_path / "book.ods", {"Data": f"<table:table-row>{cell}</table:table-row>"})
    assert read(path) == [(1, ["30:15:00"])]


def test_text_that_the_library_would_pass_over_is_not_lost(tmp_path, read):
    untyped = "<table:table-cell table:style-name='ce1'><text:p>no type</text:p></table:table-cell>"
    spaced = ods_cell("TEXT").replace("TEXT", 'a<text:tab/>b<text:s text:c="2"/>c')
    path = ods(tmp_path / "book.ods", {"Data": f"<table:table-row>{untyped}{spaced}</table:table-row>"})
    assert read(path) == [(1, ["no type", "a\tb  c"])]


def test_repeated_rows_and_cells_are_written_out(tmp_path, read):
    twice, thrice = (f' table:number-columns-repeated="{n}"' for n in (2, 3))
    rows = (
        f"<table:table-row>{ods_cell('a', twice)}{ods_cell('b')}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="2">{ods_cell(None, thrice)}</table:table-row>'
        f'<table:table-row table:number-rows-repeated="3">{ods_cell(None, twice)}'
        f'{ods_cell(7)}<table:table-cell table:number-columns-repeated="16381"/></table:table-row>{FILL}'
    )
    path = ods(tmp_path / "book.ods", {"Data": rows})
    assert read(path) == [(1, ["a", "a", "b"]), *((number, ["", "", "7"]) for number in (4, 5, 6))]


def test_rows_in_groups_and_a_repeated_heading_are_rows(tmp_path, read):
    def row(text):
        return f"<table:table-row>{ods_cell(text)}</table:table-row>"

    rows = f"<table:table-header-rows>{row('a')}</table:table-header-rows><table:table-row-group>{row('b')}"
    rows += (
        f"<table:table-row-group>{row('c')}<table:table-row/></table:table-row-group></table:table-row-group>{row('d')}"
    )
    assert read(ods(tmp_path / "book.ods", {"Data": rows + FILL})) == [(1, ["a"]), (2, ["b"]), (3, ["c"]), (5, ["d"])]


def test_tags_with_a_prefix_of_their_own_are_read(tmp_path, read):
    """As Open XML SDK writes them."""

    def prefixed(xml):
        xml = re.sub(rb"<(/?)(worksheet|sheetData|row|c|v)(?=[\s/>])", rb"<\1x:\2", xml)
        return xml.replace(b"xmlns=", b"xmlns:x=")

    path = changed(xlsx(tmp_path / "book.xlsx", {"Data": [[1, "a"], [2, "b"]]}), "xl/worksheets/sheet1.xml", prefixed)
    assert read(path) == [(1, ["1", "a"]), (2, ["2", "b"])]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(-1e9, 1e9, allow_subnormal=False).map(lambda x: round(x, 6)),
    st.dates(dt.date(1904, 1, 2), dt.date(2100, 1, 1)),
    st.datetimes(dt.datetime(1904, 1, 2), dt.datetime(2100, 1, 1))
    .map(lambda x: x.replace(microsecond=0))
    .filter(lambda x: x.time() != dt.time()),  # of which the library cannot tell how it is shown
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufffe\uffff"), max_size=12).map(
        lambda x: re.sub(r"\s+", " ", x).strip()
    ),
)
SHEETS = st.lists(st.lists(VALUES, max_size=5), min_size=1, max_size=25)


def slow_twin(path):
    """The whole workbook through the library at once, its cells as text, empty ends and rows left out."""
    sheet = python_calamine.load_workbook(str(path)).get_sheet_by_index(0)
    for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1):
        text = [value if isinstance(value, str) else cells.text(value) for value in row]
        while text and not text[-1]:
            text.pop()
        if text:
            yield number, text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=SHEETS, size=st.integers(1, 2_000), cells_at_once=st.integers(1, 40))
def test_slices_give_what_the_whole_gives_whichever_program_saved_it(
    tmp_path, work, monkeypatch, rows, size, cells_at_once
):
    paths = xlsx(tmp_path / "book.xlsx", {"Data": rows}), ods(tmp_path / "book.ods", {"Data": rows})
    given_whole = [list(slow_twin(path)) for path in paths]
    found = []
    with monkeypatch.context() as small:
        for module in ("xlsx", "ods"):
            small.setattr(f"redway.store.sheets.{module}.SLICE", size)
            small.setattr(f"redway.store.sheets.{module}.MOST_CELLS", cells_at_once)
        small.setattr("redway.store.sheets.container.CHUNK", max(200, size // 3))
        for path in paths:
            with workbook(path, name=path.name, work=work) as book:
                found.append(list(book.rows(book.sheets[0])))
    assert found == given_whole
    assert found[0] == found[1]


@pytest.mark.parametrize("last", [None, dt.date(2025, 11, 3)], ids=["ordinary rows", "rows with dates"])
def test_a_long_sheet_is_read_in_slices(tmp_path, monkeypatch, read, last):
    seen = []
    reading = Xlsx._rows
    monkeypatch.setattr(Xlsx, "_rows", lambda *given: seen.append(len(given[-1])) or reading(*given))
    monkeypatch.setattr("redway.store.sheets.xlsx.SLICE", 20_000)
    monkeypatch.setattr("redway.store.sheets.container.CHUNK", 5_000)
    rows = [["the same", n, last] for n in range(5_000)]
    found = read(xlsx(tmp_path / "book.xlsx", {"Data": rows}))
    assert [row for _, row in found] == [[text, str(n), *([str(last)] if last else [])] for text, n, last in rows]
    assert len(seen) > 8
    assert max(seen) < 30_000


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_little_of_a_sheet_is_read_for_its_heading(tmp_path, monkeypatch, work, kind):
    whole, reader = {"xlsx": (xlsx, Xlsx), "ods": (ods, Ods)}[kind]
    seen = []
    reading = reader._rows
    monkeypatch.setattr(reader, "_rows", lambda *given: seen.append(len(given[-1])) or reading(*given))
    path = whole(tmp_path / f"book.{kind}", {"Data": [["the same", n] for n in range(20_000)]})
    with workbook(path, name=path.name, work=work) as book:
        assert heading(book, book.sheets[0]) == ["the same", "0"]
    assert sum(seen) < 70_000


# ------------------------------------------------------------------ As CSV


def test_a_sheet_becomes_csv(made, converted):
    rows = [HEADING, ["0012", "8N", dt.date(2025, 11, 3), 4], ["a, b", None, None, 5]]
    assert converted(made(rows)) == 'Reference,Offence code,Date,Count\n0012,8N,2025-11-03,4\n"a, b",,,5\n'


def test_empty_rows_between_others_keep_their_numbers_and_those_at_the_end_are_dropped(made, converted):
    rows = [["a", "b"], ["1", "2"], [], [None, None], ["5", None], [], []]
    assert converted(made(rows)) == "a,b\n1,2\n,\n,\n5,\n"


def test_headings_are_evened_out(made, converted):
    assert converted(made([[" Offence \n code ", "Count"], ["8N", 1]])).startswith("Offence code,Count\n")


def test_the_sheet_with_the_wanted_columns_is_taken(tmp_path, converted):
    sheets = {"Notes": [["Updated: today"]], "Empty": [], "November": [["Code"], ["8N"]]}
    for path in (xlsx(tmp_path / "book.xlsx", sheets), ods(tmp_path / "book.ods", sheets)):
        assert converted(path, lambda headings: headings == ["Code"]) == "Code\n8N\n"


def test_the_worked_example_of_a_template_is_never_what_is_sent(tmp_path, converted):
    sheets = {"Data": [["Code"], ["8N"]], "Worked example": [["Code"], ["10A"]]}
    assert converted(xlsx(tmp_path / "book.xlsx", sheets)) == "Code\n8N\n"
    with pytest.raises(FileRefused, match="no sheet at all"):
        converted(xlsx(tmp_path / "book.xlsx", {"worked example ": [["Code"], ["10A"]]}))


@pytest.mark.parametrize(
    ("sheets", "came"),
    [
        ({"October": [["Code"], ["8N"]], "November": [["Code"], ["8N"]]}, "“October”, “November”"),
        ({"October": [["Title"], ["Code"]]}, "“October” (Title)"),
        ({"Empty": []}, "“Empty” (empty)"),
    ],
)
def test_no_sheet_or_several_are_refused_and_named(tmp_path, converted, sheets, came):
    path = xlsx(tmp_path / "book.xlsx", sheets)
    with pytest.raises(FileRefused, match=re.escape(came)):
        converted(path, lambda headings: list(headings) == ["Code"])


def test_a_cell_without_a_heading_is_refused_with_its_place(made, converted):
    with pytest.raises(FileRefused, match="column C of row 3 of the sheet “Data”"):
        converted(made([["a", "b"], ["1", "2"], ["1", "2", "a note"]]))


def test_a_stray_value_far_below_is_refused(tmp_path, converted):
    path = ods(
        tmp_path / "book.ods",
        {
            "Data": f"<table:table-row>{ods_cell('a')}</table:table-row>"
            '<table:table-row table:number-rows-repeated="5000"><table:table-cell/></table:table-row>'
            f"<table:table-row>{ods_cell('x')}</table:table-row>"
        },
    )
    with pytest.raises(FileRefused, match="5,000 empty rows above row 5,002"):
        converted(path)


def test_columns_are_named_as_spreadsheets_name_them():
    assert [column_letters(n) for n in (1, 26, 27, 52, 703, 16_384)] == ["A", "Z", "AA", "AZ", "AAA", "XFD"]


def test_sheets_can_be_read_in_any_order_and_at_once(tmp_path, work, monkeypatch):
    monkeypatch.setattr("redway.store.sheets.container.CHUNK", 500)
    monkeypatch.setattr("redway.store.sheets.ods.SLICE", 300)
    given = {name: [[f"{name}{n}", n] for n in range(40)] for name in ("a", "b", "c")}
    with workbook(ods(tmp_path / "book.ods", given), name="book.ods", work=work) as book:
        readers = [iter(book.rows(sheet)) for sheet in reversed(book.sheets)]
        found = [[next(reader)[1] for reader in readers] for _ in range(40)]
    assert found == [[[row[0], str(row[1])] for row in rows] for rows in zip(*reversed(given.values()), strict=True)]
