"""Files that are whole or not there, and one import at a time."""

import errno
import multiprocessing
import os
import time
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from redway.errors import RedwayError
from redway.store import files, query
from redway.store.files import DiskFull, put, room_on_disk
from redway.store.lock import only_one


def test_put_gives_a_file_its_name_in_a_new_folder(tmp_path):
    made = tmp_path / "made"
    made.write_text("rows")
    final = put(made, tmp_path / "new" / "folder" / "final")
    assert (final.read_text(), made.exists()) == ("rows", False)


def test_put_leaves_a_file_of_that_name_as_it_is(tmp_path):
    made, final = tmp_path / "made", tmp_path / "final"
    made.write_text("rows")
    final.write_text("the same rows")
    put(made, final)
    assert (final.read_text(), made.exists()) == ("the same rows", False)


def test_copy_gives_the_hash_of_what_it_wrote(tmp_path):
    source = tmp_path / "source"
    source.write_bytes(os.urandom(3_000_000))
    found = files.copy(source, tmp_path / "made")
    assert {found} == {sha256(path.read_bytes()).hexdigest() for path in (source, tmp_path / "made")}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_told_in_a_sentence(tmp_path, number):
    with pytest.raises(DiskFull, match="room on the disk"), room_on_disk(tmp_path):
        raise OSError(number, "no")


def test_duckdbs_full_disk_too(tmp_path):
    with pytest.raises(DiskFull), room_on_disk(tmp_path):
        raise duckdb.IOException('Could not write to file "x.parquet": No space left on device')


def test_other_faults_are_not_a_full_disk(tmp_path):
    with pytest.raises(PermissionError), room_on_disk(tmp_path):
        raise PermissionError(errno.EACCES, "no")
    with pytest.raises(duckdb.IOException), room_on_disk(tmp_path):
        raise duckdb.IOException("something else")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_device_that_is_always_full(tmp_path):
    with pytest.raises(DiskFull), room_on_disk(tmp_path):
        Path("/dev/full").write_bytes(b"x" * 100_000)


def test_the_query_engine_downloads_nothing(tmp_path):
    with query.connect(tmp_path) as db:
        found = db.execute(
            "SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%_known_extensions'"
        ).fetchall()
    assert sorted(found) == [("autoinstall_known_extensions", "false"), ("autoload_known_extensions", "false")]


def test_text_for_sql_keeps_its_quotation_marks():
    assert query.text("O'Brien") == "'O''Brien'"


def hold(path, seconds, taken):
    with only_one(path):
        taken.set()
        time.sleep(seconds)


def held_elsewhere(path, seconds):
    """Another process that holds the lock."""
    context = multiprocessing.get_context("spawn")
    taken = context.Event()
    process = context.Process(target=hold, args=(path, seconds, taken))
    process.start()
    assert taken.wait(30)
    return process


def test_only_one_process_holds_a_lock_and_others_wait_for_it(tmp_path):
    process = held_elsewhere(tmp_path / "lock", 0.5)
    told = []
    with only_one(tmp_path / "lock", waiting=lambda: told.append("waiting")):
        assert told == ["waiting"]
    process.join()


def test_patience_ends(tmp_path):
    process = held_elsewhere(tmp_path / "lock", 60)
    with pytest.raises(RedwayError, match="no other import"), only_one(tmp_path / "lock", patience=0.2):
        pass
    process.kill()
    process.join()
    with only_one(tmp_path / "lock", patience=5):
        pass  # a dead process holds nothing
