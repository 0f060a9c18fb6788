"""Legal powers, lawful bases and conditions as a look-up: `law.yaml`, with a partnership's own laid over it."""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field

from redway.errors import NotSetUp, Place, RedwayError
from redway.store.home import Home
from redway.store.profile import SLUG, Profile, Strict, checked, read_yaml

SHIPPED = Path(__file__).with_name("law.yaml")


class Never(StrEnum):
    """What an entry can never be bound to, by what a dataset is in law."""

    PATIENT = "patient"
    HEALTH_OR_SOCIAL_CARE = "personal-held-by-health-or-social-care"
    PERSONAL = "personal"
    OTHER_THAN_LAW_ENFORCEMENT = "other-than-law-enforcement"


class Entry(Strict):
    """What a gateway can name: what it is, what it cannot do in words, and what the software never lets it do."""

    id: str = Field(pattern=SLUG)
    name: str
    about: str
    cannot: tuple[str, ...] = ()
    never: frozenset[Never] = frozenset()
    rarely_right: bool = Field(default=False, description="lawful, and seldom what fits")


class Power(Entry):
    """A law that lets a body disclose."""

    act: str = ""
    section: str = ""


class Basis(Entry):
    """A lawful basis: of UK GDPR Article 6, or Part 3 of the Data Protection Act 2018."""

    regime: Literal["uk-gdpr", "part-3"]


class Condition(Entry):
    """What lets special-category (Article 9, Schedule 8) or criminal-offence data (Article 10) be processed."""

    kind: Literal["article-9", "article-10", "schedule-8"]


class Law(Strict):
    """The whole look-up."""

    powers: tuple[Power, ...] = ()
    bases: tuple[Basis, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def power(self, id: str) -> Power | None:
        return next((one for one in self.powers if one.id == id), None)

    def basis(self, id: str) -> Basis | None:
        return next((one for one in self.bases if one.id == id), None)

    def condition(self, id: str, *kinds: str) -> Condition | None:
        """The condition of that ID, where it is of one of these kinds."""
        return next((one for one in self.conditions if one.id == id and one.kind in kinds), None)


def law(profile: Profile | None = None) -> Law:
    """The look-up of a profile (the home's, when none is given): shipped, with the partnership's own laid over it."""
    if profile is None:
        try:
            profile = Profile.of(Home.current())
        except NotSetUp:
            return _law(SHIPPED, None, 0)
    own = profile.file("law.yaml")
    return _law(SHIPPED, own, own.stat().st_mtime_ns) if own.is_file() else _law(SHIPPED, None, 0)


@lru_cache(maxsize=8)
def _law(shipped: Path, own: Path | None, _changed: int) -> Law:
    found = checked(Law, read_yaml(shipped), file=shipped.name)
    if own is None:
        return found
    over = checked(Law, read_yaml(own), file=own.name)
    _check_ids(over)
    return Law(
        powers=_laid(found.powers, over.powers),
        bases=_laid(found.bases, over.bases),
        conditions=_laid(found.conditions, over.conditions),
    )


E = TypeVar("E", Power, Basis, Condition)


def _laid(shipped: tuple[E, ...], over: tuple[E, ...]) -> tuple[E, ...]:
    """The partnership's entries over the shipped ones. What a shipped entry can never be bound to, no rewording
    lifts, neither under its own ID nor under another for the same section.
    """
    entries = {one.id: one for one in shipped} | {one.id: one for one in over}
    return tuple(
        one.model_copy(update={"never": one.never.union(*(s.never for s in shipped if _same(s, one)))})
        for one in entries.values()
    )


def _same(shipped: Entry, other: Entry) -> bool:
    if shipped.id == other.id:
        return True
    if isinstance(shipped, Basis) and isinstance(other, Basis):
        return shipped.regime == other.regime == "part-3"
    if not isinstance(shipped, Power) or not isinstance(other, Power) or not shipped.act:
        return False
    return (_bare(shipped.act), _bare(shipped.section)) == (_bare(other.act), _bare(other.section))


def _bare(text: str) -> str:
    """Letters and digits alone: `s. 16` and `16` name one section."""
    kept = "".join(c for c in text.casefold() if c.isalnum())
    return kept.removeprefix("section").removeprefix("s") if kept[-1:].isdigit() and len(kept) < 12 else kept


def _check_ids(over: Law) -> None:
    for entries in (over.powers, over.bases, over.conditions):
        ids = [one.id for one in entries]
        if len(ids) != len(set(ids)):
            twice = next(id for id in ids if ids.count(id) > 1)
            raise RedwayError("each ID once", came=f"“{twice}” twice", cause="a copied entry.", place=Place("law.yaml"))
