"""The pages that show figures, for each role: with all of Aldermere, before any data, and asked in bad faith."""

import csv
import json
from datetime import date
from io import StringIO

import pytest

from redway import periods
from redway.products.charts import render
from redway.web.figures import neighbours
from redway.web.figures.basis import basis
from redway.web.home.presenter import distinct
from redway.work.accounts.roles import Role
from redway.work.gateways.models import Gateway
from redway.work.returns.models import Submission
from redway.work.strategy.models import CommitmentState

pytestmark = pytest.mark.django_db
RISE = "recorded-possession-of-weapons"  # planted in Aldermere: a rise in knife crime
PARTNERSHIP = [Role.ANALYST, Role.MEMBER, Role.CHAIR, Role.ADMINISTRATOR]


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def before(page, first, second):
    return page.index(first) < page.index(second)


class TestHome:
    @pytest.mark.parametrize("role", PARTNERSHIP)
    def test_who_opens_it_decides_what_is_on_top(self, aldermere_home, signed_in, role):
        page = text(signed_in(role).get("/"))
        data_first = role in (Role.ANALYST, Role.ADMINISTRATOR)
        assert ("How clean" in page or "how clean" in page) == data_first
        if data_first:
            assert before(page, 'id="arrived"', 'id="changed"')
        assert before(page, 'id="changed"', 'id="late"')
        assert before(page, 'id="late"', 'id="promised"')

    def test_what_changed_carries_size_doubt_and_the_cost_of_its_rule(self, aldermere_home, signed_in):
        page = text(signed_in(Role.CHAIR).get("/"))
        changed = basis().changed
        assert changed.ranked
        told = distinct(basis(), changed.ranked)[:4]
        assert told[0] == changed.ranked[0]
        for finding in told:
            assert finding.sentence.replace("'", "&#39;") in page.replace("&#x27;", "&#39;")
        assert "can be expected to be" in page
        assert "series were examined" in page
        assert page.count("<svg") == len(told)

    def test_commitments_that_nobody_has_come_first_and_name_what_is_missing(self, aldermere_home, signed_in):
        first = basis().strategy.commitments[0]
        page = text(signed_in(Role.CHAIR).get("/"))
        assert "nobody" in page or "none named" in page
        CommitmentState.objects.create(
            commitment=first.id, owner=basis().strategy.agencies[0].id, due=date(2020, 1, 1), state="under-way"
        )
        assert "1 overdue" in text(signed_in(Role.CHAIR).get("/"))

    def test_an_agency_contact_has_the_data_page_instead(self, milton_keynes, signed_in):
        client = signed_in(Role.AGENCY_CONTACT)
        assert client.get("/")["Location"] == "/returns/"
        assert "what is due from whom" in text(client.get("/data/"))

    def test_a_neighbour_whose_month_has_not_come_is_told_last_and_as_no_gap(self, aldermere_home, signed_in):
        page = text(signed_in(Role.CHAIR).get("/"))
        said = "The file of Fenmarch Constabulary for November 2025 has not come. That is no gap"
        assert said in page
        assert before(page, "from Aldermere Constabulary", said)

    @pytest.mark.parametrize(
        ("role", "says"),
        [(Role.CHAIR, "the gateway is no longer in force"), (Role.MEMBER, "the gateway that let it be read")],
    )
    def test_an_ended_gateway_is_told_once(self, aldermere_home, signed_in, role, says):
        Gateway.objects.filter(dataset="fire", purpose="analysis").update(
            begins=date(2024, 1, 1), expires=date(2025, 1, 1)
        )
        page = text(signed_in(role).get("/"))
        late = page[page.index('id="late"') : page.index('id="promised"')]
        assert says in late
        assert late.count("Fires, attacks on crews and malicious calls") == 1

    def test_reference_data_that_have_not_come_are_told_by_title_and_no_file_name(self, milton_keynes, signed_in):
        page = text(signed_in(Role.CHAIR).get("/"))
        assert "Where to get it: Recorded crime by police force" in page
        assert "/about-the-data/#recorded-crime-force" in page
        assert "prc-pfa" not in page

    def test_what_arrived_is_a_sentence(self, aldermere_home, signed_in):
        page = text(signed_in(Role.ANALYST).get("/"))
        assert "reference datasets" in page
        assert "street-level crime and anti-social behaviour" in page
        assert ": 1 new" not in page


class TestAPartOfTheStrategy:
    def test_programmes_with_dates_stand_under_the_axis_and_the_others_say_they_have_none(
        self, aldermere_home, signed_in
    ):
        client = signed_in(Role.MEMBER)
        page = text(client.get("/priorities/homes-and-vehicles/"))
        assert before(page, "When the programmes ran", "Cannot tell whether it worked")
        assert "Operation Lantern: Since December 2024" in page
        part = basis().strategy.part("homes-and-vehicles")
        assert basis().strategy.programmes_of(part)[0].began == "2024-12"

    def test_a_programme_without_a_date_says_so(self, milton_keynes, signed_in):
        page = text(signed_in(Role.MEMBER).get("/priorities/violence-against-women-and-girls/"))
        assert "dates not stated" in page
        assert "from 2022" in page

    def test_it_says_what_we_know_have_done_and_will_do_in_that_order(self, aldermere_home, signed_in):
        page = text(signed_in(Role.MEMBER).get("/priorities/knife-crime/"))
        assert before(page, 'id="know"', 'id="done"')
        assert before(page, 'id="done"', 'id="next"')
        assert all(f'href="#{part}"' in page for part in ("know", "done", "next"))

    def test_its_small_charts_share_one_time_axis_and_each_has_its_sentence(self, aldermere_home, signed_in):
        page = text(signed_in(Role.MEMBER).get("/priorities/homes-and-vehicles/"))
        assert page.count('class="redway-multiple"') == 3
        assert page.count("statistically different") >= 1

    def test_what_cannot_be_known_yet_names_whom_we_need(self, milton_keynes, signed_in):
        page = text(signed_in(Role.MEMBER).get("/priorities/domestic-abuse/"))
        waiting = [i for i in basis().indicators.values() if "domestic-abuse" in i.priority and basis().waits(i)]
        assert waiting
        assert all(i.needs.provider in page for i in waiting)

    def test_commitments_with_neither_owner_nor_date_are_first(self, milton_keynes, signed_in):
        page = text(signed_in(Role.CHAIR).get("/priorities/anti-social-behaviour/"))
        listed = page[page.index('id="next"') :]
        rows = listed[listed.index("<tbody") : listed.index("</tbody>")].split("<tr")[1:]
        wanting = [("No owner" in r or "none named" in r, "No date" in r) for r in rows]
        assert wanting == sorted(wanting, key=lambda w: not (w[0] and w[1]))
        assert (True, True) in wanting

    @pytest.mark.parametrize("home_of", ["milton_keynes", "aldermere_home"])
    def test_every_part_has_a_page_with_or_without_data(self, home_of, request, signed_in):
        request.getfixturevalue(home_of)
        client = signed_in(Role.MEMBER)
        index = text(client.get("/priorities/"))
        for part in basis().strategy.parts:
            assert f'href="/priorities/{part.id}/"' in index
            assert 'id="next"' in text(client.get(f"/priorities/{part.id}/"))


class TestAnIndicator:
    def test_it_answers_in_its_first_sentence_and_cites_what_it_rests_on(self, aldermere_home, signed_in):
        page = text(signed_in(Role.MEMBER).get(f"/indicators/{RISE}/"))
        known = basis()
        found = known.changed.of(RISE, known.partnership.district)
        assert before(page, found.sentence[:40], "<svg")
        assert found.doubt in page
        assert f"version {known.snapshot.number}" in page
        assert "Redway release" in page
        for file in Submission.objects.filter(dataset="police-street", provider=known.partnership.police_force)[:3]:
            assert file.file_name.rpartition("/")[2] in page

    def test_months_that_never_came_are_not_available_and_never_nought(self, aldermere_home, signed_in):
        client = signed_in(Role.MEMBER)
        known = basis()
        row = known.series(known.indicators[RISE], "partnership")
        missing = sorted(set(row.months) - set(row.known))
        assert missing, "Aldermere is planted with a gap"
        assert f"Not available: {periods.phrase(missing)}" in text(client.get(f"/indicators/{RISE}/"))
        rows = rows_of(client.get(f"/indicators/{RISE}.csv"))
        for month in missing:
            (gap,) = [r for r in rows if r["period"] == periods.label(month)]
            assert (gap["count"], gap["value"], gap["status"]) == ("", "", "not available")

    def test_months_that_a_neighbour_has_not_sent_are_a_caveat_of_what_compares_them(self, aldermere_home, signed_in):
        page = text(signed_in(Role.MEMBER).get(f"/indicators/{RISE}/"))
        assert "Rows of Fenmarch Constabulary for November 2025 have not come" in page
        known = basis()
        month = periods.month("2025-11")
        assert neighbours.lacking(known, [month - 1, month]) == {"Fenmarch Constabulary": [month]}
        assert neighbours.caveat(known, [month - 1]) == ""

    def test_one_area_has_a_page_by_any_of_its_codes(self, aldermere_home, signed_in):
        client = signed_in(Role.MEMBER)
        area = next(a for a in basis().places.areas if len(a.members) > 1)
        for code in area.members:
            assert area.name in text(client.get(f"/indicators/{RISE}/?area={code}"))

    def test_small_counts_are_refused_a_verdict_in_words(self, aldermere_home, signed_in):
        known = basis()
        few = next(area for area in known.places.areas if known.changed.of(RISE, area.code) is None)
        page = text(signed_in(Role.MEMBER).get(f"/indicators/{RISE}/?area={few.code}"))
        assert "too few to tell a change from chance" in page
        assert "counts are too small for a control chart" in page

    def test_the_table_of_areas_sorts_by_links(self, aldermere_home, signed_in):
        client = signed_in(Role.MEMBER)
        page = text(client.get(f"/indicators/{RISE}/?order=count"))
        assert 'aria-sort="descending"' in page
        assert '<details class="govuk-details" id="areas-table" open>' in page
        names = text(client.get(f"/indicators/{RISE}/?order=name"))
        assert page != names

    def test_one_that_waits_shows_what_it_needs_and_draws_no_line(self, milton_keynes, signed_in):
        page = text(signed_in(Role.MEMBER).get("/indicators/knife-crime-recorded/"))
        one = basis().indicators["knife-crime-recorded"]
        assert one.needs.provider in page
        assert one.published.value in page
        assert "it needs an extract of police records from Thames Valley Police" in page
        assert all(fault in page for fault in one.published.faults)
        assert "<svg" not in page

    def test_the_index_has_every_indicator(self, milton_keynes, signed_in):
        page = text(signed_in(Role.MEMBER).get("/indicators/"))
        assert all(f'href="/indicators/{name}/"' in page for name in basis().indicators)

    def test_csv_begins_with_what_it_rests_on(self, aldermere_home, signed_in):
        answer = signed_in(Role.MEMBER).get(f"/indicators/{RISE}.csv?level=area&by=quarter")
        lines = list(csv.reader(StringIO(text(answer))))
        about = dict(line for line in lines[: lines.index([])])
        assert about["# data version"] == str(basis().snapshot.number)
        assert about["# marking"] == "OFFICIAL"
        rows = rows_of(answer)
        assert {r["area"] for r in rows} == {a.code for a in basis().places.areas}
        assert "attachment" in answer["Content-Disposition"]


def rows_of(answer):
    """The rows under a CSV's block of metadata."""
    block, _, rows = text(answer).partition("\r\n\r\n")
    assert block.startswith("# ")
    return list(csv.DictReader(StringIO(rows)))


class TestTheMap:
    def test_the_page_is_whole_without_a_script(self, aldermere_home, signed_in):
        page = text(signed_in(Role.MEMBER).get("/map/?type=recorded-crime"))
        known = basis()
        table = page[page.index("<table") : page.index("</table>")]
        assert all(f"?area={a.code}" in table for a in known.places.areas)
        assert page.count("<title>") >= len(known.places.areas)
        assert "not statistically different" in page
        assert "<script>" not in page
        assert " style=" not in page

    def test_geojson_and_csv_say_the_same_as_the_table(self, aldermere_home, signed_in):
        client = signed_in(Role.MEMBER)
        shapes = json.loads(text(client.get(f"/map/areas.geojson?type={RISE}")))
        rows = {r["area"]: r for r in rows_of(client.get(f"/map/areas.csv?type={RISE}"))}
        assert len(shapes["features"]) == len(rows) == len(basis().places.areas)
        said = {"more": "more", "less": "less", "same": "not statistically different", "few": "too few to tell"}
        for feature in shapes["features"]:
            assert rows[feature["properties"]["code"]]["result"] == said[feature["properties"]["shade"]]

    def test_before_data_it_says_what_will_be_here_and_what_to_do(self, milton_keynes, signed_in):
        client = signed_in(Role.MEMBER)
        assert "The map will show" in text(client.get("/map/"))
        assert client.get("/map/areas.geojson").status_code == 404


class TestTheDataPage:
    @pytest.mark.parametrize("role", [Role.ANALYST, Role.CHAIR, Role.ADMINISTRATOR, Role.AGENCY_CONTACT])
    def test_a_month_is_received_or_not_available(self, aldermere_home, signed_in, role):
        page = text(signed_in(role).get("/data/"))
        assert "[x]" in page
        assert "not available" in page
        assert "is missing" in page or "are missing" in page

    def test_an_agency_contact_sees_no_link_that_leads_nowhere(self, milton_keynes, signed_in):
        page = text(signed_in(Role.AGENCY_CONTACT).get("/data/"))
        assert 'href="/indicators/' not in page
        assert "Thames Valley Police" in page

    def test_long_lists_have_pages(self, aldermere_home, signed_in):
        client = signed_in(Role.ANALYST)
        assert "page=2" in text(client.get("/data/"))
        assert "page=1" in text(client.get("/data/?page=2"))

    def test_nothing_yet_teaches(self, milton_keynes, signed_in):
        page = text(signed_in(Role.ANALYST).get("/data/"))
        assert "No recorded crime has arrived yet" in page
        assert "No file has been accepted" in page


def test_before_any_data_every_page_stands_and_says_what_is_missing(milton_keynes, signed_in):
    client = signed_in(Role.ANALYST)
    home = text(client.get("/"))
    assert "Nothing can be said yet" in home
    assert "redway import police-street" in home
    assert "No data have come for this yet" in text(client.get("/indicators/recorded-burglary/"))
    assert client.get("/indicators/recorded-burglary.csv").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/indicators/no-such-indicator/",
        f"/indicators/{RISE}/?area=E99999999",
        f"/indicators/{RISE}/?area=%3Cscript%3E",
        f"/indicators/{RISE}/?area=%00",
        f"/indicators/{RISE}/?order=sideways",
        f"/indicators/{RISE}.csv?by=fortnight",
        f"/indicators/{RISE}.csv?level=street",
        f"/indicators/{RISE}.csv?area=../../etc/passwd",
        "/indicators/domestic-abuse-assessment.csv",
        "/indicators/assault-attendances.csv?level=area",
        "/indicators/assault-attendances/?area=E01999001",
        "/indicators/serious-violence-victims-male/?definition=no-such-version",
        "/priorities/no-such-part/",
        "/map/?type=no-such-type",
        "/map/?type=assault-attendances",
        "/map/areas.geojson?type=%27%20or%201",
        "/map/?order=-1",
        "/data/?page=0",
        "/data/?page=-1",
        "/data/?page=9999999999999999999999",
        "/data/?page=%D9%A3",
        "/data/?page=two",
    ],
)
def test_what_is_asked_in_bad_faith_is_not_found(aldermere_home, signed_in, address):
    assert signed_in(Role.ANALYST).get(address).status_code == 404


def test_a_warm_page_draws_nothing_and_asks_the_database_little(
    aldermere_home, signed_in, monkeypatch, django_assert_max_num_queries
):
    client = signed_in(Role.CHAIR)
    pages = ["/", "/priorities/knife-crime/", f"/indicators/{RISE}/", f"/map/?type={RISE}", "/priorities/"]
    for page in pages:
        text(client.get(page))
    monkeypatch.setattr(render, "draw", lambda spec: pytest.fail("drawn again"))
    for page in pages:
        # Session, person, version, what came, gateways, destructions; home also: promises, expiry, what is due, what
        # waits for its reader.
        with django_assert_max_num_queries(14 if page == "/" else 9):
            text(client.get(page))
