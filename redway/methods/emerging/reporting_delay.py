"""Late reports: how complete are the newest weeks, and how many events will they have in the end?

A table of events by week and by how many weeks later they were reported. In week t by now only delays up to a(t) can
have come in. The share that comes with a delay of just d, of those with a delay of d at most,

    g(d) = events with delay d / events with delay up to d, over the newest `history` weeks old enough to have both

gives the share in by delay a:   F(a) = product over d > a of (1 - g(d)),   and the forecast N = n / F.

(Lawless 1994, *Canadian J. Statistics* 22, 15-31; the same as the chain ladder of insurers.) The interval is of what
is still to come: F drawn anew from what history says of each g (a beta posterior, allowing for delays that vary more
from week to week than independent events), events to come from a negative binomial given n and F, both widened by the
measured over-dispersion. Events later than the longest delay in the table are not known of.

Assumes that reports come as they came. A holiday, a new system or a backlog breaks it: `steady` says whether the newest
half of history was as quick as the older half (p of a chi-square test that allows for over-dispersion).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from redway.methods import inputs
from redway.methods.inputs import Floats, Unfit

VERSION = 1

DRAWS = 2000
FEWEST = 20  # events in history, below which nothing is said of delays


@dataclass(frozen=True)
class Delays:
    """Arrays (weeks,), oldest first.

    reported       events known of now
    completeness   share that is in, of all that will come within the longest delay
    forecast, low, high   events in the end, with its interval; NaN where none of history was in so early
    share          (delays,) the share of events in by each delay
    dispersion     how many times more than by chance weeks differ in how their events come in
    steady         p-value: small where reports have become quicker or slower lately; NaN where it cannot be told
    """

    reported: Floats
    completeness: Floats
    forecast: Floats
    low: Floats
    high: Floats
    share: Floats
    dispersion: float
    steady: float
    level: float
    cannot_tell: str

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        if np.isnan(self.forecast[-1]):
            return (
                f"The newest week has {self.reported[-1]:,.0f} events so far; what it will have cannot be told, since "
                f"in the weeks that say how reports come none came so early."
            )
        changed = " Reports have come at another pace lately, so this may mislead." if self.steady < 0.01 else ""
        return (
            f"The newest week has {self.reported[-1]:,.0f} events so far, about {100 * self.completeness[-1]:.0f}% of "
            f"what it will have: in the end {self.forecast[-1]:,.0f} ({100 * self.level:g}% interval "
            f"{self.low[-1]:,.0f} to {self.high[-1]:,.0f}), if reports come as they came.{changed}"
        )


def triangle(happened: npt.ArrayLike, reported: npt.ArrayLike, *, now: int, longest: int) -> Floats:
    """Events by week and delay from two numbers of weeks for each event: (now + 1, longest + 1), NaN where to come.

    Weeks are numbered from 0 and week `now` is the newest; later reports and those with longer delays are left out.
    Raises Unfit for an event reported before it happened.
    """
    at, told = inputs.counts(happened, "happened"), inputs.counts(reported, "reported")
    inputs.same_length(happened=at, reported=told)
    delay = told - at
    if (delay < 0).any():
        raise Unfit("reports no earlier than the events", came=f"{int((delay < 0).sum()):,} earlier ones")
    keep = (told <= now) & (delay <= longest)
    table = np.zeros((now + 1, longest + 1))
    np.add.at(table, (at[keep].astype(int), delay[keep].astype(int)), 1)
    return _unknown(table)


def from_submissions(cumulative: npt.ArrayLike) -> Floats:
    """The same from submissions, one a week: cumulative[s, t] is what submission s said of week t, NaN where nothing.

    Square, newest last; submission s knows weeks up to s. A count that went down is taken as no new events.
    """
    said = inputs.at_least(cumulative, "cumulative", 0, dimensions=2, missing=True)
    weeks = len(said)
    if said.shape != (weeks, weeks):
        raise Unfit("as many submissions as weeks", came=f"{said.shape}")
    table = np.full((weeks, weeks), np.nan)
    for t in range(weeks):
        known = said[t:, t]
        if np.isnan(known).any():
            raise Unfit(f"a count of week {t + 1} in every submission from then on", came="none in some")
        table[t, : weeks - t] = np.maximum(np.diff(np.maximum.accumulate(known), prepend=0.0), 0.0)
    return table


def _unknown(table: Floats) -> Floats:
    weeks, delays = table.shape
    ahead = np.arange(weeks)[:, None] + np.arange(delays) >= weeks
    return np.where(ahead, np.nan, table)


def reporting_delay(
    table: npt.ArrayLike, rng: np.random.Generator, *, history: int = 26, level: float = 0.95
) -> Delays:
    """Forecast weeks from a table (weeks, delays), NaN where reports are still to come, newest week last.

    history  how many weeks to learn delays from, the newest of those that are old enough for each delay

    Raises Unfit for negative counts and tables whose gaps are not the newest weeks'.
    """
    n = inputs.at_least(table, "table", 0, dimensions=2, missing=True)
    inputs.whole(history, "history", least=1)
    inputs.probability(level, "level")
    weeks, delays = n.shape
    if weeks < 1 or delays < 1 or (np.isnan(n) != np.isnan(_unknown(np.zeros(n.shape)))).any():
        raise Unfit("a table with gaps only where reports are still to come", came=f"one of {weeks} x {delays}")
    known = np.where(np.isnan(n), 0.0, n)
    reached = np.minimum(weeks - 1 - np.arange(weeks), delays - 1)
    sums = np.cumsum(known, axis=1)
    new, so_far = _learned(n, sums, history)
    short = weeks <= delays or so_far[-1] < FEWEST
    hazard = np.divide(new, so_far, out=np.zeros(delays), where=so_far > 0)
    share = _share(hazard)
    seen = sums[np.arange(weeks), reached]
    if short:
        nothing = np.full(weeks, np.nan)
        why = f"too little history: {so_far[-1]:.0f} events old enough to know all their delays, {FEWEST} are needed."
        return Delays(seen, nothing, nothing, nothing, nothing, share, np.nan, np.nan, level, why)
    phi = _dispersion(n, sums, hazard, history)
    low, high, forecast = _drawn(seen, reached, share, new, so_far, phi, rng, level)
    steady = _steady(n, delays, history, phi)
    return Delays(seen, share[reached], forecast, low, high, share, phi, steady, level, "")


def _learned(n: Floats, sums: Floats, history: int) -> tuple[Floats, Floats]:
    """Events with each delay, and with that delay or less, over the weeks that know it."""
    weeks, delays = n.shape
    new, so_far = np.zeros(delays), np.zeros(delays)
    for d in range(delays):
        rows = slice(max(0, weeks - d - history), max(0, weeks - d))
        new[d], so_far[d] = n[rows, d].sum(), sums[rows, d].sum()
    return new, so_far


def _share(hazard: Any) -> Floats:
    """F by delay: the product of 1 - g over all longer delays; the last axis is delays."""
    later = np.concatenate([1 - hazard[..., 1:], np.ones((*np.shape(hazard)[:-1], 1))], axis=-1)
    return np.asarray(np.cumprod(later[..., ::-1], axis=-1)[..., ::-1])


def _dispersion(n: Floats, sums: Floats, hazard: Floats, history: int) -> float:
    """Pearson's chi-square of each week's reports about the usual shares, over its degrees of freedom; at least 1."""
    weeks, delays = n.shape
    square, df = 0.0, 0
    for d in range(1, delays):
        rows = slice(max(0, weeks - d - history), max(0, weeks - d))
        of = sums[rows, d]
        variance = of * hazard[d] * (1 - hazard[d])
        use = variance > 0.05
        square += float((((n[rows, d] - of * hazard[d]) ** 2)[use] / variance[use]).sum())
        df += max(0, int(use.sum()) - 1)
    return max(1.0, square / df) if df else 1.0


def _drawn(
    seen: Floats,
    reached: npt.NDArray[Any],
    share: Floats,
    new: Floats,
    so_far: Floats,
    phi: float,
    rng: np.random.Generator,
    level: float,
) -> tuple[Floats, Floats, Floats]:
    """Ends of the interval of each week's events, and its forecast."""
    hazard = rng.beta((new + 0.5) / phi, (so_far - new + 0.5) / phi, size=(DRAWS, new.size))
    inside = _share(hazard)[:, reached]
    shares = np.clip(inside, 1e-6, 1.0)
    # of events in all, given those seen: negative binomial; phi times as spread
    mean = (seen + 0.5) * (1 - shares) / shares
    spread = np.maximum(phi / shares - 1, 1e-9)
    size = np.maximum(mean / spread, 1e-9)
    to_come = np.where(mean > 0, rng.negative_binomial(size, 1 / (1 + spread)), 0)
    all_in = share[reached] >= 1
    ends = np.quantile(to_come, [(1 - level) / 2, (1 + level) / 2], axis=0, method="inverted_cdf")
    ends = np.where(all_in, 0.0, ends)
    some = share[reached]
    forecast = np.divide(seen, some, out=np.full_like(seen, np.nan), where=some > 0)
    low = np.where(some > 0, seen + ends[0], np.nan)
    return low, np.maximum(seen + ends[1], np.ceil(forecast)), forecast


def _steady(n: Floats, delays: int, history: int, phi: float) -> float:
    """p of no change in the shares of delays between the older and newer half of the weeks that know them all."""
    whole = n[: len(n) - delays + 1][-history:]
    half = len(whole) // 2
    both = np.array([whole[:half].sum(axis=0), whole[half:].sum(axis=0)])
    both = both[:, both.sum(axis=0) > 0]
    if half < 2 or both.shape[1] < 2 or (both.sum(axis=1) == 0).any():
        return float("nan")
    expected = both.sum(axis=1, keepdims=True) * both.sum(axis=0) / both.sum()
    square = float(((both - expected) ** 2 / expected).sum()) / phi
    return float(chdtrc(both.shape[1] - 1, square))
