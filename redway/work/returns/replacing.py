"""What a newer copy takes the place of: rows and columns that the older one had and the newer one has not.

Both are Parquet files, compared in DuckDB by a digest of each row, so memory stays bounded whatever their size.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from redway.errors import plain
from redway.periods import in_words
from redway.sources.dataset import Column, Dataset
from redway.sources.returned.look_ups import look_ups
from redway.store.accepted import whole
from redway.store.profile import Profile
from redway.store.query import text
from redway.store.snapshot import Part, Snapshot
from redway.work.returns.loading import Staged
from redway.work.returns.models import Submission
from redway.work.returns.report import Replaced, Warning, rows_in_words

FALL = (
    0.1  # share of the older copy's rows by which a newer one is shorter, or which it does not have, that is warned of
)
RISE = 0.5  # and by which it is longer
FEW = 5  # rows more that are no great rise, whatever their share
NAMED = 20  # lost rows that are named
SHOWN = 8  # columns or rows that a warning names


def replaced(s: Staged, old: Part, before: Snapshot, profile: Profile, db: duckdb.DuckDBPyConnection) -> Replaced:
    """What becomes of the rows of an accepted copy when a newer one is accepted. Neither is changed here."""
    was = Submission.objects.select_related("delivery").get(pk=old.submission)
    told = Replaced(
        timezone.localdate(was.received_at).isoformat(),
        str(was.delivery.public_id) if was.delivery else "",
        old.rows,
        s.loaded.rows_accepted,
    )
    if not whole(old.path):
        return told
    older, newer = _columns(db, old.path), _columns(db, s.loaded.parquet)
    common = {name: kind == newer[name] for name, kind in older.items() if name in newer}
    key = [name for name in s.definition.key if name in common]
    by = key if len(key) == len(s.definition.key) else []
    told_by = _hash({name: common[name] for name in by or common})
    _digest(db, "older", old.path, told_by, _hash(common))
    _digest(db, "newer", s.loaded.parquet, told_by, _hash(common), where=f"WHERE {told_by} IN (SELECT k FROM older)")  # noqa: S608
    gone, new, changed = _counted(db, s.loaded.rows_accepted)
    return Replaced(
        told.received,
        told.delivery,
        told.rows_before,
        told.rows_now,
        gone,
        new,
        changed,
        tuple(_heading(s.definition, name) for name in by),
        tuple(_named(db, s.definition, old.path, by, told_by, before, profile)) if gone and by else (),
        tuple(lost_columns(s, old, db)),
    )


def lost_columns(s: Staged, old: Part, db: duckdb.DuckDBPyConnection) -> list[str]:
    """Headings of the columns that an accepted copy has something in, and a newer one nothing at all."""
    if not whole(old.path) or not s.loaded.rows_accepted:
        return []
    filled = _filled(db, s.loaded.parquet)
    return [_heading(s.definition, name) for name in _filled(db, old.path) if name not in filled]


def warnings(s: Staged, found: Replaced) -> Iterator[Warning]:
    """What looks wrong in a newer copy beside the one it replaces."""
    period = s.loaded.period
    of = f"{in_words(period)}: " if period else ""
    said = {"now": rows_in_words(found.rows_now), "before": f"{found.rows_before:,}", "day": received(found)}
    lost = found.rows_before - found.rows_now
    if found.rows_lost:
        said["rows"] = _listed(found.rows_lost, found.gone)
        words = _(
            "what was sent for this period before is replaced as a whole, and this return has no row for: %(rows)s. "
            "Send them again with it, or they are lost."
        )
    elif lost > 0 and lost >= FALL * found.rows_before:
        words = _(
            "this return has %(now)s, the one accepted before has %(before)s (%(day)s) and would be replaced as a "
            "whole. If this one is not whole, take it back and send the whole of it."
        )
    elif -lost > FEW and -lost >= RISE * found.rows_before:
        words = _(
            "this return has %(now)s, the one accepted before has %(before)s (%(day)s) and would be replaced as a "
            "whole. Check that this one is of this period only, and has each case once."
        )
    elif found.gone and found.gone > lost and found.gone >= FALL * found.rows_before:
        said["gone"] = f"{found.gone:,}"
        words = _(
            "%(gone)s of the %(before)s rows accepted before (%(day)s) are not in this return, though it has %(now)s. "
            "Check that it is of the same cases, and not of another period or place."
        )
    else:
        words = ""
    if words:
        yield Warning("replaces", of + words % said, period)
    if found.columns_lost and not found.rows_lost:
        yield Warning("replaces", of + lost_in_words(found.columns_lost), period)


def lost_in_words(columns: tuple[str, ...]) -> str:
    """What a newer copy leaves out, in a sentence."""
    return _("nothing stands under %(columns)s any more, which the copy accepted before had filled.") % {
        "columns": _listed(tuple(f"“{plain(c)}”" for c in columns), len(columns), ", ")
    }


def received(found: Replaced) -> str:
    """The day the older copy came, in words."""
    return date_format(dt.date.fromisoformat(found.received), "j F Y")


def _listed(names: tuple[str, ...], count: int | None, between: str = "; ") -> str:
    shown = between.join(names[:SHOWN])
    more = (count or 0) - len(names[:SHOWN])
    return shown + (_(" and %s more") % f"{more:,}" if more > 0 else "")


def _columns(db: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    """Each column of a file, and its type."""
    found = db.execute(f"DESCRIBE FROM read_parquet({text(path)})").fetchall()
    return {str(name): str(kind) for name, kind, *_rest in found}


def _filled(db: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """The columns that have something in some row, as the file says of itself."""
    found = db.execute(
        f"SELECT path_in_schema FROM parquet_metadata({text(path)}) GROUP BY path_in_schema "  # noqa: S608
        "HAVING sum(num_values) > sum(coalesce(stats_null_count, 0)) ORDER BY min(column_id)"
    ).fetchall()
    return [str(name) for (name,) in found]


def _digest(db: duckdb.DuckDBPyConnection, name: str, path: Path, told_by: str, cells: str, *, where: str = "") -> None:
    """Make a table of a file: `k`, by which a row is known again, `h`, all its cells, and `n`, how many are alike."""
    db.execute(
        f"CREATE OR REPLACE TABLE {name} AS SELECT {told_by} AS k, any_value({cells}) AS h, count(*) AS n "  # noqa: S608
        f"FROM read_parquet({text(path)}) {where} GROUP BY 1"
    )


def _hash(columns: Mapping[str, bool]) -> str:
    """SQL for a hash of 64 bits of some columns, each with whether both files have it of one type. In two files of a
    million rows each, the chance that any two different rows are taken for one is one in ten million.
    """
    cells = ", ".join(_quoted(name) if same else f"{_quoted(name)}::VARCHAR" for name, same in columns.items())
    return f"hash({cells})"


def _counted(db: duckdb.DuckDBPyConnection, rows: int) -> tuple[int, int, int]:
    """How many rows are gone, new and changed. `rows` of the newer copy, whose table has those alone that are known."""
    gone, stayed, changed = db.execute(
        "SELECT coalesce(sum(greatest(o.n - coalesce(w.n, 0), 0)), 0), coalesce(sum(least(o.n, coalesce(w.n, 0))), 0), "
        "count(*) FILTER (o.h <> w.h) FROM older o LEFT JOIN newer w ON o.k = w.k"
    ).fetchall()[0]
    return int(gone), rows - int(stayed), int(changed)


def _named(
    db: duckdb.DuckDBPyConnection,
    definition: Dataset,
    path: Path,
    by: list[str],
    told_by: str,
    before: Snapshot,
    profile: Profile,
) -> Iterator[str]:
    """The rows that are gone, by the words of their key. None for a dataset about persons."""
    if definition.nature is None or definition.nature.personal:
        return
    columns = [next(c for c in definition.columns if c.name == name) for name in by if name != definition.period_from]
    asked = ", ".join(_quoted(c.name) for c in columns)
    rows = db.execute(
        f"SELECT {asked} FROM read_parquet({text(path)}) WHERE {told_by} NOT IN (SELECT k FROM newer) "  # noqa: S608
        f"ORDER BY {asked} LIMIT {NAMED}"
    ).fetchall()
    labels = {name: {e.code: e.label for e in found.entries} for name, found in look_ups(definition, profile).items()}
    areas = _area_names(
        db, before, {str(v) for row in rows for c, v in zip(columns, row, strict=True) if c.name == "area"}
    )
    for row in rows:
        yield ", ".join(
            plain(part) for c, value in zip(columns, row, strict=True) if (part := _said(c, value, labels, areas))
        )


def _said(column: Column, value: str | None, labels: Mapping[str, Mapping[str, str]], areas: Mapping[str, str]) -> str:
    if column.name == "area":
        return areas.get(value, value) if value else _("the whole partnership")
    return labels.get(column.codes, {}).get(value, value) if value else ""


def _area_names(db: duckdb.DuckDBPyConnection, before: Snapshot, codes: set[str]) -> dict[str, str]:
    """Names of small areas and wards among these codes, as far as the reference data know them."""
    found: dict[str, str] = {}
    for dataset, pairs in {"lsoa-lookup": ("lsoa11", "lsoa21"), "lsoa-wards": ("ward",)}.items():
        for part in before.of(dataset):
            if not whole(part.path):
                continue
            for kind in pairs:
                rows = db.execute(
                    f"SELECT DISTINCT {kind}_code, {kind}_name FROM read_parquet({text(part.path)}) "  # noqa: S608
                    f"WHERE {kind}_code IN (SELECT unnest($1))",
                    [sorted(codes)],
                ).fetchall()
                found |= {code: f"{name} ({code})" for code, name in rows if name}
    return found


def _heading(definition: Dataset, name: str) -> str:
    return next((c.heading for c in definition.columns if c.name == name), name)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
