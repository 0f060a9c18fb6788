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
    columns = {c.name: TABLE[c.name] for c in method.columns if c.name in TABLE}
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


def test_raking_over_more_than_two_margins_by_columns_or_by_a_file_of_everybody():
    method = next(m for m in METHODS if m.name == "survey-rake")
    given = {p.name: p.default for p in method.parameters}
    rng = np.random.default_rng(2)
    totals = [{"x": 300.0, "y": 500.0}, {"p": 600.0, "q": 200.0}, {"old": 500.0, "young": 300.0}]
    kinds = [rng.choice([*one], 200) for one in totals]
    names = ("margin", "margin2", "margin3")
    answers = {"weight": np.ones(200)} | dict(zip(names, kinds, strict=True))
    beside = {f"total{name[6:]}": np.array([one[k] for k in column])
              for name, one, column in zip(names, totals, kinds, strict=True)}  # fmt: skip
    everybody = [(str(at), kind, n) for at, one in enumerate(totals, 1) for kind, n in one.items()]
    population = {name: np.array(column) for name, column in zip(("margin", "kind", "total"),
                  zip(*everybody, strict=True), strict=True)}  # fmt: skip
    by_column = method.run(answers | beside, given, rng)
    by_file = method.run(answers, given | {"population": population}, rng)
    assert by_file.rows["weight"] == pytest.approx(by_column.rows["weight"])
    for column, one in zip(kinds, totals, strict=True):
        for kind, n in one.items():
            assert by_file.rows["weight"][column == kind].sum() == pytest.approx(n)
    for columns, more, told in (
        (answers, {}, "totals of “margin”"),
        (answers | {"total5": np.ones(200)}, {"population": population}, "a column “margin5”"),
        ({name: answers[name] for name in ("weight", "margin")}, {"population": population}, "a column “margin2”"),
        (answers, {"population": population | {"margin": np.full(6, "age")}}, "a number from 1 to 9"),
        (answers, {"population": {name: np.repeat(v, 2) for name, v in population.items()}}, "one total for a kind"),
    ):
        with pytest.raises(Unfit, match=told):
            method.run(columns, given | more, rng)
