"""Difference in differences: several areas and periods, some treated from one time on.

    log E(y_it) = area_i + period_t + b (treated_i after_t) + log(exposure_it)         effect: 100 (exp(b) - 1)%

by Poisson regression with an effect for every area and period, which is right whatever the distribution of counts
(Wooldridge 1999, *J. Econometrics* 90, 77-97); or, with family gaussian, the same on the counts themselves (`lm`), in
events for each area and period. Areas are alike over time, so standard errors are robust to clusters (`sandwich::
vcovCL`; Bertrand and others 2004, *Q. J. Econ.* 119, 249-275), mended for the size of either side: the variance grown
by what clusters fitted by their own mean lose, and t on Welch's degrees of freedom (Bell and McCaffrey 2002, *Surv.
Methodol.* 28, 169-181; Imbens and Kolesar 2016). With fewer than FEW areas on the smaller side even that does not
hold, and p and interval come from reassigning which areas are treated: see `reassignment`.

Assumes that treated and other areas would have gone the same way. That cannot be seen after, but before: a test of
the same model on the earlier periods, treated x time. All treated areas start together: with staggered starts,
effects that grow make this model lie (Goodman-Bacon 2021), and the data are refused.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from redway.errors import Place
from redway.methods.evaluation.reassignment import Reassigned
from redway.methods.evaluation.result import Assumption, Effect, untold
from redway.methods.evaluation.two_way import Cells, two_way
from redway.methods.inputs import NOT_THERE, Unfit, above, at_least, chosen, numbers, probability, same_length
from redway.methods.wording import chance, several

VERSION = 1

Floats = npt.NDArray[np.float64]
FAMILIES = ("poisson", "gaussian")
MOST_AREAS, MOST_CELLS = 10_000, 1_000_000  # within which it takes under 1 GB, and some ten seconds
FEW = 6  # areas on the smaller side, under which errors robust to clusters are themselves far too small
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

    Raises Unfit for numbers below nought, a time that is not there, an area and period that has two rows, areas both
    treated and not, starts at unlike times, or more areas and periods than can be worked with.
    """
    level = probability(conf_level, "conf_level")
    chosen(family, "family", FAMILIES)
    counted = at_least(y, "y", 0)
    e = np.ones(counted.size) if exposure is None else above(exposure, "exposure", 0)
    where, when = np.asarray(area), _times(time)
    given, later = np.asarray(treated, dtype=bool), np.asarray(after, dtype=bool)
    same_length(y=counted, exposure=e, area=where, time=when, treated=given, after=later)
    lacking = _once(where, when)
    unit = "%" if family == "poisson" else " events an area and period"
    if why := _too_little(where, when, given, later):
        return untold(why, MEASURES, unit, 4, level)
    keep = _informative(counted, where, when) if family == "poisson" else np.ones(counted.size, dtype=bool)
    if why := _too_little(where[keep], when[keep], given[keep], later[keep]):
        return untold(f"{why} among areas and periods with any event", MEASURES, unit, 4, level)
    counted, e, where, when = counted[keep], e[keep], where[keep], when[keep]
    given, later = given[keep], later[keep]
    sides = _sides(where, given)
    value, error, areas, converged = _fitted(counted, e, where, when, given & later, family, sides)
    if not converged:
        return untold("treated areas have no event before or none after", MEASURES, unit, 4, level)
    if error <= 1e-9 * max(1.0, abs(value)):
        return untold("areas do not vary, so how sure this is cannot be measured", MEASURES, unit, 4, level)
    figures = {"coefficient": value, "areas": float(areas), "areas_treated": float(sides[0])}
    few = min(sides) < FEW
    if few:
        again = _again(counted, e, where, when, given, later.astype(float), family)
        p, ends = again.p(), np.array([value, *again.interval(value, 1 - level)])
        figures["ways"] = float(len(again.ways))
    else:
        again, figures["se"] = None, error
        reach = float(stdtrit(freedom(sides), (1 + level) / 2)) * error
        p, ends = _chance(value, error, sides), np.array([value, value - reach, value + reach])
    shown = 100 * np.expm1(ends) if family == "poisson" else ends
    assumed = (
        _parallel(counted[~later], e[~later], where[~later], when[~later], given[~later], family),
        _enough(sides, again, 1 - level),
        Assumption("every area has a row for every period", None if lacking else True, lacking),
        Assumption("no other area was touched by what was done", None),
    )
    maryland = 4 if min(sides) > 1 else 3
    low, high = float(shown[1]), float(shown[2])
    return Effect(float(shown[0]), low, high, p, MEASURES, unit, maryland, level, assumed, figures)


def _times(time: npt.ArrayLike) -> npt.NDArray[Any]:
    """The period of each row: numbers, dates or words, none of them blank."""
    when = np.asarray(time)
    if when.dtype.kind in "biuf":
        numbers(when, "time")
        return when
    lacking = (
        np.isnat(when) if when.dtype.kind == "M" else np.array([str(t).strip() in ("", "None", "nan") for t in when])
    )
    if lacking.any():
        row = int(np.argmax(lacking)) + 1
        raise Unfit(
            "time: a period in every row",
            came="nothing",
            cause=NOT_THERE,
            place=Place(row=row),
            count=int(lacking.sum()),
        )
    return when


def _bounded(areas: int, periods: int) -> None:
    """Raise Unfit for more areas and periods than memory and patience hold."""
    if areas > MOST_AREAS or areas * periods > MOST_CELLS:
        raise Unfit(
            f"at most {MOST_AREAS:,} areas, and {MOST_CELLS:,} areas times periods",
            came=f"{several(areas, 'area')} in {several(periods, 'period')}",
            cause="addresses or days where larger areas or months would do: add them up; or a column that numbers "
            "rows, in place of area or time.",
        )


def _once(where: npt.NDArray[Any], when: npt.NDArray[Any]) -> str:
    """What to know of areas that have no row for some period. Raises Unfit for two rows of one area and period."""
    areas, area = np.unique(where, return_inverse=True)
    periods, period = np.unique(when, return_inverse=True)
    _bounded(areas.size, periods.size)
    cell = area * periods.size + period
    _, first = np.unique(cell, return_index=True)
    if first.size < cell.size:
        again = np.setdiff1d(np.arange(cell.size), first)
        raise Unfit(
            "one row for each area and period",
            came=f"another for {where[again[0]]} in {_short(when[again[0]])}",
            cause="rows of several kinds or parts of an area: add them up first; or a table pasted twice.",
            place=Place(row=int(again[0]) + 1, column="area"),
            count=again.size,
        )
    missing = areas.size * periods.size - cell.size
    them = "it is" if missing == 1 else "they are"
    told = (
        f"{several(missing, 'row')} of {areas.size * periods.size:,} not there; {them} taken as not known, and not as 0"
    )
    return told if missing else ""


def _short(period: Any) -> str:
    return f"{period:g}" if isinstance(period, float) else str(period)


def _sides(where: npt.NDArray[Any], given: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """How many areas are treated, and how many are not."""
    return np.unique(where[given]).size, np.unique(where[~given]).size


def freedom(sides: tuple[int, int]) -> float:
    """Welch's degrees of freedom for means of areas that vary alike."""
    one, other = sides
    return (1 / one + 1 / other) ** 2 / (1 / (one**2 * (one - 1)) + 1 / (other**2 * (other - 1)))


def _chance(value: float, error: float, sides: tuple[int, int]) -> float:
    return float(2 * stdtr(freedom(sides), -abs(value) / error))


def _again(
    y: Floats,
    e: Floats,
    where: npt.NDArray[Any],
    when: npt.NDArray[Any],
    given: npt.NDArray[np.bool_],
    x: Floats,
    family: str,
) -> Reassigned:
    areas, area = np.unique(where, return_inverse=True)
    _, period = np.unique(when, return_inverse=True)
    treated = np.zeros(areas.size, dtype=bool)
    treated[area] = given
    return Reassigned(y, e, area, period, treated, x, family)


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
    y: Floats,
    e: Floats,
    where: npt.NDArray[Any],
    when: npt.NDArray[Any],
    term: npt.NDArray[Any],
    family: str,
    sides: tuple[int, int],
) -> tuple[float, float, int, bool]:
    """The coefficient of a term beside areas and periods, its error, and how many areas there are."""
    (names, area), (periods, period) = (np.unique(c, return_inverse=True) for c in (where, when))
    found = two_way(y, term.astype(float), Cells(area, period), offset=np.log(e), family=family)
    # areas without freedom of their own do not count towards the small-sample factor (as fixed effects nested in
    # clusters)
    n, areas = y.size, names.size
    nested = (n - areas - periods.size) / max(n - periods.size - 1, 1)
    # nor do errors robust to clusters know that the areas of either side are fitted by a mean of their own
    one, other = sides
    own = max((one - 1) / one**2 + (other - 1) / other**2, 1e-300)
    lost = (1 / one + 1 / other) / own * (areas - 1) / areas if min(sides) >= FEW else 1.0
    return found.coefficient, found.error * float(np.sqrt(nested * lost)), areas, found.converged


def _enough(sides: tuple[int, int], again: Reassigned | None, alpha: float) -> Assumption:
    what = "there are areas enough for the interval"
    if again is None:
        return Assumption(what, True)
    chosen_of = f"{several(sides[0], 'area')} treated of {sum(sides)}"
    if again.least > alpha:
        ways = f"only {several(round(1 / again.least), 'way')} to choose that tell apart"
        return Assumption(what, False, f"with {chosen_of} there are {ways}, too few for limits at this level")
    return Assumption(
        what,
        True,
        f"with {chosen_of}, by reassigning which are treated in {len(again.ways):,} ways, which takes them to vary "
        "alike",
    )


def _parallel(
    y: Floats, e: Floats, where: npt.NDArray[Any], when: npt.NDArray[Any], given: npt.NDArray[np.bool_], family: str
) -> Assumption:
    what = "treated and other areas went the same way before"
    keep = _informative(y, where, when) if family == "poisson" else np.ones(y.size, dtype=bool)
    y, e, where, when, given = y[keep], e[keep], where[keep], when[keep], given[keep]
    periods, at = np.unique(when, return_inverse=True)
    sides = _sides(where, given)
    if periods.size < 3 or not min(sides):
        return Assumption(what, None)
    if min(sides) < FEW:
        again = _again(y, e, where, when, given, at.astype(float), family)
        if again.least > 0.05:
            return Assumption(what, None, "not seen here, with so few areas")
        p = again.p()
    else:
        try:
            value, error, _, converged = _fitted(y, e, where, when, given * at, family, sides)
        except Unfit:
            return Assumption(what, None)
        if not converged or not error:
            return Assumption(what, None)
        p = _chance(value, error, sides)
    held = p > 0.05
    return Assumption(what, held, "" if held else f"treated and other areas went different ways before ({chance(p)})")
