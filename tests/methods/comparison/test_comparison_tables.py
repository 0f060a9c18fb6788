import numpy as np
import pytest

from redway.methods.comparison.tables import METHODS
from redway.methods.inputs import Unfit

TABLE = {
    "events": np.arange(4, 16.0), "exposure": np.full(12, 100.0), "group": np.array(["a", "b"] * 6),
    "count": np.arange(4, 16.0), "pop": np.full(12, 1000.0), "stdpop": np.full(12, 5000.0),
    "stdrate": np.full(12, 0.01), "value": np.arange(4, 16.0),
    "area": np.array([f"area {n}" for n in range(12)]),
}  # fmt: skip


def test_every_method_runs_on_a_table_and_says_a_sentence():
    for method in METHODS:
        columns = {column.name: TABLE[column.name] for column in method.columns}
        answer = method.run(columns, {p.name: p.default for p in method.parameters}, np.random.default_rng(0))
        assert answer.sentence.endswith(".")
        assert len({len(column) for column in answer.rows.values()}) == 1, method.name


def test_rate_ratio_guesses_a_misspelt_group_and_needs_two():
    method = next(method for method in METHODS if method.name == "rate-ratio")
    settings = {p.name: p.default for p in method.parameters} | {"first": "A"}
    with pytest.raises(Unfit, match="Did you mean “a”"):
        method.run(TABLE, settings, np.random.default_rng(0))
    for groups, cause in ((["a"], "one group only"), (["a", "b", "B"], "spelt in two ways")):
        with pytest.raises(Unfit, match=f"a column “group” of two groups.*{cause}"):
            method.run(TABLE | {"group": np.resize(groups, 12)}, settings, np.random.default_rng(0))


def test_a_ratio_names_both_of_its_groups():
    method = next(method for method in METHODS if method.name == "rate-ratio")
    settings = {p.name: p.default for p in method.parameters} | {"first": "b"}
    sentence = method.run(TABLE, settings, np.random.default_rng(0)).sentence
    assert sentence.startswith("The rate of “b” is 1.11 times that of “a”")


def method(name):
    return next(one for one in METHODS if one.name == name)


def defaults(name):
    return {p.name: p.default for p in method(name).parameters}


def test_rates_of_a_standard_that_are_per_thousand_are_asked_about():
    columns = {"count": np.array([5.0, 1]), "pop": np.array([1000.0, 100]), "stdrate": np.array([4.0, 800])}
    notes = method("standardise-indirect").run(columns, defaults("standardise-indirect"), None).notes
    assert notes == ("The standard's rates go up to 800 events a person. Where they are per 1,000, divide them.",)
    columns["stdrate"] /= 1000
    assert not method("standardise-indirect").run(columns, defaults("standardise-indirect"), None).notes


def test_areas_with_several_rows_are_told_of():
    columns = {"events": np.full(40, 20.0), "exposure": np.full(40, 1000.0)}
    columns |= {"area": np.array([f"A{n % 20}" for n in range(40)])}
    notes = method("funnel").run(columns, defaults("funnel"), None).notes
    assert notes == ("20 areas have several rows (“A0”): each row is taken for an area of its own.",)
