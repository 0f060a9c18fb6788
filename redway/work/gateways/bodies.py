"""Which bodies of the profile are health or social-care bodies: the law treats what they hold apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from redway.errors import NotSetUp
from redway.store.home import Home
from redway.store.profile import Profile, read_yaml


@dataclass(frozen=True)
class Body:
    """An agency, as far as the register asks; `work/strategy` knows the rest of it."""

    id: str
    names: frozenset[str]  # its ID, name and aliases, in small letters
    datasets: tuple[str, ...]
    health_or_social_care: bool


def bodies(profile: Profile | None = None) -> tuple[Body, ...]:
    """Every agency of a profile (the home's, when none is given); none where there is no profile, or no agencies."""
    if profile is None:
        try:
            profile = Profile.of(Home.current())
        except NotSetUp:
            return ()
    path = profile.file("agencies.yaml")
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else ()


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int) -> tuple[Body, ...]:
    # Its other fields, and faults of it, are work/strategy's, which checks the file at set-up and at each start.
    return tuple(
        Body(
            entry["id"],
            frozenset(name.casefold() for name in (entry["id"], entry["name"], *entry.get("aliases", ()))),
            tuple(entry.get("datasets", ())),
            bool(entry.get("health_or_social_care")),
        )
        for entry in read_yaml(path)
    )


def held_in_health_or_social_care(dataset: str, controllers: Iterable[str], profile: Profile | None = None) -> bool:
    """Whether a controller of a gateway, or an agency that sends its dataset, is a health or social-care body.

    controllers   as a gateway names them: IDs, names or aliases of agencies; other bodies are not known to be one
    """
    named = {controller.strip().casefold() for controller in controllers}
    return any(
        body.health_or_social_care and (dataset in body.datasets or body.names & named) for body in bodies(profile)
    )
