"""Assaults seen in emergency departments: places become areas with a confidence, and the words on them are dropped."""

import csv
import dataclasses
import json
import time

import duckdb
import pyarrow.parquet as pq
import pytest
import yaml

from redway.errors import FileRefused, RedwayError
from redway.sources.dataset import REFUSED, dataset
from redway.sources.hospital_istv.load import load
from redway.sources.hospital_istv.places import gazetteer
from redway.store import query
from redway.store.snapshot import Part

FIRST, SPLIT_A, SPLIT_B = "E01016710", "E01035001", "E01035002"
ROW = {
    "reporting_from": "2025-11-01",
    "reporting_to": "2025-11-30",
    "site": "ZZ901",
    "arrived_at": "2025-11-08 23:15",
    "assaulted_at": "2025-11-08 22:30",
    "method": "knife",
    "place_kind": "street",
}
STREETS = [
    ("On or near Example Street", FIRST, 8),
    ("On or near Sample Road", "E01016711", 6),  # an area of 2011 that was split in two
    ("On or near Specimen Lane", FIRST, 7),
    ("On or near Specimen Lane", SPLIT_A, 3),
    ("On or near Supermarket", FIRST, 50),  # a kind of place, no name
    ("On or near Bedford Way", "E01017400", 9),  # of a neighbour
    ("No location", None, 30),
]
OWN = [
    {"name": "The Paper Lantern", "also": ["Paper Lantern"], "areas": [SPLIT_B]},
    {"name": "Skydrome", "areas": [FIRST]},
    {"name": "Kestrel", "areas": [SPLIT_A], "part_of_town": True},
]


@pytest.fixture
def hospital(context, partnership):
    """What the loader of a hospital's return knows: street names, wards, and the partnership's own list."""
    streets, wards = partnership.accepted / "streets.parquet", partnership.accepted / "wards.parquet"
    codes = {name + str(code): f"'{code}'" if code else "NULL" for name, code, _ in STREETS}
    rows = ", ".join(f"('{name}', {codes[name + str(code)]})" for name, code, times in STREETS for _ in range(times))
    duckdb.execute(f"COPY (SELECT * FROM (VALUES {rows}) AS t (location, lsoa_code)) TO '{streets}'")
    duckdb.execute(
        f"COPY (SELECT * FROM (VALUES ('Kestrel Hill', '{FIRST}', 'E06000042', 'Milton Keynes'), "
        f"('Kestrel Hill', '{SPLIT_A}', 'E06000042', 'Milton Keynes'), "
        "('Castle', 'E01017400', 'E06000055', 'Bedford')) AS t (ward_name, lsoa21_code, district_code, district_name)) "
        f"TO '{wards}'"
    )
    (partnership.profile / "gazetteer.yaml").write_text(yaml.safe_dump(OWN), "utf-8")
    parts = (
        Part("police-street", "Thames Valley Police", "2025-11", "streets", 113, streets, 2),
        Part("lsoa-wards", "ONS", "", "wards", 3, wards, 3),
    )
    snapshot = dataclasses.replace(context.snapshot, parts=(*context.snapshot.parts, *parts))
    return dataclasses.replace(context, snapshot=snapshot, agency="hospital")


@pytest.fixture
def send(tmp_path, hospital):
    """Loads rows as a hospital sends them: each a dictionary of what differs from an ordinary assault."""

    def rows_sent(rows, **changes):
        into = tmp_path / f"work-{len(list(tmp_path.iterdir()))}"
        into.mkdir()
        columns = [c for c in dataset("hospital-istv").columns if not c.optional or any(c.name in r for r in rows)]
        path = into / "sent.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writing = csv.writer(file)
            writing.writerow([column.heading for column in columns])
            writing.writerows([[(ROW | row).get(column.name, "") for column in columns] for row in rows])
        return into, load(path, file_name="istv.csv", into=into, context=dataclasses.replace(hospital, **changes))

    return rows_sent


PLACED = [
    ("Outside the Paper Lantern", SPLIT_B, "high"),
    ("12 Example St", FIRST, "high"),
    ("corner of Exampel Street", FIRST, "medium"),
    ("Specimen Lane", FIRST, "medium"),
    ("Specimen Lane, Kestrel", SPLIT_A, "high"),  # the partnership's list says where Kestrel is
    ("Sample Road", SPLIT_A, "low"),  # half of a split area: either may be meant
    ("SKYDROME", FIRST, "high"),
    ("Supermarket", None, "none"),
    ("Bedford Way", None, "none"),  # a street of the neighbours
    ("Example Street, Bedford", None, "none"),  # the words name another district
    ("at his mum's", None, "none"),
    ("Kestrel", None, "none"),
    ("", None, "none"),
    (FIRST, FIRST, "high"),
]


def names_of(context):
    with query.connect(context.home.incoming / "spill") as db:
        return gazetteer(context, db)


def test_the_days_measured_are_those_of_arrivals_not_of_the_reporting_period(send):
    late = {"arrived_at": "2025-11-27 03:10", "assaulted_at": "2025-11-27 02:00"}
    _, (loaded,) = send([{}, late, {"arrived_at": ""}])
    assert (loaded.facts.first, loaded.facts.last) == ("2025-11-08", "2025-11-27")


def test_places_become_areas_with_a_confidence_and_all_rows_are_kept(send):
    _, (loaded,) = send([{"place": place} for place, _, _ in PLACED])
    rows = pq.read_table(loaded.parquet).to_pylist()
    assert [(row["lsoa_code"], row["area_confidence"]) for row in rows] == [(area, sure) for _, area, sure in PLACED]
    assert loaded.rows_accepted == len(PLACED)
    assert loaded.notes == {
        "placed by the hospital": 0,
        "placed surely": 5,
        "placed fairly surely": 2,
        "placed doubtfully": 1,
        "placed nowhere": 6,
    }
    assert loaded.facts.unknown["area"] == 6


def test_the_words_on_a_place_are_in_no_file_that_stays(send):
    into, (loaded,) = send([{"place": "Example Street beside zebrafinch"}, {"place": "zebrafinch close"}] * 20)
    kept = [path for path in into.rglob("*") if path.is_file() and path.name != "sent.csv"]
    assert kept == [loaded.parquet]
    assert "place" not in pq.read_schema(loaded.parquet).names
    assert b"zebrafinch" not in loaded.parquet.read_bytes()
    assert "zebrafinch" not in str(loaded)


def test_nor_are_they_among_the_refused_rows_or_in_an_error(send):
    fine = [{"place": "Example Street"}] * 30
    into, (loaded,) = send([*fine, {"place": "zebrafinch close", "method": "a badger"}])
    (cell,) = pq.read_table(into / REFUSED).to_pylist()
    assert cell["value"] == "a badger"
    assert "zebrafinch" not in str(cell)
    assert json.loads(cell["line"])["Assault method"] == "a badger"
    with pytest.raises(FileRefused) as refused:
        send([{"place": "zebrafinch close", "method": "a badger"}])
    assert "zebrafinch" not in str(refused.value)
    assert loaded.refused[0].count == 1


def test_a_name_typed_into_the_place_refuses_the_file_and_is_not_repeated(send, tmp_path):
    with pytest.raises(FileRefused, match="direct identifiers") as refused:
        send([{"place": "Mr Zebulon Fictional's house"}])
    assert "Zebulon" not in str(refused.value)


@pytest.mark.parametrize("words", ["hit by Jane Example", "call 07700 900123", "NHS 943 476 5919", "14 Example Road"])
def test_nor_may_people_be_named_where_the_method_is_written_out(send, words):
    with pytest.raises(FileRefused, match="direct identifiers"):
        send([{"place": "Example Street", "method": "other", "method_other": words}])


def test_a_home_s_address_is_let_in_to_be_placed_and_dropped(send):
    _, (loaded,) = send([{"place": "14 Example Street, MK9 3XA", "place_kind": "home"}])
    (row,) = pq.read_table(loaded.parquet).to_pylist()
    assert (row["lsoa_code"], row["area_confidence"]) == (FIRST, "high")
    assert "MK9" not in str(row)


def test_an_area_that_the_hospital_found_itself_stands(send):
    _, (loaded,) = send([{"area": SPLIT_A, "place": "Example Street"}, {"area": "", "place": "Example Street"}])
    rows = pq.read_table(loaded.parquet).to_pylist()
    assert [(row["lsoa_code"], row["area_confidence"]) for row in rows] == [(SPLIT_A, "given"), (FIRST, "high")]


def test_each_month_is_a_return_of_its_own(send):
    october = {"reporting_from": "2025-10-01", "reporting_to": "2025-10-31"} | {
        "arrived_at": "",
        "assaulted_at": "2025-10-31 00:00",
        "place": "Skydrome",
    }
    _, loads = send([{"place": "Example Street"}, october])
    found = {loaded.period: loaded for loaded in loads}
    assert set(found) == {"2025-10", "2025-11"}
    assert found["2025-10"].notes["assault timed at midnight, which may stand for not known"] == 1
    assert pq.read_table(found["2025-10"].parquet).to_pylist()[0]["month"] == "2025-10"


def test_a_month_that_was_not_over_is_noted(send):
    _, (loaded,) = send([{"reporting_to": "2025-11-14"}])
    assert loaded.notes["of a month that was not over"] == 1


def test_the_same_rows_placed_by_the_same_names_are_the_same_return(send):
    rows = [{"place": "Example Street"}, {"place": "Skydrome"}]
    _, (one,) = send(rows)
    _, (other,) = send(list(reversed(rows)))
    assert one.content == other.content


def test_without_street_crime_or_a_list_assaults_are_kept_without_area(send, context, partnership):
    (partnership.profile / "gazetteer.yaml").unlink()
    _, (loaded,) = send([{"place": "Example Street"}], snapshot=context.snapshot)
    assert loaded.notes["placed nowhere"] == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("name: Skydrome", "a list"),
        ([{"name": "Skydrome"}], "areas"),
        ([{"name": "Skydrome", "areas": []}], "areas"),
        ([{"name": "Skydrome", "areas": [FIRST], "place": 1}], "place"),
    ],
)
def test_a_faulty_list_of_places_is_named(hospital, partnership, given, said):
    (partnership.profile / "gazetteer.yaml").write_text(given if isinstance(given, str) else yaml.safe_dump(given))
    with pytest.raises(RedwayError, match=said) as fault:
        names_of(hospital)
    assert "gazetteer.yaml" in str(fault.value)


def test_ten_thousand_places_take_seconds(hospital):
    known = names_of(hospital)
    texts = [
        f"{n} Exampel Street by the {chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{n // 676}ery" for n in range(10_000)
    ]
    began = time.process_time()
    assert all(known.locate(text).area == FIRST for text in texts)
    assert time.process_time() - began < 5


@pytest.mark.real_data
def test_real_street_names_of_milton_keynes_find_their_own_areas(open_data, tmp_path, partnership, hospital):
    """Every street name of ten months, as somebody might write it, is placed in an area where it was met."""
    import zipfile

    folder = tmp_path / "street"
    with zipfile.ZipFile(open_data / "police-uk" / "thames-valley-street-2025.zip") as packed:
        packed.extractall(folder)
    streets, lookup = partnership.accepted / "real.parquet", partnership.accepted / "lookup.parquet"
    duckdb.execute(
        'COPY (SELECT "Location" AS location, "LSOA code" AS lsoa_code FROM '
        f"read_csv('{folder}/**/*street.csv')) TO '{streets}'"
    )
    duckdb.execute(
        "COPY (SELECT lsoa11_code, lsoa21_code, ltla22_code AS district_code FROM "
        f"read_csv('{open_data}/geography/lookup_lsoa11_lsoa21_ltla22.csv.gz')) TO '{lookup}'"
    )
    parts = (
        Part("police-street", "Thames Valley Police", "", "real", 1, streets, 2),
        Part("lsoa-lookup", "ONS", "", "real", 1, lookup, 1),
    )
    known = names_of(dataclasses.replace(hospital, snapshot=dataclasses.replace(hospital.snapshot, parts=parts)))
    met: dict[str, set[str]] = {}
    for entry in known.entries:
        if not entry.sure:
            met.setdefault(entry.name, set()).update(entry.areas)
    assert len(met) > 2_700
    found = {name: known.locate(f"outside 12 {name.upper()}, near the shops") for name in met}
    placed = {name: each for name, each in found.items() if each.area}
    assert all(each.area in met[name] for name, each in placed.items() if each.confidence.word == "high")
    assert len(placed) > 0.97 * len(met)
    assert sum(each.confidence.word == "high" for each in placed.values()) > 0.85 * len(met)
