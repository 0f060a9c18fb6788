"""Making a home whole after an import that was stopped, and noticing files that are gone.

An import first writes, in its work folder, the names it is about to give to files; then it moves the files;
then it commits. Whatever moment it is stopped at, the next one finds that list and removes the files on it
that no submission owns. Nothing else is ever removed.
"""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from django.db.models import Q

from redway.errors import plain
from redway.store.accepted import whole
from redway.store.files import flush
from redway.store.home import Home
from redway.store.lock import PATIENCE, only_one
from redway.work.returns import destruction
from redway.work.returns.models import DataVersion, Submission
from redway.work.returns.senders import name_of_agency

PLAN = "plan.json"
PREFIX = "import-"


def lock_of(home: Home) -> Path:
    """The file whose lock every import in a home holds."""
    return home.root / "import.lock"


def reconcile(home: Home, *, patience: float = PATIENCE) -> list[str]:
    """Undo what stopped imports left, and say which accepted files are missing.

    Waits for an import at work; raises Busy when it has not ended after `patience` seconds.
    """
    with only_one(lock_of(home), patience=patience):
        settle_all(home)
        return missing(home)


def settle_all(home: Home) -> None:
    """Settle every import and destruction that was stopped. Only for who holds the lock."""
    for work in sorted(home.incoming.glob(f"{PREFIX}*")):
        settle(home, work)
    destruction.finish_all(home)


def plan(work: Path, home: Home, finals: Iterable[Path]) -> None:
    """Write down, safe on disk, which new names an import is about to make."""
    names = [final.relative_to(home.root).as_posix() for final in finals if not final.exists()]
    (work / "plan.part").write_text(json.dumps(names), "utf-8")
    flush(work / "plan.part")
    (work / "plan.part").replace(work / PLAN)
    flush(work)


def settle(home: Home, work: Path) -> None:
    """Remove the planned files of an import that no submission owns, then its work folder."""
    if (work / PLAN).is_file():
        for name in json.loads((work / PLAN).read_text("utf-8")):
            folder, _, rest = name.partition("/")
            owned = Q(parquet=rest) if folder == home.accepted.name else Q(raw=rest)
            if not Submission.objects.filter(owned).exists():
                (home.root / name).unlink(missing_ok=True)
    shutil.rmtree(work, ignore_errors=True)


def missing(home: Home) -> list[str]:
    """A sentence for each accepted file of the newest data version that is not on disk, or was cut short."""
    newest = DataVersion.objects.order_by("-number").first()
    return [
        plain(
            f"The accepted file of {_which(s)} is {_how(path)} {home.accepted}. Import {s.file_name} again, or restore "
            "the folder from a backup."
        )
        for s in (newest.submissions.exclude(parquet="").order_by("dataset", "provider", "period") if newest else ())
        if not whole(path := home.accepted / s.parquet)
    ]


def _which(one: Submission) -> str:
    return ", ".join(filter(None, (one.dataset, name_of_agency(one.provider), one.period)))


def _how(path: Path) -> str:
    return "damaged in" if path.is_file() else "missing from"
