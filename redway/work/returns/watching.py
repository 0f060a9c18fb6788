"""A watched folder: FOLDER/AGENCY/DATASET/file. What lands there is handed in once it has stopped growing, then moved.

    FOLDER/hospital/hospital-istv/november.csv
    FOLDER/hospital/hospital-istv/done/november.csv               taken
    FOLDER/hospital/hospital-istv/done/november.csv.result.txt    what became of it
    FOLDER/hospital/hospital-istv/refused/...                     likewise
    FOLDER/hospital/hospital-istv/to-acknowledge/...              checked; waits for its warnings to be acknowledged
    FOLDER/hospital/hospital-istv/to-accept/...                   checked; waits for a second person

What waits is moved on to done/ or refused/ once it was decided, on the pages or by `redway deliveries`.
Nothing is trusted but the two folder names, which name an agency of the profile and a dataset it sends. Links are never
followed. A file that is half handed in when the process dies is handed in again, which changes nothing.
"""

import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import BinaryIO

from django.db import close_old_connections
from django.utils import timezone

from redway.errors import FileRefused, NotSetUp, RedwayError, plain
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.returns import result
from redway.work.returns.checking import PASSING, work_on
from redway.work.returns.deliveries import deliver
from redway.work.returns.models import Delivery
from redway.work.returns.quarantine import Sent
from redway.work.returns.report import Fault
from redway.work.returns.senders import Sender, senders
from redway.work.returns.states import QUEUED, State, Way

DONE, REFUSED, RESULT = "done", "refused", ".result.txt"
WAITING = {State.TO_ACKNOWLEDGE: "to-acknowledge", State.TO_ACCEPT: "to-accept"}  # state -> folder
FOLDERS = (DONE, REFUSED, *WAITING.values())
SAID = {
    DONE: "taken",
    REFUSED: "refused",
    WAITING[State.TO_ACKNOWLEDGE]: "waits for its warnings to be acknowledged",
    WAITING[State.TO_ACCEPT]: "waits for a second person to accept it",
}
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", "~")
PAUSE = 2.0  # seconds between looks
QUIET = 10.0  # seconds for which a file has to stay as it is

PUBLIC_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
Seen = tuple[int, int, int]  # inode, bytes, time of the last change


@dataclass
class Watch:
    """Looks at a folder again and again. `say` is told in short lines what was done."""

    folder: Path
    say: Callable[[str], None]
    quiet: float = QUIET
    _seen: dict[Path, tuple[Seen, float]] = field(default_factory=dict)
    _told: set[Path] = field(default_factory=set)

    def run(self, stop: Event, *, once: bool = False) -> None:
        """Look until `stop` is set. `once`: take what lies there, without waiting, and end."""
        while not stop.is_set():
            close_old_connections()
            now = timezone.now()
            for kind, sender in list(self._kinds()):
                self._settle(kind, sender)
            for path, sender, dataset in list(self._waiting()):
                if once or self._is_quiet(path, now):
                    self._take(path, sender, dataset)
            if once:
                return
            stop.wait(PAUSE)

    def _waiting(self) -> Iterator[tuple[Path, Sender, str]]:
        """The files that lie where an agency may put one, by name."""
        for kind, sender in self._kinds():
            for entry in sorted(os.scandir(kind), key=lambda e: e.name):
                path = kind / entry.name
                if entry.is_symlink():
                    self._tell_once(path, "is a link, and links are never followed; left alone")
                elif entry.is_file(follow_symlinks=False) and not _unfinished(entry.name):
                    yield path, sender, kind.name

    def _kinds(self) -> Iterator[tuple[Path, Sender]]:
        """The folders of a dataset that an agency sends, with the agency."""
        known = senders(Profile.of(Home.current()))
        for agency in self._folders(self.folder):
            for kind in self._folders(agency):
                sender = known.get(agency.name)
                if sender is None or kind.name not in sender.datasets:
                    self._tell_once(kind, "is no folder of an agency and of a dataset that it sends; left alone")
                elif linked := next((name for name in FOLDERS if (kind / name).is_symlink()), ""):
                    self._tell_once(kind, f"has a link for its {linked}, so nothing in it is taken")
                else:
                    yield kind, sender

    def _settle(self, kind: Path, sender: Sender) -> None:
        """Move on what waited for somebody and was decided since, and say anew how it stands."""
        for waits in WAITING.values():
            folder = kind / waits
            if not folder.is_dir():
                continue
            for beside in sorted(folder.glob(f"*{RESULT}")):
                path = beside.with_name(beside.name.removesuffix(RESULT))
                now = _delivery_of(beside, sender, kind.name)
                if now is None or not path.is_file() or path.is_symlink():
                    continue
                to = _folder_for(now)
                if to not in ("", waits):
                    moved = _moved(path, kind / to, result.told(now, sender.name))
                    beside.unlink(missing_ok=True)
                    self.say(plain(f"{path}: {SAID[to]}, {moved}"))

    def _folders(self, within: Path) -> list[Path]:
        found = []
        for entry in sorted(os.scandir(within), key=lambda e: e.name):
            if entry.is_symlink():
                self._tell_once(within / entry.name, "is a link, and links are never followed; left alone")
            elif entry.is_dir(follow_symlinks=False):
                found.append(within / entry.name)
        return found

    def _tell_once(self, path: Path, what: str) -> None:
        if path not in self._told:
            self._told.add(path)
            self.say(plain(f"{path} {what}."))

    def _is_quiet(self, path: Path, now: datetime) -> bool:
        """Whether it has been the same for long enough."""
        try:
            is_now = _state(path.lstat())
        except FileNotFoundError:
            self._seen.pop(path, None)
            return False
        was, since = self._seen.get(path, (None, 0.0))
        if was != is_now:
            self._seen[path] = is_now, now.timestamp()
            return False
        return now.timestamp() - since >= self.quiet

    def _take(self, path: Path, sender: Sender, dataset: str) -> None:
        """Hand a file in, and move it where its sender finds it with the result."""
        try:
            with _opened(path) as file:
                now = deliver(
                    files=[Sent(path.name, file)],
                    dataset=dataset,
                    agency=sender.id,
                    way=Way.FOLDER,
                    by=f"the watched folder of {sender.name}",
                )
            now = work_on(now)
            to, text = _folder_for(now) or DONE, result.told(now, sender.name)
        except FileNotFoundError:
            return  # its sender has taken it away again
        except (*PASSING, NotSetUp) as fault:
            self.say(plain(f"{path}: left for another attempt. {fault}"))
            return
        except RedwayError as fault:
            to, text = REFUSED, f"Nothing was taken. {Fault.of(fault)}"
        self._seen.pop(path, None)
        moved = _moved(path, path.parent / to, text)
        self.say(plain(f"{path}: {SAID[to]}, {moved}"))


def _folder_for(now: Delivery) -> str:
    """The folder that says how a delivery stands; empty while a worker has it."""
    state = State(now.state)
    if state in QUEUED:
        return ""
    return WAITING.get(state, REFUSED if state in (State.REFUSED, State.DISCARDED, State.OVERTAKEN) else DONE)


def _delivery_of(beside: Path, sender: Sender, dataset: str) -> Delivery | None:
    """The delivery that a result names. Whoever may write there may change it, so only one of the same agency and
    dataset that came by this folder is believed.
    """
    try:
        handle = os.open(beside, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        found = PUBLIC_ID.search(file.read(4_000).decode("utf-8", "replace"))
    if found is None:
        return None
    return Delivery.objects.filter(public_id=found[0], agency=sender.id, dataset=dataset, way=Way.FOLDER.value).first()


def _unfinished(name: str) -> bool:
    return name.startswith((".", "~")) or name.lower().endswith(UNFINISHED)


def _state(found: os.stat_result) -> Seen:
    return found.st_ino, found.st_size, found.st_mtime_ns


def _opened(path: Path) -> BinaryIO:
    """An ordinary file that is no link and stays in its folder. Raises FileRefused for any other."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        raise
    except OSError as fault:
        raise FileRefused(
            "a file that can be read", came=fault.strerror or str(fault), cause="a link, or its rights."
        ) from None
    file = os.fdopen(handle, "rb")
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1 or path.parent.resolve() != path.parent.absolute():
        file.close()
        raise FileRefused(
            "an ordinary file, with one name, in a folder that is no link",
            came="another kind of thing",
            cause="a link or a pipe was put in its place. Copy the file itself into the folder.",
        )
    return file


def _moved(path: Path, folder: Path, text: str) -> Path:
    """Move a file under a name that is free, with its result beside it; where it lies now."""
    folder.mkdir(exist_ok=True)
    final = folder / path.name
    if final.exists() or final.is_symlink():
        final = folder / f"{timezone.localtime():%Y-%m-%d-%H%M%S-%f}-{path.name}"
    beside = final.with_name(final.name + RESULT)
    with suppress(FileNotFoundError):
        beside.unlink()
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    with os.fdopen(handle, "w", encoding="utf-8") as writing:
        writing.write(text.rstrip("\n") + "\n")
    path.rename(final)
    return final
