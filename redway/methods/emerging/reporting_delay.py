"""Late reports: how complete are the newest weeks, and how many events will they have in the end?

A table of events by week and by how many weeks later they were reported. In week t by now only delays up to a(t) can
have come in. The share that comes with a delay of just d, of those with a delay of d at most,

    g(d) = events with delay d / events with delay up to d, over the newest `history` weeks old enough to have both

gives the share in by delay a:   F(a) = product over d > a of (1 - g(d)),   and the forecast N = n / F.

(Lawless 1994, *Canadian J. Statistics* 22, 15-31; the same as the chain ladder of insurers.) The interval is of what
is still to come: F drawn anew from what history says of each g (a beta posterior, allowing for delays that vary more
from week to week than independent events), events to come from a negative binomial given n and F, both widened by the
measured over-dispersion. Events later than the longest delay in the table are not known of.

Of many series (`reporting_delays`) each learns from its own history, or, where `pooled` or where its own is too little,
from that of all together.

Assumes that reports come as they came. A holiday, a new system or a backlog breaks it: `steady` says whether the newest
half of history was as quick as the older half (p of a chi-square test that allows for over-dispersion).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from redway.methods import inputs
from redway.methods.false_discovery import FalseDiscovery, benjamini_hochberg
from redway.methods.inputs import Floats, Unfit
from redway.methods.wording import figure, several

VERSION = 1

DRAWS = 2000
AT_ONCE = 4_000_000  # numbers drawn at once
FEWEST = 20  # events in history, below which nothing is said of delays


@dataclass(frozen=True)
class Delays:
    """Arrays (weeks,), oldest first.

    reported       events known of now
    completeness   share that is in, of all that will come within the longest delay
    forecast, low, high   events in the end, with its interval; NaN where none of history was in so early
    share          (delays,) the share of events in by each delay
    error          standard error of completeness; NaN where nothing can be told
    dispersion     how many times more than by chance weeks differ in how their events come in
    steady         p-value: small where reports have become quicker or slower lately; NaN where it cannot be told
    """

    reported: Floats
    completeness: Floats
    forecast: Floats
    low: Floats
    high: Floats
    share: Floats
    error: Floats
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


@dataclass(frozen=True)
class ManyDelays:
    """Arrays (series, weeks) as of `Delays`, oldest first; those without weeks there are (series,), share by delay.

    pooled  bool (series,): whether delays are those of all series together
    """

    reported: Floats
    completeness: Floats
    forecast: Floats
    low: Floats
    high: Floats
    share: Floats
    error: Floats
    dispersion: Floats
    steady: Floats
    pooled: npt.NDArray[np.bool_]
    level: float
    events: Floats

    def one(self, series: int) -> Delays:
        """The result of one of them."""
        few = np.isnan(self.dispersion[series])
        return Delays(
            self.reported[series],
            self.completeness[series],
            self.forecast[series],
            self.low[series],
            self.high[series],
            self.share[series],
            self.error[series],
            float(self.dispersion[series]),
            float(self.steady[series]),
            self.level,
            _too_few(self.events[series]) if few else "",
        )

    def discoveries(self, q: float = 0.1) -> FalseDiscovery:
        """Series whose reports have become quicker or slower, of all that can be told. Unfit for a q that is none."""
        inputs.probability(q, "q")
        return benjamini_hochberg(self.steady[np.isfinite(self.steady)], q)

    @property
    def cannot_tell(self) -> str:
        """Why there is no verdict; empty where there is one."""
        return "" if np.isfinite(self.dispersion).any() else _too_few(float(self.events.max(initial=0)))

    @property
    def sentence(self) -> str:
        return self.said()

    def said(self, q: float = 0.1) -> str:
        """The sentence, at a false discovery rate of q. Raises Unfit for a q that is none."""
        if len(self.reported) == 1:
            return self.one(0).sentence
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}"
        seen, will = self.reported[:, -1], self.forecast[:, -1]
        told = np.isfinite(will)
        dark = int((~told).sum())
        left = f" Of {several(dark, 'series', 'series')} it cannot be told." if dark else ""
        changed = int(self.discoveries(q).listed.sum())
        looked = int(np.isfinite(self.steady).sum())
        pooled = f", {int(self.pooled.sum()):,} of them by the delays of all together" if self.pooled.any() else ""
        return (
            f"In {several(int(told.sum()), 'series', 'series')}{pooled}, the newest week has {seen[told].sum():,.0f} "
            f"events so far and will have about {will[told].sum():,.0f}, if reports come as they came; in {changed:,} "
            f"of {looked:,} they have come at another pace lately (false discovery held to {figure(100 * q)}%).{left}"
        )


def _too_few(events: float) -> str:
    return f"too little history: {events:.0f} events old enough to know all their delays, {FEWEST} are needed."


def triangle(happened: npt.ArrayLike, reported: npt.ArrayLike, *, now: int, longest: int) -> Floats:
    """Events by week and delay from two numbers of weeks for each event: (now + 1, longest + 1), NaN where to come.

    Weeks are numbered from 0 and week `now` is the newest; later reports and those with longer delays are left out.
    Raises Unfit for an event reported before it happened.
    """
    at, told = inputs.counts(happened, "happened"), inputs.counts(reported, "reported")
    inputs.same_length(happened=at, reported=told)
    delay = told - at
    if (delay < 0).any():
        raise Unfit(
            "reports no earlier than the events",
            came=f"{int((delay < 0).sum()):,} earlier ones",
            cause="columns that are the other way round, or a mistyped year.",
        )
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
        raise Unfit(
            "as many submissions as weeks",
            came=f"{said.shape}",
            cause="a submission that was left out, or a week of which none told.",
        )
    table = np.full((weeks, weeks), np.nan)
    for t in range(weeks):
        known = said[t:, t]
        if np.isnan(known).any():
            raise Unfit(
                f"a count of week {t + 1} in every submission from then on",
                came="none in some",
                cause="a submission that held only its newest weeks.",
            )
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
    return reporting_delays(n[None], rng, history=history, level=level).one(0)


def reporting_delays(
    tables: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    history: int = 26,
    level: float = 0.95,
    pooled: bool | None = False,
) -> ManyDelays:
    """Forecast weeks of many series from tables (series, weeks, delays), as `reporting_delay`.

    pooled  learn delays from all series together: True for each of them, None for those with too little of their own

    Raises Unfit as `reporting_delay` does.
    """
    n = inputs.at_least(tables, "table", 0, dimensions=3, missing=True)
    inputs.whole(history, "history", least=1)
    inputs.probability(level, "level")
    series, weeks, delays = n.shape
    if weeks < 1 or delays < 1 or (np.isnan(n) != np.isnan(_unknown(np.zeros((weeks, delays))))).any():
        raise Unfit(
            "a table with gaps only where reports are still to come",
            came=f"one of {weeks} x {delays}",
            cause="weeks without reports left empty: write their 0.",
        )
    sums = np.cumsum(np.where(np.isnan(n), 0.0, n), axis=2)
    reached = np.minimum(weeks - 1 - np.arange(weeks), delays - 1)
    new, so_far, phi, steady = _way(n, sums, history)
    enough = (so_far[:, -1] >= FEWEST) & (weeks > delays)
    of_all = np.full(series, bool(pooled)) if pooled is not None else ~enough
    if of_all.any():
        together = _way(n.sum(axis=0)[None], sums.sum(axis=0)[None], history)
        if together[1][0, -1] >= FEWEST and weeks > delays:
            for own, all_of_them in zip((new, so_far, phi, steady), together, strict=True):
                own[of_all] = all_of_them[0]
            enough = enough | of_all
    share = _share(np.divide(new, so_far, out=np.zeros_like(new), where=so_far > 0))
    seen = sums[:, np.arange(weeks), reached]
    arrays = [np.full((series, weeks), np.nan) for _ in range(5)]
    complete, forecast, low, high, error = arrays
    told = np.flatnonzero(enough)
    complete[told] = share[told][:, reached]
    some = complete > 0
    np.divide(seen, complete, out=forecast, where=some)
    for part in np.array_split(told, max(1, -(-told.size * DRAWS * delays // AT_ONCE))):
        ends, error[part] = _drawn(seen[part], reached, share[part], new[part], so_far[part], phi[part], rng, level)
        low[part] = np.where(some[part], seen[part] + ends[0], np.nan)
        high[part] = np.where(some[part], np.maximum(seen[part] + ends[1], np.ceil(forecast[part])), np.nan)
    phi, steady = (np.where(enough, one, np.nan) for one in (phi, steady))
    return ManyDelays(
        seen, complete, forecast, low, high, share, error, phi, steady, of_all & enough, level, so_far[:, -1]
    )


def _way(n: Floats, sums: Floats, history: int) -> tuple[Floats, Floats, Floats, Floats]:
    """How reports come: events by delay, and with it or less (series, delays); dispersion and steadiness (series,)."""
    new, so_far = _learned(n, sums, history)
    phi = _dispersion(n, sums, np.divide(new, so_far, out=np.zeros_like(new), where=so_far > 0), history)
    return new, so_far, phi, _steady(n, history, phi)


def _learned(n: Floats, sums: Floats, history: int) -> tuple[Floats, Floats]:
    """Events with each delay, and with that delay or less, over the weeks that know it: (series, delays)."""
    series, weeks, delays = n.shape
    new, so_far = np.zeros((series, delays)), np.zeros((series, delays))
    for d in range(delays):
        rows = slice(max(0, weeks - d - history), max(0, weeks - d))
        new[:, d], so_far[:, d] = n[:, rows, d].sum(axis=1), sums[:, rows, d].sum(axis=1)
    return new, so_far


def _share(hazard: Any) -> Floats:
    """F by delay: the product of 1 - g over all longer delays; the last axis is delays."""
    later = np.concatenate([1 - hazard[..., 1:], np.ones((*np.shape(hazard)[:-1], 1))], axis=-1)
    return np.asarray(np.cumprod(later[..., ::-1], axis=-1)[..., ::-1])


def _dispersion(n: Floats, sums: Floats, hazard: Floats, history: int) -> Floats:
    """Pearson's chi-square of each week's reports about the usual shares, over its degrees of freedom; at least 1."""
    series, weeks, delays = n.shape
    square, df = np.zeros(series), np.zeros(series)
    for d in range(1, delays):
        rows = slice(max(0, weeks - d - history), max(0, weeks - d))
        of, usual = sums[:, rows, d], hazard[:, d, None]
        variance = of * usual * (1 - usual)
        use = variance > 0.05
        square += np.divide((n[:, rows, d] - of * usual) ** 2, variance, out=np.zeros_like(of), where=use).sum(axis=1)
        df += np.maximum(0, use.sum(axis=1) - 1)
    return np.maximum(1.0, np.divide(square, df, out=np.ones(series), where=df > 0))


def _drawn(
    seen: Floats,
    reached: npt.NDArray[Any],
    share: Floats,
    new: Floats,
    so_far: Floats,
    phi: Floats,
    rng: np.random.Generator,
    level: float,
) -> tuple[Floats, Floats]:
    """Ends of the interval of each week's events to come (2, series, weeks), and the standard error of what is in."""
    ends, error = np.zeros((2, *seen.shape)), np.zeros(seen.shape)
    late = np.flatnonzero(reached < share.shape[1] - 1)
    if not late.size or not len(seen):
        return ends, error
    a, b = ((part + 0.5) / phi[:, None] for part in (new, so_far - new))
    inside = _share(rng.beta(a, b, size=(DRAWS, *new.shape)))[:, :, reached[late]]
    shares = np.clip(inside, 1e-6, 1.0)
    # of events in all, given those seen: negative binomial; phi times as spread
    mean = (seen[:, late] + 0.5) * (1 - shares) / shares
    spread = np.maximum(phi[:, None] / shares - 1, 1e-9)
    size = np.maximum(mean / spread, 1e-9)
    to_come = np.where(mean > 0, rng.negative_binomial(size, 1 / (1 + spread)), 0)
    found = np.quantile(to_come, [(1 - level) / 2, (1 + level) / 2], axis=0, method="inverted_cdf")
    ends[:, :, late] = np.where(share[:, reached[late]] >= 1, 0.0, found)
    error[:, late] = inside.std(axis=0)
    return ends, error


def _steady(n: Floats, history: int, phi: Floats) -> Floats:
    """p of no change in the shares of delays between the older and newer half of the weeks that know them all."""
    delays = n.shape[2]
    whole = n[:, : n.shape[1] - delays + 1][:, -history:]
    half = whole.shape[1] // 2
    both = np.stack([whole[:, :half].sum(axis=1), whole[:, half:].sum(axis=1)], axis=1)
    every = both.sum(axis=2, keepdims=True)
    kinds = (both.sum(axis=1) > 0).sum(axis=1)
    told = (half >= 2) & (kinds >= 2) & (every > 0).all(axis=(1, 2))
    total = np.maximum(every.sum(axis=1, keepdims=True), 1.0)
    expected = every * both.sum(axis=1, keepdims=True) / total
    parts = np.divide((both - expected) ** 2, expected, out=np.zeros_like(both), where=expected > 0)
    square = parts.sum(axis=(1, 2)) / phi
    return np.where(told, chdtrc(np.maximum(kinds - 1, 1), square), np.nan)
