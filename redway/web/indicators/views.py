"""One page for each indicator, and the index of them all."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from redway.errors import NotSetUp, RedwayError
from redway.indicators.definitions import Indicator
from redway.indicators.series import Area
from redway.web.figures.basis import Basis, basis
from redway.web.figures.citation import cite
from redway.web.figures.numbers import one_of
from redway.web.indicators import export, listing, presenter, waiting
from redway.web.permissions import allow
from redway.work.accounts.roles import Permission


@allow(Permission.SEE_PARTNERSHIP)
def index(request: HttpRequest) -> HttpResponse:
    """Every indicator, by the part of the strategy it belongs to and by whether it can be computed."""
    rests_on = basis()
    context = {"page": listing.page(rests_on), "cited": cite(rests_on)}
    return render(request, "indicators/index.html", context)


@allow(Permission.SEE_PARTNERSHIP)
def indicator(request: HttpRequest, slug: str) -> HttpResponse:
    """One indicator, of the partnership or (?area=CODE) of one area."""
    rests_on = basis()
    one = _indicator(rests_on, slug)
    if not one.computable:
        context = {"page": waiting.awaiting(rests_on, one), "cited": cite(rests_on, datasets=(), indicators=[one])}
        return render(request, "indicators/awaiting.html", context)
    area = _area(rests_on, request.GET.get("area", ""))
    order = one_of(request.GET.get("order", ""), presenter.ORDERS)
    if area is None:
        context = {"page": waiting.no_data(rests_on, one), "cited": cite(rests_on, indicators=[one])}
        return render(request, "indicators/no_data.html", context)
    context = {
        "page": presenter.page(rests_on, one, area, order, opened="order" in request.GET),
        "cited": cite(rests_on, indicators=[one], method=presenter.METHODS),
    }
    return render(request, "indicators/indicator.html", context)


@allow(Permission.SEE_PARTNERSHIP)
def csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The rows behind an indicator page: ?by=month|quarter|rolling-12, ?area=CODE, or ?level=area for every area."""
    rests_on = basis()
    one = _indicator(rests_on, slug)
    by = one_of(request.GET.get("by", ""), export.PERIODS)
    level = one_of(request.GET.get("level", ""), ("partnership", "area"))
    area = _area(rests_on, request.GET.get("area", ""))
    if not one.computable or area is None:
        raise Http404
    answer = HttpResponse(export.document(rests_on, one, area, by, level), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{export.file_name(one, area, by, level)}"'
    return answer


def _indicator(rests_on: Basis, slug: str) -> Indicator:
    if slug not in rests_on.indicators:
        raise Http404
    return rests_on.indicators[slug]


def _area(rests_on: Basis, code: str) -> Area | None:
    """The area a query names, the partnership when it names none; None where no data have come; else 404."""
    try:
        places = rests_on.places
    except NotSetUp:
        return None
    if not rests_on.has_crime:
        return None
    try:
        return places.find(code) if code else places.partnership
    except RedwayError as unknown:
        raise Http404 from unknown
