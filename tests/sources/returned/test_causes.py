"""What a refused file says of its likely cause is what its rows have in common."""

import pytest

COLUMNS = [
    {"name": "at", "type": "date", "about": "When", "publisher_name": "Date", "required": True},
    {"name": "sex", "type": "code", "codes": "sex", "about": "Sex", "publisher_name": "Sex"},
    {"name": "age", "type": "integer", "about": "Age", "publisher_name": "Age"},
    {"name": "number", "type": "text", "about": "Number", "publisher_name": "Number", "required": True},
]
RIGHT = ("2025-11-03", "female", "31", "A")


@pytest.fixture
def cause(load_text):
    """Why a file is refused; each row is right but for what is named by its place."""

    def told(*rows, **fields):
        lines = [",".join({**dict(enumerate(RIGHT)), 3: f"A{n}", **row}.values()) for n, row in enumerate(rows)]
        text = "Date,Sex,Age,Number\n" + "".join(f"{line}\n" for line in lines)
        asked = {"period_from": "at", "refuse_above": 0.05, **fields}
        return load_text(text, COLUMNS, **asked).fault.cause

    return told


def test_one_column_is_named_with_its_rule(cause):
    told = cause(*[{1: "Frau"}] * 9, {})
    assert told.startswith("“Sex” is none of the codes in all 9 rows refused. Its system may use another list")
    assert told.endswith("The list of refused rows says how to mend each.")
    assert "columns moved" not in told


def test_of_one_column_with_several_rules_the_commonest(cause):
    told = cause(*[{2: "thirty"}] * 7, *[{2: "1.2E+11"}] * 2)
    assert told.startswith("“Age” is not a whole number in 7 of 9 rows refused. Write digits alone")


def test_dates_are_told_of_dates(cause):
    assert cause(*[{0: "45964"}] * 4).startswith("“Date” is the number that Excel keeps for a date in all 4 rows")
    assert cause({0: "3.11.25"}).startswith("“Date” has a year of two digits in the one row refused.")
    assert "The return of another period was chosen" in cause(*[{0: "2025-10-03"}] * 4, period="2025-11")


def test_an_empty_column_was_left_out_of_the_export(cause):
    told = cause(*[{0: ""}] * 4)
    assert told.startswith("“Date” is empty in all 4 rows refused. It may have been left out of the export")


def test_rows_pasted_twice(cause):
    told = cause(*[{3: "A"}] * 5, key=["number"])
    assert told.startswith("“Number” came before in all 4 rows refused. Rows may have been pasted twice")


def test_all_columns_wrong_means_that_they_moved(cause):
    told = cause(*[{0: "female", 1: "31", 2: "2025-11-03"}] * 6)
    assert told.startswith("columns moved, or another file: “Date”, “Sex”, “Age” all hold what does not belong there.")


def test_several_columns_are_named_with_how_many_rows_each(cause):
    told = cause(*[{1: "Frau"}] * 5, *[{2: "thirty"}] * 4)
    assert told.startswith("several columns: “Sex” is none of the codes (in 5 rows); “Age” is not a whole number (in 4")


def test_the_fault_counts_rows_as_its_cause_does_whatever_else_is_wrong_in_them(load_text):
    """Four rows have a faulty date before their faulty code: the code is wrong in all twelve."""
    rows = "".join(f"{'45964' if n < 4 else '2025-11-03'},Frau,31,A{n}\n" for n in range(12))
    fault = load_text(f"Date,Sex,Age,Number\n{rows}", COLUMNS, refuse_above=0.05, period_from="at").fault
    assert fault.cause.startswith("“Sex” is none of the codes in all 12 rows refused.")
    assert (fault.count, fault.place.column, fault.place.row) == (12, "Sex", 1)
    assert fault.came == "“Frau”, which is none of the codes"
    assert "here 12 of 12 are" in fault.expected


def test_cells_beside_the_table_are_no_column(load_text):
    text = "Date,Sex,Age,Number,\n" + "2025-11-03,female,31,A,stray\n" * 3
    fault = load_text(text, COLUMNS, refuse_above=0.05, period_from="at").fault
    assert fault.cause.startswith("cells without a heading in all 3 rows refused. Delete the stray cells.")
