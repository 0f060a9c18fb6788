"""Schools and children: the tool's own Parquet file, reasons for exclusions, the dictionary, and neighbours."""

import csv
import datetime
import gzip
import io
from collections import Counter
from contextlib import suppress

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.errors import FileRefused
from redway.sources.dataset import dataset
from redway.sources.loaders import loader
from redway.sources.returned.look_ups import look_up
from redway.sources.schools.load import period, release

COLUMNS = ("Short Desc", "Data item", "Years", "LA and Regions", "Values", "LA Number", "Region")
FILE = "dfe/bds_long_0.parquet"
REASONS = "dfe/SFR_exclusion_reasons_200607_to_201617.csv.gz"


@pytest.fixture
def load(tmp_path):
    def loading(name, path):
        into = tmp_path / "work"
        into.mkdir(exist_ok=True)
        (loaded,) = loader(name).load(path, file_name=path.name, into=into, context=None)
        return loaded, pq.read_table(loaded.parquet)

    return loading


@pytest.fixture
def sent(tmp_path):
    """Writes rows as the tool's Parquet file: the area's number is a float, as it is there."""

    def write(*rows):
        path = tmp_path / "bds_long_0.parquet"
        pq.write_table(pa.table({name: [row[i] for row in rows] for i, name in enumerate(COLUMNS)}), path)
        return path

    return write


@pytest.fixture(scope="class")
def whole_file():
    rows = [row(years=f"{year}", value=f"{year}", item="é") for year in range(1950, 2025)]
    written = io.BytesIO()
    pq.write_table(
        pa.table({name: [each[i] for each in rows] for i, name in enumerate(COLUMNS)}), written, row_group_size=40
    )
    return written.getvalue()


def row(measure="TotFixedEx", years="2023/24", value="13.3843", number=826.0, item=None):
    return (measure, item, years, "Milton Keynes", value, number, "South East")


class TestLocalAuthorityInteractiveTool:
    def test_numbers_of_areas_become_codes_and_text_becomes_numbers(self, load, sent):
        _, table = load("schools", sent(row()))
        (taken,) = table.to_pylist()
        assert (taken["area_number"], taken["area_code"], taken["value"]) == ("826", "E06000042", 13.3843)
        assert (taken["years"], taken["period"], taken["region"]) == ("2023/24", "YE-2024-08", "South East")

    def test_a_dash_is_no_value_and_powers_of_ten_are_numbers(self, load, sent):
        loaded, table = load("schools", sent(row(value="-"), row(years="2022/23", value="7.0000000000000007E-2")))
        assert sorted(table["value"].to_pylist(), key=str) == [0.07, None]
        assert loaded.notes == {"values not given": 1}

    def test_an_area_that_the_look_up_does_not_know_is_kept_without_a_code(self, load, sent):
        _, table = load("schools", sent(row(number=999.0)))
        assert table.to_pylist()[0]["area_code"] is None

    def test_the_same_table_as_text_is_the_same_content(self, load, sent, tmp_path):
        first, _ = load("schools", sent(row(), row(value="-", years="2022/23")))
        text = tmp_path / "bds_long.csv"
        with text.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(
                [COLUMNS, *(("TotFixedEx", "", y, "Milton Keynes", v, "826", "South East") for y, v in
                            (("2022/23", "-"), ("2023/24", "13.3843")))]
            )  # fmt: skip
        again, _ = load("schools", text)
        assert again.content == first.content

    @pytest.mark.parametrize("damage", [b"", b"PAR1", b"PAR1" + b"\x00" * 500 + b"PAR1", b"a,b\n1,2\n"])
    def test_bytes_that_are_no_parquet_are_refused(self, load, tmp_path, damage):
        path = tmp_path / "bds_long_0.parquet"
        path.write_bytes(damage)
        with pytest.raises(FileRefused, match="Parquet"):
            load("schools", path)

    def test_a_file_cut_short_is_refused(self, load, sent):
        path = sent(*(row(years=f"{year}") for year in range(2000, 2025)))
        path.write_bytes(path.read_bytes()[:-40])
        with pytest.raises(FileRefused, match="Parquet"):
            load("schools", path)

    def test_a_parquet_file_of_other_columns_is_refused_with_what_it_lacks(self, load, tmp_path):
        path = tmp_path / "other.parquet"
        pq.write_table(pa.table({"a": [1], 'quoted "b"': ["x"]}), path)
        with pytest.raises(FileRefused, match=r"“Short Desc”.*What came: only “a”"):
            load("schools", path)

    def test_more_rows_than_any_edition_has_are_refused_before_they_are_read(self, load, sent, monkeypatch):
        monkeypatch.setattr("redway.sources.schools.parquet.MOST_ROWS", 1)
        with pytest.raises(FileRefused, match="2 rows"):
            load("schools", sent(row(), row(years="2022/23")))

    def test_texts_that_would_be_too_large_laid_out_are_refused_though_the_file_is_small(self, load, sent, monkeypatch):
        monkeypatch.setattr("redway.sources.schools.parquet.BIGGEST", 1_000_000)
        path = sent(*(row(years=f"{year}", item="long " * 100) for year in range(3_000)))
        assert path.stat().st_size < 100_000
        with pytest.raises(FileRefused, match="3,000 rows or more, 2 MB"):
            load("schools", path)

    def test_a_cell_longer_than_any_is_refused_with_its_row_and_one_that_is_only_long_is_taken(self, load, sent):
        rows = [row(years=f"{year}") for year in range(1900, 2025)]
        assert load("schools", sent(*rows, row(item="x" * 1_000)))[0].rows_accepted == 126
        with pytest.raises(FileRefused, match=r"line 127, column “item”.*a cell of more than 1,000 bytes"):
            load("schools", sent(*rows, row(item="x" * 1_001)))

    @pytest.mark.parametrize(
        "how",
        [
            {"use_dictionary": False, "column_encoding": dict.fromkeys(COLUMNS[:5], "DELTA_BYTE_ARRAY")},
            {"use_dictionary": False, "column_encoding": dict.fromkeys(COLUMNS[:5], "DELTA_LENGTH_BYTE_ARRAY")},
            {"data_page_version": "2.0", "compression": "brotli"},
            {"row_group_size": 1, "compression": "gzip"},
        ],
    )
    def test_however_it_was_written_it_is_the_same_content(self, load, tmp_path, how):
        rows = [row(), row(value="-", years="2022/23"), row(item="é", years="2021/22")]
        table = pa.table({name: [each[i] for each in rows] for i, name in enumerate(COLUMNS)})
        contents = []
        for named in ({}, how):
            path = tmp_path / "bds_long_0.parquet"
            pq.write_table(table, path, **named)
            contents.append(load("schools", path)[0].content)
        assert contents[0] == contents[1]

    @pytest.mark.parametrize(
        ("cell", "taken"),
        [
            (826, "826"), (826.0, "826"), (1e15, None), (2**53 + 1, None), (0.5, None), (float("nan"), None),
            (-0.0, "0"), (" 826 ", "826"), (b"826", "826"), (b"\xff", None), (True, None),
            (datetime.date(2024, 1, 1), None), ({"deep": [826]}, None), ([826], None),
        ],
    )  # fmt: skip
    def test_whatever_kind_of_column_the_number_of_an_area_stands_in_it_is_that_number_or_refused(
        self, load, sent, cell, taken
    ):
        path = sent(row(number=cell))
        if taken is None:
            with pytest.raises(FileRefused):
                load("schools", path)
        else:
            assert load("schools", path)[1]["area_number"].to_pylist() == [taken]

    def test_of_headings_that_stand_twice_the_first_column_is_read(self, load, tmp_path):
        path = tmp_path / "bds_long_0.parquet"
        cells = [*row(), *(["other"] * 7)]
        pq.write_table(pa.table([pa.array([cell]) for cell in cells], names=[*COLUMNS, *COLUMNS]), path)
        (taken,) = load("schools", path)[1].to_pylist()
        assert (taken["measure"], taken["area_number"], taken["value"]) == ("TotFixedEx", "826", 13.3843)

    @given(data=st.data())
    def test_a_file_with_a_few_bytes_changed_is_read_or_refused(self, tmp_path_factory, whole_file, data):
        damaged = bytearray(whole_file)
        for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=8)):
            damaged[place] = data.draw(st.integers(0, 255))
        path = tmp_path_factory.mktemp("damaged") / "bds_long_0.parquet"
        path.write_bytes(damaged)
        with suppress(FileRefused):
            loader("schools").load(path, file_name=path.name, into=path.parent, context=None)

    @pytest.mark.parametrize("value", ["about 13", "1e999", "9" * 400, "--", "13,3"])
    def test_nothing_that_is_no_number_passes_for_one(self, load, sent, value):
        with pytest.raises(FileRefused, match="a number, or a dash for none"):
            load("schools", sent(row(value=value)))

    def test_every_measure_of_the_look_up_has_a_unit_and_a_kind_of_year(self):
        found = look_up(dataset("schools"), "measures").entries
        assert {entry.group for entry in found} == {"school-year", "financial-year", "calendar-year"}
        assert all(entry.subgroup for entry in found)

    @pytest.mark.real_data
    def test_the_real_file_says_what_the_strategy_says_of_schools_and_every_area_has_a_code(self, load, open_data):
        _, table = load("schools", open_data / FILE)
        here = table.filter(pc.equal(table["area_code"], "E06000042")).to_pylist()
        values = {(r["measure"], r["period"]): r["value"] for r in here if r["period"]}
        suspended = [values["TotFixedEx", f"YE-{year}-08"] for year in (2022, 2023, 2024)]
        assert suspended == sorted(suspended)  # suspensions are up
        assert values["TotPermEx", "YE-2024-08"] < 0.01  # permanent exclusions are rare
        known = {entry.code for entry in look_up(dataset("schools"), "measures").entries}
        assert known <= {r["measure"] for r in here}
        # Compared with the file itself, read another way.
        sums = duckdb.execute(
            'SELECT count(*), sum(try_cast("Values" AS DOUBLE)) FROM read_parquet($1) WHERE "LA Number" = 826',
            [str(open_data / FILE)],
        ).fetchall()[0]
        assert (len(here), sum(r["value"] or 0 for r in here)) == (sums[0], pytest.approx(sums[1]))

        # Every area has a code of its own kind.
        names = ["area_number", "area_name", "area_code"]
        areas = {tuple(r[n] for n in names) for r in table.group_by(names).aggregate([]).to_pylist()}
        assert len(areas) == 170
        assert all(code for _, _, code in areas)
        kinds = Counter(code[:3] for _, _, code in areas)
        assert (kinds["E92"], kinds["E12"], kinds["E13"]) == (1, 9, 2)
        _, neighbours = load("community-safety-partnerships", open_data / "geography/lookup_ltla24_csp24_pfa24.csv.gz")
        districts = {r["district_code"]: r["district_name"] for r in neighbours.to_pylist()}
        assert {name for _, name, code in areas if districts.get(code, name) != name} == {
            "Bedford Borough", "Durham", "Herefordshire", "Kingston Upon Hull, City of",
        }  # fmt: skip


class TestPeriods:
    @pytest.mark.parametrize(
        ("years", "kind", "means"),
        [
            ("2023/24", "school-year", "YE-2024-08"),
            ("2016-17 (OT)", "financial-year", "YE-2017-03"),
            ("2024", "calendar-year", "YE-2024-12"),
            ("2025", "school-year", "YE-2025-08"),
            ("2022 (Rev)", "financial-year", "YE-2022-03"),
            ("1999/00", "school-year", "YE-2000-08"),
            ("2017/18-19/20", "school-year", None),
            ("2014-16", "calendar-year", None),
            ("0", "school-year", None),
            ("2024", "", None),
        ],
    )
    def test_a_year_is_a_period_by_the_kind_of_year_and_several_years_are_none(self, years, kind, means):
        assert period(years, kind) == means

    def test_what_stands_in_brackets_is_kept(self):
        assert [release(years) for years in ("2025 (prov)", "2025", "2014-16")] == ["prov", None, None]

    @given(st.text(max_size=20))
    def test_no_text_makes_a_period_that_is_none(self, text):
        made = period(text, "school-year")
        assert made is None or made.endswith("-08")


class TestReasonsForExclusions:
    HEAD = "year,level,country_code,country_name,region_code,region_name,old_la_code,new_la_code,la_name,school_type"

    def table(self, tmp_path, *rows):
        reasons = [w for e in look_up(dataset("school-exclusion-reasons"), "reasons").entries for w in e.was]
        counts = [f"{kind}_{reason}" for kind in ("perm", "fixed") for reason in reasons]
        path = tmp_path / "reasons.csv"
        lines = [f"{self.HEAD},{','.join(counts)}", *(f"{r},x,3.3,{','.join(['0'] * (len(counts) - 2))}" for r in rows)]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    def test_each_reason_is_a_row_and_x_is_withheld_not_nought(self, load, tmp_path):
        local = "201617,LOCAL AUTHORITY,E92000001,England,E12000008,South East,826,E06000042,Milton Keynes,Total"
        loaded, table = load("school-exclusion-reasons", self.table(tmp_path, local))
        assert table.num_rows == loaded.rows_read == loaded.rows_accepted == 24
        first, second, *_ = table.to_pylist()
        assert (first["reason"], first["kind"], first["count"], first["status"]) == (
            "PP",
            "permanent",
            None,
            "withheld",
        )
        assert (second["reason"], second["count"], second["area_code"]) == ("PA", 3.3, "E06000042")
        assert {r["period"] for r in table.to_pylist()} == {"YE-2017-08"}
        assert loaded.notes == {"counts withheld by the publisher": 1}

    def test_regions_and_england_take_their_own_codes(self, load, tmp_path):
        _, table = load(
            "school-exclusion-reasons",
            self.table(
                tmp_path,
                "201617,NATIONAL,E92000001,England,,,,,,Total",
                "201617,REGIONAL,E92000001,England,E12000008,South East,,,,Total",
                "201617,LOCAL AUTHORITY,E92000001,England,E12000008,South East,825,.,Once,Total",
            ),
        )
        named = {(r["level"], r["area_code"], r["area_name"]) for r in table.to_pylist()}
        assert named == {
            ("national", "E92000001", "England"),
            ("regional", "E12000008", "South East"),
            ("local authority", None, "Once"),
        }

    @pytest.mark.real_data
    def test_the_real_file_adds_up_to_what_is_in_it(self, load, open_data):
        _, table = load("school-exclusion-reasons", open_data / REASONS)
        slow = Counter()
        with gzip.open(open_data / REASONS, "rt", encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                for heading, cell in line.items():
                    if heading.startswith(("perm_", "fixed_")):
                        slow["withheld" if cell == "x" else "known"] += 1
                        slow["sum"] += 0 if cell == "x" else float(cell)
        quick = Counter(table["status"].to_pylist())
        assert {name: slow[name] for name in ("withheld", "known")} == dict(quick)
        assert sum(value or 0 for value in table["count"].to_pylist()) == pytest.approx(slow["sum"])


class TestNeighbours:
    @pytest.mark.real_data
    def test_milton_keynes_has_ten_in_order_each_with_a_code(self, load, open_data):
        _, table = load("statistical-neighbours", open_data / "dfe/sn_may_2025.xlsx")
        mine = [r for r in table.to_pylist() if r["area_code"] == "E06000042"]
        assert [r["rank"] for r in mine] == list(range(1, 11))
        assert all(r["neighbour_code"] and r["closeness"] for r in mine)

    @pytest.mark.real_data
    def test_another_workbook_is_refused_with_what_was_looked_for(self, load, open_data):
        with pytest.raises(FileRefused, match="headings begin with “LA num”"):
            load("statistical-neighbours", open_data / "dfe/la_code_list.xlsx")


def test_a_measure_of_the_dictionary_is_its_short_name_and_not_its_title(load, tmp_path):
    """The publisher calls the title “Measure”, and what we call a measure “Measure_short”."""
    path = tmp_path / "lait_data_dictionary.csv"
    path.write_text("Topic,Measure,Measure_short\nHealth,Infant mortality,InfMort\n", "utf-8")
    _, table = load("school-measures", path)
    assert [(r["measure"], r["title"]) for r in table.to_pylist()] == [("InfMort", "Infant mortality")]


@pytest.mark.real_data
def test_the_measures_of_the_dictionary_are_those_of_the_data(load, open_data):
    _, dictionary = load("school-measures", open_data / "dfe/lait_data_dictionary.csv.gz")
    _, data = load("schools", open_data / "dfe/bds_long_0.parquet")
    known, used = set(dictionary["measure"].to_pylist()), set(data["measure"].to_pylist())
    assert len(used & known) > 0.9 * len(used)
