"""The workbook of statistical neighbours: headings under two rows of column numbers, one of them ten times."""

import csv
from contextlib import closing
from itertools import islice
from pathlib import Path

import pyarrow as pa

from redway.errors import FileRefused, Place
from redway.sources.dataset import Context, Dataset, Loaded, dataset
from redway.sources.fields import Field
from redway.sources.returned.look_ups import look_up
from redway.sources.tabular import WORKBOOKS, load_table, loaded
from redway.store import sheets
from redway.store.profile import Profile

NEIGHBOURS = range(1, 11)
FIRST, CLOSENESS = "LA num", "SNP"
TITLES = 10  # rows among which the headings are looked for
CLOSE = "(?i:extremely close|very close|close|somewhat close|not close)"
NUMBER, EXAMPLE = "[0-9]{3,4}", "the department's number of an authority, such as 826"
FIELDS = (
    Field("area_number", (FIRST,), like=NUMBER, example=EXAMPLE),
    *(
        Field(
            f"sn{rank}",
            like=NUMBER,
            example=EXAMPLE,
            about=f"The department's number of neighbour {rank}, 1 being the most like",
        )
        for rank in NEIGHBOURS
    ),
    *(
        Field(
            f"snp{rank}",
            (CLOSENESS,),
            like=CLOSE,
            example="how close, in words",
            optional=True,
            nth=rank,
            about=f"How alike the authority and neighbour {rank} are",
        )
        for rank in NEIGHBOURS
    ),
)


def load(path: Path, *, file_name: str, into: Path, context: Context | None) -> list[Loaded]:
    """Ten rows an authority. Raises FileRefused for a workbook of another kind."""
    definition = dataset("statistical-neighbours")
    if file_name.lower().endswith(WORKBOOKS):
        path, file_name = _as_csv(path, definition, file_name, into), f"{file_name}.csv"
    table, read, refused = load_table(path, definition, FIELDS, file_name=file_name, into=into, key=("area_number",))
    profile = Profile.of(context.home) if context else None
    rows = _long(table, definition, profile)
    count = (
        rows.num_rows + read - table.num_rows
    )  # of neighbours, not of authorities, so that what was taken can be told
    return [loaded(rows, definition, into=into, rows_read=count, refused=refused)]


def _as_csv(path: Path, definition: Dataset, file_name: str, into: Path) -> Path:
    """The rows from the headings on, as CSV.

    A title over the authorities that are no more has no neighbours, and is left out.
    """
    out = into / "neighbours.csv"
    with sheets.workbook(path, name=file_name, work=into) as book:
        for sheet in sheets.but_the_example(book.sheets):
            with closing(book.rows(sheet)) as rows:
                headings = next((cells for _, cells in islice(rows, TITLES) if cells[:1] == [FIRST]), None)
                if headings is None:
                    continue
                with out.open("w", encoding="utf-8", newline="") as file:
                    writing = csv.writer(file, lineterminator="\n")
                    writing.writerow(headings)
                    writing.writerows(
                        (cells + [""] * len(headings))[: len(headings)] for _, cells in rows if any(cells[2:])
                    )
                return out
    raise FileRefused(
        f"a sheet whose headings begin with “{FIRST}”",
        came="none",
        cause=f"another workbook. {definition.where_from}",
        place=Place(file_name),
    )


def _long(table: pa.Table, definition: Dataset, profile: Profile | None) -> pa.Table:
    """A row for each authority and neighbour."""
    codes = {entry.code: entry.group for entry in look_up(definition, "education-areas", profile).entries}
    rows = [
        {
            "area_number": row["area_number"],
            "area_code": codes.get(row["area_number"]),
            "rank": rank,
            "neighbour_number": row[f"sn{rank}"],
            "neighbour_code": codes.get(row[f"sn{rank}"]),
            "closeness": row[f"snp{rank}"].lower() if row[f"snp{rank}"] else None,
        }
        for row in table.to_pylist()
        for rank in NEIGHBOURS
        if row[f"sn{rank}"]
    ]
    kinds = {"integer": pa.int64(), "text": pa.string()}
    return pa.Table.from_pylist(rows, pa.schema([(c.name, kinds[c.type]) for c in definition.columns]))
