"""Reference tables: what is taken, what is refused, and how the fault is told. The area look-up stands for all."""

import contextlib
import gzip

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redway.errors import FileRefused
from redway.sources.lsoa_lookup.load import load as load_lookup
from redway.sources.residents.load import load as load_residents

HEADING = "lsoa11_name,lsoa11_code,change_code,lsoa21_name,lsoa21_code,ltla22_name,ltla22_code"
UNCHANGED = "Luton 001A,E01015682,U,Luton 001A,E01015682,Luton,E06000032"
SPLIT_1 = "Luton 001B,E01015683,S,Luton 001E,E01033621,Luton,E06000032"
SPLIT_2 = "Luton 001B,E01015683,S,Luton 001F,E01033622,Luton,E06000032"


@pytest.fixture
def load(tmp_path):
    """Loads a file with this content into a fresh folder."""

    def loading(content, name="lookup.csv", loader=load_lookup):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        into = tmp_path / f"work-{len(list(tmp_path.iterdir()))}"
        into.mkdir()
        (loaded,) = loader(path, file_name=name, into=into, context=None)
        return loaded

    return loading


def lines(*rows, end="\n"):
    return end.join([HEADING, *rows]) + end


def test_rows_are_typed_renamed_and_sorted(load):
    loaded = load(lines(SPLIT_2, UNCHANGED, SPLIT_1))
    table = pq.read_table(loaded.parquet)
    assert table["lsoa21_code"].to_pylist() == ["E01015682", "E01033621", "E01033622"]
    assert table.column_names == [
        *("lsoa11_code", "lsoa11_name", "change", "lsoa21_code", "lsoa21_name", "district_code", "district_name")
    ]
    assert (loaded.provider, loaded.period) == ("Office for National Statistics", "")
    assert (loaded.rows_read, loaded.rows_accepted, loaded.refused) == (3, 3, ())


def test_the_same_rows_are_the_same_content_however_they_came(load):
    first = load(lines(UNCHANGED, SPLIT_1))
    publisher = (
        "\ufeffLSOA11CD,LSOA11NM,LSOA21CD,LSOA21NM,CHGIND,LAD22CD,LAD22NM,LAD22NMW,ObjectId\r\n"
        'E01015683,Luton 001B,E01033621,Luton 001E,S,E06000032,"Luton",,2\r\n'
        "E01015682,Luton 001A,E01015682,Luton 001A,U,E06000032,Luton,,1\r\n"
    )
    for again in (
        load(lines(SPLIT_1, UNCHANGED, end="\r\n"), "other.csv"),
        load(gzip.compress(lines(UNCHANGED, SPLIT_1).encode()), "lookup.csv.gz"),
        load(publisher, "portal.csv"),
    ):
        assert again.content == first.content


def test_another_row_is_another_content(load):
    assert load(lines(UNCHANGED)).content != load(lines(UNCHANGED, SPLIT_1)).content


def many(*bad):
    """Enough good rows that a bad one does not refuse the file, then the bad ones."""
    good = [f"Luton 001A,E01{n:06d},U,Luton 001A,E01{n:06d},Luton,E06000032" for n in range(5000)]
    return lines(*good, *bad)


@pytest.mark.parametrize(
    ("row", "reason", "came"),
    [
        ("Luton 001B,E0101568,S,Luton 001E,E01033621,Luton,E06000032", "malformed lsoa11_code", "E0101568"),
        ("Luton 001B,E01015683,S,Luton 001E,,Luton,E06000032", "no lsoa21_code", "an empty cell"),
        ("Luton 001B,E01015683,Q,Luton 001E,E01033621,Luton,E06000032", "malformed change", "Q"),
        ("Luton 001B,E01015683,S,Luton 001E,E01033621,Luton,E12000032", "malformed district_code", "E12000032"),
        (
            "Luton 001A,E01000001,U,Luton 001A,E01000001,Luton,E06000032",
            "lsoa11_code and lsoa21_code came before",
            "E01000001",
        ),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_place(load, row, reason, came):
    loaded = load(many(row))
    (refused,) = loaded.refused
    assert (refused.reason, refused.count, refused.first.row, refused.came) == (reason, 1, 5001, came)
    assert loaded.rows_read == loaded.rows_accepted + 1 == 5001


def test_too_many_bad_rows_refuse_the_file(load):
    with pytest.raises(FileRefused, match=r"line 3.*at most 0\.1% of rows.*malformed lsoa11_code.*2 rows have this"):
        load(lines(UNCHANGED, SPLIT_1.replace("E01015683", "x"), SPLIT_2.replace("E01015683", "y")))


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        ("", "lookup.csv", "an empty file"),
        (HEADING + "\n", "lookup.csv", "a heading and no rows"),
        ("a,b\n1,2\n", "lookup.csv", "“LSOA11CD” or “lsoa11_code”.*What came: only “a”, “b”.*geoportal"),
        (HEADING.replace("change_code", "changes") + f"\n{UNCHANGED}\n", "lookup.csv", "“CHGIND”.*renamed column"),
        (lines(UNCHANGED)[:-20], "lookup.csv", "7 cells in every row.*cut short"),
        (lines(UNCHANGED, SPLIT_1 + ",more"), "lookup.csv", "line 3.*7 cells in every row.*8"),
        (lines(UNCHANGED.replace("Luton", "Lut\xf6n")).encode("latin-1"), "lookup.csv", "UTF-8"),
        (b"PK\x03\x04 and so on", "lookup.csv", "an Excel workbook or a zip"),
        (b"\xff\xfea\x00", "lookup.csv", "UTF-16"),
        (b"not gzip", "lookup.csv.gz", "cannot unpack"),
        (gzip.compress(lines(UNCHANGED).encode(), mtime=0)[:-20], "lookup.csv.gz", "ends too early.*cut short"),
        (gzip.compress(lines(UNCHANGED).encode(), mtime=0)[:30] + b"\x00" * 60, "lookup.csv.gz", "gzip"),
        (lines('"Luton 001A,E01015682,U'), "lookup.csv", "quotation mark|cells"),
        (HEADING + "\n" + "x" * 3_000_000, "lookup.csv", "longer one|bytes"),
        ("x" * 100_000, "lookup.csv", "first line of more than"),
        (lines(UNCHANGED, end="\r"), "lookup.csv", "CR alone"),
        (HEADING + "\n\x00\r", "lookup.csv", "bytes that no table in text has"),
    ],
)
def test_a_file_that_cannot_be_taken_says_what_was_expected_and_what_came(load, content, name, words):
    with pytest.raises(FileRefused, match=words) as caught:
        load(content, name)
    assert caught.value.place.file == name


def test_a_gzip_bomb_stops_at_the_limit(load, monkeypatch):
    monkeypatch.setattr("redway.sources.tabular.BIGGEST", 1_000_000)
    with pytest.raises(FileRefused, match="at most 1 MB once unpacked"):
        load(gzip.compress(b"\x00" * 5_000_000), "lookup.csv.gz")


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_at_all_lead_to_anything_but_rows_or_a_refusal(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("any")
    (folder / "any.csv").write_bytes(HEADING.encode() + b"\n" + content)
    with contextlib.suppress(FileRefused):
        (loaded,) = load_lookup(folder / "any.csv", file_name="any.csv", into=folder, context=None)
        assert pq.read_table(loaded.parquet).num_rows == loaded.rows_accepted


class TestResidents:
    def test_rows_of_ethnic_groups_fold_into_their_area(self, load):
        loaded = load(
            "lsoa21_code,total_residents,ethnic_group,n,prop\n"
            'E01000001,"1,474",White,1181,0.8\n'
            'E01000001,1474,"Asian, Asian British",158,0.1\n'
            "E01000002,1386,White,1,0\n",
            loader=load_residents,
        )
        assert pq.read_table(loaded.parquet).to_pydict() == {
            "lsoa21_code": ["E01000001", "E01000002"],
            "residents": [1474, 1386],
        }
        assert loaded.notes == {"further rows of an area, with the same total": 1}

    def test_the_census_table_of_nomis_gives_the_same_content(self, load):
        nomis = (
            "date,geography,geography code,Residence type: Total; measures: Value,"
            "Residence type: Lives in a household; measures: Value\n"
            "2021,City of London 001B,E01000002,1386,1300\n2021,City of London 001A,E01000001,1474,1400\n"
        )
        plain = "lsoa21_code,residents\nE01000001,1474\nE01000002,1386\n"
        assert load(nomis, "a.csv", load_residents).content == load(plain, "b.csv", load_residents).content

    def test_two_totals_for_one_area_refuse_the_file(self, load):
        with pytest.raises(FileRefused, match="1 areas with several, E01000001 the first"):
            load(
                "lsoa21_code,residents,ethnic_group\nE01000001,10,White\nE01000001,11,Mixed\n",
                loader=load_residents,
            )

    def test_a_negative_number_of_people_is_refused(self, load):
        good = "".join(f"E01{n:06d},10\n" for n in range(2000))
        loaded = load(f"lsoa21_code,residents\n{good}E01900000,-1\n", loader=load_residents)
        assert [(r.reason, r.count) for r in loaded.refused] == [("residents too small", 1)]
