"""The pages that say what each dataset is, and the templates on them."""

from html import unescape

import pytest

from redway.sources.dataset import dataset, names
from redway.work.accounts.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(signed_in, milton_keynes):
    """Opens an address as an agency contact, and gives its text."""
    client = signed_in(Role.AGENCY_CONTACT)

    def text(address):
        answer = client.get(address)
        assert answer.status_code == 200
        return answer.content.decode()

    return text


@pytest.mark.parametrize("name", names())
def test_every_dataset_has_a_page_made_from_its_definition(page, name):
    definition, shown = dataset(name), unescape(page(f"/datasets/{name}/"))
    for words in (definition.title, definition.where_from, *(column.heading for column in definition.columns)):
        assert words in shown
    for rule in definition.rules:
        assert rule.reason in shown
    assert definition.licence in shown
    assert ("template.xlsx" in shown) == ("In law" in shown) == (definition.access == "partners")
    for row in definition.example:
        assert all(cell in shown for cell in row.values())


def test_the_list_has_every_dataset_once(page):
    shown = page("/datasets/")
    assert all(shown.count(f'href="/datasets/{name}/"') == 1 for name in names())


def test_the_data_page_leads_there(page):
    assert 'href="/datasets/"' in page("/data/")


def test_templates_come_as_files_by_the_name_of_the_dataset(signed_in, milton_keynes):
    client = signed_in(Role.AGENCY_CONTACT)
    for file, start in (
        ("template.xlsx", b"PK"),
        ("template.csv", b"\xef\xbb\xbfReport"),
        ("example.csv", b"\xef\xbb\xbf"),
    ):
        answer = client.get(f"/datasets/asb-incidents/{file}")
        assert answer.content.startswith(start)
        assert 'attachment; filename="asb-incidents' in answer["Content-Disposition"]
    assert client.get("/datasets/asb-incidents/template.csv").content.count(b"\r\n") == 1
    assert b"EX-ASB-1001" in client.get("/datasets/asb-incidents/example.csv").content


@pytest.mark.parametrize("address", ["no-such-thing/", "no-such-thing/template.xlsx", "police-street/template.xlsx"])
def test_what_is_not_there_is_not_found(signed_in, milton_keynes, address):
    assert signed_in(Role.ANALYST).get(f"/datasets/{address}").status_code == 404


def test_codes_that_the_profile_replaces_are_the_ones_shown(page, milton_keynes):
    from redway.store.home import Home

    own = Home.current().profile / "codes" / "asb-incidents" / "victim-risk.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("- {code: ours, label: As we say it}\n", "utf-8")
    assert "As we say it" in page("/datasets/asb-incidents/")
