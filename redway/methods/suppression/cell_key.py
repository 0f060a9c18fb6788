"""Cell keys: every count moved a little, the same count of the same people always alike, however often it is asked.

Each person's record has a key between 0 and 1, drawn once and kept. A cell's key is the fractional part of its
records' keys, and a table of probabilities turns count and key into noise v: the same people give the same noise in
every table (Fraser and Wooton 2005; Thompson, Broadfoot and Elazar 2013, UNECE). For each count i the noise has the
most entropy possible (Giessing 2016),

    p(v) proportional to exp(b v + c v^2)    with mean 0, variance V, |v| <= D, i + v >= 0, and no i + v from 1 to js;
                                             no p(-1) or p(1) above p(0): where it would be, they are even

as R's `ptable::create_cnt_ptable(D, V, js)`. A count of nought stays nought. Noisy tables no longer add up exactly.
The table and the keys must be kept secret: who has both can take the noise off.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from redway.methods.inputs import Unfit, counts, number, numbers, same_length, whole
from redway.methods.wording import figure, several

VERSION = 1

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class NoiseTable:
    """Noise by count: rows 0 to D + js (the last stands for all above), columns v from -D to D."""

    probability: Floats
    D: int
    V: float
    js: int

    @property
    def noise(self) -> npt.NDArray[np.int64]:
        return np.arange(-self.D, self.D + 1)


@dataclass(frozen=True)
class Keyed:
    """Counts with their noise, (cells,)."""

    value: npt.NDArray[np.int64]
    noise: npt.NDArray[np.int64]
    table: NoiseTable

    @property
    def sentence(self) -> str:
        moved = int((self.noise != 0).sum())
        return (
            f"{moved} of {several(self.value.size, 'count')} {'was' if moved == 1 else 'were'} moved, "
            f"by {self.table.D} at most and {figure(float(np.sqrt(self.table.V)))} as a rule; "
            "the noise of the same people is always the same."
        )


def noise_table(D: int = 5, V: float = 3.0, js: int = 2) -> NoiseTable:
    """The table of noise.

    D   most noise
    V   its variance
    js  no count from 1 to js comes out

    Raises Unfit where no noise has mean nought and that variance within those bounds.
    """
    most, small, spread = whole(D, "D", least=1), whole(js, "js", least=0), number(V, "V", least=1e-6)
    if small >= most:
        raise Unfit("js below D", came=f"js {small} and D {most}", cause="D and js exchanged.")
    v = np.arange(-most, most + 1)
    rows = np.zeros((most + small + 2, v.size))
    rows[0, most] = 1.0
    for i in range(1, rows.shape[0]):
        allowed = (i + v >= 0) & ~((i + v >= 1) & (i + v <= small))
        rows[i, allowed] = _entropy(v[allowed].astype(float), spread, i)
    return NoiseTable(rows, most, spread, small)


def _entropy(v: Floats, spread: float, i: int) -> Floats:
    """Probabilities of v with mean 0 and a variance, as even as they can be, and no neighbour likelier than 0."""
    found = _solved(v, spread, None)
    for neighbour in (-1.0, 1.0):
        there = v == neighbour
        if found is not None and there.any() and (v == 0).any() and found[there][0] > found[v == 0][0]:
            found = _solved(v, spread, neighbour)
    if found is None:
        raise Unfit(
            "noise with mean nought and that variance",
            came=f"none for a count of {i}",
            cause="V too small or too large.",
        )
    return found


def _solved(v: Floats, spread: float, even: float | None) -> Floats | None:
    """The same where `even`, if given, is as likely as 0; None where there is none."""
    tilt = (v == 0).astype(float) - (v == even) if even is not None else None

    def p(at: Floats) -> Floats:
        exponent = at[0] * v + at[1] * (v**2 - spread) + (at[2] * tilt if tilt is not None else 0)
        weight = np.exp(exponent - exponent.max())
        return np.asarray(weight / weight.sum())

    def off(at: Floats) -> Floats:
        q = p(at)
        told = [q @ v, q @ v**2 - spread]
        return np.array(told if tilt is None else [*told, q @ tilt])

    for start in ((0.0, -0.5 / spread), (0.0, 0.0), (-0.5, 0.0), (0.5, -0.3), (-1.0, 0.1)):
        found = scipy.optimize.root(off, np.array(start if tilt is None else (*start, 0.0)), method="hybr", tol=1e-13)
        if np.abs(off(found.x)).max() < 1e-9:
            return p(found.x)
    return None


def cell_keys(keys: npt.ArrayLike, cells: npt.ArrayLike, number_of_cells: int) -> Floats:
    """The key of each cell (cells,), from the key of each record (n,) and the cell, from 0, that it lies in.

    Raises Unfit for keys that are not from 0 to 1.
    """
    key, cell = numbers(keys, "keys"), np.asarray(cells, dtype=np.int64)
    same_length(keys=key, cells=cell)
    if key.size and not ((key >= 0) & (key < 1)).all():
        raise Unfit(
            "keys from 0 to under 1",
            came=f"{key[(key < 0) | (key >= 1)][0]:g}",
            cause="numbers of records in place of keys drawn at random.",
        )
    return np.asarray(np.bincount(cell, key, number_of_cells) % 1.0)


def perturb(count: npt.ArrayLike, key: npt.ArrayLike, table: NoiseTable) -> Keyed:
    """Counts (cells,) with the noise of their keys. Raises Unfit for counts that are not, and keys not from 0 to 1."""
    x, u = counts(count, "count"), numbers(key, "key")
    same_length(count=x, key=u)
    if u.size and not ((u >= 0) & (u < 1)).all():
        raise Unfit(
            "keys from 0 to under 1",
            came=f"{u[(u < 0) | (u >= 1)][0]:g}",
            cause="numbers of records in place of keys drawn at random.",
        )
    row = np.minimum(x, table.probability.shape[0] - 1).astype(np.int64)
    steps = np.cumsum(table.probability, axis=1)
    at = (u[:, None] >= steps[row] - 1e-15).sum(axis=1)
    noise = table.noise[np.minimum(at, table.noise.size - 1)]
    return Keyed(x.astype(np.int64) + noise, noise, table)
