"""Returns: what was handed in and what became of it; handing in a file or typing one; deciding about a checked one."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from redway.errors import NotAllowed
from redway.store.home import Home
from redway.web.figures.numbers import page_number
from redway.web.permissions import allow
from redway.web.profile import profile
from redway.web.returns import due, presenter, results
from redway.web.returns.forms import AcknowledgeForm, ReasonForm
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.audit.reading import record_read
from redway.work.returns import deliveries, drafts, policies, quarantine
from redway.work.returns.models import Delivery
from redway.work.returns.report import DeliveryReport
from redway.work.returns.states import CLOSED, QUEUED, WAITING, State

BOTH, POST = ("GET", "POST"), ("POST",)
JSON = "application/json"  # what the script asks for that shows how far an upload is
A_PAGE = 25


@allow(Permission.SEE_RETURNS)
def returns(request: HttpRequest) -> HttpResponse:
    """Every delivery that this person may see; those that wait for them come first, then those for others."""
    visible = policies.visible(_person(request))
    waiting = visible.filter(state__in=WAITING)
    mine = policies.waits_for(_person(request))
    elsewhere = waiting.exclude(pk__in=[one.pk for one in mine])
    others = Paginator(visible.exclude(state__in=WAITING), A_PAGE)
    shown = others.get_page(page_number(request.GET.get("page", "")))
    now = profile()
    offered = presenter.offers(_person(request), now)
    awaited = due.awaited(_person(request), now, timezone.localdate())
    context = {
        "answer": presenter.answer(
            due.answer(awaited),
            mine=len(mine),
            others=elsewhere.count(),
            checking=visible.filter(state__in=QUEUED).count(),
        ),
        "awaited": awaited,
        "mine": presenter.lines(mine, now),
        "elsewhere": presenter.lines(elsewhere, now),
        "lines": presenter.lines(shown, now),
        "page": shown,
        "may_send": bool(offered),
        "unsent": presenter.unsent(drafts.begun(_person(request), Home.current()), offered),
        "own_only": presenter.own_only(_person(request)),
    }
    return render(request, "returns/returns.html", context)


# ------------------------------------------------------------------ One delivery


@allow(Permission.SEE_RETURNS)
def result(request: HttpRequest, id: UUID) -> HttpResponse:
    """What became of it, and what can be done now."""
    return _result(request, _find(request, id))


@allow(Permission.SEE_RETURNS)
def state(request: HttpRequest, id: UUID) -> HttpResponse:
    """How it stands, for the script that looks again while it is being checked."""
    one = _find(request, id)
    return JsonResponse({"state": one.state, "busy": one.state in QUEUED})


@allow(Permission.SEND_RETURNS)
def refused_rows(request: HttpRequest, id: UUID) -> Any:
    """The list of refused rows, for the agency that sent them alone; each download is written down."""
    one = _find(request, id)
    if not one.refused_rows or not policies.may_read_refused_rows(_person(request), one):
        raise Http404
    report = DeliveryReport.of_json(one.report)
    record_read(
        by=_person(request),
        dataset=one.dataset,
        what=f"refused rows of {one}",
        purpose="mending a return",
        rows=report.rows_refused,
    )
    name = f"refused-rows-{one.dataset}-{timezone.localtime(one.sent_at):%Y-%m-%d}.csv"
    rows = quarantine.refused_rows(one, Home.current())
    return FileResponse(rows, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


@allow(Permission.SEND_RETURNS, methods=POST)
def acknowledge(request: HttpRequest, id: UUID) -> HttpResponse:
    """Every warning was read."""
    one = _find(request, id)
    if not policies.may_send_for(_person(request), one.agency):
        raise Http404
    form = AcknowledgeForm(request.POST, warnings=DeliveryReport.of_json(one.report).warnings)
    if not form.is_valid():
        return _result(request, one, acknowledging=form)
    if _accepted_since(request, one):
        return redirect("return", one.public_id)
    note = form.cleaned_data["note"]
    return _done(
        request,
        one,
        lambda: deliveries.acknowledge(delivery=one, warnings=form.keys, by=_person(request), note=note),
    )


@allow(Permission.ACCEPT_RETURNS, methods=POST)
def accept(request: HttpRequest, id: UUID) -> HttpResponse:
    """As the second person."""
    one = _find(request, id)
    if _accepted_since(request, one):
        return redirect("return", one.public_id)
    return _done(request, one, lambda: deliveries.accept(delivery=one, by=_person(request)))


@allow(Permission.ACCEPT_RETURNS, methods=BOTH)
def refuse(request: HttpRequest, id: UUID) -> HttpResponse:
    """As the second person, with a reason."""
    one = _find(request, id)
    return _ask_why(
        request, one, "refuse", lambda reason: deliveries.refuse(delivery=one, reason=reason, by=_person(request))
    )


@allow(Permission.ACCEPT_RETURNS, methods=BOTH)
def withdraw(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take out of use what was accepted, with a reason."""
    one = _find(request, id)
    return _ask_why(
        request, one, "withdraw", lambda reason: deliveries.withdraw(delivery=one, reason=reason, by=_person(request))
    )


@allow(Permission.SEND_RETURNS, methods=POST)
def discard(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take back what is not accepted yet."""
    one = _find(request, id)
    if not policies.may_send_for(_person(request), one.agency):
        raise Http404
    return _done(request, one, lambda: deliveries.discard(delivery=one, by=_person(request)))


def _result(request: HttpRequest, one: Delivery, acknowledging: AcknowledgeForm | None = None) -> HttpResponse:
    shown = results.result(one, _person(request), profile())
    if one.agency and (cells := results.cells_shown(shown)):
        record_read(
            by=_person(request),
            dataset=one.dataset,
            what=f"first refused cells of {one}",
            purpose="mending a return",
            rows=cells,
        )
    context = {
        "result": shown,
        "acknowledging": acknowledging or AcknowledgeForm(warnings=shown.report.warnings),
        "busy": one.state in QUEUED,
        "closed": CLOSED,
        "State": State,
    }
    return render(request, "returns/result.html", context)


def _accepted_since(request: HttpRequest, one: Delivery) -> bool:
    """Whether another copy was accepted since this person opened the page they decide on, which they are told then."""
    since = one.state in WAITING and "seen" in request.POST and request.POST["seen"] != results.seen(one)
    if since:
        told = _(
            "Another copy of this return was accepted since you opened the page. What is said here of what it replaces "
            "is of before. If you go on, it is checked once more against that copy."
        )
        messages.warning(request, told)
    return since


def _ask_why(request: HttpRequest, one: Delivery, what: str, save: Callable[[str], Delivery]) -> HttpResponse:
    """The page that asks for a reason, or its answer."""
    if what not in results.actions(one, _person(request)) and request.method == "GET":
        return redirect("return", one.public_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            save(form.cleaned_data["reason"])
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("return", one.public_id)
    context = {"form": form, "what": what, "result": results.result(one, _person(request), profile())}
    return render(request, "returns/why.html", context)


def _done(request: HttpRequest, one: Delivery, act: Callable[[], Delivery]) -> HttpResponse:
    """Do it; what the state of things refuses is said on the delivery's page."""
    try:
        act()
    except NotAllowed as refused:
        messages.warning(request, str(refused))
    return redirect("return", one.public_id)


def _find(request: HttpRequest, id: UUID) -> Delivery:
    """A delivery this person may see; any other is as if it were not there."""
    found = policies.visible(_person(request)).filter(public_id=id).first()
    if found is None:
        raise Http404
    return found


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
