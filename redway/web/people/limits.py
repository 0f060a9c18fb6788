"""Sessions end: after a while without use, and after a day's work."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from redway.web.permissions import View
from redway.work.accounts.models import Session
from redway.work.accounts.sessions import LONGEST_DEVICE, Over, SessionStore, began, over, touch


class SessionLimits:
    """Ends a session that has lasted too long, and tells whoever comes back with it."""

    def __init__(self, get_response: View):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        store = request.session
        # Pages that nobody signed in for cost no question to the database.
        if store.session_key and request.user.is_authenticated:
            assert isinstance(store, SessionStore)
            if store.row is not None:
                self.hold(request, store.row)
        return self.get_response(request)

    def hold(self, request: HttpRequest, row: Session) -> None:
        why = over(row)
        if why is None:
            touch(row)
            return
        logout(request)
        messages.info(request, _reason(why))


def _reason(why: Over) -> str:
    if why is Over.IDLE:
        minutes = settings.SESSION_IDLE_AGE // 60
        told = ngettext(
            "You were signed out because nothing was done for %(n)s minute.",
            "You were signed out because nothing was done for %(n)s minutes.",
            minutes,
        )
        return told % {"n": minutes}
    hours = settings.SESSION_COOKIE_AGE // 3600
    told = ngettext(
        "You were signed out because you had been signed in for %(n)s hour.",
        "You were signed out because you had been signed in for %(n)s hours.",
        hours,
    )
    return told % {"n": hours}


@receiver(user_logged_in, dispatch_uid="redway-session-began")
def _begin(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    assert isinstance(request.session, SessionStore)
    began(request.session, person=user, device=request.META.get("HTTP_USER_AGENT", "")[:LONGEST_DEVICE])
