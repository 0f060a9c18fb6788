"""Where one partnership lives on disk. One REDWAY_HOME is one partnership.

redway.sqlite3        people, audit, commitments, submissions, data versions
secret-key            made at set-up
profile/              edits laid over the shipped profile; an upgrade never touches them
raw/                  what publishers of open data sent, bytes untouched, named by content
quarantine/           what partners sent, encrypted, until it is accepted or refused; refused rows until they expire;
                      what somebody has begun to type, until they send it
quarantine-key        opens it; made at set-up, unless it is kept elsewhere (store/sealed.py)
accepted/DATASET/     one Parquet file a submission, named by content
released/             what was shown of partners' counts, and the counts: later figures must not give earlier ones away
derived/              cubes, findings, charts: can be deleted at any time
incoming/             half-done work; emptied at start-up
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path


def default_home() -> Path:
    """The user's own data folder, by the habit of the operating system."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "redway"


@dataclass(frozen=True)
class Home:
    """The folders of one partnership."""

    root: Path

    @classmethod
    def current(cls) -> "Home":
        """The home that REDWAY_HOME names, else the user's default."""
        named = os.environ.get("REDWAY_HOME")
        return cls(Path(named).expanduser().resolve() if named else default_home())

    @property
    def database(self) -> Path:
        return self.root / "redway.sqlite3"

    @property
    def secret_key(self) -> Path:
        return self.root / "secret-key"

    @property
    def profile(self) -> Path:
        return self.root / "profile"

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def quarantine_key(self) -> Path:
        return self.root / "quarantine-key"

    @property
    def accepted(self) -> Path:
        return self.root / "accepted"

    @property
    def released(self) -> Path:
        return self.root / "released"

    @property
    def derived(self) -> Path:
        return self.root / "derived"

    @property
    def incoming(self) -> Path:
        return self.root / "incoming"

    @property
    def _folders(self) -> tuple[Path, ...]:
        return self.profile, self.raw, self.quarantine, self.accepted, self.released, self.derived, self.incoming

    def make(self) -> None:
        """Create the folders, readable by their owner only."""
        for folder in (self.root, *self._folders):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
