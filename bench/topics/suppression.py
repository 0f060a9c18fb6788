"""Suppression: tables of two ways with counts under five hidden. Each hidden figure costs two linear programmes in the
audit, each of a few milliseconds, most of it the way into the solver."""

import numpy as np

from redway.methods.suppression.audit import crossed
from redway.methods.suppression.cell_key import cell_keys, noise_table, perturb
from redway.methods.suppression.complementary import suppress
from topics.work import Call, Peer, Work


def hidden(n: int) -> Call:
    """Tables of n figures, four times as long as wide."""
    wide = max(2, round(np.sqrt(n / 4)))
    rng = np.random.default_rng(1)
    shape = max(2, n // wide), wide
    table = rng.poisson(rng.gamma(1.2, 12, shape)).astype(float)
    a, sums = crossed(table)
    inside = np.pad((table > 0) & (table < 5), ((0, 1), (0, 1))).ravel()
    return lambda: suppress(a, sums, inside, lower=np.minimum(a, 1), fixed=a == 0, cost=np.maximum(a, 0.5))


def keyed(n: int) -> Call:
    rng, table = np.random.default_rng(1), noise_table()
    keys, cells = rng.random(n), rng.integers(0, n // 10 + 1, n)
    count = np.bincount(cells, minlength=n // 10 + 1)
    return lambda: perturb(count, cell_keys(keys, cells, n // 10 + 1), table)


WORKS = (
    Work(
        "complementary suppression and its audit",
        hidden,
        100,
        "figures",
        12,
        lambda n: (8.0 * n, 0.1 * n * 2 * 10 * 3.0 * n),
        (50, 100, 200, 400),
        runs=1,
        peers=(Peer("pytauargus 0.6 (20 by 5, without an audit)", 0.03),),
    ),
    Work(
        "cell keys of records, and counts with noise",
        keyed,
        1_000_000,
        "records",
        500,
        lambda n: (16.0 * n, 4.0 * n),
        (125_000, 250_000, 500_000, 1_000_000),
    ),
)
