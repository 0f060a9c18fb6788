"""Look-ups: the codes that a column takes, in files that a partnership can replace.

`codes/NAME.yaml` lies in the dataset's own folder, or here in `codes/` where several datasets share it. A profile
replaces one whole by a file of its own: `codes/DATASET/NAME.yaml`, or `codes/NAME.yaml` for a shared one. Each is a
list of entries:

    - code: W1
      label: "White: English, Welsh, Scottish, Northern Irish or British"
      was: [White British]      # older codes or spellings, taken as this one
      unknown: false            # whether it means not known
      group: White
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from redway.errors import Place, RedwayError
from redway.sources.dataset import Dataset, folder
from redway.store.profile import Profile, Strict, checked, read_yaml

SHARED = Path(__file__).parent / "codes"


class Entry(Strict):
    """One code, and what is taken as it."""

    code: str
    label: str
    was: tuple[str, ...] = ()
    unknown: bool = False
    group: str = ""
    subgroup: str = ""


@dataclass(frozen=True)
class LookUp:
    """A list of codes."""

    name: str
    entries: tuple[Entry, ...]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return tuple(entry.code for entry in self.entries)

    @cached_property
    def spellings(self) -> Mapping[str, str]:
        """Everything that is taken, folded -> the code: codes, then older ones, then labels that only one code has."""
        found: dict[str, str] = {}
        for entry in self.entries:
            found.setdefault(folded(entry.code), entry.code)
        for entry in self.entries:
            for old in entry.was:
                found.setdefault(folded(old), entry.code)
        labels = [folded(entry.label) for entry in self.entries]
        for entry, label in zip(self.entries, labels, strict=True):
            if labels.count(label) == 1:
                found.setdefault(label, entry.code)
        return found

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """The codes that mean not known."""
        return tuple(entry.code for entry in self.entries if entry.unknown)


def folded(spelling: str) -> str:
    """A spelling without regard to case and blanks."""
    return " ".join(spelling.split()).lower()


def look_up(dataset: Dataset, name: str, profile: Profile | None = None) -> LookUp:
    """A look-up of a dataset, the profile's own copy first. Raises RedwayError for a missing or faulty file."""
    for path in _places(dataset, name, profile):
        if path.is_file():
            return _read(path, path.stat().st_mtime_ns)
    raise RedwayError(
        f"the look-up codes/{name}.yaml of the dataset {dataset.name}",
        came="no such file",
        cause="a misspelt name in the dataset's definition.",
    )


def look_ups(dataset: Dataset, profile: Profile | None = None) -> dict[str, LookUp]:
    """Every look-up that a dataset's columns name."""
    wanted = dict.fromkeys(column.codes for column in dataset.columns if column.codes)
    return {name: look_up(dataset, name, profile) for name in wanted}


def _places(dataset: Dataset, name: str, profile: Profile | None) -> list[Path]:
    """Where a look-up may lie, the first that is there counts."""
    shipped = folder(dataset.name) / "codes" / f"{name}.yaml"
    places = [profile.file(f"codes/{dataset.name}/{name}.yaml")] if profile else []
    if shipped.is_file():
        return [*places, shipped]
    return [*places, *([profile.file(f"codes/{name}.yaml")] if profile else []), SHARED / f"{name}.yaml"]


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> LookUp:
    given: Any = read_yaml(path)
    if not isinstance(given, list) or not given:
        raise RedwayError(
            "a list of codes",
            came="something else",
            cause="the file is empty, or its entries have no hyphen before them.",
            place=Place(path.name),
        )
    entries = tuple(
        checked(Entry, each, file=path.name, label=f"entry {number}: ") for number, each in enumerate(given, 1)
    )
    codes = [folded(entry.code) for entry in entries]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise RedwayError(
            "each code once", came=f"“{twice[0]}” more than once", cause="an entry copied.", place=Place(path.name)
        )
    return LookUp(path.stem, entries)
