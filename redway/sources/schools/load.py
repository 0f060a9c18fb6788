"""The data of the Local Authority Interactive Tool: a value for each measure, year and area, all cells text."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from redway.sources.dataset import Context, Dataset, Loaded, dataset
from redway.sources.fields import NUMBER, Field
from redway.sources.returned.look_ups import LookUp, look_up
from redway.sources.schools import parquet
from redway.sources.table_checks import check_table
from redway.sources.tabular import loaded, read_table
from redway.store.profile import Profile

# A dash stands for no value; letters are the department's marks for values withheld, low or not applicable.
MARKS = "[-:cklxzu]|NA"
FIELDS = (
    Field("measure", ("Short Desc",)),
    Field("item", ("Data item",), optional=True),
    Field("years", like=r"[0-9]{1,4}([-/][0-9/-]{2,8})?( \([A-Za-z]+\))?", example="a year such as 2024 or 2023/24"),
    Field("area_number", ("LA Number",), like="[0-9]{1,4}", example="the department's number of an area, such as 826"),
    Field("area_name", ("LA and Regions",)),
    Field("region", optional=True),
    Field("value", ("Values",), like=f"{NUMBER}|{MARKS}", example="a number, or a dash for none"),
)
KEY = ("measure", "years", "area_number")
NONE_GIVEN = "values not given"
LAST_MONTH = {"calendar-year": "12", "financial-year": "03", "school-year": "08"}
YEARS = re.compile(r"([0-9]{4})(?:[-/]([0-9]{2}))?(?: \(([A-Za-z]+)\))?")


def load(path: Path, *, file_name: str, into: Path, context: Context | None) -> list[Loaded]:
    """One table for the whole of England."""
    definition = dataset("schools")
    if file_name.lower().endswith(".parquet"):
        texts, controls = parquet.read(path, definition, FIELDS, file_name=file_name, work=into), True
    else:
        texts, controls = read_table(path, definition, FIELDS, file_name=file_name, into=into)
    table, read, refused = check_table(texts, definition, FIELDS, file_name=file_name, key=KEY, controls=controls)
    table = _shaped(table, definition, Profile.of(context.home) if context else None)
    lacking = pc.sum(pc.is_null(table["value"].cast(pa.float64()))).as_py() or 0
    notes = {NONE_GIVEN: lacking} if lacking else {}
    return [loaded(table, definition, into=into, rows_read=read, refused=refused, notes=notes)]


def _shaped(table: pa.Table, definition: Dataset, profile: Profile | None) -> pa.Table:
    """The columns of the definition, by code as the table's are: periods for years, codes for the department's numbers,
    numbers for text.
    """
    cells = {name: table[name].combine_chunks() for name in table.column_names}
    ends = _groups(look_up(definition, "measures", profile))
    codes = _groups(look_up(definition, "education-areas", profile))
    given = {
        **cells,
        "period": _periods(cells["years"], cells["measure"], ends),
        "release": _mapped(cells["years"], release),
        "area_code": _mapped(cells["area_number"], codes.get),
        "region": _mapped(cells["region"], lambda region: None if region == "NA" else region),
        "value": pa.DictionaryArray.from_arrays(cells["value"].indices, _numbers(cells["value"].dictionary)),
    }
    return pa.table({column.name: given[column.name] for column in definition.columns})


def _numbers(texts: pa.Array) -> pa.Array:
    """The texts that are numbers; the others null."""
    told = pc.match_substring_regex(texts, f"^(?:{NUMBER})$")
    return pc.cast(pc.if_else(told, texts, pa.scalar(None, pa.string())), pa.float64())


def _periods(years: pa.DictionaryArray, measures: pa.DictionaryArray, ends: Mapping[str, str]) -> pa.DictionaryArray:
    """The period of each row, made once for each pair of a year and the kind of year a measure has."""
    written = years.dictionary.to_pylist()
    each = [period(year, kind) for kind in (*LAST_MONTH, "") for year in written]
    kinds = [[*LAST_MONTH].index(kind) if (kind := ends.get(one, "")) in LAST_MONTH else len(LAST_MONTH)
             for one in measures.dictionary.to_pylist()]  # fmt: skip
    kind = pa.array(kinds, pa.int32()).take(measures.indices)
    pair = pc.add(pc.multiply(kind, pa.scalar(len(written), pa.int32())), years.indices)
    return pa.DictionaryArray.from_arrays(pair, pa.array(each, pa.string()))


def _mapped(coded: pa.DictionaryArray, made: Callable[[str], str | None]) -> pa.DictionaryArray:
    """What is made of each cell; made once for each different one, of which there are few."""
    each = [made(cell) for cell in coded.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(coded.indices, pa.array(each, pa.string()))


def _groups(found: LookUp) -> dict[str, str]:
    return {entry.code: entry.group for entry in found.entries}


def period(years: str, ends: str) -> str | None:
    """The year as a period, by the kind of year the measure has; None for several years, and kinds that are not known.

    A single number is the year it ends in: absence of 2025 is that of the school year 2024/25.
    """
    found = YEARS.fullmatch(years)
    if not found or ends not in LAST_MONTH:
        return None
    first, second = int(found[1]), found[2]
    if second is None:
        return f"YE-{first}-{LAST_MONTH[ends]}"
    return f"YE-{first + 1}-{LAST_MONTH[ends]}" if (first + 1) % 100 == int(second) else None


def release(years: str) -> str | None:
    """What stands in brackets after the year."""
    found = YEARS.fullmatch(years)
    return found[3] if found else None
