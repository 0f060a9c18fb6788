"""The refused rows of a delivery: by reason for its report, and as a list that its sender can work through.

Loaders leave them in REFUSED, one file each, in work folders that are gone when checking ends; so they are
gathered before.
"""

import csv
import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redway.errors import line_of, plain
from redway.sources.dataset import REFUSED
from redway.store import query
from redway.work.returns.report import Reason

HEADS = ("File", "Line", "Column", "What was there", "Why it was refused", "What is expected", "How to mend it")
OF_CELL = ("column", "value", "rule", "expected", "mend")  # under the last five of HEADS
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # how a cell begins that a spreadsheet would run
AT_ONCE = 5_000  # rows in memory
BY_RULE = """
    SELECT rule, count(DISTINCT "row"), min("row"), "column", arg_min(value, "row"), arg_min(expected, "row"),
        arg_min(mend, "row")
    FROM read_parquet($1) GROUP BY rule, "column" ORDER BY min("row"), "column"
"""
SHOWN = 300  # characters of a cell in a report; the list has all of them


@dataclass
class RefusedRows:
    """Gathers what was refused while it can be found.

    keep     puts the list away, a packed CSV file that is gone afterwards
    folders  the work folder of each file that was begun, and the file's name
    """

    keep: Callable[[Path], None]
    folders: dict[Path, str] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    rows: int = 0

    def gather(self) -> None:
        """Read every list there is, in the order of the files."""
        found = [(name, path) for folder, name in sorted(self.folders.items()) if (path := folder / REFUSED).is_file()]
        if not found:
            return
        self.reasons, self.rows = tuple(_reasons(found)), sum(_rows(path) for _, path in found)
        if self.reasons:
            made = found[0][1].parent / "refused.csv.gz"
            _write(found, made)
            self.keep(made)
            made.unlink()


def _reasons(found: Sequence[tuple[str, Path]]) -> Iterator[Reason]:
    """Every reason once over all files: its first row, and how many rows have it. The most frequent comes first."""
    merged: dict[tuple[str, str], Reason] = {}
    for name, path in found:
        with query.connect(path.parent / "spill") as database:
            rows = database.execute(BY_RULE, [str(path)]).fetchall()
        for rule, count, row, column, value, expected, mend in rows:
            was = merged.get((rule, column))
            merged[rule, column] = (
                Reason(rule, count, name, row, column or "", _short(value), expected or "", mend or "")
                if was is None
                else Reason(rule, was.count + count, *(was.file, was.row, was.column, was.came, was.expected, was.mend))
            )
    yield from sorted(merged.values(), key=lambda reason: -reason.count)


def _rows(path: Path) -> int:
    """How many rows have a fault; a row may have several."""
    with query.connect(path.parent / "spill") as database:
        sql = 'SELECT count(DISTINCT "row") FROM read_parquet($1)'
        found: int = database.execute(sql, [str(path)]).fetchall()[0][0]
        return found


def _short(value: str | None) -> str:
    """A cell for a page: its beginning, with what would steer a screen written out."""
    text = plain(value or "")
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _write(found: Sequence[tuple[str, Path]], into: Path) -> None:
    """The list as CSV: why, then the row's own cells as they came, so that it can be mended and sent again.

    Packed, since a row says the same of each of its faults: a small file of faults alone is told in a hundred times
    its size, and the list is kept for weeks.
    """
    import pyarrow.parquet as pq

    with gzip.open(into, "wt", compresslevel=1, encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        heading: list[str] | None = None
        for name, path in found:
            for batch in pq.ParquetFile(path).iter_batches(AT_ONCE):
                for row in batch.to_pylist():
                    cells = json.loads(row["line"]) if row.get("line") else {}
                    if heading is None:
                        heading = list(cells) if isinstance(cells, dict) else []
                        writer.writerow([*HEADS, *(disarmed(h) for h in heading)])
                    why = (
                        name,
                        line_of(row["row"]),
                        *(row[c] for c in ("column", "value", "rule", "expected", "mend")),
                    )
                    own = (
                        [cells.get(h, "") for h in heading] + [v for h, v in cells.items() if h not in heading]
                        if isinstance(cells, dict)
                        else cells
                    )
                    writer.writerow([disarmed(cell) for cell in (*why, *own)])


def disarmed(cell: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
