"""Reassignment: how often would other areas, had they been the treated ones, show as large a difference?

For few treated areas (or few others) errors robust to clusters are far too small, so p is instead the share of all
ways to choose as many areas whose statistic is at least as large (Conley and Taber 2011, *Rev. Econ. Stat.* 93,
113-125; MacKinnon and Webb 2020, *J. Econometrics* 218, 435-450). Of area i, with the model fitted without effect,

    d_i = sum of x~_it (y_it - mu_it) / v_i        v_i = sum of mu_it x~_it^2        x~: x less its mean in the area

and the statistic of a choice is the difference of the means of d in it and out of it over its standard error, areas
weighed by 1 / (1/v_i + tau^2): small areas vary more (Ferman and Pinto 2019, *Rev. Econ. Stat.* 101, 452-467). tau^2 is
what areas vary beyond independent events (DerSimonian and Laird 1986). The interval holds the effects that this test
does not refuse. Above MOST ways, so many of them are drawn, always the same.

Assumes that areas treated and not, of one size, vary alike.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt

VERSION = 1

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
MOST = 5_000
AT_ONCE = 4_000_000  # numbers drawn at once
ROUNDS = 500


@dataclass(frozen=True)
class Reassigned:
    """Rows (n,) of area and period as codes from 0, and whether each area (areas,) is treated.

    x  what the effect goes with: after the start, or time; the effect is of x in treated areas
    """

    y: Floats
    exposure: Floats
    area: Integers
    period: Integers
    treated: npt.NDArray[np.bool_]
    x: Floats
    family: str

    @cached_property
    def ways(self) -> Integers:
        """Areas of the smaller side (ways, areas of it), what it was in truth first."""
        side = self.treated if 2 * self.treated.sum() <= self.treated.size else ~self.treated
        truth, areas = np.flatnonzero(side), side.size
        if comb(areas, truth.size) <= MOST:
            found = np.array(list(combinations(range(areas), truth.size)))
            others = found[(found != truth).any(axis=1)]
        else:
            rng = np.random.default_rng(1)  # always the same ways, so that the answer is the same every time
            rows = max(1, AT_ONCE // areas)  # no more of them at a time, or thousands of areas would take all memory
            sizes = [min(rows, MOST - 1 - at) for at in range(0, MOST - 1, rows)]
            # copied, as a view would hold all that was sorted
            others = np.vstack([np.argsort(rng.random((n, areas)), axis=1)[:, : truth.size].copy() for n in sizes])
        return np.vstack([truth, others])

    @property
    def least(self) -> float:
        """The least p there can be. With sides alike, each way has one that is the same turned round."""
        return (2 if 2 * int(self.treated.sum()) == self.treated.size else 1) / len(self.ways)

    def p(self, effect: float = 0.0) -> float:
        """Two-sided, of this effect (on logarithms for counts)."""
        size = np.abs(self._statistics(effect))
        return float((size >= size[0] * (1 - 1e-9)).mean())

    def interval(self, value: float, alpha: float) -> tuple[float, float]:
        """The effects about `value` that p does not refuse; without end where there are too few ways."""
        if self.least > alpha:
            return -np.inf, np.inf
        low, high = (value + way * self._reach(value, way, alpha) for way in (-1, 1))
        return low, high

    def _reach(self, value: float, way: int, alpha: float) -> float:
        inside, outside = 0.0, 0.1 if self.family == "poisson" else 0.1 * float(self.y.std()) + 1e-9
        furthest = outside * 300
        while self.p(value + way * outside) > alpha:
            inside, outside = outside, 2 * outside
            if outside > furthest:
                return np.inf
        for _ in range(20):
            middle = (inside + outside) / 2
            if self.p(value + way * middle) > alpha:
                inside = middle
            else:
                outside = middle
        return outside

    def _statistics(self, effect: float) -> Floats:
        left, weight = self._left(effect * self.x * self.treated[self.area])
        count = self.treated.size
        held = np.maximum(np.bincount(self.area, weight, count), 1e-300)
        x = self.x - (np.bincount(self.area, weight * self.x, count) / held)[self.area]
        score = np.bincount(self.area, left * x, count)
        v: Floats = np.bincount(self.area, weight * x**2, count).astype(np.float64)
        d = np.divide(score, v, out=np.zeros(count), where=v > 0)
        w = v / (1 + self._spread(d, v) * v)
        inside, all_of = w[self.ways].sum(axis=1), w.sum()
        outside = np.maximum(all_of - inside, 0)
        sums = (w * d)[self.ways].sum(axis=1)
        there = (inside > 0) & (outside > 0)
        one = np.divide(sums, inside, out=np.zeros_like(sums), where=there)
        other = np.divide((w * d).sum() - sums, outside, out=np.zeros_like(sums), where=there)
        return (one - other) * np.sqrt(inside * outside / all_of) if all_of else sums

    def _spread(self, d: Floats, v: Floats) -> float:
        """tau^2. Of numbers that are not counts all areas vary alike, so that it makes no difference."""
        total = float(v.sum())
        if self.family != "poisson" or not total:
            return 0.0
        beyond = float(v @ (d - v @ d / total) ** 2) - ((v > 0).sum() - 1)
        return max(0.0, beyond / max(total - float(v @ v) / total, 1e-300))

    def _left(self, offset: Floats) -> tuple[Floats, Floats]:
        """What is left over by area and period, given the effect, and the weight of each row."""
        codes = (self.area, self.period)
        if self.family != "poisson":
            left = self.y - offset
            rows = [np.maximum(np.bincount(c), 1) for c in codes]
            for _ in range(ROUNDS):
                before = left
                for c, n in zip(codes, rows, strict=True):
                    left = left - (np.bincount(c, left) / n)[c]
                if np.abs(left - before).max() <= 1e-10 * (np.abs(self.y).max() + 1e-300):
                    break
            return left, np.ones(left.size)
        mu = self.exposure * np.exp(offset - offset.max())
        sums = [np.bincount(c, self.y) for c in codes]
        for _ in range(ROUNDS):
            before = mu
            for c, n in zip(codes, sums, strict=True):
                mu = mu * (n / np.maximum(np.bincount(c, mu), 1e-300))[c]
            if np.abs(mu - before).max() <= 1e-9 * mu.max():
                break
        return self.y - mu, mu
