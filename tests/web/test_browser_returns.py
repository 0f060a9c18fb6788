"""A return, handed in as an agency contact would: wrong first and then right, in a real browser."""

import csv

import pytest

from redway.aldermere.city import city
from redway.aldermere.partners import health
from redway.aldermere.partners.files import MONTHS
from redway.work.accounts.roles import Role

pytestmark = pytest.mark.browser

PATIENCE = 60_000  # milliseconds, for a worker on a busy machine
# What is said while files go up, kept for after the page has gone.
LISTEN = """() => {
    const said = document.getElementById("sending-progress");
    new MutationObserver(() => sessionStorage.setItem("said", said.textContent)).observe(said, { childList: true });
}"""


@pytest.fixture
def november(tmp_path):
    """The infirmary's return for November 2025, which has not come: `november(**cells)` changes its first row."""

    def write(name, **cells):
        rows = list(health.assaults(city(), 20250401, MONTHS[-1:]))
        rows[0] |= cells
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


def send(browsing, page, path):
    browsing.follow(page.get_by_role("link", name="Returns"))
    browsing.follow(page.get_by_role("button", name="Send a return"))
    browsing.follow(page.get_by_role("link", name="Assaults seen in the emergency department (ISTV)", exact=True))
    page.set_input_files("[name=chosen]", path)
    page.evaluate(LISTEN)
    page.get_by_role("button", name="Send", exact=True).click()


def settle(page, words):
    """Look until the worker has checked it."""
    page.wait_for_url("**/returns/*-*/")
    page.get_by_text(words).first.wait_for(timeout=PATIENCE)


def test_wrong_first_and_then_right(browsing, november, tmp_path):
    page = browsing.page(Role.AGENCY_CONTACT)
    browsing.open(page, "/data/")
    send(browsing, page, november("wrong.csv", reporting_from="2025-11-14", method="knife"))
    settle(page, "is not one calendar month")
    assert page.evaluate("sessionStorage.said") == "Sent. It is being put away safely."
    assert browsing.violations(page) == []
    with page.expect_download() as told:
        page.get_by_role("link", name="Download every refused row").click()
    told.value.save_as(tmp_path / "refused.csv")
    refused = (tmp_path / "refused.csv").read_text("utf-8-sig").splitlines()
    assert len(refused) == 2
    assert "2025-11-14" in refused[1]

    look_into_warnings(browsing, page)
    right = november("right.csv")
    rows = len(right.read_text("utf-8").splitlines()) - 1
    words = f"Accepted {rows - 1} of {rows} rows. 1 was refused, for one reason."
    page.get_by_text(words).wait_for(timeout=PATIENCE)
    send(browsing, page, right)
    page.get_by_text("as they should be").or_(page.get_by_text("Accepted ")).first.wait_for(timeout=PATIENCE)
    assert browsing.violations(page) == []
    look_into_warnings(browsing, page)
    page.get_by_text(f"Accepted {rows} of {rows} rows.").wait_for(timeout=PATIENCE)
    assert browsing.violations(page) == []
    assert page.faults == []


def look_into_warnings(browsing, page):
    """Of fewer rows than usual, as the months before may be."""
    button = page.get_by_role("button", name="I have looked into these")
    if button.count():
        for box in page.get_by_role("checkbox").all():
            box.check()
        browsing.follow(button)


def test_a_wrong_kind_of_file_is_told_at_once_where_the_keyboard_is(browsing, tmp_path):
    page = browsing.page(Role.AGENCY_CONTACT, width=360)
    browsing.open(page, "/returns/send/hospital-istv/")
    (tmp_path / "setup.exe").write_bytes(b"MZ")
    page.set_input_files("[name=chosen]", tmp_path / "setup.exe")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("one that ends in .exe").wait_for()
    assert page.evaluate("document.activeElement.id") == "sending-problem"
    assert browsing.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    (tmp_path / "other.csv").write_text("these,are,other,headings\n1,2,3,4\n")
    page.set_input_files("[name=chosen]", tmp_path / "other.csv")
    page.wait_for_timeout(1_100)  # the button takes no second press within a second
    page.get_by_role("button", name="Send", exact=True).click()
    settle(page, "Nothing of it was accepted.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_phone_without_javascript_shows_the_result_too(browsing):
    page = browsing.page(Role.AGENCY_CONTACT, width=360, javascript=False)
    browsing.open(page, "/returns/")
    browsing.follow(page.get_by_role("link", name="Assaults seen in the emergency department (ISTV), October 2025"))
    page.get_by_text("Nothing of it was accepted.").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_counts_typed_and_a_second_person_asked(browsing):
    page = browsing.page(Role.ANALYST)
    browsing.open(page, "/returns/type/agency-counts/")
    assert browsing.violations(page) == []
    browsing.follow(page.get_by_role("button", name="Add rows"))
    assert page.locator("fieldset.redway-typed").count() == 10
    browsing.open(page, "/returns/")
    browsing.follow(page.get_by_role("link", name="Referrals for modern slavery"))
    assert browsing.violations(page) == []
    browsing.follow(page.get_by_role("link", name="Refuse it, with a reason"))
    assert browsing.violations(page) == []
    browsing.follow(page.get_by_role("button", name="Refuse it"))
    page.get_by_text("Say why").first.wait_for()
