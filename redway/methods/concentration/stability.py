"""Do the same places stay on top from one year to the next?

The top k% of places of one year are looked up in the next: how many are on top again, and how much of the second
year they hold. Neither number means anything alone, for chance moves places about: a place on top by luck falls back
(regression to the mean). So two measures stand beside:

    chance    no place differs from any other: k% again, k% held
    stable    every place keeps its rate: each one's events of both years, split at random between them
              (given the sum, Binomial with the years' shares), `nsim` times

and p is how often wholly stable places would be seen to agree as little.

Source: Andresen and Malleson 2011, *Journal of Research in Crime and Delinquency* 48, 58-82, for the question;
Przyborowski and Wilenski 1940, *Biometrika* 31, 313-323, for the split.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from redway.methods import inputs
from redway.methods.inputs import Floats, Integers
from redway.methods.wording import chance, figure

VERSION = 2

MOST_COUNTED = 1_000_000
MOST_CELLS = 20_000_000  # sums times draws that are worth drawing at once


@dataclass(frozen=True)
class Stability:
    """How far the top places of one year are those of the next.

    again        share of the first year's top places that are on top in the second
    held         share of the second year's events in the first year's top places
    first_held   the same of the first year's, which luck makes too high
    correlation  Spearman's, over all places
    stable_again, stable_held, stable_correlation  what wholly stable places would give
    p            chance that wholly stable places hold as little in the second year
    share, places
    """

    again: float
    held: float
    first_held: float
    correlation: float
    stable_again: float
    stable_held: float
    stable_correlation: float
    p: float
    share: float
    places: int
    cannot_tell: str = ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell whether the same places stay on top: {self.cannot_tell}."
        told = "fewer than" if self.p < 0.05 else "not statistically different from"
        return (
            f"The first year's top {figure(100 * self.share, 2)}% of {self.places:,} places held "
            f"{figure(100 * self.first_held, 2)}% of that year's events and {figure(100 * self.held, 2)}% of the "
            f"next's, {told} the {figure(100 * self.stable_held, 2)}% that wholly stable places would "
            f"({chance(self.p)}); {figure(100 * self.again, 2)}% of them are on top again, where chance alone gives "
            f"{figure(100 * self.share, 2)}%."
        )


def stability(first: Any, second: Any, rng: np.random.Generator, *, share: float = 0.05, nsim: int = 199) -> Stability:
    """How far the top places of one year are those of the next.

    first, second: arrays of counts (places,). Raises Unfit for what are no counts.
    """
    x, y = inputs.counts(first, "first"), inputs.counts(second, "second")
    n = inputs.same_length(first=x, second=y)
    part = inputs.number(share, "share", least=0, most=1)
    draws = inputs.whole(nsim, "nsim", least=1)
    if n < 2 or not x.sum() or not y.sum():
        why = "a year has no event" if n > 1 else "there are fewer than two places"
        none = np.nan
        return Stability(none, none, none, none, none, none, none, none, part, n, why)
    again, held, correlation = _measured(x, y, part)
    both = (x + y).astype(np.int64)
    of_first = float(x.sum() / both.sum())
    drawn = _stable(both, of_first, part, draws, rng)
    p = ((drawn[:, 1] <= held + 1e-12).sum() + 1) / (draws + 1)
    first_held = float(_top(x, part) @ x / x.sum())
    stays, keeps, goes = (float(middle) for middle in drawn.mean(axis=0))
    why = "" if drawn[:, 1].any() else "places with so few events, however stable, would not be on top twice"
    return Stability(again, held, first_held, correlation, stays, keeps, goes, float(p), part, n, why)


def _stable(both: Integers, of_first: float, share: float, draws: int, rng: np.random.Generator) -> Floats:
    """Measures (draws, 3) of places whose events were split at random.

    Of many places with few events each, how many are split how is drawn at once, by how many events they have: the
    measures ask no more of them.
    """
    sums, places = np.unique(both, return_counts=True)
    cells = int(sums.sum()) + sums.size
    if cells * draws > MOST_CELLS or 4 * cells > both.size:
        found = np.empty((draws, 3))
        for k in range(draws):
            early = rng.binomial(both, of_first).astype(float)
            found[k] = _measured(early, both - early, share)
        return found
    early = np.concatenate([np.arange(one + 1.0) for one in sums.tolist()])
    late = np.repeat(sums, sums + 1) - early
    times = np.hstack([
        rng.multinomial(many, _split(one, of_first), draws)
        for one, many in zip(sums.tolist(), places.tolist(), strict=True)
    ])  # fmt: skip
    some = [row > 0 for row in times]
    return np.array([
        _measured(early[at], late[at], share, row[at].astype(float)) for at, row in zip(some, times, strict=True)
    ])  # fmt: skip


def _split(events: int, share: float) -> Floats:
    """The binomial chances of 0, 1 ... events on one side."""
    k = np.arange(events + 1.0)
    log = gammaln(events + 1) - gammaln(k + 1) - gammaln(events - k + 1) + xlogy(k, share) + xlog1py(events - k, -share)
    chances = np.exp(log)
    return np.asarray(chances / chances.sum())


def _measured(x: Floats, y: Floats, share: float, times: Floats | None = None) -> tuple[float, float, float]:
    """Of places with so many events each year, each standing for `times` places alike."""
    each = np.ones(len(x)) if times is None else times
    here, there = _top(x, share, times), _top(y, share, times)
    total = float(each @ y)
    size = float(each @ here)
    again = float((each * here) @ there) / size if size else 0.0
    a, b = (_ranks(v, times) - (each.sum() + 1) / 2 for v in (x, y))
    below = float(np.sqrt(((each * a) @ a) * ((each * b) @ b)))
    held = float((each * here) @ y) / total if total else 0.0
    return again, held, float((each * a) @ b) / below if below else 0.0


def _ranks(x: Floats, times: Floats | None = None) -> Floats:
    """Ranks of counts, from 1, ties sharing the middle of theirs; small counts are counted and not sorted."""
    whole = np.unique(x, return_inverse=True)[1] if x.max() > MOST_COUNTED else x.astype(np.int64)
    held = np.bincount(whole, times)
    return np.asarray((np.cumsum(held) - (held - 1) / 2)[whole])


def _top(x: Floats, share: float, times: Floats | None = None) -> Floats:
    """How much of each place is on top, 0 to 1; places that tie at the edge are taken in part, all alike."""
    each = np.ones(len(x)) if times is None else times
    places = each.sum()
    budget = share * places
    last = min(places - 1, max(0.0, np.ceil(budget - 1e-9) - 1))
    if times is None:
        edge = np.partition(x, len(x) - 1 - int(last))[len(x) - 1 - int(last)]
    else:
        order = np.argsort(-x, kind="stable")
        edge = x[order[np.searchsorted(np.cumsum(each[order]), last + 0.5)]]
    above, tied = x > edge, x == edge
    return above + tied * float(np.clip((budget - each[above].sum()) / each[tied].sum(), 0, 1))
