"""Addresses of pages, also of those that show the figures of an older data version.

Every page of figures is served twice: `/indicators/x/` with today's figures, `/as-at/12/indicators/x/` with those of
data version 12 (config/urls.py says which pages these are). The version stands in the path and not in the query, so
that what is added to an address (`?area=...`) and a form that is sent by GET keep it without doing anything for it.
docs/decisions/as-at.md says more.
"""

import re
from contextlib import suppress
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

OLDER = "as-at"  # the namespace of the pages at a version, and how their addresses begin
NUMBER = re.compile(r"[1-9][0-9]{0,8}")  # a data version as it is written: nothing that a database could not hold
_BEGINS = re.compile(rf"/{OLDER}/[^/]*(?=/)")


def address(name: str, *args: Any, as_at: int | None = None, **query: Any) -> str:
    """The address of a page by its name, at a data version where it is a page of figures: `/as-at/12/priorities/`.

    Raises NoReverseMatch for a page there is not.
    """
    asked = {k: v for k, v in query.items() if v not in (None, "")} or None
    if as_at is not None:
        with suppress(NoReverseMatch):
            return reverse(f"{OLDER}:{name}", args=[as_at, *args], query=asked)
    return reverse(name, args=args, query=asked)


def at_version(request: HttpRequest, number: int | str) -> str:
    """The address of the page that was asked for at a data version, query and all; empty where it has no such page."""
    path = f"/{OLDER}/{number}{_today(request.path)}"
    try:
        resolve(path)
    except Resolver404:
        return ""
    return path + _query(request)


def again(request: HttpRequest, number: int) -> str:
    """Where what is shown can be seen again as at a data version, host and all; empty where nothing keeps it so."""
    path = at_version(request, number) if number else ""
    return request.build_absolute_uri(path) if path else ""


def today(request: HttpRequest) -> str:
    """The address of the page that was asked for with today's figures."""
    return _today(request.path) + _query(request)


def _today(path: str) -> str:
    return _BEGINS.sub("", path, count=1) if path.startswith(f"/{OLDER}/") else path


def _query(request: HttpRequest) -> str:
    """What was asked besides, without a version: the path has it."""
    asked = request.GET.copy()
    asked.pop(OLDER, None)
    return f"?{asked.urlencode()}" if asked else ""
