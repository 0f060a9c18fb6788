"""Tables, CSV and maps, from values."""

import csv as reader
from io import StringIO
from xml.etree import ElementTree

import pytest

from redway.products import csv, maps, tables

SVG = "{http://www.w3.org/2000/svg}"
SQUARE = {"type": "Polygon", "coordinates": [[[-0.8, 52.0], [-0.7, 52.0], [-0.7, 52.1], [-0.8, 52.1], [-0.8, 52.0]]]}


@pytest.mark.parametrize("formula", ["=1+1", "+44", "-2+3", "@SUM(A1)", "\tx", "\r=1"])
def test_text_that_a_spreadsheet_would_run_is_disarmed(formula):
    assert csv.escaped(formula) == f"'{formula}"


def test_numbers_are_numbers_and_unknown_is_empty():
    assert [csv.escaped(v) for v in (-4, -4.5, 3.0, None, float("nan"), "plain")] == [
        "-4",
        "-4.5",
        "3",
        "",
        "",
        "plain",
    ]


def test_a_number_without_an_end_is_no_formula_and_a_text_that_says_so_is():
    assert [csv.escaped(v) for v in (float("inf"), -float("inf"), "-infinity")] == [
        "infinity",
        "-infinity",
        "'-infinity",
    ]


def test_metadata_comes_before_the_rows():
    text = csv.document(["area", "count"], [["A, B", 3], ["=x", None]], {"data version": 7})
    rows = list(reader.reader(StringIO(text)))
    assert rows == [["# data version", "7"], [], ["area", "count"], ["A, B", "3"], ["'=x", ""]]


def test_an_unknown_number_is_marked_and_never_a_nought():
    cell = tables.number(float("nan"))
    assert (cell.text, cell.spoken) == ("[x]", "not available")
    assert tables.number(None).text == "[x]"
    assert tables.number(0).text == "0"
    assert tables.number(1234.5, 1).text == "1,234.5"


def test_a_legend_explains_only_the_marks_in_use():
    assert tables.legend([[tables.number(1)]]) == ()
    assert len(tables.legend([[tables.not_available(), tables.suppressed()]])) == 2


def test_direction_on_a_map_is_a_pattern_as_well_as_a_colour():
    places = [maps.Place(s, s, SQUARE, s, s) for s in (maps.MORE, maps.LESS, maps.SAME, maps.FEW)]
    tree = ElementTree.fromstring(maps.draw(places, title="t", description="d", key="k"))
    fills = {p.get("fill") for p in tree.iter(f"{SVG}path") if p.find(f"{SVG}title") is not None}
    assert fills == {f"url(#k-{s})" for s in ("more", "less", "same", "few")}
    marked = {p.get("id"): len(list(p)) for p in tree.iter(f"{SVG}pattern")}
    assert marked == {"k-more": 2, "k-less": 2, "k-same": 1, "k-few": 2}


def test_hostile_names_stay_words_on_a_map():
    place = maps.Place("A", "n", SQUARE, maps.SAME, '<script>"&', link='?a="><script>')
    svg = maps.draw([place], title="<b>", description="&", key="k")
    tree = ElementTree.fromstring(svg)
    assert not list(tree.iter(f"{SVG}script"))
    assert next(e.text for e in tree.iter(f"{SVG}title") if e.text.startswith("<script")) == '<script>"&'


def test_a_map_is_true_to_shape():
    """A degree of longitude at 52 north is about 0.62 of a degree of latitude."""
    tree = ElementTree.fromstring(
        maps.draw([maps.Place("A", "n", SQUARE, maps.SAME, "w")], title="t", description="d", key="k")
    )
    assert int(tree.get("height")) / int(tree.get("width")) == pytest.approx(1 / 0.6149, rel=0.01)


def test_no_places_is_no_error():
    assert "<svg" in maps.draw([], title="t", description="d", key="k")
