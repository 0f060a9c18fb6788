"""Is a cell with its neighbours busier than its share of all events? Exactly, for counts however small.

Of N events, a neighbourhood that holds the share e / E of all exposure (residents, premises, or simply area) expects

    m = N e / E        p = P(X >= observed), X ~ Poisson(m)

This asks what Gi* asks, with no normal curve, and can put events against people. Given N, counts are binomial: the
Poisson tail is never much smaller and is what incident data, whose total is chance as well, call for.

Assumes events that come one by one. Where they come in clusters (repeats, one night's spree) p is too small.

Source: Garwood 1936, *Biometrika* 28, 437-442, for the exact tail; Kulldorff 1997, *Communications in Statistics* 26,
1481-1496, for the setting.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc, gammaincc

from redway.methods import inputs
from redway.methods.false_discovery import FalseDiscovery, benjamini_hochberg
from redway.methods.hot_spots.neighbours import Neighbours
from redway.methods.inputs import Floats, Unfit
from redway.methods.wording import several

VERSION = 1


@dataclass(frozen=True)
class PoissonCells:
    """Every neighbourhood against its share.

    observed, expected  float arrays (places,): events, and how many its share of exposure would have
    greater, less       float arrays (places,): chance of at least, and of at most, as many; one where the exposure
                        is nought and nothing was recorded
    unexposed           bool array (places,): no exposure at all: events there can be set against nothing
    cannot_tell         why nothing can be said
    """

    observed: Floats
    expected: Floats
    greater: Floats
    less: Floats
    unexposed: npt.NDArray[np.bool_]
    cannot_tell: str = ""

    def listed(self, q: float = 0.05) -> FalseDiscovery:
        """Places that are busier than their share, false discovery held to q over all that have any exposure."""
        p = self.greater.copy()
        known = ~self.unexposed
        found = benjamini_hochberg(p[known], q)
        adjusted, listed = np.ones(len(p)), np.zeros(len(p), dtype=bool)
        adjusted[known], listed[known] = found.adjusted, found.listed
        return FalseDiscovery(adjusted, listed, q)

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell which cells are busier than their share: {self.cannot_tell}."
        busy, bare = int(self.listed().listed.sum()), int(self.unexposed.sum())
        left = f" {several(bare, 'cell')} with no exposure around cannot be judged." if bare else ""
        return (
            f"{several(busy, 'cell')} of {len(self.observed):,} with their neighbours recorded more events than their "
            f"share (exact Poisson, false discovery held to 5% over all cells; events that come in clusters make "
            f"this too generous).{left}"
        )


def poisson_cells(counts: Any, around: Neighbours, *, exposure: Any = None, star: bool = True) -> PoissonCells:
    """Each neighbourhood (with `star`, the place itself too) against its share of events.

    counts: array of counts (places,); exposure: array (places,) of nought or more, or None for cells of one size.
    Raises Unfit for counts and exposures that are none, and where all exposure together is nought.
    """
    x = inputs.counts(counts, "counts")
    share = np.ones(len(x)) if exposure is None else inputs.at_least(exposure, "exposure", 0)
    inputs.same_length(counts=x, exposure=share, neighbours=around.counts)
    if len(x) and share.sum() <= 0:
        raise Unfit(
            "exposure above nought somewhere",
            came="nought everywhere",
            cause="a population that was not joined to its cells.",
        )
    observed, held = around.sums(x), around.sums(share)
    if star:
        observed, held = observed + x, held + share
    total = x.sum()
    expected = total * held / share.sum() if len(x) else held
    unexposed = held <= 0
    safe = np.where(unexposed, 1.0, np.maximum(expected, np.finfo(float).tiny))
    greater = np.where((observed > 0) & ~unexposed, gammainc(np.maximum(observed, 1), safe), 1.0)
    less = np.where(unexposed, 1.0, gammaincc(observed + 1, safe))
    cannot = "no event was recorded" if total == 0 else ""
    return PoissonCells(observed, expected, greater, less, unexposed, cannot)
