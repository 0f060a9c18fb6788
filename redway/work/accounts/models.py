"""People. A person has one role; agency contacts and members belong to an agency of the profile."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from redway.work.accounts.roles import GRANTS, Permission, Role


class User(AbstractUser):
    """A person who signs in."""

    role = models.CharField(max_length=20, choices=[(r.value, r.value.replace("-", " ")) for r in Role])
    agency = models.CharField(max_length=80, blank=True, help_text="ID of an agency in the profile")

    def may(self, permission: Permission) -> bool:
        """Whether this person's role grants a permission."""
        return self.is_active and self.role in set(Role) and permission in GRANTS[Role(self.role)]
