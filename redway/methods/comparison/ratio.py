"""Rates, and ratios of two rates or two risks, with their doubt.

A rate is a count of events x over an exposure e. Byar's approximation to the exact Poisson limits (Breslow and
Day, *Statistical Methods in Cancer Research* II, IARC 1987, p. 69), which public health uses for local counts:

    low = x (1 - 1/9x - z / 3 sqrt(x))^3        high = (x+1) (1 - 1/9(x+1) + z / 3 sqrt(x+1))^3

A ratio is of logarithms (Katz and others 1978, *Biometrics* 34, 469-474; Rothman, *Epidemiology*, 2012, ch. 9):

    rates a/e_a and b/e_b   SE = sqrt(1/a + 1/b)
    risks a/n_a and b/n_b   SE = sqrt(1/a - 1/n_a + 1/b - 1/n_b)
    interval                exp(log ratio -/+ z SE)

A ratio needs events on both sides: of none there is no logarithm, and no ratio is given.
"""

from dataclasses import dataclass
from math import exp, log, sqrt

from redway.methods.wording import figure, interval

VERSION = 1
Z = 1.959963984540054  # the 97.5% point of the normal distribution


@dataclass(frozen=True)
class Rate:
    """Events for `per` units of exposure, and the 95% interval."""

    value: float
    low: float
    high: float

    @property
    def sentence(self) -> str:
        return f"The rate is {figure(self.value)} ({interval(self.low, self.high)})."


@dataclass(frozen=True)
class Ratio:
    """One rate or risk as a multiple of another, and its 95% interval."""

    value: float
    low: float
    high: float

    @property
    def different(self) -> bool:
        """Whether the interval leaves out a ratio of one."""
        return self.low > 1 or self.high < 1

    @property
    def sentence(self) -> str:
        told = "" if self.different else "; not statistically different"
        return f"The one is {figure(self.value)} times the other ({interval(self.low, self.high)}{told})."


def rate(events: float, exposure: float, *, per: float = 1000) -> Rate:
    """A rate. Raises ValueError for events below nought or an exposure that is not above it."""
    if events < 0 or exposure <= 0:
        raise ValueError("expected events of nought or more, and an exposure above nought")
    more = events + 1
    low = events * (1 - 1 / (9 * events) - Z / (3 * sqrt(events))) ** 3 if events else 0.0
    high = more * (1 - 1 / (9 * more) + Z / (3 * sqrt(more))) ** 3
    return Rate(per * events / exposure, per * max(0.0, low) / exposure, per * high / exposure)


def rate_ratio(events: float, exposure: float, reference: float, reference_exposure: float) -> Ratio | None:
    """A rate as a multiple of a reference rate; None where either had no event. Raises ValueError as `rate` does."""
    return _ratio(events, exposure, reference, reference_exposure, 0.0)


def risk_ratio(hits: float, base: float, reference: float, reference_base: float) -> Ratio | None:
    """A share as a multiple of a reference share; None where either is nought.

    Raises ValueError for bases not above nought, and for more hits than a base has.
    """
    if hits > base or reference > reference_base:
        raise ValueError("expected no more hits than the base has")
    return _ratio(hits, base, reference, reference_base, 1 / base + 1 / reference_base if base * reference_base else 0)


def _ratio(a: float, ea: float, b: float, eb: float, finite: float) -> Ratio | None:
    if min(a, b) < 0 or min(ea, eb) <= 0:
        raise ValueError("expected events of nought or more, and exposures above nought")
    if not a or not b:
        return None
    middle, error = log(a / ea / (b / eb)), sqrt(max(0.0, 1 / a + 1 / b - finite))
    return Ratio(exp(middle), exp(middle - Z * error), exp(middle + Z * error))
