"""What measures are made of: rows counted and added up once by period and group, and read many times.

A tally is one small file in the home's `derived/tallies`, named by everything it rests on, like a cube. DuckDB
streams over the accepted Parquet files, so memory stays level; a page never comes here twice.
"""

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

import duckdb

from redway import periods
from redway.indicators.conditions import Condition
from redway.indicators.coverage import readable
from redway.indicators.measure import Group, Measure
from redway.store.accepted import reading
from redway.store.home import Home
from redway.store.query import connect
from redway.store.snapshot import Part, Snapshot

VERSION = 2  # raise it when the counting below changes
KEPT = 400  # tallies held in memory by one process; each is some dozens of numbers
YEAR = 12


@dataclass(frozen=True)
class Tally:
    """What was counted of one period and group: whole numbers of rows, sums of numbers and of weights.

    base     rows that are looked at and can be judged; for a count by agencies, the sum of what it is out of
    hits     those of them that count; the sum of the numerator
    unknown  rows that cannot be judged either way
    weights, weights_hit, squares  of a survey: sums of the weights, of those that count, of the squares
    median   of a clock of dates: days, None where nothing came of any
    below    of a sum: how many of the numbers in it are below zero
    """

    period: str
    group: str
    base: float
    hits: float
    unknown: int = 0
    weights: float = 0.0
    weights_hit: float = 0.0
    squares: float = 0.0
    median: float | None = None
    below: int = 0


@dataclass(frozen=True)
class Tallies:
    """All of one measure, and the periods that its own rows tell of: who sent them -> the months covered."""

    values: tuple[Tally, ...]
    sent: Mapping[str, frozenset[int]]

    def of(self, period: str, group: str) -> Tally:
        """That of one period and group; nothing counted where there is none."""
        found = next((t for t in self.values if (t.period, t.group) == (period, group)), None)
        return found or Tally(period, group, 0, 0)

    def tells_of(self, period: str, group: str) -> bool:
        """Whether any row was of that period and group."""
        return any((t.period, t.group) == (period, group) for t in self.values)


def tallies(snapshot: Snapshot, measure: Measure, last: int | None, home: Home | None = None) -> Tallies:
    """What a measure is made of, counted on first use.

    `last` is the month in which the latest year ends, where years are asked for. Raises NotSetUp where a gateway
    does not let what it needs be read.
    """
    parts = readable(snapshot, measure.dataset, measure.columns)
    rests_on = (VERSION, snapshot.digest(measure.dataset), measure.model_dump_json(), last)
    key = hashlib.sha256(repr(rests_on).encode()).hexdigest()[:20]
    path = (home or Home.current()).derived / "tallies" / f"{measure.dataset}-{key}.json"
    with _LOCK:
        if path not in _IN_MEMORY:
            while len(_IN_MEMORY) >= KEPT:
                _IN_MEMORY.pop(next(iter(_IN_MEMORY)))
            _IN_MEMORY[path] = _read(path) or _made(path, parts, measure, last)
        return _IN_MEMORY[path]


_LOCK = threading.Lock()
_IN_MEMORY: dict[Path, Tallies] = {}


def _read(path: Path) -> Tallies | None:
    """A kept tally; one that is missing or that a power cut left unreadable is counted again."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        sent = {who: frozenset(months) for who, months in kept["sent"].items()}
        return Tallies(tuple(Tally(**one) for one in kept["values"]), sent)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _made(path: Path, parts: Sequence[Part], measure: Measure, last: int | None) -> Tallies:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with reading(parts) as accepted, connect(path.parent) as connection:
        counted = _count(connection, accepted, parts, measure, last)
    kept = {"values": [asdict(one) for one in counted.values], "sent": {w: sorted(m) for w, m in counted.sent.items()}}
    half_done = path.with_name(f".{path.stem}-{uuid4().hex}.json")
    try:
        half_done.write_text(json.dumps(kept), "utf-8")
        half_done.replace(path)
    finally:
        half_done.unlink(missing_ok=True)
    return counted


def _count(
    connection: duckdb.DuckDBPyConnection,
    accepted: Sequence[Path],
    parts: Sequence[Part],
    measure: Measure,
    last: int | None,
) -> Tallies:
    read = connection.read_parquet([str(p) for p in accepted], union_by_name=True, filename=True)
    missing = sorted(measure.columns - set(read.columns))  # an optional column that nobody sent is empty throughout
    read.project(", ".join(["*", *(f'null::varchar as "{column}"' for column in missing)])).create_view("everything")
    connection.execute(f"create table counted as {_rows(measure, set(read.columns))}")
    connection.execute("create table sender (file varchar, who varchar, period varchar)")
    connection.executemany("insert into sender values (?, ?, ?)", [[str(p.path), p.provider, p.period] for p in parts])
    connection.execute(
        "update counted set span = sender.period from sender where counted.span is null and counted.file = sender.file"
    )
    labels = _labels(connection, measure, last)
    connection.execute("create table label (span varchar, period varchar)")
    if labels:
        connection.executemany("insert into label values (?, ?)", list(labels.items()))
    told = "amount is not null" if measure.typed else "true"
    found = connection.execute(f"select distinct sender.who, span from counted join sender using (file) where {told}")  # noqa: S608 - checked names
    sent: dict[str, set[int]] = {}
    for who, at in found.fetchall():
        sent.setdefault(who, set()).update(_months(at))
    values = [one for group in (None, *measure.groups) for one in _of(connection, measure, group)]
    return Tallies(tuple(values), {who: frozenset(months) for who, months in sent.items()})


def _rows(measure: Measure, there: set[str]) -> str:
    """The rows that matter, each with its period and whether it is looked at, counts, or cannot be judged."""
    given = [f'"{c}" is not null' for c in measure.known]
    known = [f"not {Condition(where={c: list(measure.unknown)}).sql}" for c in measure.known if measure.unknown]
    judged = " and ".join([*given, *known]) or "true"
    columns = {
        "file": "filename",
        "span": f"cast({_at(measure, there)} as varchar)",
        "grp": _named(measure.group, "varchar"),
        "judged": f"({judged})",
        "hit": f"(({judged}) and {measure.hits.sql})",
        "person": _named(measure.distinct, "varchar"),
        "amount": _named(measure.amount, "double"),
        "out_of": _named(measure.over, "double"),
        "worth": _named(measure.weight, "double"),
        "days": _days(measure),
    }
    chosen = ", ".join(f'{sql} as "r_{name}"' for name, sql in columns.items())
    broken_down = [column for column in measure.whole if column != measure.group]
    sql = f"select {', '.join([chosen, *_quoted(broken_down)])} from everything where {measure.rows.sql}"  # noqa: S608 - checked names
    for column in broken_down:
        # Where a sender gives the whole of a period, its parts are left out; where only parts came, they are it.
        whole = f'bool_or("{column}" is null) over (partition by r_file, r_span)'
        sql = f'select * from ({sql}) qualify "{column}" is null or not {whole}'  # noqa: S608 - checked names
    return f"select {', '.join(f'r_{name} as {name}' for name in columns)} from ({sql})"  # noqa: S608 - checked names


def _at(measure: Measure, there: set[str]) -> str:
    """What says which period a row is of: the wave, the period as it was sent, or the month where there is one."""
    if measure.wave:
        return f'"{measure.wave}"'
    names = [name for name in (["period"] if measure.by == "own" else ["month", "period"]) if name in there]
    return f"coalesce({', '.join([*names, 'null'])})"


def _named(column: str, kind: str) -> str:
    return f'cast("{column}" as {kind})' if column else f"null::{kind}"


def _quoted(columns: Sequence[str]) -> list[str]:
    return [f'"{column}"' for column in columns]


def _days(measure: Measure) -> str:
    if not measure.between:
        return "null::double"
    first, last = measure.between
    return f'cast(date_diff(\'day\', cast("{first}" as date), cast("{last}" as date)) as double)'


def _labels(connection: duckdb.DuckDBPyConnection, measure: Measure, last: int | None) -> dict[str, str]:
    """The period of each month or period of rows, as it is asked for; a year ends in the month `last` of each."""
    found = connection.execute("select distinct span from counted where span is not null").fetchall()
    return {at: label for (at,) in found if (label := label_of(at, measure, last))}


def label_of(at: str, measure: Measure, last: int | None) -> str:
    """The period that the rows of `at` go to; empty where they are of two, or of none."""
    if measure.by == "own" or measure.wave:
        return at
    months = _months(at)
    found = {period_of(month, measure.by, last) for month in months}
    return found.pop() if len(found) == 1 else ""


def period_of(month: int, by: str, last: int | None) -> str:
    """The period of a kind that a month lies in."""
    if by == "quarter":
        return periods.quarter(month)
    if by == "year" and last is not None:
        return periods.year_ending(month + (last - month) % YEAR)
    return periods.label(month)


def _months(at: str | None) -> Sequence[int]:
    try:
        return periods.months_of(at or "")
    except ValueError:  # the name of a wave
        return ()


def _of(connection: duckdb.DuckDBPyConnection, measure: Measure, group: Group | None) -> list[Tally]:
    """The tallies of one group, or of all together, by period."""
    mine = Condition(where={"grp": list(group.values)}).sql if group else "true"
    if measure.amount:
        base = "sum(out_of) filter (where amount is not null and out_of is not null)"
        hits = f"sum(amount) filter (where hit{' and out_of is not null' if measure.over else ''})"
        unknown = "count(*) filter (where amount is null)"
    else:
        one = "distinct person" if measure.distinct else "*"
        named = f" and {mine}" if measure.of_all else ""
        base, hits = f"count({one}) filter (where judged)", f"count({one}) filter (where hit{named})"
        unknown = f"count({one}) filter (where not judged)"
    if measure.between:
        hits = f"count(*) filter (where hit and days <= {measure.within!r})"
    where = "true" if measure.of_all else mine
    found = connection.execute(
        f"select period, coalesce({base}, 0), coalesce({hits}, 0), {unknown}, "  # noqa: S608 - checked names
        "coalesce(sum(worth) filter (where judged), 0), "
        f"coalesce(sum(worth) filter (where hit{' and ' + mine if measure.of_all else ''}), 0), "
        "coalesce(sum(worth * worth) filter (where judged), 0), median(days) filter (where judged), "
        "count(*) filter (where hit and amount < 0) "
        f"from counted join label using (span) where {where} group by period order by period"
    ).fetchall()
    label = group.label if group else ""
    return [
        Tally(
            *(period, label, float(b), float(h), int(u), float(w), float(wh), float(w2)),
            None if m is None else float(m),
            int(below),
        )
        for period, b, h, u, w, wh, w2, m, below in found
    ]
