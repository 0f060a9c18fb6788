"""Farrington's method on the newest weeks: no rise goes unseen for want of reports, and none is made up."""

import numpy as np
import pytest

from redway.methods.emerging.farrington import Settings, farrington_flexible
from redway.methods.emerging.histories import history
from redway.methods.emerging.late_weeks import completeness, late_farrington
from redway.methods.inputs import Unfit

SHARES = np.array([0.55, 0.25, 0.12, 0.08])
MONDAY = np.datetime64("2019-01-07")
WEEKS = 300
USE = Settings(b=4, w=3)


def known(mean=40.0, series=200, outbreak=1.0, seed=1):
    """Counts so far of series whose newest weeks are not whole, and the share of each that is in."""
    rng = np.random.default_rng(seed)
    level = np.full(WEEKS, mean)
    level[-1] *= outbreak
    share = np.ones(WEEKS)
    share[-3:] = np.cumsum(SHARES)[[2, 1, 0]]
    return rng.poisson(level * share, (series, WEEKS)), np.tile(share, (series, 1))


def test_a_week_is_judged_by_what_should_be_in():
    counts, share = known()
    plain = farrington_flexible(counts, settings=USE)
    mended = late_farrington(counts, share, settings=USE)
    assert plain.alarm.mean() == 0, "taken as whole, half a week is never above"
    assert mended.alarm.mean() == pytest.approx(0.05, abs=0.05)
    assert mended.expected.mean() == pytest.approx(22, rel=0.03)
    assert 0.4 < mended.pvalue.mean() < 0.6
    assert "200 counts are of weeks still being reported, and judged by the 55% due by now" in mended.sentence
    doubtful = late_farrington(counts, share, error=0.2 * share, settings=USE)
    assert (doubtful.upperbound > mended.upperbound).all()


def test_a_rise_is_seen_before_all_of_it_is_reported():
    counts, share = known(outbreak=2.0)
    assert farrington_flexible(counts, settings=USE).alarm.mean() < 0.2
    assert late_farrington(counts, share, settings=USE).alarm.mean() > 0.9


def test_weeks_may_be_left_out_until_they_are_whole():
    counts, share = known(series=3)
    newest = [WEEKS - 4, WEEKS - 2, WEEKS - 1]
    found = late_farrington(counts, share, newest, late="leave-out", settings=USE)
    whole = farrington_flexible(counts, [WEEKS - 4], settings=USE)
    assert found.upperbound[:, 0].tolist() == whole.upperbound[:, 0].tolist()
    assert np.isnan(found.pvalue[:, 1:]).all()
    assert "6 newer counts left out, less than 95% being in or known" in found.sentence
    some = late_farrington(counts, share, newest, complete=0.6, settings=USE)
    assert np.isfinite(some.pvalue).tolist() == [[True, True, False]] * 3
    nothing = late_farrington(counts, share, late="leave-out", settings=USE)
    assert nothing.sentence.startswith("Cannot tell")
    assert "left out" in nothing.sentence
    with pytest.raises(Unfit, match="completeness"):
        late_farrington(counts, 2 * share, settings=USE)


def test_what_is_in_is_learned_from_the_history_of_each_series_or_of_all():
    rng = np.random.default_rng(2)
    happened, delay, series = [], [], []
    for name, mean, shares in (("north", 60, SHARES), ("south", 60, SHARES[[1, 0, 2, 3]]), ("small", 0.3, SHARES)):
        each = rng.poisson(mean, 60)
        happened.append(np.repeat(np.arange(60), each))
        delay.append(rng.choice(4, each.sum(), p=shares))
        series.append(np.repeat(name, each.sum()))
    week, late, series = (np.concatenate(one) for one in (happened, delay, series))
    in_by_now = week + late < 60
    first = MONDAY + 7 * (WEEKS - 60)
    said = history(
        (first + 7 * week)[in_by_now], (first + 7 * (week + late))[in_by_now],
        series=series[in_by_now], longest=3, until=first + 7 * 59,
    )  # fmt: skip
    starts = MONDAY + 7 * np.arange(WEEKS)
    share, error, _ = completeness(said, np.array(["north", "south", "small", "nowhere"]), starts, rng)
    usual = np.cumsum(SHARES)[[2, 1, 0]]
    assert share[0, -3:] == pytest.approx(usual, abs=0.05)
    assert share[1, -1] == pytest.approx(SHARES[1], abs=0.05)
    assert share[2].tolist() == share[3].tolist(), "too small to tell, and not named: by all together"
    assert (share[:, :-3] == 1).all()
    assert (error[:, -1] > 0).all()
    with pytest.raises(Unfit, match="one weekday"):
        completeness(said, np.array(["north"]), starts + 1, rng)
    after, *_ = completeness(said, np.array(["north"]), starts + 7, rng)
    assert np.isnan(after[0, -1]), "a week newer than the reports"
