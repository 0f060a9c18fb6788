"""Complementary suppression: what to hide besides, at least cost, so that nothing hidden can be worked out too closely.

The exact method of Fischetti and Salazar (2001, *Management Science* 47, 1008-1027): x_i says whether figure i is
hidden; least sum(cost x), so that for every sensitive figure p and both ways the attacker's programme reaches what is
wanted. That condition is a set of linear cuts on x, one for each dual solution:

    sum of (up_i (highest_i - a_i) + down_i (a_i - lowest_i)) x_i >= what is wanted beyond a_p

Cuts are found as they are broken and added, and an integer programme (HiGHS) solved again, until none is broken: then
the answer is safe and no cheaper one is. If time runs out first, figures are hidden one after another, each by
a linear programme of least cost, and those that turn out not to be needed are shown again: safe, and its cost is
told beside the least that is possible. Either way the answer is audited anew before it is given back.

Guards one table against one who knows that table. Linked tables, earlier releases, and readers who know the rule by
which figures were hidden are `redway.indicators.release`'s.
"""

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy
from scipy.sparse import csr_array, hstack

from redway.methods.inputs import Unfit, above, at_least, number, numbers, same_length
from redway.methods.suppression.audit import CLOSE, Audit, adds_up, audit, reach, scouted
from redway.methods.wording import figure, several

VERSION = 1

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Suppression:
    """What is hidden.

    hidden     bool (figures,); primary those of them that were sensitive
    cost       of those hidden besides; bound: the least that it could be
    audit      the range each hidden figure can be worked out to
    rounds     how often the integer programme was solved
    """

    hidden: Booleans
    primary: Booleans
    cost: float
    bound: float
    audit: Audit
    rounds: int
    cannot_tell: str = ""

    @property
    def secondary(self) -> Booleans:
        """Those hidden besides."""
        return self.hidden & ~self.primary

    @property
    def least(self) -> bool:
        """Whether no cheaper answer exists."""
        return not self.cannot_tell and self.cost <= self.bound + CLOSE * max(1.0, abs(self.bound))

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Nothing can be released: {self.cannot_tell}."
        besides, small = int(self.secondary.sum()), int(self.primary.sum())
        if not small:
            return "No figure needs hiding: none is as small as those that are to be hidden."
        told = "no safe choice costs less" if self.least else (
            f"at a cost of {figure(self.cost)}, where the least is {figure(self.bound)} or more"
        )  # fmt: skip
        return (
            f"To protect {several(small, 'figure')}, {several(besides, 'other')} must be hidden besides; {told}; "
            "from this table alone none can be worked out too closely."
        )


def suppress(
    values: npt.ArrayLike,
    sums: csr_array,
    primary: npt.ArrayLike,
    *,
    lower: npt.ArrayLike = 1.0,
    upper: npt.ArrayLike = 1.0,
    cost: npt.ArrayLike | None = None,
    fixed: npt.ArrayLike | None = None,
    known: npt.ArrayLike | None = None,
    time_limit: float = 30.0,
) -> Suppression:
    """What to hide besides the sensitive figures.

    values  (figures,) with sums @ values = 0, as from `audit.crossed`
    primary bool (figures,): which are sensitive
    lower, upper  (figures,) how far below and above its value each sensitive one must seem possible (tau-argus: LPL,
    UPL) cost    (figures,) above nought; one each without it fixed   bool (figures,): may not be hidden, such as
    zeros that all may know known   (figures, 2) what a reader knows of each beforehand; nothing below nought without
    it

    Raises Unfit for figures that do not add up, and costs not above nought.
    """
    a, sensitive = numbers(values, "values"), np.asarray(primary, dtype=bool)
    adds_up(a, sums)
    stay = np.zeros(a.size, dtype=bool) if fixed is None else np.asarray(fixed, dtype=bool) & ~sensitive
    price = np.ones(a.size) if cost is None else above(cost, "cost", 0)
    same_length(values=a, primary=sensitive, cost=price, fixed=stay)
    seconds = number(time_limit, "time_limit", least=0)
    bounds = _bounds(a, known)
    wanted = np.column_stack([a, a])
    wanted[sensitive, 0] -= np.broadcast_to(at_least(np.atleast_1d(lower), "lower", 0), a.size)[sensitive]
    wanted[sensitive, 1] += np.broadcast_to(at_least(np.atleast_1d(upper), "upper", 0), a.size)[sensitive]
    wanted = np.clip(wanted, bounds[:, :1], bounds[:, 1:])
    search = _Search(a, sums, sensitive, wanted, price, stay, bounds)
    if known_anyway := search.hopeless():
        nothing = Audit(a, a, sensitive, sensitive, sensitive)
        why = f"{several(known_anyway, 'figure')} would be known too closely whatever else is hidden"
        return Suppression(sensitive, sensitive, np.nan, np.nan, nothing, 0, why)
    hidden, bound = search.least(time.monotonic() + seconds)
    if hidden is None:
        hidden = search.one_after_another()
    told = audit(a, sums, hidden, wanted, bounds)
    if not told.safe:
        raise Unfit(
            "a table whose hidden figures are proven safe", came=told.sentence, cause="figures of very unlike size."
        )
    paid = float(price[hidden & ~sensitive].sum())
    return Suppression(hidden, sensitive, paid, min(bound, paid), told, search.rounds)


def _bounds(a: Floats, known: npt.ArrayLike | None) -> Floats:
    if known is None:
        return np.column_stack([np.minimum(0.0, a), np.full(a.size, max(1.0, 4 * float(np.abs(a).sum())))])
    bounds = np.asarray(known, dtype=float)
    if bounds.shape != (a.size, 2) or not ((bounds[:, 0] <= a) & (a <= bounds[:, 1])).all():
        raise Unfit(
            "a lowest and a highest value around each figure",
            came=f"an array of shape {bounds.shape}",
            cause="one bound where two are meant.",
        )
    return np.asarray(np.clip(bounds, -4 * np.abs(a).sum() - 1, 4 * np.abs(a).sum() + 1))


class _Search:
    """The cuts found so far, and answers from them."""

    def __init__(
        self,
        a: Floats,
        sums: csr_array,
        sensitive: Booleans,
        wanted: Floats,
        price: Floats,
        stay: Booleans,
        bounds: Floats,
    ):
        self.a, self.sums, self.sensitive, self.wanted = a, sums, sensitive, wanted
        self.price, self.stay, self.bounds = price, stay, bounds
        self.cuts: list[Floats] = []
        self.needs: list[float] = []
        self.rounds = 0

    def least(self, until: float) -> tuple[Booleans | None, float]:
        """The cheapest safe choice, and its cost; None and a lower bound where time ran out."""
        hidden, bound = self.sensitive.copy(), 0.0
        while self._broken(hidden):
            left = until - time.monotonic()
            if left <= 0:
                return None, bound
            found = scipy.optimize.milp(
                np.where(self.sensitive, 0.0, self.price),
                integrality=np.ones(self.a.size),
                bounds=scipy.optimize.Bounds(self.sensitive.astype(float), (~self.stay).astype(float)),
                constraints=scipy.optimize.LinearConstraint(
                    csr_array(np.array(self.cuts)), np.array(self.needs), np.inf
                ),
                options={"time_limit": left, "mip_rel_gap": 0},
            )
            self.rounds += 1
            if found.mip_dual_bound is not None and np.isfinite(found.mip_dual_bound):
                bound = max(bound, float(found.mip_dual_bound))
            if found.status != 0:
                return None, bound
            hidden = found.x > 0.5
        return hidden, float(self.price[hidden & ~self.sensitive].sum())

    def hopeless(self) -> int:
        """How many sensitive figures could not be protected if all were hidden that may be."""
        self._broken(~self.stay)
        found = len(self.cuts)
        self.cuts, self.needs = [], []
        return found

    def _broken(self, hidden: Booleans) -> bool:
        """Adds a cut for every sensitive figure and way that is not reached; whether there was any."""
        before = len(self.cuts)
        reached = scouted(self.a, self.sums, hidden, self.bounds, self.wanted)
        for p in np.flatnonzero(self.sensitive):
            for way, end in ((-1, 0), (1, 1)):
                need = way * (self.wanted[p, end] - self.a[p])
                if need <= 0 or reached[p, end]:
                    continue
                got, up, down = reach(self.a, self.sums, hidden, self.bounds, int(p), way)
                if way * (got - self.a[p]) >= need - CLOSE * max(1.0, abs(self.a[p])):
                    continue
                room = up * (self.bounds[:, 1] - self.a) + down * (self.a - self.bounds[:, 0])
                # more room than is needed helps no more than as much as is
                self.cuts.append(np.where(room > 1e-9 * need, np.minimum(room / need, 1.0), 0.0))
                self.needs.append(1.0)
        return len(self.cuts) > before

    def one_after_another(self) -> Booleans:
        """A safe choice: for each sensitive figure and way the cheapest move of the table, and what it moves hidden."""
        hidden = self.sensitive.copy()
        moves = hstack([self.sums, -self.sums])
        reached = scouted(self.a, self.sums, hidden, self.bounds, self.wanted)
        for p in np.flatnonzero(self.sensitive):
            for way, end in ((-1, 0), (1, 1)):
                need = way * (self.wanted[p, end] - self.a[p])
                if need <= 0 or reached[p, end]:
                    continue
                got = reach(self.a, self.sums, hidden, self.bounds, int(p), way)[0]
                if way * (got - self.a[p]) >= need - CLOSE:
                    continue
                hidden |= self._cheapest(int(p), way, need, moves, hidden)
        return self._shown_again(hidden)

    def _cheapest(self, p: int, way: int, need: float, moves: csr_array, hidden: Booleans) -> Booleans:
        n = self.a.size
        up = np.where(self.stay, 0, self.bounds[:, 1] - self.a)
        down = np.where(self.stay, 0, self.a - self.bounds[:, 0])
        ends = np.column_stack([np.zeros(2 * n), np.concatenate([up, down])])
        at, other = (p, n + p) if way > 0 else (n + p, p)
        ends[at, 0], ends[other, 1] = min(need, ends[at, 1]), 0
        price = np.tile(np.where(hidden, 0.0, self.price), 2)
        found = scipy.optimize.linprog(
            price, A_eq=moves, b_eq=np.zeros(self.sums.shape[0]), bounds=ends, method="highs"
        )
        if found.x is None:
            raise Unfit(
                "a table in which every sensitive figure can be protected",
                came="one in which it cannot",
                cause="too few cells beside a hidden one, or all of them nought: put rows or columns together.",
            )
        return np.asarray((found.x[:n] > 1e-9) | (found.x[n:] > 1e-9))

    def _shown_again(self, hidden: Booleans) -> Booleans:
        """Shows what need not be hidden, the dearest first."""
        besides = np.flatnonzero(hidden & ~self.sensitive)
        for one in besides[np.argsort(-self.price[besides])]:
            fewer = hidden.copy()
            fewer[one] = False
            cuts, needs = list(self.cuts), list(self.needs)
            if not self._broken(fewer):
                hidden = fewer
            self.cuts, self.needs = cuts, needs
        return hidden
