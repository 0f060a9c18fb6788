"""Of several copies of one return the one that was sent last counts: an older one cannot take its place any more."""

import pytest

from redway.errors import NotAllowed
from redway.work.audit.models import AuditRow
from redway.work.returns import overtaking, result
from redway.work.returns.checking import work_on, work_on_next
from redway.work.returns.deliveries import accept, acknowledge, refuse
from redway.work.returns.models import Delivery
from redway.work.returns.report import DeliveryReport
from redway.work.returns.states import State
from redway.work.returns.versions import everything

from .conftest import fires

pytestmark = pytest.mark.django_db(transaction=True)


def keys(delivery):
    return [w.key for w in DeliveryReport.of_json(delivery.report).warnings]


@pytest.fixture
def older(ready, hand_in):
    """A copy with far fewer rows than the accepted one: it waits for its warnings to be read."""
    hand_in(fires(*[{}] * 10))
    older = hand_in(fires({}), name="older.csv")
    assert older.state == State.TO_ACKNOWLEDGE
    return older


@pytest.fixture
def newer(older, hand_in):
    newer = hand_in(fires(*[{}] * 11), name="newer.csv")
    assert newer.state == State.ACCEPTED
    return newer


def rows():
    return everything().of("fire")[0].rows


def test_one_that_waits_is_overtaken_when_a_newer_copy_is_accepted(older, newer, ready):
    older.refresh_from_db()
    assert (older.state, older.overtaken_by) == (State.OVERTAKEN, newer)
    assert not (ready.quarantine / str(older.public_id)).exists()
    assert AuditRow.objects.filter(action="overtake-return", subject=str(older)).count() == 1
    with pytest.raises(NotAllowed, match="A newer copy of this return was accepted meanwhile"):
        acknowledge(delivery=older, warnings=keys(older), by="a test")
    assert (work_on_next(), rows()) == (None, 11)
    assert "newer.csv, sent on" in result.told(older, "Tests Fire Service")


def test_one_acknowledged_and_not_accepted_yet_is_overtaken_too(older, hand_in):
    acknowledge(delivery=older, warnings=keys(older), by="a test")
    hand_in(fires(*[{}] * 11), name="newer.csv")
    assert (work_on(older).state, rows()) == (State.OVERTAKEN, 11)
    with pytest.raises(NotAllowed, match="newer copy"):
        acknowledge(delivery=older, warnings=keys(older), by="a test")


def test_a_second_person_cannot_accept_or_refuse_it_any_more(ready, hand_in, second_person, people):
    older = hand_in(fires({}), by=people["fire"])
    newer = hand_in(fires({}, {}), by=people["fire"])
    accept(delivery=newer, by=people["analyst"])
    work_on(newer)
    for act in (accept, lambda **given: refuse(reason="x", **given)):
        with pytest.raises(NotAllowed, match="newer copy"):
            act(delivery=older, by=people["analyst"])
    assert rows() == 2


def test_one_that_was_not_checked_yet_is_overtaken_when_it_is(ready, hand_in):
    older = hand_in(fires({}), check=False)
    newer = hand_in(fires({}, {}), name="newer.csv")
    now = work_on(older)
    assert (now.state, now.overtaken_by, now.version, rows()) == (State.OVERTAKEN, newer, None, 2)


def test_one_of_two_periods_is_overtaken_by_a_newer_copy_of_one_of_them(ready, hand_in):
    text = fires({}) + fires({}, month="2025-10").split("\n", 1)[1]
    older = hand_in(text, check=False)
    newer = hand_in(fires({}, {}), name="newer.csv")
    assert work_on(older).overtaken_by == newer


def test_a_newer_one_that_waits_stays_when_an_older_one_is_accepted(older, hand_in):
    newest = hand_in(fires({}, {}), name="newest.csv")
    done = work_on(acknowledge(delivery=older, warnings=keys(older), by="a test"))
    newest.refresh_from_db()
    assert (done.state, newest.state, rows()) == (State.ACCEPTED, State.TO_ACKNOWLEDGE, 1)
    assert overtaking.accepted_copy(newest) == older


def test_the_same_rows_sent_before_change_nothing_and_are_not_overtaken(ready, hand_in):
    older = hand_in(fires({}), check=False)
    hand_in(fires({}), name="newer.csv")
    assert work_on(older).state == State.ACCEPTED


@pytest.mark.parametrize("other", [{"month": "2025-10"}, {"agency": "council"}])
def test_another_period_or_agency_overtakes_nothing(older, hand_in, other, in_force):
    if agency := other.pop("agency", ""):
        Delivery.objects.filter(pk=older.pk).update(agency=agency)
    hand_in(fires(*[{}] * 11, **other), name="newer.csv")
    older.refresh_from_db()
    assert older.state == State.TO_ACKNOWLEDGE


def test_a_receipt_says_that_another_waits_and_which(older, hand_in):
    newest = hand_in(fires({}, {}), name="newest.csv")
    told = result.told(newest, "Tests Fire Service")
    assert "Another return of this period is not decided yet: older.csv, sent on" in told
    assert "The one that was sent last counts" in told
    assert "older.csv" not in result.told(Delivery.objects.earliest("pk"), "").split("not decided yet")[0]
