"""Templates of every dataset: what is in them, and that what they say is what the checks take."""

import csv
import dataclasses
import gzip
import zipfile

import pyarrow.parquet as pq
import pytest

from redway.errors import FileRefused
from redway.products import templates
from redway.products.described import PASSED_OVER, filled, holds, sent_as, template
from redway.sources.dataset import Column, dataset, names
from redway.sources.loaders import loader
from redway.sources.returned.look_ups import look_ups
from redway.store.sheets import as_csv, workbook
from tests.sources.conftest import context as context_of_sources
from tests.store.sheets.conftest import changed

WITHOUT = {"lsoa-boundaries"}  # outlines are no table
TEMPLATES = [name for name in names() if name not in WITHOUT]
OPEN = [name for name in TEMPLATES if dataset(name).access == "open"]
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
        own = context.partnership.model_copy(update={"police_force": "Aldermere Constabulary"})
        sent = dataclasses.replace(context, agency="an-agency" * (name not in OPEN), partnership=own)
        if path.suffix not in dataset(name).files:  # saved from the workbook by hand
            asked = [evened(column.heading) for column in template(dataset(name)).columns]
            path = as_csv(path, name=path.name, work=into, wanted=lambda headings: headings == asked)
        return loader(name).load(path, file_name=dataset(name).named or path.name, into=into, context=sent)

    return load


def filled_in(path):
    """The template with its worked example on the sheet to fill in, as a careful sender's would be."""

    def swapped(xml):
        return (
            xml.replace(b'"Data"', b'"-"').replace(b'"Worked example"', b'"Data"').replace(b'"-"', b'"Worked example"')
        )

    return changed(path, "xl/workbook.xml", swapped)


def evened(heading):
    return " ".join(heading.split())


@pytest.mark.parametrize("name", TEMPLATES)
class TestEach:
    def test_the_worked_example_passes_every_check_as_workbook_and_as_csv(self, name, tmp_path, book, taken):
        text = tmp_path / f"{name}.csv"
        text.write_text(templates.csv(template(dataset(name)), example=True), "utf-8", newline="")
        loads = taken(name, text), taken(name, filled_in(book(name)))
        for load in loads:
            accepted = sum(one.rows_accepted for one in load)
            assert accepted > 0 if name in OPEN else accepted == len(dataset(name).example)
            assert all(one.refused == () for one in load)
        assert [one.content for one in loads[0]] == [one.content for one in loads[1]]

    def test_an_untouched_template_is_a_return_without_rows(self, name, tmp_path, book, taken):
        path, headings = book(name), [evened(column.heading) for column in template(dataset(name)).columns]
        text = as_csv(path, name=path.name, work=tmp_path, wanted=lambda found: found == headings).read_text("utf-8")
        assert list(csv.reader(text.splitlines())) == [headings]
        with pytest.raises(FileRefused, match="no rows"):
            taken(name, path)

    def test_every_sheet_is_seen_and_nothing_is_merged(self, name, tmp_path, book):
        with workbook(book(name), name=name, work=tmp_path) as made:  # hidden sheets are refused
            read = {sheet.name: [cells for _, cells in made.rows(sheet)] for sheet in made.sheets}  # merged cells are
        assert list(read) == ["Data", "Worked example", "Columns", "Codes"][: len(read)]
        assert [row[0] for row in read["Columns"][1:]] == read["Data"][0]
        assert all(row[1] for row in read["Columns"])
        given = {(row[0], row[1]) for row in read.get("Codes", [[]])[1:]}
        assert given == {
            (found.name.replace("-", " "), code)
            for found in look_ups(dataset(name)).values()
            for code in found.codes
            if name not in OPEN
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


# Real files whose headings are not the portal's or an older edition's.
AS_PUBLISHED = {
    "census-2011": "denominators/census_2011_population_hh.csv.gz",
    "crime-severity": "recorded-crime/england_crime_severity.csv",
    "households": "denominators/households21_england_wales_ltla23.csv.gz",
    "population": "denominators/population20_lsoa11.csv.gz",
    "population-districts": "denominators/population20_ltla21.csv.gz",
    "residents-age-sex": "denominators/age_gender21_ltla21_ew.csv.gz",
    "residents-ethnicity": "census/ethnicity21_lsoa21.csv.gz",
    "residents-ethnicity-districts": "census/ethnicity21_ltla21.csv.gz",
    "school-exclusion-reasons": "dfe/SFR_exclusion_reasons_200607_to_201617.csv.gz",
    "school-measures": "dfe/lait_data_dictionary.csv.gz",
    "stop-search-ethnicity": "stop-search-ethnicity/stop-and-search_by_ethnicity_force_2006-07_to_2017-18.csv.gz",
}
IN_ZIPS = {
    "police-street": ("thames-valley-street-2025.zip", "2025-01/2025-01-thames-valley-street.csv"),
    "police-outcomes": ("northumbria-all-2022.zip", "2022-02/2022-02-northumbria-outcomes.csv"),
    "police-stop-search": ("northumbria-all-2022.zip", "2022-02/2022-02-northumbria-stop-and-search.csv"),
}


@pytest.mark.real_data
class TestHeadingsAsPublished:
    def headings(self, name):
        return [column.heading for column in template(dataset(name)).columns]

    @pytest.mark.parametrize("name", AS_PUBLISHED)
    def test_of_tables(self, name, open_data):
        path = open_data / AS_PUBLISHED[name]
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", newline="") as file:
            assert self.headings(name) == next(csv.reader(file))

    @pytest.mark.parametrize("name", IN_ZIPS)
    def test_of_police_files(self, name, open_data):
        archive, member = IN_ZIPS[name]
        with zipfile.ZipFile(open_data / "police-uk" / archive) as files:
            found = next(each for each in files.namelist() if each.endswith(member))
            assert self.headings(name) == files.read(found).decode().splitlines()[0].split(",")

    def test_of_parquet_and_workbooks(self, open_data, tmp_path):
        assert self.headings("schools") == pq.read_schema(open_data / "dfe/bds_long_0.parquet").names
        book = open_data / "dfe/sn_may_2025.xlsx"
        with workbook(book, name=book.name, work=tmp_path) as made:
            rows = [cells for _, cells in made.rows(made.sheets[0])][:3]
        assert self.headings("statistical-neighbours") == rows[2]
        book = open_data / "deprivation/File_1_-_IMD2019_Index_of_Multiple_Deprivation.xlsx"
        with workbook(book, name=book.name, work=tmp_path) as made:
            head = next(made.rows(made.sheets[1]))[1]
        # File 7 says in brackets what a rank and a decile are, and has the other domains and the scores besides.
        file_7 = [heading.partition(" (where")[0] for heading in self.headings("deprivation-2019")]
        assert set(head) <= set(file_7)


def test_open_data_name_what_is_read_and_what_is_passed_over():
    columns = {c.heading: c for c in template(dataset("residents")).columns}
    assert columns["Residence type: Total; measures: Value"].about == "Usual residents on census day"
    assert columns["Residence type: Total; measures: Value"].expected == "a whole number from 0"
    assert columns["date"].about == PASSED_OVER


def test_repeated_headings_are_told_apart_by_their_place():
    closeness = [c.about for c in template(dataset("statistical-neighbours")).columns if c.heading == "SNP"]
    assert closeness == [f"How alike the authority and neighbour {rank} are" for rank in range(1, 11)]


def test_a_dataset_without_workbooks_says_how_the_template_is_sent():
    assert sent_as(dataset("households")) == ""
    assert "save the sheet Data as CSV" in sent_as(dataset("police-street"))
    assert "2025-11-aldermere-stop-and-search.csv" in sent_as(dataset("police-stop-search"))


def test_only_what_is_no_table_has_no_template_and_says_what_it_looks_like():
    assert {name for name in names() if template(dataset(name)) is None} == WITHOUT
    assert {name for name in names() if dataset(name).looks_like} == WITHOUT
