"""Census 2021 residents of districts by sex and broad age, under the headings of the R package demographr."""

from functools import reduce
from pathlib import Path

import pyarrow.compute as pc

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.tabular import DISTRICT, DISTRICT_EXAMPLE, Field, RowCheck, load_table, loaded

AGES = ("younger", "working_age", "older")
FIELDS = (
    Field("district_code", ("ltla21_code", "LAD21CD"), like=DISTRICT, example=DISTRICT_EXAMPLE),
    Field("residents", ("total_population",), kind="integer", least=0),
    Field("female", ("total_females",), kind="integer", least=0),
    Field("male", ("total_males",), kind="integer", least=0),
    *(Field(f"{age}_female", (f"{age}_females",), kind="integer", least=0) for age in AGES),
    *(Field(f"{age}_male", (f"{age}_males",), kind="integer", least=0) for age in AGES),
)
CHECKS = (
    RowCheck(
        "women and men do not add up to all residents",
        lambda table: pc.not_equal(pc.add(table["female"], table["male"]), table["residents"]),
        column="residents",
        expected="the sum of women and men",
    ),
    *(
        RowCheck(
            f"the ages of {sex}s are more than all of them",
            lambda table, sex=sex: pc.greater(reduce(pc.add, (table[f"{age}_{sex}"] for age in AGES)), table[sex]),
            column=sex,
            expected="at least the sum of its ages",
        )
        for sex in ("female", "male")
    ),
)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for the whole of England and Wales."""
    definition = dataset("residents-age-sex")
    table, read, refused = load_table(
        path, definition, FIELDS, file_name=file_name, into=into, key=("district_code",), checks=CHECKS
    )
    return [loaded(table, definition, into=into, rows_read=read, refused=refused)]
