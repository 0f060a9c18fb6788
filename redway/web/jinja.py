"""The Jinja environment every page is drawn with, and what every page is told."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext, npgettext, pgettext
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader, PrefixLoader, pass_context
from jinja2.runtime import Context
from jinja2.utils import missing

from redway.errors import RedwayError, plain
from redway.store.profile import Partnership
from redway.web.addresses import address, again, today
from redway.web.as_at import asked
from redway.web.factor import held_back
from redway.web.profile import profile
from redway.work.accounts.roles import Permission
from redway.work.returns.destruction import unmade
from redway.work.returns.models import DataVersion

AWAKE_EVERY = 180  # seconds: how often, at most, a page that somebody types in says so


class Missing(ChainableUndefined):
    """GOV.UK's macros ask for options that nobody gave, and get nothing; a variable nobody set is a mistake."""

    def __str__(self) -> str:
        if self._undefined_obj is missing:
            self._fail_with_undefined_error()
        return ""

    __html__ = __str__


def environment(**options: Any) -> Environment:
    """Built once for a process by Django; templates are compiled once and kept."""
    components = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    options["loader"] = ChoiceLoader([options["loader"], components])
    options.update(undefined=Missing, trim_blocks=True, lstrip_blocks=True, cache_size=-1)
    made = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], **options)  # noqa: S701 - Django says autoescape
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    made.globals.update(url=url_of, static=static)
    made.filters.update(number=number, date=day, moment=moment, plain=written)
    return made


def url(name: str, *args: Any, **query: Any) -> str:
    """The address of a page by its name: `url("priority", "knife-crime", after="2025-01")`."""
    return address(name, *args, **query)


@pass_context
def url_of(context: Context, name: str, *args: Any, as_at: int | None = None, **query: Any) -> str:
    """The same in a template: a page of figures at a data version, without one at that of the page with the link."""
    request = context.get("request")
    shown = asked(request) if request else None
    return address(name, *args, as_at=as_at or (shown.number if shown else None), **query)


def number(value: float, decimals: int = 0) -> str:
    """`12,481`; a minus sign, not a hyphen."""
    return f"{value:,.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def day(value: date | datetime | None) -> str:
    """`3 November 2025`, in Europe/London; nothing for no date."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return date_format(value, "j F Y") if value else ""


def moment(value: datetime | None) -> str:
    """`3 November 2025, 14:05`, in Europe/London; nothing for no moment."""
    return date_format(timezone.localtime(value), "j F Y, H:i") if value else ""


def written(text: str) -> str:
    """What somebody wrote in a box, in one line; marks that would turn the words after it stand written out."""
    return " ".join(plain(word) for word in text.split())


@dataclass(frozen=True)
class Room:
    """One place of the navigation, for those who may see it."""

    name: str
    title: Any
    permission: Permission


ROOMS = (
    Room("home", gettext_lazy("Home"), Permission.SEE_PARTNERSHIP),
    Room("priorities", gettext_lazy("Priorities"), Permission.SEE_PARTNERSHIP),
    Room("indicators", gettext_lazy("Indicators"), Permission.SEE_PARTNERSHIP),
    Room("map", gettext_lazy("Map"), Permission.SEE_PARTNERSHIP),
    Room("commitments", gettext_lazy("Commitments"), Permission.SEE_PARTNERSHIP),
    Room("returns", gettext_lazy("Returns"), Permission.SEE_RETURNS),
    Room("quality", gettext_lazy("Quality"), Permission.SEE_QUALITY),
    Room("data", gettext_lazy("Data"), Permission.SEE_RETURNS),
    Room("releases", gettext_lazy("Releases"), Permission.APPROVE_RELEASES),
    Room("gateways", gettext_lazy("Gateways"), Permission.SEE_GATEWAYS),
    Room("people", gettext_lazy("People"), Permission.MANAGE_PEOPLE),
    Room("audit", gettext_lazy("Audit"), Permission.SEE_AUDIT),
)


def rooms(user: Any) -> list[Room]:
    """The places a person may see, in the order of the navigation."""
    return [room for room in ROOMS if user.is_authenticated and user.may(room.permission)]


def partnership() -> Partnership | None:
    """Whose pages these are; None before set-up, and while the profile cannot be read: people can still sign in,
    and pages that need it say what is wrong with it."""
    try:
        return profile().partnership
    except RedwayError:
        return None


def every_page(request: HttpRequest) -> dict[str, Any]:
    """What base.html needs. Anonymous pages cost no query."""
    # A request for a host that is not ours is refused before anybody is looked up.
    user: Any = getattr(request, "user", AnonymousUser())
    known = user.is_authenticated
    shown = known and not held_back(request)
    older = asked(request) if shown else None
    newest = DataVersion.objects.order_by("-number").values("number", "made_at") if shown and not older else None
    return {
        "partnership": partnership(),
        "navigation": [_link(request, room) for room in rooms(user)] if shown else [],
        "may": user.may if known else lambda permission: False,
        "marking": "OFFICIAL" if known else "",
        "data_version": newest.first() if newest is not None else older,
        "as_at": older,
        "todays": today(request) if older else "",
        "unmade": unmade([older.number]).get(older.number, "") if older else "",
        "again": partial(again, request),
        "language": get_language() or "en-gb",
        "awake_every": min(AWAKE_EVERY, settings.SESSION_IDLE_AGE // 3),
    }


def _link(request: HttpRequest, room: Room) -> dict[str, Any]:
    """One item of GOV.UK's service navigation; below a page its own item stays marked."""
    shown = asked(request)
    href = address(room.name, as_at=shown.number if shown else None)
    here = request.path == href
    below = room.name != "home" and request.path.startswith(href)
    return {"href": href, "text": str(room.title), "current": here, "active": below and not here}
