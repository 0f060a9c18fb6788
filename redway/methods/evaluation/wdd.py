"""Weighted displacement difference: events fewer (below nought) or more than the comparison would lead one to expect,
those moved to nearby places counted in.

    WDD = (treated' - treated) - (control' - control) + (displaced' - displaced) - (displaced control' - ...)

with ' for after, counts first divided by time weights (lengths of the periods) and area weights. Counts are
independent, so

    SE = sqrt(phi x sum(weights^2 x count))         interval: WDD -/+ z SE, or t where phi was measured

(Wheeler and Ratcliffe 2018, *Crime Science* 7, 11; as `ptools::wdd`, which takes phi as 1.) phi is how many times more
counts vary than independent events would: from `history`, earlier periods of the same areas, around what area and
period alone would make them, Pearson's chi-square over its degrees of freedom.

Assumes that treated and control would have changed by the same number, which wants areas of like size; a displacement
area without one of its own to compare it with is taken not to have changed otherwise.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from redway.methods.evaluation.result import Assumption, Effect, large_enough
from redway.methods.inputs import Unfit, above, counts, number, probability

VERSION = 1

Floats = npt.NDArray[np.float64]
MEASURES = "The change beyond the comparison's, displacement counted in,"


def wdd(
    control: npt.ArrayLike,
    treated: npt.ArrayLike,
    disp_control: npt.ArrayLike = (0, 0),
    disp_treated: npt.ArrayLike = (0, 0),
    *,
    time_weights: npt.ArrayLike = (1, 1),
    area_weights: npt.ArrayLike = (1, 1, 1, 1),
    phi: float = 1.0,
    history: npt.ArrayLike | None = None,
    conf_level: float = 0.95,
) -> Effect:
    """The difference, from counts (before, after) of each kind of area.

    time_weights  lengths of the two periods
    area_weights  of control, treated, displacement of control, displacement of treated
    phi           over-dispersion, at least 1; measured instead where `history` (periods, areas) is given

    Raises Unfit for counts that are not, and weights not above nought.
    """
    level = probability(conf_level, "conf_level")
    both = [_pair(c, n) for c, n in zip((control, treated, disp_control, disp_treated), KINDS, strict=True)]
    time, area = above(time_weights, "time_weights", 0), above(area_weights, "area_weights", 0)
    if time.size != 2 or area.size != 4:
        raise Unfit(
            "two time weights and four area weights",
            came=f"{time.size} and {area.size}",
            cause="a weight left out: one stands for each that is not to count.",
        )
    table = np.array(both)
    weight = np.outer([-1, 1, -1, 1] / area, [-1, 1] / time)
    value = float((weight * table).sum())
    phi, df = dispersion_of(history) if history is not None else (number(phi, "phi", least=1), np.inf)
    error = float(np.sqrt(phi * (weight**2 * table).sum()))
    if not error:
        return _nothing(level)
    reach = float(ndtri((1 + level) / 2) if np.isinf(df) else stdtrit(df, (1 + level) / 2)) * error
    p = float(2 * (ndtr(-abs(value) / error) if np.isinf(df) else stdtr(df, -abs(value) / error)))
    figures = {"se": error, "phi": phi, "z": value / error}
    assumed = _assumed(table, area, history is not None or phi > 1)
    return Effect(value, value - reach, value + reach, p, MEASURES, " events", 3, level, assumed, figures)


KINDS = ("control", "treated", "disp_control", "disp_treated")


def dispersion_of(history: npt.ArrayLike) -> tuple[float, float]:
    """phi (at least 1) and its degrees of freedom, of counts (periods, areas) around area times period."""
    table = counts(history, "history", dimensions=2)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    df = (table.shape[0] - 1) * (table.shape[1] - 1)
    if df < 1:
        raise Unfit(
            "earlier counts of two areas or more in two periods or more",
            came=f"{table.shape} with any event",
            cause="earlier periods in which only one area had any event.",
        )
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return max(1.0, float(((table - expected) ** 2 / expected).sum() / df)), float(df)


def _pair(values: npt.ArrayLike, what: str) -> Floats:
    pair = counts(values, what)
    if pair.size != 2:
        raise Unfit(
            f"{what}: two counts, before and after",
            came=f"{pair.size}",
            cause="a count for each month where the sums before and after are meant.",
        )
    return pair


def _nothing(level: float) -> Effect:
    nan = np.nan
    return Effect(nan, nan, nan, nan, MEASURES, " events", 3, level, (), {}, "no event anywhere, before or after")


def _assumed(table: Floats, area: Floats, measured: bool) -> tuple[Assumption, ...]:
    before = table[:2, 0] / area[:2]
    alike = bool(max(before) <= 2 * max(min(before), 1e-12))
    displaced = bool(table[3].any())
    return (
        large_enough(*table[:2].ravel()),
        Assumption(
            "treated and control areas had like numbers before",
            alike,
            ""
            if alike
            else "one area had over twice the other's events before, and like changes in number are doubtful",
        ),
        Assumption(
            "events that only moved are counted",
            displaced,
            "" if displaced else "no displacement area was given, so events that moved nearby count as prevented",
        ),
        Assumption("counts vary as independent events do, or how much more is allowed for", True if measured else None),
    )
