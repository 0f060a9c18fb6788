"""Deny by default: a view that declares neither a permission nor that it is public is an error.

@allow(Permission.SEE_PARTNERSHIP)
def home(request): ...
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse

from redway.work.accounts.roles import Permission

View = Callable[..., HttpResponse]
PUBLIC = "public"


def allow(permission: Permission) -> Callable[[View], View]:
    """Declare the permission a view needs."""

    def declare(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Declare that anyone may see a view: sign-in, accessibility statement and their like."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def declared(view: Any) -> Permission | str | None:
    """What a view declares; None when it declares nothing."""
    return getattr(view, "permission", None)


class DenyByDefault:
    """Holds every request to what its view declares. Who may not see a page is told 404, as if it were not there."""

    def __init__(self, get_response: View):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        needed = declared(view)
        if needed == PUBLIC:
            return None
        if needed is None:
            raise ImproperlyConfigured(f"{request.path}: its view declares no permission (see web/permissions.py)")
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.may(needed):
            raise Http404
        return None
