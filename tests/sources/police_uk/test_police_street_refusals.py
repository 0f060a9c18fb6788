"""Street files of data.police.uk that are refused, and rows of them."""

import pytest

from redway.errors import NotSetUp
from redway.sources.dataset import Context
from redway.sources.police_street.load import STREET, load
from redway.store.snapshot import Snapshot
from tests.sources.police_uk.conftest import GOOD, NOWHERE, only, rows_of

DATASET = "police-street"


class TestRefusedRows:
    @pytest.mark.parametrize(
        ("change", "reason", "came"),
        [
            ({"Month": "2025-02"}, "another month than the file's name says", "2025-02"),
            ({"Month": "Jan-25"}, "not a month", "Jan-25"),
            ({"Month": "2025-13"}, "not a month", "2025-13"),
            ({"Month": ""}, "not a month", "an empty cell"),
            ({"Crime type": "Witchcraft"}, "not one of the 14 crime types", "Witchcraft"),
            ({"Crime type": "burglary"}, "not one of the 14 crime types", "burglary"),
            ({"Crime type": ""}, "not one of the 14 crime types", "an empty cell"),
            ({"Month": " 2025-01"}, "a cell padded with spaces", " 2025-01"),
            ({"Crime type": "Burglary  "}, "a cell padded with spaces", "Burglary  "),
            ({"LSOA code": " E01016710"}, "a cell padded with spaces", " E01016710"),
            ({"Reported by": ""}, "no force", "an empty cell"),
            ({"Reported by": "  "}, "no force", "  "),
            ({"Reported by": "Thames\0 Valley Police"}, "no force", "Thames\0 Valley Police"),
            ({"LSOA code": "E01099999"}, "an area of neither 2011 nor 2021", "E01099999"),
            ({"LSOA code": "Milton Keynes 001A"}, "not an area code", "Milton Keynes 001A"),
            ({"LSOA code": "E06000042"}, "not an area code", "E06000042"),
            (
                {"LSOA code": "", "Longitude": "51.95", "Latitude": "-0.66"},
                "longitude and latitude swapped, and no area",
                "longitude 51.95, latitude -0.66",
            ),
            (
                {"LSOA code": "", "Longitude": "-0.66", "Latitude": ""},
                "a point outside the British Isles or half a point, and no area",
                "longitude -0.66, latitude ",
            ),
        ],
    )
    def test_each_says_which_why_and_what_came(self, take, street_file, change, reason, came):
        one = only(take(street_file([{}] * 20 + [change] + [{}] * 19 + [change] + [{}] * 5)))
        assert (one.rows_read, one.rows_accepted) == (46, 44)
        refused = only(one.refused)
        assert (refused.reason, refused.count, refused.first.row, refused.came) == (reason, 2, 21, came)
        assert refused.first.file == "2025-01-thames-valley-street.csv"
        assert refused.expected

    def test_months_that_cannot_be_are_refused_in_joined_files(self, take, street_file):
        path = street_file([{}] * GOOD + [{"Month": "2052-01"}], "joined.csv")
        assert only(only(take(path)).refused).reason == "a month that cannot be"
        path = street_file([{}] * GOOD + [{"Month": "2001-01"}], "joined.csv")
        assert only(only(take(path)).refused).came == "2001-01"

    @pytest.mark.parametrize("bad", ["999", "-0.66", "NaN", "inf", "north", "51.9x"])
    def test_a_bad_point_with_a_good_area_is_dropped_and_counted(self, take, street_file, bad):
        one = only(take(street_file([{}] * GOOD + [{"Latitude": bad}])))
        assert (one.rows_accepted, one.notes) == (GOOD + 1, {"bad point": 1})
        row = rows_of(one)[-1]
        assert (row["longitude"], row["latitude"], row["lsoa_code"]) == (None, None, "E01016710")

    def test_a_few_swapped_points_with_good_areas_are_dropped_and_counted(self, take, street_file):
        one = only(take(street_file([{}] * GOOD + [{"Longitude": "51.951514", "Latitude": "-0.666796"}])))
        assert one.notes == {"bad point": 1}
        example = one.examples["bad point"]
        assert (example.first.row, example.came) == (GOOD + 1, "longitude 51.951514, latitude -0.666796")
        assert "swapped" in example.cause

    def test_a_dropped_point_is_shown_with_the_force_it_is_of(self, take, street_file):
        kent = {"Reported by": "Kent Police"}
        rows = [{}] * GOOD + [kent] * GOOD + [kent | {"Latitude": "999"}]
        ours, theirs = sorted(take(street_file(rows, "joined.csv")), key=lambda one: len(one.examples))
        assert (ours.examples, theirs.provider) == ({}, "Kent Police")
        assert theirs.examples["bad point"].first.row == 2 * GOOD + 1

    def test_too_many_refuse_the_file(self, refusal, street_file):
        fault = refusal(street_file([{}] * 37 + [{"Crime type": "Fraud"}] * 2 + [{"LSOA code": "E01099999"}]))
        assert (fault.place.row, fault.place.column, fault.count) == (38, "Crime type", 2)
        assert "“Fraud”" in str(fault)
        assert "5%" in str(fault)

    def test_exactly_one_in_twenty_does_not(self, take, street_file):
        assert only(take(street_file([{}] * 19 + [{"Crime type": "Fraud"}]))).rows_accepted == 19


class TestMonthsThatWouldShowFalseZeros:
    def test_points_without_area_codes(self, refusal, street_file):
        fault = refusal(street_file([{}] * 50 + [{"LSOA code": "", "LSOA name": ""}] * 50))
        assert (fault.place.row, fault.place.column, fault.count) == (51, "LSOA code", 50)
        assert fault.came == "longitude -0.666796, latitude 51.951514, and an empty cell for the area"
        assert "5%" in fault.expected
        assert "false zero" in fault.cause

    def test_a_few_points_without_area_codes_are_taken_and_counted(self, take, street_file):
        one = only(take(street_file([{}] * 19 + [{"LSOA code": ""}])))
        assert one.notes == {"no area": 1}

    def test_one_forces_points_without_area_codes_in_a_joined_file(self, refusal, street_file):
        kent = {"Reported by": "Kent Police", "LSOA code": ""}
        fault = refusal(street_file([{}] * 60 + [kent] * 100, "joined.csv"))
        assert (fault.place.row, fault.count) == (61, 100)

    def test_the_transport_police_work_in_scotland_too(self, take, refusal, street_file):
        btp = {"Reported by": "British Transport Police"}
        scotland = btp | {"LSOA code": "", "Longitude": "-4.25", "Latitude": "55.86"}
        assert only(take(street_file([btp] * 60 + [scotland] * 40, "2025-01-btp-street.csv"))).notes == {"no area": 40}
        refusal(street_file([btp] * 40 + [scotland] * 60, "2025-01-btp-street.csv"))

    @pytest.mark.parametrize("row", [{"LSOA code": "E01017400"}, NOWHERE])
    def test_its_own_force_without_a_row_in_the_partnership(self, refusal, street_file, row):
        fault = refusal(street_file([row] * 100))
        assert fault.came == "100 rows of 2025-01, none of them with an area code of Milton Keynes"
        assert "filtered" in fault.cause

    def test_its_own_force_without_a_row_in_a_partnership_of_very_few_areas(self, take, street_file, monkeypatch):
        monkeypatch.setattr("redway.sources.police_uk.doubts.FEW_AREAS", 4)  # as many as it has here
        assert only(take(street_file([{"LSOA code": "E01017400"}] * 100))).notes == {"outside": 100}

    def test_a_handful_of_rows_is_no_forces_month_and_is_taken_for_what_it_is(self, take, street_file):
        assert only(take(street_file([{"LSOA code": "E01017400"}] * 99))).notes == {"outside": 99}
        assert only(take(street_file([{}, {"LSOA code": ""}]))).notes == {"no area": 1}


class TestRefusedFiles:
    def test_longitude_and_latitude_swapped(self, refusal, street_file):
        fault = refusal(street_file([{"Longitude": "51.951514", "Latitude": "-0.666796"}] * 10))
        assert (fault.count, fault.place.row) == (10, 1)
        assert fault.cause == "longitude and latitude are swapped."

    def test_swapped_headings(self, refusal, street_file):
        path = street_file([{}] * 10)
        path.write_bytes(path.read_bytes().replace(b"Longitude,Latitude", b"Latitude,Longitude"))
        assert "swapped" in str(refusal(path))

    def test_coordinates_in_metres(self, refusal, street_file):
        fault = refusal(street_file([{}] * 3 + [{"Longitude": "485000", "Latitude": "238000"}] * 4))
        assert (fault.count, fault.place.row) == (4, 4)
        assert "metres" in fault.cause

    def test_a_renamed_file(self, refusal, street_file):
        fault = refusal(street_file([{}] * 10, "2025-02-thames-valley-street.csv"))
        assert "renamed" in fault.cause
        assert fault.came == "“2025-01”"

    def test_a_month_that_is_none_in_the_name(self, refusal, street_file):
        assert "2025-13" in str(refusal(street_file([{}], "2025-13-thames-valley-street.csv")))

    def test_an_empty_file(self, refusal, street_file):
        path = street_file([])
        path.write_bytes(b"")
        assert "empty file" in str(refusal(path))

    def test_a_heading_and_no_rows(self, refusal, street_file):
        assert "empty file" in str(refusal(street_file([])))

    @pytest.mark.parametrize("missing", ["LSOA code", "Month", "Context"])
    def test_a_missing_column(self, refusal, street_file, missing):
        columns = [c.publisher_name for c in STREET.definition.columns if c.publisher_name != missing]
        fault = refusal(street_file([{}], columns=columns))
        assert f"no “{missing}”" in fault.came

    def test_a_renamed_column(self, refusal, street_file):
        path = street_file([{}])
        path.write_bytes(path.read_bytes().replace(b"LSOA code", b"LSOA11 code"))
        fault = refusal(path)
        assert fault.came == "no “LSOA code” and an unknown “LSOA11 code”"
        assert "“LSOA code” is now “LSOA11 code”" in fault.cause

    def test_an_extra_column(self, refusal, street_file):
        path = street_file([{}])
        path.write_bytes(path.read_bytes().replace(b"Context\n", b"Context,Victim name\n").replace(b",\n", b",,\n"))
        assert "an unknown “Victim name”" in str(refusal(path))

    def test_outcomes(self, refusal, street_file):
        path = street_file([], columns=["Crime ID", "Month", "Location", "LSOA code", "Outcome type"])
        assert "outcomes" in refusal(path).came

    def test_stop_and_search(self, refusal, street_file):
        path = street_file([], columns=["Type", "Date", "Gender", "Object of search", "Outcome"])
        assert "stop and search" in refusal(path).came

    def test_cut_in_half(self, refusal, street_file):
        path = street_file([{"Crime ID": "a" * 64}] * 20)
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        fault = refusal(path)
        assert "cut short" in fault.cause
        assert fault.place.row == path.read_bytes().count(b"\n")

    def test_rows_of_other_widths(self, refusal, street_file):
        moved = {"Location": "Drift Road, Bletchley", "Context": "said"}
        fault = refusal(street_file([{}, moved, {}, moved, {}]))
        assert (fault.expected, fault.came, fault.place.row, fault.count) == ("12 cells in every row", "13 cells", 2, 2)
        assert "a comma inside a cell" in fault.cause

    def test_cells_moved_by_a_comma_and_no_last_cell(self, refusal, street_file):
        fault = refusal(street_file([{}, {"Location": "Drift Road, Bletchley"}, {}]))
        assert (fault.came, fault.place.row) == ("“Milton Keynes 001A”", 2)
        assert "a comma in an earlier cell" in fault.cause

    def test_not_utf_8(self, refusal, street_file):
        path = street_file([{}, {"Location": "Caf\N{LATIN SMALL LETTER E WITH ACUTE}"}, {}])
        path.write_bytes(path.read_bytes().decode().encode("cp1252"))
        fault = refusal(path)
        assert (fault.expected, fault.place.row) == ("text in UTF-8", 2)

    @pytest.mark.parametrize("start", [b"PK\x03\x04 rubbish", "Crime ID,Month\n".encode("utf-16"), b"\x00\xff\xfa\n"])
    def test_no_csv_at_all(self, refusal, street_file, start):
        path = street_file([])
        path.write_bytes(start)
        assert "UTF-8" in str(refusal(path))

    def test_cells_parted_by_semicolons(self, refusal, street_file):
        path = street_file([{}])
        path.write_bytes(path.read_bytes().replace(b",", b";"))
        assert "semicolons" in refusal(path).cause

    def test_a_quotation_mark_never_closed(self, refusal, street_file):
        fault = refusal(street_file([{}, {"Location": '"On or near'}, {}]))
        assert (fault.place.row, "quotation" in fault.expected) == (2, True)

    def test_the_look_up_of_areas_is_not_there_yet(self, context, street_file, tmp_path):
        with pytest.raises(NotSetUp, match="redway setup"):
            load(
                street_file([{}]),
                file_name="any.csv",
                into=tmp_path,
                context=Context(context.home, context.partnership, Snapshot(0, ())),
            )
