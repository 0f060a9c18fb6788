"""Deny by default: every address there is, walked as everybody there is."""

import re
import types

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from redway.web.permissions import PUBLIC, SIGNED_IN, TOKEN, addresses, allow, declared, every_view_declares, public
from redway.work.accounts.roles import GRANTS, Permission, Role
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db

ANALYST, MEMBER, CHAIR, CONTACT, ADMINISTRATOR = Role
EVERYONE = set(Role)
PARTNERSHIP = {ANALYST, MEMBER, CHAIR, ADMINISTRATOR}

# Who may open what, written down by hand: a new address is not served until it stands here too.
TABLE = {
    "home": PARTNERSHIP,
    "priorities": PARTNERSHIP,
    "priority": PARTNERSHIP,
    "indicators": PARTNERSHIP,
    "indicator": PARTNERSHIP,
    "indicator-csv": PARTNERSHIP,
    "map": PARTNERSHIP,
    "map-areas": PARTNERSHIP,
    "map-csv": PARTNERSHIP,
    "versions": PARTNERSHIP,
    "versions-compare": PARTNERSHIP,
    "commitments": PARTNERSHIP,
    "commitments-csv": PARTNERSHIP,
    "commitment": PARTNERSHIP,
    "commitment-owner": {ANALYST, CHAIR},
    "commitment-date": {ANALYST, CHAIR},
    "commitment-state": {ANALYST, CHAIR},
    "data": {ANALYST, CHAIR, CONTACT, ADMINISTRATOR},
    "datasets": {ANALYST, CHAIR, CONTACT, ADMINISTRATOR},
    "dataset": {ANALYST, CHAIR, CONTACT, ADMINISTRATOR},
    "dataset-template": {ANALYST, CHAIR, CONTACT, ADMINISTRATOR},
    "dataset-template-csv": {ANALYST, CHAIR, CONTACT, ADMINISTRATOR},
    "dataset-example-csv": {ANALYST, CHAIR, CONTACT, ADMINISTRATOR},
    "returns": {ANALYST, CHAIR, CONTACT, ADMINISTRATOR},
    "return": {ANALYST, CHAIR, CONTACT, ADMINISTRATOR},
    "return-state": {ANALYST, CHAIR, CONTACT, ADMINISTRATOR},
    "return-choose": {ANALYST, CONTACT},
    "return-send": {ANALYST, CONTACT},
    "return-type": {ANALYST, CONTACT},
    "return-refused-rows": {ANALYST, CONTACT},
    "return-acknowledge": {ANALYST, CONTACT},
    "return-discard": {ANALYST, CONTACT},
    "return-accept": {ANALYST},
    "return-refuse": {ANALYST},
    "return-withdraw": {ANALYST},
    "quality": {ANALYST, CHAIR, CONTACT, ADMINISTRATOR},
    "quality-agency": {ANALYST, CHAIR, CONTACT, ADMINISTRATOR},
    "people": {ADMINISTRATOR},
    "person": {ADMINISTRATOR},
    "person-add": {ADMINISTRATOR},
    "person-access": {ADMINISTRATOR},
    "person-password": {ADMINISTRATOR},
    "exchange": {ANALYST, CHAIR, CONTACT, ADMINISTRATOR},
    "exchange-csv": {ANALYST, CHAIR, CONTACT, ADMINISTRATOR},
    "audit": {ADMINISTRATOR},
    "releases": {ANALYST, CHAIR},
    "release-table": {ANALYST, CHAIR},
    "release-ask": {ANALYST},
    "release-approve": {ANALYST, CHAIR},
    "release-decline": {ANALYST, CHAIR},
    "release-withdraw": {ANALYST, CHAIR},
    "released": PUBLIC,
    "released-table": PUBLIC,
    "released-csv": PUBLIC,
    "gateways": {ANALYST, CHAIR, ADMINISTRATOR},
    "gateways-law": {ANALYST, CHAIR, ADMINISTRATOR},
    "gateways-together": {ANALYST, CHAIR, ADMINISTRATOR},
    "gateway": {ANALYST, CHAIR, ADMINISTRATOR},
    "gateway-version": {ANALYST, CHAIR, ADMINISTRATOR},
    "retention": {ANALYST, CHAIR, ADMINISTRATOR},
    "gateway-new": {ADMINISTRATOR},
    "gateway-new-version": {ADMINISTRATOR},
    "gateway-draft": {ADMINISTRATOR},
    "gateway-put-in-force": {ADMINISTRATOR},
    "gateway-discard": {ADMINISTRATOR},
    "gateway-end": {ADMINISTRATOR},
    "person-second-factor": {ADMINISTRATOR},
    "account": EVERYONE,
    "awake": EVERYONE,
    "change-password": EVERYONE,
    "second-factor": EVERYONE,
    "recovery-codes": EVERYONE,
    "sign-out-everywhere": EVERYONE,
    "sign-in-code": PUBLIC,
    "sign-out": EVERYONE,
    "sign-in": PUBLIC,
    "api-docs": PUBLIC,
    "api-openapi": PUBLIC,
    "health": PUBLIC,
    "help": PUBLIC,
    "accessibility": PUBLIC,
    "about-the-data": PUBLIC,
    "methods": PUBLIC,
    "method": PUBLIC,
}

# The API's addresses need a token of an agency, whoever signs in: tests/web/test_api.py walks them.
ALL = [entry for entry in addresses() if declared(entry[1].callback) != TOKEN]
ROUTES = {pattern.name: route for route, pattern in ALL}
OLDER = "as-at/<str:as_at>/"  # how the addresses of older figures begin
# What stands in an address for something that exists.
SAMPLES = {"commitments/": "A1", "priorities/": "domestic-abuse", "indicators/": "recorded-burglary", "gateways/": "1"}
SAMPLES |= {"methods/": "xmr", "datasets/": "fire", "returns/send/": "agency-counts", "returns/type/": "agency-counts"}
SAMPLES |= {"quality/": "thames-valley-police", "returns/": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"}
SAMPLES |= {"releases/": "fires", "releases/editions/": SAMPLES["returns/"], "released/": SAMPLES["returns/"]}
# Where something has no data yet, its file is not there, whoever asks; nor is a gateway that nobody drafted, or a
# return that nobody sent (tests/web/test_returns.py asks for those that somebody did).
WITHOUT_DATA = {"indicator-csv", "map-areas", "map-csv"}
WITHOUT_DATA |= {name for name in TABLE if name.startswith("gateway-") and name != "gateway-new"} | {"gateway"}
WITHOUT_DATA |= {name for name in TABLE if name.startswith("release") and "<" in ROUTES[name]}
WITHOUT_DATA |= {name for name in TABLE if name.startswith("return") and "<uuid:" in ROUTES[name]}


def sample(route, people):
    """A route with something that exists in place of each variable; of older figures, those of version 1."""
    if route.startswith(OLDER):
        return "/as-at/1" + sample(route.removeprefix(OLDER), people)
    folder = route.split("<")[0]
    value = str(people[MEMBER].pk) if folder == "people/" else SAMPLES.get(folder, "")
    return "/" + re.sub(r"<[^>]+>", value, route)


def ask(client, route, pattern, people):
    """Open an address with a method its view takes."""
    method = client.get if "GET" in pattern.callback.methods else client.post
    return method(sample(route, people))


def by_name(entry):
    return entry[1].name


def test_every_view_declares_a_permission_and_its_methods():
    for _, pattern in ALL:
        assert declared(pattern.callback) in {PUBLIC, SIGNED_IN, *Permission}, pattern.name
        assert pattern.callback.methods <= {"GET", "HEAD", "POST"}, pattern.name


def test_the_table_is_about_the_addresses_there_are():
    assert {pattern.name for _, pattern in ALL} == set(TABLE)


@pytest.mark.parametrize("entry", ALL, ids=by_name)
def test_whoever_has_not_signed_in_is_sent_to_do_so(entry, client, people, milton_keynes):
    route, pattern = entry
    answer = ask(client, route, pattern, people)
    if pattern.name == "sign-in-code":  # only after a password
        assert answer["Location"] == "/sign-in/"
    elif TABLE[pattern.name] == PUBLIC:
        assert answer.status_code == (404 if pattern.name in WITHOUT_DATA else 200)
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/?next=/")


@pytest.mark.parametrize("entry", ALL, ids=by_name)
def test_a_role_opens_what_the_table_says_and_finds_nothing_else(entry, people, milton_keynes):
    route, pattern = entry
    may = TABLE[pattern.name]
    for role in Role:
        client = Client()
        with transaction.atomic():  # what one of them changes, the next does not meet
            client.force_login(people[role], backend="django.contrib.auth.backends.ModelBackend")
            answer = ask(client, route, pattern, people)
            transaction.set_rollback(True)
        if may == PUBLIC or role in may:
            if pattern.name in WITHOUT_DATA or route.startswith(OLDER):  # there is no version 1 either
                assert may == PUBLIC or people[role].may(declared(pattern.callback)), role
            else:
                assert answer.status_code != 404, role
            assert answer.status_code < 500, role
            assert not answer.get("Location", "").startswith("/sign-in/?next"), role
        elif pattern.name == "home":
            assert answer["Location"] == "/returns/", role
        else:
            assert answer.status_code == 404, role


def test_a_contact_who_signs_in_or_follows_the_logo_comes_to_their_returns(client, people, milton_keynes):
    given = {"username": "agency-contact", "password": PASSWORD, "next": "/"}
    signed_in = client.post("/sign-in/", given, follow=True)
    assert signed_in.redirect_chain[-1][0] == "/returns/"
    assert client.get("/", follow=True).redirect_chain == [("/returns/", 302)]


def test_a_page_that_is_hidden_looks_like_one_that_is_not_there(signed_in):
    client = signed_in(MEMBER)
    hidden, missing = client.get("/audit/"), client.get("/no-such-page/")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    assert token.sub("", hidden.content.decode()) == token.sub("", missing.content.decode())


@pytest.mark.parametrize("entry", ALL, ids=by_name)
def test_a_view_takes_no_method_that_it_does_not_declare(entry, signed_in, people, milton_keynes):
    route, pattern = entry
    may = TABLE[pattern.name]
    client = signed_in(CHAIR if may == PUBLIC else next(r for r in Role if r in may))
    for method in {"POST", "PUT", "PATCH", "DELETE"} - pattern.callback.methods:
        assert client.generic(method, sample(route, people)).status_code == 405, method


def test_style_sheet_and_scripts_are_for_everyone(client):
    answer = client.get("/static/site.js")
    assert b"initAll" in answer.getvalue()
    answer.close()


@pytest.mark.parametrize("role", Role)
def test_a_role_grants_what_its_row_says_and_nothing_once_access_has_ended(role, people):
    person = people[role]
    assert {p for p in Permission if person.may(p)} == GRANTS[role]
    person.is_active = False
    assert not any(person.may(p) for p in Permission)


def test_a_role_that_is_none_grants_nothing(people):
    people[CHAIR].role = "king"
    assert not any(people[CHAIR].may(p) for p in Permission)


@pytest.fixture
def served(settings):
    """Serve one more view, beside the sign-in page."""

    def serve(view):
        from redway.config import urls

        settings.ROOT_URLCONF = types.ModuleType("urls_of_a_test")
        settings.ROOT_URLCONF.urlpatterns = [path("new/", view, name="new"), *urls.urlpatterns]

    return serve


def test_a_view_that_declares_nothing_is_never_served_and_stops_the_start(served, client):
    served(lambda request: HttpResponse("secret"))
    with pytest.raises(ImproperlyConfigured, match="declares no permission"):
        client.get("/new/")
    assert [fault.id for fault in every_view_declares(None)] == ["redway.E001"]


def test_a_view_that_says_nothing_of_methods_can_only_be_read(served, signed_in):
    served(allow(Permission.SEE_PARTNERSHIP)(lambda request: HttpResponse("here")))
    client = signed_in(CHAIR)
    assert client.get("/new/").content == b"here"
    assert client.head("/new/").status_code == 200
    assert client.post("/new/").status_code == 405


def test_a_public_view_is_for_everyone(served, client):
    served(public(lambda request: HttpResponse("here")))
    assert client.get("/new/").content == b"here"
    assert every_view_declares(None) == []
