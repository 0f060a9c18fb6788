"""A small chart for a sentence: the shape of a series, its last value, and its own past. Several share one axis."""

from dataclasses import dataclass, field
from typing import Any

from redway.products.charts import style
from redway.products.charts.spc import Mark, _layer
from redway.products.charts.style import Size, frame
from redway.products.charts.timeline import Timeline

SMALL = Size("small", 320, 110, left=10, right=52, top=14, bottom=22, type=12)


@dataclass(frozen=True)
class Spark:
    """Marks in order of month; `timeline` is the axis it shares with its neighbours (its own when not given)."""

    title: str
    description: str
    marks: tuple[Mark, ...]
    timeline: Timeline | None = field(default=None)

    sizes = (SMALL,)

    def spec(self, size: Size) -> dict[str, Any]:
        """The Vega-Lite definition. Zero is at the foot; the last value is written at its point."""
        known = [m for m in self.marks if m.value is not None]
        line = self.timeline or Timeline.of(m.month for m in known)
        top = max([1.0, *(m.value for m in known if m.value is not None)]) * 1.08
        x = {"type": "quantitative", "scale": {"domain": [0, line.slots], "nice": False}, "axis": None}
        y = {"type": "quantitative", "scale": {"domain": [0, top], "nice": False}, "axis": None}
        layers = [_floor(size, x, line)]
        if line.gaps:
            bands = [{"x": gap.start, "x2": gap.end} for gap in line.gaps]
            layers.append(_layer(bands, {"type": "rect", "color": style.SHADE}, x=x, x2=True))
        own = Timeline.of(m.month for m in known)
        rows = [
            {"x": line.at(m.month), "y": m.value, "run": at}
            for at, run in enumerate(own.runs)
            for m in known
            if m.month in run
        ]
        drawn = _layer(rows, {"type": "line", "color": style.ACCENT, "strokeWidth": 1.75}, x=x, y=y)
        drawn["encoding"]["detail"] = {"field": "run", "type": "nominal"}
        layers += [drawn, *_points(known, own, line, x, y), *_ends(known, line, size, x, y)]
        return frame(size, layers)


def _floor(size: Size, x: dict[str, Any], line: Timeline) -> dict[str, Any]:
    row = [{"x": 0, "x2": line.slots}]
    return _layer(row, {"type": "rule", "color": style.GRID}, x=x, x2=True, y={"value": size.plot_height})


def _points(
    known: list[Mark], own: Timeline, line: Timeline, x: dict[str, Any], y: dict[str, Any]
) -> list[dict[str, Any]]:
    """Signals in their shapes; a month that stands alone as a dot, because no line passes through it."""
    alone = {run.start for run in own.runs if len(run) == 1}
    layers = []
    for mark in known:
        if not (mark.signal or mark.month in alone):
            continue
        shape, colour = style.SHAPES[mark.signal]
        point = {
            "type": "point",
            "shape": shape,
            "filled": True,
            "fill": "#ffffff" if mark.provisional else colour,
            "stroke": style.INK,
            "strokeWidth": 1,
            "opacity": 1,
            "size": 60 if mark.signal else 16,
        }
        layers.append(_layer([{"x": line.at(mark.month), "y": mark.value}], point, x=x, y=y))
    return layers


def _ends(known: list[Mark], line: Timeline, size: Size, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    """The last value beside its point, and the first and last labels of the axis."""
    if not known:
        return []
    last = known[-1]
    end = [{"x": line.at(last.month), "y": last.value, "text": f"{last.value:,.0f}"}]
    dot = {"type": "point", "filled": True, "fill": style.ACCENT, "size": 36, "opacity": 1}
    text = {"type": "text", "align": "left", "baseline": "middle", "dx": 7, "fill": style.INK, "fontWeight": "bold"}
    labels = line.ticks(size.type * 4.6 * line.slots / size.plot_width, quarters=False)
    label = {"type": "text", "baseline": "top", "dy": 6, "align": "center"}
    starts = [{"x": at, "text": words} for at, words in labels if at <= line.slots * 0.08]
    rest = [{"x": at, "text": words} for at, words in labels if at > line.slots * 0.08]
    layers = [_layer(rest, label, x=x, y={"value": size.plot_height}, text=True)] if rest else []
    if starts:
        layers.append(
            _layer(starts, label | {"align": "left", "dx": -4}, x=x, y={"value": size.plot_height}, text=True)
        )
    return [*layers, _layer(end, dot, x=x, y=y), _layer(end, text, x=x, y=y, text=True)]
