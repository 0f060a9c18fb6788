"""Whether a second factor is asked for, and whether whoever asks for a page has shown one."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from redway.errors import RedwayError
from redway.web.profile import profile
from redway.work.gateways.models import Gateway
from redway.work.gateways.states import State

PASSED = "second-factor"  # what a session remembers of it


def required() -> bool:
    """Whether nobody sees anything but their own account before they have shown a second factor.

    So it is once a gateway was put in force, and stays: from then on the home can hold data about people, and may
    hold them after the gateway has ended. A fictional partnership has none; REDWAY_MFA=required asks for it there
    too, and from the first day elsewhere. Nothing switches it off for a real partnership.
    """
    if settings.MFA_REQUIRED:
        return True
    try:
        fictional = profile().partnership.fictional
    except RedwayError:  # before set-up, or a profile that cannot be read: what the home holds is not known
        fictional = False
    return not fictional and Gateway.objects.filter(state__in=[State.IN_FORCE, State.ENDED]).exists()


def passed(request: HttpRequest) -> bool:
    """Whether this session has shown a second factor. What asks without a session, as warming does, has not."""
    session = getattr(request, "session", None)
    return session is not None and session.get(PASSED) is True


def mark_passed(request: HttpRequest) -> None:
    """This session has just shown one."""
    request.session[PASSED] = True


def held_back(request: HttpRequest) -> bool:
    """Whether somebody who signed in has to show a second factor before they see any page but their account's.

    Asked once a page: the answer is kept with the request.
    """
    if not hasattr(request, "is_held_back"):
        person: Any = request.user
        held = person.is_authenticated and not passed(request) and required()
        request.is_held_back = held  # type: ignore[attr-defined]
    return bool(request.is_held_back)  # type: ignore[attr-defined]
