"""The API: a program hands in its agency's returns and reads what became of them.

    Authorization: Bearer redway_...        a token of the agency, from `redway token make`

Every address needs a token; it shows what is the agency's own, and 404 for everything else. No cookie counts here, so
there is no form to forge and no need of a CSRF token.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, TypeVar, cast
from uuid import UUID

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, NinjaAPI, Query, Schema, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.files import UploadedFile
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

import redway
from redway.errors import NotAllowed, RedwayError
from redway.sources.dataset import dataset as definition_of
from redway.store.home import Home
from redway.web.api.shapes import DatasetShape, DeliveryShape, ExpectedShape, Problem, VersionShape
from redway.web.profile import profile
from redway.web.uploads import check_files
from redway.work.audit.reading import record_read
from redway.work.returns import deliveries, quarantine
from redway.work.returns.expected import expected as expected_returns
from redway.work.returns.models import DataVersion, Delivery, Token
from redway.work.returns.quarantine import Sent
from redway.work.returns.report import DeliveryReport
from redway.work.returns.senders import senders
from redway.work.returns.states import State, Way
from redway.work.returns.tokens import token_of

A_MINUTE = 60  # seconds
CALLS = 120  # of one token in a minute
MOST = 100  # items on a page

T = TypeVar("T")


class ByToken(HttpBearer):
    """The token of an agency's program."""

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:
        return token_of(token)


class Throttle(BaseThrottle):
    """So many calls a minute for each token; counted for all processes together."""

    def allow_request(self, request: HttpRequest) -> bool:
        key = f"api-{_token(request).handle}-{int(time.time()) // A_MINUTE}"
        cache.add(key, 0, 2 * A_MINUTE)
        try:
            return cache.incr(key) <= CALLS
        except ValueError:  # it was culled in this very moment
            return True

    def wait(self) -> float:
        return A_MINUTE - time.time() % A_MINUTE


api = NinjaAPI(
    title="Redway",
    version=redway.__version__,
    description="Hand in an agency's returns, and read what became of them.",
    auth=ByToken(),
    throttle=[Throttle()],
    docs_url=None,  # web/api has a page of its own, which asks no other host for anything
    openapi_url=None,
    urls_namespace="api",
)


class Listed(Schema):
    """A page of a list."""

    total: int
    page: int
    pages: int


class Deliveries(Listed):
    items: list[DeliveryShape]


class ExpectedReturns(Listed):
    items: list[ExpectedShape]


class Datasets(Listed):
    items: list[DatasetShape]


class Versions(Listed):
    items: list[VersionShape]


class Paging(Schema):
    page: int = 1
    size: int = 50


def _token(request: HttpRequest) -> Token:
    found: Token = request.auth  # type: ignore[attr-defined] # ninja puts it there
    return found


def _paged(items: "Sequence[T] | QuerySet[Any]", paging: Paging, shape: Callable[[Any], Any]) -> dict[str, Any]:
    if not 1 <= paging.size <= MOST or not 1 <= paging.page <= 1_000_000:
        raise HttpError(422, f"expected a page from 1, and a size from 1 to {MOST}")
    total = items.count() if isinstance(items, QuerySet) else len(items)
    start = (paging.page - 1) * paging.size
    return {
        "total": total,
        "page": paging.page,
        "pages": max(1, -(-total // paging.size)),
        "items": [shape(one) for one in items[start : start + paging.size]],
    }


def _own(request: HttpRequest) -> QuerySet[Delivery]:
    return Delivery.objects.filter(agency=_token(request).agency)


def _found(request: HttpRequest, id: UUID) -> Delivery:
    found = _own(request).filter(public_id=id).first()
    if found is None:
        raise Http404
    return found


@api.post(
    "/deliveries", url_name="api-deliver", response={201: DeliveryShape, 403: Problem, 422: Problem}, summary="Hand in"
)
def hand_in(
    request: HttpRequest,
    files: File[list[UploadedFile]],
    dataset: Form[str],
    period: Form[str] = "",
    agency: Form[str] = "",
) -> Status[DeliveryShape]:
    """Hand in the files of one return. They are checked by a worker: ask for the delivery until its state changes.

    The same files again, while the first are not decided yet, are the same delivery. It is filed under the token's own
    agency; whoever names another is refused, so that nothing is filed under the wrong one unsaid.
    """
    token = _token(request)
    if agency not in ("", token.agency):
        raise NotAllowed(_("This token hands in the returns of its own agency only, and another was named."))
    if definition_of(dataset).access == "open":
        raise RedwayError("a dataset of partners' data", came=f"“{dataset}”, which is open data")
    sent = [Sent(file.name or "", cast(BinaryIO, file.file)) for file in files]
    check_files(sent, definition_of(dataset).files)
    made = deliveries.deliver(
        files=sent,
        dataset=dataset,
        agency=token.agency,
        period=period,
        way=Way.API,
        by=token.account,
    )
    return Status(201, DeliveryShape.of(made))


@api.get("/deliveries", url_name="api-deliveries", response=Deliveries, summary="Your deliveries, newest first")
def listed(request: HttpRequest, paging: Query[Paging], dataset: str = "", state: str = "") -> dict[str, Any]:
    found = _own(request)
    if state and state not in set(State):
        raise HttpError(422, f"expected a state ({', '.join(State)})")
    found = found.filter(state=state) if state else found
    found = found.filter(dataset=dataset) if dataset else found
    return _paged(found, paging, DeliveryShape.of)


@api.get(
    "/deliveries/{uuid:id}",
    url_name="api-delivery",
    response={200: DeliveryShape, 404: Problem},
    summary="One delivery",
)
def one_delivery(request: HttpRequest, id: UUID) -> DeliveryShape:
    return DeliveryShape.of(_found(request, id))


@api.get("/deliveries/{uuid:id}/refused-rows", url_name="api-refused-rows", summary="Its refused rows, as CSV")
def refused_rows(request: HttpRequest, id: UUID) -> HttpResponse:
    """Every refused row with why it was refused and how to mend it. 404 where there are none, or no longer."""
    one, home = _found(request, id), Home.current()
    path = home.quarantine / one.refused_rows
    if not one.refused_rows or not path.is_file():
        raise Http404
    record_read(
        by=_token(request).account,
        dataset=one.dataset,
        what=f"refused rows of {one}",
        purpose="mending a return",
        rows=DeliveryReport.of_json(one.report).rows_refused,
    )
    rows = quarantine.refused_rows(one, home)
    name = f"refused-rows-{one.public_id}.csv"
    return FileResponse(rows, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")  # type: ignore[return-value]


@api.get("/expected", url_name="api-expected", response=ExpectedReturns, summary="What is expected of you, and by when")
def expected(request: HttpRequest, paging: Query[Paging], dataset: str = "") -> dict[str, Any]:
    found = expected_returns(profile(), agency=_token(request).agency)
    return _paged([one for one in found if dataset in ("", one.dataset)], paging, ExpectedShape.of)


@api.get("/datasets", url_name="api-datasets", response=Datasets, summary="The returns you send, with their columns")
def datasets(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    sender = senders(profile()).get(_token(request).agency)
    names = sender.datasets if sender else ()
    partners = [one for one in map(definition_of, names) if one.access == "partners"]
    return _paged(partners, paging, DatasetShape.of)


@api.get("/versions", url_name="api-versions", response=Versions, summary="The data versions, newest first")
def versions(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    return _paged(DataVersion.objects.order_by("-number"), paging, VersionShape.of)


# ------------------------------------------------------------------ Faults


def _problem(request: HttpRequest, status: int, problem: Problem) -> HttpResponse:
    return api.create_response(request, problem.model_dump(), status=status)


@api.exception_handler(RedwayError)
def _redway_error(request: HttpRequest, fault: RedwayError) -> HttpResponse:
    if isinstance(fault, NotAllowed):
        return _problem(request, 403, Problem(message=str(fault)))
    problem = Problem(
        message=str(fault), expected=fault.expected, came=fault.came, cause=fault.cause, place=str(fault.place)
    )
    return _problem(request, 422, problem)


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    # The places only: what was sent is not repeated.
    places = ", ".join(dict.fromkeys(".".join(str(step) for step in error["loc"]) for error in fault.errors))
    return _problem(request, 422, Problem(message=f"expected what /api/v1/docs describes in {places}"))


@api.exception_handler(AuthenticationError)
def _no_token(request: HttpRequest, fault: AuthenticationError) -> HttpResponse:
    said = (
        "This needs a token of your agency, in the header “Authorization: Bearer redway_...”. None came, or one that "
        "does not hold: mistyped or revoked. Whoever looks after the server makes tokens; /api/v1/docs/ says more."
    )
    response = _problem(request, 401, Problem(message=said))
    response["WWW-Authenticate"] = 'Bearer realm="Redway"'
    return response


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, fault: HttpError) -> HttpResponse:
    return _problem(request, fault.status_code, Problem(message=str(fault)))


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, fault: Http404) -> HttpResponse:
    return _problem(request, 404, Problem(message="There is nothing here for you."))
