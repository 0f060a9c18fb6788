"""One rate as a multiple of another, from events and exposures of two groups.

    exact     given all events, those of the first group are binomial: Clopper and Pearson's limits of their share
              (1934, *Biometrika* 26, 404-413) give limits of the ratio; p sums all outcomes no likelier than the one
              that came. As R's `poisson.test`.
    quasipoisson, negbin
              a regression on the group, of several rows for each group (months, areas), by which over-dispersion is
              measured: log ratio -/+ t(df) SE, SE with phi, or with the variance mu + alpha mu^2.

Exact assumes independent events, and is too sure of itself where they come in clusters; the other two measure that,
and need at least three rows of each group to do so. Neither is ever let be surer than independent events allow:
phi is taken as no less than 1. A group without any event has no logarithm: the exact interval, open at one end, is
then the only one.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, stdtr, stdtrit

from redway.methods.glm import fit
from redway.methods.inputs import Unfit, chosen, counts, probability, same_length
from redway.methods.inputs import above as above_nought
from redway.methods.wording import chance, figure, interval

VERSION = 1

Floats = npt.NDArray[np.float64]
FAMILIES = ("exact", "quasipoisson", "negbin")
FEWEST = 3  # rows of each group, to measure over-dispersion


@dataclass(frozen=True)
class RateRatio:
    """The first group's rate over the second's.

    value       NaN where the second had no event, as `cannot_tell` says; 0 where the first had none
    low, high   high may be infinite
    phi         over-dispersion that was allowed for; 1 for exact, and for the negative binomial
    alpha       of the negative binomial
    """

    value: float
    low: float
    high: float
    p: float
    family: str
    phi: float
    alpha: float
    conf_level: float
    cannot_tell: str = ""
    names: tuple[str, str] = ("the first group", "the second")

    @property
    def different(self) -> bool:
        """Whether the interval leaves out a ratio of one."""
        return not self.cannot_tell and (self.low > 1 or self.high < 1)

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"No ratio can be told: {self.cannot_tell}."
        doubt = "allowing for extra variation between rows"
        if self.family == "exact":
            doubt = "if events are independent"
        if self.family == "quasipoisson":
            doubt = f"counts vary {figure(self.phi, 2)} times as much as independent events"
        told = "" if self.different else "; not statistically different"
        limits = interval(self.low, self.high, self.conf_level)
        one, other = self.names
        return (
            f"The rate of {one} is {figure(self.value)} times that of {other} "
            f"({limits}, {doubt}; {chance(self.p)}){told}."
        )


def rate_ratio(
    events: npt.ArrayLike,
    exposure: npt.ArrayLike,
    first: npt.ArrayLike,
    *,
    family: str = "quasipoisson",
    conf_level: float = 0.95,
) -> RateRatio:
    """The rate of rows that are in the first group over that of the rest.

    events, exposure  (n,) whole numbers; numbers above nought
    first             (n,) bool
    family            exact, quasipoisson or negbin

    Raises Unfit for counts that are not, exposures not above nought, and a group without rows.
    """
    y, e = counts(events, "events"), above_nought(exposure, "exposure", 0)
    group = np.asarray(first, dtype=bool)
    same_length(events=y, exposure=e, group=group)
    chosen(family, "family", FAMILIES)
    probability(conf_level, "conf_level")
    if group.all() or not group.any():
        raise Unfit("rows of two groups", came="rows of one", cause="a name of a group that is spelt otherwise.")
    a, b, ea, eb = (float(part[side].sum()) for part in (y, e) for side in (group, ~group))
    if not a + b:
        return _unknown(family, conf_level, "no event in either group")
    if family == "exact" or not a or not b:
        return _exact(a, b, ea, eb, conf_level)
    if min(group.sum(), (~group).sum()) < FEWEST:
        return _unknown(
            family, conf_level, f"over-dispersion needs {FEWEST} rows of each group; ask for exact, or give more"
        )
    return _regression(y, e, group, family, conf_level)


def _unknown(family: str, conf_level: float, why: str) -> RateRatio:
    return RateRatio(np.nan, np.nan, np.nan, np.nan, family, np.nan, np.nan, conf_level, why)


def _exact(a: float, b: float, ea: float, eb: float, conf_level: float) -> RateRatio:
    from scipy.stats import binomtest  # slow to import

    tail, scale = (1 - conf_level) / 2, eb / ea
    low = betaincinv(a, b + 1, tail) if a else 0.0
    high = betaincinv(a + 1, b, 1 - tail) if b else 1.0
    p = binomtest(int(a), int(a + b), ea / (ea + eb)).pvalue
    value = a / b * scale if b else np.nan
    why = (
        "" if b else f"the second group had no event, so only a lower limit is known: {figure(low / (1 - low) * scale)}"
    )
    ends = (low / (1 - low) * scale, high / (1 - high) * scale if high < 1 else np.inf)
    return RateRatio(value, float(ends[0]), float(ends[1]), float(p), "exact", 1.0, 0.0, conf_level, why)


def _regression(y: Floats, e: Floats, group: npt.NDArray[np.bool_], family: str, conf_level: float) -> RateRatio:
    found = fit(y, np.column_stack([np.ones(y.size), group]), offset=np.log(e), family=family)
    phi = max(1.0, found.phi) if family == "quasipoisson" else 1.0
    error = float(np.sqrt(found.bread[1, 1] * phi))
    log_ratio = float(found.coefficients[1])
    reach = float(stdtrit(found.df, (1 + conf_level) / 2)) * error
    p = float(2 * stdtr(found.df, -abs(log_ratio) / error))
    with np.errstate(over="ignore"):  # an end too large for a number is none
        value, low, high = (float(end) for end in np.exp([log_ratio, log_ratio - reach, log_ratio + reach]))
    return RateRatio(value, low, high, p, family, phi, found.alpha, conf_level)
