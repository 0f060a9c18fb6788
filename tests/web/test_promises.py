"""Sentences about commitments are right for one and for many, and the same on every page."""

import re

import pytest

from redway.work.accounts.roles import Role

pytestmark = pytest.mark.django_db


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_one_commitment_is_and_many_are(signed_in, milton_keynes):
    page = text(signed_in(Role.CHAIR).get("/priorities/"))
    assert "1 commitment is still to be done" in page
    assert "7 commitments are still to be done" in page
    assert "1 commitments are" not in page


def test_our_reading_of_an_owner_is_said_in_one_form(signed_in, milton_keynes):
    client = signed_in(Role.CHAIR)
    for path in ("/commitments/", "/priorities/hate-crime/", "/priorities/modern-slavery/"):
        page = text(client.get(path))
        assert "nobody named" not in page
        assert "perhaps The" not in page
    assert "none named (perhaps the Partnership)" in text(client.get("/commitments/"))


@pytest.mark.parametrize("year", ["1800", "9999"])
def test_a_commitment_is_not_due_in_another_age(signed_in, milton_keynes, year):
    client = signed_in(Role.CHAIR)
    answer = client.post("/commitments/A7/date/", {"seen": "0", "due-day": "1", "due-month": "1", "due-year": year})
    assert "The year must be from 2000 to 2099" in text(answer)


def test_no_browser_keeps_what_only_some_may_see(signed_in, client, milton_keynes):
    assert "no-store" not in client.get("/help/").get("Cache-Control", "")
    signed = signed_in(Role.CHAIR)
    for path in ("/commitments/", "/commitments/csv/", "/people/"):
        assert "no-store" in signed.get(path)["Cache-Control"]
