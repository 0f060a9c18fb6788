"""Census 2011 by LSOA. The source has the heading “Persons” thrice, and one blank: the first is all persons."""

from pathlib import Path

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.fields import LSOA, LSOA_EXAMPLE, Field
from redway.sources.tabular import load_table, loaded

FIELDS = (
    Field("lsoa11_code", ("LSOA Code", "LSOA11CD"), like=LSOA, example=LSOA_EXAMPLE),
    Field("residents", ("Persons",), kind="integer", least=0),
    Field("households", kind="integer", least=0),
    Field("hectares", kind="number", least=0),
)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for the whole of England and Wales."""
    definition = dataset("census-2011")
    table, read, refused = load_table(path, definition, FIELDS, file_name=file_name, into=into, key=("lsoa11_code",))
    return [loaded(table, definition, into=into, rows_read=read, refused=refused)]
