"""The page of references: every output of another tool is on it, and is compared where it says."""

import csv
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

import redway.methods as package
from redway.methods.catalogue import methods

HANDBOOK = Path(package.__file__).parent / "handbook"
PAGE = (HANDBOOK / "references.md").read_text("utf-8")
HERE = Path(__file__).parent


def rows():
    """(patterns of files, agreement, test) of every row of references."""
    for line in PAGE.split("## Where another tool is wrong")[0].splitlines():
        if line.startswith("| `"):
            files, _, agreement, where = (cell.strip() for cell in line.split("|")[1:-1])
            yield re.findall(r"`([^`]+)`", files), agreement, where.strip("`")


@pytest.mark.peers
def test_every_reference_is_on_the_page_once(peer_outputs):
    patterns = [pattern for files, _, _ in rows() for pattern in files]
    with (peer_outputs / "INDEX.csv").open(newline="") as lines:
        names = [row["file"] for row in csv.DictReader(lines)]
    told = {name: [p for p in patterns if fnmatch(name, p)] for name in names}
    assert [name for name, found in told.items() if len(found) != 1] == []
    assert [p for p in patterns if not any(fnmatch(name, p) for name in names)] == []


def test_what_is_compared_is_read_where_the_page_says():
    """By the file's name, or by what it begins with where a test fills in the rest."""
    for files, agreement, where in rows():
        if agreement.startswith("not compared"):
            assert not where
            continue
        text = (HERE / where).read_text("utf-8")
        for pattern in files:
            stem = re.split(r"[*?.]", pattern)[0]
            begun = any(f"{stem[:n]}{{" in text for n in range(3, len(stem) + 1))
            assert stem in text or begun, (pattern, where)


def test_its_links_lead_somewhere():
    links = re.findall(r"\]\(([a-z-]+\.md)\)", PAGE)
    assert len(links) > 5
    assert [link for link in links if not (HANDBOOK / link).exists()] == []


def held_against():
    """Method -> (tests of its outside comparison, tests of its slow twin)."""
    part = PAGE.split("## Every method, and what it is held against")[1].split("\n## ")[0]
    found = {}
    for line in part.splitlines():
        if line.startswith("| ["):
            name, what, outside, twin = (cell.strip() for cell in line.split("|")[1:-1])
            assert what, name
            found[re.match(r"\[(.+?)\]", name)[1]] = [re.findall(r"`([^`]+)`", cell) for cell in (outside, twin)]
    return found


HELD = held_against()


@pytest.mark.parametrize("name", methods())
def test_every_method_has_an_outside_comparison_and_a_slow_twin(name):
    assert name in HELD, "no row in references.md: write its comparison with another tool, and its slow twin"
    outside, twin = HELD[name]
    assert outside, "nothing outside it is held against"
    assert twin, "no slow twin"
    assert not set(outside) & set(twin)


def test_the_comparisons_and_twins_are_tests_that_exist():
    told = {test for both in HELD.values() for tests in both for test in tests}
    missing = []
    for test in sorted(told):
        file, function = test.split("::")
        if not (HERE / file).exists() or f"def {function}(" not in (HERE / file).read_text("utf-8"):
            missing.append(test)
    assert missing == []
