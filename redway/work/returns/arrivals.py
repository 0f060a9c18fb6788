"""What becomes of each file of an import: taken, the same as before, or in the place of another; and what is refused
for what else there is, in the import or before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import duckdb
from django.utils import timezone

from redway.errors import FileRefused, Place
from redway.store.accepted import readable
from redway.store.profile import Profile
from redway.store.snapshot import Part, Snapshot
from redway.work.returns.again import in_both
from redway.work.returns.destruction import check_not_destroyed
from redway.work.returns.doubts import fewer_than_before, less_told_than_before
from redway.work.returns.loading import Staged
from redway.work.returns.models import Submission
from redway.work.returns.receipt import Outcome, Result
from redway.work.returns.report import rows_in_words
from redway.work.returns.sendable import check_nothing_to_report
from redway.work.returns.worked_example import check_not_examples, counts

Key = tuple[str, str, str]  # dataset, provider, period


@dataclass(frozen=True)
class Arrival:
    """A staged submission and what becomes of it. `examples`: its rows that are of the template's worked example."""

    staged: Staged
    outcome: Outcome
    warning: str = ""
    examples: int = 0

    @property
    def result(self) -> Result:
        s = self.staged
        return Result(
            s.definition.name,
            s.file,
            s.loaded.provider,
            s.loaded.period,
            s.loaded.rows_read,
            s.loaded.rows_accepted,
            s.loaded.refused,
            s.loaded.notes,
            s.loaded.examples,
            self.outcome,
            self.warning,
        )


def arrived(
    staged: list[Staged],
    before: Snapshot,
    doubts: Mapping[Key, str],
    profile: Profile,
    db: duckdb.DuckDBPyConnection,
) -> list[Arrival]:
    """What becomes of each, with what is doubtful of it. Raises FileRefused for two different copies of one month
    in one import, for rows that were lawfully destroyed, for no rows of a period that is not over,
    and for a template's worked example.
    """
    check_nothing_to_report(staged, timezone.localdate())
    examples = counts(staged, profile, db)
    check_not_examples(staged, examples)
    check_not_destroyed((s.definition.name, s.file, s.loaded.content) for s in staged)
    current = {(p.dataset, p.provider, p.period): p for p in before.parts}
    seen: dict[Key, Staged] = {}
    arrivals = []
    for s, count in zip(staged, examples, strict=True):
        dataset, provider, period = s.key
        twin = seen.setdefault((dataset, provider.casefold(), period), s)
        if twin.loaded.content != s.loaded.content:
            raise _two_copies(twin, s, db)
        found = Arrival(s, Outcome.TWICE)
        if twin is s:
            found = _arrival(s, current.get(s.key), doubts.get(s.key, ""), db)
        arrivals.append(replace(found, examples=count))
    return arrivals


def _two_copies(one: Staged, other: Staged, db: duckdb.DuckDBPyConnection) -> FileRefused:
    """Two files of one period that differ. What is advised loses no row: a newer copy takes the place of the whole
    period, so parts of it can only come in one file.
    """
    came = (
        f"two that differ, {one.file} with {one.loaded.rows_accepted:,} rows and {other.file} "
        f"with {other.loaded.rows_accepted:,}"
    )
    if other.definition.access == "open":
        cause = (
            "an older and a newer download side by side. Import the older one first, then the newer, which supersedes "
            "it."
        )
    else:
        shared = in_both(one, other, db)
        join = "join them into one file and send that: sent one after the other, the second would replace the first."
        newer = "If one is a newer copy that has everything, send it alone."
        if shared == 0:
            cause = f"parts of one period, as they have no row in common: {join}"
        else:
            told = f"they have {rows_in_words(shared)} in common. " if shared else ""
            cause = f"{told}{newer} If they are parts of one period, {join}"
    return FileRefused(f"one file of {other.words}", came=came, cause=cause, place=Place(other.file))


def _arrival(s: Staged, old: Part | None, doubt: str, db: duckdb.DuckDBPyConnection) -> Arrival:
    if old is None:
        return Arrival(s, Outcome.ACCEPTED, doubt)
    if old.content == s.loaded.content:
        same = Outcome.RENOTED if _other_notes(s, old) else Outcome.UNCHANGED
        return Arrival(s, same if readable(old.path, old.rows) else Outcome.RESTORED, doubt)
    # What a partner's newer copy replaces is told in its delivery's report; open data has no delivery.
    told = [fewer_than_before(s, old), less_told_than_before(s, old, db)] if s.definition.access == "open" else []
    return Arrival(s, Outcome.SUPERSEDED, " ".join(filter(None, [*told, doubt])))


def _other_notes(s: Staged, old: Part) -> bool:
    """Whether the publisher writes otherwise of the same rows. A file without notes, as one in CSV, takes none away."""
    if not s.loaded.facts.said:
        return False
    facts = Submission.objects.values_list("facts", flat=True).get(pk=old.submission)
    return tuple(facts.get("said", ())) != s.loaded.facts.said
