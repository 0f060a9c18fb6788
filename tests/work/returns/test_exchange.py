"""The statutory quarterly exchange: what counts as supplied, in part, late, or came and may not be used."""

import datetime as dt

import pytest
import yaml

from redway.errors import RedwayError
from redway.store.profile import Profile
from redway.work.returns import exchange as statutory
from redway.work.returns.exchange import Standing, due, exchange, quarters, supplies
from redway.work.returns.models import Submission

pytestmark = pytest.mark.django_db
QUARTER = "2025/26-Q3"
IN_TIME, TOO_LATE = dt.date(2026, 2, 1), dt.date(2026, 4, 1)
AGENCIES = """
- id: police
  name: Thames Valley Police
  datasets: [police-street, police-extract, asb-incidents]
- id: neighbours
  name: Bedfordshire Police
  datasets: [police-street]
- id: fire-service
  name: Tests Fire Service
  datasets: [fire]
- id: hospital
  name: Tests Hospital
  datasets: [hospital-admissions]
- id: other-hospital
  name: Another Hospital
  datasets: [hospital-admissions, hospital-istv]
- id: council
  name: Tests Council
  datasets: [asb-incidents]
"""


@pytest.fixture
def profile(partnership):
    """A profile whose agencies send what the Regulations ask for, but for ambulance calls."""
    (partnership.profile / "agencies.yaml").write_text(AGENCIES)
    return Profile.of(partnership)


@pytest.fixture
def standing(profile):
    """How each item stands on a day: (item, agency) -> Supply."""

    def on(day=IN_TIME):
        return {(s.item.id, s.agency.id if s.agency else ""): s for s in supplies(profile, QUARTER, today=day)}

    return on


@pytest.fixture
def opened(in_force):
    """Puts a gateway in force for a return, throughout the days that are asked about; for the exchange by default."""

    def put(name, purpose="statutory-exchange", **given):
        in_force(name, purpose=purpose, begins=dt.date(2025, 10, 1), expires=dt.date(2026, 9, 30), **given)

    return put


def came(agency, dataset, *months):
    return [(dataset, agency, month, [{"made": month + agency}]) for month in months]


OCTOBER, NOVEMBER, DECEMBER = "2025-10", "2025-11", "2025-12"


def test_a_quarter_is_due_by_the_end_of_the_next(profile):
    assert due("2025/26-Q3") == dt.date(2026, 3, 31)
    assert due("2025/26-Q4") == dt.date(2026, 6, 30)
    assert quarters(dt.date(2026, 2, 1), 3) == ["2025/26-Q3", "2025/26-Q2", "2025/26-Q1"]


def test_before_anything_came_all_is_not_yet_due_and_then_late(standing):
    assert {s.standing for s in standing().values()} == {
        Standing.NOT_YET_DUE,
        Standing.NO_SENDER,
        Standing.NOT_CARRIED,
    }
    assert {s.standing for s in standing(TOO_LATE).values()} == {
        Standing.LATE,
        Standing.NO_SENDER,
        Standing.NOT_CARRIED,
    }
    on_the_last_day = standing(dt.date(2026, 3, 31))
    assert on_the_last_day["attacks-on-crews", "fire-service"].standing is Standing.NOT_YET_DUE


def test_who_holds_an_item_is_told_by_what_they_send(standing):
    found = standing()
    assert ("crime", "police") in found
    assert ("crime", "neighbours") not in found  # open files of a neighbour are no part of this exchange
    assert ("anti-social-behaviour", "council") not in found  # asked of the police here
    assert {agency for item, agency in found if item == "assault-admissions"} == {"hospital", "other-hospital"}
    assert found["ambulance-calls", ""].standing is Standing.NO_SENDER
    assert found["transport-incidents", ""].standing is Standing.NOT_CARRIED


def test_what_councils_hold_is_asked_of_who_sends_it_and_is_no_police_force(standing):
    found = standing()
    assert {agency for item, agency in found if item == "council-anti-social-behaviour"} == {"council"}
    for item in ("road-traffic-collisions", "school-exclusions", "racial-incidents"):
        assert found[item, ""].standing is Standing.NOT_CARRIED
        assert found[item, ""].item.note


def test_every_item_of_which_no_return_is_known_to_carry_it_or_which_was_not_read_says_so(profile):
    for item in exchange(profile).items:
        assert item.known == "read" or not item.paragraph, f"{item.id}: a paragraph's number, and nobody read it"
        assert item.known != "read" or item.paragraph, f"{item.id}: read where?"


def test_a_mapping_of_ones_own_may_name_who_is_of_a_kind(profile, partnership, standing):
    own = yaml.safe_load(statutory.SHIPPED.read_text())
    own["holders"]["council"] = {"title": "The council", "agencies": ["police"]}
    (partnership.profile / "exchange.yaml").write_text(yaml.safe_dump(own))
    assert ("council-anti-social-behaviour", "police") in standing()
    assert ("council-anti-social-behaviour", "council") not in standing()
    own["holders"]["council"]["agencies"] = ["polise"]
    (partnership.profile / "exchange.yaml").write_text(yaml.safe_dump(own))
    with pytest.raises(RedwayError, match="polise"):
        exchange(profile)


def test_three_months_with_all_that_is_asked_are_supplied(standing, accept, opened):
    opened("fire")
    accept(*came("fire-service", "fire", OCTOBER, NOVEMBER, DECEMBER))
    for item in ("deliberate-primary-fires", "attacks-on-crews", "dwellings-without-alarm"):
        supply = standing()[item, "fire-service"]
        assert (supply.standing, supply.missing, supply.lacking) == (Standing.SUPPLIED, (), ())


def test_a_month_that_is_missing_makes_it_a_part_and_late_once_it_was_due(standing, accept, opened):
    opened("fire")
    accept(*came("fire-service", "fire", OCTOBER, DECEMBER))
    supply = standing()["attacks-on-crews", "fire-service"]
    assert (supply.standing, supply.missing) == (Standing.IN_PART, (12 * 2025 + 10,))
    assert not supply.late or supply.came > supply.due
    assert standing(TOO_LATE)["attacks-on-crews", "fire-service"].late


def test_a_quarterly_return_supplies_its_three_months(standing, accept, opened):
    opened("hospital-admissions")
    accept(*came("hospital", "hospital-admissions", QUARTER))
    assert standing()["assault-admissions", "hospital"].standing is Standing.SUPPLIED
    assert standing()["assault-admissions", "other-hospital"].standing is Standing.NOT_YET_DUE


def test_another_quarter_supplies_nothing_of_this_one(standing, accept, opened):
    opened("hospital-admissions")
    accept(*came("hospital", "hospital-admissions", "2025/26-Q2"))
    assert standing()["assault-admissions", "hospital"].standing is Standing.NOT_YET_DUE


def test_what_no_gateway_opens_for_the_exchange_came_and_may_not_be_used(standing, accept, opened):
    opened("fire", purpose="analysis")
    accept(*came("fire-service", "fire", OCTOBER, NOVEMBER, DECEMBER))
    supply = standing()["attacks-on-crews", "fire-service"]
    assert supply.standing is Standing.CLOSED
    assert supply.why


def test_a_piece_whose_column_the_gateway_leaves_out_is_lacking(standing, accept, opened):
    opened("hospital-admissions", fields=["admitted_on", "cause", "age_band"])
    accept(*came("hospital", "hospital-admissions", QUARTER))
    supply = standing()["assault-admissions", "hospital"]
    assert (supply.standing, supply.lacking) == (Standing.IN_PART, ("postcode",))
    # Without the column that tells domestic abuse from other causes, nothing of that item can be used.
    untold = standing()["domestic-abuse-admissions", "hospital"]
    assert untold.standing is Standing.CLOSED
    assert "tells these records from others" in untold.why


def test_open_files_of_the_own_force_supply_a_part_until_a_better_return_comes(standing, accept, opened):
    accept(*came("Thames Valley Police", "police-street", OCTOBER, NOVEMBER, DECEMBER))
    supply = standing()["crime", "police"]
    assert (supply.standing, supply.dataset, supply.lacking) == (Standing.IN_PART, "police-street", ("time", "date"))
    opened("police-extract")
    accept(*came("police", "police-extract", OCTOBER, NOVEMBER, DECEMBER))
    supply = standing()["crime", "police"]
    assert (supply.standing, supply.dataset) == (Standing.SUPPLIED, "police-extract")


def test_a_correction_does_not_make_it_late(standing, accept, opened):
    opened("hospital-admissions")
    (first,) = accept(*came("hospital", "hospital-admissions", QUARTER))
    Submission.objects.filter(pk=first.pk).update(received_at=dt.datetime(2026, 1, 20, 12, tzinfo=dt.UTC))
    accept(("hospital-admissions", "hospital", QUARTER, [{"made": "again"}]))
    supply = standing(TOO_LATE)["assault-admissions", "hospital"]
    assert (supply.came, supply.late) == (dt.date(2026, 1, 20), False)


def test_what_came_after_the_day_it_was_due_is_supplied_and_late(standing, accept, opened):
    opened("hospital-admissions")
    (one,) = accept(*came("hospital", "hospital-admissions", QUARTER))
    Submission.objects.filter(pk=one.pk).update(received_at=dt.datetime(2026, 4, 2, 12, tzinfo=dt.UTC))
    supply = standing(TOO_LATE)["assault-admissions", "hospital"]
    assert (supply.standing, supply.late) == (Standing.SUPPLIED, True)


def test_how_much_of_a_piece_is_not_known_is_told(standing, accept, opened):
    opened("fire")
    made = accept(*came("fire-service", "fire", OCTOBER, NOVEMBER, DECEMBER))
    Submission.objects.filter(pk__in=[s.pk for s in made]).update(facts={"unknown": {"area": 2, "property": 0}})
    supply = standing()["attacks-on-crews", "fire-service"]
    assert (supply.unknown, supply.rows) == ({"location": 6}, 3)


def test_anything_but_a_quarter_is_refused(profile):
    for label in ("2025-11", "2025", "", "2025/26-Q5"):
        with pytest.raises(ValueError, match="expected"):
            supplies(profile, label)


class TestTheMapping:
    def test_it_names_returns_and_columns_that_there_are(self, profile):
        found = exchange(profile)
        assert len(found.items) == 20
        assert "2007/1831" in found.law
        assert all(item.holder in found.holders for item in found.items)

    def test_a_partnership_replaces_it_whole(self, profile, partnership):
        own = yaml.safe_load(statutory.SHIPPED.read_text("utf-8"))
        own["items"] = own["items"][:1]
        (partnership.profile / "exchange.yaml").write_text(yaml.safe_dump(own))
        assert [item.id for item in exchange(profile).items] == ["anti-social-behaviour"]

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda item: item.update(holder="army"), "army"),
            (lambda item: item["carried"][0].update(dataset="fires"), "fires"),
            (lambda item: item["carried"][0]["columns"].update(time=["hour"]), "hour"),
            (lambda item: item["carried"][0].update(needs=["colour"]), "colour"),
            (lambda item: item["carried"][0]["columns"].update(postcode=["area"]), "postcode"),
            (lambda item: item.update(asks=["weather"]), "exchange.yaml"),
            (lambda item: item.update(id="crime"), "crime"),
        ],
    )
    def test_a_fault_in_it_is_named(self, profile, partnership, change, said):
        own = yaml.safe_load(statutory.SHIPPED.read_text("utf-8"))
        change(own["items"][0])
        (partnership.profile / "exchange.yaml").write_text(yaml.safe_dump(own))
        with pytest.raises(RedwayError, match=said):
            exchange(profile)

    def test_it_never_rests_on_a_column_that_is_not_kept(self, profile, partnership):
        own = yaml.safe_load(statutory.SHIPPED.read_text("utf-8"))
        own["items"][0]["carried"] = [{"dataset": "hospital-istv", "columns": {"location": ["place"]}}]
        (partnership.profile / "exchange.yaml").write_text(yaml.safe_dump(own))
        with pytest.raises(RedwayError, match="kept columns"):
            exchange(profile)


class TestTheCalendarOfReturns:
    """What it asks for is late when the pages of returns say so; what it does not ask for is not late at all."""

    @pytest.fixture
    def calendar(self, profile, home):
        def write(**rule):
            lines = "".join(f"  {name}: {value}\n" for name, value in rule.items())
            (home.profile / "returns.yaml").write_text(f"-\n  dataset: fire\n  agency: fire-service\n{lines}", "utf-8")

        return write

    def test_it_says_when_something_is_late_before_the_law_does(self, calendar, standing):
        calendar(**{"from": OCTOBER, "due_days": 20})
        before, after = dt.date(2025, 11, 20), dt.date(2025, 11, 21)
        assert standing(before)["attacks-on-crews", "fire-service"].standing is Standing.NOT_YET_DUE
        assert standing(after)["attacks-on-crews", "fire-service"].standing is Standing.LATE
        assert standing(after)["attacks-on-crews", "fire-service"].due == dt.date(2025, 12, 20)

    def test_after_its_end_nothing_is_expected(self, calendar, standing):
        calendar(**{"from": "2025-01", "until": "2025-09", "due_days": 20})
        assert standing(TOO_LATE)["attacks-on-crews", "fire-service"].standing is Standing.NOT_EXPECTED
        assert standing(TOO_LATE)["assault-admissions", "hospital"].standing is Standing.LATE

    def test_a_part_is_late_as_its_months_are(self, calendar, standing, accept, opened):
        opened("fire")
        accept(*came("fire-service", "fire", OCTOBER, NOVEMBER))
        calendar(**{"from": OCTOBER, "until": NOVEMBER, "due_days": 365})
        supply = standing(TOO_LATE)["attacks-on-crews", "fire-service"]
        assert (supply.standing, supply.missing) == (Standing.IN_PART, (12 * 2025 + 11,))
        assert supply.unasked == (12 * 2025 + 11,)
        assert supply.late == (supply.came > supply.due)
