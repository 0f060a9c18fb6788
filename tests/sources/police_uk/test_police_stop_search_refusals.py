"""Files of stop and search of data.police.uk that are refused, rows of them, and cells that are not known."""

import pytest

from tests.sources.police_uk.conftest import GOOD, ORDINARY_STOP, STOPS, only, rows_of

DATASET = "police-stop-search"


class TestRefusedRows:
    @pytest.mark.parametrize(
        ("column", "cell", "reason"),
        [
            ("Date", "2021-09-14T16:20:00+00:00", "another month than the file's name says"),
            ("Date", "14/08/2021 16:20", "not a date and time with its distance from UTC"),
            ("Date", "2021-08-14T16:20:00", "not a date and time with its distance from UTC"),
            ("Date", "2021-08-32T16:20:00+00:00", "not a date and time with its distance from UTC"),
            ("Date", "", "not a date and time with its distance from UTC"),
            ("Type", "Strip search", "not a type of search"),
            ("Type", "", "not a type of search"),
            ("Part of a policing operation", "yes", "neither True nor False"),
            ("Outcome linked to object of search", "1", "neither True nor False"),
            ("Removal of more than just outer clothing", "Arrest", "neither True nor False"),
        ],
    )
    def test_each_says_which_why_and_what_came(self, take, stops, column, cell, reason):
        one = only(take(stops([{}] * 20 + [{column: cell}] + [{}] * 19 + [{column: cell}] + [{}] * 5)))
        assert (one.rows_read, one.rows_accepted) == (46, 44)
        refused = only(one.refused)
        assert (refused.reason, refused.count, refused.came) == (reason, 2, cell or "an empty cell")
        assert (refused.first.row, refused.first.column) == (21, column)

    def test_a_heading_among_the_rows(self, take, stops):
        path = stops([{}] * GOOD)
        path.write_bytes(path.read_bytes() + path.read_bytes().split(b"\n", 1)[0] + b"\n")
        assert only(only(take(path)).refused).reason == "a heading among the rows"

    def test_too_many_refuse_the_file(self, refusal, stops):
        fault = refusal(stops([{}] * 10 + [{"Date": "14/08/2021 16:20"}] * 2))
        assert (fault.place.row, fault.place.column, fault.count) == (11, "Date", 2)
        assert "spreadsheet" in fault.cause


class TestOddCells:
    @pytest.mark.parametrize(
        ("column", "cell"),
        [
            ("Gender", "M"),
            ("Age range", "17-Oct"),
            ("Self-defined ethnicity", "Martian"),
            ("Officer-defined ethnicity", "IC1"),
        ],
    )
    def test_a_few_in_unknown_words_stay_and_are_told(self, take, stops, column, cell):
        one = only(take(stops([{}] * GOOD + [{column: cell}])))
        assert (one.rows_accepted, one.refused, one.notes) == (GOOD + 1, (), {"unknown words": 1})
        example = one.examples["unknown words"]
        assert (example.first.row, example.first.column, example.came) == (GOOD + 1, column, cell)
        row = rows_of(one)[-1]
        assert cell in row.values()
        if column.startswith("Self"):
            assert (row["self_defined_code"], row["self_defined_group"]) == (None, None)

    def test_ages_that_a_spreadsheet_turned_into_dates_refuse_the_file(self, refusal, stops):
        fault = refusal(stops([{}] * 10 + [{"Age range": "17-Oct"}] * 3))
        assert (fault.place.row, fault.place.column, fault.came, fault.count) == (11, "Age range", "17-Oct", 3)
        assert "turned 10-17 into a date" in fault.cause

    def test_swapped_headings_refuse_the_file(self, refusal, stops):
        path = stops([{}] * 10)
        path.write_bytes(path.read_bytes().replace(b"Gender,Age range", b"Age range,Gender"))
        assert "moved" in refusal(path).cause

    @pytest.mark.parametrize(
        "bad", [{"Latitude": ""}, {"Longitude": "north"}, {"Latitude": "NaN"}, {"Latitude": "999"}]
    )
    def test_a_bad_point_is_dropped_and_told(self, take, stops, bad):
        one = only(take(stops([{}, {}, bad])))
        assert (one.rows_accepted, one.notes) == (3, {"unlocated": 1, "bad point, dropped": 1})
        assert one.examples["bad point, dropped"].first.row == 3
        row = rows_of(one)[-1]
        assert (row["latitude"], row["longitude"]) == (None, None)

    def test_points_mostly_swapped_refuse_the_file_however_few_they_are(self, refusal, stops):
        nowhere = {"Latitude": "", "Longitude": ""}
        turned = {"Latitude": "-0.756", "Longitude": "52.042845"}
        fault = refusal(stops([nowhere] * 96 + [turned] * 3 + [{}]))
        assert (fault.place.row, fault.count) == (97, 3)
        assert fault.cause == "longitude and latitude are swapped."
        assert "at most 50% of points" in fault.expected


class TestRefusedFiles:
    @pytest.mark.parametrize("month", ["2052-08", "2009-08"])
    def test_a_month_that_cannot_be(self, refusal, stops, month):
        rows = [{"Date": f"{month}-14T16:20:00+00:00"}] * 2
        assert "from December 2010" in str(refusal(stops(rows, f"{month}-thames-valley-stop-and-search.csv")))

    def test_a_renamed_file(self, refusal, stops):
        assert "renamed" in refusal(stops([{}], "2021-09-thames-valley-stop-and-search.csv")).cause

    def test_street_crime_and_outcomes_under_this_name(self, refusal, street_file, sent):
        assert refusal(street_file([{}], STOPS)).came == "one of street crime"
        assert refusal(sent({"Crime ID": "", "Outcome type": ""}, [{}], STOPS)).came == "one of outcomes"

    def test_a_missing_column(self, refusal, stops):
        columns = [name for name in ORDINARY_STOP if name != "Gender"]
        assert "no “Gender”" in refusal(stops([{}], columns=columns)).came

    def test_an_extra_column(self, refusal, sent):
        path = sent(ORDINARY_STOP | {"Officer name": "A"}, [{}], STOPS)
        assert "an unknown “Officer name”" in str(refusal(path))

    def test_cut_short(self, refusal, stops):
        path = stops([{}] * 20)
        path.write_bytes(path.read_bytes()[:-60])
        assert "cut short" in refusal(path).cause

    def test_a_heading_and_no_rows(self, refusal, stops):
        assert "rows of stop and search" in str(refusal(stops([])))


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2021-02-30T00:00:00Z"])
def test_dates_at_the_edge_of_time_are_refused_rows(take, stops, moment):
    one = only(take(stops([{}] * GOOD + [{"Date": moment}])))
    assert (one.rows_accepted, only(one.refused).came) == (GOOD, moment)
