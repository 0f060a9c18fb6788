"""Where the demo lives. Settings read the home as they load, so this is settled before them, without Django."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from redway.errors import RedwayError
from redway.store.home import Home, default_home


def choose(arguments: Sequence[str]) -> None:
    """Make this process one of the demo's home, on a database in that home whatever else is configured."""
    os.environ["REDWAY_HOME"] = str(home_of(arguments))
    os.environ.pop("REDWAY_DATABASE", None)


def usual() -> Path:
    """A folder beside the one that a real partnership has."""
    return default_home().with_name("redway-demo")


def home_of(arguments: Sequence[str]) -> Path:
    """The demo's home: --home, else REDWAY_HOME, else the usual one."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--home")
    given = parser.parse_known_args(arguments)[0].home or os.environ.get("REDWAY_HOME")
    return Path(given).expanduser().resolve() if given else usual()


def check_folder(home: Home) -> None:
    """Raises RedwayError for a folder that holds something else: the demo adds to nothing but its own."""
    root = home.root
    if root.exists() and not root.is_dir():
        raise RedwayError("a folder for the demo", came=f"{root}, a file", cause="a mistyped --home.")
    if root.is_dir() and any(root.iterdir()) and not home.profile.is_dir():
        raise RedwayError(
            "an empty folder, or the one a demo was set up in",
            came=f"{root}, which holds other things",
            cause="a mistyped --home. Name a folder that does not exist yet.",
        )
