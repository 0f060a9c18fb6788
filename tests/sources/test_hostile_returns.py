"""A hostile corpus over every dataset that partners send: a clear refusal or refused rows, never a bare exception, and
nothing left behind but the rows refused.
"""

import dataclasses

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redway.errors import FileRefused
from redway.sources.dataset import REFUSED, dataset, names
from redway.sources.loaders import loader
from redway.sources.returned.load import ByDefinition
from redway.store.snapshot import Snapshot
from tests.hostile_corpus import HOSTILE_CELLS, NAMED, PARTNERS, SURNAME, as_csv, no_tables, table, wrong_headings


@pytest.fixture
def sending(context, tmp_path):
    """What a loader may know: an agency, and the areas of the worked examples as the partnership's own."""
    named = [
        row[column.name].upper()
        for definition in map(dataset, PARTNERS)
        for column in definition.columns
        for row in definition.example
        if column.type == "area" and row.get(column.name)
    ]
    path = tmp_path / "areas-of-examples.parquet"
    codes = sorted({*named, "E01016710"})
    district = [context.partnership.district] * len(codes)
    pq.write_table(pa.table({"lsoa11_code": codes, "lsoa21_code": codes, "district_code": district}), path)
    lookup = dataclasses.replace(context.snapshot.parts[0], path=path, rows=len(codes))
    return dataclasses.replace(context, agency="an-agency", snapshot=Snapshot(1, (lookup,)))


@pytest.fixture
def send(tmp_path, sending):
    """Loads bytes as a return: what it gave, or why not. Checks what must hold whatever was sent."""

    def load(name, sent, file_name="sent.csv"):
        into = tmp_path / f"work-{len(list(tmp_path.iterdir()))}"
        into.mkdir()
        path = into.parent / f"{into.name}-{file_name}"
        path.write_bytes(sent)
        loaded = _outcome(lambda: loader(name).load(path, file_name=file_name, into=into, context=sending))
        kept = [] if isinstance(loaded, FileRefused) else [each.parquet.name for each in loaded]
        left = {each.name for each in into.iterdir() if each.is_file()}
        assert left - {REFUSED} == set(kept)
        return loaded, _refused(into)

    return load


def _outcome(load):
    """What a load gave, or the fault that it raised, which must be one that teaches."""
    try:
        return load()
    except FileRefused as fault:
        told = fault
    assert told.expected
    assert str(told).isprintable()
    return told


def _refused(into):
    if not (into / REFUSED).is_file():
        return []
    cells = pq.read_table(into / REFUSED).to_pylist()
    assert all(cell["row"] >= 1 and cell["rule"] and cell["expected"] and cell["mend"] for cell in cells)
    return cells


def refused(outcome):
    return isinstance(outcome, FileRefused)


@pytest.mark.parametrize("name", PARTNERS)
class TestEvery:
    def test_its_worked_example_is_taken(self, send, name):
        outcome, cells = send(name, as_csv(table(name)))
        assert not refused(outcome), outcome
        assert cells == []

    def test_bytes_that_are_no_table(self, send, name):
        """One in three for each, so that all come to several."""
        for hostile in no_tables(name)[PARTNERS.index(name) % 3 :: 3]:
            send(name, hostile.content)

    def test_headings_merged_missing_twice_and_endless(self, send, name):
        for hostile in wrong_headings(name):
            outcome, _ = send(name, hostile.content)
            assert SURNAME not in str(outcome)
            assert refused(outcome), hostile.what

    def test_a_file_without_headings_is_not_repeated(self, send, name):
        """Its first line is somebody's row."""
        width = len(table(name)[0])
        outcome, _ = send(name, as_csv([[NAMED] * width, ["x"] * width]))
        assert SURNAME not in str(outcome)
        assert "which is not repeated here" in outcome.came

    def test_line_ends_and_marks(self, send, name):
        whole = as_csv(table(name))
        for sent in (whole.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + whole, whole.rstrip(b"\n"), whole + b"\r\n" * 3):
            assert not refused(send(name, sent)[0])
        assert refused(send(name, whole.replace(b"\n", b"\r"))[0])

    def test_dates_in_five_forms_and_every_cell_in_turn_hostile(self, send, name):
        """Each column at once holds what it should not, row by row; the file ends refused, each fault named."""
        definition, rows = dataset(name), table(name)
        outcome, cells = send(name, as_csv([rows[0], *([each] * len(rows[0]) for each in HOSTILE_CELLS)]))
        assert refused(outcome)
        assert cells
        assert {cell["column"] for cell in cells} <= set(rows[0])
        secret = [c.heading for c in definition.columns if c.type == "pseudonym" or not c.kept]
        assert {cell["value"] for cell in cells if cell["column"] in secret} <= {"(not shown)", None}

    def test_a_name_in_any_column_is_never_repeated(self, send, name):
        rows = table(name)
        bad = [[NAMED if at == place else cell for at, cell in enumerate(rows[1])] for place in range(len(rows[0]))]
        outcome, cells = send(name, as_csv([rows[0], *bad, *rows[1:]]))
        assert refused(outcome)
        assert SURNAME not in str(outcome) + str(cells)
        secret = {c.heading for c in dataset(name).columns if c.type == "pseudonym" or c.like}
        assert {cell["column"] for cell in cells} >= set(rows[0]) - secret

    @settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_mutations_of_the_worked_example(self, send, name, data):
        whole = bytearray(as_csv(table(name)))
        for _ in range(data.draw(st.integers(1, 6))):
            at = data.draw(st.integers(0, len(whole) - 1))
            change = data.draw(st.sampled_from(["flip", "drop", "add", "repeat"]))
            if change == "flip":
                whole[at] = data.draw(st.integers(0, 255))
            elif change == "drop":
                del whole[at : at + data.draw(st.integers(1, 40))]
            elif change == "add":
                whole[at:at] = data.draw(st.binary(max_size=8))
            else:
                whole[at:at] = whole[at : at + 30]
            if not whole:
                break
        send(name, bytes(whole))


def test_every_cell_of_many_rows_wrong(send):
    head = table("police-extract")[0]
    outcome, cells = send("police-extract", as_csv([head, *[["wrong?"] * len(head)] * 2500]))
    assert refused(outcome)
    assert len(cells) >= 2500


def test_the_corpus_covers_every_dataset_of_the_engine():
    by_definition = [name for name in names() if isinstance(loader(name), ByDefinition)]
    assert set(by_definition) <= set(PARTNERS)
    assert "police-extract" in PARTNERS
