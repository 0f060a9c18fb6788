"""What tests of several datasets share: a partnership that knows its areas, and files in a publisher's layout."""

import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from redway.sources.dataset import Context
from redway.store.profile import Profile
from redway.store.snapshot import Part, Snapshot


@pytest.fixture
def context(partnership, area_lookup):
    """What a loader may know: the areas of `area_lookup`, and nothing else yet."""
    path = partnership.accepted / "lookup.parquet"
    areas = csv.read_csv(area_lookup).select(["lsoa11_code", "lsoa21_code", "ltla22_code"])
    pq.write_table(areas.rename_columns(["lsoa11_code", "lsoa21_code", "district_code"]), path)
    lookup = Part("lsoa-lookup", "ONS", "", "lookup", 5, path, 1)
    return Context(partnership, Profile.of(partnership).partnership, Snapshot(1, (lookup,)))


@pytest.fixture
def sent(tmp_path):
    """Writes a CSV file and gives its path: each row is a dictionary of what differs from an ordinary row."""

    def write(ordinary, rows, name, *, columns=None, end="\n", start=b""):
        columns = list(columns or ordinary)
        lines = [columns, *([(ordinary | row)[column] for column in columns] for row in rows)]
        path = tmp_path / "sent" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(start + "".join(",".join(line) + end for line in lines).encode())
        return path

    return write
