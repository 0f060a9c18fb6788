"""The second factor: codes of an app, and recovery codes. What they are and how they are checked is django-allauth's;
here is what is done to them, each with its audit row, ending the person's other sessions.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from redway.errors import NotAllowed
from redway.work.accounts.models import User
from redway.work.accounts.sessions import end_all
from redway.work.audit.actions import record

Kind = Authenticator.Type


def factors(person: User) -> QuerySet[Any]:
    """What a person can show besides their password; recovery codes stand in for it, never alone, and are left out."""
    found: QuerySet[Any] = Authenticator.objects.filter(user=person, type=Kind.TOTP)
    return found


def has_second_factor(person: User) -> bool:
    """Whether a person is asked for more than their password."""
    return factors(person).exists()


def codes_left(person: User) -> int:
    """How many recovery codes a person has not used."""
    kept = Authenticator.objects.filter(user=person, type=Kind.RECOVERY_CODES).first()
    return len(kept.wrap().get_unused_codes()) if kept else 0


@transaction.atomic
def set_up_app(*, person: User, secret: str, session: str | None) -> list[str]:
    """Take an authenticator app as the person's, in place of one they had; new recovery codes, to be shown once.

    secret   what the app and Redway share; the person has just shown a code of it
    session  the key of the session that goes on
    """
    _hold(person)
    replaced, _kinds = Authenticator.objects.filter(user=person, type=Kind.TOTP).delete()
    TOTP.activate(person, secret)
    codes = _new_codes(person)
    end_all(person, but=session)
    detail = {"replaced": bool(replaced)}
    record(by=person, action="set-up-second-factor", subject=_subject(person), detail=detail)
    return codes


@transaction.atomic
def renew_recovery_codes(*, person: User, session: str | None) -> list[str]:
    """New recovery codes in place of the old; raises NotAllowed for somebody without a second factor."""
    _hold(person)
    if not has_second_factor(person):
        raise NotAllowed(_("Recovery codes come with a second factor. Set one up first."))
    codes = _new_codes(person)
    end_all(person, but=session)
    record(by=person, action="renew-recovery-codes", subject=_subject(person))
    return codes


@transaction.atomic
def reset_second_factor(*, by: User | str, person: User) -> bool:
    """Take away all a person has besides their password, and end their sessions: for a lost telephone.

    Whether there was anything. They set up another at the next sign-in, where one is needed.
    """
    _hold(person)
    removed, _kinds = Authenticator.objects.filter(user=person).delete()
    if not removed:
        return False
    end_all(person)
    record(by=by, action="reset-second-factor", subject=_subject(person))
    return True


@transaction.atomic
def note_recovery_code(*, person: User) -> None:
    """Write down that a recovery code was used to sign in."""
    record(by=person, action="use-recovery-code", subject=_subject(person), detail={"left": codes_left(person)})


@transaction.atomic
def note_wrong_code(*, person: User) -> None:
    """Write down that somebody who gave a person's password gave a wrong code after it."""
    record(by="sign-in", action="wrong-second-factor", subject=_subject(person))


def _new_codes(person: User) -> list[str]:
    Authenticator.objects.filter(user=person, type=Kind.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(person).generate_codes()
    return codes


def _hold(person: User) -> None:
    """Hold the person until this transaction ends, so that two of these cannot mix."""
    User.objects.select_for_update().get(pk=person.pk)


def _subject(person: User) -> str:
    return f"person {person.username}"
