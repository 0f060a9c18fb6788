"""Findings kept per basis as derived Parquet: computed once, read afterwards, safe to delete at any time."""

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from redway.findings.finding import Finding, WhatChanged
from redway.indicators.places import places
from redway.indicators.series import Area
from redway.methods.comparison.change import Change
from redway.store.home import Home
from redway.store.profile import Partnership
from redway.store.snapshot import Snapshot

KEPT = 8  # bases held in memory by one process
ABOUT = b"redway"  # the key of the file's own notes

MEASURES = tuple(f.name for f in fields(Change))
SCHEMA = pa.schema(
    [
        ("signal_id", pa.string()),
        ("indicator", pa.string()),
        ("what", pa.string()),
        ("area", pa.string()),
        ("kind", pa.string()),
        ("after_months", pa.list_(pa.int32())),
        ("before_months", pa.list_(pa.int32())),
        ("adjusted", pa.float64()),
        ("listed", pa.bool_()),
        ("method", pa.string()),
        ("rounded_to", pa.int32()),
        *((name, pa.float64()) for name in MEASURES),
    ]
)

_LOCK = threading.Lock()
_IN_MEMORY: dict[Path, WhatChanged] = {}


def stored(basis: str, snapshot: Snapshot, partnership: Partnership, compute: Callable[[], WhatChanged]) -> WhatChanged:
    """What was found on this basis: from memory, else from its file, else computed and kept."""
    path = Home.current().derived / "findings" / f"{basis}.parquet"
    with _LOCK:
        if path not in _IN_MEMORY:
            while len(_IN_MEMORY) >= KEPT:
                _IN_MEMORY.pop(next(iter(_IN_MEMORY)))
            # a missing file, or one that a power cut left unreadable, is simply computed again
            with suppress(OSError, pa.ArrowInvalid):
                where = places(snapshot, partnership)
                _IN_MEMORY[path] = read(path, {a.code: a for a in (where.partnership, *where.areas)})
            if path not in _IN_MEMORY:
                _IN_MEMORY[path] = compute()
                write(_IN_MEMORY[path], path)
        return _IN_MEMORY[path]


def write(found: WhatChanged, path: Path) -> None:
    """Beside the final name, then renamed: nobody reads half a file."""
    rows = [_row(f) for f in found.every]
    about = {
        "too_small": found.too_small,
        "not_compared": dict(found.not_compared),
        "rate": found.rate,
        "basis": found.basis,
    }
    table = pa.Table.from_pylist(rows, schema=SCHEMA.with_metadata({ABOUT: json.dumps(about).encode()}))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half_done = path.with_name(f".{path.stem}-{uuid4().hex}.parquet")
    try:
        pq.write_table(table, half_done)
        half_done.replace(path)
    finally:
        half_done.unlink(missing_ok=True)


def read(path: Path, areas: dict[str, Area]) -> WhatChanged:
    """The findings of a file. Raises OSError or ArrowInvalid where there is none to read."""
    table = pq.read_table(path)
    about = json.loads(table.schema.metadata[ABOUT])
    return WhatChanged(
        tuple(_finding(row, areas, about["basis"]) for row in table.to_pylist()),
        tuple((indicator, area) for indicator, area in about["too_small"]),
        about["not_compared"],
        about["rate"],
        about["basis"],
    )


def _row(f: Finding) -> dict[str, Any]:
    return {
        "signal_id": f.signal_id,
        "indicator": f.indicator,
        "what": f.what,
        "area": f.area.code,
        "kind": f.kind,
        "after_months": f.after,
        "before_months": f.before,
        "adjusted": f.adjusted,
        "listed": f.listed,
        "method": f.method,
        "rounded_to": f.rounded_to,
        **{name: getattr(f.change, name) for name in MEASURES},
    }


def _finding(row: dict[str, Any], areas: dict[str, Area], basis: str) -> Finding:
    return Finding(
        signal_id=row["signal_id"],
        indicator=row["indicator"],
        what=row["what"],
        area=areas[row["area"]],
        kind=row["kind"],
        after=tuple(row["after_months"]),
        before=tuple(row["before_months"]),
        change=Change(**{name: row[name] for name in MEASURES}),
        adjusted=row["adjusted"],
        listed=row["listed"],
        basis=basis,
        method=row["method"],
        rounded_to=row["rounded_to"],
    )
