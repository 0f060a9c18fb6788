"""The middle numbers as R's `stl` takes them, which are not always the middle ones.

For its robustness weights R adds two order statistics that a partial sort has put in place. The sort (Singleton 1969,
*Commun. ACM* 12, 185-187, Algorithm 347) wants the places it is to settle in rising order; for an even number of
points R names the upper of the two first, and where a split of the sort falls between them the one that is named
second is never settled: some smaller number, or a larger one instead of the upper, stands there. To be equal to R in
every robust series is to go the same way.
"""

import numpy as np

from redway.methods.inputs import Floats

SHORT = 10  # a stretch no longer than this is sorted outright


def twice_middle(values: Floats) -> Floats:
    """The sum (series, 1) of the two numbers that R takes as the middle ones of each row of values (series, n)."""
    upper = values.shape[1] // 2
    wanted = (upper, values.shape[1] - 1 - upper)
    settled = (_settled(row, wanted) for row in values.tolist())
    return np.array([[row[wanted[0]] + row[wanted[1]]] for row in settled])


def _settled(a: list[float], wanted: tuple[int, int]) -> list[float]:
    """The row, sorted as far as the sort goes for the places wanted."""
    waiting: list[tuple[int, int, int, int]] = []
    left, right, first, last = 0, len(a) - 1, 0, len(wanted) - 1  # a stretch, and which of the wanted lie in it
    while True:
        while right - left > SHORT or (left == 0 and right > 0):
            low, high = _split(a, left, right)  # up to low are the smaller ones, from high on the larger
            before = first, last
            if low - left <= right - high:
                rest, right = (high, right), low
                while first <= last and wanted[last] > right:
                    last -= 1
                others = (last + 1, before[1])
            else:
                rest, left = (left, low), high
                while first <= last and wanted[first] < left:
                    first += 1
                others = (before[0], first - 1)
            waiting.append((*rest, *(others if first <= last else before)))
            if first > last:
                left, right, first, last = waiting.pop()
        if left:
            a[left : right + 1] = sorted(a[left : right + 1])
        while True:
            if not waiting:
                return a
            left, right, first, last = waiting.pop()
            if first <= last:
                break


def _split(a: list[float], left: int, right: int) -> tuple[int, int]:
    """Part a stretch by the middle one of its first, middle and last; where the smaller end and the larger begin."""
    middle = (left + right) // 2
    if a[left] > a[middle]:
        a[left], a[middle] = a[middle], a[left]
    if a[right] < a[middle]:
        a[right], a[middle] = a[middle], a[right]
        if a[left] > a[middle]:
            a[left], a[middle] = a[middle], a[left]
    part, low, high = a[middle], right, left
    while True:
        low -= 1
        while a[low] > part:
            low -= 1
        high += 1
        while a[high] < part:
            high += 1
        if high > low:
            return low, high
        a[low], a[high] = a[high], a[low]
