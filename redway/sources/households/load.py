"""Census 2021 households by district."""

from pathlib import Path

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.fields import DISTRICT, DISTRICT_EXAMPLE, Field
from redway.sources.tabular import load_table, loaded

FIELDS = (
    Field(
        "district_code",
        ("ltla23_code", "LAD23CD", "ltla21_code", "LAD21CD", "geography code"),
        like=DISTRICT,
        example=DISTRICT_EXAMPLE,
    ),
    Field("households", ("Number of households",), kind="integer", least=0),
)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for the whole of England and Wales."""
    definition = dataset("households")
    table, read, refused = load_table(path, definition, FIELDS, file_name=file_name, into=into, key=("district_code",))
    return [loaded(table, definition, into=into, rows_read=read, refused=refused)]
