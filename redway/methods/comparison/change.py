"""Change between two periods: the ratio of two counts, with an interval that allows for over-dispersion.

With counts a before and b after, exposures e_a and e_b (months of equal length: 1 and 1), dispersion phi >= 1
measured on df degrees of freedom, the quasi-Poisson log ratio (McCullagh and Nelder, *Generalized Linear
Models*, 1989, ch. 9) is

    L = log(b / e_b) - log(a / e_a)       SE = sqrt(phi x (1/a + 1/b))
    interval: exp(L -/+ t(0.975, df) x SE) - 1         p = 2 x P(T_df > |L| / SE)

t on df rather than the normal quantile, because phi is itself measured from few months.

Beside it stands the plain Poisson interval: given a + b, b is binomial, so Clopper and Pearson's (1934,
*Biometrika* 26, 404-413) exact limits of its share give exact limits of the ratio, and an exact p. As phi is at
least 1, the interval that allows for it is never let be narrower than this one, nor its p smaller; that matters
for small counts only, where a logarithm is a poor scale.

Where a or b is nought there is no logarithm: the interval is then Clopper and Pearson's with both counts divided
by phi. A rise from nought has no percentage and no upper end: both are None, never infinity.

Assumes that the two periods are comparable (the same months of the year) and that variance is proportional to
the mean. Months that depend on the months before them make it too sure of itself: see handbook/change.md.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv, stdtr, stdtrit

from redway.methods.wording import chance, figure, interval, several

VERSION = 1

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Change:
    """How a count changed. Percentages are of the count (or rate) before: 23.0 is a rise of 23%.

    percent                    None when nothing was recorded before
    low, high                  95% interval, over-dispersion allowed for; None where that end is open
    poisson_low, poisson_high  95% interval if events were independent
    p                          two-sided, of no change; 1 when both counts are nought
    phi, df                    the dispersion it allows for
    """

    before: float
    after: float
    percent: float | None
    low: float | None
    high: float | None
    poisson_low: float | None
    poisson_high: float | None
    p: float
    phi: float
    df: float

    @property
    def different(self) -> bool:
        """Whether the interval leaves out no change."""
        return (self.low is not None and self.low > 0) or (self.high is not None and self.high < 0)

    @property
    def cannot_tell(self) -> str:
        """Why there is no percentage; empty where there is one."""
        if self.percent is not None:
            return ""
        return "a rise from nought has no percentage" if self.after else "nothing was recorded, before or after"

    @property
    def sentence(self) -> str:
        went = f"It went from {figure(self.before)} to {figure(self.after)}"
        if self.percent is None:
            told = f"; at least {figure(self.low)}%" if self.low is not None and self.low > 0 else ""
            return f"{went}: {self.cannot_tell}{told} ({chance(self.p)} of no change)."
        ends = (np.nan if end is None else end for end in (self.low, self.high))
        told = "" if self.different else "; not statistically different"
        return f"{went}, {figure(self.percent)}% ({interval(*ends)}, {chance(self.p)}{told})."


@dataclass(frozen=True)
class Changes:
    """Many changes at once: float arrays (n,) with the meanings of `Change`; NaN stands for its None."""

    before: Floats
    after: Floats
    percent: Floats
    low: Floats
    high: Floats
    poisson_low: Floats
    poisson_high: Floats
    p: Floats
    phi: Floats
    df: Floats

    @property
    def different(self) -> npt.NDArray[np.bool_]:
        """Of each, whether its interval leaves out no change."""
        return (self.low > 0) | (self.high < 0)

    @property
    def sentence(self) -> str:
        number, found = self.p.size, int(self.different.sum())
        if number == 1:
            return self[0].sentence
        return (
            f"{found:,} of {several(number, 'change')} {'is' if found == 1 else 'are'} statistically different from "
            f"none, each looked at alone; chance gives about {figure(number / 20, 2)}."
        )

    def __getitem__(self, i: int) -> Change:
        def end(values: Floats) -> float | None:
            return None if np.isnan(values[i]) else float(values[i])

        return Change(
            float(self.before[i]),
            float(self.after[i]),
            end(self.percent),
            end(self.low),
            end(self.high),
            end(self.poisson_low),
            end(self.poisson_high),
            float(self.p[i]),
            float(self.phi[i]),
            float(self.df[i]),
        )


def change(
    before: float,
    after: float,
    *,
    phi: float,
    df: float,
    exposure_before: float = 1.0,
    exposure_after: float = 1.0,
) -> Change:
    """The change from one count to another. Raises ValueError as `changes` does."""
    one = changes(
        np.array([before]),
        np.array([after]),
        phi=np.array([phi]),
        df=np.array([df]),
        exposure_before=exposure_before,
        exposure_after=exposure_after,
    )
    return one[0]


def changes(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    *,
    phi: npt.ArrayLike,
    df: npt.ArrayLike,
    exposure_before: npt.ArrayLike = 1.0,
    exposure_after: npt.ArrayLike = 1.0,
) -> Changes:
    """The changes of many pairs of counts, all arguments broadcast to (n,).

    Raises ValueError for counts that are negative or not finite, phi below 1, df below 1, exposures not above 0.
    """
    a, b, phi_, df_, ea, eb = (
        np.array(x, dtype=float)
        for x in np.broadcast_arrays(np.atleast_1d(before), after, phi, df, exposure_before, exposure_after)
    )
    if not (np.isfinite(a) & np.isfinite(b) & (a >= 0) & (b >= 0)).all():
        raise ValueError("expected counts of nought or more")
    if not ((phi_ >= 1) & (df_ >= 1) & np.isfinite(phi_)).all():
        raise ValueError("expected a dispersion and degrees of freedom of at least 1")
    if not ((ea > 0) & (eb > 0)).all():
        raise ValueError("expected exposures above nought")
    base = ea / eb  # the ratio of counts times this is the ratio of rates
    low, high, p = _quasi_poisson(a, b, phi_, df_, base)
    nought = (a == 0) | (b == 0)
    if nought.any():
        zero_low, zero_high, zero_p = _binomial(a / phi_, b / phi_, base)
        low, high, p = (np.where(nought, z, w) for z, w in ((zero_low, low), (zero_high, high), (zero_p, p)))
    exact_low, exact_high, exact_p = _binomial(a, b, base)
    # an open end (NaN) stays open
    low, high, p = np.minimum(low, exact_low), np.maximum(high, exact_high), np.maximum(p, exact_p)
    with np.errstate(divide="ignore", invalid="ignore"):
        percent = np.where(a > 0, 100 * (b / a * base - 1), np.nan)
    low, high, exact_low, exact_high = (100 * (ratio - 1) for ratio in (low, high, exact_low, exact_high))
    return Changes(a, b, percent, low, high, exact_low, exact_high, p, phi_, df_)


def _quasi_poisson(a: Floats, b: Floats, phi: Floats, df: Floats, base: Floats) -> tuple[Floats, Floats, Floats]:
    """Lower and upper ratio and p-value where both counts are above nought; anything elsewhere."""
    a, b = np.maximum(a, 1e-9), np.maximum(b, 1e-9)
    log_ratio = np.log(b / a * base)
    error = np.sqrt(phi * (1 / a + 1 / b))
    reach = stdtrit(df, 0.975) * error
    p = 2 * stdtr(df, -np.abs(log_ratio) / error)
    with np.errstate(over="ignore"):
        return np.exp(log_ratio - reach), np.exp(log_ratio + reach), p


def _binomial(a: Floats, b: Floats, base: Floats) -> tuple[Floats, Floats, Floats]:
    """Clopper and Pearson's limits of b's share of a + b, as ratios of rates; NaN for an open end."""
    nothing = (a == 0) & (b == 0)
    share_low = np.where(b > 0, betaincinv(np.maximum(b, 1e-9), a + 1, 0.025), 0.0)
    share_high = np.where(a > 0, betaincinv(b + 1, np.maximum(a, 1e-9), 0.975), np.nan)
    low = np.where(nothing, np.nan, share_low / (1 - share_low) * base)
    high = np.where(nothing, np.nan, share_high / (1 - share_high) * base)
    fair = 1 / (1 + base)  # b's share when the rates are equal
    above = np.where(b > 0, betainc(np.maximum(b, 1e-9), a + 1, fair), 1.0)  # P(share as high, or higher)
    below = np.where(a > 0, betainc(np.maximum(a, 1e-9), b + 1, 1 - fair), 1.0)
    return low, high, np.where(nothing, 1.0, np.minimum(1.0, 2 * np.minimum(above, below)))
