"""How cells of each type are read, and what is said of those that cannot be."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def taken(sent):
    assert not sent.fault, sent.fault
    return [row["cell"] for row in sorted(sent.rows, key=lambda row: row["number"])]


def said(sent):
    return [each["rule"] for each in sent.refused]


class TestDates:
    def test_iso_and_british_order_are_taken(self, cells):
        sent = cells({"type": "date"}, "2025-11-30", "30/11/2025", "5/1/2025", "2025-11-30 00:00:00", "")
        assert taken(sent) == [dt.date(2025, 11, 30)] * 2 + [dt.date(2025, 1, 5), dt.date(2025, 11, 30), None]

    @pytest.mark.parametrize(
        ("cell", "rule"),
        [
            ("45231", "is the number that Excel keeps for a date"),
            ("11/30/2025", "has the month before the day"),
            ("30/11/25", "has a year of two digits"),
            ("30.11.25", "has a year of two digits"),
            ("2025-02-30", "is a day that does not exist, or has a time"),
            ("31/02/2025", "is a day that does not exist, or has a time"),
            ("2025-11-30 22:15", "is a day that does not exist, or has a time"),
            ("last Tuesday", "is not a date such as 2025-11-30 or 30/11/2025"),
            ("2999-01-01", "lies in the future"),
            ("1900-01-00", "is a day that does not exist, or has a time"),
            ("1899-12-30", "lies before 1901"),
            ("infinity", "is not a date such as 2025-11-30 or 30/11/2025"),
            ("2025-11-3+", "is not a date such as 2025-11-30 or 30/11/2025"),
        ],
    )
    def test_others_are_refused_and_named(self, cells, cell, rule):
        sent = cells({"type": "date"}, cell, "2025-11-01")
        assert said(sent) == [rule]
        assert len(sent.rows) == 1

    def test_date_and_time(self, cells):
        sent = cells(
            {"type": "date-time"}, "2025-11-30 22:15", "30/11/2025 22:15", "2025-07-01T21:15:00Z", "2025-11-30T22:15:00"
        )
        written = [f"{moment:%Y-%m-%d %H:%M}" for moment in taken(sent)]
        assert written == ["2025-11-30 22:15", "2025-11-30 22:15", "2025-07-01 22:15", "2025-11-30 22:15"]

    def test_a_day_without_a_time_is_not_midnight(self, cells):
        assert said(cells({"type": "date-time"}, "2025-11-30")) == ["has no time of day"]

    def test_no_time_is_24_hours_and_more(self, cells):
        assert said(cells({"type": "date-time"}, "2025-11-30 24:10")) == ["is a day or time that does not exist"]

    def test_months(self, cells):
        sent = cells({"type": "month"}, "2025-11", "01/11/2025", "2025-11-01", "November 2025", "Nov 2025")
        assert taken(sent) == ["2025-11"] * 5

    @pytest.mark.parametrize("cell", ["sept 2025", "09/2025", "9/2025", "1/9/2025", " September  2025 "])
    def test_months_in_words_and_as_people_write_them(self, cells, cell):
        assert taken(cells({"type": "month"}, cell)) == ["2025-09"]

    @pytest.mark.parametrize(
        "cell",
        [
            "2025-12-31",
            "31/12/2025",
            "01/12/2025",
            "1/12/2025",
            "17/12/2025",
            "31/12/2025 00:00",
            "Dec 2025",
            "Q3 2025/26",
        ],
    )
    def test_the_last_month_of_a_quarter_by_any_day_of_it(self, cells, cell):
        sent = cells({"type": "month"}, cell, cadence="quarterly", period_from="cell")
        assert (taken(sent), sent.loaded[0].period) == (["2025-12"], "2025/26-Q3")

    def test_a_day_of_another_month_is_none(self, cells):
        sent = cells(
            {"type": "month"}, "12/31/2025", "12/01/2025", "30/11/2025", cadence="quarterly", period_from="cell"
        )
        assert said(sent) == ["is a date, not a month"] * 3

    @pytest.mark.parametrize(
        ("cell", "label"),
        [
            ("December 2025", "2025/26-Q3"),
            ("autumn 2025", "2025-autumn"),
            ("Q3 2025/26", "2025/26-Q3"),
            ("2025/26 Q3", "2025/26-Q3"),
            ("11/2025", "2025/26-Q3"),
            ("year ending March 2026", "YE-2026-03"),
        ],
    )
    def test_a_period_in_words_is_taken_in_a_file_as_on_the_page(self, cells, cell, label):
        assert cells({"type": "text"}, cell, cadence="quarterly", period_from="cell").loaded[0].period == label

    @pytest.mark.parametrize("cell", ["Nov-25", "30/11/2025", "45962"])
    def test_a_month_that_excel_turned_into_a_date(self, cells, cell):
        assert said(cells({"type": "month"}, cell)) == ["is a date, not a month"]


class TestNumbers:
    def test_whole_numbers_with_separators_and_needless_decimals(self, cells):
        sent = cells({"type": "integer"}, "46", "1,474", "46.0", "-3", "0")
        assert taken(sent) == [46, 1474, 46, -3, 0]
        assert sent.loaded[0].notes == {"whole numbers written as decimals": 1}

    @pytest.mark.parametrize("cell", ["46.5", "12 000", "1_000", "0x10", "<5", "many", "1,47", "--3", "٣"])
    def test_what_is_no_whole_number(self, cells, cell):
        assert said(cells({"type": "integer"}, cell)) == ["is not a whole number"]

    @pytest.mark.parametrize("kind", ["integer", "number"])
    def test_numbers_that_excel_cut_short_or_turned_into_dates(self, cells, kind):
        assert said(cells({"type": kind}, "1.2E+11", "01-Apr")) == ["is a number in powers of ten", "is a date"]

    def test_numbers(self, cells):
        assert taken(cells({"type": "number"}, "0.25", "1,474.5", "-2", ".5")) == [0.25, 1474.5, -2, 0.5]

    @pytest.mark.parametrize("cell", ["nan", "inf", "45%", "£5", "1,2", "5."])
    def test_what_is_no_number(self, cells, cell):
        assert said(cells({"type": "number"}, cell)) == ["is not a number"]

    def test_bounds(self, cells):
        sent = cells({"type": "integer", "least": 1, "most": 5}, "0", "1", "5", "6")
        assert said(sent) == ["is too small", "is too large"]
        assert sent.refused[0]["expected"] == "a whole number from 1 to 5"

    @given(number=st.integers(-(10**14), 10**14))
    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_every_whole_number_comes_through(self, cells, number):
        assert taken(cells({"type": "integer"}, number, f"{number:,}")) == [number, number]


class TestCodes:
    def test_case_blanks_older_codes_and_labels_are_taken_as_the_code(self, cells):
        column = {"type": "code", "codes": "ethnicity-18-plus-1"}
        sent = cells(column, "W1", "w1", "  A4", "O1", "white  british", "Asian: Chinese", "")
        assert taken(sent) == ["W1", "W1", "A4", "A4", "W1", "A4", None]

    @pytest.mark.parametrize("cell", ["Oct-17", "17-Oct", "10/17/2025", "2017-10-01", "01/10/2017"])
    def test_an_age_band_that_excel_turned_into_a_date(self, cells, cell):
        sent = cells({"type": "code", "codes": "age-band"}, cell)
        assert said(sent) == ["is a date that Excel made of a code"]
        assert "Text" in sent.refused[0]["mend"]

    def test_decimals_and_cut_codes_are_named(self, cells):
        sent = cells({"type": "code", "codes": "outcome"}, "18.0", "1.2E+11", "44562", "99")
        assert said(sent) == [
            "is a code that Excel made a decimal number",
            "is a code that Excel cut short",
            "may be the number of a date that Excel made of a code",
            "is none of the codes",
        ]

    def test_lost_leading_zeros_are_named(self, cells, sending):
        folder = sending.home.profile / "codes"
        folder.mkdir()
        (folder / "sites.yaml").write_text('- {code: "007", label: Seven}\n- {code: "012", label: Twelve}\n')
        sent = cells({"type": "code", "codes": "sites"}, "7", "12", "007", "8")
        assert said(sent) == ["has lost its leading zeros"] * 2 + ["is none of the codes"]

    def test_lost_leading_zeros_among_several_codes_are_named(self, cells, sending):
        folder = sending.home.profile / "codes"
        folder.mkdir()
        (folder / "sites.yaml").write_text('- {code: "007", label: Seven}\n- {code: "012", label: Twelve}\n')
        sent = cells({"type": "code", "codes": "sites", "many": True}, "007; 12", "7", "7;99")
        assert said(sent) == ["has lost its leading zeros"] * 2 + ["is none of the codes"]

    def test_texts_of_a_form_tell_lost_zeros_and_digits_too(self, cells):
        column = {"type": "text", "like": "[0-9]{6}", "expected": "six digits"}
        sent = cells(column, "004711", "4711", "1.2E+11", "12345678", "x")
        assert said(sent) == [
            "has lost its leading zeros",
            "is a code that Excel cut short",
            *["is not in the form expected"] * 2,
        ]

    def test_several_codes_in_a_cell(self, cells):
        column = {"type": "code", "codes": "hate-strand", "many": True}
        sent = cells(column, "religion; race", "race;race", "Racist", "race;unheard of", ";")
        assert [row["cell"] for row in sent.rows] == ["race;religion", "race", "race"]
        assert [row["row"] for row in sent.refused] == [4, 5]

    def test_the_partnership_s_own_look_up_replaces_the_shared_one(self, cells, sending):
        folder = sending.home.profile / "codes" / "things-for-tests"
        folder.mkdir(parents=True)
        (folder / "sex.yaml").write_text("- {code: woman, label: Woman}\n")
        sent = cells({"type": "code", "codes": "sex"}, "woman", "F")
        assert [row["cell"] for row in sent.rows] == ["woman"]


class TestOtherTypes:
    def test_yes_and_no(self, cells):
        sent = cells({"type": "yes-no"}, "yes", "No", "Y", "n", "TRUE", "false", "1", "0", "")
        assert taken(sent) == [True, False] * 4 + [None]
        assert said(cells({"type": "yes-no"}, "maybe")) == ["is not yes or no"]

    def test_areas_of_either_vintage_that_are_known(self, cells):
        sent = cells({"type": "area"}, "E01016711", "e01035001", "E01999999", "Milton Keynes 001A", "")
        assert [row["cell"] for row in sent.rows] == ["E01016711", "E01035001", None]
        assert said(sent) == ["is an area of neither 2011 nor 2021", "is not an LSOA code such as E01016710"]

    def test_what_is_no_pseudonym_is_never_repeated(self, cells):
        sent = cells({"type": "pseudonym"}, "ab" * 16, "43230012345", "AB" * 16, "Jane Example")
        assert [row["cell"] for row in sent.rows] == ["ab" * 16]
        assert {each["value"] for each in sent.refused} == {"(not shown)"}
        assert "Jane" not in str(sent.refused) + str(sent.loaded)
        assert "43230012345" not in str(sent.refused) + str(sent.loaded)

    def test_text_in_a_form(self, cells):
        column = {"type": "text", "like": "[A-Z]{3}", "expected": "three capital letters"}
        sent = cells(column, "ABC", "abc")
        assert said(sent) == ["is not in the form expected"]
        assert sent.refused[0]["mend"] == "Write three capital letters."

    @pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "@SUM(A1)", "+cmd", "-A1", "=1+1"])
    def test_what_begins_as_a_formula(self, cells, cell):
        assert said(cells({"type": "text"}, cell)) == ["begins as a formula does"]

    def test_characters_that_no_text_has(self, cells):
        assert said(cells({"type": "text"}, "a\x07b")) == ["has characters that no text has"]

    def test_text_too_long(self, cells):
        assert said(cells({"type": "text"}, "long " * 1001)) == ["is too long"]

    def test_required_cells(self, cells):
        sent = cells({"type": "text", "required": True}, "", "  ", "there")
        assert said(sent) == ["is empty", "is empty"]
        assert len(sent.rows) == 1
