"""Census 2021 residents by LSOA and broad ethnic group, under the headings of the R package demographr."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from redway.errors import FileRefused, Place
from redway.sources.dataset import Context, Dataset, Loaded, dataset
from redway.sources.ethnic_groups import BROAD
from redway.sources.fields import LSOA, LSOA_EXAMPLE, Field
from redway.sources.tabular import load_table, loaded

FIELDS = (
    Field("lsoa21_code", ("LSOA21CD",), like=LSOA, example=LSOA_EXAMPLE),
    Field("ethnic_group", like="|".join(BROAD), example="one of the census's five ethnic groups"),
    Field("residents", ("n",), kind="integer", least=0),
    Field(
        "total_residents",
        kind="integer",
        least=0,
        about="Usual residents of all groups, the same in each row of an area",
    ),
)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """Five rows an area. Raises FileRefused when the groups of an area do not add up to its residents."""
    definition = dataset("residents-ethnicity")
    table, read, refused = load_table(
        path, definition, FIELDS, file_name=file_name, into=into, key=("lsoa21_code", "ethnic_group")
    )
    _refuse_torn(table, definition, file_name)
    codes = pa.array([BROAD[group] for group in table["ethnic_group"].to_pylist()])
    given = pa.table(
        {"lsoa21_code": table["lsoa21_code"], "ethnic_group": codes, "residents": table["residents"]}
    ).sort_by([("lsoa21_code", "ascending"), ("ethnic_group", "ascending")])
    return [loaded(given, definition, into=into, rows_read=read, refused=refused)]


def _refuse_torn(table: pa.Table, definition: Dataset, file_name: str) -> None:
    areas = table.group_by("lsoa21_code").aggregate([("residents", "sum"), ("total_residents", "max")])
    torn = areas.filter(pc.not_equal(areas["residents_sum"], areas["total_residents_max"]))
    if torn.num_rows:
        raise FileRefused(
            "ethnic groups that add up to the residents of each area",
            came=f"{torn.num_rows:,} areas where they do not, {torn['lsoa21_code'][0]} the first",
            cause=f"rows that are missing or came twice. {definition.where_from}",
            place=Place(file_name, column="n"),
        )
