"""Seasonality. Not robust, STL is some products of the table by fixed matrices, as many multiply-adds for each number
and step as there are periods; robust, five products a step, 16 times."""

import numpy as np

from redway.methods.seasonality.calendar_effects import calendar_effects
from redway.methods.seasonality.forecast import forecast
from redway.methods.seasonality.stl import stl
from topics.made import monthly
from topics.work import Call, Peer, Work

MONTHS = 120


def plain(n: int) -> Call:
    values = monthly(n)
    return lambda: stl(values, 12, s_window=7)


def robust(n: int) -> Call:
    values = monthly(n)
    return lambda: stl(values, 12, s_window=7, robust=True)


def ahead(n: int) -> Call:
    t = np.arange(n)
    values = np.random.default_rng(7).poisson(30 + 8 * np.sin(2 * np.pi * t / 12))
    return lambda: forecast(values, 12)


def calendar(n: int) -> Call:
    dates = np.datetime64("2020-01-01") + np.arange(n)
    counts = np.random.default_rng(7).poisson(20, n)
    return lambda: calendar_effects(counts, dates)


WORKS = (
    Work(
        "STL, monthly series of ten years",
        plain,
        1_000,
        "series",
        5,
        lambda n: (16.0 * n * MONTHS, 2.0 * 2 * n * MONTHS * 36),
        (250, 1_000, 4_000, 16_000),
        limit=1,
        peers=(
            Peer("stl (R 4.2.2; weekly series)", 1.6, "R stl"),
            Peer("statsmodels 0.15 (weekly series)", 89, "statsmodels_stl", "50 series"),
        ),
    ),
    Work(
        "STL, robust",
        robust,
        1_000,
        "series",
        3,
        lambda n: (16.0 * n * MONTHS, 16 * 5 * 2.0 * n * MONTHS * 36),
        (125, 250, 500, 1_000),
        runs=3,
        peers=(Peer("statsmodels 0.15", None, "statsmodels_stl_robust", "10 series"),),
    ),
    Work(
        "forecast, six months ahead",
        ahead,
        120,
        "months",
        48,
        lambda n: (8.0 * n, 20.0 * n * 100),
        (60, 120, 240, 480),
        peers=(Peer("statsforecast AutoETS 2.1", 0.055),),
    ),
    Work(
        "calendar effects, days",
        calendar,
        1_461,
        "days",
        400,
        lambda n: (8.0 * n * 14, 6 * 2.0 * n * 14**2),
        (730, 1_461, 2_922, 5_844),
    ),
)
