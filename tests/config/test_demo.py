"""The demo from its command to its pages: set up, stopped half way, started again, signed in to."""

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from http.cookiejar import CookieJar

import pytest
import yaml

from redway.config import demo, demo_home, server
from redway.config.management.commands.serve import tidied
from redway.errors import RedwayError
from redway.store.home import Home
from redway.store.lock import only_one
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.audit.models import AuditRow
from redway.work.returns.models import Submission
from redway.work.returns.reconcile import lock_of
from redway.work.strategy.models import standings

SIGN_IN = re.compile(r"^  (chair|analyst|member|agency-contact|administrator) +([a-z0-9-]{19}) ", re.MULTILINE)


def redway(*arguments, home=None):
    """The command as a person would start it, not yet waited for."""
    environment = {name: value for name, value in os.environ.items() if name != "REDWAY_SECRET_KEY"}
    environment["REDWAY_HOME"] = str(home or "/nowhere")
    return subprocess.Popen(
        [sys.executable, "-m", "redway", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments, home=None):
    process = redway(*arguments, home=home)
    out, err = process.communicate(timeout=180)
    return process.returncode, out, err


def free_port():
    with socket.socket() as ear:
        ear.bind(("127.0.0.1", 0))
        return ear.getsockname()[1]


@contextmanager
def running(*arguments):
    """A server; Ctrl-C at the end, which it must take well."""
    process = redway(*arguments)
    try:
        yield process
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, out + err
        assert "SIG" not in err, err  # its workers end by themselves
    finally:
        process.kill()
        process.wait()


def until_it_serves(process):
    """What it says up to the line that it can be reached."""
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C stops it" in line:
            return "".join(said)
    raise AssertionError(process.stderr.read())


class Browser:
    """A browser without a screen: keeps cookies, follows redirects."""

    def __init__(self, base):
        self.base, self.jar = base, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path, form=None, headers=None):
        data = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(self.base + path, data, {"Referer": self.base} | (headers or {}))
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def sign_in(self, username, password):
        _, page = self.get("/sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        form = {"csrfmiddlewaretoken": token, "username": username, "password": password}
        return self.get("/sign-in/", form)


def accepted(home):
    return {str(p.relative_to(home)): p.stat().st_mtime_ns for p in (home / "accepted").rglob("*.parquet")}


# ------------------------------------------------------------------ Where it lives


def test_the_demo_lives_where_it_is_told_or_beside_the_usual_home(monkeypatch, tmp_path):
    monkeypatch.delenv("REDWAY_HOME")
    assert demo_home.home_of([]).name == "redway-demo"
    monkeypatch.setenv("REDWAY_HOME", str(tmp_path / "set"))
    assert demo_home.home_of(["--port", "1"]) == tmp_path / "set"
    assert demo_home.home_of(["--port", "1", "--home", str(tmp_path / "told")]) == tmp_path / "told"


def test_the_demo_never_uses_the_database_of_a_real_partnership(monkeypatch, tmp_path):
    monkeypatch.setenv("REDWAY_HOME", "unchanged")  # so that it is put back afterwards
    monkeypatch.setenv("REDWAY_DATABASE", "postgresql://real")
    demo_home.choose(["--home", str(tmp_path)])
    assert "REDWAY_DATABASE" not in os.environ
    assert os.environ["REDWAY_HOME"] == str(tmp_path)


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    code, _, err = run("demo", "--no-serve", "--home", str(tmp_path))
    assert code == 1
    assert "holds other things" in err
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_home_of_another_partnership_is_left_alone(tmp_path):
    home = Home(tmp_path / "real")
    home.make()
    (home.profile / "profile.yaml").write_text(yaml.safe_dump({"profile": "milton-keynes"}))
    code, _, err = run("demo", "--no-serve", home=home.root)
    assert code == 1
    assert "MK Together" in err
    assert "Traceback" not in err
    assert not home.database.exists()


# ------------------------------------------------------------------ Setting up


@pytest.mark.django_db
class TestPeople:
    @pytest.fixture(autouse=True)
    def quick_passwords(self, settings):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def test_lost_passwords_are_made_anew_for_the_people_there_are(self, aldermere_home):
        before = demo.sign_ins(aldermere_home)
        (aldermere_home.root / "demo-passwords.json").unlink()
        after = demo.sign_ins(aldermere_home)
        assert {one.password for one in before}.isdisjoint({one.password for one in after})
        for one in after:
            assert User.objects.get(username=one.username).check_password(one.password)
        assert User.objects.count() == len(Role)

    def test_a_password_its_owner_changed_is_not_shown_wrongly(self, aldermere_home):
        demo.sign_ins(aldermere_home)
        chair = User.objects.get(username=Role.CHAIR)
        demo.set_password(by=chair, person=chair, password="a sentence of my own")
        shown = {one.role: one.password for one in demo.sign_ins(aldermere_home)}
        assert shown.pop(Role.CHAIR) == ""
        assert all(shown.values())

    def test_promises_are_given_once_through_actions(self, aldermere_home):
        demo.sign_ins(aldermere_home)
        demo.promises(aldermere_home)
        given = standings()
        assert given.keys() == {one.commitment for one in demo.PROMISES}
        assert AuditRow.objects.filter(action="give-owner").count() == len(demo.PROMISES)
        rows = AuditRow.objects.count()
        demo.promises(aldermere_home)
        assert AuditRow.objects.count() == rows


# ------------------------------------------------------------------ The whole way


def test_the_demo_from_a_killed_set_up_to_people_who_sign_in(demo_made, tmp_path):
    """Its first start was killed in its import, what it lacked was made by `redway setup`, and it goes on from there:
    `aldermere_template` and `demo_made`.
    """
    made, out, err = demo_made
    home = tmp_path / "demo"
    shutil.copytree(made, home)
    passwords = dict(SIGN_IN.findall(out))
    assert passwords.keys() == set(Role)
    assert len(re.findall(r" \.\.\. \d+\.\d s$", err, re.MULTILINE)) == 5, err
    assert stat.S_IMODE((home / "demo-passwords.json").stat().st_mode) == 0o600
    assert json.loads((home / "demo-passwords.json").read_text()) == passwords
    assert list((home / "incoming").iterdir()) == []
    before = accepted(home)
    assert len(before) > 118

    port = free_port()
    with running("demo", "--home", str(home), "--port", str(port)) as process:
        said = until_it_serves(process)
        assert f"http://localhost:{port}/" in said
        assert dict(SIGN_IN.findall(said)) == passwords
        assert accepted(home) == before  # the second start makes nothing anew
        check_pages(f"http://localhost:{port}", passwords)

        code, _, err = run("serve", "--port", str(port), home=home)
        assert code == 1
        assert f"port {port} to be free" in err


def check_pages(base, passwords):
    stranger = Browser(base)
    assert stranger.get("/", headers={"Host": "elsewhere.example"})[0] == 400
    assert stranger.get("/")[1].count('name="password"') == 1
    assert stranger.sign_in("chair", "not-this-one")[1].count('name="password"') == 1
    for role, sees, not_found in (
        (Role.CHAIR, "/", "/audit/"),
        (Role.ANALYST, "/indicators/recorded-vehicle-crime/", "/people/"),
        (Role.MEMBER, "/priorities/knife-crime/", "/data/"),
        (Role.AGENCY_CONTACT, "/returns/", "/priorities/"),
        (Role.ADMINISTRATOR, "/people/", "/nowhere/"),
    ):
        browser = Browser(base)
        status, page = browser.sign_in(role.value, passwords[role.value])
        assert status == 200, role
        assert "Sign out" in page, role
        assert browser.get(sees)[0] == 200, role
        assert browser.get(not_found)[0] == 404, role


# ------------------------------------------------------------------ Serving


def test_serving_an_empty_home_says_what_to_do(tmp_path):
    code, out, err = run("serve", home=tmp_path)
    assert (code, out) == (1, "")
    assert "redway setup" in err


@pytest.mark.django_db
class TestStartUp:
    def test_what_a_stopped_import_left_is_cleared_away_and_a_lost_file_is_told(self, aldermere_home):
        (aldermere_home.incoming / "import-stopped").mkdir()
        assert tidied(aldermere_home) == []
        assert list(aldermere_home.incoming.iterdir()) == []
        lost = Submission.objects.get(dataset="police-street", provider="Aldermere Constabulary", period="2025-11")
        (aldermere_home.accepted / lost.parquet).unlink()
        (sentence,) = tidied(aldermere_home)
        assert "2025-11" in sentence

    def test_an_import_at_work_keeps_no_server_waiting(self, aldermere_home):
        (aldermere_home.incoming / "import-at-work").mkdir()
        with only_one(lock_of(aldermere_home)):
            assert tidied(aldermere_home) == []
        assert (aldermere_home.incoming / "import-at-work").is_dir()


def test_serving_an_older_database_says_what_to_do(tmp_path):
    home = Home(tmp_path)
    home.make()
    (home.profile / "profile.yaml").write_text("profile: aldermere\n")
    code, _, err = run("serve", "--port", str(free_port()), home=tmp_path)
    assert code == 1
    assert "redway migrate" in err


@pytest.mark.parametrize(("host", "port"), [("no.such.host.invalid", 8000), ("127.0.0.1", 70000)])
def test_an_address_that_cannot_be_listened_on_is_explained(host, port):
    with pytest.raises(RedwayError, match="a spelling mistake"):
        server.listen(host, port)
