"""People. A person has one role; agency contacts and members belong to an agency of the profile."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from redway.work.accounts.roles import GRANTS, Permission, Role


class User(AbstractUser):
    """A person who signs in. Nobody is deleted: whoever leaves is deactivated, and their name stays."""

    first_name = None  # type: ignore[assignment] # one field holds a name as its owner writes it
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=20, choices=[(r.value, r.value.replace("-", " ")) for r in Role])
    agency = models.CharField(max_length=80, blank=True, help_text="ID of an agency in the profile")
    must_change_password = models.BooleanField(default=False, help_text="after a one-time password")

    def get_full_name(self) -> str:
        """The person's name, or what they sign in with where no name was given."""
        return self.full_name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()

    def may(self, permission: Permission | str) -> bool:
        """Whether this person's role grants a permission."""
        return self.is_active and self.role in set(Role) and permission in GRANTS[Role(self.role)]


class Session(AbstractBaseSession):
    """Somebody signed in on some device; also, for a while, somebody who has not signed in yet."""

    person = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    began_at = models.DateTimeField(default=timezone.now, help_text="when they signed in")
    seen_at = models.DateTimeField(default=timezone.now, help_text="when it was last used, to a minute")
    device = models.CharField(max_length=200, blank=True, help_text="the browser, as it names itself")

    @classmethod
    def get_session_store_class(cls) -> Any:
        from redway.work.accounts.sessions import SessionStore  # which needs this class

        return SessionStore
