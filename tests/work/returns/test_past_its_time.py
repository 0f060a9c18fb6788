"""A return of a period that no gateway keeps any more: told when it comes, not when it is destroyed."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.utils import timezone

from redway.sources.dataset import dataset
from redway.work.returns import retention
from redway.work.returns.checking import work_on
from redway.work.returns.deliveries import acknowledge
from redway.work.returns.report import DeliveryReport
from redway.work.returns.states import State

from .conftest import fires

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = "2001-01"


def told(delivery):
    return [w for w in DeliveryReport.of_json(delivery.report).warnings if w.kind == "retention"]


def of(period, name="fire"):
    """As much of what is about to be accepted as is looked at."""
    return SimpleNamespace(definition=dataset(name), loaded=SimpleNamespace(period=period))


def test_it_waits_with_a_warning_that_says_how_long_it_is_kept(ready, in_force, hand_in):
    in_force("fire", keep_months=12)
    delivery = hand_in(fires({}, month=LONG_AGO))
    assert delivery.state == State.TO_ACKNOWLEDGE
    [warning] = told(delivery)
    for words in ("January 2001: fire for analysis, version 2", "12 months", "1 February 2002", "would destroy it"):
        assert words in warning.text


def test_acknowledged_it_is_accepted_and_is_what_the_next_run_would_destroy(ready, in_force, hand_in):
    in_force("fire", keep_months=12)
    delivery = hand_in(fires({}, month=LONG_AGO))
    keys = [w.key for w in DeliveryReport.of_json(delivery.report).warnings]
    assert work_on(acknowledge(delivery=delivery, warnings=keys, by="a test")).state == State.ACCEPTED
    assert [one.submission.period for one in retention.due()] == [LONG_AGO]


def test_nothing_is_said_of_what_is_kept_longer_or_for_ever(ready, in_force, hand_in):
    assert told(hand_in(fires({}, month="2025-10"))) == []  # kept for 1,200 months
    in_force("agency-counts", keep_months=0)
    assert list(retention.warnings([of("1990-01", "agency-counts")])) == []


@pytest.mark.parametrize(
    ("period", "day", "warned"),
    [
        ("2024-01", dt.date(2025, 1, 31), False),
        ("2024-01", dt.date(2025, 2, 1), True),
        ("2023/24-Q4", dt.date(2025, 3, 31), False),
        ("2023/24-Q4", dt.date(2025, 4, 1), True),
        ("", dt.date(2099, 1, 1), False),
    ],
)
def test_it_is_said_from_the_day_on_which_it_would_be_destroyed(ready, in_force, accept, period, day, warned):
    in_force("fire", keep_months=12)
    assert bool(list(retention.warnings([of(period)], on=day))) is warned
    accept(("fire", "fire-service", period, [{"incident": "1"}]))
    if period:
        assert bool(retention.due(on=day)) is warned


def test_the_purpose_that_keeps_it_longest_counts(ready, in_force):
    this = timezone.localdate()
    in_force("fire", keep_months=12)
    in_force("fire", purpose="evaluation", keep_months=60)
    [warning] = retention.warnings([of(LONG_AGO)], on=this)
    assert "for 60 months" in warning.text
