"""One page for each part of the strategy: what we know, what we have done, what we will do next."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from redway.findings import changes, control
from redway.web.as_at import asked
from redway.web.figures.basis import basis
from redway.web.figures.citation import cite
from redway.web.permissions import allow
from redway.web.priorities import presenter
from redway.work.accounts.roles import Permission
from redway.work.strategy.models import standings


@allow(Permission.SEE_PARTNERSHIP)
def index(request: HttpRequest) -> HttpResponse:
    """Every part, with one sentence on where it stands."""
    rests_on = basis(asked(request))
    context = {"page": presenter.index(rests_on, standings(), timezone.localdate()), "cited": cite(rests_on)}
    return render(request, "priorities/index.html", context)


@allow(Permission.SEE_PARTNERSHIP)
def priority(request: HttpRequest, slug: str) -> HttpResponse:
    """One part of the strategy."""
    rests_on = basis(asked(request))
    try:
        part = rests_on.strategy.part(slug)
    except KeyError:
        raise Http404 from None
    shown = presenter.page(rests_on, part, standings(), timezone.localdate())
    method = f"{control.METHOD}; {changes.METHOD}." if shown.multiples else ""
    cited = cite(rests_on, indicators=[m.indicator for m in shown.multiples], method=method)
    return render(request, "priorities/priority.html", {"page": shown, "cited": cited})
