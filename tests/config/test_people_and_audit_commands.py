"""`redway person`, `redway audit` and `redway states`."""

import re
from io import StringIO

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.core.management import call_command

from redway.errors import RedwayError
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.accounts.second_factor import set_up_app
from redway.work.audit.chain import head
from redway.work.audit.models import AuditRow

pytestmark = pytest.mark.django_db


def run(*words):
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def set_up(home):
    (home.profile / "profile.yaml").write_text("profile: milton-keynes\n", "utf-8")


def test_a_first_administrator_is_added_with_a_one_time_password():
    told = run("person", "add", "j.smith", "--role", "administrator", "--name", "Jo Smith")
    password = re.search(r"One-time password: ([a-z0-9-]{19})\n", told)[1]
    person = User.objects.get(username="j.smith")
    assert person.check_password(password)
    assert (person.role, person.full_name, person.must_change_password) == (Role.ADMINISTRATOR, "Jo Smith", True)
    assert not person.is_superuser
    assert AuditRow.objects.get().actor == "the person command"
    assert "j.smith\tJo Smith\tadministrator" in run("person", "list")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--role", "agency-contact"], "expected the agency"),
        (["--role", "member", "--agency", "no-such"], "expected the ID of an agency"),
    ],
)
def test_an_agency_is_checked_against_the_profile(words, expected):
    with pytest.raises(RedwayError, match=expected):
        run("person", "add", "t.jones", *words)
    assert not User.objects.exists()


def test_a_name_that_is_taken_or_unfit_is_refused():
    run("person", "add", "j.smith", "--role", "member")
    for name in ("j.smith", "two words"):
        with pytest.raises(RedwayError, match="a sign-in name that nobody has yet"):
            run("person", "add", name, "--role", "member")


def test_a_forgotten_password_is_replaced():
    run("person", "add", "j.smith", "--role", "member")
    password = run("person", "password", "j.smith").split()[-1]
    assert User.objects.get().check_password(password)
    with pytest.raises(RedwayError, match="a person with access"):
        run("person", "password", "nobody")


def test_the_audit_is_verified_and_its_head_printed_and_asked_for():
    assert run("audit", "verify") == "The audit is empty.\n"
    run("person", "add", "j.smith", "--role", "member")
    run("person", "password", "j.smith")
    written_down = head().hash
    assert written_down in run("audit", "verify", "--head", written_down)
    AuditRow.objects.filter(number=2).delete()
    with pytest.raises(RedwayError, match="cut off the end"):
        run("audit", "verify", "--head", written_down)
    AuditRow.objects.filter(number=1).update(actor="eve")
    with pytest.raises(RedwayError, match="row 1 was changed"):
        run("audit", "verify")


def test_the_states_are_drawn():
    assert run("states").startswith("stateDiagram-v2")


def test_a_second_factor_is_reset_and_its_absence_told():
    run("person", "add", "j.smith", "--role", "administrator")
    assert run("person", "reset-second-factor", "j.smith") == "j.smith had no second factor.\n"
    set_up_app(person=User.objects.get(username="j.smith"), secret=generate_totp_secret(), session=None)
    assert "was signed out everywhere" in run("person", "reset-second-factor", "j.smith")
    assert AuditRow.objects.last().action == "reset-second-factor"
    with pytest.raises(RedwayError, match="a person with access"):
        run("person", "reset-second-factor", "j.smyth")
