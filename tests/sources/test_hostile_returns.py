"""A hostile corpus over every dataset that partners send: a clear refusal or refused rows, never a bare exception, and
nothing left behind but the rows refused.
"""

import csv
import dataclasses
import gzip
import io
import random
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redway.errors import FileRefused
from redway.sources.dataset import REFUSED, dataset, loader, names
from redway.sources.returned.load import ByDefinition
from redway.store.snapshot import Snapshot
from redway.store.unpack import find

PARTNERS = [name for name in names() if dataset(name).access == "partners" and ".csv" in dataset(name).files]
SURNAME = "Examplethwaite"


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


def table(name):
    """The worked example as a sender would write it: a heading and rows."""
    definition = dataset(name)
    used = [c for c in definition.columns if not c.optional or any(c.name in row for row in definition.example)]
    return [[c.heading for c in used], *([row.get(c.name, "") for c in used] for row in definition.example)]


def as_csv(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


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
        whole = as_csv(table(name))
        head, _, body = whole.partition(b"\n")
        for sent in (
            b"",
            b"\n\n\n",
            b"\x00" * 2000,
            head + b"\n" + b"\x00" * 500,
            whole[: len(head) + 5] + b"\x00\x00" + whole[len(head) + 5 :],
            random.Random(3).randbytes(4000),
            whole.decode().encode("utf-16"),
            head + b"\n" + b'"never closed,' + body,
            whole[: len(whole) - len(body) // 3],
            gzip.compress(whole),
            b"PK\x03\x04" + whole,
            b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
            b"%PDF-1.7\n" + whole,
        ):
            send(name, sent)

    def test_headings_merged_missing_twice_and_endless(self, send, name):
        rows = table(name)
        head, body = rows[0], rows[1:]
        merged = [["Return of November", *[""] * (len(head) - 1)], head, *body]
        for sent in (
            merged,
            [[head[0], *[""] * (len(head) - 1)], *body],
            [head[1:], *(row[1:] for row in body)],
            [[*head, head[0]], *([*row, row[0]] for row in body)],
            [[*head, "Surname"], *([*row, SURNAME] for row in body)],
            [[f"column {n}" for n in range(100_000)], ["x"] * 100_000],
            [[*head, *[""] * 20_000], *([*row, *[""] * 20_000] for row in body)],
        ):
            outcome, _ = send(name, as_csv(sent))
            assert SURNAME not in str(outcome)
            assert refused(outcome) or sent[0][-1] == ""

    def test_line_ends_and_marks(self, send, name):
        whole = as_csv(table(name))
        for sent in (whole.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + whole, whole.rstrip(b"\n"), whole + b"\r\n" * 3):
            assert not refused(send(name, sent)[0])
        assert refused(send(name, whole.replace(b"\n", b"\r"))[0])

    def test_one_cell_in_windows_1252(self, send, name):
        rows = table(name)
        rows[1][0] = "café £5"
        outcome, _ = send(name, as_csv(rows).decode().encode("cp1252"))
        assert "Windows-1252" in str(outcome)

    def test_dates_in_five_forms_and_every_cell_in_turn_hostile(self, send, name):
        """Each column at once holds what it should not, row by row; the file ends refused, each fault named."""
        definition, rows = dataset(name), table(name)
        hostile = [
            "45231", "11/30/2025", "30.11.25", "30-Nov-2025", "2025-13-45", "=cmd|' /C calc'!A0", "@SUM(1)",
            "1.2E+11", "46.0", "Oct-17", "\x07bell", "'; DROP TABLE x; --", "<script>",
            "A" * 300, "نص", "🙂", "-1", "NULL", "#REF!",
        ]  # fmt: skip
        outcome, cells = send(name, as_csv([rows[0], *([each] * len(rows[0]) for each in hostile)]))
        assert refused(outcome)
        assert cells
        assert {cell["column"] for cell in cells} <= set(rows[0])
        secret = [c.heading for c in definition.columns if c.type == "pseudonym" or not c.kept]
        assert {cell["value"] for cell in cells if cell["column"] in secret} <= {"(not shown)", None}

    def test_a_name_in_any_column_is_never_repeated(self, send, name):
        rows = table(name)
        bad = [
            [f"Jane {SURNAME}" if at == place else cell for at, cell in enumerate(rows[1])]
            for place in range(len(rows[0]))
        ]
        outcome, cells = send(name, as_csv([rows[0], *bad, *rows[1:]]))
        assert refused(outcome)
        assert SURNAME not in str(outcome) + str(cells)
        secret = {c.heading for c in dataset(name).columns if c.type == "pseudonym" or c.like}
        assert {cell["column"] for cell in cells} >= set(rows[0]) - secret

    def test_every_cell_of_many_rows_wrong(self, send, name):
        head = table(name)[0]
        outcome, cells = send(name, as_csv([head, *[["wrong?"] * len(head)] * 2500]))
        assert refused(outcome)
        assert len(cells) >= 2500

    def test_workbooks_that_are_none(self, send, name):
        if ".xlsx" not in dataset(name).files:
            pytest.skip("takes no workbooks")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("xl/workbook.xml", BILLION_LAUGHS)
            archive.writestr("xl/worksheets/sheet1.xml", BILLION_LAUGHS)
        for sent in (b"", b"PK\x03\x04", packed.getvalue(), packed.getvalue()[:200], as_csv(table(name))):
            for ending in (".xlsx", ".ods"):
                assert refused(send(name, sent, f"sent{ending}")[0])

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


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 if n > 1 else str()};" * 10}">' for n in range(1, 10))
    + "]><workbook>&lol9;</workbook>"
)


def test_zips_within_zips_are_refused_before_any_loader_sees_them(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("sent.csv", "a,b\n1,2\n")
    outer = tmp_path / "outer.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    with pytest.raises(FileRefused, match="a zip within it"):
        find([outer], endings=(".csv",), skips=lambda file_name: "")


def test_the_corpus_covers_every_dataset_of_the_engine():
    by_definition = [name for name in names() if isinstance(loader(name), ByDefinition)]
    assert set(by_definition) <= set(PARTNERS)
    assert "police-extract" in PARTNERS
