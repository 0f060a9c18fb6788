"""Series made by hand, and a city simulated in memory."""

import numpy as np
import pytest

from redway import periods
from redway.indicators.definitions import Count, Indicator
from redway.indicators.series import Area, Series, Status


@pytest.fixture
def indicator():
    """Make an indicator of one type of crime."""

    def make(short_title="Shoplifting", better="lower", **more):
        return Indicator(
            id="recorded-" + short_title.lower().replace(" ", "-"),
            title=f"Recorded {short_title.lower()}",
            short_title=short_title,
            kind="open",
            better=better,
            why_it_matters="It matters.",
            what_good_looks_like="Less of it.",
            numerator="Crimes recorded.",
            denominator="None.",
            caveats=(),
            provider="The police",
            cadence="monthly",
            count=Count(dataset="police-street", unit="crimes recorded"),
            **more,
        )

    return make


@pytest.fixture
def counted():
    """Make a series of monthly counts (one row, or a row for each area) from a first month; None is a gap."""

    def make(counts, first="2024-01", level=None, indicator="recorded-shoplifting"):
        rows = np.atleast_2d(np.array(counts, dtype=float))
        level = level or ("partnership" if len(rows) == 1 else "area")
        areas = tuple(Area(f"E{i:08d}", f"Aby {i + 1:03d}A", level) for i in range(len(rows)))
        status = np.where(np.isnan(rows), Status.NOT_AVAILABLE, Status.KNOWN)
        start = periods.month(first)
        months = range(start, start + rows.shape[1])
        return Series(indicator, areas, months, rows, status.astype(object), np.full(len(rows), np.nan))

    return make
