"""Rates as they would be if everywhere had the same ages: direct and indirect standardisation.

Direct: with x_i events and n_i people of stratum i, and a standard population s_i, S = sum(s_i),

    rate = sum(w_i x_i)        w_i = s_i / (S n_i)        variance = sum(w_i^2 x_i)

    fay-feuer  the gamma interval of the weighted sum (Fay and Feuer 1997, *Stat. Med.* 16, 791-801), which keeps its
               promise for few events; as `epitools::ageadjust.direct`
    byar       rate + sqrt(variance / O) (L - O), with L Byar's limits of all events O (Dobson and others 1991, *Stat.
               Med.* 10, 457-462); as `PHEindicatormethods::calculate_dsr`; not told under ten events

Indirect: the ratio O / E of events to those expected at standard rates r_i, E = sum(r_i n_i), with Byar's or exact
Poisson limits of O over E; as `PHEindicatormethods::calculate_ISRatio`. Two indirect ratios are each set against the
standard, and not against each other.

Assumes independent events, and people counted without error. A stratum with nobody in it and no standard people is
left out; one with standard people and nobody here has no rate, and the direct rate cannot be told.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redway.methods.comparison.rates import poisson_interval, weighted_interval
from redway.methods.inputs import Unfit, at_least, chosen, number, probability, same_length
from redway.methods.wording import figure, interval

VERSION = 1

Floats = npt.NDArray[np.float64]
DIRECT = ("fay-feuer", "byar")
INDIRECT = ("byar", "exact")
FEWEST = 10  # events, under which Dobson's limits are not told


@dataclass(frozen=True)
class Standardised:
    """A standardised rate (direct) or ratio (indirect), its interval, and the crude rate beside it.

    expected  events at the standard's rates; NaN for direct
    per       what a rate is for; 1 for a ratio
    """

    value: float
    low: float
    high: float
    crude: float
    events: float
    expected: float
    per: float
    conf_level: float
    cannot_tell: str = ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"No standardised figure can be told: {self.cannot_tell}."
        limits = interval(self.low, self.high, self.conf_level) + ", if events are independent"
        if np.isnan(self.expected):
            return (
                f"With the standard's mix of people the rate would be {figure(self.value)} for every "
                f"{figure(self.per, 9)} ({limits}); as it is, it is {figure(self.crude)}."
            )
        told = "" if self.low > 1 or self.high < 1 else "; not statistically different from the standard"
        return (
            f"{figure(self.events)} events came where the standard's rates say {figure(self.expected)}: "
            f"{figure(self.value)} times as many ({limits}){told}."
        )


def direct(
    count: npt.ArrayLike,
    pop: npt.ArrayLike,
    stdpop: npt.ArrayLike,
    *,
    multiplier: float = 100_000,
    method: str = "fay-feuer",
    conf_level: float = 0.95,
) -> Standardised:
    """A directly standardised rate: events, people and standard people of each stratum, (k,) each.

    Raises Unfit for numbers below nought, events where there is nobody, and a standard without anybody.
    """
    x, n, s = (at_least(v, name, 0) for v, name in ((count, "count"), (pop, "pop"), (stdpop, "stdpop")))
    same_length(count=x, pop=n, stdpop=s)
    chosen(method, "method", DIRECT)
    level, per = probability(conf_level, "conf_level"), number(multiplier, "multiplier", least=1e-12)
    _people(x, n)
    if not s.sum():
        raise Unfit(
            "a standard population of somebody",
            came="nobody in any stratum",
            cause="a column of the standard that was not filled in.",
        )
    events = float(x.sum())
    if (empty := (n == 0) & (s > 0)).any():
        return _untold(
            events, per, level, f"nobody lives here in stratum {int(np.argmax(empty)) + 1}, so it has no rate"
        )
    weight = np.divide(s, n * s.sum(), out=np.zeros_like(s), where=n > 0)
    rate, variance = float(weight @ x), float(weight**2 @ x)
    crude = per * events / n.sum()
    if method == "fay-feuer":
        low, high = weighted_interval(
            np.array([rate]), np.array([variance]), np.array([weight.max()]), conf_level=level
        )
    elif events < FEWEST:
        return _untold(events, per, level, f"fewer than {FEWEST} events for this interval; ask for fay-feuer")
    else:
        ends = poisson_interval(np.array([events]), method="byar", conf_level=level)
        low, high = (rate + np.sqrt(variance / events) * (end - events) for end in ends)
    return Standardised(per * rate, per * float(low[0]), per * float(high[0]), crude, events, np.nan, per, level)


def indirect(
    count: npt.ArrayLike,
    pop: npt.ArrayLike,
    stdrate: npt.ArrayLike,
    *,
    method: str = "byar",
    conf_level: float = 0.95,
) -> Standardised:
    """Events over those expected: events and people of each stratum (k,), and the standard's rates per person.

    `count` may hold one number, all events, where they are not known by stratum. Raises Unfit as `direct` does.
    """
    x, n, r = (at_least(v, name, 0) for v, name in ((count, "count"), (pop, "pop"), (stdrate, "stdrate")))
    same_length(pop=n, stdrate=r)
    chosen(method, "method", INDIRECT)
    level = probability(conf_level, "conf_level")
    if x.size != 1:
        same_length(count=x, pop=n)
        _people(x, n)
    events, expected = float(x.sum()), float(r @ n)
    if not expected:
        return _untold(events, 1, level, "nothing is expected at the standard's rates")
    low, high = (end[0] / expected for end in poisson_interval(np.array([events]), method=method, conf_level=level))
    return Standardised(events / expected, low, high, events / n.sum(), events, expected, 1, level)


def _untold(events: float, per: float, level: float, why: str) -> Standardised:
    return Standardised(np.nan, np.nan, np.nan, np.nan, events, np.nan, per, level, why)


def _people(x: Floats, n: Floats) -> None:
    if (without := (x > 0) & (n == 0)).any():
        raise Unfit(
            "people in every stratum that has events",
            came=f"events in stratum {int(np.argmax(without)) + 1}, where nobody lives",
            cause="populations of another year, or another spelling of an age band.",
            count=int(without.sum()),
        )
