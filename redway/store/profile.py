"""The profile: the folder of definitions that makes a partnership.

Shipped profiles lie in `redway/profiles/NAME`; the home's `profile/` folder is laid over the shipped
one, file by file, and holds `profile.yaml` with the name of the profile it is laid over. A partnership
of its own making has its whole profile in the home, and `profile.yaml` names none.
"""

from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from redway.errors import NotSetUp, Place, RedwayError
from redway.store.home import Home

SHIPPED = Path(__file__).resolve().parent.parent / "profiles"


class Strict(BaseModel):
    """A definition in a file: no unknown keys, never changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


M = TypeVar("M", bound=Strict)
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
IN_PLAIN_WORDS = {
    "missing": "it is not there",
    "extra_forbidden": "a field that nothing reads",
    "string_pattern_mismatch": "something other than small letters, digits and single hyphens",
}


def read_yaml(path: Path) -> Any:
    """What a YAML file holds; by libyaml, nine times faster than plain Python. Raises RedwayError."""
    if not path.is_file():
        raise RedwayError(
            f"the file {path.name} in the profile",
            came=f"no such file in {path.parent}",
            cause="the profile is not complete. docs/profiles.md lists the files.",
        )
    try:
        return yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        mark = getattr(fault, "problem_mark", None)
        raise RedwayError(
            "YAML that can be read",
            came=str(getattr(fault, "problem", None) or fault),
            cause=f"a quotation mark, a colon or an indent{f' near line {mark.line + 1}' if mark else ''}.",
            place=Place(path.name),
        ) from fault


def checked(model: type[M], given: Any, *, file: str, label: str = "") -> M:
    """One definition of a file. Raises RedwayError that names the file, the entry and the first wrong field."""
    try:
        return model.model_validate(given)
    except ValidationError as fault:
        first = fault.errors()[0]
        at = ".".join(str(step) for step in first["loc"])
        raise RedwayError(
            f"{label}{f'the field “{at}”' if at else 'fields'} as docs/profiles.md describes",
            came=IN_PLAIN_WORDS.get(first["type"], first["msg"]),
            cause="a field that is missing, misspelt, indented wrongly or of the wrong kind.",
            place=Place(file),
        ) from fault


class UnfairBase(Strict):
    """An area whose residents are no fair base for a rate, and why."""

    area: str
    why: str


class Partnership(Strict):
    """`partnership.yaml`: who and where."""

    name: str
    short_name: str
    place: str = Field(description="how sentences name the place, 'Milton Keynes'")
    fictional: bool = False
    district: str = Field(description="local authority district code, E06000042")
    community_safety_partnership: str = Field(default="", description="CSP code, E22000307")
    police_force: str = Field(description="as data.police.uk names it, 'Thames Valley Police'")
    residents_no_fair_base: tuple[UnfairBase, ...] = ()
    map_note: str = ""


class Profile:
    """Reads a profile's files, the home's copy first."""

    def __init__(self, name: str, overlay: Path | None = None):
        self.name, self.overlay = name, overlay
        self.shipped = SHIPPED / name if name else None
        if not self.file("partnership.yaml").is_file():
            raise NotSetUp(
                f"the name of a profile ({', '.join(available())})",
                came=f"“{name}”",
                cause="a spelling mistake.",
            )

    @classmethod
    def of(cls, home: Home) -> "Profile":
        """The profile a home was set up with. Raises NotSetUp when there is none."""
        chosen = home.profile / "profile.yaml"
        if not chosen.is_file():
            raise NotSetUp(
                f"a partnership in {home.root}",
                came="an empty or missing folder",
                cause="it has not been set up. Run: redway setup milton-keynes (or: redway setup aldermere).",
            )
        return cls(read_yaml(chosen)["profile"] or "", home.profile)

    def file(self, name: str) -> Path:
        """The path of a file of the profile: the edited copy where there is one."""
        layers = [layer / name for layer in (self.overlay, self.shipped) if layer]
        return next((path for path in layers if path.is_file()), layers[-1])

    def read(self, name: str) -> Any:
        """A YAML file of the profile. Raises RedwayError for one that is missing or cannot be read."""
        return read_yaml(self.file(name))

    def files(self, folder: str) -> dict[str, Path]:
        """The YAML files of a folder by their stem, edited copies and additions included."""
        found: dict[str, Path] = {}
        for layer in (self.shipped, self.overlay):
            if layer:
                found |= {p.stem: p for p in sorted((layer / folder).glob("*.yaml"))}
        return found

    @cached_property
    def partnership(self) -> Partnership:
        return checked(Partnership, self.read("partnership.yaml"), file="partnership.yaml")


def available() -> list[str]:
    """The names of the shipped profiles."""
    return sorted(p.parent.name for p in SHIPPED.glob("*/partnership.yaml"))
