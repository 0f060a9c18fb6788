"""A histogram: how many lie in each interval, as bars under each other in the order of the intervals."""

from dataclasses import dataclass
from typing import Any

from redway.products.charts import style
from redway.products.charts.measures import Point
from redway.products.charts.spc import _layer
from redway.products.charts.style import Size, frame


@dataclass(frozen=True)
class Bars:
    """The intervals of one period: a bar from nought for each, its number at its end; why, where there is none."""

    title: str
    description: str
    points: tuple[Point, ...]

    @property
    def sizes(self) -> tuple[Size, ...]:
        """As high as its rows need; on a narrow page each name stands above its bar."""
        count = len(self.points)
        return (
            Size("wide", 960, 16 + 36 * count, left=320, right=70, top=8, bottom=8, type=14),
            Size("narrow", 340, 12 + 52 * count, left=10, right=46, top=4, bottom=8, type=12),
        )

    def spec(self, size: Size) -> dict[str, Any]:
        """The Vega-Lite definition at one size."""
        wide = size.name == "wide"
        top = max([1.0, *(p.value for p in self.points if p.value is not None)])
        x: dict[str, Any] = {"type": "quantitative", "scale": {"domain": [0, top], "nice": False}, "axis": None}
        y: dict[str, Any] = {
            "type": "quantitative",
            "scale": {"domain": [len(self.points), 0], "nice": False},
            "axis": None,
        }
        upper, lower = (0.2, 0.8) if wide else (0.45, 0.9)
        bars, ends, absent, names = [], [], [], []
        for at, point in enumerate(self.points):
            middle = at + (upper + lower) / 2
            names.append({"y": middle if wide else at + 0.25, "text": point.label})
            if point.value is None:
                absent.append({"y": middle, "text": point.why})
                continue
            bars.append({"x": 0, "x2": point.value, "y": at + upper, "y2": at + lower})
            ends.append({"x": point.value, "y": middle, "text": f"{point.value:,.0f}"})
        words: dict[str, Any] = {"type": "text", "align": "left", "baseline": "middle", "dx": 6, "fill": style.INK}
        layers = [_layer([{"x": 0}], {"type": "rule", "color": style.LINE, "strokeWidth": 1.5}, x=x)]
        if bars:
            layers.append(_layer(bars, {"type": "rect", "color": style.ACCENT}, x=x, x2=True, y=y, y2=True))
            layers.append(_layer(ends, words | {"fontWeight": "bold"}, x=x, y=y, text=True))
        if absent:
            layers.append(_layer(absent, words | {"fill": style.SOFT_INK}, x={"value": 0}, y=y, text=True))
        if wide:
            name = {**words, "align": "right", "dx": 0, "limit": size.left - 16}
            layers.append(_layer(names, name, x={"value": -12}, y=y, text=True))
        else:
            layers.append(_layer(names, {**words, "limit": size.plot_width}, x={"value": 0}, y=y, text=True))
        return frame(size, layers)
