"""Code sets and the definitions of serious violence: two files that a partnership can replace.

`code_sets.yaml` holds the sets that definitions refer to as `@name`. `serious_violence.yaml` holds the versions of
what serious violence is: the law gives factors to weigh and no list, so several are in use, and every figure says
which one it rests on. A profile's files of these names are laid over them, set by set and version by version.
"""

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from redway.errors import Place, RedwayError
from redway.indicators.conditions import Condition
from redway.store.profile import Profile, Strict, checked, read_yaml

FOLDER = Path(__file__).parent
SETS, VERSIONS = "code_sets.yaml", "serious_violence.yaml"


class Break(Strict):
    """A month from which a series no longer compares with what went before, and why."""

    month: str = Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")
    why: str


class CodeSet(Strict):
    """Codes that are counted together."""

    title: str
    codes: tuple[str, ...]
    caveats: tuple[str, ...] = Field(default=(), description="what a reader of any figure made with it has to know")
    breaks: tuple[Break, ...] = ()


class Version(Strict):
    """One definition of serious violence."""

    title: str
    authority: str = Field(description="who decided it")
    date: str = Field(description="since when, as far as it is known")
    about: str
    caveats: tuple[str, ...] = ()
    rows: dict[str, tuple[Condition, ...]] = Field(
        description="for each dataset, the conditions of which at least one must hold"
    )

    @field_validator("date", mode="before")
    @classmethod
    def _written(cls, given: Any) -> Any:
        """YAML reads 2026-01-01 as a date of its own."""
        return given.isoformat() if isinstance(given, dt.date) else given


class Definitions(Strict):
    """What definitions of indicators refer to. The first version is the one used when none is asked for."""

    sets: dict[str, CodeSet]
    versions: dict[str, Version]

    @property
    def codes(self) -> dict[str, tuple[str, ...]]:
        return {name: one.codes for name, one in self.sets.items()}

    @property
    def default(self) -> str:
        return next(iter(self.versions))

    def version(self, name: str) -> Version:
        """Raises RedwayError, listing those there are, for a name that none has."""
        if name not in self.versions:
            raise RedwayError(
                f"a definition of serious violence ({', '.join(self.versions)})",
                came=f"“{name}”",
                cause="a spelling mistake.",
            )
        return self.versions[name]


def definitions(profile: Profile) -> Definitions:
    """The sets and versions of a profile. Raises RedwayError naming the file and the entry that is wrong."""
    paths = [(FOLDER / name, profile.file(name)) for name in (SETS, VERSIONS)]
    return _definitions(tuple((p, p.stat().st_mtime_ns) for pair in paths for p in pair if p.is_file()))


@lru_cache(maxsize=8)
def _definitions(watched: tuple[tuple[Path, int], ...]) -> Definitions:
    sets: dict[str, Any] = {}
    versions: dict[str, Any] = {}
    for path, _changed in watched:
        given = read_yaml(path) or {}
        if not isinstance(given, dict):
            raise RedwayError("entries by their name", came="something else", place=Place(path.name))
        into, model = (sets, CodeSet) if path.name == SETS else (versions, Version)
        own = {name: checked(model, one, file=path.name, label=f"in {name}, ") for name, one in given.items()}
        # A profile's versions come first: its first is what it goes by.
        merged = own | {name: one for name, one in into.items() if name not in own}
        into.clear()
        into.update(merged)
    return Definitions(sets=sets, versions=versions)
