"""The definitions that ship: every file loads, and says what an honest reader needs to know."""

import pytest

from redway.indicators import definitions
from redway.store.profile import Profile

TYPES = [
    "Anti-social behaviour",
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The library alone, under a profile with no indicators of its own."""
    folder = tmp_path_factory.mktemp("profile")
    (folder / "partnership.yaml").write_text("name: nowhere")
    return definitions.load(Profile("", folder))


@pytest.mark.parametrize("crime_type", TYPES)
def test_each_type_of_the_publisher_has_an_indicator_named_after_it(library, crime_type):
    one = library["recorded-" + crime_type.lower().replace(" ", "-")]
    assert one.count.where == {"crime_type": [crime_type]}


def test_all_recorded_crime_leaves_out_anti_social_behaviour_which_is_no_crime(library):
    assert library["recorded-crime"].count.where == {"crime_type": TYPES[1:]}
    assert library["recorded-anti-social-behaviour"].count.unit == "incidents recorded"


def test_no_file_is_left_over(library):
    assert len(library) == len(TYPES) + 1
    assert {p.stem for p in definitions.LIBRARY.glob("*.yaml")} == set(library)


def test_what_the_police_find_by_looking_is_neither_good_nor_bad(library):
    neutral = {i.id for i in library.values() if i.better == "neutral"}
    assert neutral == {
        "recorded-drugs",
        "recorded-possession-of-weapons",
        "recorded-other-crime",
        "recorded-violence-and-sexual-offences",
    }


def test_each_explains_itself(library):
    for one in library.values():
        for words in (one.why_better, one.why_it_matters, one.what_good_looks_like, one.numerator, one.denominator):
            assert words.endswith("."), one.id
        assert one.caveats[0].startswith("This is what the police recorded")
        assert len(one.caveats) >= 6, one.id


def test_where_residents_are_no_fair_base_the_definition_says_why(library):
    for one in library.values():
        assert ("area" in one.rate.levels) == (one.rate.why_not == ""), one.id
    no_area_rate = {i.id for i in library.values() if "area" not in i.rate.levels}
    assert {"recorded-shoplifting", "recorded-theft-from-the-person"} <= no_area_rate


def test_related_indicators_exist(library):
    for one in library.values():
        assert set(one.related) <= set(library)
