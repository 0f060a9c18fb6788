"""What may be done with a commitment, by its state; and that everything done is in the audit."""

import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from redway.errors import NotAllowed, RedwayError
from redway.store.profile import Profile
from redway.work.accounts.models import User
from redway.work.audit.chain import verify
from redway.work.audit.models import AuditRow
from redway.work.strategy import actions, policies
from redway.work.strategy.models import CommitmentState, standing, standings
from redway.work.strategy.profile import strategy
from redway.work.strategy.states import NAMES, TRANSITIONS, State, diagram, needs_reason

pytestmark = pytest.mark.django_db
PROMISED = strategy(Profile("milton-keynes"))
NAMED = next(c.id for c in PROMISED.commitments if c.owner_published and not c.owner_inferred)
NOBODYS = next(c.id for c in PROMISED.commitments if not c.owner_published or c.owner_inferred)
NOT_STARTED, UNDER_WAY, DONE, STOPPED = State


@pytest.fixture
def chair(db):
    return User.objects.create(username="chair", role="chair", full_name="Chris Chair")


def act(action, by, commitment=NAMED, **given):
    given.setdefault("seen", standing(commitment).version)
    return action(by=by, strategy=PROMISED, commitment=commitment, **given)


def put(state, commitment=NAMED):
    """A commitment that stands in some state."""
    CommitmentState.objects.create(commitment=commitment, state=state, reason="a reason")


def test_without_a_row_a_commitment_stands_as_published():
    now = standing("A1")
    assert (now.owner, now.due, now.state, now.version, now.pk) == ("", None, NOT_STARTED, 0, None)
    assert standings() == {}


def test_an_owner_is_given_and_taken_away(chair):
    assert act(actions.give_owner, chair, owner="thames-valley-police", person=chair)
    now = standing(NAMED)
    assert (now.owner, now.owner_person) == ("thames-valley-police", chair)
    assert act(actions.give_owner, chair, owner="")
    given, taken = AuditRow.objects.all()
    assert (given.subject, given.actor) == (f"commitment {NAMED}", "chair")
    assert (given.detail["before"], given.detail["after"]) == ("", "Thames Valley Police (Chris Chair)")
    assert taken.detail["after"] == ""
    assert verify() is None


def test_a_date_is_set_moved_and_taken_away(chair):
    for due in (date(2027, 3, 31), date(2027, 6, 30), None):
        assert act(actions.set_due, chair, due=due)
        assert standing(NAMED).due == due
    assert [r.detail["after"] for r in AuditRow.objects.all()] == ["2027-03-31", "2027-06-30", None]


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_every_step_is_the_tables(before, after, chair):
    put(before)
    if after == before:
        assert act(actions.change_state, chair, state=after, reason="why") is False
    elif after in TRANSITIONS[before]:
        assert act(actions.change_state, chair, state=after, reason="why")
        assert standing(NAMED).state == after
    else:
        with pytest.raises(NotAllowed, match=f"cannot become {str(NAMES[after]).lower()}"):
            act(actions.change_state, chair, state=after, reason="why")
        assert standing(NAMED).state == before


@pytest.mark.parametrize(("before", "after"), [(b, a) for b in State for a in TRANSITIONS[b]])
def test_a_reason_is_asked_for_where_the_table_says(before, after, chair):
    put(before)
    if needs_reason(before, after):
        with pytest.raises(NotAllowed, match="Say why"):
            act(actions.change_state, chair, state=after, reason="  ")
        assert not AuditRow.objects.exists()
    else:
        assert act(actions.change_state, chair, state=after)


def test_what_nobody_owns_cannot_be_under_way(chair):
    with pytest.raises(NotAllowed, match="Nobody owns this commitment yet"):
        act(actions.change_state, chair, NOBODYS, state=UNDER_WAY)
    act(actions.give_owner, chair, NOBODYS, owner="thames-valley-police")
    assert act(actions.change_state, chair, NOBODYS, state=UNDER_WAY)


@pytest.mark.parametrize("state", State)
def test_owner_and_date_belong_to_what_is_still_to_be_done(state, chair):
    put(state)
    closed = state in (DONE, STOPPED)
    refusal = policies.refusal(lambda: policies.check_open(standing(NAMED)))
    assert bool(refusal) is closed
    for action, given in (
        (actions.give_owner, {"owner": "thames-valley-police"}),
        (actions.set_due, {"due": date.max}),
    ):
        if closed:
            with pytest.raises(NotAllowed, match="under way again"):
                act(action, chair, **given)
        else:
            assert act(action, chair, **given)


def test_the_same_again_changes_nothing_and_writes_nothing(chair):
    for _ in range(3):
        act(actions.give_owner, chair, owner="thames-valley-police")
        act(actions.set_due, chair, due=date(2027, 1, 1))
        act(actions.change_state, chair, state=UNDER_WAY)
    assert AuditRow.objects.count() == 3
    assert standing(NAMED).version == 3


def test_a_form_that_was_open_too_long_does_not_overwrite_what_another_did(chair):
    act(actions.set_due, chair, due=date(2027, 1, 1), seen=0)
    with pytest.raises(NotAllowed, match="Somebody else changed"):
        act(actions.set_due, chair, due=date(2028, 1, 1), seen=0)
    assert standing(NAMED).due == date(2027, 1, 1)
    # Two who want the same do not disagree.
    assert act(actions.set_due, chair, due=date(2027, 1, 1), seen=0) is False


@pytest.mark.parametrize(
    ("action", "given"),
    [
        (actions.give_owner, {"commitment": "A999", "owner": "thames-valley-police"}),
        (actions.give_owner, {"owner": "no-such-agency"}),
        (actions.set_due, {"commitment": "", "due": None}),
        (actions.change_state, {"commitment": "A999", "state": DONE}),
    ],
)
def test_what_the_strategy_does_not_know_is_refused(action, given, chair):
    with pytest.raises(RedwayError, match="expected the ID"):
        act(action, chair, **given)
    assert not CommitmentState.objects.exists()


def test_whoever_has_lost_access_is_given_nothing(chair):
    gone = User.objects.create(username="gone", role="member", is_active=False)
    with pytest.raises(RedwayError, match="whose access has ended"):
        act(actions.give_owner, chair, owner="thames-valley-police", person=gone)


@pytest.mark.parametrize("wrong", [{"state": "lost"}, {"state": "stopped", "reason": ""}])
def test_the_database_keeps_to_the_table(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        CommitmentState.objects.create(commitment="A1", **wrong)


@pytest.mark.parametrize(
    ("due", "state", "late"),
    [
        (date(2026, 3, 31), NOT_STARTED, True),
        (date(2026, 3, 31), UNDER_WAY, True),
        (date(2026, 3, 31), DONE, False),
        (date(2026, 3, 31), STOPPED, False),
        (date(2026, 4, 1), UNDER_WAY, False),
        (None, UNDER_WAY, False),
    ],
)
def test_overdue_is_what_is_open_the_day_after_its_date(due, state, late):
    assert CommitmentState(due=due, state=state).is_overdue(date(2026, 4, 1)) is late


def test_the_table_draws_itself():
    drawn = diagram()
    steps = sum(len(after) for after in TRANSITIONS.values())
    assert drawn.count("-->") == steps + 1
    assert "under_way --> stopped : with a reason" in drawn


@pytest.mark.django_db(transaction=True)
def test_of_many_who_change_one_commitment_at_once_one_does_and_the_others_are_told():
    people = [User.objects.create(username=f"p{n}", role="chair") for n in range(4)]
    outcomes = []

    def change(person, day):
        try:
            act(actions.set_due, person, due=date(2027, 1, day), seen=0)
            outcomes.append("done")
        except NotAllowed:
            outcomes.append("told")
        except Exception as fault:
            outcomes.append(repr(fault))
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=(p, n + 1)) for n, p in enumerate(people)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(outcomes) == ["done", "told", "told", "told"]
    assert AuditRow.objects.count() == standing(NAMED).version == 1
