"""Faults of what methods are given: named, placed and counted."""

import ast
from pathlib import Path

import numpy as np
import pytest

import redway.methods as package
from redway.methods import inputs
from redway.methods.inputs import Unfit


def test_numbers_come_back_as_floats():
    assert inputs.numbers([1, 2], "events").tolist() == [1.0, 2.0]
    assert np.isnan(inputs.numbers([np.nan], "events", missing=True)[0])


@pytest.mark.parametrize(
    ("check", "values", "told"),
    [
        (inputs.numbers, ["a"], "something that is not a number"),
        (inputs.numbers, [[1.0]], "one of shape (1, 1)"),
        (inputs.numbers, [1, np.nan, np.inf], "line 3: expected events: numbers that are finite and there"),
        (inputs.numbers, [1, 1e16], "line 3: expected events: numbers of at most 1e+15 in size. What came: 1e+16."),
        (inputs.counts, [1, -1], "line 3: expected events: numbers of at least 0. What came: -1."),
        (inputs.counts, [1.5, 2, 2.5], "2 rows have this fault. Likely cause: a rate, a mean or an estimate"),
        (inputs.counts, [-9], "Likely cause: a difference, or a code for what is not known"),
        (
            lambda v, what: inputs.above(v, what, 0),
            [0],
            "numbers above 0. What came: 0. Likely cause: a row with nobody",
        ),
    ],
)
def test_a_fault_says_where_and_how_many(check, values, told):
    with pytest.raises(Unfit) as fault:
        check(values, "events")
    assert told in str(fault.value)


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (lambda v: inputs.number(v, "x", least=0, most=1), "much"),
        (lambda v: inputs.number(v, "x", least=0, most=1), 2),
        (lambda v: inputs.number(v, "x", least=0), np.nan),
        (lambda v: inputs.whole(v, "x"), 1.5),
        (lambda v: inputs.probability(v, "x"), 0),
        (lambda v: inputs.chosen(v, "x", ["a", "b"]), "c"),
    ],
)
def test_one_value(check, value):
    with pytest.raises(Unfit, match="expected x: "):
        check(value)


@pytest.mark.parametrize(
    ("check", "value", "cause"),
    [
        (lambda v: inputs.probability(v, "x"), 95, "percent where a share was meant"),
        (lambda v: inputs.number(v, "x", least=0), "much", "a word, or nothing"),
        (lambda v: inputs.number(v, "x", least=0), None, "a word, or nothing"),
        (lambda v: inputs.number(v, "x", least=0), np.nan, "an empty cell"),
        (lambda v: inputs.number(v, "x", least=0), -9, "a code for what is not known"),
        (lambda v: inputs.number(v, "x", most=1e12), 1e13, "a mistyped number"),
        (lambda v: inputs.whole(v, "x"), 1.5, "a share or an average"),
        (lambda v: inputs.probability(v, "x"), 0, "no doubt"),
    ],
)
def test_one_value_has_its_likely_cause(check, value, cause):
    with pytest.raises(Unfit) as fault:
        check(value)
    assert cause in fault.value.cause


def test_a_name_in_a_column_is_guessed():
    assert inputs.named("b", "reference", ["a", "b", "b"]) == "b"
    with pytest.raises(Unfit, match=r"one of the names in the table \(“White”, “Black”\).*Did you mean “White”"):
        inputs.named("white", "reference", np.array(["White", "Black", "White"]))
    with pytest.raises(Unfit, match=r"What came: none\. Likely cause: a setting that has to be given"):
        inputs.named("", "reference", ["White"])
    with pytest.raises(Unfit, match="Did you mean “before”"):
        inputs.chosen("befor", "kind", ["before", "after"])


def test_columns_of_two_lengths():
    assert inputs.same_length(x=[1, 2], y=[3, 4]) == 2
    with pytest.raises(Unfit, match="x has 1, y has 2"):
        inputs.same_length(x=[1], y=[1, 2])


def refusals():
    """Every place in the methods that refuses something: file, line and the call."""
    for file in sorted(Path(package.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Unfit", "NotFine"):
                yield f"{file.stem}:{node.lineno}", {keyword.arg: keyword.value for keyword in node.keywords}


def test_every_refusal_has_a_likely_cause():
    found = dict(refusals())
    assert len(found) > 200
    without = [at for at, said in found.items() if not isinstance(said.get("cause"), ast.expr) or not said.get("came")]
    empty = [at for at, said in found.items() if isinstance(c := said.get("cause"), ast.Constant) and not c.value]
    assert without + empty == []


@pytest.mark.parametrize(
    ("value", "least", "most"), [(1, 2, 9), (10, 2, 9), (-1, 0, 1), (95, 0, 1), ("x", 0, 1), (3e9, 0, 2e9)]
)
def test_a_number_out_of_bounds_has_a_likely_cause(value, least, most):
    with pytest.raises(Unfit) as fault:
        inputs.number(value, "level", least=least, most=most)
    assert fault.value.cause
    with pytest.raises(Unfit, match="Likely cause"):
        inputs.at_least([1.0], "values", 2)
