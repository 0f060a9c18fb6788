"""How data.police.uk names its files: `2025-01-thames-valley-street.csv`, and what tells the kinds apart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from redway import periods
from redway.errors import FileRefused, Place
from redway.sources.dataset import Dataset
from redway.store import csv_file
from redway.store.csv_file import CsvFile

KINDS = {"street": "street crime", "outcomes": "outcomes", "stop-and-search": "stop and search"}
# A column that only this kind of file has: the surest sign of a file of another kind under this name.
TELLING_COLUMNS = {
    "Last outcome category": "street",
    "Outcome type": "outcomes",
    "Object of search": "stop-and-search",
}


@dataclass(frozen=True)
class FileName:
    """What the publisher's naming gives a file: its month, and its force as `forces.slug` spells it."""

    month: str
    force: str


def read(file_name: str, kind: str) -> FileName | None:
    """What a file's name says; None under other names. Raises FileRefused for a month that cannot be."""
    found = re.fullmatch(rf"([0-9]{{4}}-[0-9]{{2}})-(.+)-{kind}\.csv", PurePosixPath(file_name).name, re.IGNORECASE)
    if not found:
        return None
    try:
        return FileName(periods.label(periods.month(found[1])), found[2])
    except ValueError:
        raise FileRefused(
            "a file name that begins with a month, such as 2025-01",
            came=f"“{found[1]}”",
            cause="the file was renamed.",
            place=Place(file_name),
        ) from None


def skips(file_name: str, kind: str) -> str:
    """Why a file found in a zip or folder is of another kind; empty when it may be of this one."""
    name = file_name.lower()
    other = next((words for k, words in KINDS.items() if k != kind and name.endswith(f"-{k}.csv")), "")
    return f"{other}, not {KINDS[kind]}" if other else ""


def refuse_others(file: CsvFile, kind: str, definition: Dataset, columns: Sequence[str]) -> None:
    """Raise FileRefused for a file of another kind, or with other columns than the publisher's `columns`."""
    other = next((k for column, k in TELLING_COLUMNS.items() if column in file.columns and k != kind), "")
    if other:
        raise FileRefused(
            f"a file of {KINDS[kind]}",
            came=f"one of {KINDS[other]}",
            cause=f"the publisher's download holds several kinds of file; take those that end in -{kind}.csv. "
            f"{definition.where_from}",
            place=Place(file.name),
        )
    csv_file.refuse_other_columns(file, columns, where_from=f"a wrong or edited file. {definition.where_from}")
