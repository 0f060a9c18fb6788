"""What every evaluation gives back: effect, interval, what it takes for granted, and how strong the evidence is.

The Maryland scale of scientific methods (Sherman and others, *Preventing Crime*, 1997; Farrington and others 2002):
1 a link at one time; 2 before and after, or a comparison, but not both; 3 before and after with a comparison; 4 the
same with several units on either side, what else differs allowed for; 5 units drawn by lot.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from redway.methods.wording import chance, figure, interval

VERSION = 1

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Assumption:
    """What a method takes for granted. held: whether it was seen to hold; None where no data here could show it."""

    what: str
    held: bool | None
    said: str = ""


@dataclass(frozen=True)
class Effect:
    """An effect with its doubt. NaN throughout where `cannot_tell` says why.

    value, low, high  in the words of `unit`; below nought is fewer
    p                 two-sided, of no effect
    measures          what the figures are of, as a sentence begins: “The change beyond the comparison's”
    unit              "%", or " events" and the like
    maryland          1 to 5
    figures           what else was measured, by name
    """

    value: float
    low: float
    high: float
    p: float
    measures: str
    unit: str
    maryland: int
    conf_level: float = 0.95
    assumptions: tuple[Assumption, ...] = ()
    figures: dict[str, float] = field(default_factory=dict)
    cannot_tell: str = ""

    @property
    def different(self) -> bool:
        """Whether the interval leaves out no effect."""
        return not self.cannot_tell and (self.low > 0 or self.high < 0)

    @property
    def broken(self) -> tuple[Assumption, ...]:
        """The assumptions that were seen not to hold."""
        return tuple(a for a in self.assumptions if a.held is not None and not a.held)

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"No effect can be told: {self.cannot_tell}."
        told = "" if self.different else "; not statistically different from none"
        limits = interval(self.low, self.high, self.conf_level)
        doubt = "".join(f" But {a.said or 'it is not so that ' + a.what}." for a in self.broken)
        strength = f"evidence of level {self.maryland} of 5 on the Maryland scale"
        return (
            f"{self.measures} is {figure(self.value)}{self.unit} ({limits}, {chance(self.p)}{told}); {strength}.{doubt}"
        )


def untold(why: str, measures: str, unit: str, maryland: int, conf_level: float) -> Effect:
    """An effect that cannot be told, and why."""
    return Effect(np.nan, np.nan, np.nan, np.nan, measures, unit, maryland, conf_level, (), {}, why)


def large_enough(*counts: float, least: float = 5) -> Assumption:
    """Counts large enough for a normal approximation."""
    smallest = min(counts)
    return Assumption(
        "every count is large enough for this interval",
        smallest >= least,
        f"a count of {figure(smallest)} is small for this interval" if smallest < least else "",
    )
