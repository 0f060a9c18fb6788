"""`redway datasets`: every dataset, on which terms, and what is held of each."""

import datetime as dt
import json

import pytest
from django.core.management import call_command

from redway.errors import NotSetUp
from redway.sources.dataset import dataset, names
from redway.work.returns.receive import receive

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ask(capsys):
    def run(*words):
        capsys.readouterr()
        call_command("datasets", *words)
        return capsys.readouterr().out

    return run


@pytest.fixture
def held(partnership, area_lookup, street_file):
    """Three versions: areas, two months, and a newer copy of the second with a row more."""
    receive([area_lookup], dataset="lsoa-lookup", by="set-up")
    second = "2025-02-thames-valley-street.csv"
    february = {"Month": "2025-02"}
    receive([street_file([{}] * 3), street_file([february] * 4, second)], dataset="police-street", by="a")
    receive([street_file([february] * 5, second)], dataset="police-street", by="a")


def line_of(table, name):
    return next(line for line in table.splitlines() if line.split()[0] == name)


def test_lists_every_dataset_in_the_width_of_a_terminal(partnership, ask):
    table = ask()
    assert [line.split()[0] for line in table.splitlines()] == ["dataset", *names()]
    assert all("never" in line_of(table, name) for name in names())
    assert max(map(len, table.splitlines())) < 80


def test_json_says_whose_each_is_and_on_which_terms(partnership, ask):
    for found in json.loads(ask("--format", "json"))["datasets"]:
        definition = dataset(found["name"])
        assert (found["title"], found["provider"]) == (definition.title, definition.provider)
        assert (found["licence"], found["access"]) == (definition.licence, definition.access)


def test_says_what_the_newest_data_version_holds(held, ask):
    table = ask()
    street = line_of(table, "police-street").split()
    assert street[2:] == ["2", "2025-02", "open", "data"]
    assert dt.date.fromisoformat(street[1])
    assert line_of(table, "lsoa-lookup").split()[2:4] == ["1", "-"]
    assert "never" in line_of(table, "police-outcomes")


def test_json_has_a_version_and_every_column(held, ask):
    found = json.loads(ask("--format", "json"))
    assert (found["version"], found["data_version"]) == (1, 3)
    by_name = {each["name"]: each for each in found["datasets"]}
    assert list(by_name) == names()
    street = by_name["police-street"]
    assert dt.datetime.fromisoformat(street["last_accepted"].pop("at")).tzinfo
    assert street["last_accepted"] == {"files": 2, "rows": 8, "first_period": "2025-01", "last_period": "2025-02"}
    assert by_name["lsoa-lookup"]["last_accepted"]["last_period"] is None
    stops = by_name["police-stop-search"]
    assert stops["last_accepted"] is None
    assert (stops["cadence"], stops["licence"]) == ("monthly", dataset("police-stop-search").licence)
    assert {"name", "type", "about", "publisher_name"} <= set(stops["columns"][0])
    assert {c["name"]: c["type"] for c in stops["columns"]}["outcome_linked"] == "yes-no"


def test_a_home_that_is_not_set_up_is_told_how(home, ask):
    with pytest.raises(NotSetUp, match="redway setup"):
        ask()


def test_says_who_sends_partners_data_and_until_when_a_gateway_opens_it(partnership, in_force, ask):
    (partnership.profile / "agencies.yaml").write_text("- {id: fire-service, name: Fire, datasets: [fire]}\n")
    assert "none in force" in line_of(ask(), "fire")
    gateway = in_force("fire")
    assert f"to {gateway.expires}" in line_of(ask(), "fire")
    assert "open data" in line_of(ask(), "police-street")
    found = {one["name"]: one for one in json.loads(ask("--format", "json"))["datasets"]}
    assert (found["fire"]["agencies"], found["fire"]["gateway_until"]) == (["fire-service"], str(gateway.expires))
    assert found["police-street"]["gateway_until"] is None
