"""Style sheets and scripts under a server that runs: whole, whatever is put in their place meanwhile."""

import os
from contextlib import closing

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import HttpResponse

from redway.web.front_end import build
from redway.web.served import Served


@pytest.fixture
def no_database():
    """The end of an answer tidies the database's connection, which another test may have left open: not here."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


@pytest.fixture
def get(rf, tmp_path, no_database):
    """Asks a running server for a file of a folder."""
    (tmp_path / "a.css").write_text("old {}")
    served = Served(lambda _request: HttpResponse(status=404))
    served.add_files(str(tmp_path), prefix="/x/")

    def ask(name="a.css", **headers):
        answer = served(rf.get(f"/x/{name}", headers=headers))
        with closing(answer):
            return answer.status_code, b"".join(answer), answer.headers

    return ask


def put(path, text):
    """As a build does it."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


@pytest.mark.parametrize("text", ["new { color: red } /* longer by far */", "n"])
def test_a_file_that_was_replaced_goes_out_whole_under_its_own_size(get, tmp_path, text):
    assert get()[1] == b"old {}"
    put(tmp_path / "a.css", text)
    status, body, headers = get()
    assert (status, body) == (200, text.encode())
    assert headers["Content-Length"] == str(len(text))


def test_a_file_of_the_same_size_is_not_taken_for_the_old_one(get, tmp_path):
    tag = get()[2]["ETag"]
    put(tmp_path / "a.css", "new {}")
    os.utime(tmp_path / "a.css", (2_000_000_000, 2_000_000_000))
    assert get(**{"If-None-Match": tag})[:2] == (200, b"new {}")
    assert get(**{"If-None-Match": get()[2]["ETag"]})[0] == 304


def test_a_file_that_is_taken_away_is_not_found_and_harms_nothing(get, tmp_path):
    (tmp_path / "a.css").unlink()
    assert get()[0] == 404
    assert get()[0] == 404
    assert get("../b.css")[0] == 404


def test_a_build_puts_each_file_in_its_place_whole_and_takes_old_ones_away(tmp_path, monkeypatch):
    built, fresh = tmp_path / "built", tmp_path / "fresh"
    built.mkdir()
    fresh.mkdir()
    (built / "redway.css").write_text("old")
    (built / "gone.js").write_text("old")
    (built / "stamp").write_text("old")
    (fresh / "redway.css").write_text("new")
    (fresh / "stamp").write_text("new")
    monkeypatch.setattr(build, "BUILT", built)
    held = (built / "redway.css").open()
    build.replace(fresh)
    assert {path.name: path.read_text() for path in built.iterdir()} == {"redway.css": "new", "stamp": "new"}
    assert held.read() == "old"  # who was reading the old one reads it to its end
    held.close()
