"""From words on a place to a small area: what is found, how sure it is, and that no area is ever made up."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.geography.gazetteer import ORDINARY, Confidence, Entry, Gazetteer, words_of

A, B, C, D = "E01000001", "E01000002", "E01000003", "E01000004"
TOWN = Gazetteer(
    entries=(
        Entry("Lantern Boulevard", {A: 40}),
        Entry("High Street", {A: 5, B: 4, C: 5, D: 5}),
        Entry("Kiln Road", {B: 7, C: 3}),
        Entry("Mill Lane", {A: 4, B: 3, C: 3}),
        Entry("St Osyth Drive", {C: 9}),
        Entry("Harrowgate", {D: 3}),
        Entry("Fennby", {D: 30}),
        Entry("Bridge", {A: 2}),
        Entry("The Paper Lantern", {B: 1}, sure=True),
        Entry("Skydrome", {C: 1}, sure=True),
        Entry(A, {A: 1}, sure=True),
    ),
    contexts=(Entry("Fennby North", {A: 1, B: 1}), Entry("Old Kestrel & Marsh End", {C: 1})),
    elsewhere=("Otherham", "Lantern"),
)
HIGH, MEDIUM, LOW, NONE = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW, Confidence.NONE


@pytest.mark.parametrize(
    ("text", "area", "confidence"),
    [
        ("Lantern Boulevard", A, HIGH),
        ("LANTERN BLVD", A, HIGH),
        ("outside 12a Lantern Blvd., ZZ9 9ZZ", A, HIGH),
        ("flat 3, 14 Lantern Boulevard", A, HIGH),
        ("Lantern Bulevard", A, MEDIUM),  # a word set right
        ("Lantren Boulevard", A, MEDIUM),
        ("behind Gizmoland, Lantern Boulevard", A, MEDIUM),  # a word that nothing explains
        ("Lantern Boulevard, Farawayton", A, LOW),  # after a street it may be another town
        ("The Paper Lantern, Farawayton", B, MEDIUM),  # a venue is told by its name
        ("Saint Osyth Dr", C, HIGH),
        ("st. osyth's drive", C, MEDIUM),
        ("Kiln Rd", B, MEDIUM),
        ("Mill Lane", A, LOW),
        ("Mil Lane", "", NONE),  # three letters are too few to be set right
        ("High Street", "", NONE),
        ("High Street, Fennby", A, LOW),  # two areas of that part of the town have one
        ("High St, Old Kestrel", C, HIGH),  # the part of the town says which
        ("Kiln Road, Marsh End", C, HIGH),
        ("Harrowgate", D, MEDIUM),  # a name of one word
        ("The Paper Lantern", B, HIGH),
        ("at skydrome", C, HIGH),  # one word, and somebody who knows the place wrote it down
        ("Skydrome, Lantern Boulevard", "", NONE),  # names that lie apart
        ("Harrowgate, Lantern Boulevard", A, HIGH),  # one word is outranked by a longer name
        ("Fennby", "", NONE),  # a part of the town, though a map point is called so too
        ("Lantern Boulevard, Otherham", "", NONE),
        ("Bridge", "", NONE),  # an ordinary word is no name
        (A, A, HIGH),
        (f"in {A.lower()}", A, HIGH),
        ("E01999999", "", NONE),
        ("at home", "", NONE),
        ("", "", NONE),
        ("  ,,, 12 ", "", NONE),
        ("Ünknown Strasse", "", NONE),
    ],
)
def test_what_is_made_of_words_on_a_place(text, area, confidence):
    found = TOWN.locate(text)
    assert (found.area, found.confidence) == (area, confidence), found.why


def test_two_streets_meet_where_both_are():
    corner = Gazetteer((Entry("Kiln Road", {A: 5, B: 5}), Entry("Mill Lane", {B: 2, C: 8})))
    assert corner.locate("Kiln Road").confidence == LOW
    assert corner.locate("corner of Kiln Rd and Mill Ln") == corner.locate("Mill Lane / Kiln Road")
    assert corner.locate("corner of Kiln Rd and Mill Ln").area == B
    assert corner.locate("corner of Kiln Rd and Mill Ln").confidence == HIGH


def test_a_word_that_comes_as_near_to_two_names_is_not_set_right():
    twins = Gazetteer((Entry("Farlow Road", {A: 1}), Entry("Barlow Road", {B: 1}), Entry("Farlew Road", {C: 1})))
    assert twins.locate("Farliw Road").confidence == NONE
    assert twins.locate("Farlow Road").area == A


def test_why_never_repeats_what_was_written():
    for text in ("Lantern Boulevard", "Auntie's house, Kiln Road", "nobody knows", "Skydrome, Lantern Boulevard"):
        why = TOWN.locate(text).why.casefold()
        assert not [word for word in text.casefold().replace(",", "").split() if len(word) > 4 and word in why]


ROADS = ("lantern", "boulevard", "blvd", "high", "street", "st", "kiln", "rd", "mill", "lane", "osyth", "drive")
OTHERS = ("skydrome", "fennby", "north", "12", "14b", "zz9", "paper", "the", "outside", "otherham", "harrowgate", "?")
WORDS = st.sampled_from((*ROADS, *OTHERS, A.lower(), "e01999999"))
TEXTS = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=8).map(" ".join))


@given(TEXTS)
def test_no_area_is_ever_made_up_and_none_means_none(text):
    found = TOWN.locate(text)
    assert found.area in TOWN.areas | {""}
    assert (found.area == "") == (found.confidence == NONE)
    assert found.why


@given(TEXTS)
def test_case_numbers_and_punctuation_change_nothing(text):
    plain = "".join(c for c in text if c in string.ascii_letters + " ")
    assert TOWN.locate(plain) == TOWN.locate(f" 114, {plain.upper()} ... ")


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_confidence_falls_as_more_areas_share_a_name(weights):
    """Every area that comes to have a part of the likeliest one's share makes it no surer."""
    areas = {f"E0100{n:04d}": float(w) for n, w in enumerate(weights)}
    before = Gazetteer((Entry("Kiln Road", areas),)).locate("Kiln Road").confidence
    top = max(areas, key=lambda area: areas[area])
    shared = areas | {top: areas[top] / 2, "E01009999": areas[top] / 2}
    assert Gazetteer((Entry("Kiln Road", shared),)).locate("Kiln Road").confidence <= before


@given(st.integers(1, 8))
def test_of_areas_that_share_a_name_evenly_none_is_sure_but_the_only_one(number):
    areas = {f"E0100{n:04d}": 1.0 for n in range(number)}
    found = Gazetteer((Entry("Kiln Road", areas),)).locate("Kiln Road")
    assert found.confidence == {1: HIGH, 2: LOW}.get(number, NONE)


def slowly(gazetteer: Gazetteer, text: str) -> set[tuple[str, ...]]:
    """The obvious twin: every name that stands in the text as it is, whole words, not inside a longer one."""
    words = " ".join(words_of(text))
    names = [words_of(e.name) for e in gazetteer.entries if len(words_of(e.name)) > 1]
    inside = {name for name in names if f" {' '.join(name)} " in f" {words} "}
    return {n for n in inside if not any(n != m and " ".join(n) in " ".join(m) for m in inside)}


PLAIN = Gazetteer(
    tuple(
        Entry(name, {f"E0100{n:04d}": 1.0})
        for n, name in enumerate(["Ash Lane", "Old Ash Lane", "Elm Road", "Fir Hill"])
    )
)


@given(
    st.lists(st.sampled_from(["old", "ash", "lane", "elm", "road", "fir", "hill", "near", "zz"]), max_size=7).map(
        " ".join
    )
)
def test_names_are_found_as_the_obvious_twin_finds_them(text):
    names = slowly(PLAIN, text)
    found = PLAIN.locate(text)
    if len(names) == 1:
        entry = next(e for e in PLAIN.entries if words_of(e.name) in names)
        assert found.area in entry.areas
    else:
        assert found.area == ""


def test_ordinary_words_are_in_the_one_spelling_that_texts_are_read_in():
    unread = {word for word in ORDINARY if words_of(word) not in ((word,), ())}
    assert all(words_of(word)[0] in ORDINARY for word in unread)
