"""The list of returns and a result with warnings, in a real browser, on a phone and at a desk."""

import pytest

from redway.work.accounts.roles import Role

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [360, 1280])
def test_the_list_and_a_result_with_warnings_fit_and_are_accessible(browsing, width):
    page = browsing.page(Role.ANALYST, width=width)
    browsing.open(page, "/returns/")
    check(browsing, page, width)
    check_long_words(page, width, ".govuk-task-list__hint")
    waiting = page.locator("a[aria-describedby^=waiting]")
    browsing.follow(waiting.first)
    check(browsing, page, width)
    check_long_words(page, width, "main p, main h1, main dd, main li")


def check(browsing, page, width):
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert browsing.violations(page) == []
    assert page.faults == []


def check_long_words(page, width, where):
    """File names and notes may have no place to break: no page grows wider for one."""
    assert page.locator(where).count()
    page.evaluate("(where) => document.querySelectorAll(where).forEach((e) => e.append(' ' + 'x'.repeat(300)))", where)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
