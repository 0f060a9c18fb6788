"""Handing a return in: which one, as files, or typed on a page, where what is not ready yet can be kept for later."""

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from redway.errors import FileRefused, NotAllowed, RedwayError
from redway.periods import in_words
from redway.sources.dataset import Context
from redway.sources.returned.look_ups import look_ups
from redway.store.home import Home
from redway.web.permissions import allow
from redway.web.profile import profile
from redway.web.returns import presenter
from redway.web.returns.forms import ForWhom, SendForm
from redway.web.returns.presenter import BegunBefore, Offer
from redway.web.returns.sheet import FILE, Sheet, sheet
from redway.web.returns.typed_faults import checked
from redway.web.returns.typed_words import reader
from redway.web.uploads import as_named, check_files
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.returns import deliveries, drafts, policies
from redway.work.returns.models import Delivery
from redway.work.returns.quarantine import Sent
from redway.work.returns.sendable import check_period, recent_periods
from redway.work.returns.states import Way
from redway.work.returns.versions import everything

BOTH = ("GET", "POST")
JSON = "application/json"  # what a script asks for: that shows how far an upload is, or keeps what is typed


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
    """Type a small return. What was begun before is offered, and what is not ready yet can be kept."""
    offer = _offer(request, dataset)
    if not offer.definition.typed:
        raise Http404
    columns, why = _let_in(offer)
    if request.method == "GET" and why:
        return render(request, "returns/closed.html", {"offer": offer, "why": why})
    if "again" in request.POST:
        drafts.drop(person=_person(request), dataset=dataset, id=_id(request.POST["again"]), home=Home.current())
        return redirect("return-type", dataset)
    given, id, begun = _begun(request, offer)
    unready = {"more", "later"} & {*request.POST}
    chosen = _for_whom(request, offer)
    if unready or "draft" in request.GET:
        chosen["initial"] |= {"agency": given.get("agency", "")}
    form = ForWhom(None if unready else request.POST or None, **chosen)
    table = sheet(offer.definition, given, look_ups(offer.definition, profile()), columns)
    if "later" in request.POST:
        return _kept(request, offer, table, id, why, form)
    if request.method == "POST" and not unready:
        table, made = _typed(request, form, offer, table, why)
        if made:
            drafts.drop(person=_person(request), dataset=dataset, id=id, home=Home.current())
            return _sent(request, made)
    return _page(request, offer, table, form, id, begun)


def _begun(request: HttpRequest, offer: Offer) -> tuple[Mapping[str, Any], UUID, list[BegunBefore]]:
    """What stands on the page: as it was sent, or as it was kept where the address names a draft; the ID it is kept
    under; and the drafts to offer on a page on which nothing is typed yet. 404 for a draft that is not this person's.
    """
    if request.method == "POST":
        return request.POST, _id(request.POST.get("draft", "")), []
    home = Home.current()
    begun = presenter.begun_before(drafts.begun(_person(request), home, offer.definition.name), offer, home)
    if "draft" not in request.GET:
        return {}, uuid4(), begun
    for one in begun:
        if str(one.draft.id) == request.GET["draft"]:
            return one.given, one.draft.id, []
    raise Http404


def _page(
    request: HttpRequest, offer: Offer, table: Sheet, form: ForWhom, id: UUID, begun: Sequence[BegunBefore] = ()
) -> HttpResponse:
    """The page to type on."""
    context = {"form": form, "offer": offer, "sheet": table, "draft": id, "kept_days": drafts.KEPT_DAYS}
    return render(request, "returns/typed.html", context | {"begun": begun})


def _kept(request: HttpRequest, offer: Offer, table: Sheet, id: UUID, why: str, form: ForWhom) -> HttpResponse:
    """Keep what was typed for its writer, and say so; a script is told in JSON. Nothing is kept of what no gateway
    lets in.
    """
    person, home = _person(request), Home.current()
    named = request.POST.get("agency", "")
    agency = named if named in offer.agencies else ""
    refusal = why or (table.full if table.beyond else "")
    said = ""
    try:
        if table.filled and not refusal:
            one = drafts.keep(
                person=person, dataset=offer.definition.name, id=id, agency=agency, rows=table.rows, home=home
            )
            said = presenter.kept_words(one)
        elif not refusal:
            refusal = _("Nothing is typed yet, so there is nothing to keep.")
    except RedwayError as fault:
        refusal = str(fault)
    if request.headers.get("Accept") == JSON:
        return JsonResponse({"said": said, "problem": refusal}, status=200 if said else 422)
    if refusal:
        messages.error(request, refusal)
        return _page(request, offer, table, form, id)
    messages.success(request, said)
    return redirect("return-type", offer.definition.name)


def _id(given: str) -> UUID:
    """The ID of a draft as a form sent it; a new one where it sent none that could be."""
    try:
        return UUID(given)
    except ValueError:
        return uuid4()


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


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
