"""A study area cut into equal cells, squares or hexagons, and how many events fall in each.

Cells lie on a lattice in metres. A square has sides of `cell_size`; a hexagon, point upwards, is `cell_size` from
one flat side to the other, and its rows are `cell_size` x sqrt(3)/2 apart, every second one shifted by half a cell.
The study area is the convex hull of the points, widened by half a cell: a cell belongs to it if it touches that
(sfhotspot's rule, so that both give the same cells), or the whole box around the points.

A point on the line between two squares is counted in the one above or to the right; every point is counted once.

Source: for hexagons, Birch, Oom and Beecham 2007, *Ecological Modelling* 206, 347-359.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.hot_spots.locations import located
from redway.methods.inputs import Floats, Integers, Unfit

VERSION = 1

MOST_CELLS = 5_000_000  # of the lattice: its arrays, and the rows of an answer, still fit a small machine
SIDES = 120  # of the polygon that stands for a circle where the hull is widened


@dataclass(frozen=True)
class Grid:
    """Cells of one size.

    kind           "square" or "hex"
    cell_size      metres
    x0, y0         centre of the lattice's first cell (row 0, column 0)
    rows, columns  of the lattice; odd rows of a hex lattice lie half a cell to the right
    cells          int array (cells,): which places of the lattice, row by row, belong to the study area, rising
    """

    kind: str
    cell_size: float
    x0: float
    y0: float
    rows: int
    columns: int
    cells: Integers

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def row_height(self) -> float:
        """Metres from one row of centres to the next."""
        return float(self.cell_size * (np.sqrt(0.75) if self.kind == "hex" else 1.0))

    @property
    def cell_area(self) -> float:
        """Square metres of one cell."""
        return self.cell_size * self.row_height

    @property
    def x(self) -> Floats:
        """Eastings of the cells' centres, float array (cells,)."""
        row, column = np.divmod(self.cells, self.columns)
        return self.x0 + self.cell_size * (column + (row % 2) / 2 if self.kind == "hex" else column)

    @property
    def y(self) -> Floats:
        """Northings of the cells' centres, float array (cells,)."""
        return np.asarray(self.y0 + self.row_height * (self.cells // self.columns), dtype=np.float64)

    @property
    def whole(self) -> bool:
        """Whether every place of the lattice is a cell."""
        return len(self.cells) == self.rows * self.columns

    def lattice(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Values of cells (..., cells) laid out as (..., rows, columns), nought where there is no cell.

        Raises Unfit where there are more or fewer values than cells.
        """
        if values.shape[-1] != len(self):
            raise Unfit(
                f"a value for each of {len(self):,} cells",
                came=f"{values.shape[-1]:,}",
                cause="values of another grid.",
            )
        shape = (*values.shape[:-1], self.rows, self.columns)
        if self.whole:
            return values.reshape(shape)
        flat = np.zeros((*values.shape[:-1], self.rows * self.columns), dtype=values.dtype)
        flat[..., self.cells] = values
        return flat.reshape(shape)

    def places(self, x: Any, y: Any) -> Integers:
        """The place in the lattice of each point, -1 for those beyond it. Raises Unfit for points that are none."""
        east, north = points(x, y)
        row, column = self._hexagon(east, north) if self.kind == "hex" else self._square(east, north)
        inside = (row >= 0) & (row < self.rows) & (column >= 0) & (column < self.columns)
        place = row * self.columns + column
        if not inside.all():
            place[~inside] = -1
        return place

    def count(self, x: Any, y: Any, weights: Any = None) -> Floats:
        """How many points fall in each cell, or their weights added up: float array (cells,).

        Points outside the study area are in no cell: what `count` gives then adds up to less than there are points.
        Raises Unfit for points and weights that are no finite numbers, and for columns of different lengths.
        """
        place = self.places(x, y)
        heavy = None if weights is None else inputs.numbers(weights, "weights")
        if heavy is not None:
            inputs.same_length(x=place, weights=heavy)
        if place.size and place.min() < 0:
            heavy, place = (None if heavy is None else heavy[place >= 0]), place[place >= 0]
        counted = np.bincount(place, weights=heavy, minlength=self.rows * self.columns)
        return (counted if self.whole else counted[self.cells]).astype(np.float64, copy=False)

    def _square(self, x: Floats, y: Floats) -> tuple[Integers, Integers]:
        half = self.cell_size / 2
        row = np.floor((y - (self.y0 - half)) / self.cell_size).astype(np.int64)
        return row, np.floor((x - (self.x0 - half)) / self.cell_size).astype(np.int64)

    def _hexagon(self, x: Floats, y: Floats) -> tuple[Integers, Integers]:
        """The nearest centre is of an even row or of an odd one: whichever of the two is nearer."""
        nearest, found = np.full(x.shape, np.inf), (np.zeros(x.shape, np.int64), np.zeros(x.shape, np.int64))
        for odd in (0, 1):
            row = 2 * np.floor((y - self.y0) / (2 * self.row_height) + (1 - odd) / 2).astype(np.int64) + odd
            column = np.floor((x - self.x0) / self.cell_size + (1 - odd) / 2).astype(np.int64)
            far = (x - self.x0 - self.cell_size * (column + odd / 2)) ** 2 + (y - self.y0 - self.row_height * row) ** 2
            closer = far < nearest
            nearest = np.where(closer, far, nearest)
            found = (np.where(closer, row, found[0]), np.where(closer, column, found[1]))
        return found


def points(x: Any, y: Any) -> tuple[Floats, Floats]:
    """Coordinates as float arrays (points,), looked at. Raises Unfit."""
    east, north = inputs.numbers(x, "x"), inputs.numbers(y, "y")
    inputs.same_length(x=east, y=north)
    return east, north


def grid_over(
    x: Any,
    y: Any,
    cell_size: float | None = None,
    *,
    grid_type: str = "square",
    area: str = "hull",
    origin: tuple[float, float] | None = None,
) -> Grid:
    """A grid over points in metres.

    cell_size  metres; None for the shorter side of the box around the points / 50, rounded down to a full 100 m
    area       "hull": cells that touch the convex hull widened by half a cell; "box": the whole rectangle
    origin     centre of a cell that the lattice goes through; None to begin half a cell outside the points' box

    Raises Unfit for no points, for points that are no places of one area (`located`), for a cell size that is not
    above nought, and for a lattice of over `MOST_CELLS` places.
    """
    east, north = located(x, y)
    inputs.chosen(grid_type, "grid_type", ("square", "hex"))
    inputs.chosen(area, "area", ("hull", "box"))
    if not len(east):
        raise Unfit(
            "at least one point to lay a grid over",
            came="none",
            cause="a file with its heading line alone, or a filter that left nothing.",
        )
    size = automatic_cell_size(east, north) if cell_size is None else inputs.number(cell_size, "cell_size")
    if not 0 < size < np.inf:
        raise Unfit(
            "cell_size: metres above nought", came=f"{cell_size}", cause="kilometres, or a size left at nought."
        )
    height = size * (np.sqrt(0.75) if grid_type == "hex" else 1.0)
    left, low = float(east.min()), float(north.min())
    pad = size / 2 if area == "hull" else 0.0
    x0, y0 = _first(left - pad, low - pad, size, height, (left, low) if origin is None else origin, grid_type)
    columns = int(np.floor((float(east.max()) + pad - x0) / size + 0.5)) + 1
    rows = int(np.floor((float(north.max()) + pad - y0) / height + 0.5)) + 1
    if rows * columns > MOST_CELLS:
        raise Unfit(
            f"a grid of at most {MOST_CELLS:,} cells",
            came=f"{rows:,} x {columns:,} cells of {size:g} m",
            cause="coordinates that are not metres, a point far from all others, or cells that are too small.",
        )
    box = Grid(grid_type, size, float(x0), float(y0), rows, columns, np.arange(rows * columns))
    return box if area == "box" else within(box, *_widened(east, north, size / 2))


def _first(
    left: float, low: float, size: float, height: float, through: tuple[float, float], grid_type: str
) -> tuple[float, float]:
    """The centre of the first cell of the lattice through a point, that covers everything from left and low.

    Hexagons begin a cell further out and two rows at a time, so that every second row keeps its shift.
    """
    every, spare = (2, 1) if grid_type == "hex" else (1, 0)
    columns = np.floor((left - through[0]) / size + 0.5) - spare
    rows = np.floor(((low - through[1]) / height + 0.5 - spare) / every)
    return float(through[0] + size * columns), float(through[1] + every * height * rows)


def automatic_cell_size(x: Floats, y: Floats) -> float:
    """The shorter side of the box around the points, cut in 50, rounded down to a full 100 m, at least 100 m."""
    shorter = min(float(np.ptp(x)), float(np.ptp(y)))
    return max(100.0, 100.0 * np.floor(shorter / 50 / 100))


def within(box: Grid, x: Floats, y: Floats) -> Grid:
    """The cells of a lattice that touch a convex polygon, whose corners come in order.

    A row of cells is a band. What a convex shape leaves in a band is convex too, so a cell of the band touches the
    shape if and only if their widths overlap: one look at each row, not at each cell. Of a hexagon, which narrows
    towards its points, the band is its middle half: one that only its tip touches is left out.
    """
    low = (
        box.y0 + box.row_height * np.arange(box.rows) - box.cell_size / (2 if box.kind == "square" else 2 * np.sqrt(3))
    )
    high = low + box.cell_size / (1 if box.kind == "square" else np.sqrt(3))
    slack = 1e-9 * box.cell_size  # what touches to the last bit touches, wherever the map begins
    left, right = _widths(x, y, np.asarray(low - slack, dtype=np.float64), np.asarray(high + slack, dtype=np.float64))
    shift = box.cell_size / 2 * (np.arange(box.rows) % 2 if box.kind == "hex" else np.zeros(box.rows))
    begins = box.x0 + shift[:, None] + box.cell_size * (np.arange(box.columns) - 0.5)[None, :]
    touches = (begins <= right[:, None] + slack) & (begins + box.cell_size >= left[:, None] - slack)
    cells = np.flatnonzero(touches)
    return Grid(box.kind, box.cell_size, box.x0, box.y0, box.rows, box.columns, cells)


def _widths(x: Floats, y: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The least and greatest x of a convex polygon in each band from low to high; crossed where there is none."""
    turned = np.roll(np.arange(len(x)), -int(np.lexsort((x, y))[0]))
    x, y = x[turned], y[turned]
    top = int(np.argmax(y))
    one, other = slice(0, top + 1), np.r_[0, np.arange(len(x) - 1, top - 1, -1)]
    ends = []
    for chain_x, chain_y in ((x[one], y[one]), (x[other], y[other])):
        at_low, at_high = (np.interp(bound, chain_y, chain_x) for bound in (low, high))
        ends.append((at_low, at_high, chain_x, chain_y))
    least, most = np.full(len(low), np.inf), np.full(len(low), -np.inf)
    for at_low, at_high, chain_x, chain_y in ends:
        inside = (chain_y[None, :] >= low[:, None]) & (chain_y[None, :] <= high[:, None])
        least = np.minimum(least, np.minimum(np.minimum(at_low, at_high), np.where(inside, chain_x, np.inf).min(1)))
        most = np.maximum(most, np.maximum(np.maximum(at_low, at_high), np.where(inside, chain_x, -np.inf).max(1)))
    beyond = (low > y.max()) | (high < y.min())
    return np.where(beyond, np.inf, least), np.where(beyond, -np.inf, most)


def _widened(x: Floats, y: Floats, by: float) -> tuple[Floats, Floats]:
    """Corners, in order, of the convex hull of points, widened by a distance."""
    from scipy.spatial import ConvexHull  # dear to import: only where a hull is asked for

    x, y = _outermost(x, y)
    round_about = 2 * np.pi * np.arange(SIDES) / SIDES
    wide_x = (x[:, None] + by * np.cos(round_about)).ravel()
    wide_y = (y[:, None] + by * np.sin(round_about)).ravel()
    corners = ConvexHull(np.column_stack([wide_x - x[0], wide_y - y[0]])).vertices
    return wide_x[corners], wide_y[corners]


def _outermost(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The corners of the convex hull; of points in one line, its ends."""
    from scipy.spatial import ConvexHull, QhullError

    if len(x) > 2:
        try:
            corners = ConvexHull(np.column_stack([x - x[0], y - y[0]])).vertices
            return x[corners], y[corners]
        except QhullError:
            pass
    order = np.lexsort((y, x))[[0, -1]]
    return x[order], y[order]
