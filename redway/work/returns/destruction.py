"""Lawful destruction: rows that leave every data version at once, and the record of why that stays.

The one exception to "nothing accepted is lost". Its steps, any of which may be the last before a power cut:

1. write, in a work folder, what is left of each file; the names about to be made are planned like an import's
2. move those files to their names, safe on disk
3. in one transaction: every submission is of the new file, or of none; the record with the names to be removed
4. remove the old files, whatever was derived of the dataset, and what lies of it in quarantine; mark the record

Stopped before 3, nothing has happened, and the next import takes the new files away. Stopped after it, the rows
are in no version any more, and whatever next holds the home's lock finishes 4 (`finish_all`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway.errors import FileRefused, Place
from redway.sources.dataset import names
from redway.store.files import flush
from redway.store.home import Home
from redway.work.accounts.models import User
from redway.work.audit.actions import record
from redway.work.returns import drafts, quarantine
from redway.work.returns.models import DataVersion, Delivery, Destruction, Submission
from redway.work.returns.states import OPEN

OF_ONE = re.compile(r"(.+)-[0-9a-f]{20}")  # how a cube or tally of one dataset is called
RETENTION, ERASURE = "retention", "erasure"


@dataclass(frozen=True)
class Loss:
    """What one submission loses. `parquet` and `content` are of the file that is left; empty where none is."""

    submission: Submission
    rows: int
    parquet: str = ""
    content: str = ""


@transaction.atomic
def commit(
    *, kind: str, dataset: str, reason: str, by: User | str, losses: Sequence[Loss], detail: dict[str, Any]
) -> Destruction:
    """Step 3: take the rows out of every version and write down why. Only for who holds the home's lock."""
    accepted, raw = Home.current().accepted.name, Home.current().raw.name
    old = [loss.submission for loss in losses]
    files = {f"{accepted}/{s.parquet}" for s in old} | {f"{raw}/{s.raw}" for s in old if s.raw}
    made = Destruction.objects.create(
        kind=kind,
        dataset=dataset,
        reason=reason.strip(),
        by=by if isinstance(by, str) else by.username,
        rows=sum(loss.rows for loss in losses),
        contents=sorted({s.content for s in old}),
        files=sorted(files),
    )
    made.submissions.add(*old)
    for loss in losses:
        now = loss.submission
        now.parquet, now.content, now.raw, now.facts = loss.parquet, loss.content or now.content, "", {}
        now.rows_accepted -= loss.rows
        now.erased_rows += loss.rows
        now.save(update_fields=["parquet", "content", "raw", "facts", "rows_accepted", "erased_rows"])
    versions = DataVersion.objects.filter(submissions__in=old).distinct()
    numbers = sorted(versions.values_list("number", flat=True))
    record(
        by=by,
        action=f"destroy-{kind}",
        subject=str(made),
        detail={"dataset": dataset, "reason": made.reason, "files": len(old), "rows": made.rows, "versions": numbers}
        | detail,
    )
    return made


def finish_all(home: Home) -> None:
    """Finish every destruction that was stopped after its transaction. Only for who holds the home's lock."""
    for one in Destruction.objects.filter(finished_at=None).order_by("pk"):
        finish(one, home)


def finish(one: Destruction, home: Home) -> None:
    """Step 4: the files themselves. Again does no harm."""
    folders = set()
    for name in one.files:
        folder, _slash, rest = name.partition("/")
        kept = {"parquet": rest} if folder == home.accepted.name else {"raw": rest}
        if not Submission.objects.filter(**kept).exists():  # another period may have the very same rows
            path = home.root / name
            path.unlink(missing_ok=True)
            folders.add(path.parent)
    for folder in folders:
        if folder.is_dir():
            flush(folder)
    forget_derived(one.dataset, home)
    if one.kind == ERASURE:
        forget_quarantined(one.dataset, home)
    one.files, one.finished_at = [], timezone.now()
    one.save(update_fields=["files", "finished_at"])


def forget_derived(dataset: str, home: Home) -> None:
    """Remove whatever was worked out of a dataset and kept, and whatever may mix it with others."""
    for path in home.derived.rglob("*") if home.derived.is_dir() else ():
        named = OF_ONE.fullmatch(path.stem)
        of_another = named is not None and named[1] != dataset and named[1] in names()
        if path.is_file() and not of_another:
            path.unlink(missing_ok=True)


def forget_quarantined(dataset: str, home: Home) -> None:
    """Remove every sealed copy that is left of a dataset: what was sent, lists of refused rows, and what is typed."""
    for delivery in Delivery.objects.filter(dataset=dataset).exclude(state__in=OPEN):
        quarantine.remove_sent(delivery, home)
        if delivery.refused_rows:
            (home.quarantine / delivery.refused_rows).unlink(missing_ok=True)
            Delivery.objects.filter(pk=delivery.pk).update(refused_rows="")
    drafts.forget(dataset, home)


def check_not_destroyed(contents: Iterable[tuple[str, str, str]]) -> None:
    """Raise FileRefused for rows that were destroyed and are sent again just as they were.

    contents  (dataset, file name, content hash) of each submission that would be accepted
    """
    wanted = {content: (dataset, file) for dataset, file, content in contents}
    for one in Destruction.objects.filter(dataset__in={dataset for dataset, _file in wanted.values()}):
        for content in one.contents:
            if content in wanted and wanted[content][0] == one.dataset:
                raise FileRefused(
                    "rows that were not lawfully destroyed",
                    came=f"the very rows of which some were destroyed on {one.at:%Y-%m-%d} ({one.kind})",
                    cause="an old file. Whoever sends it has to take out what was erased, or it is past its time.",
                    place=Place(wanted[content][1]),
                )


def unmade(numbers: Iterable[int] | None = None, *, of: Iterable[str] | None = None) -> dict[int, str]:
    """For each data version that can no longer be re-made as it was, a sentence that says why.

    numbers  these versions, or all
    of       as far as these datasets go, or all
    """
    found: dict[int, dict[tuple[str, str], int]] = {}
    wanted: dict[str, Any] = {"submission__versions__isnull": False}
    if numbers is not None:
        wanted["submission__versions__number__in"] = list(numbers)
    if of is not None:
        wanted["submission__dataset__in"] = list(of)
    # One filter: a second one would ask of any version of a file, not of the one that is read.
    links = Submission.destructions.through.objects.filter(**wanted).values_list(
        "submission__versions__number", "destruction__kind", "submission__dataset"
    )
    for number, kind, dataset in links:
        counts = found.setdefault(number, {})
        counts[kind, dataset] = counts.get((kind, dataset), 0) + 1
    return {number: _sentence(counts) for number, counts in found.items()}


def _sentence(counts: dict[tuple[str, str], int]) -> str:
    said = []
    for (kind, dataset), count in sorted(counts.items()):
        words = (
            ngettext(
                "%(n)s file of %(dataset)s was past its time and destroyed",
                "%(n)s files of %(dataset)s were past their time and destroyed",
                count,
            )
            if kind == RETENTION
            else ngettext(
                "rows of %(n)s file of %(dataset)s were erased", "rows of %(n)s files of %(dataset)s were erased", count
            )
        )
        said.append(words % {"n": count, "dataset": dataset})
    return _("It can no longer be re-made as it was: %(what)s.") % {"what": "; ".join(said)}
