"""Settings that nobody should give: refused in three parts, by name and without a line of the file; or answered."""

import re

import numpy as np
import pytest

from redway.methods.catalogue import methods
from redway.methods.inputs import Unfit
from redway.products.method_answers import as_json
from tests.methods.test_hard_tables import settings
from tests.methods.test_sentences import ordinary

NUMBERS = {float: (np.nan, np.inf, -np.inf, 0.0, -1.0, 1e300, 1e-300), int: (0, -1, 10**20)}
EXTREME = [(m, p) for m in methods().values() for p in m.parameters if p.kind in NUMBERS]


def told(method, columns, name, value):
    """The answer, whole and valid JSON; or the refusal, in three parts."""
    given = settings(method) | {name: value}
    try:
        answer = method.run(columns, given, np.random.default_rng(0))
    except Unfit as error:
        refused = error
        return refused if all((refused.expected, refused.came, refused.cause)) else pytest.fail(str(refused))
    assert answer.sentence.endswith(".")
    words = re.split(r"[ ,():%]+", answer.sentence.lower())
    assert not {"nan", "inf", "-inf", "none."} & set(words), answer.sentence
    assert "no limit for" not in answer.sentence
    assert not re.search(r"[\d,]{40}", answer.sentence), answer.sentence
    as_json(answer, method=method, parameters=given, seed=1, file="mine.csv")
    return None


@pytest.mark.parametrize(("method", "parameter"), EXTREME, ids=lambda each: each.name)
def test_a_number_beyond_all_bounds_is_refused_or_answered(method, parameter):
    columns = ordinary(method)
    for value in NUMBERS[parameter.kind]:
        refused = told(method, columns, parameter.name, (value,) if parameter.several else value)
        if not abs(value) < 1e20 and value != parameter.default:
            assert refused is not None, value
            assert refused.expected.startswith(f"{parameter.name}: "), refused
            assert str(refused.place) == "", refused


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [
        *[("farrington", "b", 10**6), ("stl", "outer", 10**6), ("reporting-delay", "longest", 10**6)],
        *[("hot-spots", "cell_size", 1e300), ("cell-key", "D", 10**6), ("synthetic-control", "conf_level", 1e-300)],
        *[("knox", "nrep", 10**7), ("power-from-history", "block", 10**20), ("harm", "phi", np.inf)],
    ],
)
def test_what_would_never_end_or_fill_all_memory_has_bounds_in_words(name, setting, value):
    refused = told(methods()[name], ordinary(methods()[name]), setting, value)
    assert re.fullmatch(rf"{setting}: a number from [\d.,]+ to [\d.,]+", refused.expected)


DAYS = [(m, p) for m in methods().values() for p in m.parameters if p.day]


@pytest.mark.parametrize(("method", "parameter"), DAYS, ids=lambda each: each.name)
def test_what_is_no_day_is_refused(method, parameter):
    for value in ("-1", "0", "99999999999999999999", "10000-01-01", "2025-13-45", "2025-02-30", "word", "nan"):
        refused = told(method, ordinary(method), parameter.name, (value,) if parameter.several else value)
        assert refused.expected.startswith(f"{parameter.name}: "), value


@pytest.mark.parametrize("value", ["", "word", "1.5", "0", "-1", "nan", "9" * 20])
def test_the_window_of_the_season_is_periodic_or_a_whole_number(value):
    method = methods()["stl"]
    refused = told(method, ordinary(method), "s.window", value)
    assert refused.expected.startswith("s.window: ")
