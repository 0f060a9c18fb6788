"""Templates that partners fill in: what is in them, and that what they say is what the checks take."""

import csv
import dataclasses
import zipfile

import pytest

from redway.errors import FileRefused
from redway.products import templates
from redway.products.described import filled, holds, template
from redway.sources.dataset import Column, dataset, loader, names
from redway.sources.returned.look_ups import look_ups
from redway.store.sheets import as_csv, workbook
from tests.sources.conftest import context as context_of_sources
from tests.store.sheets.conftest import changed

PARTNERS = [name for name in names() if dataset(name).access == "partners"]
context = context_of_sources


@pytest.fixture
def area_lookup(area_lookup):
    """With the fictional area of the worked examples, in the partnership."""
    with area_lookup.open("a") as file:
        file.write("Aldermere 001A,E01999001,U,Aldermere 001A,E01999001,Milton Keynes,E06000042\n")
    return area_lookup


@pytest.fixture
def book(tmp_path):
    """Writes the template of a dataset as a workbook."""

    def write(name):
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(templates.xlsx(template(dataset(name))))
        return path

    return write


@pytest.fixture
def taken(tmp_path, context):
    """What a dataset's loader makes of a file from an agency."""

    def load(name, path):
        into = tmp_path / f"into-{len(list(tmp_path.iterdir()))}"
        into.mkdir()
        sent = dataclasses.replace(context, agency="an-agency")
        return loader(name).load(path, file_name=path.name, into=into, context=sent)

    return load


def filled_in(path):
    """The template with its worked example on the sheet to fill in, as a careful sender's would be."""

    def swapped(xml):
        return (
            xml.replace(b'"Data"', b'"-"').replace(b'"Worked example"', b'"Data"').replace(b'"-"', b'"Worked example"')
        )

    return changed(path, "xl/workbook.xml", swapped)


@pytest.mark.parametrize("name", PARTNERS)
class TestEach:
    def test_the_worked_example_passes_every_check_as_workbook_and_as_csv(self, name, tmp_path, book, taken):
        text = tmp_path / f"{name}.csv"
        text.write_text(templates.csv(template(dataset(name)), example=True), "utf-8", newline="")
        loads = taken(name, text), taken(name, filled_in(book(name)))
        for load in loads:
            assert sum(one.rows_accepted for one in load) == len(dataset(name).example)
            assert all(one.refused == () for one in load)
        assert [one.content for one in loads[0]] == [one.content for one in loads[1]]

    def test_an_untouched_template_is_a_return_without_rows(self, name, tmp_path, book, taken):
        path, headings = book(name), [column.heading for column in dataset(name).columns]
        text = as_csv(path, name=path.name, work=tmp_path, wanted=lambda found: found == headings).read_text("utf-8")
        assert list(csv.reader(text.splitlines())) == [headings]
        with pytest.raises(FileRefused, match="no rows"):
            taken(name, path)

    def test_every_sheet_is_seen_and_nothing_is_merged(self, name, tmp_path, book):
        with workbook(book(name), name=name, work=tmp_path) as made:  # hidden sheets are refused
            read = {sheet.name: [cells for _, cells in made.rows(sheet)] for sheet in made.sheets}  # merged cells are
        assert list(read) == ["Data", "Worked example", "Columns", "Codes"][: len(read)]
        assert [row[0] for row in read["Columns"][1:]] == read["Data"][0]
        given = {(row[0], row[1]) for row in read.get("Codes", [[]])[1:]}
        assert given == {
            (found.name.replace("-", " "), code) for found in look_ups(dataset(name)).values() for code in found.codes
        }

    def test_cells_to_fill_in_are_text_and_headings_stay_in_sight(self, name, book):
        with zipfile.ZipFile(book(name)) as parts:
            sheet, styles = parts.read("xl/worksheets/sheet1.xml").decode(), parts.read("xl/styles.xml").decode()
        assert '<pane ySplit="1"' in sheet
        text_style = [i for i, xf in enumerate(styles.split("<cellXfs")[1].split("<xf ")[1:]) if 'numFmtId="49"' in xf]
        columns = sheet.split("<cols>")[1].split("</cols>")[0]
        assert columns.count("<col ") == sum(columns.count(f'style="{style}"') for style in text_style) > 0


def test_a_drop_down_list_stands_in_columns_with_one_code_and_only_warns(book):
    with zipfile.ZipFile(book("asb-incidents")) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    one_code = [c for c in dataset("asb-incidents").columns if c.codes and not c.many]
    assert sheet.count("<dataValidation ") == len(one_code) >= 3
    assert sheet.count('errorStyle="warning"') == len(one_code)


def test_a_csv_template_is_the_heading_alone_and_opens_as_utf_8():
    text = templates.csv(template(dataset("asb-incidents")))
    assert text.startswith("\ufeffReport number,")
    assert text.count("\r\n") == 1


def test_what_a_cell_holds_is_said_in_words():
    def column(**fields):
        return Column(name="x", about="x", **fields)

    assert holds(column(type="integer", least=0, most=120)) == "a whole number from 0 to 120"
    assert holds(column(type="code", codes="age-bands")) == "a code of the list age bands"
    assert holds(column(type="code", codes="tools", many=True)) == "codes of the list tools, parted by semicolons"
    assert holds(column(type="text", like="x", expected="a number of a report")) == "a number of a report"
    assert filled(column(type="text", required=True)) == "In every row"
    assert filled(column(type="text", optional=True)) == "The column may be left out"
    assert filled(column(type="text")) == "Where it is known"
