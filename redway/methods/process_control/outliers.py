"""Whether a new value is out of keeping with those before it: two simple tests that need no model.

The modified z-score (Iglewicz and Hoaglin 1993, *How to Detect and Handle Outliers*, ASQC Basic References in Quality
Control 16, section 3.4) measures distance from the median in units of the median absolute deviation (MAD):

    M = 0.6745 (x - median) / MAD          MAD = median(|x_i - median|)

0.6745 makes M a standard z-score for normal values; they advise to look at values with |M| above 3.5. Unlike mean and
standard deviation, median and MAD are not moved by the odd values that are being looked for. Where more than half of
the earlier values are equal, MAD is 0 and the mean absolute deviation takes its place, 1.2533 times of which is the
standard deviation of normal values:

    M = (x - median) / (1.2533 mean(|x_i - median|))

Where all earlier values are equal, any other value is infinitely far away.

The min-max test asks only whether the value lies beyond the least or the greatest of those before it. With n earlier
values of the same kind, chance alone puts the next one outside them 2 times in n + 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median as middle

import numpy as np
import numpy.typing as npt

from redway.methods.wording import figure

VERSION = 1

LIMIT = 3.5  # of |M|
NORMAL_MAD = 0.6745  # MAD of a standard normal distribution
NORMAL_MEAN_AD = 1.2533  # sqrt(pi / 2)


@dataclass(frozen=True)
class Compared:
    """A value beside those before it.

    score     the modified z-score: 0 for the median, above 0 for more, infinite where nothing like it was there
    least, greatest  of the earlier values
    """

    value: float
    median: float
    score: float
    least: float
    greatest: float

    @property
    def beyond(self) -> bool:
        """The min-max test: less than all earlier values, or more."""
        return not self.least <= self.value <= self.greatest

    @property
    def outlying(self) -> bool:
        """Far out by its score, and beyond all earlier values: a level that was there before is no news."""
        return abs(self.score) > LIMIT and self.beyond

    @property
    def sentence(self) -> str:
        told = "is out of keeping with" if self.outlying else "is in keeping with"
        return (
            f"{figure(self.value)} {told} the values before it ({figure(self.least)} to {figure(self.greatest)}, "
            f"middle one {figure(self.median)})."
        )


def compared(value: float, past: Sequence[float] | npt.NDArray[np.float64]) -> Compared:
    """A new value beside earlier ones (counts, shares or sums, all finite). Raises ValueError for none."""
    earlier = np.asarray(past, dtype=float)
    if not earlier.size or not np.isfinite(earlier).all() or not np.isfinite(value):
        raise ValueError("expected one finite earlier value or more, and a finite new one")
    median = middle(earlier.tolist())
    score = _score(float(value) - median, *_spread(earlier - median))
    return Compared(float(value), median, score, earlier.min(), earlier.max())


def scores(values: Sequence[float]) -> list[float]:
    """The modified z-score of each value (all finite) among them all. Raises ValueError for none."""
    every = np.asarray(values, dtype=float)
    if not every.size or not np.isfinite(every).all():
        raise ValueError("expected one finite value or more")
    distances = every - middle(every.tolist())
    spread = _spread(distances)
    return [_score(float(distance), *spread) for distance in distances]


def _spread(distances: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Median and mean of absolute distances."""
    deviations = np.abs(distances)
    return middle(deviations.tolist()), float(deviations.mean())


def _score(distance: float, mad: float, mean: float) -> float:
    if distance == 0:
        return 0.0
    if mad > 0:
        return NORMAL_MAD * distance / mad
    if mean > 0:
        return distance / (NORMAL_MEAN_AD * mean)
    return float(np.copysign(np.inf, distance))
