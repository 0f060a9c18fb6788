"""A mix of areas by predictors: alike not in every earlier period but in a few numbers, such as means of longer spells.

    w(V)   w >= 0, sum(w) = 1, least  sum over predictors k of  V_k (x_k - sum(w_j x_kj))^2
    V      V >= 0, sum(V) = 1, that leaves the least mean square gap of the outcome before

with each predictor divided by its standard deviation over all areas (Abadie, Diamond and Hainmueller 2010, *J. Am.
Stat. Assoc.* 105, 493-505). V is searched for by Nelder and Mead's method from equal weights, as `pysyncon` does and
as R's `Synth` does first; the weights of each V are found exactly, where they stop at a tolerance.

Few predictors can leave several mixes equally good: the search then ends in one of them.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import scipy

from redway.methods.evaluation.mixing import mix
from redway.methods.inputs import Unfit, whole

VERSION = 1

Floats = npt.NDArray[np.float64]


def means_before(table: Floats, start: int, parts: int) -> Floats:
    """Predictors (1 + parts, areas) from outcomes (periods, areas): the mean of all before, and of equal parts of it.

    Raises Unfit for more parts than periods before.
    """
    ends = np.linspace(0, start, whole(parts, "parts", least=1, most=start) + 1).astype(int)
    each = [table[first:last].mean(axis=0) for first, last in pairwise(ends)]
    return np.array([table[:start].mean(axis=0), *each])


def alike(predictors: Floats, before: Floats) -> Floats:
    """Weights (others,) of all columns but the first, from predictors (k, 1 + others) and outcomes before them.

    Raises Unfit where no predictor varies between areas.
    """
    spread = predictors.std(axis=1, ddof=1)
    told = predictors[spread > 0] / spread[spread > 0, None]
    if not len(told):
        raise Unfit(
            "predictors that vary between areas",
            came="none that does",
            cause="a column that is the same for every area.",
        )

    def weights(v: Floats) -> Floats:
        root = np.sqrt(np.abs(v) / np.abs(v).sum())[:, None] * told
        return mix(root[:, 0], root[:, 1:])

    def gap(v: Floats) -> float:
        if not np.abs(v).sum():
            return np.inf
        return float(((before[:, 0] - before[:, 1:] @ weights(v)) ** 2).mean())

    equal = np.full(len(told), 1 / len(told))
    if len(told) == 1:
        return weights(equal)
    return weights(scipy.optimize.minimize(gap, equal, method="Nelder-Mead", options={"maxiter": 1000}).x)
