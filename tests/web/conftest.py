"""People with roles, a home with a profile, and a real browser."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from redway.web.front_end.build import FOR_TESTS
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role

PASSWORD = "correct horse battery"


@pytest.fixture
def milton_keynes(home):
    """A home set up with the Milton Keynes profile, before any data came."""
    (home.profile / "profile.yaml").write_text("profile: milton-keynes\n", "utf-8")
    return home


@pytest.fixture
def people(db, settings):
    """One person of each role, by role. Their passwords are hashed fast, for tests only."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    agency = {Role.AGENCY_CONTACT: "thames-valley-police"}
    return {
        role: User.objects.create_user(
            username=role.value,
            password=PASSWORD,
            role=role.value,
            full_name=f"{role.title()} Smith",
            agency=agency.get(role, ""),
        )
        for role in Role
    }


@pytest.fixture
def signed_in(client, people):
    """`signed_in(Role.CHAIR)`: Django's test client, signed in as the person of that role."""

    def sign_in(role):
        client.force_login(people[role], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


# ------------------------------------------------------------------ A real browser, and a real server to open


def redway(*arguments, home):
    """What starts the `redway` command in a home, and its surroundings."""
    environment = {k: v for k, v in os.environ.items() if k not in ("REDWAY_SECRET_KEY", "REDWAY_DATABASE")}
    # Tests of all processes sign in as the same few people: nobody's session makes room for another's.
    environment |= {"REDWAY_HOME": str(home), "REDWAY_SESSIONS": "100"}
    return [sys.executable, "-m", "redway", *arguments], environment


@pytest.fixture(scope="session")
def demo_home(demo_made):
    """A copy of the demo in which browsers of all test processes do what people do."""
    home, *_ = demo_made
    return home.with_name("demo-for-browsers")


@contextmanager
def served(home):
    """The address of a home, served by a process of its own as `redway serve` does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command, environment = redway("serve", "--port", str(port), home=home)
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/healthz", server)
        yield address
    finally:
        server.terminate()
        server.communicate(timeout=120)


@pytest.fixture(scope="session")
def demo_site(demo_home):
    """The address of the demo."""
    with served(demo_home) as address:
        yield address


def wait_for(address, server):
    """Until it answers; the server's own words if it never does."""
    give_up = time.monotonic() + 120  # a machine that other work shares is slow
    while server.poll() is None and time.monotonic() < give_up:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    server.kill()
    pytest.fail(server.communicate()[1].decode())


class Browsing:
    """Pages of the demo in Chromium, as somebody of a role (or nobody) sees them."""

    def __init__(self, chromium, address, passwords):
        self.chromium, self.address, self.passwords = chromium, address, passwords
        self.axe = (FOR_TESTS / "axe.min.js").read_text("utf-8")

    def page(self, role=None, *, width=1280, javascript=True, **options):
        """A page in surroundings of its own, with no cookies; what goes wrong in it is in `page.faults`."""
        size = {"width": width, "height": 900}
        page = self.chromium.new_context(viewport=size, java_script_enabled=javascript, **options).new_page()
        page.set_default_timeout(60_000)  # a machine that other work shares is slow
        page.faults = []
        page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))
        page.on("request", lambda asked: self.check_stays_here(page, asked.url))
        if role:
            page.goto(f"{self.address}/sign-in/")
            page.fill("[name=username]", role.value)
            page.fill("[name=password]", self.passwords[role.value])
            page.press("[name=password]", "Enter")
            page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page

    def check_stays_here(self, page, url):
        if not url.startswith((self.address, "data:", "blob:")):
            page.faults.append(f"asked for {url}")

    def open(self, page, path):
        answer = page.goto(self.address + path)
        assert answer.status == 200, f"{path}: {answer.status}"
        return page

    def follow(self, link):
        """Click what leads to another page, and wait until that page is there: never read the one before it."""
        with link.page.expect_navigation(wait_until="load"):
            link.first.click()

    def violations(self, page):
        """What axe finds against WCAG 2.2 A and AA: the rule, and the elements that break it."""
        if not page.evaluate("'axe' in window"):
            page.evaluate(self.axe)
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        # What passes would fill megabytes for each page.
        ask = "tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
        found = page.evaluate(f"tags => ({ask})(tags).then(all => all.violations)", tags)
        return [
            f"{rule['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:200]})"
            for rule in found
            for node in rule["nodes"]
        ]


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium by Playwright, one for each test process: to start it takes longer than most tests in it.

    Playwright's event loop stays with this thread, and Django would take what tests do with the database after it
    for asynchronous work, of which there is none here.
    """
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        path = os.environ.get("REDWAY_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def browsed(home, address, chromium):
    """Pages of a demo that is served at an address, in a real browser."""
    passwords = json.loads((Path(home) / "demo-passwords.json").read_text("utf-8"))
    try:
        yield Browsing(chromium, address, passwords)
    finally:
        for context in chromium.contexts:
            context.close()


@pytest.fixture
def browsing(demo_home, demo_site, chromium):
    """Open pages of the demo in a real browser. Its tests carry `@pytest.mark.browser`."""
    with browsed(demo_home, demo_site, chromium) as pages:
        yield pages


@pytest.fixture
def browsing_of(chromium):
    """`with browsing_of(home) as pages:` serves another home made by the demo, and opens its pages."""

    @contextmanager
    def of(home):
        with served(home) as address, browsed(home, address, chromium) as pages:
            yield pages

    return of
