"""Released tables, for anybody: what has left, as it left, and nothing that has not."""

import re
from itertools import groupby
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from redway import periods
from redway.products import releases as products
from redway.store.home import Home
from redway.web.permissions import public
from redway.web.profile import profile
from redway.work.releases import kept
from redway.work.releases.models import TableEdition
from redway.work.releases.states import LEFT, State

GONE = 410


@public
def released(request: HttpRequest) -> HttpResponse:
    """Every table with the newest edition of each period, the newest period first."""
    standing: dict[tuple[str, str], TableEdition] = {}
    for one in TableEdition.objects.filter(state=State.RELEASED).order_by("number"):
        standing[one.table, one.period] = one
    newest = sorted(standing.values(), key=lambda one: (one.table, -_last_month(one)))
    tables = [(list(each)) for _table, each in groupby(newest, key=lambda one: one.table)]
    tables.sort(key=lambda each: each[0].title.casefold())
    shown = [(each[0].title, [(one, periods.in_words(one.period)) for one in each]) for each in tables]
    return render(request, "releases/released.html", {"tables": shown})


@public
def edition(request: HttpRequest, id: UUID) -> HttpResponse:
    """One edition; of one that was withdrawn, why."""
    one = _find(id)
    context = {"one": one, "period": periods.in_words(one.period), "newer": _newer(one)}
    if one.state == State.WITHDRAWN:
        return render(request, "releases/withdrawn.html", context, status=GONE)
    read = kept.read(one.file, one.digest, Home.current())
    context |= {
        "public": read.public,
        "notes": (
            *products.notes(read.released),
            *products.derived_notes(products.derived(read.released, read.public)),
        ),
        "tables": products.as_tables(
            read.released, read.public, caption=one.title, rows=read.public["rows"], parts=read.public["parts"]
        ),
        "others": _others(one),
    }
    return render(request, "releases/edition.html", context)


@public
def file(request: HttpRequest, id: UUID) -> HttpResponse:
    """The same as CSV."""
    one = _find(id)
    if one.state == State.WITHDRAWN:
        return edition(request, id)
    read = kept.read(one.file, one.digest, Home.current())
    text = products.published(
        read.released,
        read.public,
        edition=one.number or 0,
        on=timezone.localdate(one.decided_at),
        place=profile().partnership.name,
    )
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = re.sub(r"[^A-Za-z0-9-]+", "-", f"{one.table}-{one.period}-edition-{one.number}")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _find(id: UUID) -> TableEdition:
    """An edition that has left. One that was only asked for is not there."""
    one = TableEdition.objects.filter(public_id=id, state__in=LEFT).first()
    if one is None:
        raise Http404
    return one


def _newer(one: TableEdition) -> TableEdition | None:
    """The newest edition that stands of the same table and period, where it is another and later."""
    return (
        TableEdition.objects.filter(
            table=one.table, period=one.period, state=State.RELEASED, number__gt=one.number or 0
        )
        .order_by("number")
        .last()
    )


def _others(one: TableEdition) -> list[TableEdition]:
    """Other editions of the same table and period that stand, newest first."""
    same = TableEdition.objects.filter(table=one.table, period=one.period, state=State.RELEASED)
    return list(same.exclude(pk=one.pk).order_by("-number"))


def _last_month(one: TableEdition) -> int:
    return periods.months_of(one.period)[-1]
