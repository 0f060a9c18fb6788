"""What the state of an edition allows, whoever asks. Each rule raises NotAllowed with the sentence that is shown.

Which role may do what is in work/accounts/roles.py.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from redway import periods
from redway.errors import NotAllowed
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.releases.models import TableEdition
from redway.work.releases.preparing import Prepared
from redway.work.releases.states import NAMES, TRANSITIONS, State


def waits_for(person: User) -> list[TableEdition]:
    """The editions that wait for this person as the second, the oldest first: all but those they asked for."""
    if not person.may(Permission.APPROVE_RELEASES):
        return []
    waiting = TableEdition.objects.filter(state=State.PROPOSED).exclude(asked_by=person.username)
    return list(waiting.order_by("asked_at", "pk"))


def check_step(now: TableEdition, after: State) -> None:
    """From each state only the steps of the table."""
    if after not in TRANSITIONS[State(now.state)]:
        raise NotAllowed(
            _("This edition is “%(before)s”, so it cannot become “%(after)s”.")
            % {"before": NAMES[State(now.state)], "after": NAMES[after]}
        )


def check_new(prepared: Prepared) -> None:
    """It is no copy of the edition that stands."""
    if same := prepared.unchanged:
        raise NotAllowed(
            _("Nothing has changed since edition %(number)s for %(period)s, which stands. Nothing was released.")
            % {"number": same.number, "period": periods.in_words(same.period)}
        )


def check_second_person(now: TableEdition, by: str) -> None:
    """Whoever asked for an edition is not the one who releases it."""
    check_step(now, State.RELEASED)
    if by == now.asked_by:
        raise NotAllowed(_("You asked for this table to be released. Another person has to look at it and agree."))


def check_same(now: TableEdition, prepared: Prepared) -> None:
    """What was proposed is what would leave."""
    if (now.shown, now.key) != (prepared.shown, prepared.counted.key):
        raise NotAllowed(
            _(
                "This is no longer the table that was proposed: its definition, its data or an edition before it "
                "changed meanwhile. Decline it, look at the table as it is now, and ask again."
            )
        )


def check_standing(fallen: Sequence[str]) -> None:
    """The returns that it was counted of stand: nobody is shown figures whose source was taken back."""
    if fallen:
        raise NotAllowed(
            _(
                "Since it was counted, this changed: %(what)s. It is not released. Decline it, look at the table as it "
                "is now, and have a new edition made."
            )
            % {"what": "; ".join(fallen)}
        )


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotAllowed(_("Say why: whoever reads this later will ask."))
