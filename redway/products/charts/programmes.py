"""When programmes ran, as bars under the axis that the charts of a page share. Thick where it is sure, thin where a
date is known only to the year; a bar without a stated beginning or end runs to the edge.
"""

from dataclasses import dataclass
from typing import Any

from redway.products.charts import style
from redway.products.charts.spc import _layer, _ticks
from redway.products.charts.style import Size, frame
from redway.products.charts.timeline import Timeline


@dataclass(frozen=True)
class Programme:
    """One row. `began` and `ended` are the first and last month it may have been; None where it is not stated."""

    name: str
    began: range | None
    ended: range | None


@dataclass(frozen=True)
class Programmes:
    """Programmes one under another, in the order given, on the axis of a page's other charts."""

    title: str
    description: str
    rows: tuple[Programme, ...]
    timeline: Timeline

    @property
    def sizes(self) -> tuple[Size, ...]:
        """As high as its rows need; on a narrow page each name stands above its bar."""
        count = len(self.rows)
        return (
            Size("wide", 960, 44 + 30 * count, left=320, right=24, top=4, bottom=40, type=14),
            Size("narrow", 340, 42 + 42 * count, left=10, right=16, top=2, bottom=40, type=12),
        )

    def spec(self, size: Size) -> dict[str, Any]:
        """The Vega-Lite definition at one size."""
        line = self.timeline
        x = {"type": "quantitative", "scale": {"domain": [0, line.slots], "nice": False}, "axis": None}
        y = {"type": "quantitative", "scale": {"domain": [len(self.rows), 0], "nice": False}, "axis": None}
        drop = 0.5 if size.name == "wide" else 0.72
        sure: list[dict[str, Any]] = []
        perhaps: list[dict[str, Any]] = []
        for at, row in enumerate(self.rows):
            for bars, (start, end) in ((perhaps, self._longest(row)), (sure, self._surely(row))):
                if start < end:
                    bars.append({"x": start, "x2": end, "y": at + drop})
        bands = [{"x": gap.start, "x2": gap.end} for gap in line.gaps]
        layers = [_layer(bands, {"type": "rect", "color": style.SHADE}, x=x, x2=True)] if bands else []
        layers += _ticks(line, size, x)
        for bars, width in ((perhaps, 3), (sure, 10)):
            if bars:
                mark = {"type": "rule", "color": style.ACCENT, "strokeWidth": width}
                layers.append(_layer(bars, mark, x=x, x2=True, y=y))
        return frame(size, [*layers, self._names(size, y)])

    def _longest(self, row: Programme) -> tuple[float, float]:
        """From the earliest it may have begun to the latest it may have ended, in slots."""
        end = row.ended[-1] + 1 if row.ended else None
        return self._edge(row.began[0] if row.began else None, 0.0), self._edge(end, self.timeline.slots)

    def _surely(self, row: Programme) -> tuple[float, float]:
        """From the latest it may have begun to the earliest it may have ended; nothing where the one is after the
        other."""
        end = (row.ended[0] + (len(row.ended) == 1)) if row.ended else None
        return self._edge(row.began[-1] if row.began else None, 0.0), self._edge(end, self.timeline.slots)

    def _edge(self, month: int | None, otherwise: float) -> float:
        """Where a month starts, within the axis."""
        if month is None:
            return otherwise
        start = (self.timeline.at(month - 1) + self.timeline.at(month)) / 2
        return min(max(start, 0.0), self.timeline.slots)

    def _names(self, size: Size, y: dict[str, Any]) -> dict[str, Any]:
        wide = size.name == "wide"
        rows = [{"y": at + (0.5 if wide else 0.26), "text": row.name} for at, row in enumerate(self.rows)]
        text: dict[str, Any] = {"type": "text", "baseline": "middle", "fill": style.INK}
        text |= {"align": "right", "limit": size.left - 16} if wide else {"align": "left", "limit": size.plot_width}
        return _layer(rows, text, x={"value": -12 if wide else 0}, y=y, text=True)
