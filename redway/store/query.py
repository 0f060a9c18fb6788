"""The query engine: DuckDB in memory, over Parquet and CSV files, with bounded memory and no downloads."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

# By threads. With less, one thread waits for the other, so that few rows are held that are out of order.
MEMORY = {1: "400MB", 2: "600MB"}


@contextmanager
def connect(spill: Path, *, memory: str = "", threads: int = 1) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own, closed at the end.

    spill   folder for what does not fit into `memory` (MEMORY of so many threads, unless said); made when it is needed
    """
    database = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": memory or MEMORY[min(threads, max(MEMORY))],
            "temp_directory": str(spill),
            "threads": threads,
        }
    )
    try:
        yield database
    finally:
        database.close()


def set_variables(database: duckdb.DuckDBPyConnection, **values: str | Sequence[str] | None) -> None:
    """Set what `getvariable` gives: a text, a list of texts, or null."""
    for name, value in values.items():
        said = "NULL" if value is None else text(value) if isinstance(value, str) else texts(value)
        database.execute(f"SET VARIABLE {name} = {said}")


def texts(values: Iterable[str]) -> str:
    """A list of texts as SQL writes it. Quicker than a parameter: DuckDB asks of each item what it is."""
    return f"[{', '.join(map(text, values))}]::VARCHAR[]"


def text(value: str | Path) -> str:
    """A text as SQL writes it, for the few statements that take no parameters."""
    return "'" + str(value).replace("'", "''") + "'"
