"""Concentration: how few places hold how much, with intervals. Equal counts are worked on together, so that a draw of
the bootstrap costs one number for each different count and not for each place."""

import numpy as np

from redway.methods.concentration.concentration import concentration
from redway.methods.concentration.stability import stability
from topics.work import Call, Work

DIFFERENT, DRAWS, SPLITS = 300, 999, 199


def places(n: int, seed: int) -> np.ndarray:
    """Counts of places of which few have many."""
    rng = np.random.default_rng(11)
    level = rng.gamma(0.3, 10, n)
    return np.random.default_rng(seed).poisson(level)


def counted(n: int) -> Call:
    values = places(n, 1)
    return lambda: concentration(values, np.random.default_rng(1), nsim=DRAWS)


def weighed(n: int) -> Call:
    values = places(n, 1) * np.random.default_rng(2).uniform(1, 2, n)
    return lambda: concentration(values, np.random.default_rng(1), nsim=DRAWS)


def two_years(n: int) -> Call:
    first, second = places(n, 1), places(n, 2)
    return lambda: stability(first, second, np.random.default_rng(1), nsim=SPLITS)


WORKS = (
    Work(
        "Gini and top share of counts, 999 draws",
        counted,
        100_000,
        "places",
        100,
        lambda n: (8.0 * n, n * np.log2(n) + DRAWS * DIFFERENT * 30.0),
        (12_500, 50_000, 200_000, 800_000),
    ),
    Work(
        "Gini and top share of harm, where hardly two are equal",
        weighed,
        10_000,
        "places",
        100,
        lambda n: (8.0 * n, n * np.log2(n) + DRAWS * 30.0 * n),
        (1_250, 2_500, 5_000, 10_000),
        runs=3,
    ),
    Work(
        "stability year on year, 199 splits",
        two_years,
        10_000,
        "places",
        100,
        lambda n: (16.0 * n, SPLITS * n * (20.0 + 2 * np.log2(n))),
        (1_250, 2_500, 5_000, 10_000),
        runs=3,
    ),
)
