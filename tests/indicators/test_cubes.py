"""Counting: the cube against a plain loop over the rows, and a cache that cannot be wrong."""

import errno
import os
import threading

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redway import periods
from redway.errors import RedwayError
from redway.indicators import cubes
from redway.indicators.cubes import cube
from tests.indicators.conftest import HOME_FORCE, row

MONTHS = ["2019-01", "2024-01", "2024-02"]
CODES = ["E01000001", "E01000002", "E01900002", "E01900003", "E01000004", "E01999999", None]
TYPES = ["Burglary", "Robbery", "Anti-social behaviour"]
PLACES = ["On or near Supermarket", "On or near Parking Area", None]


def by_loop(rows, area_of, where, areas, months):
    """The same counts, slowly and obviously."""
    found = np.zeros((len(areas), len(months)))
    for one in rows:
        area = area_of.get(one["lsoa_code"])
        if area is None or not all(one[column] in values for column, values in where.items()):
            continue
        month = periods.month(one["month"])
        if month in months:
            found[areas.index(area), month - months.start] += 1
    return found


some_rows = st.lists(
    st.builds(
        row,
        st.sampled_from(MONTHS),
        st.sampled_from(CODES),
        st.sampled_from(TYPES),
        st.sampled_from([HOME_FORCE, "British Transport Police"]),
        location=st.sampled_from(PLACES),
    ),
    min_size=1,
    max_size=60,
)
some_types = st.lists(st.sampled_from([*TYPES, "Drugs"]), min_size=1, unique=True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_rows, some_types, st.lists(st.sampled_from(PLACES[:2]), unique=True))
def test_the_cube_counts_as_a_plain_loop_does(accepted, where, rows, types, locations):
    wanted = {"crime_type": types} | ({"location": locations} if locations else {})
    areas, months = [a.code for a in where.areas], periods.span(map(periods.month, MONTHS))
    found = cube(accepted(rows), "police-street", where.area_of, list(wanted)).counts([wanted], areas, months)[0]
    assert np.array_equal(found, by_loop(rows, where.area_of, wanted, areas, months))


def counts(snapshot, where):
    made = cube(snapshot, "police-street", where.area_of, ["crime_type"])
    return made.counts([{"crime_type": ["Burglary"]}], [a.code for a in where.areas], range(24288, 24290))[0].tolist()


def test_rows_that_look_the_same_are_separate_incidents(accepted, where):
    same = [row("2024-01", "E01000001", crime_id=None)] * 3 + [row("2024-01", "E01000001", crime_id="abc")] * 2
    assert counts(accepted(same), where)[0] == [5, 0]


def test_a_row_of_either_vintage_counts_in_the_area_both_share(accepted, where):
    rows = [row("2024-01", code) for code in ("E01000002", "E01900002", "E01900003")]
    assert counts(accepted(rows), where) == [[0, 0], [3, 0], [0, 0]]


def test_rows_without_a_code_or_from_elsewhere_are_in_no_area(accepted, where):
    assert counts(accepted([row("2024-01", None), row("2024-01", "E01999999")]), where) == [[0, 0]] * 3


def test_deleting_what_was_derived_costs_time_and_nothing_else(accepted, where, home):
    snapshot = accepted([row("2024-01", "E01000001")])
    before = counts(snapshot, where)
    for file in (home.derived / "cubes").iterdir():
        file.unlink()
    cubes._IN_MEMORY.clear()
    assert counts(snapshot, where) == before
    assert len(list((home.derived / "cubes").iterdir())) == 1


def test_a_cube_cut_short_on_disk_is_counted_again(accepted, where, home):
    snapshot = accepted([row("2024-01", "E01000001")])
    before = counts(snapshot, where)
    [file] = (home.derived / "cubes").iterdir()
    os.truncate(file, file.stat().st_size // 2)
    cubes._IN_MEMORY.clear()
    assert counts(snapshot, where) == before
    cubes._IN_MEMORY.clear()
    assert counts(snapshot, where) == before  # and what was written in its place can be read


def test_a_build_that_fails_leaves_nothing_behind(accepted, where, home):
    snapshot = accepted([row("2024-01", "E01000001")])
    accepted_file = snapshot.parts[0].path
    whole = accepted_file.read_bytes()
    for harmed in (b"not Parquet", whole[: len(whole) // 2], whole[:8] + bytes(60) + whole[68:]):
        accepted_file.write_bytes(harmed)
        with pytest.raises(RedwayError, match=r"1 of 1 accepted files damaged.*import the same files again"):
            counts(snapshot, where)
        assert list((home.derived / "cubes").iterdir()) == []


def test_an_accepted_file_that_is_lost_is_named_and_never_counted_as_nothing(accepted, where):
    snapshot = accepted([row("2024-01", "E01000001"), row("2024-02", "E01000001")])
    snapshot.parts[1].path.unlink()
    with pytest.raises(RedwayError, match=r"2024-02.*1 of 2 accepted files missing.*import the same files again"):
        counts(snapshot, where)


def test_a_full_disk_is_said_in_one_sentence(accepted, where, home, monkeypatch):
    def full(columns, parts, area_of, unplaced, into):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(cubes, "engine", lambda: full)
    with pytest.raises(RedwayError, match="room on the disk"):
        counts(accepted([row("2024-01", "E01000001")]), where)
    assert list((home.derived / "cubes").iterdir()) == []


def test_another_version_with_the_same_files_finds_the_same_cube(accepted, where, home):
    rows = [row("2024-01", "E01000001")]
    counts(accepted(rows, number=1), where)
    counts(accepted(rows, number=2), where)
    assert len(list((home.derived / "cubes").iterdir())) == 1
    counts(accepted([*rows, row("2024-02", "E01000001")], number=3), where)
    assert len(list((home.derived / "cubes").iterdir())) == 2


def test_many_threads_asking_at_once_get_one_answer(accepted, where):
    snapshot = accepted([row("2024-01", "E01000001")] * 7)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(counts(snapshot, where))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [[[7, 0], [0, 0], [0, 0]]] * 8


def test_an_engine_nobody_knows_is_refused_with_the_names_there_are(monkeypatch):
    monkeypatch.setenv("REDWAY_ENGINE", "sparc")
    with pytest.raises(RedwayError, match=r"duckdb or spark.*sparc"):
        cubes.engine()
