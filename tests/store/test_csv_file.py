"""Reading a publisher's CSV: no row lost, every fault explained, memory bounded."""

import csv
import io
import os
import subprocess
import sys
from contextlib import closing

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redway.errors import FileRefused, Place
from redway.store import csv_file
from redway.store.kinds import COMPOUND, LOCKED


@pytest.fixture
def read(tmp_path):
    """The rows of a file of these bytes, as the engine sees them."""
    db = duckdb.connect()

    def rows(data, numbered=False):
        path = tmp_path / "sent.csv"
        path.write_bytes(data)
        file = csv_file.opened(path, name="sent.csv", work=tmp_path)
        file.as_view(db, "sent", numbered=numbered)
        try:
            return db.execute(f"SELECT {'*' if numbered else '* EXCLUDE row'} FROM sent").fetchall()
        except duckdb.InvalidInputException:
            raise file.explain() from None

    with closing(db):
        yield rows


def test_rows_are_text_and_empty_cells_null(read):
    assert read(b'a,b\n1,\n"",2.50\n') == [("1", None), (None, "2.50")]


def test_rows_are_numbered_from_one_in_the_order_of_the_file(read):
    data = "a\n" + "".join(f"{n}\n" for n in range(1, 30_001))
    assert read(data.encode(), numbered=True) == [(n, str(n)) for n in range(1, 30_001)]


cells = st.text(st.sampled_from('ab 1,"é\n;'), max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(cells, cells, cells.filter(bool)), min_size=1, max_size=30),
    ends=st.lists(st.sampled_from(["\n", "\r\n"]), min_size=31, max_size=31),
    mark=st.booleans(),
)
def test_any_proper_csv_is_read_as_pythons_reader_reads_it(read, rows, ends, mark):
    """Line ends of both kinds mixed, quotation marks, breaks within cells: no row is lost or changed."""
    text = io.StringIO()
    for row, end in zip([("x", "y", "z"), *rows], ends, strict=False):
        csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerow(row)
    data = text.getvalue().encode()
    assert read(b"\xef\xbb\xbf" * mark + data) == [tuple(cell or None for cell in row) for row in rows]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.sampled_from(["1,2", "", "1,234567", '"', "é\t,2", "\x0b", "\x7f", "\0"])),
    end=st.sampled_from(["\n", "\r\n"]),
    cut=st.booleans(),
)
def test_lines_are_counted_as_a_slow_loop_counts_them(tmp_path, lines, end, cut):
    data = "".join(line + end for line in ["a,b", *lines])
    data = data[: -len(end)] if cut and lines and lines[-1] else data
    (tmp_path / "a.csv").write_bytes(data.encode())
    for chunk in (1, 2, 3, 5, 1000):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(csv_file, "CHUNK", chunk)
            seen = csv_file._lines(tmp_path / "a.csv", Place())
        assert seen.ends == data.count("\n")
        assert seen.crlf == data.count("\r\n")
        assert seen.quoted == ('"' in lines)
        assert seen.controls == any(line in ("\x0b", "\x7f", "\0") for line in lines)
        assert seen.ends_cleanly == data.endswith("\n")


def test_blank_lines_are_no_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n\n1,2\n\n\n3,4\n\n")
    with closing(duckdb.connect()) as db:
        file = csv_file.opened(path, name="a.csv", work=tmp_path)
        file.as_view(db, "sent")
        assert db.execute("SELECT count(a) FROM sent").fetchone() == (2,)
    file.refuse_if_lost(2)
    with pytest.raises(FileRefused):
        file.refuse_if_lost(3)


def test_rows_the_engine_lost_refuse_the_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,2\n3,4\n")
    file = csv_file.opened(path, name="a.csv", work=tmp_path)
    file.refuse_if_lost(2)
    with pytest.raises(FileRefused, match=r"a\.csv: expected 2 rows"):
        file.refuse_if_lost(1)


def test_old_line_ends_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\r1,2\r3,4\r")
    with pytest.raises(FileRefused, match="CR alone"):
        csv_file.opened(path, name="a.csv", work=tmp_path)


def test_a_line_end_split_over_two_chunks_is_one_line_end(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_file, "CHUNK", 7)
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\r\n" + b"1,2\r\n1,23\r\n" * 50)
    seen = csv_file._lines(path, Place())
    assert (seen.crlf, seen.ends, seen.ends_cleanly) == (101, 101, True)
    path.write_bytes(b"a,b\r\n" + b"1,2\r\n1,23\n" * 50)
    even = csv_file._with_even_line_ends(path, tmp_path)
    assert even.read_bytes() == b"a,b\n" + b"1,2\n1,23\n" * 50


@pytest.mark.parametrize(
    ("data", "row", "expected", "cause"),
    [
        (b"a,b\n1,2\n3\n4,5\n", 2, "2 cells in every row", "comma"),
        (b"a,b\n1,2\n3,4\n4", 3, "2 cells in every row", "cut short"),
        (b'a,b\n1,2\n3,"4\n', 2, "quotation marks", "stray"),
        (b"a,b\n1,2\n3,\xe9\n", 2, "text in UTF-8", "encoding"),
        (b"a,b\n1,2\n3," + b"x" * 1_100_000 + b"\n", 2, "rows of at most 1,000,000 bytes", "no table"),
    ],
)
def test_faults_of_a_row_name_it(read, data, row, expected, cause):
    with pytest.raises(FileRefused) as fault:
        read(data)
    assert (fault.value.place.file, fault.value.place.row) == ("sent.csv", row)
    assert expected in fault.value.expected
    assert cause in fault.value.cause


def test_every_row_with_a_fault_is_counted(read):
    with pytest.raises(FileRefused) as fault:
        read(b"a,b\n" + b"1,2\n3\n" * 9)
    assert (fault.value.place.row, fault.value.count) == (2, 9)


LINE_OF_100_MB = """
import resource, sys
from pathlib import Path
import duckdb
from redway.errors import FileRefused, Place
from redway.store import csv_file, query
path, work = Path(sys.argv[1]), Path(sys.argv[2])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with query.connect(work) as db:
    try:
        file = csv_file.opened(path, name=path.name, work=work)
        file.as_view(db, "sent")
        try:
            db.execute("SELECT max(COLUMNS(* EXCLUDE row)) FROM sent")
        except duckdb.InvalidInputException:
            raise file.explain()
    except FileRefused as fault:
        print(fault)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told in other units elsewhere")
@pytest.mark.parametrize("start", [b"", b"a,b\n1,2\n3,"])
def test_a_line_of_100_mb_is_refused_in_little_memory(tmp_path, start):
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(start)
        for _ in range(100):
            file.write(b"x" * 1_000_000)
    done = subprocess.run(
        [sys.executable, "-c", LINE_OF_100_MB, str(path), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    sentence, kilobytes = done.stdout.splitlines()
    assert "line ends were lost" in sentence
    assert int(kilobytes) < 200_000


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes("Crime ID,Month\na,2025-01\n".encode(encoding))
    with pytest.raises(FileRefused) as fault:
        csv_file.opened(path, name="a.csv", work=tmp_path)
    assert fault.value.came == "UTF-16 text"
    assert "UTF-16" in fault.value.cause


@pytest.mark.parametrize(
    ("start", "came"),
    [
        (COMPOUND + bytes(600), "from before 2007"),
        (COMPOUND + bytes(600) + LOCKED, "locked with a password"),
        (b"PK\x03\x04", "an Excel workbook or a zip"),
        (b"%PDF-1.4", "a PDF"),
        (b"\xef\xbb\xbf<!DOCTYPE html>", "a web page"),
    ],
)
def test_other_kinds_of_file_are_named(tmp_path, start, came):
    path = tmp_path / "a.csv"
    path.write_bytes(start)
    with pytest.raises(FileRefused) as fault:
        csv_file.opened(path, name="a.csv", work=tmp_path)
    assert came in fault.value.came


@pytest.mark.parametrize("data", [b"a,b\n1,2\n", b"a,b\n1,2"])
@pytest.mark.parametrize("count", [1, 7, csv_file.CHUNK + 5])
def test_zero_bytes_after_the_last_row_are_named(tmp_path, data, count):
    path = tmp_path / "a.csv"
    path.write_bytes(data + bytes(count))
    with pytest.raises(FileRefused) as fault:
        csv_file.opened(path, name="a.csv", work=tmp_path)
    assert fault.value.came == f"{'at least ' * (count > 9)}{min(count, csv_file.CHUNK):,} zero bytes at its end"


def test_one_cell_is_not_cells(read):
    with pytest.raises(FileRefused) as fault:
        read(b"a,b\n1,2\n3\n4,5\n")
    assert fault.value.came == "1 cell"


def test_no_heading_no_file(tmp_path):
    path = tmp_path / "empty.csv"
    for nothing in (b"", b"\n \n"):
        path.write_bytes(nothing)
        with pytest.raises(FileRefused, match="empty file"):
            csv_file.opened(path, name="empty.csv", work=tmp_path)
