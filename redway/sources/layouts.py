"""How publishers lay out the tables of open datasets: `example.csv` in a dataset's folder.

Its headings are the publisher's own, blank and repeated ones too; its rows are made up, and pass every check.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from redway.sources.dataset import dataset, folder
from redway.sources.fields import Field
from redway.sources.loaders import loader
from redway.sources.tabular import positions

FILE = "example.csv"


@dataclass(frozen=True)
class Layout:
    """A publisher's table: its headings in their order, made-up rows under them, and by place which field is read."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    fields: Mapping[int, Field]


@cache
def layout(name: str) -> Layout | None:
    """The layout of an open dataset; None for one that is no table. Raises RedwayError for an unknown name."""
    definition = dataset(name)
    path = folder(name) / FILE
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as file:
        headings, *rows = csv.reader(file)
    fields: tuple[Field, ...] = getattr(loader(name), "FIELDS", ())
    places = positions(headings, fields, definition, FILE)
    read = {places[field.name]: field for field in fields if field.name in places}
    return Layout(tuple(headings), tuple(map(tuple, rows)), read)
