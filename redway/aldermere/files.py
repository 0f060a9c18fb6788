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

from redway.aldermere import neighbour, schools
from redway.aldermere.city import City, Lsoa, Neighbourhood, city
from redway.aldermere.crime import Row, rows
from redway.aldermere.names import (
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
from redway.aldermere.truths import LAST_MONTH, LATE_NEIGHBOUR, LATE_PARTNER, NEW_CODES_FROM
from redway.periods import label, month

Table = Iterable[Sequence[Any]]
STREET = [
    *("Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code"),
    *("LSOA name", "Crime type", "Last outcome category", "Context"),
]
ETHNIC_GROUPS = {
    "Asian, Asian British or Asian Welsh": 0.11,
    "Black, Black British, Black Welsh, Caribbean or African": 0.07,
    "Mixed or Multiple ethnic groups": 0.04,
    "White": 0.75,
    "Other ethnic group": 0.03,
}
DOMAINS = ["IMD", "Income", "Employment", "Education", "Health", "Crime"]
DOMAINS_2019 = [*DOMAINS, "Housing_and_Access", "Environment"]
DOMAINS_2025 = [*DOMAINS, "Housing_and_Services", "Environment"]
LSOAS_OF_ENGLAND = {2019: 32844, 2025: 33755}
# Some years were stored by someone whose line ends are CRLF: the publisher's files come both ways.
CRLF_BEFORE = month("2022-01")


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
    own = ((m, found) for m, found in rows(here, seed=seed, months=span) if m != LATE_PARTNER.first)
    write_street(folder / "police-uk", FORCE_SLUG, FORCE, own)
    next_door = ((m, found) for m, found in neighbour.rows(here, seed=seed, months=span) if m != LATE_NEIGHBOUR.first)
    write_street(folder / "police-uk", NEIGHBOUR_SLUG, NEIGHBOUR_FORCE, next_door)


def write_street(folder: Path, slug: str, force: str, monthly: Iterator[tuple[int, list[Row]]]) -> None:
    """`SLUG-street-YYYY.zip`, each holding `YYYY-MM/YYYY-MM-SLUG-street.csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    years: dict[int, list[tuple[str, bytes]]] = {}
    for m, found in monthly:
        name = f"{label(m)}/{label(m)}-{slug}-street.csv"
        table = [STREET, *(street_row(row, m, force) for row in found)]
        years.setdefault(m // 12, []).append((name, as_csv(table, "\r\n" if m < CRLF_BEFORE else "\n")))
    for year, members in years.items():
        with zipfile.ZipFile(folder / f"{slug}-street-{year}.zip", "w") as packed:
            for name, content in members:
                packed.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED, 6)


def street_row(row: Row, m: int, force: str) -> list[Any]:
    place: list[Any] = ["", "", "No location", "", ""]
    if row.point:
        lsoa = row.point.lsoa21 if m >= NEW_CODES_FROM else row.point.lsoa11
        place = [f"{row.point.longitude:.6f}", f"{row.point.latitude:.6f}", row.point.location, lsoa.code, lsoa.name]
    return [row.crime_id, label(m), force, force, *place, row.crime_type, row.outcome, ""]


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
    write_gz(folder / "lookup_ltla24_csp24_pfa24.csv.gz", [head, ours, theirs])
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
        # Poorer wards are more mixed, as in most English cities.
        white = ETHNIC_GROUPS["White"] + 0.2 * (0.5 - area.ward.deprivation)
        rest = (1 - white) / (1 - ETHNIC_GROUPS["White"])
        shares = [white if name == "White" else share * rest for name, share in ETHNIC_GROUPS.items()]
        counts = apportion(lsoa.residents, shares)
        census += [
            (lsoa.code, lsoa.residents, group, n, n / lsoa.residents)
            for group, n in zip(ETHNIC_GROUPS, counts, strict=True)
        ]
    write_gz(folder / "census" / "ethnicity21_lsoa21.csv.gz", census)

    ages = np.exp(-((np.arange(91) - 32) ** 2) / (2 * 28**2))
    estimate: list[Sequence[Any]] = [
        ("lsoa11_name", "lsoa11_code", "total_population", *range(90), "90+"),
        *((one.name, one.code, one.residents, *apportion(one.residents, ages)) for one, _ in vintages(here)["11"]),
    ]
    write_gz(folder / "denominators" / "population20_lsoa11.csv.gz", estimate)


def apportion(total: int, shares: Sequence[float] | np.ndarray) -> list[int]:
    """Whole numbers in these shares that add up to the total (largest remainder)."""
    exact = total * np.asarray(shares, dtype=float) / np.sum(shares)
    whole = np.floor(exact).astype(int)
    whole[np.argsort(whole - exact, kind="stable")[: total - whole.sum()]] += 1
    return [int(n) for n in whole]


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
