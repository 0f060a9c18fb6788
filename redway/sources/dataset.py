"""What a dataset is: `dataset.yaml` in its folder, and the two functions its `load.py` offers."""

from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Literal

import yaml
from pydantic import Field

from redway.errors import RedwayError
from redway.store.profile import Strict

FOLDER = Path(__file__).parent


class Column(Strict):
    """One column of the accepted file (the canonical name, not the publisher's)."""

    name: str
    type: Literal["text", "integer", "number", "month", "date", "geometry"]
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
    suppression: Literal["open", "counts"] = "open"
    where_from: str = Field(description="how a person gets it, in one sentence")


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
