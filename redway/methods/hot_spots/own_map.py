"""Events laid on a map of somebody's own: cells with a score, from whatever tool made it.

An event falls in the cell of its label, or in the one whose middle is nearest: within half a `cell_size` east and north
for squares, within cell_size / sqrt(3) for hexagons whose middles lie a cell_size apart. Without a size, the middle
distance from a cell to its nearest neighbour is taken. Events that no cell holds are counted, and never left out
silently: a map that leaves out where events were has missed them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.hot_spots.locations import located
from redway.methods.inputs import Floats, Integers, Unfit

OUTSIDE = -1


@dataclass(frozen=True)
class OwnMap:
    """score (cells,), higher is hotter; area (cells,) or None; x, y (cells,) or None; label (cells,) or None."""

    score: Floats
    area: Floats | None
    x: Floats | None
    y: Floats | None
    label: npt.NDArray[np.str_] | None

    @property
    def size(self) -> float:
        """The middle distance from a cell to its nearest neighbour, metres; 0 where that cannot be told."""
        if self.x is None or self.y is None or len(self.x) < 2:
            return 0.0
        from scipy.spatial import cKDTree  # dear to import

        at = np.column_stack([self.x, self.y])
        return float(np.median(cKDTree(at).query(at, k=2)[0][:, 1]))


def own_map(score: Any, *, area: Any = None, x: Any = None, y: Any = None, label: Any = None) -> OwnMap:
    """Cells of a map. Raises Unfit for scores that are none, and labels or middles that two cells share."""
    scores = inputs.numbers(score, "score")
    sizes = None if area is None else inputs.above(area, "area", 0)
    names = None if label is None else np.asarray(label).astype(str)
    east, north = (None, None) if x is None or y is None else located(x, y, of="cells.")
    if not len(scores):
        raise Unfit("a cell", came="none", cause="a map with its heading line alone, or a filter that left nothing.")
    given = {"score": scores, "area": sizes, "cell": names, "x": east, "y": north}
    inputs.same_length(**{name: column for name, column in given.items() if column is not None})
    if names is not None:
        keys: npt.NDArray[Any] = names[:, None]
    elif east is not None and north is not None:
        keys = np.column_stack([east, north])
    else:
        raise Unfit(
            "the middles of cells (x and y), or their labels (cell)",
            came="neither",
            cause="columns of the map under other names.",
        )
    if twice := len(keys) - len(np.unique(keys, axis=0)):
        raise Unfit("one row for each cell", came=f"{twice:,} more", cause="several periods or kinds in one file.")
    return OwnMap(scores, sizes, east, north, names)


def cell_of(
    cells: OwnMap,
    *,
    x: Any = None,
    y: Any = None,
    label: Any = None,
    cell_size: float = 0.0,
    grid_type: str = "square",
) -> Integers:
    """The cell of each event, from 0; `OUTSIDE` where no cell holds it.

    By label where both have one, else by place. Raises Unfit where neither can be, and for a size that is none.
    """
    if label is not None and cells.label is not None:
        order = np.argsort(cells.label, kind="stable")
        names = np.asarray(label).astype(str)
        at = order[np.minimum(np.searchsorted(cells.label[order], names), len(order) - 1)]
        return np.where(cells.label[at] == names, at, OUTSIDE).astype(np.int64)
    if x is None or y is None or cells.x is None or cells.y is None:
        raise Unfit(
            "x and y of events and of cells, or a label (cell) of both",
            came="only one of them",
            cause="a map whose cells have names, and events that have places: give both one or the other.",
        )
    from scipy.spatial import cKDTree  # dear to import

    size = inputs.number(cell_size, "cell_size", least=0) or cells.size
    if not size:
        raise Unfit(
            "cell_size: how large a cell is, metres",
            came="0, and no second cell to tell by",
            cause="a map of one cell alone.",
        )
    east, north = located(x, y)
    square = inputs.chosen(grid_type, "grid_type", ("square", "hex")) == "square"
    reach = size / 2 if square else size / np.sqrt(3)
    far, at = cKDTree(np.column_stack([cells.x, cells.y])).query(
        np.column_stack([east, north]), p=np.inf if square else 2
    )
    return np.where(far <= reach * (1 + 1e-9), at, OUTSIDE).astype(np.int64)
