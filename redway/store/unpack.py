"""From what people hand in (files, zips of them, folders of either) to single files, trusting no zip."""

import errno
import lzma
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from redway.errors import FileRefused, Place, RedwayError, plain
from redway.store import kinds

CHUNK = 1 << 20
MOST_BYTES = 8_000_000_000  # of one zip, unpacked
MOST_FILES = 10_000
# Text packs to a fifth or so; a bomb packs to a thousandth. Small files may be as empty as they like.
MOST_RATIO = 100
SMALL = 10_000_000
# What reading a damaged zip can raise; a damaged offset shows as EINVAL.
DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError)
ENCRYPTED = 0x1


@dataclass(frozen=True)
class Found:
    """A file to load. `sent` is the file as it was handed in: itself, or the zip it lies in. Its name can be shown, as
    can that of one left aside: what steers a screen or turns a line round is written out.
    """

    name: str
    sent: Path
    member: zipfile.ZipInfo | None = None

    def unpack(self, into: Path, sent: Path) -> Path:
        """The file's own path: `sent` (a copy of what was handed in), or what is unpacked from it.

        Raises FileRefused for a damaged zip, or one whose files are larger than it says.
        """
        if self.member is None:
            return sent
        out = into / f"unpacked{ending(self.member.filename)}"
        try:
            with zipfile.ZipFile(sent) as archive, archive.open(self.member) as reading, out.open("wb") as writing:
                size = 0
                while chunk := reading.read(CHUNK):
                    size += len(chunk)
                    if size > self.member.file_size:
                        raise _bomb(self.name, "more bytes than the zip says")
                    writing.write(chunk)
        except (*DAMAGE, OSError) as fault:
            raise damage(self.name, fault) from None
        return out


@dataclass(frozen=True)
class Skipped:
    """A file that was left aside, and why."""

    name: str
    why: str


def find(
    paths: Iterable[Path], *, endings: Sequence[str], skips: Callable[[str], str]
) -> tuple[list[Found], list[Skipped]]:
    """The files to load, and those left aside, in the order of their names within each path.

    endings  of file names that are taken; others in zips and folders are left aside
    skips    says of a file name why it is left aside too, or nothing

    A file handed in by its own name is never left aside by `skips`: its loader says what is wrong with it.
    Raises RedwayError for a path that is not there, and FileRefused for a zip that cannot be trusted.
    """
    found: list[Found] = []
    skipped: list[Skipped] = []

    def why_not(name: str) -> str:
        return "" if name.lower().endswith(tuple(endings)) else f"not a {' or '.join(endings)} file"

    def take(path: Path, given: str, by_name: bool) -> None:
        name = plain(given)
        if path.suffix.lower() == ".zip":
            for member in _members(path, name):
                inside = plain(f"{name}/{member.filename}")
                if why := why_not(inside) or skips(inside):
                    skipped.append(Skipped(inside, why))
                else:
                    found.append(Found(inside, path, member))
        elif why := why_not(name) or ("" if by_name else skips(name)):
            if by_name:
                came, cause = kinds.by_ending(name) or (path.suffix or "no ending", "another file than was meant.")
                raise FileRefused(
                    f"a file that ends in {', '.join(endings)} or .zip",
                    came=came,
                    cause=cause,
                    place=Place(name),
                )
            skipped.append(Skipped(name, why))
        else:
            found.append(Found(name, path))

    for path in paths:
        if path.is_dir():
            for inside in sorted(p for p in path.rglob("*") if p.is_file()):
                take(inside, str(PurePosixPath(path.name, *inside.relative_to(path).parts)), False)
        elif path.is_file():
            take(path, path.name, True)
        else:
            raise RedwayError(
                f"a file or folder at {path}", came="nothing", cause="a mistyped path, or a file that was moved."
            )
    return found, skipped


def ending(name: str) -> str:
    """How a file's name ends, which says how it is read: `.csv`, and of packed files both endings, `.csv.gz`."""
    suffixes = PurePosixPath(name).suffixes
    return "".join(suffixes[-2 if name.lower().endswith(".gz") else -1 :])


def _members(path: Path, name: str) -> list[zipfile.ZipInfo]:
    """The files in a zip, once its own list of them looks sound."""
    if path.stat().st_size == 0:
        raise FileRefused(
            "a whole zip",
            came="an empty file",
            cause="a download that failed. Get it again.",
            place=Place(name),
        )
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and not _litter(m.filename)]
    except (*DAMAGE, OSError) as fault:
        raise damage(name, fault) from None
    if len(members) > MOST_FILES:
        raise _bomb(name, f"{len(members):,} files")
    for member in members:
        _refuse_untrusted(member, name)
    size = sum(m.file_size for m in members)
    if size > MOST_BYTES:
        raise _bomb(name, f"{size / 1e9:,.1f} GB once unpacked")
    if size > SMALL and size > MOST_RATIO * path.stat().st_size:
        raise _bomb(name, f"{size / 1e6:,.0f} MB packed into {path.stat().st_size / 1e6:,.1f} MB")
    return sorted(members, key=lambda m: m.filename)


def _litter(name: str) -> bool:
    """What operating systems add to zips."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or parts[-1] in (".DS_Store", "Thumbs.db")


def _refuse_untrusted(member: zipfile.ZipInfo, name: str) -> None:
    inside = member.filename
    place = Place(name)
    windows = PureWindowsPath(inside)
    if ".." in windows.parts or windows.drive or windows.root:
        raise FileRefused(
            "a zip whose files stay within it",
            came=f"a file named “{inside}”",
            cause="a zip made by a faulty program, or to write over other files. Ask whoever made it, and do not "
            "unpack it.",
            place=place,
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise FileRefused(
            "a zip of files",
            came=f"a link named “{inside}”",
            cause="a zip of links, not of what they lead to.",
            place=place,
        )
    if member.flag_bits & ENCRYPTED:
        raise FileRefused(
            "a zip without a password",
            came=f"“{inside}”, which needs one",
            cause="it was locked before sending. Unpack it first and import the files.",
            place=place,
        )
    if inside.lower().endswith(".zip"):
        raise FileRefused(
            "a zip of files",
            came=f"a zip within it, “{inside}”",
            cause="several zips were packed into one. Unpack the outer one and import the folder.",
            place=place,
        )


def _bomb(name: str, came: str) -> FileRefused:
    return FileRefused(
        f"a zip of at most {MOST_FILES:,} files and {MOST_BYTES / 1e9:.0f} GB, packed at most {MOST_RATIO} to 1",
        came=came,
        cause="a small file made to fill a disk, by mistake or on purpose. Ask whoever made it, and do not unpack it.",
        place=Place(name),
    )


def damage(name: str, fault: Exception, *, what: str = "zip") -> Exception:
    """What a fault of reading a zip says of the zip, or of what else it is; faults of the disk stay what they are."""
    if isinstance(fault, OSError) and fault.errno != errno.EINVAL:
        return fault
    return FileRefused(
        f"a whole {what}",
        came=_damage_in_words(fault),
        cause=f"the {what} was cut short or damaged, as when a download breaks off. Get it again.",
        place=Place(name),
    )


def _damage_in_words(fault: Exception) -> str:
    came = str(fault)
    if "CRC" in came or isinstance(fault, (zlib.error, lzma.LZMAError, EOFError)):
        return "bytes that are not those that were packed"
    if isinstance(fault, NotImplementedError):
        return "a way of packing that is not known here"
    return "a file that is no zip" if "not a zip file" in came else "a zip whose list of files cannot be read"
