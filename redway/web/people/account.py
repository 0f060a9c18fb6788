"""One's own account: what guards it, and where one is signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from redway.web.factor import required
from redway.web.permissions import signed_in
from redway.work.accounts.actions import sign_out_everywhere
from redway.work.accounts.second_factor import codes_left, factors
from redway.work.accounts.sessions import open_sessions

# How browsers and systems name themselves; the first that is there counts, since most also claim to be others.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrom": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS X": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


@dataclass(frozen=True)
class Place:
    """One session as it is shown."""

    device: str
    began_at: datetime
    seen_at: datetime
    here: bool


def device(said: str) -> str:
    """`Firefox on Windows`, from what a browser says of itself."""
    browser = next((name for mark, name in BROWSERS.items() if mark in said), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in said), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser that does not say what it is")


@signed_in()
def awake(request: HttpRequest) -> HttpResponse:
    """Where a page says that somebody types in it: being asked is what keeps a session from ending as unused."""
    return HttpResponse(status=204)


@signed_in()
def account(request: HttpRequest) -> HttpResponse:
    person: Any = request.user
    here = request.session.session_key
    places = [
        Place(device(row.device), row.began_at, row.seen_at, row.session_key == here) for row in open_sessions(person)
    ]
    context = {
        "places": places,
        "factors": factors(person),
        "codes_left": codes_left(person),
        "required": required(),
        "idle_minutes": settings.SESSION_IDLE_AGE // 60,
        "hours": settings.SESSION_COOKIE_AGE // 3600,
        "at_most": settings.SESSIONS_AT_MOST,
    }
    return render(request, "people/account.html", context)


@signed_in(methods=("POST",))
def everywhere(request: HttpRequest) -> HttpResponse:
    """End all of one's sessions, this one too."""
    person: Any = request.user
    sign_out_everywhere(person=person)
    logout(request)
    messages.success(request, _("You were signed out everywhere."))
    return redirect("sign-in")
