"""Change between two periods, cell by cell: which differences are more than chance?

Of n = before + after events in a cell (with its neighbours, if asked), given n, as many fall after as

    X ~ Binomial(n, s)      s = days after / days of both, or the share of all events that fell after (`relative`)

where nothing changed there; with `relative`, where the cell changed as the whole did. p is twice the smaller tail.
Events that come in clusters vary more: with an over-dispersion phi > 1, counts are taken for 1/phi as many (the
beta function that gives the tail needs no whole numbers). False discovery is held over every cell that has events.

sfhotspot's `hotspot_change` gives the difference without a test: `difference` here.

Source: Przyborowski and Wilenski 1940, *Biometrika* 31, 313-323 (the exact test); McCullagh and Nelder 1989, sect.
4.5, for phi.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from redway.methods import inputs
from redway.methods.false_discovery import FalseDiscovery, benjamini_hochberg
from redway.methods.hot_spots.neighbours import Neighbours
from redway.methods.inputs import Floats
from redway.methods.wording import several

VERSION = 1


@dataclass(frozen=True)
class CellChange:
    """Change of every cell.

    difference   float array (cells,): events after less those before, of the cell alone
    ratio        float array (cells,): after / before per day (neighbours included, if asked); NaN where before is 0
    p            float array (cells,): one where no event was recorded in either period
    known        bool array (cells,): whether there was any event
    cannot_tell  why nothing can be said
    """

    difference: Floats
    ratio: Floats
    p: Floats
    known: npt.NDArray[np.bool_]
    risen: npt.NDArray[np.bool_]
    cannot_tell: str = ""

    def listed(self, q: float = 0.05) -> FalseDiscovery:
        """Cells that changed, false discovery held to q over all that had any event."""
        adjusted, listed = np.ones(len(self.p)), np.zeros(len(self.p), dtype=bool)
        found = benjamini_hochberg(self.p[self.known], q)
        adjusted[self.known], listed[self.known] = found.adjusted, found.listed
        return FalseDiscovery(adjusted, listed, q)

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell which cells changed: {self.cannot_tell}."
        listed = self.listed().listed
        up, down = int((listed & self.risen).sum()), int((listed & ~self.risen).sum())
        return (
            f"Of {several(int(self.known.sum()), 'cell')} with events, {up:,} rose and {down:,} fell by more than "
            "chance gives (exact test, false discovery held to 5% over them); the rest are not statistically different."
        )


def cell_change(
    before: Any,
    after: Any,
    *,
    around: Neighbours | None = None,
    lengths: tuple[float, float] = (1.0, 1.0),
    relative: bool = False,
    phi: float = 1.0,
) -> CellChange:
    """Change between two periods.

    before, after: arrays of counts (cells,); lengths: of the two periods, in any one unit; phi: over-dispersion, at
    least 1. Raises Unfit for what are no counts, and for lengths that are not above nought.
    """
    x, y = inputs.counts(before, "before"), inputs.counts(after, "after")
    inputs.same_length(before=x, after=y)
    inputs.number(phi, "phi", least=1)
    days = inputs.above(lengths, "lengths", 0)
    difference = y - x
    if around is not None:
        x, y = x + around.sums(x), y + around.sums(y)
    both, total = x + y, float(x.sum() + y.sum())
    cannot = ""
    if total == 0 or (relative and 0 in (x.sum(), y.sum())):
        cannot = "no event was recorded" if total == 0 else "one period has no event at all"
        return CellChange(difference, np.full(len(x), np.nan), np.ones(len(x)), both > 0, difference > 0, cannot)
    share = float(y.sum()) / total if relative else float(days[1] / days.sum())
    p = np.minimum(1.0, 2 * np.minimum(_at_least(y, x, share, phi), _at_least(x, y, 1 - share, phi)))
    scale = days[0] / days[1]
    ratio = np.divide(y * scale, x, out=np.full(len(x), np.nan), where=x > 0)
    return CellChange(difference, ratio, p, both > 0, y > share * both, cannot)


def _at_least(count: Floats, other: Floats, share: float, phi: float) -> Floats:
    """P(X >= count) of count + other events, each with a chance of `share`; one where count is nought."""
    some = count > 0
    return np.where(some, betainc(np.where(some, count / phi, 1.0), other / phi + 1, share), 1.0)
