"""The rows of a return in DuckDB: typed and checked in one pass, and a second look at the file where one is wrong.

The first pass makes the view `typed`, a row for each row of the file in its order: the typed columns, `of_period`, and
whether anything is wrong. It lies in DuckDB's memory, codes as numbers, and on disk beyond what it may hold there. Only
when something is wrong does the second pass read the file again, numbered, and stream one row for each faulty cell to
refused.parquet.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from redway.periods import spellings
from redway.sources.dataset import Column, Context, Dataset, Rule
from redway.sources.returned import identifiers, ordinary, periods
from redway.sources.returned.cells import PERIODS, Cell, Cells, enum, variable
from redway.sources.returned.faults import Fault, Faults
from redway.sources.returned.headings import Headings
from redway.sources.returned.look_ups import LookUp
from redway.store import query
from redway.store.csv_file import FAULTS, CsvFile

ROW_GROUP = 61_440  # bounds what writing holds in memory
MOST_PERIODS = 120  # told of a file that is refused
SENTENCE = "two words"  # what a pattern lets pass that lets people write what they like


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
    areas: bool  # whether the table `areas` was made
    in_words: bool = False  # whether periods in words are understood
    each_place: bool = False  # whether direct identifiers are looked for in every place, or in each that differs

    def __post_init__(self) -> None:
        self.faults = Faults()
        self.db.execute(identifiers.macros())
        for name, found in self.look_ups.items():
            self._make_types(name, dict(found.spellings) | {code: code for code in found.codes})
            self._make_type(enum(name, "codes"), found.codes)
        if self.areas:
            self.db.execute("CREATE TYPE known_areas AS ENUM (SELECT DISTINCT code FROM areas ORDER BY code)")

    def _make_types(self, name: str, written: Mapping[str, str]) -> None:
        """The types that hold what is written for each code of a list, and the codes in the same order."""
        kinds = {"spellings": list(written), "zeros": [s.lstrip("0") for s in written if s.startswith("0")]}
        for which, words in kinds.items():
            if words:
                self._make_type(enum(name, which), words)
        self.db.execute(f'SET VARIABLE "{variable(name)}" = {query.texts(written.values())}')

    def _make_type(self, name: str, words: Iterable[str]) -> None:
        listed = ", ".join(query.text(word) for word in dict.fromkeys(words))
        self.db.execute(f"CREATE TYPE {name} AS ENUM ({listed})")

    @cached_property
    def cells(self) -> list[Cell]:
        its = self.dataset, self.headings.spelt, self.look_ups, self.faults, self.areas, self.context.period
        made = Cells(*its, self.in_words, self.file.controls)
        return [made.of(column) for column in self.dataset.columns]

    @cached_property
    def rules(self) -> list[tuple[str, int]]:
        """The checks over several columns: SQL that is true for a wrong row, and the fault's number."""
        return [
            (f"coalesce(({rule.wrong}), false)", self.faults.add(self._broken(rule))) for rule in self.dataset.rules
        ]

    def _broken(self, rule: Rule) -> Fault:
        mend = rule.mend or "Mend the cell, or those it is compared with."
        return Fault(rule.column, self.heading(rule.column), rule.reason, rule.expected, mend)

    def heading(self, column: str) -> str:
        """A column's heading as the file has it; as the template has it where the file has not the column."""
        own = {c.name: c.heading for c in self.dataset.columns}
        return self.headings.spelt.get(column) or own.get(column, column)

    def checked(self) -> str:
        """SQL for the rows of the view `sent`: raw cells, typed columns, whether anything is `wrong`, and `prose` and
        `places`, the cells together in which direct identifiers are looked for.
        """
        forms, raw = [], []
        for column in (cell.column for cell in self.cells if cell.column.name in self.headings.at):
            cell = f"c{self.headings.at[column.name]}"
            if column.type == "text":
                raw.append(f'{ordinary.trimmed(cell)} AS "r_{column.name}"')
                continue
            codes = self.look_ups[column.codes].codes if column.codes else ()
            form = ordinary.form(column, cell, kind=enum(column.codes, "codes"), codes=codes, areas=self.areas)
            forms.append(f'{form} AS "o_{column.name}"')
            trimmed = f"nullif(trim({cell}), '')"
            raw.append(f'CASE WHEN "o_{column.name}" IS NOT NULL THEN {cell} ELSE {trimmed} END AS "r_{column.name}"')
        stray = " OR ".join(f"trim(c{place}) <> ''" for place in self.headings.blank) or "false"
        typed = ", ".join(f'{cell.typed} AS "{cell.column.name}"' for cell in self.cells)
        wrong = " OR ".join([*(cell.wrong for cell in self.cells), *(wrong for wrong, _ in self.rules), "stray"])
        return (
            f"SELECT *, {self._together(place=False)} AS prose, {self._together(place=True)} AS places FROM "  # noqa: S608
            f"(SELECT *, ({wrong}) AS wrong FROM (SELECT *, {typed} FROM "
            f"(SELECT *, {', '.join(raw)}, coalesce({stray}, false) AS stray FROM "
            f"(SELECT {', '.join(['*', *forms])} FROM sent))))"
        )

    def _together(self, *, place: bool) -> str:
        """SQL for the cells of a row that are searched, as one text. Cells that could not be read are those of a row
        that is wrong, and asked of it alone.
        """
        found = self.searched(place=place)
        if place and found and not self.each_place:
            return f"CASE WHEN wrong THEN concat_ws(chr(10), {', '.join(found.values())}) END"
        free = [sql for name, sql in found.items() if sql == f'"r_{name}"']
        text = f"concat_ws(chr(10), {', '.join(free)})" if len(free) > 1 else "".join(free) or "NULL"
        return (
            f"CASE WHEN wrong THEN concat_ws(chr(10), {', '.join(found.values())}) ELSE {text} END" if found else text
        )

    def searched(self, *, place: bool) -> dict[str, str]:
        """The columns that are searched for direct identifiers -> SQL for what is searched: free text, and cells of
        other columns that could not be read. `place`: text that is to be geocoded, or the others.
        """
        found = {}
        for column in (cell.column for cell in self.cells):
            geocoded = column.type == "text" and not column.kept
            if column.name not in self.headings.at or column.type == "pseudonym" or geocoded != place:
                continue
            raw = f'"r_{column.name}"'
            found[column.name] = raw if self._is_free(column) else f'CASE WHEN "{column.name}" IS NULL THEN {raw} END'
        return found

    def _is_free(self, column: Column) -> bool:
        """Whether people may write what they like in a column: no pattern, or one that lets a sentence pass."""
        bound = column.name == self.dataset.period_from or (column.like and not re.fullmatch(column.like, SENTENCE))
        return column.type == "text" and not bound

    @cached_property
    def is_empty(self) -> str:
        """SQL, true for a row without any cell: sheets leave them at their end."""
        every = " AND ".join(f'"r_{name}" IS NULL' for name in self.headings.at) + " AND NOT stray"
        required = next((c.name for c in self.dataset.columns if c.required and c.name in self.headings.at), "")
        return f'(CASE WHEN "r_{required}" IS NULL THEN {every} ELSE false END)' if required else f"({every})"

    def type(self) -> None:
        """The first pass. Raises FileRefused for text that is no table.

        All that people write for a period is a long list, and most files have none of it: it is looked up only after
        something was wrong.
        """
        self.file.as_view(self.db, "sent")
        self._type()
        if self.wrong and periods.are_written(self.dataset):
            self._make_types(PERIODS, spellings())
            self.in_words, self.faults = True, Faults()
            del self.cells, self.rules
            self._type()
        self.repeats = self._find_repeats()

    def _type(self) -> None:
        columns = ", ".join(f'"{column.name}"' for column in self.dataset.columns)
        floats = " OR ".join(cell.float for cell in self.cells if cell.float) or "false"
        grave = " OR ".join(
            f"{identifiers.kind(cell, place=place)} IS NOT NULL"
            for cell, place in (("prose", False), ("places", True))
            if self.searched(place=place)
        )
        of_row = self._of_row()
        sql = (
            f"SELECT {columns}, {of_row} AS of_period, {self.is_empty} AS empty, coalesce({floats}, false) AS floats, "  # noqa: S608
            f"wrong, ({grave or 'false'}) AS grave FROM ({self.checked()})"
        )
        try:
            self.db.execute(f"CREATE OR REPLACE TABLE read AS {sql}")
        except FAULTS:
            raise self.file.explain() from None
        self.db.execute("CREATE OR REPLACE VIEW typed AS SELECT *, rowid + 1 AS row FROM read")
        self.read, self.empty, self.floats, self.wrong, self.grave = self._one(
            "SELECT count(*), count(*) FILTER (empty), count(*) FILTER (floats AND NOT wrong), "
            "count(*) FILTER (wrong AND NOT empty), count(*) FILTER (grave) FROM typed"
        )
        self.file.refuse_if_lost(self.read)
        if not self.each_place and self._name_somebody():
            self.each_place = True
            self._type()

    def _name_somebody(self) -> bool:
        """Whether a place of a row without fault holds a direct identifier. The same few are named over and over."""
        places = [f'"{name}"' for name in self.searched(place=True)]
        if not places:
            return False
        differing = " UNION ".join(f"SELECT DISTINCT {place} AS place FROM read WHERE NOT wrong" for place in places)  # noqa: S608
        # A table of its own: within one statement the engine searches them many times more slowly.
        self.db.execute(f"CREATE OR REPLACE TEMP TABLE named AS {differing}")
        return self._one(f"SELECT count(*) FROM named WHERE {identifiers.kind('place', place=True)} IS NOT NULL")[0] > 0  # noqa: S608

    def _of_row(self) -> str:
        """SQL for the label of a row's period: the month of an ordinary date stands in the cell as it came, but for the
        hour 24, which is of the next day.
        """
        found = periods.of_row(self.dataset, f'"{self.dataset.period_from}"')
        column = periods.period_column(self.dataset)
        if column is None or column.name not in self.headings.at or self.dataset.cadence != "monthly":
            return found
        if column.type not in ("date", "date-time"):
            return found
        cell = f"c{self.headings.at[column.name]}"
        of_next_day = f" AND NOT contains({cell}, '24:')" if column.type == "date-time" else ""
        return f'CASE WHEN "o_{column.name}" IS NOT NULL{of_next_day} THEN left({cell}, 7) ELSE {found} END'

    def periods(self) -> tuple[str, ...]:
        """Labels of the periods that rows say they are of: rows without fault, or all of them where none is; the most
        frequent first, and no more than may be told.
        """
        found = self.db.execute(
            "SELECT of_period, bool_or(NOT wrong) AS fine FROM typed WHERE NOT empty "  # noqa: S608
            f"AND {periods.is_label('of_period')} GROUP BY of_period ORDER BY count(*) DESC, of_period"
        ).fetchall()
        fine = [label for label, is_fine in found if is_fine]
        return tuple(fine or (label for label, _ in found))[:MOST_PERIODS]

    def _one(self, sql: str) -> tuple[int, ...]:
        found: tuple[int, ...] = self.db.execute(sql).fetchall()[0]
        return found

    def _find_repeats(self) -> int:
        """Make the table `repeats` of rows whose key came before; how many."""
        self.db.execute("CREATE TABLE repeats (row BIGINT)")
        if not self.dataset.key:
            return 0
        key = ", ".join(f'"{name}"' for name in self.dataset.key)
        no_key = " AND ".join(f'"{name}" IS NULL' for name in self.dataset.key)
        fine = f"NOT wrong AND NOT empty AND NOT ({no_key})"
        rows, distinct = self._one(f"SELECT count(*), count(DISTINCT hash({key})) FROM typed WHERE {fine}")  # noqa: S608
        if rows == distinct:
            return 0
        self.db.execute(
            f"INSERT INTO repeats SELECT unnest(list_sort(list(row))[2:]) FROM typed WHERE {fine} "  # noqa: S608
            f"GROUP BY {key} HAVING count(*) > 1"
        )
        return self._one("SELECT count(*) FROM repeats")[0]

    @property
    def refused(self) -> int:
        """How many rows are refused."""
        return self.wrong + self.repeats
