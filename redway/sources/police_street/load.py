"""Street crime as data.police.uk publishes it: from a CSV file to typed rows, each one checked."""

import datetime as dt
import hashlib
import re
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
import pyarrow as pa

from redway import periods
from redway.errors import FileRefused, NotSetUp, Place
from redway.sources.dataset import Context, Loaded, Refusals, dataset
from redway.sources.police_street.faults import FAULTS
from redway.store import csv_file, query
from redway.store.csv_file import CsvFile
from redway.store.files import room_on_disk

FILE_NAME = re.compile(r"([0-9]{4}-[0-9]{2})-(.+)-street\.csv", re.IGNORECASE)
OTHER_KINDS = {"-outcomes.csv": "outcomes", "-stop-and-search.csv": "stop and search"}
# A column that only this kind of file has: the surest sign of a file of another kind under this name.
TELLING_COLUMNS = {"Outcome type": "outcomes", "Object of search": "stop and search"}
CHECKS = Path(__file__).with_name("checks.sql").read_text("utf-8")
IN_MEMORY = 64_000_000  # bytes of CSV; larger files pass through a Parquet file on the way
CRIME_TYPES = (
    "Anti-social behaviour",
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
)
STREET = dataset("police-street")
COLUMNS = ", ".join(column.name for column in STREET.columns)
# One text for a row, nulls told from empty text, so that hashing it does not depend on the file.
ROW_TEXT = "concat_ws(chr(31), " + ", ".join(f"coalesce({c.name}::VARCHAR, chr(30))" for c in STREET.columns) + ")"
Group = tuple[str, str]  # provider, month


def skips(file_name: str) -> str:
    """Why a file found in a zip or folder is none of this dataset's; empty when it may be one."""
    return next(
        (f"{kind}, not street crime" for ending, kind in OTHER_KINDS.items() if file_name.lower().endswith(ending)), ""
    )


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """Check a street file and write its rows, one Parquet file for each force and month.

    A file named as the publisher names it (`2025-01-thames-valley-street.csv`) holds one force's month. Any
    other is parted by its rows' own force and month. Raises FileRefused for a file that cannot be taken, and
    NotSetUp before the look-up of areas is there.
    """
    areas = _areas(tuple(p.path for p in context.snapshot.of("lsoa-lookup")), context.partnership.district)
    month = _month_of(file_name)
    threads = 2 if path.stat().st_size > IN_MEMORY else 1
    with room_on_disk(into), query.connect(into / "spill", threads=threads) as db:
        file = csv_file.opened(path, name=file_name, work=into)
        _refuse_other_kinds(file)
        csv_file.refuse_other_columns(
            file, [c.publisher_name for c in STREET.columns], where_from=f"a wrong or edited file. {STREET.where_from}"
        )
        db.register("areas", areas)
        _set(db, month_of_file=month, this_month=f"{dt.datetime.now(dt.UTC):%Y-%m}", crime_types=CRIME_TYPES)
        _stage(db, file, into)
        refused = _refused(db, file)
        _refuse_the_file(db, file, refused)
        return _parted(db, month, refused, into)


def _areas(lookups: tuple[Path, ...], district: str) -> pa.Table:
    if not lookups:
        raise NotSetUp(
            "the look-up of small areas of 2011 and 2021, to check rows against",
            came="none accepted yet",
            cause="set-up found no reference data. Run redway setup with --data FOLDER, or redway fetch first.",
        )
    return _known_areas(lookups, district)


@lru_cache(maxsize=4)
def _known_areas(lookups: tuple[Path, ...], district: str) -> pa.Table:
    """Every area code of either vintage, and whether it lies in the partnership's district."""
    with query.connect(lookups[0].parent / "spill") as db:
        return db.execute(
            "SELECT code, bool_or(district_code = $1) AS ours FROM ("
            "SELECT lsoa11_code AS code, district_code FROM read_parquet($2)"
            " UNION ALL SELECT lsoa21_code, district_code FROM read_parquet($2)"
            ") WHERE code IS NOT NULL GROUP BY code",
            [district, [str(path) for path in lookups]],
        ).to_arrow_table()


def _month_of(file_name: str) -> str | None:
    """The month that the publisher's naming gives a file; none for other names."""
    found = FILE_NAME.fullmatch(PurePosixPath(file_name).name)
    if not found:
        return None
    try:
        return periods.label(periods.month(found[1]))
    except ValueError:
        raise FileRefused(
            "a file name that begins with a month, such as 2025-01",
            came=f"“{found[1]}”",
            cause="the file was renamed.",
            place=Place(file_name),
        ) from None


def _refuse_other_kinds(file: CsvFile) -> None:
    kind = next((kind for column, kind in TELLING_COLUMNS.items() if column in file.columns), "")
    if kind:
        raise FileRefused(
            "a file of street crime",
            came=f"one of {kind}",
            cause=f"the publisher's download holds several kinds of file; take those that end in -street.csv. "
            f"{STREET.where_from}",
            place=Place(file.name),
        )


def _set(db: duckdb.DuckDBPyConnection, **variables: Any) -> None:
    for name, value in variables.items():
        db.execute(f"SET VARIABLE {name} = $1", [list(value) if isinstance(value, tuple) else value])


def _stage(db: duckdb.DuckDBPyConnection, file: CsvFile, into: Path) -> None:
    """Check every row once; `staged` holds them, in memory or, from a large file, in Parquet."""
    try:
        file.as_view(db, "unnumbered")
        db.execute("CREATE VIEW sent AS SELECT NULL::BIGINT AS row, * FROM unnumbered")
        db.execute(CHECKS)
        if file.path.stat().st_size <= IN_MEMORY:
            db.execute("CREATE TABLE staged AS SELECT * EXCLUDE (row, came) FROM checked")
        else:
            parquet = query.text(into / "staged.parquet")
            db.execute(
                f"COPY (SELECT * EXCLUDE (row, came) FROM checked) TO {parquet} (FORMAT parquet, ROW_GROUP_SIZE 61440)"  # noqa: S608
            )
            db.execute(f"CREATE VIEW staged AS FROM read_parquet({parquet})")
    except duckdb.InvalidInputException:
        raise file.explain(db) from None
    if not _one(db, "SELECT count(*) FROM staged"):
        raise FileRefused(
            "rows of street crime",
            came="a heading and no rows, an empty file",
            cause="a download that failed, or a month the force did not publish.",
            place=Place(file.name),
        )


def _one(db: duckdb.DuckDBPyConnection, sql: str) -> int:
    found = db.execute(sql).fetchone()
    assert found is not None  # an aggregate always gives a row
    return int(found[0] or 0)


def _refused(db: duckdb.DuckDBPyConnection, file: CsvFile) -> dict[Group, list[Refusals]]:
    """Refused rows by force and month, each reason with its first row; looks at the file a second time for it."""
    if not _one(db, "SELECT count(fault) FROM staged"):
        return {}
    file.as_view(db, "sent", numbered=True)
    found = db.execute(
        "SELECT coalesce(reported_by, ''), coalesce(month, ''), fault, count(*), min(row), arg_min(came, row)"
        " FROM checked WHERE fault IS NOT NULL GROUP BY ALL ORDER BY min(row)"
    ).fetchall()
    refused: dict[Group, list[Refusals]] = {}
    for force, month, key, count, row, came in found:
        fault = FAULTS[key]
        first = Place(file.name, row, fault.column)
        refusal = Refusals(fault.reason, count, first, came or "an empty cell", fault.expected)
        refused.setdefault((force, month), []).append(refusal)
    return refused


def _refuse_the_file(db: duckdb.DuckDBPyConnection, file: CsvFile, refused: dict[Group, list[Refusals]]) -> None:
    """Raise FileRefused when too many rows are refused, or too many points are bad."""
    rows = _one(db, "SELECT count(*) FROM staged")
    every = sorted((r for group in refused.values() for r in group), key=lambda r: r.first.row or 0)
    count = sum(r.count for r in every)
    if count > STREET.refuse_above * rows:
        by_reason: dict[str, int] = {}
        for refusal in every:
            by_reason[refusal.reason] = by_reason.get(refusal.reason, 0) + refusal.count
        main = max(by_reason, key=lambda reason: by_reason[reason])
        worst = next(r for r in every if r.reason == main)
        fault = next(f for f in FAULTS.values() if f.reason == main)
        raise FileRefused(
            f"{worst.expected} (at most {STREET.refuse_above:.0%} of rows may be refused; "
            f"here it is {count / rows:.0%})",
            came=f"“{worst.came}”",
            cause=fault.cause,
            place=worst.first,
            count=by_reason[main],
        )
    bad = _one(db, "SELECT count(*) FROM staged WHERE bad_point")
    if bad > STREET.refuse_above * rows:
        swapped = _one(db, "SELECT count(*) FROM staged WHERE swapped_point")
        file.as_view(db, "sent", numbered=True)
        first = db.execute("SELECT row FROM checked WHERE bad_point ORDER BY row LIMIT 1").fetchone()
        raise FileRefused(
            f"coordinates in the British Isles (at most {STREET.refuse_above:.0%} of points may be bad; "
            f"here it is {bad / rows:.0%})",
            came="longitudes in the place of latitudes" if swapped > bad / 2 else "points elsewhere, or half a point",
            cause=FAULTS["swapped" if swapped > bad / 2 else "point"].cause,
            place=Place(file.name, first[0] if first else None, "Longitude"),
            count=bad,
        )


def _parted(
    db: duckdb.DuckDBPyConnection, month: str | None, refused: dict[Group, list[Refusals]], into: Path
) -> list[Loaded]:
    """One Parquet file for each force and month; refused rows are told with the group they name, else the first."""
    groups: list[Group] = db.execute(
        "SELECT reported_by, month FROM staged WHERE fault IS NULL GROUP BY ALL"
        " ORDER BY count(*) DESC, reported_by, month"
    ).fetchall()
    if month:
        groups = groups[:1]
    told: dict[Group, list[Refusals]] = {}
    for group, refusals in refused.items():
        told.setdefault(group if group in groups else groups[0], []).extend(refusals)
    return [_written(db, group, month is None, told.get(group, []), into) for group in sorted(groups)]


def _written(db: duckdb.DuckDBPyConnection, group: Group, parted: bool, refused: list[Refusals], into: Path) -> Loaded:
    """Write the accepted rows of one force and month, and count what is odd in them."""
    force, month = group
    _set(db, force=force, month=month)
    only = "AND reported_by = getvariable('force') AND month = getvariable('month')" if parted else ""
    counted = db.execute(
        f"""
        SELECT
            count(*),
            sum(md5_number_lower({ROW_TEXT})),
            sum(md5_number_upper({ROW_TEXT})),
            count(*) FILTER (WHERE lsoa_code IS NULL AND longitude IS NULL),
            count(*) FILTER (WHERE lsoa_code IS NULL AND longitude IS NOT NULL),
            count(*) FILTER (WHERE ours = false),
            count(*) FILTER (WHERE bad_point),
            count(crime_id) - count(DISTINCT crime_id),
            count(*) FILTER (WHERE reported_by <> getvariable('force'))
        FROM staged WHERE fault IS NULL {only}
        """  # noqa: S608
    ).fetchone()
    assert counted is not None
    rows, low, high, *odd = counted
    content = hashlib.sha256(f"{STREET.name}:{rows}:{low}:{high}".encode()).hexdigest()
    parquet = into / f"{content}.parquet"
    db.execute(
        f"COPY (SELECT {COLUMNS} FROM staged WHERE fault IS NULL {only}) TO {query.text(parquet)}"  # noqa: S608
        " (FORMAT parquet, COMPRESSION zstd)"
    )
    names = (
        "unlocated",
        "no area",
        "outside",
        "bad point",
        "repeated crime ID",
        "reported by another force",
    )
    notes = {name: count for name, count in zip(names, odd, strict=True) if count}
    return Loaded(
        provider=force,
        period=month,
        parquet=parquet,
        content=content,
        rows_read=rows + sum(r.count for r in refused),
        rows_accepted=rows,
        refused=_merged(refused),
        notes=notes,
    )


def _merged(refused: list[Refusals]) -> tuple[Refusals, ...]:
    """One entry a reason: the earliest row, all the counts."""
    first: dict[str, Refusals] = {}
    for r in sorted(refused, key=lambda r: r.first.row or 0):
        was = first.get(r.reason)
        first[r.reason] = Refusals(r.reason, r.count + (was.count if was else 0), *_shown(was or r))
    return tuple(first.values())


def _shown(r: Refusals) -> tuple[Place, str, str]:
    return r.first, r.came, r.expected
