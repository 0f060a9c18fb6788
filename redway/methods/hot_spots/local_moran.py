"""Local Moran: is a place like its neighbours (high among high, low among low), or unlike them?

With z = x - mean(x) over n places and the neighbours' mean of z,

    I_i = (n - 1) z_i (mean of z over the neighbours of i) / sum(z^2)

High among high is a hot spot's heart; low among high and high among low are outliers. Chance is what values dealt out
at random to all other places give, the place keeping its own (`local_permutation`).

Assumes the same chance of events everywhere under the null. A place with no neighbour has an I of nought.

Source: Anselin 1995, *Geographical Analysis* 27, 93-115. Scaled as PySAL's `Moran_Local` with row-standardised weights.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redway.methods import inputs
from redway.methods.false_discovery import FalseDiscovery, benjamini_hochberg
from redway.methods.hot_spots.local_permutation import Tails, exact_p, permuted_p
from redway.methods.hot_spots.neighbours import Neighbours
from redway.methods.inputs import Floats
from redway.methods.wording import several

VERSION = 1

QUADRANTS = ("high among high", "low among high", "low among low", "high among low")


@dataclass(frozen=True)
class LocalMoran:
    """Local Moran of every place.

    value        float array (places,): I
    p            float array (places,): of so great an I, of either sign, two-sided by shuffling
    quadrant     int array (places,): 1 to 4, in the order of QUADRANTS
    tails        of the neighbours' sums, from which p comes; None where nothing can be told
    cannot_tell  why nothing can be said
    """

    value: Floats
    p: Floats
    quadrant: npt.NDArray[np.int64]
    tails: Tails | None = None
    cannot_tell: str = ""

    def listed(self, q: float = 0.05) -> FalseDiscovery:
        """What stands out with false discovery held to q over all places."""
        return benjamini_hochberg(self.p, q)

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell which cells are like their neighbours: {self.cannot_tell}."
        stands = self.listed().listed
        kinds = [f"{int((stands & (self.quadrant == k + 1)).sum()):,} {name}" for k, name in enumerate(QUADRANTS)]
        return (
            f"{several(int(stands.sum()), 'cell')} of {len(self.p):,} differ from chance together with their "
            f"neighbours ({', '.join(kinds)}; local Moran, shuffled, false discovery held to 5% over all cells)."
        )


def local_moran(
    values: Any,
    around: Neighbours,
    rng: np.random.Generator | None = None,
    *,
    permutations: int = 999,
) -> LocalMoran:
    """Local Moran. With `rng`, p by so many shuffles; without, by counting every shuffle, which takes counts.

    values: float array (places,). Raises Unfit for values that are not finite, and as `permuted_p` and `exact_p` do.
    """
    x = inputs.numbers(values, "values")
    counts = around.counts
    inputs.same_length(values=x, neighbours=counts)
    if len(x) < 3 or (x == x[0]).all():
        why = "every cell has the same value" if len(x) > 2 else f"there are only {len(x)} cells"
        return LocalMoran(np.zeros(len(x)), np.ones(len(x)), np.full(len(x), 3), None, why)
    z = x - x.mean()
    lag = np.divide(around.sums(z), counts, out=np.zeros(len(x)), where=counts > 0)
    quadrant = np.select([(z > 0) & (lag > 0), (z <= 0) & (lag > 0), (z <= 0) & (lag <= 0)], [1, 2, 3], 4)
    tails = exact_p(x, around) if rng is None else permuted_p(x, around, rng, permutations=permutations)
    return LocalMoran((len(x) - 1) * z * lag / np.dot(z, z), tails.p(), quadrant.astype(np.int64), tails)
