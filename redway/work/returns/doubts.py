"""What looks wrong in a month that was taken. It may be true, so it is warned of and not refused."""

from collections.abc import Mapping, Sequence
from statistics import median

import duckdb

from redway.errors import plain
from redway.store.profile import Partnership
from redway.store.snapshot import Part, Snapshot
from redway.work.returns.loading import Staged
from redway.work.returns.models import Submission
from redway.work.returns.replacing import SHOWN, lost_columns

MANY_FEWER = 0.9  # a newer copy with this share of the older one's rows, or less, is warned of
FAR_FEWER = 0.2  # and a month with less than this share of what other months have in the partnership
ENOUGH_MONTHS = 3  # other months to compare with
ELSEWHERE = ("unlocated", "no area", "outside")  # notes of rows that are not counted in the partnership


def fewer_than_before(s: Staged, old: Part) -> str:
    """A warning of a newer copy with many fewer rows than the one it supersedes; empty when it has not."""
    if not old.rows or s.loaded.rows_accepted > MANY_FEWER * old.rows:
        return ""
    return (
        f"{s.words}: the newer copy has {s.loaded.rows_accepted:,} rows, the older one had {old.rows:,}. "
        "If the newer one is not whole, import the older one again."
    )


def less_told_than_before(s: Staged, old: Part, db: duckdb.DuckDBPyConnection) -> str:
    """A warning of columns that a newer copy leaves empty or out and the one it supersedes has filled; empty when
    there are none.
    """
    lost = lost_columns(s, old, db)
    if not lost:
        return ""
    named = ", ".join(f"“{plain(name)}”" for name in lost[:SHOWN])
    more = f" and {len(lost) - SHOWN:,} more" if len(lost) > SHOWN else ""
    return (
        f"{s.words}: the newer copy has nothing under {named}{more}, which the older one had filled: what rests on it "
        "can no longer be worked out. If that was not meant, import the older one again."
    )


def few_inside(staged: Sequence[Staged], before: Snapshot, partnership: Partnership) -> dict[tuple[str, str, str], str]:
    """Warnings by submission, of months of the partnership's own force with far fewer rows in the partnership
    than the median of its other months, accepted before or coming with it.
    """
    own = [s for s in staged if s.loaded.provider == partnership.police_force and "outside" in s.definition.always_told]
    inside = _accepted_inside(before, {s.definition.name for s in own}, partnership.police_force)
    inside |= {s.key: _inside(s.loaded.rows_accepted, s.loaded.notes) for s in own}
    found = {}
    for s in own:
        others = [n for key, n in inside.items() if key[0] == s.definition.name and key != s.key]
        usual = median(others) if len(others) >= ENOUGH_MONTHS else 0
        if not inside[s.key] or inside[s.key] < FAR_FEWER * usual:
            found[s.key] = (
                f"{s.words}: {inside[s.key]:,} row{'' if inside[s.key] == 1 else 's'} in {partnership.place}"
                + (f", where the median of {len(others):,} other months is {usual:,.0f}" if usual else "")
                + ". Its counts would look like a great fall. If the file was filtered or is not whole, get it "
                "again and import it: it supersedes this one."
            )
    return found


def _accepted_inside(before: Snapshot, datasets: set[str], force: str) -> dict[tuple[str, str, str], int]:
    """Rows in the partnership by submission, of what a force's accepted months hold."""
    parts = {p.submission for p in before.parts if p.dataset in datasets and p.provider == force}
    return {
        (s.dataset, s.provider, s.period): _inside(s.rows_accepted, s.notes)
        for s in Submission.objects.filter(pk__in=parts)
    }


def _inside(rows: int, notes: Mapping[str, int]) -> int:
    return rows - sum(notes.get(name, 0) for name in ELSEWHERE)
