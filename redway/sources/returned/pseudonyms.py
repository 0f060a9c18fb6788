"""Pseudonyms: an identifier, a key that only its provider holds, and the dataset's name, hashed.

The same identifier gives the same pseudonym in every file of a dataset, so that rows about one person or case can be
told to belong together, and another in every other dataset, so that they cannot be joined across datasets. Without the
key nobody can work back or try names one by one (HMAC with SHA-256, RFC 2104).
"""

import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from pathlib import Path

from redway.errors import RedwayError

KEY = re.compile(r"[0-9a-f]{64}")
PSEUDONYM = re.compile(r"[0-9a-f]{64}")


def normalised(identifier: str) -> str:
    """An identifier without regard to case, blanks and the forms in which letters can be written."""
    return "".join(unicodedata.normalize("NFKC", identifier).casefold().split())


def pseudonym(identifier: str, *, key: bytes, dataset: str) -> str:
    """64 hexadecimal letters and digits; empty for an empty identifier."""
    plain = normalised(identifier)
    if not plain:
        return ""
    return hmac.new(key, f"{dataset}\0{plain}".encode(), hashlib.sha256).hexdigest()


def new_key(path: Path) -> bytes:
    """Make a key in a file that only its owner can read. Raises RedwayError when the file is there already."""
    key = secrets.token_bytes(32)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise RedwayError(
            f"no file yet at {path}",
            came="a file that is there",
            cause="a key was made before. Leave out --new-key to use it; with another key the same person would get "
            "another pseudonym.",
        ) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
    return key


def read_key(path: Path) -> bytes:
    """The key in a file. Raises RedwayError for a file that is missing, no key, or open to other people."""
    if not path.is_file():
        raise RedwayError(
            f"the file of the key at {path}", came="no such file", cause="a mistyped path. --new-key makes a key."
        )
    if os.name != "nt" and path.stat().st_mode & 0o077:
        raise RedwayError(
            "a key that only you can read",
            came=f"{path}, which other people of this machine can open",
            cause="the file was copied or its rights changed. Run: chmod 600 on it, and ask whether it was read.",
        )
    found = path.read_text("ascii", "replace").strip()
    if not KEY.fullmatch(found):
        raise RedwayError(
            "a key of 64 hexadecimal letters and digits, as --new-key makes",
            came=f"something else in {path}",
            cause="another file, or a key that was edited.",
        )
    return bytes.fromhex(found)
