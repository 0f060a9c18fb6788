"""Dual kernel density: events set against what they happen to (residents, premises), both smoothed alike.

    ratio a / b      log ln(a / b)      diff a - b      sum a + b

with a and b the two densities at each cell's centre. A place with many people has many events; the ratio says where
there are more than that. Where b is nought the ratio is not known, and is said not to be: it is not nought.

Assumes that both surfaces are smoothed with one bandwidth, and that the people counted are those at risk: residents
are not who is in a city centre at night.

Source: Bowers and Hirschfield 1999, *IJGIS* 13, 159-184; Kelsall and Diggle 1995, *Statistics in Medicine* 14,
2335-2342, for one bandwidth in both. As sfhotspot's `hotspot_dual_kde`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.hot_spots.kde import Density
from redway.methods.inputs import Floats, Unfit
from redway.methods.wording import several

VERSION = 1

METHODS = ("ratio", "log", "diff", "sum")


@dataclass(frozen=True)
class DualDensity:
    """Two densities as one.

    values       float array (cells,): NaN where `known` is False
    known        bool array (cells,)
    method       how they were put together
    cannot_tell  why nothing can be said
    """

    values: Floats
    known: npt.NDArray[np.bool_]
    method: str
    cannot_tell: str = ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell or not self.known.any():
            return f"Cannot tell where events are many for their base: {self.cannot_tell or 'no cell has a base'}."
        bare = int((~self.known).sum())
        unknown = f"; of {several(bare, 'cell')} nothing is known, their base being nought" if bare else ""
        middle, high = np.quantile(self.values[self.known], [0.5, 0.99])
        told = f"{high / middle:,.1f} times the middle one" if self.method == "ratio" and middle > 0 else f"{high:.3g}"
        return (
            f"One cell in a hundred has a {self.method} of {told} or more{unknown}; smoothing tests nothing, and "
            "few events over a small base swing widely."
        )


def dual_kde(events: Density, base: Density, *, method: str = "ratio") -> DualDensity:
    """Two densities on one grid put together.

    Raises Unfit for densities of different grids, bandwidths or scales.
    """
    inputs.chosen(method, "method", METHODS)
    if len(events.values) != len(base.values) or events.scale != base.scale:
        raise Unfit(
            "two densities on one grid and of one scale",
            came="two that differ",
            cause="two grids laid over the points of each in place of one over both.",
        )
    a, b = events.values, base.values
    cannot = events.cannot_tell or base.cannot_tell
    if method in ("diff", "sum"):
        return DualDensity(a - b if method == "diff" else a + b, np.ones(len(a), dtype=bool), method, cannot)
    known = (b > 0) & ((a > 0) | (method == "ratio"))
    ratio = np.divide(a, b, out=np.full(len(a), np.nan), where=known)
    return DualDensity(np.log(ratio) if method == "log" else ratio, known, method, cannot)
