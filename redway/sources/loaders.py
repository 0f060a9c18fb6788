"""What loads each dataset: a `load.py` of its own, or the engine for partners' returns. It stands above both, so that
neither has to know of the other.
"""

from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from redway.sources.dataset import Context, Loaded, dataset, folder
from redway.sources.returned.load import ByDefinition


class Loader(Protocol):
    """What `Loaded` says that each dataset's `load.py` offers, besides what it may offer."""

    def load(self, path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]: ...


def loader(name: str) -> Loader:
    """What loads a dataset: the `load` module in its folder, else the engine that goes by its definition alone."""
    at = folder(dataset(name).name)
    if (at / "load.py").is_file():
        return cast(Loader, import_module(f"redway.sources.{at.name}.load"))
    return ByDefinition(dataset(name))
