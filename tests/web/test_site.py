"""What every page has, what anyone may read, and what is shown when something goes wrong."""

import re

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, connection
from django.test import Client

from redway.sources.dataset import dataset, names
from redway.web.site import views
from redway.work.accounts.roles import Role
from redway.work.audit.models import AuditRow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def set_up(milton_keynes):
    return milton_keynes


def text(answer):
    return answer.content.decode()


def test_a_signed_in_page_is_marked_above_and_below_and_an_open_one_is_not(client, signed_in):
    assert "OFFICIAL" not in text(client.get("/help/"))
    page = text(signed_in(Role.MEMBER).get("/commitments/"))
    assert page.count('">OFFICIAL</p>') == 2


@pytest.mark.parametrize(
    ("role", "seen", "hidden"),
    [
        (Role.MEMBER, {"Home", "Indicators", "Map", "Commitments"}, {"Data", "People", "Audit"}),
        (Role.AGENCY_CONTACT, {"Data"}, {"Home", "Commitments", "People", "Audit"}),
        (Role.ADMINISTRATOR, {"Home", "Data", "People", "Audit"}, set()),
    ],
)
def test_the_navigation_has_what_a_role_may_open(signed_in, role, seen, hidden):
    page = text(signed_in(role).get("/help/"))
    navigation = page.partition("govuk-service-navigation")[2].partition("</header>")[0]
    offered = {words.strip() for words in re.findall(r"<a[^>]*>\s*(?:<strong[^>]*>)?([^<]+)", navigation)}
    assert seen <= offered
    assert not hidden & offered


def test_open_data_are_attributed(client):
    page = text(client.get("/help/"))
    assert "Open Government Licence v3.0" in page
    assert "Contains OS data © Crown copyright and database right" in page


def test_a_fictional_city_says_so_and_claims_no_licence(client, home):
    (home.profile / "profile.yaml").write_text("profile: aldermere\n", "utf-8")
    page = text(client.get("/help/"))
    assert "does not exist." in page
    assert "Every figure, area and person here was made up" in page
    assert "Crown copyright" not in page


def test_pages_run_nothing_that_stands_in_them_and_ask_nobody_else(signed_in):
    answer = signed_in(Role.CHAIR).get("/commitments/A1/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", text(answer))
    assert not re.search(r'(?:src|href)="https?://', text(answer))


def test_each_dataset_is_described_with_its_licence(client):
    page = text(client.get("/about-the-data/"))
    for name in names():
        assert f'id="{name}"' in page
        assert dataset(name).columns[0].name in page
    assert page.count("Licence</dt>") == len(names())


def test_before_set_up_open_pages_are_there_and_name_nobody(client, set_up):
    (set_up.profile / "profile.yaml").unlink()
    page = text(client.get("/sign-in/"))
    assert "Milton Keynes" not in page
    assert "<title>Sign in – Redway</title>" in page


def test_health_tells_whether_the_database_answers_and_nothing_else(client, monkeypatch):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")

    def fails():
        raise DatabaseError("host=secret")

    monkeypatch.setattr(connection, "cursor", fails)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert b"secret" not in answer.content


def test_a_form_without_its_token_is_refused_kindly(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people[Role.CHAIR], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/commitments/A1/date/", {"due-day": "1"})
    assert answer.status_code == 403
    assert "Nothing was sent, and nothing was changed." in text(answer)


def test_what_was_sent_wrongly_gets_a_page(client, monkeypatch, rf):
    def fails(*args, **kwargs):
        raise SuspiciousOperation

    monkeypatch.setattr("redway.web.people.sign_in.SignIn.is_valid", fails)
    answer = client.post("/sign-in/", {"username": "a", "password": "b"})
    assert answer.status_code == 400
    assert "There is a problem with what was sent" in text(answer)


def test_when_the_server_fails_the_page_needs_neither_database_nor_profile(
    client, set_up, monkeypatch, django_assert_num_queries
):
    def fails(*args, **kwargs):
        raise RuntimeError

    (set_up.profile / "profile.yaml").write_text("profile: [broken", "utf-8")
    monkeypatch.setattr("redway.web.site.views.render", fails)
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        answer = client.get("/help/")
    assert answer.status_code == 500
    assert "Something went wrong" in text(answer)
    assert "Traceback" not in text(answer)


def test_the_audit_is_filtered_paged_and_says_whether_it_holds(signed_in):
    from django.db import transaction

    from redway.work.audit.actions import record

    client = signed_in(Role.ADMINISTRATOR)
    assert "Nothing was recorded yet" in text(client.get("/audit/"))
    with transaction.atomic():
        for n in range(60):
            record(
                by="the import command" if n % 2 else "ada",
                action="import",
                subject=f"data version {n}",
                detail={"summary": "files"},
            )
        record(by="ada", action="something-new", subject="thing 1")
    page = text(client.get("/audit/"))
    assert "61 things were recorded, and every one stands as it was written." in page
    assert "something new" in page
    assert 'href="/audit/?page=2"' in page
    assert text(client.get("/audit/?page=2")).count('<tr class="govuk-table__row">') == 12
    assert "30 rows, newest first" in text(client.get("/audit/?who=import"))
    assert 'href="/audit/?action=import&amp;page=2"' in text(client.get("/audit/?action=import"))
    assert "One row, newest first" in text(client.get("/audit/?subject=version+59"))
    assert "Nothing that was recorded fits" in text(client.get("/audit/?who=nobody"))
    AuditRow.objects.filter(number=7).update(actor="eve")
    assert "The chain is broken: row 7 was changed after it was written" in text(client.get("/audit/"))


def test_every_handler_of_faults_is_there():
    from redway.config import urls

    for code in (400, 403, 404, 500):
        module, _, name = getattr(urls, f"handler{code}").rpartition(".")
        assert module == views.__name__
        assert callable(getattr(views, name))
