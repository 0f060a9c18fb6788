"""The handbook on the site: for anyone, and nothing else under its addresses."""

import pytest
from django.template import engines

from redway.methods.catalogue import methods
from redway.web.figures.citation import Citation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def set_up(milton_keynes):
    return milton_keynes


def text(answer):
    return answer.content.decode()


def test_a_stranger_reads_the_index_and_finds_every_method(client):
    answer = client.get("/methods/")
    assert answer.status_code == 200
    assert [name for name in methods() if f'href="/methods/{name}/"' not in text(answer)] == []


@pytest.mark.parametrize("name", ["xmr", "knox", "false-discovery"])
def test_a_stranger_reads_a_page(client, name):
    answer = client.get(f"/methods/{name}/")
    assert answer.status_code == 200
    assert "When it lies</h2>" in text(answer)
    assert ("redway method" in text(answer)) or name not in methods()
    assert "OFFICIAL" not in text(answer)


@pytest.mark.parametrize("name", ["nothing", "README", "XMR", "pictures", "catalogue"])
def test_what_is_no_method_is_not_found_as_anything_else_is_not(client, name):
    answer = client.get(f"/methods/{name}/")
    assert answer.status_code == 404
    assert text(answer) == text(client.get("/nothing-at-all/"))


@pytest.mark.parametrize("path", ["/methods/..%2f..%2fcatalogue/", "/methods/xmr.md/", "/methods/pictures/xmr.svg"])
def test_no_file_is_served(client, path):
    assert client.get(path).status_code == 404


def test_help_and_every_foot_lead_to_the_methods(client):
    assert text(client.get("/help/")).count('href="/methods/"') == 2


@pytest.mark.parametrize("by_method", [True, False])
def test_a_figure_that_a_method_made_leads_to_the_methods(by_method, rf):
    source = '{% import "figures/figures.html" as figures with context %}{{ figures.citation(cited) }}'
    drawn = engines["jinja2"].from_string(source)
    shown = drawn.render({"cited": Citation(("A line.",), 1, by_method)}, rf.get("/"))
    assert ('href="/methods/"' in shown) == by_method
