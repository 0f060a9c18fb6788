"""Outliers: worked by hand, by a slow twin, and never moved by how values are written or ordered."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.methods.process_control.outliers import LIMIT, compared, scores

values = st.floats(-1e6, 1e6).map(lambda v: round(v, 3))
pasts = st.lists(values, min_size=1, max_size=30)


def by_words(value, past):
    """The score straight from the formula, with Python's own medians."""
    median = statistics.median(past)
    away = [abs(v - median) for v in past]
    if value == median:
        return 0
    if mad := statistics.median(away):
        return 0.6745 * (value - median) / mad
    if mean := statistics.fmean(away):
        return (value - median) / (1.2533 * mean)
    return math.inf if value > median else -math.inf


def test_the_worked_example():
    # Median 11, deviations 1 0 1 2 3 1 2: MAD 1. 20 is 9 away: 0.6745 x 9.
    found = compared(20, [10, 11, 12, 13, 8, 10, 13])
    assert (found.median, found.least, found.greatest) == (11, 8, 13)
    assert found.score == pytest.approx(6.0705)
    assert found.beyond
    assert found.outlying


def test_half_of_the_values_equal_takes_the_mean_deviation():
    found = compared(9, [5, 5, 5, 7])  # MAD 0, mean deviation 0.5
    assert found.score == pytest.approx(4 / (1.2533 * 0.5))


def test_all_equal_makes_any_other_value_infinitely_far():
    assert compared(6, [5, 5, 5]).score == math.inf
    assert compared(4, [5, 5, 5]).score == -math.inf
    assert compared(5, [5, 5, 5]).score == 0


def test_a_level_that_was_there_before_is_no_news():
    found = compared(100, [10, 11, 10, 12, 11, 100])
    assert abs(found.score) > LIMIT
    assert not found.outlying


@pytest.mark.parametrize(("value", "past"), [(1, []), (math.nan, [1]), (1, [math.inf]), (1, [1, math.nan])])
def test_what_is_no_number_is_refused(value, past):
    with pytest.raises(ValueError, match="finite"):
        compared(value, past)


@given(values, pasts)
def test_a_slow_twin_agrees(value, past):
    assert compared(value, past).score == pytest.approx(by_words(value, past), rel=1e-9)


@given(values, pasts, st.randoms(), st.floats(0.01, 100))
def test_order_does_not_matter_nor_the_unit(value, past, random, unit):
    shuffled = random.sample(past, len(past))
    assert compared(value, shuffled).score == compared(value, past).score
    # Another unit gives the same score; the smallest differences drown in rounding.
    if len({round(v, 3) for v in past}) > 1 and abs(compared(value, past).score) < 1e3:
        other = compared(value * unit, [v * unit for v in past]).score
        assert other == pytest.approx(compared(value, past).score, rel=1e-3, abs=1e-3)


@given(values, pasts)
def test_beyond_is_what_the_words_say(value, past):
    assert compared(value, past).beyond == (value < min(past) or value > max(past))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_scores_of_many_are_those_of_each_among_them_all(among):
    assert scores(among) == [compared(value, among).score for value in among]
