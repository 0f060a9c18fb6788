"""Columns of places and days as the methods of this topic take them: grids, counts by period, days as numbers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from redway.methods.catalogue import Array
from redway.methods.hot_spots.grids import Grid, automatic_cell_size, grid_over, points
from redway.methods.hot_spots.kde import automatic_bandwidth
from redway.methods.hot_spots.neighbours import GridNeighbours, neighbours, neighbours_within
from redway.methods.hot_spots.snapped import LEAST_CELL, as_told, fit_for, snapped
from redway.methods.inputs import Floats, Integers, Unfit, number
from redway.methods.wording import several

MOST_VALUES = 20_000_000  # cells times periods: beyond it, memory and time go


def gridded(columns: Mapping[str, Array], given: Mapping[str, Any]) -> tuple[Grid, tuple[str, ...]]:
    """A grid over the points, and what there is to know of them: moved ones bear no fine cells."""
    x, y = points(columns["x"], columns["y"])
    found = as_told(x, y, given["moved"])
    size = given["cell_size"]
    if size:
        fit_for(found, size)
    elif len(x):
        size = max(automatic_cell_size(x, y), LEAST_CELL if found.moved else 0.0)
    notes = (found.sentence,) if found.moved else ()
    return grid_over(x, y, size or None, grid_type=given.get("grid_type", "square")), notes


def too_few_places(columns: Mapping[str, Array]) -> str:
    """Why events at so few points show no area in which some of it could be hot; "" where they may."""
    x, y = columns["x"], columns["y"]
    if len(x) > 1 and np.ptp(x) == 0 and np.ptp(y) == 0:
        return f"all {len(x):,} events are at one point, and there is no area around it to compare"
    rows = len(x) if "weight" not in columns else 3
    return f"there {'is' if rows == 1 else 'are'} only {several(rows, 'event')}" if rows < 3 else ""


def smooth_enough(h: float, notes: tuple[str, ...], x: Array, y: Array) -> float | None:
    """A bandwidth that the points can bear (`notes` say whether they were moved); 0 for the rule of thumb."""
    if not notes:
        return h or None
    if h:
        fit_for(snapped(x, y, known=True), h, "bandwidth")
        return h
    return max(automatic_bandwidth(x, y), LEAST_CELL)


def asked_width(given: Mapping[str, Any], x: Array, y: Array, *, like_sfhotspot: bool = False) -> float:
    """The bandwidth as it was asked for, `bandwidth_adjust` times; 0 for the rule of thumb. Raises Unfit."""
    h, times = given["bandwidth"], number(given["bandwidth_adjust"], "bandwidth_adjust")
    if times <= 0:
        raise Unfit(
            "bandwidth_adjust: a number above 0", came=f"{times:g}", cause="a bandwidth that is left at nought."
        )
    if not h and (times != 1 or like_sfhotspot):
        h = automatic_bandwidth(x, y, like_sfhotspot=like_sfhotspot)
    return float(h * times)


def around(grid: Grid, given: Mapping[str, Any]) -> GridNeighbours:
    """The neighbours asked for: so many steps (reach), or so many metres between middles (nb_dist, 0 for steps)."""
    if not given["nb_dist"]:
        return neighbours(grid, given["reach"])
    if given["reach"] > 1:
        raise Unfit(
            "reach in steps, or nb_dist in metres",
            came=f"reach {given['reach']} and nb_dist {given['nb_dist']:g}",
            cause="two ways of saying how far neighbours go: give one.",
        )
    return neighbours_within(grid, given["nb_dist"])


def centres(grid: Grid, **more: Array) -> dict[str, Array]:
    """Rows of a grid: its centres and what is given besides."""
    return {"x": grid.x, "y": grid.y} | more


def by_period(grid: Grid, columns: Mapping[str, Array], period: Integers, periods: int) -> Floats:
    """Counts (periods, cells) of points, of which each has the number of its period, from 0; others are left out.

    Raises Unfit, before anything is counted, for more cells times periods than a small machine can hold.
    """
    if periods * len(grid) > MOST_VALUES:
        raise Unfit(
            f"at most {MOST_VALUES:,} cells times periods",
            came=f"{len(grid):,} cells of {grid.cell_size:g} m, {periods:,} times",
            cause="cells that are too small, periods that are too short, or a date or a point far from all others.",
        )
    parts = (period == k for k in range(periods))
    return np.array([grid.count(columns["x"][part], columns["y"][part]) for part in parts])


def days(dates: Array) -> Floats:
    """Days since 1970. Raises Unfit where a date is missing."""
    if np.isnat(dates).any():
        raise Unfit(
            "a date for every event",
            came="rows without one",
            count=int(np.isnat(dates).sum()),
            cause="events whose day is not known: leave their rows out.",
        )
    return dates.astype("datetime64[D]").astype(np.float64)


def from_day(columns: Mapping[str, Array], start: str) -> tuple[Mapping[str, Array], float]:
    """The events from a day on, and that day since 1970; of all, and the first event's, if none is given."""
    when, first = days(columns["date"]), boundary(start, "start")
    if not start:
        return columns, float(when.min(initial=np.inf))
    if not (when >= first).any():
        raise Unfit("events from the day on that start says", came=f"none since {start}", cause="a mistyped year.")
    return {name: values[when >= first] for name, values in columns.items()}, first


def boundary(given: str, what: str = "boundary") -> float:
    """The day that parts two periods. Raises Unfit."""
    try:
        return float(np.datetime64(given, "D").astype(np.int64)) if given else float("nan")
    except ValueError:
        raise Unfit(
            f"{what}: a day such as 2025-07-01", came=f"“{given}”", cause="a day written as 31/12/2025, or none given."
        ) from None
