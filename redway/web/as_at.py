"""Pages of figures as they stood at an older data version: which version was asked for, and how many at a time.

What is read of an older version is what may be read of it today: gateways, roles, retention and erasure are today's.
Working one out for the first time takes seconds and is kept afterwards; so that nobody can stop the pages of today by
asking for one version after another, each process works on one older page at a time, lets few wait, and tells the
others to come again.
"""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from redway.web.addresses import NUMBER, OLDER, at_version
from redway.web.permissions import View
from redway.work.returns.models import DataVersion

AT_ONCE = 2  # of a process's eight threads: one that works an older page out, and one that waits for it
PATIENCE = 1.0  # seconds to wait for one of them to be free
COME_AGAIN = 10  # seconds, for whoever found none


@dataclass(frozen=True)
class AsAt:
    """A data version that was asked for. `until`: the day on which another one took its place; None for the newest."""

    number: int
    made_at: dt.datetime
    until: dt.date | None
    newest: int = field(compare=False)


def asked(request: HttpRequest) -> AsAt | None:
    """The data version that a request asks for; None for today's figures."""
    found: AsAt | None = getattr(request, "as_at", None)
    return found


def find(number: int) -> AsAt | None:
    """A data version by its number; None where there is none."""
    versions = DataVersion.objects.order_by("number")
    one = versions.filter(number=number).first()
    if one is None:
        return None
    newer = versions.filter(number__gt=number).values_list("made_at", flat=True).first()
    newest: Any = versions.values_list("number", flat=True).last()
    return AsAt(number, one.made_at, timezone.localdate(newer) if newer else None, newest)


class Busy(Exception):
    """As many older pages are being worked out as one process takes on at a time."""


_PLACES, _WORK = threading.BoundedSemaphore(AT_ONCE), threading.Lock()


@contextmanager
def a_turn() -> Iterator[None]:
    """While this lasts, this process works out figures of older versions for nobody else. Raises Busy."""
    if not _PLACES.acquire(timeout=PATIENCE):
        raise Busy
    try:
        with _WORK:
            yield
    finally:
        _PLACES.release()


def come_again(request: HttpRequest) -> HttpResponse:
    """What whoever found no place is told."""
    answer = render(request, "site/busy.html", {"seconds": COME_AGAIN}, status=503)
    answer["Retry-After"] = str(COME_AGAIN)
    return answer


class OlderFigures:
    """Finds the data version that an address names, after DenyByDefault has said who may see the page at all.

    A version there is not is a page there is not. `?as-at=12` on a page of figures leads to its address at version 12:
    for those who type it, and for forms that choose one. Pages of figures take GET alone, and no other page has an
    address at a version, so nothing can be done from one.
    """

    def __init__(self, get_response: View):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with ExitStack() as turn:
            request.turn = turn  # type: ignore[attr-defined] # given back when the page is drawn, whatever happens
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        wanted = request.GET.get(OLDER, "")
        if wanted and request.method in ("GET", "HEAD") and at_version(request, "1"):
            return redirect(at_version(request, wanted)) if NUMBER.fullmatch(wanted) else none_such(request)
        if "as_at" not in kwargs:
            return None
        number = kwargs.pop("as_at")  # no view needs to know of it: what it shows is what `basis` gives
        found = find(int(number)) if NUMBER.fullmatch(number) else None
        if found is None:
            return none_such(request)
        try:
            request.turn.enter_context(a_turn())  # type: ignore[attr-defined]
        except Busy:
            return come_again(request)
        request.as_at = found  # type: ignore[attr-defined]
        return None


def none_such(request: HttpRequest) -> HttpResponse:
    newest = DataVersion.objects.order_by("-number").values_list("number", flat=True).first()
    return render(request, "site/no-version.html", {"newest": newest or 0}, status=404)
