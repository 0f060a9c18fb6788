"""The second factor in a real browser, with JavaScript and without: set up, codes kept, asked for, used."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from redway.work.accounts.roles import Role

pytestmark = pytest.mark.browser
PASSWORD = "three unlikely words"


def code(secret):
    """What the app shows now; waits where it is about to change."""
    if time.time() % 30 > 25:
        time.sleep(6)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def looks_right(browsing, page):
    """At a desk and on a small phone; axe is a script itself."""
    if not page.evaluate("document.body.classList.contains('js-enabled')"):
        return
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert browsing.violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def sign_in(page, browsing, name):
    browsing.open(page, "/sign-in/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    browsing.follow(page.locator("main button[type=submit]"))


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def newcomer(browsing, request):
    """Somebody with a password of their own, signed in, with JavaScript or without."""
    name = f"newcomer-{time.time_ns()}"
    page = browsing.page(Role.ADMINISTRATOR)
    browsing.open(page, "/people/add/")
    page.fill("[name=full_name]", "Robin Newcomer")
    page.fill("[name=username]", name)
    page.check("[value=member]")
    browsing.follow(page.locator("main button[type=submit]"))
    given = page.inner_text("code")
    page = browsing.page(javascript=request.param, accept_downloads=True)
    browsing.open(page, "/sign-in/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", given)
    browsing.follow(page.locator("main button[type=submit]"))
    page.fill("[name=old]", given)
    page.fill("[name=new]", PASSWORD)
    browsing.follow(page.locator("main button[type=submit]"))
    return name, page


def test_it_is_set_up_kept_asked_for_and_used(browsing, newcomer, tmp_path):
    name, page = newcomer
    browsing.follow(page.locator("text=Your account"))
    browsing.follow(page.locator("text=Set up an app"))
    secret = page.inner_text("main code").replace(" ", "").strip()
    browsing.follow(page.locator("main button[type=submit]"))
    assert "Enter the code that your app shows" in page.inner_text(".govuk-error-summary")
    looks_right(browsing, page)
    page.fill("[name=code]", code(secret))
    page.fill("main [name=password]", PASSWORD)
    browsing.follow(page.locator("main button[type=submit]"))
    looks_right(browsing, page)
    codes = page.locator("main li code").all_inner_texts()
    assert len(codes) == 10
    with page.expect_download() as kept:
        page.click("text=Download the codes")
    kept.value.save_as(tmp_path / "codes.txt")
    assert all(one in (tmp_path / "codes.txt").read_text("utf-8") for one in codes)
    browsing.follow(page.locator("text=I have kept them"))
    assert page.url == f"{browsing.address}/"

    browsing.follow(page.locator("text=Your account"))
    looks_right(browsing, page)
    browsing.follow(page.locator("text=New recovery codes"))
    looks_right(browsing, page)
    browsing.open(page, "/account/")
    browsing.follow(page.locator("text=Sign out everywhere"))
    assert "You were signed out everywhere." in page.inner_text("main")

    sign_in(page, browsing, name)
    assert page.inner_text("h1") == "Enter a code"
    page.fill("[name=code]", "000000")
    browsing.follow(page.locator("main button[type=submit]"))
    assert "That code is not right" in page.inner_text(".govuk-error-summary")
    looks_right(browsing, page)
    page.fill("[name=code]", codes[0])
    browsing.follow(page.locator("main button[type=submit]"))
    assert "You used a recovery code. 9 are left." in page.inner_text("main")
    assert page.faults == []
