"""Shares with their doubt: of counted things, and of weighted answers to a survey.

Counted things, x of n: Wilson's score interval (1927, *J. Am. Stat. Assoc.* 22, 209-212), which stays inside 0
and 1 and holds its promise for small n and for shares near either end (Newcombe 1998a, *Stat. Med.* 17, 857-872):

    (p + z^2 / 2n -/+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)

Weighted answers w: the share is sum(w of those who said so) / sum(w). Weights that differ make a survey tell less
than its size; Kish's design effect (1992, *J. Off. Stat.* 8, 183-200) says by how much, and the interval is

    deff = n sum(w^2) / sum(w)^2        p -/+ z sqrt(p (1 - p) / n) sqrt(deff)

It allows for the weights alone, not for how people were drawn: answers from the same street are alike.

Two shares: the difference with Newcombe's interval from the two Wilson intervals (1998b, *Stat. Med.* 17,
873-890, method 10), each on n / deff answers, and the pooled test of two proportions. Called different where both
agree, so that no sentence is surer than its interval.
"""

from dataclasses import dataclass
from math import sqrt

from scipy.special import ndtr

from redway.methods.wording import chance, figure, interval

VERSION = 1
Z = 1.959963984540054  # the 97.5% point of the normal distribution


@dataclass(frozen=True)
class Share:
    """A share and its 95% interval, all of 1; `effective` is the number of plain answers it is worth."""

    value: float
    low: float
    high: float
    base: float
    effective: float

    @property
    def sentence(self) -> str:
        worth = f", worth {figure(self.effective)}" if self.effective < 0.995 * self.base else ""
        limits = interval(100 * self.low, 100 * self.high)
        return f"{figure(100 * self.value)}% ({limits}, of {figure(self.base, 9)}{worth})."


@dataclass(frozen=True)
class Difference:
    """The second share less the first, of 1, its 95% interval, and p of no difference (two-sided)."""

    value: float
    low: float
    high: float
    p: float

    @property
    def different(self) -> bool:
        """Whether interval and test both leave out no difference."""
        return self.p < 0.05 and (self.low > 0 or self.high < 0)

    @property
    def sentence(self) -> str:
        told = "" if self.different else "; not statistically different"
        limits = interval(100 * self.low, 100 * self.high)
        return (
            f"The second share less the first is {figure(100 * self.value)} points ({limits}, {chance(self.p)}{told})."
        )


def share(hits: float, base: float) -> Share:
    """`hits` of `base` counted things. Raises ValueError for a base that is not above 0, and hits not within it."""
    _within(hits, base)
    low, high = wilson(hits / base, base)
    return Share(hits / base, low, high, base, base)


def wilson(p: float, n: float) -> tuple[float, float]:
    """Wilson's limits of a share p of n, which need not be whole. Raises ValueError for what is no share."""
    _within(p * n, n)
    middle, reach = p + Z**2 / (2 * n), Z * sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    low, high = ((middle + side) / (1 + Z**2 / n) for side in (-reach, reach))
    return (0.0 if p == 0 else max(0.0, low)), (1.0 if p == 1 else min(1.0, high))


def weighted(hits: float, total: float, squares: float, base: int) -> Share:
    """The share of `base` weighted answers.

    hits     sum of the weights of those who said so
    total    sum of all weights
    squares  sum of all weights squared

    Raises ValueError for sums that no weights have.
    """
    _within(hits, total)
    if base < 1 or squares * base < total**2 * (1 - 1e-9) or squares > total**2 * (1 + 1e-9):
        raise ValueError("expected the sums of the weights of one answer or more, none below nought")
    p, effect = min(1.0, hits / total), max(1.0, base * squares / total**2)
    reach = Z * sqrt(p * (1 - p) / base) * sqrt(effect)
    return Share(p, max(0.0, p - reach), min(1.0, p + reach), base, base / effect)


def difference(first: Share, second: Share) -> Difference:
    """How much larger the second share is than the first, of two groups that have nobody in common."""
    (low1, high1), (low2, high2) = wilson(first.value, first.effective), wilson(second.value, second.effective)
    gap = second.value - first.value
    low = gap - sqrt((second.value - low2) ** 2 + (high1 - first.value) ** 2)
    high = gap + sqrt((high2 - second.value) ** 2 + (first.value - low1) ** 2)
    n1, n2 = first.effective, second.effective
    pooled = (first.value * n1 + second.value * n2) / (n1 + n2)
    error = sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return Difference(gap, low, high, float(2 * ndtr(-abs(gap) / error)) if error else 1.0)


def _within(hits: float, base: float) -> None:
    if not (base > 0 and -1e-9 <= hits <= base * (1 + 1e-9)):
        raise ValueError("expected a base above nought, and no fewer than none or more than all of it")
