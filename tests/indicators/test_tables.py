"""Definitions of tables that may be released: what they can say, and what is refused, by name."""

import pytest
import yaml

from redway.errors import RedwayError
from redway.indicators import definitions, sets
from redway.indicators.release import LOCAL, NHS, OPEN, Policy
from redway.indicators.tables import counted, table, tables
from redway.store.profile import Profile, available

ORDINARY = {
    "id": "fires",
    "title": "Fires by kind and cause",
    "dataset": "fire",
    "what": "fires",
    "rows": {"column": "incident_type"},
    "columns": {"column": "cause"},
    "period": "year",
}


@pytest.fixture
def partnership(home):
    """A home with a partnership of its own making, before any data came."""
    (home.profile / "profile.yaml").write_text("profile: ''\n")
    (home.profile / "partnership.yaml").write_text(
        "name: Tests\nshort_name: Tests\nplace: Aby\ndistrict: E06000042\npolice_force: Thames Valley Police\n"
    )
    return home


@pytest.fixture
def written(partnership):
    """Writes a table that differs from an ordinary one, and reads it with what it counts."""

    def write(**given):
        one = {name: value for name, value in (ORDINARY | given).items() if value is not None}
        (partnership.profile / "tables.yaml").write_text(yaml.safe_dump([one]), "utf-8")
        profile = Profile.of(partnership)
        return counted(table(profile, one["id"]), definitions.load(profile), sets.definitions(profile))

    return write


@pytest.mark.parametrize("name", available())
def test_every_table_of_a_shipped_profile_can_be_counted(name):
    profile = Profile(name)
    found = tables(profile)
    assert found
    for one in found.values():
        counted(one, definitions.load(profile), sets.definitions(profile))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"dataset": None}, "one of “dataset” and “indicator”"),
        ({"dataset": "fires"}, "Did you mean “fire”"),
        ({"rows": {"column": "kind"}}, "columns of fire"),
        ({"rows": {"column": "month"}}, "columns of fire"),
        ({"rows": {"column": "cause", "by": "ward"}}, "one of “column” and “by”"),
        ({"rows": {"column": "cause"}}, "part by different things"),
        ({"rows": {"by": "ward"}, "columns": {"by": "area"}}, "part by different things"),
        ({"columns": {"by": "month"}, "period": "month"}, "no months or quarters in it"),
        ({"columns": {"by": "quarter"}, "year_ends": 8}, "a year that ends with one"),
        ({"rows": {"column": "cause", "groups": [{"label": "A", "values": ["x", "x"]}]}}, "each code in one group"),
        ({"rows": {"column": "cause", "rest": "Others"}}, "rest needs groups"),
        ({"rows": {"column": "cause; drop table x"}}, "no column's name"),
        ({"only": {"where": {"cause": ["@nonsense"]}}}, "the name of a code set"),
        ({"only": {"where": {"wrong": ["x"]}}}, "columns of fire"),
        ({"only": {"serious_violence": True}}, "an indicator, where only serious violence counts"),
        ({"policy": "open"}, "hides at least 3 different counts"),
        ({"policy": {"name": "ours", "hide_from": 1, "hide_to": 2, "round_to": 5}}, "hides at least 3"),
        ({"policy": "none"}, "policy"),
        ({"amount": "casualties"}, "rows that each stand for one thing"),
        (
            {"dataset": "agency-counts", "rows": {"column": "measure"}, "columns": {"by": "month"}},
            "counts that agencies",
        ),
        ({"dataset": "population", "rows": {"column": "age_9"}, "columns": {"by": "ward"}}, "no “amount”"),
        ({"dataset": None, "indicator": "nonsense"}, "the ID of an indicator"),
        ({"dataset": None, "indicator": "feel-safe-after-dark"}, "counts rows month by month"),
        ({"dataset": None, "indicator": "recorded-burglary", "amount": "x"}, "says itself which rows count"),
        ({"id": "Fires!"}, "small letters"),
        ({"surprise": 1}, "nothing reads"),
    ],
)
def test_a_fault_is_named(written, given, words):
    with pytest.raises(RedwayError, match=words):
        written(**given)


def test_a_file_that_is_no_list_or_names_a_table_twice_is_refused(partnership):
    path = partnership.profile / "tables.yaml"
    path.write_text("a: b\n")
    with pytest.raises(RedwayError, match="a list of tables"):
        tables(Profile.of(partnership))
    path.write_text(yaml.safe_dump([ORDINARY, ORDINARY]))
    with pytest.raises(RedwayError, match="each ID once"):
        tables(Profile.of(partnership))


def test_small_counts_of_partners_data_are_hidden_unless_another_policy_hides_them_too(written):
    assert written().policy() == LOCAL
    assert written(policy="nhs").policy() == NHS
    assert written().policy("nhs") == NHS
    ours = {"name": "ours", "hide_from": 1, "hide_to": 4, "round_to": 1}
    assert written(policy=ours).policy() == Policy("ours", 1, 4, 1)
    crimes = {"dataset": "police-street", "rows": {"column": "crime_type"}, "columns": {"by": "month"}}
    assert written(**crimes).policy() == OPEN


def test_an_indicator_brings_its_dataset_and_its_rows(written):
    found = written(dataset=None, indicator="recorded-burglary", rows={"by": "ward"}, columns={"by": "month"})
    assert found.dataset.name == "police-street"
    assert found.only.where == {"crime_type": ["Burglary"]}


def test_what_is_counted_has_a_name_of_its_own_whatever_it_is_called(written):
    key = written().key
    assert written(id="other", title="Another", notes=["x"], what="y").key == key
    assert written(rows={"column": "incident_type", "title": "Kind"}).key == key
    changed = [
        {"only": {"where": {"cause": ["deliberate"]}}},
        {"period": "quarter"},
        {"year_ends": 12},
        {"columns": {"by": "quarter"}},
        {"rows": {"column": "incident_type", "groups": [{"label": "A", "values": ["primary-fire"]}], "rest": "B"}},
    ]
    assert len({key, *(written(**one).key for one in changed)}) == 1 + len(changed)


@pytest.mark.parametrize(
    ("given", "period", "others"),
    [
        ({"period": "month"}, "2025-11", ["2025/26-Q3", "YE-2025-11", "x"]),
        ({"period": "quarter"}, "2025/26-Q3", ["2025-11", "2025/27-Q3"]),
        ({}, "YE-2026-03", ["YE-2026-04", "2026-03"]),
        ({"year_ends": 8}, "YE-2025-08", ["YE-2026-03"]),
    ],
)
def test_its_periods_are_of_one_kind_and_never_overlap(written, given, period, others):
    one = written(**given).table
    months = one.check_period(period)
    assert {one.period_of(month) for month in months} == {period}
    for other in others:
        with pytest.raises(RedwayError, match=f"a {one.period} such as"):
            one.check_period(other)
