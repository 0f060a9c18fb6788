"""Cubes: rows counted once by comparable area, month and type, and read many times.

A cube is one Parquet file in the home's `derived/cubes`, named by everything it rests on: the accepted
rows, the map from area codes of either vintage to comparable areas, the columns it counts by, and the
version of the counting below. So a new data version that holds the same police files finds the cube of
the old one, nothing is ever invalidated, and the folder can be deleted at any time.

The counting (`counting.py`) is compiled to the SQL of the engine that runs it: DuckDB, or Spark over the same
Parquet files when one machine is too small (REDWAY_ENGINE=spark).
"""

import hashlib
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb
import numpy as np
import numpy.typing as npt

from redway import periods
from redway.errors import RedwayError
from redway.indicators.counting import counting
from redway.store.accepted import reading
from redway.store.files import room_on_disk
from redway.store.home import Home
from redway.store.query import connect, text
from redway.store.snapshot import Part, Snapshot

VERSION = 1  # raise it when `counting.py` or the layout of the file changes
KEPT = 32  # cubes held in memory by one process

# An engine counts the rows of these files, given which area each code lies in, and writes the cube.
Engine = Callable[[Sequence[str], Sequence[Path], Mapping[str, str], Path], None]


@dataclass(frozen=True)
class Words:
    """A column of repeated words, held as numbers: entry i is words[codes[i]]."""

    words: tuple[str | None, ...]
    codes: npt.NDArray[np.int64]

    @classmethod
    def of(cls, entries: Sequence[str | None]) -> "Words":
        number = {word: i for i, word in enumerate(dict.fromkeys(entries))}
        return cls(tuple(number), np.fromiter((number[e] for e in entries), np.int64, len(entries)))

    def each(self, value: Callable[[str | None], int]) -> npt.NDArray[np.int64]:
        """A number for each entry, worked out once for each word."""
        return np.array([value(word) for word in self.words], np.int64)[self.codes]


@dataclass(frozen=True)
class Cube:
    """Counts by comparable area, month and the values of some columns; one entry for each that has rows.

    area     codes of comparable areas
    month    months as ints (see redway.periods), one per entry
    columns  column name -> its value, one per entry; None where the publisher left it blank
    count    rows, one per entry
    """

    area: Words
    month: npt.NDArray[np.int64]
    columns: Mapping[str, Words]
    count: npt.NDArray[np.int64]

    def counts(
        self, where: Mapping[str, Sequence[str]], areas: Sequence[str], months: range
    ) -> npt.NDArray[np.float64]:
        """Rows whose columns hold one of the values asked for, areas x months; zero where there are none."""
        at = {code: i for i, code in enumerate(areas)}
        row = self.area.each(lambda code: at.get(code or "", -1))
        chosen = (row >= 0) & (self.month >= months.start) & (self.month < months.stop)
        for column, values in where.items():
            chosen &= self.columns[column].each(frozenset(values).__contains__) == 1
        found = np.zeros((len(areas), len(months)))
        np.add.at(found, (row[chosen], self.month[chosen] - months.start), self.count[chosen])
        return found


def cube(
    snapshot: Snapshot, dataset: str, area_of: Mapping[str, str], columns: Sequence[str], home: Home | None = None
) -> Cube:
    """The cube of a dataset by some of its columns, built on first use.

    `area_of` maps an LSOA code of either vintage to the code of its comparable area; rows with any other
    code, or none, are not counted. Raises RedwayError for an unknown engine.
    """
    columns = sorted(columns)
    rests_on = (VERSION, snapshot.digest(dataset), sorted(area_of.items()), columns)
    key = hashlib.sha256(repr(rests_on).encode()).hexdigest()[:20]
    path = (home or Home.current()).derived / "cubes" / f"{dataset}-{key}.parquet"
    with _LOCK:
        if path not in _IN_MEMORY:
            while len(_IN_MEMORY) >= KEPT:
                _IN_MEMORY.pop(next(iter(_IN_MEMORY)))
            # A missing cube, or one that a power cut left unreadable, is simply counted again.
            with suppress(duckdb.Error):
                _IN_MEMORY[path] = _read(path, columns)
            if path not in _IN_MEMORY:
                _IN_MEMORY[path] = _build(path, snapshot.of(dataset), area_of, columns)
        return _IN_MEMORY[path]


_LOCK = threading.Lock()
_IN_MEMORY: dict[Path, Cube] = {}


def _build(path: Path, parts: Sequence[Part], area_of: Mapping[str, str], columns: Sequence[str]) -> Cube:
    """Count beside the final name, then rename: two processes that build one cube write the same thing twice."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half_done = path.with_name(f".{path.stem}-{uuid4().hex}.parquet")
    try:
        with room_on_disk(path.parent), reading(parts) as accepted:
            engine()(columns, accepted, area_of, half_done)
            built = _read(half_done, columns)
            half_done.replace(path)
    finally:
        half_done.unlink(missing_ok=True)
    return built


def _read(path: Path, columns: Sequence[str]) -> Cube:
    with connect(path.parent) as connection:
        found = connection.execute("from read_parquet(?)", [str(path)]).fetchnumpy()
    entries = {name: Words.of(found[name].tolist()) for name in ("area", "month", *columns)}
    months = entries.pop("month").each(lambda label: periods.month(label or ""))
    return Cube(entries.pop("area"), months, entries, found["count"])


def duckdb_engine(columns: Sequence[str], parts: Sequence[Path], area_of: Mapping[str, str], into: Path) -> None:
    """Count in DuckDB, which streams: memory stays level however many rows there are."""
    with connect(into.parent) as connection:
        connection.execute("create table comparable (lsoa_code varchar, area varchar)")
        connection.execute(
            "insert into comparable select unnest(?::varchar[]), unnest(?::varchar[])",
            [list(area_of), list(area_of.values())],
        )
        connection.read_parquet([str(p) for p in parts]).create_view("accepted")
        connection.execute(f"copy ({counting(columns, 'duckdb')}) to {text(into)} (format parquet)")


def engine() -> Engine:
    """The engine that REDWAY_ENGINE names: duckdb (the default) or spark."""
    name = os.environ.get("REDWAY_ENGINE", "duckdb")
    if name == "duckdb":
        return duckdb_engine
    if name == "spark":
        from redway.indicators.spark import spark_engine

        return spark_engine
    raise RedwayError("REDWAY_ENGINE to be duckdb or spark", came=f"“{name}”", cause="a spelling mistake.")
