"""XmR charts: equal to the NHS's own tool, to a worked example, and to a slow twin."""

import csv
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.methods.process_control.xmr import Assurance, Meaning, Refusal, Rule, assurance, phases, xmr

# Ten ordinary months and one that is not. Mean 12; moving ranges 2 2 2 2 2 2 2 2 2 and 21, mean 3.9; 21 is over
# 3.267 x 3.9 = 12.7 and is screened out, which leaves a mean range of 2 and limits 12 -/+ 5.32.
WORKED = [9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 32]


def rule_names(chart):
    return [s.rule if s else None for s in chart.signals]


def twin(x, better):
    """The same chart by plain loops, straight from the convention's words."""
    mean = sum(x) / len(x)
    ranges = [abs(b - a) for a, b in itertools.pairwise(x)]
    average = sum(ranges) / len(ranges)
    kept = [r for r in ranges if r < 3.267 * average] if average else ranges
    average = sum(kept) / len(kept)
    low, high = mean - 2.66 * average, mean + 2.66 * average
    near_low, near_high = mean - 2.66 * average * 2 / 3, mean + 2.66 * average * 2 / 3
    found = [None] * len(x)
    for i in range(len(x)):
        here = range(len(x))
        sevens = [range(s, s + 7) for s in here if s + 7 <= len(x) and s <= i < s + 7]
        threes = [range(s, s + 3) for s in here if s + 3 <= len(x) and s <= i < s + 3]

        def near(j):
            return low <= x[j] <= high and (x[j] < near_low or x[j] > near_high)

        def one_side(window):
            return all(x[j] > mean for j in window) or all(x[j] < mean for j in window)

        rising = [w for w in sevens if all(x[j] < x[j + 1] for j in list(w)[:-1])]
        falling = [w for w in sevens if all(x[j] > x[j + 1] for j in list(w)[:-1])]
        if x[i] < low or x[i] > high:
            found[i] = (Rule.OUTSIDE, x[i] > mean)
        elif rising or falling:
            # a turning point belongs to the later of its two trends
            latest = max(rising + falling, key=lambda w: w[0])
            found[i] = (Rule.TREND, latest in rising)
        elif near(i) and any(one_side(w) and sum(near(j) for j in w) >= 2 for w in threes):
            found[i] = (Rule.TWO_OF_THREE, x[i] > mean)
        elif any(one_side(w) for w in sevens):
            found[i] = (Rule.ONE_SIDE, x[i] > mean)
    return mean, low, high, found


def test_the_worked_example():
    chart = xmr(WORKED, better="lower")
    assert chart.centre == 12
    assert chart.lower == pytest.approx(6.68, abs=1e-12)
    assert chart.upper == pytest.approx(17.32, abs=1e-12)
    assert chart.near_upper == pytest.approx(12 + 2 / 3 * 5.32, abs=1e-12)
    assert chart.screened == 1
    assert chart.trial, "eleven points make trial limits"
    # seven of the first ten are under the mean in a row; the last point is outside
    assert rule_names(chart) == [Rule.ONE_SIDE] * 10 + [Rule.OUTSIDE]
    assert chart.signals[-1].meaning is Meaning.CONCERN
    assert chart.signals[0].meaning is Meaning.IMPROVEMENT


def test_without_screening_the_worked_example_has_wider_limits():
    chart = xmr(WORKED, better="lower", screen=False)
    assert chart.upper == pytest.approx(12 + 2.66 * 3.9, abs=1e-12)
    assert chart.screened == 0


def series(smallest=5.0):
    return st.lists(st.integers(0, 40).map(lambda n: n / 2 + smallest), min_size=5, max_size=40)


@given(series(), st.sampled_from(["lower", "higher", "neutral"]))
def test_it_says_what_the_slow_twin_says(x, better):
    chart = xmr(x, better=better)
    mean, low, high, found = twin(x, better)
    assert (chart.centre, chart.lower, chart.upper) == pytest.approx((mean, low, high), abs=1e-9)
    on_a_line = np.isclose(
        np.subtract.outer(x, [chart.centre, chart.lower, chart.upper, chart.near_lower, chart.near_upper]), 0, atol=1e-9
    )
    if not on_a_line.any():  # where a point lies on a line exactly, rounding decides
        assert [(s.rule, s.high) if s else None for s in chart.signals] == found


@given(series())
def test_which_way_is_better_changes_the_meaning_and_nothing_else(x):
    lower, higher = xmr(x, better="lower"), xmr(x, better="higher")
    opposite = {Meaning.IMPROVEMENT: Meaning.CONCERN, Meaning.CONCERN: Meaning.IMPROVEMENT}
    assert rule_names(lower) == rule_names(higher)
    assert [opposite[s.meaning] for s in lower.signals if s] == [s.meaning for s in higher.signals if s]
    assert {s.meaning for s in xmr(x, better="neutral").signals if s} <= {Meaning.NEUTRAL}


def test_direction_of_improvement_has_no_default():
    with pytest.raises(TypeError):
        xmr(WORKED)
    with pytest.raises(ValueError, match="lower, higher or neutral"):
        xmr(WORKED, better="down")


def test_a_strict_rise_of_seven_points_is_a_trend_and_a_tie_breaks_it():
    quiet = [50, 51, 49, 50, 51, 49, 50, 51, 49, 50]
    rising = [*quiet, 47, 48, 49, 50, 51, 52, 53]
    assert rule_names(xmr(rising, better="neutral"))[-7:] == [Rule.TREND] * 7
    tied = [*quiet, 47, 48, 49, 50, 50, 52, 53]
    assert Rule.TREND not in rule_names(xmr(tied, better="neutral"))


def test_two_of_three_asks_for_all_three_on_one_side():
    # limits of a quiet baseline: 50 -/+ 5.32, near limits 50 -/+ 3.55
    quiet = [49, 51] * 8
    assert rule_names(xmr([*quiet, 54, 51, 54], better="lower", baseline=16))[-3:] == [
        Rule.TWO_OF_THREE,
        None,
        Rule.TWO_OF_THREE,
    ]
    assert rule_names(xmr([*quiet, 54, 49, 54], better="lower", baseline=16))[-3:] == [None, None, None]


def test_fewer_than_five_points_get_no_verdict_and_no_limits():
    chart = xmr([90, 10, 90, 10], better="lower")
    assert chart.refused is Refusal.TOO_FEW
    assert chart.refused == "fewer than 5 points"
    assert chart.signals == (None,) * 4
    assert np.isnan([chart.lower, chart.upper]).all()
    assert not xmr([90, 10, 90, 10, 90], better="lower").refused


def test_nothing_at_all_is_refused_without_a_warning():
    assert xmr([], better="lower").refused is Refusal.TOO_FEW


def test_limits_are_trial_until_twelve_points():
    assert xmr([10, 12] * 5 + [10], better="lower").trial
    assert not xmr([10, 12] * 6, better="lower").trial


def test_small_counts_are_refused_but_small_measurements_are_not():
    few = [0, 1, 4, 0, 2, 0, 3, 1, 0, 2, 1, 30]
    assert xmr(few, better="lower").refused is Refusal.SMALL_COUNTS
    assert xmr(few, better="lower").signals == (None,) * 12
    assert not xmr(few, better="lower", counts=False).refused
    assert not xmr([5] * 12, better="lower").refused, "a mean of exactly five is enough"


def test_values_that_never_move_are_ordinary():
    chart = xmr([7] * 12, better="lower")
    assert (chart.lower, chart.upper) == (7, 7)
    assert not any(chart.signals)


def test_a_lower_limit_may_be_negative():
    assert xmr([1, 11] * 6, better="lower").lower == pytest.approx(6 - 26.6)


def test_a_gap_is_refused_because_it_ends_a_run():
    with pytest.raises(ValueError, match="a gap ends a run"):
        xmr([5, 6, float("nan"), 7, 8, 9], better="lower")


def test_a_rebase_gives_each_phase_its_own_limits_and_no_rule_reaches_over_it():
    before, after = [20, 22] * 6, [40, 42] * 6
    first, second = phases([*before, *after], [12], better="lower")
    assert (first.centre, second.centre) == (21, 41)
    assert not any(first.signals)
    assert not any(second.signals)
    assert any(xmr([*before, *after], better="lower").signals), "without it, both halves are one-sided"
    assert len(phases(before, [], better="lower")) == 1
    for breaks in ([0], [12], [7, 7], [8, 3]):
        with pytest.raises(ValueError, match="breaks in order"):
            phases(before, breaks, better="lower")


@pytest.mark.parametrize(
    ("better", "target", "expected"),
    [
        ("lower", 30, Assurance.PASSING),
        ("lower", 5, Assurance.FAILING),
        ("lower", 21, Assurance.HIT_AND_MISS),
        ("higher", 30, Assurance.FAILING),
        ("higher", 5, Assurance.PASSING),
        ("higher", 21, Assurance.HIT_AND_MISS),
        ("neutral", 30, None),
    ],
)
def test_assurance_against_a_target(better, target, expected):
    assert assurance(xmr([20, 22] * 6, better=better), target) is expected


def test_no_assurance_from_a_refused_chart():
    assert assurance(xmr([20, 22], better="lower"), 30) is None


NAMES = {
    (Rule.OUTSIDE, True): "Above UCL",
    (Rule.OUTSIDE, False): "Below LCL",
    (Rule.TREND, True): "7 Point Trend (Increasing)",
    (Rule.TREND, False): "7 Point Trend (Decreasing)",
    (Rule.TWO_OF_THREE, True): "2 in 3 Above CL",
    (Rule.TWO_OF_THREE, False): "2 in 3 Below CL",
    (Rule.ONE_SIDE, True): "7 Points Above CL",
    (Rule.ONE_SIDE, False): "7 Points Below CL",
}


@pytest.mark.peers
@pytest.mark.parametrize(
    ("column", "file", "options"),
    [
        ("a", "spc_nhs_a.csv", {}),
        ("c", "spc_nhs_c.csv", {}),
        ("a", "spc_nhs_a_fix24.csv", {"baseline": 24}),
        ("c", "spc_nhs_c_noscreen.csv", {"screen": False}),
    ],
)
def test_equal_to_the_nhs_tool(peer_outputs, column, file, options):
    def rows(name):
        with (peer_outputs / name).open(newline="") as lines:
            return list(csv.DictReader(lines))

    theirs = rows(file)
    ours = xmr([float(r[column]) for r in rows("spc_input.csv")], better="lower", **options)
    for name, value in (("mean_col", ours.centre), ("lpl", ours.lower), ("upl", ours.upper)):
        assert [float(r[name]) for r in theirs] == pytest.approx([value] * len(theirs), rel=0, abs=1e-12)
    ours_named = [NAMES[s.rule, s.high] if s else "Common Cause" for s in ours.signals]
    assert ours_named == [r["special_cause_type"] for r in theirs]
    if "point_type" in theirs[0]:
        meanings = [f"special_cause_{s.meaning}" if s else "common_cause" for s in ours.signals]
        assert meanings == [r["point_type"] for r in theirs]
