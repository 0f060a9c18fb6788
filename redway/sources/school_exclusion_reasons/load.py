"""Reasons for exclusions: one wide row for each year, area and kind of school becomes a row for each reason."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from redway.sources.dataset import Context, Dataset, Loaded, dataset
from redway.sources.fields import Field
from redway.sources.returned.look_ups import look_up
from redway.sources.tabular import load_table, loaded

KINDS = {"perm": "permanent", "fixed": "suspension"}
LEVELS = ("NATIONAL", "REGIONAL", "LOCAL AUTHORITY")
WITHHELD = "x"
NOTE = "counts withheld by the publisher"
KEY = ("year", "level", "area_number", "region_code", "area_code", "school_type")
AREAS = (
    Field("year", like="20[0-9]{4}", example="a school year such as 201617", about="The school year"),
    Field("level", like="|".join(LEVELS), example="NATIONAL, REGIONAL or LOCAL AUTHORITY"),
    Field("country_code", like="E92000001", example="E92000001, for England", about="Code of England"),
    Field("country_name", about="England"),
    Field("region_code", optional=True, about="Code of the region; empty for England"),
    Field("region_name", optional=True, about="Name of the region; empty for England"),
    Field("area_number", ("old_la_code",), like="[0-9]{3}", example="the department's number", optional=True),
    Field("area_code", ("new_la_code",), like=r"E[0-9]{8}|\.", example="the code of an authority", optional=True),
    Field("area_name", ("la_name",), optional=True),
    Field("school_type"),
)


def _headings() -> dict[str, tuple[str, str]]:
    """Each heading of a count -> its kind and the code of its reason."""
    reasons = look_up(dataset("school-exclusion-reasons"), "reasons").entries
    return {
        f"{prefix}_{spelling}": (kind, entry.code)
        for prefix, kind in KINDS.items()
        for entry in reasons
        for spelling in entry.was
    }


HEADINGS = _headings()
FIELDS = (
    *AREAS,
    *(
        Field(
            heading,
            like=r"[0-9]{1,9}(\.[0-9]{1,9})?|" + WITHHELD,
            example="a number, or x where it is withheld",
            about=f"{'Permanent exclusions' if kind == 'permanent' else 'Suspensions'} for the reason {reason}",
        )
        for heading, (kind, reason) in HEADINGS.items()
    ),
)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for the whole of England."""
    definition = dataset("school-exclusion-reasons")
    table, read, refused = load_table(path, definition, FIELDS, file_name=file_name, into=into, key=KEY)
    places = _places(table)
    rows = pa.concat_tables([_rows(table[h], places, definition, kind, code) for h, (kind, code) in HEADINGS.items()])
    count = rows.num_rows + read - table.num_rows  # of counts, not of wide rows, so that what was taken can be told
    withheld = pc.sum(pc.equal(rows["status"], "withheld")).as_py() or 0
    notes = {NOTE: withheld} if withheld else {}
    return [loaded(rows.combine_chunks(), definition, into=into, rows_read=count, refused=refused, notes=notes)]


def _places(table: pa.Table) -> dict[str, pa.Array]:
    """What every count of a wide row has in common: the year, where it was, and the kind of school."""
    years, level = table["year"].combine_chunks().dictionary_encode(), table["level"]
    periods = pa.array([f"YE-{int(year[:4]) + 1}-08" for year in years.dictionary.to_pylist()], pa.string())
    none = pa.scalar(None, pa.string())
    code = pc.if_else(pc.equal(table["area_code"], "."), none, table["area_code"])
    return {
        "period": periods.take(years.indices),
        "level": pc.utf8_lower(level),
        "area_code": pc.case_when(
            pc.make_struct(pc.equal(level, LEVELS[0]), pc.equal(level, LEVELS[1])),
            table["country_code"],
            table["region_code"],
            code,
        ),
        "area_number": table["area_number"],
        "area_name": pc.coalesce(table["area_name"], table["region_name"], table["country_name"]),
        "school_type": table["school_type"],
    }


def _rows(cells: pa.ChunkedArray, places: dict[str, pa.Array], definition: Dataset, kind: str, reason: str) -> pa.Table:
    """The rows of one count."""
    told = pc.not_equal(cells, WITHHELD)
    given = places | {
        "kind": pa.repeat(kind, len(cells)),
        "reason": pa.repeat(reason, len(cells)),
        "count": pc.cast(pc.if_else(told, cells, pa.scalar(None, pa.string())), pa.float64()),
        "status": pc.if_else(told, "known", "withheld"),
    }
    return pa.table({column.name: given[column.name] for column in definition.columns})
