"""The rows of one data.police.uk file in DuckDB: staged once, then counted, told and written by force and month."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

import duckdb

from redway.errors import FileRefused, Place
from redway.sources.dataset import Dataset, Example, Loaded, Refusals
from redway.sources.police_uk.forces import folded, spellings
from redway.store import csv_file, query
from redway.store.csv_file import CsvFile

GROUPS = Template(Path(__file__).with_name("groups.sql").read_text("utf-8"))
IN_MEMORY = 64_000_000  # bytes of CSV; a larger file passes through Parquet on the way


@dataclass(frozen=True)
class Fault:
    """Why a row can be refused, or is odd: the reason as receipts name it, what was expected, and the likely cause."""

    reason: str
    column: str
    expected: str
    cause: str


@dataclass(frozen=True)
class Oddity:
    """Rows that are taken although a cell is odd, until they are too many.

    note   the name by which receipts count them
    fault  column of `checked` with the key of what is wrong; null for most rows
    cell   column of `checked` with the odd cell
    limit  share above which the file is refused, of the rows that `among` counts
    """

    note: str
    fault: str
    cell: str
    limit: float
    among: str = "count(*)"
    among_words: str = "rows"


@dataclass(frozen=True)
class Kind:
    """A kind of file that data.police.uk publishes, and how its rows are checked.

    checks  a SELECT of the view `sent` (a file's rows as text, with `row`): the accepted columns, `fault`, `came`, and
            the two columns of every oddity
    notes   what is odd but kept -> what counts it, in SQL over the accepted rows, where `digest` is a row's hash
    """

    definition: Dataset
    words: str
    checks: str
    faults: Mapping[str, Fault]
    notes: Mapping[str, str]
    oddities: tuple[Oddity, ...]

    @property
    def columns(self) -> list[str]:
        return [column.name for column in self.definition.columns]

    @property
    def groups(self) -> str:
        cells = ", ".join(f"coalesce({name}::VARCHAR, chr(30))" for name in self.columns)
        return GROUPS.substitute(cells=cells, notes=", ".join(self.notes.values()))


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


@dataclass
class Rows:
    """The rows of a file, each one checked: `staged` is what is kept of what the kind's checks make of them, with one
    spelling a force (the part of a SELECT that gives it is `one_spelling`), and `told` all of that.

    The engine must know the tables and variables that the kind's checks name, and the variable `month_of_file`:
    null for a file that is parted by its rows' own force and month.
    """

    db: duckdb.DuckDBPyConnection
    kind: Kind
    file: CsvFile
    into: Path
    one_spelling: str = ""

    def loaded(
        self, forces: Mapping[str, str], *, doubt: Callable[["Rows", Group], None] = lambda rows, group: None
    ) -> list[Loaded]:
        """Check every row, and write the accepted ones by force and month. Raises FileRefused for a poor file.

        forces  the spelling of forces known already, by their folded names
        doubt   raises FileRefused for a force's month that cannot be taken although its rows are in order
        """
        self.stage(forces)
        refused = self.refuse_poor_file()
        groups = self.groups()
        for group in groups:
            doubt(self, group)
        if not self.file.ends_cleanly:
            groups[0].notes["no last line end"] = 1
        return [self.write(group, theirs) for group, theirs in _each_with_its_refused(groups, refused)]

    def stage(self, forces: Mapping[str, str]) -> None:
        """Check every row once. Raises FileRefused for text that is no table."""
        self.file.as_view(self.db, "sent")
        told_later = ", ".join(["row", "came", *(odd.cell for odd in self.kind.oddities)])
        checked = f"SELECT * EXCLUDE ({told_later}) FROM ({self.kind.checks})"  # noqa: S608
        try:
            if self.file.path.stat().st_size <= IN_MEMORY:
                self.db.execute(f"CREATE TABLE taken AS {checked}")
            else:
                parquet = query.text(self.into / "staged.parquet")
                self.db.execute(f"COPY ({checked}) TO {parquet} (FORMAT parquet, ROW_GROUP_SIZE 61440)")
                self.db.execute(f"CREATE VIEW taken AS FROM read_parquet({parquet})")
        except csv_file.FAULTS:
            raise self.file.explain() from None
        self.one_spelling = self._one_spelling(forces)
        self.db.execute(f"CREATE VIEW staged AS SELECT * {self.one_spelling} FROM taken")  # noqa: S608

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
        forced = [c for c in ("reported_by", "falls_within") if c in self.kind.columns]
        columns = ", ".join(f"CASE {c}{cases} ELSE {c} END AS {c}" for c in forced)
        return f"REPLACE ({columns})" if cases else ""

    def refused(self) -> list[Refused]:
        """Refused rows by force, month and fault, in the order of their first row: a second look at the file."""
        self._look_again()
        found = self.db.execute(
            "SELECT coalesce(reported_by, ''), coalesce(month, ''), fault, count(*), min(row), arg_min(came, row)"
            " FROM told WHERE fault IS NOT NULL GROUP BY ALL ORDER BY min(row)"
        ).fetchall()
        faults = self.kind.faults
        return [
            Refused(force, month, faults[key], self._refusals(faults[key], count, row, came))
            for force, month, key, count, row, came in found
        ]

    def _look_again(self) -> None:
        """Make the view `told`: every row, numbered. DuckDB works a view out as it is made, and few files need it."""
        self.file.as_view(self.db, "sent", numbered=True)
        self.db.execute(f"CREATE OR REPLACE VIEW told AS SELECT * {self.one_spelling} FROM ({self.kind.checks})")  # noqa: S608

    def _refusals(self, fault: Fault, count: int, row: int, came: str | None) -> Refusals:
        place = Place(self.file.name, row, fault.column)
        return Refusals(fault.reason, count, place, came or "an empty cell", fault.expected)

    def refuse_poor_file(self) -> list[Refused]:
        """What is refused, row by row. Raises FileRefused when it is too much, or too many rows are odd."""
        counts = "".join(f", count({o.fault}), mode({o.fault}), {o.among}" for o in self.kind.oddities)
        rows, faulty, *odd = self.db.execute(
            f"SELECT count(*), count(fault){counts} FROM staged"  # noqa: S608
        ).fetchall()[0]
        self.file.refuse_if_lost(rows)
        if not rows:
            raise FileRefused(
                f"rows of {self.kind.words}",
                came="a heading and no rows, an empty file",
                cause="a download that failed, or a month that the force did not publish.",
                place=Place(self.file.name),
            )
        refused = self.refused() if faulty else []
        most = self.kind.definition.refuse_above
        if faulty > most * rows:
            raise _too_many_refused(refused, most, faulty / rows)
        for i, oddity in enumerate(self.kind.oddities):
            count, key, among = odd[3 * i : 3 * i + 3]
            if count > oddity.limit * among:
                raise self._too_many_odd(oddity, self.kind.faults[key], count, count / among)
        return refused

    def _too_many_odd(self, oddity: Oddity, fault: Fault, count: int, share: float) -> FileRefused:
        row, came, _ = self.first(f"{oddity.fault} IS NOT NULL", oddity.cell)
        return FileRefused(
            f"{fault.expected} ({limit(oddity.limit, share, oddity.among_words)})",
            came=came,
            cause=fault.cause,
            place=Place(self.file.name, row, fault.column),
            count=count,
        )

    def first(
        self, which: str, shown: str, *, key: str = "NULL", group: Group | None = None
    ) -> tuple[int, str, str | None]:
        """Of the first row that a condition holds for: its number, what is shown of it, and a key. `which`, `shown`
        and `key` are SQL.

        A second look at the file.
        """
        self._look_again()
        only = _only(group) if group else ""
        found: tuple[int, str, str | None] = self.db.execute(
            f"SELECT min(row), arg_min({shown}, row), arg_min({key}, row) FROM told WHERE {which} {only}"  # noqa: S608
        ).fetchall()[0]
        return found

    def groups(self) -> list[Group]:
        """The accepted rows by force and month, the largest group first; one group where the file's name says so."""
        found = []
        for force, month, rows, low, high, forces, *odd in self.db.execute(self.kind.groups).fetchall():
            provider = max(forces, key=lambda name: (forces[name], name))
            notes = dict(zip(self.kind.notes, odd, strict=True))
            notes["reported by another force"] = rows - forces[provider]
            content = hashlib.sha256(f"{self.kind.definition.name}:{rows}:{low}:{high}".encode()).hexdigest()
            part = (force, month) if force else None
            found.append(Group(part, provider, month, rows, content, {name: n for name, n in notes.items() if n}))
        return found

    def write(self, group: Group, refused: Iterable[Refusals]) -> Loaded:
        """The Parquet file of one group."""
        parquet = self.into / f"{group.content}.parquet"
        columns = ", ".join(self.kind.columns)
        self.db.execute(
            f"COPY (SELECT {columns} FROM staged WHERE fault IS NULL {_only(group)}) TO {query.text(parquet)}"  # noqa: S608
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
            examples={odd.note: self._example(odd, group) for odd in self.kind.oddities if odd.note in group.notes},
        )

    def _example(self, odd: Oddity, group: Group) -> Example:
        row, came, key = self.first(f"{odd.fault} IS NOT NULL AND fault IS NULL", odd.cell, key=odd.fault, group=group)
        fault = self.kind.faults[str(key)]
        return Example(Place(self.file.name, row, fault.column), came, fault.cause)


def _only(group: Group) -> str:
    """The rest of a WHERE that selects a group's rows."""
    if not group.part:
        return ""
    return f"AND reported_by = {query.text(group.part[0])} AND month = {query.text(group.part[1])}"


def _too_many_refused(refused: list[Refused], most: float, share: float) -> FileRefused:
    """The fault most rows have, with its first row."""
    by_fault: dict[Fault, int] = {}
    for each in refused:
        by_fault[each.fault] = by_fault.get(each.fault, 0) + each.rows.count
    fault = max(by_fault, key=lambda fault: by_fault[fault])
    first = next(each.rows for each in refused if each.fault == fault)
    return FileRefused(
        f"{fault.expected} ({limit(most, share)})",
        came=f"“{first.came}”",
        cause=fault.cause,
        place=first.first,
        count=by_fault[fault],
    )


def limit(most: float, share: float, among: str = "rows") -> str:
    """The limit on odd rows, and how many there are, in words."""
    return f"at most {most:.0%} of {among} may be otherwise, here {share:.0%} are"


def _each_with_its_refused(groups: list[Group], refused: list[Refused]) -> list[tuple[Group, list[Refusals]]]:
    """Refused rows go with the force and month they name; those of none that is there, with the largest group."""
    theirs: dict[tuple[str, str], list[Refusals]] = {(group.provider, group.month): [] for group in groups}
    largest = next(iter(theirs))
    for each in refused:
        theirs.get((each.force, each.month), theirs[largest]).append(each.rows)
    return [(group, theirs[group.provider, group.month]) for group in groups]


def _one_a_reason(refused: Iterable[Refusals]) -> tuple[Refusals, ...]:
    """One entry a reason: the earliest row, all the counts."""
    found: dict[str, Refusals] = {}
    for r in sorted(refused, key=lambda r: r.first.row or 0):
        was = found.get(r.reason)
        found[r.reason] = Refusals(r.reason, r.count + was.count, was.first, was.came, was.expected) if was else r
    return tuple(found.values())
