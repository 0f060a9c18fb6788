"""Changes with their intervals, one row a place or an indicator: a dot for the change, a line for its doubt."""

from dataclasses import dataclass
from typing import Any

from redway.products.charts import style
from redway.products.charts.spc import _layer
from redway.products.charts.style import Size, frame

MINUS = "\N{MINUS SIGN}"
SIGNED = f"(datum.value > 0 ? '+' : datum.value < 0 ? '{MINUS}' : '') + format(abs(datum.value), ',') + '%'"
FURTHEST = 150.0  # per cent; an interval that ends beyond may run off the edge, and says so with an arrowhead


@dataclass(frozen=True)
class Change:
    """One row: per cent change and the ends of its 95% interval. `signal` as in charts.spc.Mark."""

    name: str
    percent: float
    low: float
    high: float
    signal: str = ""


@dataclass(frozen=True)
class Changes:
    """Changes drawn one under another, in the order given."""

    title: str
    description: str
    rows: tuple[Change, ...]

    @property
    def sizes(self) -> tuple[Size, ...]:
        """As high as its rows need; on a narrow page each name stands above its line."""
        count = len(self.rows)
        return (
            Size("wide", 960, 40 + 30 * count, left=320, right=20, top=8, bottom=32, type=14),
            Size("narrow", 340, 36 + 46 * count, left=10, right=14, top=4, bottom=32, type=12),
        )

    def spec(self, size: Size) -> dict[str, Any]:
        """The Vega-Lite definition at one size."""
        least = max(-100.0, min([-20.0, *(r.low for r in self.rows)]) * 1.05)
        # Every dot is on the axis; the end of a long interval need not be.
        furthest = max([FURTHEST, *(r.percent * 1.25 for r in self.rows)])
        most = min(furthest, max([20.0, *(r.high for r in self.rows)]) * 1.05)
        x = {
            "type": "quantitative",
            "scale": {"domain": [least, most], "nice": False},
            "axis": {
                "tickCount": 5,
                "labelExpr": SIGNED,
                "labelPadding": 6,
                "labelFlush": True,
            },
        }
        y = {"type": "quantitative", "scale": {"domain": [len(self.rows), 0], "nice": False}, "axis": None}
        drop = 0.5 if size.name == "wide" else 0.72
        rows = [
            {
                "x": r.percent,
                "x2": min(r.high, most),
                "low": max(r.low, least),
                "y": at + drop,
                "text": r.name,
                "off": r.high > most,
            }
            for at, r in enumerate(self.rows)
        ]
        bars = [{"x": row["low"], "x2": row["x2"], "y": row["y"]} for row in rows]
        off = [{"x": most, "y": row["y"]} for row in rows if row["off"]]
        layers = [
            _layer([{"x": 0}], {"type": "rule", "color": style.LINE, "strokeWidth": 1.5}, x=x),
            _layer(bars, {"type": "rule", "color": style.LINE, "strokeWidth": 3}, x=x, x2=True, y=y),
        ]
        if off:
            arrow = {"type": "point", "shape": "triangle-right", "filled": True, "fill": style.LINE, "opacity": 1}
            layers.append(_layer(off, arrow | {"size": 60}, x=x, y=y))
        layers += self._dots(rows, x, y)
        return frame(size, [*layers, self._names(rows, size, y)])

    def _dots(self, rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> list[Any]:
        layers = []
        for row, change in zip(rows, self.rows, strict=True):
            shape, colour = style.SHAPES[change.signal]
            mark = {
                "type": "point",
                "shape": shape,
                "filled": True,
                "fill": colour,
                "stroke": style.INK,
                "strokeWidth": 1.5,
                "opacity": 1,
                "size": 120 if change.signal else 70,
            }
            layers.append(_layer([{"x": row["x"], "y": row["y"]}], mark, x=x, y=y))
        return layers

    def _names(self, rows: list[dict[str, Any]], size: Size, y: dict[str, Any]) -> dict[str, Any]:
        text: dict[str, Any] = {"type": "text", "baseline": "middle", "fill": style.INK}
        if size.name == "wide":
            text |= {"align": "right", "limit": size.left - 16}
            return _layer([{"y": r["y"], "text": r["text"]} for r in rows], text, x={"value": -12}, y=y, text=True)
        text |= {"align": "left", "limit": size.plot_width}
        above = [{"y": at + 0.28, "text": r["text"]} for at, r in enumerate(rows)]
        return _layer(above, text, x={"value": 0}, y=y, text=True)
