"""Tables that others publish on districts, residents and searches: their oddities, and totals worked out anew."""

import csv
import gzip
from collections import Counter

import pyarrow.parquet as pq
import pytest

from redway.errors import FileRefused
from redway.sources.loaders import loader


@pytest.fixture
def load(tmp_path):
    def loading(name, source):
        path = tmp_path / "file.csv"
        if isinstance(source, str):
            path.write_text(source, "utf-8")
        else:
            path = source
        (loaded,) = loader(name).load(path, file_name=path.name, into=tmp_path, context=None)
        return loaded, pq.read_table(loaded.parquet).to_pylist()

    return loading


def plain(path):
    """The rows of a gzipped table, read the slow way: by headings as they stand, blanks and all."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


class TestResidentsByEthnicGroup:
    HEAD = "lsoa21_code,total_residents,ethnic_group,n,prop\n"

    def test_groups_take_short_codes(self, load):
        _, rows = load(
            "residents-ethnicity",
            f'{self.HEAD}E01000001,"1,474",White,1316,0.9\n'
            'E01000001,1474,"Asian, Asian British or Asian Welsh",158,0.1\n',
        )
        assert [(row["ethnic_group"], row["residents"]) for row in rows] == [("asian", 158), ("white", 1316)]

    def test_groups_that_do_not_add_up_refuse_the_file(self, load):
        with pytest.raises(FileRefused, match="1 areas where they do not, E01000001 the first"):
            load("residents-ethnicity", f"{self.HEAD}E01000001,1474,White,1316,0.9\n")

    def test_a_group_the_census_does_not_have_is_refused(self, load):
        with pytest.raises(FileRefused, match="five ethnic groups"):
            load("residents-ethnicity", f"{self.HEAD}E01000001,10,Martian,10,1\n")

    def test_percentages_are_told_from_counts_by_their_label(self, load):
        loaded, rows = load(
            "residents-ethnicity-districts",
            "ltla21_code,ltla21_name,ethnic_group,value\n"
            "E06000001,Hartlepool,White: Irish (number),220\n"
            "E06000001,Hartlepool,White: Irish (percent),0.2\n"
            "E06000001,Hartlepool,Mixed or Multiple ethnic groups: White and Black African  (percent),0.1\n",
        )
        assert rows == [
            {"district_code": "E06000001", "broad_group": "white", "ethnic_group": "Irish", "residents": 220}
        ]
        assert loaded.notes == {"percentages left aside": 2}

    def test_a_percentage_under_the_label_of_a_count_is_refused(self, load):
        with pytest.raises(FileRefused, match="whole number of people"):
            load(
                "residents-ethnicity-districts",
                "ltla21_code,ethnic_group,value\nE06000001,White: Irish (number),0.2\n",
            )

    @pytest.mark.real_data
    def test_both_tables_give_the_residents_of_milton_keynes(self, load, open_data):
        _, small = load("residents-ethnicity", open_data / "census/ethnicity21_lsoa21.csv.gz")
        _, wide = load("residents-ethnicity-districts", open_data / "census/ethnicity21_ltla21.csv.gz")
        _, names = load("lsoa-wards", open_data / "geography/lookup_lsoa21_ward24_ltla24.csv.gz")
        here = {row["lsoa21_code"] for row in names if row["district_code"] == "E06000042"}
        assert sum(row["residents"] for row in small if row["lsoa21_code"] in here) == 287_053
        # The publisher alters small counts, so the two differ a little, and never by much.
        by_area, by_district = Counter(), Counter()
        for row in small:
            by_area[row["ethnic_group"]] += row["residents"] if row["lsoa21_code"] in here else 0
        for row in wide:
            by_district[row["broad_group"]] += row["residents"] if row["district_code"] == "E06000042" else 0
        assert by_district["white"] == 178_568 + 2_382 + 156 + 578 + 24_430
        assert all(abs(by_area[group] - by_district[group]) < 60 for group in by_area)


class TestResidentsByAgeAndSex:
    HEAD = (
        "ltla21_code,total_population,total_females,total_males,younger_females,working_age_females,older_females,"
        "younger_males,working_age_males,older_males\n"
    )

    def test_ages_may_fall_short_of_the_total_and_never_pass_it(self, load):
        _, rows = load("residents-age-sex", f"{self.HEAD}E06000001,92347,47656,44691,9038,29161,5307,9532,27298,5024\n")
        assert rows[0]["female"] == 47_656
        with pytest.raises(FileRefused, match=r"more than all of them \(female\)"):
            load("residents-age-sex", f"{self.HEAD}E06000001,92347,47656,44691,9038,39161,5307,9532,27298,5024\n")

    def test_women_and_men_add_up(self, load):
        with pytest.raises(FileRefused, match="women and men do not add up"):
            load("residents-age-sex", f"{self.HEAD}E06000001,92348,47656,44691,9038,29161,5307,9532,27298,5024\n")


class TestCensus2011:
    def test_thousands_have_separators_and_headings_come_twice_or_are_blank(self, load):
        _, rows = load(
            "census-2011",
            "LSOA Code,LSOA Name,,Persons,Persons,Persons,Hectares,Persons per hectare,Households\n"
            'E01020634,County Durham 001A,,"1,563","1,517",46,650,2.4,666\n',
        )
        assert rows == [{"lsoa11_code": "E01020634", "residents": 1563, "households": 666, "hectares": 650.0}]

    @pytest.mark.real_data
    def test_its_total_is_that_of_england_and_wales(self, load, open_data):
        path = open_data / "denominators/census_2011_population_hh.csv.gz"
        _, rows = load("census-2011", path)
        _, *cells = plain(path)
        assert sum(row["residents"] for row in rows) == sum(int(row[9].replace(",", "")) for row in cells) == 56_075_912
        assert sum(row["households"] for row in rows) == sum(int(row[14].replace(",", "")) for row in cells)


class TestStopAndSearchByEthnicity:
    @pytest.mark.real_data
    def test_counts_are_those_of_the_file_and_nothing_stands_for_not_applicable(self, load, open_data):
        (path,) = (open_data / "stop-search-ethnicity").glob("*.csv.gz")
        _, rows = load("stop-search-ethnicity", path)
        slow, none = Counter(), 0
        head, *cells = plain(path)
        searches = [heading.strip() for heading in head].index("Number of stop and searches")
        residents = head.index("Population by ethnicity")
        for row in cells:
            count = row[searches].strip()
            slow[row[1]] += 0 if count == "-" else int(count.replace(",", ""))
            none += row[residents].strip() == "N/A"
        quick = Counter()
        for row in rows:
            quick[f"{int(row['period'][3:7]) - 1}/{row['period'][5:7]}"] += row["searches"]
        assert quick == slow
        assert sum(row["residents"] is None for row in rows) == none == 1_554
        # With a dash as nought, groups add up to all searches of each force and year.
        every, groups = Counter(), Counter()
        for row in rows:
            counted = {"All": every, "ONS 2001 16+1": groups}.get(row["classification"])
            if counted is not None:
                counted[row["period"], row["force"]] += row["searches"]
        assert groups == every

    HEAD = (
        "Measure,Time,Time_type,Ethnicity,Ethnicity_type,Geography,Geography_type, Number of stop and searches ,"
        " Total number of stop and search carried out in this year in this area (excluding cases where the ethnicity"
        ' was unreported) ,Population by ethnicity,"Rate per 1,000 population by ethnicity",Proportion,Notes\n'
    )

    def row(self, searches, rate="9.39"):
        return f'M,2006/07,Financial year,Asian,ONS 2001 5+1,Kent,Area," {searches} ", N/A ,"1,599,555",{rate},N/A,\n'

    def test_blanks_around_headings_commas_and_dashes_are_taken(self, load):
        _, (one,) = load("stop-search-ethnicity", self.HEAD + self.row("15,018"))
        assert (one["period"], one["searches"], one["searches_all"]) == ("YE-2007-03", 15_018, None)
        _, (none,) = load("stop-search-ethnicity", self.HEAD + self.row("-", " -   "))
        assert (none["searches"], none["rate"]) == (0, 0.0)

    @pytest.mark.parametrize(
        ("searches", "rate"), [(",", "9"), ("1,5018", "9"), ("9" * 40, "9"), ("5", ","), ("5", "1e999")]
    )
    def test_what_only_looks_like_a_number_is_refused(self, load, searches, rate):
        with pytest.raises(FileRefused, match="number"):
            load("stop-search-ethnicity", self.HEAD + self.row(searches, f'"{rate}"'))


class TestCrimeSeverity:
    def test_a_colon_is_no_score(self, load):
        loaded, rows = load(
            "crime-severity", '"ltla23_code","crime_severity_score"\n"E06000042","14.26"\n"E06000043",":"\n'
        )
        assert [row["score"] for row in rows] == [14.26, None]
        assert loaded.notes == {"districts without a score": 1}

    def test_a_table_of_other_scores_is_not_taken_for_it(self, load):
        with pytest.raises(FileRefused, match="crime_severity_score"):
            load("crime-severity", "ltla23_code,Score\nE06000042,20.1\n")

    @pytest.mark.real_data
    def test_the_real_file_knows_milton_keynes(self, load, open_data):
        _, rows = load("crime-severity", open_data / "recorded-crime/england_crime_severity.csv")
        assert [round(row["score"], 2) for row in rows if row["district_code"] == "E06000042"] == [14.26]


class TestHouseholdsAndDistricts:
    @pytest.mark.real_data
    def test_the_district_s_people_are_those_of_its_small_areas(self, load, open_data):
        _, districts = load("population-districts", open_data / "denominators/population20_ltla21.csv.gz")
        (here,) = [row for row in districts if row["district_code"] == "E06000042"]
        assert here["persons"] == 270_203
        _, households = load("households", open_data / "denominators/households21_england_wales_ltla23.csv.gz")
        assert sum(row["households"] for row in households) > 24_000_000
