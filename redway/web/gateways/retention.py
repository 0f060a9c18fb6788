"""What is past its time: the list of it, what will be soon, and its destruction by a person who has looked."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from redway import periods
from redway.errors import NotAllowed
from redway.products import tables
from redway.products.tables import Cell, Column, Table
from redway.store.lock import Busy
from redway.web.figures.rows import RowCounts, counts_for
from redway.web.gateways.presenter import title
from redway.web.jinja import day
from redway.web.permissions import allow
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.returns import retention
from redway.work.returns.models import Destruction
from redway.work.returns.retention import Due
from redway.work.returns.senders import name_of_agency

SOON = 92  # days
PATIENCE = 5.0  # seconds to wait for an import that is at work
SHOWN = 500  # files in the table; the rest are counted
DONE = 10  # earlier clearings


class Confirm(forms.Form):
    """That the person has looked, and at what."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    sure = forms.BooleanField(
        label=gettext_lazy("I have looked at the list, and what is on it is to be destroyed in every data version"),
        error_messages={"required": gettext_lazy("Tick the box if it is to be destroyed")},
    )


@allow(Permission.SEE_GATEWAYS, methods=("GET", "POST"))
def page(request: HttpRequest) -> HttpResponse:
    """The list, and, for those who look after gateways, its destruction."""
    person, today = request.user, timezone.localdate()
    assert isinstance(person, User)
    may_run = person.may(Permission.MANAGE_GATEWAYS)
    if request.method == "POST" and not may_run:
        raise Http404
    form = Confirm(request.POST or None) if may_run else None
    if form is not None and form.is_valid():
        try:
            made = retention.run(by=person, on=today, seen=form.cleaned_data["seen"], patience=PATIENCE)
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        except Busy:
            form.add_error(
                None, _("A return is being taken in just now. Nothing was destroyed: try again in a minute.")
            )
        else:
            messages.success(request, said(made))
            return redirect("retention")
    found = retention.due(on=today)
    return render(request, "gateways/retention.html", _context(found, person, today, form))


def said(made: Sequence[Destruction]) -> str:
    """What was destroyed, in a sentence."""
    files = sum(one.submissions.count() for one in made)
    words = ngettext(
        "%(n)s file was destroyed in every data version. The record of why is in the audit.",
        "%(n)s files were destroyed in every data version. The record of why is in the audit.",
        files,
    )
    return words % {"n": f"{files:,}"}


def _context(found: Sequence[Due], person: User, today: dt.date, form: Confirm | None) -> dict[str, Any]:
    soon = retention.due(on=today + dt.timedelta(SOON))
    past = {one.submission.pk for one in found}
    coming = [one for one in soon if one.submission.pk not in past]
    counts = RowCounts(exact=person.may(Permission.SEE_SMALL_COUNTS))
    return {
        "answer": answer(found),
        "groups": by_dataset(found, counts) if found else None,
        "files": files(found[:SHOWN], person) if found else None,
        "more": max(0, len(found) - SHOWN),
        "coming": by_dataset(coming, counts, _("Past its time within three months")) if coming else None,
        "form": form if found else None,
        "mark": retention.mark(found),
        "done": [_done(one, counts) for one in Destruction.objects.filter(kind=retention.RETENTION)[:DONE]],
        "rounded": counts.note,
    }


def _done(one: Destruction, counts: RowCounts) -> str:
    words = ngettext(
        "%(day)s, %(title)s: %(rows)s row, by %(who)s. %(why)s.",
        "%(day)s, %(title)s: %(rows)s rows, by %(who)s. %(why)s.",
        one.rows,
    )
    return words % {
        "day": day(one.at),
        "title": title(one.dataset),
        "rows": counts(one.rows),
        "who": one.by,
        "why": one.reason,
    }


def answer(found: Sequence[Due]) -> str:
    """The first sentence of the page."""
    if not found:
        return _("Nothing is past its time.")
    words = ngettext(
        "%(n)s accepted file is past the time that its gateway keeps it.",
        "%(n)s accepted files are past the time that their gateways keep them.",
        len(found),
    )
    return words % {"n": f"{len(found):,}"}


def by_dataset(found: Sequence[Due], counts: RowCounts, caption: str = "") -> Table:
    """A row for each dataset and sender: how many files and rows, of which periods, since when, and why."""
    groups: dict[tuple[str, str], list[Due]] = {}
    for one in found:
        groups.setdefault((one.submission.dataset, one.submission.provider), []).append(one)
    columns = (
        *(Column(_("Data")), Column(_("From")), Column(_("Periods")), Column(_("Files"), numeric=True)),
        *(Column(_("Rows"), numeric=True), Column(_("To be gone since")), Column(_("Why"))),
    )
    rows = tuple(_group(name, agency, those, counts) for (name, agency), those in groups.items())
    return Table(caption or _("What is past its time"), columns, rows)


def _group(name: str, agency: str, those: Sequence[Due], counts: RowCounts) -> tuple[Cell, ...]:
    labels = [one.submission.period for one in those if one.submission.period]
    return (
        tables.text(title(name)),
        tables.text(name_of_agency(agency)),
        tables.text(periods.spanning(labels) if labels else _("of no period")),
        tables.number(len(those)),
        Cell(counts(sum(one.submission.rows_accepted for one in those)), numeric=True),
        tables.text(day(min(one.since for one in those))),
        tables.text(those[0].why),
    )


def files(found: Sequence[Due], person: User) -> Table:
    """Each file, with the data versions that lose it."""
    columns = (
        *(Column(_("Data")), Column(_("From")), Column(_("Period")), Column(_("Rows"), numeric=True)),
        *(Column(_("To be gone since")), Column(_("Data versions that lose it"))),
    )
    return Table(_("Each file"), columns, tuple(_file(one, person) for one in found))


def _file(one: Due, person: User) -> tuple[Cell, ...]:
    s = one.submission
    return (
        tables.text(title(s.dataset)),
        tables.text(name_of_agency(s.provider)),
        tables.text(periods.in_words(s.period) if s.period else _("of no period")),
        Cell(counts_for(person, s.provider)(s.rows_accepted), numeric=True),
        tables.text(day(one.since)),
        tables.text(", ".join(map(str, one.versions)) or _("none")),
    )
