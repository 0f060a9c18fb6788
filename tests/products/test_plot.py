"""A plain plot: axes with round ticks, a key of what is named, words that stay on the drawing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.products.charts.plot import Axis, Plot, axis, marks
from redway.products.charts.render import clean, draw


def texts(plot, size):
    """Every word of a definition."""
    rows = [row for layer in plot.spec(size)["layer"] for row in layer["data"]["values"]]
    return [row["text"] for row in rows if "text" in row]


def simple(**options):
    layers = (
        marks("band", "range", [0, 1], [0, 0], (), [2, 3], name="between"),
        marks("line", "main", [0, 1], [1, 2], name="line"),
        marks("dots", "signal", [1], [2], name="signal"),
        marks("spans", "limit", [0], [1], [1], [1]),
        marks("cells", "hot", [0], [0], [0.5], [0.5]),
        marks("words", "four", [0.5], [0.5], text=["seven"]),
    )
    given = {"x": axis(0, 1, "Across"), "y": axis(0, 3, "Upwards")} | options
    return Plot("Title", "Description", layers, **given)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 100, ["0", "20", "40", "60", "80", "100"]),
        (0, 110, ["0", "25", "50", "75", "100", "125"]),
        (-0.4, 1.1, ["−0.5", "0.0", "0.5", "1.0", "1.5"]),
        (0, 9, ["0", "2", "4", "6", "8", "10"]),
        (0, 12, ["0.0", "2.5", "5.0", "7.5", "10.0", "12.5"]),
        (0, 12_000, ["0", "2,500", "5,000", "7,500", "10,000", "12,500"]),
    ],
)
def test_ticks_are_round_and_hold_all_values(low, high, words):
    assert [text for _at, text in axis(low, high).ticks] == words


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_an_axis_holds_its_values_and_has_few_ticks(low, span):
    made = axis(low, low + span)
    slack = 1e-4 * max(abs(low), span)
    assert made.low <= low + slack
    assert made.high >= low + span - slack
    assert 2 <= len(made.ticks) <= 8


def test_a_tight_axis_ends_where_it_is_told_to():
    assert (axis(0, 18.5, tight=True).low, axis(0, 18.5, tight=True).high) == (0, 18.5)


def test_marks_are_kept_to_five_figures():
    assert marks("dots", "main", [1 / 3], [123456.7]).x == (0.33333,)


def test_the_key_names_what_has_a_name_and_nothing_else():
    plot = simple()
    for size in plot.sizes:
        found = texts(plot, size)
        assert {"between", "line", "signal", "seven", "Across", "Upwards"} <= set(found)


def test_a_narrow_key_takes_more_lines_and_the_plot_is_as_high():
    wordy = tuple(marks("line", "main", [0, 1], [0, 1], name=f"a name of some length, {k}") for k in range(4))
    wide, narrow = Plot("t", "d", wordy, axis(0, 1), axis(0, 1)).sizes
    assert narrow.top > wide.top
    assert narrow.plot_height == 225


def test_a_map_is_as_high_as_its_shape():
    wide, narrow = simple(x=Axis(0, 1, ()), y=Axis(0, 1, ()), shape=0.5).sizes
    for size in (wide, narrow):
        assert abs(size.plot_height - size.plot_width / 2) <= 1


def test_names_stand_left_of_their_rows_or_above_them():
    plot = simple(y=None, names=("first", "second"))
    for size in plot.sizes:
        assert {"first", "second"} <= set(texts(plot, size))
    assert plot.sizes[0].left > plot.sizes[1].left


def test_words_of_ticks_at_an_edge_do_not_run_over_it():
    plot = simple(y=None, names=("row",), x=axis(-200, 0))
    _wide, narrow = plot.sizes
    aligned = {
        row["text"]: layer["mark"]["align"]
        for layer in plot.spec(narrow)["layer"]
        for row in layer["data"]["values"]
        if row.get("text") in ("−200", "0", "−100")
    }
    assert aligned == {"−200": "left", "−100": "center", "0": "center"}


def test_it_is_drawn_as_one_image():
    plot = simple()
    svg = clean(draw(plot.spec(plot.sizes[1])), key="k", title=plot.title, description=plot.description)
    assert svg.startswith("<svg")
    assert "seven" in svg
    assert "style=" not in svg


def test_a_line_goes_as_given_and_not_from_left_to_right():
    plot = Plot("t", "d", (marks("line", "main", [0, 1, 1, 0, 0], [0, 0, 1, 1, 0]),), axis(0, 1), axis(0, 1))
    line = next(layer for layer in plot.spec(plot.sizes[0])["layer"] if layer["mark"]["type"] == "line")
    assert line["encoding"]["order"] == {"value": None}
