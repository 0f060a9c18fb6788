"""What an indicator is: YAML, one file each, checked by one model, with what one partnership's strategy says of it."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from redway.errors import Place, RedwayError
from redway.indicators.conditions import Rows, expanded
from redway.indicators.measure import Group, Measure, Population
from redway.indicators.sets import Break, Definitions, definitions
from redway.store.profile import Profile, Strict, checked, read_yaml

LIBRARY = Path(__file__).parent / "library"
PUBLISHED = "published.yaml"


class Count(Rows):
    """How the number is counted from one dataset, month by month. `where` maps a column to the values that count."""

    dataset: str
    unit: str = Field(description="what one is, in words: 'incidents recorded'")


class Rate(Strict):
    """A rate, where the base is fair."""

    per: int = 1000
    of: Literal["residents", "households"] = Field(
        default="residents", description="households are known of the whole partnership only"
    )
    levels: tuple[Literal["partnership", "area"], ...] = ("partnership", "area")
    why_not: str = Field(default="", description="why no rate at the levels left out")


class Needs(Strict):
    """What an indicator is worked out from, and who has it: said while it has not come."""

    dataset: str
    provider: str
    what: str = Field(description="one sentence: the return that makes it computable")


class Published(Strict):
    """The value the strategy printed, with its doubts."""

    value: str
    direction: str = Field(default="", description="how it says the value moved: up, down, much the same; or empty")
    period: str = Field(description="'not stated' where the strategy gives none")
    base: str = Field(default="not stated", description="whom or what it was counted among")
    section: str
    faults: tuple[str, ...] = ()


class Stated(Strict):
    """What one partnership says of an indicator of the library: an entry of `published.yaml`, by the indicator's ID."""

    ledger: str = ""
    title: str = ""
    short_title: str = ""
    priority: tuple[str, ...] = ()
    provider: str = Field(default="", description="who makes the figure here")
    sender: str = Field(default="", description="who would send what it needs, here")
    cadence: str = ""
    caveats: tuple[str, ...] = Field(default=(), description="more of them, of this place alone")
    published: Published | None = None


class Indicator(Strict):
    """One indicator. It counts, measures, needs a return that cannot do so yet, or is a fact stated once."""

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
    compute: str = Field(default="", description="how it is worked out")
    caveats: tuple[str, ...]
    provider: str
    cadence: str
    author: str = "Redway"
    next_review: str = "2027-04"
    version: int = 1
    count: Count | None = None
    rate: Rate | None = None
    measure: Measure | None = None
    needs: Needs | None = None
    published: Published | None = None
    breaks: tuple[Break, ...] = Field(default=(), description="months from which it no longer compares with earlier")
    related: tuple[str, ...] = Field(default=(), description="open-data indicators that come closest")
    definition: str = Field(default="", description="the version of serious violence it goes by; filled in on loading")

    @property
    def computable(self) -> bool:
        """Whether its definition says how it is worked out."""
        return self.count is not None or self.measure is not None

    @property
    def datasets(self) -> tuple[str, ...]:
        """What it reads, the one that gives months first."""
        population = self.measure.population.dataset if self.measure and self.measure.population else ""
        read = (self.count.dataset if self.count else "", self.measure.dataset if self.measure else "", population)
        return tuple(dict.fromkeys(filter(None, read)))

    @property
    def key(self) -> str:
        """A name for it that differs where its definition of serious violence does."""
        return f"{self.id}@{self.definition}" if self.definition else self.id

    @property
    def open(self) -> bool:
        """Whether it is of the open street-level files alone."""
        return self.kind == "open"


def load(profile: Profile, definition: str = "") -> dict[str, Indicator]:
    """Every indicator by its ID (its file's name): the library's, and over them the profile's own.

    `definition` names a version of serious violence; without it, the profile's first. Code sets are written out,
    and what the profile's `published.yaml` says is filled in. Raises RedwayError, naming the file, when its name
    and ID differ, when it neither counts nor measures nor says what it needs, and for any other fault.
    """
    library = {p.stem: p for p in sorted(LIBRARY.glob("*.yaml"))}
    using = definitions(profile)
    version = definition or using.default
    using.version(version)
    found = {}
    for stem, path in (library | profile.files("indicators")).items():
        one = _written_out(_read(path, path.stat().st_mtime_ns), using, version)
        if one.id != stem:
            raise RedwayError(f"the id “{stem}”, like the file's name", came=f"“{one.id}”", place=Place(path.name))
        if not (one.count or one.measure or one.needs or one.kind == "fact"):
            raise RedwayError(
                "one of “count”, “measure” and “needs”, or the kind “fact”", came="none", place=Place(path.name)
            )
        found[stem] = one
    return found | _stated(profile, found)


def _stated(profile: Profile, indicators: Mapping[str, Indicator]) -> dict[str, Indicator]:
    """The indicators of which the profile says something, with what it says."""
    path = profile.file(PUBLISHED)
    if not path.is_file():
        return {}
    return {id: _with(_known(indicators, id), one) for id, one in _published(path, path.stat().st_mtime_ns).items()}


def _known(indicators: Mapping[str, Indicator], id: str) -> Indicator:
    if id not in indicators:
        raise RedwayError("the ID of an indicator", came=f"“{id}”", cause="a spelling mistake.", place=Place(PUBLISHED))
    return indicators[id]


def _with(one: Indicator, said: Stated) -> Indicator:
    plain = ("ledger", "title", "short_title", "priority", "provider", "cadence", "published")
    update: dict[str, Any] = {name: value for name in plain if (value := getattr(said, name))}
    if said.sender and one.needs:
        update["needs"] = one.needs.model_copy(update={"provider": said.sender})
    return one.model_copy(update=update | {"caveats": (*one.caveats, *said.caveats)})


@lru_cache(maxsize=8)
def _published(path: Path, _modified: int) -> dict[str, Stated]:
    given = read_yaml(path) or {}
    if not isinstance(given, dict):
        raise RedwayError("entries by the ID of an indicator", came="something else", place=Place(PUBLISHED))
    return {id: checked(Stated, one, file=PUBLISHED, label=f"in {id}, ") for id, one in given.items()}


@lru_cache(maxsize=1000)
def _read(path: Path, _modified: int) -> Indicator:
    """One file, read again only when it was edited."""
    return checked(Indicator, read_yaml(path), file=path.name)


def _written_out(one: Indicator, using: Definitions, version: str) -> Indicator:
    """With the codes of its sets and the conditions of serious violence in place of their names."""
    rows = [*([one.count] if one.count else []), *([one.measure.rows, one.measure.hits] if one.measure else [])]
    if not any(r.sets or r.serious_violence for r in rows) and not (one.measure and one.measure.groups):
        return one
    names = sorted({name for r in rows for name in r.sets})
    if unknown := [name for name in names if name not in using.sets]:
        raise RedwayError("the name of a code set", came=f"“@{unknown[0]}”", place=Place(f"{one.id}.yaml"))
    serious = using.version(version) if any(r.serious_violence for r in rows) else None
    update: dict[str, Any] = {
        "caveats": (
            *one.caveats,
            *dict.fromkeys(c for name in names for c in using.sets[name].caveats),
            *(serious.caveats if serious else ()),
        ),
        "breaks": (*one.breaks, *dict.fromkeys(b for name in names for b in using.sets[name].breaks)),
        "definition": version if serious else "",
    }

    def write(own: Rows, dataset: str) -> Rows:
        if not own.serious_violence or serious is None:
            return expanded(own, using.codes, ())
        if dataset not in serious.rows:
            raise RedwayError(
                f"what serious violence is in {dataset}",
                came=f"nothing under “{version}”",
                cause="a version that leaves this dataset out.",
                place=Place("serious_violence.yaml"),
            )
        return expanded(own, using.codes, serious.rows[dataset])

    if one.count:
        update["count"] = write(one.count, one.count.dataset)
    if one.measure:
        update["measure"] = one.measure.model_copy(
            update={
                "rows": write(one.measure.rows, one.measure.dataset),
                "hits": write(one.measure.hits, one.measure.dataset),
                "groups": tuple(_group(g, using.codes) for g in one.measure.groups),
                "population": _population(one.measure.population, using.codes),
            }
        )
    return one.model_copy(update=update)


def _group(one: Group, codes: Mapping[str, tuple[str, ...]]) -> Group:
    def written(values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(c for v in values for c in (codes[v[1:]] if v.startswith("@") else (v,)))

    return one.model_copy(update={"values": written(one.values), "base": written(one.base)})


def _population(one: Population | None, codes: Mapping[str, tuple[str, ...]]) -> Population | None:
    return one.model_copy(update={"rows": expanded(one.rows, codes, ())}) if one else None
