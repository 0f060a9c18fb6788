"""The Jinja environment every page is drawn with."""

from typing import Any

from django.http import HttpRequest
from jinja2 import Environment


def environment(**options: Any) -> Environment:
    return Environment(**options)  # noqa: S701 - Django passes autoescape=True


def every_page(request: HttpRequest) -> dict[str, Any]:
    return {}
