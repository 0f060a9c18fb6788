"""The rows of a return in DuckDB: typed and checked in one pass, and a second look at the file where one is wrong.

The first pass writes `typed.parquet`, a row for each row of the file in its order: the typed columns, `period`, and
what is wrong, if anything is. Only when something is does the second pass read the file again, numbered, and stream
one row for each faulty cell to refused.parquet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow as pa

from redway.errors import FileRefused, Place
from redway.sources.dataset import REFUSED, Context, Dataset, Refusals
from redway.sources.returned import identifiers, periods
from redway.sources.returned.cells import Cell, Cells, enum, variable
from redway.sources.returned.faults import HIDDEN, Fault, Faults
from redway.sources.returned.headings import Headings
from redway.sources.returned.look_ups import LookUp
from redway.store import query
from redway.store.csv_file import CsvFile

ROW_GROUP = 61_440  # bounds what writing holds in memory
SHOWN = 200  # characters of a cell in refused.parquet
FAST = "FORMAT parquet, COMPRESSION lz4_raw"  # of files that are read again and deleted


@dataclass
class Rows:
    """A file whose headings were read. `file` names its columns by place: c0, c1 ..."""

    db: duckdb.DuckDBPyConnection
    dataset: Dataset
    file: CsvFile
    headings: Headings
    look_ups: dict[str, LookUp]
    context: Context
    into: Path
    areas: pa.Table | None  # code, ours; None when no look-up was accepted

    def __post_init__(self) -> None:
        self.faults = Faults()
        self.db.execute(identifiers.macros())
        for name, found in self.look_ups.items():
            self._make_types(name, found)
        if self.areas is not None:
            self.db.register("areas", self.areas)
            self.db.execute("CREATE TYPE known_areas AS ENUM (SELECT DISTINCT code FROM areas ORDER BY code)")

    def _make_types(self, name: str, found: LookUp) -> None:
        spellings = dict(found.spellings) | {code: code for code in found.codes}
        kinds = {"spellings": list(spellings), "zeros": [s.lstrip("0") for s in spellings if s.startswith("0")]}
        for which, words in kinds.items():
            if listed := ", ".join(query.text(word) for word in dict.fromkeys(words)):
                self.db.execute(f"CREATE TYPE {enum(name, which)} AS ENUM ({listed})")
        self.db.execute(f'SET VARIABLE "{variable(name)}" = $1', [list(spellings.values())])

    @property
    def typed_file(self) -> Path:
        return self.into / "typed.parquet"

    @property
    def refused_file(self) -> Path:
        return self.into / REFUSED

    @cached_property
    def cells(self) -> list[Cell]:
        made = Cells(
            self.dataset, self.headings.spelt, self.look_ups, self.faults, self.areas is not None, self.context.period
        )
        return [made.of(column) for column in self.dataset.columns]

    @cached_property
    def rules(self) -> list[tuple[str, int]]:
        """The checks over several columns: SQL that is true for a wrong row, and the fault's number."""
        return [
            (
                f"coalesce(({rule.wrong}), false)",
                self.faults.add(
                    Fault(rule.column, self._heading(rule.column), rule.reason, rule.expected, rule.mend or "Mend it.")
                ),
            )
            for rule in self.dataset.rules
        ]

    def _heading(self, column: str) -> str:
        return self.headings.spelt.get(column, column)

    def _checked(self) -> str:
        """SQL for the rows of the view `sent`: raw cells, typed columns, and an array `faults` of numbers or nulls."""
        present = [c for c in self.dataset.columns if c.name in self.headings.at]
        raw = ", ".join(f"nullif(trim(c{self.headings.at[c.name]}), '') AS \"r_{c.name}\"" for c in present)
        blank = " OR ".join(f"trim(c{place}) <> ''" for place in self.headings.blank) or "false"
        typed = ", ".join(f'{cell.typed} AS "{cell.column.name}"' for cell in self.cells)
        return (
            f"SELECT * FROM (SELECT *, {typed} FROM (SELECT row, {raw}, coalesce({blank}, false) AS stray FROM sent))"  # noqa: S608
        )

    @cached_property
    def _numbers(self) -> list[str]:
        """SQL for the number of each fault that a row can have, null where it has not."""
        cells = [cell.fault for cell in self.cells if cell.column.name in self.headings.at]
        stray = Fault("", "", "cells without a heading", "cells under headings only", "Delete the stray cells.")
        named = [f"CASE WHEN {wrong} THEN {number} END::USMALLINT" for wrong, number in self.rules]
        return [*cells, *named, f"CASE WHEN stray THEN {self.faults.add(stray)} END::USMALLINT"]

    @cached_property
    def _empty(self) -> str:
        """SQL, true for a row without any cell: sheets leave them at their end."""
        return " AND ".join(f'"r_{name}" IS NULL' for name in self.headings.at) + " AND NOT stray"

    def type(self) -> None:
        """The first pass. Raises FileRefused for text that is no table."""
        self.file.as_view(self.db, "sent")
        numbers = self._numbers
        grave = ", ".join(str(n) for n in self.faults.numbers(grave=True)) or "0"
        columns = ", ".join(f'"{c.name}"' for c in self.dataset.columns)
        floats = " OR ".join(cell.float for cell in self.cells if cell.float) or "false"
        of_row = periods.of_row(self.dataset, f'"{self.dataset.period_from}"')
        sql = (
            f"SELECT {columns}, {of_row} AS of_period, {self._empty} AS empty, coalesce({floats}, false) AS floats, "  # noqa: S608
            f"coalesce({', '.join(numbers)}) AS fault, "
            f"CASE WHEN fault IS NOT NULL THEN list_has_any([{', '.join(numbers)}], [{grave}]::USMALLINT[]) END grave "
            f"FROM ({self._checked()})"
        )
        try:
            self.db.execute(f"COPY ({sql}) TO {query.text(self.typed_file)} ({FAST}, ROW_GROUP_SIZE {ROW_GROUP})")
        except duckdb.InvalidInputException:
            raise self.file.explain(self.db) from None
        self.db.execute(
            "CREATE VIEW typed AS SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS row "  # noqa: S608
            f"FROM read_parquet({query.text(self.typed_file)}, file_row_number=true)"
        )
        (self.read,) = self._one("SELECT count(*) FROM typed")
        self.file.refuse_if_lost(self.read)
        self.empty, self.floats = self._one(
            "SELECT count(*) FILTER (empty), count(*) FILTER (floats AND fault IS NULL) FROM typed"
        )
        self.repeats = self._repeats()

    def _one(self, sql: str) -> tuple[int, ...]:
        found: tuple[int, ...] = self.db.execute(sql).fetchall()[0]
        return found

    def _repeats(self) -> int:
        """Make the table `repeats` of rows whose key came before; how many."""
        self.db.execute("CREATE TABLE repeats (row BIGINT)")
        if not self.dataset.key:
            return 0
        key = ", ".join(f'"{name}"' for name in self.dataset.key)
        no_key = " AND ".join(f'"{name}" IS NULL' for name in self.dataset.key)
        fine = f"fault IS NULL AND NOT empty AND NOT ({no_key})"
        rows, distinct = self._one(f"SELECT count(*), count(DISTINCT hash({key})) FROM typed WHERE {fine}")  # noqa: S608
        if rows == distinct:
            return 0
        self.db.execute(
            f"INSERT INTO repeats SELECT unnest(list_sort(list(row))[2:]) FROM typed WHERE {fine} "  # noqa: S608
            f"GROUP BY {key} HAVING count(*) > 1"
        )
        return self._one("SELECT count(*) FROM repeats")[0]

    @property
    def faulty(self) -> int:
        """How many rows are refused."""
        return self._one("SELECT count(*) FROM typed WHERE fault IS NOT NULL AND NOT empty")[0] + self.repeats

    def refuse_identifiers(self) -> None:
        """Raise FileRefused when a cell holds what looks like a direct identifier; where they are is written down."""
        if not self._one("SELECT count(*) FROM typed WHERE grave")[0]:
            return
        self._write_refused(self.faults.numbers(grave=True), with_line=False)
        row, column, rule, rows = self.db.execute(
            'SELECT min(row), arg_min("column", row), arg_min(rule, row), count(DISTINCT row) FROM '  # noqa: S608
            f"read_parquet({query.text(self.refused_file)})"
        ).fetchall()[0]
        raise FileRefused(
            "a file without direct identifiers",
            came=f"a cell that {rule}",
            cause="a name, number or address was typed into a cell. Take it out at its source; nothing of the file was "
            "kept. If it is a false alarm, such as a shop named after a person, reword the cell.",
            place=Place(self.file.name, row, column),
            count=rows,
        )

    def write_refused(self) -> None:
        """The second pass: every faulty cell to refused.parquet, in the order of rows."""
        self._write_refused(None, with_line=True)

    def _write_refused(self, wanted: Sequence[int] | None, *, with_line: bool) -> None:
        repeat = self.faults.add(_repeat(self.dataset, self._heading))
        self.file.as_view(self.db, "sent", numbered=True)
        for name, values in {
            "headings": [f.heading for f in self.faults.known],
            "rules": [f.rule for f in self.faults.known],
            "expected": [f.expected for f in self.faults.known],
            "mends": [f.mend for f in self.faults.known],
            "hidden": [f.hidden for f in self.faults.known],
            "wanted": list(wanted or range(1, len(self.faults.known) + 1)),
        }.items():
            self.db.execute(f'SET VARIABLE "{name}" = $1', [values])
        raw = {name: f'"r_{name}"' for name in self.headings.at}
        cells = [raw[cell.column.name] for cell in self.cells if cell.column.name in raw]
        values = [*cells, *(raw.get(rule.column, "NULL") for rule in self.dataset.rules), "NULL"]
        pairs = [f"{{'n': {n}, 'v': left({v}, {SHOWN})}}" for n, v in zip(self._numbers, values, strict=True)]
        again = raw.get(self.dataset.key[0], "NULL") if self.dataset.key else "NULL"
        pairs.append(f"{{'n': CASE WHEN again THEN {repeat} END::USMALLINT, 'v': left({again}, {SHOWN})}}")
        line = self._line() if with_line else "NULL::VARCHAR"
        # Asked as an expression, not as a join, which would part the rows that are there again from the others.
        told = "row IN (FROM repeats)" if self.repeats else "false"
        unnested = (
            f"SELECT row, {line} AS line, unnest(list_filter([{', '.join(pairs)}], "  # noqa: S608
            "lambda f: list_contains(getvariable('wanted'), f.n))) AS f "
            f"FROM (SELECT *, {told} AS again FROM ({self._checked()})) WHERE NOT ({self._empty})"
        )
        sql = (
            "SELECT row, getvariable('headings')[f.n] AS \"column\", "  # noqa: S608
            f"CASE WHEN getvariable('hidden')[f.n] AND f.v IS NOT NULL THEN '{HIDDEN}' ELSE f.v END AS value, "
            "getvariable('rules')[f.n] AS rule, getvariable('expected')[f.n] AS expected, "
            f"getvariable('mends')[f.n] AS mend, line FROM ({unnested})"
        )
        self.db.execute(f"COPY ({sql}) TO {query.text(self.refused_file)} (FORMAT parquet, ROW_GROUP_SIZE {ROW_GROUP})")

    def _line(self) -> str:
        """SQL for a row's cells as they came, as JSON; what may identify a person is not repeated."""
        cells = []
        for cell in self.cells:
            name, column = cell.column.name, cell.column
            if name not in self.headings.at:
                continue
            shown = f'left("r_{name}", {SHOWN})'
            if column.type == "pseudonym":
                shown = (
                    f'CASE WHEN "{name}" IS NULL AND "r_{name}" IS NOT NULL THEN {query.text(HIDDEN)} ELSE {shown} END'
                )
            elif not column.kept:
                shown = f'CASE WHEN "r_{name}" IS NOT NULL THEN {query.text(HIDDEN)} END'
            cells += [query.text(self.headings.spelt[name]), shown]
        return f"json_object({', '.join(cells)})::VARCHAR"

    def refusals(self, period: str = "", *, others: bool = True) -> tuple[Refusals, ...]:
        """Refused rows by their first fault, of one period, or of none that is there (`others`), or of all."""
        if not self.refused_file.is_file():
            return ()
        which = "true" if not period else f"(of_period = {query.text(period)}{' OR lone' if others else ''})"
        found = self.db.execute(
            'SELECT "column", rule, expected, count(*), min(row), arg_min(value, row) FROM firsts '  # noqa: S608
            f"WHERE {which} GROUP BY ALL ORDER BY min(row)"
        ).fetchall()
        return tuple(
            Refusals(f"{column}: {rule}" if column else rule, count, Place(self.file.name, row, column),
                     "an empty cell" if came is None else came, expected)
            for column, rule, expected, count, row, came in found
        )  # fmt: skip

    def sum_up_refused(self) -> None:
        """Make the table `firsts`: each refused row with its first fault, and whether its period has no other row."""
        self.db.execute(
            "CREATE TEMP VIEW firsts AS SELECT r.*, t.of_period, t.of_period IS NULL OR t.of_period NOT IN "  # noqa: S608
            "(SELECT DISTINCT of_period FROM typed WHERE fault IS NULL AND NOT empty) AS lone "
            "FROM (SELECT *, row IS DISTINCT FROM lag(row) OVER () AS first FROM read_parquet("
            f"{query.text(self.refused_file)})) r JOIN typed t USING (row) WHERE first"
        )


def _repeat(dataset: Dataset, heading: Callable[[str], str]) -> Fault:
    name = dataset.key[0] if dataset.key else ""
    spelt = heading(name) if name else ""
    also = f" (with {', '.join(dataset.key[1:])})" if len(dataset.key) > 1 else ""
    return Fault(name, spelt, f"came before{also}", "each once", "Delete the row that is there twice, or mend its key.")
