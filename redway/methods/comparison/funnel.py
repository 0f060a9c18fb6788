"""Funnel: which areas differ from what similar areas lead one to expect, beyond chance and beyond their usual variety.

An area's events y_i over exposure e_i are expected to be E_i = e_i x (events of its group / exposure of its group).
Chance alone makes small areas stray further: the funnel. Areas also differ for many small reasons that no exposure
holds, so that with chance alone most large areas look unusual. So, over all areas,

    negbin         y_i has mean E_i and variance E_i + tau^2 E_i^2: true rates differ from area to area by a
                   standard deviation tau. Its mid-p tail gives z_i, and tau is that at which the winsorised z_i vary
                   as winsorised normal numbers do, so that the unusual areas do not hide themselves
    spiegelhalter  on square roots, z_i = 2 (sqrt(y_i) - sqrt(E_i)), winsorised at a tenth of either end; if
                   N phi = sum(z^2) is over N - 1, tau^2 = (N phi - (N-1)) / (sum(w) - sum(w^2)/sum(w)), w = 4 E_i
                   (Spiegelhalter 2005, *Stat. Med.* 24, 1185-1202; DerSimonian and Laird 1986). As `FunnelPlotR`,
                   which does not allow for winsorised numbers varying less, and so has tau too small
    poisson        chance alone

Limits hold 95% and 99.8% of areas that differ no more than is usual. Over all areas, those listed are so at a false
discovery rate. Assumes that areas of a group would be alike but for chance and usual variety; areas that were put
together badly are unusual for that reason. It is no league table: order within the funnel is chance.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
from scipy.special import betainc, gammainc, gammaincc, ndtr, ndtri

from redway.methods.comparison.rates import called
from redway.methods.emerging.thresholds import quantile
from redway.methods.false_discovery import benjamini_hochberg
from redway.methods.inputs import above, chosen, counts, probability, same_length
from redway.methods.wording import figure, several

VERSION = 1

Floats = npt.NDArray[np.float64]
METHODS = ("negbin", "spiegelhalter", "poisson")
RATE = 1e100  # no rate is as high
MANY = 50_000  # areas
NAMED = 4  # areas in a sentence
CAVEAT = {
    "negbin": "of those listed, some {}% may be chance",
    "spiegelhalter": "of those listed, more than {}% may be chance: this way, FunnelPlotR's, takes too little "
    "difference between areas for usual",
    "poisson": "of those listed, more than {}% may be no news: areas differ for many small reasons, which this way "
    "leaves out",
}
FEWEST = 5  # areas of a group, under which nothing is usual
WINSORISED = 0.6786412  # the variance of a normal number brought in to its tenth and ninetieth percent points


@dataclass(frozen=True)
class Funnel:
    """Areas in their funnel; arrays (n,), NaN (False) for areas of a group too small to say what is usual.

    ratio      events over those expected
    z, p       two-sided, of differing no more than is usual
    low95, high95, low998, high998   limits of the ratio for areas of this size
    listed     at the false discovery rate q
    tau        how far true rates differ from area to area, as a share
    names      of the areas; none where they are called by their rows
    """

    ratio: Floats
    expected: Floats
    z: Floats
    p: Floats
    low95: Floats
    high95: Floats
    low998: Floats
    high998: Floats
    listed: npt.NDArray[np.bool_]
    tau: float
    method: str
    q: float
    cannot_tell: str = ""
    names: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        known = int(np.isfinite(self.p).sum())
        if not known:
            return f"No area can be told from others: {self.cannot_tell}."
        high, low = (np.flatnonzero(self.listed & side) for side in (self.ratio > 1, self.ratio < 1))
        usual = f" and a usual difference of {figure(100 * self.tau, 2)}% between areas"
        usual = f"beyond chance{' alone' if self.method == 'poisson' else usual}"
        of = several(known, "area")
        if high.size:
            told = f"{high.size:,} of {of} {'is' if high.size == 1 else 'are'} above what similar areas have"
            told += f" ({self._named(high)}) and "
            told += f"{low.size:,} below ({self._named(low)})" if low.size else "none below"
        elif low.size:
            told = f"{low.size:,} of {of} {'is' if low.size == 1 else 'are'} below what similar areas have"
            told += f" ({self._named(low)}) and none above"
        else:
            told = f"None of {of} is statistically different from similar areas"
        doubts = [CAVEAT[self.method].format(figure(100 * self.q))] if high.size + low.size else []
        doubt = "; ".join([*doubts, *([self.cannot_tell] if self.cannot_tell else [])])
        return f"{told}, {usual}{f' ({doubt})' if doubt else ''}."

    def _named(self, rows: npt.NDArray[np.intp]) -> str:
        """The furthest first, not more than can be read."""
        furthest = rows[np.argsort(-np.abs(self.z[rows]), kind="stable")][:NAMED]
        told = (self.names[row] if self.names else f"row {row + 1:,}" for row in furthest)
        return ", ".join(told) + (" …" if rows.size > NAMED else "")


def funnel(
    events: npt.ArrayLike,
    exposure: npt.ArrayLike,
    group: npt.ArrayLike | None = None,
    *,
    method: str = "negbin",
    q: float = 0.05,
    names: npt.ArrayLike | None = None,
) -> Funnel:
    """Areas (n,) against those of their group. Raises Unfit for counts that are not, exposures not above nought.

    group  (n,) which areas are alike; without it, all are one group
    names  (n,) of the areas
    """
    y, e = counts(events, "events"), above(exposure, "exposure", 0)
    groups = np.zeros(y.size, dtype=int) if group is None else np.asarray(group)
    same_length(events=y, exposure=e, group=groups)
    chosen(method, "method", METHODS)
    probability(q, "q")
    whose = () if names is None else called(y.size, names)
    expected = _expected(y, e, groups)
    known = np.isfinite(expected) & (expected > 0)
    few = int((~known).sum())
    why = f"{several(few, 'area')} of a group with fewer than {FEWEST} areas or no events" if few else ""
    blank = np.full((7, y.size), np.nan)
    listed = np.zeros(y.size, dtype=bool)
    if not known.any():
        return _told(expected, blank, listed, np.nan, method, q, why, whose)
    tau, z, p, limits = _measured(y[known], expected[known], method)
    blank[:, known] = [y[known] / expected[known], z, p, *limits]
    listed[known] = benjamini_hochberg(p, q).listed
    return _told(expected, blank, listed, tau, method, q, why, whose)


def _told(
    expected: Floats,
    parts: Floats,
    listed: npt.NDArray[np.bool_],
    tau: float,
    method: str,
    q: float,
    why: str,
    names: tuple[str, ...],
) -> Funnel:
    ratio, z, p, low95, high95, low998, high998 = parts
    return Funnel(ratio, expected, z, p, low95, high95, low998, high998, listed, tau, method, q, why, names)


def _expected(y: Floats, e: Floats, groups: npt.NDArray[Any]) -> Floats:
    _, code = np.unique(groups, return_inverse=True)
    if not code.size:
        return np.empty(0)
    size, events, exposure = (np.bincount(code, part) for part in (np.ones(y.size), y, e))
    enough = (size >= FEWEST) & (exposure > events / RATE)  # exposures next to nought give no rate
    rate = np.divide(events, exposure, out=np.full(size.size, np.nan), where=enough)
    return np.asarray(e * rate[code])


def _measured(y: Floats, expected: Floats, method: str) -> tuple[float, Floats, Floats, list[Floats]]:
    """tau, z, p, and the four limits of the ratio."""
    if method == "spiegelhalter":
        return _square_roots(y, expected)
    tau2 = _usual(y, expected) if method == "negbin" else 0.0
    z = _mid_z(y, expected, tau2)
    limits = [_quantile(share, expected, tau2) / expected for share in (0.025, 0.975, 0.001, 0.999)]
    return float(np.sqrt(tau2)), z, np.minimum(1.0, 2 * ndtr(-np.abs(z))), limits


def _square_roots(y: Floats, expected: Floats) -> tuple[float, Floats, Floats, list[Floats]]:
    plain = 2 * (np.sqrt(y) - np.sqrt(expected))
    squares, weight = float((_winsorised(plain) ** 2).sum()), 4 * expected
    spare = weight.sum() - (weight**2).sum() / weight.sum()
    tau2 = max(0.0, (squares - (y.size - 1)) / spare) if spare > 0 else 0.0
    spread = np.sqrt(1 / weight + tau2)
    z = (np.sqrt(y / expected) - 1) / spread
    limits = [np.maximum(0, 1 + ndtri(share) * spread) ** 2 for share in (0.025, 0.975, 0.001, 0.999)]
    # tau is of square roots; of rates it is twice that
    return float(2 * np.sqrt(tau2)), z, np.minimum(1.0, 2 * ndtr(-np.abs(z))), limits


def _winsorised(z: Floats) -> Floats:
    return np.clip(z, *np.quantile(z, [0.1, 0.9]))


def _usual(y: Floats, expected: Floats) -> float:
    """The tau squared at which winsorised z vary as they should; 0 where chance alone is more than enough."""

    def excess(tau2: float) -> float:
        return float((_winsorised(_mid_z(y, expected, tau2)) ** 2).mean() * y.size / max(y.size - 1, 1) - WINSORISED)

    if y.size < FEWEST or excess(0.0) <= 0:
        return 0.0
    low, high = 0.0, 0.01
    if y.size > MANY:  # of so many, a part of them says nearly where it lies
        part = np.linspace(0, y.size - 1, MANY // 5).astype(int)
        near = _usual(y[part], expected[part])
        low, high = near / 1.1, max(1.1 * near, 1e-6)
        low = low if excess(low) > 0 else 0.0
    while excess(high) > 0 and high < 1e6:
        low, high = high, 4 * high
    return float(scipy.optimize.brentq(excess, low, high, xtol=1e-12, rtol=1e-10)) if high < 1e6 else high


def _below(y: Floats, mean: Floats, tau2: float) -> Floats:
    """P(Y <= y), Poisson or negative binomial; 0 where y is below nought."""
    some = np.maximum(y, 0)
    tail = gammaincc(some + 1, mean) if tau2 < 1e-9 else betainc(1 / tau2, some + 1, 1 / (1 + tau2 * mean))
    return np.where(y < 0, 0.0, tail)


def _above(y: Floats, mean: Floats, tau2: float) -> Floats:
    """P(Y >= y)."""
    some = np.maximum(y, 1)
    tail = gammainc(some, mean) if tau2 < 1e-9 else betainc(some, 1 / tau2, tau2 * mean / (1 + tau2 * mean))
    return np.where(y < 1, 1.0, tail)


def _mid_z(y: Floats, mean: Floats, tau2: float) -> Floats:
    """The normal number with the same tail as y has, counting half of y itself; each side from its own tail."""
    z, under = np.empty(y.size), y <= mean
    at, of = y[under], mean[under]
    z[under] = ndtri(np.maximum((_below(at, of, tau2) + _below(at - 1, of, tau2)) / 2, 1e-300))
    at, of = y[~under], mean[~under]
    z[~under] = -ndtri(np.maximum((_above(at, of, tau2) + _above(at + 1, of, tau2)) / 2, 1e-300))
    return z


def _quantile(share: float, mean: Floats, tau2: float) -> Floats:
    """The smallest count with at least that share at or below it."""
    return quantile(share, mean, 1.0 + (tau2 if tau2 >= 1e-9 else 0.0) * mean)
