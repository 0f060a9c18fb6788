"""Trend: does a series rise or fall over its periods, by how much a period, and how sure is that?

    quasipoisson, negbin  log E(y_t) = a + b t + season + log(exposure): exp(b) - 1 is the change from one period to
                          the next; interval by t on the degrees of freedom, with phi no less than 1
    mann-kendall          S = sum of sign(y_j - y_i), i < j, of any steady direction (Mann 1945, *Econometrica* 13,
                          245-259; Kendall 1975), with Theil's and Sen's middle slope (Sen 1968, *J. Am. Stat. Assoc.*
                          63, 1379-1389), in units of the series; p as R's `cor.test(method = "kendall")`, without the
                          correction for continuity that `Kendall::MannKendall` makes

Fewer than five points get no verdict: a line goes through any two. Assumes that one straight line (of logarithms)
describes the whole time; a step or a turn is no trend. Each period should not depend on the one before: where what
is left after the line does so (lag-one correlation, less its bias of some -4/n, over 2 / sqrt(n)), the result says so.
`robust` widens the interval for it: by Newey and West 1987, and no term surer than by the model's own errors times
(1+r)/(1-r), r that correlation, since theirs alone are too small in short series. That is still too sure where r is
large, and is said too.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from redway.methods.glm import fit, newey_west, usual_lags
from redway.methods.inputs import Unfit, above, at_least, chosen, numbers, probability, same_length, whole
from redway.methods.wording import chance, figure, interval, several

VERSION = 1

Floats = npt.NDArray[np.float64]
METHODS = ("quasipoisson", "negbin", "mann-kendall")
FEWEST = 5
MOST_RANKED = 4_000  # mann-kendall: each pair of points has a slope, eight million of them, in some 500 MB and 2 s


@dataclass(frozen=True)
class Trend:
    """How a series goes from one period to the next.

    slope, low, high  percent for each period; in the series' own units for mann-kendall
    correlation       of what is left over with itself a period before
    tau               of mann-kendall: Kendall's, above nought where later values tend to be larger; NaN otherwise
    """

    slope: float
    low: float
    high: float
    p: float
    method: str
    points: int
    phi: float
    correlation: float
    conf_level: float
    cannot_tell: str = ""
    tau: float = np.nan

    @property
    def depends(self) -> bool:
        """Whether each period depends on the one before by more than chance."""
        return leans(self.correlation, self.points)

    @property
    def different(self) -> bool:
        """Whether no trend is ruled out: by p for mann-kendall, whose interval is of the slope alone; else by both."""
        if self.method == "mann-kendall":
            return not self.cannot_tell and self.p < 1 - self.conf_level
        return not self.cannot_tell and self._slopes

    @property
    def _slopes(self) -> bool:
        """Whether the interval leaves out a slope of nought."""
        return self.low > 0 or self.high < 0

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"No trend can be told: {self.cannot_tell}."
        if self.method == "mann-kendall" and self.different != self._slopes:
            return self._at_odds
        unit = "" if self.method == "mann-kendall" else "%"
        way = "rises" if self.slope > 0 else "falls"
        told = f"The series {way} by {figure(abs(self.slope))}{unit} a period"
        if not self.different:
            told = f"A trend of {figure(self.slope)}{unit} a period is not statistically different from none"
        limits = interval(self.low, self.high, self.conf_level)
        return f"{told} ({limits}, {several(self.points, 'point')}, {chance(self.p)}{self._doubt})."

    @property
    def _doubt(self) -> str:
        return "; periods depend on the one before, so this may be too sure" if self.depends else ""

    @property
    def _at_odds(self) -> str:
        """What is said where Mann and Kendall's test and the interval of the slope do not say the same."""
        slope = f"the median slope is {figure(self.slope)} a period"
        if not self.different:
            told = f"It cannot be told whether values tend to rise or fall, though {slope}, and its interval is not 0"
        elif self.slope == 0:
            told = f"Values tend to {self._way}, though {slope}, as many values are equal"
        else:
            told = f"Values tend to {self._way}; {slope}, of which 0 cannot be ruled out"
        limits = f"{interval(self.low, self.high, self.conf_level)} of the slope"
        return f"{told} ({limits}, {several(self.points, 'point')}, {chance(self.p)}{self._doubt})."

    @property
    def _way(self) -> str:
        return "rise" if self.tau > 0 else "fall"


def trend(
    values: npt.ArrayLike,
    exposure: npt.ArrayLike | None = None,
    *,
    method: str = "quasipoisson",
    period: int = 1,
    robust: bool = False,
    conf_level: float = 0.95,
) -> Trend:
    """The trend of a series (n,) in order of time, without gaps.

    exposure  (n,) what each period's count is of, such as people or days
    period    length of the season (12 for months): its shape is then allowed for; 1 for none
    robust    allow for periods that depend on those before

    Raises Unfit for values that are not numbers, below nought (but for mann-kendall), exposures not above nought, and
    more points than mann-kendall can take.
    """
    chosen(method, "method", METHODS)
    level, season = probability(conf_level, "conf_level"), whole(period, "period", least=1)
    ranks = method == "mann-kendall"
    if ranks and (season > 1 or robust):
        raise Unfit(
            "period and robust with quasipoisson or negbin alone",
            came=f"{'period' if season > 1 else 'robust'} with mann-kendall",
            cause="mann-kendall knows of no season, and has no errors to widen.",
        )
    y = numbers(values, "values") if ranks else at_least(values, "values", 0)
    e = np.ones(y.size) if exposure is None else above(exposure, "exposure", 0)
    same_length(values=y, exposure=e)
    if y.size < FEWEST:
        return _untold(method, y.size, level, f"fewer than {FEWEST} points")
    if not ranks and not y.any():
        return _untold(method, y.size, level, "nothing was counted in any period")
    return _ranks(y / e, level) if ranks else _regression(y, e, method, season, robust, level)


def _untold(method: str, points: int, level: float, why: str) -> Trend:
    return Trend(np.nan, np.nan, np.nan, np.nan, method, points, np.nan, 0.0, level, why)


def _regression(y: Floats, e: Floats, method: str, season: int, robust: bool, level: float) -> Trend:
    n = y.size
    if n < 2 * season + 3 and season > 1:
        return _untold(method, n, level, f"fewer than two seasons of {season} and a few more points")
    at = np.arange(n) - (n - 1) / 2
    months = (np.arange(n)[:, None] % season == np.arange(1, season)[None, :]).astype(float)
    found = fit(y, np.column_stack([np.ones(n), at, months]), offset=np.log(e), family=method)
    if not found.converged:
        steep = "values rise or fall by more than any such line does"
        gap = "nothing was counted in a whole part of the time or season"
        return _untold(method, n, level, gap if (y == 0).any() else steep)
    left = (y - found.fitted) / np.sqrt(found.fitted * (1 + found.alpha * found.fitted))
    phi = max(1.0, found.phi) if method == "quasipoisson" else 1.0
    variance = found.bread[1, 1] * phi
    if robust:
        variance = max(variance * long_run(left), newey_west(found, usual_lags(n))[1, 1])
    b, error = float(found.coefficients[1]), float(np.sqrt(variance))
    if abs(b) * n < 1e-12:
        b = 0.0  # what rounding leaves of a series that does not vary
    reach = float(stdtrit(found.df, (1 + level) / 2)) * error
    slope, low, high = (float(v) for v in 100 * np.expm1([b, b - reach, b + reach]))
    p = float(2 * stdtr(found.df, -abs(b) / error))
    return Trend(slope, low, high, p, method, n, phi, lag_one(left), level)


def _ranks(y: Floats, level: float) -> Trend:
    from scipy.stats import kendalltau, theilslopes  # slow to import

    n, at = y.size, np.arange(y.size)
    if n > MOST_RANKED:
        raise Unfit(
            f"at most {MOST_RANKED:,} points for mann-kendall, which sets each against every other",
            came=f"{n:,}",
            cause="days or hours where weeks or months would do: add them up to longer periods; for counts, "
            "quasipoisson takes more points.",
        )
    if np.ptp(y) == 0:
        return Trend(0.0, 0.0, 0.0, 1.0, "mann-kendall", n, np.nan, 0.0, level, tau=0.0)
    slope, middle, low, high = theilslopes(y, at, alpha=level)
    tau, p = (float(v) for v in kendalltau(at, y))
    r = lag_one(y - middle - slope * at)
    return Trend(float(slope), float(low), float(high), p, "mann-kendall", n, np.nan, r, level, tau=tau)


def lag_one(left: Floats) -> float:
    """The correlation of a series with itself one period before; 0 where it does not vary."""
    centred = left - left.mean()
    total = float(centred @ centred)
    return float(centred[1:] @ centred[:-1]) / total if total > 1e-12 else 0.0


def leans(correlation: float, points: int) -> bool:
    """Whether each of so many periods depends on the one before by more than chance, its bias of -4/n allowed for."""
    bound = 2 / np.sqrt(max(points, 1))
    return bool(correlation + 4 / max(points, 1) > bound or correlation < -bound)


def long_run(left: Floats) -> float:
    """How many times wider a long run varies if each period leans on the one before: (1 + r) / (1 - r).

    r is measured after a line (or more) was taken out, which leaves it some 4/n too low.
    """
    r = float(np.clip(lag_one(left) + 4 / left.size, 0.0, 0.9))
    return (1 + r) / (1 - r)
