"""Naming rows by what they hold."""

import pyarrow as pa
import pyarrow.parquet as pq
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


@given(ROWS, ROWS)
def test_content_is_equal_exactly_when_the_rows_are(one, other):
    assert (content(table(one)) == content(table(other))) == (one == other)
