"""Street crime and outcomes: files whose rows name a month, a force, an area and a point."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template

import pyarrow as pa

from redway.errors import NotSetUp
from redway.sources.dataset import Context, Dataset, Loaded
from redway.sources.police_uk import doubts, names
from redway.sources.police_uk.forces import WITHOUT_AREAS, spellings
from redway.sources.police_uk.rows import IN_MEMORY, Fault, Group, Kind, Oddity, Rows
from redway.store import csv_file, query
from redway.store.accepted import reading
from redway.store.files import room_on_disk

CHECKS = Template(Path(__file__).with_name("located.sql").read_text("utf-8").strip())


def _padded(column: str) -> Fault:
    return Fault(
        "a cell padded with spaces",
        column,
        "cells without spaces before or after them",
        "a program that writes columns of a fixed width, or a hand that added spaces.",
    )


FAULTS = {
    "heading": Fault(
        "a heading among the rows", "Month", "one heading, on the first line", "files were joined with their headings."
    ),
    "month": Fault("not a month", "Month", "a month such as 2025-01", "a spreadsheet turned months into dates."),
    "padded month": _padded("Month"),
    "padded area": _padded("LSOA code"),
    "other month": Fault(
        "another month than the file's name says",
        "Month",
        "rows of the month in the file's name only",
        "the file was renamed, or months were joined under one month's name.",
    ),
    "impossible month": Fault(
        "a month that cannot be", "Month", "a month from December 2010 to this one", "a mistyped year."
    ),
    "force": Fault("no force", "Reported by", "the force that reported it", "a column that was emptied or damaged."),
    "unknown area": Fault(
        "an area of neither 2011 nor 2021",
        "LSOA code",
        "the code of an area that existed in 2011 or 2021",
        "a code of another year, or a mistyped one.",
    ),
    "area code": Fault("not an area code", "LSOA code", "a code such as E01016710", "a column was moved or edited."),
    "swapped": Fault(
        "longitude and latitude swapped, and no area",
        "Longitude",
        "a longitude from -9 to 2.5 and a latitude from 49 to 61.5",
        "longitude and latitude are swapped.",
    ),
    "point": Fault(
        "a point outside the British Isles or half a point, and no area",
        "Longitude",
        "a longitude from -9 to 2.5 and a latitude from 49 to 61.5, or neither",
        "coordinates of another kind, such as metres, or cells damaged by a spreadsheet.",
    ),
}
NOTES = {
    "unlocated": "count(*) FILTER (lsoa_code IS NULL AND longitude IS NULL)",
    "no area": "count(*) FILTER (lsoa_code IS NULL AND longitude IS NOT NULL)",
    "outside": "count(*) FILTER (ours = false)",
    "bad point": "count(point_fault)",
}


@dataclass(frozen=True)
class Located:
    """A kind of file with areas. `word` is its own column, in which the publisher uses only `allowed` words."""

    name: str  # the key of names.KINDS
    definition: Dataset
    word: str
    allowed: Sequence[str]
    not_a_word: Fault
    notes: Mapping[str, str]

    @property
    def kind(self) -> Kind:
        named = ", ".join(f'"{c.publisher_name}" AS {c.name}' for c in self.definition.columns)
        sent = f'SELECT row, {named}, "{self.word}" AS word FROM sent'  # noqa: S608
        return Kind(
            self.definition,
            names.KINDS[self.name],
            CHECKS.substitute(named=sent),
            FAULTS | {"word": self.not_a_word, "padded word": _padded(self.word)},
            {**NOTES, **self.notes},
            # The area outranks the point, which is dropped from a row that has one.
            (Oddity("bad point", "point_fault", "point", self.definition.refuse_above),),
        )


def load(located: Located, path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """Check a file and write its rows, one Parquet file for each force and month.

    A file named as the publisher names it (`2025-01-thames-valley-street.csv`) holds one force's month. Any
    other is parted by its rows' own force and month. A force is spelt as the partnership spells it, or as it was
    accepted before. Raises FileRefused for a file that cannot be taken, and NotSetUp before the look-up of areas
    is there.
    """
    areas = _areas(context)
    name = names.read(file_name, located.name)
    threads = 2 if path.stat().st_size > IN_MEMORY else 1
    with room_on_disk(into), query.connect(into / "spill", threads=threads) as db:
        file = csv_file.opened(path, name=file_name, work=into)
        wanted = [column.publisher_name for column in located.definition.columns]
        names.refuse_others(file, located.name, located.definition, wanted)
        db.register("areas", areas)
        db.register("our_areas", areas.filter(areas["ours"]))
        query.set_variables(
            db,
            month_of_file=name.month if name else None,
            this_month=f"{dt.datetime.now(dt.UTC):%Y-%m}",
            word_heading=located.word,
            words=located.allowed,
        )
        own = context.partnership.police_force
        before = (part.provider for part in context.snapshot.of(located.definition.name))
        forces = spellings([own, *WITHOUT_AREAS, *before])

        def doubt(rows: Rows, group: Group) -> None:
            doubts.refuse_another_force(rows, group, name.force if name else "")
            doubts.refuse_without_areas(rows, group)
            if group.provider == own:
                doubts.refuse_none_inside(rows, group, context.partnership)

        return Rows(db, located.kind, file, into).loaded(forces, doubt=doubt)


def _areas(context: Context) -> pa.Table:
    lookups = context.snapshot.of("lsoa-lookup")
    if not lookups:
        raise NotSetUp(
            "the look-up of small areas of 2011 and 2021, to check rows against",
            came="none accepted yet",
            cause="set-up found no reference data. Run redway setup with --data FOLDER, or redway fetch first.",
        )
    with reading(lookups) as accepted:
        return _known_areas(tuple(accepted), context.partnership.district, context.home.incoming / "spill")


@lru_cache(maxsize=4)
def _known_areas(lookups: tuple[Path, ...], district: str, spill: Path) -> pa.Table:
    """Every area code of either vintage, and whether it lies in the partnership's district."""
    with query.connect(spill) as db:
        return db.execute(
            "SELECT code, bool_or(district_code = $1) AS ours FROM ("
            "SELECT lsoa11_code AS code, district_code FROM read_parquet($2)"
            " UNION ALL SELECT lsoa21_code, district_code FROM read_parquet($2)"
            ") WHERE code IS NOT NULL GROUP BY code",
            [district, [str(path) for path in lookups]],
        ).to_arrow_table()
