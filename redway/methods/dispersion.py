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
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

VERSION = 1

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


@dataclass(frozen=True)
class Dispersions:
    """The over-dispersion of many areas over the same months.

    chi_square, df  arrays (areas,)
    most_df         the degrees of freedom of an area with counts in every block and calendar month; unlike df it
                    hangs on the months alone, not on what was counted in them
    months, fit     as in `Dispersion`, the same for all
    """

    chi_square: Floats
    df: npt.NDArray[np.int64]
    most_df: int
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
    freedom = _freedom(informative, block, calendar)
    return Dispersions(squares.sum(axis=1), freedom, when.size - _rank(block, calendar), when.size, fit)


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
    factor = np.ones((x.shape[0], calendar.shape[1]))
    level = np.zeros((x.shape[0], block.shape[1]))
    for _ in range(500):
        share = factor @ calendar.T @ block
        new = np.divide(of_block, share, out=np.zeros_like(of_block), where=share > 0)
        moved = np.abs(new - level).max(initial=0.0)
        level = new
        share = level @ block.T @ calendar
        factor = np.divide(of_calendar, share, out=np.zeros_like(of_calendar), where=share > 0)
        if moved <= 1e-9 * max(1.0, level.max(initial=0.0)):
            break
    expected: Floats = (level @ block.T) * (factor @ calendar.T)
    return expected


def _freedom(informative: Booleans, block: Floats, calendar: Floats) -> npt.NDArray[np.int64]:
    """Degrees of freedom of each area: its informative months less the rank of the fit over them."""
    patterns, which = np.unique(informative, axis=0, return_inverse=True)
    freedom = np.array([p.sum() - _rank(block[p], calendar[p]) for p in patterns], dtype=int)
    return freedom[which.reshape(-1)]
