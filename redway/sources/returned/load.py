"""Loading a partner's return by its definition.

The walk of a file: read strictly (CSV, or the one data sheet of a workbook as CSV), headings matched, every cell typed
and checked in DuckDB, direct identifiers looked for, faulty rows written to refused.parquet with how to mend them, the
others written as one Parquet file a period.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from redway.errors import FileRefused, Place, RedwayError
from redway.sources.dataset import REFUSED, Context, Dataset, Loaded
from redway.sources.returned import causes, headings, month_first
from redway.sources.returned.look_ups import look_ups
from redway.sources.returned.opening import opened
from redway.sources.returned.refusing import Refusing
from redway.sources.returned.rows import Rows
from redway.sources.returned.submissions import Change, Submissions
from redway.store import query
from redway.store.accepted import reading
from redway.store.files import room_on_disk
from redway.store.profile import Profile

THREADS = 2


@dataclass(frozen=True)
class ByDefinition:
    """The loader of a dataset that has none of its own."""

    definition: Dataset

    def load(self, path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
        """Check a file and write its rows, one Parquet file a period. Raises FileRefused for one not taken."""
        return load_return(path, dataset=self.definition, file_name=file_name, into=into, context=context)


def load_return(
    path: Path, *, dataset: Dataset, file_name: str, into: Path, context: Context, change: Change | None = None
) -> list[Loaded]:
    """Check a partner's file by its dataset's definition and write its rows, one Parquet file a period.

    into    folder for work; refused rows are left in it (REFUSED), whether or not the file is taken
    change  is given the connection and the name of the view of typed rows that stand, and gives the name of another:
            it may add or replace columns, but none of the key, as when places are geocoded; those marked
            `kept: false` are then dropped. The rows are read more than once: what is dear to work out is a table

    Raises FileRefused for a file that cannot be taken, and RedwayError when the sender is not known.
    """
    if not context.agency:
        raise RedwayError(
            f"the agency that sends “{dataset.title}”",
            came="none named",
            cause="several agencies may send it, or none is listed for it in the profile's agencies.yaml. Name one.",
        )
    kept: list[Loaded] = []
    before = set(into.iterdir())
    try:
        with room_on_disk(into), query.connect(into / "spill", threads=THREADS) as db:
            file = opened(
                path,
                dataset=dataset,
                file_name=file_name,
                into=into,
                wanted=lambda found: headings.recognised(dataset, found),
            )
            found = headings.read(dataset, file.columns, context, file_name)
            file = replace(file, columns=tuple(f"c{place}" for place in range(len(file.columns))))
            profile = Profile.of(context.home)
            areas = _make_areas(db, dataset, context)
            rows = Rows(db, dataset, file, found, look_ups(dataset, profile), context, into, areas)
            rows.type()
            try:
                kept = _checked(rows, change)
            except FileRefused as fault:
                fault.periods = fault.periods or rows.periods()
                raise
            return kept
    except duckdb.OutOfMemoryException:
        raise FileRefused(
            "rows of ordinary length",
            came="rows so long that a few of them fill the memory",
            cause="cells that hold whole documents, or a file made to do harm.",
            place=Place(file_name),
        ) from None
    finally:
        _clear(into, before, kept)


def _checked(rows: Rows, change: Change | None) -> list[Loaded]:
    """One submission a period, of typed rows that may stand. Raises FileRefused."""
    refusing = Refusing(rows)
    refusing.refuse_identifiers()
    found = month_first.found(rows)
    swapped = found if found and found.certain else None
    if rows.refused:
        refusing.write(month_first=swapped.column if swapped else "")
        refusing.sum_up()
    if swapped:
        raise swapped.refusal(rows.file.name, rows.heading(swapped.column))
    if rows.refused:
        _refuse_too_many(rows, refusing)
    _refuse_none(rows)
    doubts = (found.doubt(rows.file.name, rows.heading(found.column)),) if found else ()
    submissions = Submissions(rows, refusing, change, doubts)
    submissions.prepare()
    return submissions.made() or [submissions.empty(rows.context.period)]


def _make_areas(db: duckdb.DuckDBPyConnection, dataset: Dataset, context: Context) -> bool:
    """Make the table `areas` of small areas of 2011 and 2021, with whether they are the partnership's. Whether it could
    be made: not before their look-up came, nor is it for a dataset without areas.
    """
    parts = context.snapshot.of("lsoa-lookup")
    if not parts or not any(column.type == "area" for column in dataset.columns):
        return False
    with reading(parts) as paths:
        db.execute(
            "CREATE TABLE areas AS SELECT code, bool_or(district_code = "  # noqa: S608
            f"{query.text(context.partnership.district)}) AS ours FROM "
            "(SELECT unnest([lsoa11_code, lsoa21_code]) AS code, district_code FROM "
            f"read_parquet({query.texts(map(str, paths))})) WHERE code IS NOT NULL GROUP BY code"
        )
    return True


def _refuse_too_many(rows: Rows, refusing: Refusing) -> None:
    """Raise FileRefused when more rows are refused than the dataset allows."""
    filled, most = rows.read - rows.empty, rows.dataset.refuse_above
    if rows.refused <= most * filled and rows.refused < filled:
        return
    wrong = causes.by_column(refusing)
    worst = refusing.of(wrong[0].heading, wrong[0].rule)
    share = f"at most {most:.0%} of rows may be refused, here {rows.refused:,} of {filled:,} are"
    raise FileRefused(
        f"{worst.expected} ({share})",
        came=f"“{worst.came}”, which {wrong[0].rule}",
        cause=f"{causes.likely(refusing, wrong)} The list of refused rows says how to mend each.",
        place=worst.first,
        count=worst.count,
    )


def _refuse_none(rows: Rows) -> None:
    """Raise FileRefused for a heading without rows, unless it means that there was nothing to report."""
    if rows.read - rows.empty:
        return
    if not rows.dataset.nothing_to_report:
        raise FileRefused(
            f"rows of “{rows.dataset.title}”",
            came="a heading and no rows",
            cause="an export that failed, or a filter that hid all rows.",
            place=Place(rows.file.name),
        )
    if not rows.context.period:
        raise FileRefused(
            "the period for which there is nothing to report",
            came="a heading and no rows, of no stated period",
            cause="such a file does not say which period it is of. Name the period when you send it.",
            place=Place(rows.file.name),
        )


def _clear(into: Path, before: set[Path], kept: list[Loaded]) -> None:
    """Leave in the work folder what was there, the rows refused and the files made, and nothing else."""
    stays = before | {into / REFUSED, *(loaded.parquet for loaded in kept)}
    for path in set(into.iterdir()) - stays:
        if path.is_file():
            with suppress(OSError):
                path.unlink()
