"""The mix of columns closest to another column: weights none below nought and one in all."""

import numpy as np
import numpy.typing as npt

VERSION = 1

Floats = npt.NDArray[np.float64]


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
