"""The handbook: a page for each method that says when it lies, with an example that runs as it is printed."""

import doctest
import re
from pathlib import Path

import pytest

from redway import methods as methods_package
from redway.methods.catalogue import methods

HANDBOOK = Path(methods_package.__file__).parent / "handbook"
PAGES = sorted(HANDBOOK.glob("*.md"))


def name(page):
    return page.stem


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_examples_of_a_page_give_what_it_prints(page):
    text = page.read_text("utf-8").replace("```", "")  # a fence is no output
    test = doctest.DocTestParser().get_doctest(text, {}, page.stem, str(page), 0)
    told = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=told.append)
    assert not told, "".join(told)


@pytest.mark.parametrize("method", methods().values(), ids=lambda method: method.name)
def test_every_method_has_a_page_that_says_when_it_lies_and_how_it_is_run(method):
    page = (HANDBOOK / f"{method.name}.md").read_text("utf-8")
    for part in ("In plain words", "When it lies", ">>> "):
        assert part in page, part
    missing = [parameter.name for parameter in method.parameters if parameter.name not in page]
    assert not missing, "settings that the page does not name"


@pytest.mark.parametrize("method", methods().values(), ids=lambda method: method.name)
def test_every_page_names_the_columns(method):
    page = (HANDBOOK / f"{method.name}.md").read_text("utf-8")
    names = {re.sub(r"\d+$", "", column.name) for column in method.columns}  # total1, total2 and so on are told once
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}\d*\b", page)] == []


@pytest.mark.parametrize("method", methods().values(), ids=lambda method: method.name)
def test_every_method_is_one_line_and_its_columns_and_settings_are_told(method):
    assert 10 < len(method.title) <= 100
    assert "\n" not in method.title
    assert all(column.about for column in method.columns)
    assert all(parameter.about for parameter in method.parameters)
    for parameter in method.parameters:
        if parameter.default is not None and not parameter.several:
            assert isinstance(parameter.default, parameter.kind), parameter.name


PARTS = ("In plain words", "What it asks for", "Formula", "Assumptions", "When it lies", "Does it keep its promise")
INDEXES = ("README", "references", "r-names")


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem not in INDEXES], ids=name)
def test_every_page_has_the_same_parts(page):
    text = page.read_text("utf-8")
    assert [part for part in (*PARTS, ">>> ", "**Source", "](pictures/") if part not in text] == []
