"""Audit: how closely can hidden figures be worked out from those that are shown?

Figures add up, sums @ figures = 0. Of each a reader knows a lowest and a highest value; of a shown one, the value.
What they can work out of a hidden one is the range it takes over all tables that fit (the attacker's problem:
Gusfield 1988, *SIAM J. Comput.* 17, 552-571), by two linear programmes for each. For tables of two ways the ends of
that range are whole numbers; for others, whole tables may allow less than it says: `suppression.subtraction` proves
safety by whole tables.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy
from scipy.sparse import csr_array, kron, vstack
from scipy.sparse import eye_array as eye

from redway.methods.inputs import Unfit, numbers
from redway.methods.wording import several

VERSION = 1

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
CLOSE = 1e-7


@dataclass(frozen=True)
class Audit:
    """low, high (figures,): the range each can be worked out to; its value twice where it is shown.

    exposed  bool (figures,): hidden, and the range does not hold what is wanted
    known    bool (figures,): hidden, and worked out exactly
    """

    low: Floats
    high: Floats
    hidden: Booleans
    exposed: Booleans
    known: Booleans

    @property
    def safe(self) -> bool:
        return not self.exposed.any()

    @property
    def sentence(self) -> str:
        hidden = several(int(self.hidden.sum()), "hidden figure")
        if self.safe:
            return f"None of {hidden} can be worked out more closely than was wanted, from this table alone."
        exactly = int(self.known.sum())
        return f"{int(self.exposed.sum())} of {hidden} can be worked out too closely, {exactly} of them exactly."


def crossed(table: npt.ArrayLike) -> tuple[Floats, csr_array]:
    """A table of two ways (rows, columns) with its totals, row by row, and the sums that hold among them.

    Raises Unfit for a table without two rows and two columns.
    """
    body = numbers(table, "table", dimensions=2)
    if min(body.shape) < 2:
        raise Unfit(
            "a table of two rows and two columns or more",
            came=f"{body.shape[0]} by {body.shape[1]}",
            cause="a column in place of a table, or every row of one kind.",
        )
    whole = np.zeros((body.shape[0] + 1, body.shape[1] + 1))
    whole[:-1, :-1] = body
    whole[-1], whole[:, -1] = whole.sum(axis=0), 0
    whole[:, -1] = whole.sum(axis=1)
    return whole.ravel(), sums_of(*body.shape)


def sums_of(rows: int, columns: int) -> csr_array:
    """The sums of a table of two ways with its totals last: of each row, the totals' too, then of each column."""
    across = csr_array(np.append(np.ones(columns), -1)[None, :])
    down = csr_array(np.append(np.ones(rows), -1)[None, :])
    return csr_array(vstack([kron(eye(rows + 1), across), kron(down, eye(columns + 1))]))


def audit(
    values: npt.ArrayLike, sums: csr_array, hidden: npt.ArrayLike, wanted: Floats, known: Floats | None = None
) -> Audit:
    """The range of each hidden figure.

    values  (figures,) with sums @ values = 0
    hidden  bool (figures,)
    wanted  (figures, 2) the range that must stay possible; the value twice where none is
    known   (figures, 2) what a reader knows of each beforehand; nothing below nought without it

    Raises Unfit for figures that do not add up.
    """
    a, veiled = numbers(values, "values"), np.asarray(hidden, dtype=bool)
    adds_up(a, sums)
    bounds = known if known is not None else np.column_stack([np.minimum(0.0, a), np.full(a.size, np.inf)])
    low, high = a.copy(), a.copy()
    for figure in np.flatnonzero(veiled):
        low[figure], high[figure] = (reach(a, sums, veiled, bounds, int(figure), way)[0] for way in (-1, 1))
    scale = CLOSE * np.maximum(1.0, np.abs(a))
    exposed = veiled & ((low > wanted[:, 0] + scale) | (high < wanted[:, 1] - scale))
    return Audit(low, high, veiled, exposed, veiled & (high - low <= scale))


def reach(
    a: Floats, sums: csr_array, hidden: Booleans, bounds: Floats, figure: int, way: int
) -> tuple[float, Floats, Floats]:
    """How far a figure can go one way; and what each end of each figure is worth in it, for a cut (figures,) twice."""
    at = np.flatnonzero(hidden)
    part = sums[:, at]
    cost = np.where(at == figure, -float(way), 0.0)
    found = scipy.optimize.linprog(cost, A_eq=part, b_eq=part @ a[at], bounds=bounds[at], method="highs")
    if found.status == 3:  # without end
        return way * np.inf, np.zeros(a.size), np.zeros(a.size)
    if found.x is None:
        return float(a[figure]), np.zeros(a.size), np.zeros(a.size)
    # of a figure that is shown the worth follows from the sums
    worth = -(sums.T @ found.eqlin.marginals)
    worth[figure] += -float(way)
    up, down = np.maximum(-worth, 0), np.maximum(worth, 0)
    return float(found.x[at == figure][0]), np.asarray(up), np.asarray(down)


def scouted(a: Floats, sums: csr_array, hidden: Booleans, bounds: Floats, wanted: Floats) -> Booleans:
    """Which ends of what is wanted, (figures, 2), are reached by some table that fits: many at once, so few programmes.

    What is not reached here may still be, by a programme of its own (`reach`).
    """
    scale = CLOSE * np.maximum(1.0, np.abs(a))
    reached = np.column_stack([a <= wanted[:, 0] + scale, a >= wanted[:, 1] - scale])
    at = np.flatnonzero(hidden)
    part, own = sums[:, at], bounds[at]
    asked = wanted[at, 0] < wanted[at, 1]
    # no further than is wanted, or one figure would take all the room that a total leaves
    ends = np.where(
        asked[:, None],
        np.column_stack([np.maximum(own[:, 0], wanted[at, 0]), np.minimum(own[:, 1], wanted[at, 1])]),
        own,
    )
    idle, turn = 0, 0
    while idle < 2 and not reached[at].all():
        up, down = (2, 1) if turn % 2 else (1, 2)
        cost = down * (~reached[at, 0]).astype(float) - up * (~reached[at, 1]).astype(float)
        found = scipy.optimize.linprog(cost, A_eq=part, b_eq=part @ a[at], bounds=ends, method="highs")
        turn += 1
        if found.x is None:
            break
        before = reached.sum()
        reached[at, 0] |= found.x <= wanted[at, 0] + scale[at]
        reached[at, 1] |= found.x >= wanted[at, 1] - scale[at]
        idle = idle + 1 if reached.sum() == before else 0
    return np.asarray(reached)


def adds_up(a: Floats, sums: csr_array) -> None:
    """Raises Unfit for figures that do not add up."""
    if sums.shape[1] != a.size:
        raise Unfit(f"sums of {a.size} figures", came=f"sums of {sums.shape[1]}", cause="sums of another table.")
    off = np.abs(sums @ a)
    if (off > 1e-6 * max(1.0, float(np.abs(a).max(initial=0)))).any():
        raise Unfit(
            "figures that add up", came=f"a sum that is out by {off.max():g}", cause="totals that were rounded."
        )
