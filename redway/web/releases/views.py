"""Tables before they leave: what would be released, asking for it, and the second person's word."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redway.errors import NotAllowed, RedwayError
from redway.indicators.tables import Definition, tables
from redway.periods import in_words
from redway.web.faults import in_sentences
from redway.web.permissions import allow
from redway.web.profile import profile
from redway.web.releases import presenter
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.audit.reading import record_small_counts
from redway.work.releases import actions
from redway.work.releases.models import TableEdition
from redway.work.releases.states import State

BOTH, POST = ("GET", "POST"), ("POST",)
LONG = 2000


class ReasonForm(forms.Form):
    """Why an edition is put aside."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONG,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Say why")},
    )


@allow(Permission.APPROVE_RELEASES)
def releases(request: HttpRequest) -> HttpResponse:
    """Every table that may be released."""
    lines = presenter.lines(profile())
    return render(request, "releases/releases.html", {"lines": lines, "answer": presenter.answer(lines)})


@allow(Permission.APPROVE_RELEASES)
def table(request: HttpRequest, table: str) -> HttpResponse:
    """What would leave, what is hidden and why, what it does not protect from, and the editions before."""
    definition = _table(table)
    page = presenter.page(profile(), definition, request.GET.get("period", ""))
    if page is None:
        raise Http404
    prepared, person = page.prepared, _person(request)
    may_see = prepared is not None and prepared.counted.suppressed and person.may(Permission.SEE_SMALL_COUNTS)
    exact = may_see and request.GET.get("exact") == "yes"
    context: dict[str, Any] = {
        "page": page,
        "may_see": may_see,
        "exact": exact,
        "editions": [(one, presenter.tag(one)) for one in page.editions],
        "State": State,
        "mine": page.proposal is not None and page.proposal.asked_by == person.username,
        "names": _names(page.editions),
    }
    if prepared is not None:
        if exact:
            what = f"table {definition.id} for {page.period}"
            record_small_counts(by=person, dataset=prepared.counted.dataset.name, what=what, purpose="publication")
        context |= {
            "prepared": prepared,
            "counted": presenter.counted(prepared.counted),
            "drawn": presenter.tables_of(prepared, exact=exact),
            "loss": presenter.loss(prepared),
            "notes": presenter.notes(prepared),
            "caveats": presenter.caveats(prepared),
            "beside": presenter.beside(prepared),
            "newer": page.proposal and prepared.newer,
            "unchanged": page.proposal is None and prepared.unchanged,
        }
    return render(request, "releases/table.html", context)


@allow(Permission.RELEASE_TABLES, methods=POST)
def ask(request: HttpRequest, table: str) -> HttpResponse:
    """Ask a second person; of open data, release."""
    definition = _table(table)
    period, seen = request.POST.get("period", ""), request.POST.get("seen", "")

    def do() -> None:
        made = actions.ask(by=_person(request), profile=profile(), table=definition.id, period=period, seen=seen)
        if made.state == State.RELEASED:
            messages.success(request, _("Released. Anybody can see it now."))
        else:
            messages.success(request, _("Asked for. Another person has to look at it and agree."))

    return _done(request, definition.id, period, do)


@allow(Permission.APPROVE_RELEASES, methods=POST)
def approve(request: HttpRequest, id: UUID) -> HttpResponse:
    """Release it, as the second person."""
    one = _find(id)

    def do() -> None:
        if request.POST.get("seen", "") != one.shown:
            raise NotAllowed(_("Another edition was proposed while you looked. Look at it as it is now."))
        actions.approve(by=_person(request), profile=profile(), edition=one)
        messages.success(request, _("Released. Anybody can see it now."))

    return _done(request, one.table, one.period, do)


@allow(Permission.APPROVE_RELEASES, methods=BOTH)
def decline(request: HttpRequest, id: UUID) -> HttpResponse:
    """Do not release it, with a reason."""
    return _why(request, _find(id), State.DECLINED, actions.decline)


@allow(Permission.APPROVE_RELEASES, methods=BOTH)
def withdraw(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take it away, with a reason that anybody may read."""
    return _why(request, _find(id), State.WITHDRAWN, actions.withdraw)


def _why(request: HttpRequest, one: TableEdition, after: State, action: Callable[..., TableEdition]) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            action(by=_person(request), edition=one, reason=form.cleaned_data["reason"])
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            withdrawn = after is State.WITHDRAWN
            messages.success(request, _("Withdrawn.") if withdrawn else _("It will not be released."))
            return redirect(_address(one.table, one.period))
    context = {"form": form, "one": one, "period": in_words(one.period), "withdrawing": after is State.WITHDRAWN}
    return render(request, "releases/why.html", context)


def _done(request: HttpRequest, table: str, period: str, do: Callable[[], None]) -> HttpResponse:
    """Do it, or say why not, and show how the table stands."""
    try:
        do()
    except RedwayError as refused:
        messages.error(request, in_sentences(refused))
    return redirect(_address(table, period))


def _address(table: str, period: str) -> str:
    return reverse("release-table", args=[table], query={"period": period} if period else None)


def _table(id: str) -> Definition:
    found = tables(profile())
    if id not in found:
        raise Http404
    return found[id]


def _find(id: UUID) -> TableEdition:
    one = TableEdition.objects.filter(public_id=id).first()
    if one is None:
        raise Http404
    return one


def _names(editions: tuple[TableEdition, ...]) -> dict[str, str]:
    """Sign-in names -> full names of everybody who had to do with these."""
    wanted = {name for one in editions for name in (one.asked_by, one.decided_by, one.withdrawn_by)}
    return {user.username: user.get_full_name() for user in User.objects.filter(username__in=wanted)}


def _person(request: HttpRequest) -> User:
    person: Any = request.user
    return person
