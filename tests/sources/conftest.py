"""What tests of several datasets share: a partnership that knows its areas, and files in a publisher's layout."""

import duckdb
import pytest

from redway.sources.dataset import Context
from redway.store.profile import Profile
from redway.store.snapshot import Part, Snapshot


@pytest.fixture
def context(partnership, area_lookup):
    """What a loader may know: the areas of `area_lookup`, and nothing else yet."""
    path = partnership.accepted / "lookup.parquet"
    duckdb.execute(
        f"COPY (SELECT lsoa11_code, lsoa21_code, ltla22_code AS district_code FROM '{area_lookup}') TO '{path}'"
    )
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
