"""How often a chart of nothing but chance shows a signal, and rules that keep to a stated rate.

`false_alarms` throws steady series of the same kind and size as a chart, draws each its own limits, and counts those
with a signal somewhere, and in the newest year. `known_limits` is exact where limits are known beforehand and points
independent: outside points by 1 - (1 - p)^n, runs on one side by a Markov chain over the length of the run.

`calibrated` finds the width of the limits and the length of run on one side that together hold a stated chance of any
signal in a year in a steady chart, 5% if not said otherwise: half of it is for runs (or less, as runs have whole
lengths), the rest for points outside. Estimated limits and small counts are allowed for, as both are in the simulation.

Sources: Woodall (2000), *J. Quality Technology* 32, 341-350, on what charts promise; Champ and Woodall (1987),
*Technometrics* 29, 393-399, for the chain; Quesenberry (1993), *J. Quality Technology* 25, 237-247.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from redway.methods import inputs
from redway.methods.inputs import Floats, Unfit
from redway.methods.process_control.limits import limits
from redway.methods.process_control.rules import Rules, signals

VERSION = 1

FAMILIES = ("normal", "poisson", "negbin", "geometric", "exponential")
LONGEST = 14
MOST_SPREAD = 1e6  # times what independent events vary
NO_LIMITS = Rules(trend=0, near=False, side=0)


@dataclass(frozen=True)
class Steady:
    """A process in which nothing happens: its points are drawn alike.

    points    in the chart
    family    normal; poisson of some mean; negbin, with variance phi x mean; geometric and exponential, between events
    leaning   autocorrelation of lag 1, for normal points only
    year      how many of the newest points make a year
    freeze    how many first points make the limits; all if None
    """

    points: int
    family: str = "normal"
    mean: float = 0.0
    phi: float = 1.0
    leaning: float = 0.0
    year: int = 12
    freeze: int | None = None

    def drawn(self, charts: int, rng: np.random.Generator) -> Floats:
        """So many series, (charts, points). Raises Unfit for a family that is none."""
        inputs.chosen(self.family, "family", FAMILIES)
        shape = (charts, inputs.whole(self.points, "points", least=1))
        if self.family == "normal":
            return self.mean + _leaning(rng.standard_normal(shape), self.leaning)
        inputs.number(self.mean, "mean", least=0, most=inputs.LARGEST)
        inputs.number(self.phi, "phi", least=0, most=MOST_SPREAD)
        if self.family == "geometric":
            return rng.geometric(1 / (1 + self.mean), shape).astype(float) - 1
        if self.family == "exponential":
            return rng.exponential(self.mean, shape)
        if self.family == "poisson" or self.phi <= 1 or not self.mean:
            return rng.poisson(self.mean, shape).astype(float)
        return rng.negative_binomial(self.mean / (self.phi - 1), 1 / self.phi, shape).astype(float)


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
    """How often such rules raise an alarm where nothing happens. kind: xmr, i, c, g, t or run; see `limits`."""
    inputs.chosen(kind, "kind", ("xmr", "i", "c", "g", "t", "run"))
    y = steady.drawn(inputs.whole(charts, "charts", least=1), rng)
    base = min(steady.freeze or steady.points, steady.points)
    lines = limits(kind, y, np.ones_like(y), base, width=rules.width, exact=exact, phi=steady.phi, screen=screen)
    met = signals(lines, rules).rule > 0
    newest = met[:, -min(steady.year, steady.points) :]
    return FalseAlarms(float(met.any(axis=1).mean()), float(newest.any(axis=1).mean()), float(met.mean()), charts)


def _leaning(noise: Floats, lag: float) -> Floats:
    inputs.number(lag, "leaning", least=-0.99, most=0.99)
    if lag:
        fresh = np.sqrt(1 - lag**2)
        for t in range(1, noise.shape[1]):
            noise[:, t] = lag * noise[:, t - 1] + fresh * noise[:, t]
    return noise


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
    screen: bool = True,
    charts: int = 20_000,
) -> Rules:
    """Rules that raise an alarm in the newest year of a steady chart no more often than `rate`.

    Limits by standard errors (xmr, i, c); runs of up to `LONGEST`, or none where even those come too often.
    """
    inputs.probability(rate, "rate")
    inputs.chosen(kind, "kind", ("xmr", "i", "c"))
    y = steady.drawn(charts, rng)
    base = min(steady.freeze or steady.points, steady.points)
    lines = limits(kind, y, np.ones_like(y), base, width=1.0, screen=screen)
    year = slice(-min(steady.year, steady.points), None)
    side = 0
    alarmed: npt.NDArray[np.bool_] = np.zeros(charts, dtype=bool)
    everywhere = np.full_like(y, np.inf)
    open_ended = replace(lines, lower=-everywhere, upper=everywhere)
    for length in range(6, LONGEST + 1):
        in_year = np.any(signals(open_ended, replace(NO_LIMITS, side=length)).rule[:, year] > 0, axis=1)
        if in_year.mean() <= rate / 2:
            side, alarmed = length, in_year
            break
    # a lower limit cut off at nought is never passed, so one reach serves both sides
    reach = lines.upper - lines.centre
    far = np.divide(np.abs(y - lines.centre), reach, out=np.zeros_like(y), where=reach > 0)[:, year].max(axis=1)
    spare = int(np.floor(rate * charts)) - int(alarmed.sum())
    quiet = np.sort(far[~alarmed])[::-1]
    width = float(quiet[min(spare, quiet.size - 1)]) if quiet.size else 3.0
    return Rules(width=float(np.ceil(width * 1000 + 1e-9) / 1000), trend=0, near=False, side=side)
