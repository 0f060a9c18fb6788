"""Mistakes of what is typed, in a real browser: told where they are, at a desk, and on a phone without JavaScript."""

import pytest

from redway.work.accounts.roles import Role

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (360, True), (360, False)])
def test_mistakes_of_what_is_typed_are_told_where_they_are(browsing, width, javascript):
    page = browsing.page(Role.ANALYST, width=width, javascript=javascript)
    browsing.open(page, "/returns/type/agency-counts/")
    page.select_option("[name=agency]", index=1)
    page.fill("[name=period-1]", "last week")
    page.fill("[name=count-1]", "a dozen")
    browsing.follow(page.get_by_role("button", name="Send", exact=True))

    assert page.title().startswith("Error: ")
    summary = page.locator(".govuk-error-summary")
    assert summary.get_by_role("link").count() == 3
    if javascript:
        assert summary.evaluate("element => element === document.activeElement")
        assert browsing.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    summary.get_by_role("link", name="Row 2: “Number” is not a number").click()
    box = page.locator("#count-1")
    if javascript:
        assert box.evaluate("element => element === document.activeElement")
    else:
        assert page.url.endswith("#count-1")
    assert box.input_value() == "a dozen"
    assert "count-1-error" in box.get_attribute("aria-describedby")
    assert "Row 2: “Number” is not a number" in page.locator("#count-1-error").inner_text()
    assert page.faults == []


def test_typing_tells_the_server_that_somebody_is_there_now_and_then(browsing):
    page = browsing.page(Role.ANALYST)
    browsing.open(page, "/returns/type/agency-counts/")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.fill("[name=count-1]", "1")
    assert not any(address.endswith("/awake/") for address in asked)
    page.evaluate("document.body.dataset.awakeEvery = 0")
    with page.expect_response("**/account/awake/") as told:
        page.fill("[name=count-1]", "12")
    assert told.value.status == 204
    assert page.faults == []


def test_what_is_typed_is_kept_as_it_is_typed_and_gone_on_with(browsing):
    page = browsing.page(Role.ANALYST)
    browsing.open(page, "/returns/type/agency-counts/")
    page.evaluate("document.querySelector('form[data-keep]').dataset.keep = 0")  # seconds to wait
    with page.expect_response("**/returns/type/agency-counts/") as told:
        page.fill("[name=count-2]", "32")
    assert told.value.status == 200
    page.get_by_role("status").filter(has_text="Kept on").wait_for()
    browsing.open(page, "/returns/type/agency-counts/")
    browsing.follow(page.get_by_role("button", name="Go on"))
    assert page.locator("[name=count-2]").input_value() == "32"
    assert page.faults == []
