"""The register of gateways: the list, one of them, and the few things that can be done with it."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from redway.errors import NotAllowed
from redway.sources.dataset import Dataset, names
from redway.sources.dataset import dataset as definition_of
from redway.web.audit.sentences import sentence
from redway.web.gateways import presenter
from redway.web.gateways.forms import EndForm, NewForm, Seen, TermsForm, filled, proposed
from redway.web.people.views import agencies
from redway.web.permissions import allow
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.audit.models import AuditRow
from redway.work.gateways import actions, linking, policies
from redway.work.gateways.bodies import bodies
from redway.work.gateways.law import law
from redway.work.gateways.models import Gateway
from redway.work.gateways.policies import Register
from redway.work.gateways.purposes import ABOUT, NAMES, Purpose
from redway.work.gateways.states import State
from redway.work.gateways.terms import Terms
from redway.work.returns import retention

BOTH = ("GET", "POST")


@allow(Permission.SEE_GATEWAYS)
def register(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    lines = presenter.lines(today)
    context = {
        "answer": presenter.answer(lines),
        "warnings": presenter.warnings(today),
        "lines": lines,
        "without": presenter.without(lines),
        "past": presenter.past(len(retention.due(on=today))),
        "open_data": [d for d in map(definition_of, names()) if d.access == "open"],
    }
    return render(request, "gateways/register.html", context)


@allow(Permission.SEE_GATEWAYS)
def law_page(request: HttpRequest) -> HttpResponse:
    """The look-up of powers, bases and conditions, with what each cannot do."""
    return render(request, "gateways/law.html", {"law": law()})


@allow(Permission.SEE_GATEWAYS)
def together(request: HttpRequest) -> HttpResponse:
    """Which datasets may be put together, for which purpose, and why others may not."""
    return render(request, "gateways/together.html", presenter.together(linking.lines(timezone.localdate())))


@allow(Permission.SEE_GATEWAYS)
def gateway(request: HttpRequest, dataset: str, purpose: str) -> HttpResponse:
    """The gateway for a dataset and purpose: what is in force, the draft beside it, every version, what was done."""
    definition, wanted, versions = _find(dataset, purpose)
    today = timezone.localdate()
    register = Register(today, [g for g in versions if g.state in (State.IN_FORCE, State.ENDED)])
    now = register.latest(definition.name, wanted)
    draft = _draft(versions)
    rows = AuditRow.objects.filter(subject__in=[str(g) for g in versions]).order_by("-number")
    told = {str(g): _("Version %(version)s") % {"version": g.version} for g in versions}
    people = {u.username: u.get_full_name() for u in User.objects.filter(username__in=_acting(rows, versions))}
    context = _about(definition, wanted) | {
        "now": now,
        "standing": presenter.tag(now.standing(today)) if now else None,
        "closed": register.reading(definition.name, wanted).closed,
        "can_end": now is not None and not _refusal(lambda: policies.check_can_end(now, today)),
        "terms": presenter.terms(now, law(), agencies()) if now else [],
        "draft": draft,
        "draft_terms": presenter.terms(draft, law(), agencies()) if draft else [],
        "nobody": presenter.nobody(now) if now else "",
        "faults": policies.faults(draft.terms) if draft else [],
        "doubts": policies.doubts(draft.terms) if draft else [],
        "wrote": draft is not None and _person(request).username in draft.writers,
        "versions": [(g, presenter.tag(g.standing(today, replaced=_replaced(g, now)))) for g in reversed(versions)],
        "nature": presenter.nature_words(definition),
        "names": people,
        "history": [(row.at, people.get(row.actor, row.actor), told[row.subject], sentence(row)) for row in rows],
    }
    return render(request, "gateways/gateway.html", context)


def _acting(rows: Iterable[AuditRow], versions: Iterable[Gateway]) -> set[str]:
    """Sign-in names of everybody whom the page names."""
    return {row.actor for row in rows} | {
        name for g in versions for name in (g.drafted_by, g.put_in_force_by, g.ended_by) if name
    }


def _replaced(one: Gateway, now: Gateway | None) -> bool:
    return now is not None and one.version < now.version


@allow(Permission.SEE_GATEWAYS)
def version(request: HttpRequest, dataset: str, purpose: str, version: int) -> HttpResponse:
    """The words of one version, as they were when it was put in force."""
    definition, wanted, versions = _find(dataset, purpose)
    one = next((g for g in versions if g.version == version), None)
    if one is None:
        raise Http404
    context = _about(definition, wanted) | {"one": one, "terms": presenter.terms(one, law(), agencies())}
    return render(request, "gateways/version.html", context)


@allow(Permission.MANAGE_GATEWAYS, methods=BOTH)
def new(request: HttpRequest) -> HttpResponse:
    """Which data, and for what? Makes a draft with what the dataset proposes."""
    form = NewForm(request.POST or None, initial={"dataset": request.GET.get("dataset", "")})
    if form.is_valid():
        definition = definition_of(form.cleaned_data["dataset"])
        wanted: Purpose = form.cleaned_data["purpose"]
        senders = [name for id, name in agencies().items() if definition.name in _datasets(id)]
        if _try(form, lambda: actions.draft(by=_person(request), terms=proposed(definition, wanted, senders))):
            return redirect("gateway-draft", definition.name, wanted.value)
    return render(request, "gateways/new.html", {"form": form, "hints": ABOUT})


@allow(Permission.MANAGE_GATEWAYS, methods=("POST",))
def new_version(request: HttpRequest, dataset: str, purpose: str) -> HttpResponse:
    """A draft with the terms of the newest version: to amend or renew it."""
    definition, wanted, versions = _find(dataset, purpose)
    terms = versions[-1].terms.model_copy(update={"begins": None, "expires": None})
    try:
        actions.draft(by=_person(request), terms=terms)
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect("gateway", definition.name, wanted.value)
    return redirect("gateway-draft", definition.name, wanted.value)


@allow(Permission.MANAGE_GATEWAYS, methods=BOTH)
def draft(request: HttpRequest, dataset: str, purpose: str) -> HttpResponse:
    """The terms of the draft."""
    definition, wanted, versions = _find(dataset, purpose)
    now = _draft(versions)
    if now is None:
        return _no_draft(request, definition, wanted)
    form = TermsForm(
        request.POST or None, initial=filled(now, agencies()), definition=definition, law=law(), agencies=agencies()
    )
    if form.is_valid():
        terms: Terms = form.terms(now)
        seen = form.cleaned_data["seen"]
        if _try(form, lambda: actions.change_draft(by=_person(request), gateway=now, terms=terms, seen=seen)):
            messages.success(request, _("The draft was saved."))
            return redirect("gateway", definition.name, wanted.value)
    now.refresh_from_db()
    context = _about(definition, wanted) | {"form": form, "seen": now.edits, "version": now.version}
    return render(request, "gateways/draft.html", context)


@allow(Permission.MANAGE_GATEWAYS, methods=BOTH)
def put_in_force(request: HttpRequest, dataset: str, purpose: str) -> HttpResponse:
    """Check answers, then put in force."""
    definition, wanted, versions = _find(dataset, purpose)
    now = _draft(versions)
    if now is None:
        return _no_draft(request, definition, wanted)
    form = Seen(request.POST or None)
    if form.is_valid():
        seen = form.cleaned_data["seen"]
        if _try(form, lambda: actions.put_in_force(by=_person(request), gateway=now, seen=seen)):
            messages.success(request, _("The gateway was put in force."))
            return redirect("gateway", definition.name, wanted.value)
    now.refresh_from_db()
    context = _about(definition, wanted) | {
        "form": form,
        "now": now,
        "terms": presenter.terms(now, law(), agencies()),
        "doubts": policies.doubts(now.terms),
        "refusal": _refusal(lambda: policies.check_can_be_put_in_force(now, _person(request).username)),
    }
    return render(request, "gateways/put-in-force.html", context)


@allow(Permission.MANAGE_GATEWAYS, methods=BOTH)
def discard(request: HttpRequest, dataset: str, purpose: str) -> HttpResponse:
    """Put the draft aside?"""
    definition, wanted, versions = _find(dataset, purpose)
    now = _draft(versions)
    if now is None:
        return _no_draft(request, definition, wanted)
    if request.method == "POST":
        actions.discard(by=_person(request), gateway=now)
        messages.success(request, _("The draft was discarded. It stays in the register’s history."))
        return redirect("gateway", definition.name, wanted.value)
    return render(request, "gateways/discard.html", _about(definition, wanted) | {"now": now})


@allow(Permission.MANAGE_GATEWAYS, methods=BOTH)
def end(request: HttpRequest, dataset: str, purpose: str) -> HttpResponse:
    """End it early: reads stop at once."""
    definition, wanted, _versions = _find(dataset, purpose)
    now = Register(timezone.localdate()).latest(definition.name, wanted)
    if now is None:
        raise Http404
    form = EndForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if _try(form, lambda: actions.end(by=_person(request), gateway=now, reason=reason)):
            messages.success(request, _("The gateway was ended. Its data can no longer be read for this purpose."))
            return redirect("gateway", definition.name, wanted.value)
    return render(request, "gateways/end.html", _about(definition, wanted) | {"form": form, "now": now})


def _find(dataset: str, purpose: str) -> tuple[Dataset, Purpose, list[Gateway]]:
    """What an address names, with every version there is, oldest first; 404 where there is none."""
    if purpose not in set(Purpose) or dataset not in names():
        raise Http404
    versions = list(Gateway.objects.filter(dataset=dataset, purpose=purpose).order_by("version"))
    if not versions:
        raise Http404
    return definition_of(dataset), Purpose(purpose), versions


def _draft(versions: list[Gateway]) -> Gateway | None:
    return next((g for g in versions if g.state == State.DRAFT), None)


def _no_draft(request: HttpRequest, definition: Dataset, purpose: Purpose) -> HttpResponse:
    """To its page, which says how it stands: somebody put the draft in force or discarded it meanwhile."""
    messages.warning(request, _("There is no draft any more. Nothing was changed."))
    return redirect("gateway", definition.name, purpose.value)


def _about(definition: Dataset, purpose: Purpose) -> dict[str, Any]:
    return {
        "definition": definition,
        "purpose": purpose,
        "purpose_words": NAMES[purpose],
        "about_purpose": ABOUT[purpose],
        "title": _("%(title)s for %(purpose)s") % {"title": definition.title, "purpose": str(NAMES[purpose]).lower()},
    }


def _refusal(rule: Callable[[], None]) -> str:
    """Why a rule refuses; empty when it does not."""
    try:
        rule()
    except NotAllowed as refused:
        return str(refused)
    return ""


def _try(form: forms.Form, do: Callable[[], Any]) -> bool:
    """Whether it was done; what the state of things refuses becomes the form's error."""
    try:
        do()
    except NotAllowed as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _datasets(agency: str) -> tuple[str, ...]:
    return next((body.datasets for body in bodies() if body.id == agency), ())


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
