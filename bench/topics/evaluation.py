"""Evaluation: what a change did, from series of months and areas."""

import numpy as np

from redway.methods.evaluation.difference_in_differences import difference_in_differences
from redway.methods.evaluation.interrupted_time_series import interrupted_time_series
from redway.methods.evaluation.power_from_history import power_from_history
from redway.methods.evaluation.structural import structural
from redway.methods.evaluation.synthetic_control import synthetic_control
from topics.made import walks
from topics.work import Call, Peer, Work


def placebos(n: int) -> Call:
    """Forty periods before, twenty after."""
    walk = walks(60, n + 1)
    return lambda: synthetic_control(walk[:, 0], walk[:, 1:], 40)


def local_level(n: int) -> Call:
    rng = np.random.default_rng(1)
    y, x = rng.normal(size=n), rng.normal(size=(n, 1))
    return lambda: structural(y, x, 7 * n // 10)


def interrupted(n: int) -> Call:
    counts = np.random.default_rng(1).poisson(50, n)
    return lambda: interrupted_time_series(counts, n // 2)


def panel(n: int) -> Call:
    area, time = (v.ravel() for v in np.meshgrid(np.arange(n), np.arange(12), indexing="ij"))
    counts = np.random.default_rng(1).poisson(30, area.size)
    return lambda: difference_in_differences(counts, area, time, area < n // 2, time > 5)


def foreseen(n: int) -> Call:
    """Three years of months, a year to follow; 200 futures with the effect and 200 without."""
    counts = np.random.default_rng(1).poisson(30, (36, n)).astype(float)
    return lambda: power_from_history(counts, np.arange(n) < n // 2, np.random.default_rng(2))


MONTHS = (60, 120, 240, 480)
WORKS = (
    Work(
        "synthetic control, with a placebo of every control",
        placebos,
        12,
        "controls",
        5,
        lambda n: (8.0 * 60 * n, (n + 1) * 50 * (2.0 * 40 * n + n**3 / 3)),
        (12, 24, 48, 96),
        runs=3,
        peers=(Peer("pysyncon 1.7.0", 31, "pysyncon", "one of 13 fits"),),
    ),
    Work(
        "structural series, one covariate",
        local_level,
        100,
        "periods",
        40,
        lambda n: (16.0 * n, 50 * 20.0 * n),
        (100, 200, 400, 800),
        peers=(Peer("CausalImpact (R)", 0.41),),
    ),
    Work("interrupted time series", interrupted, 120, "months", 36, lambda n: (8.0 * n, 8 * 2.0 * n * 36), MONTHS),
    Work(
        "difference in differences, twelve months",
        panel,
        40,
        "areas",
        8,
        lambda n: (8.0 * 12 * n, 8 * 50.0 * 12 * n),
        (20, 40, 80, 160),
    ),
    Work(
        "power of difference in differences by areas' own past, 400 futures",
        foreseen,
        40,
        "areas",
        8,
        lambda n: (400 * 8.0 * 48 * n, 400 * 6.0 * 48 * n),
        (20, 40, 80, 160),
        runs=3,
    ),
)
