"""From what was handed in to checked Parquet files in a work folder. Nothing here touches what is accepted."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from redway.errors import FileRefused, RedwayError, plain
from redway.periods import in_words
from redway.sources.dataset import Context, Dataset, Loaded, dataset
from redway.sources.loaders import loader
from redway.store import files
from redway.store.unpack import Found, Skipped, ending, find
from redway.work.returns.made_up import refuse_made_up
from redway.work.returns.senders import name_of_agency

AT_ONCE = 2
LARGE = 64_000_000  # bytes: such a file is loaded alone, so that memory stays bounded


@dataclass(frozen=True)
class Staged:
    """One submission to be: what its file gave, and the copy of the file as it was sent."""

    definition: Dataset
    file: str
    loaded: Loaded
    sent: Path
    raw: str  # the name its bytes will have under raw/

    @property
    def key(self) -> tuple[str, str, str]:
        return self.definition.name, self.loaded.provider, self.loaded.period

    @property
    def words(self) -> str:
        """Which return it is, in words."""
        _dataset, provider, period = self.key
        return ", ".join(
            filter(None, (f"“{self.definition.title}”", name_of_agency(provider), period and _said(period)))
        )

    @property
    def parquet(self) -> str:
        """The name its rows will have under accepted/."""
        return f"{self.definition.name}/{self.loaded.content}.parquet"


def _said(period: str) -> str:
    """A period in words; as it is where it is no label, as an edition's."""
    try:
        return in_words(period)
    except ValueError:
        return period


def load_parcel(
    name: str,
    paths: Iterable[Path],
    *,
    work: Path,
    context: Context,
    progress: Callable[[str], None],
    opened: dict[Path, str],
    own: Mapping[Path, str] | None = None,
) -> tuple[list[Staged], list[Skipped]]:
    """Load every file of one dataset, two at a time, in the order they were found.

    opened   is filled with the work folder of each file as it is begun, and the file's name
    own      files in the import's own work folder, each with the SHA-256 of its bytes: moved, not copied once more
    Raises the fault of the first file that cannot be taken, naming the others that cannot either.
    """
    definition, load = dataset(name), loader(name)
    skips: Callable[[str], str] = getattr(load, "skips", lambda file_name: "")
    paths = list(paths)
    found, skipped = find(paths, endings=definition.files, skips=skips)
    if not found:
        raise _none_found(definition, paths, skipped)
    large = any((f.member.file_size if f.member else f.sent.stat().st_size) > LARGE for f in found)
    copies = _copied(found, work, own or {})

    def one(number: int) -> list[Staged]:
        file = found[number]
        folder = work / str(number)
        folder.mkdir()
        opened[folder] = file.name
        with files.room_on_disk(work):
            copy, raw = copies[file.sent]
            path = file.unpack(folder, copy)
            loads: list[Loaded] = load.load(path, file_name=file.name, into=folder, context=context)
            if path != copy:
                path.unlink()
            example = folder / "example"
            refuse_made_up(loads, definition, load, file_name=file.name, into=example, context=context)
        progress(f"{plain(file.name)}: {sum(each.rows_read for each in loads):,} rows read")
        return [Staged(definition, file.name, each, copy, raw) for each in loads]

    return _all_or_first_fault(one, found, AT_ONCE if not large else 1), skipped


def _none_found(definition: Dataset, paths: list[Path], skipped: list[Skipped]) -> FileRefused:
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    where = f"{_name(paths[0])}{more}" if paths else "what was handed in"
    came, cause = f"no file at all in {where}", "an empty folder or zip, or another one than was meant."
    if skipped:
        among = "one file" if len(skipped) == 1 else f"{len(skipped):,} files, the first"
        came, cause = (
            f"{among} {skipped[0].name} ({skipped[0].why})",
            "another dataset, or other files than were meant.",
        )
    return FileRefused(
        f"files of “{definition.title}” ({', '.join(definition.files)})",
        came=came,
        cause=f"{cause} {definition.where_from}",
    )


def _name(path: Path) -> str:
    """What a file or folder is called, without the folders it lies in: of a return, those are the server's."""
    return plain(path.resolve().name)


def _copied(found: list[Found], work: Path, own: Mapping[Path, str]) -> dict[Path, tuple[Path, str]]:
    """Copies of the files as sent, with the names they will be kept under: what is read is what is kept."""
    work.mkdir()
    copies: dict[Path, tuple[Path, str]] = {}
    with files.room_on_disk(work):
        for sent in dict.fromkeys(file.sent for file in found):
            suffix = ending(sent.name)
            copy = work / f"sent-{len(copies)}{suffix}"
            try:
                digest = own.get(sent) or files.copy(sent, copy)
                if sent in own:
                    sent.replace(copy)
                copies[sent] = copy, digest + suffix.lower()
            except PermissionError as fault:
                raise RedwayError(
                    f"leave to read {sent} and to write in {work}",
                    came=str(fault),
                    cause="another user's file or folder.",
                ) from None
    return copies


def _all_or_first_fault(one: Callable[[int], list[Staged]], found: list[Found], at_once: int) -> list[Staged]:
    with ThreadPoolExecutor(at_once) as pool:
        futures = [pool.submit(one, number) for number in range(len(found))]
        try:
            # One file's fault does not hide the faults of the others; anything unforeseen stops at once.
            for done in as_completed(futures):
                if not isinstance(done.exception(), RedwayError | None):
                    done.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    faults = [(file.name, fault) for file, f in zip(found, futures, strict=True) if (fault := f.exception())]
    if faults:
        raise _with_others(faults[0][1], [name for name, _ in faults[1:]])
    return [staged for f in futures for staged in f.result()]


def _with_others(fault: BaseException, others: list[str]) -> BaseException:
    """A file's fault that also names the other files that have one."""
    if not isinstance(fault, FileRefused) or not others:
        return fault
    shown = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
    told = FileRefused(
        fault.expected,
        came=fault.came,
        cause=f"{fault.cause} Nothing was imported. Other files were refused too: {shown}.",
        place=fault.place,
        count=fault.count,
    )
    told.periods, told.looks_like = fault.periods, fault.looks_like
    return told
