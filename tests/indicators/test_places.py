"""The partnership and its comparable areas."""

import pyarrow as pa
import pytest

from redway.errors import NotSetUp, RedwayError
from redway.indicators.places import outlines, places
from redway.store.content import write
from redway.store.profile import Partnership
from redway.store.snapshot import Part, Snapshot

LOOKUP = [
    # 2011, 2021, name in 2021, district: one unchanged, one split, one next door
    ("E01000001", "E01000001", "Aby 001A", "E06000001"),
    ("E01000002", "E01900003", "Aby 001C", "E06000001"),
    ("E01000002", "E01900002", "Aby 001B", "E06000001"),
    ("E01000009", "E01000009", "Beton 001A", "E06000002"),
]
WARDS = [
    ("E01000001", "Town", "E06000001"),
    ("E01900002", "Town", "E06000001"),
    ("E01900003", "Quay", "E06000001"),
    ("E01000009", "Else", "E06000002"),
]
RESIDENTS = [("E01000001", 1500), ("E01900002", 1400), ("E01900003", 1600), ("E01000009", 9)]


def square(x):
    return (
        f'{{"type":"Polygon","coordinates":[[[{x},52.0],[{x + 0.01},52.0],[{x + 0.01},52.1],[{x},52.1],[{x},52.0]]]}}'
    )


BOUNDARIES = [("E01000001", square(0.0)), ("E01900002", square(0.01)), ("E01900003", square(0.02))]
COLUMNS = {
    "lsoa-lookup": ["lsoa11_code", "lsoa21_code", "lsoa21_name", "district_code"],
    "lsoa-wards": ["lsoa21_code", "ward_name", "district_code"],
    "residents": ["lsoa21_code", "residents"],
    "lsoa-boundaries": ["lsoa_code", "geometry"],
    "community-safety-partnerships": ["district_code", "partnership_code"],
}


@pytest.fixture
def snapshot(tmp_path):
    def make(**given):
        parts = []
        for name, rows in given.items():
            dataset = name.replace("_", "-")
            table = pa.table(dict(zip(COLUMNS[dataset], map(list, zip(*rows, strict=True)), strict=True)))
            path, content = write(table, tmp_path)
            parts.append(Part(dataset, "ONS", "", content, len(rows), path, 1))
        return Snapshot(1, tuple(parts))

    return make


@pytest.fixture
def everything(snapshot):
    return snapshot(lsoa_lookup=LOOKUP, lsoa_wards=WARDS, residents=RESIDENTS, lsoa_boundaries=BOUNDARIES)


def partnership(**more):
    given = {"name": "Aby Partnership", "short_name": "Aby", "place": "Aby", "district": "E06000001"}
    return Partnership(**given | {"police_force": "Aby Police", "community_safety_partnership": "E22000001"} | more)


def test_the_split_area_is_one_and_the_neighbour_is_none(everything):
    found = places(everything, partnership())
    assert [area.code for area in found.areas] == ["E01000001", "E01900002"]
    assert found.area_of == {
        "E01000001": "E01000001",
        "E01000002": "E01900002",
        "E01900002": "E01900002",
        "E01900003": "E01900002",
    }


def test_an_area_across_the_district_s_border_belongs_to_both_whole(snapshot):
    across = [("E01000009", "E01900003", "Aby 001C", "E06000001")]
    both = snapshot(lsoa_lookup=[*LOOKUP, *across], residents=RESIDENTS)
    ours, theirs = places(both, partnership()), places(both, partnership(district="E06000002"))
    assert ours.areas[1] == theirs.areas[0]
    assert theirs.areas[0].residents == 3009


def test_areas_are_named_by_what_they_hold_and_the_ward_that_fits(everything):
    found = places(everything, partnership())
    assert [area.name for area in found.areas] == ["Aby 001A (Town)", "Aby 001B and 001C (Quay and Town)"]
    assert found.areas[0].note == ""
    assert found.areas[1].note.startswith("1 small area of 2011 and 2 of 2021, counted together")


def test_residents_are_summed_over_the_whole_area(everything):
    found = places(everything, partnership())
    assert [area.residents for area in found.areas] == [1500, 3000]
    assert found.partnership.residents == 4500


def test_without_wards_and_residents_there_are_areas_still(snapshot):
    found = places(snapshot(lsoa_lookup=LOOKUP), partnership())
    assert [area.name for area in found.areas] == ["Aby 001A", "Aby 001B and 001C"]
    assert [area.residents for area in (found.partnership, *found.areas)] == [None, None, None]


def test_residents_of_a_part_are_not_given_for_the_whole(snapshot):
    found = places(snapshot(lsoa_lookup=LOOKUP, residents=RESIDENTS[:2]), partnership())
    assert [area.residents for area in (found.partnership, *found.areas)] == [None, 1500, None]


def test_without_the_look_up_it_says_what_to_do(snapshot):
    with pytest.raises(NotSetUp, match=r"dataset lsoa-lookup.*redway setup again with --data"):
        places(snapshot(residents=RESIDENTS), partnership())


def test_a_district_that_the_look_ups_do_not_know_is_an_error(everything):
    with pytest.raises(RedwayError, match=r"E06000099.*none in the look-ups"):
        places(everything, partnership(district="E06000099"))


def test_a_merged_district_is_found_in_the_newer_look_up(snapshot):
    merged = [(code, ward, "E06000063") for code, ward, _ in WARDS]
    found = places(snapshot(lsoa_lookup=LOOKUP, lsoa_wards=merged), partnership(district="E06000063"))
    assert len(found.areas) == 3


@pytest.mark.parametrize("code", ["E01000002", "E01900002", "E01900003"])
def test_an_area_without_a_fair_base_may_be_named_by_any_of_its_codes(everything, code):
    unfair = [{"area": code, "why": "Shops."}]
    found = places(everything, partnership(residents_no_fair_base=unfair))
    assert [(a.fair_base, a.unfair_because) for a in found.areas] == [(True, ""), (False, "Shops.")]
    assert found.partnership.fair_base


def test_the_whole_district_may_be_without_a_fair_base(everything):
    unfair = [{"area": "E06000001", "why": "Few live there."}]
    assert not places(everything, partnership(residents_no_fair_base=unfair)).partnership.fair_base


def test_an_unfair_area_of_another_district_is_an_error_in_the_profile(everything):
    with pytest.raises(RedwayError, match=r"residents_no_fair_base in partnership.yaml.*E01000009"):
        places(everything, partnership(residents_no_fair_base=[{"area": "E01000009", "why": "Far."}]))


class TestFind:
    @pytest.mark.parametrize(
        ("code", "found"),
        [
            ("E06000001", "E06000001"),
            ("E22000001", "E06000001"),
            ("E01000001", "E01000001"),
            ("E01000002", "E01900002"),
            (" e01900003 ", "E01900002"),
        ],
    )
    def test_a_place_is_found_by_any_code_that_names_it(self, everything, code, found):
        assert places(everything, partnership()).find(code).code == found

    def test_the_partnership_s_code_comes_from_the_look_up_where_the_profile_has_none(self, snapshot):
        both = snapshot(lsoa_lookup=LOOKUP, community_safety_partnerships=[("E06000001", "E22000009")])
        found = places(both, partnership(community_safety_partnership=""))
        assert found.find("E22000009") == found.partnership

    def test_a_district_of_several_partnerships_is_not_guessed_at(self, snapshot):
        several = [("E06000001", "E22000009"), ("E06000001", "E22000008")]
        found = places(
            snapshot(lsoa_lookup=LOOKUP, community_safety_partnerships=several),
            partnership(community_safety_partnership=""),
        )
        with pytest.raises(RedwayError):
            found.find("E22000009")

    @pytest.mark.parametrize(
        ("code", "words"),
        [
            ("E01000009", "a small area outside Aby"),
            ("E0100001", r"Did you mean E01000001 \(Aby 001A"),
            ("town", "a name in place of a code: E01000001 is Aby 001A"),
            ("", "a mistyped code"),
        ],
    )
    def test_a_code_that_names_no_place_is_explained(self, everything, code, words):
        with pytest.raises(RedwayError, match=words) as caught:
            places(everything, partnership()).find(code)
        assert "E06000001 for all of Aby" in str(caught.value)


class TestOutlines:
    def test_the_parts_of_an_area_are_one_outline(self, everything):
        found = outlines(everything, partnership())
        assert list(found) == ["E01000001", "E01900002"]
        assert {outline["type"] for outline in found.values()} == {"Polygon"}

    def test_boundaries_of_2011_serve_where_those_of_2021_have_not_come(self, snapshot):
        old = snapshot(lsoa_lookup=LOOKUP, lsoa_boundaries=[("E01000002", square(0.0))])
        assert list(outlines(old, partnership())) == ["E01900002"]

    def test_an_area_with_half_its_boundary_is_left_out(self, snapshot):
        half = snapshot(lsoa_lookup=LOOKUP, lsoa_boundaries=BOUNDARIES[:2])
        assert list(outlines(half, partnership())) == ["E01000001"]

    def test_without_boundaries_there_are_none(self, snapshot):
        assert outlines(snapshot(lsoa_lookup=LOOKUP), partnership()) == {}


def test_places_are_kept_by_content_and_not_by_version(everything):
    again = Snapshot(9, everything.parts)
    assert places(again, partnership()) is places(everything, partnership())
    assert outlines(again, partnership()) is outlines(everything, partnership())


def test_new_residents_make_new_places(snapshot):
    first = places(snapshot(lsoa_lookup=LOOKUP, residents=RESIDENTS), partnership())
    grown = [(code, n + 1) for code, n in RESIDENTS]
    assert places(snapshot(lsoa_lookup=LOOKUP, residents=grown), partnership()) != first
