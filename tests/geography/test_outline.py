"""Dissolving small areas into one outline."""

import json

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from redway.geography.outline import dissolve


def square(x, y, size=1.0):
    return json.dumps(shapely.geometry.mapping(shapely.box(x, y, x + size, y + size)))


def area(outline):
    return shapely.geometry.shape(outline).area


def test_one_shape_stays_as_it_is():
    shape = square(-0.7, 52)
    assert area(dissolve([shape])) == pytest.approx(1)
    assert dissolve([shape])["type"] == "Polygon"


def test_the_border_between_two_neighbours_vanishes():
    outline = dissolve([square(0, 0), square(1, 0)])
    assert outline["type"] == "Polygon"
    assert len(outline["coordinates"]) == 1
    assert shapely.geometry.shape(outline).equals(shapely.box(0, 0, 2, 1))


def test_areas_apart_are_several_polygons():
    assert dissolve([square(0, 0), square(5, 5)])["type"] == "MultiPolygon"


def test_an_outline_that_touches_itself_is_mended():
    bow_tie = '{"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}'
    assert shapely.geometry.shape(dissolve([bow_tie, square(5, 5)])).is_valid


def test_nothing_cannot_be_dissolved():
    with pytest.raises(ValueError, match="at least one"):
        dissolve([])


@given(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1))
def test_no_ground_is_lost_and_none_won(cells):
    assert area(dissolve(square(x, y) for x, y in sorted(cells))) == pytest.approx(len(cells))
