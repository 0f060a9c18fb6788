"""Months of street crime taken in, and what there is then."""

import pyarrow.parquet as pq

from redway.work.returns.receive import receive
from redway.work.returns.versions import snapshot

FEBRUARY = "2025-02-thames-valley-street.csv"


def street(*paths):
    return receive(paths, dataset="police-street", by="an analyst")


def on_disk(home):
    """Every file that is accepted or kept as sent, and whatever is left in the work folder."""
    folders = (home.accepted, home.raw, home.incoming)
    return sorted(p.relative_to(home.root).as_posix() for f in folders for p in f.rglob("*") if p.is_file())


def rows(version=None):
    """How many rows each force's month has in a data version, read from its files."""
    return {(p.provider, p.period): pq.read_metadata(p.path).num_rows for p in snapshot(version).of("police-street")}
