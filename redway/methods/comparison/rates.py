"""Rates with their doubt, many at once: exact Poisson, Byar's approximation, and Fay and Feuer's for weighted sums.

A rate is x events over an exposure e. With a = 1 - level,

    exact      low = G(a/2; x)        high = G(1 - a/2; x + 1)        G: quantile of the gamma distribution
    Byar       low = x (1 - 1/9x - z/3 sqrt(x))^3     high = (x+1) (1 - 1/9(x+1) + z/3 sqrt(x+1))^3

(Garwood 1936, *Biometrika* 28, 437-442; Breslow and Day, *Statistical Methods in Cancer Research* II, 1987, p. 69.)
A weighted sum of counts, y = sum(w x), of variance v = sum(w^2 x) and largest weight m (Fay and Feuer 1997,
*Stat. Med.* 16, 791-801):

    low = G(a/2; y^2/v) v/y        high = G(1 - a/2; (y+m)^2/(v+m^2)) (v+m^2)/(y+m)

which is the exact interval where all weights are one. Assumes independent events: where they come in clusters, every
one of these is too narrow, and `phi` widens the first two (x/phi events, each worth phi).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv, ndtri

from redway.methods.inputs import LARGEST, at_least, chosen, number, probability, same_length
from redway.methods.wording import figure, interval, several, supposed

VERSION = 1

Floats = npt.NDArray[np.float64]
METHODS = ("exact", "byar")
RATE = 1e100  # no rate is as high


@dataclass(frozen=True)
class Rates:
    """Rates of many areas: float arrays (n,), NaN where there is nobody to count for, as `cannot_tell` says.

    names  of the areas, (n,); “row 1”, “row 2” ... where there are none
    """

    value: Floats
    low: Floats
    high: Floats
    per: float
    conf_level: float
    cannot_tell: str
    names: tuple[str, ...]
    phi: float = 1.0

    @property
    def sentence(self) -> str:
        known = np.flatnonzero(np.isfinite(self.value))
        if not known.size:
            return f"No rate can be told: {self.cannot_tell}."
        at = known[np.argmax(self.value[known])]
        doubt = f" ({self.cannot_tell})" if self.cannot_tell else ""
        many = (
            f"The highest of {several(known.size, 'rate')} is that of {self.names[at]}, "
            if known.size > 1
            else "The rate is "
        )
        return (
            f"{many}{figure(self.value[at])} for every {figure(self.per, 9)} "
            f"({interval(self.low[at], self.high[at], self.conf_level)}, {supposed(self.phi)}){doubt}."
        )


def poisson_interval(
    events: Floats, *, method: str = "exact", conf_level: float = 0.95, phi: float = 1.0
) -> tuple[Floats, Floats]:
    """Low and high (n,) of expected counts, given counts (n,) that need not be whole."""
    x, tail = np.asarray(events, dtype=float) / phi, (1 - conf_level) / 2
    if method == "exact":
        low = np.where(x > 0, gammaincinv(np.maximum(x, 1e-12), tail), 0.0)
        return low * phi, gammaincinv(x + 1, 1 - tail) * phi
    z, some = -ndtri(tail), np.maximum(x, 1e-12)
    low = np.where(x > 0, some * np.maximum(0, 1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3, 0.0)
    return low * phi, (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * np.sqrt(x + 1))) ** 3 * phi


def weighted_interval(
    total: Floats, variance: Floats, largest: Floats, *, conf_level: float = 0.95
) -> tuple[Floats, Floats]:
    """Fay and Feuer's limits of weighted sums of counts: sums y, variances sum(w^2 x), largest weights, all (n,)."""
    tail, some = (1 - conf_level) / 2, (total > 0) & (variance > 0)
    y, v = np.where(some, total, 1.0), np.where(some, variance, 1.0)
    low = np.where(some, gammaincinv(y**2 / v, tail) * v / y, 0.0)
    more, wider = total + largest, variance + largest**2
    room = more > 0
    shape = np.where(room, more, 1.0) ** 2 / np.where(room, wider, 1.0)
    high = np.where(room, gammaincinv(shape, 1 - tail) * wider / np.where(room, more, 1.0), 0.0)
    return low, high


def rates(
    events: npt.ArrayLike,
    exposure: npt.ArrayLike,
    names: npt.ArrayLike | None = None,
    *,
    multiplier: float = 1000,
    method: str = "byar",
    conf_level: float = 0.95,
    phi: float = 1.0,
) -> Rates:
    """Rates for so many units of exposure. Raises Unfit for events or exposures below nought.

    names       (n,) whose rates they are; a blank one is called by its row
    multiplier  the rate is for so many units of exposure
    phi         over-dispersion, at least 1: how many times more events vary than independent ones would
    """
    x, e = at_least(events, "events", 0), at_least(exposure, "exposure", 0)
    same_length(events=x, exposure=e)
    chosen(method, "method", METHODS)
    probability(conf_level, "conf_level")
    per, phi = number(multiplier, "multiplier", least=1e-12, most=LARGEST), number(phi, "phi", least=1, most=LARGEST)
    whose = called(x.size, names)
    low, high = poisson_interval(x, method=method, conf_level=conf_level, phi=phi)
    some = e > per * np.maximum(high, 1) / RATE  # less is nought, or so little that its rate is beyond all counting
    value, low, high = (np.where(some, per * part / np.where(some, e, 1), np.nan) for part in (x, low, high))
    missing = int((~some).sum())
    why = f"{several(missing, 'row')} with nobody to count for" if missing else ""
    return Rates(value, low, high, per, conf_level, why, whose, phi)


def called(n: int, names: npt.ArrayLike | None) -> tuple[str, ...]:
    """The names of n areas; by its row one that has none. Raises Unfit for more or fewer names than areas."""
    if names is None:
        return tuple(f"row {row:,}" for row in range(1, n + 1))
    given = [str(name).strip() for name in np.asarray(names).tolist()]
    same_length(events=np.empty(n), names=given)
    return tuple(name or f"row {row:,}" for row, name in enumerate(given, start=1))
