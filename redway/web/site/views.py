"""Pages that belong to no room: help, statements, health, and what is shown when something goes wrong."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redway.sources.dataset import dataset, names
from redway.web.permissions import public

FOR_PROGRAMS = "/api/"  # whoever asks below it reads JSON
CADENCES = {
    "monthly": gettext_lazy("Every month"),
    "quarterly": gettext_lazy("Every quarter"),
    "termly": gettext_lazy("Every school term"),
    "annual": gettext_lazy("Every year"),
    "once": gettext_lazy("Once"),
}


@public
def health(request: HttpRequest) -> HttpResponse:
    """For whoever watches the server: 200 and `ok` when the database answers, else 503. Says nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@public
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "site/help.html")


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "site/accessibility.html")


@public
def about_the_data(request: HttpRequest) -> HttpResponse:
    """Every dataset Redway can take: what it is, who publishes it, under which licence, what its columns mean."""
    context = {"datasets": [dataset(name) for name in names()], "cadences": CADENCES}
    return render(request, "site/about-the-data.html", context)


def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return _too_much(request, exception)
    sentences = [_("Go back, check it and try again.")]
    if isinstance(exception, TooManyFilesSent):
        most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        sentences = [
            _("More than %(most)s files were sent at once. Nothing was kept.") % {"most": most},
            _("Put them into one zip, which counts as one file, and send that."),
        ]
    elif isinstance(exception, MultiPartParserError):
        sentences = [
            _("It could not be read as a form. Nothing was kept."),
            _("The name of a file may be too long: give it a short one, and send it again."),
        ]
    return fault(request, 400, _("There is a problem with what was sent"), sentences)


def _too_much(request: HttpRequest, exception: Exception) -> HttpResponse:
    """More in the boxes of a form than one takes: pasted into them, as a rule."""
    most = f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 1e6:g}"
    took = _("What was typed or pasted is more than %(most)s MB, and a page takes at most that.") % {"most": most}
    if isinstance(exception, TooManyFieldsSent):
        most = f"{settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,}"
        took = _("The form has more than %(most)s boxes, and a page takes at most so many.") % {"most": most}
    sentences = [
        took + " " + _("Nothing of it was taken, and nothing that was there before was changed or lost."),
        _(
            "Your browser’s Back button may still show what you typed. Send it in parts, or put it into a file and "
            "send that: a file may be far larger."
        ),
    ]
    return fault(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("Too much at once"), sentences)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentences = [
        _(
            "You signed in again after the page was opened, perhaps in another tab; or it was open for too long, or "
            "cookies are off. Nothing was sent, and nothing was changed."
        ),
        _("Open the page anew and send the form once more. What you typed may have to be typed again."),
    ]
    return fault(request, 403, _("That form could not be taken"), sentences)


def forbidden(request: HttpRequest, exception: Any) -> HttpResponse:
    return fault(request, 403, _("You cannot do that"), [_("Ask the administrator of your partnership.")])


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    if request.path.startswith(FOR_PROGRAMS):
        return fault(request, 404, "", ["There is nothing at this address. /api/v1/docs/ lists those there are."])
    sentences = [
        _("If you typed the address, check it. If you followed a link, what it led to may have moved."),
        _("Some pages are only for some roles; for those, ask the administrator of your partnership."),
    ]
    return fault(request, 404, _("Page not found"), sentences)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rests on nothing that may be what failed: no database, no profile, no session."""
    return wrong()


def wrong(said: str = "") -> HttpResponse:
    """The page of a fault; `said` is what is wrong, for those who may know it."""
    return HttpResponse(render_to_string("site/server-error.html", {"said": said}), status=500)


def fault(request: HttpRequest, status: int, title: str, sentences: list[str]) -> HttpResponse:
    """A page with a few sentences; for a program they are JSON."""
    if request.path.startswith(FOR_PROGRAMS):
        return JsonResponse({"message": " ".join(sentences)}, status=status)
    return render(request, "site/fault.html", {"title": title, "sentences": sentences}, status=status)
