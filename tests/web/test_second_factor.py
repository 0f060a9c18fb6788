"""The second factor: asked for after the password, required once the home can hold data about people."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from redway.work.accounts import actions
from redway.work.accounts.models import Session
from redway.work.accounts.roles import Role
from redway.work.accounts.second_factor import has_second_factor, reset_second_factor
from redway.work.audit.models import AuditRow
from redway.work.gateways.models import Gateway

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
KEY = re.compile(r'<code class="redway-code">((?:[A-Z2-7]{4} ?){8})</code>')
CODES = re.compile(r'<code class="redway-code">(\d{5}-\d{5})</code>')


@pytest.fixture(autouse=True)
def everyone(people, milton_keynes):
    return people


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test moves: each 30 seconds have their own code."""

    class Clock:
        now = 1_800_000_000.0

        def time(self):
            return self.now

    made = Clock()
    monkeypatch.setattr(time, "time", made.time)
    return made


@pytest.fixture
def gateway():
    """A gateway in force: from now on the home can hold data about people."""
    return Gateway.objects.create(
        dataset="hospital-istv",
        purpose="analysis",
        version=1,
        state="in-force",
        begins="2026-01-01",
        expires="2027-01-01",
        put_in_force_at="2026-01-01T09:00:00Z",
    )


def code(secret, clock, steps=0):
    """What the app shows."""
    return format_hotp_value(hotp_value(secret, int(clock.now) // 30 + steps))


def sign_in(name="chair", password=PASSWORD, leads_to=""):
    client = Client()
    answer = client.post("/sign-in/", {"username": name, "password": password, "next": leads_to})
    return client, answer


def set_up(client, clock, password=PASSWORD):
    """Set up an app; its secret and the recovery codes."""
    secret = KEY.search(client.get("/account/second-factor/").content.decode())[1].replace(" ", "")
    answer = client.post("/account/second-factor/", {"code": code(secret, clock), "password": password})
    return secret, CODES.findall(answer.content.decode())


@pytest.fixture
def with_app(clock):
    """The chair with an app set up a while ago: the secret, and the recovery codes."""
    made = set_up(sign_in()[0], clock)
    clock.now += 600
    return made


# ------------------------------------------------------------------ Setting up


def test_setting_up_shows_a_picture_and_a_key_and_then_ten_codes_once(clock):
    client, _ = sign_in()
    text = client.get("/account/second-factor/").content.decode()
    assert "<svg" in text
    assert "<?xml" not in text
    assert "style=" not in text
    secret, codes = set_up(client, clock)
    assert len(set(codes)) == 10
    for address in ("/account/", "/account/recovery-codes/", "/account/second-factor/"):
        assert not CODES.search(client.get(address).content.decode())
    row = AuditRow.objects.get(action="set-up-second-factor")
    assert (row.actor, row.detail) == ("chair", {"replaced": False})
    assert secret not in row.detail_text


def test_the_codes_can_be_downloaded_as_they_are_shown(clock):
    client, _ = sign_in()
    secret = KEY.search(client.get("/account/second-factor/").content.decode())[1].replace(" ", "")
    text = client.post("/account/second-factor/", {"code": code(secret, clock), "password": PASSWORD}).content.decode()
    file = re.search(r'download="[^"]+" href="data:text/plain;charset=utf-8,([^"]+)"', text)[1]
    assert all(one in file for one in CODES.findall(text))


def test_neither_secret_nor_codes_stand_in_the_database_as_they_are(clock):
    secret, codes = set_up(sign_in()[0], clock)
    kept = " ".join(str(a.data) for a in Authenticator.objects.all())
    assert secret not in kept
    assert not any(one.replace("-", "") in kept for one in codes)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"code": "000000", "password": PASSWORD}, "That code is not right"),
        ({"code": "", "password": PASSWORD}, "Enter the code that your app shows"),
        ({"password": "wrong"}, "That is not your password"),
        ({"password": ""}, "Enter your password"),
    ],
)
def test_a_wrong_code_or_password_sets_nothing_up(clock, people, given, said):
    client, _ = sign_in()
    secret = KEY.search(client.get("/account/second-factor/").content.decode())[1].replace(" ", "")
    answer = client.post("/account/second-factor/", {"code": code(secret, clock)} | given)
    assert said in answer.content.decode()
    assert not has_second_factor(people[Role.CHAIR])


def test_a_session_cannot_guess_its_owners_password_on_these_pages(clock, people):
    client, _ = sign_in()
    for _ in range(5):
        set_up(client, clock, password="wrong")
    assert set_up(client, clock)[1] == []
    assert not has_second_factor(people[Role.CHAIR])


def test_another_app_takes_the_place_of_the_first(clock, with_app):
    client, _ = sign_in()
    client.post("/sign-in/code/", {"code": code(with_app[0], clock)})
    clock.now += 60
    second, _ = set_up(client, clock)
    clock.now += 60
    again, _ = sign_in()
    assert "not right" in again.post("/sign-in/code/", {"code": code(with_app[0], clock)}).content.decode()
    assert again.post("/sign-in/code/", {"code": code(second, clock)})["Location"] == "/"


def test_other_sessions_end_when_a_factor_is_set_up(clock):
    other, _ = sign_in()
    set_up(sign_in()[0], clock)
    assert other.get("/account/")["Location"].startswith("/sign-in/")


# ------------------------------------------------------------------ Signing in


def test_nobody_is_signed_in_before_the_code(clock, with_app):
    client, answer = sign_in()
    assert answer["Location"] == "/sign-in/code/"
    assert client.get("/account/")["Location"].startswith("/sign-in/")
    assert client.post("/sign-in/code/", {"code": code(with_app[0], clock)})["Location"] == "/"
    assert client.get("/account/").status_code == 200


def test_the_code_leads_to_the_page_that_was_asked_for_and_never_elsewhere(clock, with_app):
    client, _ = sign_in(leads_to="/commitments/A1/")
    assert client.post("/sign-in/code/", {"code": code(with_app[0], clock)})["Location"] == "/commitments/A1/"
    clock.now += 600
    client, _ = sign_in(leads_to="https://evil.example/")
    assert client.post("/sign-in/code/", {"code": code(with_app[0], clock)})["Location"] == "/"


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_half_a_minute(clock, with_app, steps, taken):
    client, _ = sign_in()
    answer = client.post("/sign-in/code/", {"code": code(with_app[0], clock, steps)})
    assert (answer.status_code == 302) is taken


def test_a_code_works_once_even_while_it_is_still_shown(clock, with_app):
    shown = code(with_app[0], clock)
    assert sign_in()[0].post("/sign-in/code/", {"code": shown}).status_code == 302
    clock.now += 31
    assert "not right" in sign_in()[0].post("/sign-in/code/", {"code": shown}).content.decode()


def test_a_recovery_code_works_once_with_or_without_its_hyphen(clock, with_app):
    _, codes = with_app
    for given in (codes[0], codes[1].replace("-", "")):
        client, _ = sign_in()
        assert client.post("/sign-in/code/", {"code": given}).status_code == 302
    client, _ = sign_in()
    assert "not right" in client.post("/sign-in/code/", {"code": codes[0]}).content.decode()
    assert [r.detail for r in AuditRow.objects.filter(action="use-recovery-code")] == [{"left": 9}, {"left": 8}]


def test_after_five_wrong_codes_it_waits_even_for_the_right_one_and_for_all_addresses(clock, with_app):
    for _ in range(5):
        client, _ = sign_in()
        client.post("/sign-in/code/", {"code": "000000"})
    assert AuditRow.objects.filter(action="wrong-second-factor", subject="person chair").count() == 5
    client, _ = sign_in()
    right = {"code": code(with_app[0], clock)}
    answer = client.post("/sign-in/code/", right, REMOTE_ADDR="192.0.2.7")
    assert "Wait 15 minutes" in answer.content.decode()
    assert client.get("/account/").status_code == 302
    assert AuditRow.objects.filter(action="wrong-second-factor").count() == 5
    clock.now += 901
    right = {"code": code(with_app[0], clock)}
    assert client.post("/sign-in/code/", right).status_code == 302


def test_without_a_password_before_it_the_code_is_not_asked_for(client, clock, with_app):
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert client.post("/sign-in/code/", {"code": code(with_app[0], clock)})["Location"] == "/sign-in/"


def test_the_code_has_to_come_within_ten_minutes_and_to_the_same_password(clock, with_app, people, monkeypatch):
    client, _ = sign_in()
    actions.give_one_time_password(by="a test", person=people[Role.CHAIR])
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/"

    people[Role.CHAIR].set_password(PASSWORD)
    people[Role.CHAIR].save()
    client, _ = sign_in()
    from redway.web.people import second_factor

    monkeypatch.setattr(second_factor, "PATIENCE", second_factor.PATIENCE * 0)
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/"


def test_who_has_no_second_factor_and_a_wrong_password_look_the_same(clock, with_app):
    """Only the right password shows that an account has one."""
    token = re.compile(r'(name="csrfmiddlewaretoken" )?value="\w+"')
    texts = {token.sub("", sign_in(name, "wrong")[1].content.decode()) for name in ("chair", "member", "nobody")}
    assert len(texts) == 1


# ------------------------------------------------------------------ When it is required

CLOSED = ["/", "/commitments/", "/data/", "/indicators/", "/priorities/", "/map/"]


def test_with_open_data_alone_nobody_is_asked_for_one():
    client, answer = sign_in("analyst")
    assert answer["Location"] == "/"
    assert client.get("/data/").status_code == 200


@pytest.mark.parametrize("state", ["in-force", "ended"])
def test_once_a_gateway_was_in_force_only_ones_own_account_is_open(clock, gateway, state):
    Gateway.objects.update(state=state, end_reason="no longer needed" if state == "ended" else "")
    client, _ = sign_in("analyst")
    for address in CLOSED:
        assert client.get(address)["Location"] == "/account/second-factor/", address
    text = client.get("/account/").content.decode()
    assert "You have to set one up" in text
    assert 'href="/data/"' not in text
    assert client.get("/people/").status_code == 404
    set_up(client, clock)
    assert client.get("/data/").status_code == 200


@pytest.mark.parametrize("state", ["draft", "discarded"])
def test_a_gateway_that_was_never_in_force_asks_for_nothing(gateway, state):
    Gateway.objects.update(state=state)
    assert sign_in("analyst")[0].get("/data/").status_code == 200


def test_no_setting_switches_it_off_for_a_real_partnership(gateway, settings):
    settings.MFA_REQUIRED = False
    assert sign_in("analyst")[0].get("/data/")["Location"] == "/account/second-factor/"


def test_a_fictional_partnership_asks_for_it_only_when_it_is_set(gateway, settings, milton_keynes):
    (milton_keynes.profile / "partnership.yaml").write_text(
        "name: X\nshort_name: X\nplace: X\ndistrict: E06000042\npolice_force: X\nfictional: true\n"
    )
    (milton_keynes.profile / "profile.yaml").write_text("profile: ''\n")
    assert sign_in("analyst")[0].get("/data/").status_code == 200
    settings.MFA_REQUIRED = True
    assert sign_in("analyst")[0].get("/data/")["Location"] == "/account/second-factor/"


def test_a_one_time_password_is_changed_before_a_factor_is_set_up(gateway, people):
    password = actions.give_one_time_password(by="a test", person=people[Role.CHAIR])
    client, _ = sign_in(password=password)
    assert client.get("/account/second-factor/")["Location"] == "/password/"


def test_a_session_from_before_the_factor_cannot_change_it(clock, gateway, people):
    """As one begun by the password alone in the very moment in which the factor was set up."""
    before, _ = sign_in()
    kept = Session.objects.get(person=people[Role.CHAIR])
    set_up(sign_in()[0], clock)
    kept.save(force_insert=True)
    assert before.get("/data/")["Location"] == "/account/second-factor/"
    assert before.get("/account/second-factor/")["Location"] == "/sign-in/"
    assert before.get("/account/")["Location"].startswith("/sign-in/")


# ------------------------------------------------------------------ Recovery and reset


def test_new_recovery_codes_take_the_place_of_the_old(clock, with_app):
    client, _ = sign_in()
    client.post("/sign-in/code/", {"code": code(with_app[0], clock)})
    fresh = CODES.findall(client.post("/account/recovery-codes/", {"password": PASSWORD}).content.decode())
    assert len(fresh) == 10
    assert not set(fresh) & set(with_app[1])
    assert "not right" in sign_in()[0].post("/sign-in/code/", {"code": with_app[1][0]}).content.decode()
    assert sign_in()[0].post("/sign-in/code/", {"code": fresh[0]}).status_code == 302


def test_an_administrator_resets_a_lost_factor_and_its_owner_sets_up_another(clock, with_app, people, gateway):
    theirs, _ = sign_in()
    theirs.post("/sign-in/code/", {"code": code(with_app[0], clock)})
    administrator, _ = sign_in("administrator")
    set_up(administrator, clock)
    address = f"/people/{people[Role.CHAIR].pk}/"
    assert "Reset second factor" in administrator.get(address).content.decode()
    answer = administrator.post(f"{address}second-factor/", follow=True)
    assert "has no second factor now" in answer.content.decode()
    assert theirs.get("/account/")["Location"].startswith("/sign-in/")
    assert AuditRow.objects.get(action="reset-second-factor").actor == "administrator"
    again, answer = sign_in()
    assert again.get("/commitments/")["Location"] == "/account/second-factor/"
    clock.now += 60
    assert len(set_up(again, clock)[1]) == 10


def test_a_reset_of_nothing_changes_nothing(people):
    assert not reset_second_factor(by="a test", person=people[Role.CHAIR])
    assert not AuditRow.objects.exists()


def test_another_secret_key_is_told_to_whoever_looks_after_the_server(clock, with_app, settings, caplog):
    settings.SECRET_KEY = "another"
    client, _ = sign_in()
    answer = client.post("/sign-in/code/", {"code": "123456"})
    assert answer.status_code == 500
    assert "secret key by which second factors were stored" in caplog.text


def test_what_was_done_reads_as_sentences(clock, with_app, people, signed_in):
    sign_in()[0].post("/sign-in/code/", {"code": with_app[1][0]})
    sign_in()[0].post("/sign-in/code/", {"code": "000000"})
    reset_second_factor(by="a test", person=people[Role.CHAIR])
    told = signed_in(Role.ADMINISTRATOR).get("/audit/").content.decode()
    for sentence in (
        "set up an authenticator app as a second factor",
        "signed in with a recovery code; 9 left",
        "refused a wrong code",
        "took away their second factor",
    ):
        assert sentence in told
