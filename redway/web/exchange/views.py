"""The statutory quarterly exchange: what each agency has supplied for a quarter, as a page and as CSV."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from redway.web.exchange import presenter
from redway.web.figures.basis import basis
from redway.web.figures.citation import cite
from redway.web.permissions import allow
from redway.web.profile import profile
from redway.work.accounts.roles import Permission
from redway.work.returns import exchange as statutory


@allow(Permission.SEE_RETURNS)
def exchange(request: HttpRequest) -> HttpResponse:
    """Who has supplied which item for a quarter."""
    today = timezone.localdate()
    quarter = _quarter(request, today)
    person: Any = request.user
    context = {
        "page": presenter.page(profile(), quarter, person=person, today=today),
        "cited": cite(basis(), datasets=()),
    }
    return render(request, "exchange/exchange.html", context)


@allow(Permission.SEE_RETURNS)
def exchange_csv(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    today = timezone.localdate()
    quarter = _quarter(request, today)
    response = HttpResponse(presenter.document(basis(), quarter, today=today), content_type="text/csv; charset=utf-8")
    name = f"statutory-exchange-{quarter.replace('/', '-')}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _quarter(request: HttpRequest, today: date) -> str:
    """The quarter that the address names; where it names none, the newest of which something is expected or came. 404
    for any other text.
    """
    asked = request.GET.get("quarter", "")
    if not asked:
        return statutory.newest_asked(profile(), today=today)
    if asked not in statutory.quarters(today):
        raise Http404
    return asked
