"""Where partners' files wait: sealed, a folder a delivery, until they are accepted or refused. Then they are gone.

quarantine/PUBLIC-ID/0.age ...          what was sent, in order
quarantine/PUBLIC-ID/refused-rows.age   the list of refused rows, packed, until it expires
"""

import gzip
import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from uuid import UUID

from django.utils import timezone

from redway.errors import FileRefused, Place, plain
from redway.store import sealed
from redway.store.files import make_folder
from redway.store.home import Home
from redway.work.returns.models import Delivery
from redway.work.returns.states import CLOSED

REFUSED_ROWS = "refused-rows.age"
KEPT_DAYS = 30  # for the list of refused rows
MOST_BYTES = 4_000_000_000  # of one delivery
MOST_FILES = 500
LONGEST_NAME = 150  # bytes: file systems take 255
ABANDONED = 24 * 3600.0  # seconds: a folder of no delivery, older than this, was left by a killed process


@dataclass(frozen=True)
class Sent:
    """One file as handed in: the name its sender gave it, and its bytes."""

    name: str
    content: Path | BinaryIO


def seal_all(files: Iterable[Sent], public_id: UUID, home: Home) -> list[dict[str, Any]]:
    """Seal files into the folder of a delivery; of each, as the model keeps it: name, size, SHA-256, sealed copy.

    Raises FileRefused for none, for an empty one, for too many or too much; then nothing is left behind.
    """
    folder = home.quarantine / str(public_id)
    make_folder(folder)
    try:
        found: list[dict[str, Any]] = []
        room = MOST_BYTES
        for number, file in enumerate(files):
            name = _name(file.name)
            if number == MOST_FILES:
                raise FileRefused(
                    f"at most {MOST_FILES:,} files at once",
                    came="more",
                    cause="a wrong folder. A zip counts as one file.",
                )
            sealed_name = f"{number}.age"
            size, digest = _seal(file.content, folder / sealed_name, home, name, room)
            room -= size
            found.append({"name": name, "bytes": size, "sha256": digest, "sealed": f"{public_id}/{sealed_name}"})
        if not found:
            raise FileRefused("one file or more", came="none", cause="no file was chosen.")
        return found
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _seal(content: Path | BinaryIO, into: Path, home: Home, name: str, room: int) -> tuple[int, str]:
    if isinstance(content, Path):
        with content.open("rb", sealed.AT_ONCE) as file:
            return _seal(file, into, home, name, room)
    counted = _Counted(content, room, name)
    digest = sealed.seal(counted, into, home)  # type: ignore[arg-type] # it is only ever read
    if not counted.size:
        raise FileRefused(
            "a file with something in it",
            came="an empty one",
            cause="an upload or a copy that broke off, or a file that was never saved.",
            place=Place(name),
        )
    return counted.size, digest


class _Counted:
    """An open file that counts what is read of it, and stops at too much."""

    def __init__(self, file: BinaryIO, room: int, name: str):
        self.file, self.room, self.name = file, room, name
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        got = self.file.read(size)
        self.size += len(got)
        if self.size > self.room:
            raise FileRefused(
                f"at most {MOST_BYTES / 1e9:.0f} GB at once",
                came="more",
                cause="another file than was meant, or years that can be sent one by one.",
                place=Place(self.name),
            )
        return got


def _name(given: str) -> str:
    """The last part of a name, short, without anything that steers a screen or a path."""
    last = PurePosixPath(given.replace("\\", "/")).name
    kept = plain(last).replace("/", "_").replace("\\", "_").replace("\0", "")
    if kept in ("", ".", ".."):
        raise FileRefused("a file with a name", came=f"“{plain(given)[:80]}”", cause="a program that sends none.")
    written = kept.encode()
    if len(written) <= LONGEST_NAME:
        return kept
    # Cut within a letter of several bytes, what is left of it goes too.
    return f"{written[: LONGEST_NAME - 43].decode(errors='ignore')}…{written[-40:].decode(errors='ignore')}"


def unseal_all(delivery: Delivery, folder: Path, home: Home) -> dict[Path, str]:
    """The files of a delivery as they were sent, under their own names, each in a folder of its own; of each, the
    SHA-256 of its bytes.
    """
    paths = {}
    for number, file in enumerate(delivery.files):
        path = folder / str(number) / file["name"]
        path.parent.mkdir(parents=True)
        sealed_file = home.quarantine / file["sealed"]
        if not sealed_file.is_file():
            raise FileRefused(
                "the sealed copy of what was sent",
                came="none",
                cause="the home was moved or changed by hand. Send the return again.",
                place=Place(file["name"]),
            )
        paths[path] = sealed.unseal(sealed_file, path, home)
        if paths[path] != file["sha256"]:
            raise FileRefused(
                "the sealed copy of what was sent",
                came="another file in its place",
                cause="the home was changed by hand. Send the return again.",
                place=Place(file["name"]),
            )
    return paths


def keep_refused_rows(rows: Path, delivery: Delivery, home: Home) -> str:
    """Seal the list of refused rows over an older one; its name in quarantine."""
    name = f"{delivery.public_id}/{REFUSED_ROWS}"
    make_folder(home.quarantine / str(delivery.public_id))
    (home.quarantine / name).unlink(missing_ok=True)
    sealed.seal(rows, home.quarantine / name, home)
    return name


def refused_rows(delivery: Delivery, home: Home) -> BinaryIO:
    """The list of refused rows, open, as CSV. It lies unsealed in a folder that goes at once: the open file outlives
    its name. It is unpacked there, since servers hand an open file's own bytes to the system to send."""
    with tempfile.TemporaryDirectory(dir=home.incoming) as folder:
        packed, plain = Path(folder) / "rows.csv.gz", Path(folder) / "rows.csv"
        sealed.unseal(home.quarantine / delivery.refused_rows, packed, home)
        with gzip.open(packed) as rows, plain.open("wb") as out:
            shutil.copyfileobj(rows, out)
        return plain.open("rb")


def remove_sent(delivery: Delivery, home: Home) -> None:
    """Delete the sealed copies of what was sent; the list of refused rows stays until it expires."""
    folder = home.quarantine / str(delivery.public_id)
    for path in _sealed_copies(folder):
        path.unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _sealed_copies(folder: Path) -> Sequence[Path]:
    return [p for p in folder.glob("*.age") if p.name != REFUSED_ROWS]


def sweep(home: Home) -> int:
    """Remove lists of refused rows that have expired, and whatever killed processes left; how many were removed."""
    removed = 0
    now = timezone.now()
    for delivery in Delivery.objects.filter(refused_rows_until__lte=now).exclude(refused_rows=""):
        (home.quarantine / delivery.refused_rows).unlink(missing_ok=True)
        Delivery.objects.filter(pk=delivery.pk).update(refused_rows="")
        removed += 1
    if not home.quarantine.is_dir():
        return removed
    for folder in home.quarantine.iterdir():
        if (left := _left_over(folder)) is not None:
            for path in left:
                path.unlink(missing_ok=True)
            if not any(folder.iterdir()):
                folder.rmdir()
            removed += len(left)
    return removed


def _left_over(folder: Path) -> Sequence[Path] | None:
    """What may be deleted of a delivery's folder; None for a folder that is to be left alone."""
    try:
        public_id = UUID(folder.name)
    except ValueError:
        return None
    delivery = Delivery.objects.filter(public_id=public_id).first()
    if delivery is None:
        return list(folder.iterdir()) if time.time() - folder.stat().st_mtime > ABANDONED else None
    left = list(_sealed_copies(folder)) if delivery.state in CLOSED else []
    kept = delivery.refused_rows == f"{folder.name}/{REFUSED_ROWS}"
    return left + ([folder / REFUSED_ROWS] if not kept and (folder / REFUSED_ROWS).exists() else []) or None


def expiry() -> Any:
    """When a list of refused rows made now is removed."""
    return timezone.now() + timedelta(days=KEPT_DAYS)
