"""Charts: gaps stay open, words are safe, each drawing is one image with a name, and is drawn once."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway import periods
from redway.products.charts import (
    Change,
    Changes,
    Control,
    Mark,
    Note,
    Programme,
    Programmes,
    Spark,
    Stretch,
    Timeline,
    picture,
    render,
    style,
)

SVG = "{http://www.w3.org/2000/svg}"
JAN = periods.month("2025-01")
HOSTILE = '<script>alert(1)</script> & "quotes" \u202e'


def marks(values, start=JAN, **more):
    return tuple(Mark(start + i, v, **more) for i, v in enumerate(values))


def control(values, title="Shoplifting rose", **more):
    return Control(title, "A description.", marks(values), **more)


def layers(spec, kind):
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]


def words(svg):
    return [" ".join(e.itertext()) for e in ElementTree.fromstring(svg).iter(f"{SVG}text")]


class TestTimeline:
    def test_a_month_is_one_slot(self):
        line = Timeline.of([JAN, JAN + 1, JAN + 2])
        assert (line.slots, line.at(JAN), line.at(JAN + 2)) == (3, 0.5, 2.5)

    def test_a_short_gap_keeps_its_length_and_a_long_one_takes_three_slots(self):
        short, long = Timeline.of([JAN, JAN + 2]), Timeline.of([JAN, JAN + 40])
        assert (short.slots, short.gaps[0].shortened) == (3, False)
        assert (long.slots, long.gaps[0].shortened) == (5, True)
        assert (long.gaps[0].first, long.gaps[0].last) == (JAN + 1, JAN + 39)

    def test_the_first_label_after_a_long_gap_says_month_and_year(self):
        line = Timeline.of([JAN, JAN + 1, JAN + 40, JAN + 41])
        assert [label for _at, label in line.ticks(0.5)] == ["Jan 2025", "May 2028"]

    def test_labels_keep_their_distance(self):
        line = Timeline.of(range(JAN, JAN + 60))
        at = [slot for slot, _label in line.ticks(13)]
        assert all(b - a >= 13 for a, b in pairwise(at))

    @given(st.sets(st.integers(24000, 24200), min_size=1, max_size=60))
    def test_months_stand_in_order_inside_the_axis(self, months):
        line = Timeline.of(months)
        places = [line.at(m) for m in periods.span(months)]
        assert places == sorted(places)
        assert places[0] > 0
        assert places[-1] < line.slots
        known = [line.at(m) for m in sorted(months)]
        assert all(b - a >= 1 for a, b in pairwise(known))


class TestControlChart:
    def test_a_gap_breaks_the_line_and_is_labelled(self, tmp_path):
        chart = control([10, 11, 12, None, None, 14, 15])
        for size in chart.sizes:
            drawn = layers(chart.spec(size), "line")
            assert len(drawn) == 1
            assert {row["run"] for row in drawn[0]["data"]["values"]} == {0, 1}
            assert drawn[0]["encoding"]["detail"]["field"] == "run"
        svg = picture(chart, tmp_path).drawings["wide"]
        assert "not available" in words(svg)

    def test_a_missing_month_is_never_drawn_as_nought(self):
        spec = control([10, None, 12]).spec(style.Size("wide", 960, 400, 50, 100, 20, 40, 14))
        assert [r["y"] for r in layers(spec, "line")[0]["data"]["values"]] == [10, 12]

    def test_counts_start_at_zero(self):
        chart = control([900, 950, 920])
        y = layers(chart.spec(chart.sizes[0]), "line")[0]["encoding"]["y"]["scale"]
        assert y["domain"] == [0, 1000]

    def test_each_run_has_lines_of_its_own(self):
        stretches = (Stretch(JAN, JAN + 2, 11, 5, 17), Stretch(JAN + 4, JAN + 6, 20, 12, 28, trial=True))
        chart = control([10, 11, 12, None, 19, 20, 21], stretches=stretches)
        means = layers(chart.spec(chart.sizes[0]), "rule")[0]["data"]["values"]
        assert [(m["x"], m["x2"], m["y"]) for m in means] == [(0, 3, 11), (4, 7, 20)]

    def test_trial_limits_say_so(self, tmp_path):
        chart = control([19, 20, 21], stretches=(Stretch(JAN, JAN + 2, 20, 12, 28, trial=True),))
        assert "upper trial limit 28" in words(picture(chart, tmp_path).drawings["wide"])

    def test_a_refused_run_has_no_lines(self):
        chart = control([1, 0, 2], stretches=(Stretch(JAN, JAN + 2, None, None, None),))
        assert layers(chart.spec(chart.sizes[0]), "rule") == []

    @pytest.mark.parametrize(
        ("signal", "shape"),
        [("improvement", "square"), ("concern", "diamond"), ("higher", "triangle-up"), ("lower", "triangle-down")],
    )
    def test_a_signal_has_a_shape_and_a_dark_outline(self, signal, shape):
        chart = Control("t", "d", (Mark(JAN, 5), Mark(JAN + 1, 50, signal=signal)))
        point = next(p for p in layers(chart.spec(chart.sizes[0]), "point") if p["mark"].get("shape") == shape)
        assert point["mark"]["stroke"] == style.INK
        assert [r["y"] for r in point["data"]["values"]] == [50]

    def test_a_provisional_point_is_hollow(self):
        chart = Control("t", "d", (Mark(JAN, 5), Mark(JAN + 1, 6, provisional=True)))
        hollow = [p for p in layers(chart.spec(chart.sizes[0]), "point") if p["mark"].get("fill") == "#ffffff"]
        assert [r["y"] for p in hollow for r in p["data"]["values"]] == [6]

    def test_an_event_is_noted_on_the_line(self, tmp_path):
        chart = control([1, 2, 3], notes=(Note(JAN + 1, "New recording rules"),))
        assert "New recording rules" in words(picture(chart, tmp_path).drawings["narrow"])


class TestDrawing:
    def test_hostile_words_stay_words(self, tmp_path):
        chart = Changes(HOSTILE, HOSTILE, (Change(HOSTILE, 5, -5, 15),))
        for svg in picture(chart, tmp_path).drawings.values():
            tree = ElementTree.fromstring(svg)
            assert tree.find(f"{SVG}title").text == HOSTILE
            assert tree.find(f"{SVG}desc").text == HOSTILE
            assert not list(tree.iter(f"{SVG}script"))
            assert "<script" not in svg

    def test_it_is_one_image_named_for_the_ear(self, tmp_path):
        for svg in picture(control([5, 6, 7]), tmp_path).drawings.values():
            tree = ElementTree.fromstring(svg)
            title, description = tree.get("aria-labelledby").split()
            assert tree.get("role") == "img"
            assert tree.find(f"{SVG}title").get("id") == title
            assert tree.find(f"{SVG}desc").get("id") == description
            assert all(e.get("role") is None for e in tree.iter() if e is not tree)

    def test_it_obeys_a_strict_content_security_policy(self, tmp_path):
        chart = control([5, 6, None, 7], stretches=(Stretch(JAN, JAN + 1, 5, 2, 8),))
        for svg in picture(chart, tmp_path).drawings.values():
            tree = ElementTree.fromstring(svg)
            assert not [
                e for e in tree.iter() if e.get("style") or e.tag.endswith(("style", "script", "foreignObject"))
            ]
            assert "http" not in svg.replace("http://www.w3.org/", "")

    def test_a_browser_reads_it_whatever_prefix_another_library_gave_the_names(self, tmp_path, monkeypatch):
        """The drawing of a QR code, for one, gives all of SVG a prefix for the rest of the process."""
        monkeypatch.setitem(ElementTree._namespace_map, SVG.strip("{}"), "svg")
        svg = picture(control([10, 12, 11]), tmp_path).drawings["wide"]
        root = svg.partition(">")[0]
        assert root.startswith("<svg ")
        assert f' xmlns="{SVG.strip("{}")}"' in root
        assert "svg:" not in svg
        assert "ns0:" not in svg

    def test_two_drawings_on_a_page_share_no_id(self, tmp_path):
        svgs = [picture(control([i, 6, 7]), tmp_path).drawings[name] for i in (1, 2) for name in ("wide", "narrow")]
        ids = [e.get("id") for svg in svgs for e in ElementTree.fromstring(svg).iter() if e.get("id")]
        assert len(ids) == len(set(ids))

    def test_type_is_at_least_eleven_pixels_at_both_widths(self, tmp_path):
        chart = control([5, 6, 7, None, 8], stretches=(Stretch(JAN, JAN + 2, 5, 2, 8),))
        drawings = picture(chart, tmp_path).drawings
        assert [ElementTree.fromstring(s).get("width") for s in drawings.values()] == ["960", "340"]
        for svg in drawings.values():
            sizes = {e.get("font-size") for e in ElementTree.fromstring(svg).iter(f"{SVG}text")}
            assert min(float(s.removesuffix("px")) for s in sizes) >= 11

    def test_it_is_drawn_once(self, tmp_path, monkeypatch):
        first = picture(control([5, 6, 7]), tmp_path).drawings
        monkeypatch.setattr(render, "draw", lambda spec: pytest.fail("drawn again"))
        assert picture(control([5, 6, 7]), tmp_path).drawings == first

    def test_other_content_is_another_drawing(self, tmp_path):
        one = picture(control([5, 6, 7]), tmp_path).drawings["wide"]
        assert picture(control([5, 6, 8]), tmp_path).drawings["wide"] != one
        assert picture(control([5, 6, 7], title="Other"), tmp_path).drawings["wide"] != one

    def test_half_a_drawing_is_never_left(self, tmp_path, monkeypatch):
        def fails(*_args):
            raise OSError("disk full")

        monkeypatch.setattr(render.Path, "replace", fails)
        with pytest.raises(OSError, match="disk full"):
            picture(control([5, 6, 7]), tmp_path)
        assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


class TestSmallChart:
    def test_neighbours_share_one_axis(self):
        shared = Timeline.of(range(JAN - 12, JAN + 6))
        spec = Spark("t", "d", marks([5, 6]), shared).spec(Spark.sizes[0])
        line = layers(spec, "line")[0]
        assert line["encoding"]["x"]["scale"]["domain"] == [0, 18]
        assert [r["x"] for r in line["data"]["values"]] == [12.5, 13.5]

    def test_a_month_alone_is_a_dot(self):
        spec = Spark("t", "d", marks([5, None, 6, 7])).spec(Spark.sizes[0])
        alone = [r for p in layers(spec, "point") for r in p["data"]["values"] if p["mark"].get("size") == 16]
        assert [r["y"] for r in alone] == [5]

    def test_the_last_value_is_written_at_its_point(self, tmp_path):
        assert "1,234" in words(picture(Spark("t", "d", marks([900, 1234])), tmp_path).drawings["small"])


class TestChanges:
    def test_an_interval_longer_than_the_axis_says_so_with_an_arrowhead(self):
        chart = Changes("t", "d", (Change("A", 50, -20, 900), Change("B", 10, 5, 15)))
        arrows = [p for p in layers(chart.spec(chart.sizes[0]), "point") if p["mark"]["shape"] == "triangle-right"]
        assert [len(a["data"]["values"]) for a in arrows] == [1]


class TestProgrammes:
    AXIS = Timeline.of(range(JAN, JAN + 24))

    def bars(self, *rows, axis=AXIS):
        """Thick and thin bars: from where to where, in slots."""
        spec = Programmes("t", "d", rows, axis).spec(Programmes("t", "d", rows, axis).sizes[0])
        found = {10: [], 3: []}
        for layer in layers(spec, "rule"):
            found[layer["mark"]["strokeWidth"]] = [(r["x"], r["x2"]) for r in layer["data"]["values"]]
        return found[10], found[3]

    def test_a_month_is_sure_and_a_year_is_thin(self):
        month, year = range(JAN + 6, JAN + 7), range(JAN, JAN + 12)
        assert self.bars(Programme("A", month, None)) == ([(6, 24)], [(6, 24)])
        assert self.bars(Programme("A", year, None)) == ([(11, 24)], [(0, 24)])

    def test_what_ended_in_a_month_runs_to_its_end(self):
        last = range(JAN + 5, JAN + 6)
        assert self.bars(Programme("A", None, last)) == ([(0, 6)], [(0, 6)])

    def test_some_time_in_one_year_is_never_thick(self):
        year = range(JAN, JAN + 12)
        assert self.bars(Programme("A", year, year)) == ([], [(0, 12)])

    def test_nothing_leaves_the_axis(self):
        long_ago, far_off = range(JAN - 60, JAN - 59), range(JAN + 60, JAN + 61)
        assert self.bars(Programme("A", long_ago, far_off)) == ([(0, 24)], [(0, 24)])

    def test_each_is_named(self, tmp_path):
        chart = Programmes("t", "d", (Programme("Operation Deter", range(JAN, JAN + 1), None),), self.AXIS)
        assert all("Operation Deter" in words(svg) for svg in picture(chart, tmp_path).drawings.values())


@given(st.floats(0.5, 1e7))
def test_an_axis_has_room_for_its_highest_value_and_is_not_twice_too_high(highest):
    top = style.nice_top(highest)
    assert highest <= top <= max(4, 2 * highest)
    steps = style.steps(top)
    assert steps[0] == 0
    assert steps[-1] == pytest.approx(top)
    assert all(step == int(step) for step in steps)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=5))
def test_labels_never_overlap_while_there_is_room(wanted):
    placed = sorted(style.apart(wanted, 20, 0, 300))
    assert all(b - a >= 20 - 1e-9 for a, b in pairwise(placed))
    assert placed[-1] <= 300
