"""Displacement and diffusion: did events move next door, or did next door gain too?

With A treated, B the buffer around it and C the comparison, before (0) and after (1),

    direct   A1 - A0 C1/C0        buffer   B1 - B0 C1/C0        net   the two together           (events)
    WDQ      (B1/C1 - B0/C0) / (A1/C1 - A0/C0)

the weighted displacement quotient (Bowers and Johnson 2003, *J. Quant. Criminol.* 19, 275-301). Where treated places
gained: over 1, more gained next door than in them; 0 to 1, diffusion of benefit; 0 to -1, displacement, less than the
gain; under -1, more than the gain. Variances by the delta method on independent counts, times phi; the interval of the
quotient is Fieller's (1954, *J. R. Stat. Soc. B* 16, 175-185). Where the treated area did not change beyond doubt there
is nothing to displace, and no quotient is given.

The buffer must not touch the comparison. Events that moved further than the buffer are not seen.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from redway.methods.evaluation.result import Assumption, Effect, large_enough, untold
from redway.methods.evaluation.wdd import _pair
from redway.methods.inputs import number, probability
from redway.methods.wording import figure, interval

VERSION = 1

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Displaced:
    """Effects in events: in the treated area, in its buffer, and both together; and the quotient.

    wdq, wdq_low, wdq_high  NaN where `cannot_tell` says why
    """

    direct: Effect
    buffer: Effect
    net: Effect
    wdq: float
    wdq_low: float
    wdq_high: float
    cannot_tell: str = ""

    @property
    def sentence(self) -> str:
        if self.net.cannot_tell:
            return f"No displacement can be told: {self.net.cannot_tell}."
        way = "not statistically different from none"
        if self.buffer.different:
            same = (self.buffer.value < 0) == (self.direct.value < 0)
            way = (
                "diffusion: the buffer changed the same way"
                if same
                else "displacement: the buffer changed the other way"
            )
        limits = interval(self.net.low, self.net.high, self.net.conf_level)
        net = f"net of it, by {figure(self.net.value)} ({limits})"
        told = f"The buffer changed by {figure(self.buffer.value)} events beyond the comparison's change ({way}); {net}"
        if self.cannot_tell:
            return f"{told}; no quotient can be told: {self.cannot_tell}."
        limits = interval(self.wdq_low, self.wdq_high, self.net.conf_level)
        return f"{told}; the quotient is {figure(self.wdq)} ({limits})."


def displacement(
    treated: npt.ArrayLike,
    buffer: npt.ArrayLike,
    control: npt.ArrayLike,
    *,
    phi: float = 1.0,
    conf_level: float = 0.95,
) -> Displaced:
    """What moved, from counts (before, after) of the treated area, its buffer and the comparison.

    phi  over-dispersion, at least 1

    Raises Unfit for counts that are not.
    """
    level, phi = probability(conf_level, "conf_level"), number(phi, "phi", least=1)
    a, b, c = _pair(treated, "treated"), _pair(buffer, "buffer"), _pair(control, "control")
    if not c.all():
        none = untold("the comparison had no event in a period", "The change", " events", 3, level)
        return Displaced(none, none, none, np.nan, np.nan, np.nan, none.cannot_tell)
    assumed = (large_enough(*a, *b, *c), Assumption("events moved no further than the buffer", None))
    names = ("The change in the treated area", "The change in the buffer", "The change, buffer counted in,")
    parts = [_events(pair, c, phi, level, name, assumed) for pair, name in zip((a, b, a + b), names, strict=True)]
    return Displaced(parts[0], parts[1], parts[2], *_quotient(a, b, c, phi, level))


def _events(
    pair: Floats, c: Floats, phi: float, level: float, measures: str, assumed: tuple[Assumption, ...]
) -> Effect:
    ratio = c[1] / c[0]
    value = float(pair[1] - pair[0] * ratio)
    variance = phi * (pair[1] + pair[0] * ratio**2 + (pair[0] * ratio) ** 2 * (1 / c[0] + 1 / c[1]))
    if not variance:
        return untold("no event there, before or after", measures, " events", 3, level)
    error = float(np.sqrt(variance))
    reach = float(ndtri((1 + level) / 2)) * error
    p = float(2 * ndtr(-abs(value) / error))
    return Effect(
        value, value - reach, value + reach, p, measures, " events", 3, level, assumed, {"se": error, "phi": phi}
    )


def _quotient(a: Floats, b: Floats, c: Floats, phi: float, level: float) -> tuple[float, float, float, str]:
    """The quotient with Fieller's limits, and why there is none."""
    top, bottom = b[1] / c[1] - b[0] / c[0], a[1] / c[1] - a[0] / c[0]
    own, theirs = (phi * float((v / c**2).sum()) for v in (b, a))
    shared = phi * c**-3.0
    vt, vb, both = (
        own + float((b**2 * shared).sum()),
        theirs + float((a**2 * shared).sum()),
        float((a * b * shared).sum()),
    )
    z2 = float(ndtri((1 + level) / 2)) ** 2
    square = bottom**2 - z2 * vb
    if square <= 0:
        return np.nan, np.nan, np.nan, "the treated area did not change beyond doubt, so there was nothing to displace"
    middle = top * bottom - z2 * both
    root = float(np.sqrt(max(0.0, middle**2 - square * (top**2 - z2 * vt))))
    return float(top / bottom), float((middle - root) / square), float((middle + root) / square), ""
