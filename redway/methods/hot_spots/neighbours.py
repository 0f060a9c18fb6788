"""Who is whose neighbour, and what neighbours add up to.

On a grid, neighbours are found by whole steps on the lattice, never by distances between centres: a distance of
cell size x sqrt(2), rounded, leaves out corners at some cell sizes and not at others. On squares, `reach` 1 is the
eight cells around (queen), or the four that share a side (rook); on hexagons the six around; `reach` k goes k steps.
Of a distance in metres (sfhotspot's `nb_dist`), neighbours are the cells whose middle lies within it, its very end
counted in. Sums over a box of squares are taken from running totals (Crow 1984, *Computer Graphics* 18, 207-212), so
that a wide band costs no more than a narrow one; of other shapes, row by row.

Areas of any shape have a sparse matrix of who touches whom instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from redway.methods import inputs
from redway.methods.hot_spots.grids import Grid
from redway.methods.inputs import Floats, Unfit

VERSION = 1

CLOSE = 1e-9  # of a distance: what is as far but for rounding is as far
MOST_STEPS = 1_000  # from a cell to its furthest neighbour


class Neighbours(Protocol):
    """Sums over the neighbours of each place, the place itself left out."""

    def sums(self, values: Floats) -> Floats:
        """Values (..., places) added up over the neighbours of each place, (..., places)."""
        ...

    @property
    def counts(self) -> Floats:
        """How many neighbours each place has, float array (places,)."""
        ...


@dataclass(frozen=True)
class GridNeighbours:
    """Neighbours on a grid, `reach` steps out; with `diagonal` False, of squares, those straight across only.

    within  metres between middles, in place of `reach`
    """

    grid: Grid
    reach: int = 1
    diagonal: bool = True
    within: float | None = None

    @cached_property
    def counts(self) -> Floats:
        if not (self.grid.whole and self._boxes):
            return self.sums(np.ones(len(self.grid)))
        along, up = (self._band(np.ones(side), 0) for side in (self.grid.columns, self.grid.rows))
        return (up[:, None] * along[None, :]).ravel() - 1

    def sums(self, values: Floats) -> Floats:
        laid = self.grid.lattice(values)
        around = self._box(laid) if self._boxes else self._rows(laid)
        flat = around.reshape(*values.shape[:-1], -1)
        return (flat if self.grid.whole else flat[..., self.grid.cells]) - values

    @property
    def _boxes(self) -> bool:
        """Whether neighbours fill squares of cells."""
        return self.grid.kind == "square" and self.diagonal and self.within is None

    def _runs(self) -> Mapping[int, tuple[int, int]]:
        """Of each row, counted from a cell's own, the first and last column: of hexagons, as `_rows` slides them."""
        hexes, k = self.grid.kind == "hex", self.reach
        if self.within is None:
            return {
                up: (max(-k, -k - up), min(k, k - up)) if hexes else (abs(up) - k, k - abs(up))
                for up in range(-k, k + 1)
            }
        far = self.within / self.grid.cell_size * (1 + CLOSE)
        tall = self.grid.row_height / self.grid.cell_size
        found = {}
        for up in range(-int(far / tall), int(far / tall) + 1):
            wide, aside = np.sqrt(max(0.0, far**2 - (up * tall) ** 2)), up / 2 if hexes else 0.0
            first, last = int(np.ceil(-wide - aside)), int(np.floor(wide - aside))
            if first <= last:
                found[up] = (first, last)
        return found

    def _box(self, laid: Floats) -> Floats:
        """Sums over squares of 2 reach + 1 cells a side."""
        return self._band(self._band(laid, -1), -2)

    def _band(self, laid: Floats, axis: int) -> Floats:
        """Sums over 2 reach + 1 cells along one axis."""
        laid = np.moveaxis(laid, axis, 0)
        n, reach = len(laid), min(self.reach, len(laid))
        if reach <= 2:
            added = laid.copy()
            for step in range(1, reach + 1):
                added[step:] += laid[: n - step]
                added[: n - step] += laid[step:]
        else:
            total = np.concatenate([np.zeros_like(laid[:1]), np.cumsum(laid, axis=0)])
            here = np.arange(n)
            added = total[np.minimum(here + reach + 1, n)] - total[np.maximum(here - reach, 0)]
        return np.moveaxis(added, 0, axis)

    def _rows(self, laid: Floats) -> Floats:
        """Sums over shapes that are a run of columns in each row: diamonds of squares, hexagons of hexagons, discs."""
        hexes, (rows, columns) = self.grid.kind == "hex", laid.shape[-2:]
        runs = {up: ends for up, ends in self._runs().items() if abs(up) < rows}
        k = max(max(-first, last) for first, last in runs.values())
        # rows of hexagons are slid so that a step up-left is straight up: then every row has the same runs
        slide = (rows - 1) // 2 - np.arange(rows) // 2 if hexes else np.zeros(rows, dtype=np.int64)
        slid = np.zeros((*laid.shape[:-1], columns + int(slide.max(initial=0)) + 2 * k))
        for row in range(rows):
            slid[..., row, k + slide[row] : k + slide[row] + columns] = laid[..., row, :]
        total = np.concatenate([np.zeros((*slid.shape[:-1], 1)), np.cumsum(slid, axis=-1)], axis=-1)
        added = np.zeros((*laid.shape[:-2], rows, slid.shape[-1]))
        middle = slice(k, slid.shape[-1] - k)
        for up, (first, last) in runs.items():
            here, there = slice(max(0, -up), rows - max(0, up)), slice(max(0, up), rows - max(0, -up))
            ends = total[..., there, k + last + 1 : total.shape[-1] - k + last]
            added[..., here, middle] += ends - total[..., there, k + first : total.shape[-1] - 1 - k + first]
        out = np.empty_like(laid)
        for row in range(rows):
            out[..., row, :] = added[..., row, k + slide[row] : k + slide[row] + columns]
        return out


@dataclass(frozen=True)
class SparseNeighbours:
    """Neighbours of areas of any shape: a matrix (places, places) of ones where two touch, nought on the diagonal."""

    matrix: Any

    @cached_property
    def counts(self) -> Floats:
        return np.asarray(self.matrix.sum(axis=1), dtype=np.float64).ravel()

    def sums(self, values: Floats) -> Floats:
        if values.shape[-1] != self.matrix.shape[0]:
            raise Unfit(
                f"a value for each of {self.matrix.shape[0]:,} places",
                came=f"{values.shape[-1]:,}",
                cause="values of other places than the neighbours are of.",
            )
        return np.asarray((self.matrix @ values.reshape(-1, values.shape[-1]).T).T).reshape(values.shape)


def touching(first: Any, second: Any, places: int) -> SparseNeighbours:
    """Neighbours from pairs of places that touch, each pair given at least once, either way round.

    first, second: int arrays (pairs,), places numbered from 0. Raises Unfit for places that are not there and for
    a place that would be its own neighbour.
    """
    from scipy import sparse  # dear to import

    one, two = inputs.counts(first, "first"), inputs.counts(second, "second")
    inputs.same_length(first=one, second=two)
    if len(one) and max(one.max(), two.max()) >= places:
        raise Unfit(
            f"places from 0 to {places - 1}", came=f"{max(one.max(), two.max()):.0f}", cause="places counted from 1."
        )
    if (one == two).any():
        raise Unfit(
            "pairs of two different places",
            came="a place beside itself",
            cause="a list of neighbours that counts each place as its own.",
        )
    here, there = np.concatenate([one, two]).astype(np.int64), np.concatenate([two, one]).astype(np.int64)
    matrix = sparse.csr_array((np.ones(len(here)), (here, there)), shape=(places, places))
    matrix.data[:] = 1.0  # pairs given twice were added up
    return SparseNeighbours(matrix)


def neighbours(grid: Grid, reach: int = 1, *, diagonal: bool = True) -> GridNeighbours:
    """Neighbours on a grid. Raises Unfit for a reach that is no whole number of at least 1."""
    return GridNeighbours(grid, inputs.whole(reach, "reach", least=1), diagonal)


def neighbours_within(grid: Grid, nb_dist: float) -> GridNeighbours:
    """Cells whose middles are at most so many metres from each other (sfhotspot's `nb_dist`).

    Raises Unfit for a distance under the size of a cell, within which there is no neighbour, and one over a thousand.
    """
    inputs.number(nb_dist, "nb_dist")
    if nb_dist < grid.cell_size * (1 - CLOSE):
        raise Unfit(
            f"nb_dist: at least the size of a cell ({grid.cell_size:g} m)",
            came=f"{nb_dist:g}",
            cause="kilometres, or steps from cell to cell (reach), where metres are meant.",
        )
    if nb_dist > MOST_STEPS * grid.cell_size:
        raise Unfit(
            f"nb_dist: at most {MOST_STEPS:,} cells ({MOST_STEPS * grid.cell_size:g} m)",
            came=f"{nb_dist:g}",
            cause="a distance as wide as the whole map, or cells that are too small.",
        )
    return GridNeighbours(grid, within=float(nb_dist))
