"""Synthetic control: what a treated area would have been, from a mix of others that went as it did before.

    mix     w >= 0, sum(w) = 1, that brings sum(w_j y_jt) closest to the treated y_t before (least squares)
    effect  mean over the periods after of  y_t - sum(w_j y_jt)

(Abadie, Diamond and Hainmueller 2010, *J. Am. Stat. Assoc.* 105, 493-505, with every earlier outcome as a predictor;
as `pysyncon` and R's `Synth` then are.) How sure that is comes from placebos: each other area takes its turn as if
treated, mixed from the rest. With R = |mean gap after| / root mean square gap before,

    p = (1 + number of placebos with R at least the treated area's) / (1 + number of placebos)

never nought. The interval holds the constant effects that this test does not refuse (Firpo and Possebom 2018, *J.
Causal Inference* 6), so with J others no interval of a level above 1 - 1/(J+1) has an end.

Assumes that no other area was touched, and that the mix went on as the area would have. A mix that fits poorly before
says little of after; an area unlike all others has no mix.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

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


def synthetic_control(treated: npt.ArrayLike, others: npt.ArrayLike, start: int, *, conf_level: float = 0.9) -> Effect:
    """The effect on a treated area (periods,), given others (periods, areas), of what began in row `start` (from 0).

    Raises Unfit for numbers that are not finite, and lengths that differ.
    """
    y, donors = numbers(treated, "treated"), numbers(others, "others", dimensions=2)
    same_length(treated=y, others=donors)
    level, at, unit = probability(conf_level, "conf_level"), whole(start, "start", least=0), " a period"
    if at >= y.size:
        raise Unfit("a start with periods after it", came=f"a start in row {at} of {y.size}")
    if at < FEWEST_BEFORE:
        return untold(f"fewer than {FEWEST_BEFORE} periods before", MEASURES, unit, 3, level)
    if donors.shape[1] < FEWEST_OTHERS:
        return untold(f"fewer than {FEWEST_OTHERS} other areas", MEASURES, unit, 3, level)
    weights = mix(y[:at], donors[:at])
    without = donors @ weights
    effect, before = _gap(y - without, at)
    exact = 1e-9 * max(1.0, float(np.abs(y).max()))
    if before <= exact:
        return untold("the area is exactly a mix of others before, so R has no scale", MEASURES, unit, 3, level)
    placebos = np.array([_placebo(donors, j, at, exact) for j in range(donors.shape[1])])
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


def mix(y: Floats, donors: Floats) -> Floats:
    """The weights (areas,), none below nought and one in all, that bring donors (periods, areas) closest to y.

    By the active set of Lawson and Hanson (*Solving Least Squares Problems*, 1974), the sum held exactly.
    """
    n = donors.shape[1]
    quadratic, linear = donors.T @ donors, donors.T @ y
    small = 1e-11 * max(1.0, float(np.abs(quadratic).max()))
    best = int(np.argmin(np.diag(quadratic) - 2 * linear))
    weights = np.zeros(n)
    weights[best], used = 1.0, np.zeros(n, dtype=bool)
    used[best] = True
    for _ in range(20 * n):
        slope = quadratic @ weights - linear
        gain = np.where(used, np.inf, slope - slope[used].mean())
        enter = int(np.argmin(gain))
        if gain[enter] >= -small:
            break
        used[enter] = True
        weights = _inside(quadratic, linear, weights, used)
        if not used[enter] and weights[enter] == 0:
            break  # it cannot come in: donors that say the same
    return weights


def _inside(quadratic: Floats, linear: Floats, weights: Floats, used: npt.NDArray[np.bool_]) -> Floats:
    """The best weights on those used; any that would fall below nought are dropped from `used` on the way."""
    while True:
        at = np.flatnonzero(used)
        k = at.size
        system = np.ones((k + 1, k + 1))
        system[:k, :k], system[k, k] = quadratic[np.ix_(at, at)], 0
        wanted = np.linalg.lstsq(system, np.append(linear[at], 1.0), rcond=None)[0][:k]
        if (wanted > -1e-12).all() or k == 1:
            found = np.zeros_like(weights)
            found[at] = np.maximum(wanted, 0) / np.maximum(wanted, 0).sum()
            return found
        falling = wanted < weights[at]
        steps = np.where(falling & (wanted < 0), weights[at] / np.where(falling, weights[at] - wanted, 1), np.inf)
        step = min(1.0, float(steps.min()))
        weights = weights.copy()
        weights[at] += step * (wanted - weights[at])
        leaving = at[int(np.argmin(steps))]
        weights[leaving], used[leaving] = 0.0, False
        weights[at[weights[at] <= 1e-14]] = 0.0


def _gap(gap: Floats, at: int) -> tuple[float, float]:
    return float(gap[at:].mean()), float(np.sqrt((gap[:at] ** 2).mean()))


def _placebo(donors: Floats, j: int, at: int, exact: float) -> float:
    rest = np.delete(donors, j, axis=1)
    effect, before = _gap(donors[:, j] - rest @ mix(donors[:at, j], rest[:at]), at)
    return abs(effect) / before if before > exact else np.inf


def _reach(placebos: Floats, alpha: float) -> float:
    """How far from the effect, in root mean squares before, a constant effect may lie that is not refused."""
    rank = int(np.floor(alpha * (placebos.size + 1) + 1e-9))
    return float(np.sort(placebos)[::-1][rank - 1]) if rank >= 1 else np.inf


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
