"""What is done to commitments. Each action is one transaction with its audit row.

`seen` is the version that was on the screen of whoever asks: if another person changed the commitment
meanwhile, the action refuses. The same again changes nothing, writes nothing, and is no fault.
"""

from datetime import date
from typing import Any

from django.db import transaction

from redway.errors import RedwayError
from redway.work.accounts.models import User
from redway.work.audit.actions import record
from redway.work.strategy import policies
from redway.work.strategy.models import CommitmentState
from redway.work.strategy.profile import Commitment, Strategy
from redway.work.strategy.states import State


@transaction.atomic
def give_owner(
    *, by: User, strategy: Strategy, commitment: str, owner: str, person: User | None = None, seen: int
) -> bool:
    """Give a commitment to an agency or group, and perhaps to a person in it; "" and None take it from them.

    Returns whether anything changed. Raises RedwayError for an ID the strategy does not know, NotAllowed where
    the commitment is closed or was changed meanwhile.
    """
    _published(strategy, commitment)
    if owner and owner not in strategy.names:
        raise RedwayError("the ID of an agency or group of the strategy", came=f"“{owner}”")
    if person is not None and not person.is_active:
        raise RedwayError("a person who can sign in", came=f"{person.get_full_name()}, whose access has ended")
    now = _locked(commitment)
    if (now.owner, now.owner_person_id) == (owner, person.pk if person else None):
        return False
    policies.check_seen(now, seen)
    policies.check_open(now)
    before = owner_words(strategy, now.owner, now.owner_person)
    now.owner, now.owner_person = owner, person
    detail = {
        "before": before,
        "after": owner_words(strategy, owner, person),
        "owner": owner,
        "person": person.username if person else "",
    }
    return _save(now, by=by, action="give-owner", detail=detail)


@transaction.atomic
def set_due(*, by: User, strategy: Strategy, commitment: str, due: date | None, seen: int) -> bool:
    """Set the date a commitment is due, or take it away with None. Returns and raises as `give_owner` does."""
    _published(strategy, commitment)
    now = _locked(commitment)
    if now.due == due:
        return False
    policies.check_seen(now, seen)
    policies.check_open(now)
    detail = {"before": now.due, "after": due}
    now.due = due
    return _save(now, by=by, action="set-due", detail=detail)


@transaction.atomic
def change_state(*, by: User, strategy: Strategy, commitment: str, state: State, reason: str = "", seen: int) -> bool:
    """Record that a commitment is under way, done or stopped, with a reason where the table asks for one.

    Returns and raises as `give_owner` does; refuses steps the table of states does not have.
    """
    published = _published(strategy, commitment)
    now = _locked(commitment)
    if now.state == state:
        return False
    policies.check_seen(now, seen)
    policies.check_step(now, published, state, reason)
    detail = {"before": now.state, "after": state, "reason": reason.strip()}
    now.state, now.reason = state, reason.strip()
    return _save(now, by=by, action="change-state", detail=detail)


def owner_words(strategy: Strategy, owner: str, person: User | None) -> str:
    """`Thames Valley Police (Sam Carter)`; empty for nobody."""
    body = strategy.names.get(owner, owner)
    if person is None:
        return body
    return f"{body} ({person.get_full_name()})" if body else person.get_full_name()


def _published(strategy: Strategy, commitment: str) -> Commitment:
    try:
        return strategy.commitment(commitment)
    except KeyError:
        raise RedwayError("the ID of a commitment of the strategy", came=f"“{commitment}”") from None


def _locked(commitment: str) -> CommitmentState:
    """How it stands, held until this transaction ends."""
    now, _ = CommitmentState.objects.select_for_update().get_or_create(commitment=commitment)
    return now


def _save(now: CommitmentState, *, by: User, action: str, detail: dict[str, Any]) -> bool:
    now.version += 1
    now.save()
    record(by=by, action=action, subject=str(now), detail=detail)
    return True
