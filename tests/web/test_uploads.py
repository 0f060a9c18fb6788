"""What browsers send: limited before it is read, on the home's own disk, and gone with the request."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from redway.web import uploads
from redway.web.permissions import allow
from redway.work.accounts.roles import Permission, Role
from redway.work.returns.tokens import make_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(settings, milton_keynes):
    """Serve a page that takes a file, and what it saw: its bytes, and the names in incoming/ while it was open."""
    import types

    from redway.config import urls

    saw = []

    @allow(Permission.SEND_RETURNS, methods=("POST",))
    def take(request):
        sent = request.FILES["file"]
        saw.append((sent.name, sent.size, sent.read(), list(milton_keynes.incoming.iterdir())))
        return HttpResponse("taken")

    settings.ROOT_URLCONF = types.ModuleType("urls_of_a_test")
    settings.ROOT_URLCONF.urlpatterns = [path("take/", take, name="take"), *urls.urlpatterns]
    return saw


def send(client, size, **more):
    return client.post("/take/", {"file": SimpleUploadedFile("a return.csv", b"x" * size)}, **more)


def test_a_file_comes_whole_and_has_no_name_on_disk(seen, signed_in, milton_keynes):
    client = signed_in(Role.AGENCY_CONTACT)
    for size in (1, 5_000_000):
        assert send(client, size).content == b"taken"
    assert seen == [("a return.csv", 1, b"x", []), ("a return.csv", 5_000_000, b"x" * 5_000_000, [])]
    assert list(milton_keynes.incoming.iterdir()) == []


def test_more_than_the_limit_is_turned_away_unread(seen, signed_in, settings):
    settings.UPLOAD_LIMIT = 4_000_000
    answer = send(signed_in(Role.AGENCY_CONTACT), 5_000_000)
    assert answer.status_code == 413
    assert "at most 4 MB are taken at once" in answer.content.decode()
    assert seen == []


@pytest.mark.parametrize("role", [None, Role.MEMBER])
def test_who_may_not_send_returns_cannot_fill_the_disk(seen, client, signed_in, role, monkeypatch):
    monkeypatch.setattr(uploads.IncomingFiles, "new_file", lambda *_, **__: pytest.fail("it was read"))
    asking = signed_in(role) if role else client
    assert send(asking, 5_000_000).status_code == 413
    assert seen == []


def test_the_sign_in_page_takes_no_large_bodies_either(client, milton_keynes):
    answer = client.post("/sign-in/", {"username": "x" * 4_000_000, "password": "x"})
    assert answer.status_code == 413


def test_a_form_without_a_token_writes_nothing(seen, people):
    asking = Client(enforce_csrf_checks=True)
    asking.force_login(people[Role.AGENCY_CONTACT], backend="django.contrib.auth.backends.ModelBackend")
    assert send(asking, 10).status_code == 403
    assert seen == []


@pytest.mark.parametrize("length", ["", "abc", "-1"])
def test_a_length_that_is_none_is_taken_for_no_body(seen, signed_in, length):
    answer = signed_in(Role.AGENCY_CONTACT).generic("POST", "/sign-out/", CONTENT_LENGTH=length)
    assert answer.status_code == 302


def test_a_full_disk_is_told(seen, signed_in, monkeypatch, caplog):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("redway.web.uploads.tempfile.TemporaryFile", full)
    client = signed_in(Role.AGENCY_CONTACT)
    client.raise_request_exception = False
    assert send(client, 10).status_code == 500
    assert "room on the disk" in caplog.text


def test_headers_close_what_pages_never_need(client, milton_keynes):
    answer = client.get("/sign-in/")
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert "script-src 'self'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(("token", "status"), [("", 413), ("redway_made-up", 413), (None, 422)])
def test_a_program_has_to_show_a_token_that_holds_before_much_is_read(client, milton_keynes, token, status):
    """422: it was read, and is no delivery."""
    if token is None:
        token = make_token(by="a test", agency="thames-valley-police", name="a test")[1]
    file = {"files": SimpleUploadedFile("a.csv", b"x" * 4_000_000)}
    answer = client.post("/api/v1/deliveries", file, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == status
