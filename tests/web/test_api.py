"""The API: a token opens its own agency's returns, and nothing opens anything else."""

import io
import json
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redway.store import sealed
from redway.web.api import views
from redway.web.permissions import TOKEN, addresses, declared
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.audit.models import AuditRow
from redway.work.gateways.models import Gateway
from redway.work.returns.checking import work_on_next
from redway.work.returns.models import DataVersion, Delivery, Token
from redway.work.returns.receive import receive
from redway.work.returns.tokens import make_token, revoke_token, token_of

pytestmark = pytest.mark.django_db(transaction=True)
AGENCIES = """
- {id: fire-service, name: Tests Fire Service, datasets: [fire]}
- {id: police, name: Tests Police, datasets: [fire, agency-counts]}
"""
FIRES = (
    "Incident number,Date and time,LSOA code,Incident type,Cause,Property,Smoke alarm,Attack on crew,Casualties\n"
    "T-1,2025-11-28 19:42,E01016710,secondary-fire,deliberate,refuse,,none,0\n"
)
BAD = FIRES.replace(",none,0", ",none,many")


@pytest.fixture
def ready(partnership, area_lookup, in_force):
    (partnership.profile / "agencies.yaml").write_text(AGENCIES)
    (partnership.profile / "returns.yaml").write_text(
        "- {dataset: fire, agency: fire-service, from: 2025-10, until: 2025-11, due_days: 20}\n"
    )
    sealed.make_key(partnership)
    receive([area_lookup], dataset="lsoa-lookup", by="set-up")
    in_force("fire")
    cache.clear()
    return partnership


@pytest.fixture
def call(ready, client):
    """Calls the API with a token of an agency, made on first use; `agency=None` shows none."""
    tokens = {}

    def one(method, path, *, agency="fire-service", token=None, **given):
        if agency and agency not in tokens:
            tokens[agency] = make_token(name=f"engine of {agency}", agency=agency, by="a test")[1]
        shown = token or tokens.get(agency)
        headers = {"Authorization": f"Bearer {shown}"} if shown else {}
        return getattr(client, method)(f"/api/v1/{path}", headers=headers, **given)

    return one


@pytest.fixture
def hand_in(call):
    def one(text=FIRES, *, agency="fire-service", name="fires.csv", **more):
        data = {"dataset": "fire", "files": [SimpleUploadedFile(name, text.encode())]} | more
        return call("post", "deliveries", agency=agency, data=data)

    return one


def own_addresses():
    return [(route, p) for route, p in addresses() if route.startswith("api/") and declared(p.callback) == TOKEN]


class TestWithoutAToken:
    def test_there_are_addresses_to_test(self):
        assert len(own_addresses()) >= 8

    @pytest.mark.parametrize("entry", own_addresses(), ids=lambda entry: entry[1].name)
    @pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
    def test_nothing_opens(self, entry, method, call):
        path = re.sub(r"<[^>]+>", "3f2a8c1e-5b7d-4e9a-9c61-0d2f4b6a8e10", entry[0].removeprefix("api/v1/"))
        answer = call(method, path, agency=None)
        assert answer.status_code in (401, 405) or (entry[1].name == "api-root" and answer.status_code == 404)
        assert "no-store" in answer["Cache-Control"]

    @pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer redway_wrong"}, {"Authorization": "Basic eDp5"}])
    def test_what_is_missing_is_said(self, client, ready, headers):
        answer = client.get("/api/v1/deliveries", headers=headers)
        assert answer.status_code == 401
        assert "Authorization: Bearer" in answer.json()["message"]
        assert answer["WWW-Authenticate"].startswith("Bearer")

    @pytest.mark.parametrize("path", ["/api/", "/api/v2/deliveries", "/api/v1/nothing", "/api/v1/deliveries/x/y"])
    def test_an_address_that_is_none_is_told_as_json(self, client, ready, path):
        answer = client.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
        assert "/api/v1/docs/" in answer.json()["message"]

    def test_nor_with_a_session(self, ready, signed_in):
        assert signed_in(Role.ANALYST).get("/api/v1/deliveries").status_code == 401

    def test_nor_with_a_revoked_one_or_another_scheme(self, call, ready):
        token, text = make_token(name="x", agency="fire-service", by="a test")
        assert call("get", "deliveries", token=text).status_code == 200
        revoke_token(handle=token.handle, by="a test")
        assert call("get", "deliveries", token=text).status_code == 401

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(st.one_of(st.text(), st.from_regex(r"redway_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", fullmatch=True)))
    def test_nothing_made_up_is_a_token(self, ready, text):
        assert token_of(text) is None

    def test_a_token_with_one_letter_changed_is_none(self, ready):
        _, text = make_token(name="x", agency="fire-service", by="a test")
        for at in range(len(text)):
            other = "A" if text[at] != "A" else "B"
            assert token_of(text[:at] + other + text[at + 1 :]) is None
        assert token_of(text)


class TestHandingIn:
    def test_from_the_post_to_the_accepted_result(self, hand_in, call):
        answer = hand_in()
        assert answer.status_code == 201, answer.content
        made = answer.json()
        assert (made["state"], made["agency"], made["files"], made["report"]) == (
            "received",
            "fire-service",
            ["fires.csv"],
            None,
        )
        work_on_next()
        now = call("get", f"deliveries/{made['id']}").json()
        assert (now["state"], now["data_version"], now["periods"]) == ("accepted", 2, ["2025-11"])
        assert now["result"] == "Accepted 1 of 1 row."

    def test_a_bad_one_says_how_to_mend_it_and_gives_its_rows(self, hand_in, call):
        id = hand_in(BAD).json()["id"]
        work_on_next()
        now = call("get", f"deliveries/{id}").json()
        assert now["state"] == "refused"
        [reason] = now["report"]["reasons"]
        assert (reason["column"], reason["came"], bool(reason["mend"])) == ("Casualties", "many", True)
        rows = call("get", f"deliveries/{id}/refused-rows")
        assert b"many" in b"".join(rows.streaming_content)
        rows.close()
        assert AuditRow.objects.filter(action="read-rows", subject="dataset fire").count() == 1

    def test_the_same_again_is_the_same_delivery(self, hand_in):
        assert hand_in().json()["id"] == hand_in().json()["id"]

    def test_it_is_written_down_as_the_service_accounts(self, hand_in):
        hand_in()
        row = AuditRow.objects.get(action="deliver-return")
        assert row.actor.startswith("engine of fire-service (token ")

    @pytest.mark.parametrize(
        ("given", "status", "says"),
        [
            ({"dataset": "agency-counts"}, 422, "an agency that sends"),
            ({"dataset": "no-such"}, 422, "name of a dataset"),
            ({"dataset": "lsoa-lookup"}, 422, "partners"),
            ({"period": "soon"}, 422, "a period such as"),
            ({"files": []}, 422, "files"),
            ({"text": ""}, 422, "something in it"),
            ({"name": "setup.exe"}, 422, "one that ends in .exe"),
        ],
    )
    def test_what_cannot_be_taken_is_told(self, hand_in, given, status, says):
        answer = hand_in(**given)
        assert answer.status_code == status
        assert says in answer.json()["message"]
        assert not Delivery.objects.exists()

    def test_without_a_gateway_it_is_not_allowed(self, hand_in, ready):
        Gateway.objects.all().delete()
        answer = hand_in()
        assert (answer.status_code, "no gateway" in answer.json()["message"]) == (403, True)
        assert list(ready.quarantine.iterdir()) == []

    def test_a_large_file_needs_a_token_before_it_is_read(self, call, hand_in, monkeypatch):
        monkeypatch.setattr("redway.web.uploads.SMALL", 500)
        many = FIRES + "".join(f"T-{n},2025-11-28 19:42,E01016710,x,x,x,,x,0\n" for n in range(100))
        assert hand_in(many).status_code == 201
        data = {"dataset": "fire", "files": [SimpleUploadedFile("a.csv", many.encode())]}
        assert call("post", "deliveries", agency=None, data=data).status_code in (401, 413)


class TestOthers:
    def test_deliveries_are_not_there(self, hand_in, call):
        id = hand_in(BAD).json()["id"]
        work_on_next()
        for path in (f"deliveries/{id}", f"deliveries/{id}/refused-rows"):
            other = call("get", path, agency="police")
            missing = call("get", path.replace(id, "3f2a8c1e-5b7d-4e9a-9c61-0d2f4b6a8e10"), agency="police")
            assert (other.status_code, other.content) == (404, missing.content)
        assert call("get", "deliveries", agency="police").json()["items"] == []
        assert call("get", "expected", agency="police").json()["total"] == 0
        assert not AuditRow.objects.filter(action="read-rows").exists()


class TestLists:
    def test_come_in_pages(self, hand_in, call):
        for n in range(5):
            hand_in(FIRES + f"T-{n + 2},2025-11-28 19:42,E01016710,secondary-fire,deliberate,refuse,,none,0\n")
        pages = [call("get", f"deliveries?page={p}&size=2").json() for p in (1, 2, 3, 4)]
        assert [len(p["items"]) for p in pages] == [2, 2, 1, 0]
        assert {p["total"] for p in pages} == {5}
        assert len({one["id"] for p in pages for one in p["items"]}) == 5
        assert call("get", "deliveries?state=received").json()["total"] == 5
        assert call("get", "deliveries?state=accepted").json()["total"] == 0

    @pytest.mark.parametrize("query", ["page=0", "size=0", "size=101", "page=x", "state=gone", "page=99999999999999"])
    def test_refuse_what_is_no_page(self, call, query):
        assert call("get", f"deliveries?{query}").status_code == 422

    def test_what_is_expected(self, call):
        found = call("get", "expected").json()["items"]
        assert [(one["dataset"], one["period"], one["due"]) for one in found] == [
            ("fire", "2025-10", "2025-11-20"),
            ("fire", "2025-11", "2025-12-20"),
        ]

    def test_the_returns_one_sends(self, call):
        [one] = call("get", "datasets").json()["items"]
        assert one["name"] == "fire"
        assert {"name": "casualties", "required": False}.items() <= one["columns"][-1].items()

    def test_versions(self, call):
        [one] = call("get", "versions").json()["items"]
        assert (one["number"], one["summary"]) == (1, "lsoa-lookup: 1 new")
        assert DataVersion.objects.count() == 1


def test_too_many_calls_are_put_off(call, monkeypatch):
    monkeypatch.setattr(views, "CALLS", 3)
    assert [call("get", "versions").status_code for _ in range(4)] == [200, 200, 200, 429]
    put_off = call("get", "versions")
    assert 0 <= int(float(put_off["Retry-After"])) <= 60
    assert call("get", "versions", agency="police").status_code == 200, "each token has its own count"


@pytest.mark.parametrize("host", [{}, {"secure": True}])
def test_the_page_is_found_without_the_slash_at_its_end(ready, client, host):
    answer = client.get("/api/v1/docs", **host)
    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/docs/")


def test_the_page_and_the_description_ask_no_other_host(call, client):
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    for text in (b'<script src="http', b"cdn", b"//unpkg"):
        assert text not in page.content
    schema = client.get("/api/v1/openapi.json").json()
    assert {"/api/v1/deliveries", "/api/v1/deliveries/{id}"} <= set(schema["paths"])
    for operations in schema["paths"].values():
        for operation in operations.values():
            assert operation["security"], "every operation says that it needs a token"


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    dataset=st.one_of(st.just("fire"), words),
    period=st.one_of(st.just(""), st.just("2025-11"), words),
    name=st.one_of(st.just("a.csv"), words),
    text=st.one_of(st.just(FIRES.encode()), st.binary(max_size=200)),
)
def test_whatever_is_sent_the_answer_is_json_and_no_fault_of_ours(call, dataset, period, name, text):
    cache.clear()
    data = {"dataset": dataset, "period": period, "files": [SimpleUploadedFile(name or "x", text)]}
    answer = call("post", "deliveries", data=data)
    assert answer.status_code in (201, 403, 422), answer.content
    assert set(json.loads(answer.content)) >= ({"id", "state"} if answer.status_code == 201 else {"message"})


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    path=st.sampled_from(["deliveries", "expected", "datasets", "versions"]),
    query=st.dictionaries(st.sampled_from(["page", "size", "state", "dataset", "x"]), words, max_size=4),
)
def test_whatever_is_asked_the_answer_is_json(call, path, query):
    cache.clear()
    answer = call("get", path, data=query)
    assert answer.status_code in (200, 422)
    assert json.loads(answer.content)


def test_the_command_makes_lists_and_revokes(ready):
    User.objects.create(username="adm", role=Role.ADMINISTRATOR)
    said = io.StringIO()
    call_command("token", "make", "--agency", "police", "--name", "engine", "--by", "adm", stdout=said)
    text = said.getvalue().split()[0]
    token = token_of(text)
    assert (token.agency, token.made_by) == ("police", "adm")
    assert text.split("_", 2)[2] not in str(Token.objects.values().first())
    listed = io.StringIO()
    call_command("token", "list", "--format", "json", stdout=listed)
    [row] = json.loads(listed.getvalue())["tokens"]
    assert (row["handle"], row["agency"], row["revoked"]) == (token.handle, "police", None)
    call_command("token", "revoke", token.handle, "--by", "adm", stdout=said)
    assert token_of(text) is None
    actions = list(AuditRow.objects.filter(subject=f"token {token.handle}").values_list("action", flat=True))
    assert actions == ["make-token", "revoke-token"]


def test_whoever_names_another_agency_is_refused_and_nothing_is_filed(call):
    refused = call(
        "post",
        "deliveries",
        data={"dataset": "fire", "agency": "police", "files": [SimpleUploadedFile("f.csv", FIRES.encode())]},
    )
    assert refused.status_code == 403
    assert "own agency only" in refused.content.decode()
    assert not Delivery.objects.exists()
    own = {"dataset": "fire", "agency": "fire-service", "files": [SimpleUploadedFile("f.csv", FIRES.encode())]}
    assert call("post", "deliveries", data=own).status_code == 201
    assert Delivery.objects.get().agency == "fire-service"
