"""Synthetic control: what a treated area would have been, from a mix of others that went as it did before.

    mix     w >= 0, sum(w) = 1, that brings sum(w_j y_jt) closest to the treated y_t before (least squares)
    effect  mean over the periods after of  y_t - sum(w_j y_jt)

(Abadie, Diamond and Hainmueller 2010, *J. Am. Stat. Assoc.* 105, 493-505, with every earlier outcome as a predictor.)
With `predictors` the mix is alike in those instead, as in R's `Synth` and `pysyncon`: see `predictors`. How sure that
is comes from placebos: each other area takes its turn as if treated, mixed from the rest. With R = |mean gap after| /
root mean square gap before,

    p = (1 + number of placebos with R at least the treated area's) / (1 + number of placebos)

never nought. The interval holds the constant effects that this test does not refuse (Firpo and Possebom 2018, *J.
Causal Inference* 6), so with J others no interval of a level above 1 - 1/(J+1) has an end.

Assumes that no other area was touched, and that the mix went on as the area would have. A mix that fits poorly before
says little of after; an area unlike all others has no mix.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from redway.methods.evaluation.mixing import mix
from redway.methods.evaluation.predictors import alike
from redway.methods.evaluation.result import Assumption, Effect, untold
from redway.methods.inputs import Unfit, numbers, probability, same_length, whole
from redway.methods.wording import figure, several

VERSION = 1

Floats = npt.NDArray[np.float64]
MEASURES = "The mean difference from the mix of other areas since it began"
FEWEST_BEFORE, FEWEST_OTHERS = 5, 4


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True)
class Synthetic(Effect):
    """An effect, with its mix. weights (others,); without (periods,), the mix; placebos (others,), R of each."""

    weights: Floats = field(default_factory=_none)
    without: Floats = field(default_factory=_none)
    placebos: Floats = field(default_factory=_none)


def synthetic_control(
    treated: npt.ArrayLike,
    others: npt.ArrayLike,
    start: int,
    *,
    predictors: npt.ArrayLike | None = None,
    conf_level: float = 0.9,
) -> Effect:
    """The effect on a treated area (periods,), given others (periods, areas), of what began in row `start` (from 0).

    predictors  (k, 1 + areas), the treated area's first: what the mix is to be like it in, each weighed for how well
                the mix then follows the outcome before; every outcome before if not given

    Raises Unfit for numbers that are not finite, and lengths that differ.
    """
    y, donors = numbers(treated, "treated"), numbers(others, "others", dimensions=2)
    same_length(treated=y, others=donors)
    level, at, unit = probability(conf_level, "conf_level"), whole(start, "start", least=0), " a period"
    if at >= y.size:
        raise Unfit(
            "a start with periods after it",
            came=f"a start in row {at} of {y.size}",
            cause="a start counted from 1, or a column “after” without a yes.",
        )
    if at < FEWEST_BEFORE:
        return untold(f"fewer than {FEWEST_BEFORE} periods before", MEASURES, unit, 3, level)
    if donors.shape[1] < FEWEST_OTHERS:
        return untold(f"fewer than {FEWEST_OTHERS} other areas", MEASURES, unit, 3, level)
    table = np.column_stack([y, donors])
    like = None if predictors is None else numbers(predictors, "predictors", dimensions=2)
    if like is not None and like.shape[1] != table.shape[1]:
        raise Unfit(
            "predictors of the treated area and every other",
            came=f"{like.shape[1]} for {table.shape[1]}",
            cause="predictors of other areas than the series.",
        )
    weights = _weights(table, like, at)
    without = donors @ weights
    effect, before = _gap(y - without, at)
    exact = 1e-9 * max(1.0, float(np.abs(y).max()))
    if before <= exact:
        return untold("the area is exactly a mix of others before, so R has no scale", MEASURES, unit, 3, level)
    placebos = np.array([_placebo(table, like, j, at, exact) for j in range(1, table.shape[1])])
    ratio = abs(effect) / before
    p = (1 + int((placebos >= ratio * (1 - 1e-12)).sum())) / (1 + placebos.size)
    reach = _reach(placebos, 1 - level) * before
    figures = {"rmspe_before": before, "ratio": ratio, "total": effect * (y.size - at), "others": float(placebos.size)}
    return Synthetic(
        effect,
        effect - reach,
        effect + reach,
        p,
        MEASURES,
        unit,
        3,
        level,
        _assumed(y[:at], before, weights, placebos.size, level),
        figures,
        "",
        weights,
        without,
        placebos,
    )


def _gap(gap: Floats, at: int) -> tuple[float, float]:
    return float(gap[at:].mean()), float(np.sqrt((gap[:at] ** 2).mean()))


def _weights(table: Floats, predictors: Floats | None, at: int) -> Floats:
    """The mix of all columns but the first that is like the first before."""
    if predictors is None:
        return mix(table[:at, 0], table[:at, 1:])
    return alike(predictors, table[:at])


def _placebo(table: Floats, predictors: Floats | None, j: int, at: int, exact: float) -> float:
    """R of another area, column j, as if it were the treated one; the treated one is not in its mix."""
    order = [j, *(k for k in range(1, table.shape[1]) if k != j)]
    own = table[:, order]
    weights = _weights(own, None if predictors is None else predictors[:, order], at)
    effect, before = _gap(own[:, 0] - own[:, 1:] @ weights, at)
    return abs(effect) / before if before > exact else np.inf


def _reach(placebos: Floats, alpha: float) -> float:
    """How far from the effect, in root mean squares before, a constant effect may lie that is not refused."""
    rank = int(np.floor(alpha * (placebos.size + 1) + 1e-9))
    return float(np.sort(placebos)[::-1][min(rank, placebos.size) - 1]) if rank >= 1 else np.inf


def _assumed(y: Floats, before: float, weights: Floats, others: int, level: float) -> tuple[Assumption, ...]:
    spread = float(y.std())
    fits = before <= max(0.5 * spread, 0.1 * abs(float(y.mean())))
    enough = 1 - 1 / (others + 1) >= level - 1e-12
    return (
        Assumption(
            "the mix goes as the area did before",
            fits,
            "" if fits else f"the mix misses the area by {figure(before)} a period before, a poor likeness",
        ),
        Assumption(
            "the mix rests on several areas",
            bool(weights.max() < 0.95),
            "" if weights.max() < 0.95 else "the mix is one other area",
        ),
        Assumption(
            "there are areas enough for this level",
            enough,
            "" if enough else f"{several(others, 'other area')} are too few for limits at this level",
        ),
        Assumption("no other area was touched by what was done", None),
    )
