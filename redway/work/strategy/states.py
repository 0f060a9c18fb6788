"""The states of a commitment: one table, which also draws itself (`redway states`)."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    NOT_STARTED = "not-started"
    UNDER_WAY = "under-way"
    DONE = "done"
    STOPPED = "stopped"


NAMES = {
    State.NOT_STARTED: _("Not started"),
    State.UNDER_WAY: _("Under way"),
    State.DONE: _("Done"),
    State.STOPPED: _("Stopped"),
}

# From each state, where it can go, and whether a reason has to be given for it. Nothing goes back to not
# started: what has begun has begun, and the audit would tell of it anyway.
TRANSITIONS: dict[State, dict[State, bool]] = {
    State.NOT_STARTED: {State.UNDER_WAY: False, State.DONE: False, State.STOPPED: True},
    State.UNDER_WAY: {State.DONE: False, State.STOPPED: True},
    State.DONE: {State.UNDER_WAY: True},
    State.STOPPED: {State.UNDER_WAY: True},
}
CLOSED = frozenset({State.DONE, State.STOPPED})


def needs_reason(before: State, after: State) -> bool:
    """Whether a step has to be explained: stopping, and taking up again what was closed."""
    return TRANSITIONS[before].get(after, False)


def diagram() -> str:
    """The table as a Mermaid state diagram, for the guide."""
    lines = ["stateDiagram-v2", f"    [*] --> {_id(State.NOT_STARTED)}"]
    lines += [f"    {_id(state)} : {NAMES[state]}" for state in State]
    for before, steps in TRANSITIONS.items():
        for after, reason in steps.items():
            lines.append(f"    {_id(before)} --> {_id(after)}{' : with a reason' if reason else ''}")
    return "\n".join(lines)


def _id(state: State) -> str:
    return state.replace("-", "_")
