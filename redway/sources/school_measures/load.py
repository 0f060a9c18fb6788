"""The tool's data dictionary, under the publisher's headings."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.fields import Field
from redway.sources.tabular import load_table, loaded

FIELDS = (
    Field(
        "measure",
        ("Measure_short",),
        like="[A-Za-z0-9%][A-Za-z0-9 %&(),/<_-]{0,79}",
        example="a short name of a measure such as TotFixedEx",
    ),
    Field("topic", ("Topic",)),
    Field("title", ("Measure",)),
    Field("unit", ("y_axis_name",), optional=True),
    Field("year_kind", ("Year_Type",), optional=True),
    Field("better", ("Polarity",), optional=True),
    Field("description", ("Description",), optional=True),
    Field("method", ("Methodology",), optional=True),
    Field("owner", ("Data Owner (DO) /Supplier and Contact Details",), optional=True),
)
NONE = ("NA", "-")


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for every measure."""
    definition = dataset("school-measures")
    table, read, refused = load_table(
        path, definition, FIELDS, file_name=file_name, into=into, key=("measure", "topic", "title")
    )
    empty = pa.scalar(None, pa.string())
    cleaned = {
        name: pc.if_else(pc.is_in(table[name], pa.array(NONE)), empty, table[name]) for name in table.column_names
    }
    return [loaded(pa.table(cleaned), definition, into=into, rows_read=read, refused=refused)]
