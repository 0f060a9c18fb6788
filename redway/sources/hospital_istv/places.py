"""The gazetteer of a partnership, put together from what it has: accepted street names, wards, areas, and its own list.

street crime       names of the map points that incidents were moved to, with the area each lies in
wards and areas    names of wards, which say which of several streets is meant; statistical names of areas
gazetteer.yaml     of the profile: venues, parks and estates that people name, each with its area or areas
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
from pydantic import Field

from redway.errors import Place, RedwayError
from redway.geography.gazetteer import Entry, Gazetteer
from redway.sources.dataset import Context
from redway.store import query
from redway.store.accepted import reading
from redway.store.profile import Profile, Strict, checked

FILE = "gazetteer.yaml"
ON_OR_NEAR = "On or near "
# What data.police.uk calls a map point that is no street: kinds of place, each found many times over, and no names.
KINDS = (
    *("Airport/Airfield", "Bus/Coach Station", "Conference/Exhibition Centre", "Ferry Terminal"),
    *("Further/Higher Educational Building", "Hospital", "Motorway Service Area", "Nightclub", "Park/Open Space"),
    *("Parking Area", "Pedestrian Subway", "Petrol Station", "Police Station", "Prison", "Race Track", "Shopping Area"),
    *("Sports/Recreation Area", "Supermarket", "Theatre/Concert Hall", "Theme/Adventure Park", "Zoo"),
)


class Named(Strict):
    """One entry of `gazetteer.yaml`: a place that people name, and the small area or areas of 2021 it lies in."""

    name: str = Field(min_length=2)
    also: tuple[str, ...] = Field(default=(), description="other names of it")
    areas: tuple[str, ...] = Field(min_length=1, description="LSOA codes; several make it less sure")
    part_of_town: bool = Field(default=False, description="an estate or town: it only says which street is meant")


def gazetteer(context: Context, db: duckdb.DuckDBPyConnection) -> Gazetteer:
    """Every name that is known to the partnership. Raises RedwayError for a fault in the profile's list."""
    wards, elsewhere = _wards(context, db)
    own = _own(context)
    parts = [n for n in own if n.part_of_town]
    return Gazetteer(
        entries=(*_streets(context, db), *_areas(context, db), *_entries(n for n in own if not n.part_of_town)),
        contexts=(*wards, *_entries(parts)),
        elsewhere=elsewhere,
    )


def _own(context: Context) -> list[Named]:
    profile = Profile.of(context.home)
    if not profile.file(FILE).is_file():
        return []
    given = profile.read(FILE)
    if not isinstance(given, list):
        raise RedwayError("a list, each entry starting with “- name:”", came="something else", place=Place(FILE))
    return [checked(Named, each, file=FILE, label=f"in entry {n}, ") for n, each in enumerate(given, start=1)]


def _entries(those: Iterable[Named]) -> list[Entry]:
    return [
        Entry(name, dict.fromkeys(each.areas, 1.0), sure=True) for each in those for name in (each.name, *each.also)
    ]


def _streets(context: Context, db: duckdb.DuckDBPyConnection) -> list[Entry]:
    """Names of map points inside the partnership, by the areas of 2021; an area that was split counts in its parts."""
    streets, lookup = context.snapshot.of("police-street"), context.snapshot.of("lsoa-lookup")
    if not streets or not lookup:
        return []
    with reading((*streets, *lookup)) as paths:
        files, areas = (_listed(paths[: len(streets)]), _listed(paths[len(streets) :]))
        found = db.execute(
            "WITH ours AS (SELECT DISTINCT unnest([lsoa11_code, lsoa21_code]) AS code, lsoa21_code AS area "  # noqa: S608
            f"FROM read_parquet({areas}) WHERE district_code = $1), "
            "met AS (SELECT replace(location, $2, '') AS name, lsoa_code AS code, count(*) AS times "
            f"FROM read_parquet({files}) WHERE starts_with(location, $2) AND lsoa_code IS NOT NULL GROUP BY ALL), "
            "parts AS (SELECT code, count(*) AS number FROM ours GROUP BY code) "
            "SELECT name, area, sum(times / number) FROM met JOIN ours USING (code) JOIN parts USING (code) "
            "WHERE NOT list_contains($3, name) GROUP BY ALL ORDER BY ALL",
            [context.partnership.district, ON_OR_NEAR, list(KINDS)],
        ).fetchall()
    return _grouped(found)


def _areas(context: Context, db: duckdb.DuckDBPyConnection) -> list[Entry]:
    """The statistical names and codes of the partnership's own areas."""
    lookup = context.snapshot.of("lsoa-lookup")
    if not lookup:
        return []
    with reading(lookup) as paths:
        codes = db.execute(
            f"SELECT DISTINCT lsoa21_code FROM read_parquet({_listed(paths)}) WHERE district_code = $1",  # noqa: S608
            [context.partnership.district],
        ).fetchall()
    return [Entry(code, {code: 1.0}, sure=True) for (code,) in sorted(codes)]


def _wards(context: Context, db: duckdb.DuckDBPyConnection) -> tuple[list[Entry], tuple[str, ...]]:
    """The partnership's wards with their areas, and the names of all other districts."""
    parts = context.snapshot.of("lsoa-wards")
    if not parts:
        return [], ()
    with reading(parts) as paths:
        files = _listed(paths)
        wards = db.execute(
            f"SELECT ward_name, lsoa21_code, 1.0 FROM read_parquet({files}) WHERE district_code = $1 "  # noqa: S608
            "AND ward_name IS NOT NULL ORDER BY ALL",
            [context.partnership.district],
        ).fetchall()
        others = db.execute(
            f"SELECT DISTINCT district_name FROM read_parquet({files}) WHERE district_code <> $1 "  # noqa: S608
            "AND district_name IS NOT NULL ORDER BY ALL",
            [context.partnership.district],
        ).fetchall()
    return _grouped(wards), tuple(name for (name,) in others)


def _grouped(rows: list[tuple[str, str, float]]) -> list[Entry]:
    areas: dict[str, dict[str, float]] = {}
    for name, area, weight in rows:
        areas.setdefault(name, {})[area] = float(weight)
    return [Entry(name, found) for name, found in areas.items()]


def _listed(paths: Sequence[Path]) -> str:
    return f"[{', '.join(query.text(path) for path in paths)}]"
