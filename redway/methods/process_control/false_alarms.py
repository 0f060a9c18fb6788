"""How often a chart of nothing but chance shows a signal, and rules that keep to a stated rate.

`false_alarms` throws steady series of the same kind and size as a chart, draws each its own limits, and counts those
with a signal somewhere, and in the newest year. `known_limits` is exact where limits are known beforehand and points
independent: outside points by 1 - (1 - p)^n, runs on one side by a Markov chain over the length of the run.

`calibrated` finds the width of the limits and the length of run on one side that together hold a stated chance of any
signal in a year in a steady chart, 5% if not said otherwise: half of it is for runs (or less, as runs have whole
lengths), the rest for points outside. Estimated limits, small counts and points that lean on the one before are
allowed for, as all are in the simulation.

Sources: Woodall (2000), *J. Quality Technology* 32, 341-350, on what charts promise; Champ and Woodall (1987),
*Technometrics* 29, 393-399, for the chain; Quesenberry (1993), *J. Quality Technology* 25, 237-247.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from redway.methods import inputs
from redway.methods.inputs import Floats, Unfit
from redway.methods.process_control.leaning import latent, quantile, scores
from redway.methods.process_control.limits import KINDS, Limits, limits
from redway.methods.process_control.rules import Rules, signals

VERSION = 1

FAMILIES = ("normal", "poisson", "negbin", "binomial", "geometric", "exponential")
LONGEST = 14
MOST_DRAWN = 100_000_000  # points simulated at once, some 800 MB
MOST_SPREAD = 1e6  # times what independent events vary
LINEAR = ("xmr", "i", "c", "u", "p", "up", "pp")  # limits are so many widths from the centre
FEWER, WIDEST = 4_000, 8.0  # charts, and standard errors, where a width has to be searched for
NO_LIMITS = Rules(trend=0, near=False, side=0)


@dataclass(frozen=True)
class Steady:
    """A process in which nothing happens: its points are drawn alike.

    points    in the chart
    family    normal; poisson of some mean; negbin, with variance phi x mean; binomial, mean being the share; geometric
              and exponential, between events
    leaning   autocorrelation of lag 1
    year      how many of the newest points make a year
    freeze    how many first points make the limits; all if None
    sizes     (points,) what counts are out of, or their exposure, by which `mean` goes; 1 if None
    """

    points: int
    family: str = "normal"
    mean: float = 0.0
    phi: float = 1.0
    leaning: float = 0.0
    year: int = 12
    freeze: int | None = None
    sizes: Floats | None = None

    @property
    def size(self) -> Floats:
        """Of each point."""
        return np.ones(self.points) if self.sizes is None else self.sizes

    def drawn(self, charts: int, rng: np.random.Generator) -> Floats:
        """So many series, (charts, points). Raises Unfit for a family that is none."""
        inputs.chosen(self.family, "family", FAMILIES)
        shape = (charts, inputs.whole(self.points, "points", least=1))
        if charts * shape[1] > MOST_DRAWN:
            raise Unfit(
                f"charts of at most {MOST_DRAWN // charts:,} points",
                came=f"{shape[1]:,}",
                cause="a row for each event where one for each period is meant.",
            )
        inputs.number(self.leaning, "leaning", least=-0.99, most=0.99)
        if self.family == "normal":
            return self.mean + scores(shape, self.leaning, rng)
        inputs.number(self.mean, "mean", least=0, most=1 if self.family == "binomial" else inputs.LARGEST)
        inputs.number(self.phi, "phi", least=0, most=MOST_SPREAD)
        return self._leaning(shape, rng) if self.leaning and self.mean else self._independent(shape, rng)

    def _leaning(self, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
        middle = float(np.median(self.size))
        lag = latent(lambda z: quantile(self.family, self.mean, self.phi, middle, z), self.leaning)
        z = scores(shape, lag, rng)
        for size in np.unique(self.size):
            at = self.size == size
            z[:, at] = quantile(self.family, self.mean, self.phi, float(size), z[:, at])
        return z

    def _independent(self, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
        mean = self.mean if self.sizes is None else self.mean * self.sizes
        if self.family == "geometric":
            return rng.geometric(1 / (1 + self.mean), shape).astype(float) - 1
        if self.family == "exponential":
            return rng.exponential(self.mean, shape)
        if self.family == "binomial":
            return self._of_so_many(shape, rng)
        if self.family == "poisson" or self.phi <= 1 or not self.mean:
            return rng.poisson(mean, shape).astype(float)
        return rng.negative_binomial(mean / (self.phi - 1), 1 / self.phi, shape).astype(float)

    def _of_so_many(self, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
        """Binomial, or beta-binomial where it varies more."""
        n = np.broadcast_to(np.round(self.size).astype(np.int64), shape)
        share: Any = self.mean
        if self.phi > 1 and 0 < self.mean < 1:
            more = np.maximum(n - self.phi, 1e-6) / (self.phi - 1)
            share = rng.beta(self.mean * more, (1 - self.mean) * more)
        return rng.binomial(n, share).astype(float)


@dataclass(frozen=True)
class FalseAlarms:
    """Shares of steady charts with a signal: anywhere, and in the newest year; and of points with one."""

    somewhere: float
    in_a_year: float
    points: float
    charts: int

    @property
    def error(self) -> float:
        """Standard error of `somewhere`, from having thrown so many charts and no more."""
        return float(np.sqrt(self.somewhere * (1 - self.somewhere) / self.charts))

    @property
    def sentence(self) -> str:
        return (
            f"Of steady charts like this, {100 * self.somewhere:.0f}% show a signal somewhere and "
            f"{100 * self.in_a_year:.0f}% in the newest year, by chance alone ({self.charts:,} simulated)."
        )


def false_alarms(
    steady: Steady,
    rules: Rules,
    rng: np.random.Generator,
    *,
    kind: str = "xmr",
    exact: bool = False,
    screen: bool = True,
    charts: int = 4000,
) -> FalseAlarms:
    """How often such rules raise an alarm where nothing happens. kind: see `limits`."""
    inputs.chosen(kind, "kind", KINDS)
    y = steady.drawn(inputs.whole(charts, "charts", least=1), rng)
    met = signals(_limits(steady, kind, y, rules.width, exact, screen), rules).rule > 0
    newest = met[:, _year(steady)]
    return FalseAlarms(float(met.any(axis=1).mean()), float(newest.any(axis=1).mean()), float(met.mean()), charts)


def _limits(steady: Steady, kind: str, y: Floats, width: float, exact: bool, screen: bool) -> Limits:
    base = min(steady.freeze or steady.points, steady.points)
    n = np.broadcast_to(steady.size, y.shape)
    return limits(kind, y, n, base, width=width, exact=exact, phi=steady.phi, screen=screen)


def _year(steady: Steady) -> slice:
    return slice(-min(steady.year, steady.points), None)


def known_limits(points: int, rules: Rules, *, above: float = 0.5, beyond: float | None = None) -> float:
    """Chance of a signal in independent points whose centre and limits are known, exactly, by rules 1 and 4.

    above   chance that a point is above the centre (none is on it)
    beyond  chance that it is outside the limits; of the normal if not given. Points outside are as likely on either
            side as points are
    """
    if rules.trend or rules.near or rules.anhoej:
        raise Unfit(
            "rules of points outside and of runs on one side only", came="others too", cause="use false_alarms."
        )
    outside = 2 * float(ndtr(-rules.width)) if beyond is None else inputs.number(beyond, "beyond", least=0, most=1)
    inside = np.array([above, 1 - above]) * (1 - outside)
    length = rules.side or points + 1
    quiet = np.zeros((2, length))  # by side and by how many points the run has so far
    quiet[:, 1:2] = inside[:, None] if length > 1 else 0.0
    for _ in range(points - 1):
        later = np.zeros_like(quiet)
        if length > 1:
            later[:, 1] = quiet[::-1].sum(axis=1) * inside
            later[:, 2:] = quiet[:, 1:-1] * inside[:, None]
        quiet = later
    return 1 - float(quiet.sum())


def calibrated(
    steady: Steady,
    rng: np.random.Generator,
    *,
    rate: float = 0.05,
    kind: str = "xmr",
    exact: bool = False,
    screen: bool = True,
    charts: int = 20_000,
) -> Rules:
    """Rules that raise an alarm in the newest year of a steady chart no more often than `rate`.

    Runs of up to `LONGEST`, or none where even those come too often; a run chart has runs only. kind: see `limits`.
    """
    inputs.probability(rate, "rate")
    inputs.chosen(kind, "kind", KINDS)
    linear = kind in LINEAR and not exact
    y = steady.drawn(charts if linear else min(charts, FEWER), rng)
    lines = _limits(steady, kind, y, 1.0, exact, screen)
    side, alarmed = _run(lines, _year(steady), rate / 2)
    if kind == "run":
        return replace(NO_LIMITS, side=side)
    if not linear:
        return replace(NO_LIMITS, side=side, width=_narrowest(steady, kind, y, exact, screen, side, rate))
    # a lower limit cut off at nought is never passed, so one reach serves both sides
    reach = np.maximum(lines.upper - lines.centre, lines.centre - lines.lower)
    far = np.divide(np.abs(lines.drawn - lines.centre), reach, out=np.zeros_like(y), where=reach > 0)
    far = far[:, _year(steady)].max(axis=1)
    spare = int(np.floor(rate * len(y))) - int(alarmed.sum())
    quiet = np.sort(far[~alarmed])[::-1]
    width = float(quiet[min(spare, quiet.size - 1)]) if quiet.size else 3.0
    return replace(NO_LIMITS, side=side, width=float(np.ceil(width * 1000 + 1e-9) / 1000))


def _run(lines: Limits, year: slice, rate: float) -> tuple[int, npt.NDArray[np.bool_]]:
    """The shortest run on one side that comes in so few newest years (0 if none does), and which charts have it."""
    everywhere = np.full_like(lines.drawn, np.inf)
    open_ended = replace(lines, lower=-everywhere, upper=everywhere)
    for length in range(6, LONGEST + 1):
        in_year = np.any(signals(open_ended, replace(NO_LIMITS, side=length)).rule[:, year] > 0, axis=1)
        if in_year.mean() <= rate:
            return length, in_year
    return 0, np.zeros(len(lines.drawn), dtype=bool)


def _narrowest(steady: Steady, kind: str, y: Floats, exact: bool, screen: bool, side: int, rate: float) -> float:
    """The narrowest limits, to a hundredth, that with such runs keep the rate; those of `WIDEST` if none do."""

    def holds(width: float) -> bool:
        rules = replace(NO_LIMITS, side=side, width=width)
        met = signals(_limits(steady, kind, y, width, exact, screen), rules).rule[:, _year(steady)] > 0
        return bool(met.any(axis=1).mean() <= rate)

    low, high = 100, round(100 * WIDEST)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle / 100) else (middle + 1, high)
    return low / 100
