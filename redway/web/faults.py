"""What a page says when something it rests on is broken: an edited profile, a lost file, a home that was moved."""

import logging
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from redway.errors import Damaged, NotAllowed, RedwayError
from redway.web.addresses import today
from redway.web.as_at import AsAt, asked
from redway.web.figures.basis import basis
from redway.web.permissions import View
from redway.web.site.views import wrong
from redway.work.accounts.roles import Permission

LOG = logging.getLogger(__name__)


class SayWhatIsWrong:
    """Turns a RedwayError of a view into a page with its sentences, and writes it to the log.

    The sentences may name files of the server, so only those who may see the partnership read them; others are told
    that something went wrong. Where only an older data version does not go with today's profile, nothing is wrong with
    the server, and the page leads to today's. Every other exception stays what it is: a fault of ours.
    """

    def __init__(self, get_response: View):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RedwayError):
            return None
        person = request.user
        may_know = person.is_authenticated and person.may(Permission.SEE_PARTNERSHIP)
        older = asked(request)
        if older and of_the_version(exception):
            LOG.warning("%s %s: %s", request.method, request.path, exception)
            return _does_not_fit(request, older, in_sentences(exception) if may_know else "")
        LOG.error("%s %s: %s", request.method, request.path, exception, exc_info=exception)
        return wrong(str(exception) if may_know else "")


def of_the_version(fault: RedwayError) -> bool:
    """Whether a fault met with the data of an older version is one of that version: nothing kept is damaged, and
    today's data and profile go together.
    """
    if isinstance(fault, Damaged):
        return False
    try:
        now = basis()
        return bool(now.indicators and now.strategy and now.places.areas)
    except RedwayError:
        return False


def _does_not_fit(request: HttpRequest, older: AsAt, why: str) -> HttpResponse:
    """The page in place of figures that today's profile cannot be worked out by of the data of an older version."""
    request.as_at = None  # type: ignore[attr-defined] # it shows no figures of it: no banner, and links to today's
    context = {"older": older, "why": why, "today": today(request)}
    return render(request, "site/does-not-fit.html", context, status=HTTPStatus.CONFLICT)


def in_sentences(fault: RedwayError) -> str:
    """A fault as a page says it, to people who never see a command line: what is needed, what there is, and why."""
    if isinstance(fault, NotAllowed):
        return str(fault)
    cause, command, _rest = fault.cause.partition("Run: redway ")
    said = [_("Needed: %s.") % fault.expected]
    said += [_("There is: %s.") % fault.came.rstrip(".")] if fault.came else []
    said += [_("Where: %s.") % fault.place] if str(fault.place) else []
    said += [_("Probably: %s") % cause.rstrip()] if cause else []
    said += [_("An analyst can import it.")] if command else []
    return " ".join(said)
