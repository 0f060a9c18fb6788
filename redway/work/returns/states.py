"""The states of a delivery: one table, which also draws itself (`redway states delivery`).

The states are the queue too: a worker takes what is RECEIVED or ACCEPTING, and nothing else remembers that there
is work to do (docs/decisions/worker.md).
"""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    RECEIVED = "received"
    CHECKING = "checking"
    REFUSED = "refused"
    TO_ACKNOWLEDGE = "to-acknowledge"
    TO_ACCEPT = "to-accept"
    ACCEPTING = "accepting"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"
    OVERTAKEN = "overtaken"


NAMES = {
    State.RECEIVED: _("Received, waiting to be checked"),
    State.CHECKING: _("Being checked"),
    State.REFUSED: _("Refused"),
    State.TO_ACKNOWLEDGE: _("Checked, with warnings to acknowledge"),
    State.TO_ACCEPT: _("Checked, waiting for a second person"),
    State.ACCEPTING: _("Being accepted"),
    State.ACCEPTED: _("Accepted"),
    State.WITHDRAWN: _("Withdrawn"),
    State.DISCARDED: _("Taken back by its sender"),
    State.OVERTAKEN: _("Overtaken by a newer copy"),
}

# From each state, where it can go and what takes it there. Accepting runs every check again, so what was fine
# when it was checked can still be refused, or have new warnings.
TRANSITIONS: dict[State, dict[State, str]] = {
    State.RECEIVED: {State.CHECKING: "a worker takes it", State.DISCARDED: "take back"},
    State.CHECKING: {
        State.REFUSED: "a fault",
        State.TO_ACKNOWLEDGE: "warnings",
        State.TO_ACCEPT: "none, and a second person is needed",
        State.ACCEPTED: "none, and no second person is needed",
        State.RECEIVED: "stopped half way",
        State.DISCARDED: "take back",
        State.OVERTAKEN: "a newer copy was accepted",
    },
    State.TO_ACKNOWLEDGE: {
        State.TO_ACCEPT: "acknowledge, and a second person is needed",
        State.ACCEPTING: "acknowledge",
        State.DISCARDED: "take back",
        State.OVERTAKEN: "a newer copy is accepted",
    },
    State.TO_ACCEPT: {
        State.ACCEPTING: "accept",
        State.REFUSED: "refuse with a reason",
        State.DISCARDED: "take back",
        State.OVERTAKEN: "a newer copy is accepted",
    },
    State.ACCEPTING: {
        State.ACCEPTED: "every check passed again",
        State.REFUSED: "a fault",
        State.TO_ACKNOWLEDGE: "other warnings than were acknowledged",
        State.DISCARDED: "take back",
        State.OVERTAKEN: "a newer copy was accepted",
    },
    State.ACCEPTED: {State.WITHDRAWN: "withdraw with a reason"},
    State.REFUSED: {},
    State.WITHDRAWN: {},
    State.DISCARDED: {},
    State.OVERTAKEN: {},
}
QUEUED = frozenset({State.RECEIVED, State.CHECKING, State.ACCEPTING})  # what a worker takes
WAITING = frozenset({State.TO_ACKNOWLEDGE, State.TO_ACCEPT})  # for a person
OPEN = QUEUED | WAITING
CLOSED = frozenset(State) - OPEN


class Way(StrEnum):
    """How a delivery came."""

    WEB = "web"
    TYPED = "typed"
    COMMAND = "command"
    FOLDER = "folder"
    API = "api"


WAY_NAMES = {
    Way.WEB: _("Uploaded"),
    Way.TYPED: _("Typed on a page"),
    Way.COMMAND: _("By command"),
    Way.FOLDER: _("Watched folder"),
    Way.API: _("By another system"),
}


def diagram() -> str:
    """The table as a Mermaid state diagram, for the guide."""
    lines = ["stateDiagram-v2", f"    [*] --> {_id(State.RECEIVED)} : deliver"]
    lines += [f"    {_id(state)} : {NAMES[state]}" for state in State]
    for before, steps in TRANSITIONS.items():
        lines += [f"    {_id(before)} --> {_id(after)} : {how}" for after, how in steps.items()]
    return "\n".join(lines)


def _id(state: State) -> str:
    return state.replace("-", "_")
