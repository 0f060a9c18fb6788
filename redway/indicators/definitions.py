"""What an indicator is: YAML, one file each, checked by one model."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from redway.errors import Place, RedwayError
from redway.store.profile import Profile, Strict, checked, read_yaml

LIBRARY = Path(__file__).parent / "library"


class Count(Strict):
    """How the number is counted from one dataset. `where` maps a column to the values that count."""

    dataset: str
    where: dict[str, list[str]] = {}
    unit: str = Field(description="what one is, in words: 'incidents recorded'")


class Rate(Strict):
    """A rate, where the base is fair."""

    per: int = 1000
    of: Literal["residents"] = "residents"
    levels: tuple[Literal["partnership", "area"], ...] = ("partnership", "area")
    why_not: str = Field(default="", description="why no rate at the levels left out")


class Awaiting(Strict):
    """What an indicator that cannot be computed yet needs, and from whom."""

    dataset: str
    provider: str
    needs: str = Field(description="one sentence: the return that would make it computable")


class Published(Strict):
    """The value the strategy printed, with its doubts."""

    value: str
    direction: str = Field(default="", description="how it says the value moved: up, down, much the same; or empty")
    period: str = Field(description="'not stated' where the strategy gives none")
    base: str = Field(default="not stated", description="whom or what it was counted among")
    section: str
    faults: tuple[str, ...] = ()


class Indicator(Strict):
    """One indicator. Exactly one of `count` and `awaiting` is given."""

    id: str
    ledger: str = Field(default="", description="N4, S9, C5: its row in the strategy's ledger")
    title: str
    short_title: str = ""
    kind: Literal["police", "survey", "cohort", "open", "fact"] = Field(
        description="open: from open data; police, survey, cohort: from partners; fact: stated once, no series yet"
    )
    priority: tuple[str, ...] = Field(default=(), description="IDs of the strategy parts it belongs to")
    better: Literal["lower", "higher", "neutral"]
    why_better: str = ""
    why_it_matters: str
    what_good_looks_like: str
    numerator: str
    denominator: str
    compute: str = Field(default="", description="how it will be worked out once the data come")
    caveats: tuple[str, ...]
    provider: str
    cadence: str
    author: str = "Redway"
    next_review: str = "2027-04"
    version: int = 1
    count: Count | None = None
    rate: Rate | None = None
    awaiting: Awaiting | None = None
    published: Published | None = None
    related: tuple[str, ...] = Field(default=(), description="open-data indicators that come closest")

    @property
    def computable(self) -> bool:
        return self.count is not None


def load(profile: Profile) -> dict[str, Indicator]:
    """Every indicator by its ID (its file's name): the library's, and over them the profile's own.

    Raises RedwayError, naming the file, when its name and ID differ, when it has both or neither of `count` and
    `awaiting`, and for any other fault.
    """
    found = {}
    library = {p.stem: p for p in sorted(LIBRARY.glob("*.yaml"))}
    for stem, path in (library | profile.files("indicators")).items():
        one = _read(path, path.stat().st_mtime_ns)
        if one.id != stem:
            raise RedwayError(f"the id “{stem}”, like the file's name", came=f"“{one.id}”", place=Place(path.name))
        if (one.count is None) == (one.awaiting is None):
            came = "neither" if one.count is None else "both"
            raise RedwayError("one of “count” and “awaiting”", came=came, place=Place(path.name))
        found[stem] = one
    return found


@lru_cache(maxsize=1000)
def _read(path: Path, _modified: int) -> Indicator:
    """One file, read again only when it was edited."""
    return checked(Indicator, read_yaml(path), file=path.name)
