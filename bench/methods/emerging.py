"""How long Farrington's method takes, beside R's surveillance.

    python bench/methods/emerging.py          all rows
    python bench/methods/emerging.py big      with 500,000 series too: a minute

R does not come by pip: its times are those of surveillance 1.26.0 in R 4.2.2, medians of another day on two shared
cores. For each reference week and step of Newton's method a fit computes one exponential and three multiply-adds for
each season, and touches some eight numbers of 8 bytes; all work is done on pieces that fit the cache.
"""

import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from redway.methods.emerging.farrington import Settings, farrington_flexible

UKHSA = Settings(
    no_periods=10, past_weeks_not_included=26, p_threshold_trend=1, threshold_method="nbPlugin", alpha=0.005
)
R_LAST_WEEK = {10: 0.078, 100: 0.70, 1000: 9.5}  # seconds
R_ALL_WEEKS_TEN_SERIES = 17.6


def series(number: int, weeks: int = 520, low: float = 3, high: float = 60, seed: int = 7) -> np.ndarray:
    """Negative-binomial counts with a season, as the inputs R was timed on."""
    rng = np.random.default_rng(seed)
    t = np.arange(weeks)
    level = np.exp(rng.uniform(np.log(low), np.log(high), (number, 1)))
    season = rng.uniform(0, 0.4, (number, 1)) * np.sin(2 * np.pi * t / 52 + rng.uniform(0, 2 * np.pi, (number, 1)))
    mean = level * np.exp(season + rng.normal(0, 0.05, (number, 1)) / 52 * (t - weeks / 2))
    phi = rng.uniform(1.05, 3, (number, 1))
    return np.minimum(rng.negative_binomial(mean / (phi - 1), 1 / phi), 60_000).astype(np.uint16)


def seconds(call: Callable[[], Any], times: int = 5) -> float:
    """Median of some runs."""
    taken = []
    for _ in range(times):
        before = time.perf_counter()
        call()
        taken.append(time.perf_counter() - before)
    return statistics.median(taken)


def last_week() -> None:
    print("Farrington flexible, newest week of ten years:")
    for number in (10, 100, 1000, 10_000):
        counts = series(number)
        ours = seconds(lambda counts=counts: farrington_flexible(counts))
        seasons = seconds(lambda counts=counts: farrington_flexible(counts, settings=UKHSA))
        peer = R_LAST_WEEK.get(number)
        beside = f"; R {peer:g} s, {peer / ours:,.0f} times" if peer else ""
        print(f"  {number:>6,} series: {ours:.4f} s ({seasons:.4f} s with ten seasons){beside}")


def every_week() -> None:
    counts = series(100)
    judge = np.arange(263, 520)
    ours = seconds(lambda: farrington_flexible(counts, judge))
    print(f"Every week of five years, 100 series: {ours:.3f} s; R {10 * R_ALL_WEEKS_TEN_SERIES:g} s, from ten series")


def country() -> None:
    counts = np.concatenate([series(25_000, 320, 0.05, 5, seed).astype(np.uint8) for seed in range(20)])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, use in (("defaults", Settings()), ("ten seasons", UKHSA)):
        ours = seconds(lambda use=use: farrington_flexible(counts, settings=use), 1)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(
            f"500,000 series, newest week, {name}: {ours:.1f} s; peak {peak / 1024:,.0f} MB, "
            f"{before / 1024:,.0f} MB of it before the call"
        )


if __name__ == "__main__":
    last_week()
    every_week()
    if "big" in sys.argv:
        country()
