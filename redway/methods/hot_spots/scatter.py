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
from functools import partial
from itertools import product
from math import factorial
from typing import Any

import numpy as np

from redway.methods import threads
from redway.methods.hot_spots import kernels
from redway.methods.inputs import Floats, Integers

VERSION = 1

AT_ONCE = 32_768  # points: their arrays stay in the cache
PIECES = 16  # of the points, for threads to take in turn
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
    row, column  of each place that has points
    starts   where the points of each begin, and where the last one's end
    """

    u: Floats
    v: Floats
    weights: Floats | None
    row: Integers
    column: Integers
    starts: Integers


@dataclass(frozen=True)
class Shape:
    """What is asked for: the kernel, its bandwidth, and what is left of it at its end."""

    kernel: str
    bandwidth: float
    decay: float


def kernel_sums(
    at: Lattice, x: Floats, y: Floats, weights: Floats | None, kernel: str, bandwidth: float, decay: float = 0.0
) -> Floats:
    """The kernel of every point added up at every centre, float array (rows, columns)."""
    out = np.zeros((at.rows, at.columns))
    if not len(x):
        return out
    if kernel == "gaussian":
        return _gaussian(at, x, y, weights, bandwidth)
    x, y, weights = _reaching(at, x, y, weights, bandwidth)
    if not len(x):
        return out
    held = _sorted(at, x, y, weights)
    partly, wholly = _steps(at, bandwidth)
    if kernel not in kernels.POWERS:
        partly, wholly = [*partly, *wholly], []
    work = partial(_piece, at, held, partly=partly, wholly=wholly, shape=Shape(kernel, bandwidth, decay))
    pieces = _cuts(held.starts, 0, len(held.row), max(AT_ONCE, len(x) // PIECES))
    for first, rows in threads.each(work, pieces):
        out[first : first + len(rows)] += rows
    return out


def _reaching(
    at: Lattice, x: Floats, y: Floats, weights: Floats | None, bandwidth: float
) -> tuple[Floats, Floats, Floats | None]:
    """The points that some centre may have within its bandwidth."""
    low, high = at.y0 - bandwidth - at.step_y, at.y0 + at.rows * at.step_y + bandwidth
    left, right = at.x0 - bandwidth - at.step_x, at.x0 + at.columns * at.step_x + bandwidth
    if low <= y.min() and y.max() <= high and left <= x.min() and x.max() <= right:
        return x, y, weights
    near = (low <= y) & (y <= high) & (left <= x) & (x <= right)
    return x[near], y[near], None if weights is None else weights[near]


def _sorted(at: Lattice, x: Floats, y: Floats, weights: Floats | None) -> Sorted:
    """Blocks of points are sorted each by itself; how many of each block are nearest to each place then says where
    they belong among all."""
    low, high = (int(_nearest(end, at.y0, at.step_y)[0]) for end in (y.min(), y.max()))
    left, right = (int(_nearest(end, at.x0, at.step_x)[0]) for end in (x.min(), x.max()))
    wide = right - left + 1
    places = (high - low + 1) * wide
    small = places <= 65_536  # sixteen bits are sorted by counting
    size = max(AT_ONCE, -(-len(x) // PIECES)) if small else len(x)
    given = [y, x] if weights is None else [y, x, weights]

    def sorted_by_itself(begin: int) -> tuple[Integers, list[Floats]]:
        north, east, *heavy = (values[begin : begin + size] for values in given)
        row, v = _nearest(north, at.y0, at.step_y)
        column, u = _nearest(east, at.x0, at.step_x)
        row -= low
        row *= wide
        row += column
        row -= left
        place = row.astype(np.uint16 if small else np.int64)
        order = np.argsort(place, kind="stable")
        return np.bincount(place, minlength=places), [values[order] for values in (u, v, *heavy)]

    blocks = threads.each(sorted_by_itself, range(0, len(x), size))
    many = np.array([block[0] for block in blocks])
    begins = (np.cumsum(many.T) - many.T.ravel()).reshape(many.T.shape).T
    put = [np.empty(len(x)) for _ in given]

    def merged(block: int) -> None:
        own = many[block]
        to = np.repeat(begins[block] - np.cumsum(own) + own, own)
        to += np.arange(len(to))
        for whole, part in zip(put, blocks[block][1], strict=True):
            whole[to] = part

    threads.each(merged, range(len(blocks)))
    total = many.sum(axis=0)
    there = np.flatnonzero(total)
    row_of, column_of = np.divmod(there, wide)
    u, v, *heavy = put
    starts = np.append(0, np.cumsum(total[there]))
    return Sorted(u, v, heavy[0] if heavy else None, row_of + low, column_of + left, starts)


def _nearest(given: Any, first: float, step: float) -> tuple[Any, Any]:
    """The nearest centre along one axis, a whole number, and the metres from it."""
    away = given - first
    centre = np.floor(away / step + 0.5)
    return centre, away - centre * step


def _cuts(starts: Integers, first: int, last: int, points: int) -> list[tuple[int, int]]:
    """Places from first to last in stretches of about so many points: the first of each, and the one after its last."""
    cuts = []
    while first < last:
        end = int(np.searchsorted(starts, starts[first] + points, side="right")) - 1
        end = min(max(end, first + 1), last)
        cuts.append((first, end))
        first = end
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


def _piece(
    at: Lattice,
    held: Sorted,
    places: tuple[int, int],
    *,
    partly: list[tuple[int, int]],
    wholly: list[tuple[int, int]],
    shape: Shape,
) -> tuple[int, Floats]:
    """What the points of some places bring to the rows they reach: the first row, and sums (rows, columns)."""
    here = slice(*places)
    reach = int(shape.bandwidth / at.step_y + 0.5)
    first = min(max(0, int(held.row[here].min()) - reach), at.rows)
    end = max(first, min(at.rows, int(held.row[here].max()) + reach + 1))
    out = np.zeros((end - first, at.columns))
    row, column = held.row[here] - first, held.column[here]
    power = kernels.POWERS.get(shape.kernel, 0)
    powers = [(i, j, k) for i, j, k in product(range(power + 1), repeat=3) if i + j + k <= power]
    moments = np.empty((len(powers) if wholly else 0, len(row)))
    sums = np.empty((len(partly), len(row)))
    for begin, stop in _cuts(held.starts, *places, AT_ONCE):
        some = slice(begin - places[0], stop - places[0])
        points = slice(held.starts[begin], held.starts[stop])
        u, v = held.u[points], held.v[points]
        heavy = None if held.weights is None else held.weights[points]
        starts = held.starts[begin:stop] - held.starts[begin]
        if wholly:
            _moments(moments[:, some], powers, u, v, heavy, starts)
        _point_by_point(sums[:, some], partly, at, u, v, heavy, starts, shape)
    for step, brought in zip(partly, sums, strict=True):
        _add(out, row + step[0], column + step[1], brought)
    for step in wholly:
        metres = (step[0] * at.step_y, step[1] * at.step_x)
        brought = _coefficients(powers, power, metres, shape.bandwidth) @ moments
        _add(out, row + step[0], column + step[1], brought)
    return first, out


def _add(out: Floats, row: Integers, column: Integers, sums: Floats) -> None:
    """Add to centres what each place's points bring, where they are on the lattice; none of them comes twice."""
    inside = (row >= 0) & (row < out.shape[0]) & (column >= 0) & (column < out.shape[1])
    if inside.all():
        out[row, column] += sums
    else:
        out[row[inside], column[inside]] += sums[inside]


def _point_by_point(
    sums: Floats,
    steps: list[tuple[int, int]],
    at: Lattice,
    u: Floats,
    v: Floats,
    heavy: Floats | None,
    starts: Integers,
    shape: Shape,
) -> None:
    """The kernel of each point at the centre so many steps away, added up by place, (steps, places)."""
    h = shape.bandwidth
    along = {c: np.square((u - c * at.step_x) / h) for c in {column for _, column in steps}}
    up = {r: np.square((v - r * at.step_y) / h) for r in {row for row, _ in steps}}
    squared = np.empty(len(u))
    for k, (row, column) in enumerate(steps):
        np.add(along[column], up[row], out=squared)
        weight = kernels.weight(shape.kernel, squared, shape.decay)
        if heavy is not None:
            weight *= heavy
        np.add.reduceat(weight, starts, out=sums[k])


def _moments(
    moments: Floats,
    powers: list[tuple[int, int, int]],
    u: Floats,
    v: Floats,
    heavy: Floats | None,
    starts: Integers,
) -> None:
    """For each place the sums of u^i v^j (u^2 + v^2)^k over its points, (powers, places)."""
    squares = u * u + v * v
    base = np.ones(len(u)) if heavy is None else heavy
    for which, (i, j, k) in enumerate(powers):
        value = base
        for factor, times in ((u, i), (v, j), (squares, k)):
            for _ in range(times):
                value = value * factor
        np.add.reduceat(value, starts, out=moments[which])


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
