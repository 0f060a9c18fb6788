"""Other forces' months: missed only since their first, and only of those that record something here."""

from types import SimpleNamespace

import pytest

from redway import periods
from redway.store.snapshot import Part, Snapshot
from redway.web.figures import neighbours

OWN, NEAR, FAR = "Own Police", "Near Police", "Far Police"
MONTHS = [periods.month(f"2025-{m:02d}") for m in range(1, 5)]


def part(provider, month, tmp_path):
    return Part("police-street", provider, month, "", 1, tmp_path / f"{provider}-{month}.parquet", 0)


@pytest.fixture
def known(tmp_path, monkeypatch):
    """January to April 2025 of the own force; a near one from February without April; a far one records elsewhere."""
    parts = [part(OWN, periods.label(m), tmp_path) for m in MONTHS]
    parts += [part(NEAR, m, tmp_path) for m in ("2025-02", "2025-03")]
    parts += [part(FAR, "2025-01", tmp_path)]
    monkeypatch.setattr(neighbours, "_recording_here", lambda basis: frozenset({NEAR}))
    return SimpleNamespace(snapshot=Snapshot(1, tuple(parts)), partnership=SimpleNamespace(police_force=OWN))


def test_a_month_before_the_first_of_a_force_is_not_late(known):
    assert neighbours.overdue(known, MONTHS) == {NEAR: [MONTHS[3]]}


def test_a_comparison_admits_every_month_that_lacks_rows(known):
    assert neighbours.lacking(known, MONTHS) == {NEAR: [MONTHS[0], MONTHS[3]]}
    assert neighbours.caveat(known, MONTHS) == (
        "Rows of Near Police for January and April 2025 have not come; the counts of those months may be a little low."
    )
    assert neighbours.caveat(known, MONTHS[1:3]) == ""


def test_one_month_is_one_and_several_are_several():
    assert neighbours.late(NEAR, MONTHS[:1]).startswith("The file of Near Police for January 2025 has not come.")
    assert neighbours.late(NEAR, MONTHS[:2]).startswith("The files of Near Police for January to February 2025 have")
