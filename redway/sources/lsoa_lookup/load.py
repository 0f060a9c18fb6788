"""LSOA 2011 to 2021, in the portal's own headings (LSOA11CD) or those of the R package geographr."""

from pathlib import Path

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.fields import DISTRICT, DISTRICT_EXAMPLE, LSOA, LSOA_EXAMPLE, Field
from redway.sources.tabular import load_table, loaded

FIELDS = (
    Field("lsoa11_code", ("LSOA11CD",), like=LSOA, example=LSOA_EXAMPLE),
    Field("lsoa11_name", ("LSOA11NM",)),
    Field("change", ("change_code", "CHGIND", "CHNGIND"), like="[USMX]", example="U, S, M or X"),
    Field("lsoa21_code", ("LSOA21CD",), like=LSOA, example=LSOA_EXAMPLE),
    Field("lsoa21_name", ("LSOA21NM",)),
    Field("district_code", ("ltla22_code", "LAD22CD"), like=DISTRICT, example=DISTRICT_EXAMPLE),
    Field("district_name", ("ltla22_name", "LAD22NM")),
)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for the whole of England and Wales."""
    definition = dataset("lsoa-lookup")
    table, read, refused = load_table(
        path, definition, FIELDS, file_name=file_name, into=into, key=("lsoa11_code", "lsoa21_code")
    )
    return [loaded(table, definition, into=into, rows_read=read, refused=refused)]
