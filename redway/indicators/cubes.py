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
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

import duckdb
import numpy as np
import numpy.typing as npt

from redway import periods
from redway.errors import RedwayError
from redway.indicators.conditions import WRITTEN, Where
from redway.indicators.counting import as_text, counting
from redway.indicators.coverage import readable
from redway.sources import dataset as datasets
from redway.store.accepted import reading
from redway.store.files import room_on_disk
from redway.store.home import Home
from redway.store.query import connect, text
from redway.store.snapshot import Part, Snapshot

VERSION = 2  # raise it when `counting.py` or the layout of the file changes
KEPT = 32  # cubes held in memory by one process

# An engine counts the rows of these files, given which area each code lies in and whether rows without one count,
# and writes the cube.
Engine = Callable[[Sequence[str], Sequence[Path], Mapping[str, str], bool, Path], None]
NOWHERE = -1  # the month of a row whose period is longer than a month


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

    area     codes of comparable areas; None for rows without an area, where those count
    month    months as ints (see redway.periods), one per entry; NOWHERE where rows tell no month
    columns  column name -> its value, one per entry; None where the publisher left it blank
    count    rows, one per entry
    """

    area: Words
    month: npt.NDArray[np.int64]
    columns: Mapping[str, Words]
    count: npt.NDArray[np.int64]

    def counts(
        self, alternatives: Sequence[Where], areas: Sequence[str], months: range
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Rows whose columns hold one of the values asked for, all of one alternative at least.

        Two arrays: areas x months, and by month the rows without an area; zero where there are none.
        """
        at = {code: i for i, code in enumerate(areas)}
        row = self.area.each(lambda code: len(at) if code is None else at.get(code, -1))
        chosen = (row >= 0) & (self.month >= months.start) & (self.month < months.stop)
        chosen &= np.any([self._holds(where) for where in alternatives], axis=0)
        found = np.zeros((len(areas) + 1, len(months)))
        np.add.at(found, (row[chosen], self.month[chosen] - months.start), self.count[chosen])
        return found[:-1], found[-1]

    def _holds(self, where: Where) -> npt.NDArray[np.bool_]:
        """Whether each entry's columns all hold a value asked for; a cell may hold several codes, parted by `;`."""
        holds = np.ones(self.count.shape, dtype=bool)
        for column, values in where.items():
            wanted = {WRITTEN.get(v, v) for v in values} | set(values)
            holds &= self.columns[column].each(partial(_among, wanted)) == 1
        return holds


def _among(wanted: Collection[str], cell: str | None) -> bool:
    """Whether a cell, or one of the codes in it that semicolons part, is wanted."""
    return cell is not None and any(code in wanted for code in cell.split(";"))


def cube(
    snapshot: Snapshot, dataset: str, area_of: Mapping[str, str], columns: Sequence[str], home: Home | None = None
) -> Cube:
    """The cube of a dataset by some of its columns, built on first use.

    `area_of` maps an LSOA code of either vintage to the code of its comparable area; rows with any other
    code are not counted, and those with none only in what partners send of their own place. Raises RedwayError for
    an unknown engine, NotSetUp for columns that no gateway in force lets be read.
    """
    columns = sorted(columns)
    parts = readable(snapshot, dataset, columns)
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
                _IN_MEMORY[path] = _build(path, parts, area_of, columns, datasets.dataset(dataset).access == "partners")
        return _IN_MEMORY[path]


_LOCK = threading.Lock()
_IN_MEMORY: dict[Path, Cube] = {}


def _build(
    path: Path, parts: Sequence[Part], area_of: Mapping[str, str], columns: Sequence[str], unplaced: bool
) -> Cube:
    """Count beside the final name, then rename: two processes that build one cube write the same thing twice."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half_done = path.with_name(f".{path.stem}-{uuid4().hex}.parquet")
    try:
        with room_on_disk(path.parent), reading(parts) as accepted:
            engine()(columns, accepted, area_of, unplaced, half_done)
            built = _read(half_done, columns)
            half_done.replace(path)
    finally:
        half_done.unlink(missing_ok=True)
    return built


def _read(path: Path, columns: Sequence[str]) -> Cube:
    with connect(path.parent) as connection:
        found = connection.execute("from read_parquet(?)", [str(path)]).fetchnumpy()
    entries = {name: Words.of(found[name].tolist()) for name in ("area", "month", *columns)}
    months = entries.pop("month").each(lambda label: periods.month(label) if label else NOWHERE)
    return Cube(entries.pop("area"), months, entries, found["count"])


def duckdb_engine(
    columns: Sequence[str], parts: Sequence[Path], area_of: Mapping[str, str], unplaced: bool, into: Path
) -> None:
    """Count in DuckDB, which streams: memory stays level however many rows there are."""
    with connect(into.parent) as connection:
        connection.execute("create table comparable (lsoa_code varchar, area varchar)")
        connection.execute(
            "insert into comparable select unnest(?::varchar[]), unnest(?::varchar[])",
            [list(area_of), list(area_of.values())],
        )
        rows = connection.read_parquet([str(p) for p in parts], union_by_name=True)
        rows.project(as_text(columns, rows.columns)).create_view("accepted")
        counted = counting(columns, "duckdb", unplaced=unplaced)
        connection.execute(f"copy ({counted}) to {text(into)} (format parquet)")


def engine() -> Engine:
    """The engine that REDWAY_ENGINE names: duckdb (the default) or spark."""
    name = os.environ.get("REDWAY_ENGINE", "duckdb")
    if name == "duckdb":
        return duckdb_engine
    if name == "spark":
        from redway.indicators.spark import spark_engine

        return spark_engine
    raise RedwayError("REDWAY_ENGINE to be duckdb or spark", came=f"“{name}”", cause="a spelling mistake.")
