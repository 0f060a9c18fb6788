"""Census 2021 residents by LSOA: table TS001 as Nomis publishes it, or any table that repeats an area's total.

The table of ethnic groups is such a one: five rows an area, each with the area's `total_residents`.
"""

from pathlib import Path

import pyarrow as pa

from redway.errors import FileRefused, Place
from redway.sources.dataset import Context, Dataset, Loaded, dataset
from redway.sources.fields import LSOA, LSOA_EXAMPLE, Field
from redway.sources.tabular import load_table, loaded

FIELDS = (
    Field("lsoa21_code", ("geography code", "LSOA21CD"), like=LSOA, example=LSOA_EXAMPLE),
    Field(
        "residents",
        ("total_residents", "Residence type: Total; measures: Value"),
        kind="integer",
        least=0,
    ),
    # Tells the rows of one area apart where there are several; never read further.
    Field("ethnic_group", optional=True),
)
FOLDED = "further rows of an area, with the same total"


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One row an area. Raises FileRefused when two rows of one area give different totals."""
    definition = dataset("residents")
    table, read, refused = load_table(
        path, definition, FIELDS, file_name=file_name, into=into, key=("lsoa21_code", "ethnic_group")
    )
    areas = _one_row_each(table, definition, file_name)
    folded = table.num_rows - areas.num_rows
    return [
        loaded(
            areas,
            definition,
            into=into,
            rows_read=read,
            refused=refused,
            notes={FOLDED: folded} if folded else {},
        )
    ]


def _one_row_each(table: pa.Table, definition: Dataset, file_name: str) -> pa.Table:
    distinct = table.select(["lsoa21_code", "residents"]).group_by(["lsoa21_code", "residents"]).aggregate([])
    per_area = distinct.group_by("lsoa21_code").aggregate([([], "count_all")])
    torn = per_area.filter(pa.compute.greater(per_area["count_all"], 1))
    if torn.num_rows:
        raise FileRefused(
            "one total of residents for each area",
            came=f"{torn.num_rows:,} areas with several, {torn['lsoa21_code'][0]} the first",
            cause=f"a table whose column is no total. {definition.where_from}",
            place=Place(file_name, column="residents"),
        )
    return distinct.sort_by("lsoa21_code").select(["lsoa21_code", "residents"])
