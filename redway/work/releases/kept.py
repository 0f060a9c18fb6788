"""Editions on disk: what was shown, beside the exact counts it was made of, in one file that is never changed.

The files lie in the home's folder `released/`, as closed as the accepted files, and are named by their content. A file
is safe on disk before the row that names it; one that no row names was never shown to anybody.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from redway.errors import RedwayError
from redway.indicators.counts import Mark, Table
from redway.indicators.release import Cell, Edition, Policy, Released, kept
from redway.store.files import put
from redway.store.home import Home

VERSION = 1
HALF_DONE = ".table-half-done-"


@dataclass(frozen=True)
class Kept:
    """One edition read back.

    public   what everybody may be told of it: title, what, period, rows, columns, notes, dataset, data_version
    edition  the figures as they were released, with the counts they were made of
    """

    public: Mapping[str, Any]
    edition: Edition

    @property
    def released(self) -> Released:
        return self.edition.released


def as_public(released: Released, about: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that is shown of an edition, as plain values."""
    return {
        **about,
        "row_labels": list(released.rows),
        "column_labels": list(released.columns),
        "policy": asdict(released.policy),
        "cells": [[_cell(cell) for cell in line] for line in released.cells],
    }


def shown(public: Mapping[str, Any]) -> str:
    """The hash of everything that is shown."""
    return hashlib.sha256(_text(public)).hexdigest()


def keep(table: Table, public: Mapping[str, Any], home: Home) -> tuple[str, str]:
    """Write an edition, safe on disk: the name of its file, and the file's hash. The same edition is one file."""
    whole = {
        "version": VERSION,
        "public": public,
        "counts": [[None if np.isnan(count) else int(count) for count in line] for line in table.counts],
        "marks": sorted([row, column, str(mark)] for (row, column), mark in table.marks.items()),
        "totals": [table.row_totals, table.column_totals, table.grand_total],
    }
    text = _text(whole)
    digest = hashlib.sha256(text).hexdigest()
    name = f"table-{digest[:24]}.json"
    home.released.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = home.released / f"{HALF_DONE}{uuid4().hex}"
    try:
        made.write_bytes(text)
        made.chmod(0o600)
        final = home.released / name
        if final.is_file() and hashlib.sha256(final.read_bytes()).hexdigest() != digest:
            made.replace(final)  # one that a disk damaged
        else:
            put(made, final)
    finally:
        made.unlink(missing_ok=True)
    return name, digest


def tidy(home: Home) -> None:
    """Remove what whoever was stopped while writing left half done. Only for who releases alone."""
    for left in home.released.glob(f"{HALF_DONE}*"):
        left.unlink(missing_ok=True)


def read(name: str, digest: str, home: Home) -> Kept:
    """An edition as it was kept. Raises RedwayError where its file is missing or was changed."""
    path: Path = home.released / name
    try:
        text = path.read_bytes()
        if hashlib.sha256(text).hexdigest() != digest:
            raise ValueError("its hash is another")
        whole = json.loads(text)
        if whole["version"] != VERSION:
            raise ValueError("it was written by another release of Redway")
        return _restored(whole)
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise RedwayError(
            f"the file {path}, which holds what was released",
            came="no such file" if isinstance(fault, FileNotFoundError) else str(fault),
            cause="it was removed or changed by hand, or a disk failed. Put it back from a backup: without it nothing "
            "more of its table can be released.",
        ) from fault


def _restored(whole: Mapping[str, Any]) -> Kept:
    public = whole["public"]
    row_totals, column_totals, grand_total = whole["totals"]
    table = Table(
        tuple(public["row_labels"]),
        tuple(public["column_labels"]),
        np.array([[np.nan if count is None else count for count in line] for line in whole["counts"]], dtype=float),
        row_totals,
        column_totals,
        grand_total,
        marks={(row, column): Mark(mark) for row, column, mark in whole["marks"]},
    )
    cells = tuple(tuple(Cell(cell[0], tuple(map(Mark, cell[1]))) for cell in line) for line in public["cells"])
    return Kept(public, kept(table, cells, Policy(**public["policy"])))


def _cell(cell: Cell) -> list[Any]:
    return [cell.value, [str(mark) for mark in cell.marks]]


def _text(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, sort_keys=True, ensure_ascii=True, allow_nan=False, indent=1).encode()
