"""What waits for a person is told on their first page, in one place: to those who can do it, and to nobody else."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from redway.store.home import Home
from redway.web.gateways.presenter import warnings
from redway.web.home import presenter
from redway.web.home.waiting import SHOWN, waits
from redway.work.accounts.roles import Role
from redway.work.gateways import actions
from redway.work.gateways.terms import Terms
from redway.work.releases.models import TableEdition
from redway.work.returns import drafts
from redway.work.returns.models import DataVersion, Delivery, Submission

pytestmark = pytest.mark.django_db
FIRE = "fire-and-rescue-service"
TABLES = """
- id: fires
  title: Fires by kind and cause
  dataset: fire
  what: fires and rescues
  rows: {column: incident_type, title: Kind}
  columns: {column: cause}
  period: year
"""


def asked_for(by, period="YE-2025-03", table="fires"):
    about = {"title": "Fires by kind and cause", "dataset": "fire", "data_version": 1, "policy": {}}
    return TableEdition.objects.create(table=table, period=period, asked_by=by, **about)


def sent(by, state, *, agency=FIRE, **given):
    about = {"dataset": "fire", "periods": ["2025-11"], "way": "web", "files": []}
    return Delivery.objects.create(agency=agency, sent_by=by, state=state, **about | given)


def drafted(by, **given):
    """A draft of a gateway, whole."""
    today = timezone.localdate()
    said = {"controllers": ["a test"], "power": "cda-115", "basis": "public-task", "agreement": "1", "dpia": "1"}
    said |= {"roles": list(Role), "fields": ["incident"], "keep_months": 12, "begins": today}
    said |= {"special_condition": "substantial-public-interest", "criminal_condition": "official-authority"}
    terms = Terms(dataset="fire", purpose="analysis", expires=today + timedelta(365), **said)
    return actions.draft(by=by, terms=terms.model_copy(update=given))


@pytest.fixture
def told(milton_keynes, people):
    """`told(role)`: what waits for the person of a role, each as its text."""
    (milton_keynes.profile / "tables.yaml").write_text(TABLES, "utf-8")
    return lambda role: [one.text for one in waits(people[role], timezone.localdate()).listed]


def test_a_table_waits_for_everybody_who_may_release_it_but_whoever_asked(told, people):
    asked_for(people[Role.ANALYST].username)
    assert told(Role.CHAIR) == ["Release, or not: Fires by kind and cause, the year ending March 2025"]
    assert not told(Role.ANALYST)
    assert not told(Role.MEMBER)
    assert not told(Role.ADMINISTRATOR)


def test_a_return_waits_for_a_second_person_and_its_warnings_for_who_may_send_it(told, people):
    first = sent(people[Role.ANALYST].username, "to-accept")
    assert not told(Role.ANALYST)
    Delivery.objects.filter(pk=first.pk).update(sent_by=people[Role.AGENCY_CONTACT].username)
    assert told(Role.ANALYST) == ["Accept or refuse: Fires, attacks on crews and malicious calls, November 2025"]
    Delivery.objects.filter(pk=first.pk).update(acknowledged_by=people[Role.ANALYST].username)
    assert not told(Role.ANALYST)
    sent("somebody", "to-acknowledge")
    assert told(Role.ANALYST) == ["Read the warnings: Fires, attacks on crews and malicious calls, November 2025"]
    assert not told(Role.CHAIR)


def test_a_whole_draft_of_a_gateway_waits_for_another_administrator(told, people):
    draft = drafted(people[Role.ADMINISTRATOR].username)
    assert not told(Role.ADMINISTRATOR)
    draft.writers = ["somebody"]
    draft.save()
    put = ["Put in force, or not: the gateway Fires, attacks on crews and malicious calls, analysis"]
    assert told(Role.ADMINISTRATOR) == put
    assert not told(Role.ANALYST)
    draft.power = ""  # nobody can put it in force as it is
    draft.save()
    assert not told(Role.ADMINISTRATOR)
    draft.power, draft.dataset = "cda-115", "no-such-dataset"
    draft.save()
    assert not told(Role.ADMINISTRATOR)


def test_what_they_began_to_type_waits_for_its_writer_alone(told, people):
    home = Home.current()
    drafts.keep(person=people[Role.ANALYST], dataset="fire", id=uuid4(), agency=FIRE, rows=[], home=home)
    (mine,) = told(Role.ANALYST)
    assert mine.startswith("Go on with what you began to type: Fires")
    assert not told(Role.ADMINISTRATOR)


def test_files_past_their_time_wait_for_whoever_keeps_the_register(told, in_force):
    in_force("fire", keep_months=1)
    Submission.objects.create(
        dataset="fire", provider=FIRE, period="2020-01", content="1", raw="", parquet="x", file_name="",
        rows_read=1, rows_accepted=1, received_by="a test",
    )  # fmt: skip
    assert told(Role.ADMINISTRATOR) == ["1 accepted file is past the time that its gateway keeps it."]
    assert not told(Role.CHAIR)


@pytest.mark.parametrize(("waiting", "listed"), [(SHOWN + 1, SHOWN + 1), (SHOWN + 3, SHOWN + 1)])
def test_of_many_the_first_are_listed_and_the_others_counted(told, people, waiting, listed):
    for month in range(1, waiting + 1):
        asked_for("somebody", f"2025-{month:02d}")
    found = waits(people[Role.CHAIR], timezone.localdate())
    assert (len(found.listed), found.title) == (listed, f"{waiting} things wait for you")
    assert "January 2025" in found.listed[0].text
    if waiting > listed:
        assert (found.listed[-1].text, found.listed[-1].href) == ("3 more tables to look at", "/releases/")


def test_a_table_that_the_profile_has_no_more_can_still_be_declined(told, people, milton_keynes):
    gone = asked_for("somebody", table="gone")
    (one,) = waits(people[Role.CHAIR], timezone.localdate()).listed
    assert one.href == reverse("release-decline", args=[gone.public_id])
    (milton_keynes.profile / "tables.yaml").write_text("- [", "utf-8")
    (one,) = waits(people[Role.CHAIR], timezone.localdate()).listed
    assert one.href == "/releases/"


def test_home_tells_a_chair_with_links_to_each_and_nothing_where_nothing_waits(told, signed_in):
    assert "waits for you" not in signed_in(Role.CHAIR).get("/").content.decode()
    asked_for("analyst")
    DataVersion.objects.create(number=1, made_by="a test", summary="")
    page = signed_in(Role.CHAIR).get("/").content.decode()
    waiting = page[page.index("1 thing waits for you") : page.index('id="changed"')]
    assert 'href="/releases/fires/?period=YE-2025-03"' in waiting
    assert re.search(r"Asked for by Analyst Smith on \d+ \w+ \d{4}\.", waiting)
    older = signed_in(Role.CHAIR).get("/as-at/1/").content.decode()
    assert "waits for you" not in older, "nothing is done from a page of older figures"


def test_the_first_page_of_an_agency_contact_tells_theirs_from_others(told, people, signed_in):
    people[Role.AGENCY_CONTACT].agency = FIRE
    people[Role.AGENCY_CONTACT].save()
    sent("somebody", "to-acknowledge")
    sent("somebody", "to-accept")
    page = signed_in(Role.AGENCY_CONTACT).get("/returns/").content.decode()
    assert "1 return waits for you. 1 waits for somebody else." in page
    mine, elsewhere = page.index(">Waiting for you</h2>"), page.index(">Waiting for somebody else</h2>")
    assert mine < page.index("with warnings to acknowledge") < elsewhere < page.index("waiting for a second person")


def test_a_gateway_that_has_expired_is_to_be_drafted_unless_a_draft_waits(told, people, in_force):
    ended = in_force("fire")
    type(ended).objects.update(begins=timezone.localdate() - timedelta(9), expires=timezone.localdate() - timedelta(1))
    (late,) = presenter.gateways(warnings(timezone.localdate()))
    assert late.mend == "Draft a new version on the page Gateways."
    drafted("somebody")
    (late,) = presenter.gateways(warnings(timezone.localdate()))
    assert late.mend == "Finish the draft that waits on the page Gateways, and put it in force."
