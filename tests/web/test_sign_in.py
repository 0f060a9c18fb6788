"""Signing in and out, and one's own password."""

import pytest

from redway.work.accounts import actions
from redway.work.accounts.roles import Role
from redway.work.audit.models import AuditRow

pytestmark = pytest.mark.django_db
RIGHT = "correct horse battery"


@pytest.fixture(autouse=True)
def everyone(people, milton_keynes):
    return people


def sign_in(client, name="chair", password=RIGHT, address="/sign-in/"):
    return client.post(address, {"username": name, "password": password, "next": ""})


@pytest.mark.parametrize(
    ("role", "first"),
    [("chair", "/"), ("analyst", "/"), ("member", "/"), ("administrator", "/"), ("agency-contact", "/returns/")],
)
def test_signing_in_leads_to_the_first_page_that_a_role_has(client, role, first):
    assert sign_in(client, role)["Location"] == first


def test_signing_in_leads_to_the_page_that_was_asked_for(client):
    asked = client.get("/commitments/A1/")
    answer = client.post(asked["Location"], {"username": "chair", "password": RIGHT, "next": "/commitments/A1/"})
    assert answer["Location"] == "/commitments/A1/"


def test_signing_in_never_leads_elsewhere(client):
    answer = client.post("/sign-in/", {"username": "chair", "password": RIGHT, "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_a_wrong_password_and_a_wrong_name_are_told_in_the_same_words(client):
    wrong, nobody = sign_in(client, password="wrong"), sign_in(client, name="nobody")
    text = wrong.content.decode()
    assert "There is a problem" in text
    assert "The name or the password is not right" in text
    assert "<title>Error: Sign in" in text
    assert 'value="wrong"' not in text
    assert "The name or the password is not right" in nobody.content.decode()


def test_empty_fields_are_named_one_by_one(client):
    text = sign_in(client, "", "").content.decode()
    assert 'href="#id_username">Enter the name you sign in with' in text
    assert 'href="#id_password">Enter your password' in text


def test_after_five_wrong_passwords_a_name_waits_even_with_the_right_one(client):
    for _ in range(5):
        answer = sign_in(client, password="wrong")
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.content.decode()
    assert sign_in(client).status_code == 429
    assert sign_in(client, "analyst").status_code == 302


def test_whoever_has_lost_access_cannot_sign_in_nor_go_on(client, people):
    sign_in(client)
    actions.deactivate(by="a test", person=people[Role.CHAIR])
    assert client.get("/commitments/")["Location"].startswith("/sign-in/")
    assert sign_in(client).status_code == 200


def test_signing_out_takes_a_form_and_ends_the_session(client):
    sign_in(client)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/commitments/")["Location"].startswith("/sign-in/")


def test_a_one_time_password_has_to_be_changed_before_anything_else(client, people):
    password = actions.give_one_time_password(by="a test", person=people[Role.MEMBER])
    assert sign_in(client, "member", password)["Location"] == "/password/"
    assert client.get("/commitments/")["Location"] == "/password/"
    assert "one-time password" in client.get("/password/").content.decode()
    changed = client.post("/password/", {"old": password, "new": "three unlikely words"})
    assert changed["Location"] == "/"
    assert client.get("/commitments/").status_code == 200


def test_a_new_password_keeps_the_session_and_is_in_the_audit_without_itself(client, people):
    sign_in(client)
    client.post("/password/", {"old": RIGHT, "new": "three unlikely words"})
    assert client.get("/commitments/").status_code == 200
    people[Role.CHAIR].refresh_from_db()
    assert people[Role.CHAIR].check_password("three unlikely words")
    row = AuditRow.objects.get(action="set-password")
    assert (row.actor, row.subject, row.detail) == ("chair", "person chair", {})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("wrong", "three unlikely words", "That is not your password"),
        (RIGHT, "short", "This password is too short"),
        (RIGHT, RIGHT, "The new password is the one you have now"),
        (RIGHT, "", "Enter a new password"),
        ("", "three unlikely words", "Enter the password you have now"),
    ],
)
def test_an_unfit_new_password_is_refused_in_words(client, people, old, new, said):
    sign_in(client)
    answer = client.post("/password/", {"old": old, "new": new})
    assert said in answer.content.decode()
    people[Role.CHAIR].refresh_from_db()
    assert people[Role.CHAIR].check_password(RIGHT)


def test_a_session_is_no_place_to_guess_its_owners_password(client, people):
    sign_in(client)
    for _ in range(5):
        client.post("/password/", {"old": "wrong", "new": "three unlikely words"})
    answer = client.post("/password/", {"old": RIGHT, "new": "three unlikely words"})
    assert "A wrong password was given five times" in answer.content.decode()
    people[Role.CHAIR].refresh_from_db()
    assert people[Role.CHAIR].check_password(RIGHT)
