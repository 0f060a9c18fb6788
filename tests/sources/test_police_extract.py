"""The police extract: its worked example, its rules, and what it takes from older systems."""

import csv
import dataclasses

import pyarrow.parquet as pq
import pytest

from redway.errors import FileRefused
from redway.sources.dataset import REFUSED, dataset
from redway.sources.loaders import loader
from redway.sources.returned.look_ups import look_up

NAME = "police-extract"


@pytest.fixture
def send(tmp_path, context):
    """Loads rows, each a change of the worked example's first: those taken, and what was refused."""

    def load(*changes):
        definition = dataset(NAME)
        into = tmp_path / f"work-{len(list(tmp_path.iterdir()))}"
        into.mkdir()
        path = into.with_suffix(".csv")
        rows = [definition.example[0] | {"crime_reference": f"{n:064x}"} | change for n, change in enumerate(changes)]
        with path.open("w", newline="") as file:
            writing = csv.writer(file)
            writing.writerow([column.heading for column in definition.columns])
            writing.writerows([[row[column.name] for column in definition.columns] for row in rows])
        sending = dataclasses.replace(context, agency="the-force")
        refused = []
        taken = []
        try:
            loaded = loader(NAME).load(path, file_name="sent.csv", into=into, context=sending)
            taken = [row for each in loaded for row in pq.read_table(each.parquet).to_pylist()]
        except FileRefused:
            assert (into / REFUSED).is_file()
        if (into / REFUSED).is_file():
            refused = [(each["column"], each["rule"]) for each in pq.read_table(into / REFUSED).to_pylist()]
        return taken, refused

    return load


def test_its_month_is_that_of_the_recorded_date(send):
    taken, _ = send({"recorded_date": "30/11/2025", "committed_from": "31/10/2025 23:59", "committed_to": ""})
    assert taken[0]["month"] == taken[0]["period"] == "2025-11"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"committed_to": "2025-11-02 22:00"}, ("Committed from", "lies after the end of the time")),
        ({"recorded_date": "2025-11-01"}, ("Committed from", "lies after the crime was recorded")),
        ({"offence_code": ""}, ("Offence code", "is empty")),
        ({"offence_code": "8.0"}, ("Offence code", "is a code that Excel made a decimal number")),
        ({"offence_code": "4.1E+10"}, ("Offence code", "is a code that Excel cut short")),
        ({"victim_age_band": "Oct-17"}, ("Victim age band", "is a date that Excel made of a code")),
        ({"knife": ""}, ("Knife crime", "is empty")),
        ({"crime_reference": "43230012345"}, ("Crime reference", "is no pseudonym, and may name a person")),
    ],
)
def test_what_is_refused(send, change, fault):
    assert send(change) == ([], [fault])


def test_older_codes_are_taken_as_those_of_today(send):
    taken, refused = send(
        {
            "victim_ethnicity": "O1",
            "suspect_ethnicity_officer": "IC3",
            "victim_sex": "2",
            "hate_strands": "Racist; homophobic",
        }
    )
    assert refused == []
    assert taken[0]["victim_ethnicity"] == "A4"
    assert taken[0]["suspect_ethnicity_officer"] == "B"
    assert taken[0]["victim_sex"] == "F"
    assert taken[0]["hate_strands"] == "race;sexual-orientation"


def test_every_offence_that_definitions_name_has_a_code_with_its_group():
    """Violence with injury, weapons, robbery, burglary, theft, rape, other sexual offences and drugs."""
    named = "2 4.3 4.7 5D 5E 8N 8P 8S 10A 10B 10C 10D 81 90 34A 34B 28A 28B 28C 28D 28E 28F 28G 28H 29 29A 46 39 45 48"
    named += (
        " 37.2 126 19C 19D 19E 19F 19G 19H 19J 19K 17A 17B 20A 20B 21 22A 22B 23 70 71 72 73 88A 88C 88D 88E 92A 92C"
    )
    named += " 92D 92E 1 4.1 4.10 4.2 3B"
    entries = {entry.code: entry for entry in look_up(dataset(NAME), "offence").entries}
    assert [code for code in named.split() if code not in entries] == []
    assert all(entry.group and entry.subgroup and entry.label for entry in entries.values())


def test_a_second_person_accepts_it_and_the_law_is_said():
    definition = dataset(NAME)
    assert definition.acceptance == "second-person"
    assert definition.nature.personal
    assert definition.nature.law_enforcement
    assert not definition.nature.patient
    assert definition.suppression == "counts"
