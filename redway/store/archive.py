"""Many files in one sealed file, written and read as a stream; nothing that is in it is trusted.

It is a tar that any machine can take apart: README.txt, which says how; key.age, the key sealed by a passphrase,
where there is one; body.tar.age, everything else, sealed. Within the body, manifest.json comes last and names every
file with its size and hash, so that a body that ends early or holds anything else is noticed.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO

import pyrage
from pyrage.x25519 import Identity, Recipient

from redway.errors import FileRefused, Place, RedwayError
from redway.store import age
from redway.store.files import CHUNK
from redway.store.sealed import becoming

FORMAT = 1
README, KEY, BODY, MANIFEST = "README.txt", "key.age", "body.tar.age", "manifest.json"
LONGEST_MANIFEST = 1 << 28  # bytes; a million files are about 150 MB
LONGEST_KEY = 1 << 16
LONGEST_PATH = 1000
END = tarfile.NUL * (2 * tarfile.BLOCKSIZE)  # of a tar


@dataclass(frozen=True)
class Sealing:
    """Who can open an archive: whoever has one of the keys, or knows the passphrase that opens `key`."""

    to: tuple[Recipient, ...]
    key: bytes = b""

    @classmethod
    def by_passphrase(cls, passphrase: str) -> "Sealing":
        """A key of the archive's own, sealed by a passphrase."""
        own = Identity.generate()
        return cls((own.to_public(),), pyrage.passphrase.encrypt(f"{own}\n".encode(), passphrase))

    @classmethod
    def to_keys(cls, public: Iterable[str]) -> "Sealing":
        """For the owners of public keys. Raises RedwayError for a text that is none."""
        found: list[Recipient] = []
        for text in public:
            try:
                secret, keys = age.keys(text)
            except age.NoKey:
                secret, keys = [], []
            if secret or not keys:  # never repeated: it may be a secret one
                raise RedwayError(
                    f"a public key of age ({age.PUBLIC}...)",
                    came="something else",
                    cause="a key cut short, or the secret half, which stays with whoever restores.",
                )
            found += keys
        return cls(tuple(found))


@dataclass(frozen=True)
class Opening:
    """What opens an archive: a passphrase, or secret keys."""

    passphrase: str = ""
    keys: tuple[Identity, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One file to put in: where it lies, and its name in the archive."""

    name: str
    path: Path


def write(into: Path, entries: Iterable[Entry], *, about: Mapping[str, Any], sealing: Sealing, readme: str) -> int:
    """Write an archive; how many files it holds. Its name appears when it is whole and safe on disk.

    about   what the manifest says besides the files
    readme  what stands in it unsealed, for whoever finds it
    """
    counted: list[int] = []

    def body(writing: BinaryIO) -> None:
        counted.append(_write_body(writing, entries, about))

    with becoming(into, into.parent) as out:
        out.write(_small(README, readme.encode()))
        if sealing.key:
            out.write(_small(KEY, sealing.key))
        begins = out.tell()
        out.write(_info(BODY, 0).tobuf(tarfile.GNU_FORMAT))
        with _from_thread(body) as reading:
            age.encrypt(reading, out, sealing.to)
        size = out.tell() - begins - tarfile.BLOCKSIZE
        out.write(_padding(size) + END)
        out.seek(begins)  # only now is its size known
        out.write(_info(BODY, size).tobuf(tarfile.GNU_FORMAT))
    return counted[0]


def _write_body(writing: BinaryIO, entries: Iterable[Entry], about: Mapping[str, Any]) -> int:
    files, seen = {}, {MANIFEST}
    with tarfile.open(fileobj=writing, mode="w|", format=tarfile.GNU_FORMAT) as body:
        for entry in entries:
            if not fits(entry.name) or entry.name.casefold() in seen:
                raise _unfit(entry)
            seen.add(entry.name.casefold())
            with entry.path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                hashed = Hashed(file)
                body.addfile(_info(entry.name, size), hashed)
            files[entry.name] = {"size": size, "sha256": hashed.sha256}
        manifest = json.dumps({"format": FORMAT, **about, "files": files}, indent=1).encode()
        body.addfile(_info(MANIFEST, len(manifest)), io.BytesIO(manifest))
    return len(files)


Take = Callable[[str, "Hashed"], None]


def read(path: Path, opening: Opening, take: Take) -> dict[str, Any]:
    """Read an archive from end to end, and give `take` each file: its name, and what its bytes are read from, all of
    them before it returns. The manifest, once everything has proved to be as it says.

    Names are relative, of ordinary characters, and stay below the folder that `take` puts them in. Raises FileRefused
    for what is damaged, cut short or no archive, and RedwayError where the key or passphrase is another one. What
    `take` was given by then is not to be believed.
    """
    place = Place(path.name)
    try:
        with path.open("rb") as file, tarfile.open(fileobj=file, mode="r:", tarinfo=_Strict) as outer:
            identities = _identities(outer, opening, place)
            sealed = outer.extractfile(BODY)
            assert sealed is not None  # _Strict lets nothing else in

            def body(writing: BinaryIO) -> None:
                age.decrypt(sealed, writing, identities)

            with _from_thread(body) as reading:
                return _read_body(reading, take, place)
    except age.OtherKey:
        raise _wrong_key(place) from None
    except (age.Untrue, tarfile.TarError, KeyError, EOFError, UnicodeError):
        raise _damaged(place) from None


def _read_body(reading: BinaryIO, take: Take, place: Place) -> dict[str, Any]:
    found: dict[str, Any] = {}
    manifest: dict[str, Any] | None = None
    seen: set[str] = set()
    with tarfile.open(fileobj=reading, mode="r|", tarinfo=_Strict) as body:
        for member in body:
            name = member.name
            if manifest is not None or not fits(name) or name.casefold() in seen:
                raise _damaged(place)
            seen.add(name.casefold())
            file = body.extractfile(member)
            assert file is not None
            if name == MANIFEST:
                if member.size > LONGEST_MANIFEST:
                    raise _damaged(place)
                manifest = _manifest(file.read(), place)
                continue
            hashed = Hashed(file)
            take(name, hashed)
            found[name] = {"size": member.size, "sha256": hashed.sha256}
    if manifest is None or manifest["files"] != found:
        raise _damaged(place)
    return manifest


def _manifest(text: bytes, place: Place) -> dict[str, Any]:
    try:
        read: dict[str, Any] = json.loads(text)
        number = read["format"]
        read["files"].items()
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _damaged(place) from None
    if number != FORMAT:
        raise FileRefused(
            f"a backup of format {FORMAT}",
            came=f"one of format {number}",
            cause="it was made by another version of Redway. Restore it with that version, then upgrade.",
            place=place,
        )
    return read


def _identities(outer: tarfile.TarFile, opening: Opening, place: Place) -> tuple[Identity, ...]:
    """What opens the body. A key sealed by a passphrase is read only where a passphrase was given."""
    if not opening.passphrase:
        return opening.keys
    if KEY not in outer.getnames():
        raise RedwayError(
            "a key to open this backup with (--key FILE)",
            came="a passphrase",
            cause="it was made for the owner of a key, not by a passphrase.",
            place=place,
        )
    member = outer.getmember(KEY)
    file = outer.extractfile(member)
    assert file is not None
    try:
        text = pyrage.passphrase.decrypt(file.read(LONGEST_KEY), opening.passphrase)
        return tuple(age.keys(text.decode())[0])
    except (pyrage.DecryptError, age.NoKey, UnicodeDecodeError):
        raise _wrong_key(place) from None


def needs_passphrase(path: Path) -> bool:
    """Whether a passphrase opens an archive. Raises FileRefused for what is none."""
    try:
        with path.open("rb") as file, tarfile.open(fileobj=file, mode="r:", tarinfo=_Strict) as outer:
            names = outer.getnames()
    except (tarfile.TarError, EOFError, UnicodeError):
        raise _damaged(Place(path.name)) from None
    if names not in ([README, BODY], [README, KEY, BODY]):
        raise _damaged(Place(path.name))
    return KEY in names


def fits(name: str) -> bool:
    """Whether a name stays below the folder it is put in, on any system, and means the same there."""
    strange = not name.isprintable() or any(mark in name for mark in '\\:*?"<>|') or len(name) > LONGEST_PATH
    return not strange and all(part and not part.endswith((".", " ")) for part in name.split("/"))


class _Strict(tarfile.TarInfo):
    """Ordinary files alone, and long names: no links, devices, gaps or headers that ask for memory."""

    def _proc_member(self, tar: tarfile.TarFile) -> Any:
        ordinary = self.type in (tarfile.REGTYPE, tarfile.AREGTYPE)
        long_name = self.type == tarfile.GNUTYPE_LONGNAME and self.size <= 4 * LONGEST_PATH
        if not (ordinary or long_name) or self.size < 0:
            raise tarfile.ReadError("something other than an ordinary file")
        return super()._proc_member(tar)  # type: ignore[misc]


class Hashed:
    """A file that is read once, and the hash of what was read."""

    def __init__(self, file: Any):
        self.file, self.hashed = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        got: bytes = self.file.read(size)
        self.hashed.update(got)
        return got

    @property
    def sha256(self) -> str:
        return self.hashed.hexdigest()


@contextmanager
def _from_thread(produce: Callable[[BinaryIO], None]) -> Iterator[BinaryIO]:
    """What `produce` writes in a thread of its own, as a file to be read here, through a pipe.

    Its fault is raised here: it explains whatever went wrong with what was read. Nothing is left unread or running.
    """
    faults: list[BaseException] = []
    out, into = os.pipe()

    def run() -> None:
        try:
            with os.fdopen(into, "wb") as writing:
                produce(writing)
        except BrokenPipeError:
            pass  # the reader gave up, and says why
        except BaseException as fault:
            faults.append(fault)

    thread = Thread(target=run)
    with os.fdopen(out, "rb") as reading:
        thread.start()
        try:
            yield reading
            while reading.read(CHUNK):
                pass
        except BaseException:
            reading.close()
            thread.join()
            if faults:
                raise faults[0] from None
            raise
    thread.join()
    if faults:
        raise faults[0]


def _info(name: str, size: int) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.size, made.mode = size, 0o600
    return made


def _small(name: str, data: bytes) -> bytes:
    """A member of a tar, its header and all."""
    return _info(name, len(data)).tobuf(tarfile.GNU_FORMAT) + data + _padding(len(data))


def _padding(size: int) -> bytes:
    return tarfile.NUL * (-size % tarfile.BLOCKSIZE)


def _unfit(entry: Entry) -> RedwayError:
    return RedwayError(
        "files whose names every system takes, and that differ in more than capitals",
        came=f"“{entry.name}”",
        cause="a file put into the home by hand. Rename or remove it.",
    )


def _damaged(place: Place) -> FileRefused:
    return FileRefused(
        "a backup as redway backup wrote it",
        came="one that is damaged, cut short or changed, or another file",
        cause="a copy that broke off, or a disk that failed. Take another copy or an older backup.",
        place=place,
    )


def _wrong_key(place: Place) -> RedwayError:
    return RedwayError(
        "the passphrase or key that this backup was made with",
        came="another one",
        cause="a spelling mistake, or a backup made with a passphrase or key that was changed since. Without it the "
        "backup cannot be opened, by anyone.",
        place=place,
    )
