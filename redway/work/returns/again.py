"""The same case in returns of two periods: an incident number, or whatever names a row, that another period of the same
sender has too. What happened would be counted twice.

Files are compared in DuckDB by a digest of what names a row, a file at a time, so memory stays bounded.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
from django.utils.translation import gettext as _

from redway.errors import plain
from redway.periods import in_words
from redway.store.accepted import whole
from redway.store.query import connect, text
from redway.store.snapshot import Snapshot
from redway.work.returns.loading import Staged
from redway.work.returns.report import Warning

MOST_PERIODS = 24  # of earlier returns that are looked into, the newest
SHOWN = 6  # periods that a warning names


def warnings(staged: Sequence[Staged], before: Snapshot) -> Iterator[Warning]:
    """A warning for each return with rows that another period of its sender has too, accepted or coming with it.

    before   what was accepted so far
    """
    for n, s in enumerate(staged):
        if not s.definition.key or not s.loaded.period or not s.loaded.rows_accepted:
            continue
        coming = {other.key: other.loaded.parquet for other in staged}
        held = {
            (p.dataset, p.provider, p.period): p.path
            for p in before.of(s.definition.name)
            if (p.dataset, p.provider, p.period) not in coming and whole(p.path)
        }
        # Of two that come together the later one is warned of; of an accepted one, what comes.
        others = held | {other.key: other.loaded.parquet for other in staged[:n]}
        mine = {key: path for key, path in others.items() if key[:2] == s.key[:2] and key[2] and key != s.key}
        if found := _shared(s, dict(sorted(mine.items(), key=lambda one: one[0][2])[-MOST_PERIODS:])):
            yield _warning(s, found)


def in_both(one: Staged, other: Staged) -> int | None:
    """How many rows, known by their key, are in both of two returns; None where rows have no names of their own."""
    key = one.definition.key
    if not key:
        return None
    with connect(one.loaded.parquet.parent / "spill") as db:
        if not all(_has(db, each.loaded.parquet, key) for each in (one, other)):
            return None
        mine, theirs = (_digests(each.loaded.parquet, key) for each in (one, other))
        return int(db.execute(f"SELECT count(*) FROM ({mine}) SEMI JOIN ({theirs}) USING (k)").fetchall()[0][0])  # noqa: S608


def _shared(s: Staged, others: dict[tuple[str, str, str], Path]) -> dict[str, int]:
    """How many rows each other period has too: period -> rows."""
    found: dict[str, int] = {}
    if not others:
        return found
    with connect(s.loaded.parquet.parent / "spill") as db:
        key = s.definition.key
        if not _has(db, s.loaded.parquet, key):
            return found
        db.execute(f"CREATE TABLE mine AS {_digests(s.loaded.parquet, key)}")
        for (_dataset, _provider, period), path in others.items():
            if _has(db, path, key):
                sql = f"SELECT count(*) FROM mine SEMI JOIN ({_digests(path, key)}) theirs USING (k)"  # noqa: S608
                if count := int(db.execute(sql).fetchall()[0][0]):
                    found[period] = count
    return found


def _has(db: duckdb.DuckDBPyConnection, path: Path, key: Sequence[str]) -> bool:
    """Whether a file has every column of the key."""
    columns = {name for name, *_rest in db.execute(f"DESCRIBE FROM read_parquet({text(path)})").fetchall()}
    return columns.issuperset(key)


def _digests(path: Path, key: Sequence[str]) -> str:
    """SQL for a digest of each row's key; rows without any of it have none."""
    cells = ", ".join(f'coalesce("{name}"::VARCHAR, chr(30))' for name in key)
    empty = " AND ".join(f'"{name}" IS NULL' for name in key)
    return f"SELECT md5_number(concat_ws(chr(31), {cells})) AS k FROM read_parquet({text(path)}) WHERE NOT ({empty})"  # noqa: S608


def _warning(s: Staged, found: dict[str, int]) -> Warning:
    headings = ", ".join(
        f"“{plain(c.heading)}”" for name in s.definition.key for c in s.definition.columns if c.name == name
    )
    told = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    shown = "; ".join(f"{in_words(period)} ({count:,})" for period, count in told[:SHOWN])
    more = len(told) - SHOWN
    words = _(
        "%(period)s: rows of this return have the same %(key)s as rows of other periods: %(others)s. The same case "
        "would be counted in both. Was it sent with its old date, or exported for another period? Mend the dates, or "
        "take the rows out of one of the two."
    )
    others = shown + (_(" and %s more periods") % f"{more:,}" if more > 0 else "")
    said = {"period": in_words(s.loaded.period), "key": headings, "others": others}
    return Warning("again", words % said, s.loaded.period)
