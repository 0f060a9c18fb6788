"""Process control on tables: every method runs, and a chart says how often its like cries wolf."""

import re

import numpy as np
import pytest

from redway.methods.catalogue import methods
from redway.methods.inputs import Unfit
from redway.methods.process_control.false_alarms import Steady
from redway.methods.process_control.xmr_many import xmr_runs


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
    held = run("control-chart", waits, chart="t", rules="calibrated", rate=0.2)
    strict = run("control-chart", waits, chart="t", rules="calibrated", rate=0.01)
    assert held.rows["upper"][0] < strict.rows["upper"][0]


@pytest.mark.parametrize(("name", "setting"), [("xmr", "fix_after_n_points"), ("control-chart", "freeze")])
def test_limits_from_more_points_than_there_are_are_refused_and_from_more_than_a_run_has_told(name, setting):
    with pytest.raises(Unfit, match=rf"{setting}: no more than there are points \(36\)"):
        run(name, monthly(), **{setting: 90})
    assert run(name, monthly(), **{setting: 36}).notes[-1:] == run(name, monthly()).notes[-1:]
    cut = {"rebase": "2024-01-01"} if name == "xmr" else {"part": "24"}
    with pytest.raises(Unfit, match=rf"{setting}: no more than there are points \(24 in the longest run\)"):
        run(name, monthly(), **cut, **{setting: 90})
    what = "unbroken run" if name == "xmr" else "phase"
    told = f"1 {what} of 2 has fewer than 20 points: there all of them make the limits."
    assert told in run(name, monthly(), **cut, **{setting: 20}).notes
    assert not any("fewer than" in note for note in run(name, monthly(), **cut, **{setting: 12}).notes)


def left_out(table, at):
    return {key: np.delete(column, at) for key, column in table.items()}


def emptied(table, at):
    return table | {"value": np.where(np.arange(36) == at, np.nan, table["value"])}


@pytest.mark.parametrize("make", [left_out, emptied])
def test_each_unbroken_run_has_its_own_limits(make):
    table = monthly()
    answer = run("xmr", make(table, 9))
    alone = [run("xmr", {key: column[part] for key, column in table.items()}) for part in (slice(9), slice(10, None))]
    for name in ("mean", "lpl", "upl", "signal", "way"):
        rows = answer.rows[name]
        assert rows[:9].tolist() == alone[0].rows[name].tolist()
        assert rows[10:].tolist() == alone[1].rows[name].tolist()
    assert np.isnan(answer.rows["mean"][9])
    assert answer.notes[1:] == ("1 period without a value: each unbroken run (2) has its own limits.",)
    assert answer.sentence.startswith("The newest point is ordinary")


def rate_in_a_year(note):
    return int(re.search(r"(\d+)% in the newest year", note)[1]) / 100


def test_every_chart_stands_beside_the_rate_of_its_rules():
    answer = run("xmr", monthly())
    somewhere = re.search(r"(\d+)% show a signal somewhere", answer.notes[0])[1]
    assert answer.sentence == (
        "The newest point is ordinary; 1 of 35 before it is unusual; of steady charts like it "
        f"{somewhere}% show a signal somewhere, by chance alone."
    )
    assert answer.notes[0].startswith("Of steady charts like this, by these rules, ")
    assert rate_in_a_year(answer.notes[0]) == pytest.approx(answer.rows["false_alarms"][0], abs=0.006)
    both = {key: np.concatenate([column, column[:24]]) for key, column in monthly().items()}
    both["series"] = np.repeat(["long", "short"], [36, 24])
    rates = run("xmr", both).rows["false_alarms"]
    assert 0.08 < rates[0] < 0.2
    assert 0.08 < rates[-1] < 0.2
    high = monthly()
    high["value"][-1] = 90
    assert run("xmr", high).sentence.startswith("The newest point is unusual: outside the limits, high; ")
    high["value"][[-1, -7]] = 20, 90
    assert run("xmr", high).sentence.startswith(
        "The newest point is ordinary; 9 of 35 before it are unusual; of steady"
    )


def test_a_target_is_judged_in_a_note_and_a_refusal_names_its_own_cause():
    both = {key: np.concatenate([column, column]) for key, column in monthly().items()}
    both["series"] = np.repeat(["north", "south"], 36)
    given = {"target": 40.0, "improvement_direction": "lower"}
    assert "Against the target of 40: consistently passing." in run("xmr", monthly(), **given).notes
    told = "Against the target of 40, of 2 charts: 2 consistently passing, 0 consistently failing, 0 hit and miss."
    assert told in run("xmr", both, **given).notes
    with pytest.raises(Unfit, match="to judge a target by"):
        run("control-chart", monthly(), target=40.0)
    measured = monthly() | {"value": np.random.default_rng(2).normal(0.5, 0.05, 36)}
    assert run("xmr", measured).sentence.startswith("The newest point is ordinary"), "parts of things are no counts"
    below = monthly() | {"value": np.random.default_rng(2).normal(-21, 2, 36).round()}
    assert run("xmr", below).sentence.startswith("The newest point is ordinary")
    small = run("xmr", monthly(2))
    assert small.sentence == "Cannot tell: counts with a mean under 5, too small for this chart."
    assert "--no-counts" in small.notes[-1]
    assert not run("xmr", monthly(2), counts=False).sentence.startswith("Cannot tell")


def test_a_verdict_by_runs_is_of_the_chart_as_a_whole():
    mean = monthly()
    mean["value"][18:] += 40
    told = run("control-chart", mean, rules="anhoej").sentence
    assert "The chart as a whole varies by more than chance: its longest run on one side of the centre has 18" in told
    assert "varies as chance has it" in run("control-chart", monthly(), rules="anhoej").sentence
    assert run("xmr", mean, rules="anhoej").sentence.startswith("Runs on one side of the mean are too long, or too few")
    assert run("xmr", monthly(), rules="anhoej").sentence.startswith("Runs on one side of the mean are as chance has")


@pytest.mark.parametrize("lag", [0.0, 0.5])
def test_calibrated_charts_of_many_series_keep_to_their_rate(lag):
    rng = np.random.default_rng(11)
    counts = Steady(36, "poisson", 12, leaning=lag).drawn(200, rng)
    table = {
        "series": np.repeat([f"{i:03d}" for i in range(200)], 36),
        "date": np.tile(MONTHS, 200),
        "value": counts.ravel(),
    }
    answers = {"nhs": run("xmr", table), "calibrated": run("xmr", table, rules="calibrated", rate=0.1)}
    found = {
        rules: (answer.rows["signal"].reshape(200, 36)[:, -12:] != "").any(axis=1).mean()
        for rules, answer in answers.items()
    }
    promised = answers["calibrated"].rows["false_alarms"].mean()
    assert promised < 0.11
    if lag:  # nor does it help where leaning does not show
        assert "lean on the one before, which is allowed for" in answers["calibrated"].notes[0]
        assert found["calibrated"] < 0.4 * found["nhs"]
    else:
        assert found["calibrated"] == pytest.approx(0.1, abs=0.05)
    with pytest.raises(Unfit, match="rate"):
        run("xmr", monthly(), rules="calibrated", rate=1.0)


def test_a_chart_whose_points_lean_has_rules_that_allow_for_it():
    value = Steady(36, "poisson", 20, leaning=0.7).drawn(1, np.random.default_rng(5))[0]
    table = {"date": MONTHS, "value": value}
    answer = run("control-chart", table, chart="c", rules="calibrated")
    assert "allowed for" in answer.notes[1]
    assert rate_in_a_year(answer.notes[0]) <= 0.06
    assert rate_in_a_year(run("control-chart", table, chart="c").notes[0]) > 0.2


def test_series_without_a_chart_have_no_rate():
    both = {key: np.concatenate([column, column[:4]]) for key, column in monthly().items()}
    both["series"] = np.repeat(["long", "short"], [36, 4])
    rows = run("xmr", both, rules="calibrated").rows
    assert np.isfinite(rows["false_alarms"][:36]).all()
    assert np.isnan(rows["false_alarms"][36:]).all()


def test_runs_of_many_series_are_those_of_each():
    values = np.random.default_rng(5).poisson(20, (6, 30)).astype(float)
    values[np.random.default_rng(6).random((6, 30)) < 0.08] = np.nan
    together = xmr_runs(values, breaks=[15])
    for at, series in enumerate(values):
        alone = xmr_runs(series[None], breaks=[15])
        for name in ("centre", "upper", "rule", "drawn"):
            np.testing.assert_array_equal(getattr(together, name)[at], getattr(alone, name)[0])
    assert together.newest.tolist() == [int(np.flatnonzero(~np.isnan(one))[-1]) for one in values]


def test_after_a_short_gap_nothing_can_be_told_of_the_newest():
    assert run("xmr", emptied(monthly(), 33)).sentence.startswith("Cannot tell: since the last gap or rebase")
    none = monthly() | {"value": np.full(36, np.nan)}
    assert run("xmr", none).sentence.startswith("Cannot tell: fewer than 5")


def test_rebase_target_and_the_better_way():
    table = monthly()
    table["value"][24:] += 40
    for days in ("2024-01-20", ("2024-01-01",)):
        rows = run("xmr", table, rebase=days, improvement_direction="lower", target=40.0).rows
        assert (
            rows["mean"].tolist()
            == np.repeat([table["value"][:24].mean(), table["value"][24:].mean()], [24, 12]).tolist()
        )
        assert rows["assurance"][[0, -1]].tolist() == ["consistently passing", "consistently failing"]
    rows = run("xmr", table, fix_after_n_points=24, improvement_direction="higher").rows
    assert rows["meaning"][-1] == "improvement"
    with pytest.raises(Unfit, match=r"rebase: days up to the last period.*mistyped year"):
        run("xmr", table, rebase="2029-01-01")
    for wrong in ("2021-01-01", "2022-01-31", "soon", ("2023-02-01", "2023-02-02")):
        with pytest.raises(Unfit, match=r"rebase: (a day|days)"):
            run("xmr", table, rebase=wrong)
    with pytest.raises(Unfit, match="improvement_direction: lower or higher"):
        run("xmr", table, target=40.0)


def test_a_fault_names_the_line_of_the_file():
    table = monthly()
    shuffled = {key: column[::-1] for key, column in table.items()}
    negative = shuffled | {"value": np.where(np.arange(36) == 3, -1.0, shuffled["value"])}
    for name, given, columns, told in (
        ("control-chart", {}, emptied(table, 9), "line 11, column “value”: .*an empty cell for 2022-10-01"),
        ("control-chart", {}, left_out(table, 9), "line 10, column “value”: .*after this line no row for 2022-10-01"),
        ("control-chart", {"chart": "c"}, negative, "line 5: expected value: numbers of at least 0"),
        ("xmr", {}, table | {"value": np.where(np.arange(36) == 3, np.inf, 1.0)}, "line 5: expected value"),
        (
            "xmr",
            {},
            {key: np.r_[column, column[3]] for key, column in table.items()},
            "line 38, column “date”: .*2022-04",
        ),
        ("xmr", {}, table | {"date": np.r_[MONTHS[:-1], np.datetime64("NaT")]}, "line 37, column “date”: .*empty cell"),
    ):
        with pytest.raises(Unfit, match=told):
            run(name, columns, **given)
    with pytest.raises(Unfit, match="positions"):
        run("control-chart", monthly(), part="a")


def test_a_new_phase_of_a_few_points_leaves_the_ones_before_their_limits():
    alone = run("control-chart", {name: column[:33] for name, column in monthly().items()}, chart="c")
    answer = run("control-chart", monthly(), chart="c", part="33")
    assert answer.sentence == "Cannot tell: fewer than 5 points of the newest phase to make limits from."
    np.testing.assert_allclose(answer.rows["upper"][:33], alone.rows["upper"])
    assert np.isnan(answer.rows["upper"][33:]).all()
    assert not any(answer.rows["signal"][33:])
    first = run("control-chart", monthly(), chart="c", part="3")
    assert not first.sentence.startswith("Cannot tell")
    assert np.isnan(first.rows["centre"]).sum() == 3


def test_choice_groups_and_false_alarms():
    assert run("chart-choice", {"value": np.arange(12.0)}, what="measurement").rows["chart"].tolist() == ["xmr"]
    values = {"value": np.random.default_rng(4).normal(9, 1, 40), "group": np.repeat([f"w{i}" for i in range(8)], 5)}
    assert run("xbar-s", values).rows["size"].tolist() == [5] * 8
    rows = run("false-alarms", {"value": monthly()["value"]}, nsim=500).rows
    assert rows["rules"].tolist() == ["nhs", "nhs6", "limits", "anhoej", "calibrated"]
    assert rows["in_a_year"][-1] < 0.1
    assert run("false-alarms", {"value": np.zeros(9)}).sentence.endswith("cry wolf: nothing was counted.")
    assert run("false-alarms", {"value": np.ones(1)}).sentence.endswith("cry wolf: fewer than 5 values.")


@pytest.mark.parametrize("name", ["xmr", "control-chart"])
def test_a_rate_that_nothing_would_hold_to_is_refused(name):
    with pytest.raises(Unfit, match="rate beside the rules “calibrated”"):
        run(name, monthly(), rate=0.2)
