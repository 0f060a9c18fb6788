"""Rows of a template's worked example, which people send by mistake: well formed, and none of them happened."""

from collections.abc import Iterable, Mapping, Sequence

import duckdb
from django.utils.translation import ngettext

from redway.errors import FileRefused, Place
from redway.periods import in_words
from redway.sources.dataset import Column, Dataset
from redway.sources.returned.cells import TYPED
from redway.sources.returned.look_ups import LookUp, folded, look_ups
from redway.store.profile import Profile
from redway.store.query import text
from redway.work.returns.loading import Staged
from redway.work.returns.report import Warning

WHAT_TO_DO = "Delete these rows from the sheet, put the agency's own rows in, and send it again."


def check_not_examples(staged: Sequence[Staged], found: Sequence[int]) -> None:
    """Raises FileRefused for rows about persons that are those of the worked example, of which so many were found in
    each (`counts`).

    What an agency counts may by chance be as in the example; that is warned of alone.
    """
    for s, count in zip(staged, found, strict=True):
        if count and refuses(s, count):
            raise FileRefused(
                "rows of the agency's own",
                came=f"{count:,} {'row' if count == 1 else 'rows'} of the template's worked example",
                cause=f"the worked example was sent, or its rows were left in. {WHAT_TO_DO}",
                place=Place(s.file),
                count=count,
            )


def refuses(s: Staged, count: int) -> bool:
    """Whether so many rows of the example refuse a return: rows about persons, where they are that by no chance."""
    personal = s.definition.nature is not None and s.definition.nature.personal
    return personal and count > (0 if s.definition.key else 1)


def warnings(counted: Iterable[tuple[Staged, int]]) -> list[Warning]:
    """Of what was not refused and holds so many such rows."""
    found = []
    for s, count in counted:
        if count:
            period = s.loaded.period
            said = f"{in_words(period)}: " if period else ""
            words = ngettext(
                "%(count)s row is of the template's worked example, with its numbers. If it is not your own, take this "
                "back, delete it from the sheet and send it again.",
                "%(count)s rows are of the template's worked example, with its numbers. If they are not your own, take "
                "this back, delete them from the sheet and send it again.",
                count,
            )
            found.append(Warning("example", said + words % {"count": f"{count:,}"}, period))
    return found


def counts(staged: Sequence[Staged], profile: Profile, db: duckdb.DuckDBPyConnection) -> list[int]:
    """How many accepted rows of each have every cell that a row of the worked example has."""
    return [_count(db, s, profile) if _may_hold_examples(s) else 0 for s in staged]


def _may_hold_examples(s: Staged) -> bool:
    return s.definition.access != "open" and bool(s.definition.example) and s.loaded.rows_accepted > 0


def _count(db: duckdb.DuckDBPyConnection, s: Staged, profile: Profile) -> int:
    path = text(s.loaded.parquet)
    there = {name for name, *_rest in db.execute(f"DESCRIBE FROM read_parquet({path})").fetchall()}
    columns = [c for c in s.definition.columns if c.name in there]
    found = look_ups(s.definition, profile)
    alike = [one for row in s.definition.example if (one := _alike(row, columns, found))]
    if not alike:
        return 0
    sql = f"SELECT count(*) FROM read_parquet({path}) WHERE {_may_be(s.definition, columns)}({' OR '.join(alike)})"  # noqa: S608
    return int(db.execute(sql).fetchall()[0][0])


def _alike(row: Mapping[str, str], columns: Sequence[Column], found: Mapping[str, LookUp]) -> str:
    """SQL, true for a row with these cells. The areas of an example are nowhere, so people put their own in."""
    cells = [(c, row[c.name]) for c in columns if row.get(c.name) and c.type != "area"]
    each = [f'"{c.name}" = ({_typed(c, value, found)})' for c, value in cells]
    return f"({' AND '.join(each)})" if each else ""


def _may_be(definition: Dataset, columns: Sequence[Column]) -> str:
    """SQL that leaves few rows to compare: those with a key as the example has; empty where it cannot be asked."""
    key = next((c for c in columns if c.name in definition.key and c.type in ("text", "pseudonym")), None)
    if key is None or not all(row.get(key.name) for row in definition.example):
        return ""
    return f'"{key.name}" IN ({", ".join(text(row[key.name]) for row in definition.example)}) AND '


def _typed(column: Column, value: str, found: Mapping[str, LookUp]) -> str:
    """SQL for a cell of the example as the accepted file has it."""
    if column.type == "code":
        spellings = found[column.codes].spellings
        parts = value.split(";") if column.many else [value]
        codes = sorted({spellings.get(folded(part), part.strip()) for part in parts})
        return text(";".join(codes))
    return TYPED[column.type].replace("$r", text(value))
