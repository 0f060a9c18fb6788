"""Census 2021 residents of districts by sex and broad age, under the headings of the R package demographr."""

from functools import reduce
from pathlib import Path

import pyarrow.compute as pc

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.fields import DISTRICT, DISTRICT_EXAMPLE, Field, RowCheck
from redway.sources.tabular import load_table, loaded

AGES = ("younger", "working_age", "older")
FIELDS = (
    Field("district_code", ("ltla21_code", "LAD21CD"), like=DISTRICT, example=DISTRICT_EXAMPLE),
    Field("residents", ("total_population",), kind="integer", least=0),
    Field("female", ("total_females",), kind="integer", least=0),
    Field("male", ("total_males",), kind="integer", least=0),
    *(Field(f"{age}_female", (f"{age}_females",), kind="integer", least=0) for age in AGES),
    *(Field(f"{age}_male", (f"{age}_males",), kind="integer", least=0) for age in AGES),
)


def _beyond(sex: str) -> RowCheck:
    """More people of three ages than there are of a sex."""
    ages = [f"{age}_{sex}" for age in AGES]
    return RowCheck(
        f"the ages of one sex are more than all of them ({sex})",
        lambda table: pc.greater(reduce(pc.add, (table[age] for age in ages)), table[sex]),
        column=sex,
        expected="at least the sum of its ages",
    )


CHECKS = (
    RowCheck(
        "women and men do not add up to all residents",
        lambda table: pc.not_equal(pc.add(table["female"], table["male"]), table["residents"]),
        column="residents",
        expected="the sum of women and men",
    ),
    _beyond("female"),
    _beyond("male"),
)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for the whole of England and Wales."""
    definition = dataset("residents-age-sex")
    table, read, refused = load_table(
        path, definition, FIELDS, file_name=file_name, into=into, key=("district_code",), checks=CHECKS
    )
    return [loaded(table, definition, into=into, rows_read=read, refused=refused)]
