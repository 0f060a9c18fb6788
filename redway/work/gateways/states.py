"""The states of a gateway: one table, which also draws itself (`redway states gateway`).

A state is what people did. The calendar does the rest: a gateway in force has not begun before its first day, has
expired after its last, and is replaced from the day on that a newer version in force begins (`standing` in models).
"""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    DRAFT = "draft"
    IN_FORCE = "in-force"
    ENDED = "ended"
    DISCARDED = "discarded"


NAMES = {
    State.DRAFT: _("Draft"),
    State.IN_FORCE: _("In force"),
    State.ENDED: _("Ended early"),
    State.DISCARDED: _("Discarded"),
}

# From each state, where it can go, and what that asks for. What was in force is never changed: an amendment is a
# new draft, and data came in and were read under the words of the old one.
TRANSITIONS: dict[State, dict[State, str]] = {
    State.DRAFT: {State.IN_FORCE: "by a second person", State.DISCARDED: ""},
    State.IN_FORCE: {State.ENDED: "with a reason"},
    State.ENDED: {},
    State.DISCARDED: {},
}


class Standing(StrEnum):
    """How a gateway stands on a day: its state, and what the calendar makes of it."""

    DRAFT = "draft"
    NOT_BEGUN = "not-begun"
    IN_FORCE = "in-force"
    REPLACED = "replaced"
    EXPIRED = "expired"
    ENDED = "ended"
    DISCARDED = "discarded"


STANDINGS = {
    Standing.DRAFT: _("Draft"),
    Standing.NOT_BEGUN: _("Not begun"),
    Standing.IN_FORCE: _("In force"),
    Standing.REPLACED: _("Replaced"),
    Standing.EXPIRED: _("Expired"),
    Standing.ENDED: _("Ended early"),
    Standing.DISCARDED: _("Discarded"),
}


def diagram() -> str:
    """The table as a Mermaid state diagram, for the guide; dates of the calendar in brackets."""
    lines = ["stateDiagram-v2", f"    [*] --> {_id(State.DRAFT)}"]
    lines += [f"    {_id(state)} : {NAMES[state]}" for state in State]
    for before, steps in TRANSITIONS.items():
        for after, asks in steps.items():
            lines.append(f"    {_id(before)} --> {_id(after)}{f' : {asks}' if asks else ''}")
    for state in (Standing.REPLACED, Standing.EXPIRED):
        lines.append(f"    {_id(state)} : {STANDINGS[state]}")
    lines.append(f"    {_id(State.IN_FORCE)} --> {_id(Standing.REPLACED)} : (a newer version begins)")
    lines.append(f"    {_id(State.IN_FORCE)} --> {_id(Standing.EXPIRED)} : (its last day passes)")
    return "\n".join(lines)


def _id(state: str) -> str:
    return state.replace("-", "_")
