"""Sealed files: anyone with the public half writes them, only the secret half reads them, damage is told."""

import errno
import io
import os
import signal
import stat
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redway.errors import FileRefused, NotSetUp, RedwayError
from redway.store import age, sealed
from redway.store.files import DiskFull
from redway.store.home import Home
from redway.store.sealed import make_key, seal, unseal

ROWS = b"Ref,Date\nA1,2025-01-02\n" * 20_000


@pytest.fixture
def keyed(home, monkeypatch):
    monkeypatch.delenv(sealed.VARIABLE, raising=False)
    home.quarantine_key.unlink(missing_ok=True)
    make_key(home)
    return home


@pytest.fixture
def sealed_rows(keyed):
    path = keyed.quarantine / "one.age"
    seal(io.BytesIO(ROWS), path, keyed)
    return path


def only_these(home: Home, *paths: Path) -> bool:
    """Nothing half-written lies about in the home."""
    there = {p for folder in (home.quarantine, home.incoming) for p in folder.rglob("*") if p.is_file()}
    return there == set(paths)


def test_what_is_sealed_comes_back_and_cannot_be_read_in_between(keyed, tmp_path):
    source = tmp_path / "return.csv"
    source.write_bytes(ROWS)
    path = keyed.quarantine / "one.age"
    assert seal(source, path, keyed) == sha256(source.read_bytes()).hexdigest()
    assert b"2025-01-02" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert unseal(path, tmp_path / "again.csv", keyed) == sha256(source.read_bytes()).hexdigest()
    assert (tmp_path / "again.csv").read_bytes() == ROWS
    assert stat.S_IMODE((tmp_path / "again.csv").stat().st_mode) == 0o600
    assert only_these(keyed, path)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.binary(max_size=300), st.integers(65_530, 65_545).map(os.urandom)))
def test_any_bytes_come_back_the_empty_file_and_whole_chunks_too(keyed, tmp_path, data):
    path = keyed.quarantine / "any.age"
    path.unlink(missing_ok=True)
    seal(io.BytesIO(data), path, keyed)
    unseal(path, tmp_path / "again", keyed)
    assert (tmp_path / "again").read_bytes() == data


def test_other_tools_of_the_format_read_it_with_the_key_file_as_it_stands(keyed, sealed_rows):
    (line,) = (line for line in keyed.quarantine_key.read_text().splitlines() if not line.startswith("#"))
    assert pyrage.decrypt(sealed_rows.read_bytes(), [pyrage.x25519.Identity.from_str(line)]) == ROWS


def test_the_key_is_its_owners_alone_and_never_made_twice(keyed):
    first = keyed.quarantine_key.read_text()
    assert stat.S_IMODE(keyed.quarantine_key.stat().st_mode) == 0o600
    make_key(keyed)
    assert keyed.quarantine_key.read_text() == first
    assert only_these(keyed)


def test_a_key_from_the_environment_stays_out_of_the_home(home, monkeypatch, tmp_path):
    home.quarantine_key.unlink(missing_ok=True)
    monkeypatch.setenv(sealed.VARIABLE, str(pyrage.x25519.Identity.generate()))
    make_key(home)
    assert not home.quarantine_key.exists()
    seal(io.BytesIO(ROWS), home.quarantine / "one.age", home)
    unseal(home.quarantine / "one.age", tmp_path / "again", home)
    assert (tmp_path / "again").read_bytes() == ROWS


def test_the_public_half_seals_and_does_not_open(keyed, monkeypatch, tmp_path):
    secret = pyrage.x25519.Identity.generate()
    monkeypatch.setenv(sealed.VARIABLE, str(secret.to_public()))
    path = keyed.quarantine / "one.age"
    seal(io.BytesIO(ROWS), path, keyed)
    with pytest.raises(RedwayError, match="public half only"):
        unseal(path, tmp_path / "again", keyed)
    monkeypatch.setenv(sealed.VARIABLE, str(secret))
    unseal(path, tmp_path / "again", keyed)
    assert (tmp_path / "again").read_bytes() == ROWS


def test_an_old_key_beside_the_new_one_still_opens(keyed, sealed_rows, tmp_path):
    new, old = pyrage.x25519.Identity.generate(), keyed.quarantine_key.read_text()
    keyed.quarantine_key.write_text(f"{new}\n{old}")
    unseal(sealed_rows, tmp_path / "again", keyed)
    assert (tmp_path / "again").read_bytes() == ROWS
    seal(io.BytesIO(ROWS), keyed.quarantine / "two.age", keyed)
    assert pyrage.decrypt((keyed.quarantine / "two.age").read_bytes(), [new]) == ROWS


def test_another_key_is_told_and_what_can_be_done(keyed, sealed_rows, tmp_path):
    keyed.quarantine_key.write_text(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(RedwayError, match="Put the old key back beside the new one") as fault:
        unseal(sealed_rows, tmp_path / "again", keyed)
    assert not isinstance(fault.value, FileRefused)  # nothing is wrong with the file
    assert not (tmp_path / "again").exists()


def test_a_missing_key_is_told_and_none_made_in_silence(keyed, sealed_rows, tmp_path):
    keyed.quarantine_key.unlink()
    with pytest.raises(NotSetUp, match="redway setup again"):
        seal(io.BytesIO(ROWS), keyed.quarantine / "two.age", keyed)
    with pytest.raises(NotSetUp):
        unseal(sealed_rows, tmp_path / "again", keyed)
    assert not keyed.quarantine_key.exists()


@pytest.mark.parametrize("text", ["", "# only a remark\n", "AGE-SECRET-KEY-1CUTSHORT", "age1x", "a password"])
def test_what_is_no_key_is_told_and_never_repeated(keyed, text):
    keyed.quarantine_key.write_text(text)
    with pytest.raises(RedwayError, match="something else") as fault:
        seal(io.BytesIO(ROWS), keyed.quarantine / "one.age", keyed)
    assert "CUTSHORT" not in str(fault.value)


@pytest.mark.parametrize("cut", [0, 1, 21, 22, 100, 200, 65_000, 66_000, -17, -1])
def test_a_sealed_file_that_was_cut_short_is_refused(keyed, sealed_rows, tmp_path, cut):
    sealed_rows.write_bytes(sealed_rows.read_bytes()[:cut])
    with pytest.raises(FileRefused, match="be sent again"):
        unseal(sealed_rows, tmp_path / "again", keyed)
    assert list(tmp_path.glob("*")) == [keyed.root]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.floats(0, 1, exclude_max=True), st.integers(0, 7))
def test_one_changed_bit_anywhere_is_seen(keyed, tmp_path, at, bit):
    path = keyed.quarantine / "one.age"
    path.unlink(missing_ok=True)
    seal(io.BytesIO(ROWS), path, keyed)
    data = bytearray(path.read_bytes())
    data[int(at * len(data))] ^= 1 << bit
    path.write_bytes(data)
    with pytest.raises(RedwayError):
        unseal(path, tmp_path / "again", keyed)
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04 a workbook", b"age-encryption.org/v1\nwhat is this", b"age-encryption.org/v2\n"]
)
def test_foreign_files_are_refused(keyed, tmp_path, data):
    path = keyed.quarantine / "foreign.age"
    path.write_bytes(data)
    with pytest.raises(FileRefused):
        unseal(path, tmp_path / "again", keyed)
    assert list(tmp_path.glob("*")) == [keyed.root]


def test_a_name_that_is_taken_is_left_alone(keyed, sealed_rows):
    before = sealed_rows.read_bytes()
    with pytest.raises(FileExistsError):
        seal(io.BytesIO(b"other"), sealed_rows, keyed)
    assert sealed_rows.read_bytes() == before


class Broken(io.RawIOBase):
    """An upload that breaks off."""

    def __init__(self, fault):
        self.fault, self.reads = fault, 0

    def read(self, size=-1):
        self.reads += 1
        if self.reads > 20:
            raise self.fault
        return b"x" * size


@pytest.mark.parametrize("fault", [OSError(errno.EIO, "gone"), KeyboardInterrupt(), ConnectionResetError()])
def test_a_source_that_breaks_off_leaves_nothing_and_its_own_fault_is_told(keyed, fault):
    with pytest.raises(type(fault)) as told:
        seal(Broken(fault), keyed.quarantine / "one.age", keyed)
    assert told.value is fault
    assert only_these(keyed)


def test_a_full_disk_is_told_as_one_and_leaves_nothing(keyed, sealed_rows, tmp_path, monkeypatch):
    def no_room(self, data):
        self.fault = OSError(errno.ENOSPC, "No space left on device")
        raise self.fault

    monkeypatch.setattr(age._Watched, "write", no_room)
    with pytest.raises(DiskFull):
        seal(io.BytesIO(ROWS), keyed.quarantine / "two.age", keyed)
    with pytest.raises(DiskFull):
        unseal(sealed_rows, tmp_path / "again", keyed)
    assert only_these(keyed, sealed_rows)
    assert not (tmp_path / "again").exists()


MEASURED = """
import os, resource, sys
from pathlib import Path
from redway.store.home import Home
from redway.store.sealed import seal, unseal
class Long:
    left = 300_000_000
    def read(self, size=-1):
        size = min(size, self.left)
        self.left -= size
        return b"x" * size
home = Home(Path(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
into = seal(Long(), home.quarantine / "long.age", home)
assert unseal(home.quarantine / "long.age", home.incoming / "long", home) == into
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_does_not_grow_with_the_file(keyed):
    done = subprocess.run([sys.executable, "-c", MEASURED, str(keyed.root)], check=True, capture_output=True, text=True)
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(done.stdout) * unit < 10_000_000
    assert (keyed.incoming / "long").stat().st_size == 300_000_000


KILLED = """
import os, sys
from pathlib import Path
from redway.store.home import Home
from redway.store.sealed import seal
class Endless:
    def read(self, size=-1):
        return b"x" * size
home = Home(Path(sys.argv[1]))
print("begins", flush=True)
seal(Endless(), home.quarantine / "endless.age", home)
"""


def test_killed_while_sealing_no_name_appears_and_the_rest_is_cleared_later(keyed):
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(keyed.root)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    while not any(p.stat().st_size for p in keyed.incoming.iterdir()):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert list(keyed.quarantine.iterdir()) == []
    (left,) = keyed.incoming.iterdir()
    seal(io.BytesIO(ROWS), keyed.quarantine / "one.age", keyed)
    assert left.exists()  # it might be another process at work
    long_ago = time.time() - 2 * sealed.DEAD
    os.utime(left, (long_ago, long_ago))
    seal(io.BytesIO(ROWS), keyed.quarantine / "two.age", keyed)
    assert not left.exists()
