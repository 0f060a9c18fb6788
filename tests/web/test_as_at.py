"""All of Aldermere as it stood at an older data version: the very same figures after an import as before it, on every
page and in every file, under today's gateways, with links that stay.
"""

import json
import re
from datetime import date
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils import timezone

from redway.web.addresses import OLDER
from redway.web.as_at import find
from redway.web.figures.basis import basis
from redway.work.accounts.roles import Role
from redway.work.audit.models import AuditRow
from redway.work.gateways.models import Gateway
from redway.work.returns.models import DataVersion, Submission

pytestmark = pytest.mark.django_db
RISE, HURT, FEAR = "recorded-possession-of-weapons", "assault-attendances", "feel-safe-after-dark"
PAGES = (
    *("/", "/priorities/knife-crime/", f"/indicators/{RISE}/", f"/indicators/{RISE}/?order=name"),
    *(f"/indicators/{HURT}/", f"/indicators/{FEAR}/", f"/map/?type={RISE}"),
)
FILES = (
    *(f"/indicators/{RISE}.csv?by=quarter", f"/indicators/{RISE}.csv?by=month&level=area", f"/indicators/{FEAR}.csv"),
    *(f"/indicators/{HURT}.csv?by=rolling-12", f"/map/areas.csv?type={RISE}", f"/map/areas.geojson?type={RISE}"),
)


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def shown(answer, number):
    """All that a page or file shows, whichever way its links lead: those of the version read as those of today."""
    page = text(answer).replace(f"/{OLDER}/{number}/", "/")
    return page.partition("<main")[2].partition("</main>")[0] if "<main" in page else page


def older(path, number=1):
    return f"/{OLDER}/{number}{path}"


@pytest.fixture
def client(aldermere_home, signed_in):
    return signed_in(Role.MEMBER)


def make_newer():
    """Version 2: without the newest months of crime and of assaults, and without the newest wave of the survey."""
    held = Submission.objects.filter(versions__number=1)
    gone = []
    for name in ("police-street", "hospital-istv", "survey-responses"):
        last = max(held.filter(dataset=name).values_list("period", flat=True))
        gone += held.filter(dataset=name, period=last).values_list("pk", flat=True)
    newer = DataVersion.objects.create(number=2, made_by="a test", summary="less")
    newer.submissions.set(held.exclude(pk__in=gone))


def test_after_an_import_the_older_version_has_every_figure_it_had_before_to_the_byte(client):
    before = {path: shown(client.get(path), 1) for path in (*PAGES, *FILES)}
    for path, page in before.items():
        assert shown(client.get(older(path)), 1) == page, f"{path} as at the newest version"
    make_newer()
    for path, page in before.items():
        assert shown(client.get(older(path)), 1) == page, f"{path} as at version 1, after version 2"
        now = shown(client.get(path), 2)
        assert now != page, f"{path} today"
        assert "version 2" in now or "data version,2" in now or '"dataVersion": 2' in now, path


def test_what_a_page_cites_leads_to_just_what_it_shows(client):
    path = f"/indicators/{RISE}/?area=E01999036"
    page = text(client.get(path))
    cited = re.search(r'redway-citation__again" href="([^"]+)"', page)[1]
    assert cited == f"http://testserver/as-at/1{path}"
    block = text(client.get(f"/indicators/{RISE}.csv?by=month")).partition("\r\n\r\n")[0]
    assert f"# same data again,http://testserver/as-at/1/indicators/{RISE}.csv?by=month" in block
    make_newer()
    assert (
        shown(client.get(urlsplit(cited).path + "?area=E01999036"), 1)
        == page.replace("/as-at/1/", "/").partition("<main")[2].partition("</main>")[0]
    )


def test_every_link_between_pages_of_figures_keeps_the_version_and_no_other_has_one(client):
    pages = (
        *PAGES[1:],
        "/priorities/",
        f"/indicators/{RISE}/?area=E01999036",
        "/indicators/domestic-abuse-assessment/",
    )
    seen = set()
    for path in pages:
        page = text(client.get(older(path)))
        shapes = re.findall(r'(?:href|action|data-areas|xlink:href)="(/[^"#]*)', page)
        for link in {one.replace("&amp;", "&") for one in shapes}:
            found = resolve(urlsplit(link).path) if not link.startswith("/static/") else None
            if found is None or link == path:  # the one that leads to today's figures
                continue
            today = urlsplit(link).path.removeprefix("/as-at/1")
            figures = has_version(today)
            assert (found.namespace == OLDER) == figures, f"{link} on {path}"
            seen.add(found.url_name)
    assert seen >= {
        "home",
        "priority",
        "indicator",
        "indicator-csv",
        "map",
        "map-areas",
        "map-csv",
        "commitment",
    }
    links = json.loads(text(client.get(older(f"/map/areas.geojson?type={RISE}"))))
    assert links["dataVersion"] == 1
    assert all(f["properties"]["link"].startswith("/as-at/1/indicators/") for f in links["features"])


def has_version(path):
    try:
        return resolve(f"/as-at/1{path}").namespace == OLDER
    except Resolver404:  # a page without figures
        return False


def test_what_no_gateway_opens_today_is_closed_in_every_version(client):
    assert "after an assault" in text(client.get(older(f"/indicators/{HURT}/")))
    assert client.get(older(f"/indicators/{HURT}.csv")).status_code == 200
    make_newer()
    Gateway.objects.filter(dataset="hospital-istv", purpose="analysis").update(
        begins=date(2024, 1, 1), expires=date(2025, 1, 1)
    )
    for number in (1, 2):
        page = text(client.get(older(f"/indicators/{HURT}/", number)))
        assert "This cannot be shown" in page
        assert "<svg" not in page
        assert client.get(older(f"/indicators/{HURT}.csv", number)).status_code == 404
        assert client.get(older(f"/indicators/{HURT}.csv?exact=1", number)).status_code == 404


def test_exact_counts_of_an_older_version_are_for_the_same_few_and_written_down(client, signed_in):
    path = older(f"/indicators/{HURT}/?exact=1")
    assert client.get(path).status_code == 404
    analyst = signed_in(Role.ANALYST)
    page = text(analyst.get(path))
    assert "These are exact counts" in page
    assert f'href="/as-at/1/indicators/{HURT}/"' in page
    said = AuditRow.objects.filter(action="see-small-counts").latest("number").detail["what"]
    assert said == f"indicator {HURT} as at data version 1"


def test_home_leaves_what_is_to_be_done_today_to_today(client, signed_in):
    Gateway.objects.filter(dataset="fire", purpose="analysis").update(begins=date(2024, 1, 1), expires=date(2025, 1, 1))
    analyst = signed_in(Role.ANALYST)
    task = "Draft a new version on the page Gateways."
    assert task in text(analyst.get("/"))
    page = text(analyst.get("/as-at/1/"))
    assert task not in page
    assert ">As at version 1</h1>" in page
    assert "the gateway that let it be read" in page  # that it is closed is said all the same


def test_lateness_is_judged_by_the_last_day_of_a_version(client):
    make_newer()
    made = DataVersion.objects.get(number=2).made_at
    today = date(2027, 6, 1)
    assert basis(find(1)).day(today) == timezone.localdate(made)
    assert basis(find(2)).day(today) == today == basis().day(today)
