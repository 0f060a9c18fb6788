"""Interrupted time series: did a series jump, or turn, when something began?

    log E(y_t) = a + b t + c after_t + d since_t + season_t + log(exposure_t)

after is 0 before and 1 from the start on; since counts periods from the start (1 in the first). The effect is the
average over the periods after, exp(c + d mean(since)) - 1, in percent (Wagner and others 2002, *J. Clin. Pharm. Ther.*
27, 299-309; Bernal and others 2017, *Int. J. Epidemiol.* 46, 348-355).

    family  quasipoisson (glm), negbin (MASS::glm.nb), or lognormal: the straight line on logarithms (lm)
    errors  newey-west: robust to periods that depend on those before, and no term surer than by the model's own
            errors, or by those times (1+r)/(1-r), r the correlation with the period before (Newey and West's alone
            are too small in short series); model: the model's own; ar1: the line with errors that follow the one
            before (nlme::gls, corAR1, REML), lognormal only
    season  harmonic: sines and cosines, `harmonics` of them; factor: a level for every period of the season; none

Assumes that what went before would have gone on, and that nothing else began at that time. That is the weakest part:
without a comparison series it is evidence of level 2 only. With `comparison`, a series that was not treated, the model
is of both, and the effect is the difference (level 3).
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from redway.methods.comparison.trend import lag_one, leans, long_run
from redway.methods.evaluation.autoregression import ar1, ordinary
from redway.methods.evaluation.result import Assumption, Effect, untold
from redway.methods.glm import fit, usual_lags
from redway.methods.inputs import Unfit, above, chosen, probability, same_length, whole
from redway.methods.inputs import counts as whole_numbers
from redway.methods.wording import figure

VERSION = 1

Floats = npt.NDArray[np.float64]
FAMILIES = ("quasipoisson", "negbin", "lognormal")
ERRORS = ("newey-west", "model", "ar1")
SEASONS = ("harmonic", "factor", "none")
STRONG = 0.3  # correlation with the period before, above which newey-west too is too sure
FEWEST = 8  # periods on each side, under which a level and a slope are guesswork


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True)
class Interrupted(Effect):
    """An effect, with the regression it comes from.

    terms, estimates, errors  of the regression, on logarithms
    fitted, without           what the model says of each period, and would without what began (n,)
    """

    terms: tuple[str, ...] = ()
    estimates: Floats = field(default_factory=_none)
    errors: Floats = field(default_factory=_none)
    fitted: Floats = field(default_factory=_none)
    without: Floats = field(default_factory=_none)


def interrupted_time_series(
    counts: npt.ArrayLike,
    start: int,
    exposure: npt.ArrayLike | None = None,
    comparison: npt.ArrayLike | None = None,
    *,
    family: str = "quasipoisson",
    errors: str = "newey-west",
    period: int = 12,
    season: str = "harmonic",
    harmonics: int = 2,
    first: int = 1,
    lags: int | None = None,
    conf_level: float = 0.95,
) -> Effect:
    """The effect on a series (n,) in order of time, without gaps, of what began in its row `start` (from 0).

    first  the place in the season of the first row: 1 for January, where period is 12

    Raises Unfit for counts that are not, and settings that do not go together.
    """
    y = whole_numbers(counts, "counts")
    e = np.ones(y.size) if exposure is None else above(exposure, "exposure", 0)
    same_length(counts=y, exposure=e)
    for value, what, among in ((family, "family", FAMILIES), (errors, "errors", ERRORS), (season, "season", SEASONS)):
        chosen(value, what, among)
    if errors == "ar1" and (family != "lognormal" or comparison is not None):
        raise Unfit(
            "errors ar1 with family lognormal and one series",
            came=f"family {family}",
            cause="ar1 is for the straight line on logarithms; newey-west allows for dependence in the others.",
        )
    level, at = probability(conf_level, "conf_level"), whole(start, "start", least=0)
    maryland = 2 if comparison is None else 3
    if why := _too_little(y, at, family):
        return untold(why, MEASURES, "%", maryland, level)
    terms, design = _design(y.size, at, whole(period, "period", least=1), season, whole(harmonics, "harmonics"), first)
    if comparison is not None:
        other = whole_numbers(comparison, "comparison")
        same_length(counts=y, comparison=other)
        return _compared(y, other, e, terms, design, at, family, level, lags)
    return _single(y, e, terms, design, at, family, errors, level, lags)


MEASURES = "The average change since it began, against what went before,"


def _too_little(y: Floats, start: int, family: str) -> str:
    if min(start, y.size - start) < FEWEST:
        return f"fewer than {FEWEST} periods before or after"
    if not y[:start].any() or not y[start:].any():
        return "no event before, or none after"
    if family == "lognormal" and not y.all():
        return "a count of nought has no logarithm; ask for quasipoisson or negbin"
    return ""


def _design(n: int, start: int, period: int, season: str, harmonics: int, first: int) -> tuple[tuple[str, ...], Floats]:
    t = np.arange(1, n + 1)
    since = np.maximum(0, t - start)
    columns = {"(Intercept)": np.ones(n), "t": t, "after": t > start, "since": since}
    place = (t + first - 2) % period + 1
    if season == "harmonic" and period > 1:
        for k in range(1, min(harmonics, (period - 1) // 2) + 1):
            columns[f"sin({2 * k}*pi*place/{period})"] = np.sin(2 * k * np.pi * place / period)
            columns[f"cos({2 * k}*pi*place/{period})"] = np.cos(2 * k * np.pi * place / period)
    if season == "factor":
        columns |= {f"place {p}": place == p for p in range(2, period + 1)}
    return tuple(columns), np.column_stack([c.astype(float) for c in columns.values()])


def _single(
    y: Floats,
    e: Floats,
    terms: tuple[str, ...],
    design: Floats,
    start: int,
    family: str,
    errors: str,
    level: float,
    lags: int | None,
) -> Effect:
    found = _regression(y, e, design, family, errors, lags, None)
    if found is None:
        return untold(_no_line(y), MEASURES, "%", 2, level)
    estimates, covariance, fitted, left, df, figures = found
    if figures.get("sigma", figures.get("phi", 1.0) if errors == "model" else 1.0) < 1e-12:
        return untold("the series does not vary around its line", MEASURES, "%", 2, level)
    contrast = np.zeros(design.shape[1])
    contrast[2], contrast[3] = 1, design[start:, 3].mean()
    without = fitted / np.exp(design[:, 2:4] @ estimates[2:4])
    figures |= {
        "level": float(estimates[2]),
        "slope": float(estimates[3]),
        "prevented": float((without - y)[start:].sum()),
    }
    told = _contrast(contrast, estimates, covariance, df, level)
    assumed = (*_checked(left, errors), Assumption("nothing else began at the same time", None))
    return Interrupted(
        *told,
        MEASURES,
        "%",
        2,
        level,
        assumed,
        figures,
        "",
        terms,
        estimates,
        np.sqrt(np.diag(covariance)),
        fitted,
        without,
    )


def _compared(
    y: Floats,
    other: Floats,
    e: Floats,
    terms: tuple[str, ...],
    design: Floats,
    start: int,
    family: str,
    level: float,
    lags: int | None,
) -> Effect:
    """Both series in one regression, every term of its own: errors of the same period go together."""
    if why := _too_little(other, start, family):
        return untold(f"{why} in the comparison", MEASURES, "%", 3, level)
    n, k = design.shape
    twice = np.block([[design, design], [design, np.zeros((n, k))]])
    found = _regression(np.concatenate([y, other]), np.tile(e, 2), twice, family, "newey-west", lags, n)
    if found is None:
        return untold(_no_line(np.concatenate([y, other])), MEASURES, "%", 3, level)
    estimates, covariance, fitted, left, df, figures = found
    contrast = np.zeros(2 * k)
    contrast[k + 2], contrast[k + 3] = 1, design[start:, 3].mean()
    without = fitted[:n] / np.exp(design[:, 2:4] @ estimates[k + 2 : k + 4])
    figures |= {"level": float(estimates[k + 2]), "slope": float(estimates[k + 3])}
    figures["prevented"] = float((without - y)[start:].sum())
    assumed = (*_checked(left[:n], "newey-west"), _same_before(estimates, covariance, k, df))
    names = (*(f"comparison {t}" for t in terms), *(f"difference {t}" for t in terms))
    told = _contrast(contrast, estimates, covariance, df, level)
    return Interrupted(
        *told,
        "The average change since it began, beyond the comparison's,",
        "%",
        3,
        level,
        assumed,
        figures,
        "",
        names,
        estimates,
        np.sqrt(np.diag(covariance)),
        fitted[:n],
        without,
    )


def _regression(
    y: Floats, e: Floats, design: Floats, family: str, errors: str, lags: int | None, paired: int | None
) -> tuple[Floats, Floats, Floats, Floats, int, dict[str, float]] | None:
    """Estimates, covariance, fitted counts, what is left over (scaled), degrees of freedom, and figures."""
    if family == "lognormal":
        found = ar1(np.log(y / e), design) if errors == "ar1" else ordinary(np.log(y / e), design)
        estimates, scores, bread, left, fitted = (
            found.estimates,
            found.scores,
            found.bread,
            found.left,
            np.exp(found.fitted) * e,
        )
        model, df = found.covariance, found.df
        figures = {"sigma": found.sigma, "ar1": found.correlation}
    else:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # of a fit that fails, as is said below
            counted = fit(y, design, offset=np.log(e), family=family)
        if not counted.converged:
            return None
        estimates, scores, bread, fitted, df = (
            counted.coefficients,
            counted.scores,
            counted.bread,
            counted.fitted,
            counted.df,
        )
        model = counted.covariance
        if family == "quasipoisson":
            model = bread * (max(1.0, counted.phi) if errors == "newey-west" else counted.phi)
        left = (y - fitted) / np.sqrt(fitted * (1 + counted.alpha * fitted))
        figures = {"phi": counted.phi, "alpha": counted.alpha}
    if errors == "newey-west":
        n = paired or y.size
        sums = scores if paired is None else scores[:n] + scores[n:]
        robust = _robust(sums, bread, y.size, lags if lags is not None else usual_lags(n))
        model = _wider(_wider(model, robust), model * long_run(left[:n]))
    return estimates, model, fitted, left, df, figures


def _no_line(y: Floats) -> str:
    if y.max() > 1e6 * max(1.0, float(np.median(y))):
        return f"one count is {figure(float(y.max()))}, beyond any line through the others"
    return "nothing was counted in a whole part of the time or season"


def _robust(scores: Floats, bread: Floats, rows: int, lags: int) -> Floats:
    n, k = scores.shape
    meat = scores.T @ scores
    for lag in range(1, min(int(lags), n - 1) + 1):
        across = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (across + across.T)
    return np.asarray(bread @ meat @ bread * (rows / max(rows - k, 1)))


def _wider(model: Floats, robust: Floats) -> Floats:
    """The robust covariance, scaled up so that no term is surer than by the other."""
    own, theirs = np.diag(model), np.diag(robust)
    ratio: Floats = np.divide(own, theirs, out=np.ones_like(own), where=theirs > 0)
    scale = np.sqrt(np.maximum(1.0, ratio))
    return np.asarray(robust * np.outer(scale, scale))


def _contrast(
    contrast: Floats, estimates: Floats, covariance: Floats, df: int, level: float
) -> tuple[float, float, float, float]:
    value = float(contrast @ estimates)
    value = value if abs(value) > 1e-12 else 0.0  # what rounding leaves of a series that did not change
    error = float(np.sqrt(max(float(contrast @ covariance @ contrast), 1e-300)))
    reach = float(stdtrit(df, (1 + level) / 2)) * error
    ends = 100 * np.expm1(np.array([value, value - reach, value + reach]))
    return float(ends[0]), float(ends[1]), float(ends[2]), float(2 * stdtr(df, -abs(value) / error))


def _checked(left: Floats, errors: str) -> tuple[Assumption, ...]:
    r = lag_one(left)
    depends = leans(r, left.size)
    said = f"periods depend on the one before (correlation {figure(r, 2)})" if depends and errors == "model" else ""
    if errors == "newey-west" and depends and r + 4 / left.size > STRONG:
        said = f"periods depend much on the one before (correlation {figure(r, 2)}), and this may be too sure"
    return (
        Assumption("periods do not depend on the one before, or it is allowed for", not said, said),
        Assumption("what went before would have gone on", None),
    )


def _same_before(estimates: Floats, covariance: Floats, k: int, df: int) -> Assumption:
    error = float(np.sqrt(max(covariance[k + 1, k + 1], 1e-300)))
    p = float(2 * stdtr(df, -abs(float(estimates[k + 1])) / error))
    said = "both series went different ways before" if p < 0.05 else ""
    return Assumption("both series went the same way before", not said, said)
