"""Other tools on the same input, in an environment of their own: prints the seconds of the whole work.

python bench/topics/peers.py NAME
"""

import os
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
from made import events, monthly, scattered, survey, walks


def took(work: Callable[[], object], runs: int = 1, times: float = 1.0) -> tuple[float, float]:
    """The medians of some runs, so many times: what was timed is such a part of the whole."""
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), sum(os.times()[:4])
        work()
        walls.append(times * (time.perf_counter() - wall))
        cpus.append(times * (sum(os.times()[:4]) - cpu))
    return sorted(walls)[runs // 2], sorted(cpus)[runs // 2]


def esda(side: int, permutations: int = 0) -> tuple[float, float]:
    from esda.getisord import G_Local
    from libpysal.weights import lat2W

    counts = np.random.default_rng(1).poisson(1.0, side * side).astype(float)

    def work() -> None:
        around = lat2W(side, side, rook=False)
        G_Local(counts, around, transform="B", permutations=permutations, star=True, seed=1)

    return took(work)


def kdepy(bandwidth: float) -> tuple[float, float]:
    """Bandwidth as the kernel's standard deviation: h / sqrt(7) of a quartic."""
    from KDEpy import FFTKDE

    points = scattered(1_000_000).T
    cells = np.arange(125, 20_000, 250.0)
    ends = np.concatenate([[-4_875.0], cells, [24_875.0]])  # KDEpy wants a grid beyond all points
    around = np.linspace(ends[0], ends[-1], 120)
    grid = np.stack(np.meshgrid(around, around, indexing="ij"), -1).reshape(-1, 2)
    return took(lambda: FFTKDE(bw=bandwidth / 7**0.5, kernel="biweight").fit(points).evaluate(grid), 5)


def pointpats(n: int, of: int) -> tuple[float, float]:
    """One cell of the table, 200 m and 7 days, 99 shuffles; scaled to so many."""
    from pointpats import Knox

    x, y, day = events(n)
    at = np.column_stack([x, y])
    return took(lambda: Knox(at, day[:, None].astype(float), 200.0, 7.0, permutations=99), times=of / 99)


def statsmodels_stl(of: int, *, robust: bool = False) -> tuple[float, float]:
    from statsmodels.tsa.seasonal import STL

    values = monthly(of)
    return took(lambda: [STL(v, period=12, seasonal=7, robust=robust).fit() for v in values], times=1_000 / of)


def samplics() -> tuple[float, float]:
    from samplics.estimation import TaylorEstimator
    from samplics.utils.types import PopParam

    s = survey(1_000_000)

    def work() -> None:
        TaylorEstimator(PopParam.mean).estimate(
            y=s["y"], samp_weight=s["w"], stratum=s["stratum"], psu=s["cluster"], domain=s["by"]
        )

    return took(work)


def pysyncon() -> tuple[float, float]:
    """One fit of the thirteen that twelve placebos need, alike in four spells before."""
    import pandas as pd
    from pysyncon import Dataprep, Synth

    walk = walks()
    table = pd.DataFrame(
        [(f"u{j}", t, walk[t, j]) for j in range(walk.shape[1]) for t in range(len(walk))], columns=["unit", "t", "y"]
    )
    before = range(40)
    spells = [("y", list(range(start, start + 10)), "mean") for start in before[::10]]
    given = Dataprep(
        foo=table,
        predictors=[],
        predictors_op="mean",
        time_predictors_prior=before,
        special_predictors=spells,
        dependent="y",
        unit_variable="unit",
        time_variable="t",
        treatment_identifier="u0",
        controls_identifier=[f"u{j}" for j in range(1, walk.shape[1])],
        time_optimize_ssr=before,
    )
    return took(lambda: Synth().fit(given), times=13)


PEERS: dict[str, Callable[[], tuple[float, float]]] = {
    "esda_small": lambda: esda(80),
    "esda_large": lambda: esda(320),
    "esda_permuted": lambda: esda(320, 999),
    "kdepy_500": lambda: kdepy(500),
    "kdepy_1000": lambda: kdepy(1_000),
    "pointpats_small": lambda: pointpats(5_000, 99),
    "pointpats_large": lambda: pointpats(20_000, 999),
    "statsmodels_stl": lambda: statsmodels_stl(50),
    "statsmodels_stl_robust": lambda: statsmodels_stl(10, robust=True),
    "samplics": samplics,
    "pysyncon": pysyncon,
}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(*PEERS[sys.argv[1]]())
