"""Disproportionality: ratios to a reference, and like compared with like at one decision."""

import numpy as np

from redway.methods.disproportionality.decision_point import decision_point, tally
from redway.methods.disproportionality.disparity import disparity
from redway.methods.disproportionality.stages import stages
from topics.work import Call, Work


def groups(n: int) -> Call:
    rng = np.random.default_rng(1)
    base = rng.integers(500, 50_000, n)
    events, names = rng.poisson(base * 0.02), np.array([f"group {k}" for k in range(n)])
    return lambda: disparity(events, base, names, "group 0", unknown=40)


def alike(n: int) -> Call:
    rng = np.random.default_rng(1)
    group, hit = rng.random(n) < 0.3, rng.random(n) < 0.2
    stratum = rng.integers(0, max(2, n // 100), n).astype(str)
    return lambda: decision_point(*tally(group, hit, stratum))


def staged(n: int) -> Call:
    left = 0.9 ** np.arange(n) * 1e6
    names = [f"stage {k}" for k in range(n)]
    return lambda: stages(np.floor(left * 0.2), np.floor(left), names)


WORKS = (
    Work(
        "disparity, with limits and bounds over unknowns",
        groups,
        20,
        "groups",
        5,
        lambda n: (16.0 * n, 100.0 * n),
        (20, 200, 2_000, 20_000),
    ),
    Work(
        "cases compared within strata at one decision",
        alike,
        100_000,
        "cases",
        400,
        lambda n: (40.0 * n, n * np.log2(n) + 10.0 * n),
        (12_500, 25_000, 50_000, 100_000),
    ),
    Work("stages", staged, 6, "stages", 3, lambda n: (16.0 * n, 50.0 * n), (6, 12, 24, 48)),
)
