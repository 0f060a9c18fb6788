"""Accepted files that are missing or damaged are told of; other faults stay what they are."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from redway.errors import RedwayError
from redway.store.accepted import readable, reading, whole
from redway.store.snapshot import Part


@pytest.fixture
def part(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"month": [f"2025-{n:04}" for n in range(5000)]}), path, compression="zstd")
    return Part("police-street", "Kent Police", "2025-01", "x", 5000, path, 1)


def test_a_file_as_it_was_put_there(part):
    assert whole(part.path)
    assert readable(part.path, part.rows)
    with reading([part]) as paths:
        assert paths == [part.path]


def test_a_file_of_other_rows_is_not_what_was_accepted(part):
    assert not readable(part.path, part.rows + 1)


def test_a_file_cut_short_at_any_length_is_not_whole(part):
    data = part.path.read_bytes()
    for length in [*range(20), *range(20, len(data), 97), len(data) - 1]:
        part.path.write_bytes(data[:length])
        assert not whole(part.path)
        with pytest.raises(RedwayError, match="1 of 1 accepted files damaged"), reading([part]):
            pytest.fail("a damaged file was handed out")


def test_a_file_that_is_gone(part):
    part.path.unlink()
    assert not whole(part.path)
    with pytest.raises(RedwayError, match="1 of 1 accepted files missing"), reading([part]):
        pytest.fail("a missing file was handed out")


def test_damage_in_the_middle_is_told_when_reading_fails(part):
    data = part.path.read_bytes()
    part.path.write_bytes(data[:40] + b"\xff" * 400 + data[440:])
    assert whole(part.path)
    with pytest.raises(RedwayError, match="accepted files damaged"), reading([part]) as paths:
        pq.read_table(paths[0])


def test_a_fault_that_is_not_the_files_stays_what_it_is(part):
    with pytest.raises(ValueError, match="another fault"), reading([part]):
        raise ValueError("another fault")
