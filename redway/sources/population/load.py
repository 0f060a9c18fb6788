"""Mid-2020 population by LSOA 2011 and single year of age, under ONS headings or those of the R package demographr."""

from pathlib import Path

from redway.sources.ages import ADDS_UP
from redway.sources.ages import FIELDS as AGES
from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.fields import LSOA, LSOA_EXAMPLE, Field
from redway.sources.tabular import load_table, loaded

FIELDS = (Field("lsoa11_code", ("LSOA Code", "LSOA11CD"), like=LSOA, example=LSOA_EXAMPLE), *AGES)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for the whole of England and Wales."""
    definition = dataset("population")
    table, read, refused = load_table(
        path, definition, FIELDS, file_name=file_name, into=into, key=("lsoa11_code",), checks=(ADDS_UP,)
    )
    return [loaded(table, definition, into=into, rows_read=read, refused=refused)]
