"""Gi and Gi*: is a cell, together with its neighbours, higher than all cells are on average?

With values x over n places, W neighbours of a place (Gi*: with the place itself), all weighing the same,

    z = (sum of x over them - W m) / (s sqrt((n W - W^2) / (n - 1)))     m mean, s^2 = mean(x^2) - m^2

Gi leaves the place itself out of the sum, of m, of s and of n. p is two-sided by the normal curve, as if each place
were looked at alone.

Assumes sums that are nearly normal under chance. Small counts are not: where cells hold 0.7 events on average, the
curve's 1 in 2,000 is nearer 1 in 500. `local_permutation` and `poisson_cells` give p-values that do not lean on it.

Source: Getis and Ord 1992, *Geographical Analysis* 24, 189-206; Ord and Getis 1995, *ibid.* 27, 286-306, eq. 5.
sfhotspot's `p_adjust_method` ("fdr" and "bonferroni" alike) multiplies each p by its own number of neighbours and
one more, which corrects for nothing that is asked of a map; `as_sfhotspot` gives that, `listed` the real correction.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from redway.methods import inputs
from redway.methods.false_discovery import FalseDiscovery, benjamini_hochberg
from redway.methods.hot_spots.neighbours import Neighbours
from redway.methods.inputs import Floats
from redway.methods.wording import several

VERSION = 1


@dataclass(frozen=True)
class Gi:
    """Gi or Gi* of every place.

    z, p         float arrays (places,): nought and one where the neighbourhood is everything there is
    sums         values of the neighbourhood added up
    counts       how many places the neighbourhood has
    star         whether the place itself belongs to it
    cannot_tell  why nothing can be said; then every z is nought
    """

    z: Floats
    p: Floats
    sums: Floats
    counts: Floats
    star: bool
    cannot_tell: str = ""

    def listed(self, q: float = 0.05) -> FalseDiscovery:
        """What stands out with false discovery held to q over all places at once."""
        return benjamini_hochberg(self.p, q)

    @property
    def as_sfhotspot(self) -> Floats:
        """p as sfhotspot's p_adjust_method gives it: times the neighbourhood's size and one, one place at a time."""
        return np.asarray(np.minimum(1.0, self.p * (self.counts + 1)))

    def hot(self, q: float = 0.05) -> npt.NDArray[np.bool_]:
        """Places that stand out upwards with false discovery held to q over all."""
        return self.listed(q).listed & (self.z > 0)

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell where hot spots are: {self.cannot_tell}."
        alone, together = int(((self.p < 0.05) & (self.z > 0)).sum()), int(self.hot().sum())
        return (
            f"{several(together, 'cell')} of {len(self.z):,} {'stands' if together == 1 else 'stand'} out as hot "
            f"({'Gi*' if self.star else 'Gi'}, false discovery held to 5% over all cells; "
            f"{alone:,} at p < 0.05 if each were the only one looked at); the normal curve behind this is too "
            "generous where counts are small."
        )


def gi(values: Any, around: Neighbours, *, star: bool = True) -> Gi:
    """Gi* (or with `star` False, Gi) of every place.

    values: float array (places,), counts or rates. Raises Unfit for values that are not finite.
    """
    x = inputs.numbers(values, "values")
    sums, counts = around.sums(x), around.counts
    inputs.same_length(values=x, neighbours=counts)
    if star:
        sums, counts = sums + x, counts + 1
    cannot = _cannot_tell(x)
    if cannot:
        return Gi(np.zeros(len(x)), np.ones(len(x)), sums, counts, star, cannot)
    z = _starred(x, sums, counts) if star else _unstarred(x, sums, counts)
    p = np.negative(np.abs(z))
    ndtr(p, out=p)
    p *= 2
    return Gi(z, p, sums, counts, star)


def _cannot_tell(x: Floats) -> str:
    if len(x) < 3:
        return f"there {'is' if len(x) == 1 else 'are'} only {several(len(x), 'cell')}"
    return "every cell has the same value" if (x == x[0]).all() else ""


def _starred(x: Floats, sums: Floats, counts: Floats) -> Floats:
    n, mean = len(x), x.mean()
    spread = np.sqrt(max(0.0, np.dot(x, x) / n - mean * mean) / (n - 1))
    # in place: of a hundred thousand cells, making arrays takes longer than the arithmetic
    above = counts * -mean
    above += sums
    below = n - counts
    below *= counts
    np.sqrt(np.maximum(below, 0, out=below), out=below)
    below *= spread
    return _over(above, below)


def _unstarred(x: Floats, sums: Floats, counts: Floats) -> Floats:
    others = len(x) - 1
    mean = (x.sum() - x) / others
    variance = np.maximum(0.0, (np.dot(x, x) - x * x) / others - mean * mean)
    room = np.maximum(0.0, (others - counts) * counts) / (others - 1)
    return _over(sums - counts * mean, np.sqrt(variance * room))


def _over(above: Floats, below: Floats) -> Floats:
    if below.min(initial=1.0) > 0:
        return np.divide(above, below, out=above)
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)
