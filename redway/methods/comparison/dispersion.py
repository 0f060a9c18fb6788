"""Over-dispersion: how many times more a count varies from month to month than independent events would.

    phi = Pearson chi-square / degrees of freedom = sum((x - m)^2 / m) / df

(McCullagh and Nelder, *Generalized Linear Models*, 1989, section 6.2.5). m is what each month would be if
nothing but chance moved it. It allows for slow change and, where the data allow, for season:

- The months are cut into blocks: unbroken runs, and within a run stretches of at most twelve months counted back
  from the run's end. Each block has a level of its own, so no sum reaches over a gap, and a step from one year
  to the next is change, not dispersion.
- With at least `SEASONAL_MONTHS` known months, and at least `SEASONAL_DF` degrees of freedom left by it, m is a
  multiplicative fit, level of the block x factor of the calendar month (maximum likelihood for counts, by
  iterative proportional fitting); otherwise m is the block's mean, and season counts as dispersion, which errs
  on the side of caution.

df is the number of months in use less the rank of the fit; a block or calendar month in which an area has no
count at all tells nothing of variation and is left out of both. For independent events phi is 1 on average, at
any size of count. Used in an interval it is never taken below 1 (`Dispersion.phi`), because events that vary
less than independent ones are, in short records, nearly always luck.

One area's phi is measured from few events. Many areas together say what is usual for the indicator, and how far
areas differ; `squeezed` draws each towards the usual by as much as that says (Smyth 2004, *Stat. Appl. Genet.
Mol. Biol.* 3, 3; for counts: Lund and others 2012, *ibid.* 11, 8). With phi_i measured on d_i degrees of freedom,

    log phi_i ~ log phi_0 + log F(d_i, d_0)      phi = (d_0 phi_0 + d_i phi_i) / (d_0 + d_i)      df = d_0 + d_i

where phi_0 and d_0 are found from the mean and variance of log phi_i. Areas that differ greatly give a small
d_0, and each stands nearly on its own; areas that differ by chance alone give an infinite one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, polygamma

from redway.methods.wording import figure, several

VERSION = 1

FEWEST_AREAS = 10  # fewer say too little of what is usual, and each stands on its own
SEASONAL_MONTHS = 24
SEASONAL_DF = 10

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


class Fit(StrEnum):
    """What variation was measured around."""

    SEASONAL = "the level of each run of up to twelve months, times a factor for each calendar month"
    LEVELS = "the mean of each run of up to twelve months"


@dataclass(frozen=True)
class Dispersion:
    """The over-dispersion of one series, or of several taken together.

    measured  phi as measured: may be below 1; NaN when df is 0
    df        degrees of freedom it was measured on
    months    how many months with a value it rests on
    fit       what it was measured around
    """

    measured: float
    df: int
    months: int
    fit: Fit

    @property
    def phi(self) -> float:
        """What an interval uses: never below 1. Raises ValueError when nothing could be measured."""
        if self.df < 1:
            raise ValueError("no two months of one unbroken run: dispersion cannot be measured")
        return max(1.0, self.measured)

    @property
    def cannot_tell(self) -> str:
        """Why nothing was measured; empty where something was."""
        return "" if self.df >= 1 else "no two months of one unbroken run with a count"

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell how much counts vary: {self.cannot_tell}."
        return (
            f"Counts vary {figure(self.measured)} times as much from month to month as independent events would "
            f"({several(self.months, 'month')}, {self.df:,} degrees of freedom, around {self.fit})."
        )


@dataclass(frozen=True)
class Dispersions:
    """The over-dispersion of many areas over the same months.

    chi_square, df  arrays (areas,)
    months, fit     as in `Dispersion`, the same for all
    """

    chi_square: Floats
    df: npt.NDArray[np.int64]
    months: int
    fit: Fit

    @property
    def measured(self) -> Floats:
        """phi of each area as measured, NaN where df is 0."""
        return np.divide(self.chi_square, self.df, out=np.full(self.df.size, np.nan), where=self.df > 0)

    @property
    def pooled(self) -> Dispersion:
        """All areas taken together: every degree of freedom weighs the same."""
        df = int(self.df.sum())
        return Dispersion(float(self.chi_square.sum() / df) if df else np.nan, df, self.months, self.fit)

    @property
    def cannot_tell(self) -> str:
        """Why nothing was measured of any area; empty where something was."""
        return self.pooled.cannot_tell

    @property
    def sentence(self) -> str:
        """Of all areas taken together."""
        return self.pooled.sentence


def dispersion(counts: Sequence[float] | Floats, months: Sequence[int]) -> Dispersion:
    """The over-dispersion of one series: counts (months,) with NaN where there is no value.

    months are consecutive month numbers (12 x year + month - 1). Raises ValueError as `dispersions` does.
    """
    one = dispersions(np.asarray(counts, dtype=float)[None, :], months)
    return Dispersion(float(one.measured[0]), int(one.df[0]), one.months, one.fit)


def dispersions(counts: Floats, months: Sequence[int]) -> Dispersions:
    """The over-dispersion of each area: counts (areas, months), NaN in the same months for all areas.

    Raises ValueError when months are not consecutive, counts are negative, or areas know different months.
    """
    x = np.asarray(counts, dtype=float)
    when = np.asarray(months)
    if x.shape[1:] != when.shape or (np.diff(when) != 1).any():
        raise ValueError("expected one count for each of consecutive months")
    known = ~np.isnan(x).any(axis=0)
    if (np.isnan(x) != ~known).any():
        raise ValueError("expected every area to know the same months")
    x, when = x[:, known], when[known]
    if not (x >= 0).all():
        raise ValueError("expected counts of nought or more")
    block, calendar = _columns(_blocks(when)), _columns(when % 12)
    seasonal = when.size >= SEASONAL_MONTHS and when.size - _rank(block, calendar) >= SEASONAL_DF
    if not seasonal:
        calendar = np.ones((when.size, 1))
    expected = _fit(x, block, calendar)
    informative = expected > 0
    squares = np.divide((x - expected) ** 2, expected, out=np.zeros_like(x), where=informative)
    fit = Fit.SEASONAL if seasonal else Fit.LEVELS
    return Dispersions(squares.sum(axis=1), _freedom(informative, block, calendar), when.size, fit)


def squeezed(measured: Floats, df: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Each area's phi (at least 1) and degrees of freedom, drawn towards what is usual for all of them.

    measured and df are arrays (areas,), measured is NaN where df is 0. With fewer than `FEWEST_AREAS` areas to
    go by, each keeps its own, and one that has none takes that of the others together (df 0 if there are none).
    """
    known = df > 0
    own = np.where(known, measured, 1.0)
    if known.sum() < FEWEST_AREAS:
        total = float(df.sum())
        together = float((own * df).sum()) / total if total else 1.0
        phi, freedom = np.where(known, own, together), np.where(known, df, total)
        return np.asarray(np.maximum(1.0, phi), dtype=float), np.asarray(freedom, dtype=float)
    usual, weight = _usual(measured[known], df[known].astype(float))
    if np.isinf(weight):  # infinity times nought is no number
        return np.full(df.shape, max(1.0, usual)), np.full(df.shape, np.inf)
    drawn = (weight * usual + df * own) / (weight + df)
    return np.asarray(np.maximum(1.0, drawn), dtype=float), np.asarray(weight + df, dtype=float)


def _usual(measured: Floats, df: Floats) -> tuple[float, float]:
    """phi_0 and d_0, by the moments of log phi (Smyth 2004, section 6.2)."""
    # an area that happened not to vary at all would have a logarithm of minus infinity
    floor = 1e-3 * max(np.median(measured), 1e-3)
    log = np.log(np.maximum(measured, floor)) - digamma(df / 2) + np.log(df / 2)
    spare = log.var(ddof=1) - polygamma(1, df / 2).mean()
    if spare <= 1e-6:
        return float(np.exp(log.mean())), np.inf
    half = _inverse_trigamma(spare)
    return float(np.exp(log.mean() + digamma(half) - np.log(half))), 2 * half


def _inverse_trigamma(value: float) -> float:
    """The x whose trigamma is a value, by Newton's method on its reciprocal, which is nearly straight."""
    x = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, x))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, x))
        x += step
        if abs(step) < 1e-9 * x:
            break
    return x


def _blocks(when: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The block of each known month: runs, cut into stretches of twelve from their end backwards."""
    run = np.concatenate([[0], np.cumsum(np.diff(when) != 1)]) if when.size else when
    block = np.empty(when.size, dtype=int)
    for r in np.unique(run):
        inside = np.flatnonzero(run == r)
        stretch = (inside[-1] - inside) // 12
        block[inside] = 12 * when.size * r - stretch  # distinct for every run and stretch
    return block


def _columns(groups: npt.NDArray[np.int64]) -> Floats:
    """Indicator columns (months, groups)."""
    return (groups[:, None] == np.unique(groups)[None, :]).astype(float)


def _rank(block: Floats, calendar: Floats) -> int:
    """How many parameters a level for each block and a factor for each calendar month amount to."""
    both = np.hstack([block, calendar])
    return int(np.linalg.matrix_rank(both)) if both.size else 0


def _fit(x: Floats, block: Floats, calendar: Floats) -> Floats:
    """Expected counts (areas, months): level of the block x factor of the calendar month.

    Iterative proportional fitting; each half-step matches one set of totals, and their fixed point is the
    maximum-likelihood fit of a log-linear model of counts.
    """
    of_block, of_calendar = x @ block, x @ calendar
    both = block.T @ calendar  # which calendar months each block holds
    factor = np.ones((x.shape[0], calendar.shape[1]))
    level = np.zeros((x.shape[0], block.shape[1]))
    for _ in range(1000):
        share = factor @ both.T
        new = np.divide(of_block, share, out=np.zeros_like(of_block), where=share > 0)
        still = (np.abs(new - level) <= 1e-7 * new).all()
        level = new
        share = level @ both
        factor = np.divide(of_calendar, share, out=np.zeros_like(of_calendar), where=share > 0)
        if still:
            break
    expected: Floats = (level @ block.T) * (factor @ calendar.T)
    return expected


def _freedom(informative: Booleans, block: Floats, calendar: Floats) -> npt.NDArray[np.int64]:
    """Degrees of freedom of each area: its informative months less the rank of the fit over them."""
    patterns, which = np.unique(informative, axis=0, return_inverse=True)
    freedom = np.array([p.sum() - _rank(block[p], calendar[p]) for p in patterns], dtype=int)
    return freedom[which.reshape(-1)]
