"""The page about reference data says what set-up looks for, and what becomes of each file of the open data folder."""

import csv
import gzip
import re
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path

import pytest

from redway.sources import tabular
from redway.sources.dataset import dataset, folder, names
from redway.sources.finding import reference_datasets
from redway.sources.loaders import loader
from redway.store.unpack import find

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "reference-data.md").read_text("utf-8")


def test_every_dataset_and_every_file_name_stands_in_it():
    for definition in reference_datasets():
        assert f"`{definition.name}`" in PAGE
        for pattern in (pattern for patterns in definition.finds for pattern in patterns):
            shown = pattern.replace("{district}", "DISTRICT")
            assert f"`{shown}`" in PAGE, pattern


def rows():
    """Each row of the table of files: its patterns, its datasets, and what it says of them."""
    table = PAGE.partition("## What becomes of each file")[2].partition("| --- |")[2]
    for line in table.splitlines()[1:]:
        files, datasets, use = (cell.strip() for cell in line.strip("|").split("|"))
        yield re.findall("`([^`]+)`", files), re.findall("`([^`]+)`", datasets), use


def test_every_dataset_named_in_it_is_one_and_no_row_is_without_a_reason():
    for _, datasets, use in rows():
        assert set(datasets) <= set(names())
        assert use


@pytest.mark.real_data
def test_every_file_of_the_open_data_folder_stands_in_one_row(open_data):
    for path in (path for path in open_data.rglob("*") if path.is_file()):
        name = path.relative_to(open_data).as_posix()
        found = [use for patterns, _, use in rows() if any(fnmatchcase(name, pattern) for pattern in patterns)]
        assert len(found) == 1, name


@pytest.mark.real_data
def test_a_table_that_no_dataset_is_said_to_take_lacks_columns_of_every_one(open_data):
    tables = {name: import_module(f"redway.sources.{folder(name).name}.load") for name in reference_names()}
    for patterns, datasets, _ in rows():
        for path in (path for pattern in patterns for path in open_data.glob(pattern)):
            if path.name.endswith((".csv", ".csv.gz")):
                found = headings(path)
                taken_by = {name for name, table in tables.items() if not tabular._find(found, table.FIELDS)[1]}
                assert taken_by == set(datasets) & set(tables), path.name


@pytest.mark.real_data
def test_a_zip_of_the_police_is_promised_to_the_datasets_whose_files_it_holds_and_to_no_other(open_data):
    police = {name: loader(name) for name in names() if name.startswith("police-") and dataset(name).access == "open"}
    for patterns, datasets, _ in rows():
        for path in (path for pattern in patterns for path in open_data.glob(pattern) if pattern.startswith("police-")):
            held = {name for name, one in police.items() if find([path], endings=(".csv",), skips=one.skips)[0]}
            assert held == set(datasets), path.name


def reference_names():
    """The reference datasets whose columns are listed in their loader."""
    listed = [d.name for d in reference_datasets() if (folder(d.name) / "load.py").is_file()]
    return [name for name in listed if "FIELDS" in vars(import_module(f"redway.sources.{folder(name).name}.load"))]


def headings(path):
    """The headings of a table, plain or gzipped."""
    with (
        gzip.open(path, "rt", encoding="utf-8-sig") if path.suffix == ".gz" else path.open(encoding="utf-8-sig") as file
    ):
        return next(csv.reader(file))


def test_a_file_is_promised_only_to_datasets_that_take_its_ending():
    for patterns, datasets, _ in rows():
        for pattern in patterns:
            for name in datasets:
                endings = (*dataset(name).files, ".zip")
                assert pattern.removesuffix("*").endswith(endings), (pattern, name)
