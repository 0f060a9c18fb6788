"""How long Knox's test takes, beside NearRepeat for R and pointpats as measured elsewhere (two cores, Debian 12).

    OMP_NUM_THREADS=1 python bench/methods/repeats.py [how many of the rows]

Clustered events of three years in 20 x 20 km, 25 cells of the table, up to 800 m and 28 days. A visit (one pair in one
shuffle) touches 4 bytes of times and takes 2 operations and 2 for each edge of time; pairs are 1.5% of all.
"""

import resource
import sys
import time

import numpy as np

from redway.methods.repeats.knox import knox

SDS, TDS = (0, 0.1, 100, 200, 400, 800), (0, 1, 3, 7, 14, 28)
ROWS = (  # events, shuffles, runs, best peer in seconds: NearRepeat, pointpats (one cell; the second from 99 shuffles)
    (1_000, 99, 5, 2.1),
    (5_000, 99, 5, 1.2),
    (20_000, 99, 3, 16.2),
    (20_000, 999, 3, 160.0),
    (100_000, 99, 1, None),
)


def events(n, seed=42):
    """Four in ten anywhere, the others around 40 centres; a tenth follow another within 80 m or so and a week."""
    r, side = np.random.default_rng(seed), 20_000.0
    centre, sd, weight = r.uniform(0, side, (40, 2)), r.uniform(150, 600, 40), r.dirichlet(np.ones(40) * 2)
    alone = r.random(n) < 0.4
    which = r.choice(40, size=n, p=weight)
    uniform = r.uniform(0, side, (n, 2))
    at = np.abs(np.where(alone[:, None], uniform, centre[which] + r.normal(size=(n, 2)) * sd[which][:, None]))
    at = np.clip(np.where(at >= side, 2 * side - at - 1e-6, at), 0, side - 0.01)
    day = r.integers(0, 1095, n)
    again = np.flatnonzero(r.random(n) < 0.10)
    again = again[again > 0]
    parent = (r.random(len(again)) * again).astype(int)
    at[again] = np.clip(at[parent] + r.normal(size=(len(again), 2)) * 80, 0, side - 0.01)
    day[again] = np.clip(day[parent] + r.integers(1, 8, len(again)), 0, 1094)
    return np.round(420_000 + at[:, 0], 2), np.round(424_000 + at[:, 1], 2), day


def measured(n, nrep, runs):
    """Median wall and CPU seconds of several runs."""
    x, y, day = events(n)
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        knox(x, y, day, np.random.default_rng(1), sds=SDS, tds=TDS, nrep=nrep)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return sorted(walls)[runs // 2], sorted(cpus)[runs // 2]


if __name__ == "__main__":
    for n, nrep, runs, peer in ROWS[: int(sys.argv[1]) if len(sys.argv) > 1 else None]:
        wall, cpu = measured(n, nrep, runs)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        beside = f"  peer {peer:g} s, {peer / wall:,.0f} times" if peer else ""
        print(f"Knox {n:>7,} x {nrep:<4} {wall:8.3f} s  (CPU {cpu:.3f} s, peak {most:,.0f} MB){beside}", flush=True)
