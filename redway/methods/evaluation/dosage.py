"""Dosage: does more of it do more? Places that got unlike amounts, each against itself.

Of place i's n_i events before and after, the share after is

    logit(share_i) = a + b log(1 + dose_i) (+ log of the ratio of exposures)

which is Poisson regression with an effect for every place, taken out by conditioning on n_i (Hausman, Hall and
Griliches 1984, *Econometrica* 52, 909-938). b is the change of the log count for each step of log dose: the effect
shown is that of a dose ten times as large (of 1 + dose), in percent. Errors allow for over-dispersion, phi no less
than 1, with t on places - 2 degrees of freedom.

Assumes that the change would have been alike everywhere without it. Where more was given to places that had more
before, falling back from a bad spell (regression to the mean) looks like an effect of dose, and the result warns of it.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import expit, stdtr, stdtrit, xlogy

from redway.methods.evaluation.result import Assumption, Effect, untold
from redway.methods.inputs import Unfit, above, at_least, counts, probability, same_length
from redway.methods.wording import chance, figure

VERSION = 1

Floats = npt.NDArray[np.float64]
MEASURES = "The change for ten times the dose"
FEWEST = 5


def log_dosage(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    dose: npt.ArrayLike,
    *,
    exposure: npt.ArrayLike = (1, 1),
    conf_level: float = 0.95,
) -> Effect:
    """The effect of dose, from counts and doses of places (n,).

    dose      hours, visits or the like, nought where there was none
    exposure  lengths of the two periods

    Raises Unfit for counts that are not, and doses below nought.
    """
    level = probability(conf_level, "conf_level")
    first, second, given = counts(before, "before"), counts(after, "after"), at_least(dose, "dose", 0)
    same_length(before=first, after=second, dose=given)
    times = above(exposure, "exposure", 0)
    if times.size != 2:
        raise Unfit(
            "two exposures, before and after",
            came=f"{times.size}",
            cause="a length for each place where one for each of both periods is meant.",
        )
    some = first + second > 0
    x = np.log1p(given[some])
    if x.size < FEWEST:
        return untold(f"fewer than {FEWEST} places with any event", MEASURES, "%", 3, level)
    if np.ptp(x) < 1e-12:
        return untold("every place got the same dose", MEASURES, "%", 3, level)
    if not first.any() or not second.any():
        return untold("no event before, or none after", MEASURES, "%", 3, level)
    a, b = first[some], second[some]
    offset = float(np.log(times[1] / times[0]))
    slope, bread, phi, converged = _logistic(b, a + b, np.column_stack([np.ones(x.size), x]), offset)
    if not converged:
        return untold("events before and after are in different places", MEASURES, "%", 3, level)
    df, phi = x.size - 2, max(1.0, phi)
    error = float(np.sqrt(phi * bread[1, 1]))
    step, reach = np.log(10), float(stdtrit(df, (1 + level) / 2)) * error
    value, low, high = (float(v) for v in 100 * np.expm1(step * (slope[1] + np.array([0, -reach, reach]))))
    p = float(2 * stdtr(df, -abs(slope[1]) / error))
    figures = {"slope": float(slope[1]), "se": error, "phi": phi, "intercept": float(slope[0])}
    return Effect(value, low, high, p, MEASURES, "%", 3, level, _assumed(a, b, x, offset, phi), figures)


def _logistic(y: Floats, n: Floats, design: Floats, offset: float) -> tuple[Floats, Floats, float, bool]:
    """Coefficients, inverse information, Pearson's phi, and whether there is a best fit, of binomial counts y of n."""
    b, deviance = np.zeros(design.shape[1]), np.inf
    for _ in range(50):
        p = expit(design @ b + offset)
        weight = n * p * (1 - p)
        bread = np.linalg.pinv(design.T @ (design * weight[:, None]))
        b = b + bread @ (design.T @ (y - n * p))
        p = expit(design @ b + offset)
        earlier, deviance = deviance, float(-2 * (xlogy(y, p) + xlogy(n - y, 1 - p)).sum())
        if abs(deviance - earlier) < 1e-12 * (abs(deviance) + 0.1):
            break
    weight = n * p * (1 - p)
    df = y.size - design.shape[1]
    phi = float(((y - n * p) ** 2 / np.maximum(weight, 1e-300)).sum() / df) if df else 1.0
    bread = np.asarray(np.linalg.pinv(design.T @ (design * weight[:, None])), dtype=np.float64)
    return b, bread, phi, bool(np.abs(b).max() < 20)


def _assumed(a: Floats, b: Floats, x: Floats, offset: float, phi: float) -> tuple[Assumption, ...]:
    r = float(np.corrcoef(np.log1p(a), x)[0, 1]) if np.ptp(a) else 0.0
    chosen = r > 2 / np.sqrt(x.size)
    straight, said = True, ""
    if np.unique(x).size > 3:
        slope, bread, _, converged = _logistic(
            b, a + b, np.column_stack([np.ones(x.size), x, (x - x.mean()) ** 2]), offset
        )
        error = float(np.sqrt(phi * bread[2, 2]))
        if converged and error > 0:
            p = float(2 * stdtr(max(x.size - 3, 1), -abs(slope[2]) / error))
            straight = p >= 0.05
            said = "" if straight else f"the effect does not go straight with the logarithm of dose ({chance(p)})"
    return (
        Assumption(
            "places were not given more because they had more before",
            not chosen,
            f"places that had more before got more (correlation {figure(r, 2)}), so part may be falling back "
            "from a bad spell"
            if chosen
            else "",
        ),
        Assumption("the effect goes straight with the logarithm of dose", straight, said),
    )
