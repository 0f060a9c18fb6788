"""Emerging change. For each reference week the two fits (before and after reweighting) take some seven exponentials
together, counted in runs of both kinds, however many seasons there are: ten operations each, one for the product and
four for the sums. Two roots, leverages, residuals and dispersion take some 45 more."""

import numpy as np

from redway.methods.emerging.count_scan import count_scan, count_scans
from redway.methods.emerging.cusum import cusum
from redway.methods.emerging.ears import ears
from redway.methods.emerging.farrington import Settings, farrington_flexible
from redway.methods.emerging.reporting_delay import reporting_delays
from redway.methods.emerging.space_time_scan import space_time_scan
from topics.made import series
from topics.work import Call, Peer, Work

UKHSA = Settings(
    no_periods=10, past_weeks_not_included=26, p_threshold_trend=1, threshold_method="nbPlugin", alpha=0.005
)
REFERENCES, ALL_REFERENCES, FIVE_YEARS = 35, 240, 257  # weeks: of a fit by default, of one with seasons; judged


def newest(n: int) -> Call:
    counts = series(n)
    return lambda: farrington_flexible(counts)


def newest_with_seasons(n: int) -> Call:
    counts = series(n)
    return lambda: farrington_flexible(counts, settings=UKHSA)


def every_week(n: int) -> Call:
    counts, judge = series(n), np.arange(520 - FIVE_YEARS, 520)
    return lambda: farrington_flexible(counts, judge)


def small_areas(n: int) -> np.ndarray:
    """Counts a byte each, mostly nought. No more than 50,000 are different: making them would take longest."""
    made = series(min(n, 50_000), 320, 0.05, 5).astype(np.uint8)
    return np.tile(made, (-(-n // len(made)), 1))[:n]


def country(n: int) -> Call:
    counts = small_areas(n)
    return lambda: farrington_flexible(counts)


def country_with_seasons(n: int) -> Call:
    counts = small_areas(n)
    return lambda: farrington_flexible(counts, settings=UKHSA)


def fits(references: int, weeks: int = 1):
    each = 7 * (10 + 1 + 4) + 45
    return lambda n: (2.0 * n * references * weeks, float(n) * references * weeks * each)


def early(n: int) -> Call:
    counts = series(n)
    return lambda: ears(counts, "C2")


def sums(n: int) -> Call:
    counts = series(n)
    return lambda: cusum(counts, first=260)


def windows(n: int) -> Call:
    counts = np.random.default_rng(3).poisson(0.1, n)
    return lambda: count_scan(counts, 7, rng=np.random.default_rng(5))


def many_windows(n: int) -> Call:
    """A year of days each, a few events a month."""
    counts = np.random.default_rng(3).poisson(0.1, (n, 365))
    return lambda: count_scans(counts, 7, rng=np.random.default_rng(5))


def late(n: int) -> Call:
    """A year of weeks each, of which the newest eight are not whole."""
    counts = np.random.default_rng(6).poisson(20.0 * 0.5 ** np.arange(9), (n, 52, 9)).astype(float)
    counts[:, np.arange(52)[:, None] + np.arange(9) >= 52] = np.nan
    return lambda: reporting_delays(counts, np.random.default_rng(5))


def cylinders(n: int) -> Call:
    rng = np.random.default_rng(4)
    x, y = rng.uniform(0, 20_000, (2, n))
    counts = rng.poisson(2, (n, 52))
    return lambda: space_time_scan(counts, x, y, np.random.default_rng(5), nsim=99)


WEEKLY = (250, 1_000, 4_000, 16_000)
WORKS = (
    Work(
        "Farrington flexible, newest week, weekly series of ten years",
        newest,
        1_000,
        "series",
        20,
        fits(REFERENCES),
        WEEKLY,
        limit=0.1,
        peers=(Peer("surveillance 1.26.0 (R)", 9.5, "R farrington", "200 series"),),
    ),
    Work(
        "Farrington flexible, newest week, with ten seasons as UKHSA uses it",
        newest_with_seasons,
        1_000,
        "series",
        20,
        fits(ALL_REFERENCES),
        (125, 250, 500, 1_000),
    ),
    Work(
        "Farrington flexible, newest week, every small area and type of crime of England and Wales",
        country,
        500_000,
        "series",
        40,
        fits(REFERENCES),
        limit=60,
        memory=2_000,
        runs=1,
        peers=(Peer("surveillance 1.26.0 (R)", 4_750, "", "1,000 series"),),
    ),
    Work(
        "the same with ten seasons, as UKHSA uses it",
        country_with_seasons,
        500_000,
        "series",
        40,
        fits(ALL_REFERENCES),
        limit=60,
        memory=2_000,
        runs=1,
    ),
    Work(
        "Farrington flexible, every week of five years",
        every_week,
        100,
        "series",
        2,
        fits(REFERENCES, FIVE_YEARS),
        (25, 50, 100, 200),
        limit=2,
        peers=(Peer("surveillance 1.26.0 (R)", 184, "R farrington_every_week", "2 series"),),
    ),
    Work(
        "EARS C2, every week of ten years",
        early,
        1_000,
        "series",
        10,
        lambda n: (2.0 * n * 520, 5.0 * n * 520),
        (125, 250, 500, 1_000),
        peers=(Peer("surveillance 1.26.0 (R)", 8.0, "R ears", "200 series"),),
    ),
    Work(
        "CUSUM of five years",
        sums,
        1_000,
        "series",
        12,
        lambda n: (2.0 * n * 260, 5.0 * n * 260),
        (100, 250, 500, 1_000),
    ),
    Work(
        "exact scan of one series of days, windows of seven",
        windows,
        365,
        "days",
        60,
        lambda n: (8.0 * n, 2.0 * n),
        (91, 182, 365, 730),
        runs=3,
    ),
    Work(
        "exact scans of many series of a year of days, windows of seven",
        many_windows,
        1_000,
        "series",
        3,
        lambda n: (8.0 * n * 365, 2.0 * n * 365),
        (250, 1_000, 4_000, 16_000),
        runs=3,
    ),
    Work(
        "late reports of a year of weeks, with intervals from 2,000 draws",
        late,
        100,
        "series",
        4,
        lambda n: (8.0 * n * 2_000 * 8 * 4, n * 2_000.0 * 8 * 60),
        (25, 50, 100, 200),
        runs=3,
    ),
    Work(
        "space-time scan, 99 draws, a year of weeks, up to four weeks",
        cylinders,
        200,
        "areas",
        12,
        lambda n: (8.0 * 100 * n * n / 2 * 4, 25.0 * 100 * n * n / 2 * 4),
        (50, 100, 200, 400),
        runs=3,
    ),
)
