"""The administrator's pages about people."""

import re

import pytest
from django.test import Client

from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.audit.models import AuditRow

pytestmark = pytest.mark.django_db
ONE_TIME = re.compile(r"<code>([a-z0-9]{4}(?:-[a-z0-9]{4}){3})</code>")


@pytest.fixture
def administrator(signed_in, milton_keynes):
    return signed_in(Role.ADMINISTRATOR)


def new(**changes):
    given = {"full_name": "Sam Carter", "username": "s.carter", "role": "member", "agency": ""}
    return given | changes


def test_everyone_is_listed_with_role_agency_and_access(administrator):
    text = administrator.get("/people/").content.decode()
    for name in ("Analyst Smith", "Agency contact", "Thames Valley Police", "Never"):
        assert name in text


def test_a_new_person_gets_a_one_time_password_that_is_shown_once_and_works(administrator):
    answer = administrator.post("/people/add/", new())
    password = ONE_TIME.search(answer.content.decode())[1]
    assert "no-store" in answer["Cache-Control"]
    assert password not in administrator.get("/people/").content.decode()
    theirs = Client().post("/sign-in/", {"username": "s.carter", "password": password})
    assert theirs["Location"] == "/password/"
    row = AuditRow.objects.get(action="add-person")
    assert (row.actor, row.subject) == ("administrator", "person s.carter")
    assert password not in row.detail_text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"username": "chair"}, "Somebody signs in with that name already"),
        ({"username": "CHAIR"}, "Somebody signs in with that name already"),
        ({"username": "two words"}, "Enter a valid username"),
        ({"username": ""}, "Enter the name they sign in with"),
        ({"role": ""}, "Choose a role"),
        ({"role": "king"}, "Choose one of those listed"),
        ({"role": "agency-contact"}, "Choose the agency this contact speaks for"),
        ({"agency": "no-such-agency"}, "Choose one of those listed"),
    ],
)
def test_what_is_wrong_with_a_new_person_is_said_and_nobody_is_added(administrator, changes, said):
    before = User.objects.count()
    text = administrator.post("/people/add/", new(**changes)).content.decode()
    assert said in text
    assert "There is a problem" in text
    assert User.objects.count() == before


def test_a_role_is_changed_at_once_and_told_in_the_audit(administrator, people):
    member = people[Role.MEMBER]
    answer = administrator.post(f"/people/{member.pk}/", {"role": "chair", "agency": ""}, follow=True)
    assert "Member Smith’s role was changed." in answer.content.decode()
    member.refresh_from_db()
    assert member.role == Role.CHAIR
    told = administrator.get("/audit/").content.decode()
    assert "changed their role from group member to chair" in told


def test_the_only_administrator_can_neither_be_demoted_nor_deactivated(administrator, people):
    only = people[Role.ADMINISTRATOR]
    for address, given in ((f"/people/{only.pk}/", {"role": "member"}), (f"/people/{only.pk}/access/", {"to": "x"})):
        answer = administrator.post(address, given, follow=True)
        assert "is the only administrator" in answer.content.decode()
    only.refresh_from_db()
    assert (only.role, only.is_active) == (Role.ADMINISTRATOR, True)
    assert not AuditRow.objects.exists()


def test_access_is_ended_and_given_back(administrator, people):
    chair = people[Role.CHAIR]
    address = f"/people/{chair.pk}/access/"
    assert "can no longer sign in" in administrator.post(address, {"to": "inactive"}, follow=True).content.decode()
    chair.refresh_from_db()
    assert not chair.is_active
    assert "can sign in again" in administrator.post(address, {"to": "active"}, follow=True).content.decode()
    chair.refresh_from_db()
    assert chair.is_active
    assert [r.action for r in AuditRow.objects.all()] == ["deactivate-person", "reactivate-person"]


def test_a_forgotten_password_is_replaced_and_the_old_sessions_end(administrator, people):
    theirs = Client()
    theirs.force_login(people[Role.CHAIR], backend="django.contrib.auth.backends.ModelBackend")
    answer = administrator.post(f"/people/{people[Role.CHAIR].pk}/password/")
    password = ONE_TIME.search(answer.content.decode())[1]
    assert theirs.get("/commitments/")["Location"].startswith("/sign-in/")
    people[Role.CHAIR].refresh_from_db()
    assert people[Role.CHAIR].check_password(password)


def test_before_set_up_people_can_be_managed_too(signed_in, home):
    client = signed_in(Role.ADMINISTRATOR)
    assert client.get("/people/").status_code == 200
    assert client.post("/people/add/", new()).status_code == 200


def test_what_an_agency_contact_may_do_is_said_as_it_is(administrator):
    text = administrator.get("/people/add/").content.decode()
    assert "Sends the returns of their own agency" in text
