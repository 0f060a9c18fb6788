"""What is typed and not sent is kept for its writer alone, sealed, until it is sent or its time is over."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.gateways.models import Gateway
from redway.work.returns import destruction, drafts
from redway.work.returns.models import Delivery

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "agency-counts"
PAGE = f"/returns/type/{NAME}/"
COUNCIL = "aldermere-city-council"
SECRET = "seventeen households of Mere Lane"
ROW = {"measure-0": "licensing-inspections", "period-0": "2025-10", "count-0": SECRET}


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def shown_id(page):
    return re.search(r'name="draft" value="([0-9a-f-]{36})"', page)[1]


@pytest.fixture
def later(aldermere_home):
    """Presses “Save for later” on a page with a row."""

    def press(client, id=None, agency=COUNCIL, **given):
        sent = {"rows": "5", "agency": agency, "draft": str(id or uuid4()), "later": "1", **ROW, **given}
        return client.post(PAGE, sent)

    return press


def kept(home):
    return list((home.quarantine / drafts.FOLDER).rglob("*.age"))


class TestSavedForLater:
    def test_it_is_offered_on_return_and_gone_on_with_where_it_was_left(self, later, signed_in):
        client = signed_in(Role.ANALYST)
        answer = later(client, **{"count-3": "9"})
        assert answer.status_code == 302
        page = text(client.get(PAGE))
        assert "You began this return for Aldermere City Council: 2 rows, kept on" in page
        assert SECRET not in page
        assert "Kept on" in page
        assert "for you alone" in page
        going_on = text(client.get(re.search(rf'href="({PAGE}\?draft=[^"]+)"', page)[1]))
        assert f'value="{SECRET}"' in going_on
        assert 'value="9"' in going_on
        assert re.search(rf'value="{COUNCIL}" selected', going_on)
        assert "You began this return" not in going_on

    def test_the_page_of_returns_leads_to_it(self, later, signed_in):
        client = signed_in(Role.ANALYST)
        assert "What you have begun to type" not in text(client.get("/returns/"))
        later(client)
        assert f'href="{PAGE}?draft=' in text(client.get("/returns/"))

    def test_it_is_sealed_and_no_plain_text_of_it_stays(self, later, signed_in, aldermere_home):
        client = signed_in(Role.ANALYST)
        later(client)
        text(client.get(PAGE))
        (path,) = kept(aldermere_home)
        assert path.read_bytes().startswith(b"age-encryption.org/v1")
        assert path.stat().st_mode & 0o077 == 0
        for folder in (aldermere_home.incoming, aldermere_home.quarantine):
            assert not any(SECRET.encode() in file.read_bytes() for file in folder.rglob("*") if file.is_file())

    def test_saved_again_it_takes_the_place_of_what_was_saved(self, later, signed_in, aldermere_home):
        client, id = signed_in(Role.ANALYST), uuid4()
        later(client, id)
        later(client, id, **{"count-0": "18"})
        assert len(kept(aldermere_home)) == 1
        assert 'value="18"' in text(client.get(f"{PAGE}?draft={id}"))

    def test_started_again_it_is_gone(self, later, signed_in, aldermere_home):
        client, id = signed_in(Role.ANALYST), uuid4()
        later(client, id)
        assert client.post(PAGE, {"again": str(id)}).status_code == 302
        assert kept(aldermere_home) == []
        assert client.get(f"{PAGE}?draft={id}").status_code == 404

    def test_sent_it_is_gone(self, later, signed_in, aldermere_home):
        client, id = signed_in(Role.ANALYST), uuid4()
        later(client, id, **{"count-0": "12"})
        sent = {"rows": "5", "agency": COUNCIL, "draft": str(id), **ROW, "count-0": "12", "status-0": "final"}
        answer = client.post(f"{PAGE}?draft={id}", sent)
        assert answer.status_code == 302
        assert Delivery.objects.filter(way="typed").count() == 1
        assert kept(aldermere_home) == []

    def test_mistakes_keep_it(self, later, signed_in, aldermere_home):
        client, id = signed_in(Role.ANALYST), uuid4()
        later(client, id)
        page = text(client.post(f"{PAGE}?draft={id}", {"rows": "5", "agency": COUNCIL, "draft": str(id), **ROW}))
        assert "<title>Error: " in page
        assert shown_id(page) == str(id)
        assert len(kept(aldermere_home)) == 1

    def test_after_two_weeks_it_is_neither_offered_nor_there(self, later, signed_in, aldermere_home, monkeypatch):
        client, id = signed_in(Role.ANALYST), uuid4()
        later(client, id)
        assert drafts.sweep(aldermere_home) == 0
        monkeypatch.setattr(drafts.Draft, "until", property(lambda one: one.saved_at - timedelta(seconds=1)))
        assert "You began this return" not in text(client.get(PAGE))
        assert client.get(f"{PAGE}?draft={id}").status_code == 404
        assert drafts.sweep(aldermere_home) == 1
        assert kept(aldermere_home) == []


class TestWhoMaySeeIt:
    @pytest.fixture
    def another(self, db):
        """Somebody else who may do the same."""
        return User.objects.create_user("another.analyst", password="x" * 20, role=Role.ANALYST)

    def test_nobody_else_is_offered_it_opens_it_or_deletes_it(self, later, signed_in, another, client, aldermere_home):
        id = uuid4()
        later(signed_in(Role.ANALYST), id)
        session = dict(client.session)
        client.force_login(another, backend="django.contrib.auth.backends.ModelBackend")
        store = client.session
        store.update({key: value for key, value in session.items() if not key.startswith("_")})
        store.save()
        assert "You began this return" not in text(client.get(PAGE))
        assert client.get(f"{PAGE}?draft={id}").status_code == 404
        client.post(PAGE, {"again": str(id)})
        later(client, id, **{"count-0": "another's"})  # under the same ID: a draft of their own
        assert len(kept(aldermere_home)) == 2
        assert f'value="{SECRET}"' in text(signed_in(Role.ANALYST).get(f"{PAGE}?draft={id}"))

    def test_without_signing_in_it_is_not_there(self, later, signed_in, client):
        id = uuid4()
        later(signed_in(Role.ANALYST), id)
        client.logout()
        assert client.get(f"{PAGE}?draft={id}").status_code == 302

    def test_for_an_agency_that_its_writer_sends_for_no_more_it_is_not_offered(self, later, signed_in, people):
        contact = people[Role.AGENCY_CONTACT]
        User.objects.filter(pk=contact.pk).update(agency=COUNCIL)
        client, id = signed_in(Role.AGENCY_CONTACT), uuid4()
        later(client, id)
        assert "You began this return" in text(client.get(PAGE))
        User.objects.filter(pk=contact.pk).update(agency="aldermere-youth-justice-service")
        answer = client.get(f"{PAGE}?draft={id}")
        assert answer.status_code == 404


class TestWhatMayBeKept:
    def test_nothing_of_what_no_gateway_lets_in(self, later, signed_in, aldermere_home):
        client = signed_in(Role.ANALYST)
        Gateway.objects.filter(dataset=NAME).delete()
        page = text(later(client))
        assert kept(aldermere_home) == []
        assert "gateway" in page

    def test_only_the_columns_that_a_gateway_lets_in(self, later, signed_in, aldermere_home):
        client, id = signed_in(Role.ANALYST), uuid4()
        Gateway.objects.filter(dataset=NAME).update(fields=["measure", "period"])
        later(client, id)
        Gateway.objects.filter(dataset=NAME).update(fields=["measure", "period", "count"])
        assert SECRET not in text(client.get(f"{PAGE}?draft={id}"))

    def test_an_empty_page_and_one_too_large_are_not_kept_and_it_is_said(self, later, signed_in, aldermere_home):
        client = signed_in(Role.ANALYST)
        empty = client.post(PAGE, {"rows": "5", "later": "1", "draft": str(uuid4())})
        assert "there is nothing to keep" in text(empty)
        assert "too much to be kept" in text(later(client, **{"count-1": "x" * drafts.MOST_BYTES}))
        assert kept(aldermere_home) == []

    def test_no_more_than_ten_of_a_return(self, later, signed_in, aldermere_home):
        client, ids = signed_in(Role.ANALYST), [uuid4() for _ in range(drafts.MOST)]
        for id in ids:
            later(client, id)
        assert "You have begun this return 10 times." in text(later(client))
        assert later(client, ids[0]).status_code == 302  # one of them can still be kept anew
        assert len(kept(aldermere_home)) == drafts.MOST

    @pytest.mark.parametrize("id", ["../../../x", "", "0" * 500, "%00"])
    def test_an_id_made_up_is_no_path(self, later, signed_in, aldermere_home, id):
        assert later(signed_in(Role.ANALYST), id).status_code == 302
        (path,) = kept(aldermere_home)
        assert path.parent.name == NAME
        assert signed_in(Role.ANALYST).get(PAGE, {"draft": id}).status_code == 404

    def test_erasure_of_somebody_takes_what_is_begun_of_that_return_with_it(self, later, signed_in, aldermere_home):
        later(signed_in(Role.ANALYST))
        destruction.forget_quarantined("youth-justice", aldermere_home)
        assert len(kept(aldermere_home)) == 1
        destruction.forget_quarantined(NAME, aldermere_home)
        assert kept(aldermere_home) == []


def test_a_script_that_keeps_what_is_typed_is_told_in_a_sentence(later, signed_in, aldermere_home):
    client = signed_in(Role.ANALYST)
    sent = {"rows": "5", "agency": COUNCIL, "draft": str(uuid4()), "later": "1", **ROW}
    told = client.post(PAGE, sent, headers={"Accept": "application/json"})
    assert told.status_code == 200
    assert told.json()["said"].startswith("Kept on ")
    none = client.post(PAGE, {"rows": "5", "later": "1"}, headers={"Accept": "application/json"})
    assert (none.status_code, none.json()["said"]) == (422, "")
    assert reverse("return-type", args=[NAME]) == PAGE


def test_one_that_cannot_be_opened_any_more_is_not_offered_and_harms_no_page(later, signed_in, aldermere_home):
    client = signed_in(Role.ANALYST)
    later(client)
    (path,) = kept(aldermere_home)
    path.write_bytes(path.read_bytes()[:-20])
    assert "You began this return" not in text(client.get(PAGE))
