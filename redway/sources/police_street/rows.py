"""The rows of one street file in DuckDB: staged once, then counted, told and written by force and month."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from redway.errors import FileRefused, Place
from redway.sources.dataset import Example, Loaded, Refusals, dataset
from redway.sources.police_street.faults import FAULTS, POINT, SWAPPED, Fault
from redway.sources.police_street.forces import folded, spellings
from redway.store import query
from redway.store.csv_file import CsvFile

STREET = dataset("police-street")
CHECKS = Path(__file__).with_name("checks.sql").read_text("utf-8")
GROUPS = Path(__file__).with_name("groups.sql").read_text("utf-8")
COLUMNS = ", ".join(column.name for column in STREET.columns)
IN_MEMORY = 64_000_000  # bytes of CSV; a larger file passes through Parquet on the way
NOTES = ("unlocated", "no area", "outside", "bad point", "repeated crime ID")


@dataclass(frozen=True)
class Refused:
    """Rows refused for one fault, of one force and month as they themselves say (perhaps wrongly)."""

    force: str
    month: str
    fault: Fault
    rows: Refusals


@dataclass(frozen=True)
class Group:
    """The accepted rows of one force and month. `part` selects them where a file holds several groups."""

    part: tuple[str, str] | None
    provider: str
    month: str
    rows: int
    content: str
    notes: dict[str, int]

    @property
    def inside(self) -> int:
        """Rows that lie in the partnership."""
        return self.rows - sum(self.notes.get(name, 0) for name in ("unlocated", "no area", "outside"))


@dataclass(frozen=True)
class StreetRows:
    """The rows of a file, each one checked. `checked` is what checks.sql makes of them, `told` the same with one
    spelling a force, and `staged` what is kept of that.

    The engine must know the tables `areas` and `our_areas` and the variables that checks.sql names.
    """

    db: duckdb.DuckDBPyConnection
    file: CsvFile
    into: Path

    def stage(self, forces: Mapping[str, str]) -> None:
        """Check every row once. Raises FileRefused for text that is no table, or has no rows.

        forces   the spelling of forces known already, by their folded names
        """
        self.file.as_view(self.db, "sent")
        self.db.execute(CHECKS)
        checked = "SELECT * EXCLUDE (row, point, came) FROM checked"
        try:
            if self.file.path.stat().st_size <= IN_MEMORY:
                self.db.execute(f"CREATE TABLE taken AS {checked}")
            else:
                parquet = query.text(self.into / "staged.parquet")
                self.db.execute(f"COPY ({checked}) TO {parquet} (FORMAT parquet, ROW_GROUP_SIZE 61440)")
                self.db.execute(f"CREATE VIEW taken AS FROM read_parquet({parquet})")
        except duckdb.InvalidInputException:
            raise self.file.explain(self.db) from None
        one_spelling = self._one_spelling(forces)
        self.db.execute(f"CREATE VIEW staged AS SELECT * {one_spelling} FROM taken")  # noqa: S608
        self.db.execute(f"CREATE VIEW told AS SELECT * {one_spelling} FROM checked")  # noqa: S608

    def _one_spelling(self, forces: Mapping[str, str]) -> str:
        """The part of a SELECT that gives every force one spelling: the known one, else the file's most frequent."""
        found = "SELECT reported_by FROM taken WHERE reported_by IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1"
        names = [name for (name,) in self.db.execute(found).fetchall()]
        right = spellings(names) | dict(forces)
        cases = "".join(
            f" WHEN {query.text(name)} THEN {query.text(right[folded(name)])}"
            for name in names
            if name != right[folded(name)]
        )
        columns = ", ".join(f"CASE {c}{cases} ELSE {c} END AS {c}" for c in ("reported_by", "falls_within"))
        return f"REPLACE ({columns})" if cases else ""

    def refused(self) -> list[Refused]:
        """Refused rows by force, month and fault, in the order of their first row: a second look at the file."""
        self.file.as_view(self.db, "sent", numbered=True)
        found = self.db.execute(
            "SELECT coalesce(reported_by, ''), coalesce(month, ''), fault, count(*), min(row), arg_min(came, row)"
            " FROM told WHERE fault IS NOT NULL GROUP BY ALL ORDER BY min(row)"
        ).fetchall()
        return [
            Refused(force, month, FAULTS[key], self._refusals(FAULTS[key], count, row, came))
            for force, month, key, count, row, came in found
        ]

    def _refusals(self, fault: Fault, count: int, row: int, came: str | None) -> Refusals:
        place = Place(self.file.name, row, fault.column)
        return Refusals(fault.reason, count, place, came or "an empty cell", fault.expected)

    def refuse_poor_file(self) -> list[Refused]:
        """What is refused, row by row. Raises FileRefused when it is too much, or too many points are bad."""
        rows, faulty, bad, swapped = self.db.execute(
            "SELECT count(*), count(fault), count(*) FILTER (bad_point), count(*) FILTER (swapped_point) FROM staged"
        ).fetchall()[0]
        self.file.refuse_if_lost(rows)
        if not rows:
            raise FileRefused(
                "rows of street crime",
                came="a heading and no rows, an empty file",
                cause="a download that failed, or a month that the force did not publish.",
                place=Place(self.file.name),
            )
        refused = self.refused() if faulty else []
        if faulty > STREET.refuse_above * rows:
            raise _too_many_refused(refused, faulty / rows)
        if bad > STREET.refuse_above * rows:
            raise self._too_many_bad_points(SWAPPED if 2 * swapped > bad else POINT, bad, rows)
        return refused

    def _too_many_bad_points(self, fault: Fault, bad: int, rows: int) -> FileRefused:
        row, point, _ = self.first("bad_point", "point")
        return FileRefused(
            f"{fault.expected} ({limit(bad / rows)})",
            came=point,
            cause=fault.cause,
            place=Place(self.file.name, row, fault.column),
            count=bad,
        )

    def first(self, which: str, shown: str, group: Group | None = None) -> tuple[int, str, bool]:
        """Of the first row that a condition holds for: its number, what is shown of it, whether its point is swapped.

        A second look at the file.
        """
        self.file.as_view(self.db, "sent", numbered=True)
        only = _only(group) if group else ""
        found: tuple[int, str, bool] = self.db.execute(
            f"SELECT min(row), arg_min({shown}, row), arg_min(swapped_point, row) FROM told WHERE {which} {only}"  # noqa: S608
        ).fetchall()[0]
        return found

    def groups(self) -> list[Group]:
        """The accepted rows by force and month, the largest group first; one group where the file's name says so."""
        found = []
        for force, month, rows, low, high, forces, *odd in self.db.execute(GROUPS).fetchall():
            provider = max(forces, key=lambda name: (forces[name], name))
            notes = dict(zip(NOTES, odd, strict=True)) | {"reported by another force": rows - forces[provider]}
            content = hashlib.sha256(f"{STREET.name}:{rows}:{low}:{high}".encode()).hexdigest()
            part = (force, month) if force else None
            found.append(Group(part, provider, month, rows, content, {name: n for name, n in notes.items() if n}))
        return found

    def write(self, group: Group, refused: Iterable[Refusals]) -> Loaded:
        """The Parquet file of one group."""
        parquet = self.into / f"{group.content}.parquet"
        self.db.execute(
            f"COPY (SELECT {COLUMNS} FROM staged WHERE fault IS NULL {_only(group)}) TO {query.text(parquet)}"  # noqa: S608
            " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"  # higher levels are slower and no smaller
        )
        told = _one_a_reason(refused)
        return Loaded(
            provider=group.provider,
            period=group.month,
            parquet=parquet,
            content=group.content,
            rows_read=group.rows + sum(r.count for r in told),
            rows_accepted=group.rows,
            refused=told,
            notes=group.notes,
            examples={"bad point": self._bad_point(group)} if "bad point" in group.notes else {},
        )

    def _bad_point(self, group: Group) -> Example:
        row, point, swapped = self.first("bad_point AND fault IS NULL", "point", group)
        fault = SWAPPED if swapped else POINT
        return Example(Place(self.file.name, row, fault.column), point, fault.cause)


def _only(group: Group) -> str:
    """The rest of a WHERE that selects a group's rows."""
    if not group.part:
        return ""
    return f"AND reported_by = {query.text(group.part[0])} AND month = {query.text(group.part[1])}"


def _too_many_refused(refused: list[Refused], share: float) -> FileRefused:
    """The fault most rows have, with its first row."""
    by_fault: dict[Fault, int] = {}
    for each in refused:
        by_fault[each.fault] = by_fault.get(each.fault, 0) + each.rows.count
    fault = max(by_fault, key=lambda fault: by_fault[fault])
    first = next(each.rows for each in refused if each.fault == fault)
    return FileRefused(
        f"{fault.expected} ({limit(share)})",
        came=f"“{first.came}”",
        cause=fault.cause,
        place=first.first,
        count=by_fault[fault],
    )


def limit(share: float) -> str:
    """The limit on odd rows, and how many there are, in words."""
    return f"at most {STREET.refuse_above:.0%} of rows may be otherwise, here {share:.0%} are"


def _one_a_reason(refused: Iterable[Refusals]) -> tuple[Refusals, ...]:
    """One entry a reason: the earliest row, all the counts."""
    found: dict[str, Refusals] = {}
    for r in sorted(refused, key=lambda r: r.first.row or 0):
        was = found.get(r.reason)
        found[r.reason] = Refusals(r.reason, r.count + was.count, was.first, was.came, was.expected) if was else r
    return tuple(found.values())
