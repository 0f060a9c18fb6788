"""Sentences about commitments are right for one and for many, and the same on every page."""

import re
from datetime import date

import pytest

from redway.store.profile import Profile
from redway.work.accounts.roles import Role
from redway.work.strategy.models import CommitmentState
from redway.work.strategy.profile import strategy

pytestmark = pytest.mark.django_db


def text(answer):
    return text_of(answer.content.decode())


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


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


def test_the_totals_are_the_same_on_every_page(signed_in, milton_keynes):
    CommitmentState.objects.create(commitment="A1", state="done", owner="start")
    client = signed_in(Role.CHAIR)
    [said] = re.findall(r"\d+ commitments are still to be done: [^.]+\.", text(client.get("/commitments/")))
    assert "have neither)" in said
    assert "Done or stopped: 1." in text(client.get("/commitments/"))
    assert said in text(client.get("/"))
    assert said in text(client.get("/priorities/"))


def test_home_lists_as_nobodys_only_what_nobody_has(signed_in, milton_keynes):
    client = signed_in(Role.CHAIR)
    CommitmentState.objects.create(commitment="A1", state="under-way", owner="start", due=date(2020, 1, 1))
    CommitmentState.objects.create(commitment="A2", state="under-way", owner="start")
    page = client.get("/").content.decode()
    nobodys, overdue = page[page.index('id="promised"') :].split("With an owner, and overdue")
    listed = re.findall(r'href="/commitments/(\w+)/"', nobodys)
    assert listed
    assert not {"A1", "A2"} & set(listed)
    assert all("Owner: nobody" in part or "Owner: none named" in part for part in text_of(nobodys).split("Due:")[:-1])
    assert re.findall(r'href="/commitments/(\w+)/"', overdue)[:1] == ["A1"]


def test_where_each_has_an_owner_home_says_so(signed_in, milton_keynes):
    for one in strategy(Profile("milton-keynes")).commitments:
        CommitmentState.objects.create(commitment=one.id, owner="start")
    page = text(signed_in(Role.CHAIR).get("/"))
    assert "Every commitment that is still to be done has an owner." in page
