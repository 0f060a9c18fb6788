"""Stop and search by ethnicity and force. Headings have blanks around them, numbers commas; a dash is nought."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.fields import Field
from redway.sources.tabular import load_table, loaded

COUNT = r"[0-9]{1,3}(,[0-9]{3}){0,4}|[0-9]{1,12}"
NUMBER = rf"({COUNT})(\.[0-9]{{1,20}})?"
FIELDS = (
    Field(
        "year",
        ("Time",),
        like="20[0-9]{2}/[0-9]{2}",
        example="a financial year such as 2017/18",
        about="The financial year, from April to March",
    ),
    Field("force", ("Geography",)),
    Field("classification", ("Ethnicity_type",)),
    Field("ethnicity", ("Ethnicity",)),
    Field("searches", ("Number of stop and searches",), like=f"{COUNT}|-|N/A", example="a whole number, a dash or N/A"),
    Field(
        "searches_all",
        (
            "Total number of stop and search carried out in this year in this area "
            "(excluding cases where the ethnicity was unreported)",
        ),
        like=f"{COUNT}|-|N/A",
        example="a whole number, a dash or N/A",
    ),
    Field("residents", ("Population by ethnicity",), like=f"{COUNT}|-|N/A", example="a whole number, a dash or N/A"),
    Field("rate", ("Rate per 1,000 population by ethnicity",), like=f"{NUMBER}|-|N/A", example="a number or N/A"),
)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for every force of England and Wales."""
    definition = dataset("stop-search-ethnicity")
    table, read, refused = load_table(
        path, definition, FIELDS, file_name=file_name, into=into, key=("year", "force", "classification", "ethnicity")
    )
    years = table["year"].to_pylist()
    counts = ("searches", "searches_all", "residents")
    given = {
        "period": pa.array([f"YE-{int(year[:4]) + 1}-03" for year in years], pa.string()),
        **{name: table[name] for name in ("force", "classification", "ethnicity")},
        **{name: pc.cast(_number(table[name]), pa.int64()) for name in counts},
        "rate": _number(table["rate"]),
    }
    return [loaded(pa.table(given), definition, into=into, rows_read=read, refused=refused)]


def _number(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text as numbers: a dash is nought, N/A none."""
    text = pc.if_else(pc.equal(cells, "-"), "0", pc.replace_substring(cells, ",", ""))
    return pc.cast(pc.if_else(pc.equal(text, "N/A"), pa.scalar(None, pa.string()), text), pa.float64())
