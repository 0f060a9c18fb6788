"""Handing in a return on the web: wrong first and then right, by whom it may be seen, and who decides."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from redway.aldermere.city import city
from redway.aldermere.partners import justice
from redway.aldermere.partners.files import QUARTERS
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.audit.models import AuditRow
from redway.work.returns import checking
from redway.work.returns.models import Delivery
from redway.work.returns.report import DeliveryReport

pytestmark = pytest.mark.django_db(transaction=True)

HEADINGS = "Incident number,Date and time,LSOA code,Incident type,Cause,Property,Smoke alarm,Attack on crew,Casualties"
RIGHT = "\n".join(
    [
        HEADINGS,
        *(f"AFR-{n},2025-11-{n:02d} 19:42,E01999036,secondary-fire,deliberate,refuse,,none,0" for n in range(1, 25)),
    ]
)
WRONG = RIGHT.replace("deliberate", "on purpose, or so they say", 1).replace("AFR-2,2025-11-02", "AFR-2,02/30/2025")


@pytest.fixture
def contact(people):
    """An agency contact of the fire service."""
    person = people[Role.AGENCY_CONTACT]
    User.objects.filter(pk=person.pk).update(agency="aldermere-fire-and-rescue")
    return person


@pytest.fixture
def aldermere(aldermere_home, contact):
    return aldermere_home


def upload(client, text, name="november.csv", dataset="fire", **given):
    file = SimpleUploadedFile(name, text.encode())
    return client.post(reverse("return-send", args=[dataset]), {"chosen": file, "period": "", **given})


def work():
    while checking.work_on_next():
        pass


def page(client, one):
    return client.get(reverse("return", args=[one.public_id])).content.decode()


def newest():
    return Delivery.objects.order_by("-pk").first()


def test_a_wrong_return_says_why_and_a_right_one_is_taken(aldermere, signed_in):
    client = signed_in(Role.AGENCY_CONTACT)
    wrong = RIGHT.replace("secondary-fire", "a small fire")
    assert upload(client, wrong).status_code == 302
    first = newest()
    assert "It is waiting to be checked" in page(client, first)
    work()
    shown = page(client, first)
    assert "Nothing of it was accepted." in shown
    assert "a small fire" in shown
    assert "Incident type" in shown
    rows = client.get(reverse("return-refused-rows", args=[first.public_id]))
    lines = b"".join(rows.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 25
    assert "a small fire" in lines[1]
    read = AuditRow.objects.filter(action="read-rows", actor="agency-contact")
    assert read.count() == 2, "its page, which repeats a cell, and the list"

    assert upload(client, RIGHT).status_code == 302
    work()
    second = newest()
    assert second.state in ("accepted", "to-acknowledge")
    if second.state == "to-acknowledge":
        answer = client.post(reverse("return-acknowledge", args=[second.public_id]), ticked(second))
        assert answer.status_code == 302
        work()
    assert "Accepted 24 of 24 rows." in page(client, second)


def ticked(one):
    """Every warning's box, ticked."""
    return {f"warning-{warning.key}": "on" for warning in DeliveryReport.of_json(one.report).warnings}


def test_the_same_file_again_is_said_to_have_made_nothing_new(aldermere, signed_in):
    client = signed_in(Role.AGENCY_CONTACT)
    again = "so nothing new was made of it"
    assert again not in client.get(upload(client, RIGHT, name="my %22best%22.csv").url).content.decode()
    assert newest().file_names == ['my "best".csv']
    shown = client.get(upload(client, RIGHT, name="my %22best%22.csv").url).content.decode()
    assert again in shown
    assert Delivery.objects.count() == 1


def test_nothing_chosen_and_an_unknown_agency_are_errors_of_the_form(aldermere, signed_in):
    client = signed_in(Role.AGENCY_CONTACT)
    answer = client.post(reverse("return-send", args=["fire"]), {"period": ""})
    assert "Choose a file" in answer.content.decode()
    answer = upload(client, "", name="empty.csv")
    assert "an empty one" in answer.content.decode()
    assert not Delivery.objects.exists()


def test_other_agencies_returns_are_as_if_they_were_not_there(aldermere, signed_in, people):
    upload(signed_in(Role.AGENCY_CONTACT), RIGHT)
    work()
    one = newest()
    User.objects.filter(pk=people[Role.AGENCY_CONTACT].pk).update(agency="aldermere-infirmary")
    client = signed_in(Role.AGENCY_CONTACT)
    addresses = ["return", "return-state", "return-refused-rows"]
    assert [client.get(reverse(a, args=[one.public_id])).status_code for a in addresses] == [404] * 3
    for action in ("acknowledge", "discard", "accept", "refuse", "withdraw"):
        assert client.post(reverse(f"return-{action}", args=[one.public_id])).status_code == 404
    assert client.get(reverse("return-send", args=["fire"])).status_code == 404
    assert "AFR" not in client.get(reverse("returns")).content.decode()


def test_members_and_chairs_send_nothing(aldermere, signed_in):
    for role, seen in ((Role.MEMBER, 404), (Role.CHAIR, 200), (Role.ADMINISTRATOR, 200)):
        client = signed_in(role)
        assert client.get(reverse("returns")).status_code == seen
        assert client.get(reverse("return-choose")).status_code == 404
        assert upload(client, RIGHT).status_code == 404


def test_an_analyst_sends_for_any_agency_and_a_second_person_accepts(aldermere, signed_in, people):
    """Modern slavery referrals ask for a second person: not whoever sent them."""
    rows = list(justice.slavery(city(), 1, QUARTERS[-3:]))
    text = "\n".join([",".join(rows[0]), *(",".join(str(v) for v in row.values()) for row in rows)])
    analyst = signed_in(Role.ANALYST)
    upload(analyst, text, dataset="modern-slavery-referrals")
    work()
    one = newest()
    if one.state == "to-acknowledge":
        analyst.post(reverse("return-acknowledge", args=[one.public_id]), ticked(one))
    one.refresh_from_db()
    assert one.state == "to-accept"
    assert "not by whoever sent it" in page(analyst, one)
    analyst.post(reverse("return-accept", args=[one.public_id]))
    one.refresh_from_db()
    assert one.state == "to-accept"
    other = User.objects.create_user(username="second", password="x", role="analyst")
    analyst.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    analyst.post(reverse("return-accept", args=[one.public_id]))
    work()
    one.refresh_from_db()
    assert one.state == "accepted"
    analyst.post(reverse("return-withdraw", args=[one.public_id]), {"reason": "Sent by mistake."})
    one.refresh_from_db()
    assert one.state == "withdrawn"


def test_counts_can_be_typed_on_a_page(aldermere, signed_in, people):
    User.objects.filter(pk=people[Role.AGENCY_CONTACT].pk).update(agency="aldermere-city-council")
    client = signed_in(Role.AGENCY_CONTACT)
    address = reverse("return-type", args=["agency-counts"])
    assert "Add rows" in client.get(address).content.decode()
    more = client.post(address, {"rows": "5", "more": "1", "count-0": "12"}).content.decode()
    assert 'name="count-9"' in more
    assert 'value="12"' in more
    assert "Type at least one row." in client.post(address, {"rows": "5"}).content.decode()
    row = {"measure-0": "licensing-inspections", "period-0": "2025-10", "count-0": "12", "status-0": "final"}
    another = client.post(address, {"rows": "5", "agency": "aldermere-police", **row})
    assert "own agency only, and another was named" in another.content.decode()
    assert not Delivery.objects.filter(dataset="agency-counts", way="typed").exists()
    assert client.post(address, {"rows": "5", **row}).status_code == 302
    work()
    one = newest()
    assert (one.way, one.dataset, one.agency) == ("typed", "agency-counts", "aldermere-city-council")
    assert one.state in ("accepted", "to-acknowledge"), one.report
    assert client.get(reverse("return-type", args=["asb-incidents"])).status_code == 404


def test_refused_returns_are_told_apart_and_sent_again_with_their_period(aldermere, signed_in):
    client = signed_in(Role.AGENCY_CONTACT)
    upload(client, RIGHT.replace("secondary-fire", "a small fire"))
    work()
    one = newest()
    assert one.state == "refused"
    again = "/returns/send/fire/?agency=aldermere-fire-and-rescue&amp;period=2025-11"
    assert again in page(client, one)
    assert "November 2025" in page(client, one)
    upload(client, "No,such,headings\n1,2,3\n", name="first.csv")
    upload(client, "Nor,these,headings\n1,2,3\n", name="second.csv")
    work()
    listed = client.get(reverse("returns")).content.decode()
    assert "period not known (first.csv, sent on" in listed
    assert "period not known (second.csv, sent on" in listed
    assert ", none" not in listed


@pytest.mark.parametrize("dataset", ["fire", "agency-counts"])
def test_the_page_for_sending_has_the_templates_and_what_they_mean(aldermere, signed_in, dataset):
    client = signed_in(Role.ANALYST)
    text = client.get(reverse("return-send", args=[dataset])).content.decode()
    for name in ("dataset-template", "dataset-template-csv", "dataset"):
        address = reverse(name, args=[dataset])
        assert f'href="{address}"' in text
        assert client.get(address).status_code == 200
    assert (reverse("return-type", args=[dataset]) in text) == (dataset == "agency-counts")


@pytest.mark.parametrize(("asked", "words"), [("2021-03", "March 2021"), ("2025-11", "November 2025")])
def test_the_period_asked_for_is_offered_and_chosen_however_old(aldermere, signed_in, asked, words):
    text = signed_in(Role.AGENCY_CONTACT).get(f"/returns/send/fire/?period={asked}").content.decode()
    assert f'<option value="{asked}" selected>{words}</option>' in " ".join(text.split())


@pytest.mark.parametrize("asked", ["2999-01", "x", "2025-13", "<b>"])
def test_a_period_that_cannot_be_sent_is_not_offered(aldermere, signed_in, asked):
    text = signed_in(Role.AGENCY_CONTACT).get("/returns/send/fire/", {"period": asked}).content.decode()
    assert f'value="{asked}"' not in text
    assert asked == "x" or asked not in text
