"""Repeats. Knox, unless one cell is named: 25 cells of the table, up to 800 m and 28 days; pairs so close are 1.5% of
all. A visit (one pair in one shuffle) reads two times, and is compared with each edge of time and added up."""

import numpy as np

from redway.methods.repeats.knox import knox
from redway.methods.repeats.near_repeats import near_repeats
from redway.methods.repeats.victims import repeat_victims
from topics.made import events
from topics.work import Call, Peer, Work

SDS, TDS = (0, 0.1, 100, 200, 400, 800), (0, 1, 3, 7, 14, 28)
ONE_CELL = (0, 200), (0, 8)  # what pointpats counts: up to 200 m and seven days
NEAR, NEARER = 0.015, 0.0017  # share of pairs within 800 m, and 200 m


def dealt(nrep: int, sds: tuple[float, ...] = SDS, tds: tuple[float, ...] = TDS):
    def make(n: int) -> Call:
        x, y, day = events(n)
        return lambda: knox(x, y, day, np.random.default_rng(1), sds=sds, tds=tds, nrep=nrep)

    return make


def visits(nrep: int, near: float = NEAR, edges: int = 5):
    """Bytes once for each pair, times stay in cache. Two times looked up, taken from each other and made positive, and
    for each edge of time compared and added up: numbers of two bytes count as a quarter of an operation, of one as an
    eighth, since so many fit where one of eight does.
    """
    return lambda n: (8.0 * near * n * n / 2, (4 / 4 + edges * (1 / 4 + 1 / 8)) * near * n * n / 2 * nrep)


def alerts(n: int) -> Call:
    x, y, day = events(n)
    return lambda: near_repeats(x, y, day, distance=200, days=14)


def victims(n: int) -> Call:
    rng = np.random.default_rng(6)
    who, when = rng.integers(0, n // 2 + 1, n), rng.uniform(0, 1095, n)
    return lambda: repeat_victims(who, when)


NEAR_REPEAT = "NearRepeat 0.1.1 (R)"
WORKS = (
    Work(
        "Knox, 99 shuffles",
        dealt(99),
        5_000,
        "events",
        60,
        visits(99),
        (2_500, 5_000, 10_000, 20_000),
        limit=0.03,
        peers=(Peer(NEAR_REPEAT, 86.9), Peer("pointpats 2.5, one cell", 1.2, "pointpats_small")),
    ),
    Work(
        "Knox, 99 shuffles, one cell",
        dealt(99, *ONE_CELL),
        5_000,
        "events",
        60,
        visits(99, NEARER, 1),
        limit=0.03,
        peers=(Peer("pointpats 2.5", 1.2, "pointpats_small"),),
    ),
    Work(
        "Knox, 999 shuffles",
        dealt(999),
        20_000,
        "events",
        60,
        visits(999),
        limit=4,
        runs=3,
        peers=(Peer("pointpats 2.5, one cell", 160, "pointpats_large", "99 shuffles"),),
    ),
    Work(
        "Knox, 99 shuffles",
        dealt(99),
        100_000,
        "events",
        60,
        visits(99),
        limit=30,
        memory=1_000,
        runs=1,
        peers=(),
    ),
    Work(
        "near repeats within 200 m and 14 days",
        alerts,
        100_000,
        "events",
        50,
        lambda n: (24.0 * n + 0.001 * n * n / 2 * 8, 20.0 * n + 0.001 * n * n / 2 * 6),
        (12_500, 25_000, 50_000, 100_000),
    ),
    Work(
        "repeat victims",
        victims,
        100_000,
        "events",
        50,
        lambda n: (16.0 * n, 2.0 * n * np.log2(n)),
        (12_500, 25_000, 50_000, 100_000),
    ),
)
