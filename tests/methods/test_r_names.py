"""A reader who knows the R package finds its parameters: by their names, or where the page of names says."""

import re
from pathlib import Path

import pytest

import redway.methods as package
from redway.methods.catalogue import methods

PAGE = (Path(package.__file__).parent / "handbook" / "r-names.md").read_text("utf-8")


def rows():
    """(method, its function in R, names taken as they are, {theirs: ours}, what is not here) of every row."""
    for line in PAGE.splitlines():
        if line.startswith("| ["):
            name, peer, same, other, without = (cell.strip() for cell in line.split("|")[1:-1])
            pairs = dict(re.findall(r"`([^`]+)`: `([^`]+)`", other))
            assert re.sub(r"`[^`]+`: `[^`]+`", "", other).strip("; ") == "", other
            yield re.match(r"\[(.+?)\]", name)[1], peer, re.findall(r"`([^`]+)`", same), pairs, without


ROWS = list(rows())


def names(method):
    """Every name that it answers to: of settings, their words, and columns."""
    settings = {p.name for p in method.parameters} | {a.name for p in method.parameters for a in p.also}
    words = {w for p in method.parameters for w in (*p.choices, *(theirs for theirs, _ in p.words))}
    return settings | words | {n for c in method.columns for n in (c.name, *c.also)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_name_of_r_is_one_that_the_method_takes_or_has_one_beside_it(row):
    name, _, same, pairs, _ = row
    method = methods()[name]
    assert set(same) - names(method) == set()
    assert set(pairs.values()) - {p.name for p in method.parameters} - {c.name for c in method.columns} == set()


@pytest.mark.parametrize("name", [m.name for m in methods().values() if "::" in m.like])
def test_every_method_with_a_function_in_r_is_on_the_page_with_it(name):
    found = [row for row in ROWS if row[0] == name]
    assert len(found) == 1
    of = re.findall(r"[\w.]+::(\w+)", methods()[name].like)
    assert [function for function in of if function not in found[0][1] and function not in PAGE] == []


USUAL = {"level", "confidence", "conf.level", "alpha"}  # of every interval


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_other_name_that_a_method_takes_is_told_on_the_page(row):
    method = methods()[row[0]]
    other = {a.name for p in method.parameters for a in p.also} | {n for c in method.columns for n in c.also}
    assert other - USUAL - set(row[2]) == set()


@pytest.mark.parametrize("method", methods().values(), ids=lambda m: m.name)
def test_no_name_stands_for_two_settings_and_words_are_those_of_choices(method):
    every = [n for p in method.parameters for n in (p.name, *(a.name for a in p.also))]
    assert len(every) == len(set(every))
    for parameter in method.parameters:
        assert {ours for _, ours in parameter.words} <= set(parameter.choices)
        assert not {theirs for theirs, _ in parameter.words} & set(parameter.choices)
