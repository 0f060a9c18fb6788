"""Harm: rows of place, kind of offence and count weighted. Weights are plainly made up. Sorting labels costs most."""

import numpy as np

from redway.methods.harm.weighted_harm import Weights, harm
from topics.work import Call, Work

KINDS = 60
MADE_UP = Weights("made up for a benchmark", "1", "days", {f"offence {k:02}": 1.0 + k**2 for k in range(KINDS)})


def totals(n: int) -> Call:
    rng = np.random.default_rng(1)
    place = np.char.add("area ", rng.integers(0, max(2, n // 50), n).astype(str))
    offence = np.array(list(MADE_UP.of))[rng.integers(0, KINDS, n)]
    count = rng.poisson(2, n)
    return lambda: harm(place, offence, count, MADE_UP)


WORKS = (
    Work(
        "harm by place, with limits, from rows of text",
        totals,
        100_000,
        "rows",
        100,
        lambda n: (96.0 * n, 2 * n * np.log2(n) + 10.0 * n),
        (12_500, 25_000, 50_000, 100_000),
    ),
)
