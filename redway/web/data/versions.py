"""The data versions: each with what came and the figures as they stood, and two of them beside each other."""

from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from redway.errors import RedwayError
from redway.store.home import Home
from redway.store.profile import Profile
from redway.web.addresses import NUMBER
from redway.web.as_at import Busy, a_turn, come_again, find, none_such
from redway.web.data import comparing
from redway.web.data.presenter import versions_page
from redway.web.faults import in_sentences, of_the_version
from redway.web.figures.numbers import page_number
from redway.web.permissions import allow
from redway.web.profile import profile
from redway.web.site.views import fault
from redway.work.accounts.roles import Permission
from redway.work.returns.comparing import Comparison, compare
from redway.work.returns.models import DataVersion
from redway.work.returns.versions import rests_on


@allow(Permission.SEE_PARTNERSHIP)
def listed(request: HttpRequest) -> HttpResponse:
    """Every data version, newest first, and a form that compares two."""
    table, shown = versions_page(page_number(request.GET.get("page", "")))
    newest = DataVersion.objects.order_by("-number").values_list("number", flat=True).first() or 0
    return render(request, "data/versions.html", {"table": table, "page": shown, "newest": newest})


@allow(Permission.SEE_PARTNERSHIP)
def compared(request: HttpRequest) -> HttpResponse:
    """What came between two data versions, and which figures differ: ?from=3&to=5, in whichever order."""
    given = [request.GET.get(name, "").strip() for name in ("from", "to")]
    if not any(given):
        return redirect("versions")
    if not all(NUMBER.fullmatch(one) for one in given):
        return none_such(request)
    first, second = (find(number) for number in sorted(map(int, given)))
    if first is None or second is None:
        return none_such(request)
    try:
        with a_turn():
            found = _compared(Home.current().root, profile(), first.number, second.number, rests_on())
    except Busy:
        return come_again(request)
    except RedwayError as misfit:
        if not of_the_version(misfit):
            raise
        return _not_compared(request, misfit)
    context = {"page": comparing.page(found), "first": first, "second": second}
    return render(request, "data/compare.html", context)


def _not_compared(request: HttpRequest, misfit: RedwayError) -> HttpResponse:
    """The page in place of two versions of which today's profile does not fit the data of one."""
    sentences = [
        _(
            "Figures of both are worked out of their data by today’s definitions, and the data of one of them do not "
            "have what those ask for."
        ),
        in_sentences(misfit),
        _("Nothing is lost: the data of both are kept as they were, and today’s figures are as they should be."),
    ]
    return fault(request, HTTPStatus.CONFLICT, _("These two versions cannot be set side by side"), sentences)


@lru_cache(maxsize=8)
def _compared(root: Path, profile: Profile, first: int, second: int, _readable: Any) -> Comparison:
    return compare(first, second, profile)
