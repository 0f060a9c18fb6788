"""Naming rows by what they hold."""

import hashlib
import io

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.store.content import content, write

ROWS = st.lists(st.tuples(st.none() | st.text(max_size=4), st.none() | st.integers(-9, 9)), max_size=6)


def table(rows):
    return pa.table({"a": pa.array([r[0] for r in rows], pa.string()), "b": pa.array([r[1] for r in rows], pa.int64())})


def test_null_and_empty_text_are_different_rows():
    assert content(table([(None, 1)])) != content(table([("", 1)]))


def test_a_renamed_column_is_different_content():
    one = table([("x", 1)])
    assert content(one) != content(one.rename_columns(["a", "c"]))


def test_how_a_table_lies_in_memory_does_not_matter():
    whole = table([("x", 1), ("y", 2), ("z", None)])
    assert content(pa.concat_tables([whole.slice(0, 1), whole.slice(1)])) == content(whole)


def test_a_table_is_written_under_its_name_and_reads_back(tmp_path):
    rows = table([("x", 1), (None, None)])
    path, name = write(rows, tmp_path)
    assert path == tmp_path / f"{name}.parquet"
    assert pq.read_table(path).equals(rows)


@given(ROWS)
def test_the_content_is_that_of_one_csv_however_many_stretches_it_is_laid_out_in(rows):
    whole = io.BytesIO()
    pa.csv.write_csv(table(rows), whole)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("redway.store.content.ROWS", 2)
        assert content(table(rows)) == hashlib.sha256(whole.getvalue()).hexdigest()


def test_cells_that_are_held_once_are_written_as_plain_ones(tmp_path, monkeypatch):
    monkeypatch.setattr("redway.store.content.ROWS", 2)
    plain = table([("x", 1), ("y", None), ("x", 1), (None, 2), ("", 1)])
    held = pa.table({name: plain[name].combine_chunks().dictionary_encode() for name in plain.column_names})
    path, name = write(held, tmp_path)
    assert name == content(held) == content(plain)
    assert pq.read_table(path).equals(plain)


def test_what_cannot_be_named_is_not_left_under_a_name(tmp_path):
    with pytest.raises(pa.ArrowInvalid):
        write(pa.table({"a": [[1], [2]]}), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["unnamed.parquet"]


@given(ROWS, ROWS)
def test_content_is_equal_exactly_when_the_rows_are(one, other):
    assert (content(table(one)) == content(table(other))) == (one == other)
