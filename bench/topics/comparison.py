"""Comparison: rates and a funnel of every small area of a country, ratios, trends."""

import numpy as np

from redway.methods.comparison.funnel import funnel
from redway.methods.comparison.rate_ratio import rate_ratio
from redway.methods.comparison.rates import rates
from redway.methods.comparison.trend import trend
from topics.work import Call, Work


def areas(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    exposure = np.exp(rng.uniform(3, 7, n))
    return rng.poisson(exposure * rng.gamma(25, 1 / 25, n)), exposure


def exact(n: int) -> Call:
    events, exposure = areas(n)
    return lambda: rates(events, exposure, method="exact")


def funnelled(n: int) -> Call:
    events, exposure = areas(n)
    return lambda: funnel(events, exposure)


def ratio(n: int) -> Call:
    y = np.random.default_rng(2).negative_binomial(10, 0.3, n)
    return lambda: rate_ratio(y, np.ones(n), np.arange(n) < n // 2)


def trended(n: int) -> Call:
    y = np.random.default_rng(2).negative_binomial(10, 0.3, n)
    return lambda: trend(y)


AREAS, MONTHS = (4_000, 16_000, 64_000, 256_000), (60, 120, 240, 480)
WORKS = (
    Work("rates with exact limits", exact, 64_000, "areas", 100, lambda n: (40.0 * n, 2 * 20 * 10.0 * n), AREAS),
    Work(
        "funnel, negative binomial",
        funnelled,
        16_000,
        "areas",
        100,
        lambda n: (40.0 * n, 4 * 20 * 10.0 * n),
        (2_000, 4_000, 8_000, 16_000),
        runs=3,
    ),
    Work("rate ratio, quasi-Poisson", ratio, 120, "months", 24, lambda n: (16.0 * n, 10.0 * n), MONTHS),
    Work("trend, quasi-Poisson", trended, 120, "months", 24, lambda n: (8.0 * n, 6 * 30.0 * n), MONTHS),
)
