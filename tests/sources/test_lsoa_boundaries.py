"""Boundaries of small areas: districts and vintages side by side, and files that are something else."""

import json

import pyarrow.parquet as pq
import pytest

from redway.errors import FileRefused
from redway.sources.lsoa_boundaries.load import load as load_boundaries

CRS84 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}


def square(x, y):
    return {"type": "Polygon", "coordinates": [[[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]]]}


def feature(code, name, shape, vintage="21"):
    return {
        "type": "Feature",
        "properties": {"FID": 1, f"LSOA{vintage}CD": code, f"LSOA{vintage}NM": name},
        "geometry": shape,
    }


LUTON = feature("E01015682", "Luton 001A", square(-0.42, 51.9))
LUTON_B = feature("E01015683", "Luton 001B", square(-0.41, 51.9))
BEDFORD = feature("E01017465", "Bedford 001A", square(-0.46, 52.1))


@pytest.fixture
def load(tmp_path):
    def loading(*features, text=None, name="areas.geojson"):
        path = tmp_path / name
        collection = {"type": "FeatureCollection", "crs": CRS84, "features": list(features)}
        path.write_text(json.dumps(collection) if text is None else text)
        return load_boundaries(path, file_name=name, into=tmp_path, context=None)

    return loading


def test_each_district_and_vintage_is_a_submission_of_its_own(load):
    bedford, luton = load(LUTON_B, BEDFORD, LUTON)
    assert (luton.provider, luton.period) == ("Office for National Statistics: Luton", "2021")
    assert (bedford.provider, bedford.rows_accepted) == ("Office for National Statistics: Bedford", 1)
    (old,) = load(feature("E01015682", "Luton 001A", square(-0.42, 51.9), vintage="11"))
    assert (old.provider, old.period) == (luton.provider, "2011")


def test_outlines_are_kept_as_geojson_to_the_centimetre(load):
    shape = {
        "type": "Polygon",
        "coordinates": [[[-0.123456789012, 52.0], [-0.1, 52.0], [-0.1, 52.1], [-0.123456789012, 52.0]]],
    }
    (loaded,) = load(feature("E01015682", "Luton 001A", shape))
    (row,) = pq.read_table(loaded.parquet).to_pylist()
    assert row["lsoa_code"] == "E01015682"
    assert json.loads(row["geometry"])["coordinates"][0][0] == [-0.1234568, 52.0]


def test_the_order_of_areas_does_not_change_their_content(load):
    (first,) = load(LUTON, LUTON_B)
    (again,) = load(LUTON_B, LUTON)
    assert again.content == first.content


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (feature("E0101568", "Luton 001B", square(-0.4, 51.9)), "malformed LSOA21CD"),
        (feature(None, "Luton 001B", square(-0.4, 51.9)), "malformed LSOA21CD"),
        (feature("E01015683", "Luton", square(-0.4, 51.9)), "malformed LSOA21NM"),
        (feature("E01015683", "Luton 001B", None), "no outline"),
        (feature("E01015683", "Luton 001B", {"type": "Point", "coordinates": [-0.4, 51.9]}), "no outline"),
        (LUTON, "LSOA21CD came before"),
    ],
)
def test_an_area_that_cannot_be_taken_is_refused_with_its_place(load, bad, reason):
    many = [feature(f"E01{n:06d}", "Luton 002A", square(-0.42, 51.9)) for n in range(2000)]
    (loaded,) = load(LUTON, *many, bad)
    (refused,) = loaded.refused
    assert (refused.reason, refused.count, refused.first.row) == (reason, 1, 2002)
    assert loaded.rows_read == loaded.rows_accepted + 1


def test_more_bad_areas_than_the_dataset_allows_refuse_the_file(load):
    with pytest.raises(FileRefused, match=r"area 2.*no outline"):
        load(LUTON, feature("E01015683", "Luton 001B", None))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "an empty file"),
        ('{"type": "FeatureCollection", "features": [{"type": "Feature", "prop', "breaks at line 1.*broke off"),
        ("[1, 2]", "JSON of another kind"),
        ('{"type": "FeatureCollection", "features": []}', "no areas"),
        ('{"type": "FeatureCollection", "features": [7]}', "JSON of another kind"),
    ],
)
def test_what_is_no_collection_of_areas_is_refused(load, text, words):
    with pytest.raises(FileRefused, match=words):
        load(text=text)


def test_boundaries_of_larger_areas_are_known_for_what_they_are(load):
    other = {"type": "Feature", "properties": {"MSOA21CD": "E02003241"}, "geometry": square(-0.4, 51.9)}
    with pytest.raises(FileRefused, match=r"areas with MSOA21CD.*another kind of area"):
        load(other)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (square(487845, 233475), "metres.*WGS 84"),
        (square(51.9, -0.42), "swapped"),
        (square(-74.0, 40.7), "another country"),
    ],
)
def test_coordinates_elsewhere_refuse_the_file(load, shape, words):
    with pytest.raises(FileRefused, match=words):
        load(feature("E01015682", "Luton 001A", shape))


@pytest.mark.real_data
def test_both_vintages_of_a_real_district_load_whole(open_data, tmp_path):
    for vintage, count in (("21", 166), ("11", 152)):
        name = f"lsoa{vintage}_E06000042.geojson"
        (loaded,) = load_boundaries(open_data / "geography" / name, file_name=name, into=tmp_path, context=None)
        assert (loaded.provider, loaded.period) == ("Office for National Statistics: Milton Keynes", f"20{vintage}")
        assert (loaded.rows_read, loaded.rows_accepted) == (count, count)
