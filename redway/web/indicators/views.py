"""One page for each indicator, and the index of them all."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from redway.errors import RedwayError
from redway.indicators.definitions import Indicator
from redway.indicators.series import Area
from redway.web.addresses import again
from redway.web.as_at import asked
from redway.web.figures.basis import Basis, basis
from redway.web.figures.citation import cite
from redway.web.figures.numbers import one_of
from redway.web.indicators import beside, choosing, export, listing, measuring, presenter, waiting
from redway.web.permissions import allow
from redway.work.accounts.roles import Permission


@allow(Permission.SEE_PARTNERSHIP)
def index(request: HttpRequest) -> HttpResponse:
    """Every indicator, by the part of the strategy it belongs to and by whether it can be computed."""
    rests_on = basis(asked(request))
    context = {"page": listing.page(rests_on), "cited": cite(rests_on)}
    return render(request, "indicators/index.html", context)


@allow(Permission.SEE_PARTNERSHIP)
def indicator(request: HttpRequest, slug: str) -> HttpResponse:
    """One indicator, of the partnership or (?area=CODE) of one area; a measure where months are not to be had."""
    rests_on = basis(asked(request))
    rests_on, one = choosing.chosen(rests_on, request, _indicator(rests_on, slug))
    choose = choosing.choices(rests_on, request, one)
    if rests_on.follows(one):
        return _followed(request, rests_on, one, choose)
    if rests_on.measures(one):
        context = {
            "page": measuring.page(rests_on, one, choosing.query(request)),
            "choose": choose,
            "cited": cite(rests_on, datasets=one.datasets, indicators=[one], method=measuring.METHODS),
        }
        return render(request, "indicators/measure.html", context)
    if one.open:
        context = {"page": waiting.no_data(rests_on, one), "cited": cite(rests_on, indicators=[one])}
        return render(request, "indicators/no_data.html", context)
    context = {"page": waiting.awaiting(rests_on, one), "cited": cite(rests_on, datasets=(), indicators=[one])}
    return render(request, "indicators/awaiting.html", context)


def _followed(request: HttpRequest, rests_on: Basis, one: Indicator, choose: choosing.Choices) -> HttpResponse:
    """The page of an indicator whose months have come."""
    area = _area(rests_on, one, request.GET.get("area", ""))
    order = one_of(request.GET.get("order", ""), presenter.ORDERS)
    context = {
        "page": presenter.page(rests_on, one, area, order, opened="order" in request.GET),
        "choose": choose,
        "cited": cite(rests_on, datasets=one.datasets[:1], indicators=[one], method=presenter.METHODS),
    }
    return render(request, "indicators/indicator.html", context)


@allow(Permission.SEE_PARTNERSHIP)
def csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The rows behind an indicator page: ?by=month|quarter|rolling-12, ?area=CODE, or ?level=area for every area;
    ?table=beside for what stands beside its months out of another dataset.
    """
    rests_on = basis(asked(request))
    rests_on, one = choosing.chosen(rests_on, request, _indicator(rests_on, slug))
    by = one_of(request.GET.get("by", ""), export.PERIODS)
    level = one_of(request.GET.get("level", ""), ("partnership", "area"))
    if "table" in request.GET:
        if one_of(request.GET["table"], (beside.TABLE,)) and not (rests_on.follows(one) and rests_on.measures(one)):
            raise Http404
        text, name = measuring.document(rests_on, one, _again(request, rests_on)), f"{one.id}-{beside.TABLE}"
    elif rests_on.follows(one):
        area = _area(rests_on, one, request.GET.get("area", ""))
        if level == "area" and not rests_on.areas_of(one):
            raise Http404
        name = export.file_name(one, area, by, level)
        text = export.document(rests_on, one, area, by, level, _again(request, rests_on))
    elif rests_on.measures(one):
        text, name = measuring.document(rests_on, one, _again(request, rests_on)), one.id
    else:
        raise Http404
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}{rests_on.suffix}.csv"'
    return answer


def _again(request: HttpRequest, rests_on: Basis) -> str:
    return again(request, rests_on.snapshot.number)


def _indicator(rests_on: Basis, slug: str) -> Indicator:
    if slug not in rests_on.indicators:
        raise Http404
    return rests_on.indicators[slug]


def _area(rests_on: Basis, one: Indicator, code: str) -> Area:
    """The area a query names, the partnership when it names none; else 404."""
    places = rests_on.places
    try:
        area = places.find(code) if code else places.partnership
    except RedwayError as unknown:
        raise Http404 from unknown
    if area.level == "area" and not rests_on.areas_of(one):
        raise Http404
    return area
