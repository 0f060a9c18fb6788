"""The same case in returns of two periods: an incident number, or whatever names a row, that another period of the same
sender has too. What happened would be counted twice.

Files are compared in DuckDB by what names a row, so memory stays bounded.
"""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import duckdb
from django.utils.translation import gettext as _

from redway.errors import plain
from redway.periods import in_words
from redway.store.accepted import whole
from redway.store.query import texts
from redway.store.snapshot import Snapshot
from redway.work.returns.loading import Staged
from redway.work.returns.report import Warning

Key = tuple[str, str, str]  # dataset, provider, period

MOST_PERIODS = 24  # of earlier returns that are looked into, the newest
SHOWN = 6  # periods that a warning names


def warnings(staged: Sequence[Staged], before: Snapshot, db: duckdb.DuckDBPyConnection) -> Iterator[Warning]:
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
        if found := _shared(s, dict(sorted(mine.items(), key=lambda one: one[0][2])[-MOST_PERIODS:]), db):
            yield _warning(s, found)


def in_both(one: Staged, other: Staged, db: duckdb.DuckDBPyConnection) -> int | None:
    """How many rows, known by their key, are in both of two returns; None where rows have no names of their own."""
    if not one.definition.key:
        return None
    found = _in_each(one, [other.loaded.parquet], db)
    return None if found is None else found.get(other.loaded.parquet, 0)


def _shared(s: Staged, others: dict[Key, Path], db: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many rows each other period has too: period -> rows."""
    found = _in_each(s, others.values(), db) or {}
    return {period: found[path] for (_dataset, _provider, period), path in others.items() if path in found}


def _in_each(s: Staged, others: Collection[Path], db: duckdb.DuckDBPyConnection) -> dict[Path, int] | None:
    """How many rows of a return, known by their key, each other file has too, where it has any. None where the return,
    or the only other file, has not every column of the key.
    """
    mine, key = s.loaded.parquet, s.definition.key
    if not others:
        return {}
    named = db.execute(
        f"SELECT file_name FROM parquet_schema({texts(map(str, [mine, *others]))}) "  # noqa: S608
        f"WHERE name IN (SELECT unnest({texts(key)})) GROUP BY file_name HAVING count(*) = {len(key)}"
    ).fetchall()
    theirs = [path for path in others if (str(path),) in named]
    if (str(mine),) not in named or not theirs:
        return None
    names = ", ".join(f"k{n}" for n in range(len(key)))
    found = db.execute(
        f"SELECT filename, count(DISTINCT ({names})) FROM ({_named(theirs, key)}) "  # noqa: S608
        f"SEMI JOIN ({_named([mine], key)}) USING ({names}) GROUP BY filename"
    ).fetchall()
    return {Path(name): count for name, count in found}


def _named(paths: Sequence[Path], key: Sequence[str]) -> str:
    """SQL for the rows of files by the cells that name them, k0, k1 ...; rows without any of it have no name."""
    cells = ", ".join(f'coalesce("{name}"::VARCHAR, chr(30)) AS k{n}' for n, name in enumerate(key))
    some = " OR ".join(f'"{name}" IS NOT NULL' for name in key)
    every = f"read_parquet({texts(map(str, paths))}, union_by_name=true, filename=true)"
    return f"SELECT filename, {cells} FROM {every} WHERE {some}"  # noqa: S608


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
