"""Difference in differences: several areas and periods, some treated from one time on.

    log E(y_it) = area_i + period_t + b (treated_i after_t) + log(exposure_it)         effect: 100 (exp(b) - 1)%

by Poisson regression with an effect for every area and period, which is right whatever the distribution of counts
(Wooldridge 1999, *J. Econometrics* 90, 77-97); or, with family gaussian, the same on the counts themselves (`lm`), in
events for each area and period. Areas are alike over time, so standard errors are robust to clusters (`sandwich::
vcovCL`), with t on areas - 1 degrees of freedom (Bertrand and others 2004, *Q. J. Econ.* 119, 249-275).

Assumes that treated and other areas would have gone the same way. That cannot be seen after, but before: a test of
the same model on the earlier periods, treated x time. All treated areas start together: with staggered starts,
effects that grow make this model lie (Goodman-Bacon 2021), and the data are refused.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from redway.methods.evaluation.result import Assumption, Effect, untold
from redway.methods.glm import Fit, clustered, fit
from redway.methods.inputs import Unfit, above, at_least, chosen, probability, same_length
from redway.methods.wording import chance, several

VERSION = 1

Floats = npt.NDArray[np.float64]
FAMILIES = ("poisson", "gaussian")
FEW = 10  # areas, under which errors robust to clusters are themselves too small
MEASURES = "The change beyond that of areas not treated"


def difference_in_differences(
    y: npt.ArrayLike,
    area: npt.ArrayLike,
    time: npt.ArrayLike,
    treated: npt.ArrayLike,
    after: npt.ArrayLike,
    exposure: npt.ArrayLike | None = None,
    *,
    family: str = "poisson",
    conf_level: float = 0.95,
) -> Effect:
    """The effect on areas treated, from rows (n,) of area and period.

    treated, after  bool: whether the area is ever treated; whether the period is after its start

    Raises Unfit for numbers below nought, areas both treated and not, or starts at unlike times.
    """
    level = probability(conf_level, "conf_level")
    chosen(family, "family", FAMILIES)
    counted = at_least(y, "y", 0)
    e = np.ones(counted.size) if exposure is None else above(exposure, "exposure", 0)
    where, when = np.asarray(area), np.asarray(time)
    given, later = np.asarray(treated, dtype=bool), np.asarray(after, dtype=bool)
    same_length(y=counted, exposure=e, area=where, time=when, treated=given, after=later)
    unit = "%" if family == "poisson" else " events an area and period"
    if why := _too_little(where, when, given, later):
        return untold(why, MEASURES, unit, 4, level)
    keep = _informative(counted, where, when) if family == "poisson" else np.ones(counted.size, dtype=bool)
    if why := _too_little(where[keep], when[keep], given[keep], later[keep]):
        return untold(f"{why} among areas and periods with any event", MEASURES, unit, 4, level)
    counted, e, where, when = counted[keep], e[keep], where[keep], when[keep]
    given, later = given[keep], later[keep]
    value, error, areas, converged = _fitted(counted, e, where, when, given & later, family)
    if not converged:
        return untold("treated areas have no event before or none after", MEASURES, unit, 4, level)
    if error <= 1e-9 * max(1.0, abs(value)):
        return untold("areas do not vary, so how sure this is cannot be measured", MEASURES, unit, 4, level)
    reach = float(stdtrit(areas - 1, (1 + level) / 2)) * error
    ends = np.array([value, value - reach, value + reach])
    shown = 100 * np.expm1(ends) if family == "poisson" else ends
    p = float(2 * stdtr(areas - 1, -abs(value) / error))
    assumed = _assumed(counted, e, where, when, given, later, family)
    figures = {
        "coefficient": value,
        "se": error,
        "areas": float(areas),
        "areas_treated": float(np.unique(where[given]).size),
    }
    maryland = 4 if min(np.unique(where[given]).size, np.unique(where[~given]).size) > 1 else 3
    low, high = float(shown[1]), float(shown[2])
    return Effect(float(shown[0]), low, high, p, MEASURES, unit, maryland, level, assumed, figures)


def _too_little(
    where: npt.NDArray[Any], when: npt.NDArray[Any], given: npt.NDArray[np.bool_], later: npt.NDArray[np.bool_]
) -> str:
    """Why no effect can be told, or nothing. Raises Unfit for what contradicts itself."""
    if np.intersect1d(where[given], where[~given]).size:
        raise Unfit(
            "every area treated or not", came="an area that is both", cause="a column that says “now”, not “ever”."
        )
    if np.intersect1d(when[later], when[~later]).size:
        raise Unfit(
            "one start for all treated areas",
            came="a period that is before in some rows and after in others",
            cause="staggered starts, of which this model can lie.",
        )
    cells = [(given == g) & (later == a) for g in (False, True) for a in (False, True)]
    if not all(cell.any() for cell in cells):
        return "rows of treated and other areas, before and after, are not all there"
    if np.unique(where).size < 3:
        return "fewer than three areas; ask for before-after"
    return ""


def _informative(y: Floats, where: npt.NDArray[Any], when: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    keep = np.ones(y.size, dtype=bool)
    for column in (where, when):
        _, code = np.unique(column, return_inverse=True)
        keep &= np.bincount(code, y)[code] > 0
    return keep


def _fitted(
    y: Floats, e: Floats, where: npt.NDArray[Any], when: npt.NDArray[Any], term: npt.NDArray[Any], family: str
) -> tuple[float, float, int, bool]:
    """The coefficient of a term beside areas and periods, its error, and how many areas there are."""
    areas, at = (np.unique(c, return_inverse=True) for c in (where, when))
    dummies = [(code[:, None] == np.arange(1, names.size)[None, :]) for names, code in (areas, at)]
    design = np.column_stack([term, np.ones(y.size), *dummies]).astype(float)
    found = fit(y, design, offset=np.log(e), family="poisson") if family == "poisson" else _least_squares(y, design)
    # areas without freedom of their own do not count towards the small-sample factor (as fixed effects nested in
    # clusters)
    covariance = clustered(found, where)
    n, k = design.shape
    nested = (n - k) / max(n - (k - areas[0].size + 1), 1)
    return (
        float(found.coefficients[0]),
        float(np.sqrt(max(covariance[0, 0] * nested, 0))),
        areas[0].size,
        found.converged,
    )


def _least_squares(y: Floats, design: Floats) -> Fit:
    n, k = design.shape
    if n < k or np.linalg.matrix_rank(design) < k:
        raise Unfit("areas and periods whose effects can be told apart", came="a term that others say together")
    bread = np.asarray(np.linalg.inv(design.T @ design), dtype=np.float64)
    b = bread @ design.T @ y
    left = y - design @ b
    phi = float(left @ left / max(n - k, 1))
    return Fit(b, bread * phi, bread, design @ b, design * left[:, None], phi, 0.0, n - k, True)


def _assumed(
    y: Floats,
    e: Floats,
    where: npt.NDArray[Any],
    when: npt.NDArray[Any],
    given: npt.NDArray[np.bool_],
    later: npt.NDArray[np.bool_],
    family: str,
) -> tuple[Assumption, ...]:
    areas = np.unique(where).size
    few = areas < FEW
    return (
        _parallel(y[~later], e[~later], where[~later], when[~later], given[~later], family),
        Assumption(
            "there are areas enough for the interval",
            not few,
            f"{several(areas, 'area')} are few, and the interval may be too narrow" if few else "",
        ),
        Assumption("no other area was touched by what was done", None),
    )


def _parallel(
    y: Floats, e: Floats, where: npt.NDArray[Any], when: npt.NDArray[Any], given: npt.NDArray[np.bool_], family: str
) -> Assumption:
    what = "treated and other areas went the same way before"
    _, at = np.unique(when, return_inverse=True)
    keep = _informative(y, where, when)
    if np.unique(at).size < 3 or not keep.any():
        return Assumption(what, None)
    try:
        value, error, areas, converged = _fitted(y[keep], e[keep], where[keep], when[keep], (given * at)[keep], family)
    except Unfit:
        return Assumption(what, None)
    if not converged or not error:
        return Assumption(what, None)
    p = float(2 * stdtr(areas - 1, -abs(value) / error))
    said = f"treated and other areas went different ways before ({chance(p)})" if p < 0.05 else ""
    return Assumption(what, p >= 0.05, said)
