"""Finding the files of reference datasets in a folder of open data, by the names publishers give them.

`finds` in a dataset's definition lists what it wants. Files may lie anywhere in the folder, or inside zips in
it; of those only the wanted members are taken out, so a zip of many districts brings one.
"""

import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from redway.errors import RedwayError
from redway.sources.dataset import Dataset, dataset, names

BIGGEST = 500_000_000  # bytes of one member; the largest real file has about 40 million
CHUNK = 1 << 20


def reference_datasets() -> list[Dataset]:
    """The datasets that set-up looks for."""
    return [definition for definition in map(dataset, names()) if definition.finds]


@dataclass(frozen=True)
class Member:
    """A file, or one inside a zip."""

    archive: Path
    name: str = ""

    @property
    def file_name(self) -> str:
        return PurePosixPath(self.name).name if self.name else self.archive.name

    def brought(self, into: Path) -> Path:
        """Where it can be read: its own path, or a copy taken out of its zip. Raises RedwayError when it is too big."""
        if not self.name:
            return self.archive
        into.mkdir(parents=True, exist_ok=True)
        path = into / self.file_name
        with zipfile.ZipFile(self.archive) as packed, packed.open(self.name) as reading, path.open("wb") as writing:
            while chunk := reading.read(CHUNK):
                if writing.tell() > BIGGEST:
                    raise RedwayError(
                        f"at most {BIGGEST // 10**6} MB in {self.name} of {self.archive.name}",
                        came="more than that",
                        cause="this is not the file it is named after.",
                    )
                writing.write(chunk)
        return path


def contents(folder: Path) -> list[Member]:
    """Every file under a folder and in its zips, plain files first, those nearer the top before deeper ones.

    Raises RedwayError when there is no such folder.
    """
    if not folder.is_dir():
        raise RedwayError(
            "a folder of open data",
            came=f"“{folder}”, which is " + ("a file" if folder.is_file() else "not there"),
            cause="a mistyped path.",
        )
    files = []
    for here, folders, found in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(here) / name for name in found if not name.startswith(".")]
    files.sort(key=lambda path: (len(path.parts), path))
    archives = [path for path in files if path.suffix.lower() == ".zip"]
    return [Member(path) for path in files] + [Member(path, name) for path in archives for name in _members(path)]


def _members(archive: Path) -> list[str]:
    """Names of the files in a zip; none of one that cannot be read, which may be anything."""
    try:
        with zipfile.ZipFile(archive) as packed:
            return sorted(item.filename for item in packed.infolist() if not item.is_dir())
    except (zipfile.BadZipFile, OSError):
        return []


def matching(definition: Dataset, members: Iterable[Member], *, district: str) -> list[Member]:
    """The files of a dataset among these: for each one wanted, the first that its best pattern fits."""
    listed = list(members)
    found = []
    for patterns in definition.finds:
        fitting = (
            member
            for pattern in patterns
            for member in listed
            if _fits(member.file_name.lower(), pattern.format(district=district).lower())
        )
        if (first := next(fitting, None)) is not None:
            found.append(first)
    return found


def _fits(name: str, pattern: str) -> bool:
    """Whether a pattern fits a name; a `.csv` may be gzipped."""
    return fnmatchcase(name, pattern) or fnmatchcase(name.removesuffix(".gz"), pattern)
