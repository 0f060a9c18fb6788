"""The control chart (XmR): a line of months, each unbroken run with its own mean and limits.

Drawn from values handed in. What is in the picture is also in `Control.description`, for the ear.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from redway import periods
from redway.products.charts import style
from redway.products.charts.style import Size, apart, frame
from redway.products.charts.timeline import Timeline

WIDE = Size("wide", 960, 400, left=58, right=152, top=22, bottom=44, type=14)
NARROW = Size("narrow", 340, 330, left=40, right=12, top=20, bottom=40, type=12)
LATE, WITHHELD = "late", "withheld"
ABSENT = {LATE: "M-1,-1L1,1M-1,1L1,-1", WITHHELD: "square"}  # the mark of a month that is late, and of one withheld


@dataclass(frozen=True)
class Mark:
    """One month: its value (None when it is not available) and, where a rule found one, its signal.

    signal  "", "improvement", "concern", "higher" or "lower" (the last two where neither way is better)
    label   words beside the mark; empty for most
    absent  why there is no value, where it is not that nothing was received: "late", "withheld"
    """

    month: int
    value: float | None
    signal: str = ""
    label: str = ""
    provisional: bool = False
    absent: str = ""


@dataclass(frozen=True)
class Stretch:
    """One unbroken run with lines of its own. Limits are None where the run is refused a verdict."""

    first: int
    last: int
    centre: float | None
    lower: float | None
    upper: float | None
    trial: bool = False


@dataclass(frozen=True)
class Note:
    """An event, or a change of definition, marked on the line."""

    month: int
    words: str


@dataclass(frozen=True)
class Control:
    """A control chart: its words, its marks in order of month, its stretches, its notes."""

    title: str
    description: str
    marks: tuple[Mark, ...]
    stretches: tuple[Stretch, ...] = ()
    notes: tuple[Note, ...] = ()
    decimals: int = 0

    sizes = (WIDE, NARROW)

    def spec(self, size: Size) -> dict[str, Any]:
        """The Vega-Lite definition at one size."""
        if size.name == "wide" and not self._open_end:
            size = replace(size, right=24)
        line = Timeline.of(m.month for m in self.marks if m.value is not None or m.absent)
        top = style.nice_top(self._highest())
        x = {"type": "quantitative", "scale": {"domain": [0, line.slots], "nice": False}, "axis": None}
        y = {"type": "quantitative", "scale": {"domain": [0, top], "nice": False, "zero": True}}
        return frame(
            size,
            [
                *_gaps(line, size, x),
                *self._baselines(line, x, y),
                _grid(y, top, self.decimals),
                *_ticks(line, size, x),
                *self._limits(line, x, y),
                *self._line(line, x, y),
                *self._marks(line, x, y, size),
                *self._absent(line, size, x),
                *self._labels(line, size, x, y, top),
                *self._notes(line, size, x),
            ],
        )

    def _highest(self) -> float:
        values = [m.value for m in self.marks if m.value is not None]
        return max([1.0, *values, *(s.upper for s in self.stretches if s.upper is not None)]) * 1.04

    def _baselines(self, line: Timeline, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
        rows = [
            {"x": line.at(s.first) - 0.5, "x2": line.at(s.last) + 0.5, "y": s.lower, "y2": s.upper}
            for s in self.stretches
            if s.lower is not None
        ]
        mark = {"type": "rect", "color": style.BASELINE}
        return [_layer(rows, mark, x=x, x2=True, y=y, y2=True)] if rows else []

    def _limits(self, line: Timeline, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
        layers = []
        for field, dash, width in (("centre", [], 1.5), ("lower", [5, 3], 1), ("upper", [5, 3], 1)):
            rows = [
                {"x": line.at(s.first) - 0.5, "x2": line.at(s.last) + 0.5, "y": getattr(s, field)}
                for s in self.stretches
                if getattr(s, field) is not None
            ]
            mark = {"type": "rule", "color": style.LINE, "strokeWidth": width, "strokeDash": dash}
            if rows:
                layers.append(_layer(rows, mark, x=x, x2=True, y=y))
        return layers

    def _line(self, line: Timeline, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
        """One path for each unbroken run, so that nothing is drawn across a gap."""
        rows = []
        drawn_of = Timeline.of(m.month for m in self.marks if m.value is not None)
        for at, run in enumerate(drawn_of.runs):
            rows += [
                {"x": line.at(m.month), "y": m.value, "run": at}
                for m in self.marks
                if m.value is not None and m.month in run
            ]
        drawn = _layer(rows, {"type": "line", "color": style.ACCENT, "strokeWidth": 2}, x=x, y=y)
        drawn["encoding"]["detail"] = {"field": "run", "type": "nominal"}
        return [drawn]

    def _marks(self, line: Timeline, x: dict[str, Any], y: dict[str, Any], size: Size) -> list[dict[str, Any]]:
        layers = []
        for signal, (shape, colour) in style.SHAPES.items():
            for hollow in (False, True):
                rows = [
                    {"x": line.at(m.month), "y": m.value}
                    for m in self.marks
                    if m.value is not None and m.signal == signal and m.provisional == hollow
                ]
                mark = {
                    "type": "point",
                    "shape": shape,
                    "filled": True,
                    "fill": "#ffffff" if hollow else colour,
                    "stroke": style.INK if signal else style.LINE,
                    "strokeWidth": 1.5,
                    "opacity": 1,
                    "size": (150 if signal else 44) * (1 if size.name == "wide" else 0.62),
                }
                if rows:
                    layers.append(_layer(rows, mark, x=x, y=y))
        return layers

    def _absent(self, line: Timeline, size: Size, x: dict[str, Any]) -> list[dict[str, Any]]:
        """A mark of its own at the foot for months that are late, and for those withheld: no line goes through them."""
        layers = []
        for absent, shape in ABSENT.items():
            rows = [{"x": line.at(m.month)} for m in self.marks if m.value is None and m.absent == absent]
            mark = {"type": "point", "shape": shape, "filled": False, "stroke": style.INK, "strokeWidth": 1.5}
            mark |= {"opacity": 1, "size": 60 if size.name == "wide" else 36}
            if rows:
                layers.append(_layer(rows, mark, x=x, y={"value": size.plot_height - 6}))
        return layers

    def _labels(
        self, line: Timeline, size: Size, x: dict[str, Any], y: dict[str, Any], top: float
    ) -> list[dict[str, Any]]:
        """Direct labels: on the marks that ask for one, and at the right end of the last run's lines."""
        layers = []
        for mark in self._labelled(line, size):
            at = line.at(mark.month)
            align = "left" if at < line.slots * 0.12 else "right" if at > line.slots * 0.88 else "center"
            # A low mark has its words beneath it, out of the way of the line that comes down to it.
            below = any(s.first <= mark.month <= s.last and (s.centre or 0) > (mark.value or 0) for s in self.stretches)
            side = {"baseline": "top", "dy": 10} if below else {"baseline": "bottom", "dy": -10}
            text = {"type": "text", "align": align, "fill": style.INK} | side
            layers.append(_layer([{"x": at, "y": mark.value, "text": mark.label}], text, x=x, y=y, text=True))
        if size.name == "wide" and self._open_end:
            layers += self._end_labels(line, size, x, top)
        elif size.name == "wide":
            layers += self._inner_labels(line, size, x, y)
        return layers

    def _labelled(self, line: Timeline, size: Size) -> list[Mark]:
        """The marks whose words are written beside them: the newest first, as many as do not run into each other."""
        room = size.type * 8 * line.slots / size.plot_width
        chosen: list[Mark] = []
        for mark in reversed([m for m in self.marks if m.label and m.value is not None]):
            if all(abs(line.at(mark.month) - line.at(other.month)) >= room for other in chosen):
                chosen.append(mark)
        return chosen

    @property
    def _open_end(self) -> bool:
        """Whether the last run has lines, so that their names can stand to the right of them."""
        return bool(self.stretches) and self.stretches[-1].centre is not None

    def _end_labels(self, line: Timeline, size: Size, x: dict[str, Any], top: float) -> list[dict[str, Any]]:
        last = self.stretches[-1]
        limits = _("trial limit") if last.trial else _("limit")
        wanted = [(last.centre, _("mean")), (last.upper, _("upper ") + limits), (last.lower, _("lower ") + limits)]
        lines = [(value, words) for value, words in wanted if value is not None]
        heights = [size.plot_height * (1 - value / top) for value, _words in lines]
        layers = []
        for (value, words), place in zip(lines, apart(heights, size.type + 3, 0, size.plot_height), strict=True):
            text = {"type": "text", "align": "left", "baseline": "middle", "dx": 8}
            row = {"x": line.slots, "text": f"{words} {value:,.{self.decimals}f}"}
            layers.append(_layer([row], text, x=x, y={"value": place}, text=True))
        return layers

    def _inner_labels(self, line: Timeline, size: Size, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
        """The last run has no lines: each earlier run that is wide enough names its limits under them."""
        layers = []
        for s in self.stretches:
            wide = (line.at(s.last) - line.at(s.first) + 1) * size.plot_width / line.slots
            if s.upper is None or s.lower is None or wide < size.type * 8:
                continue
            words = _("trial limits") if s.trial else _("limits")
            row = {
                "x": line.at(s.first) - 0.4,
                "y": s.lower,
                "text": f"{words} {s.lower:,.{self.decimals}f} " + _("to") + f" {s.upper:,.{self.decimals}f}",
            }
            text = {"type": "text", "align": "left", "baseline": "top", "dy": 4, "fontSize": size.type - 1}
            layers.append(_layer([row], text, x=x, y=y, text=True))
        return layers

    def _notes(self, line: Timeline, size: Size, x: dict[str, Any]) -> list[dict[str, Any]]:
        layers = []
        for note in self.notes:
            row = {"x": line.at(note.month), "text": note.words}
            rule = {"type": "rule", "color": style.INK, "strokeDash": [2, 2]}
            layers.append(_layer([row], rule, x=x))
            text = {"type": "text", "align": "left", "baseline": "top", "dx": 4, "fill": style.INK, "limit": 220}
            layers.append(_layer([row], text, x=x, y={"value": 2}, text=True))
        return layers


def describe_gaps(months: list[int]) -> str:
    """`not available: July 2025` for the months a chart leaves open; empty when it leaves none."""
    return _("Not available: %(months)s.") % {"months": periods.phrase(months)} if months else ""


def _layer(rows: list[dict[str, Any]], mark: dict[str, Any], **channels: Any) -> dict[str, Any]:
    """A layer of one mark. A channel is its Vega-Lite encoding, and takes its values from the field of its name."""
    encoding: dict[str, Any] = {}
    for name, channel in channels.items():
        encoding[name] = {"field": name} if channel is True else dict(channel)
        if "value" not in encoding[name]:
            encoding[name]["field"] = name
        if name == "text":
            encoding[name]["type"] = "nominal"
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _grid(y: dict[str, Any], top: float, decimals: int) -> dict[str, Any]:
    axis = {"values": style.steps(top), "format": f",.{decimals}f", "labelPadding": 8}
    return {
        "data": {"values": [{"y": 0}]},
        "mark": {"type": "point", "opacity": 0},
        "encoding": {"y": y | {"field": "y", "axis": axis}},
    }


def _gaps(line: Timeline, size: Size, x: dict[str, Any]) -> list[dict[str, Any]]:
    """A pale band for each gap, labelled inside where the words fit: across where it is wide, else upwards."""
    bands = [{"x": gap.start, "x2": gap.end} for gap in line.gaps]
    if not bands:
        return []
    layers = [_layer(bands, {"type": "rect", "color": style.SHADE}, x=x, x2=True)]
    slot = size.plot_width / line.slots
    for gap in line.gaps:
        room = (gap.end - gap.start) * slot
        if room < size.type:
            continue
        upright = room < size.type * 5.2
        words = _("not available")
        mark: dict[str, Any] = {"type": "text", "align": "center", "baseline": "middle", "fontSize": size.type - 1}
        if upright:
            mark |= {"angle": 270}
        else:
            mark |= {"lineBreak": " "}
        row = {"x": (gap.start + gap.end) / 2, "text": words}
        layers.append(_layer([row], mark, x=x, y={"value": size.plot_height / 2}, text=True))
    return layers


def _ticks(line: Timeline, size: Size, x: dict[str, Any]) -> list[dict[str, Any]]:
    slot = size.plot_width / line.slots
    ticks = [{"x": at, "text": label.replace(" ", "\n")} for at, label in line.ticks(size.type * 3.1 / slot)]
    text = {"type": "text", "align": "center", "baseline": "top", "lineBreak": "\n", "dy": 8}
    rule = {"type": "tick", "orient": "vertical", "size": 6, "thickness": 1, "color": style.LINE, "dy": 3}
    return [
        _layer(ticks, rule, x=x, y={"value": size.plot_height}),
        _layer(ticks, text, x=x, y={"value": size.plot_height}, text=True),
    ]
