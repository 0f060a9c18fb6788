"""The pages that say what each dataset is, and the templates on them."""

from html import unescape

import pytest

from redway.sources.dataset import dataset, names
from redway.web.figures import publisher
from redway.web.figures.basis import basis
from redway.work.accounts.roles import Role
from redway.work.returns.models import DataVersion

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
    assert ("In law" in shown) == (definition.access == "partners")
    assert ("template.xlsx" in shown) == ("example.csv" in shown) == (not definition.looks_like)
    assert definition.looks_like in shown
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


@pytest.mark.parametrize("address", ["no-such-thing/", "no-such-thing/template.xlsx", "lsoa-boundaries/template.xlsx"])
def test_what_is_not_there_is_not_found(signed_in, milton_keynes, address):
    assert signed_in(Role.ANALYST).get(f"/datasets/{address}").status_code == 404


def test_codes_that_the_profile_replaces_are_the_ones_shown(page, milton_keynes):
    from redway.store.home import Home

    own = Home.current().profile / "codes" / "asb-incidents" / "victim-risk.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("- {code: ours, label: As we say it}\n", "utf-8")
    assert "As we say it" in page("/datasets/asb-incidents/")


class TestWhatThePublisherWrote:
    NAME = "recorded-crime-partnership"
    LINES = (
        "Updated: 24 October 2025",
        "Thames Valley: burglary was recorded late. <b>Check</b>",
        "Counts for 2024/25 are provisional.",
        "Kent has a new system.",
    )

    @pytest.fixture
    def held(self, milton_keynes):
        version = DataVersion.objects.create(number=1, made_by="a test", summary="crime")
        for quarter in ("2024/25-Q1", "2024/25-Q2"):
            version.submissions.create(
                dataset=self.NAME,
                provider="Home Office",
                period=quarter,
                content=quarter,
                file_name="prc-csp.ods",
                parquet="none.parquet",
                rows_read=1,
                rows_accepted=1,
                facts={"said": list(self.LINES)},
                received_by="a test",
            )

    def test_its_notes_are_on_the_page_of_the_dataset_word_for_word_and_once(self, held, page):
        shown = page(f"/datasets/{self.NAME}/")
        part = shown[shown.index('id="said"') :]
        assert all(line in unescape(part) for line in self.LINES)
        assert "<b>Check" not in part
        assert part.count("Kent has a new system.") == 1
        assert "April 2024 to September 2024" in part

    def test_lines_that_name_the_force_or_a_year_are_caveats_of_its_figures(self, held):
        told = publisher.caveats(basis(), self.NAME)
        assert told == (f"Home Office: “{self.LINES[1]}”", f"Home Office: “{self.LINES[2]}”")
        assert publisher.caveats(basis(), "police-street") == ()

    def test_a_place_in_another_word_is_not_named_and_no_more_than_five_are_told(self, milton_keynes):
        own = basis().partnership
        assert publisher.ours(["Thames Valleys are wide", "In milton keynes, none"], own) == ("In milton keynes, none",)
        assert publisher.ours(["Notes of 2024"], own) == ()
