"""Which agencies of the profile send which returns."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from redway.errors import RedwayError, did_you_mean
from redway.sources.dataset import Dataset
from redway.store.home import Home
from redway.store.profile import Profile, read_yaml


@dataclass(frozen=True)
class Sender:
    """An agency, as far as its returns go; `work/strategy` knows the rest of it."""

    id: str
    name: str
    datasets: tuple[str, ...]


def senders(profile: Profile) -> dict[str, Sender]:
    """Every agency of the profile by its ID; none for a profile that is only a place so far."""
    path = profile.file("agencies.yaml")
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else {}


@lru_cache(maxsize=8)
def _read(path: Any, changed: int) -> dict[str, Sender]:
    # Its other fields, and faults of it, are work/strategy's, which checks the file at set-up and at each start.
    return {
        entry["id"]: Sender(entry["id"], entry["name"], tuple(entry.get("datasets", ()))) for entry in read_yaml(path)
    }


def name_of_agency(agency: str) -> str:
    """The name of an agency by its ID, in the home at hand; the ID itself where the profile has no such agency."""
    found = senders(Profile.of(Home.current())).get(agency)
    return found.name if found else agency


def sender_of(dataset: Dataset, profile: Profile, named: str = "") -> str:
    """The ID of the agency that a partner's return is from: the named one, else the only one that sends the dataset.

    Empty for open data. Raises RedwayError for an agency there is not, one that does not send this dataset, and
    where several send it and none is named.
    """
    if dataset.access == "open":
        return ""
    sending = [s for s in senders(profile).values() if dataset.name in s.datasets]
    ids = [s.id for s in sending]
    if named in ids:
        return named
    if not sending:
        raise RedwayError(
            f"an agency that sends “{dataset.title}”",
            came="none in the profile",
            cause=f"no agency in agencies.yaml lists {dataset.name} among its datasets.",
        )
    if named:
        known = senders(profile).get(named)
        other = (
            f"{known.name} is an agency of the profile, and agencies.yaml does not list {dataset.name} "
            if known
            else ""
        )
        raise RedwayError(
            f"an agency that sends “{dataset.title}” ({', '.join(ids)})",
            came=f"“{named}”",
            cause=f"{other}among its datasets." if known else did_you_mean(named, ids),
        )
    if len(sending) > 1:
        raise RedwayError(
            f"the agency that sends this “{dataset.title}” ({', '.join(ids)})",
            came="none named, where several send it",
            cause="by command it is named with --agency.",
        )
    return ids[0]
