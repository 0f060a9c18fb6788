"""How long complementary suppression takes: tables of two ways with counts under five hidden, at four sizes.

pytauargus took 0.03 s for a table of 20 by 5; it cannot be imported here. Every hidden figure costs two linear
programmes in the audit, each of a few milliseconds, most of it the way into the solver.
"""

import time

import numpy as np

from redway.methods.suppression.audit import crossed
from redway.methods.suppression.complementary import suppress


def growth(shapes=((10, 5), (20, 5), (40, 6), (80, 8))):
    """Rows (rows, columns, small, besides, wall seconds, processor seconds)."""
    for shape in shapes:
        rng = np.random.default_rng(1)
        table = rng.poisson(rng.gamma(1.2, 12, shape)).astype(float)
        a, sums = crossed(table)
        inside = np.pad((table > 0) & (table < 5), ((0, 1), (0, 1))).ravel()
        began = time.perf_counter(), time.process_time()
        found = suppress(a, sums, inside, lower=np.minimum(a, 1), fixed=a == 0, cost=np.maximum(a, 0.5))
        took = time.perf_counter() - began[0], time.process_time() - began[1]
        yield (*shape, int(inside.sum()), int(found.secondary.sum()), *took)


if __name__ == "__main__":
    for rows, columns, small, besides, wall, cpu in growth():
        print(f"{rows:>4} by {columns}: {small:>4} small, {besides:>3} besides, {wall:6.2f} s, processor {cpu:6.2f} s")
