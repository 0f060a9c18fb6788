"""The smallest unions that two vintages share."""

import gzip
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.geography.unions import Union, unions

CODES = st.sampled_from("ABCDEFGHIJ")
PAIRS = st.lists(st.tuples(CODES, CODES), max_size=25)


def slow_unions(pairs):
    """The obvious twin: start with every pair on its own and merge any two that share an area."""
    groups = [({new}, {old}) for old, new in pairs]
    merged = True
    while merged:
        merged = False
        for i, (new, old) in enumerate(groups):
            for j in range(i + 1, len(groups)):
                if new & groups[j][0] or old & groups[j][1]:
                    groups[i] = (new | groups[j][0], old | groups[j][1])
                    del groups[j]
                    merged = True
                    break
            if merged:
                break
    return tuple(sorted(Union(tuple(sorted(new)), tuple(sorted(old))) for new, old in groups))


def test_an_unchanged_area_stays_on_its_own():
    (one,) = unions([("E01000001", "E01000001")])
    assert one == Union(new=("E01000001",), old=("E01000001",))
    assert one.unchanged
    assert one.code == "E01000001"


def test_the_parts_of_a_split_area_are_one_union_named_by_the_lowest():
    (one,) = unions([("E01000001", "E01033003"), ("E01000001", "E01033002")])
    assert one.code == "E01033002"
    assert one.members == ("E01000001", "E01033002", "E01033003")
    assert not one.unchanged


def test_merged_areas_are_one_union():
    (one,) = unions([("E01000001", "E01033002"), ("E01000002", "E01033002")])
    assert one.old == ("E01000001", "E01000002")


def test_areas_redrawn_across_one_another_hang_together_along_the_chain():
    (one,) = unions([("A", "X"), ("B", "X"), ("B", "Y"), ("C", "Y")])
    assert one == Union(new=("X", "Y"), old=("A", "B", "C"))


def test_one_code_in_both_vintages_is_tied_only_by_a_pair():
    assert unions([("A", "B"), ("C", "A")]) == (Union(("A",), ("C",)), Union(("B",), ("A",)))


def test_nothing_gives_nothing():
    assert unions([]) == ()


@given(PAIRS)
def test_the_fast_way_gives_what_the_slow_way_gives(pairs):
    assert unions(pairs) == slow_unions(pairs)


@given(PAIRS)
def test_every_area_is_in_exactly_one_union_and_no_pair_is_torn_apart(pairs):
    found = unions(pairs)
    new = Counter(code for one in found for code in one.new)
    old = Counter(code for one in found for code in one.old)
    assert new == Counter({code for _, code in pairs})
    assert old == Counter({code for code, _ in pairs})
    for before, after in pairs:
        assert any(before in one.old and after in one.new for one in found)


@given(PAIRS, st.randoms(use_true_random=False))
def test_order_and_repeats_do_not_matter(pairs, random):
    again = pairs + pairs[:3]
    random.shuffle(again)
    assert unions(again) == unions(pairs)


@given(PAIRS)
def test_no_smaller_union_would_do(pairs):
    """Inside a union every area can be reached from every other over pairs."""
    for one in unions(pairs):
        reached, grown = {("new", one.new[0])}, True
        while grown:
            tied = {
                side
                for old, new in pairs
                for side in (("old", old), ("new", new))
                if ("old", old) in reached or ("new", new) in reached
            }
            grown = not tied <= reached
            reached |= tied
        assert len(reached) == len(one.new) + len(one.old)


@pytest.mark.real_data
def test_milton_keynes_is_152_unions_of_which_143_unchanged_and_9_split_into_23(open_data):
    with gzip.open(open_data / "geography/lookup_lsoa11_lsoa21_ltla22.csv.gz", "rt", encoding="utf-8") as file:
        heading = file.readline().strip().split(",")
        old, new, district = map(heading.index, ("lsoa11_code", "lsoa21_code", "ltla22_code"))
        rows = [line.strip().split(",") for line in file if line.strip().endswith("E06000042")]
    found = unions([(row[old], row[new]) for row in rows if row[district] == "E06000042"])
    assert len(found) == 152
    assert sum(one.unchanged for one in found) == 143
    changed = [one for one in found if not one.unchanged]
    assert [len(one.old) for one in changed] == [1] * 9
    assert sum(len(one.new) for one in changed) == 23
