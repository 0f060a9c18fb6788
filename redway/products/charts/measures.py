"""Measures with their intervals: one figure over its periods, or the groups of one period under each other."""

from dataclasses import dataclass
from typing import Any

from redway.products.charts import style
from redway.products.charts.spc import _layer
from redway.products.charts.style import Size, frame

WIDE = Size("wide", 960, 320, left=64, right=32, top=22, bottom=52, type=14)
NARROW = Size("narrow", 340, 270, left=46, right=14, top=20, bottom=50, type=12)


@dataclass(frozen=True)
class Point:
    """One period: its value and the ends of its 95% interval, None where there is none; `why` it is not there."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""


@dataclass(frozen=True)
class Periods:
    """One figure over its periods: a dot for each, a line for its doubt. Periods without a value say why."""

    title: str
    description: str
    points: tuple[Point, ...]
    decimals: int = 0
    suffix: str = ""

    sizes = (WIDE, NARROW)

    def spec(self, size: Size) -> dict[str, Any]:
        """The Vega-Lite definition at one size. Nought is at the foot unless values lie below it."""
        ends = [e for p in self.points for e in (p.value, p.low, p.high) if e is not None]
        top, bottom = style.nice_top(max([1.0 if not ends else 1e-9, *ends]) * 1.04), min([0.0, *ends]) * 1.04
        x = {"type": "quantitative", "scale": {"domain": [0, len(self.points)], "nice": False}, "axis": None}
        y = {"type": "quantitative", "scale": {"domain": [bottom, top], "nice": False}}
        known = [(at + 0.5, p) for at, p in enumerate(self.points) if p.value is not None]
        axis = {
            "values": style.steps(top),
            "labelExpr": f"format(datum.value, ',') + '{self.suffix}'",
            "labelPadding": 8,
        }
        layers: list[dict[str, Any]] = [
            {
                "data": {"values": [{"y": 0}]},
                "mark": {"type": "point", "opacity": 0},
                "encoding": {"y": y | {"field": "y", "axis": axis}},
            },
            *self._absent(size, x),
            *self._ticks(size, x),
        ]
        bars = [{"x": at, "y": p.low, "y2": p.high} for at, p in known if p.low is not None and p.high is not None]
        if bars:
            rule = {"type": "rule", "color": style.LINE, "strokeWidth": 3}
            layers.append(_layer(bars, rule, x=x, y=y, y2=True))
        dots = [{"x": at, "y": p.value} for at, p in known]
        if dots:
            mark = {
                "type": "point",
                "filled": True,
                "fill": style.ACCENT,
                "stroke": style.INK,
                "opacity": 1,
                "size": 80,
            }
            layers.append(_layer(dots, mark, x=x, y=y))
        if known:
            at, last = known[-1]
            row = [{"x": at, "y": last.value, "text": f"{last.value:,.{self.decimals}f}{self.suffix}"}]
            text = {
                "type": "text",
                "align": "right",
                "baseline": "middle",
                "dx": -10,
                "fill": style.INK,
                "fontWeight": "bold",
            }
            layers.append(_layer(row, text, x=x, y=y, text=True))
        return frame(size, layers)

    def _absent(self, size: Size, x: dict[str, Any]) -> list[dict[str, Any]]:
        """A pale band for each period without a value, with why where there is room."""
        gaps = [(at, p) for at, p in enumerate(self.points) if p.value is None]
        if not gaps:
            return []
        bands = [{"x": at, "x2": at + 1} for at, _p in gaps]
        layers = [_layer(bands, {"type": "rect", "color": style.SHADE}, x=x, x2=True)]
        if size.plot_width / len(self.points) >= size.type:
            words = [{"x": at + 0.5, "text": p.why} for at, p in gaps if p.why]
            mark = {"type": "text", "align": "center", "baseline": "middle", "angle": 270, "fontSize": size.type - 1}
            if words:
                layers.append(_layer(words, mark, x=x, y={"value": size.plot_height / 2}, text=True))
        return layers

    def _ticks(self, size: Size, x: dict[str, Any]) -> list[dict[str, Any]]:
        """As many period labels as there is room for, the newest always among them."""
        longest = max((len(p.label) for p in self.points), default=1)
        room = size.type * 0.62 * longest
        each = max(1, round(room / (size.plot_width / max(1, len(self.points))) + 0.5))
        rows = [
            {"x": at + 0.5, "text": p.label}
            for at, p in enumerate(self.points)
            if (len(self.points) - 1 - at) % each == 0
        ]
        text = {"type": "text", "align": "center", "baseline": "top", "dy": 10}
        return [_layer(rows, text, x=x, y={"value": size.plot_height}, text=True)] if rows else []


@dataclass(frozen=True)
class Groups:
    """The groups of one period, in the order given: a dot for each value, a line for its doubt.

    reference  a value that others are set against, drawn as a line; None for none
    """

    title: str
    description: str
    points: tuple[Point, ...]
    decimals: int = 0
    suffix: str = ""
    reference: float | None = None

    @property
    def sizes(self) -> tuple[Size, ...]:
        """As high as its rows need; on a narrow page each name stands above its line."""
        count = len(self.points)
        return (
            Size("wide", 960, 44 + 32 * count, left=320, right=70, top=8, bottom=34, type=14),
            Size("narrow", 340, 40 + 48 * count, left=10, right=46, top=4, bottom=34, type=12),
        )

    def spec(self, size: Size) -> dict[str, Any]:
        """The Vega-Lite definition at one size."""
        ends = [e for p in self.points for e in (p.value, p.low, p.high, self.reference) if e is not None]
        top, bottom = max([1e-9, *ends]) * 1.05, min([0.0, *ends]) * 1.05
        x = {
            "type": "quantitative",
            "scale": {"domain": [bottom, top], "nice": False},
            "axis": {"tickCount": 5, "labelExpr": f"format(datum.value, ',') + '{self.suffix}'", "labelPadding": 6},
        }
        y = {"type": "quantitative", "scale": {"domain": [len(self.points), 0], "nice": False}, "axis": None}
        drop = 0.5 if size.name == "wide" else 0.72
        line = self.reference if self.reference is not None else 0
        layers = [_layer([{"x": line}], {"type": "rule", "color": style.LINE, "strokeWidth": 1.5}, x=x)]
        known = [(at + drop, p) for at, p in enumerate(self.points) if p.value is not None]
        bars = [{"x": p.low, "x2": p.high, "y": at} for at, p in known if p.low is not None and p.high is not None]
        if bars:
            layers.append(_layer(bars, {"type": "rule", "color": style.LINE, "strokeWidth": 3}, x=x, x2=True, y=y))
        if known:
            mark = {
                "type": "point",
                "filled": True,
                "fill": style.ACCENT,
                "stroke": style.INK,
                "opacity": 1,
                "size": 80,
            }
            layers.append(_layer([{"x": p.value, "y": at} for at, p in known], mark, x=x, y=y))
        absent = [{"y": at + drop, "text": p.why} for at, p in enumerate(self.points) if p.value is None and p.why]
        if absent:
            said = {"type": "text", "align": "left", "baseline": "middle", "dx": 6, "fill": style.SOFT_INK}
            layers.append(_layer(absent, said, x={"value": 0}, y=y, text=True))
        return frame(size, [*layers, self._names(size, y)])

    def _names(self, size: Size, y: dict[str, Any]) -> dict[str, Any]:
        text: dict[str, Any] = {"type": "text", "baseline": "middle", "fill": style.INK}
        if size.name == "wide":
            text |= {"align": "right", "limit": size.left - 16}
            rows = [{"y": at + 0.5, "text": p.label} for at, p in enumerate(self.points)]
            return _layer(rows, text, x={"value": -12}, y=y, text=True)
        text |= {"align": "left", "limit": size.plot_width}
        rows = [{"y": at + 0.28, "text": p.label} for at, p in enumerate(self.points)]
        return _layer(rows, text, x={"value": 0}, y=y, text=True)
