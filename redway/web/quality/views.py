"""How complete and how punctual each agency's returns are, on a page that its data lead can act on."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from redway.web.figures.rows import counts_for
from redway.web.permissions import allow
from redway.web.profile import profile
from redway.web.quality import presenter
from redway.web.quality.presenter import Reader
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission, Role


@allow(Permission.SEE_QUALITY)
def agencies(request: HttpRequest) -> HttpResponse:
    """Every agency that sends returns; an agency contact goes to their own."""
    person = _person(request)
    if person.role == Role.AGENCY_CONTACT:
        if not person.agency:
            raise Http404
        return redirect("quality-agency", person.agency)
    found = presenter.agencies(profile(), timezone.localdate(), person=person)
    return render(request, "quality/agencies.html", {"agencies": found, "answer": presenter.answer(found)})


@allow(Permission.SEE_QUALITY)
def agency(request: HttpRequest, agency: str) -> HttpResponse:
    """One agency: how each of its returns stands."""
    person = _person(request)
    if person.role == Role.AGENCY_CONTACT and person.agency != agency:
        raise Http404
    counts = counts_for(person, agency)
    found = presenter.agency(profile(), agency, timezone.localdate(), reader=Reader(person, counts))
    if found is None:
        raise Http404
    context = {
        "agency": found,
        "own_only": person.role == Role.AGENCY_CONTACT,
        "rounded": counts.note,
        "may_manage_people": person.may(Permission.MANAGE_PEOPLE),
    }
    return render(request, "quality/agency.html", context)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
