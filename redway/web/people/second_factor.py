"""The second factor: asked for after the password, set up and changed on one's own pages."""

from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import clear_totp_secret
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway.web.factor import mark_passed, passed, required
from redway.web.people.codes import OwnPassword, SetUpApp, SignInCode
from redway.web.people.first_page import first_page
from redway.web.permissions import public, signed_in
from redway.work.accounts import second_factor as actions
from redway.work.accounts.models import User

WAITING = "waiting-for-code"
PATIENCE = timedelta(minutes=10)  # between the password and the code


# ------------------------------------------------------------------ Signing in


def wait_for_code(request: HttpRequest, person: Any, *, leads_to: str) -> HttpResponse:
    """The password was right: remember whose it was, and ask for the code. Nobody is signed in yet."""
    request.session.cycle_key()
    request.session[WAITING] = {
        "person": person.pk,
        "backend": person.backend,
        "password": person.get_session_auth_hash(),
        "since": timezone.now().isoformat(),
        "leads_to": leads_to,
    }
    return redirect("sign-in-code")


def _waiting(request: HttpRequest) -> User | None:
    """Who gave their password and not yet their code; None for nobody, too late, or since changed."""
    kept = request.session.get(WAITING)
    if not kept or timezone.now() - datetime.fromisoformat(kept["since"]) > PATIENCE:
        return None
    person = User.objects.filter(pk=kept["person"], is_active=True).first()
    same = person is not None and constant_time_compare(person.get_session_auth_hash(), kept["password"])
    return person if same else None


@public(methods=("GET", "POST"))
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The code after the password. Too many wrong ones, and it waits, whatever comes."""
    person = _waiting(request)
    if person is None:
        request.session.pop(WAITING, None)
        return redirect("sign-in")
    form = SignInCode(request.POST or None, user=person)
    if form.is_valid():
        return _let_in(request, person, form)
    if form.has_error("code", "incorrect_code"):
        actions.note_wrong_code(person=person)
    return render(request, "people/sign-in-code.html", {"form": form})


def _let_in(request: HttpRequest, person: User, form: SignInCode) -> HttpResponse:
    kept = request.session.pop(WAITING)
    form.authenticator.record_usage()
    login(request, person, backend=kept["backend"])
    mark_passed(request)
    if form.authenticator.type == actions.Kind.RECOVERY_CODES:
        actions.note_recovery_code(person=person)
        left = actions.codes_left(person)
        told = ngettext(
            "You used a recovery code. %(left)s is left.", "You used a recovery code. %(left)s are left.", left
        )
        messages.info(request, told % {"left": left})
    return redirect(kept["leads_to"] or first_page(person))


# ------------------------------------------------------------------ One's own


@signed_in(methods=("GET", "POST"))
def second_factor(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app, or put another in its place; then show the recovery codes, once."""
    person = _owner(request)
    if isinstance(person, HttpResponse):
        return person
    form = SetUpApp(request.POST or None, user=person)
    if form.is_valid():
        key = request.session.session_key
        codes = actions.set_up_app(person=person, secret=form.secret, session=key)
        clear_totp_secret(request)
        return _with_codes(request, person, codes)
    adapter = get_adapter()
    address = adapter.build_totp_url(person, form.secret)
    context = {
        "form": form,
        "picture": adapter.build_totp_svg(address).partition("?>")[2],
        "address": address,
        "secret": " ".join(form.secret[at : at + 4] for at in range(0, len(form.secret), 4)),
        "required": required(),
        "has_one": actions.has_second_factor(person),
    }
    return render(request, "people/second-factor.html", context)


@signed_in(methods=("GET", "POST"))
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes in place of the old; shown once."""
    person = _owner(request)
    if isinstance(person, HttpResponse):
        return person
    if not actions.has_second_factor(person):
        return redirect("second-factor")
    form = OwnPassword(request.POST or None, user=person)
    if form.is_valid():
        codes = actions.renew_recovery_codes(person=person, session=request.session.session_key)
        return _with_codes(request, person, codes)
    return render(request, "people/new-recovery-codes.html", {"form": form, "left": actions.codes_left(person)})


def _owner(request: HttpRequest) -> User | HttpResponse:
    """Whoever may change what guards this account; else where to send them first.

    A one-time password comes first. A session that began before the account had a second factor may not change it.
    """
    assert isinstance(request.user, User)
    if request.user.must_change_password:
        return redirect("change-password")
    if actions.has_second_factor(request.user) and not passed(request):
        logout(request)
        return redirect("sign-in")
    return request.user


def _with_codes(request: HttpRequest, person: User, codes: list[str]) -> HttpResponse:
    """The codes, on this very answer; the session goes on under another key, and as one that has passed."""
    request.session.cycle_key()
    mark_passed(request)
    shown = [f"{code[:5]}-{code[5:]}" for code in codes]
    file = _("Recovery codes of %(name)s for Redway. Each works once.") % {"name": person.username}
    context = {"codes": shown, "file": "\r\n".join([file, "", *shown, ""]), "onwards": first_page(person)}
    return render(request, "people/recovery-codes.html", context)
