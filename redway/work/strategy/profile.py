"""The strategy as data: what a partnership said it knows, has done and will do, and who carries it.

Six files of the profile, each checked by a model here and then against the others:

    strategy.yaml      themes, parts (priorities, areas watched, serious violence) and what each says
    commitments.yaml   every action promised, with the owner, forum and date as published
    agencies.yaml      member organisations and the others that are named
    groups.yaml        bodies that meet, how often, what they receive and produce
    programmes.yaml    everything done: operations, pathways, campaigns, grants
    platforms.yaml     shared systems that carry data between partners

IDs are kept for good: addresses, audit rows and citations rest on them.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field

from redway.errors import Place, RedwayError
from redway.indicators import definitions
from redway.indicators.definitions import Indicator
from redway.store.profile import SLUG, M, Profile, Strict, checked

FILES = ("strategy", "commitments", "agencies", "groups", "programmes", "platforms")
NOT_STATED = "not stated"
WHEN = r"^([0-9]{4}(-(0[1-9]|1[0-2]))?)?$"  # a year, a month, or nothing

One = TypeVar("One", bound="Part | Commitment")


class Statement(Strict):
    """One sentence or two of a part, and the ledger rows (N4, S9, C5) whose figures it repeats."""

    text: str
    ledger: tuple[str, ...] = ()


class Theme(Strict):
    """A heading that parts stand under."""

    id: str = Field(pattern=SLUG)
    title: str
    summary: str


class Part(Strict):
    """One part of the strategy. Each has a page of its own: what we know, have done and will do next."""

    id: str = Field(pattern=SLUG)
    code: str = Field(default="", description="its section in the strategy's ledger: P2, MM, EI")
    kind: Literal["priority", "monitoring", "serious-violence"]
    number: int = Field(description="its place among the parts of its kind, from 1")
    reference: str = Field(description="how sentences name it: 'Priority Two'")
    title: str
    short_title: str = ""
    theme: str = Field(description="ID of a theme")
    summary: str
    know: tuple[Statement, ...] = ()
    done: tuple[Statement, ...] = ()
    next: tuple[str, ...] = Field(default=(), description="IDs of commitments, in the strategy's order")
    next_note: str = Field(default="", description="what to say beside the commitments, or where there are none")
    indicators: tuple[str, ...] = Field(default=(), description="IDs of indicators, most important first")
    open_data: str = Field(default="", description="what open data can and cannot tell of this part")
    faults: tuple[str, ...] = Field(default=(), description="what the strategy leaves open in this part")


class Source(Strict):
    """Where the strategy's figures come from: an assessment, a survey."""

    id: str = Field(pattern=SLUG)
    name: str
    cadence: str = NOT_STATED
    about: str


class Commitment(Strict):
    """One action promised, as published. Who owns it now, by when, is kept in the database."""

    id: str
    text: str
    part: str = Field(description="ID of a part")
    section: str = Field(description="where it stands: 'Priority Four, what we will do next'")
    owner_published: str = Field(default="", description="in the strategy's words; empty where none is named")
    owner_inferred: bool = Field(default=False, description="whether the owner is our reading, not named")
    owners: tuple[str, ...] = Field(default=(), description="IDs of the agencies and groups named as owner")
    forum: tuple[str, ...] = Field(default=(), description="IDs of the groups where it is followed")
    due_published: str = Field(default="", description="in the strategy's words; empty where there is none")
    programmes: tuple[str, ...] = Field(default=(), description="IDs of the programmes it acts on")
    faults: tuple[str, ...] = ()


class Agency(Strict):
    """An organisation: a member of the partnership, or one it works with or answers to."""

    id: str = Field(pattern=SLUG)
    name: str
    about: str = ""
    member: bool = Field(default=False, description="whether the strategy or the law makes it a partner")
    health_or_social_care: bool = Field(default=False, description="whether the law treats what it holds apart")
    datasets: tuple[str, ...] = Field(default=(), description="names of the returns it is the provider of")
    aliases: tuple[str, ...] = ()


class Group(Strict):
    """A body that meets. What the strategy leaves out is 'not stated'."""

    id: str = Field(pattern=SLUG)
    name: str
    about: str = ""
    cadence: str = NOT_STATED
    receives: tuple[str, ...] = ()
    produces: tuple[str, ...] = ()
    chair: str = NOT_STATED
    aliases: tuple[str, ...] = ()


class Programme(Strict):
    """Anything done. Dates, funding and dose are what was published, in words."""

    id: str = Field(pattern=SLUG)
    name: str
    kind: Literal[
        "operation", "pathway", "campaign", "education", "grant", "support", "powers", "toolkit", "event", "study"
    ]
    part: str = Field(description="ID of the part it belongs to first")
    also: tuple[str, ...] = Field(default=(), description="IDs of other parts that name it")
    summary: str
    lead: tuple[str, ...] = Field(default=(), description="IDs of agencies and groups")
    dates: str = NOT_STATED
    began: str = Field(default="", pattern=WHEN, description="2022 or 2022-07, as precisely as `dates` says; or empty")
    ended: str = Field(default="", pattern=WHEN, description="likewise; empty where no end is stated")
    funding: str = NOT_STATED
    funding_ended: str = Field(default="", pattern=WHEN, description="likewise; a programme may outlive its money")
    dose: str = Field(default=NOT_STATED, description="how much was done: children reached, residents met")
    status: str = NOT_STATED
    ledger: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Platform(Strict):
    """A system that partners share."""

    id: str = Field(pattern=SLUG)
    name: str
    summary: str
    part: str
    status: str = NOT_STATED
    lead: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Document(Strict):
    """`strategy.yaml`."""

    title: str
    period: str
    approved: str = NOT_STATED
    about: str
    frame: tuple[str, ...] = Field(default=(), description="laws and plans it stands on")
    risk_factors: tuple[str, ...] = ()
    tension_drivers: tuple[str, ...] = ()
    faults: tuple[str, ...] = Field(default=(), description="what it leaves open throughout")
    sources_of_record: tuple[Source, ...] = ()
    themes: tuple[Theme, ...]
    parts: tuple[Part, ...]


class Strategy(Document):
    """The six files together, every reference between them checked."""

    commitments: tuple[Commitment, ...]
    agencies: tuple[Agency, ...]
    groups: tuple[Group, ...]
    programmes: tuple[Programme, ...]
    platforms: tuple[Platform, ...]

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of every agency and group by its ID."""
        return {a.id: a.name for a in self.agencies} | {g.id: g.name for g in self.groups}

    def part(self, id: str) -> Part:
        """Raises KeyError for an ID that is none of a part's."""
        return _find(self.parts, id)

    def commitment(self, id: str) -> Commitment:
        """Raises KeyError for an ID that is none of a commitment's."""
        return _find(self.commitments, id)

    def of_kind(self, kind: str) -> tuple[Part, ...]:
        """The parts of one kind, in order."""
        return tuple(p for p in self.parts if p.kind == kind)

    def next_of(self, part: Part) -> tuple[Commitment, ...]:
        """What a part will do next."""
        return tuple(self.commitment(id) for id in part.next)

    def programmes_of(self, part: Part) -> tuple[Programme, ...]:
        """The programmes of a part: its own first, then those it shares."""
        own = [p for p in self.programmes if p.part == part.id]
        return tuple(own + [p for p in self.programmes if part.id in p.also])


def _find(those: Sequence[One], id: str) -> One:
    found = next((one for one in those if one.id == id), None)
    if found is None:
        raise KeyError(id)
    return found


NONE_YET = Strategy(
    title="No strategy yet",
    period=NOT_STATED,
    about="The profile of this partnership holds no strategy yet.",
    themes=(),
    parts=(),
    commitments=(),
    agencies=(),
    groups=(),
    programmes=(),
    platforms=(),
)


def strategy(profile: Profile) -> Strategy:
    """The strategy of a profile, read again only when one of its files has changed.

    A profile that has none of the six files has no strategy yet: one without parts.
    Raises RedwayError naming the file, and where in it, for a file that is missing, a field that is wrong or
    a reference that leads nowhere.
    """
    paths = [profile.file(f"{name}.yaml") for name in FILES]
    watched = [*paths, *profile.files("indicators").values(), *definitions.LIBRARY.glob("*.yaml")]
    return _strategy(profile.name, profile.overlay, tuple((p, _changed(p)) for p in watched))


def _changed(path: Path) -> int:
    """When a file was last changed; 0 for one that is missing, which reading it will say."""
    return path.stat().st_mtime_ns if path.is_file() else 0


@lru_cache(maxsize=8)
def _strategy(name: str, overlay: Path | None, watched: tuple[tuple[Path, int], ...]) -> Strategy:
    profile = Profile(name, overlay)
    if not any(profile.file(f"{file}.yaml").is_file() for file in FILES):
        return NONE_YET
    document = checked(Document, profile.read("strategy.yaml"), file="strategy.yaml")
    found = Strategy(
        **{field: getattr(document, field) for field in Document.model_fields},
        commitments=_list(Commitment, profile, "commitments"),
        agencies=_list(Agency, profile, "agencies"),
        groups=_list(Group, profile, "groups"),
        programmes=_list(Programme, profile, "programmes"),
        platforms=_list(Platform, profile, "platforms"),
    )
    check(found, definitions.load(profile))
    return found


def _list(model: type[M], profile: Profile, name: str) -> tuple[M, ...]:
    file = f"{name}.yaml"
    given = profile.read(file) or []
    if not isinstance(given, list):
        raise RedwayError("a list, each entry starting with “- id:”", came="something else", place=Place(file))
    labels = [str(one.get("id", n)) if isinstance(one, dict) else str(n) for n, one in enumerate(given, start=1)]
    return tuple(
        checked(model, one, file=file, label=f"in entry {label}, ") for one, label in zip(given, labels, strict=True)
    )


def check(strategy: Strategy, indicators: dict[str, Indicator]) -> None:
    """Every ID once, every reference resolved. Raises RedwayError at the first fault."""
    parts, themes = _ids("strategy", strategy.parts), _ids("strategy", strategy.themes)
    _ids("strategy", strategy.sources_of_record)
    commitments, programmes = _ids("commitments", strategy.commitments), _ids("programmes", strategy.programmes)
    _ids("platforms", strategy.platforms)
    groups = _ids("groups", strategy.groups)
    bodies = _ids("groups", (*strategy.agencies, *strategy.groups))
    rows = {one.ledger for one in indicators.values() if one.ledger}
    for part in strategy.parts:
        _resolve("strategy", part.id, "theme", [part.theme], themes)
        _resolve("strategy", part.id, "next", part.next, commitments)
        _resolve("strategy", part.id, "indicators", part.indicators, set(indicators))
        for said in (*part.know, *part.done):
            _resolve("strategy", part.id, "ledger", said.ledger, rows)
    for promise in strategy.commitments:
        _resolve("commitments", promise.id, "part", [promise.part], parts)
        _resolve("commitments", promise.id, "owners", promise.owners, bodies)
        _resolve("commitments", promise.id, "forum", promise.forum, groups)
        _resolve("commitments", promise.id, "programmes", promise.programmes, programmes)
        _listed(strategy.part(promise.part), "next", promise.id)
    for done in strategy.programmes:
        _resolve("programmes", done.id, "part", [done.part, *done.also], parts)
        _resolve("programmes", done.id, "lead", done.lead, bodies)
        _resolve("programmes", done.id, "ledger", done.ledger, rows)
    for platform in strategy.platforms:
        _resolve("platforms", platform.id, "part", [platform.part], parts)
        _resolve("platforms", platform.id, "lead", platform.lead, bodies)
    for one in indicators.values():
        _resolve(f"indicators/{one.id}", one.id, "priority", one.priority, parts)
        for part_id in one.priority:
            _listed(strategy.part(part_id), "indicators", one.id)
        _resolve(f"indicators/{one.id}", one.id, "related", one.related, set(indicators))


def _ids(file: str, those: Iterable[Any]) -> set[str]:
    seen: set[str] = set()
    for one in those:
        if one.id in seen:
            raise RedwayError(
                "each ID once", came=f"“{one.id}” twice", cause="a copied entry.", place=Place(f"{file}.yaml")
            )
        seen.add(one.id)
    return seen


def _resolve(file: str, owner: str, field: str, wanted: Iterable[str], known: set[str]) -> None:
    for one in wanted:
        if one not in known:
            raise RedwayError(
                f"every ID in “{field}” of “{owner}” to exist",
                came=f"“{one}”",
                cause="a spelling mistake, or an entry that was taken out.",
                place=Place(f"{file}.yaml"),
            )


def _listed(part: Part, field: Literal["next", "indicators"], id: str) -> None:
    """What names a part must be named by it too, or it would be on no page."""
    if id not in getattr(part, field):
        raise RedwayError(
            f"“{field}” of “{part.id}” to name “{id}”, which names it as its part",
            cause="an entry that was added in one file and not in the other.",
            place=Place("strategy.yaml"),
        )
