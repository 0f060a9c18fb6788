"""Quarters and years beside their months: which of them can be given, and what a reader knows once they are.

A span is a run of months and their counts, added up before anything is rounded. It is given only if then, beside
every month and every span that was ever given, each hidden month and each hidden quarter can still be anything that
the policy hides. Otherwise it is withheld; so the months stay as the policy has them, and the totals give way.

The reader we think of knows of each hidden month whether it is a small one, of each month whether its count changed
between two versions, and every span of every version: a month whose count did not change is the same unknown in all.
As months follow one another, what such a reader can work out is found by linear programming, and what is safe is
proven by whole series of months that fit everything given (`methods.suppression.subtraction`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from redway import periods
from redway.indicators.counts import Floats
from redway.indicators.release import Policy
from redway.methods.suppression.subtraction import Figures, proofs, unproven

QUARTER, YEAR = 3, 12

Known = tuple[int, int | float]


@dataclass(frozen=True)
class Span:
    """A run of months, each with its count. `first` is the first month."""

    first: int
    counts: tuple[int, ...]

    @property
    def last(self) -> int:
        return self.first + len(self.counts) - 1

    @property
    def count(self) -> int:
        return sum(self.counts)

    @property
    def months(self) -> tuple[tuple[int, int], ...]:
        """Each month with its count: one that is revised is another unknown."""
        return tuple(enumerate(self.counts, start=self.first))


@dataclass(frozen=True)
class Told:
    """A span for which it was settled whether it is given, and under which policy.

    promised  of a small quarter, which is hidden: that it stays as open as a hidden month. Where months of it were
              told of before, with another one beside them, that may be too late.
    """

    span: Span
    policy: Policy
    given: bool
    promised: bool = False


def spans(months: range, counts: Floats, policy: Policy) -> list[Span]:
    """The quarters and years of a series that may be given at all, in the order in which they are settled.

    counts are those of the months, NaN where there is none. A year begins or ends inside a quarter only where every
    month of that quarter that has come is shown: otherwise years are given by whole quarters, and next to a hidden
    month there is less to be told apart.
    """
    hidden = {periods.quarter(m) for m, c in zip(months, counts, strict=True) if c == c and policy.shown(int(c)).hidden}
    found = []
    for length in (YEAR, QUARTER):
        for first in months[: len(months) - length + 1]:
            run = counts[first - months.start : first - months.start + length]
            last = first + length - 1
            inside = [m for m, edge in ((first, 0), (last, 2)) if (m - 3) % 3 != edge]
            whole = length == YEAR or not inside
            if whole and not np.isnan(run).any() and not any(periods.quarter(m) in hidden for m in inside):
                found.append(Span(first, tuple(int(c) for c in run)))
    # As if they had come month by month, so that it matters little when they were first asked for.
    return sorted(found, key=lambda one: (one.last, -len(one.counts)))


def settled(wanted: Sequence[Span], before: Sequence[Told], policy: Policy) -> list[Told]:
    """Which of the spans wanted are given, beside all that was settled before; those settled stay as they were.

    What is settled does not depend on how spans are taken together: one that can be given beside those before it is.
    """
    known = {(told.span, told.policy) for told in before}
    new = [one for one in dict.fromkeys(wanted) if (one, policy) not in known]
    small = [one for one in new if policy.hides(one.count)]
    quarters = [Told(one, policy, given=False, promised=True) for one in small if len(one.counts) == QUARTER]
    able = [Told(one, policy, given=True) for one in new if one not in small]
    safe = [*before, *_accepted(before, quarters)]
    safe += _accepted(safe, able)
    # The guard: judged anew, of all that is about to be given.
    everything = figures(safe)
    proof = proofs(everything, everything.truth[None, :])
    if proof is None or unproven(everything, proof).size:
        safe = list(before)
    there = {(told.span, told.policy) for told in safe}
    return [*safe, *(Told(one, policy, given=False) for one in new if (one, policy) not in there)]


def _accepted(beside: Sequence[Told], able: Sequence[Told]) -> list[Told]:
    """Those that can be told one after another, found by halves: what is safe together is safe in part."""
    if not able:
        return []
    everything = figures([*beside, *able])
    if proofs(everything, everything.truth[None, :]) is not None:
        return list(able)
    if len(able) == 1:
        return []
    half = len(able) // 2
    first = _accepted(beside, able[:half])
    return [*first, *_accepted([*beside, *first], able[half:])]


def figures(told: Sequence[Told]) -> Figures:
    """All that is known of the months and spans of a series, as figures that add up: months first, then spans."""
    numbers: dict[tuple[int, int], int] = {}
    for one in told:
        for month in one.span.months:
            numbers.setdefault(month, len(numbers))
    kept = [one for one in told if one.given or one.promised]
    size = len(numbers) + len(kept)
    truth = np.array([count for _month, count in numbers] + [one.span.count for one in kept], dtype=float)
    known = np.tile([0.0, np.inf], (size, 1))
    wanted = np.column_stack([truth, truth])
    for one in told:
        for at, count in ((numbers[month], month[1]) for month in one.span.months):
            low, high = _of_month(count, one.policy)
            known[at] = max(known[at, 0], low), min(known[at, 1], high)
            if one.policy.hides(count):
                wanted[at] = one.policy.hide_from, one.policy.hide_to
    for at, one in enumerate(kept, start=len(numbers)):
        parts = [numbers[month] for month in one.span.months]
        if one.given:
            known[at] = one.policy.behind(one.policy.shown(one.span.count))
        else:
            low, high = known[parts].sum(axis=0)
            wanted[at] = max(one.policy.hide_from, low), min(one.policy.hide_to, high)
    # Of what another policy showed nothing can be asked but what it left open.
    wanted[:, 0], wanted[:, 1] = np.maximum(wanted[:, 0], known[:, 0]), np.minimum(wanted[:, 1], known[:, 1])
    return Figures(
        _sums(numbers, kept, size), truth, known, known, wanted, wanted, np.zeros(size, dtype=bool), np.ones(size)
    )


def _of_month(count: int, policy: Policy) -> Known:
    """The least and most that a reader knows of a month: of a hidden one, that it is small."""
    return (policy.hide_from, policy.hide_to) if policy.hides(count) else policy.behind(policy.shown(count))


def _sums(numbers: dict[tuple[int, int], int], kept: Sequence[Told], size: int) -> csr_array:
    """One equation for each span: its months less itself come to nought."""
    rows, columns, values = [], [], []
    for row, one in enumerate(kept):
        parts = [numbers[month] for month in one.span.months]
        rows += [row] * (len(parts) + 1)
        columns += [*parts, len(numbers) + row]
        values += [1.0] * len(parts) + [-1.0]
    return csr_array((values, (rows, columns)), shape=(len(kept), size))
