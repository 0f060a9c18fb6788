"""Where there is more than its own past would lead us to expect: the map, its table, its files."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from redway.errors import NotSetUp
from redway.indicators.definitions import Indicator
from redway.web.addresses import again
from redway.web.as_at import asked
from redway.web.figures.basis import Basis, basis
from redway.web.figures.changes import ORDERS, area_changes
from redway.web.figures.citation import cite
from redway.web.figures.numbers import one_of
from redway.web.map import presenter
from redway.web.permissions import allow
from redway.work.accounts.roles import Permission


@allow(Permission.SEE_PARTNERSHIP)
def map_page(request: HttpRequest) -> HttpResponse:
    """The page: a still map, a table that can do all that the map can, and a map that moves where it can."""
    rests_on = basis(asked(request))
    chosen = _indicator(rests_on, request.GET.get("type", ""))
    order = one_of(request.GET.get("order", ""), ORDERS)
    if not _ready(rests_on):
        context = {"page": presenter.nothing(rests_on), "cited": cite(rests_on)}
        return render(request, "map/nothing.html", context)
    context = {
        "page": presenter.page(rests_on, chosen, order),
        "cited": cite(
            rests_on, datasets=("police-street", "lsoa-boundaries"), indicators=[chosen], method=presenter.METHOD
        ),
    }
    return render(request, "map/map.html", context)


@allow(Permission.SEE_PARTNERSHIP)
def areas(request: HttpRequest) -> HttpResponse:
    """The areas of the map as GeoJSON, each with its shade and its words."""
    rests_on = basis(asked(request))
    chosen = _indicator(rests_on, request.GET.get("type", ""))
    if not _ready(rests_on):
        raise Http404
    return JsonResponse(presenter.geojson(rests_on, chosen), content_type="application/geo+json")


@allow(Permission.SEE_PARTNERSHIP)
def csv(request: HttpRequest) -> HttpResponse:
    """The table of the map as CSV."""
    rests_on = basis(asked(request))
    chosen = _indicator(rests_on, request.GET.get("type", ""))
    if not _ready(rests_on):
        raise Http404
    text = presenter.as_csv(rests_on, area_changes(rests_on, chosen), again(request, rests_on.snapshot.number))
    answer = HttpResponse(text, content_type="text/csv")
    answer["Content-Disposition"] = f'attachment; filename="{chosen.id}-areas{rests_on.suffix}.csv"'
    return answer


def _ready(rests_on: Basis) -> bool:
    """Whether areas and crime are both there."""
    try:
        return bool(rests_on.places.areas) and rests_on.has_crime
    except NotSetUp:
        return False


def _indicator(rests_on: Basis, given: str) -> Indicator:
    """The indicator a query names: one of those that can be computed, else 404."""
    computable = presenter.choices(rests_on)
    chosen = one_of(given, tuple(computable))
    return computable[chosen]
