"""Tables of people by single year of age, under the publisher's headings or those of the R package demographr."""

from functools import reduce

import pyarrow.compute as pc

from redway.sources.fields import Field, RowCheck

AGES = (*(f"age_{age}" for age in range(90)), "age_90_and_over")
FIELDS = (
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
