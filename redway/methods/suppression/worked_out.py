"""What a table gives away: the range each hidden figure can be worked out to, by one who sees the table alone.

Of each figure a reader knows a lowest and a highest value before any arithmetic: of a shown one its value (twice), of a
rounded one the values that round to it, of a hidden one nought and no end, or what its mark says (“<5”). Figures add
up, sums @ figures = 0. The range of each hidden figure over all tables that fit is found by `audit`: the least and the
most it can be, by two linear programmes. Of tables of two ways the ends are whole numbers (their sums are totally
unimodular), so no table of whole numbers allows less.

Figures that share no sum with others hidden are apart: each such part of the table is audited by itself.

Source: Gusfield 1988, *SIAM J. Comput.* 17, 552-571; Hundepool and others, *Statistical Disclosure Control*, 2012.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy
from scipy.sparse import csr_array

from redway.methods.inputs import Unfit, number
from redway.methods.suppression.audit import audit
from redway.methods.wording import figure, several

VERSION = 1

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
MOST_HIDDEN = 3_000  # in one part of the table: beyond it, minutes go by
CLOSE = 1e-6


@dataclass(frozen=True)
class WorkedOut:
    """Arrays (figures,).

    low, high    the least and the most that each can be
    hidden       whether it was asked for
    exactly      hidden, and no other value fits
    too_closely  hidden, and its range is narrower than `width`; those known exactly among them
    """

    low: Floats
    high: Floats
    hidden: Booleans
    exactly: Booleans
    too_closely: Booleans
    width: float
    cannot_tell: str = ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell what can be worked out: {self.cannot_tell}."
        hidden, close, exact = (int(which.sum()) for which in (self.hidden, self.too_closely, self.exactly))
        alone = "by who sees this table alone; beside another table, or an earlier release, it may be more"
        if not close:
            many = several(hidden, "hidden figure")
            one = "The one hidden figure cannot" if hidden == 1 else f"None of {many} can"
            return f"{one} be worked out to a range narrower than {figure(self.width)}, {alone}."
        return (
            f"{close:,} of {several(hidden, 'hidden figure')} can be worked out too closely (to a range narrower than "
            f"{figure(self.width)}), {exact:,} of them exactly, {alone}."
        )


def worked_out(known: npt.ArrayLike, sums: csr_array, hidden: npt.ArrayLike, *, width: float = 2.0) -> WorkedOut:
    """The range of each hidden figure.

    known   (figures, 2) the least and the most that a reader knows each to be beforehand, infinity for no end
    sums    sparse (equations, figures) with sums @ figures = 0, as `audit.sums_of` gives
    hidden  bool (figures,) which of them to tell of; others need not be shown, such as totals that were left out
    width   how wide the range of each must stay: 2 is one less and one more

    Raises Unfit for a lowest value above a highest, for figures that cannot add up (`Contradiction` with the number of
    the sum, if one alone cannot), and for more hidden figures together than can be audited in minutes.
    """
    bounds, asked = np.asarray(known, dtype=np.float64), np.asarray(hidden, dtype=bool)
    least = number(width, "width", least=0)
    if bounds.shape != (sums.shape[1], 2) or asked.shape != bounds.shape[:1] or np.isnan(bounds).any():
        raise Unfit(
            f"the least and the most of each of {sums.shape[1]:,} figures",
            came=f"an array of shape {bounds.shape}",
            cause="sums of another table.",
        )
    if (bounds[:, 0] > bounds[:, 1]).any():
        raise Unfit("a least value no higher than the most", came="one above it", cause="the two the other way round.")
    if np.isinf(bounds[:, 0]).any():
        raise Unfit(
            "a least value of every figure", came="one without end", cause="0 left out, below which no count is."
        )
    _each_sum_can(bounds, sums)
    low, high = bounds.T.copy()
    for part in _parts(bounds, sums, asked):
        low[part], high[part] = _ranges(bounds, sums, part)
    wide = high - low
    exact = asked & (wide < CLOSE)
    close = asked & (exact | (wide < least - CLOSE))
    return WorkedOut(low, high, asked, exact, close, least, "" if asked.any() else "nothing is hidden")


class Contradiction(Unfit):
    """Figures that do not add up, whatever the hidden ones are. number: that of the sum, None for no one alone."""

    def __init__(self, number: int | None):
        self.number = number
        super().__init__(
            "figures that add up",
            came="shown figures that no hidden ones agree with",
            cause="totals that were rounded (say to what, by rounding), or of other rows than these.",
        )


def _each_sum_can(bounds: Floats, sums: csr_array) -> None:
    """Raises Contradiction where a sum cannot be nought."""
    low, high = bounds.T
    up, down = csr_array(sums.maximum(0)), csr_array(sums.minimum(0))
    slack = CLOSE * (1 + abs(sums) @ np.abs(low))
    wrong = (up @ low + down @ high > slack) | (up @ high + down @ low < -slack)
    if wrong.any():
        raise Contradiction(int(np.flatnonzero(wrong)[0]))


def _parts(bounds: Floats, sums: csr_array, asked: Booleans) -> list[npt.NDArray[np.int64]]:
    """Figures that are not known, in parts that share no sum; those with one that is asked for."""
    free = np.flatnonzero(bounds[:, 0] < bounds[:, 1])
    if not free.size:
        return []
    together = abs(sums[:, free])
    count, label = scipy.sparse.csgraph.connected_components(together.T @ together, directed=False)
    parts = [free[label == one] for one in range(count)]
    return [part for part in parts if asked[part].any()]


def _ranges(bounds: Floats, sums: csr_array, part: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """The ranges of a part, whole numbers where its bounds are; all that shares a sum with it is known."""
    if part.size > MOST_HIDDEN:
        raise Unfit(
            f"at most {MOST_HIDDEN:,} figures that are not known, together",
            came=f"{part.size:,}",
            cause="a large table, or one of rounded figures: audit it in parts.",
        )
    of = np.flatnonzero(np.diff(csr_array(sums[:, part]).indptr))
    figures = np.unique(np.concatenate([sums[of].indices, part]))
    some, own = csr_array(sums[of][:, figures]), bounds[figures]
    fits = scipy.optimize.linprog(np.zeros(figures.size), A_eq=some, b_eq=np.zeros(of.size), bounds=own, method="highs")
    if fits.x is None:
        raise Contradiction(None)
    free = np.isin(figures, part)
    found = audit(fits.x, some, free, np.column_stack([fits.x, fits.x]), own)
    low, high = found.low[free], found.high[free]
    if (np.isinf(own) | (own == np.rint(own))).all():  # the ends are whole then, but for rounding
        low, high = np.where(np.isinf(low), low, np.rint(low)), np.where(np.isinf(high), high, np.rint(high))
    return low, high
