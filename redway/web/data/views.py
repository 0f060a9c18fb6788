"""What has arrived, from whom, how clean it was, and what is still missing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from redway.web.as_at import asked
from redway.web.data import presenter
from redway.web.figures.basis import basis
from redway.web.figures.citation import cite
from redway.web.figures.numbers import page_number
from redway.web.permissions import allow
from redway.work.accounts.roles import Permission, Role


@allow(Permission.SEE_RETURNS)
def data(request: HttpRequest) -> HttpResponse:
    """The data page."""
    rests_on = basis(asked(request))
    page = page_number(request.GET.get("page", ""))
    today = timezone.localdate()
    person: Any = request.user
    only = person.agency if person.role == Role.AGENCY_CONTACT else None
    context = {
        "page": presenter.page(
            rests_on, only=only, today=today, page=page, figures=person.may(Permission.SEE_PARTNERSHIP)
        ),
        "cited": cite(rests_on),
    }
    return render(request, "data/data.html", context)
