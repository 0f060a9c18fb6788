"""How long hot spots take, beside sfhotspot, esda and KDEpy as measured elsewhere (two cores, Debian 12).

    OMP_NUM_THREADS=1 python bench/methods/hot_spots.py

Ours begins with coordinates and ends with p-values or densities; the grid is laid beforehand and timed by itself.
Seconds are medians of five after one to warm up: wall time, and CPU time for machines that are shared.
"""

import time

import numpy as np

from redway.methods.hot_spots.gi import gi
from redway.methods.hot_spots.grids import grid_over
from redway.methods.hot_spots.kde import kde
from redway.methods.hot_spots.local_permutation import exact_p, permuted_p
from redway.methods.hot_spots.neighbours import neighbours

# seconds: sfhotspot 1.0.0 with dbscan, esda 2.9 analytic and with 999 permutations, KDEpy binned (2.5% error)
PEERS = {"gi small": 3.1, "gi large": 21.0, "permuted": 26.3, "kde": 720.0, "kde binned": 0.022}


def took(work, times=5):
    """The median wall time of several, and the median CPU time."""
    work()
    walls, cpus = [], []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return sorted(walls)[times // 2], sorted(cpus)[times // 2]


def scattered(n, seed=1):
    return np.random.default_rng(seed).uniform(0, 20_000, (2, n))


def gi_points():
    """Gi* from points: bytes touched 16 a point and some 60 a cell; 5 operations a point, 30 a cell."""
    for n, size, peer in ((100_000, 250, PEERS["gi small"]), (100_000, 62.5, PEERS["gi large"])):
        x, y = scattered(n)
        grid = grid_over(x, y, size, area="box")
        work = took(lambda g=grid, x=x, y=y: gi(g.count(x, y), neighbours(g)))
        yield f"Gi*, {n:,} points, {len(grid):,} cells", work, peer
        yield f"the grid itself, {len(grid):,} cells", took(lambda s=size, x=x, y=y: grid_over(x, y, s)), None


def shuffles():
    """p of 102,000 cells by 999 conditional shuffles, and by counting all: 8 values a draw, one bisection a cell."""
    grid = grid_over([0, 319.0], [0, 319.0], 1.0, area="box")
    rng, around = np.random.default_rng(1), neighbours(grid)
    rates, counts = rng.random(len(grid)), rng.poisson(1.0, len(grid)).astype(float)
    drawn = took(lambda: permuted_p(rates, around, rng))
    yield f"999 conditional shuffles, {len(grid):,} cells", drawn, PEERS["permuted"]
    yield f"every shuffle counted, {len(grid):,} cells", took(lambda: exact_p(counts, around)), PEERS["permuted"]


def densities():
    """Exact kernel sums: points x some 8 h / cell size visits of 3 operations, 16 bytes a point and pass."""
    for n in (10_000, 100_000, 300_000, 1_000_000):
        x, y = scattered(n)
        grid = grid_over(x, y, 250, area="box")
        for kernel, h in (("quartic", 500), ("quartic", 1000)):
            work = took(lambda g=grid, x=x, y=y, k=kernel, h=h: kde(g, x, y, bandwidth=h, kernel=k))
            yield f"KDE {kernel} {h} m, {n:,} points, 6,561 cells", work, PEERS["kde"] * n / 1e6


def growth():
    """Gi* by points and by cells."""
    for n, size in ((10_000, 250), (100_000, 250), (1_000_000, 250), (1_000_000, 50)):
        x, y = scattered(n)
        grid = grid_over(x, y, size, area="box")
        work = took(lambda g=grid, x=x, y=y: gi(g.count(x, y), neighbours(g)))
        yield f"Gi*, {n:,} points, {len(grid):,} cells", work, None


if __name__ == "__main__":
    for rows in (gi_points, shuffles, densities, growth):
        for what, (wall, cpu), peer in rows():
            beside = f"  peer {peer:.4g} s, {peer / wall:,.0f} times" if peer else ""
            print(f"{what:52} {wall:8.4f} s  (CPU {cpu:.4f} s){beside}", flush=True)
