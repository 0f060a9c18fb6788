"""The handbook of the methods: its index, and a page for each."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from redway.methods.catalogue import methods
from redway.products.handbook import pages
from redway.web.permissions import public


def _address(name: str) -> str:
    return reverse("method", args=[name])


@public
def handbook(request: HttpRequest) -> HttpResponse:
    """Every method under the question it answers, one line each."""
    return render(request, "handbook/index.html", {"page": pages.page(pages.INDEX, _address)})


@public
def method(request: HttpRequest, name: str) -> HttpResponse:
    """All there is to know of one method."""
    if name not in pages.names():
        raise Http404
    context = {"page": pages.page(name, _address), "by_command": name in methods()}
    return render(request, "handbook/method.html", context)
