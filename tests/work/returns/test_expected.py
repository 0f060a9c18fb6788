"""What is due from whom, by when, how it stands, and how late it came."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.errors import RedwayError
from redway.periods import last_day, months_of
from redway.sources.dataset import dataset, names
from redway.store.profile import Profile, available
from redway.work.returns.deliveries import withdraw
from redway.work.returns.destruction import RETENTION, Loss, commit
from redway.work.returns.expected import Rule, Standing, expected, late, punctuality, rules
from redway.work.returns.models import DataVersion, Submission
from redway.work.returns.senders import senders
from redway.work.returns.versions import everything, snapshot

from .conftest import fires

pytestmark = pytest.mark.django_db(transaction=True)
FIRE = "- {dataset: fire, agency: fire-service, from: 2025-10, due_days: 20}\n"


@pytest.fixture
def agreed(ready):
    """Fires are due 20 days after each month from October 2025 on."""
    (ready.profile / "returns.yaml").write_text(FIRE)
    return Profile.of(ready)


def standing(profile, today):
    return {one.period: (one.standing, one.days_late) for one in expected(profile, today=today)}


def accepted_on(day):
    at = dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)
    Submission.objects.filter(dataset="fire").update(received_at=at)


@pytest.mark.parametrize(
    ("today", "how"),
    [
        (dt.date(2025, 10, 31), (Standing.NOT_YET_DUE, 0)),
        (dt.date(2025, 11, 1), (Standing.DUE, 0)),
        (dt.date(2025, 11, 20), (Standing.DUE, 0)),
        (dt.date(2025, 11, 21), (Standing.LATE, 1)),
        (dt.date(2025, 12, 31), (Standing.LATE, 41)),
    ],
)
def test_nothing_has_come(agreed, today, how):
    assert standing(agreed, today)["2025-10"] == how


def test_nothing_is_expected_before_the_first_period_or_after_the_last(agreed, ready):
    assert standing(agreed, dt.date(2025, 9, 30)) == {}
    (ready.profile / "returns.yaml").write_text(FIRE.replace("2025-10", "2025-10, until: 2025-12"))
    assert list(standing(agreed, dt.date(2026, 7, 1))) == ["2025-10", "2025-11", "2025-12"]


def test_without_the_file_nothing_is_expected(ready):
    assert expected(Profile.of(ready)) == ()
    assert snapshot().late == {}


def test_each_step_of_a_delivery_shows(agreed, hand_in, second_person, people):
    day = dt.date(2025, 11, 25)
    refused = hand_in(fires({"Casualties": "many"}), period="2025-10")
    assert standing(agreed, day)["2025-10"] == (Standing.REFUSED, 5)
    received = hand_in(fires({}, month="2025-10"), check=False, period="2025-10")
    [one, _] = expected(agreed, today=day)
    assert (one.standing, one.delivery) == (Standing.RECEIVED, received)
    assert refused != received
    waiting = hand_in(fires({}, month="2025-11"))
    assert standing(agreed, day)["2025-11"] == (Standing.WAITING, 0)
    assert waiting.periods == ["2025-11"]


def test_accepted_in_time_and_late(agreed, hand_in):
    delivery = hand_in(fires({}, month="2025-10"))
    accepted_on(dt.date(2025, 11, 20))
    assert standing(agreed, dt.date(2026, 3, 1))["2025-10"] == (Standing.ACCEPTED, 0)
    accepted_on(dt.date(2025, 11, 30))
    assert standing(agreed, dt.date(2026, 3, 1))["2025-10"] == (Standing.ACCEPTED, 10)
    withdraw(delivery=delivery, reason="x", by="a test")
    assert standing(agreed, dt.date(2025, 11, 25))["2025-10"] == (Standing.LATE, 5)


def test_a_newer_copy_does_not_make_what_came_in_time_late(agreed, hand_in):
    hand_in(fires({}, month="2025-10"))
    accepted_on(dt.date(2025, 11, 20))
    hand_in(fires({}, {}, month="2025-10"))
    assert standing(agreed, dt.date(2026, 3, 1))["2025-10"] == (Standing.ACCEPTED, 0)


def test_withdrawing_a_newer_copy_leaves_the_period_missing_and_a_refused_one_does_not_fill_it(agreed, hand_in):
    hand_in(fires({}, month="2025-10"))
    newer = hand_in(fires({}, {}, month="2025-10"))
    day = dt.date(2025, 11, 25)
    withdraw(delivery=newer, reason="The wrong export", by="a test")
    [one, _] = expected(agreed, today=day)
    assert (one.standing, one.days_late, one.missing, one.accepted) == (Standing.LATE, 5, True, None)
    assert one.withdrawn.reason == "The wrong export"
    assert snapshot(on=day).late == {("fire", "fire-service"): ("2025-10",)}
    hand_in(fires({"Casualties": "many"}, month="2025-10"), period="2025-10")
    [one, _] = expected(agreed, today=day)
    assert (one.standing, one.missing, one.withdrawn.pk) == (Standing.REFUSED, True, newer.pk)
    hand_in(fires({}, {}, {}, month="2025-10"))
    [one, _] = expected(agreed, today=day)
    assert (one.standing, one.missing, one.withdrawn) == (Standing.ACCEPTED, False, None)


def test_lateness_is_measured_over_a_year(agreed, hand_in):
    hand_in(fires({}, month="2025-10"))
    accepted_on(dt.date(2025, 11, 24))
    day = dt.date(2026, 1, 25)  # due: October (4 days late), November (36 days, missing), December (5, missing)
    [found] = punctuality(expected(agreed, today=day), today=day)
    assert (found.due, found.in_time, found.late, found.missing) == (3, 0, 1, 2)
    assert (found.median_days, found.worst_days) == (5, 36)
    assert punctuality(expected(agreed, today=day), today=dt.date(2027, 6, 1)) == ()


def test_a_snapshot_says_what_is_late(agreed, hand_in):
    hand_in(fires({}, month="2025-11"))
    assert snapshot(on=dt.date(2025, 11, 20)).late == {}
    assert snapshot(on=dt.date(2025, 12, 25)).late == {("fire", "fire-service"): ("2025-10",)}


def test_what_was_destroyed_when_its_time_was_over_is_not_late(agreed, hand_in):
    """Neither in the version that held it, nor in those made since, nor in the calendar."""
    hand_in(fires({}, month="2025-10"))
    lost = [Loss(one, one.rows_accepted) for one in Submission.objects.filter(dataset="fire")]
    commit(kind=RETENTION, dataset="fire", reason="its time is over", by="a test", losses=lost, detail={})
    held = snapshot().number
    hand_in(fires({}, month="2025-11"))
    versions, day = (held, held + 1), dt.date(2026, 1, 10)
    assert [len(everything(number).of("fire")) for number in versions] == [0, 1]
    assert [snapshot(number, on=day).late for number in versions] == [{("fire", "fire-service"): ("2025-11",)}, {}]
    assert [standing(agreed, day)[month][0] for month in ("2025-10", "2025-11")] == [Standing.ACCEPTED] * 2


def test_what_was_late_in_an_older_version_stays_as_it_was_on_its_last_day(agreed, hand_in):
    """Due on 20 November and 20 December: what falls due after a version was superseded never changes it."""
    hand_in(fires({}, month="2025-09"))
    older = snapshot().number
    hand_in(fires({}, month="2025-10"))
    made = dt.datetime(2025, 11, 25, 12, tzinfo=dt.UTC)
    DataVersion.objects.filter(number=older + 1).update(made_at=made)
    was, key = {("fire", "fire-service"): ("2025-10",)}, ("fire", "fire-service")
    assert snapshot(older, on=dt.date(2025, 11, 20)).late == {}
    assert snapshot(older, on=dt.date(2025, 11, 25)).late == was
    assert snapshot(older, on=dt.date(2026, 3, 1)).late == was
    assert snapshot(older + 1, on=dt.date(2025, 12, 25)).late == {key: ("2025-11",)}


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("- {dataset: fire, agency: police, from: 2025-10, due_days: 20}", "agency of agencies.yaml"),
        ("- {dataset: fire, agency: fire-service, from: 2025/26-Q1, due_days: 20}", "monthly period"),
        ("- {dataset: fire, agency: fire-service, from: soon, due_days: 20}", "monthly period"),
        ("- {dataset: lsoa-lookup, agency: fire-service, from: 2025-10, due_days: 20}", "open data"),
        ("- {dataset: fire, agency: fire-service, from: 2025-10}", "due_days"),
        ("- {dataset: fire, agency: fire-service, from: 2025-10, due_days: 2, by: x}", "nothing reads"),
        (FIRE + FIRE, "one entry"),
        ("- {dataset: no-such, agency: fire-service, from: 2025-10, due_days: 20}", "name of a dataset"),
    ],
)
def test_a_file_that_is_wrong_is_told(ready, text, match):
    (ready.profile / "returns.yaml").write_text(text)
    with pytest.raises(RedwayError, match=match):
        rules(Profile.of(ready))


@pytest.mark.parametrize("name", available())
def test_shipped_profiles_expect_every_return_their_agencies_send(name):
    profile = Profile(name)
    sent = {(d, s.id) for s in senders(profile).values() for d in s.datasets}
    partners = {(d, id) for d, id in sent if d in names() and dataset(d).access == "partners"}
    assert {(rule.dataset, rule.agency) for rule in rules(profile)} == partners


@given(
    first=st.sampled_from(["2024-11", "2024/25-Q3", "YE-2024-03", "2024-autumn"]),
    day=st.dates(dt.date(2023, 1, 1), dt.date(2028, 1, 1)),
    due=st.integers(0, 90),
)
def test_late_is_what_a_slow_look_at_every_period_finds(first, day, due):
    rule = Rule(dataset="fire", agency="fire-service", first=first, due_days=due)
    periods = rule.periods(day)
    assert all(months_of(a)[-1] < months_of(b)[0] for a, b in pairwise(periods))
    slow = tuple(p for p in periods if (day - last_day(p)).days > due)
    assert late([rule], set(), day).get(("fire", "fire-service"), ()) == slow
