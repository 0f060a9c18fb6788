"""What tests of the files of data.police.uk share: how one is loaded and how one is refused."""

import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from redway.errors import FileRefused
from redway.sources.loaders import loader

NOWHERE = {"Longitude": "", "Latitude": "", "Location": "No location", "LSOA code": "", "LSOA name": ""}
STOPS = "2021-08-thames-valley-stop-and-search.csv"
BRITISH = "White - English/Welsh/Scottish/Northern Irish/British"
ORDINARY_STOP = {
    "Type": "Person search",
    "Date": "2021-08-14T16:20:00+00:00",
    "Part of a policing operation": "False",
    "Policing operation": "",
    "Latitude": "52.042845",
    "Longitude": "-0.756000",
    "Gender": "Male",
    "Age range": "18-24",
    "Self-defined ethnicity": BRITISH,
    "Officer-defined ethnicity": "White",
    "Legislation": "Misuse of Drugs Act 1971 (section 23)",
    "Object of search": "Controlled drugs",
    "Outcome": "Arrest",
    "Outcome linked to object of search": "True",
    "Removal of more than just outer clothing": "False",
}
GOOD = 40  # rows enough for one refused row to be under the limit of 5%


@pytest.fixture
def take(context, tmp_path, request):
    """Load a file, as the DATASET that the test's own file names; its submissions."""

    def load_it(path, name=""):
        into = Path(tempfile.mkdtemp(dir=tmp_path))
        return loader(request.module.DATASET).load(path, file_name=name or path.name, into=into, context=context)

    return load_it


@pytest.fixture
def refusal(take):
    """The refusal of a file, which names the file."""

    def refuse(path):
        with pytest.raises(FileRefused) as refused:
            take(path)
        assert path.name in str(refused.value)
        return refused.value

    return refuse


@pytest.fixture
def stops(sent):
    """Rows a minute apart, so that none equals another."""

    def write(rows, name=STOPS, **layout):
        apart = [{"Date": f"2021-08-14T{16 + n // 60}:{n % 60:02d}:00+00:00"} | row for n, row in enumerate(rows)]
        return sent(ORDINARY_STOP, apart, name, **layout)

    return write


def rows_of(loaded):
    """The accepted rows, as dictionaries."""
    return pq.ParquetFile(loaded.parquet).read().to_pylist()


def only(loads):
    assert len(loads) == 1
    return loads[0]
