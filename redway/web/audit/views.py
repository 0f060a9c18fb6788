"""The audit, for the administrator."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from redway.web.audit.sentences import ACTIONS, sentence
from redway.web.choices import Choice
from redway.web.permissions import allow
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.audit.chain import head, verify
from redway.work.audit.models import AuditRow

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
    subject: str
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
    names = {u.pk: u.get_full_name() for u in User.objects.filter(pk__in=[row.actor_id for row in page])}
    lines = [Line(r.number, r.at, names.get(r.actor_id or 0, r.actor), r.subject, sentence(r)) for r in page]
    context = {"filters": filters, "page": page, "lines": lines, "broken": verify(), "head": head()}
    return render(request, "audit/audit.html", context)
