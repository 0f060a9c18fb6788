"""What a method says, as JSON that any program can read."""

import json

import numpy as np
import pytest

from redway.methods.catalogue import Answer, methods
from redway.products.method_answers import as_csv, as_json

ENDLESS = {"upper": float("inf"), "target": float("nan"), "weights": (0.5, -float("inf")), "by": "area", "none": None}


def not_json(word):
    raise AssertionError(f"{word} is no JSON")


def read(answer, method, parameters):
    made = as_json(answer, method=method, parameters=parameters, seed=1, file="mine.csv")
    return json.loads(made, parse_constant=not_json)


@pytest.mark.parametrize("method", methods().values(), ids=lambda method: method.name)
def test_the_settings_of_every_method_are_valid_json(method):
    """Those that stand if none is given, such as the endless upper bound of raking, and others without an end."""
    answer = Answer("Told.", {"value": np.array([np.inf, np.nan, 1.0])})
    said = read(answer, method, {p.name: p.default for p in method.parameters})
    assert said["parameters"].keys() == {p.name for p in method.parameters}
    said = read(answer, method, ENDLESS)["parameters"]
    assert said == {"upper": "infinity", "target": None, "weights": [0.5, "-infinity"], "by": "area", "none": None}


def test_numbers_without_an_end_are_no_formulas_and_such_texts_are():
    ends = {"low": np.array([-np.inf, -2.5]), "high": np.array([np.inf, np.nan])}
    answer = Answer("Told.", ends | {"area": np.array(["-infinity", "=1+1"])})
    assert as_csv(answer) == "low,high,area\n-infinity,infinity,'-infinity\n-2.5,,'=1+1\n"
