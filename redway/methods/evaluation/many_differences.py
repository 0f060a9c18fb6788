"""Difference in differences of thousands of whole panels at once, as `difference_in_differences` tells each.

In a panel without gaps, the Poisson model with an effect for every area and period needs only each area's totals
before and after, since expected counts of one side of one phase are in proportion: with a, b the totals of a side
after and before

    exp(effect) = (a_1 / b_1) / (a_0 / b_0)        score of area i = (y_i,after - expected) (1/a + 1/b of its side)

and the sum of squared scores, with the same mends for small samples, is the variance robust to clusters. With few areas
on a side, p and interval come from reassigning which are treated. Sources and assumptions: as there.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from redway.methods.evaluation.difference_in_differences import FEW, freedom
from redway.methods.evaluation.reassignment import Reassigned
from redway.methods.inputs import Floats


@dataclass(frozen=True)
class PanelEffects:
    """Of each panel (panels,): effect and interval on the scale of logarithms, and p; NaN where it cannot be told."""

    value: Floats
    low: Floats
    high: Floats
    p: Floats


def many_differences(
    panels: Floats, treated: npt.NDArray[np.bool_], before: int, *, conf_level: float = 0.95, ends: bool = True
) -> PanelEffects:
    """Panels (panels, periods, areas) of counts, treated (areas,) from period `before` on; without `ends`, p alone."""
    early, late = panels[:, :before].sum(axis=1), panels[:, before:].sum(axis=1)
    b1, b0, a1, a0 = (part[:, side].sum(axis=1) for part in (early, late) for side in (treated, ~treated))
    told = (b1 > 0) & (b0 > 0) & (a1 > 0) & (a0 > 0)
    value = np.full(len(panels), np.nan)
    value[told] = np.log(a1[told] / b1[told]) - np.log(a0[told] / b0[told])
    low, high, p = (np.full(len(panels), np.nan) for _ in range(3))
    if min(treated.sum(), (~treated).sum()) < FEW:
        for at in np.flatnonzero(told):
            again = _reassigned(early[at], late[at], treated)
            p[at] = again.p()
            if ends:
                low[at], high[at] = again.interval(float(value[at]), 1 - conf_level)
        return PanelEffects(value, low, high, p)
    sides = int(treated.sum()), int((~treated).sum())
    error = _errors(early[told], late[told], treated, panels.shape[1], sides)
    df = freedom(sides)
    reach = float(stdtrit(df, (1 + conf_level) / 2)) * error
    low[told], high[told] = value[told] - reach, value[told] + reach
    p[told] = 2 * stdtr(df, -np.abs(value[told]) / np.maximum(error, 1e-300))
    return PanelEffects(value, low, high, p)


def _errors(
    early: Floats, late: Floats, treated: npt.NDArray[np.bool_], periods: int, sides: tuple[int, int]
) -> Floats:
    """Standard errors robust to clusters, with what small samples need."""
    areas = treated.size
    squares = np.zeros(len(early))
    for side in (treated, ~treated):
        b, a = early[:, side], late[:, side]
        of_b, of_a = b.sum(axis=1, keepdims=True), a.sum(axis=1, keepdims=True)
        left = a - (a + b) * of_a / (of_a + of_b)
        squares += ((left * (1 / of_a + 1 / of_b)) ** 2).sum(axis=1)
    n, (one, other) = periods * areas, sides
    own = (one - 1) / one**2 + (other - 1) / other**2
    lost = (1 / one + 1 / other) / own * (areas - 1) / areas
    return np.asarray(np.sqrt(squares * areas / (areas - 1) * (n - 1) / max(n - periods - 1, 1) * lost))


def _reassigned(early: Floats, late: Floats, treated: npt.NDArray[np.bool_]) -> Reassigned:
    some = early + late > 0  # areas without any event say nothing
    areas = int(some.sum())
    y = np.concatenate([early[some], late[some]])
    after = np.repeat([0, 1], areas)
    area = np.tile(np.arange(areas), 2)
    return Reassigned(y, np.ones(y.size), area, after, treated[some], after.astype(float), "poisson")
