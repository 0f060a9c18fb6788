"""The files of Aldermere: the publishers' layouts, the same bytes for a seed, traps included."""

import csv
import gzip
import hashlib
import io
import json
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely

from redway import periods
from redway.aldermere import names, neighbour, truths, write
from redway.aldermere.city import WARDS, city
from redway.aldermere.crime import CRIME_TYPES, drawn, expected
from redway.aldermere.partners import truths as partners

OPEN_SEA = shapely.box(-4.75, 53.70, -4.35, 53.86)
STREET = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
LAST_24 = range(truths.LAST_MONTH - 23, truths.LAST_MONTH + 1)


def hashes(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def table(path):
    return list(csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode())))


@pytest.fixture(scope="session")
def street(published):
    """Every row of the city's own force, by month."""
    found = {}
    for path in sorted(published.glob("police-uk/aldermere-street-*.zip")):
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                found[periods.month(name[:7])] = list(csv.DictReader(io.StringIO(packed.read(name).decode())))
    return found


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    write(tmp_path / "one", seed=7, months=3)
    write(tmp_path / "two", seed=7, months=3)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


def test_another_seed_changes_what_happens_but_not_the_city(tmp_path):
    write(tmp_path / "one", seed=7, months=2)
    write(tmp_path / "two", seed=8, months=2)
    one, two = hashes(tmp_path / "one"), hashes(tmp_path / "two")
    assert one.keys() == two.keys()
    assert {name for name in one if one[name] != two[name]} == {n for n in one if n.startswith("police-uk")}


def test_files_bear_the_publishers_names(published):
    assert sorted(hashes(published)) == sorted(
        [
            "census/ethnicity21_lsoa21.csv.gz",
            "denominators/population20_lsoa11.csv.gz",
            "deprivation/imd2019_england_lsoa11.csv.gz",
            "deprivation/imd2025_england_lsoa21.csv.gz",
            "dfe/bds_long_0.csv",
            "geography/lookup_lsoa11_lsoa21_ltla22.csv.gz",
            "geography/lookup_lsoa21_ward24_ltla24.csv.gz",
            "geography/lookup_ltla24_csp24_pfa24.csv.gz",
            "geography/lsoa11_E06999001.geojson",
            "geography/lsoa21_E06999001.geojson",
            "denominators/households21_england_wales_ltla23.csv.gz",
            *(f"police-uk/{force}-street-{y}.zip" for force in ("aldermere", "fenmarch") for y in range(2020, 2026)),
            *(f"police-uk/aldermere-{k}-{y}.zip" for k in ("outcomes", "stop-and-search") for y in (2024, 2025)),
        ]
    )


@pytest.mark.real_data
@pytest.mark.parametrize(
    "path",
    [
        *("geography/lookup_lsoa11_lsoa21_ltla22.csv.gz", "geography/lookup_lsoa21_ward24_ltla24.csv.gz"),
        *("geography/lookup_ltla24_csp24_pfa24.csv.gz", "census/ethnicity21_lsoa21.csv.gz"),
        *("denominators/population20_lsoa11.csv.gz", "deprivation/imd2019_england_lsoa11.csv.gz"),
        *("deprivation/imd2025_england_lsoa21.csv.gz", "denominators/households21_england_wales_ltla23.csv.gz"),
    ],
)
def test_headings_are_those_of_the_real_files(published, open_data, path):
    with gzip.open(published / path, "rt") as ours, gzip.open(open_data / path, "rt") as real:
        assert ours.readline() == real.readline()


@pytest.mark.real_data
def test_no_name_or_code_is_that_of_a_real_place(published, open_data):
    real = {
        cell.casefold()
        for path in ("lookup_lsoa11_lsoa21_ltla22", "lookup_lsoa21_ward24_ltla24", "lookup_ltla24_csp24_pfa24")
        for row in table(open_data / f"geography/{path}.csv.gz")
        for cell in row.values()
    }
    ours = {names.DISTRICT, names.NEIGHBOUR, neighbour.WARD, *(ward.name for ward in WARDS)}
    ours |= {one.name for one in names.COMPARABLE}
    codes = {one.code for area in city().areas for one in (*area.lsoa11, *area.lsoa21)}
    codes |= {names.DISTRICT_CODE, names.CSP_CODE, names.NEIGHBOUR_CODE, *(ward.code for ward in WARDS)}
    codes |= {code for one in names.COMPARABLE for code in (one.district_code, one.partnership_code, one.force_code)}
    assert len(real) > 70_000
    assert not real & {one.casefold() for one in ours | codes}


def test_areas_cover_the_land_without_overlap_and_lie_in_the_sea(published):
    for vintage, count in (("11", 66), ("21", 71)):
        features = json.loads((published / f"geography/lsoa{vintage}_E06999001.geojson").read_text())["features"]
        shapes = [shapely.geometry.shape(f["geometry"]) for f in features]
        whole = shapely.union_all(shapes)
        assert len(shapes) == count
        assert all(s.is_valid and s.geom_type == "Polygon" and OPEN_SEA.contains(s) for s in shapes)
        assert sum(s.area for s in shapes) == pytest.approx(whole.area, rel=1e-3)
        assert len(whole.interiors) <= 1  # the mere, and no crack between areas


def test_some_areas_were_split_and_some_merged(published):
    rows = table(published / "geography/lookup_lsoa11_lsoa21_ltla22.csv.gz")
    own = [row for row in rows if row["ltla22_code"] == names.DISTRICT_CODE]
    assert Counter(row["change_code"] for row in own) == {"U": 57, "S": 12, "M": 4}
    assert len(city().areas) == 64


def test_residents_add_up(published):
    census = table(published / "census/ethnicity21_lsoa21.csv.gz")
    for code in {row["lsoa21_code"] for row in census}:
        mine = [row for row in census if row["lsoa21_code"] == code]
        assert {int(row["total_residents"]) for row in mine} == {sum(int(row["n"]) for row in mine)}
    for row in table(published / "denominators/population20_lsoa11.csv.gz"):
        assert int(row["total_population"]) == sum(int(row[age]) for age in [*map(str, range(90)), "90+"])


def test_deprivation_ranks_follow_the_wards(published):
    ranks = {
        row["lsoa21_code"]: int(row["IMD_rank"])
        for row in table(published / "deprivation/imd2025_england_lsoa21.csv.gz")
    }
    by_ward = {w.name: [ranks[a.code] for a in city().areas if a.ward == w] for w in WARDS}
    assert np.mean(by_ward["Cinderholt"]) < np.mean(by_ward["Gannet Wharf"]) < np.mean(by_ward["Larkspur Hythe"])
    assert all(1 <= rank <= 33755 for rank in ranks.values())


# ------------------------------------------------------------------ Street crime


def test_street_files_have_the_publishers_columns_and_both_line_ends(published):
    ends = set()
    for path in published.glob("police-uk/*-street-*.zip"):
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                first = packed.read(name).split(b"\n")[0]
                ends.add(first.endswith(b"\r"))
                assert first.decode().rstrip("\r") == STREET + "Last outcome category,Context"
    assert ends == {True, False}


def test_size_and_months(street):
    assert 40_000 <= sum(map(len, street.values())) <= 60_000
    assert sorted(set(periods.span(street)) - set(street)) == [truths.LATE_PARTNER.first]
    assert set(LAST_24) <= set(street)
    assert len(periods.span(street)) == 60


def test_blank_ids_repeated_ids_and_genuine_duplicates(street):
    for rows in street.values():
        assert {r["Crime type"] for r in rows if not r["Crime ID"]} == {"Anti-social behaviour"}
        assert {r["Crime type"] for r in rows if r["Crime ID"]} == {k.name for k in CRIME_TYPES[1:]}
        ids = Counter(r["Crime ID"] for r in rows if r["Crime ID"])
        assert sum(n - 1 for n in ids.values()) >= 3
    whole_rows = Counter(tuple(r.values()) for rows in street.values() for r in rows)
    assert max(whole_rows.values()) > 1


def test_unlocated_rows_and_the_silent_change_of_codes(street):
    known11 = {one.code for area in city().areas for one in area.lsoa11}
    known21 = {one.code for area in city().areas for one in area.lsoa21}
    rows = [r for month in street.values() for r in month]
    lost = [r for r in rows if not r["LSOA code"]]
    assert 0.02 < len(lost) / len(rows) < 0.05
    assert all(r["Location"] == "No location" and r["Longitude"] == r["Latitude"] == r["LSOA name"] == "" for r in lost)
    for month, found in street.items():
        codes = {r["LSOA code"] for r in found} - {""}
        assert codes <= (known21 if month >= truths.NEW_CODES_FROM else known11)


def test_the_points_of_rows_lie_in_the_area_of_their_code(street):
    shapes = {one.code: one.shape for area in city().areas for one in (*area.lsoa11, *area.lsoa21)}
    sample = [r for r in street[periods.month("2023-12")] + street[periods.month("2024-01")] if r["LSOA code"]]
    near = [
        shapes[r["LSOA code"]].buffer(1e-5).contains(shapely.Point(float(r["Longitude"]), float(r["Latitude"])))
        for r in sample
    ]
    assert all(near)


def test_the_neighbouring_force_has_rows_on_both_sides(published):
    own = {one.code for area in city().areas for one in area.lsoa21}
    with zipfile.ZipFile(published / "police-uk/fenmarch-street-2025.zip") as packed:
        rows = [r for name in packed.namelist() for r in csv.DictReader(io.StringIO(packed.read(name).decode()))]
        assert f"2025-11/2025-11-{names.NEIGHBOUR_SLUG}-street.csv" not in packed.namelist()
    assert {r["Reported by"] for r in rows} == {names.NEIGHBOUR_FORCE}
    assert 0 < sum(r["LSOA code"] in own for r in rows) < len(rows) / 3


# ------------------------------------------------------------------ Means and their spread


def test_nothing_moves_from_year_to_year_but_what_was_planted():
    means = expected(city(), LAST_24)
    before, after = means[:, :, :12].sum(2), means[:, :, 12:].sum(2)
    moved = {(CRIME_TYPES[t].name, city().areas[a].code) for t, a in np.argwhere(np.abs(np.log(after / before)) > 1e-9)}
    planted = {
        (kind, code)
        for truth in (truths.KNIFE_CRIME, truths.OPERATION)
        for kind in truth.crime_types
        for code in truth.areas
    }
    assert moved == planted


def test_counts_spread_as_much_as_they_say_at_every_scale():
    means = expected(city(), LAST_24)
    rng = np.random.default_rng(4)
    for axis in ((), (1,)):  # areas one by one, and the city
        counts = np.array([drawn(means, rng).sum(axis) for _ in range(400)])
        mean = means.sum(axis)
        ratio = (((counts - mean) ** 2).mean(0) / mean).reshape(len(CRIME_TYPES), -1).mean(1)
        assert ratio == pytest.approx([kind.spread for kind in CRIME_TYPES], rel=0.08)
    assert all(2 <= kind.spread <= 4 for kind in CRIME_TYPES)


def test_season_peaks_where_it_should():
    months = range(periods.month("2023-01"), periods.month("2024-01"))
    totals = dict(zip([k.name for k in CRIME_TYPES], expected(city(), months).sum(1), strict=True))
    assert totals["Anti-social behaviour"].argmax() + 1 == 7
    assert totals["Burglary"].argmax() + 1 == 12


def test_the_page_about_the_city_tells_what_was_planted():
    page = (Path(__file__).parents[2] / "docs" / "aldermere.md").read_text("utf-8")
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    assert rows.keys() == {truth.id for truth in (*truths.TRUTHS, *truths.STATED, *partners.TRUTHS)}
    for stated in (truths.BACKLOG, truths.REVISION):
        assert periods.in_words(stated.period) in rows[stated.id]
    assert f"{truths.HOMES.value:,}" in rows[truths.HOMES.id]
    assert f"−{-truths.REVISION.value}" in rows[truths.REVISION.id]
    for planted in partners.TRUTHS:
        always = planted.first in (partners.FIRST_MONTH, partners.FIRST_QUARTER)
        assert ("always" if always else periods.words(planted.first)) in rows[planted.id]
    for truth in truths.TRUTHS:
        row = rows[truth.id]
        assert all(code in row for code in truth.areas)
        assert all(kind.casefold() in row for kind in truth.crime_types)
        assert truth.first == truths.FIRST_MONTH or periods.words(truth.first).split()[0] in row
    assert f"{sum(a.residents for a in city().areas):,} residents in {len(city().areas)} areas" in page
