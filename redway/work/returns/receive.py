"""The one way in: web upload, typed entry, command, watched folder and API all end here.

Checking and accepting are one path: `examining` takes it as far as it goes without changing anything, and
`Examined.accept` takes the last step. What partners send comes through `checking.py`, which examines first and
accepts when people have decided; open data is accepted at once.

One import is all or nothing: one file that cannot be taken refuses the whole of it, and nothing changes. Its
steps, any of which may be the last before a power cut:

1. copy what was handed in, unpack, load: all in a work folder under incoming/
2. write down the names about to be made (reconcile.plan)
3. move the finished files to those names, each one safe on disk first
4. in one transaction: submissions, the data version that holds them, the audit row
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
from django.db import DatabaseError, OperationalError, transaction
from django.utils import timezone

from redway.errors import FileRefused, RedwayError
from redway.sources.dataset import Context
from redway.sources.dataset import dataset as definition
from redway.store import query
from redway.store.accepted import readable
from redway.store.files import put_all, room_on_disk
from redway.store.home import Home
from redway.store.lock import only_one
from redway.store.profile import Profile
from redway.store.snapshot import Part, Snapshot
from redway.store.unpack import Skipped
from redway.work.audit import actions as audit
from redway.work.gateways.policies import permitted
from redway.work.returns import reconcile
from redway.work.returns.arrivals import Arrival, arrived
from redway.work.returns.doubts import few_inside
from redway.work.returns.loading import Staged, load_parcel
from redway.work.returns.models import DataVersion, Delivery, Submission
from redway.work.returns.receipt import Outcome, Receipt
from redway.work.returns.refused import RefusedRows
from redway.work.returns.senders import sender_of
from redway.work.returns.versions import everything

THREADS = 2

Progress = Callable[[str], None]
WithIt = Callable[[int | None], None]


class DatabaseUnwritable(RedwayError):
    """The database could not be written; nothing was changed."""


@dataclass(frozen=True)
class Parcel:
    """Files of one dataset that are taken together.

    paths   files, zips and folders; or what puts files into a folder it is given, and says where, and their SHA-256
    agency  ID of the agency that sends them; open data have none
    period  the one period they are meant to be of; empty when the rows say it
    """

    dataset: str
    paths: Sequence[Path] | Callable[[Path], Mapping[Path, str]]
    agency: str = ""
    period: str = ""

    def brought(self, folder: Path) -> tuple[Iterable[Path], Mapping[Path, str]]:
        """The files, and those of them that were put into the folder."""
        if not callable(self.paths):
            return self.paths, {}
        own = self.paths(folder)
        return own, own


@dataclass(frozen=True)
class Examined:
    """What would come of an import. Nothing is accepted yet, and nothing is kept unless `accept` is called.

    db  by which what came is compared with what was there; it is closed with the import
    """

    home: Home
    work: Path
    db: duckdb.DuckDBPyConnection
    before: Snapshot
    arrivals: tuple[Arrival, ...]
    skipped: tuple[Skipped, ...]

    def accept(
        self, *, by: str, delivery: Delivery | None = None, with_it: WithIt = lambda version: None
    ) -> int | None:
        """Move the files to their names and commit. The number of the new data version; None when nothing changed.

        with_it   called inside the same transaction, with that number: what else becomes true by it
        """
        new = [a for a in self.arrivals if a.outcome in (Outcome.ACCEPTED, Outcome.SUPERSEDED, Outcome.RENOTED)]
        put = [a.staged for a in self.arrivals if not a.outcome.adds_nothing]
        moves = {self.home.accepted / s.parquet: s.loaded.parquet for s in put}
        damaged = {final for s in put if not readable(final := self.home.accepted / s.parquet, s.loaded.rows_accepted)}
        # Partners' own bytes are never kept: their sealed copies go once this is done.
        sent = {self.home.raw / a.staged.raw: a.staged.sent for a in new if a.staged.definition.access == "open"}
        reconcile.plan(self.work, self.home, [*moves, *sent])
        put_all(moves | sent, over=damaged)
        return _commit(self.before, new, by=by, delivery=delivery, with_it=with_it)

    def receipt(self, version: int | None) -> Receipt:
        return Receipt(
            tuple(a.result for a in self.arrivals), version, self.skipped, tuple(reconcile.missing(self.home))
        )


def receive(
    paths: Iterable[Path],
    *,
    dataset: str,
    by: str,
    agency: str = "",
    period: str = "",
    progress: Progress = lambda line: None,
) -> Receipt:
    """Import files, zips of them and folders of either into one dataset; makes at most one data version.

    by        who hands them in, as the audit shall name them
    agency    ID of the agency that sends a partner's return; it may be left out where only one sends it
    progress  is told in short lines what is being done

    A file whose rows are accepted already changes nothing; a newer copy supersedes. Raises FileRefused for the
    first file that cannot be taken, and then nothing at all has changed.
    """
    return receive_many([Parcel(dataset, tuple(paths), agency, period)], by=by, progress=progress)


def receive_many(parcels: Sequence[Parcel], *, by: str, progress: Progress = lambda line: None) -> Receipt:
    """Import several datasets as one data version. Later ones are checked against earlier ones of the same call."""
    with examining(parcels, progress=progress) as examined:
        return examined.receipt(examined.accept(by=by))


@contextmanager
def examining(
    parcels: Sequence[Parcel], *, progress: Progress = lambda line: None, refused: RefusedRows | None = None
) -> Iterator[Examined]:
    """Take an import as far as it goes without changing anything; whoever asks may then accept it, or not.

    refused  gathers the refused rows, whether the files can be taken or not
    Holds the home's lock, so that what was found is still so when it is accepted.
    """
    home = Home.current()
    profile = Profile.of(home)
    home.make()
    with only_one(reconcile.lock_of(home), waiting=lambda: progress("Waiting for another import to end ...")):
        with _room(home):
            reconcile.settle_all(home)
        work = Path(tempfile.mkdtemp(prefix=reconcile.PREFIX, dir=home.incoming))
        try:
            with _room(home):
                before = everything()
                staged: list[Staged] = []
                skipped: list[Skipped] = []
                for number, parcel in enumerate(parcels):
                    folder = work / str(number)
                    folder.mkdir()
                    paths, own = parcel.brought(folder / "sent")
                    more, left = load_parcel(
                        parcel.dataset,
                        paths,
                        work=folder / "loading",
                        context=_context(home, profile, parcel, _with(before, staged)),
                        progress=progress,
                        opened=refused.folders if refused else {},
                        own=own,
                    )
                    staged += more
                    skipped += left
                with query.connect(work / "spill", threads=THREADS) as db:
                    few = few_inside(staged, before, profile.partnership)
                    arrivals = tuple(arrived(staged, before, few, profile, db))
                    if refused:
                        refused.gather()
                    yield Examined(home, work, db, before, arrivals, tuple(skipped))
        except FileRefused:
            if refused:
                refused.gather()
            raise
        finally:
            # A database that cannot be asked leaves the work folder to the next import.
            with suppress(DatabaseError):
                reconcile.settle(home, work)


def _context(home: Home, profile: Profile, parcel: Parcel, known: Snapshot) -> Context:
    """What a loader may know. Raises RedwayError where it is not clear whose return it is, NotAllowed for partners'
    data that no gateway in force lets in.
    """
    agency = sender_of(definition(parcel.dataset), profile, parcel.agency)
    columns = permitted(parcel.dataset, on=timezone.localdate())
    return Context(home, profile.partnership, known, agency, parcel.period, columns)


@contextmanager
def _room(home: Home) -> Iterator[None]:
    """A full disk in one sentence, from the database too."""
    with room_on_disk(home.root):
        try:
            yield
        except OperationalError as fault:
            raise DatabaseUnwritable(
                f"a database that can be written in {home.root}",
                came=str(fault),
                cause="a full disk, a folder that may not be written, or a home that needs redway setup. "
                "Nothing was changed.",
            ) from fault


def _with(before: Snapshot, staged: list[Staged]) -> Snapshot:
    """The data version as it would be with what is staged so far; submission 0 is one not yet made."""
    parts = {(p.dataset, p.provider, p.period): p for p in before.parts}
    for s in staged:
        parts[s.key] = Part(*s.key, s.loaded.content, s.loaded.rows_accepted, s.loaded.parquet, 0)
    return Snapshot(before.number, tuple(parts.values()))


def _commit(before: Snapshot, new: list[Arrival], *, by: str, delivery: Delivery | None, with_it: WithIt) -> int | None:
    """What is new as a data version, and what else becomes true with it, in one transaction. The version's number."""
    with transaction.atomic():
        version = _version(before, new, by, delivery) if new else None
        with_it(version)
    return version


def _version(before: Snapshot, new: list[Arrival], by: str, delivery: Delivery | None) -> int:
    submissions = Submission.objects.bulk_create([_submission(a.staged, by, delivery) for a in new])
    replaced = {a.staged.key for a in new}
    kept = [p.submission for p in before.parts if (p.dataset, p.provider, p.period) not in replaced]
    version = DataVersion.objects.create(number=before.number + 1, made_by=by[:150], summary=_summary(new))
    version.submissions.add(*kept, *submissions)
    audit.record(
        by=by,
        action="import",
        subject=f"data version {version.number}",
        detail={
            "summary": version.summary,
            "files": [
                {"dataset": s.dataset, "provider": s.provider, "period": s.period, "rows": s.rows_accepted}
                | {"content": s.content, "raw": s.raw}
                for s in submissions
            ],
        },
    )
    return version.number


def _submission(s: Staged, by: str, delivery: Delivery | None) -> Submission:
    return Submission(
        dataset=s.definition.name,
        provider=s.loaded.provider,
        period=s.loaded.period,
        content=s.loaded.content,
        file_name=s.file[-255:],
        raw=s.raw if s.definition.access == "open" else "",
        parquet=s.parquet,
        schema_version=s.definition.schema_version,
        rows_read=s.loaded.rows_read,
        rows_accepted=s.loaded.rows_accepted,
        refused={r.reason: r.count for r in s.loaded.refused},
        notes=s.loaded.notes,
        facts=asdict(s.loaded.facts),
        received_by=by[:150],
        delivery=delivery,
    )


def _summary(new: list[Arrival]) -> str:
    """What a data version brought, in one line: `police-street: 28 new, 1 superseded`."""
    parts = []
    for dataset in dict.fromkeys(a.staged.definition.name for a in new):
        outcomes = [a.outcome for a in new if a.staged.definition.name == dataset]
        words = {Outcome.ACCEPTED: "new", Outcome.SUPERSEDED: "superseded", Outcome.RENOTED: "renoted"}
        counts = [f"{outcomes.count(outcome)} {word}" for outcome, word in words.items() if outcome in outcomes]
        parts.append(f"{dataset}: {', '.join(counts)}")
    return _fitting(parts)


def _fitting(parts: list[str]) -> str:
    """As many whole parts as a summary has room for, and how many more there are."""
    room = DataVersion._meta.get_field("summary").max_length or 0
    for kept in range(len(parts), 0, -1):
        more = [f"and {len(parts) - kept} more"] if kept < len(parts) else []
        if len(summary := "; ".join(parts[:kept] + more)) <= room:
            return summary
    return f"and {len(parts)} more"
