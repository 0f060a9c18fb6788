"""p-values of sums over neighbours by shuffling, with no normal curve behind them.

Would so many come together had the same values been dealt out at random? Two questions go by that name:

    conditional    the place keeps its own value, and its neighbours' are drawn from all the others
    unconditional  every value is dealt out anew; asked of a place with its neighbours (Gi*)

A place's reference depends only on its own value and on how many neighbours it has. So draws are made once and serve
every place: `permutations` sets of k + 1 places without replacement, of which the first k are summed; where a place
finds itself among its own k neighbours, the spare one takes its seat, which leaves a uniform draw from the others.
That costs one sorted list of sums for each number of neighbours and a handful of corrections, where drawing anew for
each place would cost places x permutations x neighbours.

    p = (draws at least as high + 1) / (permutations + 1)      (North and others 2002, *AJHG* 71, 439-441)

The same draws serve all places, so their Monte Carlo errors go together; raise `permutations` to make them smaller.

For counts, `exact_p` does not draw: the chance of every sum is found by counting the sets (in a polynomial whose
powers are sums), so that p can be far below one in a thousand, as a correction over many cells needs.

Source: Anselin 1995, *Geographical Analysis* 27, 93-115; Sauer and others 2022, *Journal of Geographical Systems* 24,
for which null is meant. esda's default is the "directed" tail.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln

from redway.methods import inputs
from redway.methods.false_discovery import benjamini_hochberg
from redway.methods.hot_spots.neighbours import Neighbours
from redway.methods.inputs import Floats, Integers, Unfit
from redway.methods.wording import several

VERSION = 1

ALTERNATIVES = ("two-sided", "greater", "less", "directed")
MOST_SUMS = 20_000  # different sums that are still worth counting exactly
MOST_NEIGHBOURS = 500
ONE_CELL = (
    "over half of all events in one cell, as where many records share one point (a station, a postcode's middle, a "
    "missing place): see whether that is where they happened; use permutations."
)


@dataclass(frozen=True)
class Tails:
    """How often chance gives as high a sum, and as low a one.

    greater, less  float arrays (places,): the share of draws at least, and at most, as high; never nought where
                   they were drawn
    permutations   how many draws; 0 where every set was counted
    conditional    whether each place kept its own value
    """

    greater: Floats
    less: Floats
    permutations: int
    conditional: bool

    def p(self, alternative: str = "two-sided") -> Floats:
        """p-values: "greater", "less", "two-sided" (twice the smaller), or "directed", as esda gives by default.

        A directed p is no p-value: it is the smaller of two tails, and leaves draws as low as what was seen out of the
        lower one, so that an empty place among empty ones has the least p there is.
        """
        inputs.chosen(alternative, "alternative", ALTERNATIVES)
        if alternative in ("greater", "less"):
            return self.greater if alternative == "greater" else self.less
        if alternative == "directed":
            spare = 1 / (self.permutations + 1) if self.permutations else 0.0
            return np.asarray(np.minimum(self.greater, 1 + spare - self.greater))
        return np.asarray(np.minimum(1.0, 2 * np.minimum(self.greater, self.less)))

    @property
    def sentence(self) -> str:
        how = f"by {self.permutations:,} shuffles" if self.permutations else "by counting every way to shuffle"
        kept = "each cell keeping its own value" if self.conditional else "every value dealt out anew"
        alone = (self.p() < 0.05) & (self.greater < self.less)
        stands = int((benjamini_hochberg(self.p(), 0.05).listed & alone).sum())
        return (
            f"{several(stands, 'cell')} of {len(self.greater):,} {'stands' if stands == 1 else 'stand'} out as hot "
            f"({how}, {kept}, false discovery held to 5% over all cells; {int(alone.sum()):,} at p < 0.05 if each were "
            "the only one looked at); which cells, and not why."
        )


def permuted_p(
    values: Any,
    around: Neighbours,
    rng: np.random.Generator,
    *,
    permutations: int = 999,
    conditional: bool = True,
) -> Tails:
    """Tails of each place's sum over its neighbours, by drawing; unconditional: with the place itself.

    values: float array (places,). Raises Unfit for values that are not finite, for fewer than one permutation, and
    where a place has all other places as its neighbours.
    """
    x, sums, counts = _looked_at(values, around, conditional)
    drawn = inputs.whole(permutations, "permutations", least=1)
    kinds, of = np.unique(counts, return_inverse=True)
    most = int(kinds.max(initial=0))
    chosen = _draws(len(x), drawn, most + 1, rng)
    added = np.cumsum(x[chosen], axis=1)
    slack = 1e-12 * most * float(np.abs(x).max(initial=0.0))
    greater, less = np.empty(len(x)), np.empty(len(x))
    for kind, neighbours in enumerate(kinds.astype(int)):
        here = np.flatnonzero(of == kind)
        reference = added[:, neighbours - 1] if neighbours else np.zeros(drawn)
        ordered = np.sort(reference)
        greater[here] = drawn - np.searchsorted(ordered, sums[here] - slack, side="left")
        less[here] = np.searchsorted(ordered, sums[here] + slack, side="right")
        if conditional:
            _seat_spares(greater, less, x, sums, chosen, reference, (neighbours, slack), counts)
    return Tails((greater + 1) / (drawn + 1), (less + 1) / (drawn + 1), drawn, conditional)


def exact_p(values: Any, around: Neighbours, *, conditional: bool = True) -> Tails:
    """Tails of each place's sum over its neighbours, over every way to deal out the values: counts only.

    values: array of counts (places,). Raises Unfit for what is no count, and for counts so high that their sums
    cannot be told over one by one.
    """
    x, sums, counts = _looked_at(inputs.counts(values, "values"), around, conditional)
    most = int(counts.max(initial=0))
    if most * x.max(initial=0.0) > MOST_SUMS:
        raise Unfit(
            f"counts whose sums over neighbours stay under {MOST_SUMS:,}",
            came=f"{most} neighbours and a count of {x.max():,.0f}",
            cause=ONE_CELL
            if x.max(initial=0.0) > x.sum() / 2
            else "cells too large for an exact answer: use permutations.",
        )
    if most > MOST_NEIGHBOURS:
        raise Unfit(
            f"at most {MOST_NEIGHBOURS} neighbours for an exact answer",
            came=f"{most:,}",
            cause="a reach over many cells, whose sums take minutes to tell over: use permutations or larger cells.",
        )
    ways = _ways(x, most)
    greater, less = np.ones(len(x)), np.ones(len(x))
    for own in np.unique(x) if conditional else (None,):
        chances = ways if own is None else _without(ways, int(own), len(x))
        for neighbours in np.unique(counts).astype(int):
            here = np.flatnonzero((counts == neighbours) & (True if own is None else x == own))
            if len(here) and neighbours:
                share = chances[neighbours]
                below = np.concatenate([[0.0], np.cumsum(share)])
                above = np.concatenate([np.cumsum(share[::-1])[::-1], [0.0]])
                at = sums[here].astype(int)
                greater[here], less[here] = np.clip(above[at], 0, 1), np.clip(below[at + 1], 0, 1)
    return Tails(greater, less, 0, conditional)


def _looked_at(values: Any, around: Neighbours, conditional: bool) -> tuple[Floats, Floats, Floats]:
    """Values, sums and how many places each sum has."""
    x = inputs.numbers(values, "values")
    sums, counts = around.sums(x), around.counts
    inputs.same_length(values=x, neighbours=counts)
    if not conditional:
        sums, counts = sums + x, counts + 1
    elif len(x) and counts.max() > len(x) - 1:
        raise Unfit(
            "places with fewer neighbours than there are other places",
            came=f"{counts.max():.0f} neighbours",
            cause="a reach as wide as the whole map.",
        )
    return x, sums, counts


def _draws(n: int, permutations: int, size: int, rng: np.random.Generator) -> Integers:
    """Sets of different places (permutations, size), every one as likely; the last is -1 if there are no more."""
    take = min(size, n)
    if n <= 20 * size:
        drawn = rng.permuted(np.tile(np.arange(n), (permutations, 1)), axis=1)[:, :take]
    else:
        drawn = rng.integers(0, n, (permutations, take))
        while len(again := np.flatnonzero((np.diff(np.sort(drawn, axis=1), axis=1) == 0).any(axis=1))):
            drawn[again] = rng.integers(0, n, (len(again), take))
    spare = np.full((permutations, size - take), -1, dtype=drawn.dtype)
    return np.concatenate([drawn, spare], axis=1)


def _seat_spares(
    greater: Floats,
    less: Floats,
    x: Floats,
    sums: Floats,
    chosen: Integers,
    reference: Floats,
    shape: tuple[int, float],
    counts: Floats,
) -> None:
    """Correct the tails of places that were drawn as their own neighbours: the spare place takes their seat."""
    neighbours, slack = shape
    draw, seat = np.nonzero(counts[chosen[:, :neighbours]] == neighbours)
    place, spare = chosen[draw, seat], chosen[draw, -1]
    was = reference[draw]
    now = was - x[place] + x[spare]
    np.add.at(greater, place, (now >= sums[place] - slack) * 1.0 - (was >= sums[place] - slack))
    np.add.at(less, place, (now <= sums[place] + slack) * 1.0 - (was <= sums[place] + slack))


def _log_choices(n: int, k: int) -> float:
    return float(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _ways(x: Floats, most: int) -> list[Floats]:
    """For 0, 1, ... `most` of all places drawn: the chance of every sum, float arrays (sums,)."""
    length = int(most * x.max(initial=0.0)) + 1
    ways = np.zeros((most + 1, length))
    ways[0, 0] = 1.0
    seen = 0
    for value, times in zip(*np.unique(x.astype(np.int64), return_counts=True), strict=True):
        ways = _joined(ways, int(value), int(times), seen)
        seen += int(times)
    return list(ways)


def _joined(ways: Floats, value: int, times: int, seen: int) -> Floats:
    """Chances over `seen` places, joined by as many `times` places of one value."""
    most = len(ways) - 1
    after = np.zeros_like(ways)
    for k in range(most + 1):
        for of_these in range(max(0, k - seen), min(k, times) + 1):
            before = k - of_these
            odds = _log_choices(times, of_these) + _log_choices(seen, before) - _log_choices(seen + times, k)
            shift = of_these * value
            if shift < ways.shape[1]:
                after[k, shift:] += np.exp(odds) * ways[before, : ways.shape[1] - shift]
    return after


def _without(ways: list[Floats], own: int, n: int) -> list[Floats]:
    """The same where one of the n places, of a value, is not among those drawn from.

    Of k drawn from all, the place is one with chance k / n; so n all[k] = (n - k) without[k] + k own + without[k - 1].
    """
    without = [ways[0]]
    for k in range(1, len(ways)):
        shifted = np.zeros_like(ways[k])
        if own < len(shifted):
            shifted[own:] = without[k - 1][: len(shifted) - own]
        without.append(np.maximum(0.0, (n * ways[k] - k * shifted) / (n - k)))
    return without
