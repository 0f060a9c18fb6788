"""What is refused of a return: every faulty cell, streamed to refused.parquet, and the summary by reason.

A second look at the file, numbered, which only a faulty one needs. Whatever the number of faults, no more than a batch
of rows is held in memory.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from duckdb.func import ARROW, SPECIAL

from redway.errors import FileRefused, Place
from redway.sources.dataset import REFUSED, Refusals
from redway.sources.returned import identifiers
from redway.sources.returned.cells import DAY_FIRST, MONTH_FIRST, NO_DAY, OTHER_PERIOD, TO_COME
from redway.sources.returned.faults import HIDDEN, Fault
from redway.sources.returned.nearest import Nearest
from redway.sources.returned.rows import ROW_GROUP, Rows
from redway.store import query

AGAIN = "came before"
EITHER = "a date with the day or the year first"
AN_EMPTY_CELL = "an empty cell"
SHOWN = 200  # characters of a cell that are repeated
WRITTEN = f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP}"


@dataclass
class Refusing:
    """The refused rows of a file whose rows were typed."""

    rows: Rows

    @property
    def file(self) -> Path:
        return self.rows.into / REFUSED

    def refuse_identifiers(self) -> None:
        """Raise FileRefused when a cell holds what looks like a direct identifier. Where they are is written down, and
        what stands there is not.
        """
        if not self.rows.grave:
            return
        self._write(self._identifiers())
        row, column, rule, count = self.rows.db.execute(
            'SELECT min(row), arg_min("column", row), arg_min(rule, row), count(DISTINCT row) FROM '  # noqa: S608
            f"read_parquet({query.text(self.file)})"
        ).fetchall()[0]
        raise FileRefused(
            "a file without direct identifiers",
            came=f"a cell that {rule}",
            cause="a name, number or address was typed into a cell. Take it out at its source; nothing of the file was "
            "kept. If it is a false alarm, such as a shop named after a person, reword the cell.",
            place=Place(self.rows.file.name, row, column),
            count=count,
        )

    def _identifiers(self) -> str:
        """SQL for the cells with direct identifiers, in the form of refused.parquet."""
        told = "SELECT *, row IN (SELECT row FROM typed WHERE grave) AS is_grave"
        found = []
        for place in (False, True):
            cells = [
                f"{{'c': {query.text(self.rows.heading(name))}, 'v': {cell}}}"
                for name, cell in self.rows.searched(place=place).items()
            ]
            if cells:
                found.append(
                    f"SELECT row, c, {identifiers.kind('v', place=place)} AS kind FROM (SELECT row, "  # noqa: S608
                    f"unnest([{', '.join(cells)}], recursive := true) FROM ({told} FROM ({self.rows.checked()})) "
                    "WHERE is_grave) WHERE kind IS NOT NULL"
                )
        return (
            f"SELECT row, c AS \"column\", '{HIDDEN}' AS value, 'holds what looks like ' || kind AS rule, "  # noqa: S608
            "'nothing that names a person' AS expected, "
            "'Take it out at its source: such a file may not be sent.' AS mend, NULL::VARCHAR AS line "
            f"FROM ({' UNION ALL '.join(found)})"
        )

    def write(self, *, month_first: str = "") -> None:
        """Every faulty cell to refused.parquet, in the order of rows.

        month_first  a column whose dates are written so: that is then what is wrong with one that lies elsewhere
        """
        faulty = self._faulty(month_first)
        if month_first:
            swapped = ", ".join(map(query.text, (OTHER_PERIOD, TO_COME, *NO_DAY)))
            its = f'"column" = {query.text(self.rows.heading(month_first))} AND rule IN ({swapped})'
            told = {"rule": MONTH_FIRST, "expected": EITHER, "mend": DAY_FIRST}
            cells = ", ".join(f"CASE WHEN {its} THEN {query.text(w)} ELSE {c} END AS {c}" for c, w in told.items())
            faulty = f"SELECT * REPLACE ({cells}) FROM ({faulty})"  # noqa: S608
        self._write(faulty)

    def _write(self, sql: str) -> None:
        self.rows.file.as_view(self.rows.db, "sent", numbered=True)
        self.rows.db.execute(f"COPY ({sql}) TO {query.text(self.file)} ({WRITTEN})")

    def _faulty(self, month_first: str) -> str:
        """SQL for every faulty cell, in the form of refused.parquet. Rules that compare a column written month first
        with others say nothing: its own stand for what is wrong with it, and the others are left out.
        """
        rows, present = self.rows, self.rows.headings.at
        faults = [(c.wrong, c.number, f'"r_{c.column.name}"') for c in rows.cells if c.column.name in present]
        swapped = 0
        for (wrong, number), rule in zip(rows.rules, rows.dataset.rules, strict=True):
            if month_first and re.search(rf"\b{month_first}\b", rule.wrong):
                if rule.column != month_first or swapped:
                    continue
                number = swapped = rows.faults.add(self._swapped(month_first))
            faults.append((wrong, str(number), f'"r_{rule.column}"' if rule.column in present else "NULL"))
        faults.append(("stray", str(rows.faults.add(STRAY)), "NULL"))
        if key := rows.dataset.key:
            faults.append(("again", str(rows.faults.add(self._again())), f'"r_{key[0]}"'))
        cells = ", ".join(
            f"CASE WHEN {wrong} THEN {{'n': {number}, 'v': left({cell}, {SHOWN})}} END"
            for wrong, number, cell in faults
        )
        known = rows.faults.known
        for name in ("heading", "rule", "expected", "mend", "codes"):
            rows.db.execute(f'SET VARIABLE "{name}" = {query.texts(getattr(fault, name) for fault in known)}')
        rows.db.execute(f'SET VARIABLE "hidden" = {[fault.hidden for fault in known]}')
        # Asked as an expression, not as a join, which would part the rows that are there again from the others.
        again = "row IN (FROM repeats)" if rows.repeats else "false"
        faulty = (
            f"SELECT row, {self._line()} AS line, list_filter([{cells}], lambda f: f IS NOT NULL) AS faults "  # noqa: S608
            f"FROM (SELECT *, {again} AS again FROM ({rows.checked()})) WHERE NOT ({rows.is_empty})"
        )
        each = f"SELECT row, line, faults[1].n AS first, unnest(faults) AS f FROM ({faulty})"  # noqa: S608
        return (
            "SELECT row, getvariable('heading')[f.n] AS \"column\", "  # noqa: S608
            f"CASE WHEN getvariable('hidden')[f.n] AND f.v IS NOT NULL THEN '{HIDDEN}' ELSE f.v END AS value, "
            "getvariable('rule')[f.n] AS rule, getvariable('expected')[f.n] AS expected, "
            f"{self._mend()} AS mend, CASE WHEN f.n = first THEN line END AS line FROM ({each})"
        )

    def _mend(self) -> str:
        """SQL for how to mend the cell of a fault `f`: with the nearest code, where one is near."""
        near = Nearest(self.rows.look_ups)
        self.rows.db.create_function(
            "nearest_code", near.codes, ["VARCHAR", "VARCHAR"], "VARCHAR", type=ARROW, null_handling=SPECIAL
        )
        codes = "getvariable('codes')[f.n]"
        code = f"CASE WHEN {codes} <> '' THEN nullif(nearest_code({codes}, f.v), '') END"
        named = f"'Write “' || {code} || '” if that is what is meant, or another code of the template''s list.'"
        return f"coalesce({named}, getvariable('mend')[f.n])"

    def _swapped(self, column: str) -> Fault:
        return Fault(column, self.rows.heading(column), MONTH_FIRST, EITHER, DAY_FIRST)

    def _again(self) -> Fault:
        name, *more = self.rows.dataset.key
        also = f" (with {', '.join(self.rows.heading(other) for other in more)})" if more else ""
        mend = "Delete the row that is there twice, or mend what names it."
        return Fault(name, self.rows.heading(name), f"{AGAIN}{also}", "each once", mend)

    def _line(self) -> str:
        """SQL for a row's cells as they came, as JSON; what may identify a person is not repeated."""
        cells = []
        for column in (cell.column for cell in self.rows.cells):
            if column.name not in self.rows.headings.at:
                continue
            raw = f'"r_{column.name}"'
            shown = f"left({raw}, {SHOWN})"
            if column.type == "pseudonym":
                shown = f"CASE WHEN \"{column.name}\" IS NULL AND {raw} IS NOT NULL THEN '{HIDDEN}' ELSE {shown} END"
            elif not column.kept:
                shown = f"CASE WHEN {raw} IS NOT NULL THEN '{HIDDEN}' END"
            cells += [query.text(self.rows.heading(column.name)), shown]
        return f"json_object({', '.join(cells)})::VARCHAR"

    def sum_up(self) -> None:
        """Make the view `firsts`: each refused row with its first fault, and whether its period has no other row."""
        self.rows.db.execute(
            "CREATE VIEW firsts AS SELECT r.*, t.of_period, t.of_period IS NULL OR t.of_period NOT IN "  # noqa: S608
            "(SELECT DISTINCT of_period FROM typed WHERE of_period IS NOT NULL AND NOT wrong AND NOT empty) AS lone "
            "FROM (SELECT *, row IS DISTINCT FROM lag(row) OVER () AS first FROM read_parquet("
            f"{query.text(self.file)})) r JOIN typed t USING (row) WHERE first"
        )

    def by_reason(self, period: str = "", *, others: bool = True) -> tuple[Refusals, ...]:
        """Refused rows by their first fault: of one period (and of none that is there, with `others`), or of all."""
        if not self.file.is_file():
            return ()
        which = f"(of_period = {query.text(period)}{' OR lone' if others else ''})" if period else "true"
        found = self.rows.db.execute(
            'SELECT "column", rule, expected, count(*), min(row), arg_min(value, row) FROM firsts '  # noqa: S608
            f"WHERE {which} GROUP BY ALL ORDER BY min(row)"
        ).fetchall()
        return tuple(
            Refusals(
                f"{column}: {rule}" if column else rule,
                count,
                Place(self.rows.file.name, row, column),
                AN_EMPTY_CELL if came is None else came,
                expected,
            )
            for column, rule, expected, count, row, came in found
        )

    def of(self, column: str, rule: str) -> Refusals:
        """The rows in which a column is wrong by a rule, whatever else is wrong in them."""
        expected, count, row, came = self.rows.db.execute(
            "SELECT arg_min(expected, row), least(count(*), $most), min(row), arg_min(coalesce(value, $empty), row) "  # noqa: S608
            f'FROM read_parquet({query.text(self.file)}) WHERE "column" = $column AND rule = $rule',
            {"column": column, "rule": rule, "most": self.rows.refused, "empty": AN_EMPTY_CELL},
        ).fetchall()[0]
        reason = f"{column}: {rule}" if column else rule
        return Refusals(reason, count, Place(self.rows.file.name, row, column), came, expected)


STRAY = Fault("", "", "cells without a heading", "cells under headings only", "Delete the stray cells.")
