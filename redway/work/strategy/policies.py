"""What the state of a commitment allows, whoever asks. Who may ask is for `web/permissions.py`.

Each rule is a function that raises NotAllowed with the sentence that the screen shows; `refusal` turns one into
that sentence, so that a page can say beforehand what would be refused.
"""

from collections.abc import Callable

from django.utils.translation import gettext as _

from redway.errors import NotAllowed
from redway.work.strategy.models import CommitmentState
from redway.work.strategy.profile import Commitment
from redway.work.strategy.states import NAMES, TRANSITIONS, State, needs_reason


def refusal(rule: Callable[[], None]) -> str:
    """Why a rule refuses; empty when it does not."""
    try:
        rule()
    except NotAllowed as refused:
        return str(refused)
    return ""


def check_open(now: CommitmentState) -> None:
    """An owner and a date belong to what is still to be done."""
    if now.is_closed:
        raise NotAllowed(
            _("This commitment is %(state)s. Record it as under way again before changing its owner or date.")
            % {"state": str(NAMES[State(now.state)]).lower()}
        )


def check_step(now: CommitmentState, published: Commitment, after: State, reason: str) -> None:
    """From each state only the steps of the table; work has an owner; stopping and reopening have a reason."""
    before = State(now.state)
    if after not in TRANSITIONS[before]:
        raise NotAllowed(
            _("A commitment that is %(before)s cannot become %(after)s.")
            % {"before": str(NAMES[before]).lower(), "after": str(NAMES[after]).lower()}
        )
    if after == State.UNDER_WAY and not has_owner(now, published):
        raise NotAllowed(_("Nobody owns this commitment yet. Give it an owner before recording it as under way."))
    if needs_reason(before, after) and not reason.strip():
        raise NotAllowed(_("Say why: whoever reads this later will ask."))


def check_seen(now: CommitmentState, seen: int) -> None:
    """A form that was opened before somebody else's change does not overwrite it."""
    if seen != now.version:
        raise NotAllowed(
            _("Somebody else changed this commitment while you had it open. Look at how it stands now, then try again.")
        )


def has_owner(now: CommitmentState, published: Commitment) -> bool:
    """Whether anybody is answerable: given since, or named by the strategy itself (not by our reading of it)."""
    named = bool(published.owner_published) and not published.owner_inferred
    return bool(now.owner or now.owner_person_id or named)


def has_date(now: CommitmentState, published: Commitment) -> bool:
    """Whether there is a date to hold it to: given since, or published."""
    return bool(now.due or published.due_published)
