"""`redway setup`: from a profile and a folder of files to a partnership that knows its areas."""

import gzip
import io
import json
import stat

import pytest
import yaml
from django.core.management import call_command

from redway.config.setting_up import set_up
from redway.errors import FileRefused, NotSetUp, RedwayError
from redway.indicators.definitions import LIBRARY
from redway.indicators.places import outlines
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.returns.models import DataVersion
from redway.work.returns.versions import snapshot

pytestmark = pytest.mark.django_db

LOOKUP = (
    "lsoa11_name,lsoa11_code,change_code,lsoa21_name,lsoa21_code,ltla22_name,ltla22_code\n"
    "Sunderland 001A,E01008662,U,Sunderland 001A,E01008662,Sunderland,E08000024\n"
    "Sunderland 001B,E01008663,S,Sunderland 001E,E01035001,Sunderland,E08000024\n"
    "Sunderland 001B,E01008663,S,Sunderland 001F,E01035002,Sunderland,E08000024\n"
)
RESIDENTS = "lsoa21_code,residents\nE01008662,1500\nE01035001,1400\nE01035002,1600\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home that is not there yet."""
    monkeypatch.setenv("REDWAY_HOME", str(tmp_path / "not-there-yet"))
    return Home.current()


@pytest.fixture
def data(tmp_path):
    """A folder with the look-up and residents, and files of other kinds."""
    folder = tmp_path / "open-data"
    (folder / "geography").mkdir(parents=True)
    (folder / "geography" / "lookup_lsoa11_lsoa21_ltla22.csv.gz").write_bytes(gzip.compress(LOOKUP.encode()))
    (folder / "residents.csv").write_text(RESIDENTS)
    (folder / "notes.txt").write_text("not a dataset")
    return folder


def run(*arguments):
    """The command's standard output."""
    out = io.StringIO()
    call_command("setup", *map(str, arguments), stdout=out)
    return out.getvalue()


class TestWithoutData:
    def test_a_home_is_made_and_what_is_missing_is_told(self, home):
        said = run("milton-keynes")
        assert f"is set up in {home.root}" in said
        assert "lsoa-lookup: Nothing can be counted by area, and no series can be shown." in said
        assert "The strategy, its commitments and the people who sign in work" in said
        assert Profile.of(home).partnership.district == "E06000042"
        assert snapshot().number == 0

    def test_the_secret_key_is_the_owner_s_alone_and_stays(self, home, sunderland_profile):
        set_up(str(sunderland_profile), by="test")
        assert stat.S_IMODE(home.secret_key.stat().st_mode) == 0o600
        assert len(home.secret_key.read_text()) >= 50
        key = home.secret_key.read_text()
        set_up(str(sunderland_profile), by="test")
        assert home.secret_key.read_text() == key

    def test_two_homes_have_two_keys(self, tmp_path, monkeypatch, sunderland_profile):
        keys = set()
        for name in ("one", "two"):
            monkeypatch.setenv("REDWAY_HOME", str(tmp_path / name))
            keys.add(set_up(str(sunderland_profile), by="test").home.secret_key.read_text())
        assert len(keys) == 2


class TestOwnProfile:
    def test_it_is_copied_whole_and_names_no_shipped_profile(self, home, sunderland_profile):
        (sunderland_profile / "indicators").mkdir()
        library = (LIBRARY / "recorded-drugs.yaml").read_text("utf-8")
        ours = library.replace("id: recorded-drugs", "id: ours")
        (sunderland_profile / "indicators" / "ours.yaml").write_text(ours, "utf-8")
        set_up(str(sunderland_profile), by="test")
        assert yaml.safe_load((home.profile / "profile.yaml").read_text()) == {"profile": None}
        assert Profile.of(home).partnership.place == "Sunderland"
        assert (home.profile / "indicators" / "ours.yaml").is_file()

    def test_setting_up_again_keeps_the_edits_in_the_home(self, home, sunderland_profile):
        set_up(str(sunderland_profile), by="test")
        edited = home.profile / "partnership.yaml"
        edited.write_text(edited.read_text().replace("short_name: Safer Sunderland", "short_name: Ours"))
        done = set_up(str(sunderland_profile), by="test")
        assert done.already
        assert done.profile.partnership.short_name == "Ours"

    def test_the_home_s_own_profile_folder_may_be_named(self, home, sunderland_profile, data):
        set_up(str(sunderland_profile), by="test")
        assert set_up(str(home.profile), data=data, by="test").already

    def test_a_fault_in_it_is_told_before_anything_is_made(self, home, sunderland_profile):
        path = sunderland_profile / "partnership.yaml"
        path.write_text(path.read_text().replace("district:", "distric:"))
        with pytest.raises(RedwayError, match=r"partnership\.yaml: expected the field “district”.*it is not there"):
            set_up(str(sunderland_profile), by="test")
        assert not home.root.exists()

    def test_a_fault_in_its_strategy_is_told_before_anything_is_made(self, home, sunderland_profile):
        (sunderland_profile / "groups.yaml").write_text("- id: panel\n  name: Panel\n")
        with pytest.raises(RedwayError, match=r"expected the file strategy\.yaml in the profile"):
            set_up(str(sunderland_profile), by="test")
        assert not home.root.exists()

    def test_text_that_is_no_yaml_is_told(self, home, sunderland_profile):
        (sunderland_profile / "partnership.yaml").write_text("name: [unclosed\n")
        with pytest.raises(RedwayError, match=r"partnership\.yaml: expected YAML that can be read"):
            set_up(str(sunderland_profile), by="test")
        assert not home.root.exists()


class TestWithData:
    def test_what_is_there_comes_in_as_one_version(self, home, sunderland_profile, data):
        said = run(sunderland_profile, "--data", data)
        assert "  lsoa-lookup: 3 rows, accepted" in said
        assert "  residents: 3 rows, accepted" in said
        assert "Data version 1 holds them." in said
        assert "2 areas, 4,500 residents." in said
        assert "lsoa-wards: Areas are named by their statistical name alone" in said
        assert DataVersion.objects.count() == 1

    def test_the_same_again_changes_nothing_and_says_so(self, home, sunderland_profile, data):
        run(sunderland_profile, "--data", data)
        said = run(sunderland_profile, "--data", data)
        assert "was set up before" in said
        assert "  lsoa-lookup: 3 rows, unchanged" in said
        assert "All of it was here already." in said
        assert DataVersion.objects.count() == 1

    def test_a_newer_file_with_many_fewer_rows_is_warned_of(self, home, sunderland_profile, data):
        run(sunderland_profile, "--data", data)
        (data / "residents.csv").write_text(RESIDENTS.rsplit("E01035002", 1)[0])
        said = run(sunderland_profile, "--data", data)
        assert "Warning: “Usual residents, Census 2021”" in said
        assert "the newer copy has 2 rows, the older one had 3" in said

    def test_what_was_missing_may_come_later(self, home, sunderland_profile, data):
        residents = (data / "residents.csv").rename(data.parent / "residents.csv")
        first = set_up(str(sunderland_profile), data=data, by="test")
        assert first.places.partnership.residents is None
        residents.rename(data / "residents.csv")
        assert set_up(str(sunderland_profile), data=data, by="test").places.partnership.residents == 4500

    def test_a_faulty_file_refuses_the_import_and_leaves_the_home_ready_for_another_try(
        self, home, sunderland_profile, data
    ):
        (data / "residents.csv").write_text("no,such\ncolumns,here\n")
        with pytest.raises(FileRefused, match=r"residents\.csv"):
            set_up(str(sunderland_profile), data=data, by="test")
        assert snapshot().number == 0
        (data / "residents.csv").write_text(RESIDENTS)
        assert set_up(str(sunderland_profile), data=data, by="test").receipt.version == 1

    def test_the_boundaries_of_the_own_district_are_drawn(self, home, sunderland_profile, data):
        ring = [[-1.4, 54.9], [-1.39, 54.9], [-1.39, 54.91], [-1.4, 54.9]]
        feature = {
            "type": "Feature",
            "properties": {"LSOA21CD": "E01008662", "LSOA21NM": "Sunderland 001A"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        collection = {"type": "FeatureCollection", "features": [feature]}
        (data / "lsoa21_E08000024.geojson").write_text(json.dumps(collection))
        (data / "lsoa21_E06000042.geojson").write_text("another district's, never opened")
        done = set_up(str(sunderland_profile), data=data, by="test")
        assert list(outlines(snapshot(), done.profile.partnership)) == ["E01008662"]

    def test_a_folder_without_anything_of_use_says_what_is_missing(self, home, sunderland_profile, tmp_path):
        (tmp_path / "empty").mkdir()
        done = set_up(str(sunderland_profile), data=tmp_path / "empty", by="test")
        assert (done.receipt, done.places) == (None, None)
        # Those without which something does not work are missed; figures to compare with are not.
        missing = {definition.name for definition in done.missing}
        assert missing >= {"lsoa-lookup", "residents", "population", "recorded-crime-partnership"}
        assert not missing & {"schools", "crime-severity", "residents-ethnicity"}


class TestRefusals:
    def test_an_unknown_profile_lists_those_there_are(self, home):
        with pytest.raises(NotSetUp, match=r"aldermere, milton-keynes.*“milton-keys”"):
            set_up("milton-keys", by="test")
        assert not home.root.exists()

    def test_a_missing_folder_of_data_is_told_before_anything_is_made(self, home, tmp_path):
        with pytest.raises(RedwayError, match="a folder of open data"):
            set_up("milton-keynes", data=tmp_path / "nowhere", by="test")
        assert not home.root.exists()

    @pytest.mark.parametrize("other", ["aldermere", "own"])
    def test_a_home_of_another_partnership_is_left_alone(self, home, sunderland_profile, other):
        set_up("milton-keynes", by="test")
        with pytest.raises(RedwayError, match=r"the home of MK Together.*Set REDWAY_HOME"):
            set_up(str(sunderland_profile) if other == "own" else other, by="test")
        assert Profile.of(home).name == "milton-keynes"

    def test_an_own_profile_of_another_district_is_another_partnership(self, home, sunderland_profile, tmp_path):
        set_up(str(sunderland_profile), by="test")
        path = sunderland_profile / "partnership.yaml"
        path.write_text(path.read_text().replace("E08000024", "E06000042"))
        with pytest.raises(RedwayError, match="one home is one partnership"):
            set_up(str(sunderland_profile), by="test")


def test_a_set_up_that_was_stopped_before_its_end_is_simply_done_again(home, sunderland_profile):
    set_up(str(sunderland_profile), by="test")
    (home.profile / "profile.yaml").unlink()  # the file that is written last
    home.secret_key.unlink()
    done = set_up(str(sunderland_profile), by="test")
    assert not done.already
    assert home.secret_key.is_file()


def test_aldermere_is_generated_and_imported_in_the_same_step(aldermere_home):
    """That home was made by this very step."""
    now = snapshot()
    assert now.number == 1
    assert len(now.of("police-street")) >= 6
    again = set_up("aldermere", by="test")
    assert (again.already, again.receipt) == (True, None)
    assert {d.name for d in again.missing} <= {"recorded-crime-force"}
    assert len(again.places.areas) >= 60


@pytest.mark.real_data
def test_milton_keynes_comes_from_the_folder_of_open_data(home, open_data):
    done = set_up("milton-keynes", data=open_data, by="test")
    assert [d.name for d in done.missing] == ["recorded-crime-partnership"]  # the publisher's workbook is not in it
    assert len(done.places.areas) == 152
    assert done.places.partnership.residents == 287_053
    assert sum(area.residents for area in done.places.areas) == 287_053
    assert done.places.find("E22000307") == done.places.partnership
    now = snapshot()
    assert now.number == 1
    assert now.has("deprivation-2019")
    assert now.has("deprivation-2025")
    assert [(p.period, p.rows) for p in now.of("lsoa-boundaries")] == [("2011", 152), ("2021", 166)]
    assert set(outlines(now, done.profile.partnership)) == {area.code for area in done.places.areas}
    assert sum(not area.fair_base for area in done.places.areas) == 2


@pytest.mark.real_data
def test_sunderland_comes_from_the_same_folder_though_the_code_knows_no_city(home, open_data, sunderland_profile):
    done = set_up(str(sunderland_profile), data=open_data, by="test")
    assert [d.name for d in done.missing] == ["recorded-crime-partnership"]  # the publisher's workbook is not in it
    assert done.places.partnership.residents == 274_197
    assert {p.provider for p in snapshot().of("lsoa-boundaries")} == {"Office for National Statistics: Sunderland"}
    assert len(outlines(snapshot(), done.profile.partnership)) == len(done.places.areas)
