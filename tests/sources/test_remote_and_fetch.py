"""Fetching from a publisher that answers late, breaks off, has gaps, and comes back."""

import datetime as dt
import io
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from redway import periods
from redway.sources import remote
from redway.sources.police_street.fetch import fetch
from redway.sources.police_uk.forces import slug

HEADER = "Crime ID,Month,Reported by\n"
TODAY = dt.date(2026, 1, 20)


def archive(months, forces=("thames-valley", "btp"), without=(), text="a"):
    """One of the publisher's archives: every force and kind for some months."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as made:
        for label in months:
            for force in forces:
                for kind in ("street", "outcomes"):
                    name = f"{label}-{force}-{kind}.csv"
                    if name not in without:
                        made.writestr(f"{label}/{name}", HEADER + f"{text},{label},{force}\n" * 2000)
    return body.getvalue()


class Publisher:
    """A local server that serves archives by ranges, and misbehaves when told to."""

    def __init__(self):
        self.files, self.asked, self.faults = {}, [], []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_HEAD(self):
                self.answer(send=False)

            def do_GET(self):
                self.answer(send=True)

            def answer(self, send):
                outer.asked.append((self.command, self.path, self.headers.get("Range")))
                body = outer.files.get(self.path)
                fault = outer.faults.pop(0) if outer.faults and send else ""
                if body is None or fault in (500, 503):
                    self.send_response(fault or 404)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                if fault == "hang":
                    outer.release.wait(5)
                    self.close_connection = True
                    return
                span = self.headers.get("Range")
                start, stop = (int(x) for x in span[6:].split("-")) if span else (0, len(body) - 1)
                part = body[start : stop + 1]
                ranged = span and fault != "whole"
                self.send_response(206 if ranged else 200)
                if ranged:
                    self.send_header("Content-Range", f"bytes {start}-{stop}/{len(body)}")
                self.send_header("Content-Length", str(len(part if ranged or not span else body)))
                self.send_header("ETag", '"1"')
                self.end_headers()
                if send and fault == "cut":
                    self.wfile.write(part[: len(part) // 2])
                    self.close_connection = True
                elif send:
                    self.wfile.write(part if ranged or not span else body)

        self.release = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def publisher():
    made = Publisher()
    yield made
    made.release.set()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """The pauses between tries are counted on, not waited for."""
    monkeypatch.setattr(remote.ask, "__kwdefaults__", {**remote.ask.__kwdefaults__, "pause": lambda _: None})
    for opener in (remote.open_remote, remote.RemoteFile.__init__):
        monkeypatch.setattr(opener, "__kwdefaults__", {**opener.__kwdefaults__, "pause": lambda _: None})


def bring(publisher, into, first="2025-10", last="2025-11", forces=("thames-valley",), timeout=5):
    months = range(periods.month(first), periods.month(last) + 1)
    return fetch(
        months=months,
        forces=forces,
        into=into,
        report=lambda _: None,
        publisher=publisher.address,
        today=TODAY,
        timeout=timeout,
    )


def names(paths):
    return [p.name for p in paths]


@pytest.mark.parametrize(
    ("force", "expected"),
    [
        ("Thames Valley Police", "thames-valley"),
        ("Devon & Cornwall Police", "devon-and-cornwall"),
        ("Metropolitan Police Service", "metropolitan"),
        ("Avon and Somerset Constabulary", "avon-and-somerset"),
        ("Dyfed-Powys Police", "dyfed-powys"),
        ("British Transport Police", "btp"),
        ("Police Service of Northern Ireland", "northern-ireland"),
    ],
)
def test_a_force_is_spelt_as_in_the_publishers_file_names(force, expected):
    assert slug(force) == expected


def test_the_newest_archive_that_exists_gives_each_month(publisher, tmp_path):
    publisher.files["/data/archive/2025-11.zip"] = archive(["2025-10", "2025-11"], text="new")
    publisher.files["/data/archive/2025-10.zip"] = archive(["2025-10"], text="old")
    found = bring(publisher, tmp_path)
    assert names(found.new) == ["2025-10-thames-valley-street.csv", "2025-11-thames-valley-street.csv"]
    assert (tmp_path / "2025-10" / "2025-10-thames-valley-street.csv").read_text().count("new") == 2000
    assert not found.lacking


def test_only_the_wanted_files_travel(publisher, tmp_path):
    publisher.files["/data/archive/2025-11.zip"] = archive(
        [f"2025-{m:02d}" for m in range(1, 12)], forces=("thames-valley", *"abcdefgh")
    )
    bring(publisher, tmp_path, first="2025-11")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [
        tmp_path / "2025-11" / "2025-11-thames-valley-street.csv"
    ]


def test_a_month_without_a_file_and_a_month_without_an_archive_are_told(publisher, tmp_path):
    publisher.files["/data/archive/2025-11.zip"] = archive(
        ["2025-10", "2025-11"], without=("2025-10-thames-valley-street.csv",)
    )
    found = bring(publisher, tmp_path, last="2025-12")
    assert names(found.new) == ["2025-11-thames-valley-street.csv"]
    assert found.lacking == ["2025-10-thames-valley", "2025-12-thames-valley"]


def test_months_older_than_an_archive_keeps_come_from_older_archives(publisher, tmp_path):
    publisher.files["/data/archive/2025-11.zip"] = archive(["2025-11"])
    publisher.files["/data/archive/2022-05.zip"] = archive(["2020-02", "2020-01"])
    found = bring(publisher, tmp_path, first="2020-01", last="2020-02")
    assert names(found.new) == ["2020-01-thames-valley-street.csv", "2020-02-thames-valley-street.csv"]


def test_what_is_here_whole_is_not_fetched_again_and_a_damaged_file_is(publisher, tmp_path):
    publisher.files["/data/archive/2025-11.zip"] = archive(["2025-10", "2025-11"])
    damaged = bring(publisher, tmp_path).new[0]
    damaged.write_text("half")
    found = bring(publisher, tmp_path)
    assert (found.new, len(found.here)) == ([damaged], 1)


@pytest.mark.parametrize("fault", ["cut", 500, 503])
def test_a_broken_answer_is_asked_for_again(publisher, tmp_path, fault):
    publisher.files["/data/archive/2025-11.zip"] = archive(["2025-10", "2025-11"])
    publisher.faults = [fault, fault]
    assert len(bring(publisher, tmp_path).new) == 2


def test_a_publisher_that_hangs_once_is_asked_again(publisher, tmp_path):
    publisher.files["/data/archive/2025-11.zip"] = archive(["2025-11"])
    publisher.faults = ["hang"]
    assert len(bring(publisher, tmp_path, first="2025-11", timeout=0.3).new) == 1


def test_a_publisher_that_keeps_breaking_off_leaves_what_came_and_no_half_file_and_can_be_resumed(publisher, tmp_path):
    publisher.files["/data/archive/2025-11.zip"] = archive(["2025-10", "2025-11"])
    bring(publisher, tmp_path / "count")
    asked = sum(1 for method, _, _ in publisher.asked if method == "GET")
    publisher.faults = [""] * (asked - 1) + ["cut"] * 50
    with pytest.raises(remote.OutOfReach, match="What was fetched is kept"):
        bring(publisher, tmp_path / "x")
    before = {p.name for p in (tmp_path / "x").rglob("*.csv")}
    assert all(not p.name.endswith(".half") for p in (tmp_path / "x").rglob("*"))
    publisher.faults = []
    found = bring(publisher, tmp_path / "x")
    assert {p.name for p in found.here} == before
    assert len(found.files) == 2


def test_a_publisher_that_no_longer_serves_parts_is_told_so(publisher, tmp_path):
    publisher.files["/data/archive/2025-11.zip"] = archive(["2025-11"])
    publisher.faults = ["whole"] * 9
    with pytest.raises(remote.OutOfReach, match="no longer serves files in parts"):
        bring(publisher, tmp_path)


def test_an_archive_that_is_no_zip_is_told_so(publisher, tmp_path):
    publisher.files["/data/archive/2025-11.zip"] = b"<html>maintenance</html>" * 50
    with pytest.raises(remote.OutOfReach, match="readable zip"):
        bring(publisher, tmp_path)


def test_no_publisher_at_all_is_told_in_one_sentence(tmp_path, publisher):
    publisher.server.shutdown()
    publisher.server.server_close()
    with pytest.raises(remote.OutOfReach, match="a whole answer from"):
        bring(publisher, tmp_path)
