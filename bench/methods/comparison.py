"""How long comparison takes: a funnel of every small area of a country, ratios, trends. No peer is importable here."""

import statistics
import time

import numpy as np

from redway.methods.comparison.funnel import funnel
from redway.methods.comparison.rate_ratio import rate_ratio
from redway.methods.comparison.rates import rates
from redway.methods.comparison.trend import trend


def seconds(work, times=5):
    """The median of several runs."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def growth(sizes=(1_000, 4_000, 16_000, 64_000)):
    """Rows (what, n, seconds): rates and a funnel of n areas; each touches n counts some hundred times."""
    rng = np.random.default_rng(1)
    for n in sizes:
        exposure = np.exp(rng.uniform(3, 7, n))
        events = rng.poisson(exposure * rng.gamma(25, 1 / 25, n))
        yield "rates, exact", n, seconds(lambda x=events, e=exposure: rates(x, e, method="exact"))
        yield "funnel, negbin", n, seconds(lambda x=events, e=exposure: funnel(x, e))


def each():
    """Rows (what, n, seconds) of single answers."""
    rng = np.random.default_rng(2)
    y, first = rng.negative_binomial(10, 0.3, 120), np.arange(120) < 60
    yield "rate ratio, quasi-Poisson", 120, seconds(lambda: rate_ratio(y, np.ones(120), first))
    yield "trend, quasi-Poisson", 120, seconds(lambda: trend(y))


if __name__ == "__main__":
    for what, n, took in (*growth(), *each()):
        print(f"{what:28} {n:>8,} {took:8.4f} s")
