"""Census 2021 residents by district and detailed ethnic group.

The source mixes counts and percentages in one column, told apart by “(number)” and “(percent)” at the end of the label.
Counts are kept; percentages say the same again, less exactly.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.ethnic_groups import BROAD
from redway.sources.fields import DISTRICT, DISTRICT_EXAMPLE, Field, RowCheck
from redway.sources.tabular import load_table, loaded

LABEL = rf"({'|'.join(BROAD)}): .+\((number|percent)\)"
COUNTED = "(number)"
FIELDS = (
    Field("district_code", ("ltla21_code", "LAD21CD"), like=DISTRICT, example=DISTRICT_EXAMPLE),
    Field(
        "label",
        ("ethnic_group",),
        like=LABEL,
        example="an ethnic group of the census with (number) or (percent)",
        about="The broad and the detailed group, and whether the value is a number of people or a percentage",
    ),
    Field("value", kind="number", least=0, about="People of the group, or their percentage, which is not kept"),
)
PERCENTAGES = "percentages left aside"
WHOLE = RowCheck(
    "a number of people that is not whole",
    lambda table: pc.and_(
        pc.ends_with(table["label"], COUNTED), pc.not_equal(table["value"], pc.floor(table["value"]))
    ),
    column="value",
    expected="a whole number of people",
)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """Nineteen rows a district."""
    definition = dataset("residents-ethnicity-districts")
    table, read, refused = load_table(
        path, definition, FIELDS, file_name=file_name, into=into, key=("district_code", "label"), checks=(WHOLE,)
    )
    counted = table.filter(pc.ends_with(table["label"], COUNTED))
    names = [label.removesuffix(COUNTED).partition(": ") for label in counted["label"].to_pylist()]
    given = pa.table(
        {
            "district_code": counted["district_code"],
            "broad_group": pa.array([BROAD[broad] for broad, _, _ in names], pa.string()),
            "ethnic_group": pa.array([" ".join(name.split()) for _, _, name in names], pa.string()),
            "residents": pc.cast(counted["value"], pa.int64()),
        }
    )
    aside = table.num_rows - counted.num_rows
    notes = {PERCENTAGES: aside} if aside else {}
    return [loaded(given, definition, into=into, rows_read=read, refused=refused, notes=notes)]
