"""Weekdays, school holidays and other days of note: how many times as many events as on an ordinary day?

    log E(y) = level + trend + sines and cosines of the year + weekday + each kind of day

a quasi-Poisson regression of daily counts (or of weeks and months, with the share of days of each kind). Weekday
effects are against the average weekday (their logarithms add up to 0); those of holidays against days that are none.
Covariances allow for over-dispersion and for days that lean on those before (Newey and West, 7 lags at least), so
intervals do not pretend that days are independent; t quantiles.

`adjusted` gives the counts with the calendar taken out: y / (effects of that day). Assumes effects that multiply and
stay the same over the years. School holidays of different councils differ: give those of the area.

Sources: McCullagh and Nelder, *Generalized Linear Models*, 1989, section 6.2; Newey and West (1987), *Econometrica* 55,
703-708; Bell and Hillmer (1983), *J. Am. Stat. Association* 78, 526-534, on calendar effects.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import fdtrc, stdtr, stdtrit

from redway.methods import glm, inputs
from redway.methods.inputs import Floats, Unfit

VERSION = 1

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FEWEST = 56  # days: eight of each weekday
LAGS = 7


@dataclass(frozen=True)
class CalendarEffects:
    """names (effects,): weekdays, then kinds of days; ratio, low, high, pvalue of each.

    weekdays   p-value of no difference between weekdays; NaN where they were not looked at
    adjusted   counts (days,) with the calendar taken out
    """

    names: tuple[str, ...]
    ratio: Floats
    low: Floats
    high: Floats
    pvalue: Floats
    weekdays: float
    adjusted: Floats
    phi: float
    level: float
    cannot_tell: str

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        told = []
        week = self.names[:7] == WEEKDAYS
        if week:
            most = int(self.ratio[:7].argmax())
            busiest = f"{self.names[most]} is the busiest day, {self.ratio[most]:.2f} times the average one"
            told.append(busiest if self.weekdays < 1 - self.level else "Weekdays are not statistically different")
        for i in range(7 if week else 0, len(self.names)):
            span = f"{self.ratio[i]:.2f} times other days ({self.low[i]:.2f} to {self.high[i]:.2f})"
            sure = "" if self.pvalue[i] < 1 - self.level else ", not statistically different"
            told.append(f"{self.names[i]}: {span}{sure}")
        return f"{'; '.join(told)}, at {100 * self.level:g}%."


def calendar_effects(
    counts: npt.ArrayLike,
    dates: npt.ArrayLike,
    days: Mapping[str, npt.ArrayLike] | None = None,
    *,
    weekday: bool = True,
    harmonics: int = 2,
    trend: bool = True,
    level: float = 0.95,
) -> CalendarEffects:
    """Effects in daily counts (days,) at dates (days,), in order of time; a day not known is left out of both.

    days       by name, whether each date is such a day (days,), or what share of the period is
    weekday    with weekdays; for weeks and months say no

    Raises Unfit for dates out of order and terms that cannot be told apart.
    """
    y = inputs.counts(counts, "counts")
    when = np.asarray(dates, dtype="datetime64[D]")
    kinds = {name: inputs.at_least(np.asarray(flag, dtype=float), name, 0) for name, flag in (days or {}).items()}
    inputs.same_length(counts=y, dates=when, **kinds)
    if np.isnat(when).any() or (np.diff(when).astype(int) <= 0).any():
        raise Unfit(
            "dates in order, each once",
            came="some that are missing, twice there or out of order",
            cause="several areas in one table, or days without a row: write their 0.",
        )
    inputs.whole(harmonics, "harmonics", least=0, most=6)
    inputs.probability(level, "level")
    if why := _too_little(y, kinds, weekday):
        return _nothing(kinds, y, weekday, level, why)
    week, base = _columns(when, weekday, harmonics, trend)
    own = np.column_stack([week, *kinds.values()]) if kinds else week
    fitted = glm.fit(y, np.column_stack([own, base]))
    if not fitted.converged:
        return _nothing(kinds, y, weekday, level, "some kind of day has no event at all.")
    lags = max(LAGS, glm.usual_lags(y.size))
    covariance = glm.newey_west(fitted, lags)
    return _told(fitted, covariance, kinds, y, own, weekday, level)


def _too_little(y: Floats, kinds: Mapping[str, Floats], weekday: bool) -> str:
    if y.size < FEWEST:
        return f"{y.size} periods; {FEWEST} are needed."
    if y.sum() < FEWEST:
        return f"{y.sum():.0f} events; {FEWEST} are needed."
    if np.ptp(y) == 0:
        return f"every one of {y.size:,} periods has {y[0]:,.0f}: nothing varies, with the calendar or otherwise."
    alike = [name for name, flag in kinds.items() if np.ptp(flag) == 0]
    return f"every day or none is one of “{alike[0]}”." if alike else ""


def _columns(when: npt.NDArray[np.datetime64], weekday: bool, harmonics: int, trend: bool) -> tuple[Floats, Floats]:
    """Weekday contrasts (days, 6 or 0), and level, trend and season."""
    day = (when.astype(int) + 3) % 7  # 1 January 1970 was a Thursday; Monday is 0
    week = (day[:, None] == np.arange(6)).astype(float) - (day == 6)[:, None] if weekday else np.empty((day.size, 0))
    years = (when - when[0]).astype(int) / 365.2425
    turn = 2 * np.pi * years[:, None] * np.arange(1, harmonics + 1)
    level = [np.ones((day.size, 1))]
    if trend:
        level.append((years - years.mean())[:, None])
    if harmonics and years[-1] > 0.9:
        level += [np.sin(turn), np.cos(turn)]
    return week, np.hstack(level)


def _told(
    fitted: glm.Fit,
    covariance: Floats,
    kinds: Mapping[str, Floats],
    y: Floats,
    own: Floats,
    weekday: bool,
    level: float,
) -> CalendarEffects:
    number = own.shape[1]
    first = 6 if weekday else 0
    # Sunday is what makes the seven add up to nought
    turn = np.zeros((number + (1 if weekday else 0), number))
    if weekday:
        turn[:6, :6], turn[6, :6] = np.eye(6), -1.0
    turn[first + bool(weekday) :, first:] = np.eye(number - first)
    effect = turn @ fitted.coefficients[:number]
    error = np.sqrt(np.maximum(np.diag(turn @ covariance[:number, :number] @ turn.T), 1e-300))
    reach = stdtrit(fitted.df, (1 + level) / 2) * error
    p = 2 * stdtr(fitted.df, -np.abs(effect) / error)
    together = np.nan
    if weekday:
        of = fitted.coefficients[:6]
        together = float(fdtrc(6, fitted.df, float(of @ np.linalg.pinv(covariance[:6, :6]) @ of) / 6))
    names = (*(WEEKDAYS if weekday else ()), *kinds)
    adjusted = y / np.exp(own @ fitted.coefficients[:number])
    ends = np.exp(effect), np.exp(effect - reach), np.exp(effect + reach)
    return CalendarEffects(names, *ends, p, together, adjusted, fitted.phi, level, "")


def _nothing(kinds: Mapping[str, Floats], y: Floats, weekday: bool, level: float, why: str) -> CalendarEffects:
    names = (*(WEEKDAYS if weekday else ()), *kinds)
    none = np.full(len(names), np.nan)
    return CalendarEffects(names, none, none, none, none, np.nan, np.full(y.size, np.nan), np.nan, level, why)
