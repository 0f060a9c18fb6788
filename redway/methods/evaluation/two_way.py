"""Regression on one term beside an effect for every area and period, without a column for each of them.

    log E(y_it) = area_i + period_t + b x_it + offset_it        (poisson), or the same of E(y_it) itself (gaussian)

b and its error robust to clusters of area (Liang and Zeger 1986, *Biometrika* 73, 13-22) need only x~, what is left of
x when the effects of areas and periods are taken out of it (Frisch and Waugh 1933, *Econometrica* 1, 387-401; Lovell
1963), with the weights w of the last round:

    b = sum w x~ z / sum w x~^2        variance of b = sum over areas of (sum of x~ (y - fitted))^2 / (sum w x~^2)^2

Effects are taken out exactly, also where rows are missing: of areas and periods, the more numerous are solved for one
by one, which leaves a system as large as the others are many. Estimates and errors are those of a dense design.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.special import xlogy

from redway.methods.inputs import Floats, Integers, Unfit

VERSION = 1

ROUNDS = 60
ROUNDING = 1e-10  # what taking effects out leaves of a term that they say together, as a share of its square


@dataclass(frozen=True)
class TwoWay:
    """The coefficient of the term.

    error      robust to clusters of area, with G/(G-1) (n-1)/(n-k) for small samples, k all areas and periods
    converged  False where the best coefficients lie at infinity, as where a group has no event at all
    """

    coefficient: float
    error: float
    converged: bool


@dataclass(frozen=True)
class Cells:
    """Rows (n,) of area and period as codes from 0, each pair at most once."""

    area: Integers
    period: Integers

    @property
    def shape(self) -> tuple[int, int]:
        return int(self.area.max()) + 1, int(self.period.max()) + 1

    @property
    def together(self) -> bool:
        """Whether all areas can be set beside each other, by periods that they share."""
        from scipy.sparse.csgraph import connected_components  # slow to import

        areas, periods = self.shape
        at = (self.area, self.period + areas)
        size = areas + periods
        return connected_components(coo_array((np.ones(self.area.size), at), (size, size)), directed=False)[0] == 1

    def left(self, columns: Floats, weight: Floats) -> Floats:
        """What is left of columns (n, k) when the effects of areas and periods, by these weights, are taken out."""
        many, few = (self.area, self.period) if self.shape[0] >= self.shape[1] else (self.period, self.area)
        table = np.zeros((max(self.shape), min(self.shape)))
        table[many, few] = weight
        of_many, of_few = table.sum(axis=1), table.sum(axis=0)
        shares = table / of_many[:, None]
        system = np.diag(of_few) - table.T @ shares
        left = np.empty_like(columns)
        for i, column in enumerate(columns.T):
            means = np.bincount(many, weight * column) / of_many
            wanted = np.bincount(few, weight * column) - table.T @ means
            effects = np.append(_solved(system[:-1, :-1], wanted[:-1]), 0.0)  # one of them is measured from
            left[:, i] = column - (means - shares @ effects)[many] - effects[few]
        return left


def two_way(y: Floats, x: Floats, cells: Cells, *, offset: Floats | None = None, family: str = "poisson") -> TwoWay:
    """The coefficient of a term x (n,). Raises Unfit where areas and periods say together what it does."""
    n, k = y.size, sum(cells.shape)
    one = np.ones(n)
    if n < k or not cells.together or _told(x, cells.left(x[:, None], one)[:, 0]):
        raise Unfit(
            "areas and periods whose effects can be told apart",
            came="a term that others say together",
            cause="treated areas that have no period before, or none after.",
        )
    if family == "poisson":
        b, weight, converged = _poisson(y, x, cells, np.zeros(n) if offset is None else offset)
        rest, apart = y - weight, cells.left(x[:, None], weight)[:, 0]
    else:
        weight, converged = one, True
        apart, of_y = cells.left(np.column_stack([x, y]), one).T
        b = float(apart @ of_y / (apart @ apart))
        rest = of_y - b * apart
    areas = cells.shape[0]
    scores = np.bincount(cells.area, apart * rest) / max(float(weight @ apart**2), 1e-300)
    small = areas / max(areas - 1, 1) * (n - 1) / max(n - k, 1)
    return TwoWay(b, float(np.sqrt(scores @ scores * small)), converged)


def _told(x: Floats, left: Floats) -> bool:
    """Whether nothing but rounding is left of a term."""
    return float(left @ left) <= ROUNDING * float(x @ x)


def _poisson(y: Floats, x: Floats, cells: Cells, offset: Floats) -> tuple[float, Floats, bool]:
    """The coefficient, expected counts, and whether they were found, by iteratively reweighted least squares."""
    mu, b, deviance = y + 0.5, 0.0, np.inf
    eta = np.log(mu)
    for _ in range(ROUNDS):
        response = eta - offset + (y - mu) / mu
        apart, of_response = cells.left(np.column_stack([x, response]), mu).T
        b = float((mu * apart) @ of_response / max(float((mu * apart) @ apart), 1e-300))
        eta = np.clip(response - (of_response - b * apart) + offset, -700, 700)
        mu = np.exp(eta)
        before, deviance = deviance, float(2 * np.sum(xlogy(y, y / mu) - (y - mu)))
        if abs(deviance - before) <= 1e-12 * (abs(deviance) + 0.1):
            # a fit that runs to infinity has fitted counts of next to nothing
            return b, mu, bool(mu.min() > 1e-7 * max(1.0, float(y.mean())))
    return b, mu, False


def _solved(system: Floats, wanted: Floats) -> Floats:
    """The solution; of a system that rounding leaves without one, as a fit that runs to infinity has, the nearest."""
    try:
        return np.asarray(np.linalg.solve(system, wanted), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(system, wanted, rcond=None)[0], dtype=np.float64)
