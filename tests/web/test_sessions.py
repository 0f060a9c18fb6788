"""Sessions end: unused, after a day's work, at their owner's wish, and when what guards the account changes."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from redway.web.people.account import device
from redway.work.accounts import actions
from redway.work.accounts.models import Session
from redway.work.accounts.roles import Role
from redway.work.audit.models import AuditRow

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture(autouse=True)
def everyone(people, milton_keynes):
    return people


def sign_in(name="chair", browser=FIREFOX):
    client = Client(HTTP_USER_AGENT=browser)
    assert client.post("/sign-in/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def is_signed_in(client):
    return client.get("/account/").status_code == 200


def earlier(client, **times):
    """As if a session had begun, or was last used, a while ago."""
    key = client.cookies["sessionid"].value
    moved = {name: timezone.now() - ago for name, ago in times.items()}
    assert Session.objects.filter(pk=key).update(**moved) == 1
    if "began_at" in times:  # the session itself remembers it too
        store = client.session
        store["began"] = moved["began_at"].isoformat()
        store.save()
        Session.objects.filter(pk=key).update(**moved)


def test_a_session_that_is_not_used_for_half_an_hour_ends_and_says_so():
    client = sign_in()
    earlier(client, seen_at=timedelta(minutes=29))
    assert is_signed_in(client)
    earlier(client, seen_at=timedelta(minutes=31))
    answer = client.get("/account/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/sign-in/")
    assert "nothing was done for 30 minutes" in answer.content.decode()
    assert not is_signed_in(client)


def test_a_session_ends_after_eight_hours_however_much_it_is_used():
    client = sign_in()
    earlier(client, began_at=timedelta(hours=7, minutes=59))
    assert is_signed_in(client)
    earlier(client, began_at=timedelta(hours=8, minutes=1))
    assert "signed in for 8 hours" in client.get("/account/", follow=True).content.decode()


def test_changing_the_password_does_not_make_a_session_last_longer(people):
    client = sign_in()
    earlier(client, began_at=timedelta(hours=7))
    client.post("/password/", {"old": PASSWORD, "new": "three unlikely words"})
    assert is_signed_in(client)
    row = Session.objects.get(person=people[Role.CHAIR])
    assert timezone.now() - row.began_at > timedelta(hours=6, minutes=59)


def test_the_limits_are_settings(settings):
    settings.SESSION_IDLE_AGE = 60
    client = sign_in()
    earlier(client, seen_at=timedelta(minutes=2))
    assert "nothing was done for 1 minute." in client.get("/account/", follow=True).content.decode()


def test_use_is_written_down_once_a_minute_and_not_for_every_page():
    client = sign_in()

    def writes():
        with CaptureQueriesContext(connection) as asked:
            client.get("/help/")
        return [q["sql"] for q in asked if q["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]

    assert writes() == []
    earlier(client, seen_at=timedelta(minutes=2))
    assert len(writes()) == 1
    assert writes() == []


def test_one_session_too_many_ends_the_one_not_used_for_longest(settings):
    settings.SESSIONS_AT_MOST = 3
    clients = [sign_in() for _ in range(3)]
    for minutes, client in zip((5, 20, 10), clients, strict=True):
        earlier(client, seen_at=timedelta(minutes=minutes))
    fourth = sign_in()
    assert [is_signed_in(client) for client in (*clients, fourth)] == [True, False, True, True]


def test_ones_sessions_are_listed_by_device_and_nobody_elses():
    sign_in("analyst", "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0")
    sign_in(browser="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604")
    text = sign_in().get("/account/").content.decode()
    assert "Firefox on Linux" in text
    assert "Safari on iPhone" in text
    assert "Edge on Windows" not in text


@pytest.mark.parametrize("said", ["", "curl/8", "<script>alert(1)</script>", "x" * 5000])
def test_browsers_that_say_nothing_or_nonsense_are_listed_too(said):
    assert device(said) == "A browser that does not say what it is"
    assert is_signed_in(sign_in(browser=said))


def test_signing_out_everywhere_ends_all_of_them_and_is_told():
    clients = [sign_in() for _ in range(3)]
    other = sign_in("analyst")
    assert clients[0].get("/account/sign-out-everywhere/").status_code == 405
    answer = clients[0].post("/account/sign-out-everywhere/", follow=True)
    assert "You were signed out everywhere." in answer.content.decode()
    assert [is_signed_in(client) for client in (*clients, other)] == [False, False, False, True]
    assert AuditRow.objects.get(action="sign-out-everywhere").subject == "person chair"


@pytest.mark.parametrize(
    "change",
    [
        lambda person: actions.deactivate(by="a test", person=person),
        lambda person: actions.give_one_time_password(by="a test", person=person),
    ],
)
def test_ending_access_or_a_new_password_leaves_no_session_behind(people, change):
    sign_in()
    change(people[Role.CHAIR])
    assert not Session.objects.filter(person=people[Role.CHAIR]).exists()


def test_a_new_password_ends_the_other_sessions():
    first, second = sign_in(), sign_in()
    first.post("/password/", {"old": PASSWORD, "new": "three unlikely words"})
    assert [is_signed_in(first), is_signed_in(second)] == [True, False]


def test_sessions_that_have_run_out_are_cleared_away():
    client = sign_in()
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    sign_in("analyst")
    assert Session.objects.count() == 1
    assert not is_signed_in(client)


def test_a_page_for_everyone_costs_a_stranger_no_query(client, django_assert_num_queries):
    client.get("/help/")
    with django_assert_num_queries(0):
        client.get("/help/")


def test_whoever_types_is_not_idle_but_no_session_lasts_longer_for_it(settings):
    client = sign_in()
    assert 'data-awake="/account/awake/" data-awake-every="180"' in client.get("/account/").content.decode()
    earlier(client, seen_at=timedelta(minutes=29))
    assert client.get("/account/awake/").status_code == 204
    assert timezone.now() - Session.objects.get().seen_at < timedelta(minutes=1)
    earlier(client, began_at=timedelta(hours=8, minutes=1))
    assert client.get("/account/awake/").status_code == 302
    assert not is_signed_in(client)


def test_pages_of_strangers_say_nothing_of_typing(client):
    assert "data-awake" not in client.get("/sign-in/").content.decode()


def test_a_form_sent_after_the_session_ended_is_said_to_have_gone_nowhere():
    client = sign_in()
    Session.objects.all().delete()  # by its owner elsewhere, or by who gave a new password
    answer = client.post("/password/", {"old": PASSWORD, "new": "three unlikely words"}, follow=True)
    assert answer.redirect_chain == [("/sign-in/?next=/password/", 302)]
    assert "You were not signed in any more, so nothing was sent." in answer.content.decode()


def test_after_signing_in_again_nobody_is_led_to_an_address_that_only_takes_forms():
    answer = Client().post("/account/sign-out-everywhere/", follow=True)
    assert answer.redirect_chain == [("/sign-in/?next=/", 302)]
    assert "nothing was sent" not in Client().get("/account/", follow=True).content.decode()


def test_a_page_opened_before_signing_in_again_elsewhere_is_told_so():
    client = Client(enforce_csrf_checks=True)
    client.get("/sign-in/")
    answer = client.post("/sign-in/", {"csrfmiddlewaretoken": "of before"})
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "You signed in again after the page was opened, perhaps in another tab" in text
    assert "Nothing was sent" in text
