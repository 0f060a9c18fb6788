"""From a table's definition to its counts for one period: exact, by row and column. They may not leave."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from redway import periods
from redway.errors import NotSetUp, Place, RedwayError
from redway.indicators.counts import Table
from redway.indicators.coverage import Coverage, coverage, months_of, readable
from redway.indicators.places import Places
from redway.indicators.query import area_columns
from redway.indicators.tables import FILE, TIMES, Axis, Counted
from redway.sources.dataset import Column
from redway.sources.returned.look_ups import folded, look_up
from redway.store.accepted import reading
from redway.store.home import Home
from redway.store.profile import Profile
from redway.store.query import connect, texts
from redway.store.snapshot import Part, Snapshot

MOST = 1200  # cells without totals: beside some earlier editions these take disclosure control a quarter of a minute
YES, NO = "true", "false"


@dataclass(frozen=True)
class Here:
    """Where a table is of.

    called  the name of an agency by its ID
    """

    profile: Profile
    places: Places
    called: Callable[[str], str] = str

    @property
    def police_force(self) -> str:
        return self.profile.partnership.police_force


@dataclass(frozen=True)
class Categories:
    """The rows or columns of a table. `of` says of a cell as it is in the accepted file which it is counted as.

    other   what any other cell is counted as; None where there can be none
    """

    title: str
    labels: tuple[str, ...]
    of: Mapping[str, str]
    other: str | None

    def which(self, cell: str | None) -> str:
        given = cell or ""
        label = self.of.get(given) or self.of.get(folded(given), self.other)
        if label is None:
            raise RedwayError(
                f"codes of “{self.title}” that its look-up knows",
                came=f"“{cell}”" if cell else "an empty cell",
                cause="the look-up was changed since the data came. Put the code back, or its older spelling.",
            )
        return label


def whole_periods(one: Counted, snapshot: Snapshot, here: Here) -> list[str]:
    """The periods of which everybody sent everything, newest first. Raises NotSetUp before anything has come."""
    covered = coverage(snapshot, one.dataset.name, here.police_force)
    found = dict.fromkeys(one.table.period_of(month) for month in sorted(covered.known, reverse=True))
    return [label for label in found if covered.known.issuperset(periods.months_of(label))]


def tabulated(one: Counted, period: str, snapshot: Snapshot, here: Here) -> Table:
    """The counts of a table for a period.

    Where months or quarters are its columns, one that not everybody sent is not available. Otherwise the period has
    to be whole. Raises NotSetUp where it is not, where a gateway does not let it be read, and before data have come;
    RedwayError for a table of more cells than can be kept safe, or of cells that cannot be told apart.
    """
    months = one.table.check_period(period)
    columns = {*one.only.columns, one.table.rows.column, one.table.columns.column, one.table.amount} - {""}
    if "place" in one.partings:
        columns |= set(area_columns(one.dataset.name))
    parts = [p for p in readable(snapshot, one.dataset.name, columns) if _of(p, months)]
    covered = coverage(snapshot, one.dataset.name, here.police_force)
    by_time = set(one.partings) & set(TIMES)
    if not by_time or not covered.known.intersection(months):
        _check_whole(one, period, covered, months, here)
    with reading(parts) as accepted, connect(Home.current().derived) as connection:
        found = _count(connection, [str(path) for path in accepted], one, months, here) if accepted else []
    rows, across = (_categories(axis, one, months, snapshot, here, at, found) for at, axis in enumerate(_axes(one)))
    if len(rows.labels) * len(across.labels) > MOST:
        raise too_many(len(rows.labels), len(across.labels))
    counts = np.zeros((len(rows.labels), len(across.labels)))
    for row, column, count in found:
        counts[rows.labels.index(rows.which(row)), across.labels.index(across.which(column))] += count
    if by_time:
        _leave_out(counts, one, months, covered)
    table = one.table
    return Table(rows.labels, across.labels, counts, table.row_totals, table.column_totals, table.grand_total)


def residents(one: Counted, rows: Sequence[str], snapshot: Snapshot, here: Here) -> list[int | None]:
    """How many people rates of each row are for, and of all together: those of its ward or area, else of the whole
    partnership. None where they are not known, or are no fair base.
    """
    whole = here.places.partnership
    everybody = whole.residents if whole.fair_base else None
    by = one.table.rows.by
    if by not in ("ward", "area"):
        return [everybody] * (len(rows) + 1)
    of = _wards(snapshot, here.places) if by == "ward" else _area_names(here.places)
    living = dict(_pairs(snapshot, "residents", ["lsoa21_code", "residents"]))
    unfair = {code for area in here.places.areas if not area.fair_base for code in area.members}
    newer = {new for _old, new in _pairs(snapshot, "lsoa-lookup", ["lsoa11_code", "lsoa21_code"])}
    found: dict[str, list[int | None]] = {}
    for code, label in of.items():
        if code in newer:  # each place once, though it has codes of two vintages
            found.setdefault(label, []).append(None if code in unfair else living.get(code))
    sums = {label: None if None in each else sum(n or 0 for n in each) for label, each in found.items()}
    return [*(sums.get(label) for label in rows), everybody]


def too_many(rows: int, columns: int) -> RedwayError:
    """The refusal of a table that disclosure control could not look through in good time."""
    return RedwayError(
        f"a table of at most {MOST:,} cells, such as 100 rows and 12 columns",
        came=f"{rows:,} rows and {columns:,} columns",
        cause="codes where groups of codes were meant. In so fine a table nearly every count is small, and would be "
        f"hidden: put codes together under “groups” in {FILE}.",
    )


def titles(one: Counted) -> tuple[str, str]:
    """What its rows and columns are called."""
    words = {"ward": _("Ward"), "area": _("Area"), "month": _("Month"), "quarter": _("Quarter")}
    headings = {column.name: column.heading for column in one.dataset.columns}
    rows, columns = (a.title or (words[a.by] if a.by else headings.get(a.column, a.column)) for a in _axes(one))
    return rows, columns


def _axes(one: Counted) -> tuple[Axis, Axis]:
    return one.table.rows, one.table.columns


def _of(part: Part, months: range) -> bool:
    """Whether a part can have rows of these months."""
    own = months_of(part)
    return not own or bool(set(own) & set(months))


def _check_whole(one: Counted, period: str, covered: Coverage, months: range, here: Here) -> None:
    missing = [m for m in months if m not in covered.known]
    if missing:
        who = sorted({here.called(agency) for m in missing for agency in covered.gaps.get(m, ())})
        raise NotSetUp(
            f"all of {periods.in_words(period)} of {one.dataset.title}",
            came=f"nothing yet of {periods.phrase(missing)}" + (f" from {', '.join(who)}" if who else ""),
            cause="it has not been sent. A part is no whole, so nothing of the period is released.",
        )


# ------------------------------------------------------------------ Counting


def _count(
    connection: duckdb.DuckDBPyConnection, accepted: Sequence[str], one: Counted, months: range, here: Here
) -> list[tuple[str | None, str | None, float]]:
    """How many rows there are of each two cells, as they are in the accepted files."""
    read = connection.read_parquet(list(accepted), union_by_name=True)
    there = set(read.columns)
    missing = sorted({*one.only.columns, one.table.rows.column, one.table.columns.column} - {""} - there)
    read.project(", ".join(["*", *(f'null::varchar as "{column}"' for column in missing)])).create_view("everything")
    spans = [name for name in ("month", "period") if name in there]
    span = f"cast(coalesce({', '.join([*spans, 'null'])}) as varchar)"
    found = connection.execute(f"select distinct {span} from everything where {one.only.sql}").fetchall()  # noqa: S608 - checked names
    wanted = [at for (at,) in found if _lies_in(at, months, one)]
    cells = [_cell(axis, span, there) for axis in _axes(one)]
    amount = f'cast("{one.table.amount}" as double)' if one.table.amount else "1"
    within = ""
    if one.dataset.access == "open" and "lsoa_code" in there:  # a publisher's file is of more than this place
        within = f" and lsoa_code in (select unnest({texts(here.places.area_of)}))"
    counted = connection.execute(
        f"select r, c, case when bool_or(n is null) then null else sum(n) end from (select {cells[0]} as r, "  # noqa: S608 - checked names
        f"{cells[1]} as c, {amount} as n, {span} as span from everything where {one.only.sql}{within}) "
        f"where list_contains({texts(wanted)}, span) group by r, c order by r, c limit {_RAW + 1}"
    ).fetchall()
    if len(counted) > _RAW:
        raise too_many(len({r for r, _c, _n in counted}), len({c for _r, c, _n in counted}))
    return [(r, c, np.nan if n is None else float(n)) for r, c, n in counted]


_RAW = 100 * MOST  # pairs of cells before they are put together: small areas, old codes


def _cell(axis: Axis, span: str, there: set[str]) -> str:
    if axis.by in TIMES:
        return span
    if axis.by:
        return "cast(lsoa_code as varchar)" if "lsoa_code" in there else "null::varchar"
    return f"nullif(cast(\"{axis.column}\" as varchar), '')"


def _lies_in(at: str | None, months: range, one: Counted) -> bool:
    """Whether rows of that month or period are of these months. Raises RedwayError for rows that are in part."""
    try:
        own = periods.months_of(at or "")
    except ValueError:
        return False
    finest = one.table.rows.by if one.table.rows.by in TIMES else one.table.columns.by
    longest = {"month": 1, "quarter": 3}.get(finest, len(months))
    inside = set(own) & set(months)
    if inside and (inside != set(own) or len(own) > longest):
        raise RedwayError(
            f"rows of one {finest if finest in TIMES else one.table.period} each",
            came=f"rows that say only that they are of {periods.in_words(at or '')}",
            cause="the return is for longer periods. Release the table for those.",
        )
    return bool(inside)


def _leave_out(counts: np.ndarray, one: Counted, months: range, covered: Coverage) -> None:
    """No count where not everybody sent: a part is no whole."""
    rows_are_times = one.table.rows.by in TIMES
    by = one.table.rows.by if rows_are_times else one.table.columns.by
    for at, label in enumerate(_times(by, months)):
        if not covered.known.issuperset(periods.months_of(label)):
            counts[(at, slice(None)) if rows_are_times else (slice(None), at)] = np.nan


# ------------------------------------------------------------------ Rows and columns


def _categories(
    axis: Axis,
    one: Counted,
    months: range,
    snapshot: Snapshot,
    here: Here,
    at: int,
    found: Sequence[tuple[str | None, str | None, float]],
) -> Categories:
    title = titles(one)[at]
    if axis.by in TIMES:
        labels = _times(axis.by, months)
        spans = {*(str(row[at] or "") for row in found), *labels}
        return Categories(title, labels, {span: _time(axis.by, span) for span in spans}, None)
    if axis.by:
        return _of_places(title, axis.by, snapshot, here, strict=_always_placed(one))
    column = next(c for c in one.dataset.columns if c.name == axis.column)
    if column.type == "yes-no":
        return _of_codes(title, axis, {YES: _("Yes"), NO: _("No")}, {}, frozenset(), column)
    if column.type == "code" and not column.many:
        known = look_up(one.dataset, column.codes, here.profile)
        labels_of = [entry.label for entry in known.entries]
        codes = {e.code: e.label if labels_of.count(e.label) == 1 else f"{e.label} ({e.code})" for e in known.entries}
        return _of_codes(title, axis, codes, known.spellings, frozenset({*known.unknown, *column.unknown}), column)
    if column.type == "text" and one.dataset.access == "open":
        cells = sorted({row[at] for row in found if row[at]} - {None}, key=str)
        column = column.model_copy(update={"required": all(row[at] for row in found)})
        return _of_codes(title, axis, {str(cell): str(cell) for cell in cells}, {}, frozenset(), column)
    raise RedwayError(
        "a column whose cells are one code each",
        came=f"“{column.name}”, which holds {'several codes in a cell' if column.many else column.type}",
        cause="what is written freely can name somebody, and what is counted has to be in one cell of a table.",
        place=Place(FILE, item=one.table.id),
    )


def _times(by: str, months: range) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_time(by, periods.label(month)) for month in months))


def _time(by: str, span: str) -> str:
    return periods.quarter(periods.months_of(span)[0]) if by == "quarter" and span else span


def _of_codes(
    title: str,
    axis: Axis,
    codes: Mapping[str, str],
    spellings: Mapping[str, str],
    unknown: frozenset[str],
    column: Column,
) -> Categories:
    """Codes by their labels or in groups; those that mean not known, and empty cells, together."""
    not_known = _("Not known")
    grouped = {value: group.label for group in axis.groups for value in group.values}
    yes_no = {"yes": YES, "no": NO} if column.type == "yes-no" else {}
    grouped = {yes_no.get(value, value): label for value, label in grouped.items()}
    open_text = column.type == "text"
    if strange := sorted(set() if open_text else grouped.keys() - codes.keys()):
        raise RedwayError(f"codes of “{title}”", came=f"“{strange[0]}” in a group", place=Place(FILE))
    of = {
        code: grouped.get(code, not_known if code in unknown else axis.rest or label) for code, label in codes.items()
    }
    left = sorted(code for code in codes if code not in grouped and code not in unknown)
    if axis.groups and left and not axis.rest:
        raise RedwayError(
            f"every code of “{title}” in a group, or “rest”, which says what the others are counted as",
            came=f"“{left[0]}” in none",
            place=Place(FILE),
        )
    of |= {old: of[code] for old, code in spellings.items() if old not in of}
    shown = [group.label for group in axis.groups] + [of[c] for c in codes if c not in grouped and c not in unknown]
    may_be_empty = not column.required or bool(unknown - grouped.keys())
    return Categories(
        title,
        tuple(dict.fromkeys([*shown, *([not_known] if may_be_empty else [])])),
        of | ({"": not_known} if may_be_empty else {}),
        None,
    )


def _always_placed(one: Counted) -> bool:
    """Whether every row that is counted has a small area of this place."""
    area = next((c for c in one.dataset.columns if c.name == one.dataset.area_from), None)
    return one.dataset.access == "open" or (area is not None and area.required and not one.dataset.keep_outside)


def _of_places(title: str, by: str, snapshot: Snapshot, here: Here, *, strict: bool) -> Categories:
    """Wards or comparable areas by name. `strict`: every row has one, since others were left out."""
    elsewhere = _("Not known")
    of = _area_names(here.places) if by == "area" else _wards(snapshot, here.places)
    every = set(of) == set(here.places.area_of)
    labels = sorted(set(of.values()))
    other = [] if strict and every else [elsewhere]
    return Categories(title, (*labels, *other), of, elsewhere if other else None)


def _area_names(places: Places) -> dict[str, str]:
    """Small area, of either vintage -> what the comparable area that it is in is called, each otherwise."""
    names = [area.name for area in places.areas]
    called = {a.code: a.name if names.count(a.name) == 1 else f"{a.name} {a.code}" for a in places.areas}
    return {code: called[area] for code, area in places.area_of.items()}


def _wards(snapshot: Snapshot, places: Places) -> dict[str, str]:
    """Small area, of either vintage -> its ward's name. One of 2011 that lies in several wards has none."""
    wards = _pairs(snapshot, "lsoa-wards", ["lsoa21_code", "ward_name"])
    if not wards:
        raise NotSetUp(
            "wards of small areas", came="none", cause="they have not been imported. Run: redway import lsoa-wards PATH"
        )
    of = {new: ward for new, ward in wards if new in places.area_of}
    then: dict[str, set[str]] = {}
    for old, new in _pairs(snapshot, "lsoa-lookup", ["lsoa11_code", "lsoa21_code"]):
        if old in places.area_of and old not in of:
            then.setdefault(old, set()).add(of.get(new, ""))
    return of | {old: next(iter(found)) for old, found in then.items() if len(found) == 1 and "" not in found}


def _pairs(snapshot: Snapshot, dataset: str, columns: list[str]) -> list[tuple[str, Any]]:
    with reading(snapshot.of(dataset)) as accepted:
        if not accepted:
            return []
        table = pa.concat_tables([pq.read_table(path, columns=columns) for path in accepted])
    return list(zip(table[columns[0]].to_pylist(), table[columns[1]].to_pylist(), strict=True))
