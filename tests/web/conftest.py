"""People with roles, a home with a profile, and a real browser."""

import pytest

from redway.work.accounts.models import User
from redway.work.accounts.roles import Role

PASSWORD = "correct horse battery"


@pytest.fixture
def milton_keynes(home):
    """A home set up with the Milton Keynes profile, before any data came."""
    (home.profile / "profile.yaml").write_text("profile: milton-keynes\n", "utf-8")
    return home


@pytest.fixture
def people(db, settings):
    """One person of each role, by role. Their passwords are hashed fast, for tests only."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    agency = {Role.AGENCY_CONTACT: "thames-valley-police"}
    return {
        role: User.objects.create_user(
            username=role.value,
            password=PASSWORD,
            role=role.value,
            full_name=f"{role.title()} Smith",
            agency=agency.get(role, ""),
        )
        for role in Role
    }


@pytest.fixture
def signed_in(client, people):
    """`signed_in(Role.CHAIR)`: Django's test client, signed in as the person of that role."""

    def sign_in(role):
        client.force_login(people[role], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
