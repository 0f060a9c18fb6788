"""Hot spots: from coordinates to p-values or densities; the grid is laid beforehand."""

import numpy as np

from redway.methods.hot_spots.gi import gi
from redway.methods.hot_spots.grids import Grid, grid_over
from redway.methods.hot_spots.kde import kde
from redway.methods.hot_spots.local_permutation import exact_p, permuted_p
from redway.methods.hot_spots.neighbours import neighbours
from topics.made import scattered
from topics.work import Call, Peer, Work

SIDE, DRAWS = 20_000, 999


def on_grid(n: int, size: float) -> tuple[np.ndarray, np.ndarray, Grid]:
    x, y = scattered(n)
    return x, y, grid_over(x, y, size, area="box")


def starred(size: float):
    def make(n: int) -> Call:
        x, y, grid = on_grid(n, size)
        return lambda: gi(grid.count(x, y), neighbours(grid))

    return make


def binned(size: float):
    """Each point read, placed and counted; each cell summed with its neighbours, and its p found."""
    return lambda n: (40.0 * n + 60 * (SIDE / size) ** 2, 5.0 * n + 30 * (SIDE / size) ** 2)


def square(n: int) -> Grid:
    side = int(np.sqrt(n))
    return grid_over([0, float(side)], [0, float(side)], 1.0, area="box")


def shuffled(n: int) -> Call:
    grid, rng = square(n), np.random.default_rng(1)
    rates, around = rng.random(len(grid)), neighbours(grid)
    return lambda: permuted_p(rates, around, rng, permutations=DRAWS)


def every_shuffle(n: int) -> Call:
    grid, rng = square(n), np.random.default_rng(1)
    counts, around = rng.poisson(1.0, len(grid)).astype(float), neighbours(grid)
    return lambda: exact_p(counts, around)


def laid(n: int) -> Call:
    """A point for each cell."""
    x, y = scattered(n)
    size = SIDE / np.sqrt(n)
    return lambda: grid_over(x, y, size)


def smoothed(bandwidth: float):
    def make(n: int) -> Call:
        x, y, grid = on_grid(n, 250)
        return lambda: kde(grid, x, y, bandwidth=bandwidth, kernel="quartic")

    return make


def kernel(bandwidth: float):
    """Each point adds a polynomial to each row of cells it reaches: eight numbers a row, of three operations."""
    return lambda n: (16.0 * n, 3.0 * 8 * 2 * bandwidth / 250 * n)


POINTS = (30_000, 100_000, 300_000, 1_000_000)
WORKS = (
    Work(
        "Gi*, 6,400 cells",
        starred(250),
        100_000,
        "points",
        100,
        binned(250),
        POINTS,
        limit=0.005,
        peers=(Peer("sfhotspot 1.0.0 (R)", 3.1), Peer("esda 2.9, analytic", None, "esda_small")),
    ),
    Work(
        "Gi*, 102,400 cells",
        starred(62.5),
        100_000,
        "points",
        100,
        binned(62.5),
        POINTS,
        limit=0.01,
        peers=(Peer("sfhotspot 1.0.0 (R)", 21.1), Peer("esda 2.9, analytic", 2.74, "esda_large")),
    ),
    Work(
        "Gi*, p from 999 conditional shuffles",
        shuffled,
        102_400,
        "cells",
        100,
        lambda n: (40.0 * n, 10.0 * n + 8 * DRAWS * 10),
        (6_400, 25_600, 102_400, 409_600),
        limit=1,
        peers=(Peer("esda 2.9", 26.3, "esda_permuted"),),
    ),
    Work(
        "Gi*, p from every shuffle there is, counted",
        every_shuffle,
        102_400,
        "cells",
        100,
        lambda n: (40.0 * n, 10.0 * n),
        (6_400, 25_600, 102_400, 409_600),
    ),
    Work(
        "the grid itself, around the hull of as many points",
        laid,
        102_400,
        "cells",
        100,
        lambda n: (16.0 * n + 32 * n, n * np.log2(n) + 10 * n),
        (6_400, 25_600, 102_400, 409_600),
    ),
    *(
        Work(
            f"KDE, exact, quartic of {h} m, 6,400 cells",
            smoothed(h),
            1_000_000,
            "points",
            200,
            kernel(h),
            POINTS,
            limit=0.15,
            peers=(
                Peer("sfhotspot 1.0.0 (R)", 720, "", "100,000 points"),
                Peer("KDEpy 1.1.12, binned (2.5% error)", 0.022, f"kdepy_{h}"),
            ),
        )
        for h in (500, 1000)
    ),
)
