"""Figures of older data versions on the pages: who may ask for which, what numbers are refused, and that nothing can be
done from there. A small home: what figures are is in test_as_at.py.
"""

import re
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml
from django.urls import reverse

import redway
from redway.config import urls
from redway.web import as_at
from redway.web.addresses import address
from redway.web.figures.basis import basis
from redway.web.permissions import addresses
from redway.work.accounts.roles import Role
from redway.work.returns.models import DataVersion, Destruction, Submission
from redway.work.returns.receive import receive
from redway.work.returns.withdrawing import withdraw_open

pytestmark = pytest.mark.django_db
PROFILES = Path(redway.__file__).parent / "profiles"
BURGLARY = "/indicators/recorded-burglary"
FIGURES = ("home", "priorities", "priority", "indicators", "indicator", "indicator-csv", "map", "map-areas", "map-csv")


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def small_profile(milton_keynes):
    """Milton Keynes without the one area that the small look-up of tests has not."""
    shipped = yaml.safe_load((PROFILES / "milton-keynes" / "partnership.yaml").read_text("utf-8"))
    shipped.pop("residents_no_fair_base")
    (milton_keynes.profile / "partnership.yaml").write_text(yaml.safe_dump(shipped), "utf-8")
    return milton_keynes


@pytest.fixture
def two(small_profile, area_lookup, street_file):
    """Version 1: areas. Version 2: three burglaries of January 2025. Version 3: a newer copy of the file, with five."""
    receive([area_lookup], dataset="lsoa-lookup", by="a test")
    for count in (3, 5):
        rows = [{"Crime ID": f"{n:064x}"} for n in range(count)]
        receive([street_file(rows)], dataset="police-street", by="a test")
    assert list(DataVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    return small_profile


@pytest.fixture
def member(signed_in):
    return signed_in(Role.MEMBER)


def counts(answer):
    """The rows of a file of figures, without what stands above them."""
    return text(answer).partition("\r\n\r\n")[2]


def test_the_pages_of_figures_are_those_that_have_a_version(two):
    found = {pattern.name for route, pattern in addresses() if route.startswith("as-at/")}
    assert found == {*FIGURES, "data"} == {pattern.name for _, pattern in addresses(urls.FIGURES)}


def test_each_version_has_its_own_figures_and_the_newest_has_todays(two, member):
    assert "2025-01,3," in counts(member.get(f"/as-at/2{BURGLARY}.csv"))
    today, newest = member.get(f"{BURGLARY}.csv"), member.get(f"/as-at/3{BURGLARY}.csv")
    assert "2025-01,5," in counts(today)
    assert today.content == newest.content
    assert today["Content-Disposition"] != newest["Content-Disposition"]
    assert "recorded-burglary-E06000042-month-as-at-3.csv" in newest["Content-Disposition"]


def test_before_anything_had_come_a_page_says_so_and_has_no_file(two, member):
    assert "No data have come for this yet" in text(member.get(f"/as-at/1{BURGLARY}/"))
    assert member.get(f"/as-at/1{BURGLARY}.csv").status_code == 404
    assert "The map will show" in text(member.get("/as-at/1/map/"))


def test_a_banner_says_which_version_it_is_and_leads_to_todays(two, member):
    page = text(member.get(f"/as-at/2{BURGLARY}/?order=name&area=E06000042"))
    assert "You are looking at the figures as they stood at version 2, " in page
    assert f'href="{BURGLARY}/?order=name&amp;area=E06000042">Go to today’s figures</a>' in page
    assert 'href="/data/versions/compare/?from=2&amp;to=3"' in page
    assert "<title>Recorded burglary, as at version 2 –" in page or ", as at version 2 – " in page
    assert "today’s figures are the same" in text(member.get(f"/as-at/3{BURGLARY}/"))
    assert "You are looking at" not in text(member.get(f"{BURGLARY}/"))


def test_a_number_that_is_no_version_is_not_found_and_kindly_said(two, member):
    for number in ("0", "4", "01", "-1", "1.0", "one", "%D9%A3", "1%00", "999999999", "9" * 40, "1e1", "%3Cb%3E"):
        for path in (f"/as-at/{number}/indicators/", f"/indicators/?as-at={number}"):
            page = text(member.get(path, follow=True), 404)
            assert "There is no such data version" in page
            assert "from 1 to 3, the newest" in page
            assert 'href="/data/versions/"' in page


def test_before_any_import_no_version_is_there(milton_keynes, member):
    assert "There is none yet" in text(member.get("/as-at/1/"), 404)
    assert "There is none yet" in text(member.get("/data/versions/"))


def test_a_version_in_the_query_leads_to_its_address_and_keeps_the_rest(two, member):
    answer = member.get(f"{BURGLARY}/?area=E06000042&as-at=2&order=name")
    assert answer["Location"] == f"/as-at/2{BURGLARY}/?area=E06000042&order=name"
    assert member.get("/as-at/1/map/?as-at=2")["Location"] == "/as-at/2/map/"
    assert member.get("/?as-at=").status_code == 200
    assert member.get("/commitments/?as-at=2").status_code == 200  # has no figures, and no version


def test_nobody_learns_of_a_version_from_a_page_they_may_not_see(two, client, signed_in):
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    for number in (1, 99):
        path = f"/as-at/{number}/map/"
        assert client.get(path)["Location"] == f"/sign-in/?next={path}"
    contact = signed_in(Role.AGENCY_CONTACT)
    missing = token.sub("", text(contact.get("/no-such-page/"), 404))
    for number in (1, 99):
        assert token.sub("", text(contact.get(f"/as-at/{number}/map/"), 404)) == missing
        assert contact.get(f"/as-at/{number}/")["Location"] == "/returns/"


def test_nothing_can_be_done_from_an_older_version(two, signed_in):
    client = signed_in(Role.ANALYST)
    before = DataVersion.objects.count(), Submission.objects.count()
    for name in (*FIGURES, "data"):
        args = ["knife-crime"] if name == "priority" else ["recorded-burglary"] if name.startswith("indicator") else []
        args = [] if name == "indicators" else args
        assert client.post(address(name, *args, as_at=2), {"as-at": "1"}).status_code == 405, name
    others = (
        "commitments/",
        "commitments/A1/owner/",
        "returns/type/fire/",
        "returns/send/fire/",
        "exchange/",
        "people/",
    )
    for path in (*others, "sign-out/", "password/", "gateways/", "data/versions/", "api/v1/docs/", "help/"):
        assert client.get(f"/as-at/2/{path}").status_code == 404, path
        assert client.post(f"/as-at/2/{path}", {"owner": "police"}).status_code == 404, path
    assert (DataVersion.objects.count(), Submission.objects.count()) == before


def test_a_form_on_an_older_page_still_acts_on_today(two, member):
    """Signing out, the one form of every page."""
    assert 'action="/sign-out/"' in text(member.get("/as-at/2/"))


def test_an_older_version_never_takes_the_newest_ones_place(two, member):
    held = Submission.objects.filter(versions__number=3)
    for number in range(4, 8):
        DataVersion.objects.create(number=number, made_by="a test", summary="").submissions.set(held)
    newest = basis()
    for number in range(1, 8):
        assert member.get(f"/as-at/{number}/indicators/").status_code == 200
    assert basis() is newest


def test_one_older_page_is_worked_out_at_a_time_and_those_that_wait_are_few(two, member, monkeypatch):
    monkeypatch.setattr(as_at, "PATIENCE", 0.01)
    with ExitStack() as others:
        for _ in range(as_at.AT_ONCE):
            assert as_at._PLACES.acquire(blocking=False)
            others.callback(as_at._PLACES.release)
        answer = member.get("/as-at/2/indicators/")
        assert "being worked out for somebody else" in text(answer, 503)
        assert answer["Retry-After"] == "10"
        assert member.get("/data/versions/compare/?from=1&to=2").status_code == 503
        assert member.get("/indicators/").status_code == 200
    assert member.get("/as-at/2/indicators/").status_code == 200


def test_a_place_is_given_back_whatever_becomes_of_the_page(two, member, monkeypatch):
    monkeypatch.setattr("redway.web.indicators.views.listing.page", lambda known: 1 / 0)
    for _ in range(as_at.AT_ONCE + 1):
        assert member.get("/as-at/2/indicators/no-such/").status_code == 404
        with pytest.raises(ZeroDivisionError):
            member.get("/as-at/2/indicators/")
    for _ in range(as_at.AT_ONCE):
        assert as_at._PLACES.acquire(blocking=False)
    for _ in range(as_at.AT_ONCE):
        as_at._PLACES.release()


def test_what_was_destroyed_is_gone_from_older_versions_and_they_say_so(two, member):
    lost = Submission.objects.filter(dataset="police-street").order_by("pk").first()
    made = Destruction.objects.create(kind="retention", dataset="police-street", reason="past its time", by="x", rows=3)
    made.submissions.add(lost)
    Submission.objects.filter(pk=lost.pk).update(parquet="")
    page = text(member.get(f"/as-at/2{BURGLARY}/"))
    assert "It can no longer be re-made as it was: 1 file of police-street was past its time" in page
    assert "No data have come for this yet" in page
    assert "can no longer be re-made" not in text(member.get(f"/as-at/3{BURGLARY}/"))
    assert "can no longer be re-made" in text(member.get("/data/versions/"))


# ------------------------------------------------------------------ The list of versions, and two of them compared


def test_every_version_leads_to_its_figures_and_any_two_can_be_compared(two, member, signed_in):
    page = text(member.get("/data/versions/"))
    assert [f'href="/as-at/{n}/"' in page for n in (1, 2, 3)] == [True] * 3
    assert 'action="/data/versions/compare/"' in page
    found = text(member.get("/data/versions/compare/?from=3&to=2"))
    assert "What changed from version&nbsp;2 to version&nbsp;3</h1>" in found
    assert "took the place of an older copy" in found
    row = re.search(r"<th scope=row[^>]*>January 2025</th>(.*?)</tr>", found.partition("Recorded burglary")[2], re.S)
    assert re.findall(r"numeric\">([^<]*)<", row[1]) == ["3", "5", "+2"]
    assert f'href="/as-at/2{BURGLARY}/"' in found
    assert "so nothing differs" in text(member.get("/data/versions/compare/?from=3&to=3"))
    assert 'href="/as-at/2/"' in text(signed_in(Role.ANALYST).get("/data/"))


def test_an_agency_contact_is_led_to_no_figures(two, signed_in):
    client = signed_in(Role.AGENCY_CONTACT)
    for path in ("/data/", "/as-at/2/data/"):
        page = text(client.get(path))
        assert 'href="/as-at/2/"' not in page
        assert "/data/versions/" not in page


def test_versions_that_are_not_there_cannot_be_compared(two, member):
    for query in ("from=1&to=9", "from=one&to=2", "from=1", "from=&to=2", "from=-1&to=2", "from=1&to=1e9"):
        assert "There is no such data version" in text(member.get(f"/data/versions/compare/?{query}"), 404)


def test_asked_for_none_the_comparison_leads_to_the_list(two, member):
    assert member.get("/data/versions/compare/")["Location"] == reverse("versions")


def test_a_version_in_which_the_areas_were_withdrawn_has_pages_all_the_same(two, people, member):
    withdraw_open(dataset="lsoa-lookup", period="", provider="", reason="An error in it", by=people[Role.ANALYST])
    for path in ("/", "/priorities/", "/priorities/anti-social-behaviour/", "/indicators/", f"{BURGLARY}/", "/map/"):
        assert member.get(f"/as-at/4{path}").status_code == 200, path
    assert member.get(f"/as-at/4{BURGLARY}.csv").status_code == 404
    assert "An error in it" in text(member.get("/data/versions/compare/?from=3&to=4"))
