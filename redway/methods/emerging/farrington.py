"""Farrington's flexible method: is this week's count higher than the same weeks of past years lead one to expect?

A quasi-Poisson regression on reference weeks of the past b years (`reference_weeks`), with a trend where it earns
its place and a factor for season (`no_periods`). Past outbreaks are weighed down: with a the Anscombe residual

    a = 1.5 (y^(2/3) mu^(-1/6) - mu^(1/2)) / sqrt(phi (1 - h))        weight = gamma (1, or a^-2 where a > threshold)

and the fit is made again. The trend stays where b is at least 3, its p-value is under `p_threshold_trend`, and the
forecast is no more than the largest reference count. The upper bound U is

    delta      (mu^(2/3) + z sqrt(4/9 mu^(1/3) (phi + se^2/mu)))^(3/2), one-sided alpha
    nbPlugin   quantile 1 - alpha of a negative binomial of mean mu and variance phi mu
    muan       the same about the upper 1 - alpha limit of mu

A week is an alarm where its count is over U and at least `limit54[0]` events came in the newest `limit54[1]` weeks.

`variant="surveillance"` gives what R's package surveillance (1.26.0) computes: it takes the standard errors of the
reweighted fit from weights that leave out mu, so they are too small by about sqrt(mu); trends look surer than they
are and are kept too often, and the score of nbPlugin and muan is measured from log(mu). `corrected`, the default,
takes them from the fit. Where no reference week of now's season has an event, no regression can speak: y events
now and none in n such weeks have p = (1/(n + 1))^y exactly.

Assumes weeks that are complete (late reports make new weeks look low: see `late_weeks`), years that are alike but
for trend, and variance in proportion to the mean.

Sources: Farrington, Andrews, Beale and Catchpole (1996), *J. R. Stat. Soc. A* 159, 547-563; Noufaily and others
(2013), *Statistics in Medicine* 32, 1206-1222; Salmon, Schumacher and Hoehle (2016), *J. Stat. Software* 70(10).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

from redway.methods import inputs, threads
from redway.methods.emerging import loglinear
from redway.methods.emerging.far_tail import WEIGHED, far_tail
from redway.methods.emerging.loglinear import Booleans, LogLinear, Weeks
from redway.methods.emerging.reference_weeks import Days, References, references, weekly
from redway.methods.emerging.thresholds import POWERS, Judged, judged, no_past
from redway.methods.false_discovery import FalseDiscovery, benjamini_hochberg
from redway.methods.inputs import Floats, Integers, Unfit

VERSION = 1

THRESHOLDS = ("delta", "nbPlugin", "muan")
VARIANTS = ("corrected", "surveillance")
CELLS = 200_000  # numbers that are worked on at once: enough to outweigh what each step costs, few enough for caches


@dataclass(frozen=True)
class Settings:
    """As in R's control list: names with underscores for capitals."""

    frequency: int = 52
    b: int = 5
    w: int = 3
    reweight: bool = True
    weights_threshold: float = 2.58
    alpha: float = 0.05
    trend: bool = True
    p_threshold_trend: float = 0.05
    limit54: tuple[int, int] = (5, 4)
    powertrans: str = "2/3"
    no_periods: int = 1
    past_weeks_not_included: int | None = None
    threshold_method: str = "delta"
    variant: str = "corrected"

    def checked(self) -> "Settings":
        """Itself, or Unfit."""
        inputs.whole(self.frequency, "frequency", least=2)
        inputs.whole(self.b, "b", least=1)
        inputs.whole(self.w, "w", least=0, most=(self.frequency - 1) // 2)
        inputs.whole(self.no_periods, "no_periods", least=1)
        inputs.number(self.weights_threshold, "weights_threshold", least=0)
        inputs.probability(self.alpha, "alpha")
        inputs.number(self.p_threshold_trend, "p_threshold_trend", least=0, most=1)
        inputs.whole(self.limit54[0], "limit54, events", least=0)
        inputs.whole(self.limit54[1], "limit54, weeks", least=1)
        inputs.chosen(self.powertrans, "powertrans", tuple(POWERS))
        inputs.chosen(self.threshold_method, "threshold_method", THRESHOLDS)
        inputs.chosen(self.variant, "variant", VARIANTS)
        return self

    @property
    def newest_left_out(self) -> int:
        given = self.past_weeks_not_included
        return self.w if given is None else inputs.whole(given, "past_weeks_not_included", least=0)


@dataclass(frozen=True)
class Farrington:
    """Many series judged in some of their weeks; arrays (series, weeks), NaN where it cannot be told.

    weeks        int array: positions of the weeks judged
    observed, expected
    upperbound   NaN where too few events came lately for an alarm (limit54)
    pvalue       chance of as many events or more, by the same law as the bound
    tail         the same, right far out too: what a list of many is made by (`far_tail`); pvalue where over 0.05
    score        (observed - expected) / (upperbound - expected), over 1 in an alarm
    phi          over-dispersion, at least 1
    slope        of the logarithm, per week; NaN where no trend was kept
    alarm
    late         in words, how weeks that are not whole were taken; "" where all are taken as whole
    """

    weeks: Integers
    observed: Floats
    expected: Floats
    upperbound: Floats
    pvalue: Floats
    tail: Floats
    score: Floats
    phi: Floats
    slope: Floats
    alarm: Booleans
    settings: Settings
    late: str = ""

    @property
    def trend(self) -> Booleans:
        """Where a trend was kept."""
        return ~np.isnan(self.slope)

    @property
    def cannot_tell(self) -> str:
        return "" if np.isfinite(self.pvalue).any() else "no week has a count and a past to compare it with."

    def discoveries(self, q: float) -> FalseDiscovery:
        """What stands out among everything looked at, series by series and week by week, at a false discovery rate.

        A week with too few events lately counts as looked at and is never listed. Raises Unfit for a q that is none.
        """
        inputs.probability(q, "q")
        p = np.where(np.isnan(self.upperbound), 1.0, self.tail)
        return benjamini_hochberg(p[np.isfinite(self.pvalue)], q)

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell: {self.cannot_tell}" + (f" Of the weeks: {self.late}." if self.late else "")
        looked = int(np.isfinite(self.pvalue).sum())
        found = int(self.alarm.sum())
        late = f" ({self.late})" if self.late else ""
        many = f"{found:,} of {looked:,} counts looked at {'is' if found == 1 else 'are'} above"
        return (
            f"{many} the upper bound of what the same weeks of past years lead one to expect; about "
            f"{self.settings.alpha * looked:,.3g} would be by chance alone if nothing had changed{late}."
        )


def farrington_flexible(
    counts: npt.ArrayLike,
    weeks: Sequence[int] | Integers | None = None,
    *,
    population: npt.ArrayLike | None = None,
    starts: npt.ArrayLike | None = None,
    settings: Settings | None = None,
    doubt: npt.ArrayLike | None = None,
) -> Farrington:
    """Judge weeks of many series.

    counts      (series, weeks) or (weeks,), oldest first; NaN where nothing is known. Integers stay as they are, so
                a large table may be of small integers; it is looked at piece by piece
    weeks       positions to judge, from 0; the newest one if not given
    population  same shape as counts, above 0: rates are compared instead of counts
    doubt       its relative standard error, same shape; none if not given
    starts      the day on which each week begins, for years of 52 or 53 weeks; else a year is `frequency` weeks

    Raises Unfit for counts that are negative or infinite, and for weeks without enough past.
    """
    use = (settings or Settings()).checked()
    table = _table(counts)
    if weeks is None and not table.shape[1]:
        raise Unfit("counts of at least one week", came="none", cause="a filter that left nothing.")
    judge = np.asarray([table.shape[1] - 1] if weeks is None else weeks, dtype=int)
    if judge.ndim != 1 or ((judge < 0) | (judge >= table.shape[1])).any():
        raise Unfit(f"weeks between 0 and {table.shape[1] - 1}", came=str(judge.tolist()), cause="counting from 1.")
    people = None if population is None else _alike_in_shape(_table(population), table)
    unsure = None if doubt is None else _alike_in_shape(inputs.at_least(doubt, "doubt", 0, dimensions=2), table)
    days = None if starts is None else weekly(starts, table.shape[1])
    names = ("observed", "expected", "upperbound", "pvalue", "tail", "score", "phi", "slope")
    out: dict[str, Any] = {name: np.full((table.shape[0], judge.size), np.nan) for name in names}
    for like, columns in _alike(judge, use, days):
        pieces = _pieces(table.shape[0], like.back.size * columns.size)
        piece = partial(_piece, table, people, unsure, weeks=judge[columns], like=like, use=use)
        try:
            fitted = threads.each(piece, pieces)
        except Unfit:
            _counts(table)  # a fault of the table names its row there, not its row in a piece
            inputs.above(table[:0] if people is None else people, "population", 0, dimensions=2)
            raise
        for rows, found in zip(pieces, fitted, strict=True):
            for name, values in found.items():
                out[name][rows, columns] = values
    observed, bound = out["observed"], out["upperbound"]
    return Farrington(
        weeks=judge, alarm=(observed > bound) & (observed > 0), settings=use, **{name: out[name] for name in names}
    )


def _alike_in_shape(given: npt.NDArray[Any], table: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if given.shape != table.shape:
        raise Unfit(
            "a population, and a doubt, for every count",
            came=f"{given.shape} for {table.shape}",
            cause="one for each series where one for each week is meant, or tables the other way round.",
        )
    return given


def _table(counts: npt.ArrayLike) -> npt.NDArray[Any]:
    """Two dimensions, of whatever type it came in."""
    table = np.atleast_2d(np.asarray(counts))
    if table.ndim != 2 or table.dtype.kind not in "iufb":
        raise Unfit(
            "counts as numbers, one row for each series",
            came=f"{table.dtype} of shape {table.shape}",
            cause="a table of more than two ways, or words among the numbers.",
        )
    return table


def _alike(judge: Integers, use: Settings, days: Days | None) -> Iterator[tuple[References, Integers]]:
    """Stretches of weeks whose references lie equally far back: they are fitted together."""

    def of(week: int) -> References:
        left_out = use.newest_left_out
        return references(
            week,
            frequency=use.frequency,
            b=use.b,
            w=use.w,
            no_periods=use.no_periods,
            past_weeks_not_included=left_out,
            starts=days,
        )

    if days is None and judge.size:  # the same for all; the earliest has least past
        yield of(int(judge.min())), np.arange(judge.size)
        return
    for at, week in enumerate(judge):
        yield of(int(week)), np.array([at])


def _pieces(rows: int, cells: int) -> list[slice]:
    size = max(1, CELLS // max(1, cells))
    return [slice(start, min(rows, start + size)) for start in range(0, rows, size)]


def _piece(
    table: npt.NDArray[Any],
    people: npt.NDArray[Any] | None,
    unsure: Floats | None,
    rows: slice,
    weeks: Integers,
    like: References,
    use: Settings,
) -> dict[str, Floats]:
    """Some series in some weeks with one pattern of references; each pair is a column of the fit: (weeks, series)."""
    part = _counts(table[rows]).T
    order = np.argsort(like.season, kind="stable")
    oldest = like.back[order]
    back = weeks - oldest[:, None]
    y = part[back].reshape(oldest.size, -1).astype(np.float64, copy=False)
    known = ~np.isnan(y)
    weight = None
    if not known.all():
        weight, y = known.astype(float), np.where(known, y, 0.0)
    exposure = exposure_now = None
    doubt = 0.0 if unsure is None else (unsure[rows].T[weeks] ** 2).ravel()
    if people is not None:
        base = inputs.above(people[rows], "population", 0, dimensions=2).T
        exposure, exposure_now = base[back].reshape(y.shape), base[weeks].ravel()
    lately = weeks[:, None] - np.arange(use.limit54[1])
    recent = np.where((lately >= 0)[:, :, None], part[np.maximum(lately, 0)], 0.0)
    enough = (recent.sum(axis=1) >= use.limit54[0]).ravel()
    span = float(oldest.max())
    shared = Weeks(-oldest / span, like.season[order])
    now = part[weeks].ravel().astype(np.float64, copy=False)
    found = _judge(y, weight, exposure, exposure_now, doubt, now, enough, shared, span, use)
    return {name: values.reshape(weeks.size, -1).T for name, values in found.items()}


def _counts(part: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Some series looked at; what cannot be wrong is not."""
    return part if part.dtype.kind in "bu" else inputs.counts(part, "counts", dimensions=2, missing=True)


def _judge(
    y: Floats,
    known: Floats | None,
    exposure: Floats | None,
    exposure_now: Floats | None,
    doubt: Any,
    now: Floats,
    enough: Booleans,
    shared: Weeks,
    span: float,
    use: Settings,
) -> dict[str, Floats]:
    per = 1.0 if exposure_now is None else exposure_now
    largest = y.max(axis=0, initial=0.0)
    mean, variance, phi, freedom = (np.empty(now.size) for _ in range(4))
    slope = np.full(now.size, np.nan)
    keep = np.zeros(now.size, dtype=bool)
    if use.trend and use.b >= 3:
        fitted, spread, raw = _fits(y, known, exposure, shared, use, trend=True)
        mean, variance, phi = fitted.level * per, _times(raw, fitted.level_variance), spread
        keep = fitted.settled & (_p_of_slope(fitted, raw) < use.p_threshold_trend) & (mean <= largest)
        freedom[:] = fitted.freedom
        slope = np.where(keep, fitted.slope / span, np.nan)
    rest = np.flatnonzero(~keep)
    if rest.size:
        there = None if known is None else known.take(rest, axis=1)
        at_risk = None if exposure is None else exposure.take(rest, axis=1)
        fitted, spread, raw = _fits(y.take(rest, axis=1), there, at_risk, shared, use, trend=False)
        of = 1.0 if exposure_now is None else exposure_now[rest]
        mean[rest], variance[rest], phi[rest] = fitted.level * of, _times(raw, fitted.level_variance), spread
        freedom[rest] = fitted.freedom
    variance = variance + doubt
    found = judged(now, mean, variance, phi, use.threshold_method, use.powertrans, use.alpha)
    nothing = mean == 0
    if nothing.any():
        found = _without_past(found, now, nothing, known, exposure, per, shared, use)
    tail = far_tail(now, mean, variance, phi * (WEIGHED if use.reweight else 1.0), freedom, found.p)
    return _told(now, mean, phi, slope, enough, found, use) | {"tail": np.where(np.isnan(now), np.nan, tail)}


def _times(dispersion: Floats, variance: Floats) -> Floats:
    """A variance at a dispersion; infinite where it is at a dispersion of 1."""
    return np.multiply(dispersion, variance, out=np.full_like(variance, np.inf), where=np.isfinite(variance))


def _p_of_slope(fitted: LogLinear, raw: Floats) -> Floats:
    """Chance of a trend as steep as this if there were none: Student's t; NaN where it cannot be told."""
    error = np.sqrt(_times(raw, fitted.slope_variance))
    # where nothing varies about the fit, any slope at all is certain
    certain = np.where(np.abs(fitted.slope) > 1e-9, np.inf, 0.0)
    t = np.divide(np.abs(fitted.slope), error, out=certain, where=error > 0)
    return np.asarray(2 * stdtr(np.maximum(fitted.freedom, 1), -t))


def _fits(
    y: Floats, known: Floats | None, exposure: Floats | None, shared: Weeks, use: Settings, *, trend: bool
) -> tuple[LogLinear, Floats, Floats]:
    """The fit, reweighted where asked; phi (at least 1); and the dispersion that its standard errors take."""
    fitted = loglinear.fit(y, known, exposure, shared, trend=trend)
    raw = loglinear.dispersion(fitted, y, known)
    if not use.reweight:
        return fitted, np.maximum(raw, 1.0), raw
    weight = loglinear.weights(y, known, fitted, shared, np.maximum(raw, 1.0), use.weights_threshold)
    fitted = loglinear.fit(y, weight, exposure, shared, trend=trend, before=fitted)
    raw = loglinear.dispersion(fitted, y, weight)
    phi = np.maximum(raw, 1.0)
    if use.variant == "surveillance":
        off = np.divide(y - fitted.mean, fitted.mean, out=np.full_like(y, -1.0), where=fitted.mean > 0)
        squares = (weight * off**2).sum(axis=0)
        raw = np.divide(squares, fitted.freedom, out=np.full_like(squares, np.nan), where=fitted.freedom > 0)
    return fitted, phi, raw


def _without_past(
    found: Judged,
    now: Floats,
    nothing: Booleans,
    known: Floats | None,
    exposure: Floats | None,
    per: Any,
    shared: Weeks,
    use: Settings,
) -> Judged:
    """Where no reference week of now's season has an event."""
    of_now = shared.parts[-1]
    at_risk = np.full(now.shape, float(of_now.stop - of_now.start))
    if known is not None or exposure is not None:
        at_risk = np.prod([part[of_now] for part in (known, exposure) if part is not None], axis=0).sum(axis=0)
    share = np.divide(per, at_risk + per, out=np.full_like(at_risk, np.nan), where=at_risk > 0)
    bound, p = no_past(now, share, use.alpha)
    return Judged(np.where(nothing, bound, found.upper), np.where(nothing, p, found.p))


def _told(
    now: Floats, mean: Floats, phi: Floats, slope: Floats, enough: Booleans, found: Judged, use: Settings
) -> dict[str, Floats]:
    p = np.where(np.isnan(now) | np.isnan(found.upper), np.nan, found.p)
    upper = np.where(enough & ~np.isnan(p), found.upper, np.nan)
    expected = np.where(np.isnan(found.upper), np.nan, mean)
    middle = expected
    if use.variant == "surveillance" and use.threshold_method != "delta":
        middle = np.log(np.maximum(expected, 1e-300))
    apart = found.upper - middle
    score = np.divide(now - middle, apart, out=np.full_like(apart, np.nan), where=apart > 0)
    return {
        "observed": now,
        "expected": expected,
        "upperbound": upper,
        "pvalue": p,
        "score": score,
        "phi": np.where(np.isnan(expected), np.nan, phi),
        "slope": slope,
    }
