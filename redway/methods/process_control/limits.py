"""Centres and limits of control charts, many series at once.

With y the values of a phase, n the sizes they are out of, mR the moving ranges of what they are over (those over 3.2665
times their mean left out once), and k the width, 3 as a rule:

    xmr     mean(y) -/+ 2.66 k/3 mean(mR)          as NHS England draws it (screened at 3.267)
    i       mean(y) -/+ k mean(mR)/1.128
    mr      mean(mR), up to 3.267 times it
    c       m -/+ k sqrt(m)                                counts, the same exposure throughout
    u       m -/+ k sqrt(m/n)           m = sum(y)/sum(n)  counts over exposures that differ
    p       m -/+ k sqrt(m(1-m)/n)      m = sum(y)/sum(n)  so many of n
    up, pp  u and p with each width times mean(mR of z)/1.128, z = (y/n - m)/standard error (Laney's u' and p')
    g       median; mean + k sqrt(mean (mean + 1)), 0      occasions between events
    t       y^(1/3.6) as i, and back                       time between events
    run     median, no limits

`exact` draws the limits of c, u, p, g and t where chance itself puts them, instead of so many standard errors: a point
is outside where as many (or as few) has a chance under the normal tail of k, by Poisson (negative binomial with
`phi`), binomial, geometric or exponential. That is what small counts need: their normal limits are passed too often
above, and cannot be passed below.

Sources: Montgomery, *Introduction to Statistical Quality Control*, 2012; Provost and Murray, *The Health Care Data
Guide*, 2011; Laney (2002), *Quality Engineering* 14, 531-537; Nelson (1994), *J. Quality Technology* 26,
320-321; Wheeler and Chambers, *Understanding Statistical Process Control*, 1992. Agrees with qicharts2 0.8.1 and
NHSRplotthedots 0.2.2.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, ndtr, ndtri

from redway.methods.emerging.thresholds import quantile
from redway.methods.inputs import Floats

KINDS = ("xmr", "i", "mr", "c", "u", "p", "up", "pp", "g", "t", "run")
SIZED = ("u", "p", "up", "pp")
EXACT = ("c", "u", "p", "g", "t")
D2, SCREEN, SCREEN_NHS, D4 = 1.128, 3.2665, 3.267, 3.267
NELSON = 3.6


@dataclass(frozen=True)
class Limits:
    """Arrays (series, points): what is drawn, its centre, the limits, and two-thirds of the way to them."""

    drawn: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    near_lower: Floats
    near_upper: Floats


def limits(
    kind: str,
    y: Floats,
    n: Floats,
    base: int,
    *,
    width: float = 3.0,
    exact: bool = False,
    phi: float = 1.0,
    screen: bool = True,
) -> Limits:
    """One phase of each series: y (series, points) and n of that shape, limits from the first `base` points."""
    drawn = as_drawn(kind, y, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        if exact and kind in EXACT:
            made = _exact(kind, y, n, base, width, phi)
        else:
            made = _normal(kind, drawn, y, n, base, width, screen)
    return Limits(drawn, *(np.broadcast_to(one, y.shape) for one in made))


def as_drawn(kind: str, y: Floats, n: Floats) -> Floats:
    """What a chart of the kind shows of values (series, points) and their sizes."""
    if kind == "mr":
        return np.hstack([np.full((len(y), 1), np.nan), np.abs(np.diff(y, axis=1))])
    return y / n if kind in SIZED else y


def unlimited(kind: str, y: Floats, n: Floats) -> Limits:
    """A phase too short to make limits: what is drawn, and nothing to hold it against."""
    none = np.full(y.shape, np.nan)
    return Limits(as_drawn(kind, y, n), none, none, none, none, none)


def moving_range(x: Floats, screen: float) -> Floats:
    """Mean moving range of each series, (series, 1), large ones left out once; screen 0 keeps all."""
    ranges = np.abs(np.diff(x, axis=1))
    if not ranges.shape[1]:
        return np.full((len(x), 1), np.nan)
    mean = ranges.mean(axis=1, keepdims=True)
    if not screen:
        return np.asarray(mean)
    kept = (ranges < screen * mean) | (mean == 0)
    return np.asarray((ranges * kept).sum(axis=1, keepdims=True) / kept.sum(axis=1, keepdims=True))


def _normal(
    kind: str, drawn: Floats, y: Floats, n: Floats, base: int, width: float, screen: bool
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Centre, lower, upper and near limits by so many standard errors."""
    of = y[:, :base]
    mean = of.mean(axis=1, keepdims=True)
    if kind == "run":
        middle, none = np.median(of, axis=1, keepdims=True), np.full((1, 1), np.nan)
        return middle, none, none, none, none
    if kind == "mr":
        ranges = np.abs(np.diff(of, axis=1)).mean(axis=1, keepdims=True)
        reach = (D4 - 1) / 3 * width * ranges
        return ranges, np.zeros_like(ranges), ranges + reach, np.zeros_like(ranges), ranges + 2 / 3 * reach
    if kind == "xmr":
        reach = 2.66 / 3 * width * moving_range(of, SCREEN_NHS if screen else 0)
        return _about(mean, reach, -np.inf)
    if kind == "i":
        return _about(mean, width * moving_range(of, SCREEN if screen else 0) / D2, -np.inf)
    if kind == "t":
        root = of ** (1 / NELSON)
        reach = width * moving_range(root, SCREEN if screen else 0) / D2
        ends = _about(root.mean(axis=1, keepdims=True), reach, 0.0)
        centre, lower, upper, near_lower, near_upper = (end**NELSON for end in ends)
        return centre, lower, upper, near_lower, near_upper
    if kind == "g":
        error = np.sqrt(mean * (mean + 1))
        _, lower, upper, near_lower, near_upper = _about(mean, width * error, 0.0)
        return np.median(of, axis=1, keepdims=True), lower, upper, near_lower, near_upper
    if kind == "c":
        return _about(mean, width * np.sqrt(mean), 0.0)
    total = of.sum(axis=1, keepdims=True) / n[:, :base].sum(axis=1, keepdims=True)
    binomial = kind in ("p", "pp")
    error = np.sqrt(total * (1 - total) / n) if binomial else np.sqrt(total / n)
    if kind in ("up", "pp"):
        z = ((drawn - total) / error)[:, :base]
        error = error * moving_range(z, SCREEN if screen else 0) / D2
    return _about(total, width * error, 0.0, 1.0 if binomial else np.inf)


def _about(
    centre: Floats, reach: Floats, least: float, most: float = np.inf
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    ends = (centre - reach, centre + reach, centre - 2 / 3 * reach, centre + 2 / 3 * reach)
    lower, upper, near_lower, near_upper = (np.clip(end, least, most) for end in ends)
    return centre, lower, upper, near_lower, near_upper


def _exact(
    kind: str, y: Floats, n: Floats, base: int, width: float, phi: float
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Centre, lower, upper and near limits where chance puts them; a point on a limit is inside."""
    total = y[:, :base].sum(axis=1, keepdims=True) / n[:, :base].sum(axis=1, keepdims=True)
    tails = [ndtr(-width), ndtr(width), ndtr(-2 / 3 * width), ndtr(2 / 3 * width)]
    ends = [_quantile(kind, float(tail), total, np.broadcast_to(n, y.shape), phi) for tail in tails]
    middle = np.median(y[:, :base], axis=1, keepdims=True) if kind == "g" else total
    if kind == "t":
        middle = total * np.log(2.0)
    lower, upper, near_lower, near_upper = ends
    return middle, lower, upper, near_lower, near_upper


def _quantile(kind: str, tail: float, mean: Floats, n: Floats, phi: float) -> Floats:
    """The smallest value with at least that chance of no more, per unit of n."""
    if kind == "t":
        return np.asarray(-mean * np.log1p(-tail))
    if kind == "g":
        fail = mean / (1 + mean)
        return np.asarray(np.maximum(0.0, np.ceil(np.log1p(-tail) / np.log(fail) - 1 - 1e-12)))
    if kind == "p":
        return _of_each(n, np.broadcast_to(mean, n.shape), lambda sizes, shares: _binomial(tail, sizes, shares)) / n
    expected = np.maximum(mean * n, 1e-12)
    spread = max(1.0, phi)
    return _of_each(expected, None, lambda means, _: quantile(tail, means, np.full(means.shape, spread))) / n


def _of_each(first: Floats, second: Floats | None, found: Callable[[Floats, Floats], Floats]) -> Floats:
    """What is found of every pair of values, each different pair once: simulated charts have few."""
    one, i = np.unique(first, return_inverse=True)
    other, j = np.unique(second, return_inverse=True) if second is not None else (np.zeros(1), np.zeros_like(i))
    pairs, which = np.unique(i.ravel() * other.size + j.ravel(), return_inverse=True)
    return np.asarray(found(one[pairs // other.size], other[pairs % other.size]))[which.ravel()].reshape(first.shape)


def _binomial(tail: float, n: Floats, share: Floats) -> Floats:
    """The smallest count with at least that chance of no more: from near it, by steps of one."""
    inside = (share > 0) & (share < 1)
    p = np.where(inside, share, 0.5)

    def chance(k: Floats) -> Floats:
        return np.where(
            k < 0, 0.0, np.where(k >= n, 1.0, betainc(np.maximum(n - k, 1e-9), np.maximum(k, 0) + 1, 1 - p))
        )

    error = np.sqrt(n * p * (1 - p))
    k = np.clip(np.floor(n * p + ndtri(tail) * error), 0, np.floor(n))
    while (low := chance(k) < tail).any():
        k = k + low
    while (high := (k > 0) & (chance(k - 1) >= tail)).any():
        k = k - high
    return np.where(inside, k, np.where(share > 0, n, 0.0))
