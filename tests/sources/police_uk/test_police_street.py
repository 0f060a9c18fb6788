"""Street files of data.police.uk: every trap that real ones hold, and every fault that stops one."""

import csv
import io
import random
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redway.errors import FileRefused
from redway.sources.dataset import Context, dataset
from redway.sources.loaders import loader
from redway.sources.police_street.load import CRIME_TYPES, STREET, load, skips
from redway.store.snapshot import Part, Snapshot
from tests.sources.police_uk.conftest import NOWHERE, only, rows_of

DATASET = "police-street"
AREAS = [("E01016710", "E01016710", "E06000042"), ("E01016711", "E01035001", "E06000042")]
AREAS += [("E01016711", "E01035002", "E06000042"), ("E01017400", "E01017400", "E06000055")]
AREAS += [("W01001700", "W01001700", "W06000015")]


class TestAnOrdinaryFile:
    def test_gives_one_submission_of_its_force_and_month(self, take, street_file):
        one = only(take(street_file([{}, {"Crime type": "Drugs"}])))
        assert (one.provider, one.period) == ("Thames Valley Police", "2025-01")
        assert (one.rows_read, one.rows_accepted, one.refused, one.notes) == (2, 2, (), {})

    def test_is_typed_and_renamed(self, take, street_file):
        row = rows_of(only(take(street_file([{"Crime ID": "ab12"}]))))[0]
        assert row == {
            "crime_id": "ab12",
            "month": "2025-01",
            "reported_by": "Thames Valley Police",
            "falls_within": "Thames Valley Police",
            "longitude": -0.666796,
            "latitude": 51.951514,
            "location": "On or near Drift Road",
            "lsoa_code": "E01016710",
            "lsoa_name": "Milton Keynes 001A",
            "crime_type": "Burglary",
            "outcome": "Under investigation",
            "context": None,
        }
        assert list(row) == [column.name for column in dataset("police-street").columns]

    def test_keeps_the_order_of_its_rows(self, take, street_file):
        ids = [f"{n:064x}" for n in random.Random(1).sample(range(10**6), 500)]
        assert [r["crime_id"] for r in rows_of(only(take(street_file([{"Crime ID": i} for i in ids]))))] == ids

    def test_is_found_by_its_dataset(self):
        assert loader("police-street").load is load

    def test_may_hold_each_of_the_fourteen_crime_types(self, take, street_file):
        assert len(CRIME_TYPES) == 14
        assert only(take(street_file([{"Crime type": each} for each in CRIME_TYPES]))).rows_accepted == 14


class TestTrapsOfRealFiles:
    def test_areas_of_2011_and_of_2021_are_both_known(self, take, street_file):
        codes = ["E01016711", "E01035001", "E01035002", "E01016710"]
        one = only(take(street_file([{"LSOA code": code} for code in codes])))
        assert [r["lsoa_code"] for r in rows_of(one)] == codes

    def test_a_blank_crime_id_is_null_and_the_row_is_kept(self, take, street_file):
        asb = {"Crime ID": "", "Crime type": "Anti-social behaviour", "Last outcome category": ""}
        rows = rows_of(only(take(street_file([asb, asb]))))
        assert [(r["crime_id"], r["outcome"]) for r in rows] == [(None, None)] * 2

    def test_rows_alike_in_everything_are_separate_incidents(self, take, street_file):
        one = only(take(street_file([{}] * 5)))
        assert one.rows_accepted == 5
        assert "repeated crime ID" not in one.notes

    def test_a_repeated_crime_id_is_counted_and_kept(self, take, street_file):
        one = only(take(street_file([{"Crime ID": i} for i in ("a", "b", "a", "a", "")])))
        assert one.rows_accepted == 5
        assert one.notes == {"repeated crime ID": 2}

    def test_a_row_without_a_location_is_kept_as_unlocated(self, take, street_file):
        one = only(take(street_file([NOWHERE, {}])))
        assert one.notes == {"unlocated": 1}
        assert rows_of(one)[0]["longitude"] is None

    def test_line_ends_make_no_difference(self, take, street_file):
        rows = [{"Crime ID": "a"}, {"Context": "said"}, {}]
        lf, crlf = (only(take(street_file(rows, end=end))) for end in ("\n", "\r\n"))
        assert lf.content == crlf.content
        assert rows_of(lf) == rows_of(crlf)

    def test_mixed_line_ends_lose_no_row(self, take, street_file):
        crlf = street_file([{"Crime ID": str(n)} for n in range(50)], end="\r\n").read_bytes()
        path = street_file([{"Crime ID": str(n)} for n in range(50, 90)])
        path.write_bytes(crlf + path.read_bytes().split(b"\n", 1)[1] + crlf.split(b"\n", 1)[1])
        assert [r["crime_id"] for r in rows_of(only(take(path)))] == [str(n) for n in [*range(90), *range(50)]]

    def test_the_order_of_columns_and_of_rows_makes_no_difference(self, take, street_file):
        rows = [{"Crime ID": "a"}, {"Crime ID": "b", "Crime type": "Drugs"}, {}, {}]
        columns = [column.publisher_name for column in STREET.definition.columns]
        plain = only(take(street_file(rows)))
        turned = only(take(street_file(rows[::-1], columns=columns[::-1])))
        assert plain.content == turned.content

    def test_a_byte_order_mark_makes_no_difference(self, take, street_file):
        assert only(take(street_file([{}]))).content == only(take(street_file([{}], start=b"\xef\xbb\xbf"))).content

    def test_cells_may_stand_in_quotation_marks(self, take, street_file):
        path = street_file([{"Location": '"On or near ""A"", the lane"'}])
        assert rows_of(only(take(path)))[0]["location"] == 'On or near "A", the lane'

    def test_rows_of_other_districts_are_kept_and_counted(self, take, street_file):
        one = only(take(street_file([{}, {"LSOA code": "E01017400"}, {"LSOA code": "W01001700"}, NOWHERE])))
        assert one.rows_accepted == 4
        assert one.notes == {"unlocated": 1, "outside": 2}

    def test_a_neighbouring_forces_file_is_its_own_submission(self, take, street_file):
        force = {"Reported by": "Bedfordshire Police", "Falls within": "Bedfordshire Police"}
        path = street_file([force, force | {"LSOA code": "E01017400"}], "2025-01-bedfordshire-street.csv")
        one = only(take(path))
        assert (one.provider, one.rows_accepted, one.notes) == ("Bedfordshire Police", 2, {"outside": 1})

    def test_british_transport_police_send_no_crime_ids(self, take, street_file):
        btp = {"Reported by": "British Transport Police", "Falls within": "British Transport Police"}
        one = only(take(street_file([btp, btp | {"Crime type": "Robbery"}], "2025-01-btp-street.csv")))
        assert (one.provider, one.rows_accepted, one.notes) == ("British Transport Police", 2, {})

    def test_northern_ireland_has_points_and_no_areas(self, take, street_file):
        psni = {"Reported by": "Police Service of Northern Ireland", "LSOA code": "", "LSOA name": ""}
        point = {"Longitude": "-5.930120", "Latitude": "54.597285"}
        one = only(take(street_file([psni | point] * 3, "2025-01-northern-ireland-street.csv")))
        assert (one.rows_accepted, one.notes) == (3, {"no area": 3})

    def test_northern_ireland_may_have_another_spelling(self, take, street_file):
        psni = {"Reported by": "POLICE SERVICE OF NORTHERN IRELAND", "LSOA code": "", "LSOA name": ""}
        assert only(take(street_file([psni] * 3, "2025-01-northern-ireland-street.csv"))).notes == {"no area": 3}

    def test_a_row_with_an_area_and_no_point_is_located(self, take, street_file):
        one = only(take(street_file([{"Longitude": "", "Latitude": ""}])))
        assert (one.rows_accepted, one.notes) == (1, {})

    def test_a_last_line_without_an_end_is_taken_and_told(self, take, street_file):
        path = street_file([{}, {}])
        path.write_bytes(path.read_bytes().rstrip(b"\n"))
        one = only(take(path))
        assert (one.rows_accepted, one.notes) == (2, {"no last line end": 1})


class TestFilesUnderOtherNames:
    def test_one_of_many_forces_and_months_becomes_many_submissions(self, take, street_file):
        rows = [
            {"Reported by": force, "Month": month, "Crime ID": f"{force}{month}{n}"}
            for n in range(3)
            for force in ("Thames Valley Police", "Bedfordshire Police")
            for month in ("2024-12", "2025-01")
        ]
        found = {(one.provider, one.period): one for one in take(street_file(rows, "everything.csv"))}
        assert len(found) == 4
        for (force, month), one in found.items():
            assert (one.rows_read, one.rows_accepted) == (3, 3)
            assert [r["crime_id"] for r in rows_of(one)] == [f"{force}{month}{n}" for n in range(3)]

    def test_each_is_the_same_submission_as_from_a_file_of_its_own(self, take, street_file):
        january = [{"Crime ID": "a"}, {}, NOWHERE]
        february = [row | {"Month": "2025-02"} for row in january]
        apart = [
            only(take(street_file(january))),
            only(take(street_file(february, "2025-02-thames-valley-street.csv"))),
        ]
        joined = take(street_file(january + february, "joined.csv"))
        assert [one.content for one in joined] == [one.content for one in apart]

    def test_refused_rows_are_told_with_their_force_and_month(self, take, street_file):
        rows = [{"Month": month} for month in ("2024-12", "2025-01") for _ in range(40)]
        rows[70] |= {"LSOA code": "E01999999"}
        rows[71] |= {"Month": "January"}
        december, january = take(street_file(rows, "joined.csv"))
        refused = [r for one in (december, january) for r in one.refused]
        assert {(r.reason, r.first.row) for r in refused} == {
            ("an area of neither 2011 nor 2021", 71),
            ("not a month", 72),
        }
        assert [r.reason for r in january.refused if r.first.row == 71]
        assert december.rows_read + january.rows_read == 80

    def test_headings_among_joined_rows_are_refused_rows(self, take, street_file):
        one = street_file([{}] * 40, "joined.csv")
        heading = one.read_bytes().split(b"\n", 1)[0] + b"\n"
        one.write_bytes(one.read_bytes() + heading + b"\n".join(one.read_bytes().split(b"\n")[1:]))
        loaded = only(take(one))
        assert loaded.rows_accepted == 80
        assert [(r.reason, r.count, r.first.row) for r in loaded.refused] == [("a heading among the rows", 1, 41)]

    def test_the_most_frequent_force_names_a_file_with_the_publishers_name(self, take, street_file):
        one = only(take(street_file([{}, {}, {"Reported by": "Bedfordshire Police"}])))
        assert one.provider == "Thames Valley Police"
        assert one.notes == {"reported by another force": 1}


class TestNamesOfForces:
    @pytest.mark.parametrize("spelt", ["thames valley police", "THAMES  VALLEY POLICE", " Thames Valley Police "])
    def test_the_partnerships_own_force_has_one_spelling(self, take, street_file, spelt):
        plain = only(take(street_file([{}, {}])))
        other = only(take(street_file([{}, {"Reported by": spelt, "Falls within": spelt}])))
        assert (other.provider, other.content, other.notes) == ("Thames Valley Police", plain.content, {})
        assert {row["falls_within"] for row in rows_of(other)} == {"Thames Valley Police"}

    def test_in_a_joined_file_two_spellings_are_one_submission_with_its_refused_rows(self, take, street_file):
        rows = [{"Reported by": name} for name in ["kent police", "Kent Police", "Kent Police"] * 10]
        rows[3] |= {"Month": "x"}
        one = only(take(street_file(rows, "joined.csv")))
        assert (one.provider, one.rows_read, one.rows_accepted) == ("Kent Police", 30, 29)

    def test_a_force_accepted_before_keeps_its_spelling(self, context, street_file, tmp_path):
        before = Part("police-street", "Kent Police", "2024-12", "x", 1, tmp_path / "x", 2)
        context = Context(context.home, context.partnership, Snapshot(2, (*context.snapshot.parts, before)))
        path = street_file([{"Reported by": "KENT POLICE"}], "2025-01-kent-street.csv")
        assert only(load(path, file_name=path.name, into=tmp_path, context=context)).provider == "Kent Police"

    def test_a_file_named_after_another_force_is_refused(self, take, refusal, street_file):
        fault = refusal(street_file([{}], "2025-01-kent-street.csv"))
        assert "“kent”" in fault.expected
        assert "Thames Valley Police" in fault.came
        assert only(take(street_file([{}], "street.csv"))).provider == "Thames Valley Police"

    def test_a_force_that_took_a_longer_name_keeps_its_short_one_in_file_names(self, take, street_file):
        force = {"Reported by": "Hampshire and Isle of Wight Constabulary"}
        assert only(take(street_file([force], "2025-01-hampshire-street.csv"))).rows_accepted == 1


def test_files_of_other_kinds_are_left_aside_by_name():
    assert skips("2025-01/2025-01-thames-valley-outcomes.csv") == "outcomes, not street crime"
    assert skips("x/2025-01-thames-valley-stop-and-search.csv") == "stop and search, not street crime"
    assert skips("2025-01-thames-valley-street.csv") == ""
    assert skips("everything.csv") == ""


def test_a_large_file_passes_through_parquet_to_the_same_end(take, street_file, monkeypatch):
    rows = [{"Month": f"2024-0{1 + n % 3}", "Crime ID": str(n % 70)} for n in range(200)]
    rows[100]["Crime type"] = "Fraud"
    path = street_file(rows, "joined.csv")
    in_memory = take(path)
    monkeypatch.setattr("redway.sources.police_uk.rows.IN_MEMORY", 0)
    monkeypatch.setattr("redway.sources.police_uk.located.IN_MEMORY", 0)
    through_parquet = take(path)
    facts = [
        [(s.provider, s.period, s.content, s.rows_read, s.refused, s.notes) for s in t]
        for t in (in_memory, through_parquet)
    ]
    assert facts[0] == facts[1]
    assert [rows_of(s) for s in in_memory] == [rows_of(s) for s in through_parquet]


CELLS = {
    "Crime ID": st.sampled_from(["", "a", "b", "c"]),
    "Month": st.sampled_from(["2025-01"] * 30 + ["2025-02", "", "x"]),
    "LSOA code": st.sampled_from(["E01016710", "E01035001", "E01017400", ""] * 9 + ["E01099999", "x"]),
    "Crime type": st.sampled_from(["Drugs", "Burglary"] * 15 + ["", "Fraud"]),
    "Longitude": st.sampled_from(["-0.7"] * 30 + ["", "51.9", "x"]),
    "Latitude": st.sampled_from(["51.9"] * 30 + ["", "-0.7", "nan"]),
    "Location": st.sampled_from(["", "here", '"a, ""b"" c"', '"two\nlines"']),
}


def slow_twin(path):
    """What loading should find, by a plain loop over csv.reader: rows taken, reason of each fault -> rows, notes."""
    known = {code for pair in AREAS for code in pair[:2]}
    ours = {code for *pair, district in AREAS for code in pair if district == "E06000042"}
    taken, faults, notes = [], {}, {"unlocated": 0, "no area": 0, "outside": 0, "bad point": 0}

    def number(cell):
        try:
            return float(cell)
        except ValueError:
            return None

    for row in csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")):
        x, y = number(row["Longitude"]), number(row["Latitude"])
        given = bool(row["Longitude"] or row["Latitude"])
        inside = x is not None and y is not None and -9 <= x <= 2.5 and 49 <= y <= 61.5
        swapped = x is not None and y is not None and -9 <= y <= 2.5 and 49 <= x <= 61.5
        area = row["LSOA code"]
        if row["Month"] != "2025-01":
            fault = "another month than the file's name says" if row["Month"] == "2025-02" else "not a month"
        elif row["Crime type"] not in CRIME_TYPES:
            fault = "not one of the 14 crime types"
        elif area and area not in known:
            fault = "an area of neither 2011 nor 2021" if area.startswith("E01") else "not an area code"
        elif not area and given and not inside:
            fault = (
                "longitude and latitude swapped, and no area"
                if swapped
                else "a point outside the British Isles or half a point, and no area"
            )
        else:
            taken.append((row["Crime ID"] or None, area or None, x if inside else None, row["Location"] or None))
            notes["unlocated"] += not area and not given
            notes["no area"] += not area and given
            notes["outside"] += bool(area) and area not in ours
            notes["bad point"] += given and not inside
            continue
        faults[fault] = faults.get(fault, 0) + 1
    return taken, faults, {name: n for name, n in notes.items() if n}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=60), end=st.sampled_from(["\n", "\r\n"]))
def test_loading_finds_what_a_slow_loop_finds(take, street_file, rows, end):
    # Of Northern Ireland, which alone may have as many points without an area as it likes.
    rows = [row | {"Reported by": "Police Service of Northern Ireland"} for row in rows]
    path = street_file(rows, "2025-01-northern-ireland-street.csv", end=end)
    taken, faults, notes = slow_twin(path)
    try:
        one = only(take(path))
    except FileRefused:
        bad = sum(faults.values()), notes.get("bad point", 0) + sum(n for f, n in faults.items() if "point" in f)
        assert max(*bad, sum(faults.values())) > 0.05 * len(rows)
        return
    found = [(r["crime_id"], r["lsoa_code"], r["longitude"], r["location"]) for r in rows_of(one)]
    assert found == taken
    assert {r.reason: r.count for r in one.refused} == faults
    assert {name: n for name, n in one.notes.items() if name != "repeated crime ID"} == notes


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.fixed_dictionaries({"Crime ID": CELLS["Crime ID"]}), min_size=2, max_size=12), data=st.data())
def test_content_names_the_rows_and_how_often_each_is_there(take, street_file, rows, data):
    shuffled = data.draw(st.permutations(rows))
    content = only(take(street_file(rows))).content
    assert only(take(street_file(shuffled))).content == content
    assert only(take(street_file(rows[1:]))).content != content
    assert only(take(street_file([*rows, rows[0]]))).content != content


@pytest.mark.real_data
def test_rows_of_sunderlands_long_run_are_all_taken(open_data, take, tmp_path, context):
    import zipfile

    with zipfile.ZipFile(open_data / "police-uk" / "northumbria-sunderland-rows-2020-2022.zip") as archive:
        names = [n for n in archive.namelist() if n.endswith("-street.csv")]
        path = Path(archive.extract(names[0], tmp_path))
    lookup = tmp_path / "real-lookup.parquet"
    source = open_data / "geography" / "lookup_lsoa11_lsoa21_ltla22.csv.gz"
    duckdb.execute(
        f"COPY (SELECT lsoa11_code, lsoa21_code, ltla22_code AS district_code FROM '{source}') TO '{lookup}'"
    )
    real = Snapshot(1, (Part("lsoa-lookup", "ONS", "", "real", 1, lookup, 1),))
    into = tmp_path / "real"
    into.mkdir()
    one = only(load(path, file_name=path.name, into=into, context=Context(context.home, context.partnership, real)))
    assert (one.provider, one.refused) == ("Northumbria Police", ())
    assert one.rows_accepted == path.read_bytes().count(b"\n") - 1
