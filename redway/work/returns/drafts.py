"""What somebody has begun to type and not sent: sealed like everything that is not accepted yet, for them alone.

quarantine/drafts/PERSON/DATASET/ID.MOMENT.age   as it was saved last; MOMENT in nanoseconds

A draft is no record: it is in no version and in no audit, is gone when it is sent, and after two weeks. Whoever asks
for one names its ID, and only their own folder is looked into.
"""

import io
import json
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext as _

from redway.errors import NotAllowed
from redway.store import sealed
from redway.store.files import make_folder
from redway.store.home import Home
from redway.work.accounts.models import User

FOLDER = "drafts"
KEPT_DAYS = 14
MOST = 10  # drafts of one person for one dataset
MOST_BYTES = 1_000_000  # of one

Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Draft:
    """That something was begun: not what."""

    id: UUID
    dataset: str
    saved_at: datetime
    path: Path

    @property
    def until(self) -> datetime:
        """When it is removed."""
        return self.saved_at + timedelta(days=KEPT_DAYS)


@dataclass(frozen=True)
class Begun:
    """What was typed: for which agency (empty: not chosen yet), and the rows, each by column."""

    agency: str
    rows: tuple[dict[str, str], ...]


def keep(*, person: User, dataset: str, id: UUID, agency: str, rows: Rows, home: Home) -> Draft:
    """Seal what was typed, in place of what was saved under this ID before.

    Raises NotAllowed for more than a draft may hold, or more drafts than a person may have.
    """
    text = json.dumps({"agency": agency, "rows": [dict(row) for row in rows]}).encode()
    if len(text) > MOST_BYTES:
        raise NotAllowed(_("This is too much to be kept. Send it, or put it into a file."))
    others = begun(person, home, dataset)
    if len(others) >= MOST and id not in {one.id for one in others}:
        raise NotAllowed(_("You have begun this return %(n)s times. Send one of them or start it again.") % {"n": MOST})
    folder = _folder(person, home) / dataset
    make_folder(folder)
    moment = time.time_ns()
    path = folder / f"{id}.{moment}.age"
    sealed.seal(io.BytesIO(text), path, home)
    for older in folder.glob(f"{id}.*.age"):
        if (found := _read(older)) and _moment(older) < moment and found.id == id:
            older.unlink(missing_ok=True)
    return Draft(id, dataset, _when(moment), path)


def begun(person: User, home: Home, dataset: str = "") -> list[Draft]:
    """What a person has begun and not sent, of a dataset or of all, the newest first."""
    newest: dict[tuple[str, UUID], Draft] = {}
    for path in sorted(_folder(person, home).glob(f"{dataset or '*'}/*.age"), key=_moment):
        one = _read(path)
        if one and not _expired(one):
            newest[one.dataset, one.id] = one
    return sorted(newest.values(), key=lambda one: one.saved_at, reverse=True)


def opened(draft: Draft, home: Home) -> Begun:
    """What was typed. Raises RedwayError where it cannot be opened: damaged, or the key is not here."""
    home.make()
    with tempfile.TemporaryDirectory(dir=home.incoming) as folder:  # the plain text goes with it
        plain = Path(folder) / "draft.json"
        sealed.unseal(draft.path, plain, home)
        given = json.loads(plain.read_bytes())
    return Begun(given["agency"], tuple(given["rows"]))


def drop(*, person: User, dataset: str, id: UUID, home: Home) -> None:
    """Remove one: it was sent, or its writer starts again. None does no harm."""
    for path in (_folder(person, home) / dataset).glob(f"{id}.*.age"):
        path.unlink(missing_ok=True)


def forget(dataset: str, home: Home) -> None:
    """Remove everybody's drafts of a dataset: somebody was erased from it, and may stand in one."""
    for folder in (home.quarantine / FOLDER).glob(f"*/{dataset}"):
        shutil.rmtree(folder, ignore_errors=True)


def sweep(home: Home) -> int:
    """Remove what has expired; how many."""
    removed = 0
    for path in (home.quarantine / FOLDER).glob("*/*/*.age"):
        one = _read(path)
        if one is None or _expired(one):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _folder(person: User, home: Home) -> Path:
    return home.quarantine / FOLDER / str(person.pk)


def _read(path: Path) -> Draft | None:
    """The draft that a file is, by its name; None for any other."""
    try:
        id, moment, _ending = path.name.split(".")
        return Draft(UUID(id), path.parent.name, _when(int(moment)), path)
    except ValueError:
        return None


def _moment(path: Path) -> int:
    one = path.name.split(".")
    return int(one[1]) if len(one) == 3 and one[1].isdecimal() else 0


def _when(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1e9, UTC)


def _expired(one: Draft) -> bool:
    return one.until < datetime.now(UTC)
