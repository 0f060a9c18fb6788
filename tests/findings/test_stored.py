"""Findings kept per basis: what is read is what was computed, and a broken file is computed again."""

import numpy as np
import pytest

from redway.findings import changes, stored
from redway.findings.changes import examine, what_changed
from redway.indicators.places import Places
from redway.store.profile import Partnership
from redway.store.snapshot import Snapshot


@pytest.fixture
def found(counted, indicator):
    x = np.random.default_rng(1).poisson(4, (12, 24)).astype(float)
    x[3, 12:] *= 4
    x[4] = 0
    x[5] = [0.0] * 12 + [3.0] * 12  # a rise from nought: no percentage, an open end
    series = counted(x)
    return series, examine([(indicator(), series)], "abc", {"recorded-drugs": "no files yet"})


def test_what_is_read_is_what_was_written(found, tmp_path):
    series, written = found
    path = tmp_path / "findings" / "abc.parquet"
    stored.write(written, path)
    read = stored.read(path, {a.code: a for a in series.areas})
    assert read == written
    assert read.rule == written.rule
    assert [f.sentence for f in read.ranked] == [f.sentence for f in written.ranked]
    assert any(f.change.percent is None for f in read.every)
    assert [p.name for p in path.parent.iterdir()] == ["abc.parquet"], "nothing half done is left"


class Once:
    """A stand-in for a profile and its series, that counts how often they are asked for."""

    partnership = Partnership(name="Aby", short_name="Aby", place="Aby", district="E06", police_force="Aby Police")

    def __init__(self, series, indicator, monkeypatch):
        self.asked = 0
        where = Places(series.areas[0], series.areas, {})
        monkeypatch.setattr(stored, "places", lambda snapshot, partnership: where)
        monkeypatch.setattr(changes, "load", lambda profile: {indicator.id: indicator})
        monkeypatch.setattr(changes, "series", self.series)
        self.of_areas = series

    def series(self, indicator, *, snapshot, partnership, level):
        self.asked += 1
        return self.of_areas if level == "area" else self.of_areas.row(self.of_areas.areas[0].code)


@pytest.fixture
def once(found, indicator, home, monkeypatch):
    monkeypatch.setattr(stored, "_IN_MEMORY", {})
    return Once(found[0], indicator(), monkeypatch)


def test_it_is_computed_once_for_a_basis(once, home, monkeypatch):
    first = what_changed(Snapshot(1, ()), once)
    assert once.asked == 2
    assert what_changed(Snapshot(2, ()), once) is first, "another version that holds the same files"
    monkeypatch.setattr(stored, "_IN_MEMORY", {})  # another process
    assert what_changed(Snapshot(1, ()), once) == first
    assert once.asked == 2
    assert [p.suffix for p in (home.derived / "findings").iterdir()] == [".parquet"]


def test_a_file_cut_in_half_is_computed_again(once, home, monkeypatch):
    first = what_changed(Snapshot(1, ()), once)
    (path,) = (home.derived / "findings").iterdir()
    path.write_bytes(path.read_bytes()[:200])
    monkeypatch.setattr(stored, "_IN_MEMORY", {})
    assert what_changed(Snapshot(1, ()), once) == first
    assert once.asked == 4
    monkeypatch.setattr(stored, "_IN_MEMORY", {})
    assert what_changed(Snapshot(1, ()), once) == first
    assert once.asked == 4, "and mended"


def test_memory_holds_a_few_bases_only(once, home, monkeypatch):
    first = what_changed(Snapshot(1, ()), once)
    monkeypatch.setattr(stored, "_IN_MEMORY", {home.root / str(i): first for i in range(stored.KEPT)})
    what_changed(Snapshot(1, ()), once)
    assert len(stored._IN_MEMORY) == stored.KEPT
