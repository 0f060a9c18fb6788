import numpy as np
import pytest

from redway.methods.inputs import Unfit
from redway.methods.surveys.tables import METHODS

RNG = np.random.default_rng(1)
TABLE = {
    "y": RNG.normal(size=200), "said": RNG.random(200) < 0.3, "weight": RNG.uniform(1, 2, 200),
    "psu": np.repeat(np.arange(20).astype(str), 10), "stratum": np.repeat([*"ab"], 100), "fpc": np.full(200, 50.0),
    "by": np.array([*"xy"] * 100), "wave": np.repeat([*"ab"], 100), "margin": np.array([*"xy"] * 100),
    "total": np.array([300.0, 500] * 100), "margin2": np.repeat([*"pq"], 100), "total2": np.repeat([600.0, 200], 100),
}  # fmt: skip


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
def test_every_method_runs_on_a_table_and_says_a_sentence(method):
    columns = {c.name: TABLE[c.name] for c in method.columns}
    answer = method.run(columns, {p.name: p.default for p in method.parameters}, np.random.default_rng(0))
    assert answer.sentence.endswith(".")
    assert not answer.sentence.startswith("No ")
    assert len({len(column) for column in answer.rows.values()}) == 1


def test_replicates_of_what_is_no_number_are_refused():
    method = next(m for m in METHODS if m.name == "survey-replicates")
    given = {p.name: p.default for p in method.parameters}
    y = np.where(np.arange(40) == 3, np.inf, 1.0)
    with pytest.raises(Unfit, match="line 5: expected y"):
        method.run({"y": y, "weight": np.ones(40)}, given, np.random.default_rng(1))
