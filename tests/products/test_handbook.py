"""The handbook's pictures and pages: one of each for every method, none older than what it shows."""

import re
from dataclasses import replace

import pytest

from redway.methods.catalogue import methods
from redway.products.handbook import drawing, pages
from redway.products.handbook.asking import ask, months, timeline
from redway.products.handbook.drawing import block, path, pictures, stale, with_picture

LARGEST = 60_000  # bytes
SECTIONS = ("In plain words", "What it asks for", "Formula", "Assumptions", "When it lies", "Does it keep its promise?")


def address(name):
    return f"/methods/{name}/"


WITHOUT = {"references", "r-names"}  # what other tools say: tables


def test_every_method_has_a_picture_and_so_has_every_page_of_what_they_rest_on():
    assert set(methods()) <= set(pictures())
    assert set(pictures()) == set(pages.names()) - WITHOUT


@pytest.mark.parametrize("name", pictures())
def test_a_picture_is_drawn_from_what_the_method_says_today(name):
    """Else: python3 dev.py pictures."""
    plot = pictures()[name]()
    assert stale(name, plot) == []
    assert block(name, plot) in (drawing.PAGES / f"{name}.md").read_text("utf-8")


def test_a_picture_of_something_else_is_stale():
    plot = pictures()["rates"]()
    assert stale("rates", replace(plot, title="Another")) == ["wide", "narrow"]
    assert stale("rates", replace(plot, layers=plot.layers[1:])) == ["wide", "narrow"]


def test_the_last_figures_of_another_processor_make_no_picture_stale():
    plot = pictures()["rates"]()
    other = tuple(replace(one, x=tuple(x * (1 + 1e-9) for x in one.x)) for one in plot.layers)
    assert stale("rates", replace(plot, layers=other)) == []


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_a_picture_is_light_and_speaks_for_itself(size):
    for name in pictures():
        text = path(name, size).read_text("utf-8")
        assert len(text.encode()) < LARGEST, name
        assert re.search(r'role="img" aria-labelledby="[a-z-]+ [a-z-]+"', text), name
        assert len(re.search("<title [^>]*>([^<]+)</title>", text)[1]) > 10, name
        assert "The figures are made up." in text, name
        assert "style=" not in text, name


def test_no_id_is_in_two_pictures():
    ids = [found for name in pictures() for size in ("wide", "narrow")
           for found in re.findall(r' id="([^"]+)"', path(name, size).read_text("utf-8"))]  # fmt: skip
    assert len(ids) == len(set(ids))


def test_there_is_no_picture_of_nothing():
    known = {path(name, size).name for name in pictures() for size in ("wide", "narrow")}
    assert {file.name for file in drawing.FOLDER.iterdir()} == known


def test_a_picture_is_put_after_the_first_section_and_replaced_in_place():
    plot = pictures()["rates"]()
    once = with_picture("# Title\n\n**In plain words.** Words.\n\n**Formula.** x\n", "rates", plot)
    assert once.index("Words.") < once.index("![") < once.index("**In the picture.**") < once.index("**Formula.**")
    assert with_picture(once, "rates", plot) == once
    other = with_picture(once, "rates", replace(plot, title="Another"))
    assert other.count("![") == other.count("In the picture") == 1


@pytest.mark.parametrize("name", methods())
def test_a_page_has_its_sections_as_headings(name):
    body = pages.page(name, address).body
    headings = re.findall(r'<h2 class="govuk-heading-m">([^<]+)</h2>', body)
    assert [section for section in (*SECTIONS, "Example", "Source") if section not in headings] == []
    assert body.count("<svg") == 2


def test_no_page_has_a_style_a_script_or_a_link_that_leads_nowhere():
    known = {address(name) for name in pages.names()}
    for name in (*pages.names(), pages.INDEX):
        body = pages.page(name, address).body
        assert not re.search(r"style=|<script|<img|\son[a-z]+=", body), name
        assert set(re.findall('href="([^"]*)"', body)) <= known, name


def test_the_index_has_every_page_once():
    found = re.findall('href="/methods/([^"]*)/"', pages.page(pages.INDEX, address).body)
    assert sorted(found) == list(pages.names())


@pytest.fixture
def written(tmp_path, monkeypatch):
    """A handbook of one page, of any words."""

    def write(words):
        (tmp_path / "one.md").write_text(f"# One\n\n{words}\n", "utf-8")
        return pages.page("one", address).body

    monkeypatch.setattr(pages, "PAGES", tmp_path)
    pages.names.cache_clear()
    yield write
    pages.names.cache_clear()


def test_html_in_markdown_stays_words(written):
    body = written("A <script>alert(1)</script> and\n\n<div onclick='x'>y</div>")
    assert "<script" not in body
    assert "<div" not in body
    assert "&lt;script&gt;" in body


@pytest.mark.parametrize("link", ["https://example.org/", "../../secrets.md", "other.md", "/people/"])
def test_a_link_out_of_the_handbook_is_refused(written, link):
    with pytest.raises(ValueError, match="a link to a page of the handbook"):
        written(f"See [this]({link}).")


def test_a_picture_from_elsewhere_is_refused(written):
    with pytest.raises(ValueError, match="a picture of the handbook"):
        written("![x](https://example.org/x.svg)\n\n**In the picture.** y")


def test_bold_within_a_sentence_is_no_heading(written):
    assert "<h2" not in written("**A point** is a signal.")
    assert '<h2 class="govuk-heading-m">Formula</h2>\n<p class="govuk-body">x = y</p>' in written("**Formula.** x = y")


def test_a_page_that_is_not_there():
    with pytest.raises(KeyError):
        pages.page("nothing", address)


def test_a_timeline_names_months_or_days():
    assert timeline(months("2024-01", 13)).ticks == ((0.0, "Jan 2024"), (6.0, "Jul 2024"), (12.0, "Jan 2025"))


def test_asking_runs_a_method_as_the_command_does():
    found = ask("rates", {"events": [6], "exposure": [1200]})
    assert found.rows["rate"].round(3).tolist() == [5.0]
