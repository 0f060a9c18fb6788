"""The first page after signing in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from redway.findings import changes, control
from redway.web.as_at import asked
from redway.web.figures.basis import basis
from redway.web.figures.citation import cite
from redway.web.home import presenter
from redway.web.people.first_page import first_page
from redway.web.permissions import allow
from redway.work.accounts.roles import Permission
from redway.work.strategy.models import standings


@allow(Permission.SEE_PARTNERSHIP, otherwise=first_page)
def home(request: HttpRequest) -> HttpResponse:
    """What changed, what is late, what nobody owns; what arrived comes first for whoever keeps the data."""
    rests_on, person = basis(asked(request)), _person(request)
    page = presenter.page(rests_on, person=person, standings=standings(), today=timezone.localdate())
    shown = {rests_on.indicators[name].id: rests_on.indicators[name] for name in page.indicators}
    method = f"{changes.METHOD}; {control.METHOD}." if shown else ""
    context = {"page": page, "cited": cite(rests_on, indicators=shown.values(), method=method)}
    return render(request, "home/home.html", context)


def _person(request: HttpRequest) -> Any:
    return request.user
