"""Where a person begins."""

from typing import Any

from django.urls import reverse

from redway.web.jinja import rooms


def first_page(user: Any) -> str:
    """The first place of the navigation that a person has: an agency contact has no partnership page."""
    if user.is_authenticated and user.must_change_password:
        return reverse("change-password")
    mine = rooms(user)
    return reverse(mine[0].name if mine else "help")
