"""Returns: what was handed in and what became of it; handing in a file or typing one; deciding about a checked one."""

import tempfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from redway.errors import FileRefused, NotAllowed, RedwayError
from redway.periods import in_words
from redway.sources.dataset import Context
from redway.sources.returned.look_ups import look_ups
from redway.store import sealed
from redway.store.home import Home
from redway.web.figures.numbers import page_number
from redway.web.permissions import allow
from redway.web.profile import profile
from redway.web.returns import due, presenter, results
from redway.web.returns.forms import AcknowledgeForm, ForWhom, ReasonForm, SendForm
from redway.web.returns.presenter import Offer
from redway.web.returns.sheet import FILE, Sheet, sheet
from redway.web.returns.typed_faults import checked
from redway.web.returns.typed_words import reader
from redway.web.uploads import as_named, check_files
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.audit.reading import record_read
from redway.work.returns import deliveries, policies
from redway.work.returns.models import Delivery
from redway.work.returns.quarantine import Sent
from redway.work.returns.report import DeliveryReport
from redway.work.returns.sendable import check_period, recent_periods
from redway.work.returns.states import CLOSED, QUEUED, WAITING, State, Way
from redway.work.returns.versions import everything

BOTH, POST = ("GET", "POST"), ("POST",)
JSON = "application/json"  # what the script asks for that shows how far an upload is
A_PAGE = 25


@allow(Permission.SEE_RETURNS)
def returns(request: HttpRequest) -> HttpResponse:
    """Every delivery that this person may see; those that wait for somebody come first."""
    visible = policies.visible(_person(request))
    waiting = visible.filter(state__in=WAITING)
    others = Paginator(visible.exclude(state__in=WAITING), A_PAGE)
    shown = others.get_page(page_number(request.GET.get("page", "")))
    now = profile()
    awaited = due.awaited(_person(request), now, timezone.localdate())
    context = {
        "answer": presenter.answer(due.answer(awaited), waiting.count(), visible.filter(state__in=QUEUED).count()),
        "awaited": awaited,
        "waiting": presenter.lines(waiting, now),
        "lines": presenter.lines(shown, now),
        "page": shown,
        "may_send": bool(presenter.offers(_person(request), now)),
        "own_only": presenter.own_only(_person(request)),
    }
    return render(request, "returns/returns.html", context)


# ------------------------------------------------------------------ Handing in


@allow(Permission.SEND_RETURNS)
def choose(request: HttpRequest) -> HttpResponse:
    """Which return?"""
    return render(request, "returns/choose.html", {"offers": presenter.offers(_person(request), profile())})


@allow(Permission.SEND_RETURNS, methods=BOTH)
def send(request: HttpRequest, dataset: str) -> HttpResponse:
    """Hand in files."""
    offer = _offer(request, dataset)
    if request.method == "GET" and (why := _let_in(offer)[1]):
        return render(request, "returns/closed.html", {"offer": offer, "why": why})
    given = _for_whom(request, offer)
    form = SendForm(request.POST or None, request.FILES or None, **given)
    if request.method == "POST" and form.is_valid():
        files = [Sent(as_named(file.name or ""), file.file) for file in form.cleaned_data["chosen"]]
        if made := _delivered(request, form, offer, files, Way.WEB):
            return _sent(request, made)
    if request.method == "POST" and request.headers.get("Accept") == JSON:
        return JsonResponse({"problems": [text for found in form.errors.values() for text in found]}, status=422)
    return render(request, "returns/send.html", {"form": form, "offer": offer, "most": settings.UPLOAD_LIMIT})


@allow(Permission.SEND_RETURNS, methods=BOTH)
def typed(request: HttpRequest, dataset: str) -> HttpResponse:
    """Type a small return."""
    offer = _offer(request, dataset)
    if not offer.definition.typed:
        raise Http404
    columns, why = _let_in(offer)
    if request.method == "GET" and why:
        return render(request, "returns/closed.html", {"offer": offer, "why": why})
    adding = "more" in request.POST
    given = _for_whom(request, offer)
    if adding:
        given["initial"] = {"agency": request.POST.get("agency", "")}
    form = ForWhom(None if adding else request.POST or None, **given)
    table = sheet(offer.definition, request.POST, look_ups(offer.definition, profile()), columns)
    if request.method == "POST" and not adding:
        table, made = _typed(request, form, offer, table, why)
        if made:
            return _sent(request, made)
    return render(request, "returns/typed.html", {"form": form, "offer": offer, "sheet": table})


def _typed(request: HttpRequest, form: ForWhom, offer: Offer, table: Sheet, why: str) -> tuple[Sheet, Delivery | None]:
    """What was typed, with what is wrong, row by row; and the delivery made where nothing is.

    why  nothing of this return may be taken in; empty where it may
    """
    form.is_valid()
    none = "" if table.filled else _("Type at least one row.")
    if why or table.beyond or none:
        form.add_error(None, why or (table.full if table.beyond else none))
        return table, None
    home = Home.current()
    try:
        known, place = everything(), profile().partnership
        written = reader(offer.definition, known, place)
        context = Context(home, place, known, form.whose, permitted=table.permitted)
        table = checked(table, offer.definition, context, written)
    except RedwayError as fault:
        form.add_error(None, str(fault))
    if form.errors or table.faults:
        return table, None
    return table, _delivered(request, form, offer, [Sent(FILE, BytesIO(table.as_csv(written)))], Way.TYPED)


def _let_in(offer: Offer) -> tuple[frozenset[str] | None, str]:
    """The columns of a return that may be taken in today (None: every one), and why nothing of it may be, to be said
    before anybody types; empty where some may.
    """
    try:
        return policies.let_in(offer.definition, timezone.localdate()), ""
    except NotAllowed as fault:
        return None, str(fault)


def _offer(request: HttpRequest, dataset: str) -> Offer:
    found = presenter.offer(_person(request), profile(), dataset)
    if found is None:
        raise Http404
    return found


def _for_whom(request: HttpRequest, offer: Offer) -> dict[str, Any]:
    """The choices of a form about this return, with what the address names filled in."""
    today = timezone.localdate()
    asked = request.GET.get("period", "")
    initial = {"agency": request.GET.get("agency", ""), "period": asked}
    return {"agencies": offer.agencies, "periods": _periods(offer, asked, today), "initial": initial}


def _periods(offer: Offer, asked: str, today: date) -> list[tuple[str, str]]:
    """The recent ones, and one asked for that lies before them or is not over."""
    recent = recent_periods(offer.definition, today)
    if not asked or asked in dict(recent):
        return recent
    try:
        check_period(asked, today, offer.definition)
    except RedwayError:
        return recent
    return [(asked, in_words(asked)), *recent]


def _delivered(request: HttpRequest, form: ForWhom, offer: Offer, files: list[Sent], way: Way) -> Delivery | None:
    """The delivery made; None with the form's error where it cannot be taken."""
    try:
        if way is Way.WEB:
            check_files(files, offer.definition.files)
        began = timezone.now()
        made = deliveries.deliver(
            files=files,
            dataset=offer.definition.name,
            agency=form.whose,
            period=form.cleaned_data["period"],
            way=way,
            by=_person(request),
        )
        if made.sent_at < began:
            messages.info(request, _("This was sent before and is not decided yet, so nothing new was made of it."))
        return made
    except FileRefused as fault:
        form.add_error("chosen" if "chosen" in form.fields else None, str(fault))
    except RedwayError as fault:
        form.add_error(None, str(fault))
    return None


def _sent(request: HttpRequest, made: Delivery) -> HttpResponse:
    """To its page; a script that showed progress is told the address."""
    if request.headers.get("Accept") == JSON:
        return JsonResponse({"address": reverse("return", args=[made.public_id])})
    return redirect("return", made.public_id)


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
    home = Home.current()
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
    # Unsealed into a folder that goes at once: the open file outlives its name.
    with tempfile.TemporaryDirectory(dir=home.incoming) as folder:
        sealed.unseal(home.quarantine / one.refused_rows, Path(folder) / "rows.csv", home)
        rows = (Path(folder) / "rows.csv").open("rb")
    name = f"refused-rows-{one.dataset}-{timezone.localtime(one.sent_at):%Y-%m-%d}.csv"
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
