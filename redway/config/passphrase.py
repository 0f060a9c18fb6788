"""Asking for what seals or opens a backup; never on a command line, where other people of the machine can read it."""

import getpass
import os
import sys
from pathlib import Path

from redway.errors import RedwayError
from redway.store import age, archive
from redway.store.archive import Opening

VARIABLE = "REDWAY_BACKUP_PASSPHRASE"
SHORTEST = 12


def passphrase(*, new: bool) -> str:
    """From the environment, else typed, a new one twice.

    Raises RedwayError for a new one that is short, or where nobody is there to type.
    """
    given = os.environ.get(VARIABLE, "")
    if not given and not sys.stdin.isatty():
        raise RedwayError(
            f"a passphrase in {VARIABLE}" + (", or a public key (--to)" if new else ", or a key (--key)"),
            came="neither, and nobody at a terminal to ask",
            cause="a timer or a script.",
        )
    given = given or getpass.getpass("Passphrase: ")
    if new and len(given) < SHORTEST:
        raise RedwayError(
            f"a passphrase of at least {SHORTEST} characters",
            came=f"one of {len(given)}",
            cause="a backup can be guessed at for years, by machines. Five unrelated words are good.",
        )
    if new and not os.environ.get(VARIABLE) and getpass.getpass("The same again: ") != given:
        raise RedwayError("the same passphrase twice", came="two that differ", cause="a slip of the fingers.")
    return given


def opening(file: Path, key: Path | None) -> Opening:
    """What opens a backup: the key in a file, else a passphrase."""
    if not file.is_file():
        raise RedwayError("a backup", came=f"no file {file}", cause="a spelling mistake.")
    if key is not None:
        try:
            secret, _public = age.keys(key.expanduser().read_text("utf-8", errors="replace"))
        except age.NoKey:
            secret = []
        if not secret:
            raise RedwayError(
                f"a secret key of age ({age.SECRET}...) in {key}",
                came="none",
                cause="another file, or the public half.",
            )
        return Opening(keys=tuple(secret))
    if not archive.needs_passphrase(file):
        raise RedwayError(
            "the key that opens this backup (--key KEYFILE)",
            came="none",
            cause="it was made for the owner of a key, not by a passphrase.",
        )
    return Opening(passphrase(new=False))
