"""How few places hold how much: Lorenz curve, Gini's coefficient, and the share of the top k%.

With n places in rising order x(1) ... x(n) and c = sum x,

    G = sum (2i - n - 1) x(i) / (n c)                    0 all alike, near 1 all in one place

- Fewer events than places cannot be spread evenly, and G is high by itself: with one event each, 1 - c/n. Bernasco and
  Steenbeek's correction measures from what was possible: G' = max(1, n/c) (G - 1) + 1.
- Chance also heaps. If every place had the same rate, counts would be Poisson with mean m = c/n, and
  G = exp(-2m) (I0(2m) + I1(2m)) (Ramasubban 1958). That stands beside, and so does the top share chance gives.
- What lies beneath, were there events without end: rates that follow a gamma distribution of shape a, found by
  maximum likelihood from counts, have G = Gamma(a + 1/2) / (sqrt(pi) Gamma(a + 1)).

Intervals are percentiles of a bootstrap over places. Values may be harm (real numbers): then nothing is said of chance.

Source: Bernasco and Steenbeek 2017, *Journal of Quantitative Criminology* 33, 451-467; Mohler, Brantingham, Carter and
Short 2019, *ibid.* 35, 819-843, for the gamma; Weisburd 2015, *Criminology* 53, 133-157.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln, ive, pdtr, pdtrc, pdtrik

from redway.methods import inputs
from redway.methods.inputs import Floats, Integers
from redway.methods.wording import figure, several

VERSION = 1


@dataclass(frozen=True)
class Concentration:
    """How concentrated values are.

    places, held     float arrays (places + 1,): the Lorenz curve from the highest place down, both as shares
    gini, corrected  Gini's coefficient, and allowing for fewer events than places
    low, high        95% interval of `gini`
    share            of places that `top` is of
    top, top_low, top_high  share of the total in the top places, and its interval
    chance_gini, chance_top  what counts would have if every place had one rate; NaN for values that are no counts
    rate_gini        of the rates beneath the counts; NaN for values that are no counts
    """

    places: Floats
    held: Floats
    gini: float
    corrected: float
    low: float
    high: float
    share: float
    top: float
    top_low: float
    top_high: float
    chance_gini: float
    chance_top: float
    rate_gini: float
    cannot_tell: str = ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell how concentrated this is: {self.cannot_tell}."
        chance = (
            f"; chance alone would put {figure(100 * self.chance_top, 2)}% there"
            if np.isfinite(self.chance_top)
            else ""
        )
        n = len(self.places) - 1
        return (
            f"The top {figure(100 * self.share, 2)}% of {several(n, 'place')} hold {figure(100 * self.top, 2)}% of all "
            f"that was recorded (95% interval {figure(100 * self.top_low, 2)}% to {figure(100 * self.top_high, 2)}%"
            f"{chance}); Gini {figure(self.gini, 2)}, or {figure(self.corrected, 2)} allowing for few events."
        )


def concentration(values: Any, rng: np.random.Generator, *, share: float = 0.05, nsim: int = 999) -> Concentration:
    """How concentrated counts, or harm, are over places.

    values: float array (places,), of nought or more, places without events among them. Raises Unfit otherwise.
    """
    x = np.sort(inputs.at_least(values, "values", 0))
    part = inputs.number(share, "share", least=0, most=1)
    draws = inputs.whole(nsim, "nsim", least=1)
    n, total = len(x), float(x.sum())
    if n < 2 or total == 0:
        why = "nothing was recorded" if n > 1 else f"there {'is' if n == 1 else 'are'} only {several(n, 'place')}"
        line, none = np.linspace(0, 1, n + 1), np.nan
        return Concentration(
            line, line, none, none, none, none, part, none, none, none, none, none, none, why
        )  # fmt: skip
    held = np.concatenate([[0.0], np.cumsum(x[::-1])]) / total
    counted = bool((x == np.floor(x)).all())
    unique, times = np.unique(x, return_counts=True)
    gini, top = _measures(unique, times[None, :].astype(float), part)
    ginis, tops = _resampled(unique, times, part, draws, rng)
    (low, high), (top_low, top_high) = (
        (float(low), float(high)) for low, high in (np.quantile(drawn, [0.025, 0.975]) for drawn in (ginis, tops))
    )
    mean = total / n
    possible = max(1.0, n / total) if counted else 1.0
    corrected = round(possible * (float(gini[0]) - 1) + 1, 12) + 0.0  # one event in one place: nought, and not nearly
    return Concentration(
        np.arange(n + 1) / n, held, float(gini[0]), corrected, low, high,
        part, float(top[0]), top_low, top_high,
        chance_gini(mean) if counted else np.nan, chance_top(mean, part) if counted else np.nan,
        rate_gini(unique, times) if counted else np.nan,
    )  # fmt: skip


def _measures(values: Floats, times: Floats, share: float) -> tuple[Floats, Floats]:
    """Gini and top share of places that have `values`, rising, so many times: times (draws, values)."""
    n = times.sum(axis=1)
    upto = np.cumsum(times, axis=1)
    total = times @ values
    # the ranks of a run of equal values have the mean (before + 1 + upto) / 2
    weighted = (times * values * (2 * upto - times - n[:, None])).sum(axis=1)
    gini = np.divide(weighted, n * total, out=np.zeros(len(n)), where=total > 0)
    budget = share * n
    higher = n[:, None] - upto
    taken = np.clip(budget[:, None] - higher, 0, times)
    top = np.divide(taken @ values, total, out=np.zeros(len(n)), where=total > 0)
    return gini, top


def _resampled(
    values: Floats, times: Integers, share: float, draws: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Measures of places drawn again, in blocks that fit."""
    block = max(1, 4_000_000 // len(values))
    found = [
        _measures(values, rng.multinomial(times.sum(), times / times.sum(), min(block, draws - k)).astype(float), share)
        for k in range(0, draws, block)
    ]
    return np.concatenate([gini for gini, _ in found]), np.concatenate([top for _, top in found])


def chance_gini(mean: float) -> float:
    """Gini's coefficient of Poisson counts with a mean above nought."""
    if mean > 1e8:  # where scipy's Bessel functions end, and their limit is as near
        return float(1 / np.sqrt(np.pi * mean))
    return float(ive(0, 2 * mean) + ive(1, 2 * mean))


def chance_top(mean: float, share: float) -> float:
    """The share of the total in the top places, of Poisson counts with a mean above nought."""
    if share <= 0 or share >= 1:
        return float(share >= 1)
    edge = max(0.0, np.ceil(float(pdtrik(1 - share, mean)) - 1e-9))
    while edge > 0 and pdtr(edge - 1, mean) >= 1 - share:
        edge -= 1
    above = float(pdtrc(edge, mean))
    held = mean * (float(pdtrc(edge - 1, mean)) if edge > 0 else 1.0)  # E[X; X > edge]
    return float(min(1.0, (held + (share - above) * edge) / mean))


def rate_gini(values: Floats, times: Integers) -> float:
    """Gini's coefficient of gamma rates beneath counts; nought where counts vary no more than by chance."""
    from scipy.optimize import minimize_scalar  # dear to import

    n = times.sum()
    mean = float(times @ values) / n
    if float(times @ (values - mean) ** 2) / n <= mean:
        return 0.0

    def unlikely(log_shape: float) -> float:
        a = np.exp(log_shape)
        each = gammaln(values + a) - gammaln(a) + a * np.log(a / (a + mean)) + values * np.log(mean / (a + mean))
        return -float(times @ each)

    shape = np.exp(minimize_scalar(unlikely, bounds=(-12, 12), method="bounded", options={"xatol": 1e-10}).x)
    return float(np.exp(gammaln(shape + 0.5) - gammaln(shape + 1)) / np.sqrt(np.pi))
