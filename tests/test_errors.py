"""Errors are shown as they stand, so nothing in them may steer the terminal they are shown on."""

from hypothesis import given
from hypothesis import strategies as st

from redway.errors import Place, RedwayError, did_you_mean, nearest, plain


def test_control_characters_are_written_out():
    assert plain("a\x1b[31m\x00\n\u202e\udcff") == "a\\x1b[31m\\x00\\n\\u202e\\udcff"


def test_letters_signs_and_spaces_stay():
    text = "Ynys Môn, “quoted”, 5 % – £3\N{NO-BREAK SPACE}000"
    assert plain(text) == text


@given(name=st.text(), came=st.text())
def test_an_error_and_its_place_are_one_printable_line(name, came):
    said = str(RedwayError("a file", came=came, place=Place(name, 3, "Month")))
    assert said.replace("\N{NO-BREAK SPACE}", "").isprintable()
    said.encode()


def test_a_place_is_the_line_that_a_spreadsheet_shows_beside_it():
    assert str(Place("fires.csv", 1, "Cause")) == "fires.csv, line 2, column “Cause”", "the heading is line 1"
    assert str(Place("areas.geojson", 3, item="area")) == "areas.geojson, area 3"


def test_the_nearest_name_is_asked_after_and_none_where_none_is_near():
    assert did_you_mean("Fier", ["fire", "ambulance"]) == "a spelling mistake. Did you mean “fire”?"
    assert did_you_mean("quite another", ["fire", "ambulance"]) == "a spelling mistake."
    assert nearest("AMBULANCES", ["fire", "Ambulance"]) == "Ambulance"
    assert nearest("", ["fire"]) == nearest("fire", []) == ""
