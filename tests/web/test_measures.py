"""What partners send, on the pages: measures with their doubt, counts that protect people, exact ones on the record."""

import csv
import re
from io import StringIO

import pytest

from redway.web.figures.basis import basis
from redway.work.accounts.roles import Role
from redway.work.audit.models import AuditRow

pytestmark = pytest.mark.django_db


def text(answer):
    return answer.content.decode()


def rows_of(answer):
    _block, _, rows = text(answer).partition("\r\n\r\n")
    return list(csv.DictReader(StringIO(rows)))


def reads():
    return AuditRow.objects.filter(action="see-small-counts")


def test_a_survey_says_its_size_its_doubt_and_what_the_strategy_printed(aldermere_home, signed_in):
    page = text(signed_in(Role.MEMBER).get("/indicators/feel-safe-after-dark/"))
    value = basis().measured(basis().indicators["feel-safe-after-dark"]).of("2025")
    assert f"{round(value.value)}% (" in page
    assert "of about 900 answers" in page
    assert "What the strategy said" in page
    assert "61%" in page
    assert 'role="img"' in page
    assert "Nothing is shown for fewer than 30 answers" in page


def test_what_partners_send_is_rounded_and_small_counts_are_withheld(aldermere_home, signed_in):
    client = signed_in(Role.MEMBER)
    found = rows_of(client.get("/indicators/sharp-object-attendances.csv?by=month"))
    shown = {row["count"] for row in found if row["count"]}
    assert shown
    assert all(int(count) % 5 == 0 and int(count) >= 5 for count in shown)
    assert "suppressed" in {row["status"] for row in found}
    page = text(client.get("/indicators/sharp-object-attendances/"))
    assert "[c]" in page
    assert "withheld to protect people" in page
    assert "Withheld to protect people (□)" in page
    assert "Count, rounded to the nearest 5" in page
    assert "Counts are rounded to the nearest 5." in page
    block, _, _rows = text(client.get("/indicators/sharp-object-attendances.csv?by=month")).partition("\r\n\r\n")
    assert "# counts rounded to the nearest,5" in block


def test_where_every_month_is_withheld_it_is_not_said_that_none_has_come(aldermere_home, signed_in):
    page = text(signed_in(Role.MEMBER).get("/indicators/domestic-abuse-admissions/"))
    assert "No month is known yet" not in page
    assert "No month can be shown: every one is too few, and withheld to protect people." in page


def test_the_ear_hears_the_numbers_that_the_eye_sees(aldermere_home, signed_in):
    """Whole numbers whole, shares in per cent, intervals only where there are any, periods as beside the picture."""
    client = signed_in(Role.MEMBER)
    cases = text(client.get("/indicators/marac-cases/"))
    assert not any(re.search(r"\d\.0\b", spoken) for spoken in re.findall(r"<desc.*?</desc>", cases, re.DOTALL))
    assert "<desc" in cases
    assert "with 95% intervals" not in cases
    assert "Jul to Sep 2025: " in cases
    assert "July to September 2025</th>" in cases
    repeats = text(client.get("/indicators/marac-repeat-cases/"))
    assert "with 95% intervals" in repeats
    assert re.search(r"\d{4}: \d+%", repeats)


def test_months_that_are_late_are_marked_and_who_is_late_is_named(aldermere_home, signed_in):
    known = basis()
    late = {agency for (dataset, agency), _periods in known.snapshot.late.items() if dataset == "hospital-istv"}
    page = text(signed_in(Role.MEMBER).get("/indicators/assault-attendances/"))
    assert late == {"aldermere-infirmary"}
    assert "Late (×)" in page
    assert "[late]" in page
    assert all(known.strategy.names.get(agency, agency) in page for agency in late)


def test_exact_counts_are_for_those_who_may_see_them_and_are_written_down(aldermere_home, signed_in):
    analyst = signed_in(Role.ANALYST)
    address = "/indicators/sharp-object-attendances.csv?by=month"
    rounded = rows_of(analyst.get(address))
    assert not reads().exists()
    exact = rows_of(analyst.get(f"{address}&exact=1"))
    assert {row["status"] for row in exact} <= {"known", "late", "not available"}
    assert [row["count"] for row in exact] != [row["count"] for row in rounded]
    assert reads().count() == 1
    assert "sharp-object-attendances" in str(reads().get().detail)
    page = text(analyst.get("/indicators/sharp-object-attendances/"))
    assert "Show exact counts" in page


@pytest.mark.parametrize("role", [Role.MEMBER, Role.CHAIR, Role.ADMINISTRATOR])
def test_exact_counts_are_not_there_for_anybody_else(aldermere_home, signed_in, role):
    client = signed_in(role)
    for address in ("/indicators/sharp-object-attendances/", "/indicators/serious-violence-victims-male.csv"):
        assert client.get(f"{address}?exact=1").status_code == 404
        assert "Show exact counts" not in text(client.get(address))
    assert not reads().exists()


def test_open_data_have_no_exact_counts_to_ask_for(aldermere_home, signed_in):
    page = text(signed_in(Role.ANALYST).get("/indicators/recorded-burglary/?exact=1"))
    assert "exact counts" not in page
    assert not reads().exists()


def test_serious_violence_is_switched_between_definitions_and_each_is_cited(aldermere_home, signed_in):
    client = signed_in(Role.ANALYST)
    address = "/indicators/serious-violence-victims-male"
    first = text(client.get(f"{address}/"))
    other = text(client.get(f"{address}/?definition=youth-justice-board&exact=1"))
    assert "with serious violence as “Factors of the law" in first
    assert "with serious violence as “Gravity of five or more”" in other
    assert "?definition=thames-valley&amp;exact=1" in first
    exact = [f"{address}.csv?exact=1{more}" for more in ("", "&definition=youth-justice-board")]
    assert rows_of(client.get(exact[0])) != rows_of(client.get(exact[1]))
    assert reads().count() == 3


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ANALYST])
def test_rounded_counts_by_two_definitions_are_never_to_be_had(aldermere_home, signed_in, role):
    """They count nearly the same rows: set beside each other they would tell of the few in which they differ."""
    client = signed_in(role)
    for name in ("serious-violence-victims-male", "serious-violence-recorded"):
        for address in (f"/indicators/{name}/", f"/indicators/{name}.csv"):
            assert client.get(f"{address}?definition=youth-justice-board").status_code == 404
            assert client.get(f"{address}?definition=statutory-factors").status_code == 200
    if role is Role.MEMBER:
        page = text(client.get("/indicators/serious-violence-victims-male/"))
        assert "definition=thames-valley" not in page
        assert "only who may see small counts sees them" in page


def test_a_fact_stated_once_says_so_and_draws_no_line(aldermere_home, signed_in):
    page = text(signed_in(Role.MEMBER).get("/indicators/domestic-abuse-assessment/"))
    assert "This is a fact stated once." in page
    assert "<svg" not in page


def test_a_part_of_the_strategy_shows_measures_as_sentences(aldermere_home, signed_in):
    page = text(signed_in(Role.MEMBER).get("/priorities/neighbourhoods/"))
    assert "Feel safe after dark</a>: " in page
    assert "The strategy printed: 61%." in page


def test_partners_counts_by_area_are_neither_on_a_page_nor_on_the_map(aldermere_home, signed_in):
    client = signed_in(Role.MEMBER)
    area = basis().places.areas[0].code
    assert client.get(f"/indicators/assault-attendances/?area={area}").status_code == 404
    assert client.get("/indicators/assault-attendances.csv?level=area").status_code == 404
    assert "assault-attendances" not in text(client.get("/map/"))
    assert not any(f.indicator == "assault-attendances" and f.area.level == "area" for f in basis().changed.every)


def test_a_sentence_about_partners_counts_is_made_of_what_is_shown(aldermere_home):
    known = basis()
    partners = [f for f in known.changed.every if not known.indicators[f.indicator].open]
    assert partners
    for finding in partners:
        assert finding.change.before % 5 == 0
        assert finding.change.after % 5 == 0
        assert min(finding.change.before, finding.change.after) >= 5


def test_a_histogram_shows_bars_with_their_numbers_in_words(aldermere_home, signed_in):
    page = text(signed_in(Role.MEMBER).get("/indicators/hours-to-mentor/"))
    assert "More than 24 and up to 48 hours" in page
    assert page.count('role="img"') == 2  # wide and narrow
    spoken = re.search(r"<desc[^>]*>(.*?)</desc>", page, re.DOTALL).group(1)
    assert re.search(r"Up to 24 hours: (\d+|withheld to protect people); More than 24", spoken)
    assert "Counts are rounded to the nearest 5." in spoken
    found = rows_of(signed_in(Role.MEMBER).get("/indicators/hours-to-mentor.csv"))
    assert all(float(row["value"]) % 5 == 0 for row in found if row["value"])
    assert "suppressed" in {row["status"] for row in found}


def test_what_stands_beside_the_months_out_of_another_dataset_is_a_file_too(aldermere_home, signed_in):
    client, path = signed_in(Role.MEMBER), "/indicators/shoplifting-recorded-by-police"
    page = text(client.get(f"{path}/"))
    shown = page[page.index('id="other"') :]
    assert f'href="{path}.csv?table=beside"' in shown
    answer = client.get(f"{path}.csv", {"table": "beside"})
    assert answer["Content-Disposition"] == 'attachment; filename="shoplifting-recorded-by-police-beside.csv"'
    block = text(answer).partition("\r\n\r\n")[0]
    assert "# disclosure control,none: exact counts" in block, "it is open data, whatever the months are"
    assert f"# same data again,http://testserver/as-at/1{path}.csv?table=beside" in block
    (newest,) = (row["value"] for row in rows_of(answer) if row["period"] == "2025/26-Q2")
    assert re.search(rf"July to September 2025</th>.*?>{float(newest):,.0f}<", shown, re.DOTALL)
    for none in ("/indicators/recorded-burglary.csv?table=beside", f"{path}.csv?table=x"):
        assert client.get(none).status_code == 404, none
    assert text(client.get(f"/as-at/1{path}.csv?table=beside")).partition("\r\n\r\n")[2]
