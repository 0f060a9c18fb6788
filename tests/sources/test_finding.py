"""Finding reference files in a folder of open data."""

import zipfile

import pytest

from redway.errors import RedwayError
from redway.sources.dataset import dataset
from redway.sources.finding import contents, matching

BOUNDARIES = dataset("lsoa-boundaries")
LOOKUP = dataset("lsoa-lookup")
RESIDENTS = dataset("residents")


@pytest.fixture
def folder(tmp_path):
    """Makes files: {path: text}, or {path: {member: text}} for a zip."""

    def make(files):
        for name, held in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(held, dict):
                with zipfile.ZipFile(path, "w") as packed:
                    for member, text in held.items():
                        packed.writestr(member, text)
            else:
                path.write_text(held)
        return tmp_path

    return make


def names(definition, folder, district="E06000042"):
    return [member.file_name for member in matching(definition, contents(folder), district=district)]


def test_a_file_is_found_by_its_name_wherever_it_lies(folder):
    here = folder({"deep/er/lookup_lsoa11_lsoa21_ltla22.csv.gz": "", "deep/other.csv": ""})
    assert names(LOOKUP, here) == ["lookup_lsoa11_lsoa21_ltla22.csv.gz"]
    assert names(RESIDENTS, here) == []


def test_a_table_may_be_gzipped(folder):
    assert names(RESIDENTS, folder({"census2021-ts001-lsoa.csv.gz": ""})) == ["census2021-ts001-lsoa.csv.gz"]


def test_the_first_pattern_wins_whatever_the_order_of_the_files(folder):
    here = folder({"a/ethnicity21_lsoa21.csv.gz": "", "z/census2021-ts001-lsoa.csv": ""})
    assert names(RESIDENTS, here) == ["census2021-ts001-lsoa.csv"]


def test_of_two_files_with_one_name_the_one_nearer_the_top_is_taken(folder):
    here = folder({"a/b/lsoa21_E06000042.geojson": "deep", "lsoa21_E06000042.geojson": "top"})
    (found,) = matching(BOUNDARIES, contents(here), district="E06000042")
    assert found.brought(here / "out").read_text() == "top"


def test_only_the_partnership_s_own_district_is_picked_in_both_vintages(folder):
    here = folder({f"lsoa{v}_{d}.geojson": "" for v in (11, 21) for d in ("E06000042", "E06000032")})
    assert names(BOUNDARIES, here) == ["lsoa21_E06000042.geojson", "lsoa11_E06000042.geojson"]


def test_one_member_is_taken_out_of_a_zip_of_many(folder):
    here = folder({"many.zip": {"x/lsoa21_E08000024.geojson": "ours", "x/lsoa21_E06000032.geojson": "theirs"}})
    (found,) = matching(BOUNDARIES, contents(here), district="E08000024")
    taken = found.brought(here / "out")
    assert (taken.name, taken.read_text()) == ("lsoa21_E08000024.geojson", "ours")


def test_a_plain_file_is_preferred_to_one_in_a_zip(folder):
    here = folder({"a.zip": {"lsoa21_E06000042.geojson": "packed"}, "z/lsoa21_E06000042.geojson": "plain"})
    (found,) = matching(BOUNDARIES, contents(here), district="E06000042")
    assert found.brought(here / "out").read_text() == "plain"


def test_a_member_with_a_name_that_climbs_out_lands_inside(folder, tmp_path):
    here = folder({"sly.zip": {"../../lsoa21_E06000042.geojson": "sly"}})
    (found,) = matching(BOUNDARIES, contents(here), district="E06000042")
    assert found.brought(tmp_path / "out").parent == tmp_path / "out"


def test_a_member_that_unpacks_without_end_is_refused(folder, monkeypatch):
    monkeypatch.setattr("redway.sources.finding.BIGGEST", 1_000_000)
    here = folder({"bomb.zip": {"lsoa21_E06000042.geojson": "0" * 5_000_000}})
    (found,) = matching(BOUNDARIES, contents(here), district="E06000042")
    with pytest.raises(RedwayError, match="at most 1 MB"):
        found.brought(here / "out")


def test_hidden_files_and_broken_zips_are_passed_over(folder):
    here = folder({".git/lsoa21_E06000042.geojson": "", "._lsoa21_E06000042.geojson": "", "broken.zip": "no zip"})
    assert names(BOUNDARIES, here) == []


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(RedwayError, match=r"not there.*mistyped"):
        contents(tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(RedwayError, match="is a file"):
        contents(tmp_path / "file")


@pytest.mark.parametrize(
    ("name", "fetched"),
    [
        ("lsoa-lookup", "LSOA11_LSOA21_LAD22_EW_LU.csv"),
        ("lsoa-wards", "LSOA21_WD24_LAD24_EW_LU.csv"),
        ("community-safety-partnerships", "LAD24_CSP24_PFA24_EW_LU.csv"),
        ("residents", "census2021-ts001-lsoa.csv"),
        ("deprivation-2019", "File_7_-_All_IoD2019_Scores__Ranks__Deciles_and_Population_Denominators_3.csv"),
        ("deprivation-2025", "File_7_IoD2025_All_Ranks_Scores_Deciles_Population_Denominators.csv"),
        ("lsoa-boundaries", "lsoa11_E06000042.geojson"),
    ],
)
def test_what_the_publishers_call_their_files_is_known(folder, name, fetched):
    assert names(dataset(name), folder({f"fetched/{fetched}": ""})) == [fetched]
