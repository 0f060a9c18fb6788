"""Emerging change on tables: every method runs on rows in any order, and says what it cannot use."""

import csv

import numpy as np
import pytest

from redway.methods.by_series import by_series
from redway.methods.catalogue import methods
from redway.methods.inputs import Unfit


def run(name, columns, **given):
    method = methods()[name]
    parameters = {p.name: p.default for p in method.parameters} | given
    return method.run(columns, parameters, np.random.default_rng(1))


def weekly(areas=3, weeks=320):
    rng = np.random.default_rng(2)
    dates = np.datetime64("2015-01-05") + 7 * np.arange(weeks)
    order = rng.permutation(areas * weeks)
    return {
        "series": np.repeat([f"E{i}" for i in range(areas)], weeks)[order],
        "date": np.tile(dates, areas).astype("datetime64[D]")[order],
        "count": rng.poisson(6, areas * weeks).astype(float)[order],
        "x": np.repeat(np.arange(areas) * 400.0, weeks)[order],
        "y": np.zeros(areas * weeks),
    }


@pytest.mark.parametrize("name", ["farrington", "ears", "cusum", "space-time-scan"])
def test_they_run_on_a_table_of_several_series(name):
    columns = weekly()
    answer = run(name, columns)
    assert answer.sentence
    assert len({len(column) for column in answer.rows.values()}) == 1
    backwards = run(name, {key: column[::-1] for key, column in columns.items()})
    for key, column in answer.rows.items():
        assert np.array_equal(column, backwards.rows[key]) or np.allclose(column, backwards.rows[key], equal_nan=True)


def test_farrington_judges_the_newest_of_each_and_lists_among_all():
    answer = run("farrington", weekly(), range=4, noPeriods=10, pastWeeksNotIncluded=26)
    assert answer.rows["series"].tolist() == [f"E{i}" for i in range(3) for _ in range(4)]
    assert "of 12 stands out" in answer.notes[0]


def test_scan_and_delay_run_on_a_table():
    one = weekly(1)
    del one["series"]
    assert "events fell within" in run("count-scan", one, window=4, frequency=52).sentence
    rng = np.random.default_rng(3)
    happened = np.datetime64("2024-01-01") + rng.integers(0, 300, 2000)
    reported = happened + rng.geometric(0.1, 2000)
    keep = reported < np.datetime64("2024-01-01") + 300
    answer = run("reporting-delay", {"happened": happened[keep], "reported": reported[keep]})
    assert (answer.rows["completeness"][:20] == 1).all()
    assert answer.rows["completeness"][-1] < 0.6


def reports(series, weeks, rng):
    """A row for each event: half reported in the week itself, a quarter in the next, the rest two weeks later."""
    each = rng.poisson(6, weeks)
    week = np.repeat(np.arange(weeks), each)
    late = rng.choice(3, week.size, p=[0.5, 0.25, 0.25])
    known = week + late < weeks
    day = np.datetime64("2015-01-05") + 7 * np.arange(weeks)
    return np.full(known.sum(), series), day[week[known]], day[(week + late)[known]]


def test_farrington_allows_for_reports_that_are_still_to_come():
    rng = np.random.default_rng(4)
    said = dict(zip(("series", "happened", "reported"), map(np.concatenate, zip(*(reports(f"E{i}", 320, rng)
                for i in range(3)), strict=True)), strict=True))  # fmt: skip
    starts = np.datetime64("2015-01-05") + 7 * np.arange(320)
    counts = [[(said["happened"][said["series"] == f"E{i}"] == day).sum() for day in starts] for i in range(3)]
    table = {
        "series": np.repeat([f"E{i}" for i in range(3)], 320),
        "date": np.tile(starts, 3),
        "count": np.array(counts, dtype=float).ravel(),
    }
    plain = run("farrington", table, range=2)
    mended = run("farrington", table, range=2, delay=said, complete=0.3)
    assert mended.rows["completeness"] == pytest.approx([0.75, 0.5] * 3, abs=0.12)
    due = mended.rows["completeness"] * 6
    assert np.abs(mended.rows["expected"] - due).max() < 1.5 < np.abs(plain.rows["expected"] - due).max()
    assert "of weeks still being reported, and judged by the " in mended.sentence
    left = run("farrington", table, range=3, delay=said, late="leave-out")
    assert np.isfinite(left.rows["pvalue"]).tolist() == [True, False, False] * 3
    assert "6 newer counts left out" in left.sentence
    nothing = run("farrington", table, range=1, delay=said, late="leave-out")
    assert "Cannot tell" in nothing.sentence
    assert not any("stand" in note for note in nothing.notes)
    daily = table | {"date": np.tile(starts[0] + np.arange(320), 3)}
    with pytest.raises(Unfit, match=r"weeks .frequency 52"):
        run("farrington", daily, delay=said, frequency=365, b=1, w=1)


def test_many_series_are_scanned_and_forecast_and_false_discovery_is_held_over_all():
    table = weekly(5, 80)
    table["count"] = np.where(table["count"] > 8, 1.0, 0.0)
    burst = (table["series"] == "E3") & np.isin(table["date"], np.sort(np.unique(table["date"]))[40:43])
    table["count"][burst] = 3
    scanned = run("count-scan", table, window=3, frequency=52)
    assert scanned.rows["series"].tolist() == [f"E{i}" for i in range(5)]
    assert scanned.rows["listed"].tolist() == [False, False, False, True, False]
    assert scanned.notes[0].startswith("Over everything that was looked at: 1 of 5 stands out; of what is listed so, ")
    rng = np.random.default_rng(5)
    said = [reports(f"E{i}", 40, rng) for i in range(3)]
    columns = dict(zip(("series", "happened", "reported"), map(np.concatenate, zip(*said, strict=True)), strict=True))
    own, pooled = (run("reporting-delay", columns, longest=4, pooled=pooled).rows for pooled in (False, True))
    assert own["series"].tolist() == np.repeat(["E0", "E1", "E2"], 40).tolist()
    newest = np.arange(39, 120, 40)
    assert len(set(own["completeness"][newest])) == 3
    assert len(set(pooled["completeness"][newest])) == 1
    assert pooled["completeness"][39] == pytest.approx(0.5, abs=0.1)
    assert not own["changed"].any()


def test_ears_lists_among_all_that_it_looked_at():
    table = weekly(4, 60)
    newest = (table["series"] == "E2") & (table["date"] == table["date"].max())
    table["count"][newest] = 60
    answer = run("ears", table)
    assert answer.rows["listed"].sum() == 1
    assert np.flatnonzero(answer.rows["listed"]).tolist() == [3 * 60 - 1]
    assert answer.rows["alarm"].sum() > 1
    assert "1 of 212 stands out" in answer.notes[0]
    assert "no p-value" in run("ears", table, method="C3").notes[0]


def test_tables_that_cannot_be_used_are_refused():
    columns = weekly(1)
    with pytest.raises(Unfit, match="one row for each"):
        by_series({key: np.concatenate([c, c]) for key, c in columns.items()}, ("count",), 52)
    with pytest.raises(Unfit, match="same weekday"):
        by_series(columns | {"date": columns["date"] + np.arange(320) % 2}, ("count",), 52)
    with pytest.raises(Unfit, match="a date in every row"):
        by_series({"date": np.array(["NaT"], "datetime64[D]")}, (), 52)
    with pytest.raises(Unfit, match="at most"):
        by_series({"date": np.array(["0001-01-01", "2024-01-01"], "datetime64[D]")}, (), 365)


def test_months_are_told_by_any_of_their_days_and_gaps_are_not_nought():
    table = by_series(
        {"date": np.array(["2024-01-15", "2024-04-30"], "datetime64[D]"), "count": np.array([1.0, 2.0])}, ("count",), 12
    )
    assert table.starts.astype(str).tolist() == ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"]
    assert np.isnan(table.values["count"][0]).tolist() == [False, True, True, False]


def test_what_would_take_for_ever_or_break_is_refused_in_words():
    table = weekly()
    for q in (0, 1, 2, np.nan):
        with pytest.raises(Unfit, match="q: a number"):
            run("farrington", table, q=q)
    happened = np.array(["0001-01-01", *["2024-01-01"] * 30], dtype="datetime64[D]")
    with pytest.raises(Unfit, match="wrong year"):
        run("reporting-delay", {"happened": happened, "reported": happened})


def test_the_sentences_of_many_series_say_the_rate_that_was_asked_for():
    rng = np.random.default_rng(6)
    table = weekly(3, 320)
    assert "held to 1% over all" in run("count-scan", table, window=2, frequency=52, q=0.01).sentence
    said = [reports(f"E{i}", 40, rng) for i in range(3)]
    columns = dict(zip(("series", "happened", "reported"), map(np.concatenate, zip(*said, strict=True)), strict=True))
    assert "(false discovery held to 2.5%)" in run("reporting-delay", columns, longest=4, q=0.025).sentence
    scored = run("farrington", table, q=0.025)
    assert (
        scored.notes[0]
        == "Over everything that was looked at: none of 3 stands out, at a false discovery rate of 2.5%."
    )


def test_areas_that_share_a_middle_are_no_cluster_of_their_own():
    table = weekly(6, 30)
    here = {name: np.full(180, 430_000.0) for name in ("x", "y")}
    assert "all 6 areas are at one point" in run("space-time-scan", table | here, nsim=9).sentence
    two = np.where(table["series"] == "E1", 0.0, table["x"])
    answer = run("space-time-scan", table | {"x": two}, nsim=9)
    assert answer.notes[-1].startswith("1 area of 6 has the very middle of another")


def test_an_area_with_two_middles_is_refused_in_its_line():
    table = weekly(6, 30)
    row = np.flatnonzero(table["series"] == "E2")[3]
    table["x"][row] += 50
    with pytest.raises(Unfit, match=rf"line {row + 2}, column “x”: expected one middle .* 850 of “E2”, and 800"):
        run("space-time-scan", table, nsim=9)


def test_expected_numbers_that_are_all_nought_are_said_to_be_so():
    with pytest.raises(Unfit, match=r"expected: numbers above 0 somewhere\. What came: 0 everywhere"):
        run("space-time-scan", weekly(6, 30) | {"expected": np.zeros(180)}, nsim=9)


@pytest.mark.peers
@pytest.mark.parametrize("file", ["default", "nouf"])
def test_an_undated_series_of_r_can_be_had_by_command(peer_outputs, file):
    """Made-up weeks and --no-epochAsDate: a year back is 52 weeks. By dates, some bounds are others."""
    rows, series = (
        list(csv.DictReader((peer_outputs / name).read_text().splitlines()))
        for name in (f"farringtonFlexible_agona_{file}.csv", "surv_input_salmonella_agona.csv")
    )
    counts = np.array([float(row["observed"]) for row in series])
    table = {"date": np.datetime64("2000-01-03") + 7 * np.arange(counts.size), "count": counts}
    more = {"noPeriods": 10, "pastWeeksNotIncluded": 26, "pThresholdTrend": 1.0, "thresholdMethod": "nbPlugin"}
    given = {"variant": "surveillance", "range": len(rows)} | ({} if file == "default" else more | {"alpha": 0.005})
    theirs = np.array([float("nan") if row["upperbound"] == "NA" else float(row["upperbound"]) for row in rows])
    found = run("farrington", table, epochAsDate=False, **given).rows
    assert found["upperbound"] == pytest.approx(theirs, rel=5e-5, nan_ok=True)
    assert found["alarm"].tolist() == [row["alarm"] == "1" for row in rows]
    dated = run("farrington", table, **given).rows["upperbound"]
    assert not np.allclose(dated, theirs, rtol=1e-3, equal_nan=True)
