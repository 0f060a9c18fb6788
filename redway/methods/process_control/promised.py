"""What XmR charts of many series promise: the rate of false alarms of each, and rules that hold a stated one.

Each series' newest chart is set beside steady ones that are like it: as many points, limits from as many of them, the
same law (normal; for whole numbers Poisson, or negative binomial with the over-dispersion that its moving ranges show)
and as much leaning on the point before, where that is more than chance gives. Charts that are alike in length, to a
step in skewness and to a tenth in leaning are thrown together, by the most skewed and most leaning of them, so a rate
is seldom too small. The rates are those of `false_alarms`, the rules those of `calibrated`.

Assumes what those assume. A real change within a chart looks like leaning, and then makes its rules less strict; make
the limits from first points, or rebase. Source: as `false_alarms`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.inputs import Floats
from redway.methods.process_control.charts import TRIAL
from redway.methods.process_control.false_alarms import MOST_SPREAD, Steady, calibrated, false_alarms
from redway.methods.process_control.leaning import MOST, Booleans, lag_one
from redway.methods.process_control.limits import D2
from redway.methods.process_control.rules import Rules
from redway.methods.process_control.xmr_many import RunsXmR, xmr_runs
from redway.methods.wording import several

VERSION = 1

SKEWED = (0.1, 0.15, 0.22, 0.33, 0.5, 0.75, 1.1, 1.6, 2.4)  # steps
CALIBRATING, THROWN = 400_000, 100_000  # charts in all, shared out among groups; at least FEWEST, at most MANY of each
FEWEST, MANY, THROWN_MANY = 2_000, 20_000, 4_000


@dataclass(frozen=True)
class Promised:
    """Arrays (series,), NaN where there is no chart.

    somewhere, in_a_year  share of steady charts like it with a signal anywhere, and in the newest year
    lag, leans            autocorrelation of lag 1, and whether it is more than chance gives, and so allowed for
    rules                 of each series
    charts                simulated for each kind of chart
    """

    somewhere: Floats
    in_a_year: Floats
    lag: Floats
    leans: Booleans
    rules: tuple[Rules, ...]
    charts: int

    @property
    def cannot_tell(self) -> str:
        return "" if np.isfinite(self.in_a_year).any() else "no series has a chart"

    @property
    def by_chance(self) -> str:
        """The rate in a few words, to stand beside a verdict."""
        rate = self.somewhere[np.isfinite(self.somewhere)]
        like = "it" if rate.size == 1 else "these"
        return f"of steady charts like {like} {100 * rate.mean():.0f}% show a signal somewhere, by chance alone"

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell how often such charts cry wolf: {self.cannot_tell}."
        drawn = np.isfinite(self.in_a_year)
        one = drawn.sum() == 1
        rates = [f"{100 * float(rate[drawn].mean()):.0f}%" for rate in (self.somewhere, self.in_a_year)]
        like, each = ("this", "") if one else ("these", " of each kind")
        told = (
            f"Of steady charts like {like}, by these rules, {rates[0]} show a signal somewhere and {rates[1]} in the "
            f"newest year, by chance alone ({self.charts:,} simulated{each})"
        )
        if leaning := int(self.leans[drawn].sum()):
            whose = "points lean" if one else f"points of {several(leaning, 'series', 'series')} lean"
            told += f"; {whose} on the one before, which is allowed for"
        return f"{told}."


def promised(
    values: npt.ArrayLike,
    found: RunsXmR,
    rng: np.random.Generator,
    *,
    rules: Rules,
    rate: float | None = None,
    freeze: int | None = None,
    screen: bool = True,
    year: int = 12,
) -> Promised:
    """Rates of the charts of values (series, points) that `xmr_runs` drew by those rules.

    rate   in place of `rules`, rules for each chart that alarm in no more of the newest years of steady ones; None for
           the rules as given
    freeze, screen  as they were drawn;  year  how many points make one

    Raises Unfit for a rate beyond 0 to 1.
    """
    if rate is not None:
        inputs.probability(rate, "rate")
    x = np.asarray(values, dtype=float)
    series = np.arange(len(x))
    newest = found.newest
    drawn = found.drawn[series, newest]
    length, base = _newest_run(found, newest, freeze)
    off = np.where(base, x - found.centre[series, newest][:, None], np.nan)
    lag, leans = lag_one(np.where(drawn[:, None], off, np.nan), TRIAL)
    mean, phi = _law(x, found, newest, base, rules.width)
    groups = _alike(length, mean, phi, np.where(leans, np.minimum(lag, MOST), 0.0), drawn)
    somewhere, in_a_year = np.full(len(x), np.nan), np.full(len(x), np.nan)
    used = [rules] * len(x)
    many = max(1, len(groups))
    charts = int(np.clip(THROWN // many, FEWEST, THROWN_MANY))
    for members, steady in groups:
        steady = replace(steady, year=min(year, steady.points), freeze=freeze)
        use = rules
        if rate is not None:
            thrown = int(np.clip(CALIBRATING // many, FEWEST, MANY))
            use = calibrated(steady, rng, rate=rate, screen=screen, charts=thrown)
        measured = false_alarms(steady, use, rng, screen=screen, charts=charts)
        somewhere[members], in_a_year[members] = measured.somewhere, measured.in_a_year
        for at in members.tolist():
            used[at] = use
    return Promised(somewhere, in_a_year, lag, leans, tuple(used), charts)


def by_rules(values: npt.ArrayLike, rules: Sequence[Rules], **options: object) -> RunsXmR:
    """`xmr_runs` of series that have rules of their own, those with the same ones together; options as there."""
    x = np.asarray(values, dtype=float)
    different = list(dict.fromkeys(rules))
    which = np.array([different.index(one) for one in rules], dtype=int)
    parts = [xmr_runs(x[which == at], rules=use, **options) for at, use in enumerate(different)]  # type: ignore[arg-type]
    if len(parts) == 1:
        return parts[0]
    whole = {name: np.empty(x.shape, dtype=getattr(parts[0], name).dtype) for name in ARRAYS}
    for at, part in enumerate(parts):
        for name, array in whole.items():
            array[which == at] = getattr(part, name)
    return RunsXmR(**whole, runs=sum(part.runs for part in parts), rules=None)


ARRAYS = ("centre", "lower", "upper", "rule", "way", "drawn", "known", "begins")


def _newest_run(found: RunsXmR, newest: npt.NDArray[np.int64], freeze: int | None) -> tuple[Floats, Booleans]:
    """How many points each series' newest run has, and which of them made its limits, (series, points)."""
    points = found.known.shape[1]
    at = np.arange(points)
    begins = np.where(found.begins & (at <= newest[:, None]), at, 0).max(axis=1, initial=0)
    length = newest - begins + 1
    many = length if freeze is None else np.minimum(length, freeze)
    return length.astype(float), (at >= begins[:, None]) & (at < (begins + many)[:, None])


def _law(
    x: Floats, found: RunsXmR, newest: npt.NDArray[np.int64], base: Booleans, width: float
) -> tuple[Floats, Floats]:
    """Mean and over-dispersion of each series where it holds counts; NaN and 1 where it holds measurements."""
    series = np.arange(len(x))
    whole = np.where(base, (x >= 0) & (x == np.floor(x)), True).all(axis=1)
    mean, upper = (line[series, newest] for line in (found.centre, found.upper))
    spread = (upper - mean) * 3 / (2.66 * width * D2)
    counted = whole & (mean > 0)
    phi = np.divide(spread**2, mean, out=np.ones(len(x)), where=counted & np.isfinite(spread))
    counted &= phi <= MOST_SPREAD  # beyond it counts are so vast that the normal law is theirs
    return np.where(counted, mean, np.nan), np.maximum(phi, 1.0)


def _alike(
    length: Floats, mean: Floats, phi: Floats, lag: Floats, drawn: Booleans
) -> list[tuple[npt.NDArray[np.intp], Steady]]:
    """Series whose charts are alike, with the steady process of the most skewed and most leaning of them."""
    skew = np.where(np.isnan(mean), -1.0, (2 * phi - 1) / np.sqrt(np.maximum(phi * np.nan_to_num(mean), 1e-12)))
    keys = np.column_stack([length, np.where(skew < 0, -1, np.searchsorted(SKEWED, skew)), np.ceil(10 * lag)])
    rows = np.flatnonzero(drawn)
    found = []
    for key in np.unique(keys[rows], axis=0) if rows.size else []:
        members = rows[(keys[rows] == key).all(axis=1)]
        worst = members[int(np.argmax(skew[members]))]
        points, leaning = int(key[0]), float(lag[members].max())
        if np.isnan(mean[worst]):
            found.append((members, Steady(points, leaning=leaning)))
        else:
            found.append((members, Steady(points, "negbin", float(mean[worst]), float(phi[worst]), leaning)))
    return found
