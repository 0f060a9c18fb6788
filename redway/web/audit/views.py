"""The audit, for the administrator."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from redway.errors import NotSetUp
from redway.web.audit.sentences import ACTIONS, sentence
from redway.web.audit.subjects import names_of, subjects
from redway.web.choices import Choice
from redway.web.figures.rows import RowCounts
from redway.web.permissions import allow
from redway.web.profile import profile
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.audit.chain import head, verify
from redway.work.audit.models import AuditRow
from redway.work.returns.senders import Sender, senders

A_PAGE = 50


class Filters(forms.Form):
    """Narrow the list down; an empty field narrows nothing."""

    action = Choice(label=_("What was done"), required=False)
    who = forms.CharField(label=_("By whom"), required=False)
    subject = forms.CharField(label=_("To what"), required=False)

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = self.fields["action"]
        assert isinstance(choices, Choice)
        choices.choices = [("", _("Anything")), *ACTIONS.items()]


@dataclass(frozen=True)
class Line:
    """One row as it is shown."""

    number: int
    at: datetime
    who: str
    subject: str  # in words
    written: str  # as the audit has it, and as it is looked for
    sentence: str


@allow(Permission.SEE_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    filters = Filters(request.GET)
    rows = AuditRow.objects.order_by("-number")
    if filters.is_valid():
        given = filters.cleaned_data
        if given["action"]:
            rows = rows.filter(action=given["action"])
        if given["who"]:
            rows = rows.filter(actor__icontains=given["who"])
        if given["subject"]:
            rows = rows.filter(subject__icontains=given["subject"])
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    known = _senders()
    names, told = names_of(page), subjects(page, known)
    counts = RowCounts(exact=_person(request).may(Permission.SEE_SMALL_COUNTS))
    agencies = {sender.id: sender.name for sender in known.values()}
    lines = [
        Line(
            r.number,
            r.at,
            names.get(r.actor, r.actor),
            told.get(r.subject, r.subject),
            r.subject,
            sentence(r, counts, agencies),
        )
        for r in page
    ]
    context = {"filters": filters, "page": page, "lines": lines, "broken": verify(), "head": head()}
    return render(request, "audit/audit.html", context)


def _senders() -> dict[str, Sender]:
    """The agencies of the profile; none before set-up, when the audit can be read already."""
    try:
        return senders(profile())
    except NotSetUp:
        return {}


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
