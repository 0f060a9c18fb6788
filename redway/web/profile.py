"""The profile that pages are drawn from: read once, not for every page."""

from functools import lru_cache
from pathlib import Path

from redway.store.home import Home
from redway.store.profile import Profile


def profile() -> Profile:
    """The profile of the home this server runs for. Raises NotSetUp when there is none.

    Set-up writes `profile.yaml`, so a server that is already running notices a set-up; other edits of the
    profile are read at the next start.
    """
    home = Home.current()
    chosen = home.profile / "profile.yaml"
    return _profile(home.root, chosen.stat().st_mtime_ns if chosen.is_file() else 0)


@lru_cache(maxsize=8)
def _profile(root: Path, written: int) -> Profile:
    return Profile.of(Home(root))
