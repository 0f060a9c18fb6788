"""The demo: Aldermere in a home of its own, with people who can sign in and promises that are under way.

Every step looks first at what is there, so a demo that was stopped goes on where it was, and one that is
whole starts at once.
"""

import json
import os
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from redway.store.files import put
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.accounts.actions import add_person, one_time_password, set_password
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.strategy.actions import change_state, give_owner, set_due
from redway.work.strategy.models import CommitmentState, standing
from redway.work.strategy.profile import strategy
from redway.work.strategy.states import State

BY = "redway demo"
PROFILE = "aldermere"


# ------------------------------------------------------------------ People


@dataclass(frozen=True)
class SignIn:
    """One way to sign in. `password` is empty once its owner chose another."""

    role: Role
    name: str
    username: str
    password: str


@dataclass(frozen=True)
class Someone:
    role: Role
    name: str
    agency: str


PEOPLE = (
    Someone(Role.CHAIR, "Priya Ashdown", "aldermere-constabulary"),
    Someone(Role.ANALYST, "Tom Okafor", "aldermere-city-council"),
    Someone(Role.MEMBER, "Rhian Calloway", "youth-justice-service"),
    Someone(Role.AGENCY_CONTACT, "Ines Verma", "aldermere-infirmary"),
    Someone(Role.ADMINISTRATOR, "Marek Dunne", "aldermere-city-council"),
)


def sign_ins(home: Home) -> list[SignIn]:
    """A person in each role, with the passwords of before; those who are missing are added."""
    passwords = _passwords(home)
    found = []
    for one in PEOPLE:
        username = one.role.value
        password = passwords[username]
        person = User.objects.filter(username=username).first()
        if person is None:
            add_person(
                by=BY, username=username, role=one.role, full_name=one.name, agency=one.agency, password=password
            )
        elif not person.check_password(password):
            password = ""
        found.append(SignIn(one.role, one.name, username, password))
    return found


def _passwords(home: Home) -> dict[str, str]:
    """By user name, from a file that only its owner can read. Made anew if lost, for people there are already too."""
    kept = home.root / "demo-passwords.json"
    if kept.is_file():
        passwords: dict[str, str] = json.loads(kept.read_text("utf-8"))
        return passwords
    passwords = {one.role.value: one_time_password() for one in PEOPLE}
    made = home.incoming / kept.name
    made.unlink(missing_ok=True)
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as writing:
        json.dump(passwords, writing, indent=2)
    for person in User.objects.filter(username__in=passwords):
        set_password(by=person, person=person, password=passwords[person.username])
    put(made, kept)
    return passwords


# ------------------------------------------------------------------ Commitments


@dataclass(frozen=True)
class Promise:
    """How one commitment stands in the demo; `due` counts days from the day the demo is set up."""

    commitment: str
    owner: str
    person: Role | None
    due: int
    state: State


PROMISES = (
    Promise("A1", "knife-crime-panel", Role.MEMBER, -21, State.UNDER_WAY),
    Promise("A3", "aldermere-infirmary", Role.AGENCY_CONTACT, 45, State.UNDER_WAY),
    Promise("A4", "operations-group", Role.ANALYST, 30, State.UNDER_WAY),
    Promise("A5", "aldermere-constabulary", None, 14, State.NOT_STARTED),
    Promise("A6", "aldermere-city-council", None, -60, State.DONE),
    Promise("A10", "safer-aldermere-board", Role.CHAIR, 120, State.NOT_STARTED),
)


@transaction.atomic
def promises(home: Home) -> None:
    """Give some commitments an owner and a date, once, all together: the others wait for whoever tries the demo."""
    if CommitmentState.objects.exists():
        return
    plan = strategy(Profile.of(home))
    people = {person.role: person for person in User.objects.filter(username__in=[one.role for one in PEOPLE])}
    chair, today = people[Role.CHAIR], timezone.localdate()
    for one in PROMISES:
        id, owner = one.commitment, people[one.person] if one.person else None
        due = today + timedelta(days=one.due)
        give_owner(by=chair, strategy=plan, commitment=id, owner=one.owner, person=owner, seen=standing(id).version)
        set_due(by=chair, strategy=plan, commitment=id, due=due, seen=standing(id).version)
        change_state(by=chair, strategy=plan, commitment=id, state=one.state, seen=standing(id).version)
