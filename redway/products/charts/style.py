"""How every chart looks: sizes, type, colours. Meaning is carried by shape first, then by colour.

The NHS colours for improvement and concern have too little contrast on white, so each mark has a dark
outline and a shape of its own; in greyscale and in print the shape alone tells.
"""

from dataclasses import dataclass
from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "Arial, Helvetica, sans-serif"
INK = "#0b0c0c"
SOFT_INK = "#484949"  # 9:1 on white: for axis and gap labels
LINE = "#5a6169"
GRID = "#e5e6e7"
MINUS = "\N{MINUS SIGN}"
SHADE = "#f1f2f3"
BASELINE = "#e8eef4"
ACCENT = "#12436d"

SHAPES = {
    "": ("circle", "#6f777b"),
    "improvement": ("square", "#00b0f0"),
    "concern": ("diamond", "#e46c0a"),
    "higher": ("triangle-up", "#490092"),
    "lower": ("triangle-down", "#490092"),
}


@dataclass(frozen=True)
class Size:
    """A drawing's outer width and its height, the space round the plot, and the size of its type, in pixels."""

    name: str
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    type: int

    @property
    def plot_width(self) -> int:
        return self.width - self.left - self.right

    @property
    def plot_height(self) -> int:
        return self.height - self.top - self.bottom


def frame(size: Size, layers: list[dict[str, Any]]) -> dict[str, Any]:
    """A Vega-Lite definition of exactly this size. Nothing in it is interactive, and its own ARIA is off:
    the drawing is one image with one description.
    """
    return {
        "$schema": SCHEMA,
        "width": size.plot_width,
        "height": size.plot_height,
        "padding": {"left": size.left, "right": size.right, "top": size.top, "bottom": size.bottom},
        "autosize": {"type": "none"},
        "layer": layers,
        "config": {
            "aria": False,
            "background": None,
            "font": FONT,
            "view": {"stroke": None},
            "text": {"font": FONT, "fontSize": size.type, "fill": SOFT_INK},
            "axis": {
                "labelFont": FONT,
                "labelFontSize": size.type,
                "labelColor": SOFT_INK,
                "domain": False,
                "ticks": False,
                "gridColor": GRID,
                "title": None,
            },
        },
    }


def apart(wanted: list[float], room: float, low: float, high: float) -> list[float]:
    """Positions for labels near those wanted, in the same order of size, at least `room` apart and within
    bounds where they fit.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [0.0] * len(wanted)
    before = low - room
    for i in order:
        placed[i] = before = max(wanted[i], before + room)
    after = high + room
    for i in reversed(order):
        placed[i] = after = min(placed[i], after - room)
    return placed


def nice_top(highest: float) -> float:
    """The top of an axis that starts at zero: the next 1, 2, 2.5 or 5 times a power of ten, in four or five steps."""
    step = 1.0
    while True:
        for factor in (1, 2, 2.5, 5):
            if factor * step != int(factor * step):
                continue
            if highest <= 4 * factor * step:
                return 4 * factor * step
            if highest <= 5 * factor * step:
                return 5 * factor * step
        step *= 10


def steps(top: float) -> list[float]:
    """The tick values of an axis from zero to a `nice_top`."""
    fourth = top / 4
    count = 4 if fourth in _nice(fourth) and (fourth.is_integer() or top < 4) else 5  # 0, 2, 4 rather than 0, 2.5, 5
    return [top * i / count for i in range(count + 1)]


def _nice(step: float) -> list[float]:
    power = 1.0
    while power * 10 <= step:
        power *= 10
    return [power, 2 * power, 2.5 * power, 5 * power]
