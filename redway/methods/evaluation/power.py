"""Power before the event: how large a change would be seen, and how likely the one hoped for is to be seen.

For `before_after`: with a events expected before where something is to be done, c in the comparison, after over k
times as long a time, and a change of the log rate by d,

    SE(d) = sqrt(phi (1/a + 1/(a k e^d) + 1/c + 1/(c k)))        power = P(Z > z - |d|/SE) + P(Z < -z - |d|/SE)

The minimum detectable effect is the smallest d whose power is as asked (Bloom 1995, *Eval. Rev.* 19, 547-556). For
`wdd`, in events, the same with SE = sqrt(phi (sum of all counts)) (Wheeler and Ratcliffe 2018). Without a comparison
its counts are left out, and the answer is for a bare before and after.

Both rest on the dispersion of the areas' own past: with phi taken as 1 they promise too much.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy
from scipy.special import ndtr, ndtri

from redway.methods.inputs import Unfit, chosen, number, probability
from redway.methods.wording import figure

VERSION = 1

Floats = npt.NDArray[np.float64]

KINDS = ("before-after", "wdd")


@dataclass(frozen=True)
class Power:
    """What could be seen. Effects in percent (before-after) or events (wdd).

    power             of seeing `effect`
    fall, rise        the smallest of each that is seen with the power asked; NaN where none is
    """

    effect: float
    power: float
    fall: float
    rise: float
    asked: float
    kind: str
    alpha: float
    cannot_tell: str = ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"No power can be told: {self.cannot_tell}."
        unit = "%" if self.kind == "before-after" else " events"
        smallest = (
            f"only falls of {figure(-self.fall)}{unit} or more would be seen {figure(100 * self.asked)} times in 100"
        )
        if np.isnan(self.fall):
            smallest = f"no fall, however large, would be seen {figure(100 * self.asked)} times in 100"
        return (
            f"A true change of {figure(self.effect)}{unit} would be seen {figure(100 * self.power, 2)} times in 100; "
            f"{smallest}, if counts vary as assumed."
        )


def power(
    treated: float,
    control: float | None = None,
    *,
    effect: float = -20.0,
    ratio: float = 1.0,
    phi: float = 1.0,
    kind: str = "before-after",
    alpha: float = 0.05,
    asked: float = 0.8,
) -> Power:
    """Power and minimum detectable effect, from counts expected before in the treated area and the comparison.

    effect  the true change, in percent, or events for wdd
    ratio   length of the time after over that before
    asked   the power that is wanted

    Raises Unfit for numbers out of range.
    """
    a = number(treated, "treated", least=0, most=1e12)
    c = None if control is None else number(control, "control", least=0, most=1e12)
    chosen(kind, "kind", KINDS)
    k, phi = number(ratio, "ratio", least=1e-6, most=1e6), number(phi, "phi", least=1, most=1e6)
    alpha, asked = probability(alpha, "alpha"), probability(asked, "power")
    if asked <= alpha:
        raise Unfit(
            f"power: above {alpha:g}, which is how often no change at all looks like one",
            came=f"{asked:g}",
            cause="percent in place of shares, or alpha in place of power: 0.8 is usual.",
        )
    if not a or c == 0:
        return Power(effect, np.nan, np.nan, np.nan, asked, kind, alpha, "no event is expected before")
    if kind == "wdd":
        return _events(a, c or 0.0, number(effect, "effect", least=-a * k, most=1e12), k, phi, alpha, asked)
    true = float(np.log1p(number(effect, "effect", least=-99.9999, most=1e6) / 100))

    def seen(d: Floats) -> Floats:
        variance = 1 / a + np.exp(-d) / (a * k) + (0 if c is None else 1 / c + 1 / (c * k))
        return _seen(d, np.sqrt(phi * variance), alpha)

    fall = _smallest(seen, -1, asked, 12)
    rise = _smallest(seen, 1, asked, 12)
    return Power(
        effect,
        float(seen(np.array(true))),
        100 * float(np.expm1(fall)),
        100 * float(np.expm1(rise)),
        asked,
        kind,
        alpha,
    )


def _events(a: float, c: float, effect: float, k: float, phi: float, alpha: float, asked: float) -> Power:
    def seen(d: Floats) -> Floats:
        after = np.maximum(a + d, 0.0)
        return _seen(d, np.sqrt(phi * (a + after / k + c + c / k)), alpha)

    fall, rise = _smallest(seen, -1, asked, a), _smallest(seen, 1, asked, 1000 * (a + c + 1))
    return Power(effect, float(seen(np.array(effect))), fall, rise, asked, "wdd", alpha)


def _seen(d: Floats, error: Floats, alpha: float) -> Floats:
    z, away = -float(ndtri(alpha / 2)), np.abs(d) / error
    return np.asarray(ndtr(away - z) + ndtr(-away - z))


def _smallest(seen: Callable[[Floats], Floats], way: int, asked: float, furthest: float) -> float:
    """The smallest change one way that is seen as often as asked; NaN where none up to the furthest is."""
    steps = np.linspace(0, furthest, 2001)[1:]
    found = seen(way * steps)
    if not (found >= asked).any():
        return np.nan
    first = int(np.argmax(found >= asked))
    low = 0.0 if first == 0 else float(steps[first - 1])
    ends = low, float(steps[first])
    return way * float(scipy.optimize.brentq(lambda v: float(seen(np.array(way * v))) - asked, *ends))
