"""Mid-2020 population by district and single year of age, under ONS headings or those of the R package demographr."""

from pathlib import Path

from redway.sources.ages import ADDS_UP
from redway.sources.ages import FIELDS as AGES
from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.fields import DISTRICT, DISTRICT_EXAMPLE, Field
from redway.sources.tabular import load_table, loaded

FIELDS = (
    Field("district_code", ("ltla21_code", "LAD21CD", "Code"), like=DISTRICT, example=DISTRICT_EXAMPLE),
    Field("district_name", ("ltla21_name", "LAD21NM", "Name")),
    *AGES,
)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for the whole of England and Wales."""
    definition = dataset("population-districts")
    table, read, refused = load_table(
        path, definition, FIELDS, file_name=file_name, into=into, key=("district_code",), checks=(ADDS_UP,)
    )
    return [loaded(table, definition, into=into, rows_read=read, refused=refused)]
