"""Checking a reference table cell by cell, beside plain walks over its rows."""

import re
from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.sources.dataset import dataset
from redway.sources.fields import Field
from redway.sources.table_checks import check_table, decoded

ANY_MAY_BE_REFUSED = dataset("lsoa-lookup").model_copy(update={"refuse_above": 1})
CELLS = st.sampled_from(["1", "1.0", "1,000", "1000", "2", "-3", "1e2", "x", None])
WHOLE = ("0", "7", "1,474", "9007199254740993", "99999999999999999999", "7.5", "x", None)


def test_rows_that_repeat_a_key_are_told_from_those_that_repeat_a_part_of_it():
    """Seven columns of a thousand texts each: more keys than a number counts, so they are numbered anew on the way."""
    keys = [f"k{n}" for n in range(7)]
    given = [tuple(f"{(row * (column + 3)) % 1_009}" for column in range(7)) for row in range(1_009)]
    given += [(*given[5][:6], "other"), given[5], given[900], (None, *given[3][1:]), (None, *given[3][1:]), given[5]]
    table = pa.table({key: pa.array([row[at] for row in given], pa.string()) for at, key in enumerate(keys)})
    fields = [Field(key, optional=True) for key in keys]
    kept, read, refused = check_table(table, ANY_MAY_BE_REFUSED, fields, file_name="a file", key=keys)
    first_of_each = set(given)
    assert set(zip(*(kept[key].to_pylist() for key in keys), strict=True)) == first_of_each
    assert (read, kept.num_rows) == (len(given), len(first_of_each))
    assert [(each.count, each.first.row) for each in refused] == [(len(given) - len(first_of_each), 1_011)]


@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=60), repeats=st.booleans())
def test_what_is_asked_of_different_cells_only_comes_out_as_if_asked_of_every_row(rows, repeats):
    """Beside a plain walk over the rows: who is refused first, for what, and the order of those that stay."""
    fields = [Field("a"), Field("b", kind="number", optional=True, least=0), Field("c", like="[0-9.]+", optional=True)]
    table = pa.table({f.name: pa.array([row[at] for row in rows], pa.string()) for at, f in enumerate(fields)})
    stays, refused = [], []
    for a, b, c in rows:
        number = None if b in (None, "x") else float(b.replace(",", ""))
        if a is None:
            refused.append("no a")
        elif b == "x":
            refused.append("malformed b")
        elif number is not None and number < 0:
            refused.append("b too small")
        elif c is not None and not re.fullmatch("[0-9.]+", c):
            refused.append("malformed c")
        elif not repeats and any((a, number) == other[:2] for other in stays):
            refused.append("b and a came before")
        else:
            stays.append((a, number, c))
    stays.sort(key=lambda row: (row[1] is None, row[1] or 0, row[0]))
    kept, read, told = check_table(table, ANY_MAY_BE_REFUSED, fields, file_name="f", key=("b", "a"), repeats=repeats)
    assert read == len(rows)
    assert [tuple(row.values()) for row in decoded(kept).to_pylist()] == stays
    assert {each.reason: each.count for each in told} == Counter(refused)


@pytest.mark.parametrize("others", [(), WHOLE])
@pytest.mark.parametrize("cell", WHOLE)
def test_a_whole_number_is_one_or_refused_whatever_stands_beside_it(cell, others):
    """Some are more than a float tells exactly, and more than any whole number of the engine's."""
    table = pa.table({"n": pa.array([*others, cell], pa.string())})
    fields = [Field("n", kind="integer", least=0, optional=True)]
    kept, _, told = check_table(table, ANY_MAY_BE_REFUSED, fields, file_name="f", key=("n",), repeats=True)
    right = {"0": 0, "7": 7, "1,474": 1474, None: None}
    given = [*others, cell]
    assert Counter(decoded(kept)["n"].to_pylist()) == Counter(right[one] for one in given if one in right)
    assert sum(each.count for each in told) == sum(one not in right for one in given)
