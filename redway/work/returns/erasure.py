"""Lawful erasure: the rows of one pseudonym destroyed in every data version. The record never holds the pseudonym.

Whether somebody is in the data is told to nobody off the record: to look is audited as to erase is, whatever is found.
"""

import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from django.db import transaction
from django.utils.translation import gettext as _

from redway.errors import NotAllowed, RedwayError
from redway.sources.dataset import Dataset
from redway.sources.dataset import dataset as definition_of
from redway.store.accepted import reading
from redway.store.files import put_all, room_on_disk
from redway.store.home import Home
from redway.store.lock import only_one
from redway.store.query import connect, text
from redway.store.snapshot import Part
from redway.work.accounts.models import User
from redway.work.audit.actions import record
from redway.work.returns import deliveries, destruction, reconcile
from redway.work.returns.destruction import ERASURE, Loss
from redway.work.returns.models import DataVersion, Delivery, Destruction, Submission
from redway.work.returns.states import OPEN

ERASED = "[erased]"  # what stands in a kept report where the pseudonym stood
LETTERS = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Found:
    """What holds a pseudonym: accepted files with the rows each has of it, and deliveries still undecided."""

    rows: tuple[tuple[Submission, int], ...]
    versions: tuple[int, ...]
    undecided: tuple[Delivery, ...]

    @property
    def count(self) -> int:
        return sum(count for _submission, count in self.rows)


def look(*, dataset: str, pseudonym: str, reason: str, by: User | str) -> Found:
    """What an erasure would destroy; destroys nothing. Who looked, why, and how much there was of it is written
    down before it is told; the pseudonym is not.

    Raises RedwayError for a dataset without pseudonyms, for text that is none, and for accepted files that are
    missing or damaged; NotAllowed as `erase` does.
    """
    _check(dataset, pseudonym, reason)
    found = _find(dataset, pseudonym)
    detail = {"dataset": dataset, "reason": reason.strip(), "rows": found.count}
    with transaction.atomic():
        record(by=by, action="look-erasure", subject=f"erasure from {dataset}", detail=detail)
    return found


def _find(dataset: str, pseudonym: str) -> Found:
    """What holds a pseudonym. Raises RedwayError for accepted files that are missing or damaged."""
    definition = definition_of(dataset)
    rows = []
    held = Submission.objects.filter(dataset=dataset).exclude(parquet="").order_by("provider", "period", "pk")
    home = Home.current()
    for one in held:
        if count := _count(one, definition, pseudonym, home):
            rows.append((one, count))
    versions = DataVersion.objects.filter(submissions__in=[s for s, _n in rows]).distinct().order_by("number")
    undecided = Delivery.objects.filter(dataset=dataset, state__in=OPEN).defer("report")
    return Found(tuple(rows), tuple(versions.values_list("number", flat=True)), tuple(undecided))


def erase(*, dataset: str, pseudonym: str, reason: str, by: User | str) -> Destruction:
    """Destroy every row of a pseudonym in a dataset: in accepted files of every version, in what was derived of
    them, and in quarantine. Deliveries of the dataset that are still undecided are discarded: their senders send
    them again without these rows.

    Stopped at any moment, it has either not happened, or is finished by the next import, server start, or this
    again. Where nothing is held of it, that is a record too. Raises as `look` does, NotAllowed without a reason or for
    a reason that holds the pseudonym.
    """
    _check(dataset, pseudonym, reason)
    home = Home.current()
    home.make()
    with only_one(reconcile.lock_of(home)):
        reconcile.settle_all(home)
        work = Path(tempfile.mkdtemp(prefix=reconcile.PREFIX, dir=home.incoming))
        try:
            with room_on_disk(home.root):
                losses = _rewritten(_find(dataset, pseudonym), pseudonym, work, home)
            done = _commit(dataset, pseudonym, reason, by, losses)
        finally:
            reconcile.settle(home, work)
        destruction.finish(done, home)
    return done


@transaction.atomic
def _commit(dataset: str, pseudonym: str, reason: str, by: User | str, losses: Sequence[Loss]) -> Destruction:
    undecided = list(Delivery.objects.filter(dataset=dataset, state__in=OPEN))
    for delivery in undecided:
        deliveries.discard(delivery=delivery, by=by)
    for delivery in Delivery.objects.filter(dataset=dataset).exclude(report=None):
        told = json.dumps(delivery.report)
        if pseudonym in told:
            delivery.report = json.loads(told.replace(pseudonym, ERASED))
            delivery.save(update_fields=["report"])
    detail = {"discarded": [str(delivery.public_id) for delivery in undecided]}
    return destruction.commit(kind=ERASURE, dataset=dataset, reason=reason, by=by, losses=losses, detail=detail)


def _rewritten(found: Found, pseudonym: str, work: Path, home: Home) -> list[Loss]:
    """Steps 1 and 2 of destruction.py: what is left of each file, under its new name."""
    losses, moves = [], {}
    for number, (one, count) in enumerate(found.rows):
        made = work / f"{number}.parquet"
        with reading([_part(one, home)]) as (path,), connect(work) as db:
            columns = _columns(db, path, definition_of(one.dataset))
            keep = " and ".join(f'"{name}" is distinct from {text(pseudonym)}' for name in columns)
            db.execute(
                f"copy (select * from read_parquet({text(path)}) where {keep}) to {text(made)} "  # noqa: S608
                "(format parquet, compression zstd)"
            )
        with made.open("rb") as file:
            bytes_ = hashlib.file_digest(file, "sha256").hexdigest()
        content = hashlib.sha256(f"{one.dataset}:{one.period}:{bytes_}".encode()).hexdigest()
        parquet = f"{one.dataset}/{content}.parquet"
        moves[home.accepted / parquet] = made
        losses.append(Loss(one, count, parquet, content))
    reconcile.plan(work, home, moves)
    put_all(moves)
    return losses


def _count(one: Submission, definition: Dataset, pseudonym: str, home: Home) -> int:
    with reading([_part(one, home)]) as (path,), connect(home.incoming) as db:
        columns = _columns(db, path, definition)
        if not columns:
            return 0
        asked = " or ".join(f'"{name}" = $1' for name in columns)
        found = db.execute(f"select count(*) from read_parquet({text(path)}) where {asked}", [pseudonym])  # noqa: S608
        return int(found.fetchall()[0][0])


def _columns(db: duckdb.DuckDBPyConnection, path: Path, definition: Dataset) -> list[str]:
    """The columns of pseudonyms that an accepted file has."""
    there = {name for name, *_rest in db.execute(f"describe from read_parquet({text(path)})").fetchall()}
    return [c.name for c in definition.columns if c.type == "pseudonym" and c.name in there]


def _part(one: Submission, home: Home) -> Part:
    return Part(
        one.dataset, one.provider, one.period, one.content, one.rows_accepted, home.accepted / one.parquet, one.pk
    )


def _check(dataset: str, pseudonym: str, reason: str) -> None:
    """Raise RedwayError for what cannot be asked, NotAllowed for what may not be written down."""
    _check_pseudonym(dataset, pseudonym)
    if not reason.strip():
        raise NotAllowed(_("Say why: the reason is all that will be left."))
    if pseudonym in reason:
        raise NotAllowed(_("The reason holds the pseudonym, and the reason is kept. Give a reference instead."))


def _check_pseudonym(dataset: str, pseudonym: str) -> None:
    if not any(c.type == "pseudonym" for c in definition_of(dataset).columns):
        raise RedwayError(
            "a dataset whose rows bear pseudonyms",
            came=f"“{dataset}”, which has none",
            cause="another dataset, or one in which nobody can be told from anybody else.",
        )
    if not 32 <= len(pseudonym) <= 64 or not LETTERS.issuperset(pseudonym):
        raise RedwayError(
            "a pseudonym of 32 to 64 small hexadecimal letters and digits",
            came=f"{len(pseudonym)} characters that are not one",
            cause="a name or number in place of the pseudonym, which its sender makes with redway pseudonymise.",
        )
