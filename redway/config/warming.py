"""Asking for pages once, so that whoever comes first does not wait for cubes, findings and charts."""

from django.conf import settings
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import resolve, reverse

from redway import __version__
from redway.errors import RedwayError
from redway.indicators.definitions import load
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.accounts.models import User
from redway.work.returns.versions import snapshot
from redway.work.strategy.profile import strategy


def warm(home: Home, *, seen_by: User) -> int:
    """Ask for every page that rests on data, as this person sees it. Returns how many pages; 0 when all are warm.

    What they drew is kept under derived/ by what it rests on, so it serves everyone. Raises RedwayError for a
    page that cannot be shown.
    """
    mark = home.derived / "warmed"
    now = f"{snapshot().digest()} {__version__}"
    if mark.is_file() and mark.read_text("utf-8") == now:
        return 0
    pages = addresses(Profile.of(home))
    for page in pages:
        status = ask(page, seen_by)
        if status != 200:
            raise RedwayError(f"the page {page}", came=f"status {status}", cause="a fault in Redway. Please report it.")
    mark.write_text(now, "utf-8")
    return len(pages)


def addresses(profile: Profile) -> list[str]:
    """The pages that rest on data: home, the map, each part of the strategy, each indicator."""
    return [
        reverse("home"),
        reverse("map"),
        *(reverse("priority", args=[part.id]) for part in strategy(profile).parts),
        *(reverse("indicator", args=[id]) for id, one in load(profile).items() if one.computable),
    ]


def ask(page: str, user: User) -> int:
    """The status of a page, asked for in this process: no server, no session."""
    host = settings.ALLOWED_HOSTS[0].lstrip(".*") or "localhost"  # a citation has the address that was asked
    request: HttpRequest = RequestFactory(headers={"host": host}).get(page)
    request.user = user
    request.resolver_match = resolve(page)
    view, args, kwargs = request.resolver_match
    response = view(request, *args, **kwargs)
    return int(response.status_code)
