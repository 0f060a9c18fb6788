"""False discovery rate: of the things listed as unusual, what share may be chance?

Benjamini and Hochberg (1995, *J. R. Stat. Soc. B* 57, 289-300). With m p-values in rising order p(1) ... p(m)
and a rate q, list the first k, where k is the largest with

    p(k) <= q x k / m

Then, of what is listed, a share of at most q is expected to be chance. Assumes p-values that are uniform (or
larger) where nothing changed, and series that are independent or lean the same way, as areas of one place do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redway.methods.wording import figure

VERSION = 1

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FalseDiscovery:
    """What stands out among many.

    adjusted  float array (m,): the smallest rate at which each would be listed
    listed    bool array (m,)
    q         the rate that was asked for
    """

    adjusted: Floats
    listed: npt.NDArray[np.bool_]
    q: float

    @property
    def expected_false(self) -> float:
        """How many of those listed may be false alarms, at most, on average."""
        return self.q * int(self.listed.sum())

    @property
    def sentence(self) -> str:
        if not self.listed.size:
            return "Nothing was looked at."
        found, share = int(self.listed.sum()), f"{figure(100 * self.q)}%"
        if not found:
            return f"None of {self.listed.size:,} stands out, at a false discovery rate of {share}."
        return (
            f"{found:,} of {self.listed.size:,} stand{'s' if found == 1 else ''} out; of what is listed so, at most "
            f"{share} is chance, on average."
        )


def benjamini_hochberg(p: Sequence[float] | Floats, q: float) -> FalseDiscovery:
    """List the p-values that stand out at a false discovery rate of q.

    Raises ValueError for a rate outside (0, 1) and for p-values that are not between 0 and 1 (NaN included).
    """
    given = np.asarray(p, dtype=float)
    if not 0 < q < 1:
        raise ValueError(f"expected a rate between 0 and 1, not {q}")
    if given.ndim != 1 or not ((given >= 0) & (given <= 1)).all():
        raise ValueError("expected p-values between 0 and 1")
    m = given.size
    order = np.argsort(given, kind="stable")
    scaled = given[order] * m / np.arange(1, m + 1)
    adjusted = np.empty(m)
    # never smaller than the one of a larger p-value, never above 1
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return FalseDiscovery(adjusted, adjusted <= q, q)
