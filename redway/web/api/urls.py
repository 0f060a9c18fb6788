"""The API's addresses. Its views need a token of an agency; the two that describe it need none."""

from typing import Any

from django.urls import path

from redway.web.api import describing
from redway.web.api.views import api
from redway.web.permissions import by_token

patterns: list[Any] = api.urls[0]
for pattern in patterns:
    by_token(pattern.callback)

urlpatterns = [
    path("docs/", describing.docs, name="api-docs"),
    path("openapi.json", describing.openapi, name="api-openapi"),
    *patterns,
]
