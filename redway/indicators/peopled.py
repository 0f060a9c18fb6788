"""How many people a rate is of: residents by age, by ethnicity, households; or a count that a partner gave."""

from functools import lru_cache
from pathlib import Path

import duckdb

from redway.indicators.coverage import readable
from redway.indicators.measure import Group, Measure, Population
from redway.indicators.places import Places
from redway.store.accepted import reading
from redway.store.home import Home
from redway.store.query import connect
from redway.store.snapshot import Snapshot


def people(snapshot: Snapshot, measure: Measure, group: Group | None, where: Places) -> float | None:
    """The people of a group, or of all together; None where they are not known.

    Small areas that are not of the partnership do not count.
    """
    given = measure.population
    if given is None:
        return None
    codes = group.base if group else tuple(c for g in measure.groups for c in g.base)
    areas = _of_force(snapshot, where) if given.of == "police force" else tuple(sorted(where.area_of))
    parts = readable(snapshot, given.dataset, ())
    if not parts or not areas:
        return None
    with reading(parts) as accepted:
        return _people(tuple(accepted), snapshot.digest(given.dataset), given.model_dump_json(), codes, areas)


def households(snapshot: Snapshot, district: str) -> float | None:
    """The households of a district at the census; None where they are not known."""
    parts = snapshot.of("households")
    if not parts:
        return None
    with reading(parts) as accepted:
        return _households(tuple(accepted), district)


@lru_cache(maxsize=8)
def _households(accepted: tuple[Path, ...], district: str) -> float | None:
    with connect(Home.current().derived) as connection:
        read = connection.read_parquet([str(p) for p in accepted], union_by_name=True)
        found = read.filter(duckdb.ColumnExpression("district_code") == duckdb.ConstantExpression(district))
        row = found.project("households").fetchone()
    return float(row[0]) if row else None


FORCES, SMALL_AREAS = "community-safety-partnerships", ("lsoa-lookup", "lsoa-wards")


def _of_force(snapshot: Snapshot, where: Places) -> tuple[str, ...]:
    """The small areas of 2021 in every district of its police force; none where look-ups have not come."""
    if not snapshot.of(FORCES) or not snapshot.of(SMALL_AREAS[0]):
        return ()
    with reading([part for name in (FORCES, *SMALL_AREAS) for part in snapshot.of(name)]) as accepted:
        number = len(snapshot.of(FORCES))
        return _small_areas(tuple(accepted[:number]), tuple(accepted[number:]), where.partnership.code)


@lru_cache(maxsize=8)
def _small_areas(forces: tuple[Path, ...], lookups: tuple[Path, ...], district: str) -> tuple[str, ...]:
    """By files that never change: their names are those of their content."""
    with connect(Home.current().derived) as connection:
        connection.read_parquet([str(p) for p in forces], union_by_name=True).create_view("forces")
        connection.read_parquet([str(p) for p in lookups], union_by_name=True).create_view("lookup")
        found = connection.execute(
            "select distinct lsoa21_code from lookup join forces using (district_code) where force_code in "
            "(select force_code from forces where district_code = ?) order by 1",
            [district],
        ).fetchall()
    return tuple(code for (code,) in found)


@lru_cache(maxsize=200)
def _people(
    accepted: tuple[Path, ...], _digest: str, given_json: str, codes: tuple[str, ...], areas: tuple[str, ...]
) -> float | None:
    """Added up in the engine, once for each group: reference data are small, and change once in years."""
    given = Population.model_validate_json(given_json)
    with connect(Home.current().derived) as connection:
        connection.read_parquet([str(p) for p in accepted], union_by_name=True).create_view("people")
        place = f'"{given.area}" in (select unnest(?::varchar[]))' if given.area else "true"
        if given.column:
            amount, chosen = f'"{given.amount}"', f'cast("{given.column}" as varchar) in (select unnest(?::varchar[]))'
            ask = [list(codes)] if codes else []
            chosen = chosen if codes else "true"
        else:  # the groups are columns themselves: age_10, age_11 ...
            columns = connection.table("people").columns
            wanted = [c for c in columns if c in codes] if codes else [given.amount]
            amount, chosen, ask = " + ".join(f'"{c}"' for c in wanted) or "null", "true", []
        found = connection.execute(
            f"select sum({amount}) from people where {chosen} and {place} and {given.rows.sql}",  # noqa: S608 - names of a definition
            [*ask, *([list(areas)] if given.area else [])],
        ).fetchone()
    return float(found[0]) if found and found[0] else None
