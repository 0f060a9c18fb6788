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

from redway.methods import inputs
from redway.methods.inputs import Floats
from redway.methods.wording import chance, figure

VERSION = 1

MOST_COUNTED = 1_000_000


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
        return Stability(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, part, n, why)
    again, held, correlation = _measured(x, y, part)
    both = (x + y).astype(np.int64)
    of_first = float(x.sum() / both.sum())
    drawn = np.empty((draws, 3))
    for k in range(draws):
        early = rng.binomial(both, of_first).astype(float)
        drawn[k] = _measured(early, both - early, part)
    p = ((drawn[:, 1] <= held + 1e-12).sum() + 1) / (draws + 1)
    first_held = float(_top(x, part) @ x / x.sum())
    stays, keeps, goes = (float(middle) for middle in drawn.mean(axis=0))
    return Stability(again, held, first_held, correlation, stays, keeps, goes, float(p), part, n)


def _measured(x: Floats, y: Floats, share: float) -> tuple[float, float, float]:
    here, there = _top(x, share), _top(y, share)
    total = float(y.sum())
    size = float(here.sum())
    again = float(here @ there) / size if size else 0.0
    a, b = (_ranks(v) - (len(v) + 1) / 2 for v in (x, y))
    below = float(np.sqrt((a @ a) * (b @ b)))
    return again, float(here @ y) / total if total else 0.0, float(a @ b) / below if below else 0.0


def _ranks(x: Floats) -> Floats:
    """Ranks of counts, from 1, ties sharing the middle of theirs; small counts are counted and not sorted."""
    if x.max() > MOST_COUNTED:
        whole, times = np.unique(x, return_inverse=True, return_counts=True)[1:]
    else:
        whole = x.astype(np.int64)
        times = np.bincount(whole)
    return np.asarray((np.cumsum(times) - (times - 1) / 2)[whole])


def _top(x: Floats, share: float) -> Floats:
    """How much of each place is on top, 0 to 1; places that tie at the edge are taken in part, all alike."""
    budget = share * len(x)
    last = min(len(x) - 1, max(0, int(np.ceil(budget - 1e-9)) - 1))
    edge = np.partition(x, len(x) - 1 - last)[len(x) - 1 - last]
    above, tied = x > edge, x == edge
    return above + tied * float(np.clip((budget - above.sum()) / tied.sum(), 0, 1))
