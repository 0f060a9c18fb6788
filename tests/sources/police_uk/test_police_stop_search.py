"""Stop and search of data.police.uk: every trap that real files hold, and every fault that stops one."""

import csv
import datetime as dt
import io
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
import yaml
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redway.errors import FileRefused
from redway.sources.dataset import Context, dataset, folder
from redway.sources.loaders import loader
from redway.sources.police_stop_search.load import AGES, GENDERS, SEEN, TYPES, load, skips
from redway.store.snapshot import Snapshot
from redway.work.returns.receive import receive
from redway.work.returns.versions import snapshot
from tests.sources.police_uk.conftest import BRITISH, GOOD, ORDINARY_STOP, STOPS, only, rows_of

DATASET = "police-stop-search"


@pytest.fixture
def context(context):
    """A home that knows nothing of areas, which this dataset does not need."""
    return replace(context, snapshot=Snapshot(0, ()))


class TestAnOrdinaryFile:
    def test_gives_one_submission_of_the_force_and_month_in_its_name(self, take, stops):
        one = only(take(stops([{}, {}])))
        assert (one.provider, one.period) == ("Thames Valley Police", "2021-08")
        assert (one.rows_read, one.rows_accepted, one.refused, one.notes) == (2, 2, (), {})

    def test_is_typed_and_renamed(self, take, stops):
        row = rows_of(only(take(stops([{}]))))[0]
        assert row == {
            "month": "2021-08",
            "reported_by": "Thames Valley Police",
            "type": "Person search",
            "date": dt.date(2021, 8, 14),
            "time": "17:00:00",
            "part_of_operation": False,
            "operation": None,
            "latitude": 52.042845,
            "longitude": -0.756,
            "gender": "Male",
            "age_range": "18-24",
            "self_defined_ethnicity": BRITISH,
            "self_defined_code": "W1",
            "self_defined_group": "White",
            "officer_defined_ethnicity": "White",
            "legislation": "Misuse of Drugs Act 1971 (section 23)",
            "object_of_search": "Controlled drugs",
            "outcome": "Arrest",
            "outcome_linked": True,
            "more_than_outer_clothing": False,
        }
        assert list(row) == [column.name for column in dataset("police-stop-search").columns]

    def test_is_found_by_its_dataset(self):
        assert loader("police-stop-search").load is load

    def test_knows_the_publishers_words(self, take, stops):
        rows = [{"Type": t} for t in TYPES] + [{"Gender": g} for g in GENDERS]
        rows += [{"Age range": a} for a in AGES] + [{"Officer-defined ethnicity": s} for s in SEEN]
        assert only(take(stops(rows))).notes == {}


class TestClocks:
    """Files are made by the clocks people live by, and their times are written in UTC."""

    def test_an_hour_of_summer_belongs_to_the_next_day_and_month(self, take, stops):
        late = {"Date": "2021-07-31T23:29:00+00:00"}
        row = rows_of(only(take(stops([late, {}]))))[0]
        assert (row["month"], row["date"], row["time"]) == ("2021-08", dt.date(2021, 8, 1), "00:29:00")

    def test_the_last_hour_by_utc_is_another_month(self, take, stops):
        one = only(take(stops([{}] * GOOD + [{"Date": "2021-08-31T23:29:00+00:00"}])))
        assert only(one.refused).reason == "another month than the file's name says"

    def test_winter_is_utc(self, take, stops):
        days = [{"Date": f"2021-01-{day}:00+00:00"} for day in ("01T00:30", "31T23:30")]
        rows = rows_of(only(take(stops(days, "2021-01-thames-valley-stop-and-search.csv"))))
        assert [(r["date"].day, r["time"]) for r in rows] == [(1, "00:30:00"), (31, "23:30:00")]

    @pytest.mark.parametrize("written", ["2021-08-14T17:20:00+01:00", "2021-08-14T16:20:00Z"])
    def test_other_distances_from_utc_are_read(self, take, stops, written):
        plain = only(take(stops([{"Date": "2021-08-14T16:20:00+00:00"}])))
        assert only(take(stops([{"Date": written}]))).content == plain.content

    def test_midnight_may_mean_that_only_the_day_was_given(self, take, stops):
        one = only(take(stops([{"Date": "2021-08-04T23:00:00+00:00"}, {"Date": "2021-08-05T00:00:00+00:00"}])))
        assert one.notes == {"no time of day": 1}
        assert [(r["date"].day, r["time"]) for r in rows_of(one)] == [(5, "00:00:00"), (5, "01:00:00")]


class TestTrapsOfRealFiles:
    def test_most_rows_have_no_point_and_no_legal_power(self, take, stops):
        bare = {"Latitude": "", "Longitude": "", "Legislation": ""}
        one = only(take(stops([bare] * 96 + [{}] * 4)))
        assert (one.rows_accepted, one.notes) == (100, {"unlocated": 96, "no legal power": 96})

    def test_no_area_is_guessed(self):
        assert not [c.name for c in dataset("police-stop-search").columns if "lsoa" in c.name or "area" in c.name]

    def test_a_point_outside_the_force_is_kept_as_sent(self, take, stops):
        one = only(take(stops([{"Latitude": "51.701828", "Longitude": "-4.829974"}, {}])))
        assert one.notes == {}
        assert rows_of(one)[0]["longitude"] == -4.829974

    def test_blank_ages_ethnicities_and_outcomes_are_null_and_told(self, take, stops):
        blank = {"Age range": "", "Self-defined ethnicity": "", "Officer-defined ethnicity": "", "Outcome": ""}
        one = only(take(stops([blank, {}, {}])))
        assert one.notes == {"no age": 1, "no self-defined ethnicity": 1, "no outcome": 1}
        row = rows_of(one)[0]
        assert [row[c] for c in ("age_range", "self_defined_ethnicity", "self_defined_code", "self_defined_group")] == [
            None
        ] * 4
        assert (row["officer_defined_ethnicity"], row["outcome"]) == (None, None)

    def test_a_vehicle_has_no_age(self, take, stops):
        vehicle = {"Type": "Vehicle search", "Gender": "", "Age range": "", "Self-defined ethnicity": ""}
        assert only(take(stops([vehicle, {}]))).notes == {}

    @pytest.mark.parametrize(
        ("cell", "typed"), [("True", True), ("False", False), ("", None), ("TRUE", True), ("FALSE", False)]
    )
    def test_true_false_and_empty_are_three_answers(self, take, stops, cell, typed):
        row = rows_of(only(take(stops([{"Outcome linked to object of search": cell}]))))[0]
        assert row["outcome_linked"] is typed

    @pytest.mark.parametrize(
        ("older", "newer", "code", "group"),
        [
            ("White - White British (W1)", BRITISH, "W1", "White"),
            (
                "Black or Black British - Any other Black ethnic background (B9)",
                "Black/African/Caribbean/Black British - Any other Black/African/Caribbean background",
                "B9",
                "Black",
            ),
            ("Chinese or other ethnic group - Chinese (O1)", "Asian/Asian British - Chinese", "A4", "Asian"),
            ("Not Stated (NS)", "Other ethnic group - Not stated", "NS", "Not stated"),
        ],
    )
    def test_older_and_newer_words_for_ethnicity_are_one_code(self, take, stops, older, newer, code, group):
        rows = rows_of(only(take(stops([{"Self-defined ethnicity": words} for words in (older, newer)]))))
        assert [(r["self_defined_code"], r["self_defined_group"]) for r in rows] == [(code, group)] * 2
        assert [r["self_defined_ethnicity"] for r in rows] == [older, newer]

    def test_rows_alike_in_everything_are_kept_and_told(self, take, stops):
        one = only(take(stops([{"Date": "2021-08-14T16:20:00+00:00"}] * 3)))
        assert (one.rows_accepted, one.notes) == (3, {"alike in every cell": 2})

    def test_line_ends_and_the_order_of_columns_and_rows_make_no_difference(self, take, stops):
        rows = [{"Date": "2021-08-14T16:20:00+00:00", "Gender": gender} for gender in ("Male", "Female", "Male")]
        plain = only(take(stops(rows)))
        turned = stops(rows[::-1], end="\r\n", columns=list(ORDINARY_STOP)[::-1], start=b"\xef\xbb\xbf")
        assert only(take(turned)).content == plain.content
        assert only(take(stops(rows[1:]))).content != plain.content

    def test_cells_may_hold_commas_within_quotation_marks(self, take, stops):
        one = only(take(stops([{"Outcome": '"Caution (simple, or ""conditional"")"'}])))
        assert rows_of(one)[0]["outcome"] == 'Caution (simple, or "conditional")'


class TestForces:
    @pytest.mark.parametrize(
        ("slug", "force"),
        [
            ("city-of-london", "City of London Police"),
            ("btp", "British Transport Police"),
            ("Devon-and-Cornwall", "Devon & Cornwall Police"),
        ],
    )
    def test_stand_in_the_files_name(self, take, stops, slug, force):
        one = only(take(stops([{}], f"2021-08-{slug}-stop-and-search.csv")))
        assert one.provider == force
        assert rows_of(one)[0]["reported_by"] == force

    def test_the_same_rows_of_two_forces_are_two_submissions(self, take, stops):
        contents = {only(take(stops([{}], f"2021-08-{f}-stop-and-search.csv"))).content for f in ("btp", "kent")}
        assert len(contents) == 2

    def test_the_partnerships_own_is_known_whatever_its_name(self, context, stops, tmp_path):
        ours = context.partnership.model_copy(update={"police_force": "Aldermere Constabulary"})
        path = stops([{}], "2021-08-aldermere-stop-and-search.csv")
        own = Context(context.home, ours, Snapshot(0, ()))
        assert only(load(path, file_name=path.name, into=tmp_path, context=own)).provider == "Aldermere Constabulary"

    def test_the_partnerships_own_may_have_a_longer_name_than_its_files(self, context, stops, tmp_path):
        ours = context.partnership.model_copy(update={"police_force": "Hampshire and Isle of Wight Constabulary"})
        path = stops([{}], "2021-08-hampshire-stop-and-search.csv")
        own = Context(context.home, ours, Snapshot(0, ()))
        assert only(load(path, file_name=path.name, into=tmp_path, context=own)).provider == ours.police_force

    def test_one_that_nobody_knows_is_refused(self, refusal, stops):
        fault = refusal(stops([{}], "2021-08-thames-valey-stop-and-search.csv"))
        assert fault.came == "“thames-valey”"

    @pytest.mark.parametrize("name", ["stops.csv", "thames-valley-stop-and-search.csv", "2021-08-stop-and-search.csv"])
    def test_a_file_that_does_not_name_one_is_refused(self, refusal, stops, name):
        fault = refusal(stops([{}], name))
        assert "in the file's name only" in fault.cause


def test_files_of_other_kinds_are_left_aside_by_name():
    assert skips("2021-08/2021-08-thames-valley-street.csv") == "street crime, not stop and search"
    assert skips("2021-08-thames-valley-outcomes.csv") == "outcomes, not stop and search"
    assert skips(f"2021-08/{STOPS}") == ""


def test_no_wording_of_ethnicity_has_two_codes():
    entries = yaml.safe_load((folder("police-stop-search") / "ethnicities.yaml").read_text("utf-8"))
    wordings = [wording for entry in entries for wording in entry["wordings"]]
    assert len(set(wordings)) == len(wordings)
    assert {entry["group"] for entry in entries} == {"White", "Mixed", "Asian", "Black", "Other", "Not stated"}
    # An older wording says its own code; Chinese, which moved between groups, is the exception.
    told = [(w[w.rindex("(") + 1 : -1], e["code"]) for e in entries for w in e["wordings"] if w.endswith(")")]
    assert len(told) == 17
    assert [pair for pair in told if pair[0] != pair[1]] == [("O1", "A4")]


def test_a_large_file_passes_through_parquet_to_the_same_end(take, stops, monkeypatch):
    rows = [{"Gender": GENDERS[n % 3], "Latitude": "", "Longitude": ""} for n in range(200)]
    rows[100]["Type"] = "Strip search"
    rows[7] |= {"Latitude": "52.0", "Longitude": "-0.7"}
    path = stops(rows)
    in_memory = only(take(path))
    monkeypatch.setattr("redway.sources.police_uk.rows.IN_MEMORY", 0)
    monkeypatch.setattr("redway.sources.police_stop_search.load.IN_MEMORY", 0)
    through_parquet = only(take(path))
    assert in_memory.parquet != through_parquet.parquet
    assert rows_of(in_memory) == rows_of(through_parquet)
    assert replace(in_memory, parquet=through_parquet.parquet) == through_parquet


GOOD_MOMENTS = ["2021-07-31T23:00:00+00:00", "2021-08-01T00:30:00+01:00", "2021-08-31T22:59:59+00:00"]
BAD_MOMENTS = ["2021-07-31T22:59:59+00:00", "2021-08-31T23:00:00+00:00", "2021-08-31T23:30:00", ""]
CELLS = {
    "Date": st.sampled_from(GOOD_MOMENTS * 40 + BAD_MOMENTS),
    "Type": st.sampled_from(TYPES * 60 + ("",)),
    "Gender": st.sampled_from(("", *GENDERS) * 30 + ("M",)),
    "Latitude": st.sampled_from(["52.0"] * 20 + ["", "-0.7", "nan"]),
    "Longitude": st.sampled_from(["-0.7"] * 20 + ["", "52.0", "x"]),
    "Outcome linked to object of search": st.sampled_from(["True", "False", ""] * 60 + ["no"]),
}


def number(cell):
    try:
        return float(cell)
    except ValueError:
        return None


def slow_twin(path):
    """What loading should find, by a plain loop: rows taken, how many are refused, what is odd, and whether that is
    too much for the file to be taken at all.
    """
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))
    taken, odd = [], {"unlocated": 0, "bad point, dropped": 0, "unknown words": 0}
    points = bad = unknown = 0
    for row in rows:
        try:
            moment = dt.datetime.fromisoformat(row["Date"])
            clock = moment.astimezone(ZoneInfo("Europe/London")) if moment.tzinfo else None
        except ValueError:
            clock = None
        linked = {"True": True, "False": False, "": None}.get(row["Outcome linked to object of search"], "neither")
        x, y = number(row["Longitude"]), number(row["Latitude"])
        inside = x is not None and y is not None and -9 <= x <= 2.5 and 49 <= y <= 61.5
        given = bool(row["Longitude"] or row["Latitude"])
        points, bad = points + given, bad + (given and not inside)
        unknown += row["Gender"] not in ("", *GENDERS)
        if clock is None or f"{clock:%Y-%m}" != "2021-08" or row["Type"] not in TYPES or linked == "neither":
            continue
        odd["unlocated"] += not inside
        odd["bad point, dropped"] += given and not inside
        odd["unknown words"] += row["Gender"] not in ("", *GENDERS)
        taken.append((clock.date(), f"{clock:%H:%M:%S}", x if inside else None, row["Gender"] or None, linked))
    refused = len(rows) - len(taken)
    poor = refused > 0.05 * len(rows) or unknown > 0.05 * len(rows) or bad > 0.5 * points
    return taken, refused, {name: n for name, n in odd.items() if n}, poor


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.fixed_dictionaries(CELLS), min_size=20, max_size=60))
def test_loading_finds_what_a_slow_loop_finds(take, stops, rows):
    path = stops(rows)
    taken, refused, odd, poor = slow_twin(path)
    if poor:
        with pytest.raises(FileRefused, match=r"at most 5% of rows|at most 50% of points"):
            take(path)
        return
    one = only(take(path))
    found = [(r["date"], r["time"], r["longitude"], r["gender"], r["outcome_linked"]) for r in rows_of(one)]
    assert found == taken
    assert sum(r.count for r in one.refused) == refused
    assert {
        name: n for name, n in one.notes.items() if name in ("unlocated", "bad point, dropped", "unknown words")
    } == odd


@pytest.mark.real_data
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("archive", "force", "months", "rows", "unlocated"),
    [
        ("thames-valley-stop-and-search-2019-2021", "Thames Valley Police", 32, 46_938, 42_698),
        ("city-of-london-all-2016", "City of London Police", 12, 1_330, 1_330),
        ("northumbria-all-2022", "Northumbria Police", 5, 1_885, 0),
    ],
)
def test_every_row_of_real_files_is_taken(partnership, open_data, archive, force, months, rows, unlocated):
    done = receive([open_data / "police-uk" / f"{archive}.zip"], dataset="police-stop-search", by="a test")
    assert (done.rows_read, done.refused) == (rows, ())
    assert done.notes.get("unlocated", 0) == unlocated
    assert "unknown words" not in done.notes
    parts = snapshot().of("police-stop-search")
    assert (len(parts), sum(part.rows for part in parts)) == (months, rows)
    assert {part.provider for part in parts} == {force}
    accepted = [str(part.path) for part in parts]
    known, coded = duckdb.execute(
        "SELECT count(self_defined_ethnicity), count(self_defined_code) FROM read_parquet($1)", [accepted]
    ).fetchone()
    assert known == coded > 0


@pytest.mark.real_data
@pytest.mark.django_db(transaction=True)
def test_the_command_takes_real_files_once(partnership, open_data, capsys):
    path = open_data / "police-uk" / "city-of-london-all-2016.zip"
    call_command("import", "police-stop-search", str(path))
    told = capsys.readouterr().out
    assert "Refused rows" not in told
    assert "words that Redway does not know" not in told
    again = receive([path], dataset="police-stop-search", by="again")
    assert (again.version, again.rows_read, again.refused) == (None, 1_330, ())


@pytest.mark.real_data
def test_a_real_months_clock_is_british(take, open_data, tmp_path):
    """Every search of April 2019 that UTC puts into March was in the first hour of April by British clocks."""
    import zipfile

    with zipfile.ZipFile(open_data / "police-uk" / "thames-valley-stop-and-search-2019-2021.zip") as archive:
        name = "2019-04/2019-04-thames-valley-stop-and-search.csv"
        path = Path(archive.extract(name, tmp_path))
    march = path.read_text("utf-8").count("2019-03-31T23:")
    first_hour = [
        r for r in rows_of(only(take(path))) if r["date"] == dt.date(2019, 4, 1) and r["time"].startswith("00:")
    ]
    assert len(first_hour) == march > 0
