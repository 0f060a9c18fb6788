"""Files that can be written by whoever holds the public half of a key, and read by who holds its secret half.

The format is age's (age-encryption.org/v1), so that what is sealed can be opened without Redway too:
`age --decrypt -i quarantine-key FILE`. docs/decisions/sealed-files.md says why.

The key is in the home's `quarantine-key`, or in REDWAY_QUARANTINE_KEY, which goes before it. Either holds one key
or several: the first seals, all are tried to unseal. A public key alone (age1...) seals and cannot unseal.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pyrage.x25519 import Identity, Recipient

from redway.errors import FileRefused, NotSetUp, Place, RedwayError
from redway.store import age
from redway.store.files import flush, put, put_one, room_on_disk
from redway.store.home import Home

VARIABLE = "REDWAY_QUARANTINE_KEY"
PREFIX = "sealing-"
AT_ONCE = 1 << 20  # bytes read or written, of which age asks for a few thousand
DEAD = 3600.0  # seconds: a half-sealed file not written to for so long was left by a killed process


@dataclass(frozen=True)
class Keys:
    """Who can open what is sealed from now on, and the secret halves by which it can be opened here."""

    seals_to: Recipient
    opens: tuple[Identity, ...]


def make_key(home: Home) -> None:
    """Make the home's key, readable by its owner alone; never over one that is there or comes from elsewhere."""
    if os.environ.get(VARIABLE) or home.quarantine_key.exists():
        return
    identity = Identity.generate()
    home.make()
    handle, name = tempfile.mkstemp(prefix="key-", dir=home.incoming)  # mode 0600
    with os.fdopen(handle, "w") as writing:
        writing.write(
            "# Opens what partners sent and is not yet accepted or refused. Keep a copy elsewhere.\n"
            f"# public key: {identity.to_public()}\n{identity}\n"
        )
    put(Path(name), home.quarantine_key)
    flush(home.root)


def keys(home: Home) -> Keys:
    """The keys of a home. Raises NotSetUp when there is none, RedwayError when it cannot be read as one."""
    given = os.environ.get(VARIABLE, "")
    if not given and not home.quarantine_key.is_file():
        raise NotSetUp(
            f"the key by which partners' files are sealed, in {home.quarantine_key} or {VARIABLE}",
            came="neither",
            cause="the home was set up by an older Redway, or the key was moved or lost. Put it back where there is a "
            "copy; else run redway setup again, which makes a new one. Files sealed with a lost key cannot be opened "
            "and have to be sent again; what was accepted is not touched.",
        )
    text = given or home.quarantine_key.read_text("utf-8", errors="replace")
    try:
        secret, public = age.keys(text)
    except age.NoKey:
        # What the key says is never repeated.
        where = VARIABLE if given else home.quarantine_key
        raise RedwayError(
            f"one or more age keys ({age.SECRET}... or {age.PUBLIC}...) in {where}",
            came="something else",
            cause="a key that was cut short, or another file put in its place.",
        ) from None
    return Keys(public[0] if public else secret[0].to_public(), tuple(secret))


def seal(source: Path | BinaryIO, into: Path, home: Home) -> str:
    """Encrypt a file, or what can be read of an open one, to the name `into`; the SHA-256 of the bytes that went in.

    Bounded memory, whatever the size. The name appears once the whole file is safe on disk. The folder of `into`
    lies in the home. Raises FileExistsError when the name is taken: what is sealed is never written over.
    """
    recipient = keys(home).seals_to
    if into.exists():
        raise FileExistsError(into)
    home.make()
    _clear(home)
    with _opened(source) as reading, becoming(into, home.incoming) as writing:
        return age.encrypt(reading, writing, [recipient])


def unseal(path: Path, into: Path, home: Home) -> str:
    """Decrypt a sealed file to the name `into`, over what is there; the SHA-256 of the bytes that came out.

    Bounded memory. The name appears once the last byte has proved true. `into` is plain text on disk: it belongs in
    a work folder under `incoming/` that its maker removes. Raises FileRefused for a file that is damaged or foreign,
    RedwayError where the key is not the one it was sealed for.
    """
    identities = keys(home).opens
    if not identities:
        raise RedwayError(
            f"the secret half of the key in {VARIABLE} or {home.quarantine_key}",
            came="its public half only, which seals and does not open",
            cause="the secret half is kept elsewhere. Start the process that checks deliveries with it.",
        )
    with path.open("rb", AT_ONCE) as reading, becoming(into, into.parent, lasting=False) as writing:
        if not age.file_starts_sealed(reading):
            raise _damaged(path, "a file that is not sealed")
        try:
            return age.decrypt(reading, writing, identities)
        except age.OtherKey:
            raise _other_key(path) from None
        except age.Untrue:
            raise _damaged(path, "a sealed file that is damaged or cut short") from None


def _clear(home: Home) -> None:
    """Remove half-sealed files that killed processes left."""
    for left in home.incoming.glob(f"{PREFIX}*"):
        try:
            if time.time() - left.stat().st_mtime > DEAD:
                left.unlink()
        except FileNotFoundError:
            continue  # somebody else was quicker


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    if not isinstance(source, Path):
        yield source
        return
    with source.open("rb", AT_ONCE) as file:
        yield file


@contextmanager
def becoming(final: Path, folder: Path, *, lasting: bool = True) -> Iterator[BinaryIO]:
    """What is written goes to a file of no name that counts, readable by its owner alone; it gets its final name
    when all is written, and vanishes after a fault.

    lasting  whether it is safe on disk first; what is worked on and removed need not be
    """
    with room_on_disk(folder):
        handle, name = tempfile.mkstemp(prefix=PREFIX, dir=folder)
        made = Path(name)
        try:
            with os.fdopen(handle, "wb", AT_ONCE) as file:
                yield file
            if lasting:
                put_one(made, final, over=True)
                flush(final.parent)
            else:
                made.replace(final)
        finally:
            made.unlink(missing_ok=True)


def _damaged(path: Path, came: str) -> FileRefused:
    return FileRefused(
        "a sealed file as it was written",
        came=came,
        cause="a disk that failed, or a file changed or replaced by hand. It cannot be mended: ask for the delivery to "
        "be sent again, or put the file back from a backup.",
        place=Place(path.name),
    )


def _other_key(path: Path) -> RedwayError:
    return RedwayError(
        "the key that this file was sealed for",
        came=f"another one in {VARIABLE} or the home",
        cause="the key was made anew or the file comes from another home. Put the old key back beside the new one (a "
        "key a line; the first seals, all open). Where it is lost, the delivery has to be sent again; what was "
        "accepted is not touched.",
        place=Place(path.name),
    )
