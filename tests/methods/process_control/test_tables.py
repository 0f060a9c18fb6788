"""Process control on tables: every method runs, and a chart says how often its like cries wolf."""

import numpy as np
import pytest

from redway.methods.catalogue import methods
from redway.methods.inputs import Unfit


def run(name, columns, **given):
    method = methods()[name]
    parameters = {p.name: p.default for p in method.parameters} | given
    return method.run(columns, parameters, np.random.default_rng(1))


MONTHS = np.arange("2022-01", "2025-01", dtype="datetime64[M]").astype("datetime64[D]")


def monthly(mean=20):
    return {"date": MONTHS, "value": np.random.default_rng(2).poisson(mean, 36).astype(float)}


def test_many_series():
    table = monthly()
    both = {key: np.concatenate([column, column]) for key, column in table.items()}
    both["series"] = np.repeat(["north", "south"], 36)
    rows = run("xmr", both).rows
    assert rows["upl"][:36].tolist() == rows["upl"][36:].tolist()
    assert rows["series"].tolist() == both["series"].tolist()


@pytest.mark.parametrize("rules", ["nhs", "nhs6", "limits", "anhoej", "calibrated"])
def test_a_chart_says_how_often_its_like_cries_wolf(rules):
    answer = run("control-chart", monthly(), chart="c", rules=rules, target=99.0, improvement_direction="lower")
    assert "Of steady charts like this" in answer.notes[0]
    assert answer.notes[1] == "Against the target of 99: consistently passing."
    assert len(answer.rows["signal"]) == 36


def test_phases_sizes_and_events():
    answer = run("control-chart", monthly(), part="12,24", freeze=8)
    assert answer.rows["phase"].tolist() == np.repeat([0, 1, 2], 12).tolist()
    sized = run("control-chart", monthly() | {"size": np.full(36, 500.0)}, chart="up")
    assert sized.rows["drawn"].max() < 0.1
    days = np.cumsum(np.random.default_rng(3).integers(1, 40, 30))
    waits = {"date": np.datetime64("2024-01-01") + days, "value": np.diff(days, prepend=0).astype(float)}
    answer = run("control-chart", waits, chart="t", exact=True)
    assert len(answer.rows["upper"]) == 30
    assert "Of steady charts like this" in answer.notes[0]
    for refused in ({"chart": "t"}, {"chart": "c", "exact": True}):
        with pytest.raises(Unfit, match="standard errors"):
            run("control-chart", waits if refused["chart"] == "t" else monthly(), rules="calibrated", **refused)


def test_gaps_are_refused():
    table = {key: np.delete(column, 9) for key, column in monthly().items()}
    for name in ("xmr", "control-chart"):
        with pytest.raises(Unfit, match="finite and there"):
            run(name, table)
    with pytest.raises(Unfit, match="positions"):
        run("control-chart", monthly(), part="a")


def test_choice_groups_and_false_alarms():
    assert run("chart-choice", {"value": np.arange(12.0)}, what="measurement").rows["chart"].tolist() == ["xmr"]
    values = {"value": np.random.default_rng(4).normal(9, 1, 40), "group": np.repeat([f"w{i}" for i in range(8)], 5)}
    assert run("xbar-s", values).rows["size"].tolist() == [5] * 8
    rows = run("false-alarms", {"value": monthly()["value"]}, nsim=500).rows
    assert rows["rules"].tolist() == ["nhs", "nhs6", "limits", "anhoej", "calibrated"]
    assert rows["in_a_year"][-1] < 0.1
