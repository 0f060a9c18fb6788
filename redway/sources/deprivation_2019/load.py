"""Indices of Deprivation 2019, by LSOA of 2011."""

from pathlib import Path

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.deprivation import fields
from redway.sources.tabular import load_table, loaded

FIELDS = fields(vintage="11", housing="Housing_and_Access")


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for the whole of England."""
    definition = dataset("deprivation-2019")
    table, read, refused = load_table(path, definition, FIELDS, file_name=file_name, into=into, key=("lsoa11_code",))
    return [loaded(table, definition, into=into, rows_read=read, refused=refused)]
