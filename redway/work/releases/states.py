"""The states of an edition of a table: one table, which also draws itself (`redway states release`)."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    PROPOSED = "proposed"
    RELEASED = "released"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


NAMES = {
    State.PROPOSED: _("Waits for a second person"),
    State.RELEASED: _("Released"),
    State.DECLINED: _("Not released"),
    State.WITHDRAWN: _("Withdrawn"),
}

# From each state, where it can go, and what that asks for. What was seen stays seen: nothing that was released can
# become unreleased, and one that was withdrawn is still held against every later edition.
TRANSITIONS: dict[State, dict[State, str]] = {
    State.PROPOSED: {State.RELEASED: "by a second person", State.DECLINED: "with a reason"},
    State.RELEASED: {State.WITHDRAWN: "with a reason"},
    State.DECLINED: {},
    State.WITHDRAWN: {},
}
LEFT = (State.RELEASED, State.WITHDRAWN)  # somebody has seen it


def diagram() -> str:
    """The table as a Mermaid state diagram, for the guide."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.PROPOSED}", f"    [*] --> {State.RELEASED} : (of open data)"]
    lines += [f"    {state} : {NAMES[state]}" for state in State]
    for before, steps in TRANSITIONS.items():
        lines += [f"    {before} --> {after} : {asks}" for after, asks in steps.items()]
    return "\n".join(lines)
