"""The API described: for people on a page, for programs as OpenAPI. Both hold nothing of any partnership."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from redway.web.api.views import CALLS, api
from redway.web.permissions import public


@dataclass(frozen=True)
class Described:
    """One operation. `fields`: name, where it stands, whether it must be given, what it is."""

    method: str
    path: str
    summary: str
    about: str
    fields: tuple[tuple[str, str, bool, str], ...]


@public
def docs(request: HttpRequest) -> HttpResponse:
    """How a program hands in returns, with an example."""
    schema = _schema()
    described = [
        Described(method.upper(), path, one["summary"], one.get("description", ""), tuple(_fields(one)))
        for path, operations in schema["paths"].items()
        for method, one in operations.items()
    ]
    shape = schema["components"]["schemas"]["DeliveryShape"]["properties"]
    context = {
        "operations": described,
        "delivery": [(name, field.get("description", "")) for name, field in shape.items()],
        "calls": CALLS,
        "host": f"{request.scheme}://{request.get_host()}",
    }
    return render(request, "api/docs.html", context)


@public
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI description."""
    return JsonResponse(_schema(), json_dumps_params={"indent": 2})


def _schema() -> dict[str, Any]:
    prefix = reverse("api-deliver").removesuffix("deliveries")
    return dict(api.get_openapi_schema(path_prefix=prefix))


def _fields(operation: dict[str, Any]) -> list[tuple[str, str, bool, str]]:
    found = [(p["name"], p["in"], p["required"], p["schema"].get("type", "")) for p in operation.get("parameters", [])]
    for body in operation.get("requestBody", {}).get("content", {}).values():
        needed = body["schema"].get("required", [])
        found += [(n, "form", n in needed, f.get("type", "")) for n, f in body["schema"].get("properties", {}).items()]
    return found
