"""What a dataset is: `dataset.yaml` in its folder, and the two functions its `load.py` offers."""

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Literal

import yaml
from pydantic import Field

from redway.errors import Place, RedwayError
from redway.store.home import Home
from redway.store.profile import Partnership, Strict
from redway.store.snapshot import Snapshot

FOLDER = Path(__file__).parent


class Column(Strict):
    """One column of the accepted file (the canonical name, not the publisher's)."""

    name: str
    type: Literal["text", "integer", "number", "month", "date", "yes-no", "geometry"]
    about: str
    publisher_name: str = ""


class Dataset(Strict):
    """A kind of return."""

    name: str
    title: str
    about: str
    provider: str
    cadence: Literal["monthly", "quarterly", "annual", "once"]
    licence: str = Field(description="attribution as the licence asks for it, shown on every page")
    files: tuple[str, ...] = Field(description="file name endings taken: .csv, .csv.gz, .geojson")
    columns: tuple[Column, ...]
    schema_version: int = 1
    refuse_above: float = Field(default=0.05, description="share of refused rows above which the file is refused")
    always_told: tuple[str, ...] = Field(default=(), description="notes that a receipt tells even when they count none")
    suppression: Literal["open", "counts"] = "open"
    where_from: str = Field(description="how a person gets it, in one sentence")
    finds: tuple[tuple[str, ...], ...] = Field(
        default=(),
        description="files that set-up looks for in a folder of open data: each item is one file wanted, as patterns "
        "in order of preference; {district} stands for the partnership's district code",
    )
    without: str = Field(default="", description="what does not work while it is missing, in one sentence")


def folder(name: str) -> Path:
    return FOLDER / name.replace("-", "_")


@cache
def dataset(name: str) -> Dataset:
    """The definition of a dataset. Raises RedwayError, listing the names there are, for an unknown one."""
    path = folder(name) / "dataset.yaml"
    if "/" in name or not path.is_file():
        raise RedwayError(
            f"the name of a dataset ({', '.join(names())})", came=f"“{name}”", cause="a spelling mistake."
        )
    return Dataset.model_validate(yaml.safe_load(path.read_text("utf-8")))


def names() -> list[str]:
    """Every dataset there is: a folder with a dataset.yaml is one, and no list is edited."""
    return sorted(p.parent.name.replace("_", "-") for p in FOLDER.glob("*/dataset.yaml"))


def loader(name: str) -> ModuleType:
    """The `load` module of a dataset."""
    return import_module(f"redway.sources.{folder(dataset(name).name).name}.load")


@dataclass(frozen=True)
class Context:
    """What a loader may know of the partnership it loads for."""

    home: Home
    partnership: Partnership
    snapshot: Snapshot  # what was accepted before: reference data to check against


@dataclass(frozen=True)
class Refusals:
    """Rows refused for one reason: how many, and the first of them."""

    reason: str
    count: int
    first: Place
    came: str = ""
    expected: str = ""


@dataclass(frozen=True)
class Example:
    """The first row that a note is about: where it is, what stood there, and the likely cause."""

    first: Place
    came: str
    cause: str


@dataclass(frozen=True)
class Loaded:
    """What one file gave for one provider and period: a Parquet file of typed rows, and the counts.

    `content` hashes the canonical rows, so the same rows in another file, line end or column order are
    the same submission. `notes` counts what is odd but kept (unlocated, outside, repeated IDs ...), and
    `examples` shows the first of those that are somebody's mistake.
    Each dataset's `load.py` offers

        load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]

    which writes its Parquet into the folder `into`, and raises FileRefused for a file it cannot take. It may
    offer

        skips(file_name: str) -> str

    which says why a file found in a zip or folder is none of this dataset's; empty when it may be one.
    """

    provider: str
    period: str
    parquet: Path
    content: str
    rows_read: int
    rows_accepted: int
    refused: tuple[Refusals, ...] = ()
    notes: dict[str, int] = field(default_factory=dict)
    examples: dict[str, Example] = field(default_factory=dict)
