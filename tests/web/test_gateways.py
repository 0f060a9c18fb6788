"""The register on its pages: who sees it, who drafts, who puts in force, and what stops."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from redway.web import factor
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission, Role
from redway.work.gateways import actions
from redway.work.gateways.models import Gateway
from redway.work.gateways.purposes import NAMES, Purpose
from redway.work.gateways.states import State
from redway.work.gateways.terms import Terms

pytestmark = pytest.mark.django_db
PAGE = "/gateways/fire/analysis/"


def read(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def answers(**changed):
    """The draft's form, filled in."""
    return {
        "seen": "0",
        "controllers": "Fire and rescue service",
        "power": "cda-115",
        "basis": "public-task",
        "special_condition": "",
        "criminal_condition": "",
        "agreement": "ISA 7",
        "dpia": "DPIA 7",
        "roles": ["analyst"],
        "agencies": ["fire-and-rescue-service"],
        "fields_permitted": ["incident", "happened_at"],
        "keep_months": "72",
        "begins-day": "1",
        "begins-month": "1",
        "begins-year": "2026",
        "expires-day": "31",
        "expires-month": "12",
        "expires-year": "2099",
        "notes": "",
    } | changed


@pytest.fixture
def with_factor(client):
    """Signs a person in with a second factor: from the first gateway in force on, one is asked for."""

    def sign_in(person):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[factor.PASSED] = True
        session.save()
        return client

    return sign_in


@pytest.fixture
def as_second(with_factor, people):
    """Signs in as another administrator."""
    person = User.objects.create(username="second", role=Role.ADMINISTRATOR, full_name="Sam Second")
    return lambda: with_factor(person)


@pytest.fixture
def draft(milton_keynes, people):
    return actions.draft(by=people[Role.ADMINISTRATOR], terms=Terms(dataset="fire", purpose="analysis"))


def test_before_anything_was_drafted_the_page_teaches(milton_keynes, signed_in):
    page = read(signed_in(Role.ADMINISTRATOR).get("/gateways/"))
    assert "No gateway has been drafted yet" in page
    assert "/gateways/new/?dataset=fire" in page


@pytest.mark.parametrize("role", Role)
def test_the_register_is_for_those_who_may_see_it_and_forms_for_those_who_manage(draft, signed_in, people, role):
    client = signed_in(role)
    sees, manages = (people[role].may(p) for p in (Permission.SEE_GATEWAYS, Permission.MANAGE_GATEWAYS))
    for path in ("/gateways/", "/gateways/law/", PAGE, f"{PAGE}1/"):
        assert client.get(path).status_code == (200 if sees else 404)
    for path in ("/gateways/new/", f"{PAGE}draft/", f"{PAGE}put-in-force/", f"{PAGE}discard/"):
        assert client.get(path).status_code == (200 if manages else 404)
    if sees and not manages:
        assert "Change the draft" not in read(client.get(PAGE))


@pytest.mark.parametrize(
    "path",
    [
        "/gateways/fire/gossip/",
        "/gateways/nothing/analysis/",
        "/gateways/ambulance/analysis/",
        f"{PAGE}7/",
        f"{PAGE}end/",
    ],
)
def test_what_is_not_there(draft, signed_in, path):
    assert signed_in(Role.ADMINISTRATOR).get(path).status_code == 404


def test_a_gateway_from_draft_to_force_to_end(milton_keynes, client, signed_in, as_second):
    signed_in(Role.ADMINISTRATOR)
    made = client.post("/gateways/new/", {"dataset": "fire", "purpose": "analysis"})
    assert made["Location"] == f"{PAGE}draft/"
    form = read(client.get(made["Location"]))
    assert "Fire and rescue service" in form  # who sends it is proposed as its controller
    assert client.post(f"{PAGE}draft/", answers())["Location"] == PAGE
    page = read(client.get(PAGE))
    assert "A draft lets nothing in" in page
    assert "Check, and put in force" not in page  # whoever wrote it cannot
    refused = read(client.post(f"{PAGE}put-in-force/", {"seen": "1"}))
    assert "Another person has to read it" in refused

    as_second()
    assert "Check, and put in force" in read(client.get(PAGE))
    check = read(client.get(f"{PAGE}put-in-force/"))
    assert "ISA 7" in check
    assert "It leaves out" in check
    assert client.post(f"{PAGE}put-in-force/", {"seen": "1"})["Location"] == PAGE
    page = read(client.get(PAGE))
    assert "In force until 31 December 2099." in page
    assert "Sam Second" in page
    assert "1 gateway is in force." in read(client.get("/gateways/"))

    assert "Say why" in read(client.post(f"{PAGE}end/", {"reason": " "}))
    assert client.post(f"{PAGE}end/", {"reason": "The service withdrew."})["Location"] == PAGE
    page = read(client.get(PAGE))
    assert "The service withdrew." in page
    assert "was ended on" in page
    assert "cannot be read" in read(client.get("/gateways/"))

    assert client.post(f"{PAGE}new-version/")["Location"] == f"{PAGE}draft/"
    assert Gateway.objects.get(version=2).agreement == "ISA 7"
    client.post(f"{PAGE}discard/")
    assert Gateway.objects.get(version=2).state == State.DISCARDED


def test_what_the_law_does_not_let_stand_is_said_and_not_put_in_force(draft, client, signed_in, as_second):
    signed_in(Role.ADMINISTRATOR)
    client.post(f"{PAGE}draft/", answers(power="cda-17a", begins_day=""))
    assert "covers depersonalised information only" in read(client.get(PAGE))
    as_second()
    assert "covers depersonalised information only" in read(client.get(f"{PAGE}put-in-force/"))
    read(client.post(f"{PAGE}put-in-force/", {"seen": "1"}))
    assert Gateway.objects.get().state == State.DRAFT


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"power": "made-up"}, "Choose one of those listed"),
        ({"fields_permitted": ["home_address"]}, "Choose among those listed"),
        ({"roles": ["king"]}, "Choose among those listed"),
        ({"keep_months": "ten"}, "Enter a whole number of months"),
        ({"expires-year": "99"}, "four numbers"),
        ({"seen": "7"}, "Somebody else changed this gateway"),
        ({"agreement": "x" * 301}, "300"),
    ],
)
def test_what_cannot_be_meant_is_refused_beside_its_field(draft, signed_in, changed, words):
    page = read(signed_in(Role.ADMINISTRATOR).post(f"{PAGE}draft/", answers(**changed)))
    assert "There is a problem" in page
    assert words in page
    assert Gateway.objects.get().edits == 0


def test_open_data_are_not_offered(milton_keynes, signed_in):
    page = read(
        signed_in(Role.ADMINISTRATOR).post("/gateways/new/", {"dataset": "police-street", "purpose": "analysis"})
    )
    assert "Choose one of those listed" in page


def test_expiry_is_warned_of_on_the_register_and_at_home(milton_keynes, in_force, with_factor, people):
    in_force("fire", purpose="support", expires=timezone.localdate() + dt.timedelta(12))
    client = with_factor(people[Role.ANALYST])
    for path in ("/gateways/", "/"):
        assert "expires in 12 days" in read(client.get(path))
    assert "expires in 12 days" not in read(with_factor(people[Role.MEMBER]).get("/"))


def test_what_people_write_is_shown_as_text(draft, client, signed_in):
    signed_in(Role.ADMINISTRATOR)
    client.post(f"{PAGE}draft/", answers(notes="<script>alert(1)</script>", controllers="<b>Fire</b>"))
    page = read(client.get(PAGE))
    assert "<script>alert" not in page
    assert "&lt;b&gt;Fire" in page


@pytest.mark.parametrize("what", ["draft", "put-in-force", "discard"])
def test_a_draft_that_is_gone_leads_to_how_the_gateway_stands(what, in_force, people, with_factor, milton_keynes):
    """Somebody pressed a button twice, or another person was quicker."""
    in_force("fire")
    client = with_factor(people[Role.ADMINISTRATOR])
    answer = client.post(f"{PAGE}{what}/", {"seen": "0"}, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "There is no draft any more" in answer.content.decode()


@pytest.mark.parametrize(("agencies", "warned"), [([], True), (["council"], False)])
def test_a_gateway_in_force_that_names_no_agency_warns_that_none_may_receive_records(
    milton_keynes, in_force, with_factor, people, agencies, warned
):
    one = in_force("fire", agencies=agencies)
    page = with_factor(people[Role.ADMINISTRATOR]).get("/gateways/fire/analysis/").content.decode()
    assert "In force until" in page
    assert ("names no agency that may receive records" in page) is warned
    # The versions are told in words, and whoever drafted them by name.
    assert str(one) not in page


def test_what_may_be_put_together_is_a_table_whose_rows_stack_on_a_phone_under_the_name_of_each_purpose(
    milton_keynes, with_factor, people, in_force
):
    in_force("fire")
    page = read(with_factor(people[Role.CHAIR]).get("/gateways/together/"))
    assert 'class="redway-scroll" tabindex="0" role="region" aria-label="Datasets that may be put together' in page
    assert "redway-stacked" in page
    fires = page[page.index(">Fires, attacks on crews and malicious calls</th>") :].split("</tr>")[0]
    assert re.findall(r'data-label="([^"]+)">(?:<strong>)?(yes|no)', fires) == [
        (str(NAMES[purpose]), "yes" if purpose is Purpose.ANALYSIS else "no") for purpose in Purpose
    ]
