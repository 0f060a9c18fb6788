"""LSOA 2021 to ward 2024, in the portal's own headings (LSOA21CD) or those of the R package geographr."""

from pathlib import Path

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.fields import DISTRICT, DISTRICT_EXAMPLE, LSOA, LSOA_EXAMPLE, Field
from redway.sources.tabular import load_table, loaded

FIELDS = (
    Field("lsoa21_code", ("LSOA21CD",), like=LSOA, example=LSOA_EXAMPLE),
    Field("lsoa21_name", ("LSOA21NM",)),
    Field("ward_code", ("ward24_code", "WD24CD"), like="[A-Z]05[0-9]{6}", example="a ward code such as E05009406"),
    Field("ward_name", ("ward24_name", "WD24NM")),
    Field("district_code", ("ltla24_code", "LAD24CD"), like=DISTRICT, example=DISTRICT_EXAMPLE),
    Field("district_name", ("ltla24_name", "LAD24NM")),
)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for the whole of England and Wales."""
    definition = dataset("lsoa-wards")
    table, read, refused = load_table(path, definition, FIELDS, file_name=file_name, into=into, key=("lsoa21_code",))
    return [loaded(table, definition, into=into, rows_read=read, refused=refused)]
