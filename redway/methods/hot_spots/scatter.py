"""Kernel sums on a lattice: every point's weight added to the centres within its bandwidth, exactly.

Points are sorted by the lattice place they are nearest to. For each step from place to place, points of one place
reach one centre, so a step is one pass over the points and one sum for each place:

- Steps on which some points reach the centre and some do not are added point by point: some 8 h / s of them, for a
  lattice of step s.
- On the others every point counts, and a kernel that is a polynomial in d^2 needs of each place only its moments,
      (q + (2 a.p - |p|^2) / h^2)^m    q = 1 - |a|^2/h^2, a the step, p the point from the middle of its place,
  multiplied out: with 1, 4, 10 or 20 moments for m = 0, 1, 2, 3. All pi h^2 / s^2 of them cost nothing that grows with
  the points.

So the work grows with points x h / s, not with points x (h / s)^2, and nothing is approximated. The Gaussian has no
end: blocks of places are multiplied out within 8.5 bandwidths, beyond which a weight is under 1e-15.
"""

from dataclasses import dataclass
from itertools import product
from math import factorial

import numpy as np

from redway.methods.hot_spots import kernels
from redway.methods.inputs import Floats, Integers

VERSION = 1

AT_ONCE = 16_384  # points: their arrays stay in the cache
FAR = 8.5


@dataclass(frozen=True)
class Lattice:
    """Centres x0 + column * step_x, y0 + row * step_y."""

    x0: float
    y0: float
    step_x: float
    step_y: float
    rows: int
    columns: int


@dataclass(frozen=True)
class Sorted:
    """Points in the order of the places they are nearest to.

    u, v     from the middle of that place, metres
    weights  of each
    row, column, starts  of each place that has points, and where its points begin
    """

    u: Floats
    v: Floats
    weights: Floats | None
    row: Integers
    column: Integers
    starts: Integers


def kernel_sums(
    at: Lattice, x: Floats, y: Floats, weights: Floats | None, kernel: str, bandwidth: float, decay: float = 0.0
) -> Floats:
    """The kernel of every point added up at every centre, float array (rows, columns)."""
    out = np.zeros((at.rows, at.columns))
    if not len(x):
        return out
    if kernel == "gaussian":
        return _gaussian(at, x, y, weights, bandwidth)
    held = _sorted(at, x, y, weights)
    partly, wholly = _steps(at, bandwidth)
    if kernel in kernels.POWERS:
        moments, powers = _moments(held, kernels.POWERS[kernel])
        for row, column in wholly:
            step = (row * at.step_y, column * at.step_x)
            _add(out, held, row, column, moments @ _coefficients(powers, kernels.POWERS[kernel], step, bandwidth))
    else:
        partly = [*partly, *wholly]
    for begin, end, first, last in _chunks(held):
        _point_by_point(out, held, at, (begin, end, first, last), partly, (kernel, bandwidth, decay))
    return out


def _sorted(at: Lattice, x: Floats, y: Floats, weights: Floats | None) -> Sorted:
    row, v = _nearest(y, at.y0, at.step_y)
    column, u = _nearest(x, at.x0, at.step_x)
    low, left = row.min(), column.min()
    wide = int(column.max() - left) + 1
    row -= low
    row *= wide
    row += column - left
    place = row.astype(np.uint16 if row.max() < 65_536 else np.int64)  # sixteen bits are sorted by counting
    order = np.argsort(place, kind="stable")
    held = np.bincount(place)
    there = np.flatnonzero(held)
    starts = np.cumsum(held[there]) - held[there]
    row_of, column_of = np.divmod(there, wide)
    heavy = None if weights is None else weights[order]
    return Sorted(u[order], v[order], heavy, row_of + int(low), column_of + int(left), starts)


def _nearest(given: Floats, first: float, step: float) -> tuple[Floats, Floats]:
    """The nearest centre along one axis, a whole number, and the metres from it."""
    away = given - first
    centre = away / step
    centre += 0.5
    np.floor(centre, out=centre)
    away -= centre * step
    return centre, away


def _chunks(held: Sorted) -> list[tuple[int, int, int, int]]:
    """Whole places, about AT_ONCE points together: first and last point, first and last place."""
    ends = np.append(held.starts[1:], len(held.u))
    cuts, first = [], 0
    while first < len(ends):
        last = int(np.searchsorted(ends, held.starts[first] + AT_ONCE, side="right"))
        last = max(last, first + 1)
        cuts.append((int(held.starts[first]), int(ends[last - 1]), first, last))
        first = last
    return cuts


def _steps(at: Lattice, bandwidth: float) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Steps (rows, columns) on which some points reach the centre, and those on which all do."""
    up, along = int(bandwidth / at.step_y + 0.5), int(bandwidth / at.step_x + 0.5)
    partly, wholly = [], []
    for row, column in product(range(-up, up + 1), range(-along, along + 1)):
        far = np.hypot((abs(row) + 0.5) * at.step_y, (abs(column) + 0.5) * at.step_x)
        near = np.hypot(max(0.0, abs(row) - 0.5) * at.step_y, max(0.0, abs(column) - 0.5) * at.step_x)
        if far < bandwidth:
            wholly.append((row, column))
        elif near <= bandwidth:
            partly.append((row, column))
    return partly, wholly


def _add(out: Floats, held: Sorted, row: int, column: int, sums: Floats, places: slice = slice(None)) -> None:
    """Add what each place's points bring to the centre so many steps away."""
    there, across = held.row[places] + row, held.column[places] + column
    inside = (there >= 0) & (there < out.shape[0]) & (across >= 0) & (across < out.shape[1])
    if inside.all():
        out[there, across] += sums
    else:
        out[there[inside], across[inside]] += sums[inside]


def _point_by_point(
    out: Floats,
    held: Sorted,
    at: Lattice,
    chunk: tuple[int, int, int, int],
    steps: list[tuple[int, int]],
    shape: tuple[str, float, float],
) -> None:
    kernel, bandwidth, decay = shape
    begin, end, first, last = chunk
    u, v = held.u[begin:end] / bandwidth, held.v[begin:end] / bandwidth
    heavy = None if held.weights is None else held.weights[begin:end]
    starts = held.starts[first:last] - begin
    along = {c: (u - c * at.step_x / bandwidth) ** 2 for c in {column for _, column in steps}}
    up = {r: (v - r * at.step_y / bandwidth) ** 2 for r in {row for row, _ in steps}}
    squared = np.empty(end - begin)
    for row, column in steps:
        np.add(along[column], up[row], out=squared)
        weight = kernels.weight(kernel, squared, decay)
        if heavy is not None:
            weight *= heavy
        _add(out, held, row, column, np.add.reduceat(weight, starts), slice(first, last))


def _moments(held: Sorted, power: int) -> tuple[Floats, list[tuple[int, int, int]]]:
    """For each place the sums of u^i v^j (u^2 + v^2)^k over its points, for i + j + k up to a power."""
    powers = [(i, j, k) for i, j, k in product(range(power + 1), repeat=3) if i + j + k <= power]
    moments = np.empty((len(held.starts), len(powers)))
    for begin, end, first, last in _chunks(held):
        u, v = held.u[begin:end], held.v[begin:end]
        squares = u * u + v * v
        starts = held.starts[first:last] - begin
        base = np.ones(end - begin) if held.weights is None else held.weights[begin:end]
        for column, (i, j, k) in enumerate(powers):
            value = base
            for factor, times in ((u, i), (v, j), (squares, k)):
                for _ in range(times):
                    value = value * factor
            moments[first:last, column] = np.add.reduceat(value, starts)
    return moments, powers


def _coefficients(
    powers: list[tuple[int, int, int]], power: int, step: tuple[float, float], bandwidth: float
) -> Floats:
    """What each moment counts for, on one step (up, along) of metres."""
    up, along = step
    h2 = bandwidth * bandwidth
    q, a, b = 1 - (up * up + along * along) / h2, 2 * along / h2, 2 * up / h2
    return np.array(
        [
            factorial(power)
            / (factorial(i) * factorial(j) * factorial(k) * factorial(power - i - j - k))
            * (q ** (power - i - j - k) * a**i * b**j * (-1 / h2) ** k)
            for i, j, k in powers
        ]
    )


def _gaussian(at: Lattice, x: Floats, y: Floats, weights: Floats | None, bandwidth: float) -> Floats:
    """exp(-(dx^2 + dy^2) / 2h^2) is a product: one small matrix product for each block of places."""
    out = np.zeros((at.rows, at.columns))
    heavy = np.ones(len(x)) if weights is None else weights
    side = max(at.step_x, at.step_y, 4 * bandwidth)
    down, across = np.floor((y - at.y0) / side).astype(np.int64), np.floor((x - at.x0) / side).astype(np.int64)
    order = np.lexsort((across, down))
    turns = np.flatnonzero(np.diff(down[order], prepend=down.min() - 1) | np.diff(across[order], prepend=0))
    for begin, end in zip(turns, np.append(turns[1:], len(x)), strict=True):
        for part in range(int(begin), int(end), AT_ONCE):
            here = order[part : min(part + AT_ONCE, int(end))]
            rows, up = _along(y[here], at.y0, at.step_y, at.rows, bandwidth)
            columns, over = _along(x[here], at.x0, at.step_x, at.columns, bandwidth)
            out[rows, columns] += up.T @ (over * heavy[here][:, None])
    return out


def _along(given: Floats, first: float, step: float, places: int, bandwidth: float) -> tuple[slice, Floats]:
    """The centres along one axis that points reach, and exp(-d^2/2h^2) (points, centres)."""
    low = max(0, int(np.floor((given.min() - FAR * bandwidth - first) / step)))
    high = min(places, int(np.ceil((given.max() + FAR * bandwidth - first) / step)) + 1)
    reached = slice(min(low, places), max(high, min(low, places)))
    away = (given[:, None] - (first + step * np.arange(reached.start, reached.stop))[None, :]) / bandwidth
    return reached, np.exp(-0.5 * away * away)
