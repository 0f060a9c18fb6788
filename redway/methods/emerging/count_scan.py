"""Is there a cluster in a series of small counts? The largest number of events in any few days or weeks together.

With N events over n periods, and each falling in period t with chance q(t) (the same for all, or as `weights` say: more
on Saturdays, fewer staff in August), the scan statistic is the most events in any `window` neighbouring periods. Its
p-value, the chance that windows of N such events would reach as many somewhere, allows for having looked at them all.

It is exact: a Markov chain over the counts of the newest `window` - 1 periods and the events so far, carried through
all periods (Fu 2001, *J. Applied Probability* 38, 908-916; Naus 1965, *J. Am. Stat. Association* 60, 532-538).
Where the chain would need more than `CELLS` numbers, counts are not small: p is then from simulated series, with
(1 + as many or more) / (1 + simulated), and `exact` is False.

Assumes independent events, and chances known but for the level; a trend or a season not in `weights` makes clusters.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import gammaln, xlogy

from redway.methods import inputs
from redway.methods.inputs import Floats, Unfit
from redway.methods.wording import figure

VERSION = 1

CELLS = 3e8  # numbers carried through all periods; about a second
SIMULATED = 999
BLOCK = 2_000_000  # numbers simulated at once


@dataclass(frozen=True)
class CountScan:
    """The fullest window of a series.

    most, start   events in it, and its first position (the earliest of equals)
    expected      events in it if they fell as the weights say
    pvalue        chance of so full a window somewhere
    total, periods, window
    exact         whether p is exact or from simulation
    """

    most: int
    start: int
    expected: float
    pvalue: float
    total: int
    periods: int
    window: int
    exact: bool
    cannot_tell: str

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        verdict = "more than chance easily gives" if self.pvalue < 0.05 else "not more than chance may give"
        doubt = "exact" if self.exact else "from simulation"
        return (
            f"At most {self.most:,} of {self.total:,} events fell within {self.window} periods in a row, where "
            f"{figure(self.expected)} would be usual: {verdict} somewhere in {self.periods:,} periods "
            f"(p {_p(self.pvalue)}, {doubt})."
        )


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.2g}"


def count_scan(
    counts: npt.ArrayLike,
    window: int,
    *,
    weights: npt.ArrayLike | None = None,
    rng: np.random.Generator | None = None,
) -> CountScan:
    """Scan one series of counts (periods,), whole and there.

    window   neighbouring periods taken together
    weights  how likely an event is to fall in each period, above 0, any scale; equal if not given
    rng      for simulation where counts are too large for exact work; Unfit if needed and not given

    Raises Unfit for negative or missing counts, and weights that do not fit.
    """
    y = inputs.counts(counts, "counts")
    width = inputs.whole(window, "window", least=1)
    share = np.ones(y.size) if weights is None else inputs.above(weights, "weights", 0)
    inputs.same_length(counts=y, weights=share)
    total = int(y.sum())
    if total < 2 or y.size < 2 * width:
        few = "fewer than two events." if total < 2 else f"fewer than {2 * width} periods, twice the window."
        return CountScan(total, 0, np.nan, np.nan, total, y.size, width, True, few)
    share = share / share.sum()
    sums = np.convolve(y, np.ones(width), "valid")
    start = int(sums.argmax())
    most = int(sums[start])
    expected = total * float(share[start : start + width].sum())
    if _cells(width, most, total) * y.size <= CELLS:
        p, exact = 1 - none_reaches(share, total, width, most), True
    elif rng is None:
        raise Unfit(
            "a random generator (rng), as counts are too large for exact work", came="none", cause="frequent events."
        )
    else:
        p, exact = _simulated(share, total, width, most, rng), False
    return CountScan(most, start, expected, float(np.clip(p, 0, 1)), total, y.size, width, exact, "")


def _cells(width: int, most: int, total: int) -> float:
    """States of the chain x totals x counts that may come next."""
    logarithm = gammaln(width - 1 + most) - gammaln(width) - gammaln(most)
    return float(np.exp(np.minimum(logarithm, 600.0)) * (total + 1) * most)


def none_reaches(share: Floats, total: int, width: int, most: int) -> float:
    """Chance that no window of so many events in all holds `most` or more; share (periods,) adds up to 1."""
    if most > total:
        return 1.0
    states = _states(width, most)
    number = {state: i for i, state in enumerate(states)}
    onward = []
    for count in range(most):
        pairs = [(i, number[(*state, count)[1:]]) for i, state in enumerate(states) if sum(state) + count < most]
        of, to = np.array(pairs).T
        onward.append(sparse.csr_matrix((np.ones(len(pairs)), (to, of)), shape=(len(states), len(states))))
    chance = np.zeros((len(states), total + 1))
    chance[number[(0,) * (width - 1)], 0] = 1.0
    for part in share:
        mean = total * part
        later = np.zeros_like(chance)
        for count in range(min(most, total + 1)):
            weight = np.exp(xlogy(count, mean) - mean - gammaln(count + 1))
            later[:, count:] += weight * (onward[count] @ chance[:, : total + 1 - count])
        chance = later
    poisson = np.exp(xlogy(total, total) - total - gammaln(total + 1))
    return float(chance[:, total].sum() / poisson)


def _states(width: int, most: int) -> list[tuple[int, ...]]:
    """Counts of the newest width - 1 periods that add up to less than `most`."""
    found: list[tuple[int, ...]] = [()]
    for _ in range(width - 1):
        found = [(*state, count) for state in found for count in range(most - sum(state))]
    return found


def _simulated(share: Floats, total: int, width: int, most: int, rng: np.random.Generator) -> float:
    reached, size = 0, max(1, BLOCK // share.size)
    for begin in range(0, SIMULATED, size):
        drawn = rng.multinomial(total, share, size=min(size, SIMULATED - begin))
        walk = np.cumsum(np.hstack([np.zeros((len(drawn), 1)), drawn]), axis=1)
        reached += int(((walk[:, width:] - walk[:, :-width]).max(axis=1) >= most).sum())
    return (1 + reached) / (1 + SIMULATED)
