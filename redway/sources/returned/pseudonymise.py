"""Making a return of an extract, on its provider's own machine: no home, no database, no network.

Columns that the dataset knows are kept; identifiers in its pseudonym columns are hashed; dates of birth and ages become
the bands of its look-up; every other column is left out, and named. What is left is searched for direct identifiers,
and nothing is written while one remains.
"""

import csv
import datetime as dt
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from redway.errors import FileRefused, Place, RedwayError
from redway.sources.dataset import Column, Dataset
from redway.sources.returned import headings, identifiers, pseudonyms
from redway.sources.returned.look_ups import LookUp, look_up
from redway.sources.returned.opening import opened
from redway.store import query

BAND = re.compile(r"([0-9]+)[^0-9]+([0-9]+)|([0-9]+) ?\+")
DATES = ("%Y-%m-%d", "%d/%m/%Y")
OLDEST = 120
Make = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class Made:
    """What became of a file: rows written, columns left out, columns of pseudonyms, columns of bands."""

    rows: int
    left_out: tuple[str, ...]
    hashed: tuple[str, ...]
    banded: tuple[str, ...]


def pseudonymise(path: Path, *, dataset: Dataset, key: bytes, out: Path) -> Made:
    """Write the return that an extract gives. Raises FileRefused when it cannot be read, lacks a column, holds
    pseudonyms already, or would still hold direct identifiers; and RedwayError when `out` is there already.
    """
    if out.exists():
        raise RedwayError(f"no file yet at {out}", came="a file that is there", cause="an earlier run. Name another.")
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".redway-") as folder:
        work = Path(folder)
        file = opened(
            path, dataset=dataset, file_name=path.name, into=work, wanted=lambda found: _may_be(dataset, found)
        )
        makes, made = _plan(dataset, file.columns, key, path.name)
        written = work / "out.csv"
        rows = _write(file.path, written, makes, path.name)
        _refuse_identifiers(dataset, written, work, path.name)
        written.chmod(0o600)
        written.rename(out)
        return Made(rows, *made)


def _may_be(dataset: Dataset, found: Sequence[str]) -> bool:
    """Whether headings are those of an extract: some column of pseudonyms is among them."""
    known = headings.wanted_by(dataset)
    named = [known[headings.folded(h)] for h in found if headings.folded(h) in known]
    return any(column.type == "pseudonym" for column in named)


def _plan(
    dataset: Dataset, found: Sequence[str], key: bytes, name: str
) -> tuple[dict[str, Make], tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]:
    """Heading of the return -> what makes its cell of a row; and what was left out, hashed and banded."""
    known = headings.wanted_by(dataset)
    at = {known[headings.folded(h)].name: i for i, h in enumerate(found) if headings.folded(h) in known}
    missing = [c.heading for c in dataset.columns if c.type == "pseudonym" and c.required and c.name not in at]
    if missing:
        raise FileRefused(
            f"the columns {headings.quoted(missing)}, which become pseudonyms",
            came=f"the columns {headings.quoted(found)}",
            cause="another file, or a renamed column.",
            place=Place(name),
        )
    makes: dict[str, Make] = {}
    used, hashed, banded = set(at.values()), [], []
    for column in dataset.columns:
        of = _banded_of(column, found)
        if column.name in at and column.type == "pseudonym":
            makes[column.heading] = _hashing(at[column.name], key, dataset.name)
            hashed.append(column.heading)
        elif column.name in at:
            makes[column.heading] = _copying(at[column.name])
        elif of is not None:
            makes[column.heading] = _banding(of, at.get(dataset.period_from), look_up(dataset, column.codes))
            banded.append(column.heading)
            used.add(of)
    left_out = tuple(heading for i, heading in enumerate(found) if i not in used and heading.strip())
    return makes, (left_out, tuple(hashed), tuple(banded))


def _banded_of(column: Column, found: Sequence[str]) -> int | None:
    """Where the age or date of birth stands that a column's bands are made of."""
    wanted = [headings.folded(heading) for heading in column.banded_from]
    return next((i for i, heading in enumerate(found) if headings.folded(heading) in wanted), None)


def _copying(at: int) -> Make:
    return lambda cells: cells[at]


def _hashing(at: int, key: bytes, dataset: str) -> Make:
    def make(cells: Sequence[str]) -> str:
        if pseudonyms.PSEUDONYM.fullmatch(cells[at].strip()):
            raise ValueError(
                "identifiers as they are at their source", "a pseudonym", "the file was pseudonymised before"
            )
        return pseudonyms.pseudonym(cells[at], key=key, dataset=dataset)

    return make


def _banding(at: int, on: int | None, bands: LookUp) -> Make:
    spans = _spans(bands)
    unknown = next(iter(bands.unknown), "")

    def make(cells: Sequence[str]) -> str:
        cell = cells[at].strip()
        if not cell:
            return ""
        age = int(cell) if cell.isdecimal() else _age(cell, cells[on].strip() if on is not None else "")
        if age is None or not 0 <= age <= OLDEST:
            return unknown
        return next((code for code, (least, most) in spans.items() if least <= age <= most), unknown)

    return make


def _spans(bands: LookUp) -> Mapping[str, tuple[int, int]]:
    """The ages of each band."""
    found = {entry.code: BAND.fullmatch(entry.code) for entry in bands.entries}
    return {
        code: (int(match[1] or match[3]), int(match[2] or OLDEST)) for code, match in found.items() if match is not None
    }


def _age(born: str, on: str) -> int | None:
    """Whole years from one day to another; None when either is no date."""
    start, end = _day(born), _day(on)
    if start is None or end is None:
        return None
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def _day(cell: str) -> dt.date | None:
    for form in DATES:
        with suppress(ValueError):
            return dt.datetime.strptime(cell[:10], form).date()  # noqa: DTZ007 - a day has no zone
    return None


def _write(source: Path, written: Path, makes: Mapping[str, Make], name: str) -> int:
    """The rows of the return, one by one. Raises FileRefused, naming the row, for one that cannot be made."""
    count = 0
    with (
        source.open(encoding="utf-8-sig", newline="") as reading,
        written.open("w", encoding="utf-8", newline="") as out,
    ):
        writing = csv.writer(out, lineterminator="\n")
        writing.writerow(makes)
        for count, cells in enumerate(_rows(reading, name), 1):
            try:
                writing.writerow([make(cells) for make in makes.values()])
            except ValueError as fault:
                expected, came, cause = fault.args
                raise FileRefused(expected, came=came, cause=f"{cause}.", place=Place(name, count)) from None
    return count


def _rows(reading: Iterator[str], name: str) -> Iterator[list[str]]:
    """The rows under the heading, all as wide as it. Raises FileRefused for text that is no table."""
    rows = csv.reader(reading, strict=True)
    number = 0
    try:
        width = len(next(rows))
        for number, cells in enumerate(rows, 1):
            if cells and len(cells) != width:
                raise FileRefused(
                    f"{width} cells in every row",
                    came=f"{len(cells)}",
                    cause="a comma inside a cell without quotation marks, or a file that was cut short.",
                    place=Place(name, number),
                )
            if cells:
                yield cells
    except (csv.Error, UnicodeDecodeError):
        raise FileRefused(
            "CSV text in UTF-8", came="bytes or quotation marks that are not", cause="a damaged file, or one saved in "
            "another encoding.", place=Place(name, number + 1),
        ) from None  # fmt: skip


def _refuse_identifiers(dataset: Dataset, written: Path, work: Path, name: str) -> None:
    """Raise FileRefused, naming row and column and never the value, while direct identifiers remain."""
    known = {column.heading: column for column in dataset.columns}
    with query.connect(work / "spill", threads=2) as db:
        db.execute(identifiers.macros())
        file = opened(written, dataset=dataset, file_name=name, into=work, wanted=lambda found: True)
        file.as_view(db, "made", numbered=True)
        asked = []
        for heading in file.columns:
            column = known[heading]
            if column.type == "pseudonym":
                continue
            cell, place = '"' + heading.replace('"', '""') + '"', column.type == "text" and not column.kept
            asked.append(
                f"SELECT min(row), count(*), arg_min({identifiers.kind(cell, place=place)}, row), "  # noqa: S608
                f"{query.text(heading)} FROM made WHERE {identifiers.kind(cell, place=place)} IS NOT NULL"
            )
        found = db.execute(" UNION ALL ".join(asked)).fetchall() if asked else []
    told = sorted((row, heading, kind, count) for row, count, kind, heading in found if count)
    if told:
        row, heading, kind, count = told[0]
        raise FileRefused(
            "no direct identifiers in what is sent",
            came=f"what looks like {kind}",
            cause="a name, number or address typed into a cell. Take it out of the extract; nothing was written.",
            place=Place(name, row, heading),
            count=count,
        )
