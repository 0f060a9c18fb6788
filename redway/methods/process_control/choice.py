"""Which control chart fits, and why, in words.

Source of the order of questions: Provost and Murray, *The Health Care Data Guide*, 2011, chapter 5; on rare events,
Benneyan (2001), *Health Care Management Science* 4, 305-318.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redway.methods import inputs

VERSION = 1

WHAT = ("measurement", "groups", "count", "out-of", "time-between", "number-between")
RARE = 2.0  # a mean count under this: most points are 0, 1 or 2
SMALL = 10.0  # under this the normal limits of a count have no lower one


@dataclass(frozen=True)
class Choice:
    """kind of chart, whether its limits should be exact, the measured over-dispersion (NaN if none), and why."""

    kind: str
    exact: bool
    phi: float
    why: str

    @property
    def sentence(self) -> str:
        return self.why


def choose(values: npt.ArrayLike, sizes: npt.ArrayLike | None = None, *, what: str) -> Choice:
    """The chart for values (points,), out of sizes (points,) where those differ.

    what   measurement; groups of measurements; count; out-of (so many of how many); time-between or number-between
           events. Raises Unfit for values that are none of these.
    """
    inputs.chosen(what, "what", WHAT)
    if what == "groups":
        return Choice("xbar-s", False, np.nan, "Xbar and s: several measurements in each period.")
    if what == "time-between":
        inputs.at_least(values, "values", 0)
        return Choice("t", True, np.nan, "t: the time between rare events, with the limits of an exponential.")
    if what == "number-between":
        inputs.counts(values, "values")
        return Choice("g", True, np.nan, "g: how many went well between rare events, with the limits of a geometric.")
    if what == "measurement":
        inputs.numbers(values, "values")
        return Choice("xmr", False, np.nan, "XmR: one measurement in each period; its own steps say what is ordinary.")
    y = inputs.counts(values, "values")
    n = np.ones(y.size) if sizes is None else inputs.above(sizes, "sizes", 0)
    inputs.same_length(values=y, sizes=n)
    if y.size < 2 or y.sum() == 0:
        return Choice("run", False, np.nan, "A run chart: no events, or too few points, so limits cannot be made.")
    if what == "out-of":
        return _proportion(y, n)
    return _count(y, n, sizes is not None and bool(np.ptp(n) > 0))


def _phi(y: npt.NDArray[np.float64], usual: npt.NDArray[np.float64], spread: npt.NDArray[np.float64]) -> float:
    """How many times more neighbours differ than independent events would: from steps, so that trend has no part."""
    z = np.divide(y - usual, spread, out=np.zeros_like(y), where=spread > 0)
    return float((np.diff(z) ** 2).mean() / 2)


def _count(y: npt.NDArray[np.float64], n: npt.NDArray[np.float64], differ: bool) -> Choice:
    usual = n * (y.sum() / n.sum())
    phi = _phi(y, usual, np.sqrt(usual))
    kind, over = ("u", " over exposures that differ") if differ else ("c", "")
    mean = float(y.mean())
    # of independent events phi has a standard error of about sqrt(3 / points)
    if phi > 1 + 2 * np.sqrt(3 / y.size):
        told = f"Counts{over} vary {phi:,.1f} times as much from one to the next as independent events would"
        if differ and mean >= SMALL:
            return Choice("up", False, phi, f"u': {told}.")
        if not differ and mean >= SMALL:
            return Choice("xmr", False, phi, f"XmR: {told}, so their own steps say what is ordinary.")
        return Choice(kind, True, phi, f"{kind} with the limits of a negative binomial: {told}, and they are small.")
    if mean < RARE:
        return Choice(kind, True, phi, f"{kind} with exact limits; of events this rare, a g or t chart tells more.")
    if mean < SMALL:
        return Choice(kind, True, phi, f"{kind} with exact limits: counts are small, and normal limits lie.")
    return Choice(kind, False, phi, f"{kind}: counts{over}, varying as independent events do.")


def _proportion(y: npt.NDArray[np.float64], n: npt.NDArray[np.float64]) -> Choice:
    share = float(y.sum() / n.sum())
    phi = _phi(y / n, np.full(y.size, share), np.sqrt(share * (1 - share) / n))
    if phi > 1 + 2 * np.sqrt(3 / y.size):
        return Choice("pp", False, phi, f"p': shares vary {phi:,.1f} times as much as independent cases would.")
    if min(y.mean(), (n - y).mean()) < SMALL:
        return Choice("p", True, phi, "p with exact limits: few of them in each period, and normal limits lie.")
    return Choice("p", False, phi, "p: so many out of how many, varying as independent cases do.")
