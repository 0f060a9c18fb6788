"""What tests of the engine share: small datasets made here, and a way to send rows of them."""

import csv
import dataclasses

import pyarrow.parquet as pq
import pytest

from redway.errors import FileRefused
from redway.sources.dataset import REFUSED, Dataset
from redway.sources.returned.load import load_return

ORDINARY = {
    "name": "things-for-tests",
    "title": "Things for tests",
    "about": "Things",
    "provider": "An agency",
    "cadence": "monthly",
    "access": "partners",
    "files": [".csv"],
    "where_from": "Nowhere.",
    "refuse_above": 1.0,
}


class Sent:
    """What became of a file: submissions, or the refusal, and the refused cells."""

    def __init__(self, loaded, fault, into):
        self.loaded, self.fault, self.into = loaded, fault, into
        path = into / REFUSED
        self.refused = pq.read_table(path).to_pylist() if path.is_file() else []

    @property
    def rows(self):
        return [row for each in self.loaded for row in pq.read_table(each.parquet).to_pylist()]

    @property
    def rules(self):
        return [(each["row"], each["column"], each["rule"]) for each in self.refused]


@pytest.fixture
def sending(context):
    """What the engine may know: the areas of `area_lookup`, and who sends."""
    return dataclasses.replace(context, agency="an-agency")


@pytest.fixture
def load_text(tmp_path, sending):
    """Loads the text of a CSV file as a return of a dataset made of these columns."""

    def load(text, columns, *, change=None, permitted=None, period="", agency="an-agency", **fields):
        definition = Dataset.model_validate(ORDINARY | {"columns": columns} | fields)
        into = tmp_path / f"work-{len(list(tmp_path.iterdir()))}"
        into.mkdir()
        path = into.with_suffix(".csv")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        context = dataclasses.replace(sending, permitted=permitted, period=period, agency=agency)
        try:
            loaded = load_return(
                path, dataset=definition, file_name="sent.csv", into=into, context=context, change=change
            )
        except FileRefused as fault:
            return Sent([], fault, into)
        return Sent(loaded, None, into)

    return load


@pytest.fixture
def cells(load_text):
    """Loads cells of one column, one a row, beside a column of row numbers."""

    def load(column, *values, **fields):
        written = "".join(f'{n},"{str(value).replace(chr(34), chr(34) * 2)}"\n' for n, value in enumerate(values, 1))
        columns = [{"name": "number", "type": "integer", "about": "n"}, {"name": "cell", "about": "c"} | column]
        return load_text(f"number,cell\n{written}", columns, **{"cadence": "once"} | fields)

    return load


@pytest.fixture
def write_csv(tmp_path):
    """Writes rows as a CSV file and gives its path."""

    def write(name, rows):
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        return path

    return write
