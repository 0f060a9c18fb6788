"""Fetch street files from the publisher's monthly archives, as they are, for `load` to read later.

The publisher documents `/data/archive/YYYY-MM.zip` (data.police.uk/about): a rolling copy of about three
years of every force, some 1.6 GB. Archives are read by HTTP ranges, so only the wanted files travel. The
newest archive that holds a month gives its newest revision.
"""

import datetime as dt
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from redway import periods
from redway.sources.remote import NotPublished, OutOfReach, keep, open_remote

PUBLISHER = "https://data.police.uk"
ARCHIVE_MONTHS = 36
FIRST = periods.month("2010-12")  # the publisher's first month


@dataclass
class Fetched:
    """What a fetch brought: new or changed files, files that were here already, and what the publisher lacks."""

    new: list[Path] = field(default_factory=list)
    here: list[Path] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)  # "2025-07-thames-valley"

    @property
    def files(self) -> list[Path]:
        return sorted(self.new + self.here)


def fetch(
    *,
    months: range,
    forces: Iterable[str],
    into: Path,
    report: Callable[[str], None],
    publisher: str = "",
    today: dt.date | None = None,
    timeout: float = 30,
) -> Fetched:
    """Bring `YYYY-MM/YYYY-MM-FORCE-street.csv` for every month and force into a folder, one whole file at a time.

    months   consecutive months (periods.month)
    forces   slugs, as in `thames-valley`
    A file that is here with the length and checksum of the publisher's is not fetched again, so a fetch that
    broke off goes on where it stopped. Months no archive holds are told in `lacking`, never made up.
    Raises OutOfReach when the publisher cannot be reached or keeps breaking off; what was fetched stays.
    """
    base = (publisher or os.environ.get("REDWAY_POLICE_UK") or PUBLISHER).rstrip("/")
    day = today or dt.date.today()  # noqa: DTZ011 - archives are named by month; a day's difference is harmless
    newest = 12 * day.year + day.month - 1
    found, wanted, forces = Fetched(), set(months), list(forces)
    while wanted and newest >= min(wanted):
        archive = f"{base}/data/archive/{periods.label(newest)}.zip"
        try:
            with zipfile.ZipFile(open_remote(archive, timeout=timeout)) as opened:
                report(f"reading archive {periods.label(newest)}")
                taken = _take(opened, wanted, forces, into, found, report)
        except NotPublished:
            newest -= 1
            continue
        except (zipfile.BadZipFile, zlib.error) as fault:
            raise OutOfReach(
                f"a readable zip file at {archive}",
                came=str(fault),
                cause="a fault at the publisher's; try again later.",
            ) from None
        wanted -= taken
        # Older months are in older archives only; the newest that can hold one is three years younger.
        newest = min(newest - 1, max(wanted, default=0) + ARCHIVE_MONTHS - 1)
    found.lacking += [f"{periods.label(m)}-{force}" for m in sorted(wanted) for force in forces]
    return found


def _take(
    opened: zipfile.ZipFile,
    wanted: set[int],
    forces: list[str],
    into: Path,
    found: Fetched,
    report: Callable[[str], None],
) -> set[int]:
    """Take the wanted files an archive holds; returns the months it covers, whether or not a force has a file."""
    members = {info.filename.rsplit("/", 1)[-1]: info for info in opened.infolist() if not info.is_dir()}
    covered = {periods.month(name[:7]) for name in members if periods.MONTH.fullmatch(name[:7])} & wanted
    for month in sorted(covered):
        for force in forces:
            label = periods.label(month)
            name = f"{label}-{force}-street.csv"
            if name not in members:
                found.lacking.append(f"{label}-{force}")
                continue
            path = into / label / name
            if _same(path, members[name]):
                found.here.append(path)
                continue
            keep(opened.read(members[name]), path)
            found.new.append(path)
            report(f"fetched {name}")
    return covered


def _same(path: Path, member: zipfile.ZipInfo) -> bool:
    """Whether a file here is the publisher's, by length and CRC-32."""
    if not path.is_file() or path.stat().st_size != member.file_size:
        return False
    return zlib.crc32(path.read_bytes()) == member.CRC
