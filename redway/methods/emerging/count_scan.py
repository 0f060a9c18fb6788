"""Is there a cluster in a series of small counts? The largest number of events in any few days or weeks together.

With N events over n periods, and each falling in period t with chance q(t) (the same for all, or as `weights` say: more
on Saturdays, fewer staff in August), the scan statistic is the most events in any `window` neighbouring periods. Its
p-value, the chance that windows of N such events would reach as many somewhere, allows for having looked at them all.

It is exact: a Markov chain over the counts of the newest `window` - 1 periods and the events so far, carried through
all periods (Fu 2001, *J. Applied Probability* 38, 908-916; Naus 1965, *J. Am. Stat. Association* 60, 532-538).
Where the chain would need more than `CELLS` numbers, `exact` is False. If p is then no larger than `SMALL`, it is a
bound that it lies below (`bounded`): of all windows, the chances that they are that full and the one before was not,
added up (Hunter 1976, *J. Applied Probability* 13, 597-603). It reaches as far out as p does, so the fullest windows of
many series are still listed. Otherwise p is from simulated series, (1 + as many or more) / (1 + simulated).

Of many series (`count_scans`) those with the same weights and fullest window share one chain: given N, the mean of the
Poisson counts that carry it cancels out, so one pass tells the p of neighbouring N. What stands out is held to a false
discovery rate over all series.

Assumes independent events, and chances known but for the level; a trend or a season not in `weights` makes clusters.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import bdtrc, gammaln, xlogy

from redway.methods import inputs
from redway.methods.false_discovery import FalseDiscovery, benjamini_hochberg
from redway.methods.inputs import Floats, Integers, Unfit
from redway.methods.wording import figure, several

VERSION = 1

CELLS = 3e8  # numbers carried through all periods; about a second
SIMULATED = 999
SMALL = 0.01  # up to which a bound stands for a p that is not exact
REACH = 15.0  # standard deviations of a Poisson count that one pass tells of, either side
BLOCK = 2_000_000  # numbers simulated at once


@dataclass(frozen=True)
class CountScan:
    """The fullest window of a series.

    most, start   events in it, and its first position (the earliest of equals)
    expected      events in it if they fell as the weights say
    pvalue        chance of so full a window somewhere
    total, periods, window
    exact         whether p is exact
    bounded       whether it is a bound that p lies below; if neither, it is from simulation
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
    bounded: bool = False

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        verdict = "more than chance easily gives" if self.pvalue < 0.05 else "not more than chance may give"
        doubt = "exact" if self.exact else "bounded from above" if self.bounded else "from simulation"
        return (
            f"At most {self.most:,} of {self.total:,} events fell within {_periods(self.window)}, where "
            f"{figure(self.expected)} would be usual: {verdict} somewhere in {self.periods:,} periods "
            f"(p {_p(self.pvalue)}, {doubt})."
        )


@dataclass(frozen=True)
class CountScans:
    """The fullest windows of many series: arrays (series,) as of `CountScan`, pvalue NaN where nothing can be told."""

    most: Integers
    start: Integers
    expected: Floats
    pvalue: Floats
    total: Integers
    exact: npt.NDArray[np.bool_]
    bounded: npt.NDArray[np.bool_]
    periods: int
    window: int

    def one(self, series: int) -> CountScan:
        """The result of one of them."""
        few = _few(int(self.total[series]), self.periods, self.window)
        least = (self.expected[series], self.pvalue[series], self.total[series], self.periods, self.window)
        expected, p, total, periods, window = least
        return CountScan(
            int(self.most[series]), int(self.start[series]), float(expected), float(p), int(total), periods, window,
            bool(self.exact[series]), few, bool(self.bounded[series]),
        )  # fmt: skip

    def discoveries(self, q: float = 0.1) -> FalseDiscovery:
        """What stands out among all series that can be told, in their order. Raises Unfit for a q that is none."""
        inputs.probability(q, "q")
        return benjamini_hochberg(self.pvalue[np.isfinite(self.pvalue)], q)

    @property
    def cannot_tell(self) -> str:
        """Why there is no verdict; empty where there is one."""
        return "" if np.isfinite(self.pvalue).any() else "no series has two events and twice the window's periods."

    @property
    def sentence(self) -> str:
        return self.said()

    def said(self, q: float = 0.1) -> str:
        """The sentence, at a false discovery rate of q. Raises Unfit for a q that is none."""
        if self.pvalue.size == 1:
            return self.one(0).sentence
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        looked, found = int(np.isfinite(self.pvalue).sum()), int(self.discoveries(q).listed.sum())
        doubt = "exact" if self.exact.all() else "bounded from above or simulated where counts are large"
        return (
            f"In {found:,} of {several(looked, 'series', 'series')} events crowd into {_periods(self.window)} "
            f"more than chance easily gives (p {doubt}, false discovery held to {figure(100 * q)}% over all series)."
        )


def _periods(window: int) -> str:
    return "one period" if window == 1 else f"{window:,} periods in a row"


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
    share = None if weights is None else inputs.above(weights, "weights", 0)
    if share is not None:
        inputs.same_length(counts=y, weights=share)
    return count_scans(y[None], window, weights=share, rng=rng).one(0)


def count_scans(
    counts: npt.ArrayLike,
    window: int,
    *,
    weights: npt.ArrayLike | None = None,
    rng: np.random.Generator | None = None,
) -> CountScans:
    """Scan many series of counts (series, periods), whole and there; weights (periods,) for all, or one row for each.

    Other arguments and errors as of `count_scan`.
    """
    y = inputs.counts(counts, "counts", dimensions=2)
    width = inputs.whole(window, "window", least=1)
    share, of = _shares(weights, y)
    total, periods = y.sum(axis=1).astype(np.int64), y.shape[1]
    told = np.array([not _few(int(n), periods, width) for n in total], dtype=bool)
    most, start, expected = total.copy(), np.zeros_like(total), np.full(total.size, np.nan)
    if told.any():
        sums = _windows(y, width)
        start[told] = sums[told].argmax(axis=1)
        most[told] = sums[told].max(axis=1)
        part = _windows(share, width)[of, start]
        expected[told] = (total * part)[told]
    pvalue, exact = np.full(total.size, np.nan), np.ones(total.size, dtype=bool)
    cells = np.array([_cells(width, int(m), int(n)) * periods for m, n in zip(most, total, strict=True)])
    exact[told] = cells[told] <= CELLS
    for group in _together(told & exact, of, most):
        pvalue[group] = _exact(share[of[group[0]]], total[group], width, int(most[group[0]]))
    bounded = told & ~exact
    for row in np.flatnonzero(bounded):
        pvalue[row] = _bound(share[of[row]], int(total[row]), width, int(most[row]))
    bounded[bounded] = pvalue[bounded] <= SMALL
    for group in _together(told & ~exact & ~bounded, of, total):
        if rng is None:
            raise Unfit(
                "a random generator (rng), as counts are too large for exact work",
                came="none",
                cause="frequent events.",
            )
        fullest = _simulated(share[of[group[0]]], int(total[group[0]]), width, rng)
        pvalue[group] = (1 + (fullest >= most[group, None]).sum(axis=1)) / (1 + SIMULATED)
    return CountScans(most, start, expected, np.clip(pvalue, 0, 1), total, exact, bounded, periods, width)


def _few(total: int, periods: int, width: int) -> str:
    """Why nothing can be told of so few; else empty."""
    if total < 2:
        return "fewer than two events."
    return "" if periods >= 2 * width else f"fewer than {2 * width} periods, twice the window."


def _shares(weights: npt.ArrayLike | None, y: Floats) -> tuple[Floats, Integers]:
    """How likely an event is to fall in each period, (kinds, periods), and of which kind each series is."""
    alike = np.zeros(len(y), dtype=np.int64)
    if weights is None:
        return np.full((1, y.shape[1]), 1 / max(1, y.shape[1])), alike
    given = np.asarray(weights, dtype=float)
    share = inputs.above(given, "weights", 0, dimensions=2 if given.ndim > 1 else 1)
    if share.shape[-1] != y.shape[1] or (share.ndim == 2 and len(share) != len(y)):
        raise Unfit(
            "weights for every period, or for every count",
            came=f"{share.shape} for {y.shape}",
            cause="weights of another spell of time than the counts.",
        )
    if share.ndim == 2 and len(share):
        share, alike = np.unique(share, axis=0, return_inverse=True)
    share = np.atleast_2d(share)
    return share / share.sum(axis=1, keepdims=True), np.asarray(alike.ravel(), dtype=np.int64)


def _windows(values: Floats, width: int) -> Floats:
    """Sums over neighbouring periods, (series, periods - width + 1)."""
    walk = np.cumsum(np.hstack([np.zeros((len(values), 1)), values]), axis=1)
    return np.asarray(walk[:, width:] - walk[:, :-width])


def _together(chosen: npt.NDArray[np.bool_], of: npt.NDArray[Any], by: Integers) -> list[npt.NDArray[np.intp]]:
    """The chosen series with the same weights and the same number, group by group."""
    rows = np.flatnonzero(chosen)
    if not rows.size:
        return []
    _, group = np.unique(np.column_stack([of[rows], by[rows]]), axis=0, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    return np.split(rows[order], np.flatnonzero(np.diff(group.ravel()[order])) + 1)


def _exact(share: Floats, totals: Integers, width: int, most: int) -> Floats:
    """p of each of some totals whose fullest window has so many events."""
    p = np.empty(totals.size)
    left = np.ones(totals.size, dtype=bool)
    while left.any():
        least = int(totals[left].min())
        mean = least + REACH * np.sqrt(least)
        now = left & (totals <= mean + REACH * np.sqrt(mean))
        different, which = np.unique(totals[now], return_inverse=True)
        p[now] = (1 - none_reach(share, different, width, most))[which]
        left &= ~now
    return p


def _cells(width: int, most: int, total: int) -> float:
    """States of the chain x totals x counts that may come next."""
    logarithm = gammaln(width - 1 + most) - gammaln(width) - gammaln(most)
    return float(np.exp(np.minimum(logarithm, 600.0)) * (total + 1) * most)


def none_reaches(share: Floats, total: int, width: int, most: int) -> float:
    """Chance that no window of so many events in all holds `most` or more; share (periods,) adds up to 1."""
    return float(none_reach(share, np.array([total]), width, most)[0])


def none_reach(share: Floats, totals: Integers, width: int, most: int) -> Floats:
    """The same for several totals near each other (their Poisson chances are divided by), in one pass."""
    largest, middle = int(totals.max()), float(totals.mean())
    states = _states(width, most)
    number = {state: i for i, state in enumerate(states)}
    onward = []
    for count in range(most):
        pairs = [(i, number[(*state, count)[1:]]) for i, state in enumerate(states) if sum(state) + count < most]
        of, to = np.array(pairs).T
        onward.append(sparse.csr_matrix((np.ones(len(pairs)), (to, of)), shape=(len(states), len(states))))
    chance = np.zeros((len(states), largest + 1))
    chance[number[(0,) * (width - 1)], 0] = 1.0
    for part in share:
        mean = middle * part
        later = np.zeros_like(chance)
        for count in range(min(most, largest + 1)):
            weight = np.exp(xlogy(count, mean) - mean - gammaln(count + 1))
            later[:, count:] += weight * (onward[count] @ chance[:, : largest + 1 - count])
        chance = later
    poisson = np.exp(xlogy(totals, middle) - middle - gammaln(totals + 1))
    return np.asarray(np.where(most > totals, 1.0, chance[:, totals].sum(axis=0) / poisson))


def _states(width: int, most: int) -> list[tuple[int, ...]]:
    """Counts of the newest width - 1 periods that add up to less than `most`."""
    found: list[tuple[int, ...]] = [()]
    for _ in range(width - 1):
        found = [(*state, count) for state in found for count in range(most - sum(state))]
    return found


def _bound(share: Floats, total: int, width: int, most: int) -> float:
    """What p lies below: that the first window is full, or a later one is and its newest period has an event.

    A window that is full and follows one that is not must have got events from its newest period.
    """
    held = np.clip(_windows(share[None], width)[0], 0, 1)
    newest = share[width - 1 :]
    full = bdtrc(most - 1, total, held)
    old = np.clip((held - newest) / (1 - newest), 0, 1)
    without = np.exp(total * np.log1p(-newest)) * bdtrc(most - 1, total, old)
    return float(min(1.0, full[0] + np.clip(full[1:] - without[1:], 0, None).sum()))


def _simulated(share: Floats, total: int, width: int, rng: np.random.Generator) -> Floats:
    """Events in the fullest window of each of `SIMULATED` series."""
    size, found = max(1, BLOCK // share.size), []
    for begin in range(0, SIMULATED, size):
        drawn = rng.multinomial(total, share, size=min(size, SIMULATED - begin)).astype(float)
        found.append(_windows(drawn, width).max(axis=1))
    return np.concatenate(found)
