"""Each reference dataset: the headings it takes, the columns it gives, the real files."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from redway.errors import FileRefused
from redway.sources.dataset import dataset
from redway.sources.finding import reference_datasets
from redway.sources.loaders import loader

# What the real files hold: rows read, rows kept.
REAL = {
    "community-safety-partnerships": ("geography/lookup_ltla24_csp24_pfa24.csv.gz", 332, 332),
    "deprivation-2019": ("deprivation/imd2019_england_lsoa11.csv.gz", 32_844, 32_844),
    "deprivation-2025": ("deprivation/imd2025_england_lsoa21.csv.gz", 33_755, 33_755),
    "lsoa-lookup": ("geography/lookup_lsoa11_lsoa21_ltla22.csv.gz", 35_795, 35_795),
    "lsoa-wards": ("geography/lookup_lsoa21_ward24_ltla24.csv.gz", 35_672, 35_672),
    "population": ("denominators/population20_lsoa11.csv.gz", 34_753, 34_753),
    "residents": ("census/ethnicity21_lsoa21.csv.gz", 178_360, 35_672),
    "crime-severity": ("recorded-crime/england_crime_severity.csv", 300, 300),
    "census-2011": ("denominators/census_2011_population_hh.csv.gz", 34_753, 34_753),
    "households": ("denominators/households21_england_wales_ltla23.csv.gz", 318, 318),
    "population-districts": ("denominators/population20_ltla21.csv.gz", 331, 331),
    "residents-age-sex": ("denominators/age_gender21_ltla21_ew.csv.gz", 331, 331),
    "residents-ethnicity": ("census/ethnicity21_lsoa21.csv.gz", 178_360, 178_360),
    "residents-ethnicity-districts": ("census/ethnicity21_ltla21.csv.gz", 12_578, 6_289),
    "school-exclusion-reasons": ("dfe/SFR_exclusion_reasons_200607_to_201617.csv.gz", 7_004 * 24, 7_004 * 24),
    "school-measures": ("dfe/lait_data_dictionary.csv.gz", 448, 448),
    "schools": ("dfe/bds_long_0.parquet", 641_070, 641_070),
    "statistical-neighbours": ("dfe/sn_may_2025.xlsx", 1_580, 1_580),
    "stop-search-ethnicity": (
        "stop-search-ethnicity/stop-and-search_by_ethnicity_force_2006-07_to_2017-18.csv.gz",
        13_104,
        13_104,
    ),
}


@pytest.fixture
def load(tmp_path):
    def loading(name, source):
        path = source if isinstance(source, Path) else tmp_path / "file.csv"
        if path is not source:
            path.write_text(source, "utf-8")
        (loaded,) = loader(name).load(path, file_name=path.name, into=tmp_path, context=None)
        return loaded, pq.read_table(loaded.parquet)

    return loading


def test_every_reference_dataset_is_defined_whole():
    names = [definition.name for definition in reference_datasets()]
    assert set(names) >= {*REAL, "lsoa-boundaries"}
    for definition in reference_datasets():
        assert "Open Government Licence v3.0" in definition.licence
        assert not definition.without or definition.without.endswith(".")


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_real_files_load_whole_into_the_columns_their_definition_names(open_data, load, name):
    path, read, kept = REAL[name]
    loaded, table = load(name, open_data / path)
    assert (loaded.rows_read, loaded.rows_accepted, loaded.refused) == (read, kept, ())
    assert table.num_rows == kept
    assert table.column_names == [column.name for column in dataset(name).columns]
    kinds = {"text": "string", "integer": "int64", "number": "double"}
    assert [str(field.type) for field in table.schema] == [kinds[column.type] for column in dataset(name).columns]


@pytest.mark.real_data
def test_the_portal_s_own_layout_of_an_older_year_loads_too(open_data, load):
    (path,) = (open_data / "geography").glob("Local_Authority_District_to_Community*2017*.csv")
    loaded, table = load("community-safety-partnerships", path)
    assert loaded.rows_accepted == 348
    milton_keynes = [row for row in table.to_pylist() if row["district_code"] == "E06000042"]
    assert [(row["partnership_code"], row["force_name"]) for row in milton_keynes] == [("E22000307", "Thames Valley")]


@pytest.mark.real_data
def test_the_untouched_workbook_of_2019_says_the_same_as_the_table(open_data, load, tmp_path):
    _, workbook = load("deprivation-2019", next((open_data / "deprivation").glob("File_1*.xlsx")))
    _, table = load("deprivation-2019", open_data / REAL["deprivation-2019"][0])
    same = ["lsoa11_code", "imd_rank", "imd_decile"]
    assert workbook.num_rows == 32_844
    assert workbook.select(same).equals(table.select(same))


def test_a_merged_district_keeps_its_several_partnerships(load):
    loaded, table = load(
        "community-safety-partnerships",
        "LAD24CD,LAD24NM,CSP24CD,CSP24NM,PFA24CD,PFA24NM\n"
        "E06000063,Cumberland,E22000033,Carlisle,E23000002,Cumbria\n"
        "E06000063,Cumberland,E22000031,Allerdale,E23000002,Cumbria\n",
    )
    assert table["partnership_name"].to_pylist() == ["Allerdale", "Carlisle"]
    assert loaded.refused == ()


@pytest.mark.parametrize(("year", "vintage"), [("2019", "11"), ("2025", "21")])
def test_deprivation_takes_the_publisher_s_headings_and_the_package_s(load, year, vintage):
    head = f"LSOA code (20{vintage}),LSOA name (20{vintage})"
    index = "Index of Multiple Deprivation (IMD)"
    tenth = "Decile (where 1 is most deprived 10% of LSOAs)"
    rank = "Rank (where 1 is most deprived)"
    publisher, table = load(
        f"deprivation-{year}",
        f"{head},{index} Score,{index} {rank},{index} {tenth},Income Score (rate),Income {rank},Income {tenth}\n"
        "E01000001,City of London 001A,6.208,29199,9,0.007,32831,10\n",
    )
    (row,) = table.to_pylist()
    assert (row["imd_rank"], row["imd_decile"], row["imd_score"], row["income_score"]) == (29199, 9, 6.208, 0.007)
    assert row["crime_rank"] is None
    package, _ = load(
        f"deprivation-{year}",
        f"lsoa{vintage}_code,IMD_decile,Income_decile,IMD_rank,Income_rank,IMD_score,Income_score\n"
        "E01000001,9,10,29199,32831,6.208,0.007\n",
    )
    assert package.content == publisher.content


def test_a_decile_beyond_ten_is_refused(load):
    with pytest.raises(FileRefused, match=r"a whole number from 1 to 10.*11, imd_decile too large"):
        load("deprivation-2019", "lsoa11_code,IMD_decile,IMD_rank\nE01000001,11,1\n")


def test_wards_are_taken_under_the_portal_s_headings(load):
    _, table = load(
        "lsoa-wards",
        "LSOA21CD,LSOA21NM,WD24CD,WD24NM,LAD24CD,LAD24NM,ObjectId\n"
        "E01016710,Milton Keynes 030A,E05009406,Bletchley East,E06000042,Milton Keynes,1\n",
    )
    assert table.to_pylist()[0]["ward_name"] == "Bletchley East"


def test_ages_have_to_add_up(load):
    ages = ",".join(str(age) for age in [*range(90), "90+"])
    ones = ",".join(["1"] * 91)
    _, table = load("population", f"LSOA Code,LSOA Name,All Ages,{ages}\nE01000001,City of London 001A,91,{ones}\n")
    assert table["age_90_and_over"].to_pylist() == [1]
    with pytest.raises(FileRefused, match=r"sum of the single years of age.*92, the ages do not add up"):
        load("population", f"LSOA Code,LSOA Name,All Ages,{ages}\nE01000001,City of London 001A,92,{ones}\n")


@pytest.mark.real_data
def test_figures_that_milton_keynes_knows_come_out(open_data, load):
    _, wards = load("lsoa-wards", open_data / REAL["lsoa-wards"][0])
    here = {r["lsoa21_code"] for r in wards.to_pylist() if r["district_code"] == "E06000042"}
    assert len(here) == 166
    _, residents = load("residents", open_data / REAL["residents"][0])
    assert sum(r["residents"] for r in residents.to_pylist() if r["lsoa21_code"] in here) == 287_053
    _, lookup = load("lsoa-lookup", open_data / REAL["lsoa-lookup"][0])
    old = {r["lsoa11_code"] for r in lookup.to_pylist() if r["district_code"] == "E06000042"}
    _, population = load("population", open_data / REAL["population"][0])
    people = population.select(["lsoa11_code", "persons"]).to_pylist()
    assert sum(r["persons"] for r in people if r["lsoa11_code"] in old) == 270_203
