"""`redway series`: what it prints, what it says beside it, and what it says when it cannot."""

import csv
import io
import json

import pytest
from django.core.management import call_command

from redway.config.management.commands.series import find
from redway.errors import NotSetUp, RedwayError
from redway.indicators.definitions import Indicator
from redway.products import series_rows
from redway.work.returns.receive import Parcel, receive_many

pytestmark = pytest.mark.django_db

HEADING = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
LOOKUP = """lsoa11_code,lsoa11_name,change_code,lsoa21_code,lsoa21_name,ltla22_code,ltla22_name
E01000001,Aby 001A,U,E01000001,Aby 001A,E06000042,Aby
E01000002,Aby 001B,S,E01900002,Aby 001C,E06000042,Aby
E01000002,Aby 001B,S,E01900003,Aby 001D,E06000042,Aby
E01000009,Elsewhere 001A,U,E01000009,Elsewhere 001A,E06000043,Elsewhere
"""
RESIDENTS = "lsoa21_code,total_residents\nE01000001,1000\nE01900002,1200\nE01900003,1800\nE01000009,5\n"


def street(month, *rows, force="Thames Valley Police"):
    """A street file: its text, from (LSOA code, crime type) pairs."""
    lines = [
        f",{month},{force},{force},-0.75,52.04,On or near High Street,{code},Aby,{kind},Under investigation,"
        for code, kind in rows
    ]
    return "\n".join([HEADING, *lines]) + "\n"


@pytest.fixture
def aby(home):
    """A partnership whose data have not come."""
    (home.profile / "profile.yaml").write_text("profile: ''\n")
    (home.profile / "partnership.yaml").write_text(
        "name: Aby Partnership\nshort_name: Aby\nplace: Aby\ndistrict: E06000042\n"
        "community_safety_partnership: E22000307\npolice_force: Thames Valley Police\n"
        "residents_no_fair_base:\n  - {area: E01000001, why: Shops and few homes.}\n"
    )
    return home


BURGLARY, ROBBERY, SHOPS = "Burglary", "Robbery", "Shoplifting"


@pytest.fixture
def take(tmp_path):
    """Import months of street files, and other datasets, as one data version."""

    def one(months, **others):
        parcels = []
        for dataset, text in others.items():
            path = tmp_path / f"{dataset}.csv"
            path.write_text(text)
            parcels.append(Parcel(dataset.replace("_", "-"), [path]))
        for month, found in months.items():
            path = tmp_path / f"{month}-thames-valley-street.csv"
            path.write_text(street(month, *found))
            parcels.append(Parcel("police-street", [path]))
        return receive_many(parcels, by="a test")

    return one


@pytest.fixture
def imported(aby, take):
    """Two comparable areas, one of them split in 2021; two months with one between them that did not come."""
    months = {
        "2019-01": [("E01000002", BURGLARY), ("E01000002", BURGLARY), ("E01000009", BURGLARY)],
        "2019-03": [("E01900003", BURGLARY), ("E01900002", ROBBERY), ("E01000001", SHOPS)],
    }
    take(months, lsoa_lookup=LOOKUP, residents=RESIDENTS)
    return aby


@pytest.fixture
def ask(capsys):
    """Run the command; what came on stdout and on stderr."""

    def run(*words):
        capsys.readouterr()
        call_command("series", *words)
        return capsys.readouterr()

    return run


def test_csv_has_exactly_the_columns_and_one_row_a_month_gaps_included(imported, ask):
    assert ask("recorded-burglary", "--format", "csv").out == (
        "area,period,count,denominator,value,status\n"
        "E06000042,2019-01,2,4000,0.5000,known\n"
        "E06000042,2019-02,,4000,,not available\n"
        "E06000042,2019-03,1,4000,0.2500,known\n"
    )


def test_the_default_is_an_aligned_table(imported, ask):
    assert ask("recorded-burglary").out == (
        "area       period   count  denominator  value  status\n"
        "E06000042  2019-01      2        4,000   0.50  known\n"
        "E06000042  2019-02               4,000         not available\n"
        "E06000042  2019-03      1        4,000   0.25  known\n"
    )


def test_json_says_what_it_rests_on(imported, ask):
    found = json.loads(ask("recorded-burglary", "--format", "json").out)
    assert (found["version"], found["data_version"], found["by"]) == (1, 1, "month")
    assert found["indicator"]["id"] == "recorded-burglary"
    assert [(f["provider"], f["period"], f["rows"]) for f in found["basis"]["files"]] == [
        ("Thames Valley Police", "2019-01", 3),
        ("Thames Valley Police", "2019-03", 3),
    ]
    assert found["rows"][1] == {
        "area": "E06000042",
        "period": "2019-02",
        "count": None,
        "denominator": 4000,
        "value": None,
        "status": "not available",
    }


@pytest.mark.parametrize("code", ["E01000002", "E01900002", "E01900003", " e01900003 "])
def test_any_code_of_either_vintage_names_the_area_both_share(imported, ask, code):
    came = ask("recorded-burglary", "--area", code, "--format", "csv")
    assert [r["count"] for r in csv.DictReader(io.StringIO(came.out))] == ["2", "", "1"]
    assert came.out.splitlines()[1] == "E01900002,2019-01,2,3000,0.6667,known"
    assert "Aby 001C and 001D" in came.err
    assert "1 small area of 2011 and 2 of 2021" in came.err


def test_the_district_and_the_safety_partnership_are_the_whole(imported, ask):
    whole = ask("recorded-burglary").out
    assert ask("recorded-burglary", "--area", "E06000042").out == whole
    assert ask("recorded-burglary", "--area", "E22000307").out == whole


def test_quarters_are_given_only_whole(imported, take, ask):
    take({"2019-02": [("E01000001", BURGLARY)], "2019-04": [("E01000001", BURGLARY)]})
    assert ask("recorded-burglary", "--by", "quarter", "--format", "csv").out.splitlines()[1:] == [
        "E06000042,2018/19-Q4,4,4000,1.0000,known",
        "E06000042,2019/20-Q1,,4000,,not yet come",
    ]


def test_without_twelve_months_a_year_is_refused_in_words_and_the_exit_is_clean(imported, ask):
    came = ask("recorded-burglary", "--by", "rolling-12", "--format", "csv")
    assert [r["status"] for r in csv.DictReader(io.StringIO(came.out))] == ["not available"] * 3
    assert "longest unbroken run is one month" in came.err


def test_no_rate_where_residents_are_no_fair_base_and_why(imported, ask):
    came = ask("recorded-burglary", "--area", "E01000001", "--format", "csv")
    assert came.out.splitlines()[1] == "E01000001,2019-01,0,,,known"
    assert "Shops and few homes." in came.err
    came = ask("recorded-shoplifting", "--area", "E01900002", "--format", "csv")
    assert came.out.splitlines()[1] == "E01900002,2019-01,0,,,known"
    assert "where there are shops" in came.err


def test_an_older_data_version_gives_its_figures_again(imported, take, ask):
    before = ask("recorded-burglary", "--format", "csv").out
    take({"2019-01": [("E01000001", BURGLARY)]})
    after = ask("recorded-burglary", "--format", "csv").out
    assert after.splitlines()[1] == "E06000042,2019-01,1,4000,0.2500,known"
    assert ask("recorded-burglary", "--as-at", "1", "--format", "csv").out == before


def test_a_home_that_is_not_set_up_is_told_how(home, ask):
    with pytest.raises(NotSetUp, match="redway setup"):
        ask("recorded-burglary")


def test_before_the_first_file_the_error_says_what_to_import(aby, take, ask):
    with pytest.raises(NotSetUp, match="lsoa-lookup"):
        ask("recorded-burglary")
    take({}, lsoa_lookup=LOOKUP)
    with pytest.raises(NotSetUp, match=r"Thames Valley Police.*redway import police-street"):
        ask("recorded-burglary")


def test_unknown_areas_and_versions_are_refused_with_what_there_is(imported, ask):
    with pytest.raises(RedwayError, match=r"E01900009.*Did you mean E01900003"):
        ask("recorded-burglary", "--area", "E01900009")
    with pytest.raises(RedwayError, match="from 1 to 1"):
        ask("recorded-burglary", "--as-at", "44")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("recorded-burglery", "recorded-burglary"), ("Recorded-Robbery", "recorded-robbery"), ("xyzzy", "There are")],
)
def test_an_unknown_indicator_is_refused_with_the_nearest_names(imported, ask, typed, meant):
    with pytest.raises(RedwayError, match=f"{typed}.*{meant}"):
        ask(typed)


def test_nothing_like_any_indicator_still_says_which_can_be_computed():
    with pytest.raises(RedwayError, match=r"There are recorded-b\.$"):
        find({"recorded-b": Indicator.model_construct(id="recorded-b", count=object())}, "zzz")


def test_an_indicator_that_awaits_data_names_the_dataset_and_who_has_it(imported, ask, aby):
    folder = aby.profile / "indicators"
    folder.mkdir()
    (folder / "knife-injuries.yaml").write_text(
        "id: knife-injuries\ntitle: Knife injuries\nkind: police\nbetter: lower\nwhy_it_matters: ''\n"
        "what_good_looks_like: ''\nnumerator: ''\ndenominator: ''\ncaveats: []\nprovider: ''\ncadence: ''\n"
        "needs: {dataset: hospital-istv, provider: the hospital, what: A monthly return of injuries.}\n"
    )
    with pytest.raises(
        NotSetUp, match=r"attendances at hospital after violence from the hospital.*A monthly return of injuries"
    ):
        ask("knife-injuries")


def test_cells_that_a_spreadsheet_would_run_are_disarmed():
    row = series_rows.Row("=cmd()", "2019-01", 1, None, None, "@known")
    assert series_rows.as_csv([row]).splitlines()[1] == "'=cmd(),2019-01,1,,,'@known"
