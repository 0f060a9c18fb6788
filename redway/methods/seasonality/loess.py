"""Local regression at equal steps, for many series at once: the smoother of STL, with its jumps.

A smoothed value is a weighted mean (degree 0) or the middle of a weighted line (degree 1) of its `length` nearest
points, weights (1 - (r/h)^3)^3. Weights depend on places alone, so smoothing is one matrix; with robustness weights of
each series it is five products by one matrix. With `jump` over 1 only every so many-th point is smoothed and those
between lie on straight lines.

Source: Cleveland, Cleveland, McRae and Terpenning (1990), *J. Official Statistics* 6, 3-73, whose Fortran R still runs:
the same edges, the same handling of windows longer than the series.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from redway.methods.inputs import Floats, Integers


@dataclass(frozen=True)
class Smoother:
    """kernel (places, n): weights of points; at (places,): where; between (out, places): lines from place to place.

    nearest (places,): the point that stands in where no weight is left
    ends: whether the first and the last place lie beyond the points; what is smoothed next to them stands in there
    """

    kernel: Floats
    at: Floats
    between: Floats
    nearest: Integers
    degree: int
    ends: bool = False

    def __call__(self, x: Floats, weight: Floats | None = None) -> Floats:
        """Smooth x (series, n) by weights of that shape, or 1 for all: (series, out)."""
        if weight is None:
            return np.asarray(x @ self._matrix().T)
        n = x.shape[1]
        place = np.arange(1.0, n + 1)
        zero = weight @ self.kernel.T
        some = zero > 0
        safe = np.where(some, zero, 1.0)
        value = (weight * x) @ self.kernel.T / safe
        if self.degree:
            first = (weight * place) @ self.kernel.T / safe
            second = (weight * place**2) @ self.kernel.T / safe - first**2
            along = (weight * x * place) @ self.kernel.T / safe - first * value
            steep = np.sqrt(np.maximum(second, 0)) > 0.001 * (n - 1)
            slope = np.divide(along, second, out=np.zeros_like(along), where=steep)
            value = value + slope * (self.at - first)
        value = np.where(some, value, x[:, self.nearest])
        if self.ends:
            value[:, 0] = np.where(some[:, 0], value[:, 0], value[:, 1])
            value[:, -1] = np.where(some[:, -1], value[:, -1], value[:, -2])
        return np.asarray(value @ self.between.T)

    def _matrix(self) -> Floats:
        """The smoother as one matrix (out, n)."""
        n = self.kernel.shape[1]
        place = np.arange(1.0, n + 1)
        share = self.kernel / self.kernel.sum(axis=1, keepdims=True)
        if self.degree:
            mean = share @ place
            off = place - mean[:, None]
            square = (share * off**2).sum(axis=1)
            steep = np.sqrt(square) > 0.001 * (n - 1)
            lean = np.divide(self.at - mean, square, out=np.zeros_like(square), where=steep)
            share = share * (1 + lean[:, None] * off)
        return np.asarray(self.between @ share)


def _weights(n: int, length: int, at: float, left: int, right: int) -> Floats:
    """Weights of points 1 to n for the place `at`, from the window left to right."""
    h = max(at - left, right - at)
    if length > n:
        h += (length - n) // 2
    r = np.abs(np.arange(1, n + 1) - at)
    inside = (np.arange(1, n + 1) >= left) & (np.arange(1, n + 1) <= right) & (r <= 0.999 * h)
    ratio = r / h if h > 0 else r
    return np.where(inside, np.where(r <= 0.001 * h, 1.0, (1 - np.minimum(ratio, 1) ** 3) ** 3), 0.0)


def _window(n: int, length: int, i: int) -> tuple[int, int]:
    """First and last point of the window about point i."""
    if length >= n:
        return 1, n
    half = (length + 1) // 2
    left = min(max(i - half + 1, 1), n - length + 1)
    return left, left + length - 1


@lru_cache(maxsize=128)
def smoother(n: int, length: int, degree: int, jump: int) -> Smoother:
    """Over points 1 to n, at each of them."""
    step = min(jump, n - 1) if n > 1 else 1
    places = list(range(1, n + 1, max(step, 1)))
    if places[-1] != n:
        places.append(n)
    windows = [_window(n, length, i) for i in places]
    if len(places) > 1 and step > 1 and (n - 1) % step:  # the last point takes the window of the place before
        windows[-1] = windows[-2]
    kernel = np.array([_weights(n, length, i, *window) for i, window in zip(places, windows, strict=True)])
    at = np.array(places, dtype=float)
    between = np.array([np.interp(np.arange(1, n + 1), at, one) for one in np.eye(at.size)]).T
    return Smoother(kernel, at, between, np.array(places) - 1, degree)


@lru_cache(maxsize=128)
def beyond(n: int, length: int, degree: int, jump: int) -> Smoother:
    """The same, and at one point before the first and one after the last: (series, n + 2)."""
    inner = smoother(n, length, degree, jump)
    before = _weights(n, length, 0.0, 1, min(length, n))
    after = _weights(n, length, n + 1.0, max(1, n - length + 1), n)
    kernel = np.vstack([before, inner.kernel, after])
    at = np.concatenate([[0.0], inner.at, [n + 1.0]])
    between = np.zeros((n + 2, at.size))
    between[0, 0] = between[-1, -1] = 1.0
    between[1:-1, 1:-1] = inner.between
    nearest = np.concatenate([[0], inner.nearest, [n - 1]])
    return Smoother(kernel, at, between, nearest, degree, ends=True)
