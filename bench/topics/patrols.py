"""Patrols: a shift's plan for some units among places, set beside greedy and chance."""

from datetime import date

import numpy as np

from redway.methods.patrols.hold_back import Authorisation, hold_back
from redway.methods.patrols.plan import plan
from topics.work import Call, Work

UNITS, SLOTS = 4, 4 * 32


def places(n: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 20_000, (2, n))
    return x, y, rng.gamma(0.5, 2, n), rng.integers(0, 5, n)


def planned(n: int) -> Call:
    x, y, harm, area = places(n)
    return lambda: plan(x, y, harm, np.random.default_rng(1), units=UNITS, area=area)


def held(n: int) -> Call:
    *_, harm, area = places(n)
    allowed = Authorisation("nobody: a benchmark", date(2025, 1, 6), "to time it")
    return lambda: hold_back(harm, np.random.default_rng(1), authority=allowed, area=area)


WORKS = (
    Work(
        "a shift's plan for four units, five areas",
        planned,
        200,
        "places",
        12,
        lambda n: (8.0 * n * 6, SLOTS * (30.0 * n + SLOTS**2)),
        (50, 100, 200, 400),
        runs=3,
    ),
    Work(
        "pairs of places drawn to be held back",
        held,
        200,
        "places",
        20,
        lambda n: (24.0 * n, n * np.log2(n) + 10.0 * n),
        (200, 400, 800, 1_600),
    ),
)
