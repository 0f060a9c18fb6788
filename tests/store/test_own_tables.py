"""A table of somebody's own as arrays: kinds, other names, and every fault with its place."""

import numpy as np
import pytest
import xlsxwriter

from redway.errors import FileRefused, RedwayError
from redway.methods.catalogue import Column
from redway.store.own_tables import read

COLUMNS = (
    Column("count", "how many"),
    Column("area", "where", kind="text"),
    Column("day", "when", kind="date"),
    Column("treated", "whether", kind="yes-no", required=False),
)
HEADING = ["Count", "area", "day", "treated"]


@pytest.fixture
def taken(tmp_path):
    """Read rows written as a CSV file."""

    def take(*rows, heading=HEADING, called=None, columns=COLUMNS, of=""):
        path = tmp_path / "mine.csv"
        path.write_text("\n".join(",".join(row) for row in [heading, *rows]) + "\n", "utf-8")
        return read(path, columns, called=called or {}, work=tmp_path, of=of)

    return take


def test_each_kind_of_column(taken):
    found = taken(["3", " North ", "2025-11-30", "Yes"], ["", "", "", "n"], ["1e3", "Säve", "01/12/2025", "1"])
    assert found["count"][[0, 2]].tolist() == [3.0, 1000.0]
    assert np.isnan(found["count"][1])
    assert found["area"].tolist() == ["North", "", "Säve"]
    assert found["day"].astype(str).tolist() == ["2025-11-30", "NaT", "2025-12-01"]
    assert found["treated"].tolist() == [True, False, True]


def test_a_column_that_may_be_left_out_is_left_out(taken):
    assert set(taken(["1", "a", "2025-11"], heading=HEADING[:3])) == {"count", "area", "day"}


def test_other_headings_are_named(taken):
    found = taken(["1", "a", "2025-11-01"], heading=["Offences", "area", "day"], called={"count": "offences"})
    assert found["count"].tolist() == [1.0]


@pytest.mark.parametrize("heading", ["row", 'say "how many"', "v0", "c1", "Row", "select *"])
def test_any_heading_is_let_pass(taken, heading):
    quoted = '"' + heading.replace('"', '""') + '"'
    found = taken(["1", "a", "2025-11-01"], heading=[quoted, "area", "day"], called={"count": heading})
    assert found["count"].tolist() == [1.0]


@pytest.mark.parametrize("heading", [["count", "count"], ["count", "COUNT"], ["Count", "COUNT"]])
def test_a_heading_that_is_there_twice_is_refused(taken, heading):
    with pytest.raises(FileRefused, match=r"one column “count”\. What came: 2: “.*Likely cause: a column pasted in"):
        taken(["1", "2", "a", "2025-11-01"], heading=[*heading, "area", "day"])


def test_one_of_two_headings_that_differ_in_capitals_can_be_named(taken):
    row, heading = ["1", "2", "a", "2025-11-01"], ["count", "COUNT", "area", "day"]
    assert taken(row, heading=heading, called={"count": "COUNT"})["count"].tolist() == [2.0]
    with pytest.raises(FileRefused, match="one column “Count”"):
        taken(row, heading=heading, called={"count": "Count"})


def test_columns_that_nobody_asks_for_may_be_there_twice(taken):
    found = taken(["1", "a", "2025-11-01", "", ""], heading=["count", "area", "day", "note", "Note"])
    assert found["count"].tolist() == [1.0]


def test_one_column_is_not_taken_for_two(taken):
    with pytest.raises(RedwayError, match=r"“n” for “count” and for “area”\. Likely cause"):
        taken(["1", "2025-11-01"], heading=["n", "day"], called={"count": "n", "area": "n"})
    found = taken(["1", "a", "2025-11-01"], heading=["treated", "area", "day"], called={"count": "treated"})
    assert "treated" not in found  # which may be left out, and was said to be another


def test_a_million_rows_keep_their_order(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("count\n" + "\n".join(map(str, range(1_000_000))) + "\n")
    found = read(path, COLUMNS[:1], called={}, work=tmp_path)
    assert (found["count"] == np.arange(1_000_000)).all()


def test_a_workbook_is_read_alike(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "mine.xlsx")
    sheet = book.add_worksheet("Sheet1")
    sheet.write_row(0, 0, ["count", "area"])
    sheet.write_row(1, 0, [46, "a"])
    book.close()
    found = read(tmp_path / "mine.xlsx", COLUMNS[:2], called={}, work=tmp_path)
    assert (found["count"].tolist(), found["area"].tolist()) == ([46.0], ["a"])


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["many", "a", "2025-11-01", "y"], "line 3, column “Count”: expected a number. What came: “many”."),
        (["1", "a", "31/02/2025", "y"], "expected a date such as 2025-11-30"),
        (["1", "a", "2025-11-01", ""], "expected yes or no. What came: an empty cell."),
        (["1", "a", "2025-11-01"], "4 cells in every row"),
    ],
)
def test_a_wrong_cell_is_placed(taken, row, told):
    with pytest.raises(FileRefused) as refusal:
        taken(["1", "a", "2025-11-01", "y"], row)
    assert told in str(refusal.value)


@pytest.mark.parametrize(
    ("cell", "cause"),
    [
        ("n/a", "words for what is not known"),
        ('"1,234"', "a mark between thousands"),
        ('"1,5"', "a comma for the decimal point"),
        ("12%", "a percent sign"),
        ("£3.50", "a sign of money"),
        ("<5", "a small count that was hidden"),
        ("#DIV/0!", "a spreadsheet's error"),
        ("Total", "a row of totals"),
    ],
)
def test_a_cell_that_is_no_number_has_its_likely_cause(taken, cell, cause):
    with pytest.raises(FileRefused, match=f"line 2, column “Count”: .*Likely cause: {cause}"):
        taken([cell, "a", "2025-11-01", "y"])


@pytest.mark.parametrize(
    ("day", "cause"),
    [
        *[("11/30/2025", "month before day"), ("45992", "saved as a number"), ("1/11/25", "two digits")],
        *[("11/30/2025 00:00", "month before day"), ("31/11/2025", "does not exist"), ("2025-02-30", "does not exist")],
        *[
            ("Jan-22", "a month in letters"),
            ("1 January 2022", "a month in letters"),
            ("Jan 2022", "a month in letters"),
        ],
        *[("2022-06-01T23:30:00Z", "Greenwich"), ("2022-06-01T23:30:00+01:00", "another zone")],
    ],
)
def test_a_day_that_is_none_has_its_likely_cause(taken, day, cause):
    with pytest.raises(FileRefused, match=f"column “day”: .*Likely cause: .*{cause}"):
        taken(["1", "a", day, "y"])


@pytest.mark.parametrize(
    "day",
    ["01/12/2025 00:00", "1/12/2025 13:45:00", "01-12-2025", "01.12.2025", "2025-12-01T00:00:00", "2025-12-01 09:30"],
)
def test_a_day_may_have_a_time_as_spreadsheets_write_it(taken, day):
    assert taken(["1", "a", day, "y"])["day"].astype(str).tolist() == ["2025-12-01"]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_cells_may_be_parted_by_semicolons_or_tabs(tmp_path, separator):
    path = tmp_path / "mine.csv"
    rows = [["count", "area"], ["3", '"a, b"'], ["4", "c"]]
    path.write_text("\n".join(separator.join(row) for row in rows) + "\n", "utf-8")
    found = read(path, COLUMNS[:2], called={}, work=tmp_path)
    assert (found["count"].tolist(), found["area"].tolist()) == ([3.0, 4.0], ["a, b", "c"])
    path.write_text(separator.join(rows[0]) + "\n" + separator.join(["1", "a", "b"]) + "\n", "utf-8")
    with pytest.raises(FileRefused, match=f"a {'tab' if separator != ';' else 'semicolon'} inside a cell"):
        read(path, COLUMNS[:2], called={}, work=tmp_path)


def test_no_rows_and_empty_columns_are_told(taken):
    with pytest.raises(FileRefused, match=r"expected rows under the heading\. What came: none"):
        taken()
    with pytest.raises(FileRefused, match=r"expected something in the column “area”\. What came: 2 empty cells"):
        taken(["1", "", "2025-11-01", "y"], ["2", "", "2025-11-01", "y"])


def test_a_title_above_the_headings_of_a_workbook(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "mine.xlsx")
    sheet = book.add_worksheet("Sheet1")
    sheet.write(0, 0, "Offences in Aldermere")
    sheet.write_row(1, 0, ["count", "area"])
    book.close()
    with pytest.raises(FileRefused, match="the columns “count”, “area” in its first row") as refusal:
        read(tmp_path / "mine.xlsx", COLUMNS[:2], called={}, work=tmp_path)
    assert "Delete the rows above the headings" in str(refusal.value)
    assert "template" not in str(refusal.value)


def test_a_misspelt_column_is_guessed(taken):
    with pytest.raises(FileRefused, match="such as --column count=counts"):
        taken(["1", "a", "2025-11-01"], heading=["counts", "area", "day"])
    with pytest.raises(FileRefused, match="such as --column 'count=Counts of all'"):
        taken(["1", "a", "2025-11-01"], heading=["Counts of all", "area", "day"], called={"count": "Count of all"})
    with pytest.raises(FileRefused, match=r"--column delay\.NAME=HEADING, such as --column delay\.count=counts"):
        taken(["1", "a", "2025-11-01"], heading=["counts", "area", "day"], of="delay")
    with pytest.raises(RedwayError, match="Did you mean “area”"):
        taken(["1"], heading=["count"], called={"aera": "count"})


def test_what_is_missing_is_named_with_the_way_to_mend_it(taken, tmp_path):
    with pytest.raises(FileRefused, match=r"the columns “count”.*Likely cause: .*--column NAME=HEADING"):
        taken(["1", "a", "2025-11-01"], heading=["n", "area", "day"])
    with pytest.raises(RedwayError, match="What came: events"):
        taken(["1"], heading=["count"], called={"events": "count"})
    with pytest.raises(RedwayError, match="What came: nothing"):
        read(tmp_path / "none.csv", COLUMNS, called={}, work=tmp_path)
