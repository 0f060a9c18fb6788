"""Aldermere's files, in the publishers' own layouts and names. The same seed gives the same bytes."""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from redway.aldermere import neighbour, schools, searches
from redway.aldermere.city import City, Lsoa, Neighbourhood, city
from redway.aldermere.crime import Row, rows
from redway.aldermere.names import (
    COMPARABLE,
    CSP_CODE,
    DISTRICT,
    DISTRICT_CODE,
    FORCE,
    FORCE_AREA_CODE,
    FORCE_SLUG,
    NEIGHBOUR,
    NEIGHBOUR_CODE,
    NEIGHBOUR_CSP_CODE,
    NEIGHBOUR_FORCE,
    NEIGHBOUR_FORCE_AREA_CODE,
    NEIGHBOUR_SLUG,
)
from redway.aldermere.outcomes import outcomes
from redway.aldermere.people import HOUSEHOLDS_BY_DISTRICT, apportion, by_group
from redway.aldermere.truths import LAST_MONTH, LATE_NEIGHBOUR, LATE_PARTNER, NEW_CODES_FROM
from redway.periods import label, month

Table = Iterable[Sequence[Any]]
LOCATED = [
    *("Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name")
]
STREET = [*LOCATED, "Crime type", "Last outcome category", "Context"]
OUTCOMES = [*LOCATED, "Outcome type"]
DOMAINS = ["IMD", "Income", "Employment", "Education", "Health", "Crime"]
DOMAINS_2019 = [*DOMAINS, "Housing_and_Access", "Environment"]
DOMAINS_2025 = [*DOMAINS, "Housing_and_Services", "Environment"]
LSOAS_OF_ENGLAND = {2019: 32844, 2025: 33755}
# Some years were stored by someone whose line ends are CRLF: the publisher's files come both ways.
CRLF_BEFORE = month("2022-01")
MISSING = LATE_PARTNER.first


def write(folder: Path, *, seed: int = 20250401, months: int = 60) -> None:
    """Write every file of Aldermere into `folder`, laid out as the folder of open data is.

    The last month is always November 2025; `months` counts back from it. `seed` changes what happens in
    the city, not the city.
    """
    here = city()
    write_geography(folder / "geography", here)
    write_residents(folder, here)
    write_deprivation(folder / "deprivation", here)
    (folder / "dfe").mkdir(parents=True, exist_ok=True)
    (folder / "dfe" / "bds_long_0.csv").write_bytes(as_csv(schools.table()))
    span = range(LAST_MONTH - months + 1, LAST_MONTH + 1)
    police = folder / "police-uk"
    every = list(rows(here, seed=seed, months=span))
    write_police(police, f"{FORCE_SLUG}-street", ((m, street(m, found, FORCE)) for m, found in every if m != MISSING))
    next_door = ((m, found) for m, found in neighbour.rows(here, seed=seed, months=span) if m != LATE_NEIGHBOUR.first)
    write_police(police, f"{NEIGHBOUR_SLUG}-street", ((m, street(m, found, NEIGHBOUR_FORCE)) for m, found in next_door))
    ended = outcomes(every, seed=seed, months=span)
    write_police(police, f"{FORCE_SLUG}-outcomes", ((m, outcome_rows(m, found)) for m, found in ended))
    searched = searches.searches(seed=seed, months=span)
    write_police(police, f"{FORCE_SLUG}-stop-and-search", ((m, [searches.HEADINGS, *found]) for m, found in searched))


def write_police(folder: Path, name: str, monthly: Iterator[tuple[int, Table]]) -> None:
    """`SLUG-KIND-YYYY.zip`, each holding `YYYY-MM/YYYY-MM-SLUG-KIND.csv`, for tables by month."""
    folder.mkdir(parents=True, exist_ok=True)
    years: dict[int, list[tuple[str, bytes]]] = {}
    for m, table in monthly:
        content = as_csv(table, "\r\n" if m < CRLF_BEFORE else "\n")
        years.setdefault(m // 12, []).append((f"{label(m)}/{label(m)}-{name}.csv", content))
    for year, members in years.items():
        with zipfile.ZipFile(folder / f"{name}-{year}.zip", "w") as packed:
            for member, content in members:
                packed.writestr(zipfile.ZipInfo(member, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED, 6)


def street(m: int, found: list[Row], force: str) -> Table:
    """A month's file of street crime."""
    return [STREET, *([*located(row, m, force), row.crime_type, row.outcome, ""] for row in found)]


def outcome_rows(m: int, found: list[Row]) -> Table:
    """A month's file of outcomes."""
    return [OUTCOMES, *([*located(row, m, FORCE), row.outcome] for row in found)]


def located(row: Row, m: int, force: str) -> list[Any]:
    """The cells that street crime and outcomes share."""
    place: list[Any] = ["", "", "No location", "", ""]
    if row.point:
        lsoa = row.point.lsoa21 if m >= NEW_CODES_FROM else row.point.lsoa11
        place = [f"{row.point.longitude:.6f}", f"{row.point.latitude:.6f}", row.point.location, lsoa.code, lsoa.name]
    return [row.crime_id, label(m), force, force, *place]


def write_geography(folder: Path, here: City) -> None:
    """Look-ups and boundaries. The neighbouring district is in the look-ups, as every district is in real ones."""
    both, wards = [], []
    for area in here.areas:
        pairs = [(a, b) for a in area.lsoa11 for b in area.lsoa21]
        both += [(a.name, a.code, area.change, b.name, b.code, DISTRICT, DISTRICT_CODE) for a, b in pairs]
        wards += [(b.name, b.code, area.ward.name, area.ward.code, DISTRICT, DISTRICT_CODE) for b in area.lsoa21]
    for n in neighbour.LSOAS:
        both.append((n.name, n.code, "U", n.name, n.code, NEIGHBOUR, NEIGHBOUR_CODE))
        wards.append((n.name, n.code, neighbour.WARD, neighbour.WARD_CODE, NEIGHBOUR, NEIGHBOUR_CODE))
    district = ["ltla22_name", "ltla22_code"]
    head = ["lsoa11_name", "lsoa11_code", "change_code", "lsoa21_name", "lsoa21_code", *district]
    write_gz(folder / "lookup_lsoa11_lsoa21_ltla22.csv.gz", [head, *both])
    head = ["lsoa21_name", "lsoa21_code", "ward24_name", "ward24_code", "ltla24_name", "ltla24_code"]
    write_gz(folder / "lookup_lsoa21_ward24_ltla24.csv.gz", [head, *wards])
    head = ["ltla24_code", "ltla24_name", "csp24_code", "csp24_name", "pfa24_code", "pfa24_name"]
    ours = (DISTRICT_CODE, DISTRICT, CSP_CODE, DISTRICT, FORCE_AREA_CODE, DISTRICT)
    theirs = (NEIGHBOUR_CODE, NEIGHBOUR, NEIGHBOUR_CSP_CODE, NEIGHBOUR, NEIGHBOUR_FORCE_AREA_CODE, NEIGHBOUR)
    others = [
        (one.district_code, one.name, one.partnership_code, one.name, one.force_code, one.name) for one in COMPARABLE
    ]
    write_gz(folder / "lookup_ltla24_csp24_pfa24.csv.gz", [head, ours, theirs, *others])
    for vintage, lsoas in vintages(here).items():
        path = folder / f"lsoa{vintage}_{DISTRICT_CODE}.geojson"
        path.write_text(json.dumps(boundaries(vintage, lsoas), separators=(",", ":")), "utf-8")


def vintages(here: City) -> dict[str, list[tuple[Lsoa, Neighbourhood]]]:
    """The LSOAs of each vintage, each with the neighbourhood it is in, by code."""
    by_vintage = {
        "11": [(one, area) for area in here.areas for one in area.lsoa11],
        "21": [(one, area) for area in here.areas for one in area.lsoa21],
    }
    return {vintage: sorted(lsoas, key=lambda pair: pair[0].code) for vintage, lsoas in by_vintage.items()}


def boundaries(vintage: str, lsoas: list[tuple[Lsoa, Neighbourhood]]) -> dict[str, Any]:
    """A GeoJSON collection with the publisher's property names."""

    def feature(number: int, lsoa: Lsoa) -> dict[str, Any]:
        properties = {
            "FID": number,
            f"LSOA{vintage}CD": lsoa.code,
            f"LSOA{vintage}NM": lsoa.name,
            "LADCD_ACTIVE": DISTRICT_CODE,
        }
        return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(lsoa.shape)}

    return {
        "type": "FeatureCollection",
        "name": DISTRICT_CODE,
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
        "features": [feature(n, lsoa) for n, (lsoa, _) in enumerate(lsoas, start=1)],
    }


def write_residents(folder: Path, here: City) -> None:
    """Census residents by ethnic group (2021 codes) and the mid-2020 estimate by single year of age (2011 codes)."""
    census: list[Sequence[Any]] = [("lsoa21_code", "total_residents", "ethnic_group", "n", "prop")]
    for lsoa, area in vintages(here)["21"]:
        census += [
            (lsoa.code, lsoa.residents, group, n, n / lsoa.residents) for group, n in by_group(lsoa, area).items()
        ]
    write_gz(folder / "census" / "ethnicity21_lsoa21.csv.gz", census)

    ages = np.exp(-((np.arange(91) - 32) ** 2) / (2 * 28**2))
    estimate: list[Sequence[Any]] = [
        ("lsoa11_name", "lsoa11_code", "total_population", *range(90), "90+"),
        *((one.name, one.code, one.residents, *apportion(one.residents, ages)) for one, _ in vintages(here)["11"]),
    ]
    write_gz(folder / "denominators" / "population20_lsoa11.csv.gz", estimate)
    homes = [("ltla23_code", "households"), *HOUSEHOLDS_BY_DISTRICT.items()]
    write_gz(folder / "denominators" / "households21_england_wales_ltla23.csv.gz", homes)


def write_deprivation(folder: Path, here: City) -> None:
    """Ranks and deciles among the LSOAs of England, and for 2025 scores too; rank 1 is the most deprived."""
    both = vintages(here)
    for year, code, lsoas, domains in (
        (2019, "lsoa11_code", both["11"], DOMAINS_2019),
        (2025, "lsoa21_code", both["21"], DOMAINS_2025),
    ):
        rng = np.random.default_rng(year)
        deprived = np.array([area.ward.deprivation for _, area in lsoas])[:, None]
        level = np.clip(deprived * 0.9 + rng.normal(0, 0.07, (len(lsoas), len(domains))), 0.01, 0.99)
        count = LSOAS_OF_ENGLAND[year]
        ranks = np.ceil((1 - level) * count).astype(int)
        deciles = np.ceil(ranks / count * 10).astype(int)
        scores = np.round(level * 70, 3) if year == 2025 else np.empty((len(lsoas), 0))
        kinds = ["decile", "rank", *(["score"] if year == 2025 else [])]
        head = [code, *(f"{domain}_{kind}" for kind in kinds for domain in domains)]
        table = [
            (lsoa.code, *d, *r, *s)
            for (lsoa, _), d, r, s in zip(lsoas, deciles.tolist(), ranks.tolist(), scores.tolist(), strict=True)
        ]
        write_gz(folder / f"imd{year}_england_{code[:6]}.csv.gz", [head, *table])


def as_csv(table: Table, line_end: str = "\n") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=line_end).writerows(table)
    return out.getvalue().encode()


def write_gz(path: Path, table: Table) -> None:
    """A gzipped CSV whose bytes depend on nothing but its content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(as_csv(table), mtime=0))
