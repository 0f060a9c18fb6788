"""Series that lean on the point before: how much they do, and steady ones of any law that lean as much.

Lag 1 is measured about the centre, with the bias of -1/points taken off; more than 2/sqrt(points) is more than chance
gives (`leaning`). A steady series that leans is a normal one, z(t) = r z(t-1) + sqrt(1 - r^2) e(t), each point taken to
the quantile of its law: y = Q(Phi(z)). A law's own lag is smaller than r, by its expansion in Hermite polynomials,

    lag(r) = sum a(j)^2 r^j / variance          a(j) = E Q(Phi(Z)) H(j, Z) / sqrt(j!),  j = 1, 2, ...

which is turned round, so that counts lean as those of the chart do.

Source: Cario and Nelson (1997), *Modeling and generating random vectors with arbitrary marginal distributions*,
Northwestern University; Kendall (1954), *Biometrika* 41, 403-404, for the bias.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, betainc, betaln, gammaln, ndtr, pdtr

from redway.methods import inputs
from redway.methods.inputs import Floats

MOST = 0.95
TERMS = 40
LARGE = 2_000.0  # counts above which their law is taken as normal

Booleans = npt.NDArray[np.bool_]


def lag_one(off: Floats, fewest: int) -> tuple[Floats, Booleans]:
    """Of what is left after the centre, (series, points), NaN where a point is not of the chart: lag, and if it leans.

    Only neighbours count as such. Series of fewer points than `fewest` have a lag of NaN and do not lean.
    """
    known = np.isfinite(off)
    points = known.sum(axis=1)
    off = np.where(known, off, 0.0)
    square = (off**2).sum(axis=1)
    enough = points >= max(2, fewest)
    lag = np.divide((off[:, 1:] * off[:, :-1]).sum(axis=1), square, out=np.zeros(len(off)), where=square > 0)
    lag = np.where(enough, lag + (square > 0) / np.maximum(points, 1), np.nan)
    return lag, enough & (lag > 2 / np.sqrt(np.maximum(points, 1)))


def scores(shape: tuple[int, int], lag: float, rng: np.random.Generator) -> Floats:
    """Normal series that lean so, (series, points). Raises Unfit for a lag beyond -0.99 to 0.99."""
    inputs.number(lag, "leaning", least=-0.99, most=0.99)
    z = rng.standard_normal(shape)
    if lag:
        fresh = np.sqrt(1 - lag**2)
        for t in range(1, shape[1]):
            z[:, t] = lag * z[:, t - 1] + fresh * z[:, t]
    return z


def latent(quantile: Callable[[Floats], Floats], lag: float) -> float:
    """The lag of normal series whose quantiles, by that law, lean by `lag`."""
    z = np.arange(-8.0, 8.0, 0.01) + 0.005
    density = np.exp(-z * z / 2) * 0.01 / np.sqrt(2 * np.pi)
    value = quantile(z)
    value = value - (density * value).sum()
    variance = float((density * value**2).sum())
    before, now, squares = np.ones_like(z), z.copy(), []
    for j in range(1, TERMS + 1):
        squares.append(float((density * value * now).sum()) ** 2)
        before, now = now, (z * now - np.sqrt(j) * before) / np.sqrt(j + 1)
    if not variance:
        return lag
    r = np.linspace(-0.99, 0.99, 199)
    own = (np.array(squares)[:, None] * r ** np.arange(1, TERMS + 1)[:, None]).sum(axis=0) / variance
    return float(np.interp(lag, own, r))


def quantile(family: str, mean: float, phi: float, size: float, z: Floats) -> Floats:
    """The value of a law at normal scores; mean and phi as of `Steady`, for a size (1 where there is none)."""
    m = mean * size
    if family == "exponential":
        return np.asarray(-m * np.log(ndtr(-z)))
    if family == "geometric":
        return np.asarray(np.floor(np.log(ndtr(-z)) / np.log(m / (1 + m)))) if m else np.zeros_like(z)
    variance = m * max(1.0, phi) * (1 - mean if family == "binomial" else 1.0)
    if m > LARGE:
        most = size if family == "binomial" else np.inf
        return np.asarray(np.clip(np.round(m + np.sqrt(variance) * z), 0, most))
    return np.asarray(np.searchsorted(_below(family, mean, phi, size, variance), ndtr(z)), dtype=np.float64)


def _below(family: str, mean: float, phi: float, size: float, variance: float) -> Floats:
    """The chance of at most 0, 1, 2 ... by a law of counts."""
    m = mean * size
    k = np.arange(np.ceil(m + 12 * np.sqrt(variance) + 20))
    if family == "binomial":
        n = round(size)
        k = k[k < n]
        if phi > 1 and n > phi:
            more = (n - phi) / (phi - 1)  # 1 / rho - 1
            a, b = mean * more, (1 - mean) * more
            ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
            return np.cumsum(np.exp(ways + betaln(k + a, n - k + b) - betaln(a, b)))
        return np.asarray(bdtr(k, n, mean))
    if family == "negbin" and phi > 1 and m:
        return np.asarray(betainc(m / (phi - 1), k + 1, 1 / phi))
    return np.asarray(pdtr(k, m))
