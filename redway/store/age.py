"""The age format (age-encryption.org/v1) by streams: pyrage with its faults told apart.

pyrage says "damaged" by an OSError without a number and blurs the faults of the files it is handed; here a fault of
a file stays what it was.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import BinaryIO, Protocol

import pyrage
from pyrage.x25519 import Identity, Recipient

MARK = b"age-encryption.org/v1"  # how every sealed file begins
SECRET, PUBLIC = "AGE-SECRET-KEY-1", "age1"


class Untrue(Exception):
    """The bytes are not those that were sealed: damaged, cut short, or never sealed at all."""


class OtherKey(Exception):
    """Sealed for another key."""


class NoKey(Exception):
    """A text that is no key."""


class Reader(Protocol):
    """What bytes are read from."""

    def read(self, size: int = -1, /) -> bytes: ...


class Writer(Protocol):
    """What bytes are written to."""

    def write(self, data: bytes, /) -> object: ...


def keys(text: str) -> tuple[list[Identity], list[Recipient]]:
    """The secret and the public keys in a text, as a key file of age holds them; lines from # are remarks.

    Raises NoKey where there is none, or something else.
    """
    words = [word for line in text.splitlines() if not line.lstrip().startswith("#") for word in line.split()]
    try:
        secret = [Identity.from_str(word) for word in words if word.startswith(SECRET)]
        public = [Recipient.from_str(word) for word in words if word.startswith(PUBLIC)]
    except (pyrage.IdentityError, pyrage.RecipientError):
        raise NoKey from None
    if not words or len(secret) + len(public) < len(words):
        raise NoKey
    return secret, public


def encrypt(reading: Reader, writing: Writer, to: Sequence[Recipient]) -> str:
    """Seal what can be read, in bounded memory; the SHA-256 of the bytes that went in."""
    hashed = hashlib.sha256()
    _run(pyrage.encrypt_io, _Watched(reading, hashed.update), _Watched(writing), list(to))
    return hashed.hexdigest()


def decrypt(reading: Reader, writing: Writer, by: Sequence[Identity]) -> str:
    """Open what was sealed, in bounded memory; the SHA-256 of the bytes that came out.

    Raises Untrue or OtherKey; what was written by then is not to be believed.
    """
    hashed = hashlib.sha256()
    _run(pyrage.decrypt_io, _Watched(reading), _Watched(writing, hashed.update), list(by))
    return hashed.hexdigest()


class _Watched:
    """A file as pyrage reads or writes it: shows what passes, and remembers its fault."""

    def __init__(self, file: object, show: Callable[[bytes], None] = lambda passing: None):
        self.file, self.show = file, show
        self.fault: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            got: bytes = self.file.read(size)  # type: ignore[attr-defined]
        except BaseException as fault:
            self.fault = fault
            raise
        self.show(got)
        return got

    def write(self, data: bytes) -> int:
        try:
            self.file.write(data)  # type: ignore[attr-defined]
        except BaseException as fault:
            self.fault = fault
            raise
        self.show(data)
        return len(data)


class _Way(Protocol):
    """pyrage.encrypt_io or decrypt_io."""

    def __call__(self, reading: _Watched, writing: _Watched, keys: Sequence[Identity | Recipient], /) -> None: ...


def _run(way: _Way, source: _Watched, sink: _Watched, by: Sequence[Identity | Recipient]) -> None:
    try:
        way(source, sink, by)
    except (OSError, pyrage.EncryptError, pyrage.DecryptError) as fault:
        if own := source.fault or sink.fault:
            raise own from None
        if "No matching keys" in str(fault):
            raise OtherKey from None
        raise Untrue from None


def file_starts_sealed(file: BinaryIO) -> bool:
    """Whether an open file begins as sealed ones do; it stands at its beginning again after."""
    start = file.read(len(MARK))
    file.seek(0)
    return start == MARK
