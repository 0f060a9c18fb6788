"""Released tables: what analysts and chairs see before a table leaves, and what anybody sees after."""

import csv
import datetime as dt
import io
import re

import pytest
from django.urls import reverse

from redway.errors import NotAllowed, NotSetUp, Place, RedwayError
from redway.web.faults import in_sentences
from redway.work.accounts.roles import Role
from redway.work.audit.models import AuditRow
from redway.work.gateways.models import Gateway
from redway.work.releases.models import TableEdition
from redway.work.releases.states import State
from redway.work.returns.models import DataVersion

pytestmark = pytest.mark.django_db
TABLES = """
- id: fires
  title: Fires by kind and cause
  dataset: fire
  what: fires and rescues
  rows: {column: incident_type, title: Kind}
  columns: {column: cause}
  period: year
- id: crime
  title: Recorded crime by type and month
  dataset: police-street
  what: crimes
  rows: {column: crime_type, title: Type}
  columns: {by: month}
  period: quarter
"""
FIRES, CRIME = "/releases/fires/", "/releases/crime/"


@pytest.fixture
def home(aldermere_home, in_force):
    (aldermere_home.profile / "tables.yaml").write_text(TABLES, "utf-8")
    in_force("fire", purpose="publication")
    return aldermere_home


@pytest.fixture
def opens(home, people, client):
    """`opens(role)`: a client signed in as the person of a role; without one, anybody's."""
    from django.test import Client

    def one(role=None):
        made = Client()
        if role:
            made.force_login(people[role], backend="django.contrib.auth.backends.ModelBackend")
        return made

    return one


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def asked_by(client, address):
    """Asks for what the page shows; what it then says."""
    page = client.get(address).content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(period|seen)" value="([^"]+)"', page))
    return client.post(f"{address}ask/", hidden, follow=True)


@pytest.fixture
def waits(opens):
    """An edition that the analyst asked for."""
    asked_by(opens(Role.ANALYST), FIRES)
    return TableEdition.objects.get()


@pytest.fixture
def released(waits, opens):
    opens(Role.CHAIR).post(reverse("release-approve", args=[waits.public_id]), {"seen": waits.shown})
    waits.refresh_from_db()
    assert waits.state == State.RELEASED
    return waits


def test_the_list_names_every_table_and_what_waits(waits, opens):
    page = text(opens(Role.CHAIR).get("/releases/"))
    assert "2 tables can be released. 1 edition waits for a second person." in page
    assert "Recorded crime by type and month" in page
    assert "Waits for a second person" in page


def test_before_there_is_a_table_it_says_where_one_is_written(home, opens):
    (home.profile / "tables.yaml").write_text("[]\n")
    assert "written into the file tables.yaml" in text(opens(Role.ANALYST).get("/releases/"))
    assert opens(Role.ANALYST).get(FIRES).status_code == 404


def test_the_page_shows_what_would_leave_what_is_lost_and_what_it_does_not_protect_from(opens):
    answer = opens(Role.ANALYST).get(FIRES)
    page = text(answer)
    assert "figures (" in page
    assert "are hidden" in page
    assert "withheld to protect people" in page
    assert "An agency that knows some of the people can take them away" in page
    assert "Ask a second person to release it" in page
    assert not AuditRow.objects.filter(action="see-small-counts").exists()


def test_exact_counts_and_why_each_is_hidden_are_for_who_may_see_them_and_written_down(opens):
    page = text(opens(Role.ANALYST).get(FIRES, {"exact": "yes"}))
    assert "hidden: small" in page
    assert AuditRow.objects.get(action="see-small-counts").detail["what"].startswith("table fires for YE-")
    chairs = text(opens(Role.CHAIR).get(FIRES, {"exact": "yes"}))
    assert "hidden: small" not in chairs
    assert "Exact counts" not in chairs
    assert AuditRow.objects.filter(action="see-small-counts").count() == 1


def test_a_second_person_releases_what_the_first_asked_for(waits, opens, people):
    mine = text(opens(Role.ANALYST).get(FIRES))
    assert "You asked for it, so another person has to look at it and agree." in mine
    assert "Release it: anybody can then see it" not in mine
    approve = reverse("release-approve", args=[waits.public_id])
    said = opens(Role.ANALYST).post(approve, {"seen": waits.shown}, follow=True)
    assert "Another person has to look at it and agree" in text(said)
    chairs = opens(Role.CHAIR).get(FIRES)
    assert "Release it: anybody can then see it" in text(chairs)
    assert "waits for you, as the second person." in text(chairs)
    assert 'href="#decide"' in chairs.content.decode()
    assert "waits for you" not in mine
    stale = opens(Role.CHAIR).post(approve, {"seen": "another"}, follow=True)
    assert "Look at it as it is now" in text(stale)
    done = opens(Role.CHAIR).post(approve, {"seen": waits.shown}, follow=True)
    assert "Released. Anybody can see it now." in text(done)
    assert "nothing has changed since edition 1" in text(done)


def test_anybody_sees_what_was_released_and_nothing_that_was_not(waits, opens):
    nobody = opens()
    assert "has released no table yet" in text(nobody.get("/released/"))
    for name in ("released-table", "released-csv"):
        assert nobody.get(reverse(name, args=[waits.public_id])).status_code == 404
    opens(Role.CHAIR).post(reverse("release-approve", args=[waits.public_id]), {"seen": waits.shown})
    assert "Fires by kind and cause" in text(nobody.get("/released/"))
    page = nobody.get(reverse("released-table", args=[waits.public_id]))
    assert "What is counted: fires and rescues." in text(page)
    assert "Edition 1, released on" in text(page)
    file = nobody.get(reverse("released-csv", args=[waits.public_id]))
    assert file["Content-Type"].startswith("text/csv")
    lines = list(csv.reader(io.StringIO(file.content.decode())))
    assert ["Kind", "Cause", "count", "Mark"] in lines
    assert any(line[-1] == "[c]" and not line[2] for line in lines if len(line) == 4)


def test_what_is_withdrawn_says_why_in_place_of_its_figures(released, opens):
    address = reverse("release-withdraw", args=[released.public_id])
    assert "the reason stands there instead" in text(opens(Role.CHAIR).get(address))
    assert "Say why" in text(opens(Role.CHAIR).post(address, {"reason": " "}))
    opens(Role.CHAIR).post(address, {"reason": "Two stations were <b>counted</b> twice."})
    for name in ("released-table", "released-csv"):
        answer = opens().get(reverse(name, args=[released.public_id]))
        assert answer.status_code == 410
        assert "Two stations were &lt;b&gt;counted&lt;/b&gt; twice." in answer.content.decode()
        assert "[c]" not in answer.content.decode()
    assert "has released no table yet" in text(opens().get("/released/"))
    assert "; withdrawn by Chair Smith, " in text(opens(Role.ANALYST).get(FIRES, {"period": released.period}))


def test_it_is_declined_with_a_reason(waits, opens):
    opens(Role.CHAIR).post(reverse("release-decline", args=[waits.public_id]), {"reason": "too fine"})
    waits.refresh_from_db()
    assert (waits.state, waits.reason) == (State.DECLINED, "too fine")
    assert "too fine" in text(opens(Role.ANALYST).get(FIRES, {"period": waits.period}))


def test_open_data_leave_by_one_persons_word(opens):
    page = text(opens(Role.ANALYST).get(CRIME))
    assert "Nothing of it is hidden." in page
    assert "What this does not protect from" not in page
    assert "Released. Anybody can see it now." in text(asked_by(opens(Role.ANALYST), CRIME))
    assert "July to September 2025" in text(opens().get("/released/"))


def of_the_command(page):
    return re.findall(r"[Ee]xpected fire|What came|Likely cause|redway import", page)


def test_without_a_gateway_for_publication_the_page_says_so_and_where_it_is_drafted(opens):
    Gateway.objects.filter(purpose="publication").delete()
    answer = opens(Role.ANALYST).get(FIRES)
    page = text(answer)
    assert "Nothing can be released yet." in page
    assert "no gateway lets it be read for publication." in page
    assert 'href="/gateways/"' in answer.content.decode()
    assert not of_the_command(page)


def test_a_gateway_that_has_expired_is_told_in_a_sentence_with_the_page_of_it(waits, opens):
    Gateway.objects.filter(purpose="publication").update(begins=dt.date(2024, 1, 1), expires=dt.date(2025, 1, 1))
    answer = opens(Role.CHAIR).get(FIRES)
    page = text(answer)
    assert "Nothing can be released for the year ending" in page
    assert "expired on 1 January 2025. It can be read again when the gateway is renewed." in page
    assert 'href="/gateways/fire/publication/"' in answer.content.decode()
    assert "Release it: anybody can then see it" not in page
    assert "It waits until it can be released" in page
    assert "Release it?" not in page
    assert not of_the_command(page)
    approve = reverse("release-approve", args=[waits.public_id])
    said = text(opens(Role.CHAIR).post(approve, {"seen": waits.shown}, follow=True))
    assert "expired on 1 January 2025" in said
    assert not of_the_command(said)


def test_before_anything_came_it_says_that_and_no_command(opens):
    DataVersion.submissions.through.objects.filter(submission__dataset="fire").delete()
    page = text(opens(Role.CHAIR).get(FIRES))
    assert "Fires, attacks on crews and malicious calls: none has been accepted yet" in page
    assert not of_the_command(page)


def test_a_fault_of_its_definition_is_told_in_sentences():
    fault = NotSetUp(
        "wards of small areas", came="none", cause="they were not imported. Run: redway import lsoa-wards PATH"
    )
    told = "Needed: wards of small areas. There is: none. Probably: they were not imported. An analyst can import it."
    assert in_sentences(fault) == told
    placed = RedwayError("codes of “Kind”", came="“x” in a group.", place=Place("tables.yaml"))
    assert in_sentences(placed) == "Needed: codes of “Kind”. There is: “x” in a group. Where: tables.yaml."
    assert in_sentences(NotAllowed("Ask again.")) == "Ask again."


@pytest.mark.parametrize("period", ["2025-11", "YE-1999-03", "x", "' or 1=1"])
def test_a_period_that_is_not_offered_is_not_there(opens, period):
    assert opens(Role.ANALYST).get(FIRES, {"period": period}).status_code == 404


def test_the_audit_tells_it_in_words(released, opens):
    page = text(opens(Role.ADMINISTRATOR).get("/audit/"))
    assert "the table “Fires by kind and cause”, the year ending" in page
    assert "released it as edition 1" in page


def test_whoever_agrees_is_told_that_the_data_have_changed_since(waits, opens):
    assert "has other files of this dataset" not in text(opens(Role.CHAIR).get(FIRES))
    version = DataVersion.objects.get(number=waits.data_version)
    newer = DataVersion.objects.create(number=version.number + 1, made_by="a test", summary="a return was withdrawn")
    of_fires = version.submissions.filter(dataset="fire").first()
    newer.submissions.add(*version.submissions.exclude(pk=of_fires.pk))
    page = opens(Role.CHAIR).get(FIRES)
    assert f"Data version {newer.number} has other files of this dataset" in text(page)
    assert f"?from={version.number}&amp;to={newer.number}" in page.content.decode()


def test_what_was_counted_of_a_return_that_stands_no_more_cannot_be_released(waits, opens):
    version = DataVersion.objects.get(number=waits.data_version)
    newer = DataVersion.objects.create(number=version.number + 1, made_by="a test", summary="fires were withdrawn")
    newer.submissions.add(*version.submissions.exclude(dataset="fire"))
    chair = opens(Role.CHAIR)
    page = text(chair.get(FIRES))
    assert "is no more in the newest data version" in page
    assert "Release it: anybody can then see it" not in page
    done = chair.post(reverse("release-approve", args=[waits.public_id]), {"seen": waits.shown}, follow=True)
    assert "have a new edition made" in text(done)
    assert not TableEdition.objects.filter(state="released").exists()
