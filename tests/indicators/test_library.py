"""The definitions that ship: every file loads, counts what is there, and says what an honest reader needs to know."""

import re
from functools import cache

import pytest
import yaml

from redway.errors import RedwayError
from redway.indicators import definitions
from redway.indicators.conditions import Condition
from redway.indicators.sets import definitions as sets_of
from redway.sources import dataset as datasets
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
# Nothing in the library may know one place: these are words of partnerships that were built first.
PLACES = re.compile(r"Milton|\bMK\b|Aldermere|Safer MK|YJSS|\bARC\b|\bDISC\b|Act Now|Operation Deter\b")


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    """A profile with no indicators of its own."""
    folder = tmp_path_factory.mktemp("profile")
    (folder / "partnership.yaml").write_text("name: nowhere")
    return Profile("", folder)


@pytest.fixture(scope="module")
def library(profile):
    return definitions.load(profile)


@pytest.fixture(scope="module")
def open_ones(library):
    return {id: one for id, one in library.items() if one.open}


@pytest.fixture(scope="module")
def partners(library):
    return {id: one for id, one in library.items() if not one.open}


@pytest.mark.parametrize("crime_type", TYPES)
def test_each_type_of_the_publisher_has_an_indicator_named_after_it(library, crime_type):
    one = library["recorded-" + crime_type.lower().replace(" ", "-")]
    assert one.count.where == {"crime_type": [crime_type]}


def test_all_recorded_crime_leaves_out_anti_social_behaviour_which_is_no_crime(library):
    assert library["recorded-crime"].count.where == {"crime_type": TYPES[1:]}
    assert library["recorded-anti-social-behaviour"].count.unit == "incidents recorded"


def test_no_file_is_left_over(library, open_ones):
    assert len(open_ones) == len(TYPES) + 1
    assert {p.stem for p in definitions.LIBRARY.glob("*.yaml")} == set(library)


def test_what_the_police_find_by_looking_is_neither_good_nor_bad(open_ones):
    neutral = {i.id for i in open_ones.values() if i.better == "neutral"}
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
        assert one.caveats, one.id


def test_open_figures_begin_with_the_caveat_that_holds_for_all_of_them(open_ones):
    for one in open_ones.values():
        assert one.caveats[0].startswith("This is what the police recorded")
        assert len(one.caveats) >= 6, one.id


def test_where_residents_are_no_fair_base_the_definition_says_why(library):
    for one in library.values():
        if one.rate:
            assert ("area" in one.rate.levels) == (one.rate.why_not == ""), one.id
    no_area_rate = {i.id for i in library.values() if i.rate and "area" not in i.rate.levels}
    assert {"recorded-shoplifting", "recorded-theft-from-the-person"} <= no_area_rate


def test_related_indicators_exist(library):
    for one in library.values():
        assert set(one.related) <= set(library)


def test_no_definition_of_the_library_knows_a_place():
    for path in definitions.LIBRARY.glob("*.yaml"):
        found = PLACES.search(path.read_text("utf-8"))
        assert not found, (path.name, found)


def test_what_one_partnership_says_is_in_no_definition_of_the_library(library):
    for one in library.values():
        assert (one.ledger, one.priority, one.published) == ("", (), None), one.id


def test_every_indicator_of_partners_says_what_it_needs_from_whom(partners):
    for one in partners.values():
        assert one.needs.what.endswith("."), one.id
        assert one.needs.provider, one.id
        assert one.needs.dataset in datasets.names(), one.id
        assert one.kind == "fact" or one.needs.dataset in one.datasets, one.id


def read(one):
    """Each dataset an indicator reads, with the columns and conditions it reads of it."""
    if one.count:
        yield one.count.dataset, one.count.columns, (one.count, *one.count.any_of)
    if one.measure:
        measure = one.measure
        asked = [measure.rows, *measure.rows.any_of, measure.hits, *measure.hits.any_of]
        asked += [Condition(where={measure.group: list(g.values)}) for g in measure.groups]
        asked += [Condition(where={c: list(measure.unknown)}) for c in measure.known if measure.unknown]
        yield measure.dataset, measure.columns, asked
        if measure.population:
            base = measure.population
            named = {c for c in (base.column, base.amount, base.area) if c}
            columns = {c for g in measure.groups for c in g.base} if not base.column else set()
            yield base.dataset, frozenset(named | columns), ()


@cache
def codes_of(name, column):
    """The codes a column may hold: those of its look-up, beside the dataset's definition or shared by all."""
    kind = next(c for c in datasets.dataset(name).columns if c.name == column)
    if not kind.codes:
        return None
    for folder in (datasets.folder(name), datasets.FOLDER / "returned"):
        path = folder / "codes" / f"{kind.codes}.yaml"
        if path.is_file():
            return {str(entry["code"]) for entry in yaml.safe_load(path.read_text("utf-8"))}
    return None


@pytest.mark.parametrize("version", [None, "statutory-factors", "thames-valley", "youth-justice-board"])
def test_every_column_and_code_that_a_definition_names_exists(profile, version):
    for one in definitions.load(profile, version or "").values():
        for name, columns, asked in read(one):
            definition = datasets.dataset(name)
            there = {c.name: c for c in definition.columns}
            assert columns <= set(there) | {"lsoa_code"}, (one.id, name, columns - set(there))
            for condition in asked:
                for column, values in (condition.where | condition.without).items():
                    if there[column].type == "yes-no":
                        assert set(values) <= {"yes", "no"}, (one.id, column)
                    elif (codes := codes_of(name, column)) is not None:
                        assert set(values) <= codes, (one.id, column, set(values) - codes)
                    assert not any(v.startswith("@") for v in values), (one.id, column)


def test_every_code_set_holds_codes_and_is_used(profile):
    using = sets_of(profile)
    text = "".join(p.read_text("utf-8") for p in definitions.LIBRARY.glob("*.yaml"))
    text += (definitions.LIBRARY.parent / "serious_violence.yaml").read_text("utf-8")
    for name, one in using.sets.items():
        assert one.codes, name
        assert len(set(one.codes)) == len(one.codes), name
        assert f"@{name}" in text or name == "robbery-of-people", name


def test_each_definition_of_serious_violence_says_who_decided_it_and_when(profile):
    versions = sets_of(profile).versions
    assert list(versions) == ["statutory-factors", "thames-valley", "youth-justice-board"]
    for one in versions.values():
        assert one.authority
        assert one.date
        assert one.caveats
        assert {"police-extract", "youth-justice"} <= set(one.rows)


def test_a_figure_of_serious_violence_names_its_definition_and_carries_its_caveat(profile):
    for version in ("thames-valley", "youth-justice-board"):
        one = definitions.load(profile, version)["serious-violence-victims-male"]
        assert one.definition == version
        assert any("Serious violence is counted" in caveat for caveat in one.caveats)
    other = definitions.load(profile)["serious-violence-victims-male"]
    assert other.measure != one.measure


def test_the_change_of_2023_in_burglary_is_a_break_on_the_chart(library):
    assert [b.month for b in library["residential-burglary-recorded"].breaks] == ["2023-04"]


def made(folder, **files):
    (folder / "partnership.yaml").write_text("name: nowhere")
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return Profile("", folder)


def test_a_partnership_puts_a_code_set_of_its_own_in_place(tmp_path):
    mine = made(tmp_path, code_sets="shoplifting: {title: Shop theft, codes: ['46', '46X']}")
    assert definitions.load(mine)["shoplifting-recorded-by-police"].count.where == {"offence_code": ["46", "46X"]}
    assert definitions.load(mine)["rape-recorded"].count.where["offence_code"][0] == "19C"


def test_a_partnership_goes_by_a_definition_of_serious_violence_of_its_own(tmp_path):
    mine = made(
        tmp_path,
        serious_violence="""
ours:
  title: Ours
  authority: The partnership
  date: 2026-01-01
  about: Homicide alone.
  rows:
    police-extract: [{where: {offence_code: ["@homicide"]}}]
    youth-justice: [{where: {serious_violence: ["yes"]}}]
""",
    )
    one = definitions.load(mine)["serious-violence-victims-male"]
    assert one.definition == "ours"
    assert one.measure.rows.any_of[0].where == {"offence_code": ["1", "4.1", "4.2", "4.10"]}


@pytest.mark.parametrize(
    ("files", "wrong"),
    [
        ({"published": "no-such-indicator: {ledger: N1}"}, "no-such-indicator"),
        ({"published": "rape-recorded: {published: {value: up}}"}, "period"),
        ({"published": "- rape-recorded"}, "by the ID"),
        ({"code_sets": "rape: {title: Rape}"}, "codes"),
        ({"code_sets": "[1, 2]"}, "by their name"),
        ({"serious_violence": "x: {title: X, authority: X, date: X, about: X, rows: {police-extract: []}}"}, "nothing"),
        ({"serious_violence": "x: {title: X, authority: X, date: X, about: X, rows: {}}"}, "nothing"),
    ],
)
def test_a_fault_in_a_profile_is_named_with_its_file(tmp_path, files, wrong):
    with pytest.raises(RedwayError, match=wrong):
        definitions.load(made(tmp_path, **files))


def test_a_definition_that_does_not_exist_is_answered_with_those_that_do(profile):
    with pytest.raises(RedwayError, match="statutory-factors, thames-valley"):
        definitions.load(profile, "ours")


def test_what_a_profile_says_is_laid_over_the_library(tmp_path):
    said = "rape-recorded: {ledger: N1, sender: Aby Police, caveats: [Aby counts twice.]}"
    one = definitions.load(made(tmp_path, published=said))["rape-recorded"]
    assert (one.ledger, one.needs.provider, one.caveats[-1]) == ("N1", "Aby Police", "Aby counts twice.")


@pytest.mark.parametrize("column", ['a" or 1=1 --', "Age", "a b", "1a"])
def test_a_column_that_is_no_name_never_reaches_a_query(column):
    with pytest.raises(ValueError, match="no column's name"):
        Condition(where={column: ["x"]})
