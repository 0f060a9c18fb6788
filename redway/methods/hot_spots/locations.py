"""Are these coordinates places, or what a system writes where it has none? Looked at before a grid is laid.

A record without a place often comes as 0, 0, or with one coordinate nought, or with a digit too many. One such point
stretches a study area to hundreds of kilometres, with cells to match, and every sentence that follows is of nothing.
So these kinds are named and refused, never left out silently:

- degrees of longitude and latitude: taken as metres, a city is a foot wide, everything is near everything, and points
  that records were moved to lie closer together than next doors do (`degrees`)
- a coordinate of exactly nought, far outside the box around the points that have none
- points over `FAR` times as far from the middle as half of all points are (an area a thousand times theirs), and so
  over 96 km; the middle is the median of x and of y, which fewer than half of the points cannot move
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from redway.errors import Place
from redway.methods.inputs import Floats, Unfit, numbers, same_length

VERSION = 1

FAR = 32.0  # times as far: a thousand times the area
LEAST_REACH = 3000.0  # metres: how far from the middle half of all points are taken to lie, at the least
OUTSIDE = 1000.0  # metres outside all others, for a coordinate of nought to be one that is missing
MOST = 5e7  # metres: more than the way round the Earth

DEGREES = (
    "degrees of longitude and latitude. Give metres, such as eastings and northings of the British National Grid "
    "(knox and near-repeats take degrees with --method great-circle); metres from a corner of your own: add 1,000."
)
MISSING = "records whose coordinates are missing, which many systems write as 0, 0: leave those rows out."
STRAY = (
    "a missing coordinate written as a number, a mistyped one, or rows of another place: mend or leave out the rows."
)


def located(x: Any, y: Any, *, of: str = "") -> tuple[Floats, Floats]:
    """Coordinates in metres as float arrays (points,), all of them places; `of` the setting of their file, “cells.”.

    Raises Unfit for what is no finite number, degrees, no place on Earth, a missing place written as nought, or far
    off all others, with how many there are and the first.
    """
    east, north = numbers(x, f"{of}x"), numbers(y, f"{of}y")
    same_length(x=east, y=north)
    if len(east):
        beyond = (np.abs(east) > MOST) | (np.abs(north) > MOST)
        _refuse(degrees(east, north), east, north, "coordinates in metres", DEGREES, of)
        _refuse(beyond, east, north, "coordinates in metres, of places on Earth", STRAY, of)
        _refuse(_noughts(east, north), east, north, "a place for every row", MISSING, of)
        _refuse(_far(east, north), east, north, "points of one area", STRAY, of)
    return east, north


def degrees(x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
    """Which points look like degrees, one way round or the other; none where nine tenths of them do not.

    Whole numbers so small are taken for metres: no list of places in degrees is without figures after the point.
    """
    some = slice(None, None, max(1, len(x) // 100))
    if 2 * _on_globe(x[some], y[some]).sum() > len(x[some]):  # nearly never
        small = _on_globe(x, y)
        parts = (x != np.floor(x)) | (y != np.floor(y))
        if 10 * small.sum() >= 9 * len(x) and (small & parts).any():
            return small
    return np.zeros(len(x), dtype=bool)


def _on_globe(x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
    across, along = np.abs(x), np.abs(y)
    return np.asarray((np.maximum(across, along) <= 180) & (np.minimum(across, along) <= 90))


def _noughts(x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
    """Which points have a coordinate of nought that lies far outside all that have none."""
    nought = (x == 0) | (y == 0)
    if not nought.any() or (~nought).sum() < 3:
        return np.zeros(len(x), dtype=bool)
    rest_x, rest_y = x[~nought], y[~nought]
    sides = np.ptp(rest_x), np.ptp(rest_y)
    away = np.maximum(
        np.maximum(rest_x.min() - x, x - rest_x.max()),
        np.maximum(rest_y.min() - y, y - rest_y.max()),
    )
    both = (x == 0) & (y == 0)  # a likelier sign than one: a whole country lies not far from 0, 0 of its grid
    enough = np.where(both, 0.1, 1.0) * max(sides)
    return nought & (away > np.maximum(enough, OUTSIDE))


def _far(x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
    """Which points lie so far from the middle that the area would be a thousand times that of half of them."""
    away = np.maximum(np.abs(x - np.median(x)), np.abs(y - np.median(y)))
    if away.max() <= FAR * LEAST_REACH:  # nearly always: nothing more to work out
        return np.zeros(len(x), dtype=bool)
    return np.asarray(away > FAR * max(float(np.median(away)), LEAST_REACH))


def _refuse(wrong: npt.NDArray[np.bool_], x: Floats, y: Floats, expected: str, cause: str, of: str) -> None:
    number = int(wrong.sum())
    if number:
        first = int(np.argmax(wrong))
        raise Unfit(
            expected,
            came=f"x {x[first]:.10g}, y {y[first]:.10g}",
            cause=cause,
            place=Place(row=first + 1, column=f"{of}x" if of else ""),
            count=number,
        )
