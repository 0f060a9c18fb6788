"""Commitments: the list, one of them, and the three questions that can be answered about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from redway.errors import NotAllowed
from redway.products import csv
from redway.web.audit.sentences import sentence
from redway.web.commitments import presenter
from redway.web.commitments.forms import DueForm, Filters, OwnerForm, Seen, StateForm
from redway.web.commitments.presenter import Line
from redway.web.permissions import allow
from redway.web.profile import profile
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.audit.models import AuditRow
from redway.work.strategy import actions, policies
from redway.work.strategy.models import standing
from redway.work.strategy.profile import Commitment, Strategy, strategy

BOTH = ("GET", "POST")


@allow(Permission.SEE_PARTNERSHIP)
def commitments(request: HttpRequest) -> HttpResponse:
    promised = strategy(profile())
    today = timezone.localdate()
    everything = presenter.lines(promised, today)
    filters = Filters(request.GET, strategy=promised)
    chosen = _chosen(everything, filters)
    context = {
        "answer": presenter.answer(promised, today),
        "sections": presenter.sections(chosen),
        "shown": len(chosen),
        "whole": len(everything),
        "filters": filters,
        "query": request.GET.urlencode(),
    }
    return render(request, "commitments/commitments.html", context)


@allow(Permission.SEE_PARTNERSHIP)
def export(request: HttpRequest) -> HttpResponse:
    """The list as CSV, narrowed down as on the page."""
    promised = strategy(profile())
    chosen = _chosen(presenter.lines(promised, timezone.localdate()), Filters(request.GET, strategy=promised))
    about = {
        "marking": "OFFICIAL",
        "title": f"Commitments of {promised.title}",
        "as on": timezone.localtime().strftime("%Y-%m-%d %H:%M"),
    }
    text = csv.document(presenter.COLUMNS, presenter.rows(promised, chosen), about)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="commitments.csv"'
    return response


def _chosen(everything: list[Line], filters: Filters) -> list[Line]:
    """The lines that pass the filters; a filter that names nothing known is ignored."""
    filters.is_valid()
    given = filters.cleaned_data

    def passes(one: Line) -> bool:
        owners = (one.now.owner,) if one.now.owner else one.published.owners
        return (
            given.get("part") in ("", None, one.part.id)
            and given.get("state") in ("", None, one.now.state)
            and given.get("standing") in ("", None, one.section)
            and (not given.get("owner") or given["owner"] in owners)
        )

    return [one for one in everything if passes(one)]


@allow(Permission.SEE_PARTNERSHIP)
def commitment(request: HttpRequest, id: str) -> HttpResponse:
    promised, published = _find(id)
    one = presenter.line(promised, published, timezone.localdate())
    rows = AuditRow.objects.filter(subject=str(one.now)).order_by("-number")
    names = {u.pk: u.get_full_name() for u in User.objects.filter(pk__in=[r.actor_id for r in rows])}
    context = {
        "one": one,
        "published_owner": presenter.published_owner(published),
        "forums": [promised.names[g] for g in published.forum],
        "programmes": [p for p in promised.programmes if p.id in published.programmes],
        "history": [(row.at, names.get(row.actor_id or 0, row.actor), sentence(row)) for row in rows],
        "closed": policies.refusal(lambda: policies.check_open(one.now)),
    }
    return render(request, "commitments/commitment.html", context)


@allow(Permission.CHANGE_COMMITMENTS, methods=BOTH)
def owner(request: HttpRequest, id: str) -> HttpResponse:
    """Who has it?"""
    promised, published = _find(id)
    now = standing(id)
    initial = {"owner": now.owner, "person": now.owner_person_id or "", "seen": now.version}
    form = OwnerForm(request.POST or None, initial=initial, strategy=promised)

    def save(given: dict[str, Any]) -> bool:
        return actions.give_owner(by=_person(request), strategy=promised, commitment=id, **given)

    return _ask(request, published, form, save, "commitments/owner.html", _("The owner of %(id)s was saved."))


@allow(Permission.CHANGE_COMMITMENTS, methods=BOTH)
def due(request: HttpRequest, id: str) -> HttpResponse:
    """By when?"""
    promised, published = _find(id)
    now = standing(id)
    form = DueForm(request.POST or None, initial={"due": now.due, "seen": now.version})

    def save(given: dict[str, Any]) -> bool:
        return actions.set_due(by=_person(request), strategy=promised, commitment=id, **given)

    return _ask(request, published, form, save, "commitments/date.html", _("The date of %(id)s was saved."))


@allow(Permission.CHANGE_COMMITMENTS, methods=BOTH)
def state(request: HttpRequest, id: str) -> HttpResponse:
    """How does it stand?"""
    promised, published = _find(id)
    now = standing(id)
    form = StateForm(request.POST or None, initial={"seen": now.version}, now=now)

    def save(given: dict[str, Any]) -> bool:
        return actions.change_state(by=_person(request), strategy=promised, commitment=id, **given)

    return _ask(request, published, form, save, "commitments/state.html", _("How %(id)s stands was saved."))


def _ask(
    request: HttpRequest,
    published: Commitment,
    form: Seen,
    save: Callable[[dict[str, Any]], bool],
    template: str,
    saved: str,
) -> HttpResponse:
    """Show one question, or take its answer; what the state of things refuses becomes the form's error."""
    if form.is_valid():
        try:
            changed = save(form.cleaned_data)
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, saved % {"id": published.id} if changed else _("Nothing was changed."))
            return redirect("commitment", published.id)
    one = presenter.line(strategy(profile()), published, timezone.localdate())
    # Shown with the version there is now: whoever has read what changed may answer again.
    return render(request, template, {"form": form, "one": one, "seen": one.now.version})


def _find(id: str) -> tuple[Strategy, Commitment]:
    promised = strategy(profile())
    try:
        return promised, promised.commitment(id)
    except KeyError:
        raise Http404 from None


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
