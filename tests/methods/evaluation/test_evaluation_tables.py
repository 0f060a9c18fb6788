import numpy as np
import pytest

from redway.methods.evaluation.tables import METHODS
from redway.methods.inputs import Unfit

AREA = {"kind": np.array(["treated", "control"]), "before": np.array([90.0, 100]), "after": np.array([60.0, 95])}
PANEL = {
    "unit": np.repeat([*"abcdef"], 30),
    "time": np.tile(np.arange(30.0), 6),
    "y": np.random.default_rng(1).poisson(40, 180).astype(float),
    "treated": np.repeat([True, *[False] * 5], 30),
    "after": np.tile(np.arange(30) >= 20, 6),
}
TABLES = {
    "wdd": AREA,
    "before-after": AREA,
    "displacement": {k: np.append(v, x) for (k, v), x in zip(AREA.items(), ("buffer", 40.0, 44.0), strict=True)},
    "difference-in-differences": {"area": PANEL["unit"], **PANEL},
    "synthetic-control": PANEL,
    "structural": PANEL,
    "interrupted-time-series": {"count": PANEL["y"][:60], "after": np.arange(60) >= 40},
    "log-dosage": {"before": PANEL["y"][:20], "after": PANEL["y"][20:40], "dose": np.arange(20.0)},
    "power": {"treated": np.array([100.0, 300.0])},
}


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
def test_every_method_runs_on_a_table_and_says_a_sentence(method):
    answer = method.run(TABLES[method.name], {p.name: p.default for p in method.parameters}, np.random.default_rng(0))
    assert answer.sentence.endswith(".")
    assert len({len(column) for column in answer.rows.values()}) == 1


def test_the_mix_can_be_asked_to_be_alike_in_means_of_longer_spells():
    method = next(m for m in METHODS if m.name == "synthetic-control")
    given = {p.name: p.default for p in method.parameters}
    every = method.run(PANEL, given, np.random.default_rng(0))
    means = method.run(PANEL, given | {"special_predictors": 2}, np.random.default_rng(0))
    assert means.rows["rmspe_before"][0] > every.rows["rmspe_before"][0]


def test_tables_that_contradict_themselves_are_refused():
    by_name = {m.name: m for m in METHODS}

    def run(name, **columns):
        method = by_name[name]
        given = {p.name: p.default for p in method.parameters}
        return method.run({**TABLES[name], **columns}, given, np.random.default_rng(0))

    with pytest.raises(Unfit, match="kind"):
        run("wdd", kind=np.array(["treated", "elsewhere"]))
    with pytest.raises(Unfit, match="order of time"):
        run("interrupted-time-series", after=np.arange(60) < 40)
    with pytest.raises(Unfit, match="one treated unit"):
        run("synthetic-control", treated=np.zeros(180, dtype=bool))
    with pytest.raises(Unfit, match="every unit at every time"):
        run("synthetic-control", time=np.zeros(180))
