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

    def take(*rows, heading=HEADING, called=None, columns=COLUMNS):
        path = tmp_path / "mine.csv"
        path.write_text("\n".join(",".join(row) for row in [heading, *rows]) + "\n", "utf-8")
        return read(path, columns, called=called or {}, work=tmp_path)

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


def test_a_heading_spelt_alike_comes_first(taken):
    found = taken(["1", "2", "a", "2025-11-01"], heading=["count", "COUNT", "area", "day"])
    assert found["count"].tolist() == [1.0]


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


def test_what_is_missing_is_named_with_the_way_to_mend_it(taken, tmp_path):
    with pytest.raises(FileRefused, match=r"the columns “count”.*Likely cause: .*--column NAME=HEADING"):
        taken(["1", "a", "2025-11-01"], heading=["n", "area", "day"])
    with pytest.raises(RedwayError, match="What came: events"):
        taken(["1"], heading=["count"], called={"events": "count"})
    with pytest.raises(RedwayError, match="What came: nothing"):
        read(tmp_path / "none.csv", COLUMNS, called={}, work=tmp_path)
