"""Deny by default: a view that declares neither a permission nor that it is public is an error.

    @allow(Permission.SEE_PARTNERSHIP)
    def home(request): ...

    @allow(Permission.CHANGE_COMMITMENTS, methods=("GET", "POST"))
    def give_owner(request, id): ...

A view that says nothing of methods takes GET (and HEAD) alone. A start-up check and a test walk every address.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from redway.web.factor import held_back
from redway.work.accounts.roles import Permission

View = Callable[..., HttpResponse]
PUBLIC = "public"  # anyone
SIGNED_IN = "signed in"  # anyone who signed in, whatever their role
TOKEN = "token"  # noqa: S105 # a program with a token of an agency: web/api asks for it, and no cookie counts
READ = ("GET",)


def _declare(needed: Permission | str, methods: Sequence[str]) -> Callable[[View], View]:
    def declare(view: View) -> View:
        view.permission = needed  # type: ignore[attr-defined]
        view.methods = frozenset(methods) | ({"HEAD"} if "GET" in methods else set())  # type: ignore[attr-defined]
        return view

    return declare


def allow(
    permission: Permission, *, methods: Sequence[str] = READ, otherwise: Callable[[Any], str] | None = None
) -> Callable[[View], View]:
    """Declare the permission a view needs, and the HTTP methods it takes.

    otherwise  gives the address for a person who may not see it, where that is better than a 404: of the first page
    """

    def declare(view: View) -> View:
        view.otherwise = otherwise  # type: ignore[attr-defined]
        return _declare(permission, methods)(view)

    return declare


def public(view: View | None = None, *, methods: Sequence[str] = READ) -> Any:
    """Declare that anyone may see a view: sign-in, accessibility statement and their like."""
    declare = _declare(PUBLIC, methods)
    return declare(view) if view else declare


def signed_in(*, methods: Sequence[str] = READ) -> Callable[[View], View]:
    """Declare that a view is for everyone who signed in: their own password, signing out."""
    return _declare(SIGNED_IN, methods)


def by_token(view: View, *, methods: Sequence[str] = ("GET", "POST")) -> View:
    """Declare that a view is the API's, which asks for a token itself."""
    return _declare(TOKEN, methods)(view)


def declared(view: Any) -> Any:
    """What a view declares: a Permission, PUBLIC, SIGNED_IN or TOKEN; None when it declares nothing."""
    return getattr(view, "permission", None)


def _to_sign_in(request: HttpRequest, view: Any) -> HttpResponse:
    """Where who is not signed in does that, and goes on from there. Who sent a form is told that it went nowhere."""
    sends = request.method not in ("GET", "HEAD")
    if sends:
        messages.info(request, _("You were not signed in any more, so nothing was sent. Sign in, and send it again."))
    # An address that only takes forms is no page to come back to.
    return redirect_to_login("/" if sends and "GET" not in view.methods else request.get_full_path())


class DenyByDefault:
    """Holds every request to what its view declares.

    Who has not signed in is sent to do so; who may not see a page is told 404, as if it were not there (at the
    address of the first page they are sent to their own); who has
    a one-time password has to change it before anything else, and who needs a second factor has to show it. No
    browser or proxy keeps what only some may see: after signing out, the Back button shows nothing.
    """

    def __init__(self, get_response: View):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "for_some_only", True):
            patch_cache_control(response, private=True, no_store=True)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        needed = declared(view)
        if needed is None:
            raise ImproperlyConfigured(f"{request.path}: its view declares no permission (see web/permissions.py)")
        request.for_some_only = needed != PUBLIC  # type: ignore[attr-defined]
        if needed == TOKEN:
            return None
        if needed != PUBLIC and not request.user.is_authenticated:
            return _to_sign_in(request, view)
        if needed not in (PUBLIC, SIGNED_IN):
            person: Any = request.user
            if not person.may(needed):
                if otherwise := getattr(view, "otherwise", None):
                    return redirect(otherwise(person))
                raise Http404
            if person.must_change_password:
                return redirect("change-password")
            if held_back(request):
                return redirect("second-factor")
        if request.method not in view.methods:
            return HttpResponseNotAllowed(sorted(view.methods))
        return None


def addresses(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address there is: its route as written in the urls files, and its pattern."""
    for entry in get_resolver(settings.ROOT_URLCONF).url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, route)
        else:
            yield route, entry


@register()
def every_view_declares(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The server does not start with a view that says nothing of who may see it."""
    return [
        Error(
            f"/{route}: its view declares no permission",
            hint="Put @allow(Permission...), @signed_in() or @public above it: see redway/web/permissions.py.",
            id="redway.E001",
        )
        for route, pattern in addresses()
        if declared(pattern.callback) is None
    ]
