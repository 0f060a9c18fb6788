"""Structural model: what a series would have done, from other series that were not touched and a level that drifts.

    y_t = level_t + x_t b + e_t        level_t = level_{t-1} + u_t        e ~ N(0, s^2), u ~ N(0, q^2)

the model of CausalImpact (Brodersen and others 2015, *Ann. Appl. Stat.* 9, 247-274). On standardised series q^2 and
s^2 are inverse gamma; b is normal with the information of a hundredth of the data (Zellner's g-prior, half of it on
the diagonal). With `prior` measured, q is thought around `prior_level_sd` and s around what a straight line of the
others leaves over before, each with 1 degree of freedom, so that the series before decides. With causalimpact they are
as there: 32 degrees of freedom, and 50 around sqrt(0.2), which takes for granted that the others explain four fifths of
the series; where they explain less the interval is too narrow. Every series stays in (no spike): choose few. Not by
simulation: given q and s the Kalman filter has the rest in closed form, and q and s are summed over on a grid. So it
gives the same answer every time, and the interval has no Monte Carlo error.

The effect is the mean over the periods after of what was seen less what the model says, given the periods before; the
interval holds the noise of single periods and the drift too. p is the tail beyond no effect, both sides.

A season of its own has a level for each of its places (`nseasons`, as columns beside the others).

Assumes that the link with the other series stays as it was before, and that they were not touched. Counts should be
large. Without any other series it is before and after alone, of level 2. Where there are periods enough, the last third
before is held out and foretold from the rest, as if it had begun then: a miss is said.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy
from scipy.special import logsumexp, ndtr

from redway.methods.comparison.trend import lag_one
from redway.methods.evaluation.result import Assumption, Effect, untold
from redway.methods.inputs import Unfit, chosen, number, numbers, probability, same_length, whole
from redway.methods.wording import chance, figure

VERSION = 1

Floats = npt.NDArray[np.float64]
MEASURES = "The mean difference from what the other series lead one to expect"
ALONE = "The mean difference from what the series itself, as it was before, leads one to expect"
FEWEST = 10
GRID = 25
PRIORS = ("measured", "causalimpact")
LEVEL_DF = 1.0  # with more, a level that drifts further than thought is not believed


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True)
class Structural(Effect):
    """An effect, with what the model says of each period after: expected, low, high (periods after,)."""

    expected: Floats = field(default_factory=_none)
    expected_low: Floats = field(default_factory=_none)
    expected_high: Floats = field(default_factory=_none)


def structural(
    y: npt.ArrayLike,
    others: npt.ArrayLike,
    start: int,
    *,
    prior_level_sd: float = 0.01,
    prior: str = "measured",
    nseasons: int = 1,
    conf_level: float = 0.95,
) -> Effect:
    """The effect on a series (periods,) of what began in row `start` (from 0), given others (periods, series).

    prior_level_sd  how far the level is thought to drift from one period to the next, in standard deviations of y
    prior           measured, from the series before; or causalimpact, that package's own
    nseasons        periods until the season comes round, 12 for months: each place in it has a level of its own

    Raises Unfit for numbers that are not finite, and lengths that differ.
    """
    series, x = numbers(y, "y"), numbers(others, "others", dimensions=2)
    same_length(y=series, others=x)
    level, at = probability(conf_level, "conf_level"), whole(start, "start", least=0)
    drift = number(prior_level_sd, "prior_level_sd", least=1e-6, most=1)
    chosen(prior, "prior", PRIORS)
    places = np.arange(series.size)[:, None] % whole(nseasons, "nseasons", least=1, most=366)
    measures, maryland = (MEASURES, 3) if x.shape[1] else (ALONE, 2)
    others_alone, x = x, np.column_stack([x, places == np.arange(1, nseasons)])
    if at >= series.size:
        raise Unfit(
            "a start with periods after it",
            came=f"a start in row {at} of {series.size}",
            cause="a start counted from 1, or a column “after” without a yes.",
        )
    if at < FEWEST + x.shape[1]:
        return untold(f"fewer than {FEWEST + x.shape[1]} periods before", measures, " a period", maryland, level)
    middle, scale = float(series[:at].mean()), float(series[:at].std(ddof=1))
    if not scale or not (x[:at].std(axis=0) > 0).all():
        return untold("a series that does not vary before says nothing", measures, " a period", maryland, level)
    standard = (x - x[:at].mean(axis=0)) / x[:at].std(axis=0, ddof=1)
    nodes = _posterior((series[:at] - middle) / scale, standard[:at], drift, prior)
    seen = (float(series[at:].mean()) - middle) / scale
    value, low, high, p = (float(v) for v in np.multiply(_mean(nodes, standard[at:], seen, level), [scale] * 3 + [1]))
    expected = _each(nodes, standard[at:], level) * scale + middle
    before, alone = _without_season(series[:at], others_alone[:at], x[:at])
    n, looked_for = series.size - at, float(series[at:].mean()) - value
    figures = {
        "total": value * n,
        "total_low": low * n,
        "total_high": high * n,
        "expected": looked_for,
        "percent": 100 * value / looked_for if looked_for else np.nan,
        "r2_before": _explained(before, alone),
        "level_sd": float(nodes.weight @ nodes.level) * scale,
        "noise_sd": float(nodes.weight @ nodes.noise) * scale,
    }
    return Structural(
        value,
        low,
        high,
        p,
        measures,
        " a period",
        maryland,
        level,
        (_held_out(series[:at], x[:at], drift, prior), *_assumed(before, alone, prior)),
        figures,
        "",
        expected[0],
        expected[1],
        expected[2],
    )


@dataclass(frozen=True)
class _Nodes:
    """The grid: standard deviations (nodes,), their weight, and level and coefficients at the last period before."""

    level: Floats
    noise: Floats
    weight: Floats
    state: Floats
    spread: Floats


def _posterior(y: Floats, x: Floats, level_sd: float, prior: str) -> _Nodes:
    """Every node of the grid through the Kalman filter at once; the grid is laid twice, the second time closer."""
    (drift, drift_df), (rough, rough_df) = _beliefs(y, x, level_sd, prior)
    furthest = np.log(drift) + 2.5 if prior == "causalimpact" else max(np.log(drift) + 2.5, 0.0)
    spans = [(np.log(drift) - 1.5, furthest), (np.log(min(0.02, rough / 3)), np.log(1.2))]
    for last in (False, True):
        level, noise = (v.ravel() for v in np.meshgrid(*(np.exp(np.linspace(*span, GRID)) for span in spans)))
        density, state, spread = _filter(y, x, level, noise)
        density = density + _inverse_gamma(level, drift, drift_df) + _inverse_gamma(noise, rough, rough_df)
        weight = np.exp(density - logsumexp(density))
        if last:
            break
        spans = [_around(np.log(values), weight) for values in (level, noise)]
    return _Nodes(level, noise, weight, state, spread)


def _beliefs(y: Floats, x: Floats, level: float, prior: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """What is thought of level and noise before: standard deviation and degrees of freedom of each.

    CausalImpact's own take it for granted that the others explain four fifths of the series.
    """
    if prior == "causalimpact":
        return (level, 32.0), (float(np.sqrt(0.2)), 50.0)
    left = _left(y, x)
    noise = float(np.sqrt(left @ left / (y.size - 1 - x.shape[1])))
    return (level, LEVEL_DF), (max(noise, 1e-3), 1.0)


def _left(y: Floats, x: Floats) -> Floats:
    """What is left of a series (n,), or of several (n, m), after a straight line of others (n, k)."""
    design = np.column_stack([np.ones(len(y)), x])
    return np.asarray(y - design @ np.linalg.lstsq(design, y, rcond=None)[0], dtype=np.float64)


def _inverse_gamma(sd: Floats, guess: float, df: float) -> Floats:
    """Log density of log(sd) where 1/sd^2 is gamma with df/2 and df guess^2 / 2."""
    return np.asarray(-df * np.log(sd) - df * guess**2 / (2 * sd**2))


def _around(values: Floats, weight: Floats) -> tuple[float, float]:
    mean = float(weight @ values)
    sd = max(float(np.sqrt(weight @ (values - mean) ** 2)), 0.02)
    return mean - 5 * sd, mean + 5 * sd


def _filter(y: Floats, x: Floats, level: Floats, noise: Floats) -> tuple[Floats, Floats, Floats]:
    """Log likelihood (nodes,), and mean (nodes, k) and covariance (nodes, k, k) of level and coefficients at the
    end.
    """
    n, series = x.shape
    k, nodes = series + 1, level.size
    # a hundredth of one observation's information for each that there is, half of it along the diagonal
    squares = x.T @ x
    loose = np.linalg.inv(0.01 * (0.5 * squares + 0.5 * np.diag(np.diag(squares))))
    spread = np.zeros((nodes, k, k))
    spread[:, 0, 0] = 1.0
    spread[:, 1:, 1:] = loose[None] * noise[:, None, None] ** 2
    state = np.zeros((nodes, k))
    state[:, 0] = y[0]
    likelihood = np.zeros(nodes)
    for t in range(n):
        if t:
            spread[:, 0, 0] += level**2
        row = np.concatenate([[1.0], x[t]])
        gain = spread @ row
        variance = gain @ row + noise**2
        miss = y[t] - state @ row
        likelihood -= 0.5 * (np.log(2 * np.pi * variance) + miss**2 / variance)
        state = state + gain * (miss / variance)[:, None]
        spread = spread - gain[:, :, None] * gain[:, None, :] / variance[:, None, None]
    return likelihood, state, spread


def _average(nodes: _Nodes, x: Floats) -> tuple[Floats, Floats]:
    """Mean and variance (nodes,) of the average of the periods to come."""
    n = x.shape[0]
    row = np.concatenate([[1.0], x.mean(axis=0)])
    drift = nodes.level**2 * float((((n - np.arange(n)) / n) ** 2).sum())
    return nodes.state @ row, np.einsum("i,nij,j->n", row, nodes.spread, row) + drift + nodes.noise**2 / n


def _mean(nodes: _Nodes, x: Floats, seen: float, level: float) -> tuple[float, float, float, float]:
    """What was seen on average over the periods to come, less what is expected; its ends; and p."""
    means, variances = _average(nodes, x)
    told = [_quantile(q, nodes.weight, means, variances) for q in ((1 + level) / 2, (1 - level) / 2)]
    beyond = (seen - means) / np.sqrt(variances)
    below, above = (float(nodes.weight @ ndtr(side * beyond)) for side in (1, -1))
    return seen - float(nodes.weight @ means), seen - told[0], seen - told[1], min(1.0, 2 * min(below, above))


def _each(nodes: _Nodes, x: Floats, level: float) -> Floats:
    """Mean, low and high (3, periods) of each period to come."""
    found = np.empty((3, x.shape[0]))
    for t, others in enumerate(x):
        row = np.concatenate([[1.0], others])
        means = nodes.state @ row
        variances = np.einsum("i,nij,j->n", row, nodes.spread, row) + nodes.level**2 * (t + 1) + nodes.noise**2
        ends = [_quantile(q, nodes.weight, means, variances) for q in ((1 - level) / 2, (1 + level) / 2)]
        found[:, t] = [float(nodes.weight @ means), *ends]
    return found


def _quantile(share: float, weight: Floats, means: Floats, variances: Floats) -> float:
    """The quantile of a mixture of normal distributions."""
    sd = np.sqrt(variances)
    low, high = float((means - 12 * sd).min()), float((means + 12 * sd).max())
    return float(scipy.optimize.brentq(lambda v: float(weight @ ndtr((v - means) / sd)) - share, low, high, xtol=1e-12))


def _without_season(y: Floats, others: Floats, x: Floats) -> tuple[Floats, Floats]:
    """A series and others less the mean of each place in the season, whose columns come after the others' in x."""
    season = x[:, others.shape[1] :]
    return (_left(y, season), _left(others, season)) if season.shape[1] else (y, others)


def _explained(y: Floats, x: Floats) -> float:
    """The share of how the series varies before that the others explain, less what chance alone would (adjusted R2)."""
    df = y.size - 1 - x.shape[1]
    return float(1 - _left(y, x).var() / y.var() * (y.size - 1) / df)


def _held_out(y: Floats, x: Floats, drift: float, prior: str) -> Assumption:
    """The last third before, foretold from what went before it."""
    what = "the model foretells periods before that were held out"
    at = y.size - y.size // 3
    scale, spread = y[:at].std(ddof=1), x[:at].std(axis=0, ddof=1)
    if at < FEWEST + x.shape[1] or not scale or not (spread > 0).all():
        return Assumption(what, None)
    standard = (x - x[:at].mean(axis=0)) / spread
    seen = float(y[at:].mean() - y[:at].mean()) / scale
    nodes = _posterior((y[:at] - y[:at].mean()) / scale, standard[:at], drift, prior)
    p = _mean(nodes, standard[at:], seen, 0.95)[3]
    said = f"the model missed the last {y.size - at} periods before, when nothing had begun ({chance(p)})"
    return Assumption(what, p >= 0.05, said if p < 0.05 else "")


def _assumed(y: Floats, x: Floats, prior: str) -> tuple[Assumption, ...]:
    wanders = lag_one(_left(y, x)) > 2 / np.sqrt(y.size)
    drifts = Assumption(
        "the level drifts little",
        not wanders,
        "the level drifts, so the interval may be too narrow: raise prior_level_sd" if wanders else "",
    )
    if not x.shape[1]:
        return drifts, Assumption("nothing else began then, which no other series is there to show", None)
    explained = _explained(y, x)
    little = f"the other series explain under a third of this one before (R2 {figure(max(explained, 0), 2)})"
    narrow = ", far less than the prior takes for granted: the interval is too narrow"
    said = little + (narrow if prior == "causalimpact" else ", and say little of after")
    return (
        drifts,
        Assumption("the other series go with this one", explained >= 1 / 3, said if explained < 1 / 3 else ""),
        Assumption("the other series were not touched by what was done", None),
        Assumption("the link with the other series stayed as it was", None),
    )
