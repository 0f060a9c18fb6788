"""The page of one return: in full for its sender and for analysts, rounded and without its sentences for others."""

import dataclasses
import re
import uuid

import pytest
from django.urls import reverse

from redway.web.returns.presenter import spanned
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.audit.models import AuditRow
from redway.work.returns.models import Delivery
from redway.work.returns.report import DeliveryReport, Fault, Item, Note, Reason, Replaced, Warning
from redway.work.returns.result import headline, told
from redway.work.returns.telling import NOTES

pytestmark = pytest.mark.django_db

FIRE = "fire-and-rescue-service"
ITEM = Item("fires.csv", "2025-11", 127, 123, 4, "superseded an older copy", "the copy of 3 May 2026 with 98 rows")
REPORT = DeliveryReport(
    items=(ITEM,),
    reasons=(Reason("Cause: is none of the codes", 4, "fires.csv", 117, "Cause", "on purpose", "a code"),),
    notes=(Note("outside the partnership", 13, "row 11", "E01000001", "another district"),),
    warnings=(Warning("rows", "November 2025: 123 rows, where 97 is usual", "2025-11"),),
)


def sent(name):
    return {"name": name, "bytes": 1, "sha256": "", "sealed": ""}


@pytest.fixture
def page(milton_keynes, signed_in, people):
    """`page(role, report, state)`: the page of the fire service's return, as text without tags."""
    User.objects.filter(pk=people[Role.AGENCY_CONTACT].pk).update(agency=FIRE)

    def shown(role, report=REPORT, **given):
        one = Delivery.objects.create(
            dataset="fire",
            agency=FIRE,
            way="web",
            sent_by="agency-contact",
            report=report.as_json(),
            **{"state": "accepted", "version": 1, "periods": ["2025-11"], "files": [sent("fires.csv")], **given},
        )
        answer = signed_in(role).get(reverse("return", args=[one.public_id]))
        assert answer.status_code == 200
        text = answer.content.decode()
        main = text[text.index("<main") : text.index("</main>")]
        return " ".join(re.sub(r"<[^>]*>", " ", main).split())

    return shown


@pytest.mark.parametrize("role", [Role.CHAIR, Role.ADMINISTRATOR])
def test_whoever_may_not_see_small_counts_reads_rounded_ones_and_no_cell(page, role):
    text = page(role)
    assert "Accepted 125 rows. Under 5 were refused, for one reason." in text
    assert "Under 5 rows, “Cause”: is none of the codes" in text
    assert "15 outside the partnership" in text
    assert "The number of rows, November 2025: it looked wrong, and may be true." in text
    assert "rounded to the nearest 5" in text
    for hidden in ("123", "127", "117", "97", "98", "on purpose", "row 11", "E01000001"):
        assert hidden not in text, hidden


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("to-acknowledge", "123 of 127 rows as they should be; would take the place of the copy of 3 May 2026"),
        ("accepted", "123 of 127 rows as they should be; was accepted, and took the place of the copy of 3 May 2026"),
        ("refused", "123 of 127 rows as they should be; was not accepted"),
    ],
)
def test_as_text_too_nothing_is_accepted_before_it_is(state, says):
    one = Delivery(dataset="fire", agency=FIRE, state=state, report=REPORT.as_json(), version=1)
    assert f"fires.csv, November 2025: {says}" in told(one, "Fire service")


def test_as_many_warnings_are_listed_for_a_chair_as_are_announced(page):
    report = dataclasses.replace(REPORT, warnings=(*REPORT.warnings, Warning("rows", "another", "2025-11")))
    text = page(Role.CHAIR, report, state="to-acknowledge", version=None)
    assert "There are 2 warnings to look into." in text
    assert "The number of rows, November 2025: 2 warnings." in text


@pytest.mark.parametrize("role", [Role.AGENCY_CONTACT, Role.ANALYST])
def test_the_sender_and_analysts_read_everything_exactly(page, role):
    text = page(role)
    assert "Accepted 123 of 127 rows. 4 were refused, for one reason." in text
    assert "line 118 of fires.csv, column “Cause”" in text
    assert "on purpose" in text
    assert "November 2025 127 123 was accepted, and took the place of the copy of 3 May 2026 with 98 rows" in text
    assert "rounded" not in text


@pytest.mark.parametrize(("role", "written"), [(Role.AGENCY_CONTACT, 1), (Role.ANALYST, 1), (Role.CHAIR, 0)])
def test_a_cell_that_is_shown_is_on_the_record(page, people, role, written):
    page(role)
    rows = AuditRow.objects.filter(action="read-rows")
    assert [(row.detail["rows"], row.detail["purpose"]) for row in rows] == [(1, "mending a return")] * written
    assert "on purpose" not in str([row.detail for row in rows])


def test_why_a_whole_file_was_refused_is_told_to_its_sender_and_not_to_a_chair(page):
    report = DeliveryReport(fault=Fault("at most 10% refused, here 31 of 40 are", "“on purpose”"), refused=31)
    given = {"report": report, "state": "refused", "periods": []}
    assert "here 31 of 40 are" in page(Role.AGENCY_CONTACT, **given)
    text = page(Role.CHAIR, **given)
    assert "Nothing of it was accepted." in text
    assert "31 of" not in text  # the page also says at which second it was sent
    assert "on purpose" not in text


LOOKS_LIKE = Fault("the columns of a fire return", "the columns of another return", looks_like="agency-counts")


@pytest.mark.parametrize(("role", "sends"), [(Role.ANALYST, True), (Role.AGENCY_CONTACT, False), (Role.CHAIR, False)])
def test_the_file_of_another_return_can_be_sent_there_by_who_may_send_that(page, client, role, sends):
    """The fire service sends no such return, so its contact is not led to it, and a chair sends none at all."""
    page(role, DeliveryReport(fault=LOOKS_LIKE), state="refused", periods=[])
    shown = client.get(reverse("return", args=[Delivery.objects.get().public_id])).content.decode()
    assert (reverse("return-send", args=["agency-counts"]) in shown) is sends
    assert ("Send it as “Counts by agency”" in shown) is sends


def test_a_report_from_before_it_named_another_return_is_read(page):
    stored = DeliveryReport(fault=LOOKS_LIKE).as_json()
    del stored["fault"]["looks_like"]
    assert DeliveryReport.of_json(stored).fault.looks_like == ""


def test_what_acceptance_would_replace_is_told_before_it_is_accepted(page):
    text = page(Role.ANALYST, state="to-accept")
    assert "If it is accepted, it" in text
    assert "would take the place of the copy of 3 May 2026 with 98 rows" in text
    assert "November 2025: 123 rows, where 97 is usual" in text


def test_warnings_to_look_into_are_counted_in_the_first_sentence_while_they_wait(page):
    assert "There is one warning to look into." in page(Role.ANALYST, state="to-acknowledge")
    assert "to look into" not in page(Role.ANALYST, state="to-accept")
    text = page(Role.ANALYST, state="overtaken")
    assert "What looked wrong when it was checked" in text
    assert "Warnings" not in text


def test_one_refused_row_is_told_in_the_singular(page):
    report = DeliveryReport(items=(Item("f.csv", "2025-11", 30, 29, 1, "accepted"),), reasons=REPORT.reasons[:1])
    assert "1 was refused, for one reason." in page(Role.ANALYST, report)
    one = Reason("is none of the codes", 1, "f.csv", 3, "Cause", "x", "a code")
    assert "1 row, “Cause”: is none of the codes" in page(Role.ANALYST, dataclasses.replace(report, reasons=(one,)))
    stray = Reason("cells without a heading", 1, "f.csv", 3, "", "x", "")
    assert "1 row: cells without a heading" in page(Role.ANALYST, dataclasses.replace(report, reasons=(stray,)))


def test_rows_with_several_faults_are_said_to_be_counted_under_each(page):
    several = (*REPORT.reasons, Reason("Sex: is none of the codes", 3, "fires.csv", 118, "Sex", "x", "a code"))
    told = "A row in which several things are wrong is counted under each of them."
    assert told in page(Role.ANALYST, dataclasses.replace(REPORT, reasons=several))
    assert told not in page(Role.ANALYST)
    assert told not in page(Role.CHAIR, dataclasses.replace(REPORT, reasons=several))


def test_what_acceptance_replaces_is_told_to_whoever_may_see_counts(page):
    before = Replaced("2026-05-03", "", 98, 123, gone=7, new=32, changed=11, told_by=("Incident number",))
    report = DeliveryReport(items=(dataclasses.replace(ITEM, replaced=before),))
    told = page(Role.ANALYST, report, state="to-accept")
    assert "It replaces the copy of 3 May 2026: 123 rows in place of 98 rows." in told
    assert "7 fall away, 11 have other cells, 80 stay as they were, 32 are new." in told
    assert "It replaces the copy" not in page(Role.CHAIR, report, state="to-accept")


def test_a_second_person_reads_everything_before_the_buttons(page):
    text = page(Role.ANALYST, state="to-accept")
    order = ["Warnings", "What the files hold", "Good to know", "A second person decides", "Accept it"]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)


def test_what_was_found_of_warnings_is_kept_with_who_found_it(page, signed_in, people):
    text = page(Role.AGENCY_CONTACT, state="to-acknowledge")
    assert "What you found (optional)" in text
    one = Delivery.objects.get()
    client, address = signed_in(Role.AGENCY_CONTACT), reverse("return-acknowledge", args=[one.public_id])
    refused = client.post(address, {"note": "A new station."}).content.decode()
    assert "looked into it: “November 2025: 123 rows, where 97 is usual”" in refused
    assert "A new station." in refused
    box = f"warning-{REPORT.warnings[0].key}"
    seen = str(uuid.uuid4())  # another copy than is accepted now
    assert client.post(address, {box: "on", "seen": seen}).status_code == 302
    one.refresh_from_db()
    assert one.state == "to-acknowledge"
    assert "accepted since you opened the page" in client.get(reverse("return", args=[one.public_id])).content.decode()
    assert client.post(address, {box: "on", "seen": "", "note": " A new station. "}).status_code == 302
    one.refresh_from_db()
    assert one.acknowledged_note == "A new station."
    shown = client.get(reverse("return", args=[one.public_id])).content.decode()
    assert f"Looked into by {people[Role.AGENCY_CONTACT].get_full_name()} on" in shown
    assert "They wrote: “A new station.”" in shown


def test_a_reason_is_asked_for_with_who_reads_it(page, signed_in):
    page(Role.ANALYST)
    address = reverse("return-withdraw", args=[Delivery.objects.get().public_id])
    asked = signed_in(Role.ANALYST).get(address).content.decode()
    assert "its chairs and the administrator read this. Name no person, and no number under 5." in asked


def test_what_decides_has_the_name_of_its_column_with_it_for_phones(page, client):
    page(Role.ANALYST, state="to-accept")
    shown = client.get(reverse("return", args=[Delivery.objects.get().public_id])).content.decode()
    assert 'data-label="If it is accepted, it"' in shown
    assert "redway-stacked" in shown


def test_copies_of_one_period_name_each_other_in_the_list_and_on_their_pages(page, signed_in):
    page(Role.ANALYST, state="to-accept")
    text = page(Role.ANALYST, state="to-accept", files=[sent("b.csv")])
    assert "Another return of this period is not decided yet: fires.csv, sent on" in text
    listed = signed_in(Role.ANALYST).get(reverse("returns")).content.decode()
    assert "fires.csv, sent on" in listed
    accepted = Delivery.objects.create(
        dataset="fire", agency=FIRE, periods=["2025-11"], way="web", sent_by="ana", state="accepted", files=[]
    )
    one = Delivery.objects.filter(state="to-accept").first()
    client = signed_in(Role.ANALYST)
    shown = client.get(reverse("return", args=[one.public_id])).content.decode()
    assert f'name="seen" value="{accepted.public_id}"' in shown
    client.post(reverse("return-accept", args=[one.public_id]), {"seen": ""})
    one.refresh_from_db()
    assert one.state == "to-accept"
    assert "b.csv, sent on" in listed


def test_one_overtaken_says_by_which(page):
    page(Role.ANALYST)
    text = page(Role.ANALYST, state="overtaken", overtaken_by=Delivery.objects.get())
    assert "A newer copy of it was accepted first, so nothing of this one was." in text
    assert "A newer copy was accepted: fires.csv, sent on" in text
    assert "Accept it" not in text


def test_of_one_overtaken_by_what_was_withdrawn_since_all_has_to_go_again(page, client):
    page(Role.ANALYST, state="withdrawn", reason="Another month", files=[sent("b.csv")])
    withdrawn = Delivery.objects.get()
    given = {"state": "overtaken", "overtaken_by": withdrawn}
    text = page(Role.ANALYST, **given)
    assert "A newer copy was accepted, and was withdrawn since: b.csv, sent on" in text
    assert "All of this one has to go again." in text
    assert "Send again what that one has not" not in text
    page(Role.ANALYST, files=[sent("c.csv")])
    newest, one = Delivery.objects.order_by("-pk")[0], Delivery.objects.get(state="overtaken")
    shown = client.get(reverse("return", args=[one.public_id])).content.decode()
    assert "A newer copy was accepted: c.csv, sent on" in shown
    assert reverse("return", args=[newest.public_id]) in shown


def test_what_people_wrote_turns_no_words_around(page):
    note = "True,\n\u202eno really"
    text = page(Role.ANALYST, state="to-accept", acknowledged_by="a", acknowledged_note=note)
    assert "They wrote: “True, \\u202eno really”" in text
    assert "Another \\u202emonth" in page(Role.ANALYST, state="refused", reason="Another \u202emonth")


def test_one_row_is_told_in_the_singular(page):
    one = DeliveryReport(items=(Item("fires.csv", "2025-11", 1, 1, 0, "accepted"),))
    assert "1 of 1 row is as it should be." in page(Role.ANALYST, one, state="to-accept")


def test_several_periods_are_headed_by_their_first_and_last_month():
    assert spanned(["2025-11"]) == "November 2025"
    assert spanned(["2025-12", "2025-11"]) == "2 periods, November 2025 to December 2025"
    assert spanned(["2024/25-Q1", "YE-2024-06", "2024-02"]) == "3 periods, July 2023 to June 2024"


def test_rounded_numbers_are_not_said_twice(page):
    few = DeliveryReport(items=(Item("fires.csv", "2025-11", 3, 3, 0, "accepted"),))
    assert "Accepted under 5 rows." in page(Role.CHAIR, report=few)
    assert "Under 5 rows are as they should be." in page(Role.CHAIR, report=few, state="to-accept")


def test_an_honest_zero_and_a_persons_refusal_are_said_as_they_are(page):
    nothing = DeliveryReport(items=(Item("fires.csv", "2025-11", 0, 0, 0, "accepted"),))
    assert "It says that there was nothing to report." in page(Role.ANALYST, nothing)
    refused = page(Role.ANALYST, state="refused", reason="Another month was meant.")
    assert "A second person refused it. 123 of 127 rows had passed the checks." in refused
    one = DeliveryReport(items=(Item("fires.csv", "2025-11", 1, 1, 0, "accepted"),))
    assert "Accepted 1 of 1 row." in page(Role.ANALYST, one)


@pytest.mark.parametrize("name", ["return-send", "return-type"])
def test_that_no_gateway_lets_a_return_in_is_said_before_anything_is_chosen_or_typed(milton_keynes, signed_in, name):
    shown = signed_in(Role.ANALYST).get(reverse(name, args=["agency-counts"])).content.decode()
    assert "no gateway is in force, so nothing of it can be taken in" in shown
    assert "Ask the partnership’s administrator" in shown
    assert "<select" not in shown


def test_rows_that_fit_no_area_are_told_in_a_sentence():
    assert "put them in an area" in NOTES["placed nowhere"]


@pytest.mark.parametrize("state", ["to-acknowledge", "to-accept", "refused", "discarded", "withdrawn", "overtaken"])
def test_a_page_says_of_it_what_a_command_says(page, state):
    one = Delivery(state=state, report=REPORT.as_json())
    assert headline(one, REPORT) in page(Role.ANALYST, state=state, reason="the wrong month")


def test_rows_that_were_accepted_before_change_nothing(page):
    assert "Nothing changed: these rows were accepted before." in page(Role.ANALYST, version=None)
