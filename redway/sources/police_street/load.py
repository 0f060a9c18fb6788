"""Street crime as data.police.uk publishes it: from a CSV file to typed rows, each one checked."""

import datetime as dt
import re
from functools import lru_cache
from pathlib import Path, PurePosixPath

import pyarrow as pa

from redway import periods
from redway.errors import FileRefused, NotSetUp, Place
from redway.sources.dataset import Context, Loaded, Refusals
from redway.sources.police_street import doubts
from redway.sources.police_street.forces import WITHOUT_AREAS, spellings
from redway.sources.police_street.rows import IN_MEMORY, STREET, Group, Refused, StreetRows
from redway.store import csv_file, query
from redway.store.accepted import reading
from redway.store.csv_file import CsvFile
from redway.store.files import room_on_disk

FILE_NAME = re.compile(r"([0-9]{4}-[0-9]{2})-(.+)-street\.csv", re.IGNORECASE)
OTHER_KINDS = {"-outcomes.csv": "outcomes", "-stop-and-search.csv": "stop and search"}
# A column that only this kind of file has: the surest sign of a file of another kind under this name.
TELLING_COLUMNS = {"Outcome type": "outcomes", "Object of search": "stop and search"}
CRIME_TYPES = (
    "Anti-social behaviour",
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
)


def skips(file_name: str) -> str:
    """Why a file found in a zip or folder is none of this dataset's; empty when it may be one."""
    return next(
        (f"{kind}, not street crime" for ending, kind in OTHER_KINDS.items() if file_name.lower().endswith(ending)), ""
    )


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """Check a street file and write its rows, one Parquet file for each force and month.

    A file named as the publisher names it (`2025-01-thames-valley-street.csv`) holds one force's month. Any
    other is parted by its rows' own force and month. A force is spelt as the partnership spells it, or as it was
    accepted before. Raises FileRefused for a file that cannot be taken, and NotSetUp before the look-up of areas
    is there.
    """
    areas = _areas(context)
    month, file_slug = _month_and_slug_of(file_name)
    threads = 2 if path.stat().st_size > IN_MEMORY else 1
    with room_on_disk(into), query.connect(into / "spill", threads=threads) as db:
        file = csv_file.opened(path, name=file_name, work=into)
        _refuse_other_kinds(file)
        csv_file.refuse_other_columns(
            file, [c.publisher_name for c in STREET.columns], where_from=f"a wrong or edited file. {STREET.where_from}"
        )
        db.register("areas", areas)
        db.register("our_areas", areas.filter(areas["ours"]))
        this_month = f"{dt.datetime.now(dt.UTC):%Y-%m}"
        for variable, value in {"month_of_file": month, "this_month": this_month, "crime_types": CRIME_TYPES}.items():
            db.execute(f"SET VARIABLE {variable} = $1", [value])
        rows = StreetRows(db, file, into)
        own = context.partnership.police_force
        before = (part.provider for part in context.snapshot.of(STREET.name))
        rows.stage(spellings([own, *WITHOUT_AREAS, *before]))
        refused = rows.refuse_poor_file()
        groups = rows.groups()
        for group in groups:
            doubts.refuse_another_force(rows, group, file_slug)
            doubts.refuse_without_areas(rows, group)
            if group.provider == own:
                doubts.refuse_none_inside(rows, group, context.partnership)
        if not file.ends_cleanly:
            groups[0].notes["no last line end"] = 1
        return [rows.write(group, theirs) for group, theirs in _each_with_its_refused(groups, refused)]


def _each_with_its_refused(groups: list[Group], refused: list[Refused]) -> list[tuple[Group, list[Refusals]]]:
    """Refused rows go with the force and month they name; those of none that is there, with the largest group."""
    theirs: dict[tuple[str, str], list[Refusals]] = {(group.provider, group.month): [] for group in groups}
    largest = next(iter(theirs))
    for each in refused:
        theirs.get((each.force, each.month), theirs[largest]).append(each.rows)
    return [(group, theirs[group.provider, group.month]) for group in groups]


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


def _month_and_slug_of(file_name: str) -> tuple[str | None, str]:
    """The month and the force that the publisher's naming gives a file; neither for other names."""
    found = FILE_NAME.fullmatch(PurePosixPath(file_name).name)
    if not found:
        return None, ""
    try:
        return periods.label(periods.month(found[1])), found[2]
    except ValueError:
        raise FileRefused(
            "a file name that begins with a month, such as 2025-01",
            came=f"“{found[1]}”",
            cause="the file was renamed.",
            place=Place(file_name),
        ) from None


def _refuse_other_kinds(file: CsvFile) -> None:
    kind = next((kind for column, kind in TELLING_COLUMNS.items() if column in file.columns), "")
    if kind:
        raise FileRefused(
            "a file of street crime",
            came=f"one of {kind}",
            cause=f"the publisher's download holds several kinds of file; take those that end in -street.csv. "
            f"{STREET.where_from}",
            place=Place(file.name),
        )
