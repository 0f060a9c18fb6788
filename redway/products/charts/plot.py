"""A plain plot: lines, dots, bands, bars and cells over two axes, with a key that says what every mark is.

The other charts of this package know what they draw (months with limits, areas with intervals). This one draws what a
method worked out, whatever that is: the pictures of the handbook are made of it. With `names` its rows are a list, a
name for each; with `shape` it is a map, as high as it is wide times that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, log10
from typing import Any, Literal

import numpy.typing as npt

from redway.products.charts import style
from redway.products.charts.spc import _layer
from redway.products.charts.style import Size, frame

Kind = Literal["line", "dots", "band", "cells", "spans", "words"]
Numbers = Sequence[float] | npt.NDArray[Any]
LETTER = 0.53  # of the type's height: how wide a letter is, roughly


@dataclass(frozen=True)
class Look:
    """How marks look. Meaning is carried by shape, dash or lightness first, then by colour."""

    colour: str
    shape: str = "circle"
    dash: tuple[int, ...] = ()
    width: float = 2.5
    size: int = 60
    edge: str = ""


LOOKS = {
    "main": Look(style.ACCENT),
    "other": Look("#28a197", "square", (10, 4), size=70, edge=style.INK),
    "third": Look("#801650", "triangle-up", (2, 3), size=90, edge=style.INK),
    "expected": Look(style.LINE, "circle", (6, 4), 2),
    "whisker": Look(style.LINE, "circle", (), 2.5),
    "limit": Look(style.LINE, "circle", (2, 3), 1.5),
    "plain": Look("#6f777b", "circle", (), 1.5, 36),
    "faint": Look("#b1b4b6", "circle", (), 1.5, 26),
    "signal": Look("#e46c0a", "diamond", (), 2.5, 130, style.INK),
    "open": Look("#ffffff", "circle", (), 1.5, 90, style.INK),
    "range": Look("#d3dfea"),
    "event": Look(style.INK, "circle", (2, 2), 1.5, 20),
    "cell": Look(style.SHADE),
    "one": Look("#cfdce8"),
    "two": Look("#9db7d0"),
    "three": Look("#5f86ad"),
    "four": Look(style.ACCENT),
    "warm": Look("#f9d5b8"),
    "hot": Look("#e46c0a"),
    "cool": Look("#9db7d0"),
}
SHADES = ("cell", "one", "two", "three", "four")


@dataclass(frozen=True)
class Axis:
    """From where to where, the ticks with their words, and what is measured."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    title: str = ""


@dataclass(frozen=True)
class Marks:
    """Marks of one kind and look; `name` is theirs in the key, empty for none.

    line   a path through (x, y); several by `x2`, which then says which path a point is of
    dots   a shape at each (x, y)
    band   between y and y2 along x
    cells  rectangles from (x, y) to (x2, y2)
    spans  straight lines from (x, y) to (x2, y2)
    words  `text` at (x, y): its middle there (center), its left end (left), or beneath it (under)
    """

    kind: Kind
    look: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    x2: tuple[float, ...] = ()
    y2: tuple[float, ...] = ()
    text: tuple[str, ...] = ()
    align: str = "center"
    name: str = ""


def marks(
    kind: Kind,
    look: str,
    x: Numbers,
    y: Numbers,
    x2: Numbers = (),
    y2: Numbers = (),
    *,
    text: Sequence[str] = (),
    align: str = "center",
    name: str = "",
) -> Marks:
    """Marks of any sequences of numbers, to five figures: what no eye sees makes no difference."""
    first, second, third, fourth = (tuple(map(figures, one)) for one in (x, y, x2, y2))
    return Marks(kind, look, first, second, third, fourth, tuple(text), align, name)


def figures(value: float) -> float:
    """To five figures."""
    return float(f"{float(value):.5g}")


def axis(low: float, high: float, title: str = "", *, suffix: str = "", count: int = 5, tight: bool = False) -> Axis:
    """An axis with ticks at 1, 2, 2.5 or 5 times a power of ten; it ends at ticks unless it is to be tight."""
    span = (high - low) or 1.0
    power = 10.0 ** floor(log10(span / count))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if span / (factor * power) <= count)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    if not tight:
        first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
        low, high = first * step, last * step
    ticks = tuple((figures(at * step), _words(at * step, step) + suffix) for at in range(first, last + 1))
    return Axis(figures(low), figures(high), ticks, title)


def _words(value: float, step: float) -> str:
    decimals = max(0, (1 if f"{step:e}"[:3] == "2.5" else 0) - floor(log10(step) + 1e-9))
    return f"{value + 0.0:,.{decimals}f}".replace("-", style.MINUS)


@dataclass(frozen=True)
class Plot:
    """What is drawn, first at the bottom.

    names  of rows, one under another, where y counts rows from 0; the y axis is then not drawn
    shape  height over width of the plot, for maps
    height of the wide plot, in pixels, where it is neither
    """

    title: str
    description: str
    layers: tuple[Marks, ...]
    x: Axis
    y: Axis | None = None
    names: tuple[str, ...] = ()
    shape: float = 0.0
    height: int = 300

    @property
    def sizes(self) -> tuple[Size, ...]:
        """As high as key, rows and titles need."""
        return (self._size("wide", 960, 14), self._size("narrow", 340, 12))

    def _size(self, name: str, width: int, letters: int) -> Size:
        wide = name == "wide"
        left = 10
        if self.names and wide:
            left = min(400, 24 + round(LETTER * letters * max(map(len, self.names))))
        elif self.y and not self.names:
            left = 14 + round(0.6 * letters * max((len(text) for _at, text in self.y.ticks), default=0))
        right = 30 if wide else 14
        if self.shape and wide:
            width = 620
        plot = width - left - right
        bottom = (letters + 16 if self.x.ticks else 4) + (letters + 10 if self.x.title else 4)
        high = round(plot * self.shape) if self.shape else self.height if wide else round(self.height * 0.75)
        if self.names:
            high = len(self.names) * (34 if wide else 48)
        size = Size(name, width, high + bottom, left, right, 0, bottom, letters)
        top = 10 + len(self._key(size)) * (letters + 9) + (letters + 10 if self.y and self.y.title else 0)
        return replace(size, height=high + bottom + top, top=top)

    def spec(self, size: Size) -> dict[str, Any]:
        """The Vega-Lite definition at one size."""
        x = {"type": "quantitative", "scale": {"domain": [self.x.low, self.x.high], "nice": False}, "axis": None}
        ends = [len(self.names), 0] if self.names else [self.y.low, self.y.high] if self.y else [0, 1]
        y = {"type": "quantitative", "scale": {"domain": ends, "nice": False}, "axis": None}
        drawn = [layer for one in self.layers for layer in self._drawn(one, size, x, y)]
        return frame(size, [*self._ground(size, x, y), *drawn, *self._around(size, x, y), *self._keyed(size)])

    def _down(self, size: Size) -> float:
        """How far under its row's top a mark lies: on a narrow page its name stands above it."""
        return 0.0 if not self.names else 0.5 if size.name == "wide" else 0.68

    def _drawn(self, one: Marks, size: Size, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
        look, down = LOOKS[one.look], self._down(size)
        rows = [{"x": at, "y": up + down} for at, up in zip(one.x, one.y, strict=True)]
        for name, values, more in (("x2", one.x2, 0.0), ("y2", one.y2, down)):
            for row, value in zip(rows, values, strict=bool(values)):
                row[name] = value + more
        if not rows:
            return []
        both = {"x2": True} if one.x2 else {}
        both |= {"y2": True} if one.y2 else {}
        if one.kind == "line":
            mark = {"type": "line", "color": look.colour, "strokeWidth": look.width, "strokeDash": list(look.dash)}
            layer = _layer(rows, mark, x=x, y=y)
            layer["encoding"]["order"] = {"value": None}  # as given, not from left to right
            if one.x2:
                layer["encoding"]["detail"] = {"field": "x2", "type": "nominal"}
            return [layer]
        if one.kind == "band":
            return [_layer(rows, {"type": "area", "color": look.colour}, x=x, y=y, **both)]
        if one.kind == "cells":
            edge = {"stroke": look.edge or "#ffffff", "strokeWidth": 0.5}
            return [_layer(rows, {"type": "rect", "color": look.colour, **edge}, x=x, y=y, **both)]
        if one.kind == "spans":
            mark = {"type": "rule", "color": look.colour, "strokeWidth": look.width, "strokeDash": list(look.dash)}
            return [_layer(rows, mark, x=x, y=y, **both)]
        if one.kind == "words":
            written = self._written(one, rows, size, x, y)
            return [_halo(written), written] if one.align == "left" else [written]
        return [_layer(rows, _point(look, size.name == "narrow"), x=x, y=y)]

    @staticmethod
    def _written(one: Marks, rows: list[dict[str, Any]], size: Size, x: Any, y: Any) -> dict[str, Any]:
        told = [row | {"text": text} for row, text in zip(rows, one.text, strict=True)]
        dark = one.look in ("three", "four")
        mark: dict[str, Any] = {"type": "text", "baseline": "middle", "fontSize": size.type}
        mark |= {"fill": "#ffffff" if dark else style.INK, "dx": 8 if one.align == "left" else 0}
        if one.align == "under":
            return _layer(told, mark | {"align": "center", "dy": 8 + size.type // 2}, x=x, y=y, text=True)
        return _layer(told, mark | {"align": one.align}, x=x, y=y, text=True)

    def _ground(self, size: Size, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
        """Lines of the grid, under everything."""
        grid = {"type": "rule", "color": style.GRID, "strokeWidth": 1}
        if self.names:
            rows = [{"x": at} for at, _text in self.x.ticks]
            return [_layer(rows, grid, x=x)] if rows else []
        rows = [{"y": at} for at, _text in self.y.ticks] if self.y and not self.shape else []
        return [_layer(rows, grid, y=y)] if rows else []

    def _around(self, size: Size, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
        """Ticks, names and titles."""
        layers = []
        text: dict[str, Any] = {"type": "text", "baseline": "middle", "fill": style.SOFT_INK}
        if ticks := self._room(size):
            for align in ("left", "center", "right"):
                rows = [{"x": at, "text": words} for at, words in ticks if self._aligned(at, words, size) == align]
                mark = text | {"align": align, "dy": 8 + size.type // 2}
                layers += [_layer(rows, mark, x=x, y={"value": size.plot_height}, text=True)] if rows else []
        if self.x.title:
            mark = text | {"align": "right", "fill": style.INK}
            place = size.plot_height + (size.type + 16 if self.x.ticks else 4) + size.type // 2
            row = [{"text": self.x.title}]
            layers.append(_layer(row, mark, x={"value": size.plot_width}, y={"value": place}, text=True))
        if self.names:
            wide = size.name == "wide"
            above = [{"y": at + (0.5 if wide else 0.24), "text": name} for at, name in enumerate(self.names)]
            mark = text | {"align": "right" if wide else "left", "fill": style.INK}
            names = _layer(above, mark, x={"value": -12 if wide else 0}, y=y, text=True)
            layers += [names] if wide else [_halo(names), names]
        elif self.y:
            rows = [{"y": at, "text": words} for at, words in self.y.ticks]
            if rows:
                layers.append(_layer(rows, text | {"align": "right"}, x={"value": -8}, y=y, text=True))
            if self.y.title:
                mark = text | {"align": "left", "fill": style.INK}
                up = {"value": -12 - size.type // 2}
                layers.append(_layer([{"text": self.y.title}], mark, x={"value": 8 - size.left}, y=up, text=True))
        return layers

    def _aligned(self, at: float, words: str, size: Size) -> str:
        """A tick's words stand under it, unless they would run over an edge of the drawing."""
        place = size.plot_width * (at - self.x.low) / (self.x.high - self.x.low)
        half = len(words) * size.type * 0.3
        if place - half < -size.left:
            return "left"
        return "right" if place + half > size.plot_width + size.right else "center"

    def _room(self, size: Size) -> list[tuple[float, str]]:
        """As many ticks of the x axis as there is room for."""
        ticks = list(self.x.ticks)
        if len(ticks) < 2:
            return ticks
        slot = size.plot_width * (ticks[1][0] - ticks[0][0]) / (self.x.high - self.x.low)
        widest = max(len(words) for _at, words in ticks) * size.type * 0.56 + 12
        return ticks[:: max(1, ceil(widest / slot))]

    def _key(self, size: Size) -> list[list[tuple[float, Marks]]]:
        """The named marks in lines, each with its place from the left, in pixels."""
        lines: list[list[tuple[float, Marks]]] = []
        edge = size.width - size.left - size.right
        at = 0.0
        for one in (one for one in self.layers if one.name):
            takes = 44 + LETTER * size.type * len(one.name)
            if not lines or (at + takes > edge + size.left and at):
                lines.append([])
                at = 0.0
            lines[-1].append((at, one))
            at += takes
        return lines

    def _keyed(self, size: Size) -> list[dict[str, Any]]:
        layers: list[dict[str, Any]] = []
        text = {"type": "text", "align": "left", "baseline": "middle", "fill": style.INK}
        for down, line in enumerate(self._key(size)):
            y = {"value": 10 + size.type / 2 + down * (size.type + 9) - size.top}
            for right, one in line:
                left, look = right + 10 - size.left, LOOKS[one.look]
                if one.kind in ("line", "spans"):
                    mark = {"type": "rule", "color": look.colour, "strokeWidth": look.width}
                    mark["strokeDash"] = list(look.dash)
                    layers.append(_layer([{}], mark, x={"value": left}, x2={"value": left + 22}, y=y))
                else:
                    shape = look if one.kind == "dots" else Look(look.colour, "square", size=200, edge=style.LINE)
                    layers.append(_layer([{}], _point(shape, False), x={"value": left + 11}, y=y))
                row = [{"text": one.name}]
                layers.append(_layer(row, text, x={"value": left + 28}, y=y, text=True))
        return layers


def _halo(written: dict[str, Any]) -> dict[str, Any]:
    """The same words in thick white, to lie under them where lines run."""
    return written | {"mark": written["mark"] | {"stroke": "#ffffff", "strokeWidth": 4, "fill": "#ffffff"}}


def _point(look: Look, small: bool) -> dict[str, Any]:
    """A filled shape; those without an edge are plain dots."""
    mark = {"type": "point", "filled": True, "shape": look.shape, "fill": look.colour, "opacity": 1}
    mark["size"] = look.size * 0.7 if small else look.size
    return mark | ({"stroke": look.edge, "strokeWidth": 1.2} if look.edge else {"strokeWidth": 0})
