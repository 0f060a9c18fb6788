"""A whole home in one sealed file, and a home made from one."""

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

import redway
from redway.config import database_copy
from redway.errors import FileRefused, Place, RedwayError
from redway.store import archive, sealed
from redway.store.archive import Entry, Opening, Sealing
from redway.store.files import CHUNK, flush, room_on_disk
from redway.store.home import Home
from redway.store.lock import only_one
from redway.store.profile import Profile
from redway.work.audit import actions as audit
from redway.work.audit.chain import head
from redway.work.returns.reconcile import lock_of, settle_all

PREFIX = "backup-"
IN_HOME = "home/"
# Links that cannot be made: across disks, too many, or on file systems that have none.
NO_LINKS = {errno.EXDEV, errno.EMLINK, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EACCES}
Progress = Callable[[str], None]

README = """This is a backup of Redway, made for {name} on {day}.

It holds everything of that partnership: its database, the people who sign in, accepted data about people, what
partners sent that is not yet decided on, and the keys that open those. Whoever opens it has all of that. Keep it as
you would keep the data, and apart from the {secret} that opens it.

To put it back:     redway restore FILE --home FOLDER
To look at it only: redway backup --check FILE

Without Redway: unpack this file with tar, {by_hand} and unpack what comes out with tar.
age is at https://age-encryption.org
"""
WITH_KEY_INSIDE = "then: age --decrypt key.age > key; age --decrypt -i key body.tar.age > body.tar;"
WITH_KEY_ELSEWHERE = "then: age --decrypt -i YOUR-KEY body.tar.age > body.tar;"


@dataclass(frozen=True)
class Made:
    """A backup that was made, or looked at: how many files it holds, and what it does not."""

    path: Path
    files: int
    size: int
    without: tuple[str, ...] = ()


def back_up(home: Home, into: Path, *, sealing: Sealing, by: str, progress: Progress = lambda line: None) -> Made:
    """Write a home as it stands at one moment into a new file, sealed.

    Imports wait only while that moment is held on to, not while the file is written. Raises RedwayError, and leaves
    nothing, where the file is there, lies in the home, or something in the home cannot be kept.
    """
    name = Profile.of(home).partnership.name
    into = into.resolve()
    _check_new(into, home)
    home.make()
    with only_one(home.root / "backup.lock", waiting=lambda: progress("Waiting for another backup to end ...")):
        for left in home.incoming.glob(f"{PREFIX}*"):  # of a backup that was killed
            shutil.rmtree(left)
        work = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home.incoming))
        try:
            with room_on_disk(home.root):
                about = _hold(home, work, progress)
            progress("Writing the backup ...")
            files = archive.write(
                into,
                _entries(work),
                about={"partnership": name, **about},
                sealing=sealing,
                readme=_readme(name, sealing),
            )
        finally:
            shutil.rmtree(work)
    size = into.stat().st_size
    with transaction.atomic():
        detail = {"file": into.name, "files": files, "bytes": size}
        audit.record(by=by, action="back-up", subject="home", detail=detail)
    return Made(into, files, size, tuple(_elsewhere(home)))


def check(path: Path, opening: Opening) -> Made:
    """Read a backup from end to end, and believe nothing. Raises RedwayError where it could not be restored."""

    def take(name: str, file: archive.Hashed) -> None:
        _place(name, path)
        while file.read(CHUNK):
            pass

    manifest = archive.read(path, opening, take)
    _kind(manifest, path)
    return Made(path, len(manifest["files"]), path.stat().st_size)


def restore(path: Path, folder: Path, opening: Opening, *, progress: Progress = lambda line: None) -> Made:
    """Make a home from a backup, in a folder that is not there or empty: all of it or nothing."""
    folder = folder.resolve()
    _check_empty(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-restoring-", dir=folder.parent))
    try:
        with room_on_disk(folder.parent):
            progress("Reading the backup ...")
            manifest = archive.read(path, opening, lambda name, file: _write(staging / _place(name, path), file))
            kind = _kind(manifest, path)
            progress("Putting the database back ...")
            _put_database_back(staging, kind)
            Home(staging).make()
            _flush_all(staging)
            staging.rename(folder)  # over an empty folder too
            flush(folder.parent)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Made(folder, len(manifest["files"]), path.stat().st_size)


# ------------------------------------------------------------------ Making one


def _check_new(into: Path, home: Home) -> None:
    if into.exists():
        raise RedwayError("the name of a new file", came=f"{into}, which is there", cause="an earlier backup.")
    if not into.parent.is_dir():
        raise RedwayError("a folder that is there", came=str(into.parent), cause="a spelling mistake.")
    if into.is_relative_to(home.root.resolve()):
        raise RedwayError(
            "a file outside the home, best on another disk",
            came=str(into),
            cause="a backup in the home is lost with it, and would be in the next backup.",
        )


def _hold(home: Home, work: Path, progress: Progress) -> dict[str, object]:
    """Hold on to the home as it is now: links to its files, which are replaced and never rewritten, and a copy of the
    database. What the manifest says of it.

    Deliveries come and go without the lock. A file of a row of the copied database was there before or after the
    copying, so files are looked for both times.
    """
    with only_one(lock_of(home), waiting=lambda: progress("Waiting for an import to end ...")):
        settle_all(home)
        newest = head()
        _link_all(home, work / "home")
        copied = database_copy.save(work)
        _link_all(home, work / "home")
    kind = next(kind for kind, name in database_copy.FILES.items() if name == copied.name)
    return {
        "redway": redway.__version__,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "database": kind,
        "audit_head": newest.hash if newest else "",
    }


def _link_all(home: Home, into: Path) -> None:
    for path in _kept(home):
        held = into / path.relative_to(home.root)
        if held.exists():
            continue
        held.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, held)
        except FileNotFoundError:
            continue  # decided on since the folder was listed
        except OSError as fault:
            if fault.errno not in NO_LINKS:
                raise
            shutil.copyfile(path, held)


def _kept(home: Home) -> Iterator[Path]:
    """The files of a home that nothing can make again; the database apart, which is copied by itself."""
    made_again = {home.derived, home.incoming}
    database = home.database.name
    for folder, folders, names in os.walk(home.root):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if here / name not in made_again)
        for name in sorted([*folders, *names]):
            if (here / name).is_symlink():
                raise RedwayError(
                    "a home of files and folders",
                    came=f"{here / name}, a link to somewhere else",
                    cause="a folder moved to another disk by hand. Mount the disk there instead, or move it back.",
                )
        yield from (
            here / name
            for name in sorted(names)
            if not (name == "lock" or name.endswith(".lock") or (here == home.root and name.startswith(database)))
        )


def _entries(work: Path) -> Iterator[Entry]:
    for path in sorted(p for p in work.rglob("*") if p.is_file()):
        yield Entry(path.relative_to(work).as_posix(), path)


def _readme(name: str, sealing: Sealing) -> str:
    day = timezone.localtime().strftime("%d %B %Y")
    by_hand, secret = (WITH_KEY_INSIDE, "passphrase") if sealing.key else (WITH_KEY_ELSEWHERE, "key")
    return README.format(name=name, day=day, by_hand=by_hand, secret=secret)


def _elsewhere(home: Home) -> Iterator[str]:
    """Keys that are not in the home and so not in the backup."""
    if os.environ.get(sealed.VARIABLE):
        yield f"the key in {sealed.VARIABLE}, without which waiting deliveries cannot be opened"
    if os.environ.get("REDWAY_SECRET_KEY"):
        yield "the key in REDWAY_SECRET_KEY, without which second factors have to be set up again"


# ------------------------------------------------------------------ Reading one


def _check_empty(folder: Path) -> None:
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise RedwayError(
            "a folder that is not there yet, or empty",
            came=f"{folder}, which is not",
            cause="a home that is in use. Restore beside it, and look at what came before you put it in its place.",
        )


def _place(name: str, path: Path) -> str:
    """Where a file of the archive goes, below the new home. Raises FileRefused for one that no backup holds."""
    if name.startswith(IN_HOME):
        return name.removeprefix(IN_HOME)
    if name in database_copy.FILES.values():
        return name
    raise _no_backup(path)


def _kind(manifest: dict[str, object], path: Path) -> str:
    kind = manifest.get("database")
    files = manifest["files"]
    if kind not in database_copy.FILES or database_copy.FILES[kind] not in files:  # type: ignore[operator]
        raise _no_backup(path)
    return str(kind)


def _no_backup(path: Path) -> FileRefused:
    return FileRefused(
        "a backup as redway backup wrote it",
        came="an archive of something else",
        cause="another file under this name.",
        place=Place(path.name),
    )


def _write(into: Path, file: archive.Hashed) -> None:
    into.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writing:
        while chunk := file.read(CHUNK):
            writing.write(chunk)


def _put_database_back(staging: Path, kind: str) -> None:
    database_copy.check_kind(kind)
    came = staging / database_copy.FILES[kind]
    if kind == database_copy.SQLITE:
        with closing(sqlite3.connect(came)) as copy:
            database_copy.check_sqlite(copy)
        came.rename(Home(staging).database)
    else:
        database_copy.load(came)
        came.unlink()


def _flush_all(folder: Path) -> None:
    for here, _folders, names in os.walk(folder):
        for name in names:
            flush(Path(here) / name)
        flush(Path(here))
