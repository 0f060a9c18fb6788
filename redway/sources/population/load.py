"""Mid-2020 population by LSOA 2011 and single year of age, under ONS headings or those of the R package demographr."""

from functools import reduce
from pathlib import Path

import pyarrow.compute as pc

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.tabular import LSOA, LSOA_EXAMPLE, Field, RowCheck, load_table, loaded

AGES = (*(f"age_{age}" for age in range(90)), "age_90_and_over")
FIELDS = (
    Field("lsoa11_code", ("LSOA Code", "LSOA11CD"), like=LSOA, example=LSOA_EXAMPLE),
    Field("persons", ("total_population", "All Ages"), kind="integer", least=0),
    *(Field(age, (age.removeprefix("age_"),), kind="integer", least=0) for age in AGES[:-1]),
    Field(AGES[-1], ("90+",), kind="integer", least=0),
)
ADDS_UP = RowCheck(
    "the ages do not add up to all persons",
    lambda table: pc.not_equal(reduce(pc.add, (table[age] for age in AGES)), table["persons"]),
    column="persons",
    expected="the sum of the single years of age",
)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for the whole of England and Wales."""
    definition = dataset("population")
    table, read, refused = load_table(
        path, definition, FIELDS, file_name=file_name, into=into, key=("lsoa11_code",), checks=(ADDS_UP,)
    )
    return [loaded(table, definition, into=into, rows_read=read, refused=refused)]
