"""Numbers, dates and addresses on pages; and mistakes in templates that are not passed over."""

from datetime import UTC, date, datetime

import pytest
from django.template import engines
from jinja2 import UndefinedError

from redway.web.jinja import day, moment, number, url


@pytest.fixture
def draw():
    return lambda source, **values: engines["jinja2"].from_string(source).render(values)


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(0, 0, "0"), (1234567, 0, "1,234,567"), (-1234.56, 1, "−1,234.6"), (0.5, 2, "0.50")],
)
def test_thousands_are_separated_and_minus_is_a_minus(value, decimals, shown):
    assert number(value, decimals) == shown


def test_instants_are_shown_in_london():
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert day(late) == "1 July 2026"
    assert moment(late) == "1 July 2026, 00:30"
    assert day(date(2026, 1, 5)) == "5 January 2026"
    assert (day(None), moment(None)) == ("", "")


def test_an_address_leaves_out_what_is_empty():
    assert url("commitment", "A1") == "/commitments/A1/"
    assert url("commitments", state="done", part="", owner=None) == "/commitments/?state=done"


def test_what_people_wrote_is_escaped(draw):
    assert draw("{{ x }}", x="<b>") == "&lt;b&gt;"


def test_a_variable_that_nobody_set_is_a_mistake_and_an_option_that_nobody_gave_is_not(draw):
    with pytest.raises(UndefinedError):
        draw("{{ misspelt }}")
    assert draw("{{ params.missing }}|{{ params.missing.deeper }}", params={}) == "|"


def test_screen_text_goes_through_gettext_with_its_plurals(draw):
    source = "{% trans count=n %}{{ count }} row{% pluralize %}{{ count }} rows{% endtrans %}"
    assert (draw(source, n=1), draw(source, n=2)) == ("1 row", "2 rows")
