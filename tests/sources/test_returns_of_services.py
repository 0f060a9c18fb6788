"""Returns of hospitals, ambulances, fire, anti-social behaviour, businesses and modern slavery: taken and refused.

Every rule of every definition has a row here that breaks it, and it alone. Hospitals' ISTV has tests of its own too,
where its places are found.
"""

import csv
import dataclasses

import pyarrow.parquet as pq
import pytest

from redway.errors import FileRefused
from redway.sources.dataset import REFUSED, dataset
from redway.sources.loaders import loader
from redway.sources.returned.look_ups import look_ups

# Dataset -> reason of a rule -> number of the example row that is changed, and the change that breaks the rule.
BREAKS = {
    "hospital-istv": {
        "the reporting period is not one calendar month": (0, {"reporting_to": "2025-12-01"}),
        "the arrival lies outside the reporting period": (
            0,
            {"arrived_at": "2025-12-01 01:00", "assaulted_at": "2025-11-30 23:00"},
        ),
        "the assault comes after the arrival": (0, {"assaulted_at": "2025-11-02 01:41"}),
        "the assault comes after the reporting period": (3, {"assaulted_at": "2025-12-01 00:00"}),
        "the assault is more than a year old": (3, {"assaulted_at": "2024-10-30 19:00"}),
    },
    "hospital-admissions": {
        "neither the small area nor the outward postcode is given": (0, {"outward_postcode": ""}),
        "maltreatment of an adult that is marked as no domestic abuse": (1, {"cause": "Y07.1", "domestic_abuse": "no"}),
    },
    "ambulance": {"neither the small area nor the outward postcode is given": (2, {"outward_postcode": ""})},
    "fire": {
        "a fire without a cause": (0, {"cause": ""}),
        "a fire in a dwelling that does not say whether a smoke alarm was fitted": (2, {"smoke_alarm": ""}),
        "no smoke alarm, outside a dwelling": (1, {"smoke_alarm": "none fitted"}),
        "an attack on a crew without an attack": (3, {"incident_type": "attack only", "attack_on_crew": "no"}),
    },
    "asb-incidents": {
        "it was reported before it happened": (0, {"happened_at": "2025-11-04 00:10"}),
        "it was closed before it was reported": (0, {"closed_on": "2025-11-02"}),
        "a date closed, for a case that is open": (1, {"closed_on": "2025-11-30"}),
    },
    "business-incidents": {"the loss does not lie in its band": (0, {"loss": "200"})},
    "modern-slavery-referrals": {
        "a notification about a child": (2, {"age_band": "10 to 17"}),
        "a decision on a notification": (2, {"reasonable_grounds": "positive"}),
        "a conclusive decision without reasonable grounds": (3, {"reasonable_grounds": "awaited"}),
    },
}
NAMES = sorted(BREAKS)
# What systems write, and the code that it becomes: dataset -> column, cell, code.
SPELLINGS = {
    "hospital-istv": [
        ("method", "Stabbing", "knife"),
        ("method", "  KNIFE ", "knife"),
        ("place_kind", "Public House", "pub-or-club"),
    ],
    "hospital-admissions": [
        ("cause", "X990", "X99"),
        ("cause", "x99.4", "X99"),
        ("cause", "Y04.8", "Y04"),
        ("ethnicity", "O1", "A4"),
        ("age_band", "18-24", "18-24"),
    ],
    "ambulance": [
        ("complaint", "04", "assault"),
        ("complaint", "4", "assault"),
        ("complaint", "Stab/gunshot/penetrating trauma", "stab-or-gunshot"),
        ("disposition", "Conveyed to A&E", "taken-to-emergency-department"),
    ],
    "fire": [
        ("property", "Wheelie bin", "refuse"),
        ("cause", "Deliberate - others property", "deliberate"),
    ],
    "asb-incidents": [
        ("tools", "CPN; PSPO ;Mediation", "community-protection-notice;mediation;space-protection-order"),
        ("victim_risk", "RED", "high"),
    ],
    "business-incidents": [
        ("loss_band", "£50-£199", "50-199"),
        ("kind", "Shoplifting", "theft"),
    ],
    "modern-slavery-referrals": [
        ("exploitation", "CCE;Labour", "criminal;labour"),
        ("first_responder", "Children's social care", "local-authority"),
    ],
}
# A column that a whole extract has and that must never come: dataset, heading.
FORBIDDEN = [
    ("hospital-istv", "Patient name"),
    ("hospital-istv", "Age"),
    ("hospital-istv", "NHS number"),
    ("hospital-admissions", "Date of birth"),
    ("hospital-admissions", "Postcode"),
    ("ambulance", "Telephone"),
    ("fire", "Address"),
    ("asb-incidents", "Victim name"),
    ("asb-incidents", "Suspect name"),
    ("business-incidents", "Narrative"),
    ("business-incidents", "Subject"),
    ("business-incidents", "Vehicle registration"),
    ("modern-slavery-referrals", "LSOA code"),
    ("modern-slavery-referrals", "Name"),
]


@pytest.fixture
def area_lookup(area_lookup):
    """With the fictional area of the worked examples, in the partnership."""
    with area_lookup.open("a") as file:
        file.write("Aldermere 001A,E01999001,U,Aldermere 001A,E01999001,Milton Keynes,E06000042\n")
    return area_lookup


@pytest.fixture
def send(tmp_path, context):
    """Loads rows of a dataset as a partner sends them: under the template's headings, in a CSV file."""
    sending = dataclasses.replace(context, agency="an-agency")

    def send_rows(name, rows, *, more=(), **changes):
        definition = dataset(name)
        into = tmp_path / f"work-{len(list(tmp_path.iterdir()))}"
        into.mkdir()
        path = into / "sent.csv"
        used = [c for c in definition.columns if not c.optional or any(c.name in row for row in rows)]
        with path.open("w", newline="", encoding="utf-8") as file:
            writing = csv.writer(file)
            writing.writerow([*(column.heading for column in used), *more])
            writing.writerows([[*(row.get(c.name, "") for c in used), *("x" for _ in more)] for row in rows])
        now = dataclasses.replace(sending, **changes)
        return into, lambda: loader(name).load(path, file_name="sent.csv", into=into, context=now)

    return send_rows


@pytest.fixture
def accepted(send):
    """The rows accepted of what is sent, as dictionaries."""

    def rows_of(name, rows, **changes):
        _, load = send(name, rows, **changes)
        return [row for loaded in load() for row in pq.read_table(loaded.parquet).to_pylist()]

    return rows_of


def example(name):
    return [dict(row) for row in dataset(name).example]


@pytest.mark.parametrize("name", NAMES)
class TestEach:
    def test_the_worked_example_is_taken_whole_and_rows_of_another_district_are_left_out_and_counted(self, name, send):
        rows = example(name)
        elsewhere = [renamed(name, rows[0], 99) | {"area": "E01017400"}] if dataset(name).area_from else []
        _, load = send(name, rows + elsewhere)
        (loaded,) = load()
        assert loaded.rows_accepted == len(rows) >= 4
        assert loaded.facts.outside == len(elsewhere)
        assert loaded.refused == ()

    def test_what_it_is_in_law_is_said_and_nothing_of_it_is_open(self, name):
        definition = dataset(name)
        assert (definition.access, definition.suppression, definition.licence) == ("partners", "counts", "")
        assert definition.nature is not None
        assert definition.nature.personal
        assert definition.keep_months > 0
        health = {"hospital-istv", "hospital-admissions", "ambulance"}
        assert definition.nature.patient == (name in health)
        assert definition.nature.held_by_health_or_social_care == (name in health | {"modern-slavery-referrals"})

    def test_what_it_names_is_among_its_columns(self, name):
        definition = dataset(name)
        columns = {column.name: column for column in definition.columns}
        named = {*definition.key, *definition.watched, *definition.totals, definition.period_from, definition.area_from}
        assert named - {""} <= set(columns)
        assert {name for row in definition.example for name in row} <= set(columns)
        assert all(columns[watched].kept for watched in definition.watched)

    def test_every_look_up_has_plain_labels_and_no_spelling_means_two_codes(self, name):
        for found in look_ups(dataset(name)).values():
            said = {}
            for entry in found.entries:
                assert entry.label
                for spelling in {entry.code.casefold(), *(was.casefold() for was in entry.was)}:
                    assert said.setdefault(spelling, entry.code) == entry.code, (found.name, spelling)

    def test_a_row_that_breaks_a_rule_is_refused_for_that_alone_and_told_how_to_mend_it(self, name, send):
        """One file: for each rule a row that breaks it, and a row that came before where rows have a key."""
        rules = BREAKS[name]
        assert set(rules) == {rule.reason for rule in dataset(name).rules}
        rows = [renamed(name, example(name)[number] | change, n) for n, (number, change) in enumerate(rules.values())]
        repeated = ["came before"] if dataset(name).key else []
        fine = renamed(name, example(name)[0], 98)
        into, load = send(name, [*rows, fine, *([fine] if repeated else [])])
        with pytest.raises(FileRefused):
            load()
        cells = pq.read_table(into / REFUSED).to_pylist()
        assert [cell["rule"] for cell in cells] == [*rules, *repeated]
        assert all(cell["mend"].endswith(".") and cell["expected"] for cell in cells)

    def test_a_heading_alone_is_a_true_zero_of_the_period_named(self, name, send):
        period = {"monthly": "2025-11", "quarterly": "2025/26-Q3"}[dataset(name).cadence]
        _, load = send(name, [], period=period)
        (nothing,) = load()
        assert (nothing.period, nothing.rows_accepted, nothing.rows_read) == (period, 0, 0)

    def test_what_systems_write_becomes_the_code(self, name, accepted):
        wanted = SPELLINGS[name]
        rows = [renamed(name, example(name)[0] | {column: cell}, n) for n, (column, cell, _) in enumerate(wanted)]
        found = accepted(name, [row | ({"loss": ""} if "loss" in row else {}) for row in rows])
        assert [row[column] for row, (column, _, _) in zip(found, wanted, strict=True)] == [code for *_, code in wanted]


def renamed(name, row, number):
    """A row under another key, where rows have one."""
    return row | {key: f"{row[key][:-2]}{number:02d}" for key in dataset(name).key}


@pytest.mark.parametrize(("name", "heading"), FORBIDDEN)
def test_a_column_on_people_refuses_the_whole_file(name, heading, send):
    _, load = send(name, example(name), more=[heading])
    with pytest.raises(FileRefused, match=heading):
        load()


def test_a_full_postcode_of_a_patient_is_refused_and_nobody_reads_it(send):
    rows = example("hospital-admissions")
    rows[0]["outward_postcode"] = "MK9 3XA"
    into, load = send("hospital-admissions", rows)
    with pytest.raises(FileRefused) as refused:
        load()
    assert "MK9 3XA" not in str(refused.value)
    assert "MK9 3XA" not in str(pq.read_table(into / REFUSED).to_pylist())


def test_admissions_are_told_apart_as_the_statutory_exchange_asks(send):
    """Assault, substance and domestic abuse can each be counted, and sharp objects among the assaults."""
    found = look_ups(dataset("hospital-admissions"))["cause"]
    groups = {entry.code: entry.group for entry in found.entries}
    assert groups["X99"] == "assault with a sharp object"
    assert {code for code, group in groups.items() if "assault" in group} == {
        *(f"X{n}" for n in range(85, 100)),
        *(f"Y0{n}" for n in range(10)),
    }
    assert {code for code, group in groups.items() if group == "substance"} >= {
        *(f"F{n}" for n in range(10, 20)),
        "T51",
    }


def test_a_quarter_s_admissions_come_by_their_months(accepted):
    rows = accepted("hospital-admissions", example("hospital-admissions"))
    assert {row["period"] for row in rows} == {"2025/26-Q3"}
    assert sorted(row["month"] for row in rows) == ["2025-10", "2025-10", "2025-11", "2025-12"]


def test_the_money_lost_is_added_up_for_the_next_return_to_be_compared_with(send):
    _, load = send("business-incidents", example("business-incidents"))
    (loaded,) = load()
    assert loaded.facts.totals == {"loss": 84.5}
    assert loaded.facts.unknown["told_police"] == 1


def test_primary_fires_are_told_apart_by_vehicle_as_the_statutory_exchange_asks():
    groups = {entry.code: entry.group for entry in look_ups(dataset("fire"))["property"].entries}
    assert {code for code, group in groups.items() if group == "vehicle"} == {"car", "motorcycle", "other-vehicle"}
