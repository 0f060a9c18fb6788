"""What a page says when something it rests on is broken: an edited profile, a lost file, a home that was moved."""

import logging

from django.http import HttpRequest, HttpResponse

from redway.errors import RedwayError
from redway.web.permissions import View
from redway.web.site.views import wrong
from redway.work.accounts.roles import Permission

LOG = logging.getLogger(__name__)


class SayWhatIsWrong:
    """Turns a RedwayError of a view into a page with its sentences, and writes it to the log.

    The sentences may name files of the server, so only those who may see the partnership read them; others are told
    that something went wrong. Every other exception stays what it is: a fault of ours.
    """

    def __init__(self, get_response: View):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RedwayError):
            return None
        LOG.error("%s %s: %s", request.method, request.path, exception, exc_info=exception)
        person = request.user
        may_know = person.is_authenticated and person.may(Permission.SEE_PARTNERSHIP)
        return wrong(str(exception) if may_know else "")
