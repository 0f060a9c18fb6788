"""Archives: whole or refused, opened by the right key alone, and nothing in them trusted."""

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redway.errors import FileRefused, RedwayError
from redway.store import archive
from redway.store.archive import Entry, Opening, Sealing, fits

IDENTITY = pyrage.x25519.Identity.generate()
SEALING = Sealing.to_keys([str(IDENTITY.to_public())])
OPENING = Opening(keys=(IDENTITY,))
FILES = {"home/a": b"", "home/b/c.parquet": os.urandom(3_000_000), "home/" + "long/" * 40 + "name": b"x"}


@pytest.fixture
def entries(tmp_path):
    made = []
    for number, (name, data) in enumerate(FILES.items()):
        (tmp_path / str(number)).write_bytes(data)
        made.append(Entry(name, tmp_path / str(number)))
    return made


@pytest.fixture
def written(entries, tmp_path):
    path = tmp_path / "archive"
    assert archive.write(path, entries, about={"of": "a test"}, sealing=SEALING, readme="what it is") == len(FILES)
    return path


def everything(path, opening=OPENING):
    """All files of an archive, and its manifest."""
    found = {}

    def take(name, file):
        found[name] = file.read()

    return found, archive.read(path, opening, take)


def test_what_was_put_in_comes_out_and_the_manifest_names_it(written):
    found, manifest = everything(written)
    assert found == FILES
    assert manifest["of"] == "a test"
    assert {name: one["size"] for name, one in manifest["files"].items()} == {n: len(d) for n, d in FILES.items()}


def test_a_passphrase_opens_it_and_no_other(entries, tmp_path):
    path = tmp_path / "archive"
    archive.write(path, entries, about={}, sealing=Sealing.by_passphrase("five unrelated words"), readme="")
    assert archive.needs_passphrase(path)
    assert everything(path, Opening("five unrelated words"))[0] == FILES
    with pytest.raises(RedwayError, match="cannot be opened, by anyone"):
        everything(path, Opening("five unrelated Words"))


def test_another_key_is_told(written):
    assert not archive.needs_passphrase(written)
    with pytest.raises(RedwayError, match="cannot be opened, by anyone"):
        everything(written, Opening(keys=(pyrage.x25519.Identity.generate(),)))
    with pytest.raises(RedwayError, match="--key"):
        everything(written, Opening("a passphrase"))


def test_tar_and_age_take_it_apart_without_redway(entries, tmp_path):
    path = tmp_path / "archive"
    archive.write(path, entries, about={}, sealing=Sealing.by_passphrase("five unrelated words"), readme="Hello.")
    with tarfile.open(path) as outer:
        assert outer.getnames() == ["README.txt", "key.age", "body.tar.age"]
        assert outer.extractfile("README.txt").read() == b"Hello."
        key = pyrage.passphrase.decrypt(outer.extractfile("key.age").read(), "five unrelated words").decode().strip()
        body = pyrage.decrypt(outer.extractfile("body.tar.age").read(), [pyrage.x25519.Identity.from_str(key)])
    with tarfile.open(fileobj=io.BytesIO(body)) as inner:
        assert inner.extractfile("home/b/c.parquet").read() == FILES["home/b/c.parquet"]


@pytest.mark.parametrize("given", ["", "not a key", "age1", str(IDENTITY)], ids=["empty", "words", "cut", "private"])
def test_what_is_no_public_key_is_refused_and_never_repeated(given):
    with pytest.raises(RedwayError) as fault:
        Sealing.to_keys([given])
    assert not given or given not in str(fault.value).replace("age1...", "")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_damage_anywhere_is_refused_or_changes_nothing(tmp_path, data):
    (tmp_path / "one").write_bytes(b"rows" * 500)
    path = tmp_path / "archive"
    path.unlink(missing_ok=True)
    archive.write(path, [Entry("one", tmp_path / "one")], about={}, sealing=SEALING, readme="")
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(
        st.sampled_from(
            [whole[:at], whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :], whole[:at] + whole[at + 512 :]]
        )
    )
    path.write_bytes(damaged)
    try:
        found, _ = everything(path)
    except RedwayError:
        return
    assert found == {"one": b"rows" * 500}  # the damage hit what nothing rests on: padding, the README


@pytest.mark.parametrize("data", [b"", b"a text", b"PK\x03\x04" + bytes(2000), bytes(20_000)])
def test_other_files_are_refused(tmp_path, data):
    path = tmp_path / "other"
    path.write_bytes(data)
    for way in (archive.needs_passphrase, everything):
        with pytest.raises(FileRefused, match="redway backup wrote it"):
            way(path)


# ------------------------------------------------------------------ Archives that somebody made by hand


def member(name, data=b"x", **changes):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in changes.items():
        setattr(info, key, value)
    return info, data


def made_by_hand(path, members, manifest=None):
    """An archive with a body of somebody's own making, sealed for us as it should be."""
    body = io.BytesIO()
    files = {}
    with tarfile.open(fileobj=body, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for info, data in members:
            tar.addfile(info, io.BytesIO(data))
            files[info.name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        text = json.dumps(manifest if manifest is not None else {"format": 1, "files": files}).encode()
        info, data = member("manifest.json", text)
        tar.addfile(info, io.BytesIO(data))
    sealed = pyrage.encrypt(body.getvalue(), [IDENTITY.to_public()])
    with tarfile.open(path, "w") as outer:
        for info, data in (member("README.txt"), member("body.tar.age", sealed)):
            outer.addfile(info, io.BytesIO(data))
    return path


def test_one_made_by_hand_as_it_should_be_is_read(tmp_path):
    found, _ = everything(made_by_hand(tmp_path / "archive", [member("home/a", b"rows")]))
    assert found == {"home/a": b"rows"}


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "/etc/passwd",
        "home/../../x",
        "home//x",
        "home/./x",
        "C:x",
        "home\\x",
        "home/x\n",
        "a" * 1001,
        "home/x.",
    ],
)
def test_names_that_lead_elsewhere_are_refused(tmp_path, name):
    with pytest.raises(FileRefused):
        everything(made_by_hand(tmp_path / "archive", [member(name)]))


@pytest.mark.parametrize(
    "info",
    [
        member("home/link", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("home/hard", b"", type=tarfile.LNKTYPE, linkname="home/a"),
        member("home/device", b"", type=tarfile.CHRTYPE),
        member("home/pipe", b"", type=tarfile.FIFOTYPE),
        member("home/folder", b"", type=tarfile.DIRTYPE),
        member("home/gaps", b"x" * 512, type=tarfile.GNUTYPE_SPARSE),
        member("home/header", b"x" * 100_000, type=tarfile.XHDTYPE),
        member("home/name", b"x" * 100_000, type=tarfile.GNUTYPE_LONGNAME),
    ],
    ids=lambda made: made[0].name,
)
def test_anything_but_ordinary_files_is_refused(tmp_path, info):
    with pytest.raises(FileRefused):
        everything(made_by_hand(tmp_path / "archive", [info]))


@pytest.mark.parametrize(
    ("members", "manifest"),
    [
        ([member("home/a")], {"format": 1, "files": {}}),
        ([], {"format": 1, "files": {"home/a": {"size": 1, "sha256": "0"}}}),
        ([member("home/a")], {"format": 1, "files": {"home/a": {"size": 1, "sha256": "0" * 64}}}),
        ([member("home/a")], {"format": 2, "files": {}}),
        ([member("home/a")], []),
        ([member("home/a")], {"format": 1, "files": 7}),
        ([member("home/a"), member("home/A")], None),
        ([member("home/a"), member("home/a")], None),
        ([member("manifest.json", b"{}"), member("home/a")], None),
    ],
)
def test_what_the_manifest_does_not_say_is_refused(tmp_path, members, manifest):
    with pytest.raises(FileRefused):
        everything(made_by_hand(tmp_path / "archive", members, manifest))


@given(st.text(max_size=30))
def test_a_name_that_fits_stays_below_its_folder(name):
    if fits(name):
        joined = os.path.normpath(os.path.join("/folder", name))  # noqa: PTH118
        assert joined == f"/folder/{name}"


def test_a_file_whose_name_does_not_fit_is_told_when_it_is_put_in(tmp_path):
    (tmp_path / "x").write_bytes(b"x")
    with pytest.raises(RedwayError, match="Rename or remove it"):
        archive.write(tmp_path / "a", [Entry("home/what?", tmp_path / "x")], about={}, sealing=SEALING, readme="")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x"]


def test_a_file_that_goes_while_it_is_written_leaves_no_archive(tmp_path):
    (tmp_path / "x").write_bytes(b"x")
    entries = [Entry("x", tmp_path / "x"), Entry("gone", tmp_path / "gone")]
    with pytest.raises(FileNotFoundError):
        archive.write(tmp_path / "a", entries, about={}, sealing=SEALING, readme="")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x"]


def test_a_taker_that_fails_ends_it_and_its_fault_is_told(written):
    def take(name, file):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        archive.read(written, OPENING, take)


MEASURED = """
import resource, sys
from pathlib import Path
import pyrage
from redway.store import archive
folder = Path(sys.argv[1])
with (folder / "long").open("wb") as file:
    file.truncate(300_000_000)
key = pyrage.x25519.Identity.generate()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sealing = archive.Sealing((key.to_public(),))
archive.write(folder / "a", [archive.Entry("long", folder / "long")], about={}, sealing=sealing, readme="")
def take(name, file):
    while file.read(1 << 20):
        pass
archive.read(folder / "a", archive.Opening(keys=(key,)), take)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_does_not_grow_with_the_files(tmp_path):
    done = subprocess.run([sys.executable, "-c", MEASURED, str(tmp_path)], check=True, capture_output=True, text=True)
    assert int(done.stdout) * (1 if sys.platform == "darwin" else 1024) < 20_000_000
