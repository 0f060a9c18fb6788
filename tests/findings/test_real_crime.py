"""Over-dispersion of a real partnership's recorded crime, read straight from the publisher's files."""

import csv
import io
import zipfile
from collections import Counter

import numpy as np
import pytest

from redway import periods
from redway.findings import words
from redway.methods.comparison import dispersion as method
from redway.methods.comparison.change import change
from redway.methods.comparison.dispersion import Fit, dispersion

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def counts(open_data):
    """Monthly counts of Milton Keynes by type, by a plain loop: type -> (values with gaps, months)."""
    seen, found = set(), Counter()
    for archive in sorted((open_data / "police-uk").glob("thames-valley-street-*.zip")):
        with zipfile.ZipFile(archive) as opened:
            for name in opened.namelist():
                if not name.endswith("-thames-valley-street.csv"):
                    continue
                month = periods.month(name.rsplit("/", 1)[-1][:7])
                seen.add(month)
                with opened.open(name) as raw:
                    rows = csv.reader(io.TextIOWrapper(raw, "utf-8"))
                    head = next(rows)
                    area, kind = head.index("LSOA name"), head.index("Crime type")
                    found.update((row[kind], month) for row in rows if row[area].startswith("Milton Keynes "))
    span = periods.span(seen)
    types = {kind for kind, _ in found}
    return {k: np.array([found[k, m] if m in seen else np.nan for m in span]) for k in types}, span


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Anti-social behaviour", 20.93),
        ("Violence and sexual offences", 4.50),
        ("Shoplifting", 2.76),
        ("Robbery", 1.21),
    ],
)
def test_around_run_means_it_is_what_was_measured_apart(counts, kind, expected, monkeypatch):
    monkeypatch.setattr(method, "SEASONAL_MONTHS", 999)
    by_type, months = counts
    found = dispersion(by_type[kind], months)
    assert found.measured == pytest.approx(expected, abs=0.005)
    assert (found.df, found.months) == (22, 28)


def test_season_accounts_for_most_of_the_dispersion_of_anti_social_behaviour(counts):
    by_type, months = counts
    found = dispersion(by_type["Anti-social behaviour"], months)
    assert (found.fit, found.df) == (Fit.SEASONAL, 11)
    assert found.measured == pytest.approx(3.23, abs=0.005)


def test_shoplifting_is_said_as_it_should_be(counts):
    by_type, months = counts
    x = by_type["Shoplifting"]
    found = dispersion(x, months)
    before, after = (
        sum(x[periods.month(f"{year}-{month:02d}") - months.start] for month in (1, 2, 3)) for year in (2024, 2025)
    )
    one = change(before, after, phi=found.phi, df=found.df)
    about = words.subject("Shoplifting", "", "January to March 2025")
    assert words.change_sentence(about, one, "matched months") == (
        "Shoplifting recorded in January to March 2025 rose from 683 to 840: 23% (0% to 51%) "
        "on the same months a year before."
    )
