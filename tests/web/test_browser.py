"""Every page in a real browser: axe, keyboard, a phone's width, no JavaScript, nothing from elsewhere.

A new page is added to PAGES for each role that may see it. A test below holds the list to the addresses there are.
"""

import pytest

from redway.web.permissions import TOKEN, addresses, declared
from redway.work.accounts.roles import Role

pytestmark = pytest.mark.browser

# The chair sees most; the others have here what is theirs alone, or differs for them.
GATEWAYS = [
    "/gateways/",
    "/gateways/law/",
    "/gateways/together/",
    "/gateways/retention/",
    "/gateways/new/",
    "/gateways/fire/analysis/",
    "/gateways/fire/analysis/1/",
    "/gateways/survey-responses/evaluation/",
    "/gateways/survey-responses/evaluation/draft/",
    "/gateways/survey-responses/evaluation/put-in-force/",
    "/gateways/survey-responses/evaluation/discard/",
    "/gateways/fire/analysis/end/",
]
PAGES = {
    None: [
        "/sign-in/",
        "/help/",
        "/released/",
        "/accessibility/",
        "/about-the-data/",
        "/api/v1/docs/",
        "/methods/",
        "/methods/farrington/",
    ],
    Role.CHAIR: [
        "/",
        "/priorities/",
        "/priorities/knife-crime/",
        "/indicators/",
        "/indicators/recorded-shoplifting/",
        "/indicators/feel-safe-after-dark/",
        "/indicators/serious-violence-victim-ethnicity/",
        "/indicators/sharp-object-attendances/",
        "/indicators/hours-to-mentor/",
        "/map/",
        "/commitments/",
        "/commitments/?state=under-way",
        "/commitments/A1/",
        "/commitments/A2/owner/",
        "/commitments/A2/date/",
        "/commitments/A2/state/",
        "/password/",
        "/account/",
        "/account/second-factor/",
    ],
    Role.ANALYST: [
        "/",
        "/releases/",
        "/releases/fires-set-on-purpose/",
        "/returns/",
        "/returns/send/",
        "/returns/send/fire/",
        "/quality/",
        "/data/",
        "/as-at/1/data/",
        "/data/versions/",
        "/data/versions/compare/?from=1&to=1",
        "/datasets/",
        "/datasets/youth-justice/",
        "/datasets/police-street/",
    ],
    Role.MEMBER: ["/", "/commitments/A1/"],
    Role.AGENCY_CONTACT: ["/returns/", "/quality/aldermere-infirmary/", "/data/", "/exchange/", "/help/"],
    Role.ADMINISTRATOR: ["/", "/data/", *GATEWAYS, "/people/", "/people/add/", "/people/1/", "/audit/"],
}
# No HTML to read, or an answer to a form.
NO_PAGES = {
    "awake",
    "health",
    "sign-out",
    "person-access",
    "person-password",
    "gateway-new-version",
    "person-second-factor",
    "sign-out-everywhere",
}
NO_PAGES |= {"api-openapi"} | {p.name for _, p in addresses() if declared(p.callback) == TOKEN}  # for programs
NO_PAGES |= {"sign-in-code", "recovery-codes"}  # for those with a second factor: test_browser_second_factor.py
# Each return has an address that cannot be guessed: test_browser_returns.py.
NO_PAGES |= {"return", "return-acknowledge", "return-accept", "return-refuse", "return-discard", "return-withdraw"}
NO_PAGES |= {"return-type"}
# So have editions of tables, and none is released in the demo: tests/web/test_releases.py.
NO_PAGES |= {"release-ask", "release-approve", "release-decline", "release-withdraw", "released-table"}
FILES = {
    "dataset-template",
    "dataset-template-csv",
    "dataset-example-csv",
    "return-state",
    "return-refused-rows",
    "indicator-csv",
    "map-areas",
    "map-csv",
    "commitments-csv",
    "exchange-csv",
    "released-csv",
}


def test_the_list_of_pages_has_every_address_that_shows_one():
    from django.urls import resolve

    listed = {resolve(path.split("?")[0]).url_name for paths in PAGES.values() for path in paths}
    assert listed == {pattern.name for _, pattern in addresses()} - NO_PAGES - FILES


def names(role):
    return role.value if role else "nobody"


@pytest.mark.parametrize("role", PAGES, ids=names)
def test_axe_finds_nothing_and_nothing_goes_wrong_at_a_desk_and_on_a_small_phone(browsing, role):
    page, found = browsing.page(role), {}
    for path in PAGES[role]:
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            if width == 1280:
                browsing.open(page, path)
            wrong = [*browsing.violations(page), *page.faults]
            cut_off = page.evaluate("document.documentElement.scrollWidth") - width
            if wrong or cut_off > 0:
                found[f"{path} at {width}"] = [*wrong, *([f"{cut_off} px too wide"] if cut_off > 0 else [])]
            page.faults.clear()
    assert found == {}


@pytest.mark.parametrize("role", [None, Role.CHAIR], ids=names)
def test_the_keyboard_meets_the_skip_link_first_and_always_sees_where_it_is(browsing, role):
    page = browsing.page(role)
    for path in PAGES[role]:
        browsing.open(page, path)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "govuk-skip-link", path
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main-content", path
        for _ in range(12):
            page.keyboard.press("Tab")
            seen = page.evaluate(FOCUS_IS_SEEN)
            assert seen == "", f"{path}: {seen}"


# Empty when what has the focus is marked and within the window; else what it is.
FOCUS_IS_SEEN = """() => {
    const it = document.activeElement;
    if (it === document.body) return "";
    const style = getComputedStyle(it), box = it.getBoundingClientRect();
    const inner = it.shadowRoot ? "" : it.outerHTML.slice(0, 200);
    const marked = style.outlineStyle !== "none" || style.boxShadow !== "none"
        || (it.type === "radio" && getComputedStyle(it.nextElementSibling, "::before").outlineStyle !== "none");
    const within = box.bottom > 0 && box.top < innerHeight;
    return marked && within ? "" : inner;
}"""


def test_forms_with_mistakes_are_as_good(browsing):
    page = browsing.page(width=360)
    browsing.open(page, "/sign-in/")
    browsing.follow(page.locator("main button[type=submit]"))
    assert page.evaluate("document.activeElement.className").startswith("govuk-error-summary")
    assert browsing.violations(page) == []
    page.click("text=Enter your password >> nth=0")
    assert page.evaluate("document.activeElement.name") == "password"

    page = browsing.page(Role.CHAIR)
    browsing.open(page, "/commitments/A2/date/")
    page.fill("[name=due-day]", "31")
    browsing.follow(page.locator("main button[type=submit]"))
    assert "must include a month and a year" in page.inner_text(".govuk-error-summary")
    assert browsing.violations(page) == []


def test_a_page_that_is_not_there_is_a_page(browsing):
    page = browsing.page(Role.MEMBER)
    assert page.goto(f"{browsing.address}/audit/").status == 404
    assert page.inner_text("h1") == "Page not found"
    assert browsing.violations(page) == []


def test_without_javascript_a_commitment_is_given_an_owner_a_date_and_a_state(browsing):
    page = browsing.page(Role.CHAIR, javascript=False)
    browsing.open(page, "/commitments/A3/")
    browsing.follow(page.locator("a[href$='/owner/']"))
    page.select_option("[name=owner]", index=1)
    browsing.follow(page.locator("main button[type=submit]"))
    assert "The owner of A3 was saved." in page.inner_text(".govuk-notification-banner")
    browsing.follow(page.locator("a[href$='/date/']"))
    for part, value in (("day", "31"), ("month", "3"), ("year", "2031")):
        page.fill(f"[name=due-{part}]", value)
    browsing.follow(page.locator("main button[type=submit]"))
    assert "The date of A3 was saved." in page.inner_text(".govuk-notification-banner")
    browsing.follow(page.locator("a[href$='/state/']"))
    page.check("[value=stopped]")
    page.fill("[name=reason]", "The money ended")
    browsing.follow(page.locator("main button[type=submit]"))
    told = page.inner_text(".redway-history")
    for words in ("Priya Ashdown", "to 31 March 2031", "recorded it as stopped", "“The money ended”"):
        assert words in told
    browsing.follow(page.locator("text=Sign out"))
    assert page.url.endswith("/sign-in/")


def test_a_new_person_signs_in_with_a_one_time_password_and_changes_it(browsing):
    page = browsing.page(Role.ADMINISTRATOR)
    browsing.open(page, "/people/add/")
    page.fill("[name=full_name]", "Sam Carter")
    page.fill("[name=username]", "s.carter")
    page.check("[value=member]")
    browsing.follow(page.locator("main button[type=submit]"))
    assert browsing.violations(page) == []
    password = page.inner_text("code")

    page = browsing.page()
    browsing.open(page, "/sign-in/")
    page.fill("[name=username]", "s.carter")
    page.fill("[name=password]", password)
    browsing.follow(page.locator("main button[type=submit]"))
    assert page.inner_text("h1") == "Change your password"
    page.fill("[name=old]", password)
    page.fill("[name=new]", "three unlikely words")
    browsing.follow(page.locator("main button[type=submit]"))
    assert "Your password was changed." in page.inner_text(".govuk-notification-banner")
    assert page.url == f"{browsing.address}/"
