"""Power before the event, of designs that look at whole series: what would be seen, given these areas' own past.

The past is taken apart into what is expected and what is left, and futures are drawn that go on as it did: blocks of
neighbouring periods, all areas together, so that what months and areas share stays in (Kuensch 1989, *Annals of
Statistics* 17, 1217-1241; the moving blocks of a circle, Politis and Romano 1992). Of each, past and future anew,

    difference-in-differences   area effect x period effect; Pearson residuals in blocks of periods
    interrupted-time-series     trend and season carried on; Pearson residuals in blocks
    synthetic-control           whole periods in blocks, areas as they were

residuals widened by sqrt(n / (n - k)) for what the fit took. Where it was done, the time after is multiplied by 1 +
effect, and the very method is run that would be run after: power is the share with p < alpha. Without an effect the
same share says whether p can be believed there. The smallest change that is seen as often as asked is read off the
intervals without an effect, moved by it: that takes intervals to be as wide whatever the effect.

Assumes that the past is like the future, and long enough to show how periods vary (at least `FEWEST`). Source: Bloom
1995, *Eval. Rev.* 19, 547-556, for the minimum detectable effect; simulated as Arnold, Hogan, Colford and Hubbard
2011, *BMC Med. Res. Methodol.* 11, 94.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.evaluation import interrupted_time_series as its
from redway.methods.evaluation.many_differences import PanelEffects, many_differences
from redway.methods.evaluation.result import Effect
from redway.methods.evaluation.synthetic_control import synthetic_control
from redway.methods.glm import fit
from redway.methods.inputs import Floats, Integers, Unfit
from redway.methods.wording import figure

VERSION = 1

KINDS = ("difference-in-differences", "interrupted-time-series", "synthetic-control")
FEWEST = 12  # periods of the past
UNTOLD = 0.5  # a share of futures of which nothing can be told, above which there is no power to tell

Drawn = Callable[[float, np.random.Generator], Floats]
Judge = Callable[[Floats, bool], PanelEffects]


@dataclass(frozen=True)
class DesignPower:
    """What could be seen. Effects in percent.

    power         of seeing `effect`, of all futures
    fall, rise    the smallest of each that is seen with the power asked; NaN where none is
    false_alarms  how often no change at all looks like one
    untold        share of futures in which the method cannot tell; not seen, in all of these
    error         standard error of `power` from having drawn so many futures and no more
    """

    effect: float
    power: float
    fall: float
    rise: float
    false_alarms: float
    untold: float
    asked: float
    kind: str
    alpha: float
    nsim: int
    before: int
    after: int
    cannot_tell: str = ""

    @property
    def error(self) -> float:
        return float(np.sqrt(max(self.power * (1 - self.power), 0) / self.nsim))

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"No power can be told: {self.cannot_tell}."
        smallest = (
            f"only falls of {figure(-self.fall, 2)}% or more would be seen {figure(100 * self.asked)} times in 100"
        )
        if np.isnan(self.fall):
            smallest = f"no fall, however large, would be seen {figure(100 * self.asked)} times in 100"
        return (
            f"By {self.kind}, {self.before:,} periods before and {self.after:,} after, a true change of "
            f"{figure(self.effect)}% would be seen {figure(100 * self.power, 2)} times in 100; {smallest}; where "
            f"nothing changed, something would be seen {figure(100 * self.false_alarms, 2)} times in 100 "
            f"({self.nsim:,} futures drawn from the past, if it is like them)."
        )


def power_from_history(
    history: npt.ArrayLike,
    treated: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    kind: str = KINDS[0],
    after: int = 12,
    effect: float = -20.0,
    alpha: float = 0.05,
    asked: float = 0.8,
    period: int = 12,
    block: int | None = None,
    nsim: int = 200,
) -> DesignPower:
    """Power and minimum detectable effect of a design, from counts of the past (periods, units), oldest first.

    treated  bool (units,): where it is to be done; one unit for synthetic-control and interrupted-time-series
    after    how many periods will follow
    effect   the true change, in percent
    period   length of the season, for interrupted-time-series
    block    periods drawn together; 1.5 times the cube root of the past's length if not given
    nsim     futures drawn, twice: with the effect, and without

    Raises Unfit for counts below nought or missing, and for units that the kind cannot take.
    """
    y = inputs.at_least(history, "history", 0, dimensions=2)
    given = np.asarray(treated, dtype=bool)
    inputs.same_length(units=y.T, treated=given)
    inputs.chosen(kind, "kind", KINDS)
    later = inputs.whole(after, "after", least=1, most=10_000)
    change = inputs.number(effect, "effect", least=-100, most=1e4)
    chance, wanted = inputs.probability(alpha, "alpha"), inputs.probability(asked, "asked")
    if wanted <= chance:
        raise Unfit(
            f"asked: above {chance:g}, which is how often no change at all looks like one",
            came=f"{wanted:g}",
            cause="percent in place of shares, or alpha in place of the power.",
        )
    draws = inputs.whole(nsim, "nsim", least=10, most=20_000)
    length = inputs.whole(block or max(1, round(1.5 * len(y) ** (1 / 3))), "block", least=1)
    sides(given, kind)
    told = partial(DesignPower, change, kind=kind, asked=wanted, alpha=chance, nsim=draws, before=len(y), after=later)
    nothing = partial(told, power=np.nan, fall=np.nan, rise=np.nan, false_alarms=np.nan)
    if len(y) < FEWEST:
        return nothing(untold=np.nan, cannot_tell=f"the past has fewer than {FEWEST} periods")
    if not y.any(axis=0).all():
        return nothing(untold=np.nan, cannot_tell="an area has no event in all its past")
    drawn, judge = _design(y, given, kind, later, chance, inputs.whole(period, "period", least=1), length)
    quiet, changed = (np.stack([drawn(of, rng) for _ in range(draws)]) for of in (0.0, change / 100))
    found = judge(quiet, True)
    untold = float(np.isnan(found.p).mean())
    if untold > UNTOLD:
        return nothing(untold=untold, cannot_tell="in most futures like the past the method cannot tell")
    share = kind == "synthetic-control"
    ends = (found.high, -1), (-found.low, 1)
    fall, rise = (_percent(_smallest(reach, wanted) * way, share) for reach, way in ends)
    return told(
        power=float(np.mean(judge(changed, False).p < chance)),
        fall=fall,
        rise=rise,
        false_alarms=float(np.mean(found.p < chance)),
        untold=untold,
    )


def sides(treated: npt.NDArray[np.bool_], kind: str) -> None:
    """Raise Unfit where the units are not what the kind takes."""
    one, other = int(treated.sum()), int((~treated).sum())
    if kind == "interrupted-time-series" and (one, other) != (1, 0):
        raise Unfit(
            "one series, treated",
            came=f"{one} treated and {other} others",
            cause="a panel of several units: name the one that is to be treated.",
        )
    if kind == "synthetic-control" and one != 1:
        raise Unfit(
            "one treated unit",
            came=f"{one}",
            cause="several treated units, which --add_up adds up to one, or a column without a yes.",
        )
    if kind == "difference-in-differences" and not (one and other):
        raise Unfit(
            "treated units and others",
            came=f"{one} treated and {other} others",
            cause="a column “treated” that is yes, or no, throughout.",
        )


def _design(
    y: Floats, treated: npt.NDArray[np.bool_], kind: str, after: int, alpha: float, period: int, block: int
) -> tuple[Drawn, Judge]:
    """What draws a past and future with an effect, (periods, units), and what will judge it."""
    before, units = y.shape
    level = 1 - alpha
    if kind == "interrupted-time-series":
        mean, left = _line(y[:, 0], after, period)
        drawn = partial(_drawn, mean[:, None], left[:, None], treated, before, block)
        return drawn, _each(
            lambda z: its.interrupted_time_series(z[:, 0], before, period=period, conf_level=level), None
        )
    if kind == "synthetic-control":
        of_mean = float(y[:, treated].mean())
        return partial(_again, y, treated, before + after, block), _each(
            lambda z: synthetic_control(z[:, treated][:, 0], z[:, ~treated], before, conf_level=level), of_mean
        )
    mean = np.outer(y.sum(axis=1), y.sum(axis=0)) / y.sum()
    left = (y - mean) / np.sqrt(np.maximum(mean, 1e-9)) * np.sqrt(y.size / max(1, (before - 1) * (units - 1)))
    drawn = partial(_drawn, mean, left, treated, before, block, after=after)
    return drawn, lambda z, ends: many_differences(z, treated, before, conf_level=level, ends=ends)


def _each(judge: Callable[[Floats], Effect], of: float | None) -> Judge:
    """A method that judges one future at a time; effects as shares of a mean, or, of percents, their logarithms."""

    def all_of(futures: Floats, ends: bool) -> PanelEffects:
        found = [judge(one) for one in futures]
        table = np.array([(one.value, one.low, one.high, one.p) for one in found]).T
        with np.errstate(divide="ignore", invalid="ignore"):
            shown = np.log1p(table[:3] / 100) if of is None else table[:3] / of
        return PanelEffects(shown[0], shown[1], shown[2], table[3])

    return all_of


def _line(y: Floats, after: int, period: int) -> tuple[Floats, Floats]:
    """Expected counts of past and future by trend and season, and the Pearson residuals of the past, widened."""
    n = y.size
    t = np.arange(1, n + after + 1, dtype=float)
    turns = 2 * np.pi * np.arange(1, min(2, (period - 1) // 2) + 1) * t[:, None] / period
    design = np.column_stack([np.ones_like(t), t / n, np.sin(turns), np.cos(turns)])
    found = fit(y, design[:n])
    mean = np.exp(np.clip(design @ found.coefficients, -50, 34))
    left = (y - found.fitted) / np.sqrt(np.maximum(found.fitted, 1e-9))
    return mean, left * np.sqrt(n / max(1, n - design.shape[1]))


def _blocks(past: int, periods: int, block: int, rng: np.random.Generator) -> Integers:
    """Positions in the past of so many periods, neighbours in blocks, the end joined to the beginning."""
    starts = rng.integers(0, past, -(-periods // block))
    return np.asarray((starts[:, None] + np.arange(block)).ravel()[:periods] % past)


def _drawn(
    mean: Floats,
    left: Floats,
    treated: npt.NDArray[np.bool_],
    before: int,
    block: int,
    effect: float,
    rng: np.random.Generator,
    after: int = 0,
) -> Floats:
    """Counts about what is expected. Where `after` is given, the periods to come are expected to be like drawn ones."""
    at = _blocks(len(left), len(mean) + after, block, rng)
    expected = np.vstack([mean, mean[at[before:]]]) if after else mean.copy()
    expected[before:, treated] *= 1 + effect
    return np.asarray(np.maximum(np.round(expected + np.sqrt(expected) * left[at]), 0.0))


def _again(
    y: Floats, treated: npt.NDArray[np.bool_], periods: int, block: int, effect: float, rng: np.random.Generator
) -> Floats:
    """Whole periods of the past again."""
    drawn = y[_blocks(len(y), periods, block, rng)].copy()
    drawn[len(y) :, treated] *= 1 + effect
    return drawn


def _smallest(reach: Floats, asked: float) -> float:
    """The smallest change that takes as many intervals as asked past no change; NaN if none does."""
    needed = np.sort(np.where(np.isnan(reach), np.inf, reach))[max(0, int(np.ceil(asked * reach.size)) - 1)]
    return max(0.0, float(needed)) if np.isfinite(needed) else np.nan


def _percent(change: float, share: bool) -> float:
    """A change of the mean or of its logarithm, in percent; NaN for a fall of more than there is."""
    told = 100 * change if share else 100 * float(np.expm1(change))
    return told if told > -100 else np.nan
