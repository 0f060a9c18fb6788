"""How likely as many events or more are, far out, where the forecast's mean and over-dispersion are both estimates.

Among thousands of series chances of one in ten thousand decide what is listed. There a normal law is far too sure of
over-dispersed counts, and so is a negative binomial that takes its phi for known: where nothing happened, both give a
p under 1/10,000 some ten times too often. So p is the mean, over what mean and phi may be, of

    P(Y >= y | mean, phi)      Y negative binomial of variance phi x mean, Poisson where phi is 1

log mean   normal about the forecast, with the variance of the fit
phi        its estimate x d / chi-square of d, at least 1; d = freedom / (1 + k), k = (6 (phi - 1) + 1/phi) / mean

k is the excess kurtosis of a negative binomial. Of normal values k is 0, and d is the degrees of freedom of the fit; of
skewed ones the estimate of phi varies more. Theory has k/2; twice that is what simulated steady series need, as
phi is estimated together with k. Where past outbreaks are weighed down, chance highs are too, which makes phi some 5%
too small (4 to 6% in simulated steady series of 20 a week, phi 3): that is put back (`WEIGHED`).

Sources: Aitchison and Dunsmore, *Statistical Prediction Analysis*, 1975, on predictive laws; Wilson and Hilferty
(1931), *Proc. National Academy of Sciences* 17, 684-688, for quantiles of chi-square; Gauss-Hermite quadrature.
"""

import numpy as np

from redway.methods.emerging.thresholds import at_least
from redway.methods.inputs import Floats

WEIGHED = 1.05  # times phi, where past outbreaks are weighed down
NEAR = 0.05  # p-values over it are of no weight in a list, and stay as they are
LEAST = 0.15  # of the cube root of chi-square over its freedom: nobody's phi is 300 times its estimate
DISPERSIONS, MEANS = 7, 4  # points of the quadrature; ten and six give the same to 1%


def far_tail(y: Floats, mean: Floats, variance: Floats, phi: Floats, freedom: Floats, p: Floats) -> Floats:
    """The chance of as many or more, (rows,): p, or where that is small the larger of p and what is said above.

    variance  of log mean; freedom of the fit. Where there is no forecast, or no doubt of it that is known, p stays.
    """
    tail = p.copy()
    with np.errstate(invalid="ignore"):
        some = np.flatnonzero((p < NEAR) & (mean > 0) & np.isfinite(mean * variance * phi) & (freedom > 0))
    if some.size:
        over = _expected(y[some], mean[some], variance[some], phi[some], freedom[some])
        tail[some] = np.clip(over, p[some], 1.0)
    return tail


def _expected(y: Floats, mean: Floats, variance: Floats, phi: Floats, freedom: Floats) -> Floats:
    kurtosis = (6 * (phi - 1) + 1 / phi) / mean
    error = np.sqrt(2 * (1 + kurtosis) / (9 * freedom))
    log_error = np.sqrt(variance / phi)
    total = np.zeros(y.size)
    for z, part in _points(DISPERSIONS):
        spread = np.maximum(phi / np.maximum(1 - error**2 + z * error, LEAST) ** 3, 1.0)
        for at, share in _points(MEANS):
            centre = mean * np.exp(np.clip(at * log_error * np.sqrt(spread), -40, 40))
            total += part * share * at_least(y, centre, spread)
    return total


def _points(number: int) -> list[tuple[float, float]]:
    """Places and weights that stand for a standard normal."""
    places, weights = np.polynomial.hermite_e.hermegauss(number)
    return list(zip(places.tolist(), (weights / weights.sum()).tolist(), strict=True))
