"""From checked rows to submissions: one Parquet file a period, named by its content, with what was measured of it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from redway.errors import FileRefused, Place
from redway.sources.dataset import Column, Facts, Loaded
from redway.sources.returned import periods
from redway.sources.returned.cells import sql_type
from redway.sources.returned.refusing import Refusing
from redway.sources.returned.rows import ROW_GROUP, Rows
from redway.store import query

Change = Callable[[duckdb.DuckDBPyConnection, str], str]
OURS = ("of_period", "row")  # columns of work, never written
WRITTEN = f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP}"


@dataclass
class Submissions:
    """The rows of a return that stand, ready to be written by period."""

    rows: Rows
    refusing: Refusing
    change: Change | None
    doubts: tuple[str, ...] = ()  # of the file as a whole

    def prepare(self) -> None:
        """Make the view `standing`: rows without fault, changed as their dataset asks, with month, period and area."""
        db, dataset = self.rows.db, self.rows.dataset
        without = "AND row NOT IN (SELECT row FROM repeats)" if self.rows.repeats else ""
        db.execute(
            "CREATE VIEW fine AS SELECT * EXCLUDE (empty, floats, wrong, grave) FROM typed "  # noqa: S608
            f"WHERE NOT wrong AND NOT empty {without}"
        )
        view = "fine"
        if self.change:
            view = self.change(db, "fine")
        found = db.execute(f"DESCRIBE {view}").fetchall()
        self._columns = {name: kind for name, kind, *_ in found}
        added = {}
        column = periods.period_column(dataset)
        if column is not None and "month" not in self._columns:
            added["month"] = periods.month_of_row(dataset, column)
        if column is not None and "period" not in self._columns:
            added["period"] = "of_period"
        if dataset.area_from and "lsoa_code" not in self._columns:
            added["lsoa_code"] = f'"{dataset.area_from}"'
        self._added = added
        more = "".join(f", {sql} AS {name}" for name, sql in added.items())
        db.execute(f"CREATE VIEW standing AS SELECT *{more}, {self._outside} AS lies_outside FROM {view}")  # noqa: S608

    @cached_property
    def _outside(self) -> str:
        """SQL, true for a row outside the partnership; rows without an area are kept."""
        dataset = self.rows.dataset
        if not dataset.area_from or dataset.keep_outside or not self.rows.areas:
            return "false"
        area = f'"{dataset.area_from}"'
        return f"{area} IS NOT NULL AND {area} NOT IN (SELECT code FROM areas WHERE ours)"  # noqa: S608

    @cached_property
    def kept(self) -> list[str]:
        """The columns that are written, in order."""
        gone = {c.name for c in self.rows.dataset.columns if not c.kept} | {*OURS, "lies_outside"}
        described = self.rows.db.execute("DESCRIBE standing").fetchall()
        return [name for name, *_ in described if name not in gone]

    def made(self) -> list[Loaded]:
        """One submission a period, written. Raises FileRefused when none of the rows lies in the partnership."""
        db, rows = self.rows.db, self.rows
        # What was made of other columns differs only where they do.
        told = [name for name in self.kept if name not in self._added]
        cells = ", chr(31), ".join(f'coalesce("{name}"::VARCHAR, chr(30))' for name in told)
        # Where each row has a name of its own no two can be alike, and need not be compared.
        named = [c for c in rows.dataset.columns if c.name in rows.dataset.key and c.required and c.name in self.kept]
        alike = not named
        different = f"count({'DISTINCT digest' if alike else '*'}) FILTER (NOT lies_outside)"
        groups = db.execute(
            "SELECT of_period, count(*) FILTER (NOT lies_outside), count(*) FILTER (lies_outside), "  # noqa: S608
            "sum((digest & 18446744073709551615::UHUGEINT)::UBIGINT) FILTER (NOT lies_outside), "
            "sum((digest >> 64)::UBIGINT) FILTER (NOT lies_outside), "
            f"{different} FROM "
            f"(SELECT *, md5_number(concat({cells})) AS digest FROM standing) "
            "GROUP BY of_period ORDER BY count(*) DESC, of_period"
        ).fetchall()
        if groups and not any(inside for _, inside, *_ in groups):
            raise FileRefused(
                f"rows in {rows.context.partnership.place}",
                came=f"{sum(outside for _, _, outside, *_ in groups):,} rows, all of them elsewhere",
                cause="the return of another district.",
                place=Place(rows.file.name),
            )
        return [self._one(at, *group) for at, group in enumerate(groups)]

    def _one(
        self, at: int, period: str, inside: int, outside: int, low: int | None, high: int | None, different: int
    ) -> Loaded:
        rows, name = self.rows, self.rows.dataset.name
        content = hashlib.sha256(f"{name}:{period}:{inside}:{low}:{high}".encode()).hexdigest()
        path = rows.into / f"{content}.parquet"
        which = f"of_period = {query.text(period)}" + (" AND NOT lies_outside" if outside else "")
        columns = ", ".join(self._written(each, period) for each in self.kept)
        rows.db.execute(f"COPY (SELECT {columns} FROM standing WHERE {which}) TO {query.text(path)} ({WRITTEN})")  # noqa: S608
        refused = self.refusing.by_reason(period, others=at == 0)
        notes = {"outside": outside, "empty rows": rows.empty if at == 0 else 0}
        notes["whole numbers written as decimals"] = self._floats(period)
        return Loaded(
            provider=rows.context.agency,
            period=period,
            parquet=path,
            content=content,
            rows_read=inside + outside + sum(r.count for r in refused),
            rows_accepted=inside,
            refused=refused,
            notes={note: count for note, count in notes.items() if count},
            facts=self._facts(path, inside - different, outside),
            doubts=self.doubts,
        )

    def _written(self, column: str, period: str) -> str:
        """SQL for a column as it is written. A list of one word is written many times faster than that word as text,
        and read as text again.
        """
        same = self._added.get(column) == "of_period"
        return f'{query.text(period)}::ENUM ({query.text(period)}) AS "{column}"' if same else f'"{column}"'

    def empty(self, period: str) -> Loaded:
        """A true zero: no rows, for a period that was named."""
        return self._one(0, period, 0, 0, None, None, 0)

    def _floats(self, period: str) -> int:
        if not self.rows.floats:
            return 0
        found = self.rows.db.execute(
            f"SELECT count(*) FROM typed WHERE floats AND NOT wrong AND of_period = {query.text(period)}"  # noqa: S608
        ).fetchall()
        return int(found[0][0])

    def _facts(self, path: Path, repeated: int, outside: int) -> Facts:
        """What is measured of the rows accepted."""
        dataset, source = self.rows.dataset, f"read_parquet({query.text(path)})"
        known = {c.name: c for c in dataset.columns if c.name in self.kept}
        watched = [known[name] for name in dataset.watched if name in known]
        totals = [name for name in dataset.totals if name in self.kept]
        dated = dataset.dates_from or dataset.period_from
        dates = [n for n, c in known.items() if n == dated and sql_type(c) in ("DATE", "TIMESTAMP")]
        asked = ["count(*)", *(f"count(*) FILTER ({self._unknown(c)})" for c in watched)]
        asked += [f'coalesce(sum("{name}"), 0)::DOUBLE' for name in totals]
        asked += [f'{which}("{name}")::DATE::VARCHAR' for name in dates for which in ("min", "max")] or ["''", "''"]
        timed = [n for n, c in known.items() if n == dated and sql_type(c) == "TIMESTAMP"]
        asked += [f"count(*) FILTER (\"{name}\"::TIME = TIME '00:00')" for name in timed] or ["0"]
        _, *found = self.rows.db.execute(f"SELECT {', '.join(asked)} FROM {source}").fetchall()[0]  # noqa: S608
        codes = {
            c.name: dict(
                self.rows.db.execute(
                    f'SELECT "{c.name}", count(*) FROM {source} WHERE "{c.name}" IS NOT NULL GROUP BY 1 ORDER BY 1'  # noqa: S608
                ).fetchall()
            )
            for c in known.values()
            if c.codes and not c.many
        }
        return Facts(
            unknown=dict(zip((c.name for c in watched), found, strict=False)),
            codes=codes,
            totals=dict(zip(totals, found[len(watched) :], strict=False)),
            repeated=repeated,
            outside=outside,
            first=found[-3] or "",
            last=found[-2] or "",
            midnight=found[-1],
        )

    def _unknown(self, column: Column) -> str:
        codes = {*column.unknown, *(self.rows.look_ups[column.codes].unknown if column.codes else ())}
        listed = ", ".join(query.text(code) for code in sorted(codes))
        return f'"{column.name}" IS NULL' + (f' OR "{column.name}"::VARCHAR IN ({listed})' if listed else "")
