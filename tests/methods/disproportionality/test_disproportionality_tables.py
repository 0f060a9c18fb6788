import numpy as np
import pytest

from redway.methods.disproportionality.tables import METHODS
from redway.methods.inputs import Unfit

TABLES = {
    "disparity": (
        {"group": np.array(["x", "y"]), "events": np.array([50.0, 80]), "base": np.array([500.0, 2000])},
        {"reference": "y"},
    ),
    "stages": (
        {"stage": np.array(["a", "b"]), "group": np.array([900.0, 60]), "reference": np.array([5000.0, 100])},
        {},
    ),
    "decision-point": (
        {"group": np.array([*"xyz"] * 40), "hit": np.arange(120) % 2 == 0, "stratum": np.array(["a", "b"] * 60)},
        {"first": "x", "reference": "y"},
    ),
}


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
def test_every_method_runs_on_a_table_and_says_a_sentence(method):
    columns, given = TABLES[method.name]
    settings = {p.name: p.default for p in method.parameters} | given
    answer = method.run(columns, settings, np.random.default_rng(0))
    assert answer.sentence.endswith(".")
    assert not answer.sentence.startswith("No ")
    assert len({len(column) for column in answer.rows.values()}) == 1


def test_a_group_is_not_set_beside_itself():
    columns, given = TABLES["decision-point"]
    method = next(method for method in METHODS if method.name == "decision-point")
    settings = {p.name: p.default for p in method.parameters} | given
    with pytest.raises(Unfit, match="first and reference: two groups"):
        method.run(columns, settings | {"first": "y"}, np.random.default_rng(0))
    uneven = columns | {"hit": np.arange(120) % 7 < 4}
    assert "cases of “x” were treated so" in method.run(uneven, settings, np.random.default_rng(0)).sentence


@pytest.mark.parametrize(("name", "setting"), [("disparity", "reference"), ("decision-point", "first")])
def test_a_group_that_is_not_in_the_table_is_guessed(name, setting):
    method = next(method for method in METHODS if method.name == name)
    columns, given = TABLES[name]
    settings = {p.name: p.default for p in method.parameters} | given
    for value, told in ((given[setting].upper(), f"Did you mean “{given[setting]}”"), ("", "has to be given")):
        with pytest.raises(Unfit, match=f"expected {setting}: one of the names in the table .*{told}"):
            method.run(columns, settings | {setting: value}, np.random.default_rng(0))
