"""What is done to people's accounts. Each is one transaction with its audit row; none is ever deleted."""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from redway.errors import RedwayError, did_you_mean
from redway.work.accounts import policies
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.accounts.sessions import end_all
from redway.work.audit.actions import record

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are read one for another


def one_time_password() -> str:
    """Four groups of four letters, about 79 bits: easy to read out, hopeless to guess."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


@transaction.atomic
def add_person(
    *, by: User | str, username: str, role: str, full_name: str = "", agency: str = "", password: str = ""
) -> tuple[User, str]:
    """A new account; returns it with its password.

    Without a password given, a one-time password is made, which has to be changed at the first sign-in.
    Raises RedwayError for a name that is taken or unfit, or a role there is not.
    """
    if role not in set(Role):
        raise RedwayError(f"a role ({', '.join(Role)})", came=f"“{role}”", cause=did_you_mean(role, Role))
    person = User(username=username, role=role, full_name=full_name, agency=agency)
    person.must_change_password = not password
    password = password or one_time_password()
    person.set_password(password)
    try:
        person.full_clean()
    except ValidationError as fault:
        raise RedwayError(
            "a sign-in name that nobody has yet, of letters, digits and @ . + - _",
            came=f"“{username}” ({' '.join(fault.messages)})",
        ) from fault
    person.save()
    detail = {"name": full_name, "role": role, "agency": agency}
    record(by=by, action="add-person", subject=_subject(person), detail=detail)
    return person, password


@transaction.atomic
def change_role(*, by: User | str, person: User, role: str, agency: str = "") -> None:
    """Give a person another role, or another agency. The same again changes nothing.

    Raises RedwayError where the partnership would be left without an administrator.
    """
    if role not in set(Role):
        raise RedwayError(f"a role ({', '.join(Role)})", came=f"“{role}”", cause=did_you_mean(role, Role))
    person = _locked(person)
    before = {"role": person.role, "agency": person.agency}
    after = {"role": role, "agency": agency}
    if before == after:
        return
    if role != Role.ADMINISTRATOR:
        policies.check_can_lose_administrator(person)
    person.role, person.agency = role, agency
    person.save(update_fields=["role", "agency"])
    record(by=by, action="change-role", subject=_subject(person), detail={"before": before, "after": after})


@transaction.atomic
def deactivate(*, by: User | str, person: User) -> None:
    """End a person's access at once, sessions included. Again changes nothing.

    Raises RedwayError where the partnership would be left without an administrator.
    """
    person = _locked(person)
    if not person.is_active:
        return
    policies.check_can_lose_administrator(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    end_all(person)
    record(by=by, action="deactivate-person", subject=_subject(person))


@transaction.atomic
def reactivate(*, by: User | str, person: User) -> None:
    """Give a person their access back, with the role they had. Again changes nothing."""
    person = _locked(person)
    if person.is_active:
        return
    person.is_active = True
    person.save(update_fields=["is_active"])
    record(by=by, action="reactivate-person", subject=_subject(person))


@transaction.atomic
def set_password(*, by: User, person: User, password: str, session: str | None = None) -> None:
    """A person's own new password; it ends their sessions but the one whose key is given.

    Raises ValidationError for one that is too short or too common.
    """
    validate_password(password, person)
    person.set_password(password)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    end_all(person, but=session)
    record(by=by, action="set-password", subject=_subject(person))


@transaction.atomic
def give_one_time_password(*, by: User | str, person: User) -> str:
    """A password for somebody who has forgotten theirs, to be changed at the next sign-in; it ends their sessions."""
    person = _locked(person)
    password = one_time_password()
    person.set_password(password)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    end_all(person)
    record(by=by, action="give-one-time-password", subject=_subject(person))
    return password


def _locked(person: User) -> User:
    """The person as they are now, held until this transaction ends."""
    return User.objects.select_for_update().get(pk=person.pk)


def _subject(person: User) -> str:
    return f"person {person.username}"


@transaction.atomic
def sign_out_everywhere(*, person: User) -> None:
    """End all sessions of a person, at their own wish."""
    end_all(person)
    record(by=person, action="sign-out-everywhere", subject=_subject(person))
